/* Reach: seconds of every possible flight. */
#include "base/units.h"
#include "geo/geodesy.h"
#include "plan/height.h"
#include "plan/problem_inner.h"

#include <math.h>

double vg_crude_distance_m(double lat1, double lon1, double lat2, double lon2)
{
    double a = sin((lat2 - lat1) * VG_RAD_PER_DEG / 2);
    double b = sin((lon2 - lon1) * VG_RAD_PER_DEG / 2);
    double h = a * a + cos(lat1 * VG_RAD_PER_DEG) * cos(lat2 * VG_RAD_PER_DEG) * b * b;
    return 2 * VG_EARTH_MEAN_RADIUS_M * asin(sqrt(fmin(h, 1)));
}

double vg_crew_lead_m(const struct vg_problem *p, const struct vg_crew *crew, double depth_m)
{
    const struct vg_wf_type *t = &p->watch->types[crew->type];
    double lead_m = 0;
    if (t->camera >= 0 && t->camera < p->watch->n_cameras &&
        p->watch->cameras[t->camera].gimbal != VG_GIMBAL_FIXED) {
        vg_camera_patrol_pitch_deg(&p->watch->cameras[t->camera], t->agl_m, depth_m, &lead_m);
    }
    return lead_m > 0 ? lead_m : 0;
}

/* Prefix seconds at the path's vertices, taken from an earlier crew of the same type where there is
 * one. */
static bool time_path(struct vg_problem *p, int line, int c)
{
    struct vg_reach *r = &p->reach[line * p->n_crews + c];
    const struct vg_flypath *path = &p->paths[line];
    for (int e = 0; e < c; e++) {
        if (p->crews[e].type == p->crews[c].type) {
            r->path_fwd = p->reach[line * p->n_crews + e].path_fwd;
            r->path_bwd = p->reach[line * p->n_crews + e].path_bwd;
            return true;
        }
    }
    r->path_fwd = vg_problem_take(p, path->n, sizeof(double));
    r->path_bwd = vg_problem_take(p, path->n, sizeof(double));
    if (r->path_fwd == NULL || r->path_bwd == NULL) {
        return false;
    }
    for (int i = 1; i < path->n; i++) {
        r->path_fwd[i] =
            r->path_fwd[i - 1] + vg_airspeed_leg_s(&p->crews[c].air, path->lat_deg[i - 1],
                                                   path->lon_deg[i - 1], path->lat_deg[i],
                                                   path->lon_deg[i]);
        r->path_bwd[i] = r->path_bwd[i - 1] +
                         vg_airspeed_leg_s(&p->crews[c].air, path->lat_deg[i], path->lon_deg[i],
                                           path->lat_deg[i - 1], path->lon_deg[i - 1]);
    }
    return true;
}

/* Seconds along the path from its start to u, round the ring or out on the extension. */
double vg_flypath_time_s(const struct vg_problem *p, int line, int c, double u_m, bool is_backward)
{
    const struct vg_flypath *path = &p->paths[line];
    const struct vg_reach *r = &p->reach[line * p->n_crews + c];
    const double *t = is_backward ? r->path_bwd : r->path_fwd;
    double lat, lon;
    double turns = 0;
    if (path->is_closed) {
        turns = floor(u_m / path->length_m);
        u_m -= turns * path->length_m;
    } else if (u_m < 0) {
        vg_flypath_at(path, u_m, &lat, &lon);
        return is_backward ? -vg_airspeed_leg_s(&p->crews[c].air, path->lat_deg[0],
                                                path->lon_deg[0], lat, lon)
                           : -vg_airspeed_leg_s(&p->crews[c].air, lat, lon, path->lat_deg[0],
                                                path->lon_deg[0]);
    } else if (u_m > path->length_m) {
        int e = path->n - 1;
        vg_flypath_at(path, u_m, &lat, &lon);
        return t[e] + (is_backward ? vg_airspeed_leg_s(&p->crews[c].air, lat, lon, path->lat_deg[e],
                                                       path->lon_deg[e])
                                   : vg_airspeed_leg_s(&p->crews[c].air, path->lat_deg[e],
                                                       path->lon_deg[e], lat, lon));
    }
    int i = vg_flypath_vertex(path, u_m);
    double share = (u_m - path->s_m[i]) / (path->s_m[i + 1] - path->s_m[i]);
    return turns * t[path->n - 1] + t[i] + share * (t[i + 1] - t[i]);
}

/* Between base and place round what is forbidden; HUGE_VAL where no way leads, or none between
 * floor and ceiling. */
static double leg_s(const struct vg_problem *p, const struct vg_crew *crew, double lat, double lon,
                    bool is_home)
{
    const struct vg_wf_type *type = &p->watch->types[crew->type];
    struct vg_detour_way way;
    double sum_s = 0;
    double lack_m = 0;
    double from_lat = crew->lat_deg;
    double from_lon = crew->lon_deg;
    if (!vg_detour_find(crew->detour, lat, lon, &way)) {
        return HUGE_VAL;
    }
    for (int k = 0; k <= way.n; k++) {
        double to_lat = k < way.n ? way.lat_deg[k] : lat;
        double to_lon = k < way.n ? way.lon_deg[k] : lon;
        sum_s += is_home ? vg_airspeed_leg_s(&crew->air, to_lat, to_lon, from_lat, from_lon)
                         : vg_airspeed_leg_s(&crew->air, from_lat, from_lon, to_lat, to_lon);
        if (sum_s < crew->usable_s && lack_m <= 0) {
            lack_m = vg_height_lack_m(p->terrain, type, (double[2]){from_lat, from_lon},
                                      (double[2]){to_lat, to_lon});
        }
        from_lat = to_lat;
        from_lon = to_lon;
    }
    return lack_m > 0 ? HUGE_VAL : sum_s;
}

/* From the base to where the lead-in begins (u), and along it to the node at s. */
static double way_out_s(const struct vg_problem *p, int line, int c, double u_m, double s_m)
{
    const struct vg_crew *crew = &p->crews[c];
    double lat, lon, to_lat, to_lon;
    vg_flypath_at(&p->paths[line], u_m, &lat, &lon);
    vg_flypath_at(&p->paths[line], s_m, &to_lat, &to_lon);
    if (!vg_flypath_is_clear(crew->detour, &p->paths[line], fmin(u_m, s_m), fmax(u_m, s_m)) ||
        vg_height_lack_m(p->terrain, &p->watch->types[crew->type], (double[2]){lat, lon},
                         (double[2]){to_lat, to_lon}) > 0) {
        return HUGE_VAL;
    }
    return leg_s(p, crew, lat, lon, false) + fabs(vg_flypath_time_s(p, line, c, s_m, u_m > s_m) -
                                                  vg_flypath_time_s(p, line, c, u_m, u_m > s_m));
}

static void reach_node(struct vg_problem *p, int line, int c, int i)
{
    const struct vg_nodes *nd = &p->nodes[line];
    const struct vg_crew *crew = &p->crews[c];
    struct vg_reach *r = &p->reach[line * p->n_crews + c];
    int after = i < nd->n - 1 ? i : (p->paths[line].is_closed ? 0 : i - 1);
    int before = i > 0 ? i - 1 : (p->paths[line].is_closed ? nd->n - 2 : 0);
    double s = nd->s_m[i];
    double u_fwd = s - vg_crew_lead_m(p, crew, nd->depth_m[after]);
    double u_bwd = s + vg_crew_lead_m(p, crew, nd->depth_m[before]);
    r->fwd[i] = vg_flypath_time_s(p, line, c, s, false);
    r->bwd[i] = vg_flypath_time_s(p, line, c, s, true);
    if (p->paths[line].is_closed && i == nd->n - 1) {
        r->fwd[i] = r->path_fwd[p->paths[line].n - 1];
        r->bwd[i] = r->path_bwd[p->paths[line].n - 1];
    }
    r->out_fwd[i] = r->out_bwd[i] = r->out_least[i] = HUGE_VAL;
    r->home[i] = r->home_least[i] = HUGE_VAL;
    double most_mps = crew->air.cruise_mps + (crew->air.hours != NULL ? crew->air.wind_mps : 0);
    double far_m = crew->usable_s * most_mps / 2 * 1.02;
    if (vg_crude_distance_m(crew->lat_deg, crew->lon_deg, nd->lat_deg[i], nd->lon_deg[i]) >
        far_m * 2) {
        return;
    }
    r->out_least[i] = vg_airspeed_least_leg_s(&crew->air, crew->lat_deg, crew->lon_deg,
                                              nd->lat_deg[i], nd->lon_deg[i]);
    r->home_least[i] = vg_airspeed_least_leg_s(&crew->air, nd->lat_deg[i], nd->lon_deg[i],
                                               crew->lat_deg, crew->lon_deg);
    r->home[i] = leg_s(p, crew, nd->lat_deg[i], nd->lon_deg[i], true);
    r->out_fwd[i] = way_out_s(p, line, c, u_fwd, s);
    r->out_bwd[i] = way_out_s(p, line, c, u_bwd, s);
}

enum vg_status vg_problem_make_reach(struct vg_problem *p, struct vg_error *err)
{
    int n_lines = p->net.n_lines;
    p->reach = vg_problem_take(p, n_lines * p->n_crews, sizeof *p->reach);
    if (p->reach == NULL) {
        return vg_no_memory(err);
    }
    for (int line = 0; line < n_lines; line++) {
        int n = p->nodes[line].n;
        for (int c = 0; c < p->n_crews; c++) {
            struct vg_reach *r = &p->reach[line * p->n_crews + c];
            double **arrays[] = {&r->fwd,       &r->bwd,      &r->out_fwd,  &r->out_bwd,   &r->home,
                                 &r->out_least, &r->lead_fwd, &r->lead_bwd, &r->home_least};
            bool is_ok = time_path(p, line, c);
            for (size_t q = 0; q < sizeof arrays / sizeof *arrays; q++) {
                *arrays[q] = vg_problem_take(p, n, sizeof(double));
                is_ok = is_ok && *arrays[q] != NULL;
            }
            if (!is_ok) {
                return vg_no_memory(err);
            }
            for (int i = 0; i < n; i++) {
                reach_node(p, line, c, i);
            }
            if (!vg_problem_climbs(p, line, c)) {
                return vg_no_memory(err);
            }
            vg_problem_lead_in(p, line, c);
        }
    }
    return VG_OK;
}

int vg_chain_node(const struct vg_problem *p, const struct vg_chain *chain, int i)
{
    int at = chain->first + i;
    int round = p->nodes[chain->line].n - 1;
    return at > round ? at - round : at;
}

/* 1 where node i of the chain lies past the ring's end. */
static int turns_of(const struct vg_problem *p, const struct vg_chain *chain, int i)
{
    return chain->first + i > p->nodes[chain->line].n - 1;
}

double vg_chain_u_m(const struct vg_problem *p, const struct vg_chain *chain, int i)
{
    return p->nodes[chain->line].s_m[vg_chain_node(p, chain, i)] +
           turns_of(p, chain, i) * p->paths[chain->line].length_m;
}

double vg_chain_along_s(const struct vg_problem *p, const struct vg_chain *chain,
                        const double *prefix, int i)
{
    return prefix[vg_chain_node(p, chain, i)] +
           (turns_of(p, chain, i) ? prefix[p->nodes[chain->line].n - 1] : 0);
}

double vg_flight_s(const struct vg_problem *p, const struct vg_chain *chain, int c, int i, int j,
                   bool is_backward)
{
    const struct vg_crew *crew = &p->crews[c];
    const struct vg_reach *r = &p->reach[chain->line * p->n_crews + c];
    int a = vg_chain_node(p, chain, i);
    int b = vg_chain_node(p, chain, j);
    const double *t = is_backward ? r->bwd : r->fwd;
    double sweep_s = vg_chain_along_s(p, chain, t, j) - vg_chain_along_s(p, chain, t, i);
    double legs_s = is_backward ? r->out_bwd[b] + r->home[a] : r->out_fwd[a] + r->home[b];
    double flight_s = legs_s + sweep_s + crew->climb_s + crew->sink_s;
    const struct vg_piece piece = {.i = i, .j = j, .crew = c};
    double more_s = crew->climbs_s + vg_flight_more_s(p, chain, &piece, is_backward);
    return flight_s <= crew->usable_s - more_s ? flight_s : HUGE_VAL;
}

double vg_flight_least_s(const struct vg_problem *p, const struct vg_chain *chain, int c, int i,
                         int j, bool *out_is_backward)
{
    double there_s = vg_flight_s(p, chain, c, i, j, false);
    double back_s = vg_flight_s(p, chain, c, i, j, true);
    if (out_is_backward != NULL) {
        *out_is_backward = back_s < there_s;
    }
    return fmin(there_s, back_s);
}

double vg_flight_floor_s(const struct vg_problem *p, const struct vg_chain *chain, int c, int i,
                         int j)
{
    const struct vg_crew *crew = &p->crews[c];
    const struct vg_reach *r = &p->reach[chain->line * p->n_crews + c];
    int a = vg_chain_node(p, chain, i);
    int b = vg_chain_node(p, chain, j);
    double share = crew->least_share;
    double there_s =
        r->lead_fwd[a] + r->home_least[b] +
        share * (vg_chain_along_s(p, chain, r->fwd, j) - vg_chain_along_s(p, chain, r->fwd, i));
    double back_s =
        r->lead_bwd[b] + r->home_least[a] +
        share * (vg_chain_along_s(p, chain, r->bwd, j) - vg_chain_along_s(p, chain, r->bwd, i));
    /* Wind is a vector of the local meridian, so a detour may be shorter by parts in 10^4: the
     * floor gives them away. */
    double legs = crew->air.wind_mps > 0 ? 0.9995 : 1;
    double flight_s = legs * fmin(there_s, back_s) + crew->climb_s + crew->sink_s;
    return flight_s <= crew->usable_s + VG_BOUND_MORE_S ? flight_s : HUGE_VAL;
}
