/* A piece as a flight: where the drone is when, how high, and what it sweeps when. */
#include "plan/inner.h"

#include "geo/geodesy.h"
#include "plan/energy.h"
#include "plan/height.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TRANSIT_STEP_M = 10000;

struct maker {
    struct vg_problem *p;
    const struct vg_piece *piece;
    const struct vg_chain *chain;
    const struct vg_crew *crew;
    const struct vg_crew *land; /* at whose base it lands */
    const struct vg_wf_type *type;
    bool is_backward;
    struct vg_way way;
};

static void add_way(struct maker *mk, double lat, double lon, double t, double u, bool is_swept)
{
    vg_way_add(&mk->way, &(struct vg_way_point){.lat_deg = lat,
                                                .lon_deg = lon,
                                                .t_s = t,
                                                .u_m = u,
                                                .is_point = true,
                                                .is_swept = is_swept,
                                                .is_mark = true});
}

/* The way point after a share of a geodesic from another. */
static void step_to(const struct vg_way_point *from, double azimuth_deg, double m, double out[2])
{
    vg_geo_direct(from->lat_deg, from->lon_deg, azimuth_deg, m, &out[0], &out[1]);
}

/* A straight leg from the last way point, in steps. Its azimuth turns on the way, and with it the
 * ground speed in wind: each step has its own share of the leg's time. */
static void add_transit(struct maker *mk, double lat, double lon, double u)
{
    if (mk->way.is_failed) {
        return;
    }
    struct vg_way_point from = mk->way.at[mk->way.n - 1];
    const struct vg_airspeed *air = &mk->crew->air;
    double distance_m, azimuth_deg;
    double leg_s = vg_airspeed_leg_s(air, from.lat_deg, from.lon_deg, lat, lon);
    vg_geo_inverse(from.lat_deg, from.lon_deg, lat, lon, &distance_m, &azimuth_deg, NULL);
    int steps = (int)ceil(distance_m / TRANSIT_STEP_M);
    double sum_s[2] = {0, 0}; /* of all steps; of those so far */
    for (int pass = 0; pass < 2; pass++) {
        double was[2] = {from.lat_deg, from.lon_deg};
        for (int q = 1; q <= steps; q++) {
            double at[2] = {lat, lon};
            if (q < steps) {
                step_to(&from, azimuth_deg, distance_m * q / steps, at);
            }
            sum_s[pass] += vg_airspeed_leg_s(air, was[0], was[1], at[0], at[1]);
            if (pass == 1 && q < steps) {
                double t_s = from.t_s + leg_s * sum_s[1] / sum_s[0];
                add_way(mk, at[0], at[1], t_s, (double)NAN, false);
            }
            was[0] = at[0];
            was[1] = at[1];
        }
    }
    add_way(mk, lat, lon, from.t_s + leg_s, u, false);
}

static void add_path_point(struct maker *mk, double u, double t0_s, double u0, bool is_swept)
{
    int line = mk->chain->line;
    int c = mk->piece->crew;
    double dt = vg_flypath_time_s(mk->p, line, c, u, mk->is_backward) -
                vg_flypath_time_s(mk->p, line, c, u0, mk->is_backward);
    double lat, lon;
    vg_flypath_at(&mk->p->paths[line], u, &lat, &lon);
    add_way(mk, lat, lon, t0_s + fabs(dt), u, is_swept);
}

/* Along the path from u0 (the last way point) to u1, with a way point at each vertex between. */
static void add_path(struct maker *mk, double u0, double u1, bool is_swept)
{
    if (mk->way.is_failed) {
        return;
    }
    static const double APART_M = 10; /* a visit takes some ticks */
    const struct vg_flypath *path = &mk->p->paths[mk->chain->line];
    double t0 = mk->way.at[mk->way.n - 1].t_s;
    double lo = fmin(u0, u1);
    double hi = fmax(u0, u1);
    int first_turn = path->is_closed ? (int)floor(lo / path->length_m) : 0;
    int last_turn = path->is_closed ? (int)floor(hi / path->length_m) : 0;
    int per_turn = path->is_closed ? path->n - 1 : path->n;
    int total = (last_turn - first_turn + 1) * per_turn;
    for (int q = 0; q < total; q++) {
        int k = u1 > u0 ? q : total - 1 - q;
        double u = path->s_m[k % per_turn] + (first_turn + k / per_turn) * path->length_m;
        if (u > lo + APART_M && u < hi - APART_M) {
            add_path_point(mk, u, t0, u0, is_swept);
        }
    }
    add_path_point(mk, u1, t0, u0, is_swept);
}

/* Over the base, out, along the line, home: heights and the time of the climb come later. */
static void lay_way(struct maker *mk)
{
    const struct vg_nodes *nd = &mk->p->nodes[mk->chain->line];
    int i = mk->is_backward ? mk->piece->j : mk->piece->i;
    int j = mk->is_backward ? mk->piece->i : mk->piece->j;
    int link = vg_chain_node(mk->p, mk->chain, mk->is_backward ? i - 1 : i) % (nd->n - 1);
    double lead_m = vg_crew_lead_m(mk->p, mk->crew, nd->depth_m[link]);
    double from_u = vg_chain_u_m(mk->p, mk->chain, i);
    double to_u = vg_chain_u_m(mk->p, mk->chain, j);
    double join_u = mk->is_backward ? from_u + lead_m : from_u - lead_m;
    double lat, lon;
    add_way(mk, mk->crew->lat_deg, mk->crew->lon_deg, 0, (double)NAN, false);
    struct vg_detour_way way;
    vg_flypath_at(&mk->p->paths[mk->chain->line], join_u, &lat, &lon);
    vg_detour_find(mk->crew->detour, lat, lon, &way);
    for (int k = 0; k < way.n; k++) {
        add_transit(mk, way.lat_deg[k], way.lon_deg[k], (double)NAN);
    }
    add_transit(mk, lat, lon, join_u);
    if (lead_m > 0) {
        add_path(mk, join_u, from_u, false);
    }
    add_path(mk, from_u, to_u, true);
    vg_flypath_at(&mk->p->paths[mk->chain->line], to_u, &lat, &lon);
    vg_detour_find(mk->land->detour, lat, lon, &way);
    for (int k = way.n - 1; k >= 0; k--) {
        add_transit(mk, way.lat_deg[k], way.lon_deg[k], (double)NAN);
    }
    add_transit(mk, mk->land->lat_deg, mk->land->lon_deg, (double)NAN);
}

static double metre(double s_m)
{
    return round(s_m);
}

/* Whole ticks and microdegrees, as the file will hold them, so that what is computed from the plan
 * here is what a reader computes. */
static struct vg_plan_point track_point(const struct vg_way_point *w, double shift_s, double alt_m)
{
    return (struct vg_plan_point){vg_plan_tick_s(w->t_s + shift_s), round(w->lat_deg * 1e6) / 1e6,
                                  round(w->lon_deg * 1e6) / 1e6, round(alt_m * 10) / 10};
}

static void fill_track(struct maker *mk, double climb_s, double sink_s, struct vg_plan_sortie *out)
{
    const struct vg_way_point *w = mk->way.at;
    double ground = vg_height_ground_m(mk->p->terrain, w[0].lat_deg, w[0].lon_deg);
    out->track[out->n_track++] = track_point(&w[0], 0, ground);
    for (int k = 0; k < mk->way.n; k++) {
        struct vg_plan_point pt = track_point(&w[k], climb_s, w[k].alt_msl_m);
        if (w[k].is_point && pt.t_s > out->track[out->n_track - 1].t_s) {
            out->track[out->n_track++] = pt;
        }
    }
    const struct vg_way_point *last = &w[mk->way.n - 1];
    struct vg_plan_point down = track_point(
        last, climb_s, vg_height_ground_m(mk->p->terrain, last->lat_deg, last->lon_deg));
    down.t_s = ceil((last->t_s + climb_s + sink_s) * VG_TICKS_PER_S - 1e-6) / VG_TICKS_PER_S;
    out->track[out->n_track++] = down;
    out->land_s = down.t_s;
}

/* One visit per leg of the path, even speed within each; a turn parts a leg in two. */
static void fill_visits(struct maker *mk, double climb_s, struct vg_plan_sortie *out)
{
    const struct vg_flypath *path = &mk->p->paths[mk->chain->line];
    const struct vg_flown *flown = &mk->p->flown[mk->chain->line];
    const char *name = mk->p->net.lines[mk->chain->line].name;
    const struct vg_way_point *from = NULL;
    for (int k = 0; k < mk->way.n; k++) {
        const struct vg_way_point *w = &mk->way.at[k];
        if (isnan(w->u_m) || !w->is_mark) {
            continue;
        }
        if (w->is_swept && from != NULL) {
            double turn = path->is_closed
                              ? floor((from->u_m + w->u_m) / 2 / path->length_m) * path->length_m
                              : 0;
            struct vg_plan_visit *v = &out->visits[out->n_visits++];
            vg_format(v->line, sizeof v->line, "%s", name);
            v->pass = flown->pass;
            v->from_m = metre(from->u_m - turn + flown->from_m);
            v->to_m = metre(w->u_m - turn + flown->from_m);
            v->t0_s = vg_plan_tick_s(from->t_s + climb_s);
            v->t1_s = vg_plan_tick_s(w->t_s + climb_s);
        }
        from = w;
    }
}

/* What the camera is to see to each side: the most that any link of the piece asks for; 0 where
 * that is the watch's depth. */
static double camera_depth_m(const struct maker *mk)
{
    const struct vg_nodes *nd = &mk->p->nodes[mk->chain->line];
    double depth_m = 0;
    for (int i = mk->piece->i; i < mk->piece->j; i++) {
        depth_m = fmax(depth_m, nd->depth_m[vg_chain_node(mk->p, mk->chain, i) % (nd->n - 1)]);
    }
    return fabs(depth_m - mk->p->watch->depth_m) < 0.1 ? 0 : round(depth_m * 10) / 10;
}

static enum vg_status fill_sortie(struct maker *mk, struct vg_plan_sortie *out,
                                  struct vg_error *err)
{
    const struct vg_way_point *w = mk->way.at;
    const struct vg_way_point *last = &w[mk->way.n - 1];
    double ground = vg_height_ground_m(mk->p->terrain, w[0].lat_deg, w[0].lon_deg);
    double below = vg_height_ground_m(mk->p->terrain, last->lat_deg, last->lon_deg);
    double sink = mk->type->sink_mps > 0 ? mk->type->sink_mps : mk->type->climb_mps;
    double climb_s = (w[0].alt_msl_m - ground) / mk->type->climb_mps;
    double sink_s = (last->alt_msl_m - below) / sink;
    out->track = malloc(((size_t)mk->way.n + 2) * sizeof *out->track);
    out->visits = malloc((size_t)mk->way.n * sizeof *out->visits);
    if (out->track == NULL || out->visits == NULL) {
        return vg_no_memory(err);
    }
    fill_track(mk, climb_s, sink_s, out);
    fill_visits(mk, climb_s, out);
    out->depth_m = camera_depth_m(mk);
    out->energy = vg_track_energy(mk->type, out);
    return VG_OK;
}

static enum vg_status refuse_cliff(const struct maker *mk, const struct vg_cliff *cliff,
                                   struct vg_error *err)
{
    return vg_fail(
        err, VG_E_INVALID,
        "type %s cannot keep between its floor and its ceiling at %.5f, %.5f on a flight "
        "from %s: the ground steps too far at once; a ceiling %.0f m higher, or a floor as "
        "much lower, would do",
        mk->type->name, cliff->lat_deg, cliff->lon_deg, mk->p->watch->bases[mk->crew->base].name,
        ceil(cliff->lack_m));
}

/* What a flight takes more than was thought when it was chosen is kept for the next. True: more
 * than the battery holds. */
static bool learn_climbs(struct vg_crew *io, const struct vg_wf_type *type,
                         const struct vg_plan_sortie *so, double thought_s)
{
    double work_s = vg_track_work_s(type, so, -HUGE_VAL);
    bool is_short = work_s > io->usable_s + VG_HELD_BACK_S;
    if (is_short) {
        io->climbs_s = fmax(io->climbs_s, work_s - thought_s) + 1;
    }
    return is_short;
}

enum vg_status vg_sortie_make(struct vg_problem *p, const struct vg_piece *piece,
                              struct vg_plan_sortie *out, bool *out_is_short, struct vg_error *err)
{
    struct maker mk = {
        .p = p, .piece = piece, .chain = &p->chains[piece->chain], .crew = &p->crews[piece->crew]};
    struct vg_plan_sortie sortie = {0};
    mk.land = piece->elsewhere > 0 ? &p->crews[piece->elsewhere - 1] : mk.crew;
    mk.type = &p->watch->types[mk.crew->type];
    if (piece->is_way_given) {
        mk.is_backward = piece->is_backward;
    } else {
        vg_flight_least_s(p, mk.chain, piece->crew, piece->i, piece->j, &mk.is_backward);
    }
    lay_way(&mk);
    double thought_s = mk.way.is_failed ? 0 : mk.way.at[mk.way.n - 1].t_s;
    thought_s +=
        mk.crew->climb_s + mk.crew->sink_s + vg_flight_more_s(p, mk.chain, piece, mk.is_backward);
    enum vg_status st = VG_OK;
    struct vg_cliff cliff = {0};
    if (!mk.way.is_failed && vg_height_shape(&mk.way, p->terrain, mk.type, &cliff)) {
        st = fill_sortie(&mk, &sortie, err);
    } else if (mk.way.is_failed) {
        st = vg_no_memory(err);
    } else {
        st = refuse_cliff(&mk, &cliff, err);
    }
    vg_way_finish(&mk.way);
    if (st != VG_OK) {
        free(sortie.track);
        free(sortie.visits);
        return st;
    }
    *out = sortie;
    *out_is_short = learn_climbs(&p->crews[piece->crew], mk.type, out, thought_s);
    return VG_OK;
}

enum vg_status vg_sortie_copy(const struct vg_plan_sortie *flight, double shift_s,
                              struct vg_plan_sortie *out, struct vg_error *err)
{
    out->track = malloc((size_t)flight->n_track * sizeof *out->track);
    out->visits = malloc(((size_t)flight->n_visits + 1) * sizeof *out->visits);
    if (out->track == NULL || out->visits == NULL) {
        return vg_no_memory(err);
    }
    out->n_track = flight->n_track;
    out->n_visits = flight->n_visits;
    for (int k = 0; k < flight->n_track; k++) {
        out->track[k] = flight->track[k];
        out->track[k].t_s =
            round((flight->track[k].t_s + shift_s) * VG_TICKS_PER_S) / VG_TICKS_PER_S;
    }
    for (int k = 0; k < flight->n_visits; k++) {
        out->visits[k] = flight->visits[k];
        out->visits[k].t0_s =
            round((flight->visits[k].t0_s + shift_s) * VG_TICKS_PER_S) / VG_TICKS_PER_S;
        out->visits[k].t1_s =
            round((flight->visits[k].t1_s + shift_s) * VG_TICKS_PER_S) / VG_TICKS_PER_S;
    }
    return VG_OK;
}
