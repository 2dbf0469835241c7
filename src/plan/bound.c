/* The proven bound and its certificate (docs/planning.md, "The bound").
 *
 * Duals y_i on the sites and prices mu_c on the crews, sum of mu_c n_c = 1, prove: worst gap /
 * wanted revisit >= sum y_i w_min / w_i for every timetable of single-pass sorties that land at
 * home, provided each such sortie collects no more than it costs: sum of y_i over its sites <= mu_c
 * C / w_min. The proviso is made true by force: every sortie of the class is enumerated and all
 * duals are divided by 1 + the worst excess (rates.c).
 */
#include "plan/inner.h"
#include "plan/rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Duals as the certificate holds them: ten digits, downwards, so that rounding never makes a sortie
 * collect too much. */
static double rounded(double y)
{
    return floor(y * 1e10) / 1e10;
}

static double proven(const struct vg_rates *r)
{
    const struct vg_problem *p = r->p;
    double sum = 0;
    for (int k = 0; k < p->n_chains; k++) {
        for (int i = 0; i < p->chains[k].n; i++) {
            double wish_s = vg_rates_wish_s(p, &p->chains[k], i);
            sum += rounded(r->y[k][i]) * p->least_revisit_s / wish_s;
        }
    }
    return sum * (1 - 1e-9);
}

/* The way points of a chain with their duals: nodes, and between them the path's vertices with
 * none. */
static void put_points(const struct vg_problem *p, const struct vg_chain *ch, const double *y,
                       struct vg_buf *out)
{
    const struct vg_flypath *path = &p->paths[ch->line];
    const struct vg_nodes *nd = &p->nodes[ch->line];
    double from_m = p->flown[ch->line].from_m;
    for (int i = 0; i < ch->n; i++) {
        int a = vg_chain_node(p, ch, i);
        double u = vg_chain_u_m(p, ch, i);
        vg_buf_printf(out, "%s[%.3f,%.6f,%.6f,%.10f]", i > 0 ? "," : "",
                      (nd->s_m[a] + from_m) / 1000, nd->lat_deg[a], nd->lon_deg[a], rounded(y[i]));
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

static void put_run_point(const struct vg_problem *p, int line, double u_m, bool is_first,
                          struct vg_buf *out)
{
    const struct vg_flypath *path = &p->paths[line];
    double turn_m = path->is_closed ? floor(u_m / path->length_m) * path->length_m : 0;
    double lat, lon;
    vg_flypath_at(path, u_m, &lat, &lon);
    vg_buf_printf(out, "%s[%.3f,%.6f,%.6f]", is_first ? "" : ",",
                  (u_m - turn_m + p->flown[line].from_m) / 1000, lat, lon);
}

/* The path that lead-ins to the way's end come along, if it goes on there; growing kilometres. */
static void put_run(const struct vg_problem *p, int line, const char *name, double from_m,
                    double to_m, struct vg_buf *out)
{
    const struct vg_flypath *path = &p->paths[line];
    if (!path->is_closed) {
        from_m = fmax(from_m, 0);
        to_m = fmin(to_m, path->length_m);
    }
    if (!(to_m > from_m + 1)) {
        return;
    }
    vg_buf_printf(out, ",\"%s\":[", name);
    put_run_point(p, line, from_m, true, out);
    for (int turn = path->is_closed ? -1 : 0; turn <= (path->is_closed ? 2 : 0); turn++) {
        for (int v = 0; v < path->n - (path->is_closed ? 1 : 0); v++) {
            double u_m = path->s_m[v] + turn * path->length_m;
            if (u_m > from_m + 1 && u_m < to_m - 1) {
                put_run_point(p, line, u_m, false, out);
            }
        }
    }
    put_run_point(p, line, to_m, false, out);
    vg_buf_puts(out, "]");
}

static void put_runs(const struct vg_problem *p, const struct vg_chain *ch, struct vg_buf *out)
{
    double first_m = vg_chain_u_m(p, ch, 0);
    double last_m = vg_chain_u_m(p, ch, ch->n - 1);
    double lead_m = 0;
    for (int c = 0; c < p->n_crews; c++) {
        lead_m = fmax(lead_m, vg_lead_m(p, ch->line, c));
    }
    put_run(p, ch->line, "run_in", first_m - lead_m, first_m, out);
    put_run(p, ch->line, "run_out", last_m, last_m + lead_m, out);
}

void vg_bound_put_way(const struct vg_problem *p, const struct vg_chain *chain, const double *y,
                      struct vg_buf *out)
{
    const struct vg_flown *flown = &p->flown[chain->line];
    vg_buf_puts(out, "{\"line\":");
    vg_buf_json(out, p->net.lines[chain->line].name);
    if (flown->pass > 0) {
        vg_buf_printf(out, ",\"pass\":%d", flown->pass + 1);
    }
    vg_buf_puts(out, ",\"points\":[");
    put_points(p, chain, y, out);
    vg_buf_puts(out, "]");
    put_runs(p, chain, out);
    vg_buf_puts(out, "}");
}

static void put_certificate(const struct vg_rates *r, double share, struct vg_buf *out)
{
    const struct vg_problem *p = r->p;
    vg_buf_puts(out, "{\"class\":\"single-pass, home landing, with lead-in\"");
    vg_buf_printf(out, ",\"share\":%.6f,\"unit_s\":%.1f,\"prices\":[", share, p->least_revisit_s);
    for (int c = 0; c < p->n_crews; c++) {
        vg_buf_puts(out, c > 0 ? ",[" : "[");
        vg_buf_json(out, p->watch->bases[p->crews[c].base].name);
        vg_buf_puts(out, ",");
        vg_buf_json(out, p->watch->types[p->crews[c].type].name);
        vg_buf_printf(out, ",%d,%.9g]", p->crews[c].n, r->price[c]);
    }
    vg_buf_puts(out, "],\"ways\":[");
    for (int k = 0; k < p->n_chains; k++) {
        vg_buf_puts(out, k > 0 ? ",\n" : "\n");
        vg_bound_put_way(p, &p->chains[k], r->y[k], out);
    }
    vg_buf_puts(out, "]}");
}

enum vg_status vg_bound_certify(const struct vg_rates *rates, double *out_bound,
                                char **out_certificate, struct vg_error *err)
{
    struct vg_buf text = {0};
    double share = proven(rates);
    put_certificate(rates, share, &text);
    if (text.is_failed) {
        vg_buf_finish(&text);
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    *out_bound = share;
    *out_certificate = text.data;
    return VG_OK;
}
