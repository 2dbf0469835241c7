/* What the climbs of every possible flight cost, looked at coarsely: the ground every half
 * kilometre, flying height above it. What a flight takes beyond that is learnt when it is flown out
 * (sortie.c). */
#include "config/work.h"
#include "geo/geodesy.h"
#include "plan/height.h"
#include "plan/problem_inner.h"

#include <math.h>

static const double LOOK_M = 500;

/* Seconds of cruise beside the time of a straight leg, at flying height all along. */
static double leg_more_s(const struct vg_problem *p, const struct vg_wf_type *type,
                         const double from_deg[2], const double to_deg[2])
{
    double d_m, azimuth_deg;
    double sum_s = 0;
    vg_geo_inverse(from_deg[0], from_deg[1], to_deg[0], to_deg[1], &d_m, &azimuth_deg, NULL);
    int n = 1 + (int)(d_m / LOOK_M);
    double step_s = d_m / n / type->cruise_mps;
    double was_m = vg_height_ground_m(p->terrain, from_deg[0], from_deg[1]);
    for (int q = 1; q <= n; q++) {
        /* Straight in degrees: some metres beside the geodesic. */
        double f = (double)q / n;
        double lat = from_deg[0] + f * (to_deg[0] - from_deg[0]);
        double lon = from_deg[1] + f * vg_wrap_180_deg(to_deg[1] - from_deg[1]);
        double now_m = vg_height_ground_m(p->terrain, lat, vg_wrap_180_deg(lon));
        sum_s += vg_work_s(type, step_s, now_m - was_m) - step_s;
        was_m = now_m;
    }
    return sum_s;
}

/* From the base round what is forbidden to a place, or the same way home. */
static double way_more_s(const struct vg_problem *p, const struct vg_crew *crew, double lat,
                         double lon, bool is_home)
{
    const struct vg_wf_type *type = &p->watch->types[crew->type];
    struct vg_detour_way way;
    double at[2] = {crew->lat_deg, crew->lon_deg};
    double sum_s = 0;
    if (!vg_detour_find(crew->detour, lat, lon, &way)) {
        return 0;
    }
    for (int k = 0; k <= way.n; k++) {
        double to[2] = {k < way.n ? way.lat_deg[k] : lat, k < way.n ? way.lon_deg[k] : lon};
        sum_s += is_home ? leg_more_s(p, type, to, at) : leg_more_s(p, type, at, to);
        at[0] = to[0];
        at[1] = to[1];
    }
    return sum_s;
}

static double out_more_s(const struct vg_problem *p, int line, const struct vg_crew *crew, int i,
                         double lead_m)
{
    const struct vg_nodes *nd = &p->nodes[line];
    double join[2];
    double node[2] = {nd->lat_deg[i], nd->lon_deg[i]};
    vg_flypath_at(&p->paths[line], nd->s_m[i] + lead_m, &join[0], &join[1]);
    return way_more_s(p, crew, join[0], join[1], false) +
           leg_more_s(p, &p->watch->types[crew->type], join, node);
}

bool vg_problem_climbs(struct vg_problem *p, int line, int c)
{
    const struct vg_nodes *nd = &p->nodes[line];
    const struct vg_crew *crew = &p->crews[c];
    const struct vg_wf_type *type = &p->watch->types[crew->type];
    struct vg_reach *r = &p->reach[line * p->n_crews + c];
    double **arrays[] = {&r->more_fwd, &r->more_bwd, &r->more_out_fwd, &r->more_out_bwd,
                         &r->more_home};
    if (p->terrain == NULL || vg_terrain_is_flat(p->terrain)) {
        return true;
    }
    for (size_t q = 0; q < sizeof arrays / sizeof *arrays; q++) {
        *arrays[q] = vg_problem_take(p, nd->n, sizeof(double));
        if (*arrays[q] == NULL) {
            return false;
        }
    }
    for (int i = 0; i < nd->n; i++) {
        double here[2] = {nd->lat_deg[i], nd->lon_deg[i]};
        if (i > 0) {
            double before[2] = {nd->lat_deg[i - 1], nd->lon_deg[i - 1]};
            r->more_fwd[i] = r->more_fwd[i - 1] + leg_more_s(p, type, before, here);
            r->more_bwd[i] = r->more_bwd[i - 1] + leg_more_s(p, type, here, before);
        }
        int link = i < nd->n - 1 ? i : i - 1;
        double lead_m = vg_crew_lead_m(p, crew, nd->depth_m[link]);
        if (r->out_fwd[i] < HUGE_VAL) {
            r->more_out_fwd[i] = out_more_s(p, line, crew, i, -lead_m);
        }
        if (r->out_bwd[i] < HUGE_VAL) {
            r->more_out_bwd[i] = out_more_s(p, line, crew, i, lead_m);
        }
        if (r->home[i] < HUGE_VAL) {
            r->more_home[i] = way_more_s(p, crew, here[0], here[1], true);
        }
    }
    return true;
}

double vg_flight_more_s(const struct vg_problem *p, const struct vg_chain *chain,
                        const struct vg_piece *piece, bool is_backward)
{
    const struct vg_reach *reach = &p->reach[chain->line * p->n_crews];
    const struct vg_reach *r = &reach[piece->crew];
    const struct vg_reach *land = &reach[piece->elsewhere > 0 ? piece->elsewhere - 1 : piece->crew];
    if (r->more_fwd == NULL) {
        return 0;
    }
    int a = vg_chain_node(p, chain, piece->i);
    int b = vg_chain_node(p, chain, piece->j);
    const double *along = is_backward ? r->more_bwd : r->more_fwd;
    double sweep_s =
        vg_chain_along_s(p, chain, along, piece->j) - vg_chain_along_s(p, chain, along, piece->i);
    double legs_s = is_backward ? r->more_out_bwd[b] + land->more_home[a]
                                : r->more_out_fwd[a] + land->more_home[b];
    return fmax(0, legs_s + sweep_s);
}
