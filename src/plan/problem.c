/* Crews, paths and chains: who can fly what. */
#include "config/work.h"
#include "plan/clock.h"
#include "plan/problem_inner.h"

#include <math.h>

enum {
    AIM_NODES = 4000,
    LINKS_PER_SORTIE = 64,
    MOST_MORE = 4000, /* nodes, for that */
    TOUR_LINKS_PER_SORTIE = 256, /* where tours will be flown: their search hardly grows with it */
    TOUR_MOST_MORE = 10000
};
static const double MIN_STEP_M = 500;
static const double MAX_STEP_M = 5000;

void *vg_problem_take(struct vg_problem *p, int n, size_t size_bytes)
{
    return vg_arena_calloc(&p->arena, n > 0 ? (size_t)n : 1, size_bytes);
}

static void set_crew(struct vg_problem *p, struct vg_crew *crew, int base, int type)
{
    const struct vg_wf_base *b = &p->watch->bases[base];
    const struct vg_wf_type *t = &p->watch->types[type];
    *crew =
        (struct vg_crew){.base = base, .type = type, .lat_deg = b->lat_deg, .lon_deg = b->lon_deg};
    crew->air = (struct vg_airspeed){.cruise_mps = t->cruise_mps,
                                     .wind_from_deg = p->watch->wind_from_deg,
                                     .wind_mps = p->watch->wind_mps};
    if (p->watch->has_wind_hours) {
        crew->air.hours = p->watch->wind_hours;
        for (int h = 0; h < VG_DAY_HOURS; h++) {
            crew->air.wind_mps = fmax(crew->air.wind_mps, p->watch->wind_hours[h].mps);
        }
    }
    crew->least_share = vg_airspeed_least_share(&crew->air);
    crew->usable_s = t->endurance_s * (1 - t->reserve) - vg_circuit_s(t) - VG_HELD_BACK_S;
    crew->turnaround_s = t->turnaround_s;
    crew->climb_s = t->agl_m / t->climb_mps;
    crew->sink_s = t->agl_m / (t->sink_mps > 0 ? t->sink_mps : t->climb_mps);
}

static int crew_of(struct vg_problem *p, const struct vg_wf_drone *d)
{
    for (int c = 0; c < p->n_crews; c++) {
        if (p->crews[c].base == d->base && p->crews[c].type == d->type) {
            return c;
        }
    }
    set_crew(p, &p->crews[p->n_crews], d->base, d->type);
    return p->n_crews++;
}

static enum vg_status find_crews(struct vg_problem *p, struct vg_error *err)
{
    const struct vg_watchfile *w = p->watch;
    if (w->n_drones == 0) {
        return vg_fail(err, VG_E_INVALID,
                       "no drones in the watch: list at least one under \"drones\" with its base");
    }
    p->crews = vg_problem_take(p, w->n_drones, sizeof *p->crews);
    if (p->crews == NULL) {
        return vg_no_memory(err);
    }
    for (int d = 0; d < w->n_drones; d++) {
        const struct vg_wf_type *t = &w->types[w->drones[d].type];
        if (w->wind_mps >= t->cruise_mps) {
            return vg_fail(err, VG_E_INVALID,
                           "wind of %.1f m/s is as fast as drone %s flies (%.1f m/s): it could not "
                           "come home; it can be planned below %.1f m/s",
                           w->wind_mps, w->drones[d].id, t->cruise_mps, t->cruise_mps);
        }
        p->crews[crew_of(p, &w->drones[d])].n++;
    }
    for (int c = 0; c < p->n_crews; c++) {
        struct vg_crew *crew = &p->crews[c];
        crew->drones = vg_problem_take(p, crew->n, sizeof *crew->drones);
        if (crew->drones == NULL) {
            return vg_no_memory(err);
        }
        int k = 0;
        for (int d = 0; d < w->n_drones; d++) {
            if (w->drones[d].base == crew->base && w->drones[d].type == crew->type) {
                crew->drones[k++] = d;
            }
        }
    }
    return VG_OK;
}

static double least_depth_m(const struct vg_network *net, int line)
{
    double least = HUGE_VAL;
    for (int k = 0; k < net->n_stretches; k++) {
        if (net->stretches[k].line == line) {
            least = fmin(least, net->stretches[k].depth_m);
        }
    }
    return least;
}

static enum vg_status make_paths(struct vg_problem *p, struct vg_error *err)
{
    const struct vg_network *net = &p->net;
    p->paths = vg_problem_take(p, net->n_lines, sizeof *p->paths);
    if (p->paths == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < net->n_lines; k++) {
        double tolerance_m = vg_sweeps_tolerance_m(least_depth_m(net, k));
        enum vg_status st = vg_flypath_create(&net->lines[k], tolerance_m, &p->paths[k], err);
        if (st != VG_OK) {
            return st;
        }
    }
    return VG_OK;
}

/* Ways round the zones for each crew's base. */
static enum vg_status find_detours(struct vg_problem *p, struct vg_error *err)
{
    for (int c = 0; c < p->n_crews; c++) {
        struct vg_crew *crew = &p->crews[c];
        double reach_m = crew->usable_s * (crew->air.cruise_mps + crew->air.wind_mps) / 2;
        enum vg_status st = vg_detour_create(p->watch, crew->base, reach_m, &crew->detour, err);
        if (st != VG_OK) {
            return st;
        }
    }
    return VG_OK;
}

static bool is_link_served(const struct vg_problem *p, int line, int k)
{
    struct vg_chain link = {line, k, 2};
    if (p->nodes[line].is_left_out[k] || p->nodes[line].is_forbidden[k] ||
        p->nodes[line].lack_m[k] > 0 || p->nodes[line].is_silent[k]) {
        return false;
    }
    for (int c = 0; c < p->n_crews; c++) {
        if (vg_flight_least_s(p, &link, c, 0, 1, NULL) < HUGE_VAL) {
            return true;
        }
    }
    return false;
}

/* On a closed line the scan starts behind a link that is not served, so that no chain is cut in two
 * at km 0. */
static void chain_line(struct vg_problem *p, int line)
{
    const struct vg_nodes *nd = &p->nodes[line];
    int links = nd->n - 1;
    int start = 0;
    for (int k = 0; k < links; k++) {
        if (p->paths[line].is_closed && !nd->is_served[k]) {
            start = k + 1;
        }
    }
    int run = 0;
    for (int q = 0; q <= links; q++) {
        int k = (start + q) % links;
        if (q < links && nd->is_served[k]) {
            run++;
        } else if (run > 0) {
            int first = (start + q - run) % links;
            p->chains[p->n_chains++] = (struct vg_chain){line, first, run + 1};
            run = 0;
        }
    }
}

enum vg_status vg_problem_rechain(struct vg_problem *self, struct vg_error *err)
{
    int n_links = 0;
    for (int line = 0; line < self->net.n_lines; line++) {
        n_links += self->nodes[line].n;
    }
    self->n_chains = 0;
    self->chains = vg_problem_take(self, n_links, sizeof *self->chains);
    if (self->chains == NULL) {
        return vg_no_memory(err);
    }
    double least = HUGE_VAL;
    double most = 0;
    for (int line = 0; line < self->net.n_lines; line++) {
        for (int k = 0; k < self->nodes[line].n - 1; k++) {
            self->nodes[line].is_served[k] = is_link_served(self, line, k);
        }
    }
    vg_flown_agree(self);
    for (int line = 0; line < self->net.n_lines; line++) {
        chain_line(self, line);
        for (int k = 0; k < self->nodes[line].n - 1; k++) {
            if (self->nodes[line].is_served[k]) {
                least = fmin(least, self->nodes[line].revisit_s[k]);
                most = fmax(most, self->nodes[line].revisit_s[k]);
            }
        }
    }
    self->least_revisit_s = least;
    self->is_mixed = least < most;
    return VG_OK;
}

static enum vg_status lay_sweeps(struct vg_problem *p, const struct vg_sweeps *sweeps,
                                 struct vg_error *err)
{
    if (sweeps == NULL) {
        enum vg_status st = vg_sweeps_flat(p->watch, &p->own_sweeps, err);
        if (st != VG_OK) {
            return st;
        }
        sweeps = &p->own_sweeps;
    }
    return vg_flown_make(p, sweeps, err);
}

enum vg_status vg_problem_init(struct vg_problem *self, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, double site_step_m,
                               struct vg_error *err)
{
    return vg_problem_init_parts(self, watch, terrain, site_step_m, NULL, NULL, 0, err);
}

struct vg_grade vg_problem_grade(const struct vg_problem *self)
{
    bool is_rota = self->is_mixed || vg_clock_is_wanted(self->watch);
    return is_rota ? (struct vg_grade){LINKS_PER_SORTIE, MOST_MORE, false}
                   : (struct vg_grade){TOUR_LINKS_PER_SORTIE, TOUR_MOST_MORE, false};
}

enum vg_status vg_problem_refine(struct vg_problem *self, const struct vg_grade *grade,
                                 struct vg_error *err)
{
    int more = 0;
    if (!vg_nodes_grade(self, grade, &more)) {
        return vg_no_memory(err);
    }
    enum vg_status st = more > 0 ? vg_problem_make_reach(self, err) : VG_OK;
    return st == VG_OK && more > 0 ? vg_problem_rechain(self, err) : st;
}

int vg_problem_n_nodes(const struct vg_problem *self)
{
    int n = 0;
    for (int k = 0; k < self->n_chains; k++) {
        n += self->chains[k].n;
    }
    return n;
}

enum vg_status vg_problem_init_parts(struct vg_problem *self, const struct vg_watchfile *watch,
                                     const struct vg_terrain *terrain, double site_step_m,
                                     const struct vg_sweeps *sweeps,
                                     const struct vg_planner_part *parts, int n_parts,
                                     struct vg_error *err)
{
    *self = (struct vg_problem){
        .watch = watch, .terrain = terrain, .sweeps = sweeps, .parts = parts, .n_parts = n_parts};
    enum vg_status st = find_crews(self, err);
    if (st == VG_OK) {
        st = lay_sweeps(self, sweeps, err);
    }
    double step_m =
        site_step_m > 0
            ? site_step_m
            : fmax(MIN_STEP_M, fmin(vg_network_length_m(&self->net) / AIM_NODES, MAX_STEP_M));
    self->step_m = step_m;
    if (st == VG_OK) {
        st = find_detours(self, err);
    }
    if (st == VG_OK) {
        st = make_paths(self, err);
    }
    if (st == VG_OK) {
        self->nodes = vg_problem_take(self, self->net.n_lines, sizeof *self->nodes);
        st = self->nodes != NULL ? VG_OK : vg_no_memory(err);
    }
    for (int line = 0; st == VG_OK && line < self->net.n_lines; line++) {
        st = vg_problem_make_nodes(self, line, step_m, err);
    }
    if (st == VG_OK) {
        st = vg_problem_make_reach(self, err);
    }
    if (st == VG_OK) {
        st = vg_problem_rechain(self, err);
    }
    const struct vg_grade grade = vg_problem_grade(self);
    return st == VG_OK && site_step_m <= 0 ? vg_problem_refine(self, &grade, err) : st;
}

void vg_problem_finish(struct vg_problem *self)
{
    for (int k = 0; self->paths != NULL && k < self->net.n_lines; k++) {
        vg_flypath_finish(&self->paths[k]);
    }
    vg_sweeps_finish(&self->own_sweeps);
    for (int c = 0; c < self->n_crews; c++) {
        vg_detour_destroy(self->crews[c].detour);
    }
    vg_arena_finish(&self->arena);
    *self = (struct vg_problem){0};
}
