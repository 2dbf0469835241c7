#include "fly/timetable.h"

#include <math.h>
#include <string.h>

struct vg_us vg_timetable_epoch(const struct vg_plan *plan, struct vg_us now)
{
    int64_t day_us = VG_DAY_S * VG_US_PER_S;
    int64_t since_us = (now.us - vg_us_from_s(plan->clock_s).us) % day_us;
    return vg_us(now.us - (since_us < 0 ? since_us + day_us : since_us));
}

struct vg_departure vg_timetable_at(const struct vg_timetable *self, int sortie, int64_t turn)
{
    const struct vg_plan_sortie *s = &self->plan->sorties[sortie];
    struct vg_us base = vg_us_add(self->epoch, vg_us_from_s((double)turn * s->period_s));
    return (struct vg_departure){sortie, turn, vg_us_add(base, vg_us_from_s(s->takeoff_s)),
                                 vg_us_add(base, vg_us_from_s(s->land_s))};
}

struct vg_departure vg_timetable_next(const struct vg_timetable *self, const char *drone,
                                      struct vg_us from)
{
    struct vg_departure best = {.sortie = -1};
    from = from.us > self->begins.us ? from : self->begins;
    double since_s = vg_us_to_s(vg_us_sub(from, self->epoch));
    for (int i = 0; i < self->plan->n_sorties; i++) {
        const struct vg_plan_sortie *s = &self->plan->sorties[i];
        if (strcmp(s->drone, drone) != 0) {
            continue;
        }
        double turn = ceil((since_s - s->takeoff_s) / s->period_s - 1e-9);
        struct vg_departure f = vg_timetable_at(self, i, turn > 0 ? (int64_t)turn : 0);
        if (f.takeoff.us < from.us) { /* rounding of microseconds */
            f = vg_timetable_at(self, i, f.turn + 1);
        }
        if (best.sortie < 0 || f.takeoff.us < best.takeoff.us) {
            best = f;
        }
    }
    return best;
}

bool vg_timetable_is_open(const struct vg_watchfile *watch, const struct vg_plan_sortie *sortie,
                          struct vg_us takeoff)
{
    int from = vg_watchfile_find_base(watch, sortie->base_from);
    int to = vg_watchfile_find_base(watch, sortie->base_to);
    double up_s = vg_us_to_s(takeoff);
    double down_s = up_s + sortie->land_s - sortie->takeoff_s;
    return (from < 0 || !vg_hours_hold(&watch->bases[from].closed, up_s)) &&
           (to < 0 || !vg_hours_hold(&watch->bases[to].closed, down_s));
}

bool vg_timetable_is_worked_on(const struct vg_timetable *self, const char *drone,
                               struct vg_us from, struct vg_us to)
{
    double from_s = vg_us_to_s(vg_us_sub(from, self->epoch));
    double to_s = vg_us_to_s(vg_us_sub(to, self->epoch));
    for (int k = 0; k < self->plan->n_slots; k++) {
        const struct vg_plan_slot *x = &self->plan->slots[k];
        /* The first of its repetitions that ends after `from`. */
        double turn = floor((from_s - x->to_s) / x->period_s) + 1;
        if (strcmp(x->drone, drone) == 0 && x->from_s + turn * x->period_s < to_s) {
            return true;
        }
    }
    return false;
}

const char *vg_departure_id(const struct vg_plan *plan, const struct vg_departure *flight,
                            bool is_relief, char *buf, size_t size_bytes)
{
    vg_format(buf, size_bytes, "%s#%lld%s", plan->sorties[flight->sortie].id,
              (long long)flight->turn, is_relief ? "R" : "");
    return buf;
}

static void put_pass(const struct vg_plan_sortie *s, const char *id, double shift_s, double from_s,
                     double to_s, double (*axis_m)(void *, const char *), void *ctx, bool *is_first,
                     struct vg_buf *out)
{
    bool is_open = false;
    double last_t_s = (double)NAN;
    for (int i = 0; i < s->n_visits; i++) {
        const struct vg_plan_visit *v = &s->visits[i];
        double t0_s = v->t0_s + shift_s;
        double t1_s = v->t1_s + shift_s;
        double at_m = axis_m(ctx, v->line);
        if (at_m < 0 || t1_s < from_s || t0_s > to_s) {
            continue;
        }
        if (!is_open) {
            vg_buf_puts(out, *is_first ? "{\"drone\":" : ",{\"drone\":");
            vg_buf_json(out, s->drone);
            vg_buf_puts(out, ",\"sortie\":");
            vg_buf_json(out, id);
            vg_buf_puts(out, ",\"points\":[");
            *is_first = false;
        }
        if (!is_open || fabs(t0_s - last_t_s) > 1) {
            vg_buf_printf(out, "%s[%.0f,%.0f]", is_open ? ",null," : "", t0_s, at_m + v->from_m);
        }
        vg_buf_printf(out, ",[%.0f,%.0f]", t1_s, at_m + v->to_m);
        is_open = true;
        last_t_s = t1_s;
    }
    vg_buf_puts(out, is_open ? "]}" : "");
}

void vg_timetable_passes(const struct vg_timetable *self, struct vg_us from, struct vg_us to,
                         double (*axis_m)(void *ctx, const char *line), void *ctx,
                         struct vg_buf *out)
{
    bool is_first = true;
    vg_buf_puts(out, "[");
    for (int i = 0; i < self->plan->n_sorties; i++) {
        const struct vg_plan_sortie *s = &self->plan->sorties[i];
        double first = floor(vg_us_to_s(vg_us_sub(from, self->epoch)) / s->period_s) - 1;
        for (int64_t turn = first > 0 ? (int64_t)first : 0;; turn++) {
            struct vg_departure f = vg_timetable_at(self, i, turn);
            if (f.takeoff.us > to.us) {
                break;
            }
            if (f.takeoff.us < self->begins.us) {
                continue;
            }
            double shift_s = vg_us_to_s(f.takeoff) - s->takeoff_s;
            char id[64];
            vg_departure_id(self->plan, &f, false, id, sizeof id);
            put_pass(s, id, shift_s, vg_us_to_s(from), vg_us_to_s(to), axis_m, ctx, &is_first, out);
        }
    }
    vg_buf_puts(out, "]");
}
