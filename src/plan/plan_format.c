/* Writes "vigie-plan/1". Keys stand in a fixed order and numbers have a fixed number of decimals,
 * so that the same plan is the same bytes. */
#include "plan/plan.h"

#include "plan/fleet.h"

#include "base/time.h"

#include <math.h>
#include <stdlib.h>

/* Decimals of each quantity in the file: metres (km with 3), tenths of seconds, 0.1 m on the
 * ground, 0.1 m of height. */
enum {
    DEC_KM = 3,
    DEC_S = 1,
    DEC_DEG = 6,
    DEC_ALT = 1,
    DEC_M = 1,
    DEC_SHARE = 4
};

/* By integers, not printf: a comma locale must not change the file, and this is most of the time
 * that writing takes. Zeros at the end are left out. Not finite is null. */
static void put_number(struct vg_buf *out, double x, int decimals)
{
    static const double POWER[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    if (!isfinite(x) || fabs(x) > 1e12) {
        vg_buf_puts(out, "null");
        return;
    }
    char text[40];
    int at = (int)sizeof text;
    bool is_negative = x < 0;
    int64_t v = llround(fabs(x) * POWER[decimals]);
    bool has_fraction = false;
    is_negative = is_negative && v > 0;
    for (int d = 0; d < decimals; d++, v /= 10) {
        has_fraction = has_fraction || v % 10 != 0;
        if (has_fraction) {
            text[--at] = (char)('0' + v % 10);
        }
    }
    if (has_fraction) {
        text[--at] = '.';
    }
    do {
        text[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    if (is_negative) {
        text[--at] = '-';
    }
    vg_buf_add(out, text + at, sizeof text - (size_t)at);
}

static void put_field(struct vg_buf *out, const char *key, double x, int decimals)
{
    vg_buf_puts(out, key);
    put_number(out, x, decimals);
}

static void put_passes(const struct vg_plan_stretch *st, struct vg_buf *out)
{
    for (int k = 0; k < st->n_passes; k++) {
        put_field(out, k > 0 ? ",[" : ",\"passes\":[[", st->passes[k].offset_m, DEC_M);
        put_field(out, ",", st->passes[k].depth_m, DEC_M);
        vg_buf_puts(out, "]");
    }
    vg_buf_puts(out, st->n_passes > 0 ? "]" : "");
    if (st->agl_m > 0) {
        put_field(out, ",\"agl_m\":", st->agl_m, DEC_M);
    }
    if (st->seen > 0) {
        put_field(out, ",\"seen\":", st->seen, DEC_SHARE);
    }
    if (st->hidden_m > 0) {
        put_field(out, ",\"hidden_km\":", st->hidden_m / 1000, DEC_KM);
    }
}

static void put_stretch(const struct vg_plan_stretch *st, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"id\":");
    vg_buf_json(out, st->id);
    vg_buf_puts(out, ",\"line\":");
    vg_buf_json(out, st->line);
    put_field(out, ",\"from_km\":", st->from_m / 1000, DEC_KM);
    put_field(out, ",\"to_km\":", st->to_m / 1000, DEC_KM);
    put_field(out, ",\"revisit_s\":", st->revisit_s, DEC_S);
    put_field(out, ",\"worst_gap_s\":", st->worst_gap_s, DEC_S);
    put_passes(st, out);
    if (st->is_unreachable) {
        vg_buf_puts(out, ",\"unreachable\":");
        vg_buf_json(out, st->reason);
    }
    vg_buf_puts(out, "}");
}

static void put_track(const struct vg_plan_sortie *so, struct vg_buf *out)
{
    vg_buf_puts(out, ",\n\"track\":[");
    for (int i = 0; i < so->n_track; i++) {
        const struct vg_plan_point *p = &so->track[i];
        vg_buf_puts(out, i > 0 ? ",[" : "[");
        put_number(out, p->t_s, DEC_S);
        put_field(out, ",", p->lat_deg, DEC_DEG);
        put_field(out, ",", p->lon_deg, DEC_DEG);
        put_field(out, ",", p->alt_msl_m, DEC_ALT);
        vg_buf_puts(out, "]");
    }
    vg_buf_puts(out, "]");
}

static void put_visits(const struct vg_plan_sortie *so, struct vg_buf *out)
{
    vg_buf_puts(out, ",\n\"visits\":[");
    for (int i = 0; i < so->n_visits; i++) {
        const struct vg_plan_visit *v = &so->visits[i];
        vg_buf_puts(out, i > 0 ? ",{\"line\":" : "{\"line\":");
        vg_buf_json(out, v->line);
        if (v->pass > 0) {
            put_field(out, ",\"pass\":", v->pass + 1, 0);
        }
        put_field(out, ",\"from_km\":", v->from_m / 1000, DEC_KM);
        put_field(out, ",\"to_km\":", v->to_m / 1000, DEC_KM);
        put_field(out, ",\"t0_s\":", v->t0_s, DEC_S);
        put_field(out, ",\"t1_s\":", v->t1_s, DEC_S);
        vg_buf_puts(out, "}");
    }
    vg_buf_puts(out, "]");
}

static void put_sortie(const struct vg_plan_sortie *so, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"id\":");
    vg_buf_json(out, so->id);
    vg_buf_puts(out, ",\"drone\":");
    vg_buf_json(out, so->drone);
    vg_buf_puts(out, ",\"base_from\":");
    vg_buf_json(out, so->base_from);
    vg_buf_puts(out, ",\"base_to\":");
    vg_buf_json(out, so->base_to);
    put_field(out, ",\"takeoff_s\":", so->takeoff_s, DEC_S);
    put_field(out, ",\"land_s\":", so->land_s, DEC_S);
    put_field(out, ",\"period_s\":", so->period_s, DEC_S);
    put_field(out, ",\"energy\":", so->energy, DEC_SHARE);
    if (so->depth_m > 0) {
        put_field(out, ",\"depth_m\":", so->depth_m, DEC_M);
    }
    put_track(so, out);
    put_visits(so, out);
    vg_buf_puts(out, "}");
}

static void put_clock(const struct vg_plan *self, struct vg_buf *out)
{
    if (self->is_clocked) {
        int minutes = (int)lround(self->clock_s / 60);
        vg_buf_printf(out, ",\"clock\":\"%02d:%02dZ\"", minutes / 60, minutes % 60);
    }
    if (self->has_daylight) {
        char text[VG_TIME_TEXT_SIZE];
        vg_time_format(vg_us(self->daylight_day * VG_DAY_S * VG_US_PER_S), text, sizeof text);
        vg_buf_printf(out, ",\"daylight\":\"%.10s\"", text);
    }
}

void vg_plan_format(const struct vg_plan *self, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"format\":\"vigie-plan/1\"");
    put_field(out, ",\"period_s\":", self->period_s, DEC_S);
    put_field(out, ",\"worst_gap_s\":", self->worst_gap_s, DEC_S);
    put_field(out, ",\"bound_s\":", self->bound_s, DEC_S);
    put_field(out, ",\"ratio\":", self->ratio, DEC_SHARE);
    if (self->has_wind) {
        put_field(out, ",\"wind\":[", self->wind_from_deg, 0);
        put_field(out, ",", self->wind_mps, DEC_S);
        vg_buf_puts(out, "]");
    }
    put_clock(self, out);
    vg_plan_put_fleet(self, out);
    vg_buf_puts(out, ",\n\"stretches\":[");
    for (int i = 0; i < self->n_stretches; i++) {
        vg_buf_puts(out, i > 0 ? ",\n" : "\n");
        put_stretch(&self->stretches[i], out);
    }
    vg_buf_puts(out, "],\n\"certificate\":");
    vg_buf_puts(out, self->certificate != NULL ? self->certificate : "{}");
    vg_buf_puts(out, ",\n\"sorties\":[");
    for (int i = 0; i < self->n_sorties; i++) {
        vg_buf_puts(out, i > 0 ? ",\n" : "\n");
        put_sortie(&self->sorties[i], out);
    }
    for (int i = 0; i < self->n_slots; i++) {
        const struct vg_plan_slot *x = &self->slots[i];
        vg_buf_puts(out, i > 0 ? ",\n{\"drone\":" : "],\n\"maintenance\":[\n{\"drone\":");
        vg_buf_json(out, x->drone);
        vg_buf_puts(out, ",\"base\":");
        vg_buf_json(out, x->base);
        put_field(out, ",\"from_s\":", x->from_s, DEC_S);
        put_field(out, ",\"to_s\":", x->to_s, DEC_S);
        put_field(out, ",\"period_s\":", x->period_s, DEC_S);
        vg_buf_puts(out, "}");
    }
    vg_buf_puts(out, "]}\n");
}
