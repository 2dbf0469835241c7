#include "config/vector.h"

#include <string.h>

void vg_vector_open(struct vg_buf *out, int *n_features, enum vg_vector_part part,
                    const char *properties)
{
    vg_buf_printf(out, "%s{\"type\":\"Feature\",\"properties\":{%s},\"geometry\":{\"type\":",
                  *n_features > 0 ? ",\n" : "", properties);
    vg_buf_puts(out, part == VG_VECTOR_LINES ? "\"LineString\",\"coordinates\":["
                                             : "\"Polygon\",\"coordinates\":[[");
    ++*n_features;
}

/* A ten-millionth of a millimetre: what comes in goes out. */
void vg_vector_position(struct vg_buf *out, double lat_deg, double lon_deg, bool is_first)
{
    vg_buf_printf(out, "%s[%.12f,%.12f]", is_first ? "" : ",", lon_deg, lat_deg);
}

void vg_vector_close(struct vg_buf *out, enum vg_vector_part part)
{
    vg_buf_puts(out, part == VG_VECTOR_LINES ? "]}}" : "]]}}");
}

void vg_vector_note(char notes[VG_VECTOR_NOTES_SIZE], const char *place, const char *text)
{
    size_t n = strlen(notes);
    vg_format(notes + n, VG_VECTOR_NOTES_SIZE - n, "%s%s: %s", n > 0 ? "\n" : "", place, text);
}

/* The text behind a byte order mark and white space. */
static const char *first_mark(const struct vg_buf *text)
{
    const char *p = vg_buf_text(text);
    if (strncmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
    }
    return p + strspn(p, " \t\r\n");
}

/* The document if it says that it is a plan, else NULL. Whether it might is seen first: lines of a
 * whole border are not parsed twice. */
static json_t *parse_plan(const struct vg_buf *text)
{
    static const char KEY[] = "\"fileType\"";
    if (*first_mark(text) != '{' || memmem(vg_buf_text(text), text->n, KEY, strlen(KEY)) == NULL) {
        return NULL;
    }
    json_t *doc = NULL;
    if (vg_json_parse(vg_buf_text(text), text->n, "", &doc, NULL) != VG_OK) {
        return NULL; /* the GeoJSON reader will say where it is broken */
    }
    const char *type = json_string_value(json_object_get(doc, "fileType"));
    if (type != NULL && strcmp(type, "Plan") == 0) {
        return doc;
    }
    json_decref(doc);
    return NULL;
}

static enum vg_status convert(const struct vg_buf *text, const json_t *plan, const char *place,
                              enum vg_vector_part part, struct vg_buf *out,
                              char notes[VG_VECTOR_NOTES_SIZE], struct vg_error *err)
{
    int n = 0;
    vg_buf_puts(out, "{\"type\":\"FeatureCollection\",\"features\":[\n");
    enum vg_status st = plan != NULL ? vg_qgcplan_to_geojson(plan, place, part, out, &n, notes, err)
                                     : vg_xmlmap_to_geojson(text, place, part, out, &n, notes, err);
    vg_buf_puts(out, "]}\n");
    if (st == VG_OK && n == 0) {
        st = part == VG_VECTOR_LINES
                 ? vg_fail_at(err, place, 0, 0, "the file holds no line to watch")
                 : vg_fail_at(err, place, 0, 0, "the file holds no zone");
    }
    if (st == VG_OK && out->is_failed) {
        st = vg_no_memory(err);
    }
    return st;
}

enum vg_status vg_vector_to_geojson(struct vg_buf *text, const char *place,
                                    enum vg_vector_part part, char notes[VG_VECTOR_NOTES_SIZE],
                                    struct vg_error *err)
{
    if (strncmp(vg_buf_text(text), "PK\3\4", 4) == 0) {
        return vg_fail_at(err, place, 0, 0, "a packed file (KMZ?): unpack it and name the KML");
    }
    json_t *plan = parse_plan(text);
    if (plan == NULL && *first_mark(text) != '<') {
        return VG_OK;
    }
    struct vg_buf geojson = {0};
    enum vg_status st = convert(text, plan, place, part, &geojson, notes, err);
    json_decref(plan);
    if (st != VG_OK) {
        vg_buf_finish(&geojson);
        return st;
    }
    vg_buf_finish(text);
    *text = geojson;
    return VG_OK;
}
