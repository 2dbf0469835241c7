/* Points on a line, and lines under construction. */
#include "base/units.h"
#include "geo/geodesy.h"
#include "geo/network_inner.h"

#include <math.h>
#include <stdlib.h>

static bool grow(struct vg_line_maker *self)
{
    int cap = self->cap > 0 ? self->cap * 2 : 64;
    size_t size = (size_t)cap * sizeof(double);
    double *lat = realloc(self->line.lat_deg, size);
    if (lat != NULL) {
        self->line.lat_deg = lat;
    }
    double *lon = realloc(self->line.lon_deg, size);
    if (lon != NULL) {
        self->line.lon_deg = lon;
    }
    double *s = realloc(self->line.s_m, size);
    if (s != NULL) {
        self->line.s_m = s;
    }
    if (lat == NULL || lon == NULL || s == NULL) {
        return false;
    }
    self->cap = cap;
    return true;
}

static enum vg_status push(struct vg_line_maker *self, double lat_deg, double lon_deg, double s_m,
                           int *budget)
{
    struct vg_line *line = &self->line;
    if (*budget <= 0) {
        return VG_E_FULL;
    }
    if (line->n == self->cap && !grow(self)) {
        return VG_E_NO_MEMORY;
    }
    *budget -= 1;
    line->lat_deg[line->n] = lat_deg;
    line->lon_deg[line->n] = lon_deg;
    line->s_m[line->n] = s_m;
    line->length_m = s_m;
    line->n++;
    return VG_OK;
}

enum vg_status vg_line_maker_add(struct vg_line_maker *self, double lat_deg, double lon_deg,
                                 int *budget)
{
    struct vg_line *line = &self->line;
    if (line->n == 0) {
        return push(self, lat_deg, lon_deg, 0.0, budget);
    }
    double lat0 = line->lat_deg[line->n - 1];
    double lon0 = line->lon_deg[line->n - 1];
    double d_m = vg_geo_distance_m(lat0, lon0, lat_deg, lon_deg);
    if (d_m < VG_LINE_SAME_M) {
        return VG_OK;
    }
    double dlon = vg_wrap_180_deg(lon_deg - lon0);
    double dlat = lat_deg - lat0;
    int parts = 1 + (int)(d_m / VG_LINE_SEGMENT_MAX_M);
    enum vg_status st = VG_OK;
    for (int i = 1; i <= parts && st == VG_OK; i++) {
        double f = (double)i / parts;
        double lat = i == parts ? lat_deg : lat0 + f * dlat;
        double lon = i == parts ? lon_deg : vg_wrap_180_deg(lon0 + f * dlon);
        double step_m = parts == 1 ? d_m
                                   : vg_geo_distance_m(line->lat_deg[line->n - 1],
                                                       line->lon_deg[line->n - 1], lat, lon);
        if (step_m < VG_LINE_SAME_M) {
            continue; /* the way goes along the pole */
        }
        st = push(self, lat, lon, line->length_m + step_m, budget);
    }
    return st;
}

/* The segment i (from vertex i to i + 1) that holds s. */
static int segment_at(const struct vg_line *self, double s_m)
{
    int lo = 0;
    int hi = self->n - 1;
    while (hi - lo > 1) {
        int mid = lo + (hi - lo) / 2;
        if (self->s_m[mid] <= s_m) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* s brought onto the line: round and round where it is closed, else clamped. */
static double onto_line(const struct vg_line *self, double s_m)
{
    if (self->is_closed && (s_m < 0.0 || s_m > self->length_m)) {
        s_m = fmod(s_m, self->length_m);
        return s_m < 0.0 ? s_m + self->length_m : s_m;
    }
    return fmin(fmax(s_m, 0.0), self->length_m);
}

static int point_at(const struct vg_line *self, double s_m, double *out_lat, double *out_lon)
{
    int i = segment_at(self, s_m);
    double f = (s_m - self->s_m[i]) / (self->s_m[i + 1] - self->s_m[i]);
    double dlon = vg_wrap_180_deg(self->lon_deg[i + 1] - self->lon_deg[i]);
    *out_lat = self->lat_deg[i] + f * (self->lat_deg[i + 1] - self->lat_deg[i]);
    *out_lon = vg_wrap_180_deg(self->lon_deg[i] + f * dlon);
    return i;
}

/* The direction from one place to another, in the plane about `frame`; false if they coincide. */
static bool direction(const struct vg_frame *frame, double lat1, double lon1, double lat2,
                      double lon2, double *out_deg)
{
    double e1;
    double n1;
    double e2;
    double n2;
    vg_frame_to_en(frame, lat1, lon1, &e1, &n1);
    vg_frame_to_en(frame, lat2, lon2, &e2, &n2);
    if (hypot(e2 - e1, n2 - n1) < VG_LINE_SAME_M) {
        return false;
    }
    *out_deg = vg_wrap_360_deg(atan2(e2 - e1, n2 - n1) * VG_DEG_PER_RAD);
    return true;
}

void vg_line_at(const struct vg_line *self, double s_m, double smooth_m, double *out_lat_deg,
                double *out_lon_deg, double *out_heading_true_deg)
{
    double lat;
    double lon;
    double heading = 0.0;
    int i = point_at(self, onto_line(self, s_m), &lat, &lon);
    struct vg_frame frame = vg_frame_at(lat, lon);
    bool has = false;
    if (smooth_m > 0.0) {
        double lat1;
        double lon1;
        double lat2;
        double lon2;
        point_at(self, onto_line(self, onto_line(self, s_m) - smooth_m), &lat1, &lon1);
        point_at(self, onto_line(self, onto_line(self, s_m) + smooth_m), &lat2, &lon2);
        has = direction(&frame, lat1, lon1, lat2, lon2, &heading);
    }
    if (!has) {
        direction(&frame, self->lat_deg[i], self->lon_deg[i], self->lat_deg[i + 1],
                  self->lon_deg[i + 1], &heading);
    }
    *out_lat_deg = lat;
    *out_lon_deg = lon;
    if (out_heading_true_deg != NULL) {
        *out_heading_true_deg = heading;
    }
}

/* One segment seen from a point: squared distance, where along it (0 to 1), and how far the point
 * stands to the right of its direction. */
struct near {
    double d2;
    double f;
    double right_m;
};

static struct near near_segment(double e1, double n1, double e2, double n2)
{
    double de = e2 - e1;
    double dn = n2 - n1;
    double len2 = de * de + dn * dn;
    double f = len2 > 0.0 ? fmin(fmax(-(e1 * de + n1 * dn) / len2, 0.0), 1.0) : 0.0;
    double pe = e1 + f * de;
    double pn = n1 + f * dn;
    /* The point is the origin; (dn, -de) / len is the unit vector to the right. */
    double right = len2 > 0.0 ? (-e1 * dn + n1 * de) / sqrt(len2) : 0.0;
    return (struct near){pe * pe + pn * pn, f, right};
}

void vg_line_nearest(const struct vg_line *self, double lat_deg, double lon_deg, double *out_s_m,
                     double *out_offset_m)
{
    struct vg_frame frame = vg_frame_at(lat_deg, lon_deg);
    struct near best = {HUGE_VAL, 0.0, 0.0};
    int best_i = 0;
    double e1;
    double n1;
    vg_frame_to_en(&frame, self->lat_deg[0], self->lon_deg[0], &e1, &n1);
    for (int i = 0; i + 1 < self->n; i++) {
        double e2;
        double n2;
        vg_frame_to_en(&frame, self->lat_deg[i + 1], self->lon_deg[i + 1], &e2, &n2);
        /* On the far side of the Earth a segment may jump from one edge of the plane to the other.
         */
        bool is_torn = fabs(e2 - e1) > 90.0 * frame.m_per_deg_lat;
        struct near here = is_torn ? near_segment(e2, n2, e2, n2) : near_segment(e1, n1, e2, n2);
        /* Two segments tie where the corner between them is nearest: the one that the point stands
         * more squarely beside says which side it is on. */
        bool is_tie = here.d2 <= best.d2 * (1.0 + 1e-9) && here.d2 >= best.d2 * (1.0 - 1e-9);
        if (is_tie ? fabs(here.right_m) > fabs(best.right_m) : here.d2 < best.d2) {
            best = here;
            best_i = i;
        }
        e1 = e2;
        n1 = n2;
    }
    double s = self->s_m[best_i] + best.f * (self->s_m[best_i + 1] - self->s_m[best_i]);
    double lat;
    double lon;
    point_at(self, s, &lat, &lon);
    double d_m = vg_geo_distance_m(lat_deg, lon_deg, lat, lon);
    *out_s_m = s;
    if (out_offset_m != NULL) {
        *out_offset_m = best.right_m < 0.0 ? -d_m : d_m;
    }
}
