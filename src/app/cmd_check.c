/* vigie check PLAN.json WATCH: the independent checker. */
#include "app/load.h"
#include "app/options.h"

#include "base/time.h"
#include "plan/check.h"
#include "plan/planner.h"

#include <math.h>
#include <stdio.h>

static void print_json(const struct vg_plan *plan, const struct vg_check_report *r)
{
    struct vg_buf b = {0};
    vg_buf_printf(&b, "{\"kept\":%s,\"rule\":", r->is_kept ? "true" : "false");
    vg_buf_json(&b, r->rule);
    vg_buf_puts(&b, ",\"violation\":");
    vg_buf_json(&b, r->violation);
    vg_buf_printf(&b,
                  ",\"worst_gap_s\":%.1f,\"sorties\":%d,\"visits\":%d,\"line_km\":%.1f,"
                  "\"reachable_km\":%.1f",
                  r->worst_gap_s, r->n_sorties, r->n_visits, r->line_km, r->reachable_km);
    if (plan->has_wind) {
        vg_buf_printf(&b, ",\"wind\":[%.0f,%.1f]", plan->wind_from_deg, plan->wind_mps);
    }
    if (isfinite(r->least_between_m)) {
        vg_buf_printf(&b, ",\"least_between_m\":%.1f", r->least_between_m);
    }
    if (r->least_drones > 0) {
        vg_buf_printf(&b, ",\"least_drones\":%d,\"least_promise_s\":%.1f", r->least_drones,
                      r->least_promise_s);
    }
    vg_buf_puts(&b, "}\n");
    fputs(vg_buf_text(&b), stdout);
    vg_buf_finish(&b);
}

static void print_text(enum vg_lang lang, const struct vg_plan *plan,
                       const struct vg_check_report *r)
{
    char gap[40];
    char reachable[32];
    char line[32];
    vg_duration_format(r->worst_gap_s, gap, sizeof gap);
    if (r->is_kept) {
        printf(vg_tr(lang, "The plan holds: %d sorties, %d visits, %s of %s km within reach, "
                           "worst gap %s.\n"),
               r->n_sorties, r->n_visits,
               vg_decimal_format(lang, r->reachable_km, 1, reachable, sizeof reachable),
               vg_decimal_format(lang, r->line_km, 1, line, sizeof line), gap);
        if (plan->has_wind) {
            char speed[32];
            printf(vg_tr(lang, "It was made for wind from %.0f° at %s m/s, not for the watch's.\n"),
                   plan->wind_from_deg,
                   vg_decimal_format(lang, plan->wind_mps, 1, speed, sizeof speed));
        }
        if (isfinite(r->least_between_m)) {
            printf(vg_tr(lang, "Drones that pass near each other have at least %.0f m of height "
                               "between them.\n"),
                   floor(r->least_between_m));
        }
        if (plan->n_fleet > 0) {
            printf(vg_tr(lang, "It has a fleet of its own: %d drones, not those of the watch.\n"),
                   plan->n_fleet);
        }
        if (r->least_drones > 0) {
            char promise[40];
            vg_duration_format(r->least_promise_s, promise, sizeof promise);
            printf(vg_tr(lang, "Fewer than %d drones cannot keep %s, wherever they stand.\n"),
                   r->least_drones, promise);
        }
    } else {
        printf(vg_tr(lang, "The plan does not hold (%s): %s\n"), r->rule, r->violation);
    }
}

int vg_cmd_check(const struct vg_app *app, int argc, char **argv)
{
    const char *names[2];
    int n = 0;
    int rc = vg_options_read(app, argc, argv, NULL, 0, names, 2, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 2) {
        return vg_app_usage(app, argv[0], "a plan and a watch are wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_watchfile watch = {0};
    struct vg_plan plan = {0};
    struct vg_terrain *terrain = NULL;
    struct vg_check_report report;
    enum vg_status st = vg_load_watch(names[1], &watch, &err);
    if (st == VG_OK) {
        st = vg_load_plan_of(names[0], &watch, &plan, &err);
    }
    if (st == VG_OK) {
        st = vg_load_terrain(&watch, &terrain, &err);
    }
    if (st == VG_OK) {
        st = vg_check_plan_over(&plan, &watch, terrain, app->lang, &report, &err);
    }
    if (st != VG_OK) {
        rc = vg_app_fail(app, &err);
    } else {
        if (app->is_json) {
            print_json(&plan, &report);
        } else {
            print_text(app->lang, &plan, &report);
        }
        rc = report.is_kept ? 0 : 1;
    }
    vg_terrain_destroy(terrain);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    return rc;
}
