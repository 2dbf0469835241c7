#include "terrain/fan.h"

#include "base/units.h"

/* Bounds of the table: 16 MB at most. Terrain so fine that more would be wanted is sampled more
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
    self->tan_max =
        vg_arena_alloc(scratch, (size_t)self->n_rays * (size_t)self->n_steps * sizeof(float));
    self->n_done = vg_arena_calloc(scratch, (size_t)self->n_rays, sizeof(int));
    return self->tan_max != NULL && self->n_done != NULL;
}

/* The plane's inverse to second order, as coefficients of the range: lat = lat0 + r (b + r c). */
struct track {
    double lat_b;
    double lat_c;
    double lon_b;
    double lon_c;
};

static struct track track_of(const struct vg_frame *f, double az_rad)
{
    double e = sin(az_rad) / f->m_per_deg_lon;
    double n = cos(az_rad) / f->m_per_deg_lat;
    return (struct track){.lat_b = n,
                          .lat_c = -f->bending_m_per_deg2 * e * e / f->m_per_deg_lat,
                          .lon_b = e,
                          .lon_c = -f->narrowing_m_per_deg2 * e * n / f->m_per_deg_lon};
}

void vg_fan_walk(struct vg_fan *self, int ray, int n)
{
    /* A little further than asked: the next question is mostly about the next cell out. */
    int end = n + 16 < self->n_steps ? n + 16 : self->n_steps;
    int i = self->n_done[ray];
    float *tan_max = self->tan_max + (size_t)ray * (size_t)self->n_steps;
    double best = i > 0 ? (double)tan_max[i - 1] : -HUGE_VAL;
    double k = vg_terrain_curvature_drop_m(1.0);
    struct track t = track_of(&self->frame, self->az_lo_rad + ray * self->az_step_rad);
    for (; i < end; i++) {
        double r = (i + 1) * self->step_m;
        double lat = self->frame.lat0_deg + r * (t.lat_b + r * t.lat_c);
        double lon = self->frame.lon0_deg + r * (t.lon_b + r * t.lon_c);
        double slope = (vg_window_sample(self->window, lat, lon) - self->alt_msl_m) / r - k * r;
        best = slope > best ? slope : best; /* a void hides nothing */
        tan_max[i] = (float)best;
    }
    self->n_done[ray] = end;
}
