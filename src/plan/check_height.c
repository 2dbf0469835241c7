/* No track goes below its type's floor, or into the ground, or above its ceiling: looked at every
 * fifth of a cell of the elevation, straight from track point to track point. Drones rise and come
 * down over their base, where no floor is asked for. Where no height of the ground is known nothing
 * is judged. */
#include "plan/check_inner.h"

#include "geo/geodesy.h"

#include <math.h>

static const double LOOKS_A_CELL = 5;
static const double LEAST_LOOK_M = 5;
static const double MOST_LOOK_M = 200;
static const double TOLERANCE_M = 1; /* crests between two looks, rounding of the file */
static const double OVER_BASE_M = 200;

static const double ABOUT_M = 1000; /* round a place on the line */
static const double CLEARLY = 0.4; /* of the room between floor and ceiling */

static double look_m(const struct vg_check *self, double lat, double lon)
{
    double cell_m = vg_terrain_cell_m(self->terrain, lat, lon);
    return fmax(LEAST_LOOK_M, fmin(cell_m / LOOKS_A_CELL, MOST_LOOK_M));
}

static bool is_over_base(const struct vg_check *self, int sortie, double lat, double lon)
{
    const struct vg_wf_base *from = &self->watch->bases[self->base_from[sortie]];
    const struct vg_wf_base *to = &self->watch->bases[self->base_to[sortie]];
    return vg_geo_distance_m(lat, lon, from->lat_deg, from->lon_deg) < OVER_BASE_M ||
           vg_geo_distance_m(lat, lon, to->lat_deg, to->lon_deg) < OVER_BASE_M;
}

static bool check_place(struct vg_check *self, int sortie, double lat, double lon, double alt_msl_m)
{
    const struct vg_plan_sortie *so = &self->plan->sorties[sortie];
    const struct vg_wf_type *t = vg_check_type(self, sortie);
    double agl_m = alt_msl_m - vg_terrain_height_msl_m(self->terrain, lat, lon);
    if (t->ceiling_m > 0 && agl_m > t->ceiling_m + TOLERANCE_M) {
        return vg_check_break(self, "ceiling",
                              "sortie %s of drone %s is %.0f m above the ground at %.5f, %.5f; its "
                              "ceiling is %.0f m",
                              so->id, so->drone, agl_m, lat, lon, t->ceiling_m);
    }
    double least_m = is_over_base(self, sortie, lat, lon) ? 0 : t->floor_m;
    if (agl_m < least_m - TOLERANCE_M) {
        return vg_check_break(self, "floor",
                              "sortie %s of drone %s is %.0f m above the ground at %.5f, %.5f; its "
                              "floor is %.0f m",
                              so->id, so->drone, agl_m, lat, lon, t->floor_m);
    }
    return true;
}

static bool check_leg(struct vg_check *self, int sortie, const struct vg_plan_point *a,
                      const struct vg_plan_point *b)
{
    double step_m = look_m(self, a->lat_deg, a->lon_deg);
    double d_m = vg_geo_distance_m(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg);
    double lon_span = vg_wrap_180_deg(b->lon_deg - a->lon_deg);
    int n = (int)ceil(d_m / step_m);
    n = n > 1 ? n : 1;
    for (int q = 0; q <= n; q++) {
        double f = (double)q / n;
        if (!check_place(self, sortie, a->lat_deg + f * (b->lat_deg - a->lat_deg),
                         vg_wrap_180_deg(a->lon_deg + f * lon_span),
                         a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m))) {
            return false;
        }
    }
    return true;
}

/* From one look to the next, along an azimuth. */
static bool is_run_steep(const struct vg_check *self, const struct vg_wf_type *type,
                         const double from_deg[2], double azimuth_deg, double length_m)
{
    double step_m = look_m(self, from_deg[0], from_deg[1]);
    double before = (double)NAN;
    for (double s = 0; s <= length_m; s += step_m) {
        double lat, lon;
        vg_geo_direct(from_deg[0], from_deg[1], azimuth_deg, s, &lat, &lon);
        double ground = vg_terrain_height_msl_m(self->terrain, lat, lon);
        /* A step takes its height, and as much again for what may stand between two looks. */
        if (2 * fabs(ground - before) > CLEARLY * (type->ceiling_m - type->floor_m)) {
            return true;
        }
        before = ground;
    }
    return false;
}

bool vg_check_leg_is_steep(const struct vg_check *self, const struct vg_wf_type *type,
                           const double from_deg[2], const double to_deg[2])
{
    if (type->ceiling_m <= 0 || self->terrain == NULL) {
        return type->ceiling_m > 0;
    }
    double azimuth_deg, d_m;
    vg_geo_inverse(from_deg[0], from_deg[1], to_deg[0], to_deg[1], &d_m, &azimuth_deg, NULL);
    bool is_steep = is_run_steep(self, type, from_deg, azimuth_deg, d_m);
    for (int q = 0; q < 8 && !is_steep; q++) {
        is_steep = is_run_steep(self, type, to_deg, 45 * q, ABOUT_M);
    }
    return is_steep;
}

bool vg_check_heights(struct vg_check *self)
{
    for (int s = 0; s < self->plan->n_sorties && self->terrain != NULL; s++) {
        const struct vg_plan_sortie *so = &self->plan->sorties[s];
        for (int k = 1; k < so->n_track; k++) {
            if (!check_leg(self, s, &so->track[k - 1], &so->track[k])) {
                return false;
            }
        }
    }
    return true;
}
