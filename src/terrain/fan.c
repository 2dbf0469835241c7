#include "terrain/fan.h"

#include "base/units.h"
#include "terrain/path.h"

/* Bounds of the table: 32 MB at most. Terrain so fine that more would be wanted is sampled more
 * thinly. */
enum {
    RAYS_MAX = 1024,
    STEPS_MAX = 4096,
    STEPS_MIN = 16
};

/* Even over smooth terrain rays stay this close, for the curvature of slopes. */
#define AZ_STEP_MAX_RAD (3.0 * VG_RAD_PER_DEG)

bool vg_fan_init(struct vg_fan *self, const struct vg_window *window, const struct vg_frame *frame,
                 double alt_msl_m, double az_lo_rad, double az_hi_rad, double range_m,
                 struct vg_arena *scratch)
{
    double cell_m = vg_window_cell_m(window);
    double n_steps = fmin(fmax(ceil(range_m / (0.5 * cell_m)), STEPS_MIN), STEPS_MAX);
    double span = az_hi_rad - az_lo_rad;
    double n_rays = fmin(ceil(span / fmin(cell_m / fmax(range_m, 1.0), AZ_STEP_MAX_RAD)), RAYS_MAX);
    n_rays = fmax(n_rays, 1.0) + 1.0;
    *self = (struct vg_fan){.window = window,
                            .frame = *frame,
                            .alt_msl_m = alt_msl_m,
                            .az_lo_rad = az_lo_rad,
                            .az_step_rad = fmax(span, 1e-9) / (n_rays - 1.0),
                            .step_m = fmax(range_m, 1.0) / n_steps,
                            .n_rays = (int)n_rays,
                            .n_steps = (int)n_steps};
    self->steepest = vg_arena_alloc(scratch, (size_t)self->n_rays * (size_t)self->n_steps *
                                                 sizeof *self->steepest);
    self->n_done = vg_arena_calloc(scratch, (size_t)self->n_rays, sizeof(int));
    return self->steepest != NULL && self->n_done != NULL;
}

void vg_fan_walk(struct vg_fan *self, int ray, int n)
{
    /* A little further than asked: the next question is mostly about the next cell out. */
    int end = n + 16 < self->n_steps ? n + 16 : self->n_steps;
    int i = self->n_done[ray];
    struct vg_horizon *out = self->steepest + (size_t)ray * (size_t)self->n_steps;
    struct vg_horizon best = {-HUGE_VALF, -HUGE_VALF};
    if (i > 0) {
        best = out[i - 1];
    }
    double k = vg_terrain_curvature_drop_m(1.0);
    double az = self->az_lo_rad + ray * self->az_step_rad;
    struct vg_path p = vg_path_from(&self->frame, sin(az), cos(az), 1.0); /* t in metres */
    for (; i < end; i++) {
        double r = (i + 1) * self->step_m;
        double lat;
        double lon;
        vg_path_at(&p, r, &lat, &lon);
        double here;
        double up;
        vg_window_look(self->window, lat, lon, &here, &up);
        float ground = (float)((here - self->alt_msl_m) / r - k * r);
        up -= self->alt_msl_m;
        /* A crest below the eye looks steepest at the far side of the cell, one above it at the
         * near side. */
        float crest =
            (float)(up / (up < 0.0 ? r + 2.0 * self->step_m : fmax(r - 2.0 * self->step_m, 0.1)) -
                    k * r);
        best.ground = ground > best.ground ? ground : best.ground; /* a void hides nothing */
        best.crest = crest > best.crest ? crest : best.crest;
        out[i] = best;
    }
    self->n_done[ray] = end;
}
