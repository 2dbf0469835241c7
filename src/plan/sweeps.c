#include "plan/sweeps.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double MAX_TOLERANCE_M = 300;
/* A line beside another bends where that one does, and in between where its direction turns. */
static const double STEP_M = 250;
static const double SAME_M = 0.5;

double vg_sweeps_tolerance_m(double depth_m)
{
    return fmin(depth_m / 4, MAX_TOLERANCE_M);
}

int vg_sweeps_type(const struct vg_watchfile *watch, double depth_m)
{
    int least = -1;
    double least_m = HUGE_VAL;
    for (int d = 0; d < watch->n_drones; d++) {
        int t = watch->drones[d].type;
        const struct vg_wf_type *type = &watch->types[t];
        if (type->camera < 0 || type->camera >= watch->n_cameras) {
            continue;
        }
        double m = vg_camera_reach_m(&watch->cameras[type->camera], type->agl_m, depth_m);
        if (m < least_m) {
            least_m = m;
            least = t;
        }
    }
    return least;
}

static double overlap_m(double at_m, double reach_m, double lo_m, double hi_m)
{
    return fmax(0, fmin(at_m + reach_m, hi_m) - fmax(at_m - reach_m, lo_m));
}

bool vg_sweeps_sees(const struct vg_watchfile *watch, const struct vg_plan_pass *pass, double lo_m,
                    double hi_m)
{
    int t = vg_sweeps_type(watch, pass->depth_m);
    if (t < 0) {
        return true; /* no camera to judge by */
    }
    const struct vg_wf_type *type = &watch->types[t];
    double reach_m = vg_camera_reach_m(&watch->cameras[type->camera], type->agl_m, pass->depth_m);
    double off_m = vg_sweeps_tolerance_m(pass->depth_m);
    double seen_m = fmin(overlap_m(pass->offset_m - off_m, reach_m, lo_m, hi_m),
                         overlap_m(pass->offset_m + off_m, reach_m, lo_m, hi_m));
    return seen_m >= watch->seen_share * (hi_m - lo_m);
}

/* ---- a pass as a line ---- */

static double step_m(const struct vg_sweep_way *way)
{
    return fabs(way->offset_m) < SAME_M ? way->ground->length_m : STEP_M;
}

size_t vg_sweep_most_points(const struct vg_sweep_way *way)
{
    return (size_t)way->ground->n + (size_t)((way->to_m - way->from_m) / step_m(way)) + 4;
}

static void put_point(const struct vg_sweep_way *way, double s_m, struct vg_line *out)
{
    double heading_deg;
    double *lat = &out->lat_deg[out->n];
    double *lon = &out->lon_deg[out->n];
    vg_line_at(way->ground, s_m, way->chord_m, lat, lon, &heading_deg);
    if (fabs(way->offset_m) >= SAME_M) {
        vg_geo_direct(*lat, *lon, vg_wrap_360_deg(heading_deg + 90), way->offset_m, lat, lon);
    }
    out->s_m[out->n++] = s_m - way->from_m;
}

static void put_leg(const struct vg_sweep_way *way, double last_m, double next_m,
                    struct vg_line *out)
{
    int parts = (int)ceil((next_m - last_m) / step_m(way) - 1e-9);
    for (int q = 1; q < parts; q++) {
        put_point(way, last_m + (next_m - last_m) * q / parts, out);
    }
    if (next_m > last_m) {
        put_point(way, next_m, out);
    }
}

void vg_sweep_lay(const struct vg_sweep_way *way, struct vg_line *out)
{
    const struct vg_line *ground = way->ground;
    bool is_whole = way->from_m < SAME_M && way->to_m > ground->length_m - SAME_M;
    out->n = 0;
    out->length_m = is_whole ? ground->length_m : way->to_m - way->from_m;
    out->is_closed = is_whole && ground->is_closed;
    memcpy(out->name, ground->name, sizeof out->name);
    if (is_whole && fabs(way->offset_m) < SAME_M) { /* point by point: no rounding */
        size_t size = (size_t)ground->n * sizeof(double);
        memcpy(out->lat_deg, ground->lat_deg, size);
        memcpy(out->lon_deg, ground->lon_deg, size);
        memcpy(out->s_m, ground->s_m, size);
        out->n = ground->n;
        return;
    }
    double last_m = way->from_m;
    put_point(way, last_m, out);
    for (int i = 0; i < ground->n; i++) {
        double next_m = ground->s_m[i];
        if (next_m > last_m + SAME_M && next_m < way->to_m - SAME_M) {
            put_leg(way, last_m, next_m, out);
            last_m = next_m;
        }
    }
    put_leg(way, last_m, way->to_m, out);
    if (out->is_closed) {
        out->lat_deg[out->n - 1] = out->lat_deg[0];
        out->lon_deg[out->n - 1] = out->lon_deg[0];
    }
}

/* ---- passes of flat ground ---- */

static enum vg_status lay_passes(const struct vg_watchfile *watch, const struct vg_stretch *stretch,
                                 struct vg_sweep *out, struct vg_error *err)
{
    int n = 1;
    struct vg_plan_pass one = {0, stretch->depth_m};
    while (n <= VG_PLAN_PASSES_MAX && !vg_sweeps_sees(watch, &one, -one.depth_m, one.depth_m)) {
        one.depth_m = stretch->depth_m / ++n;
    }
    if (n > VG_PLAN_PASSES_MAX) {
        return vg_fail(
            err, VG_E_RANGE,
            "stretch %s is watched to %.2f km on each side: %d passes side by side do "
            "not see that from %.0f m with camera %s; a smaller depth, a greater height "
            "or another camera would do",
            stretch->id, stretch->depth_m / 1000, VG_PLAN_PASSES_MAX,
            watch->types[vg_sweeps_type(watch, stretch->depth_m)].agl_m,
            watch->cameras[watch->types[vg_sweeps_type(watch, stretch->depth_m)].camera].name);
    }
    out->n_passes = n;
    for (int k = 0; k < n; k++) {
        out->passes[k] =
            (struct vg_plan_pass){stretch->depth_m * (2 * k + 1 - n) / n, stretch->depth_m / n};
    }
    return VG_OK;
}

enum vg_status vg_sweeps_flat(const struct vg_watchfile *watch, struct vg_sweeps *out,
                              struct vg_error *err)
{
    const struct vg_network *net = &watch->network;
    struct vg_sweeps s = {.n = net->n_stretches};
    s.sweeps = calloc((size_t)s.n + 1, sizeof *s.sweeps);
    enum vg_status st = s.sweeps != NULL ? VG_OK : vg_no_memory(err);
    for (int k = 0; k < s.n && st == VG_OK; k++) {
        s.sweeps[k] = (struct vg_sweep){
            .stretch = k, .from_m = net->stretches[k].from_m, .to_m = net->stretches[k].to_m};
        st = lay_passes(watch, &net->stretches[k], &s.sweeps[k], err);
    }
    if (st != VG_OK) {
        vg_sweeps_finish(&s);
        return st;
    }
    *out = s;
    return VG_OK;
}

/* ---- those of a plan ---- */

static bool is_same_pass(const struct vg_plan_pass *a, const struct vg_plan_pass *b)
{
    return fabs(a->offset_m - b->offset_m) < SAME_M && fabs(a->depth_m - b->depth_m) < SAME_M;
}

bool vg_sweep_is_same(const struct vg_sweep *a, const struct vg_sweep *b)
{
    bool is_same = a->stretch == b->stretch && a->n_passes == b->n_passes;
    for (int k = 0; k < a->n_passes && is_same; k++) {
        is_same = is_same_pass(&a->passes[k], &b->passes[k]);
    }
    return is_same;
}

/* The plan's stretch of this line that begins first after from_m, or NULL; s ends on whole metres.
 */
static const struct vg_plan_stretch *next_of(const struct vg_plan *plan, const char *line,
                                             double from_m)
{
    const struct vg_plan_stretch *next = NULL;
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        if (strcmp(st->line, line) == 0 && st->to_m > from_m + SAME_M * 2 &&
            (next == NULL || st->from_m < next->from_m)) {
            next = st;
        }
    }
    return next;
}

/* One piece of a stretch, from where the last one ended. */
static struct vg_sweep piece_of(const struct vg_plan *plan, const struct vg_network *net, int k,
                                double from_m)
{
    const struct vg_stretch *whole = &net->stretches[k];
    const struct vg_plan_stretch *st = next_of(plan, net->lines[whole->line].name, from_m);
    struct vg_sweep sw = {.stretch = k, .from_m = from_m, .to_m = whole->to_m, .n_passes = 1};
    sw.passes[0].depth_m = whole->depth_m;
    if (st != NULL && st->to_m < whole->to_m - 2 * SAME_M) {
        sw.to_m = st->to_m;
    }
    if (st != NULL && st->n_passes > 0) {
        sw.n_passes = st->n_passes;
        memcpy(sw.passes, st->passes, sizeof sw.passes);
    }
    if (st != NULL) {
        sw.seen = st->seen;
        sw.hidden_m = st->hidden_m;
    }
    return sw;
}

enum vg_status vg_sweeps_of_plan(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                 struct vg_sweeps *out, struct vg_error *err)
{
    const struct vg_network *net = &watch->network;
    size_t most = (size_t)net->n_stretches + 2 * (size_t)plan->n_stretches + 1;
    struct vg_sweeps s = {.sweeps = calloc(most, sizeof *s.sweeps)};
    if (s.sweeps == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < net->n_stretches; k++) {
        double done_m = net->stretches[k].from_m;
        while (done_m < net->stretches[k].to_m && (size_t)s.n + 1 < most) {
            s.sweeps[s.n] = piece_of(plan, net, k, done_m);
            done_m = s.sweeps[s.n].to_m;
            if (s.n > 0 && vg_sweep_is_same(&s.sweeps[s.n - 1], &s.sweeps[s.n])) {
                s.sweeps[s.n - 1].to_m = done_m; /* cut by reach alone */
            } else {
                s.n++;
            }
        }
    }
    *out = s;
    return VG_OK;
}

void vg_sweeps_finish(struct vg_sweeps *self)
{
    free(self->sweeps);
    *self = (struct vg_sweeps){0};
}
