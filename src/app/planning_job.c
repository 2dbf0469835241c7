#include "app/planning_job.h"

#include "app/plan_curve.h"
#include "app/planning_radio.h"
#include "base/file.h"
#include "config/wf_edit.h"
#include "config/yaml.h"
#include "fly/timetable.h"
#include "io/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A curve is worth so long; with what has no timetable by then it is answered. */
static const int64_t CURVE_US = 25 * VG_US_PER_S;
/* Planned passes are told so many promises ahead, at most two days. */
static const double AHEAD_PROMISES = 2;
static const double AHEAD_MAX_S = 2 * 86400;

void vg_planning_job_free(struct vg_planning_job *job)
{
    vg_whatif_finish(&job->question);
    vg_sweeps_finish(&job->sweeps);
    vg_plan_finish(&job->flights);
    vg_buf_finish(&job->out);
    free(job->axis_m);
    free(job);
}

struct vg_planning_job *vg_planning_job_make(const struct vg_planning_options *options,
                                             const char *body, size_t n, const struct vg_plan *plan,
                                             struct vg_error *err)
{
    struct vg_planning_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        (void)vg_no_memory(err);
        return NULL;
    }
    const struct vg_network *net = &options->watch->network;
    job->terrain = options->terrain;
    job->axis_m = calloc((size_t)net->n_lines + 1, sizeof *job->axis_m);
    atomic_init(&job->is_stale, false);
    for (int k = 0; job->axis_m != NULL && k < net->n_lines; k++) {
        job->axis_m[k] = options->axis_m(options->ctx, net->lines[k].name);
    }
    if (job->axis_m == NULL) {
        (void)vg_no_memory(err);
        vg_planning_job_free(job);
        return NULL;
    }
    if (vg_whatif_parse(body, n, options->watch, &job->question, err) != VG_OK ||
        vg_sweeps_of_plan(options->watch, plan, &job->sweeps, err) != VG_OK) {
        vg_planning_job_free(job);
        return NULL;
    }
    if (job->question.want == VG_WHATIF_RADIO &&
        vg_planning_copy_flights(plan, &job->flights, err) != VG_OK) {
        vg_planning_job_free(job);
        return NULL;
    }
    job->err.lang = job->question.lang;
    return job;
}

/* ---- the answer ---- */

/* Drones by type and base, in the order of the bases. */
static void put_drones(const struct vg_watchfile *w, struct vg_buf *out)
{
    bool is_first = true;
    vg_buf_puts(out, ",\"drones\":[");
    for (int b = 0; b < w->n_bases; b++) {
        for (int t = 0; t < w->n_types; t++) {
            int n = 0;
            for (int d = 0; d < w->n_drones; d++) {
                n += w->drones[d].base == b && w->drones[d].type == t;
            }
            if (n > 0) {
                vg_buf_puts(out, is_first ? "{\"type\":" : ",{\"type\":");
                vg_buf_json(out, w->types[t].name);
                vg_buf_puts(out, ",\"base\":");
                vg_buf_json(out, w->bases[b].name);
                vg_buf_printf(out, ",\"n\":%d}", n);
                is_first = false;
            }
        }
    }
    vg_buf_puts(out, "]");
}

static void put_unreached(const struct vg_watchfile *w, const struct vg_plan *plan,
                          struct vg_buf *out)
{
    bool is_first = true;
    vg_buf_puts(out, ",\"unreached\":[");
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        if (st->is_unreachable) {
            vg_buf_printf(out, "%s{\"line\":%d,\"from_m\":%.0f,\"to_m\":%.0f,\"reason\":",
                          is_first ? "" : ",", vg_network_find_line(&w->network, st->line),
                          st->from_m, st->to_m);
            vg_buf_json(out, st->reason);
            vg_buf_puts(out, "}");
            is_first = false;
        }
    }
    vg_buf_puts(out, "]");
}

static double axis_of(void *ctx, const char *line)
{
    const struct vg_planning_job *job = ctx;
    int k = vg_network_find_line(&job->question.watch.network, line);
    return k >= 0 ? job->axis_m[k] : -1;
}

static enum vg_status put_plan(struct vg_planning_job *job, const struct vg_plan *plan,
                               double bound_s, struct vg_buf *out)
{
    double ahead_s = fmin(AHEAD_MAX_S, AHEAD_PROMISES * job->question.watch.revisit_s);
    vg_buf_printf(out,
                  ",\"plan\":{\"worst_gap_s\":%.1f,\"period_s\":%.1f,\"ratio\":%.3f,"
                  "\"from_us\":%lld,\"planned\":",
                  plan->worst_gap_s, plan->period_s, bound_s > 0 ? plan->worst_gap_s / bound_s : 0,
                  (long long)job->now.us);
    const struct vg_timetable timetable = {plan, job->now, job->now};
    vg_timetable_passes(&timetable, job->now, vg_us_add(job->now, vg_us_from_s(ahead_s)), axis_of,
                        job, out);
    enum vg_status st =
        vg_planning_put_radio(plan, &job->question.watch, job->terrain, out, &job->err);
    vg_buf_puts(out, "}");
    return st;
}

/* ---- on the worker ---- */

static bool go_on(void *ctx, double share)
{
    struct vg_planning_job *job = ctx;
    (void)share;
    return !atomic_load(&job->is_stale);
}

static bool has_time(void *ctx)
{
    const struct vg_planning_job *job = ctx;
    return vg_clock_mono_us() < job->until_us;
}

static enum vg_status run_curve(struct vg_planning_job *job)
{
    struct vg_curve curve;
    const struct vg_curve_options options = {.sweeps = &job->sweeps,
                                             .is_proven_only =
                                                 job->question.want == VG_WHATIF_PRICE,
                                             .progress = go_on,
                                             .go_on = has_time,
                                             .ctx = job};
    job->until_us = vg_clock_mono_us() + CURVE_US;
    enum vg_status st =
        vg_curve_make(&job->question.watch, job->terrain, &options, &curve, &job->err);
    if (st == VG_OK) {
        vg_buf_puts(&job->out, ",\"curve\":");
        vg_curve_json(&curve, &job->out);
        vg_curve_finish(&curve);
    }
    return st;
}

static enum vg_status run_plan(struct vg_planning_job *job, double bound_s)
{
    struct vg_plan plan = {0};
    const struct vg_planner_options options = {.sweeps = &job->sweeps,
                                               .progress = go_on,
                                               .ctx = job,
                                               .is_quick = true,
                                               .day = time(NULL) / VG_DAY_S};
    enum vg_status st =
        vg_planner_solve(&job->question.watch, job->terrain, &options, &plan, &job->err);
    if (st == VG_OK) {
        st = put_plan(job, &plan, bound_s, &job->out);
        vg_plan_finish(&plan);
    }
    return st;
}

/* Read anew: somebody may have changed it since the station began. */
static enum vg_status run_watch(struct vg_planning_job *job)
{
    const struct vg_watchfile *w = &job->question.watch;
    struct vg_buf text = {0};
    struct vg_buf changed = {0};
    enum vg_status st = vg_file_read(w->path, VG_YAML_MAX_BYTES, &text, &job->err);
    if (st == VG_OK) {
        st = vg_watchfile_edit(vg_buf_text(&text), text.n, w->path, vg_file_read, w, &changed,
                               &job->err);
    }
    if (st == VG_OK) {
        vg_buf_puts(&job->out, ",\"text\":");
        vg_buf_json(&job->out, vg_buf_text(&changed));
    }
    vg_buf_finish(&text);
    vg_buf_finish(&changed);
    return st;
}

static enum vg_status run_bound(struct vg_planning_job *job)
{
    struct vg_prospect found;
    struct vg_watchfile *w = &job->question.watch;
    const struct vg_prospect_options options = {.terrain = job->terrain,
                                                .sweeps = &job->sweeps,
                                                .lang = job->question.lang,
                                                .is_quick = job->question.want == VG_WHATIF_BOUND};
    enum vg_status st = vg_prospect_make(w, &options, &found, &job->err);
    if (st != VG_OK) {
        return st;
    }
    vg_buf_printf(&job->out, ",\"bound_s\":%.1f,\"reach_m\":%.0f,\"line_m\":%.0f", found.bound_s,
                  found.reach_m, vg_network_length_m(&w->network));
    put_drones(w, &job->out);
    put_unreached(w, &found.plan, &job->out);
    if (job->question.want == VG_WHATIF_PLAN && !atomic_load(&job->is_stale)) {
        st = run_plan(job, found.bound_s);
    }
    vg_prospect_finish(&found);
    return st;
}

static enum vg_status run_wanted(struct vg_planning_job *job)
{
    switch (job->question.want) {
    case VG_WHATIF_PRICE:
    case VG_WHATIF_CURVE:
        return run_curve(job);
    case VG_WHATIF_WATCH:
        return run_watch(job);
    case VG_WHATIF_RADIO:
        return vg_planning_put_radio(&job->flights, &job->question.watch, job->terrain, &job->out,
                                     &job->err);
    case VG_WHATIF_BOUND:
    case VG_WHATIF_PLAN:
    default:
        return run_bound(job);
    }
}

void vg_planning_job_run(void *ctx, const atomic_bool *is_cancelled)
{
    static const char *const WANTS[] = {"bound", "plan", "price", "curve", "watch", "radio"};
    struct vg_planning_job *job = ctx;
    int64_t from_us = vg_clock_mono_us();
    if (atomic_load(is_cancelled)) {
        return;
    }
    vg_buf_printf(&job->out, "{\"want\":\"%s\",\"promise_s\":%.0f", WANTS[job->question.want],
                  job->question.watch.revisit_s);
    job->status = run_wanted(job);
    if (job->status == VG_E_INVALID || job->status == VG_E_UNSUPPORTED) {
        /* That it cannot be done, and why, is an answer too. */
        job->status = VG_OK;
        vg_buf_puts(&job->out, ",\"refused\":");
        vg_buf_json(&job->out, job->err.message);
    }
    vg_buf_puts(&job->out, "}");
    if (job->status == VG_OK && job->out.is_failed) {
        job->status = vg_fail(&job->err, VG_E_NO_MEMORY, "out of memory");
    }
    job->took_us = vg_clock_mono_us() - from_us;
}
