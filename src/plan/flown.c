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
        return vg_no_memory(err);
    }
    for (int pass = 0; pass < most; pass++) {
        for (int k = 0; k < sweeps->n; k++) {
            bool is_start = sweeps->sweeps[k].n_passes > pass && !goes_on(p, k, pass);
            if (is_start && !add_run(p, k, pass)) {
                return vg_no_memory(err);
            }
        }
    }
    return VG_OK;
}

/* ---- half seen is not seen ---- */

/* Kilometres of the watch's line from one end of a link to the other. */
struct reach {
    double from_m;
    double to_m;
};

static struct reach link_of(const struct vg_problem *p, int line, int link)
{
    const struct vg_nodes *nd = &p->nodes[line];
    double from_m = p->flown[line].from_m;
    return (struct reach){nd->s_m[link] + from_m, nd->s_m[link + 1] + from_m};
}

/* Takes from the other passes of a piece what lies beside a link that is not flown. */
static bool drop_beside(struct vg_problem *p, int line, int link)
{
    int sweep = p->sweep_of[p->nodes[line].stretch[link]];
    struct reach gone = link_of(p, line, link);
    bool has_changed = false;
    for (int other = 0; other < p->net.n_lines; other++) {
        struct vg_nodes *nd = &p->nodes[other];
        bool is_beside = other != line && p->flown[other].line == p->flown[line].line;
        for (int k = 0; is_beside && k < nd->n - 1; k++) {
            struct reach r = link_of(p, other, k);
            bool is_met = fmin(r.to_m, gone.to_m) - fmax(r.from_m, gone.from_m) > 1;
            if (nd->is_served[k] && is_met && p->sweep_of[nd->stretch[k]] == sweep) {
                nd->is_served[k] = false;
                has_changed = true;
            }
        }
    }
    return has_changed;
}

void vg_flown_agree(struct vg_problem *p)
{
    bool has_changed = true;
    while (has_changed) {
        has_changed = false;
        for (int line = 0; line < p->net.n_lines; line++) {
            const struct vg_nodes *nd = &p->nodes[line];
            for (int k = 0; k < nd->n - 1; k++) {
                const struct vg_sweep *sw = &p->sweeps->sweeps[p->sweep_of[nd->stretch[k]]];
                if (!nd->is_served[k] && sw->n_passes > 1 && drop_beside(p, line, k)) {
                    has_changed = true;
                }
            }
        }
    }
}
