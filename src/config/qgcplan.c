/* QGroundControl's .plan, read for its geometry only.
 *
 *   lines:  corridor scans (their middle line) and surveys (their sweep lines); in a plan without
 *           these the way points, one after another
 *   zones:  the geofence: polygons and circles, to stay in (geofence) or out of (no-fly)
 *
 * No command is taken over. Those of any flight and of its camera are passed by, any other is named
 * in the notes: a person who gave a drone something to release is told that Vigie will not.
 */
#include "base/units.h"
#include "config/vector.h"
#include "geo/geodesy.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum {
    CIRCLE_CORNERS = 64,
    LEFT_OUT_MAX = 12
};

struct reader {
    enum vg_vector_part part;
    struct vg_buf *out;
    int *n_features;
    struct vg_error *err;
    int n_corridors;
    int n_surveys;
    char left_out[LEFT_OUT_MAX][32]; /* kinds of items, each once */
    int n_left_out;
};

/* ---- positions ---- */

/* [latitude, longitude, ...] from the k-th value on. */
static enum vg_status read_position(const struct reader *self, const json_t *list, size_t k,
                                    double *out_lat_deg, double *out_lon_deg)
{
    const json_t *lat = json_array_get(list, k);
    const json_t *lon = json_array_get(list, k + 1);
    double lat_deg = json_number_value(lat);
    double lon_deg = json_number_value(lon);
    if (!json_is_number(lat) || !json_is_number(lon) || !(fabs(lat_deg) <= 90) ||
        !(fabs(lon_deg) <= 180)) {
        return vg_fail(self->err, VG_E_FORMAT,
                       "a position must be [latitude, longitude] in degrees");
    }
    *out_lat_deg = lat_deg;
    *out_lon_deg = lon_deg;
    return VG_OK;
}

static enum vg_status put_positions(const struct reader *self, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        double lat_deg, lon_deg;
        enum vg_status st = read_position(self, json_array_get(list, i), 0, &lat_deg, &lon_deg);
        if (st != VG_OK) {
            return st;
        }
        vg_vector_position(self->out, lat_deg, lon_deg, i == 0);
    }
    return VG_OK;
}

/* ---- mission ---- */

static bool is_in(const int *list, size_t n, int id)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == id) {
            return true;
        }
    }
    return false;
}
#define IS_IN(list, id) is_in(list, sizeof(list) / sizeof((list)[0]), id)

/* Numbers of MAV_CMD. Way point, the loiters, loiter to altitude, spline way point. */
static const int WAY[] = {16, 17, 18, 19, 31, 82};
/* Nothing of a line, and nothing to warn of: return, land, take off, the same for VTOL, landing
 * sequence, speed; look at, look nowhere, camera and gimbal; pictures, video. */
static const int PASSED_BY[] = {20,  21,  22,  84,  85,  178,  189,  195,  197,  201, 205,
                                206, 214, 530, 531, 532, 1000, 2000, 2001, 2500, 2501};

static bool is_plain(const char *text)
{
    const char *c = text;
    while (isalnum((unsigned char)*c) || *c == ' ' || *c == '_') {
        c++;
    }
    return *c == '\0';
}

/* A name from the file is shown to a person: letters and digits, or a question mark. */
static void leave_out(struct reader *self, const char *name)
{
    const char *what = is_plain(name) ? name : "?";
    for (int i = 0; i < self->n_left_out; i++) {
        if (strcmp(self->left_out[i], what) == 0) {
            return;
        }
    }
    if (self->n_left_out < LEFT_OUT_MAX) {
        vg_format(self->left_out[self->n_left_out++], sizeof self->left_out[0], "%s", what);
    }
}

static enum vg_status read_command(struct reader *self, const json_t *item, int *out)
{
    double command;
    enum vg_status st = vg_json_number(item, "command", 0, 65535, &command, self->err);
    if (st != VG_OK) {
        return st;
    }
    *out = (int)command;
    if (!IS_IN(WAY, *out) && !IS_IN(PASSED_BY, *out)) {
        char what[32];
        vg_format(what, sizeof what, "MAV_CMD %d", *out);
        leave_out(self, what);
    }
    return VG_OK;
}

/* A way point without a place means "here": no part of a line. */
static enum vg_status read_simple(struct reader *self, const json_t *item, int *n_points)
{
    json_t *params;
    int command;
    double lat_deg, lon_deg;
    enum vg_status st = read_command(self, item, &command);
    if (st != VG_OK || !IS_IN(WAY, command)) {
        return st;
    }
    st = vg_json_list(item, "params", &params, self->err);
    if (st != VG_OK || json_is_null(json_array_get(params, 4))) {
        return st;
    }
    st = read_position(self, params, 4, &lat_deg, &lon_deg);
    if (st == VG_OK && (lat_deg != 0 || lon_deg != 0)) {
        vg_vector_position(self->out, lat_deg, lon_deg, (*n_points)++ == 0);
    }
    return st;
}

static enum vg_status put_line(const struct reader *self, const char *name, int number,
                               const json_t *positions)
{
    char properties[64];
    if (json_array_size(positions) < 2) {
        return vg_fail(self->err, VG_E_FORMAT, "a line needs two positions or more, got %d",
                       (int)json_array_size(positions));
    }
    vg_format(properties, sizeof properties, "\"name\":\"%s %d\"", name, number);
    vg_vector_open(self->out, self->n_features, self->part, properties);
    enum vg_status st = put_positions(self, positions);
    vg_vector_close(self->out, self->part);
    return st;
}

/* What a survey flies between its ends is only looked at for what must be said. */
static enum vg_status read_inner(struct reader *self, const json_t *item)
{
    const json_t *inner = json_object_get(item, "TransectStyleComplexItem");
    const json_t *items = json_object_get(inner, "Items");
    enum vg_status st = VG_OK;
    for (size_t i = 0; i < json_array_size(items) && st == VG_OK; i++) {
        int command;
        st = read_command(self, json_array_get(items, i), &command);
    }
    return st;
}

static enum vg_status read_complex(struct reader *self, const json_t *item)
{
    const char *type;
    json_t *positions;
    enum vg_status st = vg_json_text(item, "complexItemType", &type, self->err);
    if (st != VG_OK) {
        return st;
    }
    bool is_corridor = strcmp(type, "CorridorScan") == 0;
    if (!is_corridor && strcmp(type, "survey") != 0) {
        if (strstr(type, "LandingPattern") == NULL) {
            leave_out(self, type);
        }
        return VG_OK;
    }
    st = read_inner(self, item);
    if (st != VG_OK) {
        return st;
    }
    if (is_corridor) {
        st = vg_json_list(item, "polyline", &positions, self->err);
        return st == VG_OK ? put_line(self, "Corridor", ++self->n_corridors, positions) : st;
    }
    const json_t *transects = json_object_get(item, "TransectStyleComplexItem");
    st = vg_json_list(transects, "VisualTransectPoints", &positions, self->err);
    if (st == VG_OK && json_array_size(positions) == 0) {
        return vg_fail(self->err, VG_E_FORMAT,
                       "a survey without sweep lines: open the plan in QGroundControl and save it "
                       "again, or give its polygon's corners as the \"area\" of the watch");
    }
    return st == VG_OK ? put_line(self, "Survey", ++self->n_surveys, positions) : st;
}

static bool is_complex(const json_t *item)
{
    const char *type = json_string_value(json_object_get(item, "type"));
    return type != NULL && strcmp(type, "ComplexItem") == 0;
}

static enum vg_status fail_item(const struct reader *self, size_t i, enum vg_status st)
{
    if (st != VG_OK) {
        vg_error_prefix(self->err, "item %d", (int)i + 1);
    }
    return st;
}

static enum vg_status read_surveys(struct reader *self, const json_t *items)
{
    enum vg_status st = VG_OK;
    for (size_t i = 0; i < json_array_size(items) && st == VG_OK; i++) {
        const json_t *item = json_array_get(items, i);
        st = is_complex(item) ? fail_item(self, i, read_complex(self, item)) : VG_OK;
    }
    return st;
}

/* The way points as one line. Where surveys or corridors are the line, these are only the way to
 * them: looked at for what must be said. */
static enum vg_status read_way(struct reader *self, const json_t *items, bool is_line)
{
    struct vg_buf positions = {0};
    struct vg_buf *out = self->out;
    int n_points = 0;
    enum vg_status st = VG_OK;
    self->out = &positions;
    for (size_t i = 0; i < json_array_size(items) && st == VG_OK; i++) {
        const json_t *item = json_array_get(items, i);
        st = is_complex(item) ? VG_OK : fail_item(self, i, read_simple(self, item, &n_points));
    }
    self->out = out;
    if (st == VG_OK && is_line && n_points > 1) {
        vg_vector_open(out, self->n_features, self->part, "\"name\":\"Way\"");
        vg_buf_add(out, vg_buf_text(&positions), positions.n);
        vg_vector_close(out, self->part);
    }
    vg_buf_finish(&positions);
    return st;
}

static enum vg_status check_version(const struct reader *self, const json_t *part, const char *name,
                                    int wanted)
{
    double version;
    enum vg_status st = vg_json_number(part, "version", 0, 1e6, &version, self->err);
    if (st == VG_OK && version != wanted) {
        st = vg_fail(self->err, VG_E_FORMAT,
                     "version %d of \"%s\" is not known, only %d; save it again with a newer "
                     "QGroundControl",
                     (int)version, name, wanted);
    }
    return st;
}

static enum vg_status read_mission(struct reader *self, const json_t *plan)
{
    json_t *items;
    const json_t *mission = json_object_get(plan, "mission");
    if (!json_is_object(mission)) {
        return vg_fail(self->err, VG_E_FORMAT, "\"%s\" is missing", "mission");
    }
    enum vg_status st = check_version(self, mission, "mission", 2);
    if (st == VG_OK) {
        st = vg_json_list(mission, "items", &items, self->err);
    }
    if (st == VG_OK) {
        st = read_surveys(self, items);
    }
    return st == VG_OK ? read_way(self, items, *self->n_features == 0) : st;
}

/* ---- geofence ---- */

static void open_zone(const struct reader *self, bool is_inside)
{
    char properties[80];
    vg_format(properties, sizeof properties, "\"name\":\"Fence %d\",\"kind\":\"%s\"",
              *self->n_features + 1, is_inside ? "geofence" : "no-fly");
    vg_vector_open(self->out, self->n_features, self->part, properties);
}

static enum vg_status read_inclusion(const struct reader *self, const json_t *fence, bool *out)
{
    const json_t *inclusion = json_object_get(fence, "inclusion");
    if (!json_is_boolean(inclusion)) {
        return vg_fail(self->err, VG_E_FORMAT, "\"%s\" must be true or false", "inclusion");
    }
    *out = json_is_true(inclusion);
    return VG_OK;
}

static enum vg_status read_polygon(const struct reader *self, const json_t *fence)
{
    json_t *corners;
    bool is_inside = false;
    double lat_deg = 0;
    double lon_deg = 0;
    enum vg_status st = read_inclusion(self, fence, &is_inside);
    if (st == VG_OK) {
        st = vg_json_list(fence, "polygon", &corners, self->err);
    }
    if (st == VG_OK && json_array_size(corners) < 3) {
        st = vg_fail(self->err, VG_E_FORMAT, "a polygon needs 3 corners or more");
    }
    if (st == VG_OK) {
        st = read_position(self, json_array_get(corners, 0), 0, &lat_deg, &lon_deg);
    }
    if (st != VG_OK) {
        return st;
    }
    open_zone(self, is_inside);
    st = put_positions(self, corners);
    vg_vector_position(self->out, lat_deg, lon_deg, false);
    vg_vector_close(self->out, self->part);
    return st;
}

/* A polygon never larger than a circle to stay in, never smaller than one to stay out of. */
static enum vg_status read_circle(const struct reader *self, const json_t *fence)
{
    bool is_inside = false;
    double radius_m = 0;
    double lat_deg = 0;
    double lon_deg = 0;
    const json_t *circle = json_object_get(fence, "circle");
    enum vg_status st = read_inclusion(self, fence, &is_inside);
    if (st == VG_OK) {
        st = vg_json_number(circle, "radius", 1, 1e6, &radius_m, self->err);
    }
    if (st == VG_OK) {
        st = read_position(self, json_object_get(circle, "center"), 0, &lat_deg, &lon_deg);
    }
    if (st != VG_OK) {
        return st;
    }
    double corner_m = is_inside ? radius_m : radius_m / cos(VG_PI / CIRCLE_CORNERS);
    open_zone(self, is_inside);
    for (int i = 0; i <= CIRCLE_CORNERS; i++) {
        double lat, lon;
        double azimuth_deg = -360.0 * (i % CIRCLE_CORNERS) / CIRCLE_CORNERS;
        vg_geo_direct(lat_deg, lon_deg, azimuth_deg, corner_m, &lat, &lon);
        vg_vector_position(self->out, lat, lon, i == 0);
    }
    vg_vector_close(self->out, self->part);
    return VG_OK;
}

static enum vg_status read_fences(const struct reader *self, const json_t *fence, const char *key,
                                  enum vg_status (*read)(const struct reader *, const json_t *))
{
    json_t *list;
    enum vg_status st = vg_json_list(fence, key, &list, self->err);
    for (size_t i = 0; st == VG_OK && i < json_array_size(list); i++) {
        st = read(self, json_array_get(list, i));
        if (st != VG_OK) {
            vg_error_prefix(self->err, "geofence, \"%s\" %d", key, (int)i + 1);
        }
    }
    return st;
}

static enum vg_status read_geofence(const struct reader *self, const json_t *plan)
{
    const json_t *fence = json_object_get(plan, "geoFence");
    if (!json_is_object(fence)) {
        return VG_OK; /* optional; the caller says that there is no zone */
    }
    enum vg_status st = check_version(self, fence, "geoFence", 2);
    if (st == VG_OK) {
        st = read_fences(self, fence, "polygons", read_polygon);
    }
    return st == VG_OK ? read_fences(self, fence, "circles", read_circle) : st;
}

/* ---- the whole ---- */

static void tell_left_out(const struct reader *self, const char *place,
                          char notes[VG_VECTOR_NOTES_SIZE])
{
    char list[512] = "";
    char text[800];
    size_t n = 0;
    for (int i = 0; i < self->n_left_out; i++) {
        n += vg_format(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "", self->left_out[i]);
    }
    enum vg_lang lang = self->err != NULL ? self->err->lang : VG_LANG_EN;
    if (n > 0) {
        vg_format(text, sizeof text,
                  vg_tr(lang, "only its geometry is read; left out, and never flown: %s"), list);
        vg_vector_note(notes, place, text);
    }
}

enum vg_status vg_qgcplan_to_geojson(const json_t *plan, const char *place,
                                     enum vg_vector_part part, struct vg_buf *out,
                                     int *out_n_features, char notes[VG_VECTOR_NOTES_SIZE],
                                     struct vg_error *err)
{
    struct reader self = {.part = part, .out = out, .n_features = out_n_features, .err = err};
    enum vg_status st = check_version(&self, plan, "Plan", 1);
    if (st == VG_OK) {
        st = part == VG_VECTOR_LINES ? read_mission(&self, plan) : read_geofence(&self, plan);
    }
    if (st == VG_OK) {
        tell_left_out(&self, place, notes);
    } else if (err != NULL && err->place[0] == '\0') {
        vg_format(err->place, sizeof err->place, "%s", place);
    }
    return st;
}
