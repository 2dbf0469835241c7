#include "app/plan_more.h"

#include "app/make_plan.h"
#include "base/json.h"
#include "base/time.h"
#include "plan/unpredictable.h"

#include <stdio.h>
#include <string.h>

enum vg_status vg_plan_more_scatter(const struct vg_app *app, const struct vg_watchfile *watch,
                                    double share, int64_t seed, struct vg_plan *io,
                                    struct vg_error *err)
{
    struct vg_plan out;
    struct vg_unpredictable told;
    struct vg_unpredictable before;
    char was[32];
    char is[32];
    char spread[32];
    enum vg_status st = vg_plan_predictability(watch, io, &before, err);
    if (st == VG_OK) {
        st = vg_plan_scatter(watch, io, share, (uint64_t)seed, &out, &told, err);
    }
    if (st != VG_OK) {
        return st;
    }
    vg_duration_format(io->worst_gap_s, was, sizeof was);
    vg_duration_format(out.worst_gap_s, is, sizeof is);
    vg_duration_format(told.spread_s, spread, sizeof spread);
    if (!app->is_json) {
        printf(vg_tr(app->lang,
                     "\nunpredictable: %.0f %% of the time given away (%.0f %% asked for); worst "
                     "gap %s instead of %s\n"
                     "  gaps between visits differ by %s (5th to 95th of a hundred); %.1f bits to "
                     "guess, %.1f before\n"),
               told.share * 100, share * 100, is, was, spread, told.entropy_bits,
               before.entropy_bits);
    }
    vg_plan_finish(io);
    *io = out;
    return VG_OK;
}

static bool is_listed(const struct vg_option_list *list, const char *id)
{
    for (int k = 0; k < list->n; k++) {
        if (strcmp(list->text[k], id) == 0) {
            return true;
        }
    }
    return false;
}

static enum vg_status check_names(const struct vg_watchfile *watch,
                                  const struct vg_option_list *drones, struct vg_error *err)
{
    for (int k = 0; k < drones->n; k++) {
        if (vg_watchfile_find_drone(watch, drones->text[k]) < 0) {
            return vg_fail(err, VG_E_NOT_FOUND, "--without %s: the watch has no such drone",
                           drones->text[k]);
        }
    }
    return VG_OK;
}

static double reached_km(const struct vg_plan *plan)
{
    double sum = 0;
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        sum += st->is_unreachable ? 0 : (st->to_m - st->from_m) / 1000;
    }
    return sum;
}

/* Takes the drones out of the watch. */
static void take_out(struct vg_watchfile *watch, const struct vg_option_list *drones)
{
    int n = 0;
    for (int d = 0; d < watch->n_drones; d++) {
        if (!is_listed(drones, watch->drones[d].id)) {
            watch->drones[n++] = watch->drones[d];
        }
    }
    watch->n_drones = n;
}

static void tell_loss(const struct vg_app *app, const struct vg_option_list *drones,
                      const struct vg_plan *whole, const struct vg_plan *left)
{
    char was[32];
    char is[32];
    vg_duration_format(whole->worst_gap_s, was, sizeof was);
    vg_duration_format(left->worst_gap_s, is, sizeof is);
    printf(vg_tr(app->lang, "With all drones: worst gap %s, %.0f km within reach.\nWithout"), was,
           reached_km(whole));
    for (int k = 0; k < drones->n; k++) {
        printf("%s %s", k > 0 ? "," : "", drones->text[k]);
    }
    printf(vg_tr(app->lang, ": worst gap %s, %.0f km within reach, as follows.\n\n"), is,
           reached_km(left));
}

enum vg_status vg_plan_more_without(const struct vg_app *app, struct vg_watchfile *watch,
                                    const struct vg_terrain *terrain,
                                    const struct vg_planner_options *options,
                                    const struct vg_option_list *drones,
                                    const struct vg_plan *whole, struct vg_plan *out,
                                    struct vg_error *err)
{
    enum vg_status st = check_names(watch, drones, err);
    if (st == VG_OK) {
        take_out(watch, drones);
        st = vg_make_plan(watch, terrain, options, out, err);
    }
    if (st == VG_OK && !app->is_json) {
        tell_loss(app, drones, whole, out);
    }
    return st;
}

void vg_plan_more_wider(const struct vg_app *app, const struct vg_watchfile *watch,
                        const struct vg_plan *plan)
{
    json_t *doc = NULL;
    if (vg_json_parse(plan->certificate, strlen(plan->certificate), "certificate", &doc, NULL) !=
        VG_OK) {
        return;
    }
    const json_t *all = json_object_get(doc, "wider");
    printf("%s\n",
           vg_tr(app->lang, "\nNo timetable can do better, proven for wider classes of flights:"));
    for (size_t k = 0; k < json_array_size(all); k++) {
        const json_t *one = json_array_get(all, k);
        bool may_turn = json_is_true(json_object_get(one, "turn"));
        bool may_relay = json_is_true(json_object_get(one, "relay"));
        double share = json_number_value(json_object_get(one, "share"));
        char bound[32];
        vg_duration_format(share * watch->revisit_s, bound, sizeof bound);
        printf("  %-12s %s\n", bound,
               !may_turn ? vg_tr(app->lang, "one pass, landing at any base")
               : !may_relay
                   ? vg_tr(app->lang, "there and back along the line, landing at home")
                   : vg_tr(app->lang, "there and back along the line, landing at any base"));
    }
    json_decref(doc);
}
