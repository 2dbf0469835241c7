/* The bound's certificate, checked by enumerating every sortie of its class with costs of the
 * checker's own (docs/planning.md, "The bound").
 *
 * The class: from a base straight to a way point, along the way points in order to another,
 * straight home; a drone takes also its climb, its descent and its turnaround. The duals must not
 * pay any such sortie more than its priced cost; what they overpay is divided out here too.
 */
#include "plan/check_inner.h"

#include "base/json.h"
#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 0.002; /* digits of the file, and wind taken at one end of a leg */

struct way_point {
    double s_m;
    double lat_deg;
    double lon_deg;
    double dual;
    double revisit_s;
};

/* Kilometres of one pass of a line that a way goes over; each may be paid for once. */
struct paid {
    int line;
    int pass;
    double from_m;
    double to_m;
};

struct price {
    int base;
    int type;
    int n;
    double price;
};

static double leg_s(const struct vg_wf_type *t, const struct vg_watchfile *w, double lat1,
                    double lon1, double lat2, double lon2)
{
    double distance_m, az1, az2;
    vg_geo_inverse(lat1, lon1, lat2, lon2, &distance_m, &az1, &az2);
    if (!(distance_m > 0)) {
        return 0;
    }
    double a = (w->wind_from_deg - (az1 + vg_wrap_180_deg(az2 - az1) / 2)) * VG_RAD_PER_DEG;
    double rest = t->cruise_mps * t->cruise_mps - pow(w->wind_mps * sin(a), 2);
    double mps = rest > 0 ? sqrt(rest) - w->wind_mps * cos(a) : 0;
    return mps > 0 ? distance_m / mps : HUGE_VAL;
}

/* The least wanted revisit of the plan's reachable stretches that touch s, round the end of a ring
 * too; HUGE_VAL: none, the point earns nothing. That these stretches are the watch's has been
 * checked before. */
static double revisit_at(const struct vg_check *self, const struct vg_line *line, double s_m)
{
    static const double TOUCH_M = 1;
    double least = HUGE_VAL;
    for (int k = 0; k < self->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &self->plan->stretches[k];
        bool is_in = s_m >= st->from_m - TOUCH_M && s_m <= st->to_m + TOUCH_M;
        bool is_round =
            line->is_closed && ((s_m <= TOUCH_M && st->to_m >= line->length_m - TOUCH_M) ||
                                (s_m >= line->length_m - TOUCH_M && st->from_m <= TOUCH_M));
        if (!st->is_unreachable && (is_in || is_round) && strcmp(st->line, line->name) == 0) {
            least = fmin(least, st->revisit_s);
        }
    }
    return least;
}

/* The watch depth about s_m, the greater where two stretches meet. */
static double depth_about_m(const struct vg_check *self, int line, double s_m)
{
    static const double APART_M = 2;
    const struct vg_network *net = &self->watch->network;
    int before = vg_network_stretch_at(net, line, s_m - APART_M);
    int after = vg_network_stretch_at(net, line, s_m + APART_M);
    return fmax(net->stretches[before].depth_m, net->stretches[after].depth_m);
}

/* Points in the order of their kilometres; on a closed line once round its end. */
static bool is_in_order(const struct vg_line *line, const struct way_point *w, int n)
{
    int n_turns = 0;
    for (int k = 1; k < n; k++) {
        n_turns += !(w[k].s_m > w[k - 1].s_m);
    }
    return n_turns == 0 || (n_turns == 1 && line->is_closed && w[n - 1].s_m <= w[0].s_m + 1);
}

/* Points of one way, each within the watch depth of the line (passes lie within it too). */
static bool read_way(const struct vg_check *self, const json_t *way, struct way_point **out,
                     int *out_n)
{
    const char *name = json_string_value(json_object_get(way, "line"));
    const json_t *points = json_object_get(way, "points");
    int line = name != NULL ? vg_network_find_line(&self->watch->network, name) : -1;
    size_t n = json_array_size(points);
    if (line < 0 || n == 0) {
        return false;
    }
    struct way_point *w = calloc(n, sizeof *w);
    bool is_ok = w != NULL;
    for (size_t k = 0; k < n && is_ok; k++) {
        const json_t *p = json_array_get(points, k);
        double *const to[4] = {&w[k].s_m, &w[k].lat_deg, &w[k].lon_deg, &w[k].dual};
        for (size_t q = 0; q < 4; q++) {
            const json_t *v = json_array_get(p, q);
            is_ok = is_ok && json_is_number(v);
            *to[q] = json_number_value(v);
        }
        w[k].s_m *= 1000;
        const struct vg_network *net = &self->watch->network;
        w[k].revisit_s = revisit_at(self, &net->lines[line], w[k].s_m);
        w[k].dual = w[k].revisit_s < HUGE_VAL ? w[k].dual : 0;
        double lat, lon;
        vg_line_at(&net->lines[line], w[k].s_m, 0, &lat, &lon, NULL);
        is_ok = is_ok && w[k].dual >= 0 && fabs(w[k].lat_deg) <= 90 && fabs(w[k].lon_deg) <= 180 &&
                vg_geo_distance_m(lat, lon, w[k].lat_deg, w[k].lon_deg) <=
                    depth_about_m(self, line, w[k].s_m) + 2;
    }
    is_ok = is_ok && is_in_order(&self->watch->network.lines[line], w, (int)n);
    if (!is_ok) {
        free(w);
        return false;
    }
    *out = w;
    *out_n = (int)n;
    return true;
}

static bool read_price(const struct vg_check *self, const json_t *row, struct price *out)
{
    const char *base = json_string_value(json_array_get(row, 0));
    const char *type = json_string_value(json_array_get(row, 1));
    const json_t *price = json_array_get(row, 3);
    const struct vg_watchfile *w = self->watch;
    *out = (struct price){-1, -1, 0, json_number_value(price)};
    out->base = base != NULL ? vg_watchfile_find_base(w, base) : -1;
    out->type = type != NULL ? vg_watchfile_find_type(w, type) : -1;
    for (int d = 0; d < w->n_drones; d++) {
        out->n += w->drones[d].base == out->base && w->drones[d].type == out->type;
    }
    return out->base >= 0 && out->type >= 0 && json_is_number(price) && out->price >= 0;
}

/* The greatest of collected / (price x cost) - 1 over all sorties of one crew on one way. */
static double excess_on_way(const struct vg_check *self, const struct price *crew,
                            const struct way_point *w, int n, double unit_s, double *room)
{
    const struct vg_wf_type *t = &self->watch->types[crew->type];
    const struct vg_wf_base *b = &self->watch->bases[crew->base];
    double usable_s = t->endurance_s * (1 - t->reserve);
    double fixed_s =
        t->agl_m / t->climb_mps + t->agl_m / (t->sink_mps > 0 ? t->sink_mps : t->climb_mps);
    double *out_s = room, *home_s = room + n, *fwd_s = room + 2 * n, *bwd_s = room + 3 * n;
    for (int k = 0; k < n; k++) {
        out_s[k] = leg_s(t, self->watch, b->lat_deg, b->lon_deg, w[k].lat_deg, w[k].lon_deg);
        home_s[k] = leg_s(t, self->watch, w[k].lat_deg, w[k].lon_deg, b->lat_deg, b->lon_deg);
        fwd_s[k] = k == 0 ? 0
                          : fwd_s[k - 1] + leg_s(t, self->watch, w[k - 1].lat_deg, w[k - 1].lon_deg,
                                                 w[k].lat_deg, w[k].lon_deg);
        bwd_s[k] = k == 0 ? 0
                          : bwd_s[k - 1] + leg_s(t, self->watch, w[k].lat_deg, w[k].lon_deg,
                                                 w[k - 1].lat_deg, w[k - 1].lon_deg);
    }
    double worst = 0;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        if (!(w[i].dual > 0)) {
            continue; /* starting at the next paid site is no dearer */
        }
        for (int j = i; j < n && fmin(fwd_s[j] - fwd_s[i], bwd_s[j] - bwd_s[i]) <= usable_s; j++) {
            sum += w[j].dual;
            double flight_s = fixed_s + fmin(out_s[i] + fwd_s[j] - fwd_s[i] + home_s[j],
                                             out_s[j] + bwd_s[j] - bwd_s[i] + home_s[i]);
            double cost = crew->price * (flight_s + t->turnaround_s) / unit_s;
            if (w[j].dual > 0 && flight_s <= usable_s) {
                worst = fmax(worst, cost > 0 ? sum / cost - 1 : HUGE_VAL);
            }
        }
    }
    return worst;
}

/* What the certificate's ways add up to. */
struct tally {
    struct paid *paid; /* room for two a way */
    int n_paid;
    double sum;
    double excess;
    bool is_bad;
    bool no_memory;
};

/* Takes the kilometres of a way; false: some of them are paid for already. */
static bool pay(const struct vg_check *self, const json_t *way, const struct way_point *w, int n,
                struct tally *io)
{
    static const double TOUCH_M = 1;
    const json_t *pass = json_object_get(way, "pass");
    const char *name = json_string_value(json_object_get(way, "line"));
    struct paid mine = {vg_network_find_line(&self->watch->network, name),
                        json_is_integer(pass) ? (int)json_integer_value(pass) : 1, 0, 0};
    int first = io->n_paid;
    for (int k = 0, from = 0; k < n; k++) {
        if (k == n - 1 || !(w[k + 1].s_m > w[k].s_m)) { /* its end, or the line's */
            mine.from_m = w[from].s_m;
            mine.to_m = w[k].s_m;
            io->paid[io->n_paid++] = mine;
            from = k + 1;
        }
    }
    for (int a = 0; a < first; a++) {
        const struct paid *x = &io->paid[a];
        for (int b = first; b < io->n_paid; b++) {
            const struct paid *y = &io->paid[b];
            if (x->line == y->line && x->pass == y->pass &&
                fmin(x->to_m, y->to_m) - fmax(x->from_m, y->from_m) > TOUCH_M) {
                return false;
            }
        }
    }
    return true;
}

static void tally_way(const struct vg_check *self, const json_t *way, const struct price *crews,
                      int n_crews, double unit_s, struct tally *io)
{
    struct way_point *w = NULL;
    int n = 0;
    if (!read_way(self, way, &w, &n)) {
        io->is_bad = true;
        return;
    }
    double *room = malloc(4 * (size_t)n * sizeof *room);
    io->no_memory = room == NULL;
    io->is_bad = !pay(self, way, w, n, io);
    for (int k = 0; k < n; k++) {
        io->sum += w[k].dual * unit_s / w[k].revisit_s;
    }
    for (int c = 0; c < n_crews && room != NULL; c++) {
        io->excess = fmax(io->excess, excess_on_way(self, &crews[c], w, n, unit_s, room));
    }
    free(room);
    free(w);
}

/* All crews must be priced: one left out could fly for nothing. */
static bool read_prices(const struct vg_check *self, const json_t *rows, struct price *out,
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

static double proven_share(const struct vg_check *self, const json_t *doc, struct tally *t)
{
    const json_t *rows = json_object_get(doc, "prices");
    const json_t *ways = json_object_get(doc, "ways");
    double unit_s = json_number_value(json_object_get(doc, "unit_s"));
    int n_crews = 0;
    struct price *crews = calloc(json_array_size(rows) + 1, sizeof *crews);
    t->paid = calloc(2 * json_array_size(ways) + 1, sizeof *t->paid);
    t->no_memory = crews == NULL || t->paid == NULL;
    t->is_bad = t->no_memory || !(unit_s > 0) || !read_prices(self, rows, crews, &n_crews);
    for (size_t k = 0; k < json_array_size(ways) && !t->is_bad && !t->no_memory; k++) {
        tally_way(self, json_array_get(ways, k), crews, n_crews, unit_s, t);
    }
    double prices = 0;
    for (int c = 0; c < n_crews; c++) {
        prices += crews[c].price * crews[c].n;
    }
    free(crews);
    free(t->paid);
    return t->is_bad || !(prices > 0) ? 0 : t->sum / prices / (1 + t->excess);
}

bool vg_check_bound(struct vg_check *self, bool *out_no_memory)
{
    if (!(self->plan->bound_s > 0)) {
        return true;
    }
    json_t *doc = NULL;
    struct tally t = {0};
    double proven_s = 0;
    const char *text = self->plan->certificate != NULL ? self->plan->certificate : "{}";
    if (vg_json_parse(text, strlen(text), "certificate", &doc, NULL) == VG_OK) {
        proven_s = proven_share(self, doc, &t) * self->watch->revisit_s;
        json_decref(doc);
    }
    if (t.no_memory) {
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
