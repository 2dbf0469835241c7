/* Where radio is required every visit is flown in sight of some base of the watch: every 250 m of
 * it the straight way to each antenna is walked over the ground in even steps. It errs on the mild
 * side by a metre, and by one look: two in a row must be out of sight. */
#include "plan/check_inner.h"

#include "geo/geodesy.h"

#include <math.h>

static const double LOOK_M = 250;
static const double ABOUT_M = 1000; /* a place may be out of reach because of what lies so near */
static const double MILD_M = 1;
static const double LEAST_STEP_M = 30;
static const double REFRACTED_RADIUS_M =
    6371008.8 * 7 / 6; /* rays bend by a seventh of the Earth */
static const double RAD = 0.017453292519943295;

enum {
    AROUND = 12
};

static double height_m(const struct vg_check *self, double lat, double lon)
{
    double h = vg_terrain_height_msl_m(self->terrain, lat, lon);
    return isnan(h) ? 0 : h;
}

/* A place at a share of the great circle between two, on a sphere: the way differs from the
 * ellipsoid's by decimetres. */
static void along(const double a[2], const double b[2], double f, double out[2])
{
    double p[2][3], q[3];
    for (int k = 0; k < 2; k++) {
        const double *at = k == 0 ? a : b;
        p[k][0] = cos(at[0] * RAD) * cos(at[1] * RAD);
        p[k][1] = cos(at[0] * RAD) * sin(at[1] * RAD);
        p[k][2] = sin(at[0] * RAD);
    }
    for (int k = 0; k < 3; k++) {
        q[k] = (1 - f) * p[0][k] + f * p[1][k]; /* even for ways that are short against the Earth */
    }
    out[0] = atan2(q[2], hypot(q[0], q[1])) / RAD;
    out[1] = atan2(q[1], q[0]) / RAD;
}

static bool is_clear(const struct vg_check *self, const double from[3], const double to[3],
                     double d_m)
{
    double cell_m = vg_terrain_cell_m(self->terrain, from[0], from[1]);
    int n = 1 + (int)(d_m / fmax(LEAST_STEP_M, cell_m / 4));
    for (int k = 1; k < n; k++) {
        double f = (double)k / n;
        double at[2];
        along(from, to, f, at);
        double bulge_m = d_m * d_m * f * (1 - f) / (2 * REFRACTED_RADIUS_M);
        if (from[2] + f * (to[2] - from[2]) + MILD_M < height_m(self, at[0], at[1]) + bulge_m) {
            return false;
        }
    }
    return true;
}

static bool is_heard(const struct vg_check *self, const double drone[3])
{
    for (int b = 0; b < self->watch->n_bases; b++) {
        const struct vg_wf_base *base = &self->watch->bases[b];
        double mast[3] = {base->lat_deg, base->lon_deg,
                          height_m(self, base->lat_deg, base->lon_deg) + base->mast_m};
        double d_m = vg_geo_distance_m(mast[0], mast[1], drone[0], drone[1]);
        bool is_in_range =
            self->watch->radio.range_m <= 0 || d_m <= self->watch->radio.range_m + MILD_M;
        if (is_in_range && is_clear(self, mast, drone, d_m)) {
            return true;
        }
    }
    return false;
}

static bool check_sortie(struct vg_check *self, const struct vg_plan_sortie *so)
{
    int silent = 0;
    for (int v = 0; v < so->n_visits; v++) {
        const struct vg_plan_visit *vi = &so->visits[v];
        int n = 1 + (int)(fabs(vi->to_m - vi->from_m) / LOOK_M);
        for (int q = 0; q < n; q++) {
            double f = (q + 0.5) / n;
            double at[3];
            vg_check_track_at(so, vi->t0_s + f * (vi->t1_s - vi->t0_s), at);
            silent = is_heard(self, at) ? 0 : silent + 1;
            if (silent > 1) {
                return vg_check_break(
                    self, "radio",
                    "sortie %s of drone %s sweeps km %.3f of line %s out of radio "
                    "sight of every base",
                    so->id, so->drone, (vi->from_m + f * (vi->to_m - vi->from_m)) / 1000, vi->line);
            }
        }
    }
    return true;
}

bool vg_check_radio(struct vg_check *self)
{
    bool is_ok = true;
    for (int s = 0; self->watch->radio.is_required && self->terrain != NULL && is_ok &&
                    s < self->plan->n_sorties;
         s++) {
        is_ok = check_sortie(self, &self->plan->sorties[s]);
    }
    return is_ok;
}

bool vg_check_is_silent(const struct vg_check *self, double lat_deg, double lon_deg, double agl_m)
{
    if (!self->watch->radio.is_required || self->terrain == NULL) {
        return self->watch->radio.is_required;
    }
    bool is_silent = false;
    for (int q = 0; q <= 2 * AROUND && !is_silent; q++) { /* the place, and two rings round it */
        double at[3];
        double d_m = q == 0 ? 0 : q <= AROUND ? ABOUT_M : ABOUT_M / 2;
        vg_geo_direct(lat_deg, lon_deg, 360.0 / AROUND * (q % AROUND), d_m, &at[0], &at[1]);
        at[2] = height_m(self, at[0], at[1]) + agl_m;
        is_silent = !is_heard(self, at);
    }
    return is_silent;
}
