#include "plan/detour.h"

#include "base/units.h"
#include "geo/geodesy.h"

#include <geos_c.h>
#include <math.h>
#include <stdlib.h>

/* Corners lie this much further out than the margin, so that a leg between two of them, a chord of
 * the rounded corner (22.5 degrees of it at most), stays clear: 1 / cos(22.5 deg) = 1.082. */
static const double CORNER_SHARE = 1.1;
static const double EDGE_M = 1.0; /* as near as this to an edge counts as outside */
static const double STEP_M = 10000.0; /* edges of zones are straight in degrees: pieces of this */
static const double BASE_SHARE = 0.5; /* of the way from the base to a zone, at most */

enum {
    ROUND = 2 /* pieces of a quarter circle at a corner */
};

struct node {
    double x;
    double y;
    double far_m; /* shortest way from the base; HUGE_VAL: none */
    int before; /* -1: straight from the base */
};

struct vg_detour {
    GEOSContextHandle_t geos;
    GEOSGeometry *hard; /* what may not be entered */
    GEOSGeometry *soft; /* the same, widened by the margin */
    const GEOSPreparedGeometry *is_hard;
    const GEOSPreparedGeometry *is_soft;
    double lat0_deg;
    double lon0_deg;
    struct node *nodes;
    int n;
};

/* Gnomonic plane about the base on the mean sphere, metres. false beyond 80 degrees. */
static bool to_plane(const struct vg_detour *self, double lat_deg, double lon_deg, double *x,
                     double *y)
{
    double p0 = self->lat0_deg * VG_RAD_PER_DEG;
    double p = lat_deg * VG_RAD_PER_DEG;
    double l = (lon_deg - self->lon0_deg) * VG_RAD_PER_DEG;
    double cos_c = sin(p0) * sin(p) + cos(p0) * cos(p) * cos(l);
    if (cos_c < 0.17) {
        return false;
    }
    *x = VG_EARTH_MEAN_RADIUS_M * cos(p) * sin(l) / cos_c;
    *y = VG_EARTH_MEAN_RADIUS_M * (cos(p0) * sin(p) - sin(p0) * cos(p) * cos(l)) / cos_c;
    return true;
}

static void to_ground(const struct vg_detour *self, double x, double y, double *lat_deg,
                      double *lon_deg)
{
    double p0 = self->lat0_deg * VG_RAD_PER_DEG;
    double rho = hypot(x, y) / VG_EARTH_MEAN_RADIUS_M;
    double c = atan(rho);
    double unit_x = rho > 0 ? x / VG_EARTH_MEAN_RADIUS_M / rho : 0;
    double unit_y = rho > 0 ? y / VG_EARTH_MEAN_RADIUS_M / rho : 0;
    *lat_deg = asin(cos(c) * sin(p0) + unit_y * sin(c) * cos(p0)) * VG_DEG_PER_RAD;
    *lon_deg = vg_wrap_180_deg(
        self->lon0_deg +
        VG_DEG_PER_RAD * atan2(unit_x * sin(c), cos(p0) * cos(c) - unit_y * sin(p0) * sin(c)));
}

/* A ring in the plane with its edges in pieces; NULL where it is too far away to matter. */
static GEOSGeometry *ring_of(const struct vg_detour *self, const struct vg_wf_zone *zone)
{
    int n = 1;
    for (int i = 0; i + 1 < zone->n; i++) {
        n += 1 + (int)(vg_geo_distance_m(zone->lat_deg[i], zone->lon_deg[i], zone->lat_deg[i + 1],
                                         zone->lon_deg[i + 1]) /
                       STEP_M);
    }
    double *xy = malloc((size_t)n * 2 * sizeof *xy);
    int k = 0;
    bool is_good = xy != NULL;
    for (int i = 0; is_good && i + 1 < zone->n; i++) {
        double d = vg_geo_distance_m(zone->lat_deg[i], zone->lon_deg[i], zone->lat_deg[i + 1],
                                     zone->lon_deg[i + 1]);
        int pieces = 1 + (int)(d / STEP_M);
        double span_deg = vg_wrap_180_deg(zone->lon_deg[i + 1] - zone->lon_deg[i]);
        for (int q = 0; is_good && q < pieces; q++) {
            double f = (double)q / pieces;
            is_good = to_plane(
                self, zone->lat_deg[i] + f * (zone->lat_deg[i + 1] - zone->lat_deg[i]),
                zone->lon_deg[i] + f * span_deg, &xy[(size_t)k * 2], &xy[(size_t)k * 2 + 1]);
            k++;
        }
    }
    GEOSGeometry *ring = NULL;
    if (is_good) {
        xy[(size_t)k * 2] = xy[0];
        xy[(size_t)k * 2 + 1] = xy[1];
        ring = GEOSGeom_createPolygon_r(
            self->geos,
            GEOSGeom_createLinearRing_r(
                self->geos, GEOSCoordSeq_copyFromBuffer_r(self->geos, xy, (unsigned)k + 1, 0, 0)),
            NULL, 0);
    }
    free(xy);
    return ring;
}

/* By how much to widen what lies far_m from the base. share 0: not at all; EDGE_M is taken off. */
static double margin_m(double share, double far_m)
{
    return share > 0 ? share * fmin(VG_DETOUR_MARGIN_M, BASE_SHARE * far_m) : -EDGE_M;
}

/* The union of the zones of a kind, the no-fly ones widened. Takes what cannot be made for nothing
 * there. */
static GEOSGeometry *union_of(const struct vg_detour *self, const struct vg_watchfile *watch,
                              enum vg_zone_kind kind, double share, int *out_n)
{
    GEOSGeometry **all = calloc((size_t)watch->n_zones + 1, sizeof *all);
    GEOSGeometry *base = GEOSGeom_createPointFromXY_r(self->geos, 0, 0);
    unsigned n = 0;
    for (int z = 0; all != NULL && z < watch->n_zones; z++) {
        GEOSGeometry *ring = watch->zones[z].kind == kind ? ring_of(self, &watch->zones[z]) : NULL;
        if (ring == NULL) {
            continue;
        }
        double far_m = 0;
        GEOSDistance_r(self->geos, ring, base, &far_m);
        double wide_m = kind == VG_ZONE_NO_FLY ? margin_m(share, far_m) : 0;
        all[n] = GEOSBuffer_r(self->geos, ring, wide_m, ROUND);
        n += all[n] != NULL;
        GEOSGeom_destroy_r(self->geos, ring);
    }
    GEOSGeom_destroy_r(self->geos, base);
    *out_n = (int)n;
    GEOSGeometry *many =
        all != NULL ? GEOSGeom_createCollection_r(self->geos, GEOS_GEOMETRYCOLLECTION, all, n)
                    : NULL;
    free(all);
    GEOSGeometry *one = many != NULL ? GEOSUnaryUnion_r(self->geos, many) : NULL;
    GEOSGeom_destroy_r(self->geos, many);
    return one;
}

/* Everything forbidden within reach, widened by a share of the margin. */
static GEOSGeometry *forbidden(const struct vg_detour *self, const struct vg_watchfile *watch,
                               double reach_m, double share)
{
    int n_zones;
    int n_fences;
    GEOSGeometry *zones = union_of(self, watch, VG_ZONE_NO_FLY, share, &n_zones);
    GEOSGeometry *fences = union_of(self, watch, VG_ZONE_GEOFENCE, 0, &n_fences);
    GEOSGeometry *all = zones;
    if (zones != NULL && fences != NULL && n_fences > 0) {
        GEOSGeometry *origin = GEOSGeom_createPointFromXY_r(self->geos, 0, 0);
        GEOSGeometry *edge = GEOSBoundary_r(self->geos, fences);
        double far_m = 0;
        GEOSDistance_r(self->geos, edge, origin, &far_m);
        double narrow_m = margin_m(share, far_m);
        GEOSGeometry *inside = GEOSBuffer_r(self->geos, fences, -narrow_m, ROUND);
        GEOSGeometry *world = GEOSBuffer_r(self->geos, origin, 2 * reach_m, 8);
        GEOSGeometry *outside = GEOSDifference_r(self->geos, world, inside);
        all = GEOSUnion_r(self->geos, zones, outside);
        GEOSGeometry *done[] = {origin, edge, inside, world, outside, zones};
        for (int k = 0; k < 6; k++) {
            GEOSGeom_destroy_r(self->geos, done[k]);
        }
    }
    GEOSGeom_destroy_r(self->geos, fences);
    return all;
}

static bool is_leg_clear(const struct vg_detour *self, const GEOSPreparedGeometry *of, double x0,
                         double y0, double x1, double y1)
{
    double xy[4] = {x0, y0, x1, y1};
    GEOSGeometry *leg = GEOSGeom_createLineString_r(
        self->geos, GEOSCoordSeq_copyFromBuffer_r(self->geos, xy, 2, 0, 0));
    bool is_clear = leg != NULL && GEOSPreparedIntersects_r(self->geos, of, leg) == 0;
    GEOSGeom_destroy_r(self->geos, leg);
    return is_clear;
}

/* Corners of one ring that a taut string can lie at: all of them, as holes turn the other way. */
static bool add_ring(struct vg_detour *self, const GEOSGeometry *ring, double reach_m)
{
    const GEOSCoordSequence *seq = GEOSGeom_getCoordSeq_r(self->geos, ring);
    unsigned n = 0;
    GEOSCoordSeq_getSize_r(self->geos, seq, &n);
    struct node *more = realloc(self->nodes, ((size_t)self->n + n + 1) * sizeof *more);
    if (more == NULL) {
        return false;
    }
    self->nodes = more;
    for (unsigned k = 0; k + 1 < n; k++) {
        struct node *to = &self->nodes[self->n];
        GEOSCoordSeq_getXY_r(self->geos, seq, k, &to->x, &to->y);
        to->far_m = HUGE_VAL;
        to->before = -1;
        self->n += hypot(to->x, to->y) < reach_m;
    }
    return true;
}

static bool add_corners(struct vg_detour *self, const GEOSGeometry *wide, double reach_m)
{
    bool is_good = true;
    int n = GEOSGetNumGeometries_r(self->geos, wide);
    for (int k = 0; is_good && k < n; k++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(self->geos, wide, k);
        if (GEOSGeomTypeId_r(self->geos, part) != GEOS_POLYGON) {
            continue;
        }
        is_good = add_ring(self, GEOSGetExteriorRing_r(self->geos, part), reach_m);
        int holes = GEOSGetNumInteriorRings_r(self->geos, part);
        for (int h = 0; is_good && h < holes; h++) {
            is_good = add_ring(self, GEOSGetInteriorRingN_r(self->geos, part, h), reach_m);
        }
    }
    return is_good;
}

/* Dijkstra over the corners; legs are tested as they are wanted. */
static void find_ways(struct vg_detour *self)
{
    bool *is_done = calloc((size_t)self->n + 1, sizeof *is_done);
    for (int k = 0; is_done != NULL && k < self->n; k++) {
        struct node *to = &self->nodes[k];
        if (is_leg_clear(self, self->is_soft, 0, 0, to->x, to->y)) {
            to->far_m = hypot(to->x, to->y);
        }
    }
    for (;;) {
        int next = -1;
        for (int k = 0; is_done != NULL && k < self->n; k++) {
            if (!is_done[k] &&
                self->nodes[k].far_m < (next < 0 ? HUGE_VAL : self->nodes[next].far_m)) {
                next = k;
            }
        }
        if (next < 0) {
            break;
        }
        is_done[next] = true;
        const struct node *from = &self->nodes[next];
        for (int k = 0; k < self->n; k++) {
            struct node *to = &self->nodes[k];
            double far_m = from->far_m + hypot(to->x - from->x, to->y - from->y);
            if (!is_done[k] && far_m < to->far_m &&
                is_leg_clear(self, self->is_soft, from->x, from->y, to->x, to->y)) {
                to->far_m = far_m;
                to->before = next;
            }
        }
    }
    free(is_done);
}

static enum vg_status build(struct vg_detour *self, const struct vg_watchfile *watch, int base,
                            double reach_m, struct vg_error *err)
{
    self->hard = forbidden(self, watch, reach_m, 0);
    self->soft = forbidden(self, watch, reach_m, 1);
    GEOSGeometry *wide = forbidden(self, watch, reach_m, CORNER_SHARE);
    bool is_good = self->hard != NULL && self->soft != NULL && wide != NULL;
    if (is_good) {
        self->is_hard = GEOSPrepare_r(self->geos, self->hard);
        self->is_soft = GEOSPrepare_r(self->geos, self->soft);
        is_good =
            self->is_hard != NULL && self->is_soft != NULL && add_corners(self, wide, reach_m);
    }
    GEOSGeom_destroy_r(self->geos, wide);
    if (!is_good) {
        return vg_no_memory(err);
    }
    if (!is_leg_clear(self, self->is_hard, 0, 0, 0, 0.1)) {
        return vg_fail(err, VG_E_INVALID,
                       "base %s lies in a no-fly zone or outside the geofence: nothing may take "
                       "off there; move the base or the zone",
                       watch->bases[base].name);
    }
    find_ways(self);
    return VG_OK;
}

enum vg_status vg_detour_create(const struct vg_watchfile *watch, int base, double reach_m,
                                struct vg_detour **out, struct vg_error *err)
{
    bool is_wanted = false;
    *out = NULL;
    for (int z = 0; z < watch->n_zones; z++) {
        is_wanted = is_wanted || watch->zones[z].kind == VG_ZONE_NO_FLY ||
                    watch->zones[z].kind == VG_ZONE_GEOFENCE;
    }
    if (!is_wanted) {
        return VG_OK;
    }
    struct vg_detour *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->geos = GEOS_init_r();
    self->lat0_deg = watch->bases[base].lat_deg;
    self->lon0_deg = watch->bases[base].lon_deg;
    enum vg_status st =
        self->geos != NULL ? build(self, watch, base, reach_m, err) : vg_no_memory(err);
    if (st != VG_OK || (self->n == 0 && GEOSisEmpty_r(self->geos, self->hard) == 1)) {
        vg_detour_destroy(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_detour_destroy(struct vg_detour *self)
{
    if (self == NULL) {
        return;
    }
    if (self->geos != NULL) {
        GEOSPreparedGeom_destroy_r(self->geos, self->is_hard);
        GEOSPreparedGeom_destroy_r(self->geos, self->is_soft);
        GEOSGeom_destroy_r(self->geos, self->hard);
        GEOSGeom_destroy_r(self->geos, self->soft);
        GEOS_finish_r(self->geos);
    }
    free(self->nodes);
    free(self);
}

static bool lay_corners(const struct vg_detour *self, int last, struct vg_detour_way *out)
{
    int n = 0;
    for (int k = last; k >= 0; k = self->nodes[k].before) {
        n++;
    }
    if (n > VG_DETOUR_CORNERS) {
        return false;
    }
    out->n = n;
    for (int k = last; k >= 0; k = self->nodes[k].before) {
        n--;
        to_ground(self, self->nodes[k].x, self->nodes[k].y, &out->lat_deg[n], &out->lon_deg[n]);
    }
    return true;
}

bool vg_detour_find(const struct vg_detour *self, double lat_deg, double lon_deg,
                    struct vg_detour_way *out)
{
    double x;
    double y;
    out->n = 0;
    if (self == NULL) {
        return true;
    }
    if (!to_plane(self, lat_deg, lon_deg, &x, &y)) {
        return false;
    }
    bool is_near = !is_leg_clear(self, self->is_soft, x, y, x, y + 0.1);
    const GEOSPreparedGeometry *of = is_near ? self->is_hard : self->is_soft;
    if (is_leg_clear(self, of, 0, 0, x, y)) {
        return true;
    }
    int best = -1;
    double best_m = HUGE_VAL;
    for (int k = 0; k < self->n; k++) {
        const struct node *from = &self->nodes[k];
        double far_m = from->far_m + hypot(x - from->x, y - from->y);
        if (far_m < best_m && is_leg_clear(self, of, from->x, from->y, x, y)) {
            best = k;
            best_m = far_m;
        }
    }
    return best >= 0 && lay_corners(self, best, out);
}

bool vg_detour_is_clear(const struct vg_detour *self, double lat1_deg, double lon1_deg,
                        double lat2_deg, double lon2_deg)
{
    double x0;
    double y0;
    double x1;
    double y1;
    return self == NULL || (to_plane(self, lat1_deg, lon1_deg, &x0, &y0) &&
                            to_plane(self, lat2_deg, lon2_deg, &x1, &y1) &&
                            is_leg_clear(self, self->is_hard, x0, y0, x1, y1));
}
