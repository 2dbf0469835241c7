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
enum {
    LOOKS = 64 /* samples at once */
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
    self->toward = vg_arena_alloc(scratch, (size_t)self->n_rays * sizeof *self->toward);
    if (self->steepest == NULL || self->n_done == NULL || self->toward == NULL) {
        return false;
    }
    for (int ray = 0; ray < self->n_rays; ray++) {
        double az = self->az_lo_rad + ray * self->az_step_rad;
        self->toward[ray][0] = sin(az);
        self->toward[ray][1] = cos(az);
    }
    return true;
}

/* Tangents of samples [first, first + n) of a ray, each by itself. */
static void look(const struct vg_fan *self, int ray, int first, int n, struct vg_horizon *out)
{
    double lat[LOOKS];
    double lon[LOOKS];
    double ground_m[LOOKS];
    double crest_m[LOOKS];
    struct vg_path p =
        vg_path_from(&self->frame, self->toward[ray][0], self->toward[ray][1], 1.0); /* t in m */
    const double step_m = self->step_m;
    for (int i = 0; i < n; i++) {
        vg_path_at(&p, (first + i + 1) * step_m, &lat[i], &lon[i]);
    }
    vg_window_looks(self->window, lat, lon, (size_t)n, ground_m, crest_m);
    const double k = vg_terrain_curvature_drop_m(1.0);
    for (int i = 0; i < n; i++) {
        double r = (first + i + 1) * step_m;
        double up = crest_m[i] - self->alt_msl_m;
        /* A crest below the eye looks steepest at the far side of the cell, one above it at the
         * near side. */
        double near = r - 2.0 * step_m > 0.1 ? r - 2.0 * step_m : 0.1;
        double at = up < 0.0 ? r + 2.0 * step_m : near;
        out[i].ground = (float)((ground_m[i] - self->alt_msl_m) / r - k * r);
        out[i].crest = (float)(up / at - k * r);
    }
}

void vg_fan_walk(struct vg_fan *self, int ray, int n)
{
    /* A little further than asked: the next question is mostly about the next cell out. */
    int end = n + 16 < self->n_steps ? n + 16 : self->n_steps;
    struct vg_horizon *out = self->steepest + (size_t)ray * (size_t)self->n_steps;
    struct vg_horizon best = {-HUGE_VALF, -HUGE_VALF};
    int done = self->n_done[ray];
    if (done > 0) {
        best = out[done - 1];
    }
    for (int first = done; first < end; first += LOOKS) {
        look(self, ray, first, end - first < LOOKS ? end - first : LOOKS, out + first);
    }
    for (int i = done; i < end; i++) {
        struct vg_horizon here = out[i];
        best.ground = here.ground > best.ground ? here.ground : best.ground; /* not a void's NaN */
        best.crest = here.crest > best.crest ? here.crest : best.crest;
        out[i] = best;
    }
    self->n_done[ray] = end;
}
