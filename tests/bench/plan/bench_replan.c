/* A new timetable on the whole border of Mali (examples/mali, 80 drones brought to 100): one drone
 * lost, each of many others lost in turn, and all of one base lost; seconds of processor time, and
 * the worst to come with the change over that without (the reference, of the same run). Once with
 * the first plan, once with one that was searched for. */
#include "base/file.h"
#include "flown.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    FLEET = 100,
    EVERY = 9, /* drones */
    MOVES = 3000000
};

static int lost_drone;
static int lost_base;

static bool is_that_drone(const struct flown *f, int drone)
{
    (void)f;
    return drone == lost_drone;
}

static bool is_of_that_base(const struct flown *f, int drone)
{
    return f->watch.drones[drone].base == lost_base;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int fail_with(const struct vg_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

/* More drones, dealt to the bases in turn. */
static bool enlarge(struct vg_watchfile *w)
{
    int had = w->n_drones;
    struct vg_wf_drone *more = realloc(w->drones, FLEET * sizeof *more);
    if (more == NULL) {
        return false;
    }
    w->drones = more;
    while (w->n_drones < FLEET) {
        struct vg_wf_drone *d = &w->drones[w->n_drones];
        *d = w->drones[w->n_drones % had];
        vg_format(d->id, sizeof d->id, "M%d", w->n_drones++);
    }
    return true;
}

/* What was done, and how long it took. */
static bool replan(struct flown *f, struct vg_replan_outcome *out, double *out_took_s)
{
    struct vg_error err = {0};
    double t0 = now_s();
    bool is_done = vg_replan_solve(&f->in, out, &err) == VG_OK;
    *out_took_s = now_s() - t0;
    if (!is_done) {
        fail_with(&err);
    }
    return is_done;
}

static void tell(const char *what, const struct flown *f, const struct vg_replan_outcome *out,
                 double took_s)
{
    const char *rule = out->n_new > 0 ? flown_check(f, &out->plan) : "";
    printf("%s: %.2f s (aim: under 2), %d bases change, worst to come %.3f of the promise, broken "
           "on %.0f km (reference: unchanged %.3f, %.0f km; ratio %.2f)%s%s\n",
           what, took_s, out->n_bases, out->with.ratio, out->with.broken_m / 1000,
           out->without.ratio, out->without.broken_m / 1000, out->with.ratio / out->without.ratio,
           rule[0] != '\0' ? "; the checker refuses it: " : "", rule);
}

static bool lose_one(struct flown *f)
{
    struct vg_replan_outcome out;
    double took_s;
    lost_drone = 0;
    flown_until(f, 86400, is_that_drone);
    bool is_done = replan(f, &out, &took_s);
    if (is_done) {
        tell("one lost", f, &out, took_s);
        vg_plan_finish(&out.plan);
    }
    return is_done;
}

static bool lose_each(struct flown *f)
{
    double most_s = 0;
    double sum = 0;
    double most = 0;
    int n = 0;
    for (lost_drone = 0; lost_drone < f->watch.n_drones; lost_drone += EVERY) {
        struct vg_replan_outcome out;
        double took_s;
        flown_until(f, 86400 + 1234 * lost_drone, is_that_drone);
        if (!replan(f, &out, &took_s)) {
            return false;
        }
        double ratio = out.with.ratio / out.without.ratio;
        most_s = fmax(most_s, took_s);
        most = fmax(most, ratio);
        sum += ratio;
        n++;
        vg_plan_finish(&out.plan);
    }
    printf("one of %d lost, in turn: at most %.2f s (aim: under 2), worst to come over unchanged: "
           "mean %.2f, at most %.2f\n",
           n, most_s, sum / n, most);
    return true;
}

static bool lose_base(struct flown *f)
{
    struct vg_replan_outcome out;
    double took_s;
    lost_base = f->watch.drones[0].base;
    flown_until(f, 86400, is_of_that_base);
    bool is_done = replan(f, &out, &took_s);
    if (is_done) {
        tell("a base lost", f, &out, took_s);
        vg_plan_finish(&out.plan);
    }
    return is_done;
}

static bool run(struct flown *f, int64_t moves)
{
    struct vg_error err = {0};
    const struct vg_planner_options options = {.moves = moves, .seed = 1};
    double t0 = now_s();
    if (vg_planner_solve(&f->watch, NULL, &options, &f->plan, &err) != VG_OK) {
        fail_with(&err);
        return false;
    }
    printf("plan, %s: %.2f s (%d drones, %d bases), worst gap %.3f of the promise\n",
           moves > 0 ? "searched for" : "the first", now_s() - t0, f->watch.n_drones,
           f->watch.n_bases, f->plan.worst_gap_s / f->watch.revisit_s);
    flown_init(f);
    bool is_done = lose_one(f) && lose_each(f) && lose_base(f);
    flown_finish(f);
    vg_plan_finish(&f->plan);
    return is_done;
}

int main(void)
{
    struct vg_error err = {0};
    struct vg_watchfile w;
    if (vg_watchfile_load("examples/mali/watch.yaml", vg_file_read, &w, &err) != VG_OK ||
        !enlarge(&w)) {
        return fail_with(&err);
    }
    struct flown first = {.watch = w};
    struct flown searched = {.watch = w};
    bool is_done = run(&first, 0) && run(&searched, MOVES);
    vg_watchfile_finish(&w);
    return is_done ? 0 : 1;
}
