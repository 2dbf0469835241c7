/* vigie sight WATCH --plan PLAN.json | --path FLIGHT.geojson: flown dry over the elevation. */
#include "app/load.h"
#include "app/sight.h"

#include "base/file.h"
#include "config/quantity.h"
#include "plan/planner.h"
#include "plan/table.h"
#include "watch/foresee.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double CELL_M = 50; /* as the station's */

static void show_progress(void *ctx, double share)
{
    (void)ctx;
    fprintf(stderr, "\r[%-30.*s] %3.0f %%", (int)(share * 30), "##############################",
            share * 100);
    if (share >= 1) {
        fputs("\r\033[K", stderr);
    }
}

static double percent(int64_t part, int64_t all)
{
    /* never rounded up to "all" */
    return all > 0 ? floor(1000.0 * (double)part / (double)all) / 10.0 : 0;
}

static void print_piece(enum vg_lang lang, const struct vg_watchfile *watch,
                        const struct vg_foreseen_piece *p)
{
    char from[32];
    char to[32];
    vg_decimal_format(lang, p->from_m / 1000, 1, from, sizeof from);
    vg_decimal_format(lang, p->to_m / 1000, 1, to, sizeof to);
    printf(vg_tr(lang, "  %s, km %s to %s: %d of %d cells hidden, %d of them on the left\n"),
           watch->network.lines[p->line].name, from, to, p->n_hidden, p->n_cells, p->n_left);
    if (p->pass_share >= 0.1) {
        printf(p->is_pass_backward
                   ? vg_tr(lang, "      a pass against the kilometres, %.0f m %s, %.0f m "
                                 "above ground, would see %.0f %% of them\n")
                   : vg_tr(lang, "      a pass along the kilometres, %.0f m %s, %.0f m above "
                                 "ground, would see %.0f %% of them\n"),
               fabs(p->pass_offset_m),
               vg_tr(lang, p->pass_offset_m < 0 ? "left of the line" : "right of the line"),
               p->pass_agl_m, floor(p->pass_share * 100));
    }
}

static void print_stretches(enum vg_lang lang, const struct vg_plan *plan,
                            const struct vg_foreseen *f)
{
    struct vg_buf b = {0};
    for (int i = 0; i < plan->n_stretches; i++) {
        const struct vg_foreseen_stretch *s = &f->stretches[i];
        if (s->n_cells > 0) {
            struct vg_plan_sight sight = {.seen = (double)s->n_seen / (double)s->n_cells,
                                          .hidden_m = (s->n_cols - s->n_cols_enough) * CELL_M};
            vg_buf_puts(&b, "  ");
            vg_plan_passes(&plan->stretches[i], &sight, lang, &b);
        }
    }
    fputs(vg_buf_text(&b), stdout);
    vg_buf_finish(&b);
}

static void print_text(enum vg_lang lang, const struct vg_watchfile *watch,
                       const struct vg_plan *plan, const struct vg_foreseen *f)
{
    char cells[32];
    char cols[32];
    char share[32];
    vg_decimal_format(lang, percent(f->n_seen, f->n_cells), 1, cells, sizeof cells);
    vg_decimal_format(lang, percent(f->n_cols_enough, f->n_cols), 1, cols, sizeof cols);
    vg_decimal_format(lang, watch->seen_share * 100, 0, share, sizeof share);
    printf(vg_tr(lang,
                 "These passes see %s %% of the cells; %s %% of the line counts as seen (%s %% "
                 "of its cells or more)\n"),
           cells, cols, share);
    print_stretches(lang, plan, f);
    if (f->n_pieces > 0) {
        printf(vg_tr(lang, "Hidden ground, %d pieces of line:\n"), f->n_pieces);
    }
    for (int i = 0; i < f->n_pieces && i < 40; i++) {
        print_piece(lang, watch, &f->pieces[i]);
    }
}

static void print_json(const struct vg_watchfile *watch, const struct vg_plan *plan,
                       const struct vg_foreseen *f)
{
    struct vg_buf b = {0};
    vg_buf_printf(&b,
                  "{\"cells\":%lld,\"cells_seen\":%lld,\"columns\":%lld,\"columns_seen\":%lld,"
                  "\"stretches\":[",
                  (long long)f->n_cells, (long long)f->n_seen, (long long)f->n_cols,
                  (long long)f->n_cols_enough);
    for (int i = 0; i < plan->n_stretches; i++) {
        const struct vg_foreseen_stretch *s = &f->stretches[i];
        vg_buf_puts(&b, i > 0 ? ",{\"id\":" : "{\"id\":");
        vg_buf_json(&b, plan->stretches[i].id);
        vg_buf_printf(&b, ",\"cells\":%lld,\"cells_seen\":%lld,\"columns\":%d,\"columns_seen\":%d}",
                      (long long)s->n_cells, (long long)s->n_seen, s->n_cols, s->n_cols_enough);
    }
    vg_buf_puts(&b, "],\"hidden\":[");
    for (int i = 0; i < f->n_pieces; i++) {
        const struct vg_foreseen_piece *p = &f->pieces[i];
        vg_buf_printf(&b, "%s{\"line\":", i > 0 ? "," : "");
        vg_buf_json(&b, watch->network.lines[p->line].name);
        vg_buf_printf(&b,
                      ",\"from_km\":%.3f,\"to_km\":%.3f,\"cells\":%d,\"hidden\":%d,\"left\":%d,"
                      "\"pass\":{\"offset_m\":%.0f,\"agl_m\":%.0f,\"backward\":%s,\"share\":%.3f}}",
                      p->from_m / 1000, p->to_m / 1000, p->n_cells, p->n_hidden, p->n_left,
                      p->pass_offset_m, p->pass_agl_m, p->is_pass_backward ? "true" : "false",
                      p->pass_share);
    }
    vg_buf_puts(&b, "]}\n");
    fputs(vg_buf_text(&b), stdout);
    vg_buf_finish(&b);
}

/* What `plan` will see of the watch: told, and the exit code. */
static int foresee(const struct vg_app *app, const struct vg_watchfile *watch,
                   const struct vg_plan *plan, const struct vg_terrain *terrain,
                   struct vg_error *err)
{
    struct vg_strip *strip = NULL;
    struct vg_foreseen seen = {0};
    enum vg_status st = vg_strip_create(&watch->network, CELL_M, &strip, err);
    if (st == VG_OK) {
        st = vg_foresee(watch, plan, terrain, strip, app->is_terminal ? show_progress : NULL, NULL,
                        &seen, err);
    }
    int rc = st != VG_OK ? vg_app_fail(app, err) : seen.n_cols_enough < seen.n_cols ? 1 : 0;
    if (st == VG_OK && app->is_json) {
        print_json(watch, plan, &seen);
    } else if (st == VG_OK) {
        print_text(app->lang, watch, plan, &seen);
    }
    vg_foreseen_finish(&seen);
    vg_strip_destroy(strip);
    return rc;
}

int vg_sight_of_plan(const struct vg_app *app, const struct vg_sight_options *options)
{
    struct vg_error err = {.lang = app->lang};
    struct vg_watchfile watch = {0};
    struct vg_plan plan = {0};
    struct vg_terrain *terrain = NULL;
    enum vg_status st = vg_load_watch(options->operand, &watch, &err);
    if (st == VG_OK) {
        st = vg_load_plan_of(options->plan, &watch, &plan, &err);
    }
    if (st == VG_OK) {
        st = vg_load_terrain(&watch, &terrain, &err);
    }
    int rc = st == VG_OK ? foresee(app, &watch, &plan, terrain, &err) : vg_app_fail(app, &err);
    vg_terrain_destroy(terrain);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    return rc;
}

/* ---- one flight ---- */

enum {
    PATH_MAX_BYTES = 16 * 1024 * 1024,
    PATH_MAX_POINTS = 200000
};
static const double POINT_EVERY_M = 500;

/* The flight as a plan of one sortie, at the type's height above the ground and cruise speed. */
static enum vg_status make_sortie(const struct vg_line *line, const struct vg_watchfile *watch,
                                  int drone, const struct vg_terrain *terrain, struct vg_plan *plan,
                                  struct vg_error *err)
{
    const struct vg_wf_type *type = &watch->types[watch->drones[drone].type];
    double n = ceil(line->length_m / POINT_EVERY_M) + 1;
    if (n > PATH_MAX_POINTS) {
        return vg_fail(err, VG_E_RANGE, "a flight of %.0f km is too long", line->length_m / 1000);
    }
    struct vg_plan_sortie *out = calloc(1, sizeof *out);
    plan->sorties = out;
    plan->n_sorties = out != NULL;
    if (out != NULL) {
        out->track = calloc((size_t)n, sizeof *out->track);
    }
    if (out == NULL || out->track == NULL) {
        return vg_no_memory(err);
    }
    out->period_s = line->length_m / type->cruise_mps;
    vg_format(out->id, sizeof out->id, "path");
    vg_format(out->drone, sizeof out->drone, "%s", watch->drones[drone].id);
    for (int i = 0; i < (int)n; i++) {
        struct vg_plan_point *p = &out->track[i];
        double s_m = line->length_m * i / (n - 1);
        double heading_deg;
        vg_line_at(line, s_m, 0, &p->lat_deg, &p->lon_deg, &heading_deg);
        p->alt_msl_m = vg_terrain_height_msl_m(terrain, p->lat_deg, p->lon_deg) + type->agl_m;
        p->t_s = s_m / type->cruise_mps;
    }
    out->n_track = (int)n;
    out->land_s = out->period_s;
    return VG_OK;
}

static enum vg_status load_path(const char *path, struct vg_network *out, struct vg_error *err)
{
    struct vg_network_defaults any = {3600, 100, vg_quantity_duration, vg_quantity_length};
    struct vg_buf text = {0};
    enum vg_status st = vg_file_read(path, PATH_MAX_BYTES, &text, err);
    if (st == VG_OK) {
        st = vg_network_parse(vg_buf_text(&text), text.n, path, &any, out, err);
    }
    vg_buf_finish(&text);
    return st;
}

static int drone_of_type(const struct vg_watchfile *watch, const char *type)
{
    for (int i = 0; i < watch->n_drones; i++) {
        if (type == NULL || strcmp(watch->types[watch->drones[i].type].name, type) == 0) {
            return i;
        }
    }
    return -1;
}

int vg_sight_of_path(const struct vg_app *app, const struct vg_sight_options *options)
{
    struct vg_error err = {.lang = app->lang};
    struct vg_watchfile watch = {0};
    struct vg_network flight = {0};
    struct vg_plan plan = {0};
    struct vg_terrain *terrain = NULL;
    enum vg_status st = vg_load_watch(options->operand, &watch, &err);
    int drone = st == VG_OK ? drone_of_type(&watch, options->type) : 0;
    if (st == VG_OK && drone < 0) {
        st = vg_fail(&err, VG_E_FORMAT, "no drone of type \"%s\" in the watch", options->type);
    }
    if (st == VG_OK) {
        st = load_path(options->path, &flight, &err);
    }
    if (st == VG_OK) {
        st = vg_load_terrain(&watch, &terrain, &err);
    }
    if (st == VG_OK) {
        st = vg_plan_of_watch(&watch, &plan, &err);
    }
    if (st == VG_OK) {
        st = make_sortie(&flight.lines[0], &watch, drone, terrain, &plan, &err);
    }
    int rc = st == VG_OK ? foresee(app, &watch, &plan, terrain, &err) : vg_app_fail(app, &err);
    vg_terrain_destroy(terrain);
    vg_network_finish(&flight);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    return rc;
}
