#include "track/scan_place.h"

#include "base/text.h"
#include "base/units.h"
#include "track/track_json.h"

#include <math.h>
#include <string.h>

/* The frame is a plane: beyond this it is no map any more. */
#define FARTHEST_M 500e3
/* About an origin that was chosen, a long border's middle: places come back as they went in, errors
 * and speeds turn and stretch by a few degrees and per cent towards the ends. */
#define FARTHEST_GIVEN_M 4000e3
#define SPEED_SD_M_S 1.0 /* of a speed that does not say its own */

static enum vg_status from_degrees(struct vg_scan_ground *g, const json_t *object, double out_m[2],
                                   struct vg_error *err)
{
    double lat, lon;
    enum vg_status st = vg_json_number(object, "lat", -90, 90, &lat, err);
    st = st == VG_OK ? vg_json_number(object, "lon", -180, 180, &lon, err) : st;
    if (st != VG_OK) {
        return st;
    }
    if (!g->has_frame && g->is_metres) {
        return vg_fail(err, VG_E_FORMAT,
                       "\"lat\" after metres: --origin LAT,LON says where these are counted from");
    }
    if (!g->has_frame) {
        g->frame = vg_frame_at(lat, lon);
        g->has_frame = true;
    }
    vg_frame_to_en(&g->frame, lat, lon, &out_m[0], &out_m[1]);
    double most_m = g->is_given ? FARTHEST_GIVEN_M : FARTHEST_M;
    if (!(fabs(out_m[0]) < most_m && fabs(out_m[1]) < most_m)) {
        return vg_fail(err, VG_E_FORMAT,
                       "%.5f, %.5f is over %.0f km from the origin %.5f, %.5f of the local frame",
                       lat, lon, most_m / 1e3, g->frame.lat0_deg, g->frame.lon0_deg);
    }
    return VG_OK;
}

enum vg_status vg_place_read(struct vg_scan_ground *g, const json_t *object, double out_m[2],
                             struct vg_error *err)
{
    if (!json_is_object(object)) {
        return vg_fail(err, VG_E_FORMAT, "{\"x\",\"y\"} or {\"lat\",\"lon\"} is wanted");
    }
    if (json_object_get(object, "lat") != NULL || json_object_get(object, "lon") != NULL) {
        return from_degrees(g, object, out_m, err);
    }
    if (g->has_frame && !g->is_given) {
        return vg_fail(err, VG_E_FORMAT,
                       "metres after degrees: --origin LAT,LON says where they are counted from");
    }
    g->is_metres = true;
    enum vg_status st = vg_json_number(object, "x", -1e8, 1e8, &out_m[0], err);
    return st == VG_OK ? vg_json_number(object, "y", -1e8, 1e8, &out_m[1], err) : st;
}

/* Range and bearing as a place, without the drift towards the sensor that a wide bearing brings:
 * Longbin, Xiaoquan, Yizu, Kang, Bar-Shalom, "Unbiased converted measurements for tracking", IEEE
 * TAES 34(3) 1998, equations for x east, y north and a bearing from north. */
static void from_polar(const double *at_m, double range_m, double range_sd_m,
                       struct vg_measurement *m)
{
    double b = m->bearing_rad, v = m->bearing_sd_rad * m->bearing_sd_rad;
    double shrink = exp(-0.5 * v), shrink4 = exp(-2 * v);
    double r2 = range_m * range_m, half = 0.5 * (r2 + range_sd_m * range_sd_m);
    double across = (1 / (shrink * shrink) - 2) * r2;
    m->kind = VG_MEASURED_POSITION;
    m->x_m = at_m[0] + range_m * sin(b) / shrink;
    m->y_m = at_m[1] + range_m * cos(b) / shrink;
    m->cov_m2[0] = across * sin(b) * sin(b) + half * (1 - shrink4 * cos(2 * b));
    m->cov_m2[1] = across * sin(b) * cos(b) + half * shrink4 * sin(2 * b);
    m->cov_m2[2] = across * cos(b) * cos(b) + half * (1 + shrink4 * cos(2 * b));
    m->bearing_rad = m->bearing_sd_rad = 0;
}

static enum vg_status read_bearing(const json_t *o, const double *at_m, struct vg_measurement *m,
                                   struct vg_error *err)
{
    double bearing_deg, sd_deg, range_m = 0, range_sd_m = 0;
    bool has_range = json_object_get(o, "range_m") != NULL;
    enum vg_status st = vg_json_number(o, "bearing_deg", -360, 360, &bearing_deg, err);
    st = st == VG_OK ? vg_json_number(o, "bearing_sd_deg", 1e-4, 45, &sd_deg, err) : st;
    if (st == VG_OK && has_range) {
        st = vg_json_number(o, "range_m", 1e-3, FARTHEST_M, &range_m, err);
        st = st == VG_OK ? vg_json_number(o, "range_sd_m", 1e-3, 1e5, &range_sd_m, err) : st;
    }
    if (st != VG_OK) {
        return st;
    }
    m->kind = VG_MEASURED_BEARING;
    m->x_m = at_m[0];
    m->y_m = at_m[1];
    m->bearing_rad = bearing_deg * VG_RAD_PER_DEG;
    m->bearing_sd_rad = sd_deg * VG_RAD_PER_DEG;
    if (has_range) {
        from_polar(at_m, range_m, range_sd_m, m);
    }
    return VG_OK;
}

/* "cov": [xx, xy, yy] in m2, or "sd": the same to all sides, in m. */
static enum vg_status read_cov(const json_t *o, double cov_m2[3], struct vg_error *err)
{
    double sd_m;
    const json_t *cov = json_object_get(o, "cov");
    if (cov == NULL && json_object_get(o, "sd") != NULL) {
        enum vg_status st = vg_json_number(o, "sd", 1e-2, 1e5, &sd_m, err);
        if (st == VG_OK) {
            cov_m2[0] = cov_m2[2] = sd_m * sd_m;
            cov_m2[1] = 0;
        }
        return st;
    }
    for (size_t i = 0; i < 3; i++) {
        const json_t *v = json_array_get(cov, i);
        if (!json_is_number(v) || json_array_size(cov) != 3) {
            return vg_fail(err, VG_E_FORMAT,
                           "\"cov\" must be [xx, xy, yy] in m2 (or \"sd\", one sigma in m)");
        }
        cov_m2[i] = json_number_value(v);
    }
    return VG_OK;
}

/* "class": its name, or {"name": likelihood, ...}. */
static enum vg_status read_class(const json_t *o, struct vg_measurement *m, struct vg_error *err)
{
    json_t *c = json_object_get(o, "class"), *v;
    const char *name;
    if (c == NULL) {
        return VG_OK;
    }
    int k = json_is_string(c)   ? vg_track_class_of(json_string_value(c))
            : json_is_object(c) ? 0
                                : -1;
    if (k > 0) {
        m->class_p[k] = 1;
    }
    json_object_foreach(c, name, v)
    {
        int i = vg_track_class_of(name);
        double p = json_number_value(v);
        k = i < 0 || !json_is_number(v) || !(p >= 0 && p <= 1e9) ? -1 : k;
        if (k >= 0) {
            m->class_p[i] = p;
        }
    }
    return k >= 0 ? VG_OK
                  : vg_fail(err, VG_E_FORMAT,
                            "\"class\" must be unknown, person, vehicle, animal or vessel, or "
                            "likelihoods {\"person\":0.7,...}");
}

static enum vg_status read_feature(const json_t *o, struct vg_measurement *m, struct vg_error *err)
{
    const json_t *list = json_object_get(o, "feature");
    size_t n = json_array_size(list);
    bool ok = list == NULL || (json_is_array(list) && n <= VG_TRACK_FEATURES);
    for (size_t i = 0; ok && i < n; i++) {
        const json_t *v = json_array_get(list, i);
        ok = json_is_number(v) && fabs(json_number_value(v)) <= 1e6;
        m->feature[i] = ok ? (float)json_number_value(v) : 0;
    }
    m->n_features = (unsigned)n;
    return ok ? VG_OK
              : vg_fail(err, VG_E_FORMAT, "\"feature\" must be a list of at most %d numbers",
                        VG_TRACK_FEATURES);
}

/* "source_id": text, or a whole number such as an MMSI. */
static enum vg_status read_source(const json_t *o, struct vg_measurement *m, struct vg_error *err)
{
    char text[32];
    const json_t *v = json_object_get(o, "source_id");
    if (v == NULL) {
        return VG_OK;
    }
    if (!json_is_string(v) && !json_is_integer(v)) {
        return vg_fail(err, VG_E_FORMAT, "\"source_id\" must be a text or a whole number");
    }
    vg_format(text, sizeof text, "%lld", (long long)json_integer_value(v));
    m->source_id = vg_text_hash(json_is_string(v) ? json_string_value(v) : text, 0);
    m->source_id += m->source_id == 0;
    return VG_OK;
}

static enum vg_status read_speed(const json_t *o, struct vg_measurement *m, struct vg_error *err)
{
    if (json_object_get(o, "speed") == NULL) {
        return VG_OK;
    }
    m->speed_sd_m_s = SPEED_SD_M_S;
    enum vg_status st = vg_json_number(o, "speed", 0, 1e3, &m->speed_m_s, err);
    if (st == VG_OK && json_object_get(o, "speed_sd") != NULL) {
        st = vg_json_number(o, "speed_sd", 1e-3, 1e3, &m->speed_sd_m_s, err);
    }
    return st;
}

/* Where a bearing is from: the detection's own place, else the line's. */
static enum vg_status stand_of(struct vg_scan_ground *ground, const json_t *o, const double *at_m,
                               double out_m[2], struct vg_error *err)
{
    if (json_object_get(o, "x") != NULL || json_object_get(o, "lat") != NULL) {
        return vg_place_read(ground, o, out_m, err);
    }
    if (at_m == NULL) {
        return vg_fail(err, VG_E_FORMAT,
                       "a bearing wants the line's \"at\": where the sensor stands");
    }
    out_m[0] = at_m[0];
    out_m[1] = at_m[1];
    return VG_OK;
}

enum vg_status vg_detection_read(struct vg_scan_ground *ground, const json_t *o, const double *at_m,
                                 struct vg_measurement *out, struct vg_error *err)
{
    struct vg_measurement m = {.kind = VG_MEASURED_POSITION};
    enum vg_status st;
    if (json_object_get(o, "bearing_deg") != NULL || json_object_get(o, "range_m") != NULL) {
        double at[2] = {0, 0};
        st = stand_of(ground, o, at_m, at, err);
        st = st == VG_OK ? read_bearing(o, at, &m, err) : st;
    } else {
        double at[2] = {0, 0};
        st = vg_place_read(ground, o, at, err);
        st = st == VG_OK ? read_cov(o, m.cov_m2, err) : st;
        m.x_m = at[0];
        m.y_m = at[1];
    }
    st = st == VG_OK ? read_speed(o, &m, err) : st;
    st = st == VG_OK ? read_class(o, &m, err) : st;
    st = st == VG_OK ? read_feature(o, &m, err) : st;
    st = st == VG_OK ? read_source(o, &m, err) : st;
    if (st == VG_OK) {
        *out = m;
    }
    return st;
}
