/* The pieces of a sortie's track that no base hears. */
#include "fly/export_priv.h"

#include "geo/geodesy.h"

#include <math.h>

static struct vg_plan_point point_at(const struct vg_plan_sortie *so, int k, double t_s)
{
    const struct vg_plan_point *a = &so->track[k];
    const struct vg_plan_point *b = a + 1;
    double f = fmin(1, fmax(0, (t_s - a->t_s) / (b->t_s - a->t_s)));
    double lon = a->lon_deg + f * vg_wrap_180_deg(b->lon_deg - a->lon_deg);
    return (struct vg_plan_point){t_s, a->lat_deg + f * (b->lat_deg - a->lat_deg),
                                  vg_wrap_180_deg(lon),
                                  a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m)};
}

void vg_export_silence(const struct vg_export_sortie *sortie,
                       const struct vg_radio_silence *silence,
                       void (*put)(struct vg_buf *out, const struct vg_plan_point *p,
                                   bool is_first),
                       struct vg_buf *out)
{
    const struct vg_plan_sortie *so = sortie->sortie;
    bool is_first = true;
    for (int k = 0; k + 1 < so->n_track; k++) {
        double from_s = fmax(so->track[k].t_s, silence->t_s[0]);
        double to_s = fmin(so->track[k + 1].t_s, silence->t_s[1]);
        if (from_s < to_s) {
            struct vg_plan_point a = point_at(so, k, from_s);
            struct vg_plan_point b = point_at(so, k, to_s);
            if (is_first) {
                put(out, &a, true);
            }
            put(out, &b, false);
            is_first = false;
        }
    }
}
