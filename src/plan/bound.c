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

static void put_run_point(const struct vg_problem *p, int line, double u_m, struct vg_buf *out)
{
    const struct vg_flypath *path = &p->paths[line];
    double turn_m = path->is_closed ? floor(u_m / path->length_m) * path->length_m : 0;
    double lat, lon;
    vg_flypath_at(path, u_m, &lat, &lon);
    vg_buf_printf(out, "%s[%.3f,%.6f,%.6f]", out->data[out->n - 1] == '[' ? "" : ",",
                  (u_m - turn_m + p->flown[line].from_m) / 1000, lat, lon);
}

/* The path that lead-ins to a way's end come along, out to lead_m (before the end: < 0), if it goes
 * on there; growing kilometres, without the end itself. */
static void put_run(const struct vg_problem *p, int line, double end_m, double lead_m,
                    struct vg_buf *out)
{
    const struct vg_flypath *path = &p->paths[line];
    bool is_closed = path->is_closed;
    double far_m = end_m + lead_m;
    far_m = is_closed ? far_m : fmin(fmax(far_m, 0), path->length_m);
    if (fabs(far_m - end_m) <= 1) {
        return;
    }
    vg_buf_puts(out, lead_m < 0 ? ",\"run_in\":[" : ",\"run_out\":[");
    if (lead_m < 0) {
        put_run_point(p, line, far_m, out);
    }
    for (int turn = is_closed ? -1 : 0; turn <= (is_closed ? 2 : 0); turn++) {
        for (int v = 0; v < path->n - (is_closed ? 1 : 0); v++) {
            double u_m = path->s_m[v] + turn * path->length_m;
            if (u_m > fmin(far_m, end_m) + 1 && u_m < fmax(far_m, end_m) - 1) {
                put_run_point(p, line, u_m, out);
            }
        }
    }
    if (lead_m > 0) {
        put_run_point(p, line, far_m, out);
    }
    vg_buf_puts(out, "]");
}

static double longest_lead_m(const struct vg_problem *p, int line)
{
    double depth_m = 0;
    double lead_m = 0;
    for (int k = 0; k + 1 < p->nodes[line].n; k++) {
        depth_m = fmax(depth_m, p->nodes[line].depth_m[k]);
    }
    for (int c = 0; c < p->n_crews; c++) {
        lead_m = fmax(lead_m, vg_crew_lead_m(p, &p->crews[c], depth_m));
    }
    return lead_m;
}

void vg_bound_put_way(const struct vg_problem *p, const struct vg_chain *chain, const double *y,
                      bool has_lead_in, struct vg_buf *out)
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
    if (has_lead_in) {
        double lead_m = longest_lead_m(p, chain->line);
        put_run(p, chain->line, vg_chain_u_m(p, chain, 0), -lead_m, out);
        put_run(p, chain->line, vg_chain_u_m(p, chain, chain->n - 1), lead_m, out);
    }
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
        vg_bound_put_way(p, &p->chains[k], r->y[k], true, out);
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
        return vg_no_memory(err);
    }
    *out_bound = share;
    *out_certificate = text.data;
    return VG_OK;
}
