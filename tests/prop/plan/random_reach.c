#include "random_reach.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double RADIUS_M = 6371000;
static const double DOUBT = 1.01; /* sphere against ellipsoid, and some */
static const double DOUBT_S = 10;
static const double STEP_M = 1000; /* twice the planner's links, so that one of them lies within */
static const double CLEAR_M = 700; /* of zones: twice what a way round them keeps */
static const double LOOK_M = 200;

struct place {
    double lat;
    double lon;
};

static double rad(double deg)
{
    return deg * PI / 180;
}

static double haversine_m(struct place a, struct place b)
{
    double x = sin(rad(b.lat - a.lat) / 2);
    double y = sin(rad(b.lon - a.lon) / 2);
    return 2 * RADIUS_M * asin(sqrt(x * x + cos(rad(a.lat)) * cos(rad(b.lat)) * y * y));
}

static double bearing_rad(struct place a, struct place b)
{
    double d = rad(b.lon - a.lon);
    return atan2(sin(d) * cos(rad(b.lat)),
                 cos(rad(a.lat)) * sin(rad(b.lat)) - sin(rad(a.lat)) * cos(rad(b.lat)) * cos(d));
}

/* The wind at its worst within a few degrees of the way, which turns on a sphere. */
static double leg_s(const struct vg_watchfile *w, const struct vg_wf_type *t, struct place a,
                    struct place b)
{
    double least_mps = t->cruise_mps;
    for (int deg = -5; deg <= 5; deg++) {
        double angle = rad(w->wind_from_deg + deg) - bearing_rad(a, b);
        double across = w->wind_mps * sin(angle);
        double left = t->cruise_mps * t->cruise_mps - across * across;
        least_mps = fmin(least_mps, left > 0 ? sqrt(left) - w->wind_mps * cos(angle) : 0);
    }
    return least_mps > 0 ? haversine_m(a, b) / least_mps : HUGE_VAL;
}

static struct place between(struct place a, struct place b, double f)
{
    double span = remainder(b.lon - a.lon, 360);
    return (struct place){a.lat + f * (b.lat - a.lat), a.lon + f * span};
}

/* Metres to a ring's edge on a plane about the place; *out_in: inside it. */
static double edge_m(const struct vg_wf_zone *z, struct place p, bool *out_in)
{
    double least = HUGE_VAL;
    *out_in = false;
    for (int k = 0; k + 1 < z->n; k++) {
        double x[2], y[2];
        for (int e = 0; e < 2; e++) {
            x[e] = rad(remainder(z->lon_deg[k + e] - p.lon, 360)) * cos(rad(p.lat)) * RADIUS_M;
            y[e] = rad(z->lat_deg[k + e] - p.lat) * RADIUS_M;
        }
        double dx = x[1] - x[0], dy = y[1] - y[0];
        double f = -(x[0] * dx + y[0] * dy) / fmax(dx * dx + dy * dy, 1e-9);
        f = f < 0 ? 0 : f > 1 ? 1 : f;
        least = fmin(least, hypot(x[0] + f * dx, y[0] + f * dy));
        if ((y[0] > 0) != (y[1] > 0) && x[0] - y[0] * (x[1] - x[0]) / (y[1] - y[0]) > 0) {
            *out_in = !*out_in;
        }
    }
    return least;
}

static bool is_free(const struct vg_watchfile *w, struct place p, double room_m)
{
    bool has_fence = false;
    bool is_fenced = false;
    for (int k = 0; k < w->n_zones; k++) {
        bool is_in;
        double far_m = edge_m(&w->zones[k], p, &is_in);
        if (w->zones[k].kind == VG_ZONE_NO_FLY && (is_in || far_m < room_m)) {
            return false;
        }
        if (w->zones[k].kind == VG_ZONE_GEOFENCE) {
            has_fence = true;
            is_fenced = is_fenced || (is_in && far_m >= room_m);
        }
    }
    return !has_fence || is_fenced;
}

static bool is_way_free(const struct vg_watchfile *w, struct place a, struct place b, double room_m)
{
    int n = w->n_zones > 0 ? 1 + (int)(haversine_m(a, b) / LOOK_M) : 0;
    for (int q = 0; q <= n && n > 0; q++) {
        if (!is_free(w, between(a, b, (double)q / n), room_m + LOOK_M)) {
            return false;
        }
    }
    return true;
}

static struct place on_line(const struct vg_line *line, double s_m)
{
    struct place p;
    vg_line_at(line, s_m, 0, &p.lat, &p.lon, NULL);
    return p;
}

/* Out to the far one of the two ends, lead-in, all of the way there and back, home from the far
 * one: more than any flight that sweeps it need take, whichever way and on whichever pass. */
static bool does_reach(const struct vg_watchfile *w, int type, int base, const struct vg_line *line,
                       double from_m, double depth_m)
{
    const struct vg_wf_type *t = &w->types[type];
    const struct vg_wf_camera *c = &w->cameras[t->camera];
    struct place home = {w->bases[base].lat_deg, w->bases[base].lon_deg};
    struct place ends[2] = {on_line(line, from_m), on_line(line, from_m + STEP_M)};
    double lead_m = depth_m / tan(rad(c->hfov_max_deg) / 2);
    double beside_m = lead_m + 2 * depth_m; /* passes lie beside the line */
    double slow_mps = t->cruise_mps - w->wind_mps;
    double out_s = 0, home_s = 0;
    for (int e = 0; e < 2; e++) {
        out_s = fmax(out_s, leg_s(w, t, home, ends[e]));
        home_s = fmax(home_s, leg_s(w, t, ends[e], home));
    }
    double along_s = (STEP_M + 2 * beside_m + 2 * depth_m) / slow_mps;
    double climb_s =
        t->agl_m / t->climb_mps + t->agl_m / (t->sink_mps > 0 ? t->sink_mps : t->climb_mps);
    double landing_s = 2400 / t->cruise_mps + 60; /* more than any kind's */
    return slow_mps > 0 &&
           DOUBT * (out_s + along_s + home_s) + climb_s + landing_s + DOUBT_S <=
               t->endurance_s * (1 - t->reserve) &&
           is_way_free(w, home, ends[0], CLEAR_M + beside_m) &&
           is_way_free(w, home, ends[1], CLEAR_M + beside_m);
}

/* Has a drone before the d-th the same type and base? */
static bool is_known(const struct vg_watchfile *w, int d)
{
    for (int k = 0; k < d; k++) {
        if (w->drones[k].type == w->drones[d].type && w->drones[k].base == w->drones[d].base) {
            return true;
        }
    }
    return false;
}

static bool is_reached(const struct vg_watchfile *w, const struct vg_line *line, double from_m,
                       double depth_m)
{
    for (int d = 0; d < w->n_drones; d++) {
        for (int b = 0; b < w->n_bases; b++) {
            bool may_be = w->drones[d].base < 0 || w->drones[d].base == b;
            if (may_be && !is_known(w, d) &&
                does_reach(w, w->drones[d].type, b, line, from_m, depth_m)) {
                return true;
            }
        }
    }
    return false;
}

int random_reach_count(const struct vg_watchfile *w)
{
    const struct vg_network *net = &w->network;
    int n = 0;
    for (int k = 0; k < net->n_stretches; k++) {
        const struct vg_stretch *st = &net->stretches[k];
        for (double s = st->from_m; s + STEP_M <= st->to_m; s += STEP_M) {
            n += is_reached(w, &net->lines[st->line], s, st->depth_m);
        }
    }
    return n;
}
