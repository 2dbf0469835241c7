/* vigie plan WATCH: make the timetable, say what it promises. */
#include "app/load.h"
#include "app/make_plan.h"
#include "app/options.h"
#include "app/plan_curve.h"
#include "app/plan_more.h"

#include "base/file.h"
#include "base/time.h"
#include "plan/fleet.h"
#include "plan/least.h"
#include "plan/planner.h"
#include "plan/table.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double CURVE_TIME_S = 60;
static volatile sig_atomic_t is_interrupted;

static void on_interrupt(int signum)
{
    (void)signum;
    is_interrupted = 1;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct asked {
    const char *watch_path;
    const char *out_path;
    double time_s;
    int64_t moves; /* 0: as many as time allows */
    int64_t seed;
    double least_s; /* > 0: how many drones for this promise? */
    double unpredictable; /* share of the time given away; 0: none */
    struct vg_option_list without; /* drones */
    const char *places_path; /* of --suggest-bases */
    const char *curve_path; /* of --curve; "-": the table alone */
    const char *date; /* of the first day to plan for; NULL: today */
    bool wants_wider;
    double until_s;
};

/* Ctrl-C and the end of the time: the best plan so far is the answer. */
static bool go_on(void *ctx)
{
    const struct asked *a = ctx;
    return !is_interrupted && now_s() < a->until_s;
}

static bool is_wanted(void *ctx)
{
    (void)ctx;
    return !is_interrupted;
}

static bool show_progress(void *ctx, double share)
{
    (void)ctx;
    fprintf(stderr, "\r[%-30.*s] %3.0f %%", (int)(share * 30), "##############################",
            share * 100);
    if (share >= 1) {
        fputs("\r\033[K", stderr);
    }
    return true;
}

/* The first day that is planned for, days since 1970. */
static enum vg_status read_day(const struct asked *a, int64_t *out, struct vg_error *err)
{
    char full[64];
    struct vg_us t = vg_us((int64_t)time(NULL) * VG_US_PER_S);
    vg_format(full, sizeof full, "%.40sT00:00:00Z", a->date != NULL ? a->date : "");
    if (a->date != NULL && vg_time_parse(full, &t, NULL) != VG_OK) {
        return vg_fail(err, VG_E_INVALID, "--date wants a day such as 2026-12-21, not \"%s\"",
                       a->date);
    }
    *out = t.us / (VG_DAY_S * VG_US_PER_S);
    return VG_OK;
}

/* The least fleet's plan; the watch gets its drones. */
static enum vg_status find_least(const struct vg_app *app, const struct asked *a,
                                 struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                 struct vg_plan *plan, struct vg_error *err)
{
    struct vg_planner_options first = {0};
    struct vg_least least;
    enum vg_status st = read_day(a, &first.day, err);
    if (st != VG_OK) {
        return st;
    }
    st = vg_least_drones(watch, terrain, a->least_s, &first, &least, err);
    if (st != VG_OK) {
        return st;
    }
    free(watch->drones);
    watch->drones = least.drones;
    watch->n_drones = least.planned;
    *plan = least.plan;
    if (!app->is_json) {
        char promise[48];
        printf(vg_tr(app->lang, "%s: at least %d drones (proven), planned with %d:\n"),
               vg_duration_format(a->least_s, promise, sizeof promise), least.proven,
               least.planned);
    }
    return VG_OK;
}

static enum vg_status solve(const struct vg_app *app, struct asked *a, struct vg_watchfile *watch,
                            struct vg_plan *plan, struct vg_error *err)
{
    struct vg_terrain *terrain = NULL;
    struct vg_planner_options options = {.progress = app->is_terminal ? show_progress : NULL,
                                         .ctx = a,
                                         .moves = a->moves > 0 ? a->moves : INT64_MAX,
                                         .seed = (uint64_t)a->seed,
                                         .n_threads = VG_PLAN_THREADS,
                                         .go_on = go_on,
                                         .wants_wider = a->wants_wider,
                                         .go_on_wider = is_wanted};
    signal(SIGINT, on_interrupt);
    a->until_s = now_s() + a->time_s;
    enum vg_status st = read_day(a, &options.day, err);
    if (st == VG_OK) {
        st = vg_load_watch(a->watch_path, watch, err);
    }
    if (st == VG_OK) {
        st = vg_load_terrain(watch, &terrain, err);
    }
    if (st == VG_OK) {
        vg_load_note_datum(app, terrain);
        st = a->least_s > 0 ? find_least(app, a, watch, terrain, plan, err)
                            : vg_make_plan(watch, terrain, &options, plan, err);
    }
    if (st == VG_OK && a->without.n > 0) {
        struct vg_plan whole = *plan;
        *plan = (struct vg_plan){0};
        a->until_s = now_s() + a->time_s;
        st = vg_plan_more_without(app, watch, terrain, &options, &a->without, &whole, plan, err);
        vg_plan_finish(&whole);
    }
    if (st == VG_OK) {
        vg_planner_adopt(plan, watch);
    }
    vg_terrain_destroy(terrain);
    return st;
}

/* What is asked of the plan's worst gap. */
static double promise_of(const struct asked *a, const struct vg_watchfile *watch)
{
    return a->least_s > 0 ? a->least_s : watch->revisit_s;
}

static void put_table(const struct vg_app *app, const struct vg_watchfile *watch, double promise_s,
                      const struct vg_plan *plan)
{
    struct vg_buf table = {0};
    if (!app->is_json) {
        vg_plan_table(plan, watch, promise_s, app->lang, &table);
        fputs(vg_buf_text(&table), stdout);
    }
    vg_buf_finish(&table);
}

static enum vg_status put_out(const struct vg_app *app, const struct vg_plan *plan,
                              const char *out_path, struct vg_error *err)
{
    struct vg_buf json = {0};
    enum vg_status st = VG_OK;
    vg_plan_format(plan, &json);
    if (out_path != NULL) {
        st = vg_file_write(out_path, vg_buf_text(&json), json.n, err);
    }
    if (app->is_json) {
        fputs(vg_buf_text(&json), stdout);
    }
    vg_buf_finish(&json);
    return st;
}

static int suggest(const struct vg_app *app, const struct asked *a, struct vg_error *err)
{
    struct vg_watchfile watch = {0};
    enum vg_status st = vg_load_watch(a->watch_path, &watch, err);
    if (st == VG_OK) {
        st = vg_plan_more_bases(app, &watch, a->places_path, err);
    }
    vg_watchfile_finish(&watch);
    return st == VG_OK ? 0 : vg_app_fail(app, err);
}

/* The price of a promise; its timetables are given up when time is over. */
static int draw_curve(const struct vg_app *app, struct asked *a, struct vg_error *err)
{
    struct vg_watchfile watch = {0};
    struct vg_terrain *terrain = NULL;
    struct vg_curve_options options = {
        .progress = app->is_terminal ? show_progress : NULL, .go_on = go_on, .ctx = a};
    const char *path = strcmp(a->curve_path, "-") == 0 ? NULL : a->curve_path;
    signal(SIGINT, on_interrupt);
    a->until_s = now_s() + (a->time_s > 0 ? a->time_s : CURVE_TIME_S);
    enum vg_status st = vg_load_watch(a->watch_path, &watch, err);
    if (st == VG_OK) {
        st = vg_load_terrain(&watch, &terrain, err);
    }
    if (st == VG_OK) {
        vg_load_note_datum(app, terrain);
        st = vg_plan_curve(app, &watch, terrain, &options, path, err);
    }
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&watch);
    return st == VG_OK ? 0 : vg_app_fail(app, err);
}

int vg_cmd_plan(const struct vg_app *app, int argc, char **argv)
{
    struct asked a = {.seed = 1};
    int n = 0;
    const struct vg_option options[] = {{"o", VG_OPT_TEXT, &a.out_path},
                                        {"time", VG_OPT_DURATION, &a.time_s},
                                        {"seed", VG_OPT_INTEGER, &a.seed},
                                        {"moves", VG_OPT_INTEGER, &a.moves},
                                        {"unpredictable", VG_OPT_SHARE, &a.unpredictable},
                                        {"without", VG_OPT_LIST, &a.without},
                                        {"suggest-bases", VG_OPT_TEXT, &a.places_path},
                                        {"wider", VG_OPT_FLAG, &a.wants_wider},
                                        {"curve", VG_OPT_TEXT, &a.curve_path},
                                        {"date", VG_OPT_TEXT, &a.date},
                                        {"least-drones", VG_OPT_DURATION, &a.least_s}};
    int rc = vg_options_read(app, argc, argv, options, 11, &a.watch_path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0], "a watch file is wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_watchfile watch = {0};
    struct vg_plan plan = {0};
    if (a.curve_path != NULL) {
        return draw_curve(app, &a, &err);
    }
    a.time_s = a.time_s > 0 ? a.time_s : VG_PLAN_TIME_S;
    if (a.places_path != NULL) {
        return suggest(app, &a, &err);
    }
    enum vg_status st = solve(app, &a, &watch, &plan, &err);
    if (st == VG_OK) {
        put_table(app, &watch, promise_of(&a, &watch), &plan);
        if (a.wants_wider && !app->is_json) {
            vg_plan_more_wider(app, &watch, &plan);
        }
        if (a.unpredictable > 0) {
            st = vg_plan_more_scatter(app, &watch, a.unpredictable, a.seed, &plan, &err);
        }
    }
    bool is_apart = true;
    if (st == VG_OK) {
        st = vg_plan_more_air(app, &watch, a.unpredictable > 0, &plan, &is_apart, &err);
    }
    if (st == VG_OK && a.least_s > 0) {
        st = vg_plan_give_fleet(&plan, &watch, &err);
    }
    if (st == VG_OK) {
        st = put_out(app, &plan, a.out_path, &err);
    }
    rc = st != VG_OK                                              ? vg_app_fail(app, &err)
         : is_apart && plan.worst_gap_s <= promise_of(&a, &watch) ? 0
                                                                  : 1;
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    return rc;
}
