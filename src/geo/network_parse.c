/* GeoJSON (RFC 7946) to a network. Deviations: geometries other than lines are refused by name
 * instead of passed by, because a line that is silently not watched is the worst reading of a file.
 */
#include "base/json.h"
#include "base/text.h"
#include "geo/geodesy.h"
#include "geo/network_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES_MAX = 4096
};

/* A line still growing at its end. Pieces with the same group join where their ends meet. */
struct growing {
    struct vg_line_maker maker;
    bool has_group;
    char base[VG_NAME_SIZE]; /* what it is named after; "": its number */
};

struct reader {
    const struct vg_network_defaults *defaults;
    struct vg_error *err;
    struct growing *lines;
    int n_lines;
    int cap_lines;
    struct vg_network net; /* stretches; lines are moved in at the end */
    int cap_stretches;
    int budget; /* vertices still allowed */
};

/* What a feature's properties say. */
struct wish {
    const char *line; /* NULL: none */
    const char *name; /* never NULL */
    double revisit_s;
    double depth_m;
};

static enum vg_status no_memory(struct reader *r)
{
    return vg_fail(r->err, VG_E_NO_MEMORY, "out of memory");
}

static enum vg_status read_name(struct reader *r, const json_t *props, const char *key,
                                const char **out)
{
    json_t *v = json_object_get(props, key);
    if (v == NULL || json_is_null(v)) {
        return VG_OK;
    }
    if (!json_is_string(v)) {
        return vg_fail(r->err, VG_E_FORMAT, "\"%s\" must be a text", key);
    }
    if (json_string_value(v)[0] != '\0') {
        *out = json_string_value(v);
    }
    return VG_OK;
}

static enum vg_status
read_quantity(struct reader *r, const json_t *props, const char *key,
              enum vg_status (*read)(const char *, double *, struct vg_error *), double *out)
{
    json_t *v = json_object_get(props, key);
    if (v != NULL && json_is_number(v)) {
        return vg_fail(r->err, VG_E_FORMAT,
                       "\"%s\" is %g without a unit; write it as a text such as \"4h\" or \"2km\"",
                       key, json_number_value(v));
    }
    if (v != NULL && !json_is_null(v)) {
        if (!json_is_string(v) || read == NULL) {
            return vg_fail(r->err, VG_E_FORMAT, "\"%s\" must be a text", key);
        }
        enum vg_status st = read(json_string_value(v), out, r->err);
        if (st != VG_OK) {
            vg_error_prefix(r->err, "\"%s\"", key);
            return VG_E_FORMAT;
        }
    }
    if (!(*out > 0.0) || !isfinite(*out)) {
        return vg_fail(r->err, VG_E_FORMAT, "\"%s\" must be greater than zero", key);
    }
    return VG_OK;
}

static enum vg_status read_wish(struct reader *r, const json_t *props, struct wish *out)
{
    *out = (struct wish){
        .name = "", .revisit_s = r->defaults->revisit_s, .depth_m = r->defaults->depth_m};
    enum vg_status st = read_name(r, props, "line", &out->line);
    if (st == VG_OK) {
        st = read_name(r, props, "name", &out->name);
    }
    if (st == VG_OK) {
        st = read_quantity(r, props, "revisit", r->defaults->read_duration, &out->revisit_s);
    }
    if (st == VG_OK) {
        st = read_quantity(r, props, "depth", r->defaults->read_length, &out->depth_m);
    }
    return st;
}

static enum vg_status read_position(struct reader *r, const json_t *v, int vertex, double *out_lat,
                                    double *out_lon)
{
    const json_t *x = json_array_get(v, 0);
    const json_t *y = json_array_get(v, 1);
    if (!json_is_number(x) || !json_is_number(y)) {
        return vg_fail(r->err, VG_E_FORMAT,
                       "vertex %d: a position is [longitude, latitude], two numbers", vertex);
    }
    double lon = json_number_value(x);
    double lat = json_number_value(y);
    if (!(fabs(lat) <= 90.0)) {
        return vg_fail(r->err, VG_E_FORMAT,
                       "vertex %d: latitude %g is outside -90 to 90; a position is [longitude, "
                       "latitude] in degrees",
                       vertex, lat);
    }
    if (!(fabs(lon) <= 180.0)) {
        return vg_fail(r->err, VG_E_FORMAT,
                       "vertex %d: longitude %g is outside -180 to 180; a position is [longitude, "
                       "latitude] in degrees",
                       vertex, lon);
    }
    *out_lat = lat;
    *out_lon = lon;
    return VG_OK;
}

static bool ends_meet(const struct growing *g, double lat, double lon)
{
    const struct vg_line *line = &g->maker.line;
    int last = line->n - 1;
    /* The cheap test first: this runs over every line for every piece. */
    return fabs(line->lat_deg[last] - lat) < 1e-6 &&
           vg_geo_distance_m(line->lat_deg[last], line->lon_deg[last], lat, lon) < VG_LINE_MEET_M;
}

static bool closes(const struct vg_line *line)
{
    return line->n > 2 && fabs(line->lat_deg[0] - line->lat_deg[line->n - 1]) < 1e-6 &&
           vg_geo_distance_m(line->lat_deg[0], line->lon_deg[0], line->lat_deg[line->n - 1],
                             line->lon_deg[line->n - 1]) < VG_LINE_MEET_M;
}

/* The line whose end is where this piece starts, the latest first; else a new one. NULL: the error
 * is set. */
static struct growing *line_for(struct reader *r, const struct wish *wish, double lat, double lon)
{
    for (int i = r->n_lines - 1; i >= 0; i--) {
        struct growing *g = &r->lines[i];
        bool is_group = wish->line != NULL
                            ? g->has_group && strncmp(g->base, wish->line, VG_NAME_SIZE - 1) == 0
                            : !g->has_group;
        if (is_group && ends_meet(g, lat, lon) && !closes(&g->maker.line)) {
            return g;
        }
    }
    if (r->n_lines == LINES_MAX) {
        vg_fail(r->err, VG_E_FORMAT, "more than %d separate lines; join pieces end to start",
                LINES_MAX);
        return NULL;
    }
    if (r->n_lines == r->cap_lines) {
        int cap = r->cap_lines > 0 ? 2 * r->cap_lines : 8;
        struct growing *p = realloc(r->lines, (size_t)cap * sizeof *p);
        if (p == NULL) {
            no_memory(r);
            return NULL;
        }
        r->lines = p;
        r->cap_lines = cap;
    }
    struct growing *g = &r->lines[r->n_lines++];
    *g = (struct growing){.has_group = wish->line != NULL};
    vg_format(g->base, sizeof g->base, "%s", wish->line != NULL ? wish->line : wish->name);
    return g;
}

static enum vg_status add_vertex(struct reader *r, struct growing *g, int vertex, double lat,
                                 double lon)
{
    enum vg_status st = vg_line_maker_add(&g->maker, lat, lon, &r->budget);
    if (st == VG_E_FULL) {
        return vg_fail(r->err, VG_E_FORMAT, "vertex %d: more than %d vertices in all", vertex,
                       VG_LINE_VERTICES_MAX);
    }
    return st == VG_OK ? VG_OK : no_memory(r);
}

/* One list of positions: a piece of a line and its stretch. */
static enum vg_status read_piece(struct reader *r, const json_t *list, const struct wish *wish)
{
    if (!json_is_array(list)) {
        return vg_fail(r->err, VG_E_FORMAT, "\"%s\" must be a list", "coordinates");
    }
    int n = (int)json_array_size(list);
    if (n < 2) {
        return vg_fail(r->err, VG_E_FORMAT, "a line needs two positions or more, got %d", n);
    }
    double lat;
    double lon;
    enum vg_status st = read_position(r, json_array_get(list, 0), 1, &lat, &lon);
    struct growing *g = st == VG_OK ? line_for(r, wish, lat, lon) : NULL;
    if (g == NULL) {
        return st != VG_OK ? st : VG_E_FORMAT;
    }
    double from_m = g->maker.line.length_m;
    if (g->maker.line.n == 0) {
        st = add_vertex(r, g, 1, lat, lon);
    }
    for (int i = 1; i < n && st == VG_OK; i++) {
        st = read_position(r, json_array_get(list, (size_t)i), i + 1, &lat, &lon);
        if (st == VG_OK) {
            st = add_vertex(r, g, i + 1, lat, lon);
        }
    }
    if (st != VG_OK) {
        return st;
    }
    if (!(g->maker.line.length_m > from_m)) {
        return vg_fail(r->err, VG_E_FORMAT, "the line has no length: all its positions are one");
    }
    struct vg_stretch s = {.line = (int)(g - r->lines),
                           .from_m = from_m,
                           .to_m = g->maker.line.length_m,
                           .revisit_s = wish->revisit_s,
                           .depth_m = wish->depth_m};
    vg_format(s.name, sizeof s.name, "%s", wish->name);
    return vg_network_push(&r->net, &r->cap_stretches, &s) ? VG_OK : no_memory(r);
}

static enum vg_status read_geometry(struct reader *r, const json_t *geometry,
                                    const struct wish *wish)
{
    const char *type;
    json_t *list;
    enum vg_status st = vg_json_text(geometry, "type", &type, r->err);
    if (st != VG_OK) {
        return st;
    }
    bool is_multi = strcmp(type, "MultiLineString") == 0;
    if (!is_multi && strcmp(type, "LineString") != 0) {
        return vg_fail(r->err, VG_E_FORMAT,
                       "expected a LineString or MultiLineString geometry, got \"%s\"", type);
    }
    st = vg_json_list(geometry, "coordinates", &list, r->err);
    if (st != VG_OK || !is_multi) {
        return st != VG_OK ? st : read_piece(r, list, wish);
    }
    size_t n = json_array_size(list);
    if (n == 0) {
        return vg_fail(r->err, VG_E_FORMAT, "the MultiLineString is empty");
    }
    for (size_t i = 0; i < n; i++) {
        st = read_piece(r, json_array_get(list, i), wish);
        if (st != VG_OK) {
            vg_error_prefix(r->err, "part %d", (int)i + 1);
            return st;
        }
    }
    return VG_OK;
}

static enum vg_status read_feature(struct reader *r, const json_t *feature)
{
    const char *type;
    struct wish wish;
    enum vg_status st = vg_json_text(feature, "type", &type, r->err);
    if (st != VG_OK) {
        return st;
    }
    bool is_feature = strcmp(type, "Feature") == 0;
    const json_t *props = is_feature ? json_object_get(feature, "properties") : NULL;
    if (props != NULL && !json_is_object(props) && !json_is_null(props)) {
        return vg_fail(r->err, VG_E_FORMAT, "\"%s\" must be an object", "properties");
    }
    st = read_wish(r, props, &wish);
    if (st != VG_OK) {
        return st;
    }
    if (!is_feature) {
        return read_geometry(r, feature, &wish);
    }
    const json_t *geometry = json_object_get(feature, "geometry");
    if (!json_is_object(geometry)) {
        return vg_fail(r->err, VG_E_FORMAT, "the feature has no geometry");
    }
    return read_geometry(r, geometry, &wish);
}

static enum vg_status read_document(struct reader *r, const json_t *doc)
{
    json_t *type = json_object_get(doc, "type");
    if (!json_is_string(type)) {
        return vg_fail(r->err, VG_E_FORMAT, "not GeoJSON: an object with a \"type\" is expected");
    }
    if (strcmp(json_string_value(type), "FeatureCollection") != 0) {
        return read_feature(r, doc);
    }
    json_t *features;
    enum vg_status st = vg_json_list(doc, "features", &features, r->err);
    if (st != VG_OK) {
        return st;
    }
    size_t n = json_array_size(features);
    if (n == 0) {
        return vg_fail(r->err, VG_E_FORMAT, "the file has no features");
    }
    for (size_t i = 0; i < n; i++) {
        st = read_feature(r, json_array_get(features, i));
        if (st != VG_OK) {
            vg_error_prefix(r->err, "feature %d", (int)i + 1);
            return st;
        }
    }
    return VG_OK;
}

/* A name that no other line has: its base, or the base with a number. */
static void name_line(struct vg_network *net, int line, const struct growing *lines)
{
    char base[VG_NAME_SIZE - 12];
    struct vg_line *self = &net->lines[line];
    char name[VG_NAME_SIZE];
    int number = 1;
    if (lines[line].base[0] == '\0') {
        vg_format(base, sizeof base, "L");
        vg_format(name, sizeof name, "L%d", line + 1);
        number = line + 1;
    } else {
        vg_format(base, sizeof base, "%s", lines[line].base);
        vg_format(name, sizeof name, "%s", lines[line].base);
        for (int i = 0; i < line; i++) {
            number += strcmp(lines[i].base, lines[line].base) == 0;
        }
        if (number > 1) {
            vg_format(name, sizeof name, "%s %d", base, number);
        }
    }
    while (vg_network_find_line(net, name) >= 0) {
        vg_format(name, sizeof name, "%s %d", base, ++number);
    }
    vg_format(self->name, sizeof self->name, "%s", name);
}

static int by_line(const void *a, const void *b)
{
    const struct vg_stretch *x = a;
    const struct vg_stretch *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return (x->from_m > y->from_m) - (x->from_m < y->from_m);
}

static enum vg_status assemble(struct reader *r)
{
    struct vg_network *net = &r->net;
    net->lines = calloc((size_t)r->n_lines, sizeof *net->lines);
    if (net->lines == NULL) {
        return no_memory(r);
    }
    for (int i = 0; i < r->n_lines; i++) {
        net->lines[i] = r->lines[i].maker.line;
        net->lines[i].is_closed = closes(&net->lines[i]);
        net->n_lines = i + 1;
        name_line(net, i, r->lines);
    }
    r->n_lines = 0; /* their arrays belong to the network now */
    qsort(net->stretches, (size_t)net->n_stretches, sizeof *net->stretches, by_line);
    vg_network_tidy(net);
    return VG_OK;
}

static void release(struct reader *r)
{
    for (int i = 0; i < r->n_lines; i++) {
        free(r->lines[i].maker.line.lat_deg);
        free(r->lines[i].maker.line.lon_deg);
        free(r->lines[i].maker.line.s_m);
    }
    free(r->lines);
    vg_network_finish(&r->net);
}

enum vg_status vg_network_parse(const char *geojson, size_t n, const char *place,
                                const struct vg_network_defaults *defaults, struct vg_network *out,
                                struct vg_error *err)
{
    json_t *doc;
    enum vg_status st = vg_json_parse(geojson, n, place, &doc, err);
    if (st != VG_OK) {
        return st;
    }
    struct reader r = {.defaults = defaults, .err = err, .budget = VG_LINE_VERTICES_MAX};
    st = read_document(&r, doc);
    if (st == VG_OK) {
        st = assemble(&r);
    }
    json_decref(doc);
    if (st == VG_OK) {
        *out = r.net;
        r.net = (struct vg_network){0};
    } else if (err != NULL && err->place[0] == '\0') {
        vg_format(err->place, sizeof err->place, "%s", place != NULL ? place : "");
    }
    release(&r);
    return st;
}
