/* Any two drones in the air, at all repetitions: nearer than the watch's horizontal separation only
 * with its vertical one between them, unless both are within a kilometre of a base that both use.
 *
 * Between two track points a drone moves evenly, so two legs are one even motion of the one
 * relative to the other: when it is within the horizontal distance is a quadratic, when within the
 * vertical one is linear. Two sorties of periods P and Q stand to each other at every multiple of
 * gcd(P, Q); where that is less than two seconds they are taken to stand to each other in every
 * way. */
#include "plan/check_inner.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

static const double BASE_M = 1000;
static const double TOLERANCE_M = 0.5; /* rounding of the file */
static const int64_t ANY_TICKS = 2 * VG_CHECK_TICKS_PER_S;

enum {
    LOOKS = 8 /* at a meeting, for whether it is near a base */
};

struct box {
    double south;
    double north;
    double west; /* relative to the watch's first base */
    double east;
};

/* How far apart boxes may lie that are near each other. */
struct margin {
    double lat_deg;
    double lon_deg;
};

/* Two legs in a plane about the first one's start; a moves from p[0] to p[1], b from p[2] to p[3].
 */
struct legs {
    double p[4][3];
    double t_s[4];
};

static double lon_of(const struct vg_check *self, const struct vg_plan_point *p)
{
    return vg_wrap_180_deg(p->lon_deg - self->watch->bases[0].lon_deg);
}

static struct box box_of(const struct vg_check *self, const struct vg_plan_point *p, int n)
{
    struct box b = {HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
    for (int k = 0; k < n; k++) {
        double lon = lon_of(self, &p[k]);
        b.south = fmin(b.south, p[k].lat_deg);
        b.north = fmax(b.north, p[k].lat_deg);
        b.west = fmin(b.west, lon);
        b.east = fmax(b.east, lon);
    }
    return b;
}

/* Wide enough where degrees of longitude are shortest. */
static struct margin margin_of(const struct vg_check *self, const struct box *boxes, int n)
{
    double far_deg = 0;
    for (int k = 0; k < n; k++) {
        far_deg = fmax(far_deg, fmax(fabs(boxes[k].south), fabs(boxes[k].north)));
    }
    struct vg_frame f = vg_frame_at(fmin(89, far_deg), 0);
    return (struct margin){self->watch->apart.horizontal_m / f.m_per_deg_lat * 1.02,
                           self->watch->apart.horizontal_m / f.m_per_deg_lon * 1.02};
}

static bool are_near(const struct margin *m, const struct box *a, const struct box *b)
{
    return a->south <= b->north + m->lat_deg && b->south <= a->north + m->lat_deg &&
           a->west <= b->east + m->lon_deg && b->west <= a->east + m->lon_deg;
}

/* At some repetition both are in the air. */
static bool are_up_together(const struct vg_plan_sortie *a, const struct vg_plan_sortie *b)
{
    int64_t g = vg_check_gcd(vg_check_ticks(a->period_s), vg_check_ticks(b->period_s));
    double round_s = (double)g / VG_CHECK_TICKS_PER_S;
    double down_a_s = a->track[a->n_track - 1].t_s;
    double down_b_s = b->track[b->n_track - 1].t_s;
    return g < ANY_TICKS || ceil((a->track[0].t_s - down_b_s) / round_s) <=
                                floor((down_a_s - b->track[0].t_s) / round_s);
}

static struct legs legs_of(const struct vg_plan_point *a, const struct vg_plan_point *b)
{
    struct legs l;
    struct vg_frame f = vg_frame_at(a->lat_deg, a->lon_deg);
    for (int k = 0; k < 4; k++) {
        const struct vg_plan_point *p = k < 2 ? a + k : b + k - 2;
        vg_frame_to_en(&f, p->lat_deg, p->lon_deg, &l.p[k][0], &l.p[k][1]);
        l.p[k][2] = p->alt_msl_m;
        l.t_s[k] = p->t_s;
    }
    return l;
}

/* Where a leg's drone is at a share of it. */
static void at_share(const struct legs *l, int leg, double f, double out[3])
{
    for (int k = 0; k < 3; k++) {
        out[k] = l->p[2 * leg][k] + f * (l->p[2 * leg + 1][k] - l->p[2 * leg][k]);
    }
}

/* Both within a kilometre of a base that both use? The origin lies at `from`. */
static bool share_base(const struct vg_check *self, int i, int j, const struct vg_plan_point *from,
                       const double a[3], const double b[3])
{
    struct vg_frame f = vg_frame_at(from->lat_deg, from->lon_deg);
    for (int e = 0; e < 4; e++) {
        int base = e / 2 == 0 ? self->base_from[i] : self->base_to[i];
        int other = e % 2 == 0 ? self->base_from[j] : self->base_to[j];
        double east, north;
        vg_frame_to_en(&f, self->watch->bases[base].lat_deg, self->watch->bases[base].lon_deg,
                       &east, &north);
        if (base == other && hypot(a[0] - east, a[1] - north) <= BASE_M &&
            hypot(b[0] - east, b[1] - north) <= BASE_M) {
            return true;
        }
    }
    return false;
}

static bool refuse(struct vg_check *self, int i, int j, const struct vg_plan_point *from,
                   const double a[3], const double b[3])
{
    double lat, lon;
    struct vg_frame f = vg_frame_at(from->lat_deg, from->lon_deg);
    vg_frame_to_latlon(&f, a[0], a[1], &lat, &lon);
    return vg_check_break(
        self, "apart",
        "sorties %s of drone %s and %s of drone %s come within %.0f m of each "
        "other and %.0f m in height at %.5f, %.5f; %.0f m or %.0f m are asked for",
        self->plan->sorties[i].id, self->plan->sorties[i].drone, self->plan->sorties[j].id,
        self->plan->sorties[j].drone, hypot(a[0] - b[0], a[1] - b[1]), fabs(a[2] - b[2]), lat,
        vg_wrap_180_deg(lon), self->watch->apart.horizontal_m, self->watch->apart.vertical_m);
}

/* One instant, or one pair of places: too near? Takes note of the least height between. */
static bool check_places(struct vg_check *self, int i, int j, const struct vg_plan_point *from,
                         const double a[3], const double b[3])
{
    const struct vg_wf_apart *w = &self->watch->apart;
    if (hypot(a[0] - b[0], a[1] - b[1]) >= w->horizontal_m - TOLERANCE_M ||
        share_base(self, i, j, from, a, b)) {
        return true;
    }
    double between_m = fabs(a[2] - b[2]);
    self->report->least_between_m = fmin(self->report->least_between_m, between_m);
    return between_m >= w->vertical_m - TOLERANCE_M || refuse(self, i, j, from, a, b);
}

/* From when to when, within [*io_from, *io_to], a motion from r at v is nearer to the origin than
 * d; false: never. */
static bool near_when(const double r[2], const double v[2], double d, double *io_from,
                      double *io_to)
{
    double a = v[0] * v[0] + v[1] * v[1];
    double b = r[0] * v[0] + r[1] * v[1];
    double c = r[0] * r[0] + r[1] * r[1] - d * d;
    if (a < 1e-9) {
        return c < 0;
    }
    double root = b * b - a * c;
    if (root <= 0) {
        return false;
    }
    *io_from = fmax(*io_from, (-b - sqrt(root)) / a);
    *io_to = fmin(*io_to, (-b + sqrt(root)) / a);
    return *io_from < *io_to;
}

/* Leg b flown `late_s` later than its file says. */
static bool check_shift(struct vg_check *self, int i, int j, const struct vg_plan_point *origin,
                        const struct legs *l, double late_s)
{
    double from = fmax(l->t_s[0], l->t_s[2] + late_s);
    double to = fmin(l->t_s[1], l->t_s[3] + late_s);
    double da = l->t_s[1] - l->t_s[0];
    double db = l->t_s[3] - l->t_s[2];
    double r[3], v[3], a[3], b[3];
    if (!(to > from)) {
        return true;
    }
    at_share(l, 0, (from - l->t_s[0]) / da, a);
    at_share(l, 1, (from - late_s - l->t_s[2]) / db, b);
    for (int k = 0; k < 3; k++) {
        r[k] = b[k] - a[k];
        v[k] = (l->p[3][k] - l->p[2][k]) / db - (l->p[1][k] - l->p[0][k]) / da;
    }
    double t0 = 0;
    double t1 = to - from;
    if (!near_when(r, v, self->watch->apart.horizontal_m, &t0, &t1)) {
        return true;
    }
    double level = v[2] < 0 || v[2] > 0 ? -r[2] / v[2] : t0; /* where both are equally high */
    for (int q = 0; q <= LOOKS + 1; q++) {
        double t = from + (q <= LOOKS ? t0 + (t1 - t0) * q / LOOKS : fmin(t1, fmax(t0, level)));
        at_share(l, 0, (t - l->t_s[0]) / da, a);
        at_share(l, 1, (t - late_s - l->t_s[2]) / db, b);
        if (!check_places(self, i, j, origin, a, b)) {
            return false;
        }
    }
    return true;
}

/* Any place of the one leg against any place of the other. */
static bool check_any(struct vg_check *self, int i, int j, const struct vg_plan_point *origin,
                      const struct legs *l)
{
    double step_m = self->watch->apart.horizontal_m / 4;
    int n[2];
    for (int e = 0; e < 2; e++) {
        const double *p = l->p[2 * e];
        const double *q = l->p[2 * e + 1];
        double rise_m = fabs(q[2] - p[2]) * 2; /* heights matter in steps of half as much */
        n[e] = 1 + (int)(fmax(hypot(q[0] - p[0], q[1] - p[1]), rise_m) / step_m);
    }
    for (int x = 0; x <= n[0]; x++) {
        double a[3];
        at_share(l, 0, (double)x / n[0], a);
        for (int y = 0; y <= n[1]; y++) {
            double b[3];
            at_share(l, 1, (double)y / n[1], b);
            if (!check_places(self, i, j, origin, a, b)) {
                return false;
            }
        }
    }
    return true;
}

static bool check_legs(struct vg_check *self, int i, int j, int ka, int kb)
{
    const struct vg_plan_sortie *x = &self->plan->sorties[i];
    const struct vg_plan_sortie *y = &self->plan->sorties[j];
    const struct vg_plan_point *a = &x->track[ka - 1];
    const struct vg_plan_point *b = &y->track[kb - 1];
    int64_t g = vg_check_gcd(vg_check_ticks(x->period_s), vg_check_ticks(y->period_s));
    struct legs l = legs_of(a, b);
    if (g < ANY_TICKS) {
        return check_any(self, i, j, a, &l);
    }
    double round_s = (double)g / VG_CHECK_TICKS_PER_S;
    double last = floor((l.t_s[1] - l.t_s[2]) / round_s);
    for (double k = ceil((l.t_s[0] - l.t_s[3]) / round_s); k <= last; k++) {
        if (!check_shift(self, i, j, a, &l, k * round_s)) {
            return false;
        }
    }
    return true;
}

static bool check_pair(struct vg_check *self, int i, int j, const struct margin *m,
                       const struct box *box_j)
{
    const struct vg_plan_sortie *x = &self->plan->sorties[i];
    const struct vg_plan_sortie *y = &self->plan->sorties[j];
    for (int ka = 1; ka < x->n_track; ka++) {
        struct box a = box_of(self, &x->track[ka - 1], 2);
        for (int kb = 1; are_near(m, &a, box_j) && kb < y->n_track; kb++) {
            struct box b = box_of(self, &y->track[kb - 1], 2);
            if (are_near(m, &a, &b) && !check_legs(self, i, j, ka, kb)) {
                return false;
            }
        }
    }
    return true;
}

bool vg_check_apart(struct vg_check *self, bool *out_no_memory)
{
    const struct vg_wf_apart *w = &self->watch->apart;
    int n = self->plan->n_sorties;
    self->report->least_between_m = HUGE_VAL;
    if (w->horizontal_m <= 0 || w->vertical_m <= 0) {
        return true;
    }
    struct box *boxes = malloc(((size_t)n + 1) * sizeof *boxes);
    *out_no_memory = boxes == NULL;
    bool is_ok = boxes != NULL;
    for (int k = 0; k < n && is_ok; k++) {
        boxes[k] = box_of(self, self->plan->sorties[k].track, self->plan->sorties[k].n_track);
    }
    const struct margin m = margin_of(self, boxes, is_ok ? n : 0);
    for (int i = 0; i < n && is_ok; i++) {
        for (int j = i + 1; j < n && is_ok; j++) {
            is_ok = self->drone[i] == self->drone[j] || !are_near(&m, &boxes[i], &boxes[j]) ||
                    !are_up_together(&self->plan->sorties[i], &self->plan->sorties[j]) ||
                    check_pair(self, i, j, &m, &boxes[j]);
        }
    }
    free(boxes);
    return is_ok;
}
