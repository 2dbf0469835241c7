#include "random_plan.h"

#include "plan/check.h"
#include "plan/planner.h"

#include <string.h>

static void say(const struct vg_error *err, const char *what, struct random_verdict *out)
{
    char text[1200];
    vg_format(out->text, sizeof out->text, "%s: %s", what, vg_error_text(err, text, sizeof text));
}

/* Through the text of the file, as `vigie check` has it. */
static void check_text(const struct vg_buf *json, const struct vg_watchfile *watch,
                       struct random_verdict *out)
{
    struct vg_plan again = {0};
    struct vg_check_report report;
    struct vg_error err = {0};
    if (vg_plan_parse(vg_buf_text(json), json->n, "plan.json", &again, &err) != VG_OK ||
        vg_check_plan(&again, watch, VG_LANG_EN, &report, &err) != VG_OK) {
        say(&err, "not read", out);
    } else {
        out->is_kept = report.is_kept;
        out->ratio = again.bound_s > 0 ? report.worst_gap_s / again.bound_s : 1e9;
        out->n_sorties = again.n_sorties;
        out->line_km = report.line_km;
        out->is_near = !report.is_kept && strcmp(report.rule, "apart") == 0;
        if (!report.is_kept) {
            vg_format(out->text, sizeof out->text, "%s: %s", report.rule, report.violation);
        }
    }
    vg_plan_finish(&again);
}

void random_plan_judge(uint64_t seed, int64_t moves, struct random_verdict *out,
                       struct vg_buf *out_json)
{
    struct random_watch texts;
    struct vg_buf json = {0};
    struct vg_watchfile watch = {0};
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options options = {.moves = moves, .seed = 1, .n_threads = 2};
    *out = (struct random_verdict){0};
    random_watch_write(seed, &texts);
    if (random_watch_read(&texts, &watch, &err) != VG_OK) {
        say(&err, "watch", out);
    } else if (vg_planner_station(&watch, &err) != VG_OK ||
               vg_planner_solve(&watch, NULL, &options, &plan, &err) != VG_OK) {
        out->n_drones = watch.n_drones;
        say(&err, "no plan", out);
    } else {
        out->is_planned = true;
        out->n_drones = watch.n_drones;
        vg_plan_format(&plan, &json);
        vg_planner_adopt(&plan, &watch);
        check_text(&json, &watch, out);
    }
    if (out_json != NULL) {
        vg_buf_add(out_json, vg_buf_text(&json), json.n);
    }
    vg_buf_finish(&json);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    random_watch_finish(&texts);
}
