/* Why nothing of the line can be reached, and what would help: in figures that will do. */
#include "base/time.h"
#include "config/work.h"
#include "plan/inner.h"

#include <math.h>

enum {
    ROUND_S = 300 /* an endurance that is asked for is a multiple of this */
};
static const double ROUND_M = 1000;

/* A link, its lead-in and the crew that comes nearest to flying them. */
struct nearest {
    int crew;
    double need_s; /* out, climb and home */
    double seen_s; /* along the lead-in and the link, at most */
};

static struct nearest find_nearest(const struct vg_problem *p)
{
    struct nearest best = {0};
    double least = HUGE_VAL;
    for (int line = 0; line < p->net.n_lines; line++) {
        const struct vg_nodes *nd = &p->nodes[line];
        for (int k = 0; k < nd->n - 1; k++) {
            int c = 0;
            double s = vg_link_shortest_s(p, line, k, &c);
            if (s - p->crews[c].usable_s < least) {
                const struct vg_airspeed *air = &p->crews[c].air;
                double along_m = nd->s_m[k + 1] - nd->s_m[k] +
                                 2 * vg_crew_lead_m(p, &p->crews[c], nd->depth_m[k]);
                least = s - p->crews[c].usable_s;
                best = (struct nearest){c, s, along_m / (air->cruise_mps - air->wind_mps)};
            }
        }
    }
    return best;
}

/* A base so near could fly there and back whatever way the wind blows; 0: none could. */
static double near_enough_m(const struct vg_crew *crew, double seen_s)
{
    double v = crew->air.cruise_mps;
    double w = crew->air.wind_mps;
    double left_s = crew->usable_s - crew->climb_s - crew->sink_s - crew->climbs_s - seen_s;
    return left_s > 0 ? floor(left_s * (v * v - w * w) / (2 * v) / ROUND_M) * ROUND_M : 0;
}

enum vg_status vg_problem_refuse_reach(const struct vg_problem *p, struct vg_error *err)
{
    struct nearest n = find_nearest(p);
    const struct vg_crew *crew = &p->crews[n.crew];
    const struct vg_wf_type *type = &p->watch->types[crew->type];
    const char *base = p->watch->bases[crew->base].name;
    if (n.need_s <= crew->usable_s && crew->detour != NULL) {
        return vg_fail(
            err, VG_E_INVALID,
            "no drone reaches the line and comes home: time would suffice from %s, but no "
            "way keeps out of the zones and between floor and ceiling; a higher ceiling, a "
            "lower floor or smaller zones would do",
            base);
    }
    char need[32];
    char have[32];
    char wanted[32];
    double endurance_s = (n.need_s + n.seen_s + vg_circuit_s(type)) / (1 - type->reserve);
    double near_m = near_enough_m(crew, n.seen_s);
    vg_duration_format(n.need_s, need, sizeof need);
    vg_duration_format(fmax(0, crew->usable_s), have, sizeof have);
    vg_duration_format(ceil(endurance_s / ROUND_S) * ROUND_S, wanted, sizeof wanted);
    if (near_m > 0) {
        return vg_fail(err, VG_E_INVALID,
                       "no drone reaches the line and comes home: from %s at least %s, lead-in not "
                       "counted, and %s can be flown; a base within %.0f km of the line or at "
                       "least %s of endurance would do",
                       base, need, have, near_m / 1000, wanted);
    }
    return vg_fail(err, VG_E_INVALID,
                   "no drone reaches the line and comes home: from %s at least %s, lead-in not "
                   "counted, and %s can be flown; at least %s of endurance would do",
                   base, need, have, wanted);
}
