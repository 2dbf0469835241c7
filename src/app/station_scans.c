#include "app/station_scans.h"

#include "base/json.h"
#include "base/units.h"
#include "geo/hull.h"
#include "geo/ring.h"
#include "watch/tracks.h"

#include <math.h>
#include <string.h>

/* A covariance or error under this is taken as this: nothing is known better than to 30 cm. */
static const double LEAST_VAR_M2 = 0.1;
static const double SURE = 0.8; /* of a class that is only named */

static double number_or(const json_t *o, const char *key, double fallback)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : fallback;
}

static double at(const json_t *list, size_t i)
{
    const json_t *v = json_array_get(list, i);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

/* "person", or {"person": 0.8, "animal": 0.2}. */
static enum vg_status read_class(const json_t *o, struct vg_measurement *out, struct vg_error *err)
{
    json_t *given = json_object_get(o, "class");
    if (json_is_string(given)) {
        int k = vg_track_class_of(json_string_value(given));
        if (k < 0) {
            return vg_fail(err, VG_E_FORMAT, "no class \"%s\": person, vehicle, animal or vessel",
                           json_string_value(given));
        }
        for (int i = 1; i < VG_TRACK_CLASSES && k > 0; i++) {
            out->class_p[i] = i == k ? SURE : (1 - SURE) / (VG_TRACK_CLASSES - 2);
        }
        return VG_OK;
    }
    for (int i = 1; i < VG_TRACK_CLASSES; i++) {
        double p = number_or(given, vg_track_class_word((enum vg_track_class)i), 0);
        out->class_p[i] = p > 0 && p <= 1e6 ? p : 0;
    }
    return VG_OK;
}

static void put_place(const struct vg_frame *frame, double lat_deg, double lon_deg,
                      const double cov_m2[3], struct vg_measurement *out)
{
    vg_frame_to_en(frame, lat_deg, lon_deg, &out->x_m, &out->y_m);
    out->cov_m2[0] = fmax(cov_m2[0], LEAST_VAR_M2);
    out->cov_m2[1] = cov_m2[1];
    out->cov_m2[2] = fmax(cov_m2[2], LEAST_VAR_M2);
}

static enum vg_status read_detection(const json_t *o, const struct vg_frame *frame, double *lat,
                                     double *lon, struct vg_measurement *out, struct vg_error *err)
{
    enum vg_status st;
    *out = (struct vg_measurement){.kind = VG_MEASURED_POSITION};
    if ((st = vg_json_number(o, "lat", -90, 90, lat, err)) != VG_OK ||
        (st = vg_json_number(o, "lon", -180, 180, lon, err)) != VG_OK) {
        return st;
    }
    const json_t *cov = json_object_get(o, "cov");
    double c[3] = {at(cov, 0), at(cov, 1), at(cov, 2)};
    double bearing = number_or(o, "bearing_deg", (double)NAN);
    if (isfinite(bearing)) {
        out->kind = VG_MEASURED_BEARING;
        out->bearing_rad = bearing * VG_RAD_PER_DEG;
        out->bearing_sd_rad = number_or(o, "bearing_sd_deg", 2) * VG_RAD_PER_DEG;
        memset(c, 0, sizeof c);
    } else if (!(c[0] > 0 && c[2] > 0 && c[0] * c[2] > c[1] * c[1] && c[0] + c[2] < 1e12)) {
        return vg_fail(err, VG_E_FORMAT,
                       "\"cov\" is three numbers, xx, xy, yy in square metres, positive");
    }
    put_place(frame, *lat, *lon, c, out);
    out->speed_m_s = number_or(o, "speed", 0);
    out->speed_sd_m_s =
        json_is_number(json_object_get(o, "speed")) ? number_or(o, "speed_sd", 1) : 0;
    return read_class(o, out, err);
}

static bool is_private(const struct vg_watchfile *watch, double lat_deg, double lon_deg)
{
    for (int i = 0; i < watch->n_zones; i++) {
        if (watch->zones[i].kind == VG_ZONE_PRIVACY &&
            vg_ring_holds(vg_zone_ring(&watch->zones[i]), lat_deg, lon_deg)) {
            return true;
        }
    }
    return false;
}

static enum vg_status read_detections(const json_t *doc, const struct vg_frame *frame,
                                      const struct vg_watchfile *watch, struct vg_station_scan *out,
                                      struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(doc, "detections", &list, err);
    size_t n = st == VG_OK ? json_array_size(list) : 0;
    if (n > VG_SCAN_DETECTIONS) {
        return vg_fail(err, VG_E_FORMAT, "at most %d detections a line", (int)VG_SCAN_DETECTIONS);
    }
    out->scan.n = 0;
    out->n_private = 0;
    for (size_t i = 0; i < n && st == VG_OK; i++) {
        double lat;
        double lon;
        st = read_detection(json_array_get(list, i), frame, &lat, &lon,
                            &out->measurements[out->scan.n], err);
        bool is_dropped = st == VG_OK && is_private(watch, lat, lon);
        out->n_private += is_dropped;
        out->scan.n += st == VG_OK && !is_dropped;
    }
    return st;
}

/* [{"lat","lon"}, ...]: its convex hull. */
static enum vg_status read_footprint(const json_t *doc, const struct vg_frame *frame,
                                     struct vg_station_scan *out, struct vg_error *err)
{
    const json_t *ring = json_object_get(doc, "footprint");
    double points[VG_HULL_MAX][2];
    size_t n = json_array_size(ring);
    bool is_good = n <= VG_HULL_MAX;
    for (size_t i = 0; i < n && is_good; i++) {
        double lat = number_or(json_array_get(ring, i), "lat", (double)NAN);
        double lon = number_or(json_array_get(ring, i), "lon", (double)NAN);
        is_good = fabs(lat) <= 90 && fabs(lon) <= 180;
        vg_frame_to_en(frame, lat, lon, &points[i][0], &points[i][1]);
    }
    int corners = is_good && n > 0 ? vg_hull(points, (int)n, out->footprint_m) : 0;
    if (!is_good || (n > 0 && corners < 3)) {
        return vg_fail(err, VG_E_FORMAT,
                       "\"footprint\" is 3 to %d places {\"lat\",\"lon\"}, not on one line",
                       (int)VG_HULL_MAX);
    }
    out->scan.n_footprint = (size_t)corners;
    return VG_OK;
}

static enum vg_status read_doc(const json_t *doc, const struct vg_frame *frame,
                               const struct vg_watchfile *watch, struct vg_station_scan *out,
                               struct vg_error *err)
{
    const char *sensor;
    enum vg_status st;
    void *corners = out->footprint_m; /* C17 has no implicit way from T[][2] to const T[][2] */
    out->scan = (struct vg_scan){.footprint_m = corners, .measurements = out->measurements};
    if ((st = vg_json_number(doc, "t", 0, 1e11, &out->scan.t_s, err)) != VG_OK ||
        (st = vg_json_text(doc, "sensor", &sensor, err)) != VG_OK ||
        (st = vg_json_number(doc, "pd", 0, 1, &out->scan.pd, err)) != VG_OK ||
        (st = vg_json_number(doc, "clutter_density", 0, 1, &out->scan.clutter_per_m2, err)) !=
            VG_OK) {
        return st;
    }
    if (sensor[0] == '\0' || strlen(sensor) >= sizeof out->sensor) {
        return vg_fail(err, VG_E_FORMAT, "\"sensor\" is a name of 1 to %d bytes",
                       (int)sizeof out->sensor - 1);
    }
    vg_format(out->sensor, sizeof out->sensor, "%s", sensor);
    st = read_footprint(doc, frame, out, err);
    return st == VG_OK ? read_detections(doc, frame, watch, out, err) : st;
}

enum vg_status vg_station_scan_read(const char *line, size_t n, const struct vg_frame *frame,
                                    const struct vg_watchfile *watch, struct vg_station_scan *out,
                                    struct vg_error *err)
{
    json_t *doc;
    enum vg_status st = vg_json_parse(line, n, "measurements", &doc, err);
    if (st == VG_OK) {
        st = read_doc(doc, frame, watch, out, err);
        json_decref(doc);
    }
    return st;
}
