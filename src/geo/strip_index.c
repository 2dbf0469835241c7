/* Two levels of boxes over the columns: 32 columns to a leaf, 16 leaves to a branch. A query walks
 * the few hundred branches of a long border in order, so that runs come out sorted. */
#include "base/units.h"
#include "geo/geodesy.h"
#include "geo/strip_inner.h"

#include <math.h>
#include <stdlib.h>

/* Half a unit of the seventh decimal and the rounding of what is computed from it. */
#define BOX_PAD_DEG 1e-7

/* A box being spanned, in degrees of longitude from where it began. */
struct span {
    double lon0;
    double lat_lo;
    double lat_hi;
    double dlon_lo;
    double dlon_hi;
};

static void span_add(struct span *s, double lat, double lon, double half_lat, double half_lon)
{
    double dlon = vg_wrap_180_deg(lon - s->lon0);
    s->lat_lo = fmin(s->lat_lo, lat - half_lat);
    s->lat_hi = fmax(s->lat_hi, lat + half_lat);
    s->dlon_lo = fmin(s->dlon_lo, dlon - half_lon);
    s->dlon_hi = fmax(s->dlon_hi, dlon + half_lon);
}

static struct span span_start(double lon)
{
    return (struct span){lon, HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
}

static struct vg_strip_box span_box(const struct span *s)
{
    return (struct vg_strip_box){.lat = (s->lat_lo + s->lat_hi) / 2.0,
                                 .lon = vg_wrap_180_deg(s->lon0 + (s->dlon_lo + s->dlon_hi) / 2.0),
                                 .half_lat = (s->lat_hi - s->lat_lo) / 2.0 + BOX_PAD_DEG,
                                 .half_lon = (s->dlon_hi - s->dlon_lo) / 2.0 + BOX_PAD_DEG};
}

static int line_end(const struct vg_strip *self, int line)
{
    return line + 1 < self->n_lines ? self->lines[line + 1].first_col : self->n_cols;
}

/* A leaf never holds columns of two lines: they may be far apart, and the box of both would touch
 * everything. */
static bool lay_leaves(struct vg_strip *self)
{
    for (int i = 0; i < self->n_lines; i++) {
        int n = line_end(self, i) - self->lines[i].first_col;
        self->n_leaves += (n + VG_STRIP_LEAF - 1) / VG_STRIP_LEAF;
    }
    self->leaf_first = calloc((size_t)self->n_leaves + 1, sizeof *self->leaf_first);
    self->leaves = calloc((size_t)self->n_leaves, sizeof *self->leaves);
    if (self->leaf_first == NULL || self->leaves == NULL) {
        return false;
    }
    int leaf = 0;
    for (int i = 0; i < self->n_lines; i++) {
        for (int c = self->lines[i].first_col; c < line_end(self, i); c += VG_STRIP_LEAF) {
            self->leaf_first[leaf++] = c;
        }
    }
    self->leaf_first[leaf] = self->n_cols;
    return true;
}

static struct vg_strip_box leaf_box(const struct vg_strip *self, int leaf)
{
    int first = self->leaf_first[leaf];
    struct span s = span_start(self->cols[first].lon_e7 * 1e-7);
    for (int c = first; c < self->leaf_first[leaf + 1]; c++) {
        span_add(&s, self->cols[c].lat_e7 * 1e-7, self->cols[c].lon_e7 * 1e-7, 0.0, 0.0);
    }
    return span_box(&s);
}

static struct vg_strip_box branch_box(const struct vg_strip *self, int branch)
{
    int first = branch * VG_STRIP_BRANCH;
    struct span s = span_start(self->leaves[first].lon);
    for (int k = first; k < first + VG_STRIP_BRANCH && k < self->n_leaves; k++) {
        const struct vg_strip_box *b = &self->leaves[k];
        span_add(&s, b->lat, b->lon, b->half_lat, b->half_lon);
    }
    return span_box(&s);
}

bool vg_strip_index(struct vg_strip *self)
{
    if (!lay_leaves(self)) {
        return false;
    }
    self->n_branches = (self->n_leaves + VG_STRIP_BRANCH - 1) / VG_STRIP_BRANCH;
    self->branches = calloc((size_t)self->n_branches, sizeof *self->branches);
    if (self->branches == NULL) {
        return false;
    }
    for (int i = 0; i < self->n_leaves; i++) {
        self->leaves[i] = leaf_box(self, i);
    }
    for (int i = 0; i < self->n_branches; i++) {
        self->branches[i] = branch_box(self, i);
    }
    return true;
}

/* A reach around a point, in degrees: never less than radius_m anywhere in it. */
struct reach {
    double lat;
    double lon;
    double half_lat;
    double half_lon;
};

static struct reach reach_of(double lat, double lon, double radius_m)
{
    /* The smallest metres per degree: along the meridian at the equator (110,574), along the
     * parallel at the latitude nearest the pole. The margin covers what a plane gets wrong over the
     * radius. */
    double half_lat = 1.001 * radius_m / vg_frame_at(0.0, 0.0).m_per_deg_lat;
    double far = fabs(lat) + half_lat;
    double half_lon = 360.0;
    if (far < 89.0) {
        half_lon = fmin(360.0, 1.001 * radius_m / vg_frame_at(far, 0.0).m_per_deg_lon);
    }
    return (struct reach){lat, lon, half_lat, half_lon};
}

static bool touches(const struct reach *r, const struct vg_strip_box *b)
{
    return fabs(r->lat - b->lat) <= r->half_lat + b->half_lat &&
           fabs(vg_wrap_180_deg(r->lon - b->lon)) <= r->half_lon + b->half_lon;
}

/* Runs being written, the last of them open to grow. */
struct runs {
    struct vg_strip_run *out;
    int cap;
    int n;
    int end; /* of the last run, even when it had no room */
};

static void add_run(struct runs *self, int first, int end)
{
    if (self->n > 0 && first == self->end) {
        if (self->n <= self->cap) {
            self->out[self->n - 1].end = end;
        }
    } else {
        if (self->n < self->cap) {
            self->out[self->n] = (struct vg_strip_run){first, end};
        }
        self->n++;
    }
    self->end = end;
}

int vg_strip_near(const struct vg_strip *self, double lat_deg, double lon_deg, double radius_m,
                  struct vg_strip_run *out, int cap)
{
    struct reach r = reach_of(lat_deg, lon_deg, radius_m);
    struct runs runs = {.out = out, .cap = cap};
    for (int i = 0; i < self->n_branches; i++) {
        if (!touches(&r, &self->branches[i])) {
            continue;
        }
        int first = i * VG_STRIP_BRANCH;
        for (int k = first; k < first + VG_STRIP_BRANCH && k < self->n_leaves; k++) {
            if (touches(&r, &self->leaves[k])) {
                add_run(&runs, self->leaf_first[k], self->leaf_first[k + 1]);
            }
        }
    }
    return runs.n;
}

/* --- the nearest point --- */

struct search {
    const struct vg_strip *strip;
    double lat;
    double lon;
    double m_per_deg_lat; /* no degree is shorter within the reach of the search */
    double m_per_deg_lon;
    struct vg_frame frame; /* about the point */
    double best_m; /* to a column's middle */
    int best_col;
};

/* No column of the box is nearer than this. */
static double box_bound_m(const struct search *s, const struct vg_strip_box *b)
{
    double dlat = fmax(0.0, fabs(s->lat - b->lat) - b->half_lat);
    double dlon = fmax(0.0, fabs(vg_wrap_180_deg(s->lon - b->lon)) - b->half_lon);
    return hypot(dlat * s->m_per_deg_lat, dlon * s->m_per_deg_lon);
}

/* 0.97: a great circle may cut inside the parallel, by under 3 % within a thousand kilometres. */
static struct search search_start(const struct vg_strip *strip, double lat, double lon,
                                  double reach_m)
{
    double m_per_deg_lat = 0.97 * vg_frame_at(0.0, 0.0).m_per_deg_lat;
    double far = fmin(90.0, fabs(lat) + reach_m / m_per_deg_lat);
    return (struct search){.strip = strip,
                           .lat = lat,
                           .lon = lon,
                           .m_per_deg_lat = m_per_deg_lat,
                           .m_per_deg_lon = m_per_deg_lat * cos(far * VG_RAD_PER_DEG),
                           .frame = vg_frame_at(lat, lon),
                           .best_m = reach_m,
                           .best_col = -1};
}

static void search_leaf(struct search *s, int leaf)
{
    double best2 = s->best_m * s->best_m;
    int best_col = -1;
    for (int c = s->strip->leaf_first[leaf]; c < s->strip->leaf_first[leaf + 1]; c++) {
        const struct vg_strip_col *col = &s->strip->cols[c];
        double e;
        double n;
        vg_frame_to_en(&s->frame, col->lat_e7 * 1e-7, col->lon_e7 * 1e-7, &e, &n);
        if (e * e + n * n < best2) {
            best2 = e * e + n * n;
            best_col = c;
        }
    }
    if (best_col >= 0) {
        s->best_m = sqrt(best2);
        s->best_col = best_col;
    }
}

/* Box `seed` of [first, end), the most promising, is looked at before the others, so that they are
 * mostly passed by. */
static int find_seed(const struct search *s, const struct vg_strip_box *boxes, int first, int end)
{
    int seed = -1;
    double seed_m = s->best_m;
    for (int i = first; i < end; i++) {
        double bound_m = box_bound_m(s, &boxes[i]);
        if (bound_m < seed_m) {
            seed_m = bound_m;
            seed = i;
        }
    }
    return seed;
}

static void search_branch(struct search *s, int branch)
{
    int first = branch * VG_STRIP_BRANCH;
    int end = first + VG_STRIP_BRANCH;
    end = end < s->strip->n_leaves ? end : s->strip->n_leaves;
    int seed = find_seed(s, s->strip->leaves, first, end);
    if (seed < 0) {
        return;
    }
    search_leaf(s, seed);
    for (int k = first; k < end; k++) {
        if (k != seed && box_bound_m(s, &s->strip->leaves[k]) < s->best_m) {
            search_leaf(s, k);
        }
    }
}

/* The line's point nearest to (lat, lon) within a few columns of best_col: the vertices there, as a
 * short line of its own. */
static double refine(const struct search *s, int *out_line, double *out_s_m)
{
    const struct vg_strip *strip = s->strip;
    int line;
    double mid_m;
    vg_strip_column(strip, s->best_col, &line, &mid_m, NULL);
    const struct vg_line *l = &strip->lines[line].line;
    double from_m = mid_m - 2.0 * strip->cell_m;
    double to_m = mid_m + 2.0 * strip->cell_m;
    int lo = 0;
    int hi = l->n - 1;
    while (hi - lo > 1) {
        int m = lo + (hi - lo) / 2;
        if (l->s_m[m] <= from_m) {
            lo = m;
        } else {
            hi = m;
        }
    }
    int end = lo + 1;
    while (end < l->n - 1 && l->s_m[end] < to_m) {
        end++;
    }
    struct vg_line piece = {.n = end - lo + 1,
                            .lat_deg = l->lat_deg + lo,
                            .lon_deg = l->lon_deg + lo,
                            .s_m = l->s_m + lo,
                            .length_m = l->s_m[end]};
    double off_m;
    vg_line_nearest(&piece, s->lat, s->lon, out_s_m, &off_m);
    *out_line = line;
    return fabs(off_m);
}

int vg_strip_nearest(const struct vg_strip *self, double lat_deg, double lon_deg, double max_m,
                     int *out_line, double *out_s_m, double *out_distance_m)
{
    /* The line may be nearer than any column's middle by half a column. */
    struct search s = search_start(self, lat_deg, lon_deg, max_m * 1.01 + self->cell_m);
    int seed = find_seed(&s, self->branches, 0, self->n_branches);
    if (seed < 0) {
        return 0;
    }
    search_branch(&s, seed);
    for (int i = 0; i < self->n_branches; i++) {
        if (i != seed && box_bound_m(&s, &self->branches[i]) < s.best_m) {
            search_branch(&s, i);
        }
    }
    if (s.best_col < 0) {
        return 0;
    }
    int line;
    double s_m;
    double d_m = refine(&s, &line, &s_m);
    if (!(d_m <= max_m)) {
        return 0;
    }
    *out_line = line;
    *out_s_m = s_m;
    if (out_distance_m != NULL) {
        *out_distance_m = d_m;
    }
    return 1;
}
