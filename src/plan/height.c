#include "plan/height.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Between two looks at the ground. */
static const double LEAST_LOOK_M = 10;
static const double MOST_LOOK_M = 250;
static const double LOOKS_A_CELL = 4;
/* Shares of the flying height by which the straight line between track points may pass below or
 * above the profile. */
static const double BELOW_SHARE = 1 - VG_LEVEL_SHARE;
static const double ABOVE_SHARE = 0.5;
/* The profile keeps to this share of the type's climb and sink rates. */
static const double RATE_SHARE = 0.95;
static const double EARLY_M = 2; /* above the ceiling, by a climb begun at once */
static const double ROUNDING_M = 0.1; /* the file's heights are rounded to half of it */
/* Flights look at the ground at other places than a judgement of the leg alone does. */
static const double SPARE_M = 3;
/* Of the room between floor and ceiling, where flight keeps away from both if it can: so few track
 * points do. */
static const double EDGE_SHARE = 0.25;
static const double G_MPS2 = 9.80665;
static const double TAN_BANK = 0.57735; /* 30 degrees */

void vg_way_add(struct vg_way *io, const struct vg_way_point *point)
{
    if (io->n == io->cap && !io->is_failed) {
        int cap = io->cap > 0 ? io->cap * 2 : 256;
        struct vg_way_point *more = realloc(io->at, (size_t)cap * sizeof *more);
        io->is_failed = more == NULL;
        io->at = more != NULL ? more : io->at;
        io->cap = more != NULL ? cap : io->cap;
    }
    if (!io->is_failed) {
        io->at[io->n++] = *point;
    }
}

void vg_way_finish(struct vg_way *self)
{
    free(self->at);
    *self = (struct vg_way){0};
}

double vg_height_ground_m(const struct vg_terrain *terrain, double lat_deg, double lon_deg)
{
    double h = terrain != NULL ? vg_terrain_height_msl_m(terrain, lat_deg, lon_deg) : 0;
    return isnan(h) ? 0 : h;
}

static bool is_flat(const struct vg_terrain *terrain)
{
    return terrain == NULL || vg_terrain_is_flat(terrain);
}

static double climb_mps(const struct vg_wf_type *type)
{
    return type->climb_mps * RATE_SHARE;
}

static double sink_mps(const struct vg_wf_type *type)
{
    return (type->sink_mps > 0 ? type->sink_mps : type->climb_mps) * RATE_SHARE;
}

/* The looks between two points of the way, and the second point. */
static void add_looks(struct vg_way *out, const struct vg_way_point *a,
                      const struct vg_way_point *b, double step_m)
{
    double d = vg_geo_distance_m(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg);
    int steps = (int)ceil(d / step_m);
    double lon_span = vg_wrap_180_deg(b->lon_deg - a->lon_deg);
    for (int q = 1; q < steps; q++) {
        double f = (double)q / steps;
        struct vg_way_point look = {.lat_deg = a->lat_deg + f * (b->lat_deg - a->lat_deg),
                                    .lon_deg = vg_wrap_180_deg(a->lon_deg + f * lon_span),
                                    .t_s = a->t_s + f * (b->t_s - a->t_s),
                                    .u_m = a->u_m + f * (b->u_m - a->u_m),
                                    .is_swept = b->is_swept};
        vg_way_add(out, &look);
    }
    vg_way_add(out, b);
}

static void look_at_ground(struct vg_way *io, const struct vg_terrain *terrain)
{
    if (io->n == 0 || is_flat(terrain)) {
        return;
    }
    double cell_m = vg_terrain_cell_m(terrain, io->at[0].lat_deg, io->at[0].lon_deg);
    double step_m = fmax(LEAST_LOOK_M, fmin(cell_m / LOOKS_A_CELL, MOST_LOOK_M));
    struct vg_way out = {0};
    vg_way_add(&out, &io->at[0]);
    for (int k = 1; k < io->n; k++) {
        add_looks(&out, &io->at[k - 1], &io->at[k], step_m);
    }
    vg_way_finish(io);
    *io = out;
}

/* alt: the ground, for now. */
static void set_limits(struct vg_way *io, const struct vg_terrain *terrain,
                       const struct vg_wf_type *type)
{
    struct vg_way_point *w = io->at;
    for (int k = 0; k < io->n; k++) {
        w[k].alt_msl_m = vg_height_ground_m(terrain, w[k].lat_deg, w[k].lon_deg);
    }
    for (int k = 0; k < io->n; k++) {
        double ground = w[k].alt_msl_m;
        double before = k > 0 ? fabs(ground - w[k - 1].alt_msl_m) : 0;
        double after = k + 1 < io->n ? fabs(ground - w[k + 1].alt_msl_m) : 0;
        double between = fmax(before, after) / 2 + ROUNDING_M;
        w[k].lo_msl_m = ground + type->floor_m + between;
        w[k].hi_msl_m = type->ceiling_m > 0 ? ground + type->ceiling_m - between : HUGE_VAL;
    }
}

/* Heights from `lo` to `hi` can be had here. */
struct span {
    double lo;
    double hi;
};

/* By how much the ceiling is too low to get from one point to the next; below 0: there is room. */
static double step_lack_m(const struct vg_way_point *a, const struct vg_way_point *b, double up_m,
                          double down_m)
{
    double rises = b->lo_msl_m - (a->hi_msl_m + up_m);
    double falls = a->lo_msl_m - down_m - b->hi_msl_m;
    return fmax(b->lo_msl_m - b->hi_msl_m, fmax(rises, falls));
}

/* What is needed here for all that is still to come, without a turn. */
static void needs(const struct vg_way *way, const struct vg_wf_type *type, struct span *out)
{
    for (int k = way->n - 1; k >= 0; k--) {
        const struct vg_way_point *w = &way->at[k];
        out[k] = (struct span){w->lo_msl_m, w->hi_msl_m};
        if (k + 1 < way->n) {
            double dt = w[1].t_s - w->t_s;
            out[k].lo = fmax(out[k].lo, out[k + 1].lo - climb_mps(type) * dt);
            out[k].hi = fmin(out[k].hi, out[k + 1].hi + sink_mps(type) * dt);
        }
    }
}

/* Turns at w so that the next point can be had; seconds of them. */
static double turn(const struct vg_way_point *w, const struct vg_wf_type *type, struct span need,
                   double dt, struct span *io)
{
    double round_s = 2 * M_PI * type->cruise_mps / (G_MPS2 * TAN_BANK);
    double climb = climb_mps(type);
    double sink = sink_mps(type);
    double up_m = io->hi + climb * dt < w[1].lo_msl_m ? fmin(w->hi_msl_m, need.lo) - io->hi : 0;
    double down_m = io->lo - sink * dt > w[1].hi_msl_m ? io->lo - fmax(w->lo_msl_m, need.hi) : 0;
    double wait_s = ceil(fmax(up_m / climb, down_m / sink) / round_s - 1e-9) * round_s;
    io->hi = fmin(w->hi_msl_m, io->hi + climb * wait_s);
    io->lo = fmax(w->lo_msl_m, io->lo - sink * wait_s);
    return wait_s;
}

static void add_turn(struct vg_way *out, double wait_s)
{
    struct vg_way_point *arrived = &out->at[out->n - 1];
    arrived->is_point = arrived->is_mark = true;
    struct vg_way_point left = *arrived;
    left.t_s += wait_s;
    left.is_swept = false;
    vg_way_add(out, &left);
}

/* Follows what heights can be had along the way; where none could, the drone turns. false: a cliff
 * or no memory. */
static bool add_turns(struct vg_way *io, const struct vg_wf_type *type, struct vg_cliff *out_cliff)
{
    struct vg_way out = {0};
    struct span *need = malloc(((size_t)io->n + 1) * sizeof *need);
    if (need == NULL) {
        io->is_failed = true;
        return false;
    }
    needs(io, type, need);
    struct span can = {io->at[0].lo_msl_m, io->at[0].hi_msl_m};
    double late_s = 0;
    double lack_m = fmax(0, can.lo - can.hi);
    vg_way_add(&out, &io->at[0]);
    for (int k = 1; k < io->n && lack_m <= 0; k++) {
        const struct vg_way_point *w = &io->at[k - 1];
        double dt = w[1].t_s - w->t_s;
        double wait_s = turn(w, type, need[k - 1], dt, &can);
        if (wait_s > 0) {
            add_turn(&out, wait_s);
            late_s += wait_s;
        }
        lack_m = step_lack_m(w, w + 1, climb_mps(type) * dt, sink_mps(type) * dt);
        can.hi = fmin(can.hi + climb_mps(type) * dt, w[1].hi_msl_m);
        can.lo = fmax(can.lo - sink_mps(type) * dt, w[1].lo_msl_m);
        struct vg_way_point next = w[1];
        next.t_s += late_s;
        *out_cliff = (struct vg_cliff){w->lat_deg, w->lon_deg, lack_m};
        vg_way_add(&out, &next);
    }
    free(need);
    out.is_failed = out.is_failed || io->is_failed;
    vg_way_finish(io);
    *io = out;
    return lack_m <= 0 && !io->is_failed;
}

/* z becomes the lowest profile over z that keeps the rates. */
static void lift(const struct vg_way *way, const struct vg_wf_type *type, double *z)
{
    const struct vg_way_point *w = way->at;
    for (int k = way->n - 2; k >= 0; k--) {
        z[k] = fmax(z[k], z[k + 1] - climb_mps(type) * (w[k + 1].t_s - w[k].t_s));
    }
    for (int k = 1; k < way->n; k++) {
        z[k] = fmax(z[k], z[k - 1] - sink_mps(type) * (w[k].t_s - w[k - 1].t_s));
    }
}

/* The highest under z. */
static void press(const struct vg_way *way, const struct vg_wf_type *type, double *z)
{
    const struct vg_way_point *w = way->at;
    for (int k = way->n - 2; k >= 0; k--) {
        z[k] = fmin(z[k], z[k + 1] + sink_mps(type) * (w[k + 1].t_s - w[k].t_s));
    }
    for (int k = 1; k < way->n; k++) {
        z[k] = fmin(z[k], z[k - 1] + climb_mps(type) * (w[k].t_s - w[k - 1].t_s));
    }
}

static bool set_heights(struct vg_way *io, const struct vg_wf_type *type)
{
    struct vg_way_point *w = io->at;
    size_t n = (size_t)io->n;
    double *z = malloc(4 * n * sizeof *z);
    io->is_failed = io->is_failed || z == NULL;
    if (z == NULL) {
        return false;
    }
    double *lowest = z, *wanted = z + n, *below = z + 2 * n, *highest = z + 3 * n;
    for (int k = 0; k < io->n; k++) {
        double edge_m = isfinite(w[k].hi_msl_m - w[k].lo_msl_m)
                            ? EDGE_SHARE * (w[k].hi_msl_m - w[k].lo_msl_m)
                            : 0;
        lowest[k] = w[k].lo_msl_m;
        wanted[k] = fmax(w[k].alt_msl_m + type->agl_m, w[k].lo_msl_m + edge_m);
        below[k] = w[k].hi_msl_m - edge_m;
        highest[k] = w[k].hi_msl_m;
    }
    lift(io, type, lowest);
    lift(io, type, wanted);
    press(io, type, below);
    press(io, type, highest);
    for (int k = 0; k < io->n; k++) {
        w[k].alt_msl_m = fmin(highest[k], fmax(lowest[k], fmin(wanted[k], below[k])));
    }
    free(z);
    return true;
}

/* How wrong track points a and b alone would be at look k, above 1: too wrong. Between them heights
 * are straight; but autopilots begin a climb at once (ArduPlane does), so that has to stay below
 * the ceiling too. */
static double wrong_at(const struct vg_way_point *w, int a, int b, int k,
                       const struct vg_wf_type *type)
{
    double f = (w[k].t_s - w[a].t_s) / (w[b].t_s - w[a].t_s);
    double above = w[a].alt_msl_m + f * (w[b].alt_msl_m - w[a].alt_msl_m) - w[k].alt_msl_m;
    double room = above < 0 ? fmin(BELOW_SHARE * type->agl_m, w[k].alt_msl_m - w[k].lo_msl_m)
                            : fmin(ABOVE_SHARE * type->agl_m, w[k].hi_msl_m - w[k].alt_msl_m);
    double early = fmin(w[b].alt_msl_m, w[a].alt_msl_m + type->climb_mps * (w[k].t_s - w[a].t_s));
    double over = early - fmax(w[k].hi_msl_m, w[k].alt_msl_m);
    return fmax(fabs(above) / fmax(room, ROUNDING_M), over > EARLY_M ? 1 + over : 0);
}

/* Between track points a and b: the look where they are most wrong becomes a point too, until none
 * is. */
static void keep_looks(struct vg_way_point *w, int a, int b, const struct vg_wf_type *type)
{
    while (b - a > 1) {
        int worst = -1;
        double most = 1;
        for (int k = a + 1; k < b; k++) {
            double wrong = wrong_at(w, a, b, k, type);
            if (wrong > most) {
                most = wrong;
                worst = k;
            }
        }
        if (worst < 0) {
            return;
        }
        w[worst].is_point = true;
        keep_looks(w, worst, b, type);
        b = worst;
    }
}

bool vg_height_shape(struct vg_way *io, const struct vg_terrain *terrain,
                     const struct vg_wf_type *type, struct vg_cliff *out_cliff)
{
    *out_cliff = (struct vg_cliff){0};
    look_at_ground(io, terrain);
    if (io->is_failed) {
        return false;
    }
    set_limits(io, terrain, type);
    if (type->ceiling_m > 0 && !add_turns(io, type, out_cliff)) {
        return false;
    }
    if (!set_heights(io, type)) {
        return false;
    }
    for (int k = 1, last = 0; k < io->n; k++) {
        if (io->at[k].is_point) {
            keep_looks(io->at, last, k, type);
            last = k;
        }
    }
    return true;
}

double vg_height_lack_m(const struct vg_terrain *terrain, const struct vg_wf_type *type,
                        const double from_deg[2], const double to_deg[2])
{
    struct vg_way way = {0};
    if (type->ceiling_m <= 0 || is_flat(terrain)) {
        return 0;
    }
    vg_way_add(&way, &(struct vg_way_point){.lat_deg = from_deg[0], .lon_deg = from_deg[1]});
    vg_way_add(&way, &(struct vg_way_point){.lat_deg = to_deg[0], .lon_deg = to_deg[1]});
    look_at_ground(&way, terrain);
    double lack_m = way.is_failed ? HUGE_VAL : 0;
    if (!way.is_failed) {
        set_limits(&way, terrain, type);
    }
    for (int k = 1; k < way.n && !way.is_failed; k++) {
        lack_m = fmax(lack_m, step_lack_m(&way.at[k - 1], &way.at[k], 0, 0) + SPARE_M);
    }
    vg_way_finish(&way);
    return lack_m;
}
