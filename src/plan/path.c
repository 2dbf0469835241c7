#include "plan/path.h"

#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

/* No leg of a path is longer: so track points stand close enough for the height profile and for a
 * person who follows on the map. */
static const double MAX_LEG_M = 5000;

/* Distance between vertex k and the point of the chord i..j with the same share of the way. */
static double offset_m(const struct vg_line *line, int i, int j, int k)
{
    double share = (line->s_m[k] - line->s_m[i]) / (line->s_m[j] - line->s_m[i]);
    double lat = line->lat_deg[i] + share * (line->lat_deg[j] - line->lat_deg[i]);
    double lon_span = vg_wrap_180_deg(line->lon_deg[j] - line->lon_deg[i]);
    double east_deg = vg_wrap_180_deg(line->lon_deg[k] - line->lon_deg[i]) - share * lon_span;
    double north_deg = line->lat_deg[k] - lat;
    double m_per_deg = VG_EARTH_MEAN_RADIUS_M * VG_RAD_PER_DEG;
    return m_per_deg * hypot(north_deg, east_deg * cos(lat * VG_RAD_PER_DEG));
}

static int worst_vertex(const struct vg_line *line, int i, int j, double *out_offset_m)
{
    int worst = i;
    *out_offset_m = 0;
    for (int k = i + 1; k < j; k++) {
        double d = offset_m(line, i, j, k);
        if (d > *out_offset_m) {
            *out_offset_m = d;
            worst = k;
        }
    }
    return worst;
}

/* Marks the vertices to keep. Own stack: a line of 10^5 points may recurse deep. */
static void mark_vertices(const struct vg_line *line, double tolerance_m, bool *keep, int *stack)
{
    int top = 0;
    stack[top++] = 0;
    stack[top++] = line->n - 1;
    keep[0] = keep[line->n - 1] = true;
    if (line->is_closed && line->n > 3) {
        /* A ring's chord from end to end has no length: halve it first. */
        int half = line->n / 2;
        keep[half] = true;
        stack[1] = half;
        stack[top++] = half;
        stack[top++] = line->n - 1;
    }
    while (top > 0) {
        int j = stack[--top];
        int i = stack[--top];
        double d;
        int k = worst_vertex(line, i, j, &d);
        if (d > tolerance_m) {
            keep[k] = true;
            stack[top++] = i;
            stack[top++] = k;
            stack[top++] = k;
            stack[top++] = j;
        }
    }
}

static int pieces_of(double length_m)
{
    return (int)ceil(length_m / MAX_LEG_M - 1e-9);
}

static int count_points(const struct vg_line *line, const bool *keep)
{
    int n = 1;
    double last_m = 0;
    for (int i = 1; i < line->n; i++) {
        if (keep[i]) {
            int k = pieces_of(line->s_m[i] - last_m);
            n += k > 1 ? k : 1;
            last_m = line->s_m[i];
        }
    }
    return n;
}

static void add_leg(const struct vg_line *line, int i, int j, struct vg_flypath *out)
{
    int k = pieces_of(line->s_m[j] - line->s_m[i]);
    k = k > 1 ? k : 1;
    double lon_span = vg_wrap_180_deg(line->lon_deg[j] - line->lon_deg[i]);
    for (int q = 1; q <= k; q++) {
        double share = (double)q / k;
        int at = out->n++;
        out->s_m[at] = line->s_m[i] + share * (line->s_m[j] - line->s_m[i]);
        out->lat_deg[at] = line->lat_deg[i] + share * (line->lat_deg[j] - line->lat_deg[i]);
        out->lon_deg[at] = vg_wrap_180_deg(line->lon_deg[i] + share * lon_span);
    }
}

static enum vg_status fill_path(const struct vg_line *line, const bool *keep,
                                struct vg_flypath *out, struct vg_error *err)
{
    size_t n = (size_t)count_points(line, keep);
    *out = (struct vg_flypath){.length_m = line->length_m, .is_closed = line->is_closed};
    out->s_m = malloc(n * sizeof *out->s_m);
    out->lat_deg = malloc(n * sizeof *out->lat_deg);
    out->lon_deg = malloc(n * sizeof *out->lon_deg);
    if (out->s_m == NULL || out->lat_deg == NULL || out->lon_deg == NULL) {
        vg_flypath_finish(out);
        return vg_no_memory(err);
    }
    out->s_m[0] = 0;
    out->lat_deg[0] = line->lat_deg[0];
    out->lon_deg[0] = line->lon_deg[0];
    out->n = 1;
    int last = 0;
    for (int i = 1; i < line->n; i++) {
        if (keep[i]) {
            add_leg(line, last, i, out);
            last = i;
        }
    }
    return VG_OK;
}

enum vg_status vg_flypath_create(const struct vg_line *line, double tolerance_m,
                                 struct vg_flypath *out, struct vg_error *err)
{
    size_t n = (size_t)line->n;
    bool *keep = calloc(n, sizeof *keep);
    int *stack = malloc((2 * n + 8) * sizeof *stack);
    enum vg_status st = VG_E_NO_MEMORY;
    if (keep != NULL && stack != NULL) {
        mark_vertices(line, tolerance_m, keep, stack);
        st = fill_path(line, keep, out, err);
    } else {
        st = vg_fail(err, st, "out of memory");
    }
    free(keep);
    free(stack);
    return st;
}

void vg_flypath_finish(struct vg_flypath *self)
{
    free(self->s_m);
    free(self->lat_deg);
    free(self->lon_deg);
    *self = (struct vg_flypath){0};
}

int vg_flypath_vertex(const struct vg_flypath *self, double s_m)
{
    int lo = 0;
    int hi = self->n - 1;
    while (hi - lo > 1) {
        int mid = (lo + hi) / 2;
        if (self->s_m[mid] <= s_m) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* beyond_m past the open end at vertex `end`, away from vertex `before`. */
static void extend(const struct vg_flypath *self, int end, int before, double beyond_m,
                   double *out_lat_deg, double *out_lon_deg)
{
    double azimuth_deg;
    vg_geo_inverse(self->lat_deg[end], self->lon_deg[end], self->lat_deg[before],
                   self->lon_deg[before], NULL, &azimuth_deg, NULL);
    vg_geo_direct(self->lat_deg[end], self->lon_deg[end], vg_wrap_360_deg(azimuth_deg + 180),
                  beyond_m, out_lat_deg, out_lon_deg);
}

void vg_flypath_at(const struct vg_flypath *self, double u_m, double *out_lat_deg,
                   double *out_lon_deg)
{
    if (self->is_closed) {
        u_m -= floor(u_m / self->length_m) * self->length_m;
    } else if (u_m < 0) {
        extend(self, 0, 1, -u_m, out_lat_deg, out_lon_deg);
        return;
    } else if (u_m > self->length_m) {
        extend(self, self->n - 1, self->n - 2, u_m - self->length_m, out_lat_deg, out_lon_deg);
        return;
    }
    int i = vg_flypath_vertex(self, u_m);
    double share = (u_m - self->s_m[i]) / (self->s_m[i + 1] - self->s_m[i]);
    double lon_span = vg_wrap_180_deg(self->lon_deg[i + 1] - self->lon_deg[i]);
    *out_lat_deg = self->lat_deg[i] + share * (self->lat_deg[i + 1] - self->lat_deg[i]);
    *out_lon_deg = vg_wrap_180_deg(self->lon_deg[i] + share * lon_span);
}

double vg_airspeed_ground_mps(const struct vg_airspeed *self, double track_true_deg)
{
    double angle_rad = (self->wind_from_deg - track_true_deg) * VG_RAD_PER_DEG;
    double across_mps = self->wind_mps * sin(angle_rad);
    double against_mps = self->wind_mps * cos(angle_rad);
    double left = self->cruise_mps * self->cruise_mps - across_mps * across_mps;
    double ground_mps = left > 0 ? sqrt(left) - against_mps : 0;
    return ground_mps > 0 ? ground_mps : 0;
}

/* The slowest (or fastest) of the hours' ground speeds. */
static double ground_by_hour_mps(const struct vg_airspeed *self, double track_deg, bool is_slowest)
{
    double found = is_slowest ? HUGE_VAL : 0;
    if (self->hours == NULL) {
        return self->wind_mps > 0 ? vg_airspeed_ground_mps(self, track_deg) : self->cruise_mps;
    }
    for (int h = 0; h < VG_DAY_HOURS; h++) {
        struct vg_airspeed at = {self->cruise_mps, self->hours[h].from_deg, self->hours[h].mps,
                                 NULL};
        double mps = vg_airspeed_ground_mps(&at, track_deg);
        found = is_slowest ? fmin(found, mps) : fmax(found, mps);
    }
    return found;
}

static double leg_by_hour_s(const struct vg_airspeed *self, const double from[2],
                            const double to[2], bool is_slowest)
{
    double distance_m;
    double azimuth1_deg;
    double azimuth2_deg;
    vg_geo_inverse(from[0], from[1], to[0], to[1], &distance_m, &azimuth1_deg, &azimuth2_deg);
    if (!(distance_m > 0)) {
        return 0;
    }
    double track_deg = azimuth1_deg + vg_wrap_180_deg(azimuth2_deg - azimuth1_deg) / 2;
    double ground_mps = ground_by_hour_mps(self, track_deg, is_slowest);
    return ground_mps > 0 ? distance_m / ground_mps : HUGE_VAL;
}

double vg_airspeed_leg_s(const struct vg_airspeed *self, double lat1_deg, double lon1_deg,
                         double lat2_deg, double lon2_deg)
{
    const double from[2] = {lat1_deg, lon1_deg};
    const double to[2] = {lat2_deg, lon2_deg};
    return leg_by_hour_s(self, from, to, true);
}

double vg_airspeed_least_leg_s(const struct vg_airspeed *self, double lat1_deg, double lon1_deg,
                               double lat2_deg, double lon2_deg)
{
    const double from[2] = {lat1_deg, lon1_deg};
    const double to[2] = {lat2_deg, lon2_deg};
    return leg_by_hour_s(self, from, to, false);
}

double vg_airspeed_least_share(const struct vg_airspeed *self)
{
    static const double BETWEEN =
        0.99; /* whole degrees are looked at: it changes less from one to the next */
    double least = 1;
    for (int deg = 0; deg < 360 && self->hours != NULL; deg++) {
        least = fmin(least, BETWEEN * ground_by_hour_mps(self, deg, true) /
                                ground_by_hour_mps(self, deg, false));
    }
    return least;
}
