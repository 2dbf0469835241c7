/* The "line" of the watch file: files or points, joined into one network, then cut by "stretches".
 */
#include "base/text.h"
#include "config/area.h"
#include "config/watchfile_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_STRETCHES = 1000,
    MAX_POINTS = 100000
};

static const struct vg_field LINE_FIELDS[] = {
    {.key = "file", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "points", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "area", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "name", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "revisit", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "depth", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "enough", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "stretches", .kind = VG_F_OTHER, .fallback = ""},
};

static const struct vg_field STRETCH_FIELDS[] = {
    {.key = "line", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "from", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "to", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "revisit", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "depth", .kind = VG_F_OTHER, .fallback = ""},
    {.key = "name", .kind = VG_F_OTHER, .fallback = ""},
};

static const struct vg_field REVISIT = {
    .key = "revisit", .kind = VG_F_DURATION, .lo = "1min", .hi = "365d"};
static const struct vg_field DEPTH = {
    .key = "depth", .kind = VG_F_LENGTH, .lo = "1 m", .hi = "100 km"};
static const struct vg_field POST = {
    .key = "from", .kind = VG_F_LENGTH, .lo = "0 km", .hi = "50000 km"};
static const struct vg_field ENOUGH = {
    .key = "enough", .kind = VG_F_SHARE, .lo = "1%", .hi = "100%"};

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* The key's quantity; `*out` stays what it is where the key is absent. */
static enum vg_status read_optional(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                    const char *key, const struct vg_field *field, double *out)
{
    const struct vg_yaml *node = vg_yaml_find(map, key);
    return node == NULL ? VG_OK : vg_fields_quantity(&self->r, node, field, out);
}

static enum vg_status require(const struct vg_wf_reader *self, const struct vg_yaml *map,
                              const char *key)
{
    if (vg_yaml_find(map, key) == NULL) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column, "\"%s\" is missing",
                          key);
    }
    return VG_OK;
}

/* What every drone of the fleet sees to each side in one pass. */
static double sweep_depth_m(const struct vg_watchfile *wf)
{
    double least = HUGE_VAL;
    for (int d = 0; d < wf->n_drones; d++) {
        const struct vg_wf_type *type = &wf->types[wf->drones[d].type];
        least = fmin(least, vg_camera_sweep_depth_m(&wf->cameras[type->camera], type->agl_m));
    }
    return least < HUGE_VAL ? least : 0;
}

/* Revisit, depth and enough of one entry. The first entry sets them for the watch and must name
 * revisit and depth; the others inherit. */
static enum vg_status read_wants(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                 bool is_first, struct vg_watchfile *wf,
                                 struct vg_network_defaults *out)
{
    enum vg_status status = VG_OK;
    if (is_first) {
        status = require(self, map, "revisit");
        if (status == VG_OK && vg_yaml_find(map, "area") == NULL) {
            status = require(self, map, "depth");
        }
    }
    if (status == VG_OK) {
        status = read_optional(self, map, "revisit", &REVISIT, &out->revisit_s);
    }
    if (status == VG_OK && vg_yaml_find(map, "area") != NULL) {
        out->depth_m = sweep_depth_m(wf);
    }
    if (status == VG_OK) {
        status = read_optional(self, map, "depth", &DEPTH, &out->depth_m);
    }
    if (status == VG_OK && out->depth_m < 1) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column,
                          "the cameras see nothing to the side from their height: give the area a "
                          "\"depth\", a lower flight or another camera");
    }
    const struct vg_yaml *enough = vg_yaml_find(map, "enough");
    if (status == VG_OK && enough != NULL && !is_first) {
        return vg_fail_at(self->r.err, self->r.place, enough->key_line, enough->key_column,
                          "\"enough\" holds for the whole watch; give it with the first line");
    }
    if (status == VG_OK && is_first) {
        wf->revisit_s = out->revisit_s;
        wf->depth_m = out->depth_m;
        wf->seen_share = 0.9;
        status = read_optional(self, map, "enough", &ENOUGH, &wf->seen_share);
    }
    return status;
}

/* Points written in the watch file become the GeoJSON that the one reader of lines takes. */
static enum vg_status points_to_geojson(const struct vg_wf_reader *self,
                                        const struct vg_yaml *points, const char *name,
                                        struct vg_buf *out)
{
    enum vg_status status = vg_fields_expect(&self->r, points, VG_YAML_LIST);
    if (status == VG_OK && (points->n < 2 || points->n > MAX_POINTS)) {
        status = vg_fail_at(self->r.err, self->r.place, points->line, points->column,
                            "\"%s\" must be a list of 2 to %d points", "points", MAX_POINTS);
    }
    vg_buf_puts(out, "{\"type\":\"Feature\",\"properties\":{\"name\":");
    vg_buf_json(out, name);
    vg_buf_puts(out, "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
    for (const struct vg_yaml *p = points->first; p != NULL && status == VG_OK; p = p->next) {
        double lat_deg = 0;
        double lon_deg = 0;
        struct vg_yaml point = *p;
        point.key = "points";
        status = vg_fields_lat_lon(&self->r, &point, &lat_deg, &lon_deg);
        vg_buf_printf(out, "%s[%.12f,%.12f]", p == points->first ? "" : ",", lon_deg, lat_deg);
    }
    vg_buf_puts(out, "]}}");
    if (status == VG_OK && out->is_failed) {
        status = vg_fail(self->r.err, VG_E_NO_MEMORY, "out of memory");
    }
    return status;
}

/* Rows over the area that the positions enclose. */
static enum vg_status area_to_geojson(const struct vg_wf_reader *self, const struct vg_yaml *area,
                                      const char *name, double depth_m, struct vg_buf *out)
{
    double lat_deg[VG_AREA_MAX_POINTS];
    double lon_deg[VG_AREA_MAX_POINTS];
    int n = 0;
    enum vg_status status = vg_fields_expect(&self->r, area, VG_YAML_LIST);
    if (status == VG_OK && (area->n < 3 || area->n > VG_AREA_MAX_POINTS)) {
        status =
            vg_fail_at(self->r.err, self->r.place, area->line, area->column,
                       "\"%s\" must be a list of 3 to %d positions", "area", VG_AREA_MAX_POINTS);
    }
    for (const struct vg_yaml *p = area->first; p != NULL && status == VG_OK; p = p->next) {
        struct vg_yaml point = *p;
        point.key = "area";
        status = vg_fields_lat_lon(&self->r, &point, &lat_deg[n], &lon_deg[n]);
        n++;
    }
    vg_buf_puts(out, "{\"type\":\"FeatureCollection\",\"features\":[");
    if (status == VG_OK) {
        status = vg_area_lines(lat_deg, lon_deg, n, name, depth_m, out, self->r.err);
        vg_fields_at(&self->r, area, status);
    }
    vg_buf_puts(out, "]}");
    return status;
}

/* The GeoJSON text of one entry and the name it has in errors. */
static enum vg_status read_geojson(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                   struct vg_watchfile *wf, double depth_m, char *out_path,
                                   size_t size_bytes, struct vg_buf *out)
{
    const struct vg_yaml *file = vg_yaml_find(map, "file");
    const struct vg_yaml *points = vg_yaml_find(map, "points");
    const struct vg_yaml *area = vg_yaml_find(map, "area");
    const struct vg_yaml *name = vg_yaml_find(map, "name");
    if ((file != NULL) + (points != NULL) + (area != NULL) != 1) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column,
                          "a line needs one of \"file\", \"points\" and \"area\"");
    }
    if (file != NULL && name != NULL) {
        return vg_fail_at(
            self->r.err, self->r.place, name->key_line, name->key_column,
            "\"name\" goes with \"points\"; the lines of a file are named in the file");
    }
    if (file != NULL) {
        enum vg_status status = vg_wf_read_beside(self, file, out_path, size_bytes, out);
        return status == VG_OK
                   ? vg_vector_to_geojson(out, out_path, VG_VECTOR_LINES, wf->notes, self->r.err)
                   : status;
    }
    char line_name[VG_NAME_SIZE];
    vg_format(line_name, sizeof line_name, "%s", wf->name);
    enum vg_status status = VG_OK;
    if (name != NULL) {
        status = vg_fields_text(&self->r, name, line_name, sizeof line_name);
    }
    vg_format(out_path, size_bytes, "%s", self->r.place);
    if (status != VG_OK) {
        return status;
    }
    return area != NULL ? area_to_geojson(self, area, line_name, depth_m, out)
                        : points_to_geojson(self, points, line_name, out);
}

/* Move the lines and stretches of `part` to the end of `whole`. */
static enum vg_status merge_network(const struct vg_wf_reader *self, const struct vg_yaml *entry,
                                    struct vg_network *whole, struct vg_network *part)
{
    for (int i = 0; i < part->n_lines; i++) {
        if (vg_network_find_line(whole, part->lines[i].name) >= 0) {
            return vg_fail_at(self->r.err, self->r.place, entry->line, entry->column,
                              "two lines are named \"%s\"", part->lines[i].name);
        }
    }
    size_t n_lines = (size_t)(whole->n_lines + part->n_lines);
    size_t n_stretches = (size_t)(whole->n_stretches + part->n_stretches);
    struct vg_line *lines = realloc(whole->lines, n_lines * sizeof *lines);
    whole->lines = lines != NULL ? lines : whole->lines;
    struct vg_stretch *stretches = realloc(whole->stretches, n_stretches * sizeof *stretches);
    whole->stretches = stretches != NULL ? stretches : whole->stretches;
    if (lines == NULL || stretches == NULL) {
        return vg_fail(self->r.err, VG_E_NO_MEMORY, "out of memory");
    }
    for (int i = 0; i < part->n_stretches; i++) {
        struct vg_stretch *s = &whole->stretches[whole->n_stretches + i];
        *s = part->stretches[i];
        s->line += whole->n_lines;
        vg_format(s->id, sizeof s->id, "S%d", whole->n_stretches + i + 1);
    }
    memcpy(whole->lines + whole->n_lines, part->lines, (size_t)part->n_lines * sizeof *lines);
    whole->n_lines = (int)n_lines;
    whole->n_stretches = (int)n_stretches;
    free(part->lines);
    free(part->stretches);
    *part = (struct vg_network){0};
    return VG_OK;
}

/* The line a stretch is cut from: named, or the only one of its entry. */
static enum vg_status find_stretch_line(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                        const struct vg_network *network, int first_line, int *out)
{
    const struct vg_yaml *node = vg_yaml_find(map, "line");
    int n = network->n_lines - first_line;
    if (node != NULL) {
        int k = 0;
        enum vg_status status =
            vg_fields_choice(&self->r, node, "line", network->lines[first_line].name,
                             sizeof network->lines[0], n, &k);
        *out = first_line + k;
        return status;
    }
    if (n != 1) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column,
                          "there are %d lines here: say which with \"line\"", n);
    }
    *out = first_line;
    return VG_OK;
}

static enum vg_status read_posts(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                 const struct vg_line *line, double *out_from_m, double *out_to_m)
{
    *out_from_m = 0;
    *out_to_m = line->length_m;
    enum vg_status status = read_optional(self, map, "from", &POST, out_from_m);
    if (status == VG_OK) {
        status = read_optional(self, map, "to", &POST, out_to_m);
    }
    if (status != VG_OK) {
        return status;
    }
    const struct vg_yaml *from = vg_yaml_find(map, "from");
    const struct vg_yaml *to = vg_yaml_find(map, "to");
    const struct vg_yaml *late = *out_to_m > line->length_m ? to : NULL;
    late = *out_from_m >= line->length_m ? from : late;
    if (late != NULL) {
        return vg_fail_at(self->r.err, self->r.place, late->line, late->column,
                          "\"%s\" is %s, but line \"%s\" is %.3f km long", late->key, late->text,
                          line->name, line->length_m / 1000);
    }
    if (*out_from_m >= *out_to_m) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column,
                          "\"from\" must lie before \"to\"");
    }
    return VG_OK;
}

static enum vg_status read_stretch(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                   const struct vg_network_defaults *wants, int first_line,
                                   struct vg_network *network)
{
    double revisit_s = wants->revisit_s;
    double depth_m = 0;
    double from_m = 0;
    double to_m = 0;
    char name[VG_NAME_SIZE] = "";
    int line = 0;
    enum vg_status status =
        vg_fields_read(&self->r, map, STRETCH_FIELDS, COUNT(STRETCH_FIELDS), NULL);
    if (status == VG_OK) {
        status = find_stretch_line(self, map, network, first_line, &line);
    }
    if (status == VG_OK) {
        status = read_optional(self, map, "revisit", &REVISIT, &revisit_s);
    }
    if (status == VG_OK) {
        status = read_optional(self, map, "depth", &DEPTH, &depth_m);
    }
    if (status == VG_OK) {
        status = read_posts(self, map, &network->lines[line], &from_m, &to_m);
    }
    if (status == VG_OK && vg_yaml_find(map, "name") != NULL) {
        status = vg_fields_text(&self->r, vg_yaml_find(map, "name"), name, sizeof name);
    }
    if (status == VG_OK) {
        status =
            vg_network_override(network, line, from_m, to_m, revisit_s, depth_m, name, self->r.err);
        vg_fields_at(&self->r, map, status);
    }
    return status;
}

static enum vg_status read_stretches(const struct vg_wf_reader *self, const struct vg_yaml *entry,
                                     const struct vg_network_defaults *wants, int first_line,
                                     struct vg_network *network)
{
    const struct vg_yaml *list = vg_yaml_find(entry, "stretches");
    if (list == NULL) {
        return VG_OK;
    }
    enum vg_status status = vg_fields_expect(&self->r, list, VG_YAML_LIST);
    if (status == VG_OK && list->n > MAX_STRETCHES) {
        status =
            vg_fail_at(self->r.err, self->r.place, list->line, list->column,
                       "\"%s\" has %d entries, more than %d", "stretches", list->n, MAX_STRETCHES);
    }
    for (const struct vg_yaml *m = list->first; m != NULL && status == VG_OK; m = m->next) {
        status = read_stretch(self, m, wants, first_line, network);
    }
    return status;
}

/* What is wrong with the points of the watch file itself stands where they are written. */
static void at_points(const struct vg_wf_reader *self, const struct vg_yaml *entry,
                      const char *path, enum vg_status status)
{
    struct vg_error *err = self->r.err;
    const struct vg_yaml *points = vg_yaml_find(entry, "points");
    if (status != VG_OK && err != NULL && points != NULL && strcmp(path, self->r.place) == 0) {
        err->line = points->line;
        err->column = points->column;
    }
}

static enum vg_status read_entry(const struct vg_wf_reader *self, const struct vg_yaml *entry,
                                 bool is_first, struct vg_watchfile *wf)
{
    char path[1024];
    struct vg_buf geojson = {0};
    struct vg_network part = {0};
    struct vg_network_defaults wants = {.revisit_s = wf->revisit_s,
                                        .depth_m = wf->depth_m,
                                        .read_duration = vg_quantity_duration,
                                        .read_length = vg_quantity_length};
    enum vg_status status = vg_fields_read(&self->r, entry, LINE_FIELDS, COUNT(LINE_FIELDS), NULL);
    if (status == VG_OK) {
        status = read_wants(self, entry, is_first, wf, &wants);
    }
    if (status == VG_OK) {
        status = read_geojson(self, entry, wf, wants.depth_m, path, sizeof path, &geojson);
    }
    if (status == VG_OK) {
        status =
            vg_network_parse(vg_buf_text(&geojson), geojson.n, path, &wants, &part, self->r.err);
        at_points(self, entry, path, status);
        vg_fields_at(&self->r, entry, status);
    }
    int first_line = wf->network.n_lines;
    if (status == VG_OK) {
        status = merge_network(self, entry, &wf->network, &part);
    }
    if (status == VG_OK) {
        status = read_stretches(self, entry, &wants, first_line, &wf->network);
    }
    vg_network_finish(&part);
    vg_buf_finish(&geojson);
    return status;
}

enum vg_status vg_wf_read_lines(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                struct vg_watchfile *wf)
{
    if (node->kind != VG_YAML_LIST) {
        return read_entry(self, node, true, wf);
    }
    if (node->n == 0 || node->n > VG_WF_MAX_LINES) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "\"%s\" must be one map or a list of 1 to %d", "line", VG_WF_MAX_LINES);
    }
    enum vg_status status = VG_OK;
    for (const struct vg_yaml *m = node->first; m != NULL && status == VG_OK; m = m->next) {
        status = read_entry(self, m, m == node->first, wf);
    }
    return status;
}
