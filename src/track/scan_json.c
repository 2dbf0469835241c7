#include "track/scan_json.h"

#include "base/text.h"
#include "track/core.h"
#include "track/footprint.h"
#include "track/scan_place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_SIZE = 64
};
/* About a report's own place: whoever is near may be the one that is meant. */
#define REPORT_REACH_SD 5.0
#define REPORT_REACH_M 200.0

struct vg_scan_reader {
    struct vg_scan_ground ground;
    double start_s;
    bool is_started;
    size_t n_sensors;
    char (*sensor)[NAME_SIZE]; /* room for VG_SCAN_SENSORS */
    double corner[VG_FOOTPRINT_CORNERS][2];
    struct vg_measurement *m;
    size_t m_room;
};

enum vg_status vg_scan_reader_new(struct vg_scan_reader **out, struct vg_error *err)
{
    struct vg_scan_reader *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->sensor = calloc(VG_SCAN_SENSORS, sizeof *self->sensor);
    if (self->sensor == NULL) {
        free(self);
        return vg_no_memory(err);
    }
    *out = self;
    return VG_OK;
}

void vg_scan_reader_free(struct vg_scan_reader *self)
{
    if (self != NULL) {
        free(self->sensor);
        free(self->m);
        free(self);
    }
}

void vg_scan_reader_origin(struct vg_scan_reader *self, double lat_deg, double lon_deg)
{
    self->ground.frame = vg_frame_at(lat_deg, lon_deg);
    self->ground.has_frame = self->ground.is_given = true;
}

const struct vg_frame *vg_scan_reader_frame(const struct vg_scan_reader *self)
{
    return self->ground.has_frame ? &self->ground.frame : NULL;
}

double vg_scan_reader_start_s(const struct vg_scan_reader *self)
{
    return self->start_s;
}

const char *vg_scan_reader_sensor(const struct vg_scan_reader *self, uint32_t sensor)
{
    return sensor < self->n_sensors ? self->sensor[sensor] : "";
}

static enum vg_status find_sensor(struct vg_scan_reader *self, const json_t *line, uint32_t *out,
                                  struct vg_error *err)
{
    const char *name;
    enum vg_status st = vg_json_text(line, "sensor", &name, err);
    if (st != VG_OK) {
        return st;
    }
    if (name[0] == '\0' || strlen(name) >= NAME_SIZE) {
        return vg_fail(err, VG_E_FORMAT, "\"sensor\" must be a name of 1 to %d bytes",
                       NAME_SIZE - 1);
    }
    size_t k = 0;
    while (k < self->n_sensors && strcmp(self->sensor[k], name) != 0) {
        k++;
    }
    if (k == VG_SCAN_SENSORS) {
        return vg_fail(err, VG_E_FORMAT,
                       "\"%s\" would be one sensor more than %d (what an object says of itself "
                       "is \"source_id\")",
                       name, VG_SCAN_SENSORS);
    }
    if (k == self->n_sensors) {
        self->n_sensors++;
        vg_format(self->sensor[k], NAME_SIZE, "%s", name);
    }
    *out = (uint32_t)k;
    return VG_OK;
}

/* One corner: [x, y], or {"lat", "lon"}. */
static enum vg_status read_corner(struct vg_scan_reader *self, const json_t *v, double out_m[2],
                                  struct vg_error *err)
{
    if (json_is_object(v)) {
        return vg_place_read(&self->ground, v, out_m, err);
    }
    for (size_t k = 0; k < 2; k++) {
        const json_t *x = json_array_get(v, k);
        if (!json_is_number(x) || json_array_size(v) != 2) {
            return vg_fail(err, VG_E_FORMAT, "[x, y] in m or {\"lat\",\"lon\"} is wanted");
        }
        out_m[k] = json_number_value(x);
    }
    self->ground.is_metres = true;
    return VG_OK;
}

static double twice_area(double (*c)[2], size_t n)
{
    double sum = 0;
    for (size_t i = 1; i + 1 < n; i++) {
        sum += (c[i][0] - c[0][0]) * (c[i + 1][1] - c[0][1]) -
               (c[i][1] - c[0][1]) * (c[i + 1][0] - c[0][0]);
    }
    return sum;
}

/* Whichever way round it is written, the tracker gets it counter-clockwise. */
static enum vg_status read_footprint(struct vg_scan_reader *self, const json_t *line,
                                     struct vg_scan *scan, struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(line, "footprint", &list, err);
    size_t n = json_array_size(list);
    if (st == VG_OK && (n < 3 || n > VG_FOOTPRINT_CORNERS)) {
        return vg_fail(err, VG_E_FORMAT, "\"footprint\" has %zu corners, must have 3 to %d", n,
                       VG_FOOTPRINT_CORNERS);
    }
    for (size_t i = 0; i < n && st == VG_OK; i++) {
        st = read_corner(self, json_array_get(list, i), self->corner[i], err);
        if (st != VG_OK) {
            vg_error_prefix(err, "corner %zu of \"footprint\"", i + 1);
        }
    }
    for (size_t i = 0; st == VG_OK && twice_area(self->corner, n) < 0 && i < n / 2; i++) {
        for (size_t k = 0; k < 2; k++) {
            double x = self->corner[i][k];
            self->corner[i][k] = self->corner[n - 1 - i][k];
            self->corner[n - 1 - i][k] = x;
        }
    }
    scan->footprint_m = (const double(*)[2])self->corner;
    scan->n_footprint = n;
    return st;
}

static enum vg_status read_detections(struct vg_scan_reader *self, const json_t *line,
                                      struct vg_scan *scan, struct vg_error *err)
{
    json_t *list;
    double at[2];
    const json_t *stand = json_object_get(line, "at");
    enum vg_status st = vg_json_list(line, "detections", &list, err);
    if (st == VG_OK && stand != NULL) {
        st = vg_place_read(&self->ground, stand, at, err);
        if (st != VG_OK) {
            vg_error_prefix(err, "\"at\"");
        }
    }
    size_t n = json_array_size(list);
    if (st == VG_OK && n > VG_SCAN_MEASUREMENTS) {
        return vg_fail(err, VG_E_FORMAT, "%zu detections in one line, at most %d", n,
                       VG_SCAN_MEASUREMENTS);
    }
    if (st == VG_OK && !vg_room((void **)&self->m, &self->m_room, n, sizeof *self->m)) {
        return vg_no_memory(err);
    }
    for (size_t i = 0; i < n && st == VG_OK; i++) {
        st = vg_detection_read(&self->ground, json_array_get(list, i), stand != NULL ? at : NULL,
                               &self->m[i], err);
        if (st != VG_OK) {
            vg_error_prefix(err, "detection %zu", i + 1);
        }
    }
    scan->measurements = self->m;
    scan->n = n;
    return st;
}

/* A report's footprint: a box about its places, in which alone it says something; the whole frame
 * for a bearing. */
static void box_report(struct vg_scan_reader *self, struct vg_scan *scan)
{
    double low[2] = {HUGE_VAL, HUGE_VAL}, high[2] = {-HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < scan->n; i++) {
        const struct vg_measurement *m = &scan->measurements[i];
        const double at[2] = {m->x_m, m->y_m};
        for (int k = 0; k < 2; k++) {
            double far = m->kind == VG_MEASURED_BEARING
                             ? HUGE_VAL
                             : REPORT_REACH_SD * sqrt(fabs(m->cov_m2[2 * k])) + REPORT_REACH_M;
            low[k] = fmin(low[k], at[k] - far);
            high[k] = fmax(high[k], at[k] + far);
        }
    }
    if (!isfinite(low[0]) || !isfinite(low[1])) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        self->corner[i][0] = i == 0 || i == 3 ? low[0] : high[0];
        self->corner[i][1] = i < 2 ? low[1] : high[1];
    }
    scan->footprint_m = (const double(*)[2])self->corner;
    scan->n_footprint = 4;
}

static enum vg_status optional(const json_t *line, const char *key, bool is_wanted, double most,
                               double *out, struct vg_error *err)
{
    return is_wanted || json_object_get(line, key) != NULL
               ? vg_json_number(line, key, 0, most, out, err)
               : VG_OK;
}

static enum vg_status read_line(struct vg_scan_reader *self, const json_t *line,
                                struct vg_scan *scan, struct vg_error *err)
{
    bool is_look = json_object_get(line, "footprint") != NULL;
    bool is_report = !is_look && json_object_get(line, "pd") == NULL;
    double t_s = 0;
    if (!json_is_object(line)) {
        return vg_fail(err, VG_E_FORMAT, "a JSON object {\"t\",\"sensor\",...} is wanted");
    }
    scan->pd = VG_REPORT_PD;
    enum vg_status st = vg_json_number(line, "t", -1e10, 1e10, &t_s, err);
    st = st == VG_OK ? optional(line, "pd", is_look, 1, &scan->pd, err) : st;
    st = st == VG_OK ? optional(line, "clutter_density", is_look, 1, &scan->clutter_per_m2, err)
                     : st;
    st = st == VG_OK && is_look ? read_footprint(self, line, scan, err) : st;
    st = st == VG_OK ? read_detections(self, line, scan, err) : st;
    st = st == VG_OK ? find_sensor(self, line, &scan->sensor, err) : st;
    if (st != VG_OK) {
        return st;
    }
    if (is_report) {
        box_report(self, scan);
    }
    self->start_s = self->is_started ? self->start_s : floor(t_s);
    self->is_started = true;
    scan->t_s = t_s - self->start_s;
    return VG_OK;
}

enum vg_status vg_scan_read(struct vg_scan_reader *self, const char *line, size_t n,
                            struct vg_scan *out, struct vg_error *err)
{
    json_t *doc = NULL;
    struct vg_scan scan = {0};
    const struct vg_scan_ground before = self->ground;
    enum vg_status st = vg_json_parse(line, n, "", &doc, err);
    if (st == VG_OK) {
        st = read_line(self, doc, &scan, err);
        json_decref(doc);
    }
    if (st == VG_OK) {
        *out = scan;
    } else {
        self->ground = before;
    }
    return st;
}
