/* Crews, nodes and reach: who can fly what, in seconds. */
#include "plan/inner.h"

#include "base/units.h"
#include "geo/geodesy.h"
#include "plan/height.h"
#include "plan/radio.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    AIM_NODES = 4000,
    EDGES = 32 /* of forbidden zones within one link */
};
static const double FINE_M = 100;
static const double BESIDE_M = 250; /* of a link: a flight that ends there looks as far ahead */
static const double MIN_STEP_M = 500;
static const double MAX_STEP_M = 5000;

static void *take(struct vg_problem *p, int n, size_t size_bytes)
{
    return vg_arena_calloc(&p->arena, n > 0 ? (size_t)n : 1, size_bytes);
}

static enum vg_status no_memory(struct vg_error *err)
{
    return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}

static void set_crew(struct vg_problem *p, struct vg_crew *crew, int base, int type)
{
    const struct vg_wf_base *b = &p->watch->bases[base];
    const struct vg_wf_type *t = &p->watch->types[type];
    *crew =
        (struct vg_crew){.base = base, .type = type, .lat_deg = b->lat_deg, .lon_deg = b->lon_deg};
    crew->air = (struct vg_airspeed){.cruise_mps = t->cruise_mps,
                                     .wind_from_deg = p->watch->wind_from_deg,
                                     .wind_mps = p->watch->wind_mps};
    if (p->watch->has_wind_hours) {
        crew->air.hours = p->watch->wind_hours;
        for (int h = 0; h < VG_DAY_HOURS; h++) {
            crew->air.wind_mps = fmax(crew->air.wind_mps, p->watch->wind_hours[h].mps);
        }
    }
    crew->least_share = vg_airspeed_least_share(&crew->air);
    crew->usable_s = t->endurance_s * (1 - t->reserve) - VG_HELD_BACK_S;
    crew->turnaround_s = t->turnaround_s;
    crew->climb_s = t->agl_m / t->climb_mps;
    crew->sink_s = t->agl_m / (t->sink_mps > 0 ? t->sink_mps : t->climb_mps);
}

static int crew_of(struct vg_problem *p, const struct vg_wf_drone *d)
{
    for (int c = 0; c < p->n_crews; c++) {
        if (p->crews[c].base == d->base && p->crews[c].type == d->type) {
            return c;
        }
    }
    set_crew(p, &p->crews[p->n_crews], d->base, d->type);
    return p->n_crews++;
}

static enum vg_status find_crews(struct vg_problem *p, struct vg_error *err)
{
    const struct vg_watchfile *w = p->watch;
    if (w->n_drones == 0) {
        return vg_fail(err, VG_E_INVALID,
                       "no drones in the watch: list at least one under \"drones\" with its base");
    }
    p->crews = take(p, w->n_drones, sizeof *p->crews);
    if (p->crews == NULL) {
        return no_memory(err);
    }
    for (int d = 0; d < w->n_drones; d++) {
        const struct vg_wf_type *t = &w->types[w->drones[d].type];
        if (w->wind_mps >= t->cruise_mps) {
            return vg_fail(err, VG_E_INVALID,
                           "wind of %.1f m/s is as fast as drone %s flies (%.1f m/s): it could not "
                           "come home; it can be planned below %.1f m/s",
                           w->wind_mps, w->drones[d].id, t->cruise_mps, t->cruise_mps);
        }
        p->crews[crew_of(p, &w->drones[d])].n++;
    }
    for (int c = 0; c < p->n_crews; c++) {
        struct vg_crew *crew = &p->crews[c];
        crew->drones = take(p, crew->n, sizeof *crew->drones);
        if (crew->drones == NULL) {
            return no_memory(err);
        }
        int k = 0;
        for (int d = 0; d < w->n_drones; d++) {
            if (w->drones[d].base == crew->base && w->drones[d].type == crew->type) {
                crew->drones[k++] = d;
            }
        }
    }
    return VG_OK;
}

static double least_depth_m(const struct vg_network *net, int line)
{
    double least = HUGE_VAL;
    for (int k = 0; k < net->n_stretches; k++) {
        if (net->stretches[k].line == line) {
            least = fmin(least, net->stretches[k].depth_m);
        }
    }
    return least;
}

static enum vg_status make_paths(struct vg_problem *p, struct vg_error *err)
{
    const struct vg_network *net = &p->net;
    p->paths = take(p, net->n_lines, sizeof *p->paths);
    if (p->paths == NULL) {
        return no_memory(err);
    }
    for (int k = 0; k < net->n_lines; k++) {
        double tolerance_m = vg_sweeps_tolerance_m(least_depth_m(net, k));
        enum vg_status st = vg_flypath_create(&net->lines[k], tolerance_m, &p->paths[k], err);
        if (st != VG_OK) {
            return st;
        }
    }
    return VG_OK;
}

/* Great-circle distance good to 0.6 %: to skip what is far out of reach without asking for the
 * geodesic. */
static double crude_distance_m(double lat1, double lon1, double lat2, double lon2)
{
    double a = sin((lat2 - lat1) * VG_RAD_PER_DEG / 2);
    double b = sin((lon2 - lon1) * VG_RAD_PER_DEG / 2);
    double h = a * a + cos(lat1 * VG_RAD_PER_DEG) * cos(lat2 * VG_RAD_PER_DEG) * b * b;
    return 2 * VG_EARTH_MEAN_RADIUS_M * asin(sqrt(fmin(h, 1)));
}

/* Ways round the zones for each crew's base. */
static enum vg_status find_detours(struct vg_problem *p, struct vg_error *err)
{
    for (int c = 0; c < p->n_crews; c++) {
        struct vg_crew *crew = &p->crews[c];
        double reach_m = crew->usable_s * (crew->air.cruise_mps + crew->air.wind_mps) / 2;
        enum vg_status st = vg_detour_create(p->watch, crew->base, reach_m, &crew->detour, err);
        if (st != VG_OK) {
            return st;
        }
    }
    return VG_OK;
}

/* A link lies in the plane of every crew; the nearest base judges it best. */
static const struct vg_detour *nearest_detour(const struct vg_problem *p, double lat, double lon)
{
    const struct vg_detour *best = NULL;
    double least_m = HUGE_VAL;
    for (int c = 0; c < p->n_crews; c++) {
        double d = crude_distance_m(p->crews[c].lat_deg, p->crews[c].lon_deg, lat, lon);
        if (d < least_m) {
            least_m = d;
            best = p->crews[c].detour;
        }
    }
    return best;
}

/* Along the path, out on its extension or round the ring; from_m < to_m. */
static bool is_way_clear(const struct vg_detour *detour, const struct vg_flypath *path,
                         double from_m, double to_m)
{
    double turn_m = path->is_closed ? floor(from_m / path->length_m) * path->length_m : 0;
    double lat, lon, to_lat, to_lon;
    vg_flypath_at(path, from_m, &lat, &lon);
    for (int i = vg_flypath_vertex(path, from_m - turn_m) + 1; detour != NULL; i++) {
        if (i == path->n && path->is_closed) {
            turn_m += path->length_m;
            i = 1;
        }
        double s_m = i < path->n ? fmin(path->s_m[i] + turn_m, to_m) : to_m;
        vg_flypath_at(path, s_m, &to_lat, &to_lon);
        if (!vg_detour_is_clear(detour, lat, lon, to_lat, to_lon)) {
            return false;
        }
        if (s_m >= to_m) {
            break;
        }
        lat = to_lat;
        lon = to_lon;
    }
    return true;
}

static bool is_path_clear(const struct vg_problem *p, int line, double from_m, double to_m)
{
    const struct vg_flypath *path = &p->paths[line];
    double lat, lon;
    vg_flypath_at(path, from_m, &lat, &lon);
    return is_way_clear(nearest_detour(p, lat, lon), path, from_m, to_m);
}

/* Where the path enters or leaves what is forbidden between two places that differ in that; to the
 * metre, on the clear side. */
static double find_edge(const struct vg_problem *p, int line, double clear_m, double other_m)
{
    double from_m = clear_m;
    while (fabs(other_m - clear_m) > 1) {
        double mid = (clear_m + other_m) / 2;
        if (is_path_clear(p, line, fmin(from_m, mid), fmax(from_m, mid))) {
            clear_m = mid;
        } else {
            other_m = mid;
        }
    }
    return clear_m < other_m ? floor(clear_m) : ceil(clear_m);
}

/* Ends of what is forbidden within a link, in order; looked for every FINE_M. Answers how many, at
 * most EDGES. */
static int find_edges(const struct vg_problem *p, int line, double from_m, double to_m, double *out)
{
    if (is_path_clear(p, line, from_m, to_m)) {
        return 0;
    }
    int n = 0;
    int pieces = (int)ceil((to_m - from_m) / FINE_M);
    bool was_clear = true;
    for (int q = 0; q < pieces && n < EDGES; q++) {
        double a = from_m + (to_m - from_m) * q / pieces;
        double b = from_m + (to_m - from_m) * (q + 1) / pieces;
        bool is_clear = is_path_clear(p, line, a, b);
        double edge_m = is_clear && !was_clear   ? find_edge(p, line, b, a - FINE_M)
                        : !is_clear && was_clear ? find_edge(p, line, a, b)
                                                 : from_m;
        was_clear = is_clear;
        if (edge_m > (n > 0 ? out[n - 1] : from_m) + 1 && edge_m < to_m - 1) {
            out[n++] = edge_m;
        }
    }
    return n;
}

static int links_of(const struct vg_stretch *st, double step_m)
{
    int n = (int)ceil((st->to_m - st->from_m) / step_m - 1e-6);
    return n > 1 ? n : 1;
}

bool vg_nodes_take(struct vg_problem *p, struct vg_nodes *out, int n)
{
    *out = (struct vg_nodes){.n = 0};
    out->s_m = take(p, n, sizeof(double));
    out->lat_deg = take(p, n, sizeof(double));
    out->lon_deg = take(p, n, sizeof(double));
    out->stretch = take(p, n, sizeof(int));
    out->revisit_s = take(p, n, sizeof(double));
    out->depth_m = take(p, n, sizeof(double));
    out->is_served = take(p, n, sizeof(bool));
    out->is_left_out = take(p, n, sizeof(bool));
    out->is_forbidden = take(p, n, sizeof(bool));
    out->lack_m = take(p, n, sizeof(double));
    out->is_silent = take(p, n, sizeof(bool));
    out->mast_m = take(p, n, sizeof(double));
    return out->s_m && out->lat_deg && out->lon_deg && out->stretch && out->revisit_s &&
           out->depth_m && out->is_served && out->is_left_out && out->is_forbidden && out->lack_m &&
           out->is_silent && out->mast_m;
}

static void add_node(struct vg_nodes *out, int stretch, const struct vg_stretch *st, double s_m)
{
    out->s_m[out->n] = s_m;
    out->stretch[out->n] = stretch;
    out->revisit_s[out->n] = st->revisit_s;
    out->depth_m[out->n++] = st->depth_m;
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Those of all passes of the piece that stretch k of net belongs to, so that its passes have their
 * nodes at the same kilometres; in k's own. */
static int find_piece_edges(const struct vg_problem *p, int k, double from_m, double to_m,
                            double *out)
{
    double all[EDGES];
    double own_m = p->flown[p->net.stretches[k].line].from_m;
    int n = 0;
    for (int e = 0; e < p->net.n_stretches && n < EDGES; e++) {
        if (p->sweep_of[e] != p->sweep_of[k]) {
            continue;
        }
        int line = p->net.stretches[e].line;
        double shift_m = p->flown[line].from_m - own_m;
        double end_m = p->paths[line].length_m;
        double here[EDGES];
        int more = find_edges(p, line, fmin(fmax(from_m - shift_m, 0), end_m),
                              fmin(to_m - shift_m, end_m), here);
        for (int q = 0; q < more && n < EDGES; q++) {
            all[n++] = round(here[q] + p->flown[line].from_m) - own_m;
        }
    }
    qsort(all, (size_t)n, sizeof *all, by_number);
    int kept = 0;
    for (int q = 0; q < n; q++) {
        if (all[q] > (kept > 0 ? out[kept - 1] : from_m) + 1 && all[q] < to_m - 1) {
            out[kept++] = all[q];
        }
    }
    return kept;
}

static void mark_left_out(struct vg_problem *p, int line)
{
    struct vg_nodes *nd = &p->nodes[line];
    const struct vg_flown *flown = &p->flown[line];
    for (int k = 0; k + 1 < nd->n; k++) {
        double mid_m = (nd->s_m[k] + nd->s_m[k + 1]) / 2 + flown->from_m;
        nd->is_left_out[k] = p->n_parts > 0;
        for (int q = 0; q < p->n_parts && nd->is_left_out[k]; q++) {
            nd->is_left_out[k] = p->parts[q].line != flown->line || mid_m < p->parts[q].from_m ||
                                 mid_m > p->parts[q].to_m;
        }
    }
}

/* Beside each edge a place so far in that a sweep towards it can begin there: what lies between is
 * swept the other way. */
static int add_room(const struct vg_problem *p, const struct vg_stretch *st, double from_m,
                    double to_m, double *io, int n)
{
    double lead_m = 0;
    for (int c = 0; c < p->n_crews; c++) {
        lead_m = fmax(lead_m, vg_crew_lead_m(p, &p->crews[c], st->depth_m));
    }
    int n_edges = n;
    for (int e = 0; e < n_edges && lead_m > 0; e++) {
        double beside[2] = {floor(io[e] - lead_m), ceil(io[e] + lead_m)};
        for (int q = 0; q < 2; q++) {
            if (n < EDGES && beside[q] > from_m + 1 && beside[q] < to_m - 1) {
                io[n++] = beside[q];
            }
        }
    }
    qsort(io, (size_t)n, sizeof *io, by_number);
    int kept = 0;
    for (int q = 0; q < n; q++) {
        if (kept == 0 || io[q] > io[kept - 1] + 1) {
            io[kept++] = io[q];
        }
    }
    return kept;
}

/* A node at the start of each link, and where the path enters or leaves what is forbidden. With
 * out->s_m NULL they are only counted. Cuts lie on whole metres, as the file gives them; ends of
 * stretches keep what the network says. */
static int lay_stretch(const struct vg_problem *p, int k, double step_m, struct vg_nodes *out)
{
    const struct vg_stretch *st = &p->net.stretches[k];
    double from_m = p->flown[st->line].from_m;
    int links = links_of(st, step_m);
    int n = 0;
    for (int q = 0; q < links; q++) {
        double s = st->from_m + (st->to_m - st->from_m) * q / links;
        double next = st->from_m + (st->to_m - st->from_m) * (q + 1) / links;
        double edges[EDGES];
        int n_edges = find_piece_edges(p, k, s, next, edges);
        n_edges = add_room(p, st, s, next, edges, n_edges);
        n += 1 + n_edges;
        if (out->s_m != NULL) {
            add_node(out, k, st, q > 0 ? round(s + from_m) - from_m : s);
        }
        for (int e = 0; e < n_edges && out->s_m != NULL; e++) {
            add_node(out, k, st, edges[e]);
        }
    }
    return n;
}

static void mark_forbidden(struct vg_problem *p, int line)
{
    struct vg_nodes *nd = &p->nodes[line];
    double end_m = p->paths[line].length_m;
    for (int k = 0; k + 1 < nd->n; k++) {
        /* Edges are found to the metre. */
        double from_m = fmin(nd->s_m[k], end_m);
        double to_m = fmin(nd->s_m[k + 1], end_m);
        double in_m = fmin(1.5, (to_m - from_m) / 4);
        nd->is_forbidden[k] = !is_path_clear(p, line, from_m + in_m, to_m - in_m);
    }
}

/* How much higher the ceiling of a crew's type would have to be along the path. */
static double path_lack_m(const struct vg_problem *p, int crew, int line, double from_m,
                          double to_m)
{
    const struct vg_flypath *path = &p->paths[line];
    const struct vg_wf_type *type = &p->watch->types[p->crews[crew].type];
    double lack_m = 0;
    double at[2], to[2];
    vg_flypath_at(path, from_m, &at[0], &at[1]);
    for (int i = vg_flypath_vertex(path, from_m) + 1; type->ceiling_m > 0; i++) {
        double s_m = i < path->n ? fmin(path->s_m[i], to_m) : to_m;
        vg_flypath_at(path, s_m, &to[0], &to[1]);
        lack_m = fmax(lack_m, vg_height_lack_m(p->terrain, type, at, to));
        if (s_m >= to_m) {
            break;
        }
        memcpy(at, to, sizeof at);
    }
    return lack_m;
}

/* Where types differ, the one that follows the ground worst decides. */
static void mark_steep(struct vg_problem *p, int line)
{
    struct vg_nodes *nd = &p->nodes[line];
    double end_m = p->paths[line].length_m;
    for (int c = 0; c < p->n_crews; c++) {
        bool is_new = true;
        for (int e = 0; e < c; e++) {
            is_new = is_new && p->crews[e].type != p->crews[c].type;
        }
        for (int k = 0; is_new && k + 1 < nd->n; k++) {
            double lack_m = path_lack_m(p, c, line, fmax(fmin(nd->s_m[k], end_m) - BESIDE_M, 0),
                                        fmin(nd->s_m[k + 1] + BESIDE_M, end_m));
            nd->lack_m[k] = fmax(nd->lack_m[k], lack_m);
        }
    }
}

/* The lowest that any type flies above ground. */
static double lowest_m(const struct vg_problem *p)
{
    double least = HUGE_VAL;
    for (int c = 0; c < p->n_crews; c++) {
        const struct vg_wf_type *t = &p->watch->types[p->crews[c].type];
        double level_m = t->ceiling_m > 0 ? t->floor_m : VG_LEVEL_SHARE * t->agl_m;
        least = fmin(least, fmax(level_m, t->floor_m));
    }
    return least;
}

static void mark_silent(struct vg_problem *p, int line)
{
    struct vg_nodes *nd = &p->nodes[line];
    double end_m = p->paths[line].length_m;
    for (int k = 0; k + 1 < nd->n && p->watch->radio.is_required; k++) {
        double span_m = nd->s_m[k + 1] - nd->s_m[k];
        int n = 1 + (int)(span_m / FINE_M);
        for (int q = 0; q <= n; q++) {
            double lat, lon;
            vg_flypath_at(&p->paths[line], fmin(nd->s_m[k] + span_m * q / n, end_m), &lat, &lon);
            double alt_m = vg_height_ground_m(p->terrain, lat, lon) + lowest_m(p);
            if (!vg_radio_any_hears(p->watch, p->terrain, lat, lon, alt_m)) {
                nd->is_silent[k] = true;
                nd->mast_m[k] =
                    fmax(nd->mast_m[k], vg_radio_mast_m(p->watch, p->terrain, lat, lon, alt_m));
            }
        }
    }
}

static enum vg_status make_nodes(struct vg_problem *p, int line, double step_m,
                                 struct vg_error *err)
{
    const struct vg_network *net = &p->net;
    int n = 1;
    struct vg_nodes counted = {0};
    for (int k = 0; k < net->n_stretches; k++) {
        n += net->stretches[k].line == line ? lay_stretch(p, k, step_m, &counted) : 0;
    }
    struct vg_nodes *out = &p->nodes[line];
    if (!vg_nodes_take(p, out, n)) {
        return no_memory(err);
    }
    for (int k = 0; k < net->n_stretches; k++) {
        if (net->stretches[k].line == line) {
            lay_stretch(p, k, step_m, out);
        }
    }
    out->s_m[out->n++] = net->lines[line].length_m;
    for (int i = 0; i < out->n; i++) {
        vg_flypath_at(&p->paths[line], fmin(out->s_m[i], p->paths[line].length_m), &out->lat_deg[i],
                      &out->lon_deg[i]);
    }
    mark_forbidden(p, line);
    mark_steep(p, line);
    mark_silent(p, line);
    mark_left_out(p, line);
    return VG_OK;
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
    r->path_fwd = take(p, path->n, sizeof(double));
    r->path_bwd = take(p, path->n, sizeof(double));
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
    if (!is_way_clear(crew->detour, &p->paths[line], fmin(u_m, s_m), fmax(u_m, s_m)) ||
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
    if (crude_distance_m(crew->lat_deg, crew->lon_deg, nd->lat_deg[i], nd->lon_deg[i]) >
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

static enum vg_status make_reach(struct vg_problem *p, struct vg_error *err)
{
    int n_lines = p->net.n_lines;
    p->reach = take(p, n_lines * p->n_crews, sizeof *p->reach);
    if (p->reach == NULL) {
        return no_memory(err);
    }
    for (int line = 0; line < n_lines; line++) {
        int n = p->nodes[line].n;
        for (int c = 0; c < p->n_crews; c++) {
            struct vg_reach *r = &p->reach[line * p->n_crews + c];
            double **arrays[] = {&r->fwd,       &r->bwd,  &r->out_fwd,   &r->out_bwd,
                                 &r->out_least, &r->home, &r->home_least};
            bool is_ok = time_path(p, line, c);
            for (int q = 0; q < 7; q++) {
                *arrays[q] = take(p, n, sizeof(double));
                is_ok = is_ok && *arrays[q] != NULL;
            }
            if (!is_ok) {
                return no_memory(err);
            }
            for (int i = 0; i < n; i++) {
                reach_node(p, line, c, i);
            }
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

static double along_s(const struct vg_problem *p, const struct vg_chain *chain,
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
    double sweep_s = along_s(p, chain, t, j) - along_s(p, chain, t, i);
    double legs_s = is_backward ? r->out_bwd[b] + r->home[a] : r->out_fwd[a] + r->home[b];
    double flight_s = legs_s + sweep_s + crew->climb_s + crew->sink_s + 2 * crew->extra_climb_s;
    return flight_s <= crew->usable_s ? flight_s : HUGE_VAL;
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
    double there_s = r->out_least[a] + r->home_least[b] +
                     share * (along_s(p, chain, r->fwd, j) - along_s(p, chain, r->fwd, i));
    double back_s = r->out_least[b] + r->home_least[a] +
                    share * (along_s(p, chain, r->bwd, j) - along_s(p, chain, r->bwd, i));
    /* Wind is a vector of the local meridian, so a detour may be shorter by parts in 10^4: the
     * floor gives them away. */
    double legs = crew->air.wind_mps > 0 ? 0.9995 : 1;
    double flight_s = legs * fmin(there_s, back_s) + crew->climb_s + crew->sink_s;
    return flight_s <= crew->usable_s + VG_BOUND_MORE_S ? flight_s : HUGE_VAL;
}

static bool is_link_served(const struct vg_problem *p, int line, int k)
{
    struct vg_chain link = {line, k, 2};
    if (p->nodes[line].is_left_out[k] || p->nodes[line].is_forbidden[k] ||
        p->nodes[line].lack_m[k] > 0 || p->nodes[line].is_silent[k]) {
        return false;
    }
    for (int c = 0; c < p->n_crews; c++) {
        if (vg_flight_least_s(p, &link, c, 0, 1, NULL) < HUGE_VAL) {
            return true;
        }
    }
    return false;
}

/* On a closed line the scan starts behind a link that is not served, so that no chain is cut in two
 * at km 0. */
static void chain_line(struct vg_problem *p, int line)
{
    const struct vg_nodes *nd = &p->nodes[line];
    int links = nd->n - 1;
    int start = 0;
    for (int k = 0; k < links; k++) {
        if (p->paths[line].is_closed && !nd->is_served[k]) {
            start = k + 1;
        }
    }
    int run = 0;
    for (int q = 0; q <= links; q++) {
        int k = (start + q) % links;
        if (q < links && nd->is_served[k]) {
            run++;
        } else if (run > 0) {
            int first = (start + q - run) % links;
            p->chains[p->n_chains++] = (struct vg_chain){line, first, run + 1};
            run = 0;
        }
    }
}

enum vg_status vg_problem_rechain(struct vg_problem *self, struct vg_error *err)
{
    int n_links = 0;
    for (int line = 0; line < self->net.n_lines; line++) {
        n_links += self->nodes[line].n;
    }
    self->n_chains = 0;
    self->chains = take(self, n_links, sizeof *self->chains);
    if (self->chains == NULL) {
        return no_memory(err);
    }
    double least = HUGE_VAL;
    double most = 0;
    for (int line = 0; line < self->net.n_lines; line++) {
        for (int k = 0; k < self->nodes[line].n - 1; k++) {
            self->nodes[line].is_served[k] = is_link_served(self, line, k);
        }
    }
    vg_flown_agree(self);
    for (int line = 0; line < self->net.n_lines; line++) {
        chain_line(self, line);
        for (int k = 0; k < self->nodes[line].n - 1; k++) {
            if (self->nodes[line].is_served[k]) {
                least = fmin(least, self->nodes[line].revisit_s[k]);
                most = fmax(most, self->nodes[line].revisit_s[k]);
            }
        }
    }
    self->least_revisit_s = least;
    self->is_mixed = least < most;
    return VG_OK;
}

static enum vg_status lay_sweeps(struct vg_problem *p, const struct vg_sweeps *sweeps,
                                 struct vg_error *err)
{
    if (sweeps == NULL) {
        enum vg_status st = vg_sweeps_flat(p->watch, &p->own_sweeps, err);
        if (st != VG_OK) {
            return st;
        }
        sweeps = &p->own_sweeps;
    }
    return vg_flown_make(p, sweeps, err);
}

enum vg_status vg_problem_init(struct vg_problem *self, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, double site_step_m,
                               struct vg_error *err)
{
    return vg_problem_init_parts(self, watch, terrain, site_step_m, NULL, NULL, 0, err);
}

static enum vg_status grade(struct vg_problem *self, struct vg_error *err)
{
    int more = 0;
    if (!vg_nodes_grade(self, &more)) {
        return no_memory(err);
    }
    enum vg_status st = more > 0 ? make_reach(self, err) : VG_OK;
    return st == VG_OK && more > 0 ? vg_problem_rechain(self, err) : st;
}

enum vg_status vg_problem_init_parts(struct vg_problem *self, const struct vg_watchfile *watch,
                                     const struct vg_terrain *terrain, double site_step_m,
                                     const struct vg_sweeps *sweeps,
                                     const struct vg_planner_part *parts, int n_parts,
                                     struct vg_error *err)
{
    *self = (struct vg_problem){
        .watch = watch, .terrain = terrain, .sweeps = sweeps, .parts = parts, .n_parts = n_parts};
    enum vg_status st = find_crews(self, err);
    if (st == VG_OK) {
        st = lay_sweeps(self, sweeps, err);
    }
    double step_m =
        site_step_m > 0
            ? site_step_m
            : fmax(MIN_STEP_M, fmin(vg_network_length_m(&self->net) / AIM_NODES, MAX_STEP_M));
    self->step_m = step_m;
    if (st == VG_OK) {
        st = find_detours(self, err);
    }
    if (st == VG_OK) {
        st = make_paths(self, err);
    }
    if (st == VG_OK) {
        self->nodes = take(self, self->net.n_lines, sizeof *self->nodes);
        st = self->nodes != NULL ? VG_OK : no_memory(err);
    }
    for (int line = 0; st == VG_OK && line < self->net.n_lines; line++) {
        st = make_nodes(self, line, step_m, err);
    }
    if (st == VG_OK) {
        st = make_reach(self, err);
    }
    if (st == VG_OK) {
        st = vg_problem_rechain(self, err);
    }
    return st == VG_OK && site_step_m <= 0 ? grade(self, err) : st;
}

void vg_problem_finish(struct vg_problem *self)
{
    for (int k = 0; self->paths != NULL && k < self->net.n_lines; k++) {
        vg_flypath_finish(&self->paths[k]);
    }
    vg_sweeps_finish(&self->own_sweeps);
    for (int c = 0; c < self->n_crews; c++) {
        vg_detour_destroy(self->crews[c].detour);
    }
    vg_arena_finish(&self->arena);
    *self = (struct vg_problem){0};
}
