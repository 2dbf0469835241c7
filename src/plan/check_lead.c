/* Lead-ins of a certificate's way: where a drone is, and must have come from, before the camera,
 * which looks ahead, has seen a way point (docs/planning.md, "The bound"). The way is gone back
 * along, then the run-in that the certificate gives, then, where the pass ends, straight on. */
#include "plan/check_way.h"

#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double STEP_M = 5;
static const double TOUCH_M = 1;
static const double SAME_M = 0.5; /* offsets of passes that go on */

double vg_check_lead_m(const struct vg_watchfile *watch, const struct vg_wf_type *type,
                       double depth_m)
{
    if (type->camera < 0 || type->camera >= watch->n_cameras ||
        watch->cameras[type->camera].gimbal == VG_GIMBAL_FIXED) {
        return 0;
    }
    /* Where the picture's edge, at its widest, is as far aside as is to be seen. */
    return fmax(0, depth_m / tan(watch->cameras[type->camera].hfov_max_deg * VG_RAD_PER_DEG / 2));
}

const struct vg_plan_stretch *vg_check_stretch_at(const struct vg_check *self, const char *line,
                                                  double s_m)
{
    for (int k = 0; k < self->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &self->plan->stretches[k];
        if (strcmp(st->line, line) == 0 && s_m >= st->from_m && s_m <= st->to_m) {
            return st;
        }
    }
    return NULL;
}

/* The least depth that a pass is to see to anywhere from one place to another; they may be past a
 * ring's end. 0: nowhere. */
static double least_depth_m(const struct vg_check *self, int line, int pass, double from_m,
                            double to_m)
{
    const struct vg_network *net = &self->watch->network;
    const struct vg_line *on = &net->lines[line];
    double least = HUGE_VAL;
    double more_m = to_m - from_m < TOUCH_M ? TOUCH_M : 0; /* kilometres are whole metres */
    from_m -= more_m;
    to_m += more_m;
    for (int k = 0; k < self->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &self->plan->stretches[k];
        if (strcmp(st->line, on->name) != 0 || (st->n_passes > 0 && pass >= st->n_passes)) {
            continue;
        }
        int at = vg_network_stretch_at(net, line, (st->from_m + st->to_m) / 2);
        double depth_m = st->n_passes > 0 ? st->passes[pass].depth_m : net->stretches[at].depth_m;
        for (int turn = 0; turn < (on->is_closed ? 3 : 1); turn++) {
            double on_m = turn * on->length_m;
            bool is_over = fmin(st->to_m + on_m, to_m) - fmax(st->from_m + on_m, from_m) >
                           fmin(TOUCH_M, (to_m - from_m) / 4);
            least = is_over ? fmin(least, depth_m) : least;
        }
    }
    return least < HUGE_VAL ? least : 0;
}

static bool has_offset(const struct vg_plan_stretch *st, int pass, double *out_m)
{
    *out_m = st != NULL && st->n_passes > 0 ? st->passes[pass].offset_m : 0;
    return st != NULL && (st->n_passes > 0 ? pass < st->n_passes : pass == 0);
}

/* Does a pass end at a place, so that lead-ins there begin straight on? side: 1 of growing
 * kilometres, else -1. */
static bool ends_at(const struct vg_check *self, int line, int pass, double s_m, int side)
{
    const struct vg_line *on = &self->watch->network.lines[line];
    double inside_m, outside_m;
    if (on->is_closed) {
        s_m -= floor(s_m / on->length_m) * on->length_m;
    } else if (side < 0 ? s_m <= TOUCH_M : s_m >= on->length_m - TOUCH_M) {
        return true;
    }
    const struct vg_plan_stretch *in = vg_check_stretch_at(self, on->name, s_m - side * TOUCH_M);
    const struct vg_plan_stretch *out = vg_check_stretch_at(self, on->name, s_m + side * TOUCH_M);
    return has_offset(in, pass, &inside_m) &&
           (!has_offset(out, pass, &outside_m) || fabs(inside_m - outside_m) >= SAME_M);
}

/* The points of a run, on their kilometres of the line; false: not such a run. */
static bool read_run(const struct vg_check *self, int line, const json_t *run,
                     struct vg_check_point *out)
{
    const struct vg_line *on = &self->watch->network.lines[line];
    for (size_t k = 0; k < json_array_size(run); k++) {
        const json_t *row = json_array_get(run, k);
        for (size_t q = 0; q < 3; q++) {
            if (!json_is_number(json_array_get(row, q))) {
                return false;
            }
        }
        out[k] = (struct vg_check_point){.s_m = 1000 * json_number_value(json_array_get(row, 0)),
                                         .lat_deg = json_number_value(json_array_get(row, 1)),
                                         .lon_deg = json_number_value(json_array_get(row, 2))};
        if (!vg_check_is_on_line(self, line, &out[k]) || out[k].s_m < -TOUCH_M ||
            out[k].s_m > on->length_m + TOUCH_M) {
            return false;
        }
    }
    return true;
}

/* Kilometres that keep growing over a ring's end. */
static bool unroll(const struct vg_line *line, struct vg_check_point *w, int n)
{
    double turn_m = 0;
    for (int k = 1; k < n; k++) {
        double was_m = w[k - 1].s_m;
        if (line->is_closed && w[k].s_m + turn_m < was_m - line->length_m / 2) {
            turn_m += line->length_m;
        }
        w[k].s_m += turn_m;
        if (w[k].s_m < was_m - TOUCH_M) {
            return false;
        }
        w[k].s_m = fmax(w[k].s_m, was_m);
    }
    return true;
}

bool vg_check_run_read(const struct vg_check *self, const json_t *way,
                       const struct vg_check_point *w, int n, struct vg_check_run *out)
{
    const char *name = json_string_value(json_object_get(way, "line"));
    const json_t *in = json_object_get(way, "run_in");
    const json_t *on = json_object_get(way, "run_out");
    int line = vg_network_find_line(&self->watch->network, name);
    int pass = vg_check_way_pass(way);
    int n_in = (int)json_array_size(in);
    *out = (struct vg_check_run){.n = n_in + n + (int)json_array_size(on), .first = n_in};
    out->last = n_in + n - 1;
    out->at = calloc((size_t)out->n, sizeof *out->at);
    out->depth_m = calloc((size_t)out->n, sizeof *out->depth_m);
    if (out->at == NULL || out->depth_m == NULL || !read_run(self, line, in, out->at) ||
        !read_run(self, line, on, out->at + n_in + n)) {
        return false;
    }
    memcpy(out->at + n_in, w, (size_t)n * sizeof *w);
    if (!unroll(&self->watch->network.lines[line], out->at, out->n)) {
        return false;
    }
    for (int k = 0; k + 1 < out->n; k++) {
        out->depth_m[k] = least_depth_m(self, line, pass, out->at[k].s_m, out->at[k + 1].s_m);
    }
    out->ends_before = ends_at(self, line, pass, out->at[0].s_m, -1);
    out->ends_behind = ends_at(self, line, pass, out->at[out->n - 1].s_m, 1);
    return true;
}

void vg_check_run_finish(struct vg_check_run *self)
{
    free(self->at);
    free(self->depth_m);
}

void vg_check_run_leads(const struct vg_check_run *run, const struct vg_watchfile *watch,
                        const struct vg_wf_type *type, double *out_fwd_m, double *out_bwd_m)
{
    const struct vg_check_point *w = run->at;
    int last = run->n - 1;
    double fwd_m = last > 0 ? HUGE_VAL : 0;
    double bwd_m = fwd_m;
    for (int k = 0; k < last; k++) {
        double lead_m = vg_check_lead_m(watch, type, run->depth_m[k]);
        out_fwd_m[k] = fmin(fwd_m, lead_m);
        fwd_m = fmin(fwd_m + w[k + 1].s_m - w[k].s_m, lead_m);
    }
    for (int k = last; k > 0; k--) {
        double lead_m = vg_check_lead_m(watch, type, run->depth_m[k - 1]);
        out_bwd_m[k] = fmin(bwd_m, lead_m);
        bwd_m = fmin(bwd_m + w[k].s_m - w[k - 1].s_m, lead_m);
    }
    out_fwd_m[last] = fwd_m;
    out_bwd_m[0] = bwd_m;
}

/* beyond_m straight on from the run's first or last point. */
static void place_beyond(const struct vg_check_run *run, bool is_before, double beyond_m,
                         struct vg_check_point *out)
{
    const struct vg_check_point *end = &run->at[is_before ? 0 : run->n - 1];
    const struct vg_check_point *inner = is_before ? end + 1 : end - 1;
    double azimuth_deg;
    *out = *end;
    if (run->n > 1 && (is_before ? run->ends_before : run->ends_behind)) {
        vg_geo_inverse(inner->lat_deg, inner->lon_deg, end->lat_deg, end->lon_deg, NULL, NULL,
                       &azimuth_deg);
        vg_geo_direct(end->lat_deg, end->lon_deg, vg_wrap_360_deg(azimuth_deg), beyond_m,
                      &out->lat_deg, &out->lon_deg);
    }
}

/* Answers the point behind the place, on the side of growing kilometres. */
static int place_at(const struct vg_check_run *run, double s_m, struct vg_check_point *out)
{
    const struct vg_check_point *w = run->at;
    int k = 0;
    for (int end = run->n; k < end;) {
        int mid = (k + end) / 2;
        if (w[mid].s_m < s_m) {
            k = mid + 1;
        } else {
            end = mid;
        }
    }
    if (k == 0 || k == run->n) {
        place_beyond(run, k == 0, fabs(s_m - w[k == 0 ? 0 : k - 1].s_m), out);
        return k;
    }
    double share = (s_m - w[k - 1].s_m) / (w[k].s_m - w[k - 1].s_m);
    out->lat_deg = w[k - 1].lat_deg + share * (w[k].lat_deg - w[k - 1].lat_deg);
    out->lon_deg = w[k - 1].lon_deg + share * vg_wrap_180_deg(w[k].lon_deg - w[k - 1].lon_deg);
    return k;
}

int vg_check_run_join(const struct vg_check_run *run, int k, double lead_m, bool is_backward,
                      struct vg_check_point *out)
{
    int next = place_at(run, run->at[k].s_m + (is_backward ? lead_m : -lead_m), out);
    if (is_backward) {
        return next - 1 > k ? next - 1 : k;
    }
    return next < k ? next : k;
}

double vg_check_run_room_m(const struct vg_check *self, const struct vg_check_run *run,
                           bool is_behind, double most_m)
{
    double end_m = run->at[is_behind ? run->last : run->first].s_m;
    struct vg_check_point from, to;
    place_at(run, end_m, &from);
    for (double d = 0; self->watch->n_zones > 0 && d < most_m; d += STEP_M) {
        double on_m = fmin(d + STEP_M, most_m);
        place_at(run, is_behind ? end_m + on_m : end_m - on_m, &to);
        if (vg_check_leg_is_forbidden(self->watch, from.lat_deg, from.lon_deg, to.lat_deg,
                                      to.lon_deg)) {
            return d;
        }
        from = to;
    }
    return HUGE_VAL;
}
