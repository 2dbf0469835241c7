/* What lone drones prove (docs/planning.md, "Away"), from three places that a certificate names, in
 * the checker's own times: two that are to be seen and one that a drone flies to meanwhile. Which
 * drones reach them the checker finds itself.
 *
 * The second rule is the planner's told the other way round: a limit cannot be kept if, whichever
 * visits the drone that stays makes, and in whatever order, some gap is longer. */
#include "plan/check_way.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST_PLACES = 3, /* x1, x2, and y last */
    MOST_DRONES = 2
};
static const double TOLERANCE = 0.002; /* that of the bound */
static const double REACH = 1.001; /* wind taken at one end of a leg */

struct place {
    size_t way;
    int at; /* of the way's points */
    double revisit_s;
};

/* One drone's seconds. */
struct times {
    double fixed_s; /* climb, descent, turnaround */
    double usable_s; /* in the air, less climb and descent */
    double out_s[MOST_PLACES][2]; /* sweeping forwards, backwards */
    double home_s[MOST_PLACES];
    double along_s[MOST_PLACES][MOST_PLACES]; /* from the one to the other on one way */
};

struct lone {
    const struct vg_check *check;
    const json_t *ways;
    struct place places[MOST_PLACES];
    int n; /* places */
    struct times drones[MOST_DRONES];
    int n_drones; /* that reach any of them; more than there is room for */
    bool no_memory;
};

/* ---- places and times ---- */

static bool read_place(struct lone *self, const json_t *row, struct place *out)
{
    static const double SAME_M = 0.6;
    static const double ROUND_M = 5;
    const json_t *way = json_array_get(row, 0);
    const json_t *km = json_array_get(row, 1);
    struct vg_check_point *w = NULL;
    int n = 0;
    if (!json_is_integer(way) || json_integer_value(way) < 0 || !json_is_number(km)) {
        return false;
    }
    *out = (struct place){(size_t)json_integer_value(way), -1, 0};
    if (!vg_check_way_read(self->check, json_array_get(self->ways, out->way), &w, &n)) {
        return false;
    }
    for (int k = 0; k < n && out->at < 0; k++) {
        bool is_it = fabs(w[k].s_m - 1000 * json_number_value(km)) < SAME_M;
        out->at = is_it && w[k].revisit_s < HUGE_VAL ? k : -1;
    }
    /* Where a way comes round to its beginning one place is two points. */
    bool is_end = out->at == 0 || out->at == n - 1;
    out->at = is_end && n > 1 &&
                      vg_geo_distance_m(w[0].lat_deg, w[0].lon_deg, w[n - 1].lat_deg,
                                        w[n - 1].lon_deg) < ROUND_M
                  ? -1
                  : out->at;
    out->revisit_s = out->at >= 0 ? w[out->at].revisit_s : 0;
    free(w);
    return out->at >= 0;
}

/* A lane of place q's way on which nothing but the places is paid. */
static bool open_lane(struct lone *self, int q, struct vg_check_lane *out)
{
    const json_t *way = json_array_get(self->ways, self->places[q].way);
    struct vg_check_point *w = NULL;
    int n = 0;
    bool is_ok = vg_check_way_read(self->check, way, &w, &n);
    for (int k = 0; k < n && is_ok; k++) {
        w[k].dual = 0;
    }
    for (int r = 0; r < self->n && is_ok; r++) {
        if (self->places[r].way == self->places[q].way) {
            w[self->places[r].at].dual = 1;
        }
    }
    is_ok = is_ok && vg_check_lane_init(self->check, way, w, n, out);
    self->no_memory = self->no_memory || (is_ok && out->fwd == NULL);
    free(w);
    return is_ok && out->fwd != NULL;
}

static void time_place(const struct lone *self, int q, const struct vg_check_lane *l,
                       struct times *out)
{
    int at = l->run.first + self->places[q].at;
    out->out_s[q][0] = l->out_fwd[at];
    out->out_s[q][1] = l->out_bwd[at];
    out->home_s[q] = l->home[at];
    for (int r = 0; r < self->n; r++) {
        int to = l->run.first + self->places[r].at;
        bool is_here = self->places[r].way == self->places[q].way;
        out->along_s[q][r] = !is_here  ? HUGE_VAL
                             : to > at ? l->fwd[to] - l->fwd[at]
                                       : l->bwd[at] - l->bwd[to];
    }
}

static double out_least_s(const struct times *t, int q)
{
    return fmin(t->out_s[q][0], t->out_s[q][1]);
}

static bool reaches(const struct lone *self, const struct times *t)
{
    bool is_near = false;
    for (int q = 0; q < self->n; q++) {
        is_near = is_near || out_least_s(t, q) + t->home_s[q] <= REACH * t->usable_s;
    }
    return is_near;
}

/* Is place r further on than q in growing kilometres? */
static bool is_ahead(const struct lone *self, int q, int r)
{
    return self->places[r].at > self->places[q].at;
}

/* Out to q, along to r. */
static double out_along_s(const struct lone *self, const struct times *t, int q, int r)
{
    return t->out_s[q][is_ahead(self, q, r) ? 0 : 1] + t->along_s[q][r];
}

static bool sees_both(const struct lone *self, const struct times *t, int q, int r)
{
    return fmin(out_along_s(self, t, q, r) + t->home_s[r],
                out_along_s(self, t, r, q) + t->home_s[q]) <= REACH * t->usable_s;
}

static bool time_drones(struct lone *self)
{
    const struct vg_watchfile *w = self->check->watch;
    struct vg_check_lane lanes[MOST_PLACES] = {{{0}, 0, 0, 0, 0, 0, 0, 0, 0, 0}};
    struct vg_check_crew crew = {-1, -1, 1, 0};
    struct times t = {0};
    bool is_ok = true;
    for (int q = 0; q < self->n && is_ok; q++) {
        is_ok = open_lane(self, q, &lanes[q]);
    }
    for (int d = 0; d < w->n_drones && is_ok; d++) {
        const struct vg_wf_type *type = &w->types[w->drones[d].type];
        bool is_same = w->drones[d].base == crew.base && w->drones[d].type == crew.type;
        bool is_type = w->drones[d].type == crew.type;
        crew = (struct vg_check_crew){w->drones[d].base, w->drones[d].type, 1, 0};
        double up_s = type->agl_m / type->climb_mps;
        up_s += type->agl_m / (type->sink_mps > 0 ? type->sink_mps : type->climb_mps);
        t.fixed_s = up_s + type->turnaround_s;
        t.usable_s = vg_check_usable_s(type) - up_s;
        for (int q = 0; q < self->n && !is_same; q++) {
            if (!is_type) {
                vg_check_lane_along(self->check, crew.type, &lanes[q]);
            }
            vg_check_lane_legs(self->check, &crew, &lanes[q]);
            time_place(self, q, &lanes[q], &t);
        }
        if (reaches(self, &t)) {
            self->drones[self->n_drones < MOST_DRONES ? self->n_drones : 0] = t;
            self->n_drones++;
        }
    }
    for (int q = 0; q < self->n; q++) {
        vg_check_lane_finish(&lanes[q]);
    }
    return is_ok;
}

/* ---- one drone ---- */

/* Nobody else: some gap of x holds a visit of y. */
static double alone_s(const struct lone *self)
{
    const int x = 0, y = 1;
    const struct times *t = &self->drones[0];
    double round_s = out_least_s(t, x) + t->home_s[x] + t->fixed_s;
    double gap_s = round_s + out_least_s(t, y) + t->home_s[y] + t->fixed_s;
    if (sees_both(self, t, x, y)) {
        gap_s = fmin(gap_s, t->along_s[x][y] + t->home_s[y] + t->fixed_s + out_least_s(t, x));
        gap_s = fmin(gap_s, t->home_s[x] + t->fixed_s + out_along_s(self, t, y, x));
    }
    return gap_s;
}

/* ---- two drones ---- */

/* Times that d leaves x1 and x2 to e, the limits, and e's way from the one to the other. */
struct stay {
    double from_s[2];
    double to_s[2];
    double limit_s[2];
    double next_s[2][2]; /* from a visit of i to one of j */
};

/* When e may see i, given that it sees i at all in its stay: near enough to the beginning or the
 * end for the other place to wait. */
static double latest_early_s(const struct stay *s, int i)
{
    return s->from_s[1 - i] + s->limit_s[1 - i] - s->next_s[i][1 - i];
}

static double soonest_late_s(const struct stay *s, int i)
{
    return s->to_s[1 - i] - s->limit_s[1 - i] + s->next_s[1 - i][i];
}

/* e's last early visits in the order i, then j; its first late ones in the order k, then l. */
static bool order_fails(const struct stay *s, int j, int k)
{
    double early_s[2], late_s[2];
    int i = 1 - j;
    int l = 1 - k;
    early_s[j] = latest_early_s(s, j);
    early_s[i] = fmin(latest_early_s(s, i), early_s[j] - s->next_s[i][j]);
    late_s[k] = soonest_late_s(s, k);
    late_s[l] = fmax(soonest_late_s(s, l), late_s[k] + s->next_s[k][l]);
    bool is_late = false;
    for (int q = 0; q < 2; q++) {
        double from_s = fmax(s->from_s[q], early_s[q]);
        double to_s = fmin(s->to_s[q], late_s[q]);
        is_late = is_late || to_s - from_s > s->limit_s[q];
    }
    return is_late;
}

/* Drone d flies to y: is the share too little for what e can do? false also where the rule does not
 * tell. */
static bool is_too_little(const struct lone *self, int d, double share)
{
    const int y = 2;
    const struct times *away = &self->drones[d];
    const struct times *here = &self->drones[1 - d];
    struct stay s;
    if (sees_both(self, here, 0, 1) || sees_both(self, away, 0, y) || sees_both(self, away, 1, y)) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        s.from_s[i] = -away->home_s[i];
        s.to_s[i] =
            2 * away->fixed_s + out_least_s(away, y) + away->home_s[y] + out_least_s(away, i);
        s.limit_s[i] = share * self->places[i].revisit_s;
        for (int j = 0; j < 2; j++) {
            s.next_s[i][j] = here->home_s[i] + here->fixed_s + out_least_s(here, j);
        }
    }
    bool is_tight = true;
    for (int i = 0; i < 2; i++) {
        double both_s = s.next_s[0][1] + s.next_s[1][0];
        is_tight = is_tight && s.limit_s[i] < s.to_s[i] - s.from_s[i] && s.limit_s[i] < both_s;
    }
    return is_tight && order_fails(&s, 0, 0) && order_fails(&s, 0, 1) && order_fails(&s, 1, 0) &&
           order_fails(&s, 1, 1);
}

static bool pair_fails(const struct lone *self, double share)
{
    bool fails = true;
    int n = 0;
    for (int d = 0; d < MOST_DRONES; d++) {
        const struct times *t = &self->drones[d];
        if (out_least_s(t, 2) + t->home_s[2] <= REACH * t->usable_s) {
            fails = fails && is_too_little(self, d, share);
            n++;
        }
    }
    return n > 0 && fails;
}

double vg_check_lone_share(const struct vg_check *self, const json_t *certificate,
                           bool *out_no_memory)
{
    const json_t *doc = json_object_get(certificate, "lone");
    const json_t *unseen = json_object_get(doc, "unseen");
    double share = json_number_value(json_object_get(doc, "share"));
    struct lone l = {.check = self, .ways = json_object_get(certificate, "ways")};
    int n = (int)json_array_size(unseen);
    bool is_ok = n == 1 || n == 2;
    for (int q = 0; q <= n && is_ok; q++) {
        const json_t *row =
            q < n ? json_array_get(unseen, (size_t)q) : json_object_get(doc, "away");
        is_ok = read_place(&l, row, &l.places[q]);
        for (int r = 0; r < q && is_ok; r++) {
            is_ok = l.places[r].way != l.places[q].way || l.places[r].at != l.places[q].at;
        }
        l.n++;
    }
    is_ok = is_ok && time_drones(&l);
    *out_no_memory = *out_no_memory || l.no_memory;
    if (!is_ok || l.n_drones != n) {
        return 0;
    }
    if (n == 1) {
        double gap_s = alone_s(&l);
        return gap_s < HUGE_VAL ? gap_s / l.places[0].revisit_s : 0;
    }
    return pair_fails(&l, share * (1 - TOLERANCE)) ? share : 0;
}
