/* What is said of a finished plan in the air: who comes too near to whom, whom no base hears. */
#include "app/load.h"
#include "app/plan_more.h"

#include "plan/apart.h"
#include "plan/radio.h"

#include <stdio.h>

static void print_near(const struct vg_app *app, const struct vg_watchfile *watch,
                       const struct vg_plan *plan, const struct vg_apart_report *r)
{
    printf(
        vg_tr(app->lang,
              "NOT APART: %d flights may come within %.0f m of another with less than %.0f m of "
              "height between them, %s and %s among them; more room between floor and ceiling, or "
              "less asked for under \"apart\", would do\n"),
        r->n_left, watch->apart.horizontal_m, watch->apart.vertical_m, plan->sorties[r->left[0]].id,
        plan->sorties[r->left[1]].id);
}

static enum vg_status print_radio(const struct vg_app *app, const struct vg_watchfile *watch,
                                  const struct vg_plan *plan, const struct vg_terrain *terrain,
                                  struct vg_error *err)
{
    struct vg_radio_report radio = {0};
    struct vg_buf text = {0};
    enum vg_status st = vg_radio_listen(plan, watch, terrain, &radio, err);
    if (st == VG_OK) {
        vg_radio_table(&radio, plan, watch, app->lang, &text);
        fputs(vg_buf_text(&text), stdout);
    }
    vg_buf_finish(&text);
    vg_radio_finish(&radio);
    return st;
}

enum vg_status vg_plan_more_air(const struct vg_app *app, const struct vg_watchfile *watch,
                                bool is_scattered, struct vg_plan *io, bool *out_is_apart,
                                struct vg_error *err)
{
    struct vg_terrain *terrain = NULL;
    struct vg_apart_report apart = {0};
    enum vg_status st = vg_load_terrain(watch, &terrain, err);
    if (st == VG_OK) {
        st = vg_apart_layers(io, is_scattered ? 0 : io->n_sorties, watch, terrain, &apart, err);
    }
    *out_is_apart = apart.n_left == 0;
    if (st == VG_OK && apart.n_left > 0 && !app->is_json) {
        print_near(app, watch, io, &apart);
    }
    if (st == VG_OK && watch->radio.is_given && !app->is_json) {
        st = print_radio(app, watch, io, terrain, err);
    }
    vg_terrain_destroy(terrain);
    return st;
}
