/* The certificates of the wider classes (docs/planning.md, "Wider classes"), checked by enumerating
 * every flight of the class with times of the checker's own: from a base straight to a way point,
 * along the way points, in classes with a turn back again, straight to a base. */
#include "plan/check_way.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 0.002; /* as check_bound.c */

/* What one object of the certificate says. Arrays [type * bases + base]. */
struct claim {
    bool may_turn;
    bool may_relay;
    double share; /* worst gap / wanted revisit */
    double *price; /* of a drone-second; -1: not given */
    double *home; /* what a drone is worth there */
    double worth; /* sum of all duals */
    double excess; /* the worst so far */
    struct vg_check_taken taken;
};

/* One way in one direction for one type and two bases; arrays over its points. */
struct lane {
    int n;
    double *there; /* seconds from the first */
    double *back; /* seconds back to the first */
    double *out;
    double *home;
    double *once; /* how long a visit counts, s */
    double *dual;
    double *sum; /* dual x once of the points before; n + 1 */
    double *again; /* what coming back to all from here to the turn is worth */
    int *paid; /* points with a dual */
    int n_paid;
};

static bool lane_init(struct lane *l, int n)
{
    size_t size = (size_t)n + 1;
    *l = (struct lane){.n = n, .paid = malloc(size * sizeof *l->paid)};
    double **const arrays[] = {&l->there, &l->back, &l->out, &l->home,
                               &l->once,  &l->dual, &l->sum, &l->again};
    bool is_ok = l->paid != NULL;
    for (int k = 0; k < 8; k++) {
        *arrays[k] = malloc(size * sizeof(double));
        is_ok = is_ok && *arrays[k] != NULL;
    }
    return is_ok;
}

static void lane_finish(struct lane *l)
{
    double *const arrays[] = {l->there, l->back, l->out, l->home,
                              l->once,  l->dual, l->sum, l->again};
    for (int k = 0; k < 8; k++) {
        free(arrays[k]);
    }
    free(l->paid);
}

static double between_s(const struct vg_check *self, const struct vg_wf_type *t,
                        const struct vg_check_point *a, const struct vg_check_point *b)
{
    return vg_check_leg_s(t, self->watch, a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg);
}

static void lay_along(const struct vg_check *self, const struct claim *claim,
                      const struct vg_wf_type *t, const struct vg_check_point *w, bool is_back,
                      struct lane *l)
{
    l->n_paid = 0;
    l->sum[0] = 0;
    for (int k = 0; k < l->n; k++) {
        const struct vg_check_point *at = &w[is_back ? l->n - 1 - k : k];
        const struct vg_check_point *before = &w[is_back ? l->n - k : k - 1];
        l->there[k] = k == 0 ? 0 : l->there[k - 1] + between_s(self, t, before, at);
        l->back[k] = k == 0 ? 0 : l->back[k - 1] + between_s(self, t, at, before);
        l->dual[k] = at->dual;
        l->once[k] = at->dual > 0 ? claim->share * (1 - TOLERANCE) * at->revisit_s : 0;
        l->sum[k + 1] = l->sum[k] + l->dual[k] * l->once[k];
        if (at->dual > 0) {
            l->paid[l->n_paid++] = k;
        }
    }
}

static void lay_legs(const struct vg_check *self, const struct vg_wf_type *t, int base,
                     const struct vg_check_point *w, bool is_back, bool is_home, struct lane *l)
{
    const struct vg_wf_base *b = &self->watch->bases[base];
    const struct vg_check_point place = {.lat_deg = b->lat_deg, .lon_deg = b->lon_deg};
    for (int q = 0; q < l->n_paid; q++) {
        int k = l->paid[q];
        const struct vg_check_point *at = &w[is_back ? l->n - 1 - k : k];
        if (is_home) {
            l->home[k] = between_s(self, t, at, &place);
        } else {
            l->out[k] = between_s(self, t, &place, at);
        }
    }
}

/* The greatest of collected / priced cost - 1 over the flights of a lane. Turned anywhere between
 * points q and q + 1, a flight is no shorter than if it turned at q, and no later back than if it
 * turned at q + 1. */
static double lane_excess(const struct lane *l, const struct claim *claim,
                          const struct vg_wf_type *t, double price, double bonus)
{
    double ground_s =
        t->agl_m / t->climb_mps + t->agl_m / (t->sink_mps > 0 ? t->sink_mps : t->climb_mps);
    double most_s = vg_check_usable_s(t) - ground_s;
    double fixed_s = ground_s + t->turnaround_s;
    double worst = 0;
    int last = -1; /* the last paid point at or before q */
    int first = 0;
    for (int q = 0; q < l->n; q++) {
        last += last + 1 < l->n_paid && l->paid[last + 1] == q;
        int far = q + 1 < l->n ? q + 1 : q;
        while (first <= last && fmin(l->there[q] - l->there[l->paid[first]],
                                     l->back[q] - l->back[l->paid[first]]) > most_s) {
            first++;
        }
        double sum = 0;
        double end_s = HUGE_VAL; /* the shortest way home after the turn: longer, no flight */
        for (int c = last; claim->may_turn && c >= first; c--) {
            int at = l->paid[c];
            end_s = fmin(end_s, l->back[q] - l->back[at] + l->home[at]);
            double gap_s = l->there[far] - l->there[at] + l->back[far] - l->back[at];
            sum += l->dual[at] * fmin(gap_s, l->once[at]);
            l->again[c] = sum;
        }
        bool is_end = last >= 0 && l->paid[last] == q;
        for (int a = first; a <= last && (is_end || claim->may_turn); a++) {
            double begun_s = l->out[l->paid[a]] + l->there[q] - l->there[l->paid[a]];
            double seen = l->sum[q + 1] - l->sum[l->paid[a]] + bonus;
            if (!(begun_s <= most_s)) {
                continue;
            }
            double once_s = begun_s + l->home[q];
            if (is_end && once_s <= most_s && seen > worst * price * (once_s + fixed_s)) {
                worst = price > 0 ? seen / (price * (once_s + fixed_s)) : HUGE_VAL;
            }
            for (int c = last; begun_s + end_s <= most_s && c >= first; c--) {
                int at = l->paid[c];
                double flown_s = begun_s + l->back[q] - l->back[at] + l->home[at];
                int early = a < c ? a : c;
                int late = a < c ? c : a; /* all between it and the turn is seen twice */
                double value = l->sum[q + 1] - l->sum[l->paid[early]] + l->again[late] + bonus;
                if (flown_s <= most_s && value > worst * price * (flown_s + fixed_s)) {
                    worst = price > 0 ? value / (price * (flown_s + fixed_s)) : HUGE_VAL;
                }
            }
        }
    }
    return worst - 1;
}

static bool has_near(const struct lane *l, const double *legs_s, const struct vg_wf_type *t)
{
    for (int q = 0; q < l->n_paid; q++) {
        if (legs_s[l->paid[q]] <= t->endurance_s) {
            return true;
        }
    }
    return false;
}

static double way_excess(const struct vg_check *self, const struct claim *claim, int type,
                         const struct vg_check_point *w, bool is_back, struct lane *l)
{
    const struct vg_wf_type *t = &self->watch->types[type];
    int bases = self->watch->n_bases;
    const double *price = claim->price + type * bases;
    const double *home = claim->home + type * bases;
    double worst = -1;
    lay_along(self, claim, t, w, is_back, l);
    for (int from = 0; from < bases; from++) {
        if (price[from] < 0) {
            continue;
        }
        lay_legs(self, t, from, w, is_back, false, l);
        for (int to = 0; has_near(l, l->out, t) && to < bases; to++) {
            if (to != from && !claim->may_relay) {
                continue;
            }
            lay_legs(self, t, to, w, is_back, true, l);
            if (has_near(l, l->home, t)) {
                double bonus = claim->may_relay ? home[from] - home[to] : 0;
                worst = fmax(worst, lane_excess(l, claim, t, price[from], bonus));
            }
        }
    }
    return worst;
}

/* false: not such a way. */
static bool take_way(const struct vg_check *self, const json_t *way, struct claim *io)
{
    struct vg_check_point *w = NULL;
    struct lane l = {0};
    int n = 0;
    if (!vg_check_way_read(self, way, &w, &n)) {
        return false;
    }
    bool is_ok = vg_check_way_pay(self, way, w, n, &io->taken) && lane_init(&l, n);
    for (int k = 0; k < n; k++) {
        io->worth += w[k].dual;
    }
    for (int k = 0; is_ok && k < 2 * self->watch->n_types; k++) {
        io->excess = fmax(io->excess, way_excess(self, io, k / 2, w, k % 2 != 0, &l));
    }
    lane_finish(&l);
    free(w);
    return is_ok;
}

/* Every crew must have its price: one left out could fly for nothing. Where flights land elsewhere
 * a type has one price, at every base. */
static bool read_prices(const struct vg_check *self, const json_t *rows, struct claim *io)
{
    const struct vg_watchfile *w = self->watch;
    int n = w->n_types * w->n_bases;
    for (int k = 0; k < n; k++) {
        io->price[k] = -1;
    }
    for (size_t k = 0; k < json_array_size(rows); k++) {
        const json_t *row = json_array_get(rows, k);
        const char *base = json_string_value(json_array_get(row, 0));
        const char *type = json_string_value(json_array_get(row, 1));
        int b = base != NULL ? vg_watchfile_find_base(w, base) : -1;
        int t = type != NULL ? vg_watchfile_find_type(w, type) : -1;
        double price = json_number_value(json_array_get(row, 2));
        if (b < 0 || t < 0 || !(price >= 0) || io->price[t * w->n_bases + b] >= 0) {
            return false;
        }
        io->price[t * w->n_bases + b] = price;
        io->home[t * w->n_bases + b] = json_number_value(json_array_get(row, 3));
    }
    for (int d = 0; d < w->n_drones; d++) {
        const double *of_type = &io->price[w->drones[d].type * w->n_bases];
        for (int b = 0; b < w->n_bases; b++) {
            bool is_asked = io->may_relay || b == w->drones[d].base;
            bool is_same = !(of_type[b] < of_type[0]) && !(of_type[b] > of_type[0]);
            if (is_asked && (of_type[b] < 0 || (io->may_relay && !is_same))) {
                return false;
            }
        }
    }
    return true;
}

/* The share of the fleet's time that the claim proves to be needed: at least 1, or it is wrong. */
static double needed(const struct vg_check *self, const json_t *doc, struct claim *c)
{
    const struct vg_watchfile *w = self->watch;
    const json_t *ways = json_object_get(doc, "ways");
    size_t n = (size_t)(w->n_types * w->n_bases) + 1;
    double prices = 0;
    c->may_turn = json_is_true(json_object_get(doc, "turn"));
    c->may_relay = json_is_true(json_object_get(doc, "relay"));
    c->share = json_number_value(json_object_get(doc, "share"));
    c->price = calloc(n, sizeof *c->price);
    c->home = calloc(n, sizeof *c->home);
    c->taken.paid = calloc(2 * json_array_size(ways) + 1, sizeof *c->taken.paid);
    bool is_ok = c->price != NULL && c->home != NULL && c->taken.paid != NULL && c->share > 0 &&
                 read_prices(self, json_object_get(doc, "prices"), c);
    for (size_t k = 0; k < json_array_size(ways) && is_ok; k++) {
        is_ok = take_way(self, json_array_get(ways, k), c);
    }
    for (int d = 0; d < w->n_drones && is_ok; d++) {
        prices += c->price[w->drones[d].type * w->n_bases + w->drones[d].base];
    }
    free(c->price);
    free(c->home);
    free(c->taken.paid);
    return is_ok && prices > 0 && c->excess > -1 ? c->worth / prices / (1 + c->excess) : 0;
}

bool vg_check_wider(struct vg_check *self)
{
    json_t *doc = NULL;
    const char *text = self->plan->certificate != NULL ? self->plan->certificate : "{}";
    bool is_kept = true;
    if (vg_json_parse(text, strlen(text), "certificate", &doc, NULL) != VG_OK) {
        return true; /* check_bound.c says so where a bound is stated */
    }
    const json_t *all = json_object_get(doc, "wider");
    for (size_t k = 0; k < json_array_size(all) && is_kept; k++) {
        struct claim claim = {.excess = -1};
        double share = needed(self, json_array_get(all, k), &claim);
        if (share >= 1 && claim.may_relay) {
            self->relay_share = fmax(self->relay_share, claim.share);
        }
        if (!(share >= 1)) {
            is_kept = vg_check_break(
                self, "wider-bound",
                "the plan states a bound of %.1f s for wider class %d of flights; what its "
                "certificate gives proves only that %.3f of the fleet's time is needed for that",
                claim.share * self->watch->revisit_s, (int)k + 1, share);
        }
    }
    json_decref(doc);
    return is_kept;
}
