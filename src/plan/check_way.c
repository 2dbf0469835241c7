#include "plan/check_way.h"

#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double vg_check_leg_s(const struct vg_wf_type *t, const struct vg_watchfile *w, double lat1,
                      double lon1, double lat2, double lon2)
{
    double distance_m, az1, az2;
    vg_geo_inverse(lat1, lon1, lat2, lon2, &distance_m, &az1, &az2);
    if (!(distance_m > 0)) {
        return 0;
    }
    double most_mps = 0;
    for (int h = 0; h < (w->has_wind_hours ? VG_DAY_HOURS : 1); h++) {
        const struct vg_wf_wind wind = vg_watchfile_wind_at(w, (double)h * VG_HOUR_S);
        double a = (wind.from_deg - (az1 + vg_wrap_180_deg(az2 - az1) / 2)) * VG_RAD_PER_DEG;
        double rest = t->cruise_mps * t->cruise_mps - pow(wind.mps * sin(a), 2);
        most_mps = fmax(most_mps, rest > 0 ? sqrt(rest) - wind.mps * cos(a) : 0);
    }
    return most_mps > 0 ? distance_m / most_mps : HUGE_VAL;
}

/* The least wanted revisit of the plan's reachable stretches that touch s, round the end of a ring
 * too; HUGE_VAL: none, the point earns nothing. That these stretches are the watch's has been
 * checked before. */
static double revisit_at(const struct vg_check *self, const struct vg_line *line, double s_m)
{
    static const double TOUCH_M = 1;
    double least = HUGE_VAL;
    for (int k = 0; k < self->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &self->plan->stretches[k];
        bool is_in = s_m >= st->from_m - TOUCH_M && s_m <= st->to_m + TOUCH_M;
        bool is_round =
            line->is_closed && ((s_m <= TOUCH_M && st->to_m >= line->length_m - TOUCH_M) ||
                                (s_m >= line->length_m - TOUCH_M && st->from_m <= TOUCH_M));
        if (!st->is_unreachable && (is_in || is_round) && strcmp(st->line, line->name) == 0) {
            least = fmin(least, st->revisit_s);
        }
    }
    return least;
}

/* The watch depth about s_m, the greater where two stretches meet. */
static double depth_about_m(const struct vg_check *self, int line, double s_m)
{
    static const double APART_M = 2;
    const struct vg_network *net = &self->watch->network;
    int before = vg_network_stretch_at(net, line, s_m - APART_M);
    int after = vg_network_stretch_at(net, line, s_m + APART_M);
    return fmax(net->stretches[before].depth_m, net->stretches[after].depth_m);
}

bool vg_check_is_on_line(const struct vg_check *self, int line, const struct vg_check_point *w)
{
    double lat, lon;
    vg_line_at(&self->watch->network.lines[line], w->s_m, 0, &lat, &lon, NULL);
    return fabs(w->lat_deg) <= 90 && fabs(w->lon_deg) <= 180 &&
           vg_geo_distance_m(lat, lon, w->lat_deg, w->lon_deg) <=
               depth_about_m(self, line, w->s_m) + 2;
}

/* Points in the order of their kilometres; on a closed line once round its end. */
static bool is_in_order(const struct vg_line *line, const struct vg_check_point *w, int n)
{
    int n_turns = 0;
    for (int k = 1; k < n; k++) {
        n_turns += !(w[k].s_m > w[k - 1].s_m);
    }
    return n_turns == 0 || (n_turns == 1 && line->is_closed && w[n - 1].s_m <= w[0].s_m + 1);
}

int vg_check_way_pass(const json_t *way)
{
    const json_t *pass = json_object_get(way, "pass");
    return json_is_integer(pass) ? (int)json_integer_value(pass) - 1 : 0;
}

bool vg_check_way_read(const struct vg_check *self, const json_t *way, struct vg_check_point **out,
                       int *out_n)
{
    const char *name = json_string_value(json_object_get(way, "line"));
    const json_t *points = json_object_get(way, "points");
    int line = name != NULL ? vg_network_find_line(&self->watch->network, name) : -1;
    size_t n = json_array_size(points);
    if (line < 0 || n == 0) {
        return false;
    }
    struct vg_check_point *w = calloc(n, sizeof *w);
    bool is_ok = w != NULL && vg_check_way_pass(way) >= 0;
    for (size_t k = 0; k < n && is_ok; k++) {
        const json_t *p = json_array_get(points, k);
        double *const to[4] = {&w[k].s_m, &w[k].lat_deg, &w[k].lon_deg, &w[k].dual};
        for (size_t q = 0; q < 4; q++) {
            const json_t *v = json_array_get(p, q);
            is_ok = is_ok && json_is_number(v);
            *to[q] = json_number_value(v);
        }
        w[k].s_m *= 1000;
        const struct vg_network *net = &self->watch->network;
        w[k].revisit_s = revisit_at(self, &net->lines[line], w[k].s_m);
        w[k].dual = w[k].revisit_s < HUGE_VAL ? w[k].dual : 0;
        is_ok = is_ok && w[k].dual >= 0 && vg_check_is_on_line(self, line, &w[k]);
    }
    is_ok = is_ok && is_in_order(&self->watch->network.lines[line], w, (int)n);
    if (!is_ok) {
        free(w);
        return false;
    }
    *out = w;
    *out_n = (int)n;
    return true;
}

bool vg_check_way_pay(const struct vg_check *self, const json_t *way,
                      const struct vg_check_point *w, int n, struct vg_check_taken *io)
{
    static const double TOUCH_M = 1;
    const char *name = json_string_value(json_object_get(way, "line"));
    struct vg_check_paid mine = {vg_network_find_line(&self->watch->network, name),
                                 vg_check_way_pass(way), 0, 0};
    int first = io->n;
    for (int k = 0, from = 0; k < n; k++) {
        if (k == n - 1 || !(w[k + 1].s_m > w[k].s_m)) { /* its end, or the line's */
            mine.from_m = w[from].s_m;
            mine.to_m = w[k].s_m;
            io->paid[io->n++] = mine;
            from = k + 1;
        }
    }
    for (int a = 0; a < first; a++) {
        const struct vg_check_paid *x = &io->paid[a];
        for (int b = first; b < io->n; b++) {
            const struct vg_check_paid *y = &io->paid[b];
            if (x->line == y->line && x->pass == y->pass &&
                fmin(x->to_m, y->to_m) - fmax(x->from_m, y->from_m) > TOUCH_M) {
                return false;
            }
        }
    }
    return true;
}
