/* Stretches in the table. A few have a line each; many are told in runs that are alike, and of the
 * gaps only the tightest: the plan file has all of them. */
#include "base/time.h"
#include "plan/table_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEW = 12 /* so many have a line each */
};

static const double JOIN_M = 0.5; /* a stretch that begins here goes on from the one before */

/* Stretches first .. last of the plan, told as one. */
struct run {
    int first;
    int last;
};

typedef bool (*alike_fn)(const struct vg_plan_stretch *a, const struct vg_plan_stretch *b);

static bool goes_on(const struct vg_plan_stretch *a, const struct vg_plan_stretch *b)
{
    return strcmp(a->line, b->line) == 0 && fabs(a->to_m - b->from_m) < JOIN_M;
}

/* The longest run from `first` on. */
static struct run run_from(const struct vg_plan *plan, int first, alike_fn is_alike)
{
    struct run r = {first, first};
    const struct vg_plan_stretch *st = plan->stretches;
    while (plan->n_stretches > FEW && r.last + 1 < plan->n_stretches &&
           goes_on(&st[r.last], &st[r.last + 1]) && is_alike(&st[r.last], &st[r.last + 1])) {
        r.last++;
    }
    return r;
}

/* "S229 to S250.1, line border, km 3217.0 to 3754.3" */
static void put_place(const struct vg_plan *plan, struct run r, enum vg_lang lang,
                      struct vg_buf *out)
{
    const struct vg_plan_stretch *a = &plan->stretches[r.first];
    const struct vg_plan_stretch *b = &plan->stretches[r.last];
    char from[32];
    char to[32];
    vg_decimal_format(lang, a->from_m / 1000, 1, from, sizeof from);
    vg_decimal_format(lang, b->to_m / 1000, 1, to, sizeof to);
    if (a == b) {
        vg_buf_puts(out, a->id);
    } else {
        vg_buf_printf(out, vg_tr(lang, "%s to %s"), a->id, b->id);
    }
    vg_buf_printf(out, vg_tr(lang, ", line %s, km %s to %s: "), a->line, from, to);
}

static bool is_out_too(const struct vg_plan_stretch *a, const struct vg_plan_stretch *b)
{
    return a->is_unreachable && b->is_unreachable;
}

/* The ends of a run lie nearest to what is watched: their reasons say what would be needed. */
static void put_unreachable(const struct vg_plan *plan, enum vg_lang lang, struct vg_buf *out)
{
    for (int k = 0; k < plan->n_stretches; k++) {
        if (!plan->stretches[k].is_unreachable) {
            continue;
        }
        struct run r = run_from(plan, k, is_out_too);
        const char *first = plan->stretches[r.first].reason;
        const char *last = plan->stretches[r.last].reason;
        vg_buf_puts(out, vg_tr(lang, "NOT WATCHED: "));
        put_place(plan, r, lang, out);
        vg_buf_puts(out, first);
        if (strcmp(first, last) != 0) {
            vg_buf_printf(out, vg_tr(lang, "; at its other end %s"), last);
        }
        vg_buf_puts(out, "\n");
        k = r.last;
    }
}

static bool is_swept_too(const struct vg_plan_stretch *a, const struct vg_plan_stretch *b)
{
    bool is = !a->is_unreachable && !b->is_unreachable && a->n_passes == b->n_passes &&
              fabs(a->agl_m - b->agl_m) < JOIN_M;
    for (int p = 0; p < a->n_passes && is; p++) {
        is = fabs(a->passes[p].offset_m - b->passes[p].offset_m) < JOIN_M;
    }
    return is;
}

/* How each stretch is swept. */
static void put_passes(const struct vg_plan *plan, enum vg_lang lang, struct vg_buf *out)
{
    bool is_any = false;
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        if (st->n_passes == 0 || st->is_unreachable) {
            continue;
        }
        struct run r = run_from(plan, k, is_swept_too);
        struct vg_plan_sight sight = {st->seen, 0, true};
        for (int j = r.first; j <= r.last; j++) {
            sight.seen = fmin(sight.seen, plan->stretches[j].seen);
            sight.hidden_m += plan->stretches[j].hidden_m;
        }
        vg_buf_puts(out, is_any ? "  " : vg_tr(lang, "passes:\n  "));
        is_any = true;
        put_place(plan, r, lang, out);
        vg_plan_pass_words(st, &sight, lang, out);
        k = r.last;
    }
}

static double strain(const struct vg_plan_stretch *st)
{
    return st->worst_gap_s / st->revisit_s;
}

static int by_strain(const void *a, const void *b)
{
    const struct vg_plan_stretch *x = *(const struct vg_plan_stretch *const *)a;
    const struct vg_plan_stretch *y = *(const struct vg_plan_stretch *const *)b;
    double d = strain(y) - strain(x);
    return d != 0 ? (d > 0 ? 1 : -1) : (x > y) - (x < y);
}

static void put_wish(const struct vg_plan *plan, const struct vg_plan_stretch *st,
                     enum vg_lang lang, struct vg_buf *out)
{
    char gap[48];
    char wanted[48];
    int k = (int)(st - plan->stretches);
    vg_duration_format(st->worst_gap_s, gap, sizeof gap);
    vg_duration_format(st->revisit_s, wanted, sizeof wanted);
    put_place(plan, (struct run){k, k}, lang, out);
    vg_buf_printf(out, vg_tr(lang, "seen every %s, wanted %s\n"), gap, wanted);
}

static bool is_mixed(const struct vg_plan *plan, const struct vg_watchfile *watch)
{
    for (int k = 0; k < plan->n_stretches; k++) {
        if (fabs(plan->stretches[k].revisit_s - watch->revisit_s) > 0.1) {
            return true;
        }
    }
    return false;
}

/* Stretches with a wish of their own, where there are such; of many those that wait longest for
 * their wish. */
static void put_wishes(const struct vg_plan *plan, enum vg_lang lang, struct vg_buf *out)
{
    const struct vg_plan_stretch **list = calloc((size_t)plan->n_stretches + 1, sizeof *list);
    int n = 0;
    if (list == NULL) {
        out->is_failed = true;
        return;
    }
    for (int k = 0; k < plan->n_stretches; k++) {
        if (!plan->stretches[k].is_unreachable) {
            list[n++] = &plan->stretches[k];
        }
    }
    if (n > FEW) {
        qsort(list, (size_t)n, sizeof *list, by_strain);
    }
    for (int k = 0; k < n && k < FEW; k++) {
        put_wish(plan, list[k], lang, out);
    }
    if (n > FEW) {
        vg_buf_printf(out, vg_tr(lang, "%d more stretches: each seen within %.0f %% of its wish\n"),
                      n - FEW, ceil(100 * strain(list[FEW])));
    }
    free(list);
}

void vg_plan_table_stretches(const struct vg_plan *plan, const struct vg_watchfile *watch,
                             enum vg_lang lang, struct vg_buf *out)
{
    put_passes(plan, lang, out);
    if (is_mixed(plan, watch)) {
        put_wishes(plan, lang, out);
    }
    put_unreachable(plan, lang, out);
}
