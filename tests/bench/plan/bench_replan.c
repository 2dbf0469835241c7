/* A new timetable on the whole border of Mali (examples/mali, 80 drones brought to 100): one drone
 * lost, and all of one base lost; seconds, and the worst to come with and without the change. */
#include "base/file.h"
#include "plan/replan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FLEET = 100,
    PASSES = 100000,
    BINS = 40000
};
static const double BIN_M = 500;

/* The watch as it is when the plan has been flown for a day. */
struct scene {
    struct vg_watchfile watch;
    struct vg_plan plan;
    struct vg_replan_drone drones[FLEET];
    bool has_changed[FLEET];
    struct vg_replan_pass passes[PASSES];
    int n_passes;
    double last_s[BINS]; /* seen, seconds from now (negative) */
    int first_bin[64];
    double now_s;
};

static struct scene scene;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double unseen_s(void *ctx, int line, double s_m)
{
    (void)ctx;
    return -scene.last_s[scene.first_bin[line] + (int)(s_m / BIN_M)];
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

static void fly_visit(const struct vg_plan_visit *v, double shift_s, bool is_under_way)
{
    int line = vg_network_find_line(&scene.watch.network, v->line);
    double t0 = v->t0_s + shift_s;
    double t1 = v->t1_s + shift_s;
    if (is_under_way && t1 > 0 && scene.n_passes < PASSES) {
        scene.passes[scene.n_passes++] =
            (struct vg_replan_pass){line, v->from_m, v->to_m, t0, t1, v->pass};
    }
    double lo = v->from_m < v->to_m ? v->from_m : v->to_m;
    double hi = v->from_m < v->to_m ? v->to_m : v->from_m;
    for (int b = (int)(lo / BIN_M); b <= (int)(hi / BIN_M); b++) {
        double *last = &scene.last_s[scene.first_bin[line] + b];
        *last = t1 <= 0 && t1 > *last ? t1 : *last;
    }
}

/* What has been seen, what is in the air, when each drone is ready. */
static void set_scene(void)
{
    const struct vg_network *net = &scene.watch.network;
    int n = 0;
    scene.n_passes = 0;
    for (int k = 0; k < net->n_lines; k++) {
        scene.first_bin[k] = n;
        n += (int)(net->lines[k].length_m / BIN_M) + 2;
    }
    for (int b = 0; b < n; b++) {
        scene.last_s[b] = -scene.now_s;
    }
    for (int k = 0; k < scene.plan.n_sorties; k++) {
        const struct vg_plan_sortie *so = &scene.plan.sorties[k];
        int d = 0;
        while (strcmp(scene.watch.drones[d].id, so->drone) != 0) {
            d++;
        }
        double turnaround_s = scene.watch.types[scene.watch.drones[d].type].turnaround_s;
        for (double at = -scene.now_s; at + so->takeoff_s < 0; at += so->period_s) {
            bool is_under_way = at + so->land_s > 0 && !scene.drones[d].is_out;
            double ready_s = at + so->land_s + turnaround_s;
            scene.drones[d].ready_s =
                ready_s > scene.drones[d].ready_s ? ready_s : scene.drones[d].ready_s;
            for (int v = 0; v < so->n_visits; v++) {
                fly_visit(&so->visits[v], at, is_under_way);
            }
        }
    }
}

static int lose(const char *what)
{
    set_scene();
    struct vg_replan_input in = {.watch = &scene.watch,
                                 .plan = &scene.plan,
                                 .plan_now_s = scene.now_s,
                                 .drones = scene.drones,
                                 .has_changed = scene.has_changed,
                                 .under_way = scene.passes,
                                 .n_under_way = scene.n_passes,
                                 .unseen_s = unseen_s,
                                 .number = 1};
    struct vg_replan_outcome out;
    struct vg_error err = {0};
    int n = 0;
    for (int k = 0; k < scene.watch.n_drones; k++) {
        n += scene.drones[k].is_out;
    }
    double t0 = now_s();
    if (vg_replan_solve(&in, &out, &err) != VG_OK) {
        return fail_with(&err);
    }
    double took_s = now_s() - t0;
    printf("%s: %.2f s (aim: under 2), %d drones out, %d bases change, worst to come %.3f of the "
           "promise (reference: unchanged %.3f)\n",
           what, took_s, n, out.n_bases, out.with.ratio, out.without.ratio);
    vg_plan_finish(&out.plan);
    return 0;
}

int main(void)
{
    struct vg_error err = {0};
    struct vg_watchfile *w = &scene.watch;
    if (vg_watchfile_load("examples/mali/watch.yaml", vg_file_read, w, &err) != VG_OK ||
        !enlarge(w)) {
        return fail_with(&err);
    }
    double t0 = now_s();
    if (vg_planner_solve(w, NULL, NULL, &scene.plan, &err) != VG_OK) {
        return fail_with(&err);
    }
    printf("plan: %.2f s (%d drones, %d bases), worst gap %.3f of the promise\n", now_s() - t0,
           w->n_drones, w->n_bases, scene.plan.worst_gap_s / w->revisit_s);
    scene.now_s = 86400;
    scene.drones[0].is_out = scene.has_changed[0] = true;
    int rc = lose("one lost");
    for (int k = 0; k < w->n_drones; k++) {
        scene.has_changed[k] = scene.drones[k].is_out = w->drones[k].base == w->drones[0].base;
    }
    rc = rc != 0 ? rc : lose("a base lost");
    vg_plan_finish(&scene.plan);
    vg_watchfile_finish(w);
    return rc;
}
