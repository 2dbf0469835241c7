#include "plan/wider_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_FOUND = 4000,
    MOST_NEW = 1500,
    MOST_ROUNDS = 300,
    MOST_SHARES = 12,
    HALVINGS = 8
};
/* How close the program is solved on the way, and where the share is nearly found; the last share
 * is found by halving. */
static const double ROUGH = 2e-2;
static const double CLOSE = 2e-3;

struct search {
    struct vg_wider w;
    struct vg_wider_program program;
    struct vg_wider_dual now;
    struct vg_wider_dual mix;
    struct vg_wider_dual best;
    struct vg_wider_flight *found;
    double value; /* of the program */
    double proven; /* by the best duals at w.share */
    bool (*go_on)(void *ctx);
    void *ctx;
    bool is_out; /* of memory */
};

static bool dual_init(struct vg_wider_dual *d, const struct vg_wider *w)
{
    d->y = calloc((size_t)w->n_sites + 1, sizeof *d->y);
    d->price = calloc((size_t)w->n_groups + 1, sizeof *d->price);
    d->home = calloc((size_t)(w->n_types * w->p->watch->n_bases) + 1, sizeof *d->home);
    return d->y != NULL && d->price != NULL && d->home != NULL;
}

static void dual_finish(struct vg_wider_dual *d)
{
    free(d->y);
    free(d->price);
    free(d->home);
}

/* out := part of a and the rest of b. */
static void dual_mix(const struct vg_wider *w, const struct vg_wider_dual *a,
                     const struct vg_wider_dual *b, double part, struct vg_wider_dual *out)
{
    for (int k = 0; k < w->n_sites; k++) {
        out->y[k] = part * a->y[k] + (1 - part) * b->y[k];
    }
    for (int g = 0; g < w->n_groups; g++) {
        out->price[g] = part * a->price[g] + (1 - part) * b->price[g];
    }
    for (int k = 0; k < w->n_types * w->p->watch->n_bases; k++) {
        out->home[k] = part * a->home[k] + (1 - part) * b->home[k];
    }
}

/* The share of the fleet's time that these duals prove to be needed. Duals as the certificate will
 * hold them: prices raised by the excess, sum of price x drones 1. */
static double proves(const struct vg_wider *w, const struct vg_wider_dual *d, double excess)
{
    double worth = 0;
    double prices = 0;
    for (int k = 0; k < w->n_sites; k++) {
        worth += d->y[k];
    }
    for (int g = 0; g < w->n_groups; g++) {
        prices += d->price[g] * w->n_of[g];
    }
    return worth / prices / (1 + excess);
}

/* Judges the duals, keeps them if they prove more, adds flights; the number added. */
static int judge(struct search *s, const struct vg_wider_dual *d)
{
    double excess;
    int n = vg_wider_price(&s->w, d, s->found, MOST_FOUND, &excess);
    if (isnan(excess)) {
        s->is_out = true;
        return 0;
    }
    double share = proves(&s->w, d, excess);
    if (share > s->proven) {
        s->proven = share;
        dual_mix(&s->w, d, d, 1, &s->best);
    }
    n = n < MOST_NEW ? n : MOST_NEW;
    for (int k = 0; k < n && !s->is_out; k++) {
        s->is_out = !vg_wider_program_add(&s->program, &s->found[k]);
    }
    s->is_out = s->is_out || !vg_wider_program_grow(&s->program, &s->w);
    return n;
}

static bool goes_on(const struct search *s)
{
    return !s->is_out && (s->go_on == NULL || s->go_on(s->ctx));
}

/* Least share of the fleet's time at w.share, at least `close` above what is proven. */
static void solve_share(struct search *s, double close)
{
    bool was_proven = s->proven > 0;
    s->proven = 0;
    s->is_out = !vg_wider_program_build(&s->program, &s->w);
    if (was_proven && goes_on(s)) {
        judge(s, &s->best); /* duals of a share nearby are a start */
    }
    for (int round = 0; round < MOST_ROUNDS && goes_on(s); round++) {
        if (!vg_wider_program_solve(&s->program, &s->w, &s->value, &s->now) ||
            s->value <= s->proven * (1 + close)) {
            return;
        }
        int added = 0;
        if (s->proven > 0) {
            dual_mix(&s->w, &s->now, &s->best, 0.5, &s->mix);
            added = judge(s, &s->mix);
        }
        if (added < MOST_NEW / 10) {
            added += judge(s, &s->now);
        }
        if (added == 0) {
            return;
        }
    }
}

/* The greatest share, below the one at hand, that the best duals refute. */
static bool refute(struct search *s, double low, double high)
{
    double excess;
    for (int k = 0; k < HALVINGS && !s->is_out; k++) {
        s->w.share = k == 0 ? low : (low + high) / 2;
        vg_wider_price(&s->w, &s->best, s->found, MOST_FOUND, &excess);
        s->is_out = isnan(excess);
        bool is_refuted = proves(&s->w, &s->best, excess) >= 1;
        if (k == 0 && !is_refuted) {
            return false;
        }
        low = is_refuted ? s->w.share : low;
        high = is_refuted ? high : s->w.share;
    }
    s->w.share = low;
    return true;
}

/* From above: where the share of time needed at T is less than 1, T times it is nearer the truth
 * and not below it. */
static bool find_share(struct search *s)
{
    bool is_near = false;
    for (int k = 0; k < MOST_SHARES && goes_on(s); k++) {
        double share = s->w.share;
        solve_share(s, is_near ? CLOSE : ROUGH);
        if (!goes_on(s)) {
            return false;
        }
        if (s->proven >= 1) {
            return true;
        }
        if (s->proven > 1 - 2 * CLOSE && refute(s, share * (s->proven - CLOSE), share)) {
            return true;
        }
        s->w.share = share * fmin(1, is_near ? s->proven : s->value);
        is_near = is_near || s->value > 1 - ROUGH;
    }
    return false;
}

/* The single-pass flights that the narrower program uses, as a start. */
static bool take_start(struct search *s, const struct vg_rates *rates)
{
    const struct vg_problem *p = s->w.p;
    for (int q = 0; q < rates->n_columns; q++) {
        const struct vg_column *x = &rates->columns[q];
        struct vg_wider_flight f = {.chain = x->chain,
                                    .type = p->crews[x->crew].type,
                                    .from = p->crews[x->crew].base,
                                    .to = p->crews[x->crew].base,
                                    .a = x->i,
                                    .j = x->j,
                                    .c = -1};
        f.group = s->w.group_of[f.type * p->watch->n_bases + f.from];
        while (f.a <= f.j && s->w.row[f.chain][f.a] < 0) {
            f.a++;
        }
        while (f.j > f.a && s->w.row[f.chain][f.j] < 0) {
            f.j--;
        }
        f.q = f.j;
        f.cost = f.a <= f.j ? vg_wider_cost(&s->w, &f) : HUGE_VAL;
        if (x->rate > 1e-9 && f.cost < HUGE_VAL && !vg_wider_program_add(&s->program, &f)) {
            return false;
        }
    }
    return true;
}

/* ---- the certificate ---- */

static void put_prices(const struct vg_wider *w, const struct vg_wider_dual *d, struct vg_buf *out)
{
    const struct vg_watchfile *watch = w->p->watch;
    bool is_first = true;
    vg_buf_puts(out, ",\"prices\":[");
    for (int k = 0; k < w->n_types * watch->n_bases; k++) {
        int g = w->group_of[k];
        if (g < 0) {
            continue;
        }
        vg_buf_puts(out, is_first ? "[" : ",[");
        vg_buf_json(out, watch->bases[k % watch->n_bases].name);
        vg_buf_puts(out, ",");
        vg_buf_json(out, watch->types[k / watch->n_bases].name);
        vg_buf_printf(out, ",%.9g,%.12g]", d->price[g],
                      w->may_relay ? d->home[k] * w->p->least_revisit_s : 0.0);
        is_first = false;
    }
    vg_buf_puts(out, "]");
}

static void put_certificate(const struct vg_wider *w, const struct vg_wider_dual *d,
                            struct vg_buf *out)
{
    const struct vg_problem *p = w->p;
    vg_buf_printf(out, "{\"turn\":%s,\"relay\":%s,\"share\":%.6f", w->may_turn ? "true" : "false",
                  w->may_relay ? "true" : "false", floor(w->share * 1e6) / 1e6);
    put_prices(w, d, out);
    vg_buf_puts(out, ",\"ways\":[");
    for (int k = 0; k < p->n_chains; k++) {
        double *y = calloc((size_t)p->chains[k].n, sizeof *y);
        for (int i = 0; y != NULL && i < p->chains[k].n; i++) {
            y[i] = w->row[k][i] >= 0 ? d->y[w->row[k][i]] : 0;
        }
        out->is_failed = out->is_failed || y == NULL;
        vg_buf_puts(out, k > 0 ? ",\n" : "\n");
        if (y != NULL) {
            vg_bound_put_way(p, &p->chains[k], y, false, out);
        }
        free(y);
    }
    vg_buf_puts(out, "]}");
}

enum vg_status vg_wider_bound(const struct vg_rates *rates, enum vg_wider_kind kind,
                              bool (*go_on)(void *ctx), void *ctx, double *out_share,
                              struct vg_buf *out, struct vg_error *err)
{
    struct search s = {.go_on = go_on, .ctx = ctx};
    enum vg_status st = vg_wider_init(&s.w, rates, kind, err);
    *out_share = 0;
    if (st == VG_OK) {
        s.found = malloc(MOST_FOUND * sizeof *s.found);
        s.is_out = s.found == NULL || !dual_init(&s.now, &s.w) || !dual_init(&s.mix, &s.w) ||
                   !dual_init(&s.best, &s.w) || !take_start(&s, rates);
        if (!s.is_out && find_share(&s)) {
            *out_share = s.w.share;
            put_certificate(&s.w, &s.best, out);
        }
        st = s.is_out || out->is_failed ? vg_no_memory(err) : VG_OK;
    }
    free(s.found);
    dual_finish(&s.now);
    dual_finish(&s.mix);
    dual_finish(&s.best);
    vg_wider_program_finish(&s.program);
    vg_wider_finish(&s.w);
    return st;
}

enum vg_status vg_wider_add(const struct vg_rates *rates, bool is_relay_only,
                            bool (*go_on)(void *ctx), void *ctx, double *out_relay,
                            char **io_certificate, struct vg_error *err)
{
    struct vg_buf text = {0};
    size_t n = strlen(*io_certificate);
    enum vg_status st = VG_OK;
    vg_buf_add(&text, *io_certificate, n - 1); /* without its closing brace */
    vg_buf_puts(&text, ",\n\"wider\":[");
    size_t empty = text.n;
    *out_relay = 0;
    for (int kind = 0; kind < VG_WIDER_KINDS && st == VG_OK; kind++) {
        struct vg_buf one = {0};
        double share = 0;
        if (is_relay_only && kind != VG_WIDER_RELAY) {
            continue;
        }
        st = vg_wider_bound(rates, (enum vg_wider_kind)kind, go_on, ctx, &share, &one, err);
        *out_relay = kind == VG_WIDER_RELAY ? share : *out_relay;
        if (share > 0) {
            vg_buf_puts(&text, text.n > empty ? ",\n" : "\n");
            vg_buf_puts(&text, vg_buf_text(&one));
        }
        vg_buf_finish(&one);
    }
    vg_buf_puts(&text, "]}");
    if (st == VG_OK && text.is_failed) {
        st = vg_no_memory(err);
    }
    if (st != VG_OK) {
        vg_buf_finish(&text);
        return st;
    }
    free(*io_certificate);
    *io_certificate = text.data;
    return VG_OK;
}
