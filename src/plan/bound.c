/* The proven bound and its certificate (docs/planning.md, "The bound").
 *
 * Duals y_i on the sites and prices mu_c on the crews prove: worst gap / wanted revisit >= sum y_i
 * / (w_i / w_min) for every timetable of single-pass sorties that land at home, provided each such
 * sortie collects no more than it costs: sum of y_i over its sites <= mu_c C / w_min. The proviso
 * is made true by force: every sortie of the class is enumerated and all duals are divided by 1 +
 * the worst excess.
 */
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_LEVELS = 8,
    ROUNDS = 120
};

struct dual {
    double **y; /* per chain and node */
    double *price;
    double share; /* what it proves */
};

static double site_revisit_s(const struct vg_problem *p, const struct vg_chain *ch, int i)
{
    const struct vg_nodes *nd = &p->nodes[ch->line];
    double least = HUGE_VAL;
    if (i < ch->n - 1) {
        least = nd->revisit_s[vg_chain_node(p, ch, i) % (nd->n - 1)];
    }
    if (i > 0) {
        least = fmin(least, nd->revisit_s[vg_chain_node(p, ch, i - 1) % (nd->n - 1)]);
    }
    return least;
}

/* The greatest of (what a sortie collects) / (its priced cost) - 1 over all sorties of the class.
 */
static double worst_excess(struct vg_problem *p, const struct vg_costs *costs,
                           const double *const *y, const double *price)
{
    double worst = 0;
    for (int k = 0; k < p->n_chains; k++) {
        for (int c = 0; c < p->n_crews; c++) {
            const struct vg_cost_rows *rows = &costs->rows[k * p->n_crews + c];
            for (int i = 0; i < p->chains[k].n; i++) {
                double sum = 0;
                for (int m = 0; m < rows->n_m[i]; m++) {
                    sum += y[k][i + m];
                    double cost = price[c] * rows->cost[rows->start[i] + (size_t)m];
                    if (cost < HUGE_VAL && sum > 0) {
                        worst = fmax(worst, cost > 0 ? sum / cost - 1 : 1e9);
                    }
                }
            }
        }
    }
    return worst;
}

/* Duals from the potentials of the best prices at one level of wanted revisit. */
static enum vg_status make_dual(struct vg_problem *p, const struct vg_costs *costs,
                                const struct vg_prices *best, struct dual *out,
                                struct vg_error *err)
{
    out->price = best->price;
    out->y = vg_arena_calloc(&p->arena, (size_t)p->n_chains + 1, sizeof *out->y);
    const double **view = vg_arena_calloc(&p->arena, (size_t)p->n_chains + 1, sizeof *view);
    if (out->y == NULL || view == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    for (int k = 0; k < p->n_chains; k++) {
        const struct vg_chain *ch = &p->chains[k];
        out->y[k] = vg_arena_calloc(&p->arena, (size_t)ch->n, sizeof(double));
        if (out->y[k] == NULL) {
            return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
        }
        for (int i = 0; i < ch->n; i++) {
            bool is_wanted = site_revisit_s(p, ch, i) <= costs->level_s;
            /* Ten digits, as the certificate holds them; downwards, so that rounding never makes a
             * sortie collect too much. */
            double fall = fmax(0, best->potential[k][i] - best->potential[k][i + 1]);
            out->y[k][i] = is_wanted ? floor(fall * 1e10) / 1e10 : 0;
        }
        view[k] = out->y[k];
    }
    double excess = worst_excess(p, costs, view, out->price);
    double sum = 0;
    double prices = 0;
    for (int k = 0; k < p->n_chains; k++) {
        for (int i = 0; i < p->chains[k].n; i++) {
            sum += out->y[k][i] * p->least_revisit_s / site_revisit_s(p, &p->chains[k], i);
        }
    }
    for (int c = 0; c < p->n_crews; c++) {
        prices += out->price[c] * p->crews[c].n;
    }
    out->share = prices > 0 ? sum / prices / (1 + excess) : 0;
    return VG_OK;
}

/* Different wanted revisits of the served links, least first. */
static int find_levels(const struct vg_problem *p, double *out)
{
    int n = 0;
    for (int line = 0; line < p->net.n_lines; line++) {
        for (int k = 0; k < p->nodes[line].n - 1; k++) {
            double w = p->nodes[line].revisit_s[k];
            int at = 0;
            while (at < n && out[at] < w) {
                at++;
            }
            if (!p->nodes[line].is_served[k] || (at < n && out[at] <= w) || n == MAX_LEVELS) {
                continue;
            }
            memmove(out + at + 1, out + at, (size_t)(n - at) * sizeof *out);
            out[at] = w;
            n++;
        }
    }
    return n;
}

/* The way points of a chain with their duals: nodes, and between them the path's vertices with
 * none. */
static void put_way(const struct vg_problem *p, const struct vg_chain *ch, const double *y,
                    struct vg_buf *out)
{
    const struct vg_flypath *path = &p->paths[ch->line];
    const struct vg_nodes *nd = &p->nodes[ch->line];
    double from_m = p->flown[ch->line].from_m;
    for (int i = 0; i < ch->n; i++) {
        int a = vg_chain_node(p, ch, i);
        double u = vg_chain_u_m(p, ch, i);
        vg_buf_printf(out, "%s[%.3f,%.6f,%.6f,%.10f]", i > 0 ? "," : "",
                      (nd->s_m[a] + from_m) / 1000, nd->lat_deg[a], nd->lon_deg[a], y[i]);
        if (i == ch->n - 1) {
            break;
        }
        double turn_m = u > path->length_m - 0.5 ? path->length_m : 0;
        double next_u = vg_chain_u_m(p, ch, i + 1);
        for (int v = vg_flypath_vertex(path, fmin(u - turn_m, path->length_m)); v < path->n; v++) {
            double vu = path->s_m[v] + turn_m;
            if (vu >= next_u - 1) {
                break;
            }
            if (vu > u + 1) {
                vg_buf_printf(out, ",[%.3f,%.6f,%.6f,0]", (path->s_m[v] + from_m) / 1000,
                              path->lat_deg[v], path->lon_deg[v]);
            }
        }
    }
}

static void put_certificate(const struct vg_problem *p, const struct dual *d, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"class\":\"single-pass, home landing, lead-in ignored (a relaxation)\"");
    vg_buf_printf(out, ",\"share\":%.6f,\"unit_s\":%.1f,\"prices\":[", d->share,
                  p->least_revisit_s);
    for (int c = 0; c < p->n_crews; c++) {
        vg_buf_puts(out, c > 0 ? ",[" : "[");
        vg_buf_json(out, p->watch->bases[p->crews[c].base].name);
        vg_buf_puts(out, ",");
        vg_buf_json(out, p->watch->types[p->crews[c].type].name);
        vg_buf_printf(out, ",%d,%.9g]", p->crews[c].n, d->price[c]);
    }
    vg_buf_puts(out, "],\"ways\":[");
    for (int k = 0; k < p->n_chains; k++) {
        vg_buf_puts(out, k > 0 ? ",\n{\"line\":" : "\n{\"line\":");
        const struct vg_flown *flown = &p->flown[p->chains[k].line];
        vg_buf_json(out, p->net.lines[p->chains[k].line].name);
        if (flown->pass > 0) {
            vg_buf_printf(out, ",\"pass\":%d", flown->pass + 1);
        }
        vg_buf_puts(out, ",\"points\":[");
        put_way(p, &p->chains[k], d->y[k], out);
        vg_buf_puts(out, "]}");
    }
    vg_buf_puts(out, "]}");
}

enum vg_status vg_bound_solve(struct vg_problem *p, double *out_prices, double *out_bound,
                              char **out_certificate, struct vg_error *err)
{
    double levels[MAX_LEVELS + 1];
    int n = find_levels(p, levels);
    struct vg_costs costs;
    struct dual best = {0};
    enum vg_status st = vg_costs_init(&costs, p, true, false, err);
    for (int q = 0; q < n && st == VG_OK; q++) {
        struct vg_search found = {0};
        struct dual d = {0};
        costs.level_s = levels[q];
        st = vg_prices_solve(p, &costs, ROUNDS, best.price, &found, err);
        if (st == VG_OK) {
            st = make_dual(p, &costs, &found.best, &d, err);
        }
        if (st == VG_OK && d.share > best.share) {
            best = d;
        }
    }
    if (st != VG_OK || best.y == NULL) {
        return st != VG_OK ? st : vg_fail(err, VG_E_INTERNAL, "no bound found");
    }
    struct vg_buf text = {0};
    put_certificate(p, &best, &text);
    if (text.is_failed) {
        vg_buf_finish(&text);
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    memcpy(out_prices, best.price, (size_t)p->n_crews * sizeof *out_prices);
    *out_bound = best.share;
    *out_certificate = text.data;
    return VG_OK;
}
