/* vigie plan WATCH: make the timetable, say what it promises. */
#include "app/load.h"
#include "app/make_plan.h"
#include "app/options.h"

#include "base/file.h"
#include "plan/table.h"

#include <stdio.h>

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

static enum vg_status solve(const struct vg_app *app, const char *path, struct vg_watchfile *watch,
                            struct vg_plan *plan, struct vg_error *err)
{
    struct vg_terrain *terrain = NULL;
    enum vg_status st = vg_load_watch(path, watch, err);
    if (st == VG_OK) {
        st = vg_load_terrain(watch, &terrain, err);
    }
    if (st == VG_OK) {
        vg_load_note_datum(app, terrain);
        st = vg_make_plan(watch, terrain, app->is_terminal ? show_progress : NULL, plan, err);
    }
    vg_terrain_destroy(terrain);
    return st;
}

static enum vg_status put_out(const struct vg_app *app, const struct vg_watchfile *watch,
                              const struct vg_plan *plan, const char *out_path,
                              struct vg_error *err)
{
    struct vg_buf json = {0};
    struct vg_buf table = {0};
    enum vg_status st = VG_OK;
    vg_plan_format(plan, &json);
    if (out_path != NULL) {
        st = vg_file_write(out_path, vg_buf_text(&json), json.n, err);
    }
    if (app->is_json) {
        fputs(vg_buf_text(&json), stdout);
    } else {
        vg_plan_table(plan, watch, app->lang, &table);
        fputs(vg_buf_text(&table), stdout);
    }
    vg_buf_finish(&json);
    vg_buf_finish(&table);
    return st;
}

int vg_cmd_plan(const struct vg_app *app, int argc, char **argv)
{
    const char *path[1];
    const char *out_path = NULL;
    int n = 0;
    const struct vg_option options[] = {{"o", VG_OPT_TEXT, &out_path}};
    int rc = vg_options_read(app, argc, argv, options, 1, path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0], "a watch file is wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_watchfile watch = {0};
    struct vg_plan plan = {0};
    enum vg_status st = solve(app, path[0], &watch, &plan, &err);
    if (st == VG_OK) {
        st = put_out(app, &watch, &plan, out_path, &err);
    }
    rc = st != VG_OK ? vg_app_fail(app, &err) : plan.worst_gap_s > watch.revisit_s ? 1 : 0;
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    return rc;
}
