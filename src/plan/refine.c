/* A finer problem over the same ground, for the bound. */
#include "plan/inner.h"

static const double FINER = 4;

/* The nodes of a line that lie on a chain of the coarser problem. */
static struct vg_chain chain_on(const struct vg_problem *coarse, const struct vg_chain *chain,
                                const struct vg_problem *fine)
{
    static const double SAME_M = 0.6; /* cuts lie on whole metres */
    const struct vg_nodes *nd = &fine->nodes[chain->line];
    double from = vg_chain_u_m(coarse, chain, 0) - SAME_M;
    double to = vg_chain_u_m(coarse, chain, chain->n - 1) + SAME_M;
    struct vg_chain out = {chain->line, 0, 0};
    while (out.first < nd->n - 1 && nd->s_m[out.first] < from) {
        out.first++;
    }
    while (out.n < nd->n && vg_chain_u_m(fine, &out, out.n) <= to &&
           (out.first + out.n < nd->n || fine->paths[chain->line].is_closed)) {
        out.n++;
    }
    return out;
}

enum vg_status vg_problem_refine(const struct vg_problem *from, struct vg_problem *out,
                                 struct vg_error *err)
{
    enum vg_status st = vg_problem_init_parts(out, from->watch, from->terrain, from->step_m / FINER,
                                              from->sweeps, from->parts, from->n_parts, err);
    if (st != VG_OK) {
        return st;
    }
    out->is_fine = true;
    out->n_chains = 0;
    out->least_revisit_s = from->least_revisit_s;
    for (int k = 0; k < from->n_chains; k++) {
        struct vg_chain chain = chain_on(from, &from->chains[k], out);
        if (chain.n > 1) {
            out->chains[out->n_chains++] = chain;
        }
    }
    return VG_OK;
}
