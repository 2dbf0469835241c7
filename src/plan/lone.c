/* The linear program of the bound lets a drone be in two places in fractions. One that alone
 * reaches two places sees each again and again, so somewhere between two visits of the one lies a
 * visit of the other (lone.h):
 *
 *     visit of x, home, turn-round - sortie to y, home, turn-round - out to x, visit
 *
 * or one sortie sees both and the gap is what lies before or behind it. Nobody else may reach
 * either. All times are floors, as the program's are.
 */
#include "plan/lone.h"

#include "plan/rates.h"

#include <math.h>
#include <stdlib.h>

/* Out of reach beyond doubt: the checker, which times the legs itself, must find it too. */
static const double BEYOND = 1.002;
/* In wind a detour may be shorter by parts in 10^4 (vg_flight_floor_s). */
static const double WIND_LEGS = 0.9995;
/* A bound that is raised by less is not worth the words. */
static const double WORTH = 1.0005;

static const struct vg_reach *reach_of(const struct vg_problem *p, struct vg_lone_place at, int c)
{
    return &p->reach[p->chains[at.chain].line * p->n_crews + c];
}

static int node_of(const struct vg_problem *p, struct vg_lone_place at)
{
    return vg_chain_node(p, &p->chains[at.chain], at.node);
}

static double legs_of(const struct vg_problem *p, int c)
{
    return p->crews[c].air.wind_mps > 0 ? WIND_LEGS : 1;
}

double vg_lone_out_s(const struct vg_problem *p, struct vg_lone_place at, int c)
{
    const struct vg_reach *r = reach_of(p, at, c);
    int node = node_of(p, at);
    return legs_of(p, c) * fmin(r->lead_fwd[node], r->lead_bwd[node]);
}

double vg_lone_home_s(const struct vg_problem *p, struct vg_lone_place at, int c)
{
    return legs_of(p, c) * reach_of(p, at, c)->home_least[node_of(p, at)];
}

double vg_lone_fixed_s(const struct vg_problem *p, int c)
{
    return p->crews[c].climb_s + p->crews[c].sink_s + p->crews[c].turnaround_s;
}

/* Seconds along the path from x to y. */
static double along_s(const struct vg_problem *p, struct vg_lone_place x, struct vg_lone_place y,
                      int c)
{
    const struct vg_chain *ch = &p->chains[x.chain];
    const struct vg_reach *r = reach_of(p, x, c);
    const double *t = x.node < y.node ? r->fwd : r->bwd;
    double between_s = vg_chain_along_s(p, ch, t, y.node) - vg_chain_along_s(p, ch, t, x.node);
    return legs_of(p, c) * p->crews[c].least_share * fabs(between_s);
}

/* Out to x, along to y. */
static double out_along_s(const struct vg_problem *p, struct vg_lone_place x,
                          struct vg_lone_place y, int c)
{
    const struct vg_reach *r = reach_of(p, x, c);
    const double *lead = x.node < y.node ? r->lead_fwd : r->lead_bwd;
    return legs_of(p, c) * lead[node_of(p, x)] + along_s(p, x, y, c);
}

static bool can_fly(const struct vg_problem *p, int c, double legs_s)
{
    const struct vg_crew *crew = &p->crews[c];
    return legs_s + crew->climb_s + crew->sink_s <= BEYOND * crew->usable_s + VG_BOUND_MORE_S;
}

bool vg_lone_sees_both(const struct vg_problem *p, struct vg_lone_place x, struct vg_lone_place y,
                       int c)
{
    return x.chain == y.chain && can_fly(p, c,
                                         fmin(out_along_s(p, x, y, c) + vg_lone_home_s(p, y, c),
                                              out_along_s(p, y, x, c) + vg_lone_home_s(p, x, c)));
}

/* Where a ring is cut one place is two nodes, and seen where either is. */
static bool is_cut(const struct vg_problem *p, struct vg_lone_place at)
{
    const struct vg_chain *ch = &p->chains[at.chain];
    bool is_end = at.node == 0 || at.node == ch->n - 1;
    double round_m = vg_chain_u_m(p, ch, ch->n - 1) - vg_chain_u_m(p, ch, 0);
    return is_end && p->paths[ch->line].is_closed && round_m > p->paths[ch->line].length_m - 1;
}

int vg_lone_crews(const struct vg_problem *p, struct vg_lone_place at, int out[2])
{
    int n = is_cut(p, at) ? VG_LONE_MANY : 0;
    for (int c = 0; c < p->n_crews; c++) {
        if (p->crews[c].n > 0 &&
            can_fly(p, c, vg_lone_out_s(p, at, c) + vg_lone_home_s(p, at, c))) {
            for (int d = 0; d < p->crews[c].n && n + d < 2; d++) {
                out[n + d] = c;
            }
            n += p->crews[c].n;
        }
    }
    return n;
}

/* The gap that some visit of x has at least, since y is seen too. */
static double gap_s(const struct vg_problem *p, struct vg_lone_place x, struct vg_lone_place y,
                    int c)
{
    double out_s = vg_lone_out_s(p, x, c);
    double home_s = vg_lone_home_s(p, x, c);
    double fixed_s = vg_lone_fixed_s(p, c);
    double gap_s = 2 * fixed_s + out_s + home_s + vg_lone_out_s(p, y, c) + vg_lone_home_s(p, y, c);
    if (vg_lone_sees_both(p, x, y, c)) {
        double behind_s = along_s(p, x, y, c) + vg_lone_home_s(p, y, c) + fixed_s + out_s;
        double before_s = home_s + fixed_s + out_along_s(p, y, x, c);
        gap_s = fmin(gap_s, fmin(behind_s, before_s));
    }
    return gap_s;
}

/* Places that one drone alone reaches, by its crew. */
static int find_places(const struct vg_problem *p, struct vg_lone_place *out, int *out_crew)
{
    int n = 0;
    for (int k = 0; k < p->n_chains; k++) {
        for (int i = 0; i < p->chains[k].n; i++) {
            struct vg_lone_place at = {k, i};
            int crews[2];
            if (vg_lone_crews(p, at, crews) == 1) {
                out_crew[n] = crews[0];
                out[n++] = at;
            }
        }
    }
    return n;
}

static enum vg_status find_alone(struct vg_problem *p, struct vg_lone *out, struct vg_error *err)
{
    size_t room = (size_t)vg_problem_n_nodes(p) + 1;
    struct vg_lone_place *places = vg_arena_calloc(&p->arena, room, sizeof *places);
    int *crew = vg_arena_calloc(&p->arena, room, sizeof *crew);
    if (places == NULL || crew == NULL) {
        return vg_no_memory(err);
    }
    int n = find_places(p, places, crew);
    for (int a = 0; a < n; a++) {
        double wish_s = vg_rates_wish_s(p, &p->chains[places[a].chain], places[a].node);
        for (int b = 0; b < n; b++) {
            bool is_one = a != b && crew[a] == crew[b];
            double share = is_one ? gap_s(p, places[a], places[b], crew[a]) / wish_s : 0;
            if (share > out->share && share < HUGE_VAL) {
                *out = (struct vg_lone){share, 1, {places[a]}, places[b]};
            }
        }
    }
    return VG_OK;
}

static void put_place(const struct vg_problem *p, struct vg_lone_place at, struct vg_buf *out)
{
    int line = p->chains[at.chain].line;
    double s_m = p->nodes[line].s_m[node_of(p, at)] + p->flown[line].from_m;
    vg_buf_printf(out, "[%d,%.3f]", at.chain, s_m / 1000);
}

enum vg_status vg_lone_raise(struct vg_problem *p, double *io_bound, char **io_certificate,
                             struct vg_error *err)
{
    struct vg_lone found = {.share = WORTH * *io_bound};
    struct vg_buf text = {0};
    enum vg_status st = find_alone(p, &found, err);
    if (st == VG_OK) {
        vg_lone_pairs(p, &found);
    }
    if (st != VG_OK || found.n == 0) {
        return st;
    }
    vg_buf_printf(&text, "{\"lone\":{\"share\":%.6f,\"unseen\":[", found.share);
    for (int k = 0; k < found.n; k++) {
        vg_buf_puts(&text, k > 0 ? "," : "");
        put_place(p, found.unseen[k], &text);
    }
    vg_buf_puts(&text, "],\"away\":");
    put_place(p, found.away, &text);
    vg_buf_printf(&text, "},%s", *io_certificate + 1);
    if (text.is_failed) {
        vg_buf_finish(&text);
        return vg_no_memory(err);
    }
    free(*io_certificate);
    *io_certificate = text.data;
    *io_bound = found.share;
    return VG_OK;
}
