/* Nodes: where the line is cut into links, and which of these nobody may or can fly. */
#include "base/numbers.h"
#include "plan/height.h"
#include "plan/problem_inner.h"
#include "plan/radio.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EDGES = 32 /* of forbidden zones within one link */
};
static const double FINE_M = 100;
static const double BESIDE_M = 250; /* of a link: a flight that ends there looks as far ahead */

/* A link lies in the plane of every crew; the nearest base judges it best. */
static const struct vg_detour *nearest_detour(const struct vg_problem *p, double lat, double lon)
{
    const struct vg_detour *best = NULL;
    double least_m = HUGE_VAL;
    for (int c = 0; c < p->n_crews; c++) {
        double d = vg_crude_distance_m(p->crews[c].lat_deg, p->crews[c].lon_deg, lat, lon);
        if (d < least_m) {
            least_m = d;
            best = p->crews[c].detour;
        }
    }
    return best;
}

bool vg_flypath_is_clear(const struct vg_detour *detour, const struct vg_flypath *path,
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
    return vg_flypath_is_clear(nearest_detour(p, lat, lon), path, from_m, to_m);
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
    out->s_m = vg_problem_take(p, n, sizeof(double));
    out->lat_deg = vg_problem_take(p, n, sizeof(double));
    out->lon_deg = vg_problem_take(p, n, sizeof(double));
    out->stretch = vg_problem_take(p, n, sizeof(int));
    out->revisit_s = vg_problem_take(p, n, sizeof(double));
    out->depth_m = vg_problem_take(p, n, sizeof(double));
    out->is_served = vg_problem_take(p, n, sizeof(bool));
    out->is_left_out = vg_problem_take(p, n, sizeof(bool));
    out->is_forbidden = vg_problem_take(p, n, sizeof(bool));
    out->lack_m = vg_problem_take(p, n, sizeof(double));
    out->is_silent = vg_problem_take(p, n, sizeof(bool));
    out->mast_m = vg_problem_take(p, n, sizeof(double));
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
    qsort(all, (size_t)n, sizeof *all, vg_by_double);
    int kept = 0;
    for (int q = 0; q < n; q++) {
        if (all[q] > (kept > 0 ? out[kept - 1] : from_m) + 1 && all[q] < to_m - 1) {
            out[kept++] = all[q];
        }
    }
    return kept;
}

/* Links of which only a hair is asked for are left out. */
static void mark_left_out(struct vg_problem *p, int line)
{
    static const double HAIR_M = 1;
    struct vg_nodes *nd = &p->nodes[line];
    const struct vg_flown *flown = &p->flown[line];
    for (int k = 0; k + 1 < nd->n; k++) {
        nd->is_left_out[k] = p->n_parts > 0;
        for (int q = 0; q < p->n_parts && nd->is_left_out[k]; q++) {
            double from_m = fmax(nd->s_m[k] + flown->from_m, p->parts[q].from_m);
            double to_m = fmin(nd->s_m[k + 1] + flown->from_m, p->parts[q].to_m);
            nd->is_left_out[k] = p->parts[q].line != flown->line || to_m - from_m <= HAIR_M;
        }
    }
}

/* In order, more than a metre apart; how many are left. */
static int sort_apart(double *io, int n)
{
    int kept = 0;
    qsort(io, (size_t)n, sizeof *io, vg_by_double);
    for (int q = 0; q < n; q++) {
        if (kept == 0 || io[q] > io[kept - 1] + 1) {
            io[kept++] = io[q];
        }
    }
    return kept;
}

/* Ends of the parts asked for, where the sorties of others begin. */
static int add_part_ends(const struct vg_problem *p, int line, double from_m, double to_m,
                         double *io, int n)
{
    const struct vg_flown *flown = &p->flown[line];
    for (int q = 0; q < 2 * p->n_parts; q++) {
        const struct vg_planner_part *part = &p->parts[q / 2];
        double end_m = (q % 2 == 0 ? part->from_m : part->to_m) - flown->from_m;
        if (part->line == flown->line && n < EDGES && end_m > from_m + 1 && end_m < to_m - 1) {
            io[n++] = end_m;
        }
    }
    return sort_apart(io, n);
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
    return sort_apart(io, n);
}

/* A node at the start of each link, where the path enters or leaves what is forbidden, and where a
 * part ends. With out->s_m NULL they are only counted. Cuts lie on whole metres, as the file gives
 * them; ends of stretches keep what the network says. */
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
        n_edges = add_part_ends(p, st->line, s, next, edges, n_edges);
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

enum vg_status vg_problem_make_nodes(struct vg_problem *p, int line, double step_m,
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
        return vg_no_memory(err);
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
