#include "plan/apart_inner.h"

#include "base/rng.h"
#include "config/work.h"
#include "plan/energy.h"
#include "plan/height.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVELS = 6, /* layers, the type's own height among them */
    ROUNDS = 8,
    MOST_SHAKES = 60,
    SHAKE_WORK = 6000000, /* steps of heights */
    LOOKS = 5 /* at the ground in a step of the grid */
};
static const int LEVEL[LEVELS] = {0, 1, -1, 2, -2, 3};
static const double RATE_SHARE = 0.97;
static const double BETWEEN_S = 60; /* spells that are nearer in time are one */
static const double SPARE_M = 2; /* rounding of the file, and what is drawn straight */
static const double HAIR_M = 1e-6;
static const double STRAIGHT_M = 1;
static const double LACKS_M = 0.4; /* the checker's tolerance is a little more */

/* Meetings of a flight that follow each other within a minute: flown on one layer. */
struct spell {
    double t_s[2];
    int level; /* 0: the type's own height */
    int best; /* level of the best found so far */
};

struct apart {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    struct vg_apart_flight *flights;
    int n;
    int first_free; /* those before it stay as they are */
    struct vg_apart_meetings meetings;
    int *first; /* per flight: its meetings are list[first[f]] .. list[first[f + 1]], in time */
    int *list;
    struct spell *spells; /* of flight f from spells[first[f]] on */
    double *trial_m; /* room for the longest flight */
    double *way_m;
    bool is_quick; /* no shakes */
    int64_t work;
};

/* The track at a time; *io_k: a track point at or before it, to begin from. */
static struct vg_plan_point track_at(const struct vg_plan_sortie *so, double t_s, int *io_k)
{
    while (*io_k < so->n_track - 2 && so->track[*io_k + 1].t_s <= t_s) {
        (*io_k)++;
    }
    return vg_plan_between(&so->track[*io_k], t_s);
}

static int step_of(const struct vg_apart_flight *f, double t_s, bool is_up)
{
    double q = (t_s - f->sortie->takeoff_s) / VG_APART_STEP_S;
    int k = (int)(is_up ? ceil(q - 1e-6) : floor(q + 1e-6));
    return k < 0 ? 0 : k > f->n - 1 ? f->n - 1 : k;
}

/* How much higher or lower than its track a flight may be, at the least near a step. Lower only
 * where a ceiling leaves little room above. */
static void fill_room(const struct apart *self, struct vg_apart_flight *f, int q, int k)
{
    f->room_m[0][q] = HUGE_VAL;
    f->room_m[1][q] = f->type->ceiling_m > 0 ? HUGE_VAL : 0;
    for (int e = 1 - LOOKS; e < LOOKS && f->type->ceiling_m > 0; e++) {
        double t_s = f->sortie->takeoff_s + (q + (double)e / LOOKS) * VG_APART_STEP_S;
        struct vg_plan_point p = track_at(f->sortie, t_s, &k);
        double agl_m = p.alt_msl_m - vg_height_ground_m(self->terrain, p.lat_deg, p.lon_deg);
        double up_m = f->type->ceiling_m - SPARE_M - agl_m;
        double down_m = agl_m - f->type->floor_m - SPARE_M;
        f->room_m[0][q] = fmin(f->room_m[0][q], fmax(0, up_m));
        f->room_m[1][q] = fmin(f->room_m[1][q], fmax(0, down_m));
    }
}

/* Rates and room on the grid. */
static bool fill_grid(const struct apart *self, struct vg_apart_flight *f)
{
    const struct vg_plan_sortie *so = f->sortie;
    f->n = 2 + (int)((so->land_s - so->takeoff_s) / VG_APART_STEP_S);
    f->rise_mps = calloc((size_t)f->n * 5, sizeof *f->rise_mps);
    if (f->rise_mps == NULL) {
        return false;
    }
    f->fall_mps = f->rise_mps + f->n;
    f->room_m[0] = f->fall_mps + f->n;
    f->room_m[1] = f->room_m[0] + f->n;
    f->extra_m = f->room_m[1] + f->n;
    int k = 0;
    for (int q = 0; q < f->n; q++) {
        double t_s = so->takeoff_s + q * VG_APART_STEP_S;
        f->rise_mps[q] = f->fall_mps[q] = -HUGE_VAL;
        for (int i = k; i + 1 < so->n_track && so->track[i].t_s < t_s; i++) {
            const struct vg_plan_point *a = &so->track[i];
            double rate = (a[1].alt_msl_m - a->alt_msl_m) / (a[1].t_s - a->t_s);
            f->rise_mps[q] = fmax(f->rise_mps[q], rate);
            f->fall_mps[q] = fmax(f->fall_mps[q], -rate);
        }
        fill_room(self, f, q, k > 0 ? k - 1 : 0);
        track_at(so, t_s, &k);
    }
    f->from = step_of(f, so->track[1].t_s, true);
    f->to = step_of(f, so->track[so->n_track - 2].t_s, false);
    return true;
}

static bool open_flight(struct apart *self, struct vg_plan_sortie *so)
{
    struct vg_apart_flight *f = &self->flights[self->n];
    f->sortie = so;
    f->drone = vg_watchfile_find_drone(self->watch, so->drone);
    f->base[0] = vg_watchfile_find_base(self->watch, so->base_from);
    f->base[1] = vg_watchfile_find_base(self->watch, so->base_to);
    if (f->drone < 0 || f->base[0] < 0 || f->base[1] < 0 || so->n_track < 4) {
        return true; /* nothing that we made */
    }
    f->type = &self->watch->types[self->watch->drones[f->drone].type];
    self->n++;
    return fill_grid(self, f);
}

/* Metres gained (is_gain) or lost again in a step ending at q, by a flight that goes up or down. */
static double change_m(const struct vg_apart_flight *f, int q, bool is_down, bool is_gain)
{
    double sink = f->type->sink_mps > 0 ? f->type->sink_mps : f->type->climb_mps;
    double rate = is_down == is_gain ? sink * RATE_SHARE - f->fall_mps[q]
                                     : f->type->climb_mps * RATE_SHARE - f->rise_mps[q];
    return fmax(0, rate) * VG_APART_STEP_S;
}

/* From what is asked in spells to what is flown: there before a spell begins and until it ends,
 * where rates and room allow. */
static void ramp(const struct vg_apart_flight *f, bool is_down, double *io_m)
{
    for (int q = f->to - 1; q > f->from; q--) {
        io_m[q] = fmax(io_m[q], io_m[q + 1] - change_m(f, q + 1, is_down, true));
    }
    for (int q = f->from + 1; q < f->to; q++) {
        io_m[q] = fmax(io_m[q], io_m[q - 1] - change_m(f, q, is_down, false));
    }
    for (int q = 0; q < f->n; q++) {
        io_m[q] = q > f->from && q < f->to ? fmin(io_m[q], f->room_m[is_down][q]) : 0;
    }
    for (int q = f->from + 1; q <= f->to; q++) {
        io_m[q] = fmin(io_m[q], io_m[q - 1] + change_m(f, q, is_down, true));
    }
    for (int q = f->to - 1; q >= f->from; q--) {
        io_m[q] = fmin(io_m[q], io_m[q + 1] + change_m(f, q + 1, is_down, false));
    }
}

/* Extra heights for the layers of the flight's spells. */
static void raise_flight(struct apart *self, int flight, double *out_m)
{
    const struct vg_apart_flight *f = &self->flights[flight];
    const struct spell *spells = self->spells + self->first[flight];
    self->work += f->n;
    memset(out_m, 0, (size_t)f->n * sizeof *out_m);
    for (int way = 0; way < 2; way++) {
        int sign = way == 0 ? 1 : -1;
        memset(self->way_m, 0, (size_t)f->n * sizeof *self->way_m);
        for (int k = 0; k < f->n_spells; k++) {
            int to = step_of(f, spells[k].t_s[1], true);
            double asked_m = fmax(0, sign * spells[k].level * self->watch->apart.layer_m);
            for (int q = step_of(f, spells[k].t_s[0], false); q <= to; q++) {
                self->way_m[q] = fmax(self->way_m[q], asked_m);
            }
        }
        ramp(f, way == 1, self->way_m);
        for (int q = 0; q < f->n; q++) {
            out_m[q] += sign * self->way_m[q];
        }
    }
}

struct span {
    double lo;
    double hi;
};

static struct span heights(const struct vg_apart_flight *f, const struct vg_apart_chunk *c,
                           const double *extra_m)
{
    int to = step_of(f, c->t_s[1], true);
    double least_m = HUGE_VAL;
    double most_m = -HUGE_VAL;
    for (int q = step_of(f, c->t_s[0], false); q <= to; q++) {
        least_m = fmin(least_m, extra_m[q]);
        most_m = fmax(most_m, extra_m[q]);
    }
    return (struct span){fmin(c->alt_msl_m[0], c->alt_msl_m[1]) + least_m,
                         fmax(c->alt_msl_m[0], c->alt_msl_m[1]) + most_m};
}

/* Metres of height between the two. */
static double between_m(struct span a, struct span b)
{
    return fmax(a.lo - b.hi, b.lo - a.hi);
}

/* Metres of height that lack in all meetings if flight f flew with `extra_m`; with flights before
 * `end` only. Metres, not meetings: two that each go half the way do better at every step. */
static double lack_m(const struct apart *self, int f, const double *extra_m, int end)
{
    double sum_m = 0;
    double least_m = self->watch->apart.vertical_m + SPARE_M;
    for (int k = self->first[f]; k < self->first[f + 1]; k++) {
        const struct vg_apart_meeting *m = &self->meetings.of[self->list[k]];
        const struct vg_apart_chunk *own = m->a.flight == f ? &m->a : &m->b;
        const struct vg_apart_chunk *other = m->a.flight == f ? &m->b : &m->a;
        const struct vg_apart_flight *g = &self->flights[other->flight];
        if (other->flight < end) {
            sum_m += fmax(0, least_m - between_m(heights(&self->flights[f], own, extra_m),
                                                 heights(g, other, g->extra_m)));
        }
    }
    return sum_m;
}

/* Each spell on the nearest layer that leaves least. True: nothing is left. */
static bool settle(struct apart *self, int flight, int end)
{
    struct vg_apart_flight *f = &self->flights[flight];
    double least = lack_m(self, flight, f->extra_m, end);
    for (int k = 0; k < f->n_spells && least > 0; k++) {
        struct spell *s = &self->spells[self->first[flight] + k];
        int best = s->level;
        for (int q = 0; q < LEVELS && least > 0; q++) {
            s->level = LEVEL[q];
            raise_flight(self, flight, self->trial_m);
            double left = lack_m(self, flight, self->trial_m, end);
            if (left < least - HAIR_M) {
                least = left;
                best = s->level;
                memcpy(f->extra_m, self->trial_m, (size_t)f->n * sizeof *f->extra_m);
            }
        }
        s->level = best;
    }
    return least <= 0;
}

/* The flight's own chunk of its k-th meeting. */
static const struct vg_apart_chunk *own_chunk(const struct apart *self, int flight, int k)
{
    const struct vg_apart_meeting *m = &self->meetings.of[self->list[k]];
    return m->a.flight == flight ? &m->a : &m->b;
}

struct timed {
    double t_s;
    int at; /* before sorting */
    int meeting;
};

static int by_time(const void *a, const void *b)
{
    const struct timed *x = a;
    const struct timed *y = b;
    return x->t_s < y->t_s || x->t_s > y->t_s ? (x->t_s > y->t_s) - (x->t_s < y->t_s)
                                              : x->at - y->at;
}

/* In the order of the flight's own chunks. false: out of memory. */
static bool sort_meetings(struct apart *self, int flight)
{
    int *list = self->list + self->first[flight];
    int n = self->first[flight + 1] - self->first[flight];
    struct timed *all = malloc(((size_t)n + 1) * sizeof *all);
    for (int k = 0; k < n && all != NULL; k++) {
        all[k] =
            (struct timed){own_chunk(self, flight, self->first[flight] + k)->t_s[0], k, list[k]};
    }
    if (all != NULL) {
        qsort(all, (size_t)n, sizeof *all, by_time);
    }
    for (int k = 0; k < n && all != NULL; k++) {
        list[k] = all[k].meeting;
    }
    free(all);
    return all != NULL;
}

static bool find_spells(struct apart *self, int flight)
{
    struct vg_apart_flight *f = &self->flights[flight];
    struct spell *s = self->spells + self->first[flight] - 1;
    if (!sort_meetings(self, flight)) {
        return false;
    }
    for (int k = self->first[flight]; k < self->first[flight + 1]; k++) {
        const struct vg_apart_chunk *c = own_chunk(self, flight, k);
        if (f->n_spells == 0 || c->t_s[0] > s->t_s[1] + BETWEEN_S) {
            f->n_spells++;
            *++s = (struct spell){{c->t_s[0], c->t_s[1]}, 0, 0};
        }
        s->t_s[1] = fmax(s->t_s[1], c->t_s[1]);
    }
    return true;
}

static bool index_meetings(struct apart *self)
{
    self->first = calloc((size_t)self->n + 2, sizeof *self->first);
    self->list = malloc((2 * (size_t)self->meetings.n + 1) * sizeof *self->list);
    self->spells = calloc(2 * (size_t)self->meetings.n + 1, sizeof *self->spells);
    if (self->first == NULL || self->list == NULL || self->spells == NULL) {
        return false;
    }
    for (int k = 0; k < self->meetings.n; k++) {
        self->first[self->meetings.of[k].a.flight + 1]++;
        self->first[self->meetings.of[k].b.flight + 1]++;
    }
    for (int f = 0; f < self->n; f++) {
        self->first[f + 1] += self->first[f];
    }
    for (int k = self->meetings.n - 1; k >= 0; k--) { /* each entry goes down to its beginning */
        self->list[--self->first[self->meetings.of[k].a.flight + 1]] = k;
        self->list[--self->first[self->meetings.of[k].b.flight + 1]] = k;
    }
    memmove(self->first, self->first + 1, (size_t)self->n * sizeof *self->first);
    self->first[self->n] = 2 * self->meetings.n;
    bool is_ok = true;
    for (int f = 0; f < self->n && is_ok; f++) {
        is_ok = find_spells(self, f);
    }
    return is_ok;
}

/* The layers as they are, and as they were kept. */
static void keep_levels(struct apart *self)
{
    for (int k = 0; k < self->first[self->n]; k++) {
        self->spells[k].best = self->spells[k].level;
    }
}

static void restore_levels(struct apart *self)
{
    for (int k = 0; k < self->first[self->n]; k++) {
        self->spells[k].level = self->spells[k].best;
    }
    for (int f = self->first_free; f < self->n; f++) {
        raise_flight(self, f, self->flights[f].extra_m);
    }
}

/* Flight by flight, a few times over. true: nothing is left. */
static bool settle_all(struct apart *self)
{
    bool is_done = false;
    for (int round = 0; round < ROUNDS && !is_done; round++) {
        is_done = true;
        for (int f = self->first_free; f < self->n; f++) {
            is_done = settle(self, f, self->n) && is_done;
        }
    }
    return is_done;
}

/* Where no single flight can do better, one of those that lack is put on a layer at random, and the
 * others make way or not. Ends with the best found. */
static void shake(struct apart *self)
{
    struct vg_rng rng = vg_rng_seed(1);
    double best_m = HUGE_VAL;
    for (int k = 0; best_m > 0; k++) {
        int n_lacking = 0;
        int flight = -1;
        double sum_m = 0;
        for (int f = 0; f < self->n; f++) {
            double left_m = lack_m(self, f, self->flights[f].extra_m, self->n);
            sum_m += left_m;
            if (f >= self->first_free && left_m > 0 && self->flights[f].n_spells > 0 &&
                vg_rng_below(&rng, (uint64_t)++n_lacking) == 0) {
                flight = f;
            }
        }
        if (sum_m < best_m) {
            best_m = sum_m;
            keep_levels(self);
        }
        if (flight < 0 || k == MOST_SHAKES || self->work > SHAKE_WORK) {
            break;
        }
        struct vg_apart_flight *f = &self->flights[flight];
        struct spell *s =
            &self->spells[self->first[flight] + (int)vg_rng_below(&rng, (uint64_t)f->n_spells)];
        s->level = LEVEL[vg_rng_below(&rng, LEVELS)];
        raise_flight(self, flight, f->extra_m);
        settle_all(self);
    }
    restore_levels(self);
}

static void choose_layers(struct apart *self)
{
    for (int f = self->first_free; f < self->n; f++) {
        settle(self, f, f);
    }
    if (!settle_all(self) && !self->is_quick) {
        shake(self);
    }
}

/* Steps a..b: the one where the straight line is most wrong becomes a point, until none is. */
static void keep_steps(const double *extra_m, bool *is_kept, int a, int b)
{
    while (b - a > 1) {
        int worst = -1;
        double most = STRAIGHT_M;
        for (int q = a + 1; q < b; q++) {
            double f = (double)(q - a) / (b - a);
            double wrong = fabs(extra_m[a] + f * (extra_m[b] - extra_m[a]) - extra_m[q]);
            if (wrong > most) {
                most = wrong;
                worst = q;
            }
        }
        if (worst < 0) {
            return;
        }
        is_kept[worst] = true;
        keep_steps(extra_m, is_kept, worst, b);
        b = worst;
    }
}

static double extra_at(const struct vg_apart_flight *f, double t_s)
{
    double q = (t_s - f->sortie->takeoff_s) / VG_APART_STEP_S;
    int k = step_of(f, t_s, false);
    k = k < f->n - 1 ? k : f->n - 2;
    return f->extra_m[k] + fmin(1, fmax(0, q - k)) * (f->extra_m[k + 1] - f->extra_m[k]);
}

/* Whether this track takes more than layers may. */
static bool is_too_dear(const struct vg_wf_type *type, const struct vg_plan_sortie *so)
{
    double left = 1 - type->reserve + VG_LAYERS_SHARE;
    double left_s = left * type->endurance_s - vg_circuit_s(type);
    return vg_track_work_s(type, so, -HUGE_VAL) > left_s;
}

/* The track with the extra heights, and points where they bend; as it was where those take too much
 * of the battery. */
static bool redraw(struct vg_apart_flight *f, bool *out_is_dear)
{
    struct vg_plan_sortie *so = f->sortie;
    bool *is_kept = calloc((size_t)f->n, sizeof *is_kept);
    struct vg_plan_point *track = malloc((size_t)(so->n_track + f->n) * sizeof *track);
    int n = 0;
    if (is_kept != NULL && track != NULL) {
        int k = 0;
        keep_steps(f->extra_m, is_kept, f->from, f->to);
        for (int p = 0, q = 0; p < so->n_track; p++) {
            double t_s = so->track[p].t_s;
            for (; q < f->n && so->takeoff_s + q * VG_APART_STEP_S < t_s - 0.5; q++) {
                double step_s = vg_plan_tick_s(so->takeoff_s + q * VG_APART_STEP_S);
                if (is_kept[q] && (n == 0 || step_s > track[n - 1].t_s + 0.5)) {
                    track[n++] = track_at(so, step_s, &k);
                }
            }
            track[n++] = so->track[p];
        }
        for (int p = 1; p + 1 < n; p++) {
            track[p].alt_msl_m = round((track[p].alt_msl_m + extra_at(f, track[p].t_s)) * 10) / 10;
            track[p].lat_deg = round(track[p].lat_deg * 1e6) / 1e6;
            track[p].lon_deg = round(track[p].lon_deg * 1e6) / 1e6;
        }
        struct vg_plan_sortie drawn = *so;
        drawn.track = track;
        drawn.n_track = n;
        drawn.energy = vg_track_energy(f->type, &drawn);
        *out_is_dear = is_too_dear(f->type, &drawn) && !is_too_dear(f->type, so);
        free(*out_is_dear ? track : so->track);
        *so = *out_is_dear ? *so : drawn;
    } else {
        free(track);
    }
    free(is_kept);
    return n > 0;
}

/* Flies at the type's own height everywhere. */
static void go_level(struct apart *self, int flight)
{
    for (int k = 0; k < self->flights[flight].n_spells; k++) {
        self->spells[self->first[flight] + k].level = 0;
    }
    raise_flight(self, flight, self->flights[flight].extra_m);
}

static bool is_moved(const struct apart *self, int flight)
{
    bool has_layer = false;
    for (int k = 0; k < self->flights[flight].n_spells; k++) {
        has_layer = has_layer || self->spells[self->first[flight] + k].level != 0;
    }
    return has_layer;
}

static void report(const struct apart *self, const struct vg_plan *plan,
                   struct vg_apart_report *out)
{
    for (int f = 0; f < self->n; f++) {
        int left = 0;
        out->n_moved += is_moved(self, f);
        for (int k = self->first[f]; k < self->first[f + 1] && left == 0; k++) {
            const struct vg_apart_meeting *m = &self->meetings.of[self->list[k]];
            const struct vg_apart_flight *a = &self->flights[m->a.flight];
            const struct vg_apart_flight *b = &self->flights[m->b.flight];
            left = between_m(heights(a, &m->a, a->extra_m), heights(b, &m->b, b->extra_m)) <
                   self->watch->apart.vertical_m - LACKS_M;
            if (left > 0 && out->n_left == 0) {
                out->left[0] = (int)(a->sortie - plan->sorties);
                out->left[1] = (int)(b->sortie - plan->sorties);
            }
        }
        out->n_left += left;
    }
}

static bool run(struct apart *self, struct vg_plan *io, int first, struct vg_apart_report *out)
{
    int longest = 1;
    for (int k = 0; k < io->n_sorties; k++) {
        if (!open_flight(self, &io->sorties[k])) {
            return false;
        }
        self->first_free = k < first ? self->n : self->first_free;
    }
    for (int f = 0; f < self->n; f++) {
        longest = self->flights[f].n > longest ? self->flights[f].n : longest;
    }
    self->trial_m = calloc((size_t)longest * 2, sizeof *self->trial_m);
    self->way_m = self->trial_m + longest;
    /* Where nothing may change all are judged. */
    int first_free = self->first_free < self->n ? self->first_free : 0;
    if (self->trial_m == NULL ||
        !vg_apart_meet(self->watch, self->flights, self->n, first_free, &self->meetings) ||
        !index_meetings(self)) {
        return false;
    }
    choose_layers(self);
    out->work = self->work;
    for (int f = 0; f < self->n; f++) {
        bool is_dear = false;
        if (is_moved(self, f) && !redraw(&self->flights[f], &is_dear)) {
            return false;
        }
        if (is_dear) {
            go_level(self, f);
        }
    }
    report(self, io, out);
    return true;
}

static enum vg_status layers(struct apart self, struct vg_plan *io, int first,
                             struct vg_apart_report *out, struct vg_error *err)
{
    const struct vg_watchfile *watch = self.watch;
    *out = (struct vg_apart_report){0};
    if (watch->apart.horizontal_m <= 0 || watch->apart.vertical_m <= 0) {
        return VG_OK;
    }
    self.flights = calloc((size_t)io->n_sorties + 1, sizeof *self.flights);
    bool is_ok = self.flights != NULL && run(&self, io, first, out);
    for (int f = 0; f < io->n_sorties && self.flights != NULL; f++) {
        free(self.flights[f].rise_mps);
    }
    free(self.flights);
    free(self.meetings.of);
    free(self.first);
    free(self.list);
    free(self.spells);
    free(self.trial_m);
    return is_ok ? VG_OK : vg_no_memory(err);
}

enum vg_status vg_apart_layers(struct vg_plan *io, int first, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, struct vg_apart_report *out,
                               struct vg_error *err)
{
    return layers((struct apart){.watch = watch, .terrain = terrain}, io, first, out, err);
}

enum vg_status vg_apart_layers_quick(struct vg_plan *io, const struct vg_watchfile *watch,
                                     const struct vg_terrain *terrain, struct vg_apart_report *out,
                                     struct vg_error *err)
{
    struct apart self = {.watch = watch, .terrain = terrain, .is_quick = true};
    return layers(self, io, 0, out, err);
}
