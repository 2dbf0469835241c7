/* The least number of drones that a certificate claims (docs/planning.md, "Whole drones"): its cuts
 * by enumerating every sortie (check_bound.c), then by branch and bound that no fewer whole drones
 * keep them, wherever they stand.
 *
 * The solver of linear programs is asked for advice only: with whatever multipliers m >= 0 it
 * gives, sums of x that keep all cuts within low <= x <= high are no less than
 *
 *     sum_k m_k need_k + sum_b of the least of (1 - sum_k m_k price_kb) x_b for x_b in [low, high]
 *
 * which is worked out here.
 */
#include "plan/check_way.h"

#include <Clp_C_Interface.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_BOXES = 100000
};
static const double TOLERANCE = 0.002; /* of the promise: as check_bound.c of the bound */
static const double WHOLE = 1e-6;
static const double SLACK = 1e6; /* drones that a cut not kept at all is as bad as */

/* ---- no fewer whole numbers ---- */

struct boxes {
    const double *price;
    const double *need;
    int n_cuts;
    int n_bases;
    int most;
    Clp_Simplex *clp; /* columns: x, then the share of all needs that is let off */
    double *low;
    double *high;
    int n_looked;
};

static bool make_program(struct boxes *self)
{
    int n = self->n_bases;
    int *index = calloc((size_t)n + 1, sizeof *index);
    double *row = calloc((size_t)n + 1, sizeof *row);
    self->clp = Clp_newModel();
    bool is_ok = self->clp != NULL && index != NULL && row != NULL;
    if (is_ok) {
        Clp_setLogLevel(self->clp, 0);
        Clp_resize(self->clp, 0, n + 1);
    }
    for (int b = 0; b <= n && is_ok; b++) {
        Clp_objective(self->clp)[b] = b < n ? 1 : SLACK;
        Clp_columnLower(self->clp)[b] = 0;
        Clp_columnUpper(self->clp)[b] = b < n ? self->most : 1;
        index[b] = b;
    }
    for (int k = 0; k < self->n_cuts && is_ok; k++) {
        const double upper = 1e30;
        const CoinBigIndex starts[2] = {0, n + 1};
        memcpy(row, self->price + (size_t)k * (size_t)n, (size_t)n * sizeof *row);
        row[n] = self->need[k];
        Clp_addRows(self->clp, 1, &self->need[k], &upper, starts, index, row);
    }
    free(index);
    free(row);
    return is_ok;
}

/* By the multipliers, whatever they are. */
static double least_sum(const struct boxes *self, const double *multiplier)
{
    double sum = 0;
    for (int k = 0; k < self->n_cuts; k++) {
        sum += fmax(0, multiplier[k]) * self->need[k];
    }
    for (int b = 0; b < self->n_bases; b++) {
        double worth = 1;
        for (int k = 0; k < self->n_cuts; k++) {
            worth -= fmax(0, multiplier[k]) * self->price[k * self->n_bases + b];
        }
        sum += worth * (worth > 0 ? self->low[b] : self->high[b]);
    }
    return sum;
}

static bool is_kept(const struct boxes *self, const double *x)
{
    double sum = 0;
    for (int b = 0; b < self->n_bases; b++) {
        sum += x[b];
    }
    for (int k = 0; k < self->n_cuts; k++) {
        double has = 0;
        for (int b = 0; b < self->n_bases; b++) {
            has += self->price[k * self->n_bases + b] * x[b];
        }
        if (has < self->need[k]) {
            return false;
        }
    }
    return sum <= self->most;
}

/* Where to part the box: the base furthest from whole, else one with more than one number left. */
static int widest(const struct boxes *self, const double *x)
{
    int at = -1;
    double most = WHOLE;
    for (int b = 0; b < self->n_bases; b++) {
        double off = fabs(x[b] - round(x[b]));
        at = off > most ? b : at;
        most = fmax(most, off);
    }
    for (int b = 0; b < self->n_bases && at < 0; b++) {
        at = self->high[b] - self->low[b] >= 1 ? b : at;
    }
    return at;
}

/* No whole x of the box keeps the cuts with so few drones. */
static bool is_empty(struct boxes *self)
{
    size_t n = (size_t)self->n_bases;
    if (++self->n_looked > MOST_BOXES) {
        return false;
    }
    memcpy(Clp_columnLower(self->clp), self->low, n * sizeof *self->low);
    memcpy(Clp_columnUpper(self->clp), self->high, n * sizeof *self->high);
    if (Clp_dual(self->clp, 0) != 0 || Clp_status(self->clp) != 0) {
        return false;
    }
    if (least_sum(self, Clp_dualRowSolution(self->clp)) > self->most + WHOLE) {
        return true;
    }
    const double *x = Clp_primalColumnSolution(self->clp);
    int b = widest(self, x);
    if (b < 0) {
        return !is_kept(self, self->low); /* one x */
    }
    double low = self->low[b];
    double high = self->high[b];
    double below = fmin(high - 1, fmax(low, floor(x[b] + WHOLE)));
    self->high[b] = below;
    bool is_none = is_empty(self);
    self->high[b] = high;
    self->low[b] = below + 1;
    is_none = is_none && is_empty(self);
    self->low[b] = low;
    return is_none;
}

bool vg_check_no_fewer(const double *price, const double *need, int n_cuts, int n_bases, int most,
                       bool *out_no_memory)
{
    if (n_cuts == 0 || most < 0) {
        return most < 0;
    }
    struct boxes self = {.price = price,
                         .need = need,
                         .n_cuts = n_cuts,
                         .n_bases = n_bases,
                         .most = most,
                         .low = calloc((size_t)n_bases + 1, sizeof(double)),
                         .high = calloc((size_t)n_bases + 1, sizeof(double))};
    bool is_ok = self.low != NULL && self.high != NULL && make_program(&self);
    for (int b = 0; b < n_bases && is_ok; b++) {
        self.high[b] = most;
    }
    bool is_none = is_ok && is_empty(&self);
    if (self.clp != NULL) {
        Clp_deleteModel(self.clp);
    }
    free(self.low);
    free(self.high);
    *out_no_memory = *out_no_memory || !is_ok;
    return is_none;
}

/* ---- the claim ---- */

/* Every base must have its price: drones at one left out would count for nothing. */
static bool read_prices(const struct vg_check *self, const json_t *rows, int type,
                        struct vg_check_crew *out)
{
    int n = self->watch->n_bases;
    for (int b = 0; b < n; b++) {
        out[b] = (struct vg_check_crew){.base = b, .type = type, .price = -1};
    }
    for (int k = 0; k < n; k++) {
        const json_t *row = json_array_get(rows, (size_t)k);
        const char *name = json_string_value(json_array_get(row, 0));
        const json_t *price = json_array_get(row, 1);
        int b = name != NULL ? vg_watchfile_find_base(self->watch, name) : -1;
        if (b < 0 || out[b].price >= 0 || !json_is_number(price) ||
            !(json_number_value(price) >= 0)) {
            return false;
        }
        out[b].price = json_number_value(price);
    }
    return (int)json_array_size(rows) == n;
}

/* Room for so many cuts of so many prices. */
struct claim {
    int type;
    double share;
    double unit_s;
    int drones;
    struct vg_check_crew *crews;
    double *price;
    double *need;
    int n_cuts;
};

static bool take_cut(const struct vg_check *self, const json_t *cut, struct claim *io,
                     bool *out_no_memory)
{
    int n = self->watch->n_bases;
    if (!read_prices(self, json_object_get(cut, "prices"), io->type, io->crews)) {
        return false;
    }
    double least =
        vg_check_cut(self, json_object_get(cut, "ways"), io->crews, n, io->unit_s, out_no_memory);
    for (int b = 0; b < n; b++) {
        io->price[io->n_cuts * n + b] = io->crews[b].price;
    }
    io->need[io->n_cuts] = least / (io->share * (1 - TOLERANCE));
    io->n_cuts += least > 0;
    return least > 0;
}

static bool read_claim(const struct vg_check *self, const json_t *doc, struct claim *out,
                       bool *out_no_memory)
{
    const json_t *cuts = json_object_get(doc, "cuts");
    const char *type = json_string_value(json_object_get(doc, "type"));
    const json_t *drones = json_object_get(doc, "drones");
    size_t n = json_array_size(cuts);
    size_t n_bases = (size_t)self->watch->n_bases;
    out->type = type != NULL ? vg_watchfile_find_type(self->watch, type) : -1;
    out->share = json_number_value(json_object_get(doc, "share"));
    out->unit_s = json_number_value(json_object_get(doc, "unit_s"));
    out->drones = (int)json_integer_value(drones);
    out->crews = calloc(n_bases + 1, sizeof *out->crews);
    out->price = calloc(n * n_bases + 1, sizeof *out->price);
    out->need = calloc(n + 1, sizeof *out->need);
    *out_no_memory = out->crews == NULL || out->price == NULL || out->need == NULL;
    bool is_ok = !*out_no_memory && out->type >= 0 && out->share > 0 && out->unit_s > 0 &&
                 json_is_integer(drones) && json_integer_value(drones) > 0 &&
                 json_integer_value(drones) <= VG_PLAN_FLEET_MAX;
    for (size_t k = 0; k < n && is_ok; k++) {
        is_ok = take_cut(self, json_array_get(cuts, k), out, out_no_memory);
    }
    return is_ok;
}

static bool check_claim(struct vg_check *self, const json_t *doc, bool *out_no_memory)
{
    struct claim c = {0};
    bool is_ok = read_claim(self, doc, &c, out_no_memory);
    is_ok = is_ok && vg_check_no_fewer(c.price, c.need, c.n_cuts, self->watch->n_bases,
                                       c.drones - 1, out_no_memory);
    free(c.crews);
    free(c.price);
    free(c.need);
    if (*out_no_memory) {
        return false;
    }
    if (!is_ok) {
        return vg_check_break(self, "least-drones",
                              "the plan states that fewer than %d drones cannot keep %.1f s; its "
                              "certificate does not prove it",
                              c.drones, c.share * self->watch->revisit_s);
    }
    self->report->least_drones = c.drones;
    self->report->least_promise_s = c.share * self->watch->revisit_s;
    return true;
}

bool vg_check_least(struct vg_check *self, bool *out_no_memory)
{
    json_t *doc = NULL;
    bool is_fine = true;
    const char *text = self->plan->certificate != NULL ? self->plan->certificate : "{}";
    if (vg_json_parse(text, strlen(text), "certificate", &doc, NULL) == VG_OK) {
        const json_t *claim = json_object_get(doc, "least");
        is_fine = claim == NULL || check_claim(self, claim, out_no_memory);
        json_decref(doc);
    }
    return is_fine;
}
