/* The bound's certificate, checked by enumerating every sortie of its class with costs of the
 * checker's own (docs/planning.md, "The bound").
 *
 * The class: from a base straight to where a lead-in begins, along it to a way point, along the way
 * points in order to another, straight home; a drone takes also its climb, its descent and its
 * turnaround. The duals must not
 * pay any such sortie more than its priced cost; what they overpay is divided out here too.
 */
#include "plan/check_way.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 0.002; /* digits of the file, and wind taken at one end of a leg */

static bool read_price(const struct vg_check *self, const json_t *row, struct vg_check_crew *out)
{
    const char *base = json_string_value(json_array_get(row, 0));
    const char *type = json_string_value(json_array_get(row, 1));
    const json_t *price = json_array_get(row, 3);
    const struct vg_watchfile *w = self->watch;
    *out = (struct vg_check_crew){-1, -1, 0, json_number_value(price)};
    out->base = base != NULL ? vg_watchfile_find_base(w, base) : -1;
    out->type = type != NULL ? vg_watchfile_find_type(w, type) : -1;
    for (int d = 0; d < w->n_drones; d++) {
        out->n += w->drones[d].base == out->base && w->drones[d].type == out->type;
    }
    return out->base >= 0 && out->type >= 0 && json_is_number(price) && out->price >= 0;
}

/* A way with its lead-ins, and one crew's seconds on it: for each point of the run. */
struct lane {
    struct vg_check_run run;
    double before_m; /* room for lead-ins before the way's first point, behind its last */
    double behind_m;
    double *fwd; /* seconds along the run from its first point */
    double *bwd; /* back to it */
    double *lead_fwd; /* metres of lead-in, at least, by direction */
    double *lead_bwd;
    double *out_fwd; /* seconds from the base to the point by way of it */
    double *out_bwd;
    double *home;
};

/* What is the same for all drones of a type. */
static void lay_along(const struct vg_check *self, int type, const struct lane *l)
{
    const struct vg_wf_type *t = &self->watch->types[type];
    const struct vg_check_point *w = l->run.at;
    l->fwd[0] = l->bwd[0] = 0;
    for (int k = 1; k < l->run.n; k++) {
        l->fwd[k] = l->fwd[k - 1] + vg_check_leg_s(t, self->watch, w[k - 1].lat_deg,
                                                   w[k - 1].lon_deg, w[k].lat_deg, w[k].lon_deg);
        l->bwd[k] = l->bwd[k - 1] + vg_check_leg_s(t, self->watch, w[k].lat_deg, w[k].lon_deg,
                                                   w[k - 1].lat_deg, w[k - 1].lon_deg);
    }
    vg_check_run_leads(&l->run, self->watch, t, l->lead_fwd, l->lead_bwd);
}

/* Seconds to point k by way of a lead-in; HUGE_VAL where it would enter what is forbidden. */
static double out_s(const struct vg_check *self, const struct vg_check_crew *crew,
                    const struct lane *l, int k, bool is_backward)
{
    const struct vg_wf_type *t = &self->watch->types[crew->type];
    const struct vg_wf_base *b = &self->watch->bases[crew->base];
    const struct vg_check_point *w = l->run.at;
    const double *along = is_backward ? l->bwd : l->fwd;
    double lead_m = is_backward ? l->lead_bwd[k] : l->lead_fwd[k];
    double within_m = is_backward ? w[l->run.last].s_m - w[k].s_m : w[k].s_m - w[l->run.first].s_m;
    struct vg_check_point join;
    if (lead_m - within_m > (is_backward ? l->behind_m : l->before_m)) {
        return HUGE_VAL;
    }
    int next = vg_check_run_join(&l->run, k, lead_m, is_backward, &join);
    return vg_check_leg_s(t, self->watch, b->lat_deg, b->lon_deg, join.lat_deg, join.lon_deg) +
           vg_check_leg_s(t, self->watch, join.lat_deg, join.lon_deg, w[next].lat_deg,
                          w[next].lon_deg) +
           fabs(along[k] - along[next]);
}

/* Legs to paid points; those longer than the battery lasts stay HUGE_VAL. */
static void lay_legs(const struct vg_check *self, const struct vg_check_crew *crew,
                     const struct lane *l)
{
    static const double HAIR = 1.01; /* in wind a way round may be a little shorter */
    const struct vg_wf_type *t = &self->watch->types[crew->type];
    const struct vg_wf_base *b = &self->watch->bases[crew->base];
    double most_s = t->endurance_s * (1 - t->reserve) * HAIR;
    for (int k = l->run.first; k <= l->run.last; k++) {
        const struct vg_check_point *w = &l->run.at[k];
        l->out_fwd[k] = l->out_bwd[k] = l->home[k] = HUGE_VAL;
        if (!(w->dual > 0)) {
            continue;
        }
        double home_s =
            vg_check_leg_s(t, self->watch, w->lat_deg, w->lon_deg, b->lat_deg, b->lon_deg);
        l->home[k] = home_s <= most_s ? home_s : HUGE_VAL;
        if (vg_check_leg_s(t, self->watch, b->lat_deg, b->lon_deg, w->lat_deg, w->lon_deg) <=
            most_s) {
            l->out_fwd[k] = out_s(self, crew, l, k, false);
            l->out_bwd[k] = out_s(self, crew, l, k, true);
        }
    }
}

/* The greatest of collected / (price x cost) - 1 over all sorties of one crew on one way; its lane
 * is laid along. */
static double excess_on_way(const struct vg_check *self, const struct vg_check_crew *crew,
                            double unit_s, const struct lane *l)
{
    const struct vg_wf_type *t = &self->watch->types[crew->type];
    const struct vg_check_point *w = l->run.at;
    const double *fwd = l->fwd, *bwd = l->bwd;
    double usable_s = t->endurance_s * (1 - t->reserve);
    double fixed_s =
        t->agl_m / t->climb_mps + t->agl_m / (t->sink_mps > 0 ? t->sink_mps : t->climb_mps);
    double worst = 0;
    lay_legs(self, crew, l);
    for (int i = l->run.first; i <= l->run.last; i++) {
        double sum = 0;
        if (!(fmin(l->out_fwd[i], l->home[i]) < HUGE_VAL)) {
            continue; /* starting at the next paid site is no dearer */
        }
        for (int j = i; j <= l->run.last && fmin(fwd[j] - fwd[i], bwd[j] - bwd[i]) <= usable_s;
             j++) {
            sum += w[j].dual;
            if (!(w[j].dual > 0)) {
                continue;
            }
            double flight_s = fixed_s + fmin(l->out_fwd[i] + fwd[j] - fwd[i] + l->home[j],
                                             l->out_bwd[j] + bwd[j] - bwd[i] + l->home[i]);
            double cost = crew->price * (flight_s + t->turnaround_s) / unit_s;
            if (flight_s <= usable_s) {
                worst = fmax(worst, cost > 0 ? sum / cost - 1 : HUGE_VAL);
            }
        }
    }
    return worst;
}

/* What the certificate's ways add up to. */
struct tally {
    struct vg_check_taken taken;
    double sum;
    double excess;
    bool is_bad; /* or there was no memory for a way */
    bool no_memory;
};

/* false: not such a way; out->fwd NULL: no memory. */
static bool lane_init(const struct vg_check *self, const json_t *way,
                      const struct vg_check_point *w, int n, struct lane *out)
{
    struct vg_check_run *run = &out->run;
    if (!vg_check_run_read(self, way, w, n, run)) {
        return false;
    }
    double **const arrays[] = {&out->fwd,     &out->bwd,     &out->lead_fwd, &out->lead_bwd,
                               &out->out_fwd, &out->out_bwd, &out->home};
    size_t n_arrays = sizeof arrays / sizeof *arrays;
    double *room = malloc(n_arrays * (size_t)run->n * sizeof *room);
    for (size_t k = 0; k < n_arrays && room != NULL; k++) {
        *arrays[k] = room + k * (size_t)run->n;
    }
    double most_m = 0;
    for (int t = 0; t < self->watch->n_types; t++) {
        for (int k = 0; k + 1 < run->n; k++) {
            most_m =
                fmax(most_m, vg_check_lead_m(self->watch, &self->watch->types[t], run->depth_m[k]));
        }
    }
    out->before_m = vg_check_run_room_m(self, run, false, most_m);
    out->behind_m = vg_check_run_room_m(self, run, true, most_m);
    return true;
}

static void tally_way(const struct vg_check *self, const json_t *way,
                      const struct vg_check_crew *crews, int n_crews, double unit_s,
                      struct tally *io)
{
    struct lane l = {0};
    struct vg_check_point *w = NULL;
    int n = 0;
    io->is_bad = !vg_check_way_read(self, way, &w, &n) ||
                 !vg_check_way_pay(self, way, w, n, &io->taken) || !lane_init(self, way, w, n, &l);
    for (int k = 0; k < n && !io->is_bad; k++) {
        io->sum += w[k].dual * unit_s / w[k].revisit_s;
    }
    io->no_memory = !io->is_bad && l.fwd == NULL;
    for (int c = 0; c < n_crews && !io->is_bad && !io->no_memory; c++) {
        if (c == 0 || crews[c].type != crews[c - 1].type) {
            lay_along(self, crews[c].type, &l);
        }
        io->excess = fmax(io->excess, excess_on_way(self, &crews[c], unit_s, &l));
    }
    free(l.fwd);
    vg_check_run_finish(&l.run);
    free(w);
}

/* All crews must be priced: one left out could fly for nothing. */
static bool read_prices(const struct vg_check *self, const json_t *rows, struct vg_check_crew *out,
                        int *out_n)
{
    int drones = 0;
    *out_n = (int)json_array_size(rows);
    for (int k = 0; k < *out_n; k++) {
        if (!read_price(self, json_array_get(rows, (size_t)k), &out[k])) {
            return false;
        }
        for (int j = 0; j < k; j++) {
            if (out[j].base == out[k].base && out[j].type == out[k].type) {
                return false;
            }
        }
        drones += out[k].n;
    }
    return drones == self->watch->n_drones;
}

double vg_check_cut(const struct vg_check *self, const json_t *ways,
                    const struct vg_check_crew *crews, int n_crews, double unit_s,
                    bool *out_no_memory)
{
    struct tally t = {0};
    t.taken.paid = calloc(2 * json_array_size(ways) + 1, sizeof *t.taken.paid);
    t.no_memory = t.taken.paid == NULL;
    for (size_t k = 0; k < json_array_size(ways) && !t.is_bad && !t.no_memory; k++) {
        tally_way(self, json_array_get(ways, k), crews, n_crews, unit_s, &t);
    }
    free(t.taken.paid);
    *out_no_memory = *out_no_memory || t.no_memory;
    return t.is_bad || t.no_memory ? 0 : t.sum / (1 + t.excess);
}

static double proven_share(const struct vg_check *self, const json_t *doc, bool *out_no_memory)
{
    const json_t *rows = json_object_get(doc, "prices");
    const json_t *ways = json_object_get(doc, "ways");
    double unit_s = json_number_value(json_object_get(doc, "unit_s"));
    double prices = 0;
    double least = 0;
    int n_crews = 0;
    struct vg_check_crew *crews = calloc(json_array_size(rows) + 1, sizeof *crews);
    *out_no_memory = crews == NULL;
    if (crews != NULL && unit_s > 0 && read_prices(self, rows, crews, &n_crews)) {
        least = vg_check_cut(self, ways, crews, n_crews, unit_s, out_no_memory);
    }
    for (int c = 0; c < n_crews; c++) {
        prices += crews[c].price * crews[c].n;
    }
    free(crews);
    return prices > 0 ? least / prices : 0;
}

/* Those that do are no flights of the home classes: what holds for these says nothing of them. */
static bool lands_elsewhere(const struct vg_check *self)
{
    bool does = false;
    for (int k = 0; k < self->plan->n_sorties; k++) {
        does = does || self->base_to[k] != self->base_from[k];
    }
    return does;
}

bool vg_check_bound(struct vg_check *self, bool *out_no_memory)
{
    if (!(self->plan->bound_s > 0)) {
        return true;
    }
    json_t *doc = NULL;
    bool no_memory = false;
    double proven_s = self->relay_share * self->watch->revisit_s;
    bool is_home = !lands_elsewhere(self);
    const char *text = self->plan->certificate != NULL ? self->plan->certificate : "{}";
    if (is_home && vg_json_parse(text, strlen(text), "certificate", &doc, NULL) == VG_OK) {
        double share = fmax(proven_share(self, doc, &no_memory), vg_check_clock_share(self, doc));
        proven_s = fmax(proven_s, share * self->watch->revisit_s);
        json_decref(doc);
    }
    if (no_memory) {
        *out_no_memory = true;
        return false;
    }
    if (proven_s < self->plan->bound_s * (1 - TOLERANCE)) {
        return vg_check_break(self, "bound",
                              "the plan states a bound of %.1f s; its certificate proves %.1f s",
                              self->plan->bound_s, proven_s);
    }
    return true;
}
