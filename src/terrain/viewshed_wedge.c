/* A row against the horizon, wedge by wedge. Three kinds of wedges are settled with a few vector
 * operations: the row lies below the lowest point of the horizon; the horizon is the row before,
 * and this one stands above it all along; the row stands below the horizon everywhere and only its
 * targets may show. The rest are merged (viewshed_merge.c). */
#include "terrain/viewshed_edge.h"

#include <stdlib.h>

enum {
    /* Wedges are halved when they are this wide, so that the grid points over one, both ends
     * included, fill the lanes. */
    CELLS_MAX = VG_WEDGE_LANES - 2
};

bool vg_wedges_init(struct vg_wedges *self, const struct vg_shed_octant *octant, bool has_rays)
{
    if (self->capacity == 0) {
        self->wedge = calloc(16, sizeof *self->wedge);
        self->capacity = self->wedge != NULL ? 16 : 0;
    }
    self->slice = octant->slice;
    self->has_rays = has_rays;
    self->n = 1;
    self->p = octant->slice_bits;
    return self->wedge != NULL;
}

void vg_wedges_finish(struct vg_wedges *self)
{
    for (int b = 0; b < self->capacity; b++) {
        vg_horizon_finish(&self->wedge[b]);
    }
    free(self->wedge);
    vg_horizon_finish(&self->next);
    free(self->compared.x);
    *self = (struct vg_wedges){0};
}

/* From the last, so that a half never overwrites a wedge still to be split. */
static bool split_all(struct vg_wedges *self)
{
    if (2 * self->n > self->capacity) {
        size_t n = 2 * (size_t)self->n;
        struct vg_horizon *more = realloc(self->wedge, n * sizeof *more);
        if (more == NULL) {
            return false;
        }
        memset(more + self->capacity, 0, (n - (size_t)self->capacity) * sizeof *more);
        self->wedge = more;
        self->capacity = (int)n;
    }
    for (int b = self->n - 1; b >= 0; b--) {
        struct vg_horizon whole = self->wedge[b];
        self->wedge[b] = (struct vg_horizon){0};
        struct vg_horizon *left = &self->wedge[2 * b];
        bool is_ok = self->has_rays ? vg_rays_split(&whole, left, left + 1)
                                    : vg_horizon_split(&whole, left, left + 1);
        vg_horizon_finish(&whole);
        if (!is_ok) {
            return false;
        }
    }
    self->n *= 2;
    self->p++;
    return true;
}

static bool reserve_compared(struct vg_compared *c, int n)
{
    if (n + 8 <= c->capacity) {
        return true;
    }
    size_t capacity = 2 * (size_t)n + 64;
    free(c->x);
    c->capacity = 0;
    c->x = calloc(capacity, 2 * sizeof *c->x + 1); /* more bytes than bits */
    if (c->x == NULL) {
        return false;
    }
    c->d_m = c->x + capacity;
    c->above = (uint8_t *)(c->d_m + capacity);
    c->capacity = (int)capacity;
    return true;
}

/* What all wedges of a row have in common. */
static struct vg_span span_of_row(const struct vg_shed_row *row, int p)
{
    float m = (float)((int64_t)1 << p);
    struct vg_span s = {.i = (float)row->i, .g = (float)row->i / m, .per_m = 1.0F / m};
    s.per_g = 1.0F / s.g;
    s.per_i = 1.0F / s.i;
    s.stretch = s.i / (float)(row->i - 1);
    return s;
}

/* Wedge b of 2^p begins at b i / 2^p cells. */
VG_V8_INLINE void place_span(struct vg_span *self, const struct vg_shed_row *row, int64_t begin,
                             int p)
{
    int64_t m = (int64_t)1 << p;
    int64_t j = begin >> p;
    self->z_m = row->z_m + (j - row->base_j);
    self->before_m = row->before_m + (j - row->base_j);
    self->x0 = (float)(int32_t)(begin & (m - 1)) * self->per_m;
    self->j0 = (float)(int32_t)j;
    self->n_cells = (int)(((begin + row->i + m - 1) >> p) - j);
}

/* --- results --- */

VG_V8_INLINE void store_bytes(uint8_t *to, unsigned bits)
{
    uint64_t low = 0;
    uint64_t high = 0;
    /* Bit k to byte k: copies of the bits side by side, one picked from each, brought down. */
    const uint64_t each = 0x0101010101010101U;
    const uint64_t pick = 0x8040201008040201U;
    low = (((bits & 0xFFU) * each) & pick) + 0x7F7F7F7F7F7F7F7FU;
    low = ((low | (((bits & 0xFFU) * each) & pick)) >> 7) & each;
    high = (((bits >> 8 & 0xFFU) * each) & pick) + 0x7F7F7F7F7F7F7F7FU;
    high = ((high | (((bits >> 8 & 0xFFU) * each) & pick)) >> 7) & each;
    memcpy(to, &low, sizeof low);
    memcpy(to + 8, &high, sizeof high);
}

/* The cells that lie in a wedge start at its first grid point at or after its left end; what is
 * written beyond its right end the next wedge writes again. */
static inline size_t first_cell(const struct vg_shed_row *row, const struct vg_span *span)
{
    return (size_t)(span->z_m - row->z_m) + (span->x0 > 0.0F);
}

static void store_all(const struct vg_shed_row *row, const struct vg_span *span, uint8_t value)
{
    memset(row->cells + first_cell(row, span), value, VG_WEDGE_LANES);
    if (row->needed_m != NULL) { /* seen */
        memset(row->needed_m + first_cell(row, span), 0, VG_WEDGE_LANES * sizeof(float));
    }
}

static void store_judged(const struct vg_shed_row *row, const struct vg_span *span,
                         const struct vg_compared *c)
{
    unsigned bits = 0;
    bool is_shifted = span->x0 > 0.0F;
    size_t at = first_cell(row, span);
    for (int q = 0; q < VG_WEDGE_LANES; q += 8) {
        v8f top = v8f_load(span->z_m + q) + row->target_m;
        bits |= v8i_bits(top >= v8f_load(c->at_m + q)) << q;
    }
    store_bytes(row->cells + at, is_shifted ? bits >> 1 : bits);
    if (row->needed_m == NULL) {
        return;
    }
    float *needed_m = row->needed_m + at - is_shifted;
    float kept = needed_m[0]; /* of the wedge before, if shifted */
    for (int q = 0; q < VG_WEDGE_LANES; q += 8) {
        v8f_store(needed_m + q, v8f_max(-v8f_load(c->row_d_m + q), v8f_all(0.0F)));
    }
    needed_m[0] = is_shifted ? kept : needed_m[0];
}

/* --- judging --- */

/* The horizon is the row before. Is this one above it all along the wedge? Tested at the grid
 * points of both rows, from the last one at or before the wedge to the first at or after it. */
static bool is_in_front(const struct vg_span *span)
{
    unsigned below = 0;
    const float *z = span->z_m;
    const float *before = span->before_m;
    float per_before = span->stretch * span->per_i;
    for (int q = 0; q < VG_WEDGE_LANES; q += 8) {
        v8f j = v8f_from(span->j0 + (float)q);
        v8f z0 = v8f_load(z + q);
        v8f b0 = v8f_load(before + q);
        /* Here at x = j, the row before is met j / i of a cell back. */
        v8f there = b0 + j * span->per_i * (v8f_load(before + q - 1) - b0);
        /* There at its j, this row is met j / (i - 1) of a cell on. */
        v8f here = z0 + j * per_before * (v8f_load(z + q + 1) - z0);
        unsigned beyond = 0xFFFFFFFEU << (unsigned)(span->n_cells > q ? span->n_cells - q : 0);
        if (span->n_cells < q) {
            break;
        }
        unsigned is_below = v8i_bits(z0 <= there * span->stretch);
        unsigned is_under = v8i_bits(here <= b0 * span->stretch);
        below |= (is_below & ~beyond) | (is_under & ~(beyond >> 1));
    }
    return below == 0;
}

/* What a row is to a wedge's horizon. */
struct verdict {
    bool is_above; /* somewhere */
    bool is_all_points; /* above, at all points of the horizon */
    bool is_all_cells; /* at all of the row's grid points inside */
    bool has_edges; /* of columns above the horizon and the row */
};

/* Row and columns' edges against the horizon at the horizon's points. */
static void compare_points(struct vg_compared *c, const struct vg_horizon *h,
                           const struct vg_span *span, struct verdict *out)
{
    unsigned any = 0;
    unsigned all = 0xFFU;
    unsigned edges = 0;
    const struct v8f_table here = v8f_table16(span->z_m);
    const struct v8f_table next = v8f_table16(span->z_m + 1);
    const struct v8f_table before = v8f_table16(span->before_m);
    for (int v = 0; v < h->n; v += 8) {
        v8f x = v8f_load(h->u + v) * span->g + span->x0;
        v8i q = vg_shed_before8(span, x);
        v8f whole = v8i_to_float(q);
        v8f z = v8f_pick16(&here, q);
        v8f at_m = v8f_load(h->s + v) * span->i;
        v8f d = z + (x - whole) * (v8f_pick16(&next, q) - z) - at_m;
        v8f edge_d = vg_shed_edge_d8(span, x, whole, z, v8f_pick16(&before, q), at_m);
        edges |= v8i_bits((edge_d > 0.0F) & (edge_d > d));
        unsigned bits = v8i_bits(d > 0.0F);
        any |= bits;
        all &= bits;
        c->above[v / 8] = (uint8_t)bits;
        v8f_store(c->x + v, x);
        v8f_store(c->d_m + v, d);
    }
    out->is_above = any != 0;
    out->is_all_points = all == 0xFFU;
    out->has_edges = edges != 0;
}

/* Where the horizon's points lie, no more. */
static void place_points(struct vg_compared *c, const struct vg_horizon *h,
                         const struct vg_span *span)
{
    for (int v = 0; v < h->n; v += 8) {
        v8f_store(c->x + v, v8f_load(h->u + v) * span->g + span->x0);
    }
}

/* The pieces of the horizon at eight places: their beginnings, ends and rises. */
struct pieces {
    v8f u;
    v8f from;
    v8f to;
    v8f k;
};

VG_V8_INLINE struct pieces pieces_at(const struct vg_horizon *h, v8i v)
{
    if (h->n > VG_HORIZON_TABLE) {
        return (struct pieces){v8f_gather(h->u, v), v8f_gather(h->s, v), v8f_gather(h->s + 1, v),
                               v8f_gather(h->k, v)};
    }
    struct v8f_table u = v8f_table32(h->u);
    struct v8f_table s = v8f_table32(h->s);
    struct v8f_table next_s = v8f_table32(h->s + 1);
    struct v8f_table k = v8f_table32(h->k);
    return (struct pieces){v8f_pick32(&u, v), v8f_pick32(&s, v), v8f_pick32(&next_s, v),
                           v8f_pick32(&k, v)};
}

/* The horizon at the row's grid points, and the row against it. */
static void compare_cells(struct vg_compared *c, const struct vg_horizon *h,
                          const struct vg_span *span, struct verdict *out)
{
    unsigned above = 0;
    v8i n_before[VG_WEDGE_LANES / 8] = {{0}};
    v8f lane[VG_WEDGE_LANES / 8] = {v8f_from(0.0F), v8f_from(8.0F)};
    for (int v = 1; v < h->n - 1; v++) {
        v8f x = v8f_all(c->x[v]);
        n_before[0] -= x <= lane[0];
        n_before[1] -= x <= lane[1];
    }
    for (int half = 0; half < VG_WEDGE_LANES / 8; half++) {
        v8f u = (lane[half] - span->x0) * span->per_g;
        v8i v = n_before[half];
        struct pieces p = pieces_at(h, v);
        v8f at = p.from + p.k * (u - p.u);
        /* Beside voids pieces are so steep that the last bit of u would go beyond their ends. */
        at = v8f_min(v8f_max(at, v8f_min(p.from, p.to)), v8f_max(p.from, p.to)) * span->i;
        v8f d = v8f_load(span->z_m + 8 * half) - at;
        above |= v8i_bits(d > 0.0F) << (8 * half);
        v8f_store(c->at_m + 8 * half, at);
        v8f_store(c->row_d_m + 8 * half, d);
        memcpy(c->n_before + 8 * half, &v, sizeof v);
    }
    unsigned inside = (1U << span->n_cells) - 2U;
    c->row_above = above;
    out->is_above |= (above & inside) != 0;
    out->is_all_cells = (above & inside) == inside;
}

/* The greatest of the row over the wedge, in eight lanes. */
VG_V8_INLINE v8f greatest8(const struct vg_span *span)
{
    int second = span->n_cells > 7 ? span->n_cells - 7 : 0;
    return v8f_max(v8f_load(span->z_m), v8f_load(span->z_m + second));
}

/* may_rise: the row or an edge behind it may stand above the horizon; else only targets may. */
static bool judge(struct vg_wedges *self, struct vg_horizon *h, const struct vg_shed_row *row,
                  const struct vg_span *span, bool may_rise)
{
    struct verdict is = {0};
    if (self->has_rays) {
        vg_rays_row(&self->compared, h, span);
        store_judged(row, span, &self->compared);
        return true;
    }
    if (!reserve_compared(&self->compared, h->n)) {
        return false;
    }
    if (may_rise) {
        compare_points(&self->compared, h, span, &is);
    } else {
        place_points(&self->compared, h, span);
    }
    compare_cells(&self->compared, h, span, &is);
    store_judged(row, span, &self->compared);
    if (!may_rise) {
        return true;
    }
    /* At its ends an edge that leaves the wedge may stand above even then. */
    if (is.is_all_points && is.is_all_cells && !is.has_edges) {
        h->is_row = true;
        return true;
    }
    if (is.is_above && !vg_merge_row(self, h, span, &is.has_edges)) {
        return false;
    }
    if (!is.has_edges) {
        return true;
    }
    return reserve_compared(&self->compared, h->n) && vg_merge_columns(self, h, span);
}

/* Wedge b of this job, number `place` of the octant. */
static bool wedge_row(struct vg_wedges *self, int b, int64_t place, const struct vg_shed_row *row,
                      const struct vg_span *span)
{
    struct vg_horizon *h = &self->wedge[b];
    if (h->is_row) {
        if (is_in_front(span)) {
            store_all(row, span, VG_VIEWSHED_VISIBLE);
            return true;
        }
        if (!(self->has_rays ? vg_rays_of_row(h, span)
                             : vg_horizon_of_row(h, row, place, self->p))) {
            return false;
        }
    }
    if (!h->is_settled) {
        vg_horizon_settle(h);
    }
    v8f top = greatest8(span);
    float lowest_m = h->lowest * span->i;
    lowest_m -= (lowest_m < 0.0F ? -lowest_m : lowest_m) * 1e-6F;
    bool was_high = h->was_high;
    h->was_high = v8i_bits(top >= lowest_m) != 0;
    if (!was_high && row->needed_m == NULL && v8i_bits(top + row->target_m >= lowest_m) == 0) {
        store_all(row, span, VG_VIEWSHED_HIDDEN);
        return true;
    }
    return judge(self, h, row, span, was_high || h->was_high);
}

/* Before row 1 there is nothing to hide it: it is the horizon. */
static void first_row(struct vg_wedges *self, const struct vg_shed_row *row)
{
    for (int b = 0; b < self->n; b++) {
        self->wedge[b].is_row = true;
    }
    for (int j = 0; j <= 1; j++) {
        row->cells[j] = VG_VIEWSHED_VISIBLE;
        if (row->needed_m != NULL) {
            row->needed_m[j] = 0.0F;
        }
    }
}

bool vg_wedges_row(struct vg_wedges *self, const struct vg_shed_row *row)
{
    if (row->i == 1) {
        first_row(self, row);
        return true;
    }
    while (row->i >= CELLS_MAX << self->p) {
        if (!split_all(self)) {
            return false;
        }
    }
    struct vg_span span = span_of_row(row, self->p);
    int64_t place = (int64_t)self->slice * self->n;
    int64_t n_last = (int64_t)row->n << self->p;
    for (int b = 0; b < self->n && place * row->i <= n_last; b++, place++) {
        place_span(&span, row, place * row->i, self->p);
        if (!wedge_row(self, b, place, row, &span)) {
            return false;
        }
    }
    return true;
}
