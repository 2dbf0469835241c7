/* No leg of a track enters a no-fly zone or leaves the geofence. Judged in degrees on the zones as
 * drawn: where a leg crosses edges, it is cut, and the middle of each piece lies inside or outside
 * by the even-odd rule. */
#include "plan/check_inner.h"

#include "base/numbers.h"
#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

static const double DEEP_M = 5; /* along an edge is not inside: rounding of the file, and some */

enum {
    MAX_CUTS = 256 /* crossings of one leg with one ring; more are merged, which errs on no side */
};

struct leg {
    double lat0;
    double lon0;
    double dlat;
    double dlon;
};

/* Longitude near the leg, whatever side of the antimeridian it was written on. */
static double near_deg(const struct leg *leg, double lon_deg)
{
    return leg->lon0 + vg_wrap_180_deg(lon_deg - leg->lon0);
}

static bool is_inside(const struct vg_wf_zone *z, const struct leg *leg, double lat, double lon)
{
    bool is_in = false;
    for (int i = 0; i + 1 < z->n; i++) {
        double y0 = z->lat_deg[i];
        double y1 = z->lat_deg[i + 1];
        double x0 = near_deg(leg, z->lon_deg[i]);
        double x1 = near_deg(leg, z->lon_deg[i + 1]);
        if ((y0 > lat) != (y1 > lat) && lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0)) {
            is_in = !is_in;
        }
    }
    return is_in;
}

/* Metres to the nearest edge, in a plane at the place. */
static double edge_m(const struct vg_wf_zone *z, double lat, double lon)
{
    struct vg_frame f = vg_frame_at(lat, lon);
    double least = HUGE_VAL;
    for (int i = 0; i + 1 < z->n; i++) {
        double e0 = vg_wrap_180_deg(z->lon_deg[i] - lon) * f.m_per_deg_lon;
        double e1 = vg_wrap_180_deg(z->lon_deg[i + 1] - lon) * f.m_per_deg_lon;
        double n0 = (z->lat_deg[i] - lat) * f.m_per_deg_lat;
        double n1 = (z->lat_deg[i + 1] - lat) * f.m_per_deg_lat;
        double len2 = (e1 - e0) * (e1 - e0) + (n1 - n0) * (n1 - n0);
        double t = len2 > 0 ? -(e0 * (e1 - e0) + n0 * (n1 - n0)) / len2 : 0;
        t = fmin(1, fmax(0, t));
        least = fmin(least, hypot(e0 + t * (e1 - e0), n0 + t * (n1 - n0)));
    }
    return least;
}

/* Adds the shares of the leg at which it crosses the ring. */
static int add_cuts(const struct vg_wf_zone *z, const struct leg *leg, double *cuts, int n)
{
    for (int i = 0; i + 1 < z->n && n < MAX_CUTS - 1; i++) {
        double ax = near_deg(leg, z->lon_deg[i]) - leg->lon0;
        double ay = z->lat_deg[i] - leg->lat0;
        double bx = near_deg(leg, z->lon_deg[i + 1]) - leg->lon0 - ax;
        double by = z->lat_deg[i + 1] - leg->lat0 - ay;
        double det = leg->dlon * by - leg->dlat * bx;
        double t = (ax * by - ay * bx) / det;
        double q = (ax * leg->dlat - ay * leg->dlon) / det;
        if (det != 0 && t > 0 && t < 1 && q >= 0 && q <= 1) {
            cuts[n++] = t;
        }
    }
    return n;
}

static bool is_near(const struct vg_wf_zone *z, const struct leg *leg)
{
    double south = HUGE_VAL, north = -HUGE_VAL, west = HUGE_VAL, east = -HUGE_VAL;
    for (int i = 0; i < z->n; i++) {
        double lon = near_deg(leg, z->lon_deg[i]);
        south = fmin(south, z->lat_deg[i]);
        north = fmax(north, z->lat_deg[i]);
        west = fmin(west, lon);
        east = fmax(east, lon);
    }
    return fmin(leg->lat0, leg->lat0 + leg->dlat) <= north &&
           fmax(leg->lat0, leg->lat0 + leg->dlat) >= south &&
           fmin(leg->lon0, leg->lon0 + leg->dlon) <= east &&
           fmax(leg->lon0, leg->lon0 + leg->dlon) >= west;
}

/* The middle of piece k of the leg. */
static void middle(const struct leg *leg, const double *cuts, int k, double *lat, double *lon)
{
    double t = (cuts[k - 1] + cuts[k]) / 2;
    *lat = leg->lat0 + t * leg->dlat;
    *lon = leg->lon0 + t * leg->dlon;
}

static bool enters(const struct vg_wf_zone *z, const struct leg *leg)
{
    double cuts[MAX_CUTS] = {0};
    int n = add_cuts(z, leg, cuts, 1);
    cuts[n++] = 1;
    qsort(cuts, (size_t)n, sizeof *cuts, vg_by_double);
    for (int k = 1; k < n; k++) {
        double lat;
        double lon;
        middle(leg, cuts, k, &lat, &lon);
        if (is_inside(z, leg, lat, lon) && edge_m(z, lat, lon) > DEEP_M) {
            return true;
        }
    }
    return false;
}

/* Each piece must lie in some geofence. */
static bool leaves_all(const struct vg_watchfile *w, const struct leg *leg)
{
    double cuts[MAX_CUTS] = {0};
    int n = 1;
    for (int z = 0; z < w->n_zones; z++) {
        if (w->zones[z].kind == VG_ZONE_GEOFENCE && is_near(&w->zones[z], leg)) {
            n = add_cuts(&w->zones[z], leg, cuts, n);
        }
    }
    cuts[n++] = 1;
    qsort(cuts, (size_t)n, sizeof *cuts, vg_by_double);
    for (int k = 1; k < n; k++) {
        double lat;
        double lon;
        bool is_in = false;
        middle(leg, cuts, k, &lat, &lon);
        for (int z = 0; z < w->n_zones && !is_in; z++) {
            const struct vg_wf_zone *fence = &w->zones[z];
            is_in = fence->kind == VG_ZONE_GEOFENCE && is_near(fence, leg) &&
                    (is_inside(fence, leg, lat, lon) || edge_m(fence, lat, lon) <= DEEP_M);
        }
        if (!is_in) {
            return true;
        }
    }
    return false;
}

static const struct vg_wf_zone *entered(const struct vg_watchfile *w, const struct leg *leg)
{
    for (int k = 0; k < w->n_zones; k++) {
        const struct vg_wf_zone *z = &w->zones[k];
        if (z->kind == VG_ZONE_NO_FLY && is_near(z, leg) && enters(z, leg)) {
            return z;
        }
    }
    return NULL;
}

static bool has_fence(const struct vg_watchfile *w)
{
    bool is_there = false;
    for (int k = 0; k < w->n_zones; k++) {
        is_there = is_there || w->zones[k].kind == VG_ZONE_GEOFENCE;
    }
    return is_there;
}

bool vg_check_leg_is_forbidden(const struct vg_watchfile *watch, double lat1_deg, double lon1_deg,
                               double lat2_deg, double lon2_deg)
{
    struct leg leg = {lat1_deg, lon1_deg, lat2_deg - lat1_deg,
                      vg_wrap_180_deg(lon2_deg - lon1_deg)};
    return entered(watch, &leg) != NULL || (has_fence(watch) && leaves_all(watch, &leg));
}

double vg_check_edge_m(const struct vg_watchfile *watch, double lat_deg, double lon_deg)
{
    double least = HUGE_VAL;
    for (int k = 0; k < watch->n_zones; k++) {
        const struct vg_wf_zone *z = &watch->zones[k];
        if (z->kind == VG_ZONE_NO_FLY || z->kind == VG_ZONE_GEOFENCE) {
            least = fmin(least, edge_m(z, lat_deg, lon_deg));
        }
    }
    return least;
}

static bool check_leg(struct vg_check *self, const struct vg_plan_sortie *so, int k, bool is_fenced)
{
    const struct vg_plan_point *a = &so->track[k - 1];
    const struct vg_plan_point *b = &so->track[k];
    struct leg leg = {a->lat_deg, a->lon_deg, b->lat_deg - a->lat_deg,
                      vg_wrap_180_deg(b->lon_deg - a->lon_deg)};
    const struct vg_wf_zone *z = entered(self->watch, &leg);
    if (z != NULL) {
        return vg_check_break(self, "no-fly",
                              "sortie %s of drone %s enters the no-fly zone %s at track point %d",
                              so->id, so->drone, z->name, k);
    }
    if (is_fenced && leaves_all(self->watch, &leg)) {
        return vg_check_break(self, "geofence",
                              "sortie %s of drone %s leaves the geofence at track point %d", so->id,
                              so->drone, k);
    }
    return true;
}

bool vg_check_zones(struct vg_check *self)
{
    bool is_fenced = has_fence(self->watch);
    for (int s = 0; s < self->plan->n_sorties; s++) {
        const struct vg_plan_sortie *so = &self->plan->sorties[s];
        for (int k = 1; k < so->n_track; k++) {
            if (!check_leg(self, so, k, is_fenced)) {
                return false;
            }
        }
    }
    return true;
}
