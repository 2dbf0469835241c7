/* Nodes closer together where sorties are short.
 *
 * Near the end of its reach a drone flies hundreds of kilometres to sweep a few. Cut at nodes two
 * kilometres apart such a sortie loses much of what it could sweep, and the bound, which asks for
 * the nodes alone, gives as much away. So the links that are flown are divided until the longest
 * sortie that passes them passes some dozens; where is_of_each, some of every crew's sorties, also
 * of one that comes no further than into the link.
 */
#include "plan/inner.h"

#include <math.h>
#include <string.h>

enum {
    MISSES = 8
};
static const double LEAST_LINK_M = 25;
static const double AT_MOST = 4;

/* Metres that the longest sortie of a crew passing each link sweeps. */
static void find_longest(const struct vg_problem *p, const struct vg_chain *ch, int c,
                         double *out_m)
{
    int round = p->nodes[ch->line].n - 1;
    for (int i = 0; i < ch->n - 1; i++) {
        int misses = 0;
        int far = i;
        for (int j = i + 1; j < ch->n && misses < MISSES; j++) {
            bool can = vg_flight_least_s(p, ch, c, i, j, NULL) < HUGE_VAL;
            far = can ? j : far;
            misses += !can;
        }
        double length_m = vg_chain_u_m(p, ch, far) - vg_chain_u_m(p, ch, i);
        for (int k = i; k < far; k++) {
            double *longest_m = &out_m[vg_chain_node(p, ch, k) % round];
            *longest_m = fmax(*longest_m, length_m);
        }
    }
}

/* Links that a crew reaches but cannot sweep at once: what it could sweep of them. */
static void find_scraps(const struct vg_problem *p, const struct vg_chain *ch, int c, double *io_m)
{
    int round = p->nodes[ch->line].n - 1;
    for (int k = 0; k < ch->n - 1; k++) {
        double *longest_m = &io_m[vg_chain_node(p, ch, k) % round];
        double flight_s =
            fmin(vg_flight_floor_s(p, ch, c, k, k), vg_flight_floor_s(p, ch, c, k + 1, k + 1));
        if (*longest_m <= 0 && flight_s < HUGE_VAL) {
            double left_s = fmax(0, p->crews[c].usable_s - flight_s);
            *longest_m = fmax(left_s * p->crews[c].air.cruise_mps, LEAST_LINK_M);
        }
    }
}

/* Of each link the longest over the crews; where it is to be finer no more than a few times the
 * shortest. */
static bool find_on_chain(struct vg_problem *p, const struct vg_chain *ch, bool is_of_each,
                          double *io_m)
{
    int n = p->nodes[ch->line].n;
    double *own_m = vg_arena_calloc(&p->arena, 2 * (size_t)n, sizeof *own_m);
    double *least_m = own_m != NULL ? own_m + n : NULL;
    for (int c = 0; c < p->n_crews && own_m != NULL; c++) {
        memset(own_m, 0, (size_t)n * sizeof *own_m);
        find_longest(p, ch, c, own_m);
        if (is_of_each) {
            find_scraps(p, ch, c, own_m);
        }
        for (int k = 0; k < n; k++) {
            bool is_less = own_m[k] > 0 && (least_m[k] <= 0 || own_m[k] < least_m[k]);
            least_m[k] = is_less ? own_m[k] : least_m[k];
            io_m[k] = fmax(io_m[k], own_m[k]);
        }
    }
    for (int k = 0; k < n && own_m != NULL && is_of_each; k++) {
        io_m[k] = least_m[k] > 0 ? fmin(io_m[k], AT_MOST * least_m[k]) : io_m[k];
    }
    return own_m != NULL;
}

static int parts_of(const struct vg_nodes *nd, int k, double longest_m, int per_sortie)
{
    double length_m = nd->s_m[k + 1] - nd->s_m[k];
    double most_m = fmax(longest_m / per_sortie, LEAST_LINK_M);
    return longest_m > 0 && length_m > most_m ? (int)ceil(length_m / most_m) : 1;
}

/* Nodes that are new. */
static int count_more(const struct vg_problem *p, double *const *longest_m, int per_sortie)
{
    int more = 0;
    for (int line = 0; line < p->net.n_lines; line++) {
        for (int k = 0; k < p->nodes[line].n - 1; k++) {
            more += parts_of(&p->nodes[line], k, longest_m[line][k], per_sortie) - 1;
        }
    }
    return more;
}

static void put_link(const struct vg_problem *p, int line, int k, int parts, struct vg_nodes *out)
{
    const struct vg_nodes *nd = &p->nodes[line];
    double from_m = p->flown[line].from_m;
    for (int q = 0; q < parts; q++) {
        int at = out->n++;
        double s_m = nd->s_m[k] + (nd->s_m[k + 1] - nd->s_m[k]) * q / parts;
        out->s_m[at] = q > 0 ? round(s_m + from_m) - from_m : s_m;
        out->stretch[at] = nd->stretch[k];
        out->revisit_s[at] = nd->revisit_s[k];
        out->depth_m[at] = nd->depth_m[k];
        out->is_left_out[at] = nd->is_left_out[k];
        out->is_forbidden[at] = nd->is_forbidden[k];
        out->lack_m[at] = nd->lack_m[k];
        out->is_silent[at] = nd->is_silent[k];
        out->mast_m[at] = nd->mast_m[k];
        vg_flypath_at(&p->paths[line], fmin(out->s_m[at], p->paths[line].length_m),
                      &out->lat_deg[at], &out->lon_deg[at]);
    }
}

static bool divide(struct vg_problem *p, int line, const double *longest_m, int per_sortie)
{
    struct vg_nodes *old = &p->nodes[line];
    struct vg_nodes fresh;
    int n = old->n;
    for (int k = 0; k < old->n - 1; k++) {
        n += parts_of(old, k, longest_m[k], per_sortie) - 1;
    }
    if (!vg_nodes_take(p, &fresh, n)) {
        return false;
    }
    for (int k = 0; k < old->n - 1; k++) {
        put_link(p, line, k, parts_of(old, k, longest_m[k], per_sortie), &fresh);
    }
    int last = fresh.n++;
    fresh.s_m[last] = old->s_m[old->n - 1];
    fresh.lat_deg[last] = old->lat_deg[old->n - 1];
    fresh.lon_deg[last] = old->lon_deg[old->n - 1];
    *old = fresh;
    return true;
}

bool vg_nodes_grade(struct vg_problem *p, const struct vg_grade *grade, int *out_more)
{
    double **longest_m = vg_arena_calloc(&p->arena, (size_t)p->net.n_lines, sizeof *longest_m);
    bool is_ok = longest_m != NULL;
    for (int line = 0; line < p->net.n_lines && is_ok; line++) {
        longest_m[line] =
            vg_arena_calloc(&p->arena, (size_t)p->nodes[line].n, sizeof *longest_m[line]);
        is_ok = longest_m[line] != NULL;
    }
    for (int k = 0; k < p->n_chains && is_ok; k++) {
        is_ok = find_on_chain(p, &p->chains[k], grade->is_of_each, longest_m[p->chains[k].line]);
    }
    int per_sortie = grade->per_sortie;
    while (is_ok && count_more(p, longest_m, per_sortie) > grade->most_more) {
        per_sortie--;
    }
    *out_more = is_ok ? count_more(p, longest_m, per_sortie) : 0;
    for (int line = 0; line < p->net.n_lines && is_ok && *out_more > 0; line++) {
        is_ok = divide(p, line, longest_m[line], per_sortie);
    }
    return is_ok;
}
