/* vigie plan WATCH --suggest-bases PLACES.csv: where one more base helps most. */
#include "app/load.h"
#include "app/plan_more.h"

#include "base/time.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 10
};
static const double SAME_PLACE_M = 3000; /* nearer to a base: the same base */

struct candidate {
    const struct vg_wf_place *place;
    struct vg_stationing worth;
};

/* The furthest a drone of the fleet gets from its base and home again. */
static double radius_m(const struct vg_watchfile *w)
{
    double most = 0;
    for (int d = 0; d < w->n_drones; d++) {
        const struct vg_wf_type *t = &w->types[w->drones[d].type];
        most = fmax(most, t->endurance_s * (1 - t->reserve) * t->cruise_mps / 2);
    }
    return most;
}

static bool is_base(const struct vg_watchfile *w, const struct vg_wf_place *p)
{
    for (int b = 0; b < w->n_bases; b++) {
        if (vg_geo_distance_m(w->bases[b].lat_deg, w->bases[b].lon_deg, p->lat_deg, p->lon_deg) <
            SAME_PLACE_M) {
            return true;
        }
    }
    return false;
}

static bool is_near_line(const struct vg_watchfile *w, const struct vg_wf_place *p, double far_m)
{
    for (int k = 0; k < w->network.n_lines; k++) {
        const struct vg_line *l = &w->network.lines[k];
        for (int i = 0; i < l->n; i++) {
            if (vg_geo_distance_m(l->lat_deg[i], l->lon_deg[i], p->lat_deg, p->lon_deg) < far_m) {
                return true;
            }
        }
    }
    return false;
}

/* More line first, by the kilometre; then the smaller bound. */
static int by_worth(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    double more = round(y->worth.reach_m / 1000) - round(x->worth.reach_m / 1000);
    if (more > 0 || more < 0) {
        return more > 0 ? 1 : -1;
    }
    return (x->worth.bound_s > y->worth.bound_s) - (x->worth.bound_s < y->worth.bound_s);
}

static enum vg_status judge(struct vg_watchfile *w, struct candidate *io, struct vg_error *err)
{
    struct vg_wf_base *b = &w->bases[w->n_bases++];
    *b = (struct vg_wf_base){
        .lat_deg = io->place->lat_deg, .lon_deg = io->place->lon_deg, .pads = 2};
    vg_format(b->name, sizeof b->name, "%s", io->place->name);
    enum vg_status st = vg_planner_judge_bases(w, &io->worth, err);
    w->n_bases--;
    return st;
}

static void put_text(const struct vg_app *app, const struct vg_watchfile *w,
                     const struct vg_stationing *now, const struct candidate *all, int n)
{
    char bound[32];
    vg_duration_format(now->bound_s, bound, sizeof bound);
    printf(vg_tr(app->lang,
                 "Now: %.0f km within reach, no plan better than %s (drones dealt anew)\n"
                 "With one more base:\n"),
           now->reach_m / 1000, bound);
    for (int k = 0; k < n && k < SHOWN; k++) {
        vg_duration_format(all[k].worth.bound_s, bound, sizeof bound);
        printf(vg_tr(app->lang, "%3d. %s: %.0f km within reach, %s; %d of %d drones there\n"),
               k + 1, all[k].place->name, all[k].worth.reach_m / 1000, bound,
               all[k].worth.n_at[w->n_bases], w->n_drones);
    }
}

static void put_json(const struct vg_watchfile *w, const struct vg_stationing *now,
                     const struct candidate *all, int n)
{
    struct vg_buf b = {0};
    vg_buf_printf(&b, "{\"now\":{\"reach_km\":%.1f,\"bound_s\":%.0f},\"with\":[",
                  now->reach_m / 1000, now->bound_s);
    for (int k = 0; k < n; k++) {
        vg_buf_puts(&b, k > 0 ? ",{\"name\":" : "{\"name\":");
        vg_buf_json(&b, all[k].place->name);
        vg_buf_printf(
            &b, ",\"lat\":%.6f,\"lon\":%.6f,\"reach_km\":%.1f,\"bound_s\":%.0f,\"drones\":%d}",
            all[k].place->lat_deg, all[k].place->lon_deg, all[k].worth.reach_m / 1000,
            all[k].worth.bound_s, all[k].worth.n_at[w->n_bases]);
    }
    vg_buf_puts(&b, "]}");
    printf("%s\n", vg_buf_text(&b));
    vg_buf_finish(&b);
}

/* Those in reach of the line that are no base yet, judged. */
static enum vg_status judge_all(const struct vg_app *app, struct vg_watchfile *w,
                                const struct vg_wf_place *places, int n, struct candidate *all,
                                int *out_n, struct vg_error *err)
{
    double far_m = radius_m(w);
    enum vg_status st = VG_OK;
    for (int k = 0; k < n && st == VG_OK; k++) {
        if (app->is_terminal) {
            fprintf(stderr, "\r%d / %d ", k, n);
        }
        if (is_base(w, &places[k]) || !is_near_line(w, &places[k], far_m)) {
            continue;
        }
        all[*out_n].place = &places[k];
        st = judge(w, &all[*out_n], err);
        *out_n += st == VG_OK;
    }
    if (app->is_terminal) {
        fputs("\r\033[K", stderr);
    }
    return st;
}

enum vg_status vg_plan_more_bases(const struct vg_app *app, struct vg_watchfile *watch,
                                  const char *places_path, struct vg_error *err)
{
    struct vg_wf_place *places = NULL;
    struct vg_stationing now = {0};
    int n_places = 0;
    int n = 0;
    enum vg_status st = vg_load_places(places_path, &places, &n_places, err);
    struct candidate *all = calloc((size_t)n_places + 1, sizeof *all);
    struct vg_wf_base *more =
        realloc(watch->bases, ((size_t)watch->n_bases + 1) * sizeof *watch->bases);
    watch->bases = more != NULL ? more : watch->bases;
    if (st == VG_OK && (all == NULL || more == NULL)) {
        st = vg_no_memory(err);
    }
    if (st == VG_OK) {
        st = vg_planner_judge_bases(watch, &now, err);
    }
    if (st == VG_OK) {
        st = judge_all(app, watch, places, n_places, all, &n, err);
    }
    if (st == VG_OK) {
        qsort(all, (size_t)n, sizeof *all, by_worth);
        if (app->is_json) {
            put_json(watch, &now, all, n);
        } else {
            put_text(app, watch, &now, all, n);
        }
    }
    for (int k = 0; all != NULL && k < n; k++) {
        free(all[k].worth.n_at);
    }
    free(now.n_at);
    free(all);
    free(places);
    return st;
}
