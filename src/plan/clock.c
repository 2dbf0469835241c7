#include "plan/clock.h"

#include "base/numbers.h"
#include "geo/sun.h"

#include <math.h>
#include <string.h>

enum {
    MINUTE_S = 60,
    MINUTES = VG_DAY_S / MINUTE_S,
    /* A flight may come home a little late. */
    LANDING_CLEAR_S = 300,
    LIGHT_CLEAR_S = 300 /* a leg that is swept into the dark does not count at all */
};

static bool needs_light(const struct vg_watchfile *w, int type)
{
    int camera = w->types[type].camera;
    return camera >= 0 && camera < w->n_cameras && w->cameras[camera].light == VG_LIGHT_DAY;
}

bool vg_clock_is_wanted(const struct vg_watchfile *w)
{
    bool is_wanted = w->has_wind_hours;
    for (int b = 0; b < w->n_bases; b++) {
        is_wanted = is_wanted || w->bases[b].closed.n > 0;
    }
    for (int d = 0; d < w->n_drones; d++) {
        is_wanted = is_wanted || needs_light(w, w->drones[d].type) ||
                    w->types[w->drones[d].type].maintenance_s > 0;
    }
    return is_wanted;
}

/* ---- light ---- */

static bool is_light_at(int64_t day, double t_s, double lat_deg, double lon_deg)
{
    struct vg_us t = vg_us_add(vg_us(day * VG_DAY_S * VG_US_PER_S), vg_us_from_s(t_s));
    return vg_sun_elevation_deg(t, lat_deg, lon_deg) > VG_SUN_NIGHT_DEG;
}

/* How long there is light before noon (step -1) or after it (1) at a place: between noon and
 * midnight the sun goes one way. */
static double light_beside_noon_s(int64_t day, double noon_s, int step, double lat_deg,
                                  double lon_deg)
{
    double lo = 0;
    double hi = VG_DAY_S / 2.0;
    if (!is_light_at(day, noon_s, lat_deg, lon_deg)) {
        return 0;
    }
    if (is_light_at(day, noon_s + step * hi, lat_deg, lon_deg)) {
        return hi;
    }
    while (hi - lo > 1) {
        double mid = (lo + hi) / 2;
        if (is_light_at(day, noon_s + step * mid, lat_deg, lon_deg)) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static void find_light(int64_t day, double lat_deg, double lon_deg, double *out_from_s,
                       double *out_light_s)
{
    double noon_s = vg_into_round(VG_DAY_S / 2.0 - lon_deg / 360 * VG_DAY_S, VG_DAY_S);
    double before_s = VG_DAY_S / 2.0;
    double after_s = VG_DAY_S / 2.0;
    for (int k = 0; k < VG_DAYLIGHT_DAYS; k++) {
        before_s = fmin(before_s, light_beside_noon_s(day + k, noon_s, -1, lat_deg, lon_deg));
        after_s = fmin(after_s, light_beside_noon_s(day + k, noon_s, 1, lat_deg, lon_deg));
    }
    *out_from_s = vg_into_round(noon_s - before_s, VG_DAY_S);
    *out_light_s = before_s + after_s;
    if (*out_light_s < VG_DAY_S) {
        *out_from_s = vg_into_round(*out_from_s + LIGHT_CLEAR_S, VG_DAY_S);
        *out_light_s = fmax(0, *out_light_s - 2 * LIGHT_CLEAR_S);
    }
}

bool vg_clock_is_lit(const struct vg_clock *self, int crew, int chain, int node, double t_s)
{
    const struct vg_clock_chain *ch = &self->chains[chain];
    return !self->needs_light[crew] || ch->light_s[node] >= VG_DAY_S ||
           vg_into_round(t_s - ch->light_from_s[node], VG_DAY_S) < ch->light_s[node];
}

bool vg_clock_counts(const struct vg_watchfile *watch, const struct vg_plan *plan,
                     const struct vg_plan_sortie *sortie, const struct vg_plan_visit *visit)
{
    int drone = vg_watchfile_find_drone(watch, sortie->drone);
    int line = vg_network_find_line(&watch->network, visit->line);
    if (!plan->has_daylight || drone < 0 || line < 0 ||
        !needs_light(watch, watch->drones[drone].type)) {
        return true;
    }
    const double s_m[2] = {visit->from_m, visit->to_m};
    const double t_s[2] = {visit->t0_s, visit->t1_s};
    bool is_lit = true;
    for (int k = 0; k < 2 * VG_DAYLIGHT_DAYS && is_lit; k++) {
        double lat_deg, lon_deg;
        vg_line_at(&watch->network.lines[line], s_m[k % 2], 0, &lat_deg, &lon_deg, NULL);
        is_lit = is_light_at(plan->daylight_day + k / 2,
                             vg_into_round(t_s[k % 2] + plan->clock_s, VG_DAY_S), lat_deg, lon_deg);
    }
    return is_lit;
}

/* ---- hours ---- */

static const struct vg_hours *closed_of(const struct vg_clock *self, int crew)
{
    return &self->p->watch->bases[self->p->crews[crew].base].closed;
}

void vg_clock_open(const struct vg_clock *self, int crew, bool is_landing, double t_s,
                   double *out_from_s, double *out_to_s)
{
    vg_hours_between(closed_of(self, crew), t_s, out_from_s, out_to_s);
    double length_s = *out_to_s - *out_from_s;
    *out_to_s -= is_landing ? fmin(LANDING_CLEAR_S, length_s / 2) : 0;
}

double vg_clock_missed_s(const struct vg_clock *self, int crew, double at_s, double flight_s)
{
    double sum = 0;
    for (int k = 0; k < 2 && closed_of(self, crew)->n > 0; k++) {
        double from_s, to_s;
        double t_s = at_s + k * flight_s;
        vg_clock_open(self, crew, k == 1, t_s, &from_s, &to_s);
        sum += fmax(0, from_s - t_s) + fmax(0, t_s - to_s);
    }
    return sum;
}

/* ---- when nobody sees ---- */

/* Marks the minutes in which this crew cannot see a node: its camera has no light, or every flight
 * then would have taken off or would land in closed hours. A flight cannot last through hours that
 * are longer than the battery. */
static void mark_minutes(const struct vg_clock *self, int crew, int chain, int node, double out_s,
                         double home_s, int *io_blind)
{
    const struct vg_hours *closed = closed_of(self, crew);
    const struct vg_crew *c = &self->p->crews[crew];
    struct vg_hours blind = {0};
    for (int k = 0; k < closed->n; k++) {
        struct vg_hours_span s = closed->spans[k];
        if (s.to_s - s.from_s > c->usable_s + VG_HELD_BACK_S) {
            vg_hours_add(&blind, (struct vg_hours_span){s.from_s - home_s, s.to_s + out_s});
        }
    }
    const struct vg_clock_chain *ch = &self->chains[chain];
    if (self->needs_light[crew] && ch->light_s[node] < VG_DAY_S) {
        double dark_s = ch->light_from_s[node] + ch->light_s[node] + LIGHT_CLEAR_S;
        double length_s = VG_DAY_S - ch->light_s[node] - 2 * LIGHT_CLEAR_S;
        vg_hours_add(&blind, (struct vg_hours_span){dark_s, dark_s + fmax(0, length_s)});
    }
    for (int m = 0; m < MINUTES && blind.n > 0; m++) {
        /* The whole minute: both ends and all between. */
        io_blind[m] += vg_hours_hold(&blind, m * MINUTE_S) &&
                       vg_hours_hold(&blind, m * MINUTE_S + MINUTE_S / 2.0) &&
                       vg_hours_hold(&blind, (m + 1) * MINUTE_S);
    }
}

/* The longest run of minutes in which all n crews are blind. */
static void longest_run(const int *blind, int n, double *out_mid_s, double *out_s)
{
    int most = 0;
    int end = 0;
    int run = 0;
    for (int m = 0; m < 2 * MINUTES; m++) {
        run = blind[m % MINUTES] == n ? run + 1 : 0;
        if (run > most && run <= MINUTES) {
            most = run;
            end = m + 1;
        }
    }
    *out_s = (double)most * MINUTE_S;
    *out_mid_s = vg_into_round((end - most / 2.0) * MINUTE_S, VG_DAY_S);
}

static void find_blind(struct vg_clock *self, int chain, int k)
{
    const struct vg_problem *p = self->p;
    const struct vg_chain *ch = &p->chains[chain];
    int node = vg_chain_node(p, ch, k);
    int blind[MINUTES] = {0};
    int n = 0;
    for (int c = 0; c < p->n_crews; c++) {
        const struct vg_crew *crew = &p->crews[c];
        const struct vg_reach *r = &p->reach[ch->line * p->n_crews + c];
        /* What a constant wind on a curved earth might give, as in the bound. */
        double hair = crew->air.wind_mps > 0 ? 0.9995 : 1;
        double flight_s = crew->climb_s + r->out_least[node] + r->home_least[node] + crew->sink_s;
        if (crew->n > 0 && flight_s <= crew->usable_s + VG_HELD_BACK_S) {
            mark_minutes(self, c, chain, k, crew->climb_s + hair * r->out_least[node],
                         hair * r->home_least[node] + crew->sink_s, blind);
            n++;
        }
    }
    struct vg_clock_chain *out = &self->chains[chain];
    if (n > 0) {
        longest_run(blind, n, &out->blind_mid_s[k], &out->blind_s[k]);
    }
}

int vg_clock_night(const struct vg_clock *self, int chain, int node, const double *when, int n)
{
    const struct vg_clock_chain *ch = &self->chains[chain];
    int at = -1;
    if (!(ch->blind_s[node] > 0)) {
        return -1;
    }
    while (at + 1 < n && when[at + 1] <= ch->blind_mid_s[node]) {
        at++;
    }
    return at >= 0 ? at : n - 1;
}

/* ---- maintenance ---- */

/* When nobody flies anyway, if there is such a time: the end of the longest closed hours, or the
 * middle of the night. Negative: there is none. */
static double idle_end_s(const struct vg_clock *self, int crew, double busy_s)
{
    const struct vg_hours *closed = closed_of(self, crew);
    const struct vg_hours_span *longest = NULL;
    for (int k = 0; k < closed->n; k++) {
        const struct vg_hours_span *s = &closed->spans[k];
        bool is_longer = longest == NULL || s->to_s - s->from_s > longest->to_s - longest->from_s;
        longest = is_longer ? s : longest;
    }
    if (longest != NULL && longest->to_s - longest->from_s >= busy_s) {
        return longest->to_s;
    }
    if (self->needs_light[crew] && self->p->n_chains > 0) {
        const struct vg_clock_chain *ch = &self->chains[0];
        double dark_s = VG_DAY_S - ch->light_s[0];
        return dark_s > busy_s ? ch->light_from_s[0] + VG_DAY_S - (dark_s - busy_s) / 2 : -1;
    }
    return -1;
}

/* As many jobs a day as keep all drones of a crew within the hours of flight between two of them,
 * however much they fly: each drone takes the next one in turn (rota_crew.c). */
static bool find_jobs(struct vg_clock *self, struct vg_problem *p, int crew)
{
    static const double UNEVEN = 1.25; /* flights differ from day to day of a drone's turn */
    const struct vg_crew *c = &p->crews[crew];
    const struct vg_wf_type *t = &p->watch->types[c->type];
    double busy_s = t->maintenance_s + t->turnaround_s;
    double most_s = c->n * vg_hours_left_s(closed_of(self, crew)) * c->usable_s /
                    (c->usable_s + c->turnaround_s);
    int n = t->maintenance_s > 0 ? (int)ceil(UNEVEN * most_s / t->maintenance_every_s) : 0;
    double end_s = idle_end_s(self, crew, busy_s);
    self->n_jobs[crew] = n;
    self->jobs[crew] = vg_arena_calloc(&p->arena, (size_t)n + 1, sizeof *self->jobs[crew]);
    for (int k = 0; k < n && self->jobs[crew] != NULL; k++) {
        double row = 1 + k / c->n; /* as many at once as there are drones */
        double at_s = end_s >= 0 ? end_s - row * busy_s : (double)k * VG_DAY_S / n;
        self->jobs[crew][k] = (struct vg_clock_job){vg_into_round(floor(at_s), VG_DAY_S), busy_s};
    }
    return self->jobs[crew] != NULL;
}

/* ---- making ---- */

static bool take_chain(struct vg_problem *p, int n, struct vg_clock_chain *out)
{
    size_t bytes = sizeof(double);
    out->light_from_s = vg_arena_calloc(&p->arena, (size_t)n, bytes);
    out->light_s = vg_arena_calloc(&p->arena, (size_t)n, bytes);
    out->blind_mid_s = vg_arena_calloc(&p->arena, (size_t)n, bytes);
    out->blind_s = vg_arena_calloc(&p->arena, (size_t)n, bytes);
    return out->light_from_s && out->light_s && out->blind_mid_s && out->blind_s;
}

static void fill_chain(struct vg_clock *self, int chain, int64_t day)
{
    const struct vg_problem *p = self->p;
    const struct vg_chain *ch = &p->chains[chain];
    const struct vg_nodes *nd = &p->nodes[ch->line];
    struct vg_clock_chain *out = &self->chains[chain];
    for (int k = 0; k < ch->n; k++) {
        int node = vg_chain_node(p, ch, k);
        if (self->has_light) {
            find_light(day, nd->lat_deg[node], nd->lon_deg[node], &out->light_from_s[k],
                       &out->light_s[k]);
        }
        find_blind(self, chain, k);
        double wish_s = HUGE_VAL; /* of the links beside it */
        for (int q = k - 1; q <= k; q++) {
            if (q >= 0 && q < ch->n - 1) {
                wish_s = fmin(wish_s, nd->revisit_s[vg_chain_node(p, ch, q) % (nd->n - 1)]);
            }
        }
        if (out->blind_s[k] / wish_s > self->share) {
            self->share = out->blind_s[k] / wish_s;
            self->chain = chain;
            self->node = k;
        }
    }
}

enum vg_status vg_clock_make(struct vg_problem *p, int64_t day, struct vg_clock *out,
                             struct vg_error *err)
{
    struct vg_clock self = {.p = p};
    self.chains = vg_arena_calloc(&p->arena, (size_t)p->n_chains + 1, sizeof *self.chains);
    self.needs_light = vg_arena_calloc(&p->arena, (size_t)p->n_crews + 1, sizeof(bool));
    self.jobs = vg_arena_calloc(&p->arena, (size_t)p->n_crews + 1, sizeof *self.jobs);
    self.n_jobs = vg_arena_calloc(&p->arena, (size_t)p->n_crews + 1, sizeof(int));
    bool is_ok = self.chains && self.needs_light && self.jobs && self.n_jobs;
    for (int c = 0; c < p->n_crews && is_ok; c++) {
        self.needs_light[c] = needs_light(p->watch, p->crews[c].type);
        self.has_light = self.has_light || self.needs_light[c];
    }
    for (int k = 0; k < p->n_chains && is_ok; k++) {
        is_ok = take_chain(p, p->chains[k].n, &self.chains[k]);
        if (is_ok) {
            fill_chain(&self, k, day);
        }
    }
    for (int c = 0; c < p->n_crews && is_ok; c++) {
        is_ok = find_jobs(&self, p, c);
    }
    if (!is_ok) {
        return vg_no_memory(err);
    }
    *out = self;
    return VG_OK;
}
