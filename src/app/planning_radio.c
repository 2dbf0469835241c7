#include "app/planning_radio.h"

#include <math.h>
#include <stdlib.h>

enum vg_status vg_planning_copy_flights(const struct vg_plan *plan, struct vg_plan *out,
                                        struct vg_error *err)
{
    *out = (struct vg_plan){.period_s = plan->period_s};
    out->sorties = calloc((size_t)plan->n_sorties + 1, sizeof *out->sorties);
    bool is_ok = out->sorties != NULL;
    for (int i = 0; i < plan->n_sorties && is_ok; i++) {
        is_ok = vg_plan_copy_sortie(&plan->sorties[i], 0, &out->sorties[i]);
        out->n_sorties += is_ok;
    }
    if (!is_ok) {
        vg_plan_finish(out);
        return vg_no_memory(err);
    }
    return VG_OK;
}

static void put_point(struct vg_buf *out, const struct vg_plan_point *p, bool is_first)
{
    vg_buf_printf(out, "%s[%.5f,%.5f]", is_first ? "" : ",", p->lon_deg, p->lat_deg);
}

static void put_report(const struct vg_radio_report *report, const struct vg_plan *plan,
                       struct vg_buf *out)
{
    struct vg_radio_sortie sum = {0};
    for (int i = 0; i < plan->n_sorties; i++) {
        sum.flown_m += report->sorties[i].flown_m;
        sum.out_any_m += report->sorties[i].out_any_m;
        sum.longest_s = fmax(sum.longest_s, report->sorties[i].longest_s);
    }
    vg_buf_printf(out,
                  ",\"radio\":{\"flown_m\":%.0f,\"out_m\":%.0f,\"longest_s\":%.0f,\"silent\":[",
                  sum.flown_m, sum.out_any_m, sum.longest_s);
    for (int k = 0; k < report->n_silences; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[report->silences[k].sortie];
        vg_buf_puts(out, k > 0 ? ",{\"sortie\":" : "{\"sortie\":");
        vg_buf_json(out, so->id);
        vg_buf_puts(out, ",\"points\":[");
        vg_radio_trace(so, &report->silences[k], put_point, out);
        vg_buf_puts(out, "]}");
    }
    vg_buf_puts(out, "]}");
}

enum vg_status vg_planning_put_radio(const struct vg_plan *plan, const struct vg_watchfile *watch,
                                     const struct vg_terrain *terrain, struct vg_buf *out,
                                     struct vg_error *err)
{
    struct vg_radio_report report = {0};
    if (!watch->radio.is_given) {
        vg_buf_puts(out, ",\"radio\":null");
        return VG_OK;
    }
    enum vg_status st = vg_radio_listen(plan, watch, terrain, &report, err);
    if (st == VG_OK) {
        put_report(&report, plan, out);
        vg_radio_finish(&report);
    }
    return st;
}
