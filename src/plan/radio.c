#include "plan/radio.h"

#include "base/time.h"
#include "geo/geodesy.h"
#include "plan/height.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LOOK_S = 10;
static const double LOOK_M = 250;
static const double BIN_M = 100;
static const double FAR_M = 500e3; /* no antenna sees a drone over that */

static bool hears_from(const struct vg_watchfile *watch, const struct vg_terrain *terrain, int base,
                       double mast_m, const struct vg_plan_point *drone)
{
    const struct vg_wf_base *b = &watch->bases[base];
    double range_m = watch->radio.range_m > 0 ? watch->radio.range_m : FAR_M;
    double eye_m = vg_height_ground_m(terrain, b->lat_deg, b->lon_deg) + mast_m;
    return vg_geo_distance_m(b->lat_deg, b->lon_deg, drone->lat_deg, drone->lon_deg) <= range_m &&
           (terrain == NULL || vg_terrain_sees(terrain, b->lat_deg, b->lon_deg, eye_m,
                                               drone->lat_deg, drone->lon_deg, drone->alt_msl_m));
}

bool vg_radio_hears(const struct vg_watchfile *watch, const struct vg_terrain *terrain, int base,
                    double lat_deg, double lon_deg, double alt_msl_m)
{
    const struct vg_plan_point drone = {0, lat_deg, lon_deg, alt_msl_m};
    return hears_from(watch, terrain, base, watch->bases[base].mast_m, &drone);
}

double vg_radio_mast_m(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                       double lat_deg, double lon_deg, double alt_msl_m)
{
    static const double MASTS_M[] = {5, 10, 15, 20, 30, 40, 60, 80, 120};
    const struct vg_plan_point drone = {0, lat_deg, lon_deg, alt_msl_m};
    for (size_t k = 0; k < sizeof MASTS_M / sizeof MASTS_M[0]; k++) {
        for (int b = 0; b < watch->n_bases; b++) {
            if (hears_from(watch, terrain, b, fmax(MASTS_M[k], watch->bases[b].mast_m), &drone)) {
                return MASTS_M[k];
            }
        }
    }
    return HUGE_VAL;
}

bool vg_radio_any_hears(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                        double lat_deg, double lon_deg, double alt_msl_m)
{
    bool is_heard = false;
    for (int b = 0; b < watch->n_bases && !is_heard; b++) {
        is_heard = vg_radio_hears(watch, terrain, b, lat_deg, lon_deg, alt_msl_m);
    }
    return is_heard;
}

struct listener {
    const struct vg_plan *plan;
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    struct vg_radio_report *out;
    int cap;
};

/* One more look at t0..t1 without any base: the silence before goes on, or a new one begins. */
static bool add_silence(struct listener *self, int sortie, double t0_s, double t1_s)
{
    struct vg_radio_report *out = self->out;
    struct vg_radio_sortie *so = &out->sorties[sortie];
    struct vg_radio_silence *last =
        out->n_silences > 0 ? &out->silences[out->n_silences - 1] : NULL;
    if (last != NULL && last->sortie == sortie && last->t_s[1] >= t0_s) {
        last->t_s[1] = t1_s;
    } else {
        if (out->n_silences == self->cap) {
            int cap = self->cap > 0 ? 2 * self->cap : 64;
            struct vg_radio_silence *more = realloc(out->silences, (size_t)cap * sizeof *more);
            if (more == NULL) {
                return false;
            }
            out->silences = more;
            self->cap = cap;
        }
        last = &out->silences[out->n_silences++];
        *last = (struct vg_radio_silence){sortie, {t0_s, t1_s}};
    }
    so->longest_s = fmax(so->longest_s, last->t_s[1] - last->t_s[0]);
    return true;
}

/* A leg in looks, each judged in its middle. */
static bool listen_leg(struct listener *self, int sortie, int own, const struct vg_plan_point *a,
                       const struct vg_plan_point *b)
{
    struct vg_radio_sortie *so = &self->out->sorties[sortie];
    double d_m = vg_geo_distance_m(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg);
    double lon_span = vg_wrap_180_deg(b->lon_deg - a->lon_deg);
    double span_s = b->t_s - a->t_s;
    int n = (int)ceil(fmax(span_s / LOOK_S, d_m / LOOK_M));
    so->flown_m += d_m;
    for (int q = 0; q < n; q++) {
        double f = (q + 0.5) / n;
        double lat = a->lat_deg + f * (b->lat_deg - a->lat_deg);
        double lon = vg_wrap_180_deg(a->lon_deg + f * lon_span);
        double alt = a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m);
        if (own >= 0 && vg_radio_hears(self->watch, self->terrain, own, lat, lon, alt)) {
            continue;
        }
        so->out_own_m += d_m / n;
        if (vg_radio_any_hears(self->watch, self->terrain, lat, lon, alt)) {
            continue;
        }
        so->out_any_m += d_m / n;
        if (!add_silence(self, sortie, a->t_s + span_s * q / n, a->t_s + span_s * (q + 1) / n)) {
            return false;
        }
    }
    return true;
}

enum vg_status vg_radio_listen(const struct vg_plan *plan, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, struct vg_radio_report *out,
                               struct vg_error *err)
{
    struct listener self = {.plan = plan, .watch = watch, .terrain = terrain, .out = out};
    *out = (struct vg_radio_report){.sorties =
                                        calloc((size_t)plan->n_sorties + 1, sizeof *out->sorties)};
    bool is_ok = out->sorties != NULL;
    for (int k = 0; k < plan->n_sorties && is_ok; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        int own = vg_watchfile_find_base(watch, so->base_from);
        for (int q = 1; q < so->n_track && is_ok; q++) {
            is_ok = listen_leg(&self, k, own, &so->track[q - 1], &so->track[q]);
        }
    }
    if (!is_ok) {
        vg_radio_finish(out);
        return vg_no_memory(err);
    }
    return VG_OK;
}

void vg_radio_finish(struct vg_radio_report *self)
{
    free(self->sorties);
    free(self->silences);
    *self = (struct vg_radio_report){0};
}

void vg_radio_trace(const struct vg_plan_sortie *sortie, const struct vg_radio_silence *silence,
                    void (*put)(struct vg_buf *out, const struct vg_plan_point *p, bool is_first),
                    struct vg_buf *out)
{
    bool is_first = true;
    for (int k = 0; k + 1 < sortie->n_track; k++) {
        double from_s = fmax(sortie->track[k].t_s, silence->t_s[0]);
        double to_s = fmin(sortie->track[k + 1].t_s, silence->t_s[1]);
        if (from_s < to_s) {
            struct vg_plan_point a = vg_plan_between(&sortie->track[k], from_s);
            struct vg_plan_point b = vg_plan_between(&sortie->track[k], to_s);
            if (is_first) {
                put(out, &a, true);
            }
            put(out, &b, false);
            is_first = false;
        }
    }
}

static void put_base(const struct vg_radio_report *self, const struct vg_plan *plan,
                     const char *base, enum vg_lang lang, struct vg_buf *out)
{
    struct vg_radio_sortie sum = {0};
    int worst = -1;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_radio_sortie *so = &self->sorties[k];
        if (strcmp(plan->sorties[k].base_from, base) == 0) {
            sum.flown_m += so->flown_m;
            sum.out_own_m += so->out_own_m;
            sum.out_any_m += so->out_any_m;
            worst = so->longest_s > sum.longest_s ? k : worst;
            sum.longest_s = fmax(sum.longest_s, so->longest_s);
        }
    }
    if (sum.flown_m > 0) {
        vg_buf_printf(
            out, vg_tr(lang, "  %s: of %.0f km flown %.1f out of its sight, %.1f of any base's"),
            base, sum.flown_m / 1000, sum.out_own_m / 1000, sum.out_any_m / 1000);
        if (worst >= 0) {
            char longest[32];
            vg_duration_format(sum.longest_s, longest, sizeof longest);
            vg_buf_printf(out, vg_tr(lang, "; longest %s, sortie %s"), longest,
                          plan->sorties[worst].id);
        }
        vg_buf_puts(out, "\n");
    }
}

/* Is s_m of a line swept by some visit during a silence? */
static bool is_swept_silent(const struct vg_radio_report *self, const struct vg_plan *plan,
                            const struct vg_plan_stretch *st, double s_m)
{
    for (int k = 0; k < self->n_silences; k++) {
        const struct vg_radio_silence *x = &self->silences[k];
        const struct vg_plan_sortie *so = &plan->sorties[x->sortie];
        for (int v = 0; v < so->n_visits; v++) {
            const struct vg_plan_visit *vi = &so->visits[v];
            double f = (s_m - vi->from_m) / (vi->to_m - vi->from_m);
            double t_s = vi->t0_s + f * (vi->t1_s - vi->t0_s);
            if (f >= 0 && f <= 1 && t_s >= x->t_s[0] && t_s <= x->t_s[1] &&
                strcmp(vi->line, st->line) == 0) {
                return true;
            }
        }
    }
    return false;
}

void vg_radio_table(const struct vg_radio_report *self, const struct vg_plan *plan,
                    const struct vg_watchfile *watch, enum vg_lang lang, struct vg_buf *out)
{
    vg_buf_puts(out, vg_tr(lang, "radio, all sorties once:\n"));
    for (int b = 0; b < watch->n_bases; b++) {
        put_base(self, plan, watch->bases[b].name, lang, out);
    }
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        double silent_m = 0;
        for (double s = st->from_m + BIN_M / 2; s < st->to_m && !st->is_unreachable; s += BIN_M) {
            silent_m += is_swept_silent(self, plan, st, s) ? BIN_M : 0;
        }
        if (silent_m > 0) {
            vg_buf_printf(out,
                          vg_tr(lang, "  %s, line %s: %.1f km swept out of any base's sight\n"),
                          st->id, st->line, silent_m / 1000);
        }
    }
}
