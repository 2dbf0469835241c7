/* Which flights come near each other, when. Chunks are sorted into cells as wide as a chunk and the
 * separation; only neighbours are compared, in time before place. */
#include "plan/apart_inner.h"

#include "base/units.h"
#include "geo/geodesy.h"
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CHUNK_S = 6;
static const double BASE_M = 1000;
static const double SPARE_M = 1; /* rounding of the file */

struct placed {
    struct vg_apart_chunk chunk;
    int64_t t; /* ticks */
    int64_t lasts;
    int drone;
    bool is_near_base[2]; /* wholly within a kilometre of the flight's bases */
};

struct cell {
    int32_t row;
    int32_t col;
    int at; /* in placed */
};

struct meet {
    const struct vg_watchfile *watch;
    const struct vg_apart_flight *flights;
    int first_free; /* flight: of those before it nothing can be changed */
    struct placed *placed;
    struct cell *cells; /* sorted */
    int n;
    int cap;
    int *period; /* per flight, which of the periods */
    int n_periods;
    int64_t *common; /* [n_periods][n_periods] greatest common divisors, in ticks */
};

/* What two flights' take-offs are apart by comes round after the gcd of their periods. */
static bool find_common(struct meet *self, int n)
{
    size_t room = (size_t)n + 1;
    int64_t *periods = malloc(room * sizeof *periods);
    self->period = malloc(room * sizeof *self->period);
    for (int k = 0; k < n && periods != NULL && self->period != NULL; k++) {
        int64_t period = vg_plan_ticks(self->flights[k].sortie->period_s);
        int q = 0;
        while (q < self->n_periods && periods[q] != period) {
            q++;
        }
        periods[q] = period;
        self->period[k] = q;
        self->n_periods += q == self->n_periods;
    }
    size_t np = (size_t)self->n_periods;
    self->common = self->period != NULL ? malloc((np * np + 1) * sizeof *self->common) : NULL;
    for (size_t k = 0; k < np * np && self->common != NULL; k++) {
        self->common[k] = vg_plan_gcd(periods[k / np], periods[k % np]);
    }
    free(periods);
    return self->common != NULL;
}

static bool is_near(const struct vg_frame *f, const struct vg_apart_chunk *c)
{
    double e[2], n[2];
    for (int k = 0; k < 2; k++) {
        vg_frame_to_en(f, c->lat_deg[k], c->lon_deg[k], &e[k], &n[k]);
    }
    return hypot(e[0], n[0]) < BASE_M && hypot(e[1], n[1]) < BASE_M;
}

static bool add_chunk(struct meet *self, const struct vg_apart_chunk *c,
                      const struct vg_frame about[2])
{
    if (self->n == self->cap) {
        int cap = self->cap > 0 ? 2 * self->cap : 4096;
        struct placed *more = realloc(self->placed, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        self->placed = more;
        self->cap = cap;
    }
    struct placed *p = &self->placed[self->n++];
    p->chunk = *c;
    p->t = vg_plan_ticks(c->t_s[0]);
    p->lasts = vg_plan_ticks(c->t_s[1] - c->t_s[0]) + 1;
    p->drone = self->flights[c->flight].drone;
    p->is_near_base[0] = is_near(&about[0], c);
    p->is_near_base[1] = is_near(&about[1], c);
    return true;
}

static bool add_flight(struct meet *self, int flight)
{
    const struct vg_plan_sortie *so = self->flights[flight].sortie;
    struct vg_frame about[2];
    for (int e = 0; e < 2; e++) {
        const struct vg_wf_base *b = &self->watch->bases[self->flights[flight].base[e]];
        about[e] = vg_frame_at(b->lat_deg, b->lon_deg);
    }
    for (int k = 1; k < so->n_track; k++) {
        const struct vg_plan_point *a = &so->track[k - 1];
        const struct vg_plan_point *b = &so->track[k];
        int n = (int)ceil((b->t_s - a->t_s) / CHUNK_S);
        double lon_span = vg_wrap_180_deg(b->lon_deg - a->lon_deg);
        for (int q = 0; q < n; q++) {
            struct vg_apart_chunk c = {.flight = flight};
            for (int e = 0; e < 2; e++) {
                double f = (double)(q + e) / n;
                c.t_s[e] = a->t_s + f * (b->t_s - a->t_s);
                c.lat_deg[e] = a->lat_deg + f * (b->lat_deg - a->lat_deg);
                c.lon_deg[e] = vg_wrap_180_deg(a->lon_deg + f * lon_span);
                c.alt_msl_m[e] = a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m);
            }
            if (!add_chunk(self, &c, about)) {
                return false;
            }
        }
    }
    return true;
}

static int by_cell(const void *a, const void *b)
{
    const struct cell *x = a;
    const struct cell *y = b;
    return x->row != y->row   ? (x->row < y->row ? -1 : 1)
           : x->col != y->col ? (x->col < y->col ? -1 : 1)
                              : x->at - y->at;
}

/* A column is wide enough where degrees of longitude are shortest. */
static bool sort_chunks(struct meet *self)
{
    double fastest_mps = 0;
    double far_deg = 0;
    self->cells = malloc(((size_t)self->n + 1) * sizeof *self->cells);
    for (int k = 0; k < self->n; k++) {
        const struct vg_apart_chunk *c = &self->placed[k].chunk;
        fastest_mps = fmax(fastest_mps, self->flights[c->flight].type->cruise_mps);
        far_deg = fmax(far_deg, fabs(c->lat_deg[0]) + 0.1);
    }
    double longest_m = 1.1 * CHUNK_S * (fastest_mps + self->watch->wind_mps);
    double cell_m = longest_m + self->watch->apart.horizontal_m + 2 * SPARE_M;
    struct vg_frame f = vg_frame_at(fmin(far_deg, 89), 0);
    double least_lat_m = 110000; /* of a degree, anywhere */
    for (int k = 0; k < self->n && self->cells != NULL; k++) {
        const struct vg_apart_chunk *c = &self->placed[k].chunk;
        double lon = vg_wrap_180_deg(c->lon_deg[0] - self->placed[0].chunk.lon_deg[0]) +
                     vg_wrap_180_deg(c->lon_deg[1] - c->lon_deg[0]) / 2;
        double lat = (c->lat_deg[0] + c->lat_deg[1]) / 2;
        self->cells[k] = (struct cell){(int32_t)floor(lat * least_lat_m / cell_m),
                                       (int32_t)floor(lon * f.m_per_deg_lon / cell_m), k};
    }
    if (self->cells != NULL) {
        qsort(self->cells, (size_t)self->n, sizeof *self->cells, by_cell);
    }
    return self->cells != NULL;
}

/* First chunk at or behind a cell. */
static int find_cell(const struct meet *self, int32_t row, int32_t col)
{
    int lo = 0;
    int hi = self->n;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        const struct cell *c = &self->cells[mid];
        if (c->row < row || (c->row == row && c->col < col)) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* Least distance of a point from a segment that begins at the origin. */
static double from_segment_m(const double p[2], const double along[2])
{
    double len2 = along[0] * along[0] + along[1] * along[1];
    double t = len2 > 0 ? (p[0] * along[0] + p[1] * along[1]) / len2 : 0;
    t = fmin(1, fmax(0, t));
    return hypot(p[0] - t * along[0], p[1] - t * along[1]);
}

static double cross(const double a[2], const double b[2])
{
    return a[0] * b[1] - a[1] * b[0];
}

static double distance_m(const struct vg_apart_chunk *a, const struct vg_apart_chunk *b)
{
    struct vg_frame f = vg_frame_at(a->lat_deg[0], a->lon_deg[0]);
    double p[4][2]; /* a from the origin to p[1], b from p[2] to p[3] */
    for (int k = 0; k < 4; k++) {
        const struct vg_apart_chunk *c = k < 2 ? a : b;
        p[k][0] = vg_wrap_180_deg(c->lon_deg[k % 2] - a->lon_deg[0]) * f.m_per_deg_lon;
        p[k][1] = (c->lat_deg[k % 2] - a->lat_deg[0]) * f.m_per_deg_lat;
    }
    double along_b[2] = {p[3][0] - p[2][0], p[3][1] - p[2][1]};
    double back[2] = {-p[2][0], -p[2][1]};
    double from_b[2] = {p[1][0] - p[2][0], p[1][1] - p[2][1]};
    bool is_crossed = cross(p[1], p[2]) * cross(p[1], p[3]) < 0 &&
                      cross(along_b, back) * cross(along_b, from_b) < 0;
    return is_crossed ? 0
                      : fmin(fmin(from_segment_m(p[2], p[1]), from_segment_m(p[3], p[1])),
                             fmin(from_segment_m(back, along_b), from_segment_m(from_b, along_b)));
}

/* At some repetition both are in the air within their chunk. */
static bool meet_in_time(const struct meet *self, const struct placed *a, const struct placed *b)
{
    int64_t g = self->common[self->period[a->chunk.flight] * self->n_periods +
                             self->period[b->chunk.flight]];
    int64_t d = (b->t - a->t) % g;
    d = d < 0 ? d + g : d;
    return d <= a->lasts || d + b->lasts >= g;
}

static bool share_base(const struct meet *self, const struct placed *a, const struct placed *b)
{
    bool is_shared = false;
    for (int e = 0; e < 4; e++) {
        is_shared = is_shared || (a->is_near_base[e / 2] && b->is_near_base[e % 2] &&
                                  self->flights[a->chunk.flight].base[e / 2] ==
                                      self->flights[b->chunk.flight].base[e % 2]);
    }
    return is_shared;
}

static bool compare(const struct meet *self, const struct placed *a, const struct placed *b,
                    struct vg_apart_meetings *out)
{
    bool is_settled = a->chunk.flight < self->first_free && b->chunk.flight < self->first_free;
    if (is_settled || a->drone == b->drone || !meet_in_time(self, a, b) || share_base(self, a, b) ||
        distance_m(&a->chunk, &b->chunk) > self->watch->apart.horizontal_m + SPARE_M) {
        return true;
    }
    if (out->n == out->cap) {
        int cap = out->cap > 0 ? 2 * out->cap : 256;
        struct vg_apart_meeting *more = realloc(out->of, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        out->of = more;
        out->cap = cap;
    }
    out->of[out->n++] = (struct vg_apart_meeting){a->chunk, b->chunk};
    return true;
}

/* Chunk k of the sorted ones with those behind it in its cell, in the next one of its row and in
 * the three of the next row; *io_next: where those begin, for the chunk before. */
static bool compare_all(const struct meet *self, int k, int *io_next, struct vg_apart_meetings *out)
{
    const struct cell *c = &self->cells[k];
    const struct placed *p = &self->placed[c->at];
    bool is_ok = true;
    if (k == 0 || c[-1].row != c->row || c[-1].col != c->col) {
        *io_next = find_cell(self, c->row + 1, c->col - 1);
    }
    for (int j = k + 1; j < self->n && is_ok; j++) {
        const struct cell *d = &self->cells[j];
        if (d->row != c->row || d->col > c->col + 1) {
            break;
        }
        is_ok = compare(self, p, &self->placed[d->at], out);
    }
    for (int j = *io_next; j < self->n && is_ok; j++) {
        const struct cell *d = &self->cells[j];
        if (d->row != c->row + 1 || d->col > c->col + 1) {
            break;
        }
        is_ok = compare(self, p, &self->placed[d->at], out);
    }
    return is_ok;
}

bool vg_apart_meet(const struct vg_watchfile *watch, const struct vg_apart_flight *flights, int n,
                   int first_free, struct vg_apart_meetings *out)
{
    struct meet self = {.watch = watch, .flights = flights, .first_free = first_free};
    bool is_ok = find_common(&self, n);
    for (int k = 0; k < n && is_ok; k++) {
        is_ok = add_flight(&self, k);
    }
    is_ok = is_ok && sort_chunks(&self);
    int next = 0;
    for (int k = 0; k < self.n && is_ok; k++) {
        is_ok = compare_all(&self, k, &next, out);
    }
    free(self.placed);
    free(self.cells);
    free(self.period);
    free(self.common);
    return is_ok;
}
