/* Lead-ins of a certificate's way: where a drone is, and must have come from, before the camera,
 * which looks ahead, has seen a way point (docs/planning.md, "The bound"). The way is gone back
 * along, then the run-in that the certificate gives, then straight on. */
#include "plan/check_way.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double STEP_M = 5;

/* The least depth that the way is flown at: it has the shortest lead. */
static double least_depth_m(const struct vg_check *self, const char *line, int pass,
                            const struct vg_check_point *w, int n)
{
    const struct vg_network *net = &self->watch->network;
    double least = HUGE_VAL;
    for (int k = 0; k < self->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &self->plan->stretches[k];
        bool is_over = w[n - 1].s_m <= w[0].s_m || /* round a ring */
                       (st->from_m < w[n - 1].s_m && st->to_m > w[0].s_m);
        if (!is_over || strcmp(st->line, line) != 0 || (st->n_passes > 0 && pass >= st->n_passes)) {
            continue;
        }
        int at = vg_network_stretch_at(net, vg_network_find_line(net, line),
                                       (st->from_m + st->to_m) / 2);
        least =
            fmin(least, st->n_passes > 0 ? st->passes[pass].depth_m : net->stretches[at].depth_m);
    }
    return least;
}

double vg_check_lead_m(const struct vg_check *self, const struct vg_wf_type *type,
                       const json_t *way, const struct vg_check_point *w, int n)
{
    const json_t *pass = json_object_get(way, "pass");
    int k = json_is_integer(pass) ? (int)json_integer_value(pass) - 1 : 0;
    double depth_m =
        least_depth_m(self, json_string_value(json_object_get(way, "line")), k < 0 ? 0 : k, w, n);
    double lead_m = 0;
    if (depth_m < HUGE_VAL && type->camera >= 0 && type->camera < self->watch->n_cameras &&
        self->watch->cameras[type->camera].gimbal != VG_GIMBAL_FIXED) {
        vg_camera_patrol_pitch_deg(&self->watch->cameras[type->camera], type->agl_m, depth_m,
                                   &lead_m);
    }
    return lead_m;
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
        if (!vg_check_is_on_line(self, line, &out[k]) || out[k].s_m < -1 ||
            out[k].s_m > on->length_m + 1) {
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
        if (w[k].s_m < was_m - 1) {
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
    int n_in = (int)json_array_size(in);
    *out = (struct vg_check_run){.n = n_in + n + (int)json_array_size(on), .first = n_in};
    out->at = calloc((size_t)out->n, sizeof *out->at);
    if (out->at == NULL || !read_run(self, line, in, out->at) ||
        !read_run(self, line, on, out->at + n_in + n)) {
        return false;
    }
    memcpy(out->at + n_in, w, (size_t)n * sizeof *w);
    return unroll(&self->watch->network.lines[line], out->at, out->n);
}

/* The place at s; beyond the last points straight on. *out_next: the point behind it, on the side
 * of growing kilometres. */
static void place_at(const struct vg_check_run *run, double s_m, double out[2], int *out_next)
{
    const struct vg_check_point *w = run->at;
    int last = run->n - 1;
    int k = 0;
    for (int end = run->n; k < end;) {
        int mid = (k + end) / 2;
        if (w[mid].s_m < s_m) {
            k = mid + 1;
        } else {
            end = mid;
        }
    }
    *out_next = k;
    out[0] = w[k <= last ? k : last].lat_deg;
    out[1] = w[k <= last ? k : last].lon_deg;
    if (run->n < 2) {
        return;
    }
    if (k == 0 || k > last) {
        int end = k == 0 ? 0 : last;
        int before = k == 0 ? 1 : last - 1;
        double azimuth_deg;
        vg_geo_inverse(w[before].lat_deg, w[before].lon_deg, w[end].lat_deg, w[end].lon_deg, NULL,
                       NULL, &azimuth_deg);
        vg_geo_direct(w[end].lat_deg, w[end].lon_deg, vg_wrap_360_deg(azimuth_deg),
                      fabs(s_m - w[end].s_m), &out[0], &out[1]);
        return;
    }
    double share = w[k].s_m > w[k - 1].s_m ? (s_m - w[k - 1].s_m) / (w[k].s_m - w[k - 1].s_m) : 1;
    out[0] = w[k - 1].lat_deg + share * (w[k].lat_deg - w[k - 1].lat_deg);
    out[1] = w[k - 1].lon_deg + share * vg_wrap_180_deg(w[k].lon_deg - w[k - 1].lon_deg);
}

double vg_check_run_room_m(const struct vg_check *self, const struct vg_check_run *run, int n,
                           bool is_back, double most_m)
{
    double end_m = run->at[is_back ? run->first + n - 1 : run->first].s_m;
    double from[2], to[2];
    int next;
    place_at(run, end_m, from, &next);
    for (double d = 0; self->watch->n_zones > 0 && d < most_m; d += STEP_M) {
        double on_m = fmin(d + STEP_M, most_m);
        place_at(run, is_back ? end_m + on_m : end_m - on_m, to, &next);
        if (vg_check_leg_is_forbidden(self->watch, from[0], from[1], to[0], to[1])) {
            return d;
        }
        memcpy(from, to, sizeof from);
    }
    return HUGE_VAL;
}

double vg_check_run_out_s(const struct vg_check *self, const struct vg_wf_type *t,
                          const struct vg_wf_base *b, const struct vg_check_run *run, int k,
                          double lead_m)
{
    const struct vg_check_point *w = run->at;
    bool is_back = lead_m < 0;
    int next;
    double at[2];
    int q = run->first + k;
    place_at(run, w[q].s_m - lead_m, at, &next);
    double sum_s = vg_check_leg_s(t, self->watch, b->lat_deg, b->lon_deg, at[0], at[1]);
    for (int v = is_back ? next - 1 : next; is_back ? v > q : v < q; v += is_back ? -1 : 1) {
        sum_s += vg_check_leg_s(t, self->watch, at[0], at[1], w[v].lat_deg, w[v].lon_deg);
        at[0] = w[v].lat_deg;
        at[1] = w[v].lon_deg;
    }
    return sum_s + vg_check_leg_s(t, self->watch, at[0], at[1], w[q].lat_deg, w[q].lon_deg);
}
