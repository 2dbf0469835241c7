/* Lead-ins as the bound has them: the camera looks ahead, so no sweep of a place begins nearer to
 * it than that, on the path, its extension or round the ring. Less is asked than of flights that
 * are planned: the way there is straight, and only ground that is forbidden beyond doubt is in the
 * lead-in's way, so that the checker, which looks in its own way, finds all of it too.
 *
 * Where depths differ a sweep of a node may have begun on a link before it that asks for less, and
 * is then the further away: the least over all of them counts.
 */
#include "plan/problem_inner.h"

#include "geo/ring.h"

#include <math.h>

static const double STEP_M = 5;
static const double DEEP_M = 25; /* the checker's is 5: it must find all that is found here */

/* How far before each node of a line, at least, a sweep of it has joined the path. */
static void find_leads(const struct vg_problem *p, int line, int c, bool is_backward, double *out_m)
{
    const struct vg_nodes *nd = &p->nodes[line];
    bool is_closed = p->paths[line].is_closed;
    int n = nd->n - 1;
    double begun_m = HUGE_VAL;
    for (int q = 0; q < (is_closed ? 2 * n : n); q++) {
        int link = is_backward ? n - 1 - q % n : q % n;
        double lead_m = vg_crew_lead_m(p, &p->crews[c], nd->depth_m[link]);
        out_m[is_backward ? link + 1 : link] = fmin(begun_m, lead_m);
        begun_m = fmin(begun_m + nd->s_m[link + 1] - nd->s_m[link], lead_m);
    }
    int end = is_backward ? 0 : n;
    out_m[end] = is_closed ? out_m[n - end] : begun_m;
}

static bool is_deep(const struct vg_watchfile *w, double lat_deg, double lon_deg)
{
    int n_fences = 0;
    bool is_out = true;
    for (int k = 0; k < w->n_zones; k++) {
        const struct vg_wf_zone *z = &w->zones[k];
        struct vg_ring ring = vg_zone_ring(z);
        bool is_fence = z->kind == VG_ZONE_GEOFENCE;
        if (!is_fence && z->kind != VG_ZONE_NO_FLY) {
            continue;
        }
        bool is_beyond = vg_ring_holds(ring, lat_deg, lon_deg) != is_fence &&
                         vg_ring_edge_m(ring, lat_deg, lon_deg) > DEEP_M;
        if (!is_fence && is_beyond) {
            return true;
        }
        n_fences += is_fence;
        is_out = is_out && (!is_fence || is_beyond);
    }
    return n_fences > 0 && is_out;
}

static bool is_blocked(const struct vg_problem *p, int line, int c, double from_m, double to_m)
{
    if (vg_flypath_is_clear(p->crews[c].detour, &p->paths[line], from_m, to_m)) {
        return false;
    }
    for (double u_m = from_m; u_m <= to_m; u_m += STEP_M) {
        double lat, lon;
        vg_flypath_at(&p->paths[line], u_m, &lat, &lon);
        if (is_deep(p->watch, lat, lon)) {
            return true;
        }
    }
    return false;
}

/* From the base straight to u and along the path to s; HUGE_VAL where the lead-in is blocked. */
static double least_out_s(const struct vg_problem *p, int line, int c, double u_m, double s_m)
{
    const struct vg_crew *crew = &p->crews[c];
    double lat, lon;
    if (is_blocked(p, line, c, fmin(u_m, s_m), fmax(u_m, s_m))) {
        return HUGE_VAL;
    }
    vg_flypath_at(&p->paths[line], u_m, &lat, &lon);
    double along_s = fabs(vg_flypath_time_s(p, line, c, s_m, u_m > s_m) -
                          vg_flypath_time_s(p, line, c, u_m, u_m > s_m));
    return vg_airspeed_least_leg_s(&crew->air, crew->lat_deg, crew->lon_deg, lat, lon) +
           crew->least_share * along_s;
}

void vg_problem_lead_in(struct vg_problem *p, int line, int c)
{
    const struct vg_nodes *nd = &p->nodes[line];
    struct vg_reach *r = &p->reach[line * p->n_crews + c];
    for (int way = 0; way < 2; way++) {
        double *at = way == 0 ? r->lead_fwd : r->lead_bwd; /* metres, then seconds */
        find_leads(p, line, c, way == 1, at);
        for (int i = 0; i < nd->n; i++) {
            double u_m = nd->s_m[i] + (way == 0 ? -at[i] : at[i]);
            at[i] =
                r->out_least[i] < HUGE_VAL ? least_out_s(p, line, c, u_m, nd->s_m[i]) : HUGE_VAL;
        }
    }
}
