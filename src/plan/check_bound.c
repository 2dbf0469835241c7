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

/* The greatest of collected / (price x cost) - 1 over all sorties of one crew on one way; its lane
 * is laid along. */
static double excess_on_way(const struct vg_check *self, const struct vg_check_crew *crew,
                            double unit_s, const struct vg_check_lane *l)
{
    const struct vg_wf_type *t = &self->watch->types[crew->type];
    const struct vg_check_point *w = l->run.at;
    const double *fwd = l->fwd, *bwd = l->bwd;
    double usable_s = vg_check_usable_s(t);
    double fixed_s =
        t->agl_m / t->climb_mps + t->agl_m / (t->sink_mps > 0 ? t->sink_mps : t->climb_mps);
    double worst = 0;
    vg_check_lane_legs(self, crew, l);
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

static void tally_way(const struct vg_check *self, const json_t *way,
                      const struct vg_check_crew *crews, int n_crews, double unit_s,
                      struct tally *io)
{
    struct vg_check_lane l = {0};
    struct vg_check_point *w = NULL;
    int n = 0;
    io->is_bad = !vg_check_way_read(self, way, &w, &n) ||
                 !vg_check_way_pay(self, way, w, n, &io->taken) ||
                 !vg_check_lane_init(self, way, w, n, &l);
    for (int k = 0; k < n && !io->is_bad; k++) {
        io->sum += w[k].dual * unit_s / w[k].revisit_s;
    }
    io->no_memory = !io->is_bad && l.fwd == NULL;
    for (int c = 0; c < n_crews && !io->is_bad && !io->no_memory; c++) {
        if (c == 0 || crews[c].type != crews[c - 1].type) {
            vg_check_lane_along(self, crews[c].type, &l);
        }
        io->excess = fmax(io->excess, excess_on_way(self, &crews[c], unit_s, &l));
    }
    vg_check_lane_finish(&l);
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
        share = fmax(share, vg_check_lone_share(self, doc, &no_memory));
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
