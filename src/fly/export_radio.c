/* The pieces of a sortie's track that no base hears. */
#include "fly/export_priv.h"

#include <math.h>

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
            struct vg_plan_point a = vg_plan_between(&so->track[k], from_s);
            struct vg_plan_point b = vg_plan_between(&so->track[k], to_s);
            if (is_first) {
                put(out, &a, true);
            }
            put(out, &b, false);
            is_first = false;
        }
    }
}
