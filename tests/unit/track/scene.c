#include "scene.h"

static void put(struct scene *s, struct vg_scan *scan, double x, double y)
{
    struct vg_measurement *m = &s->m[scan->n++];
    *m = (struct vg_measurement){.kind = VG_MEASURED_POSITION, .x_m = x, .y_m = y};
    m->cov_m2[0] = m->cov_m2[2] = s->sd_m * s->sd_m;
}

struct vg_scan scene_scan(struct scene *s, double t_s)
{
    double w = s->high[0] - s->low[0], h = s->high[1] - s->low[1];
    const double corner[4][2] = {{s->low[0], s->low[1]},
                                 {s->high[0], s->low[1]},
                                 {s->high[0], s->high[1]},
                                 {s->low[0], s->high[1]}};
    for (int i = 0; i < 8; i++) {
        s->corner[i / 2][i % 2] = corner[i / 2][i % 2];
    }
    struct vg_scan scan = {.t_s = t_s,
                           .footprint_m = (const double(*)[2])s->corner,
                           .n_footprint = 4,
                           .pd = s->pd,
                           .clutter_per_m2 = s->clutter / (w * h),
                           .measurements = s->m};
    for (size_t i = 0; i < s->n; i++) {
        double x = s->at[i][0] + t_s * s->at[i][2], y = s->at[i][1] + t_s * s->at[i][3];
        if (x > s->low[0] && x < s->high[0] && y > s->low[1] && y < s->high[1] &&
            vg_rng_unit(&s->rng) < s->pd) {
            put(s, &scan, x + s->sd_m * vg_rng_normal(&s->rng),
                y + s->sd_m * vg_rng_normal(&s->rng));
        }
    }
    for (int i = 0; i < (int)s->clutter && scan.n < 4 * SCENE_MOST; i++) {
        put(s, &scan, s->low[0] + w * vg_rng_unit(&s->rng), s->low[1] + h * vg_rng_unit(&s->rng));
    }
    return scan;
}
