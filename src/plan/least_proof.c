#include "plan/least_proof.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All crews are of one type. */
static void begin(const struct vg_problem *p, double share, int drones, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"type\":");
    vg_buf_json(out, p->watch->types[p->crews[0].type].name);
    vg_buf_printf(out, ",\"share\":%.9g,\"drones\":%d,\"unit_s\":%.1f,\"cuts\":[", share, drones,
                  p->least_revisit_s);
}

static void put_cut(const struct vg_problem *p, double *const *y, const double *price,
                    bool is_first, struct vg_buf *out)
{
    vg_buf_puts(out, is_first ? "\n{\"prices\":[" : ",\n{\"prices\":[");
    for (int c = 0; c < p->n_crews; c++) {
        vg_buf_puts(out, c > 0 ? ",[" : "[");
        vg_buf_json(out, p->watch->bases[p->crews[c].base].name);
        vg_buf_printf(out, ",%.9g]", price[c]);
    }
    vg_buf_puts(out, "],\"ways\":[");
    for (int k = 0; k < p->n_chains; k++) {
        vg_buf_puts(out, k > 0 ? ",\n" : "\n");
        vg_bound_put_way(p, &p->chains[k], y[k], true, out);
    }
    vg_buf_puts(out, "]}");
}

/* What covering costs from a site on falls from site to site by the site's dual. */
static void take_duals(const struct vg_problem *p, double *const *potential, double **out)
{
    for (int k = 0; k < p->n_chains; k++) {
        double rest = 0;
        for (int i = p->chains[k].n - 1; i >= 0; i--) {
            double from_here = fmax(rest, potential[k][i]);
            out[k][i] = from_here - rest;
            rest = from_here;
        }
    }
}

static double **make_duals(struct vg_problem *p)
{
    double **y = vg_arena_calloc(&p->arena, (size_t)p->n_chains + 1, sizeof *y);
    bool is_ok = y != NULL;
    for (int k = 0; k < p->n_chains && is_ok; k++) {
        y[k] = vg_arena_calloc(&p->arena, (size_t)p->chains[k].n, sizeof **y);
        is_ok = y[k] != NULL;
    }
    return is_ok ? y : NULL;
}

enum vg_status vg_least_prove(const struct vg_whole *whole, double share, int drones,
                              struct vg_buf *out, struct vg_error *err)
{
    struct vg_problem *p = whole->p;
    double **y = make_duals(p);
    enum vg_status st = y != NULL ? VG_OK : vg_no_memory(err);
    bool is_first = true;
    begin(p, share, drones, out);
    for (int q = 0; q < whole->n_cuts && st == VG_OK; q++) {
        const double *price = whole->cut_price + (size_t)q * (size_t)p->n_crews;
        struct vg_search found;
        if (!(whole->cut_least[q] > 0)) {
            continue;
        }
        st = vg_prices_solve(p, whole->costs, &(struct vg_climb){1, 0, price}, &found, err);
        if (st == VG_OK) {
            take_duals(p, found.best.potential, y);
            put_cut(p, y, price, is_first, out);
            is_first = false;
        }
    }
    vg_buf_puts(out, "]}");
    return st;
}

void vg_least_prove_rates(const struct vg_rates *rates, double share, int drones,
                          struct vg_buf *out)
{
    begin(rates->p, share, drones, out);
    put_cut(rates->p, rates->y, rates->price, true, out);
    vg_buf_puts(out, "]}");
}

enum vg_status vg_least_put(const struct vg_buf *proof, char **io_certificate, struct vg_error *err)
{
    struct vg_buf text = {0};
    size_t n = strlen(*io_certificate);
    vg_buf_add(&text, *io_certificate, n - 1); /* without its closing brace */
    vg_buf_puts(&text, n > 2 ? ",\n\"least\":" : "\"least\":");
    vg_buf_add(&text, vg_buf_text(proof), proof->n);
    vg_buf_puts(&text, "}");
    if (text.is_failed || proof->is_failed) {
        vg_buf_finish(&text);
        return vg_no_memory(err);
    }
    free(*io_certificate);
    *io_certificate = text.data;
    return VG_OK;
}
