/* Horizons by azimuth around an observer: rays a terrain cell apart at the far end, walked in half
 * cells, each remembering the steepest ground so far. Rays are walked only as far as somebody asks.
 * Inside src/terrain only.
 *
 *            ray 0   1   2
 *               \    |  /      For the first n samples of a ray, over (height - drop - eye) /
 * range: \   | /         ground: the steepest ground on the ray itself; \  |/          crest:  the
 * steepest that any ground in the cells passed can be. eye
 */
#ifndef VG_TERRAIN_FAN_H
#define VG_TERRAIN_FAN_H

#include "base/arena.h"
#include "geo/geodesy.h"
#include "terrain/layer.h"

/* Tangents of elevation. */
struct vg_horizon {
    float ground;
    float crest;
};

struct vg_fan {
    const struct vg_window *window;
    struct vg_frame frame; /* about the eye */
    double alt_msl_m;
    double az_lo_rad; /* of ray 0 */
    double az_step_rad;
    double step_m; /* between samples of a ray */
    int n_rays;
    int n_steps;
    struct vg_horizon *steepest; /* [n_rays][n_steps] */
    int *n_done; /* samples walked, per ray */
    double (*toward)[2]; /* unit vectors of the rays, east and north */
};

/* Rays over [az_lo, az_hi] out to range_m; memory from scratch. false: no memory. */
bool vg_fan_init(struct vg_fan *self, const struct vg_window *window, const struct vg_frame *frame,
                 double alt_msl_m, double az_lo_rad, double az_hi_rad, double range_m,
                 struct vg_arena *scratch);
/* Walk a ray on so that n samples are there. */
void vg_fan_walk(struct vg_fan *self, int ray, int n);

/* The steepest among the first n samples of a ray. */
static inline struct vg_horizon vg_fan_horizon(struct vg_fan *self, int ray, int n)
{
    if (n <= 0) {
        return (struct vg_horizon){-HUGE_VALF, -HUGE_VALF};
    }
    n = n < self->n_steps ? n : self->n_steps;
    if (n > self->n_done[ray]) {
        vg_fan_walk(self, ray, n);
    }
    return self->steepest[(size_t)ray * (size_t)self->n_steps + (size_t)(n - 1)];
}

/* The ray that a place (east, north of the eye, m) lies right of, up to the last but one; the
 * search starts at a ray less than a quarter turn away. */
static inline int vg_fan_ray(const struct vg_fan *self, int ray, double e_m, double n_m)
{
    while (ray > 0 && e_m * self->toward[ray][1] < n_m * self->toward[ray][0]) {
        ray--;
    }
    while (ray < self->n_rays - 2 &&
           e_m * self->toward[ray + 1][1] >= n_m * self->toward[ray + 1][0]) {
        ray++;
    }
    return ray;
}

/* How many of a ray's first n samples are surely below the tangent, whatever lies in the cells
 * passed. */
static inline int vg_fan_clear_steps(const struct vg_fan *self, int ray, int n, float tangent)
{
    const struct vg_horizon *h = self->steepest + (size_t)ray * (size_t)self->n_steps;
    n = n < self->n_steps ? n : self->n_steps;
    while (n > 0 && h[n - 1].crest >= tangent) {
        n--;
    }
    return n;
}

#endif
