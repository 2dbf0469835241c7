/* Sweep lines as lines of their own: what the planner covers. A run of pieces whose pass k has one
 * offset makes one line, so that a sortie flies on from piece to piece. */
#include "plan/inner.h"

#include <math.h>

static const double SAME_M = 0.5;

static const struct vg_stretch *stretch_of(const struct vg_problem *p, const struct vg_sweep *sw)
{
    return &p->watch->network.stretches[sw->stretch];
}

static bool has_pass(const struct vg_sweep *sw, int pass, double offset_m)
{
    return sw->n_passes > pass && fabs(sw->passes[pass].offset_m - offset_m) < SAME_M;
}

/* Does the run of pass `pass` that holds piece k go on from the piece before it? */
static bool goes_on(const struct vg_problem *p, int k, int pass)
{
    const struct vg_sweep *sw = p->sweeps->sweeps;
    return k > 0 && stretch_of(p, &sw[k])->line == stretch_of(p, &sw[k - 1])->line &&
           has_pass(&sw[k - 1], pass, sw[k].passes[pass].offset_m);
}

static bool take_points(struct vg_problem *p, struct vg_line *out, size_t n)
{
    out->lat_deg = vg_arena_alloc(&p->arena, n * sizeof *out->lat_deg);
    out->lon_deg = vg_arena_alloc(&p->arena, n * sizeof *out->lon_deg);
    out->s_m = vg_arena_alloc(&p->arena, n * sizeof *out->s_m);
    return out->lat_deg != NULL && out->lon_deg != NULL && out->s_m != NULL;
}

/* The stretches of a flown line; its depth is what the pass is to see to each side. */
static void add_stretch(struct vg_problem *p, int k, int pass)
{
    const struct vg_sweep *sw = &p->sweeps->sweeps[k];
    const struct vg_stretch *whole = stretch_of(p, sw);
    int line = p->net.n_lines - 1;
    struct vg_stretch *st = &p->net.stretches[p->net.n_stretches];
    *st = *whole;
    st->line = line;
    st->from_m = sw->from_m - p->flown[line].from_m;
    st->to_m = sw->to_m - p->flown[line].from_m;
    st->depth_m = sw->passes[pass].depth_m;
    p->sweep_of[p->net.n_stretches++] = k;
}

/* The line of the run that begins at piece k, and its pieces. */
static bool add_run(struct vg_problem *p, int k, int pass)
{
    const struct vg_sweep *sw = p->sweeps->sweeps;
    int line = stretch_of(p, &sw[k])->line;
    int end = k + 1;
    double depth_m = stretch_of(p, &sw[k])->depth_m;
    while (end < p->sweeps->n && has_pass(&sw[end], pass, sw[k].passes[pass].offset_m) &&
           goes_on(p, end, pass)) {
        depth_m = fmax(depth_m, stretch_of(p, &sw[end])->depth_m);
        end++;
    }
    p->flown[p->net.n_lines] = (struct vg_flown){line, pass, sw[k].from_m};
    struct vg_sweep_way way = {&p->watch->network.lines[line], sw[k].from_m, sw[end - 1].to_m,
                               sw[k].passes[pass].offset_m, depth_m};
    struct vg_line *out = &p->net.lines[p->net.n_lines++];
    if (!take_points(p, out, vg_sweep_most_points(&way))) {
        return false;
    }
    vg_sweep_lay(&way, out);
    for (int e = k; e < end; e++) {
        add_stretch(p, e, pass);
    }
    return true;
}

static int count_passes(const struct vg_sweeps *sweeps, int *out_most)
{
    int n = 0;
    *out_most = 1;
    for (int k = 0; k < sweeps->n; k++) {
        n += sweeps->sweeps[k].n_passes;
        *out_most = sweeps->sweeps[k].n_passes > *out_most ? sweeps->sweeps[k].n_passes : *out_most;
    }
    return n;
}

enum vg_status vg_flown_make(struct vg_problem *p, const struct vg_sweeps *sweeps,
                             struct vg_error *err)
{
    int most;
    size_t n = (size_t)count_passes(sweeps, &most) + 1;
    p->sweeps = sweeps;
    p->net.lines = vg_arena_calloc(&p->arena, n, sizeof *p->net.lines);
    p->net.stretches = vg_arena_calloc(&p->arena, n, sizeof *p->net.stretches);
    p->flown = vg_arena_calloc(&p->arena, n, sizeof *p->flown);
    p->sweep_of = vg_arena_calloc(&p->arena, n, sizeof *p->sweep_of);
    if (p->net.lines == NULL || p->net.stretches == NULL || p->flown == NULL ||
        p->sweep_of == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    for (int pass = 0; pass < most; pass++) {
        for (int k = 0; k < sweeps->n; k++) {
            bool is_start = sweeps->sweeps[k].n_passes > pass && !goes_on(p, k, pass);
            if (is_start && !add_run(p, k, pass)) {
                return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
            }
        }
    }
    return VG_OK;
}

/* The link of stretch k of net that holds s_m of the watch's line. */
static int link_at(const struct vg_problem *p, int k, double s_m)
{
    int line = p->net.stretches[k].line;
    const struct vg_nodes *nd = &p->nodes[line];
    double u_m = s_m - p->flown[line].from_m;
    int link = 0;
    while (link < nd->n - 2 && nd->s_m[link + 1] <= u_m) {
        link++;
    }
    return link;
}

static bool is_flown(const struct vg_problem *p, int sweep, double s_m)
{
    for (int k = 0; k < p->net.n_stretches; k++) {
        int line = p->net.stretches[k].line;
        if (p->sweep_of[k] == sweep && !p->nodes[line].is_served[link_at(p, k, s_m)]) {
            return false;
        }
    }
    return true;
}

/* Links of all passes of a piece lie at the same kilometres. */
void vg_flown_agree(struct vg_problem *p)
{
    for (int line = 0; line < p->net.n_lines; line++) {
        const struct vg_nodes *nd = &p->nodes[line];
        for (int i = 0; i < nd->n - 1 && p->flown[line].pass == 0; i++) {
            int sweep = p->sweep_of[nd->stretch[i]];
            double mid_m = (nd->s_m[i] + nd->s_m[i + 1]) / 2 + p->flown[line].from_m;
            if (p->sweeps->sweeps[sweep].n_passes == 1 || is_flown(p, sweep, mid_m)) {
                continue;
            }
            for (int k = 0; k < p->net.n_stretches; k++) {
                if (p->sweep_of[k] == sweep) {
                    p->nodes[p->net.stretches[k].line].is_served[link_at(p, k, mid_m)] = false;
                }
            }
        }
    }
}
