#include "plan/check_inner.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool vg_check_break(struct vg_check *self, const char *rule, const char *format, ...)
{
    struct vg_check_report *r = self->report;
    if (r->is_kept) {
        r->is_kept = false;
        vg_format(r->rule, sizeof r->rule, "%s", rule);
        va_list args;
        va_start(args, format);
        vg_vformat(r->violation, sizeof r->violation, vg_tr(self->lang, format), args);
        va_end(args);
    }
    return false;
}

int64_t vg_check_ticks(double t_s)
{
    return llround(t_s * VG_CHECK_TICKS_PER_S);
}

const struct vg_wf_type *vg_check_type(const struct vg_check *self, int sortie)
{
    return &self->watch->types[self->watch->drones[self->drone[sortie]].type];
}

static bool check_names(struct vg_check *self)
{
    for (int k = 0; k < self->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &self->plan->sorties[k];
        self->drone[k] = vg_watchfile_find_drone(self->watch, so->drone);
        self->base_from[k] = vg_watchfile_find_base(self->watch, so->base_from);
        self->base_to[k] = vg_watchfile_find_base(self->watch, so->base_to);
        if (self->drone[k] < 0) {
            return vg_check_break(self, "unknown-name", "sortie %s: drone %s is not in the watch",
                                  so->id, so->drone);
        }
        if (self->base_from[k] < 0 || self->base_to[k] < 0) {
            return vg_check_break(self, "unknown-name",
                                  "sortie %s of drone %s: base %s is not in the watch", so->id,
                                  so->drone, self->base_from[k] < 0 ? so->base_from : so->base_to);
        }
        for (int v = 0; v < so->n_visits; v++) {
            if (vg_network_find_line(&self->watch->network, so->visits[v].line) < 0) {
                return vg_check_break(self, "unknown-name",
                                      "sortie %s of drone %s: line %s is not in the watch", so->id,
                                      so->drone, so->visits[v].line);
            }
        }
    }
    return true;
}

static bool check_all(struct vg_check *self, bool *out_no_memory)
{
    bool is_ok = check_names(self) && vg_check_flights(self) && vg_check_sweeps(self) &&
                 vg_check_clock(self) && vg_check_zones(self) && vg_check_heights(self) &&
                 vg_check_radio(self);
    if (!vg_check_repeats(self, out_no_memory)) {
        return false;
    }
    is_ok = is_ok && vg_check_fleet(self, out_no_memory) && vg_check_work(self, out_no_memory) &&
            vg_check_apart(self, out_no_memory) && vg_check_cover(self);
    /* The worst gap is told of broken plans too, as far as their visits have names. */
    if (is_ok || strcmp(self->report->rule, "unknown-name") != 0) {
        is_ok = vg_check_gaps(self, out_no_memory) && is_ok;
    }
    return is_ok && vg_check_wider(self) && vg_check_bound(self, out_no_memory) &&
           vg_check_least(self, out_no_memory);
}

enum vg_status vg_check_plan(const struct vg_plan *plan, const struct vg_watchfile *watch,
                             enum vg_lang lang, struct vg_check_report *out, struct vg_error *err)
{
    return vg_check_plan_over(plan, watch, NULL, lang, out, err);
}

enum vg_status vg_check_plan_over(const struct vg_plan *plan, const struct vg_watchfile *watch,
                                  const struct vg_terrain *terrain, enum vg_lang lang,
                                  struct vg_check_report *out, struct vg_error *err)
{
    size_t n = (size_t)plan->n_sorties + 1;
    struct vg_check_report report = {
        .is_kept = true, .n_sorties = plan->n_sorties, .least_between_m = HUGE_VAL};
    const struct vg_watchfile in_its_wind = vg_plan_watch(plan, watch);
    struct vg_check self = {
        .plan = plan, .watch = &in_its_wind, .terrain = terrain, .lang = lang, .report = &report};
    bool no_memory = false;
    self.drone = malloc(n * sizeof *self.drone);
    self.base_from = malloc(n * sizeof *self.base_from);
    self.base_to = malloc(n * sizeof *self.base_to);
    self.every = calloc(n, sizeof *self.every);
    for (int k = 0; k < plan->n_sorties; k++) {
        report.n_visits += plan->sorties[k].n_visits;
    }
    report.line_km = vg_network_length_m(&watch->network) / 1000;
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        report.reachable_km += st->is_unreachable ? 0 : (st->to_m - st->from_m) / 1000;
    }
    if (self.drone && self.base_from && self.base_to && self.every) {
        check_all(&self, &no_memory);
    } else {
        no_memory = true;
    }
    free(self.drone);
    free(self.base_from);
    free(self.base_to);
    free(self.every);
    if (no_memory) {
        return vg_no_memory(err);
    }
    *out = report;
    return VG_OK;
}
