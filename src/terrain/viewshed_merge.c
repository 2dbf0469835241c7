/* Raising a wedge's horizon: to a row that shows above it, and to the edges along columns that
 * stand up in its hollows. Which points stay and where lines cross is worked out on bits, one a
 * point; points are then copied in runs. */
#include "terrain/viewshed_edge.h"

#include <stdlib.h>

void vg_horizon_finish(struct vg_horizon *self)
{
    free(self->u);
    *self = (struct vg_horizon){0};
}

bool vg_horizon_reserve(struct vg_horizon *self, int n)
{
    if (n + 16 <= self->capacity) {
        return true;
    }
    size_t capacity = (size_t)(n + n / 2 + VG_HORIZON_TABLE + 16);
    float *u = calloc(capacity, 3 * sizeof *u);
    if (u == NULL) {
        return false;
    }
    struct vg_horizon old = *self;
    self->u = u;
    self->s = u + capacity;
    self->k = self->s + capacity;
    self->capacity = (int)capacity;
    if (old.u != NULL) {
        size_t size = (size_t)old.capacity * sizeof *u;
        memcpy(self->u, old.u, size);
        memcpy(self->s, old.s, size);
        memcpy(self->k, old.k, size);
        free(old.u);
    }
    return true;
}

/* Crossings are rounded: one may lie behind its neighbour by that much. */
static void put_in_order(struct vg_horizon *self)
{
    float u = 0.0F;
    for (int v = 0; v < self->n; v++) {
        u = self->u[v] > u ? self->u[v] : u;
        u = u < 1.0F ? u : 1.0F;
        self->u[v] = u;
    }
}

void vg_horizon_close(struct vg_horizon *self)
{
    int last = self->n - 1;
    v8f_store(self->u + self->n, v8f_all(self->u[last]));
    v8f_store(self->s + self->n, v8f_all(self->s[last]));
    v8f_store(self->k + self->n, v8f_all(self->k[last]));
    self->is_row = false;
    self->is_settled = false;
}

void vg_horizon_settle(struct vg_horizon *self)
{
    v8f least = v8f_load(self->s);
    v8i is_behind = {0};
    for (int v = 0; v < self->n; v += 8) {
        least = v8f_min(least, v8f_load(self->s + v));
        is_behind |= v8f_load(self->u + v + 1) < v8f_load(self->u + v);
    }
    self->lowest = v8f_least(least);
    self->is_settled = true;
    if (v8i_bits(is_behind) != 0) {
        put_in_order(self);
        v8f_store(self->u + self->n, v8f_all(self->u[self->n - 1]));
    }
}

static inline void add_point(struct vg_horizon *h, float u, float s, float k)
{
    h->u[h->n] = u;
    h->s[h->n] = s;
    h->k[h->n] = k;
    h->n++;
}

/* n points at u, s and k; eight at a time are read and written. */
VG_V8_INLINE void add_points(struct vg_horizon *h, const float *u, const float *s, const float *k,
                             int n)
{
    for (int v = 0; v < n; v += 8) {
        v8f_store(h->u + h->n + v, v8f_load(u + v));
        v8f_store(h->s + h->n + v, v8f_load(s + v));
        v8f_store(h->k + h->n + v, v8f_load(k + v));
    }
    h->n += n;
}

bool vg_horizon_split(const struct vg_horizon *self, struct vg_horizon *left,
                      struct vg_horizon *right)
{
    left->is_row = right->is_row = self->is_row;
    left->was_high = right->was_high = self->was_high;
    left->n = right->n = 0;
    if (self->is_row) {
        return true;
    }
    if (!vg_horizon_reserve(left, self->n + 1) || !vg_horizon_reserve(right, self->n + 1)) {
        return false;
    }
    int v = 0;
    for (; v < self->n - 1 && self->u[v] < 0.5F; v++) {
        add_point(left, 2.0F * self->u[v], self->s[v], 0.5F * self->k[v]);
    }
    float k = self->k[v - 1];
    float s = self->s[v - 1] + k * (0.5F - self->u[v - 1]);
    add_point(left, 1.0F, s, 0.0F);
    add_point(right, 0.0F, s, 0.5F * k);
    for (; v < self->n; v++) {
        add_point(right, 2.0F * self->u[v] - 1.0F, self->s[v], 0.5F * self->k[v]);
    }
    vg_horizon_close(left);
    vg_horizon_close(right);
    return true;
}

/* Points of row i - 1 at t = j / (i - 1), and where it enters and leaves the wedge. */
bool vg_horizon_of_row(struct vg_horizon *self, const struct vg_shed_row *row, int64_t b, int p)
{
    int64_t before = row->i - 1;
    double m = (double)((int64_t)1 << p);
    double per_i = 1.0 / (double)before;
    double begin = (double)(b * before) / m;
    double end = (double)((b + 1) * before) / m;
    int first = (int)begin;
    int last = (int)end + ((double)(int)end < end);
    if (!vg_horizon_reserve(self, last - first + 3)) {
        return false;
    }
    const float *z = row->before_m - row->base_j;
    self->n = 0;
    for (int j = first; j < last; j++) {
        double k = (double)z[j + 1] - (double)z[j];
        double x = j > first ? j : begin;
        double s = (double)z[j] + k * (x - j);
        add_point(self, j > first ? (float)(x * m * per_i - (double)b) : 0.0F, (float)(s * per_i),
                  (float)(k / m));
    }
    double k = (double)z[last] - (double)z[last - 1];
    add_point(self, 1.0F, (float)(((double)z[last - 1] + k * (end - last + 1)) * per_i), 0.0F);
    vg_horizon_close(self);
    self->was_high = true;
    return true;
}

/* --- a row --- */

enum {
    CHUNK = 32 /* points of the horizon that are merged at a time: with the row's, a word of bits */
};

/* The row as points of a horizon, by grid point. */
struct row_points {
    float u[VG_WEDGE_LANES + 8];
    float s[VG_WEDGE_LANES + 8];
    float k[VG_WEDGE_LANES + 8];
};

static void points_of_row(const struct vg_span *span, struct row_points *out)
{
    for (int q = 0; q < VG_WEDGE_LANES; q += 8) {
        v8f z = v8f_load(span->z_m + q);
        v8f_store(out->u + q, (v8f_from((float)q) - span->x0) * span->per_g);
        v8f_store(out->s + q, z * span->per_i);
        v8f_store(out->k + q, (v8f_load(span->z_m + q + 1) - z) * span->per_m);
    }
}

/* The row's slope at x. Taken from the row, not from the horizon and the difference: beside voids
 * these are too large to leave anything. */
static float row_s(const struct vg_span *span, float x)
{
    int q = (int)x;
    float z = span->z_m[q];
    return (z + (x - (float)q) * (span->z_m[q + 1] - z)) * span->per_i;
}

/* A place in the one order of the horizon's and the row's points. */
struct place {
    int v; /* the horizon's points before it */
    int j; /* the row's, counting that at or before the wedge */
    bool is_after_row; /* what stands before it is the row's */
};

struct merging {
    const struct vg_horizon *h;
    const struct vg_compared *c;
    const struct vg_span *span;
    struct row_points row;
    struct vg_horizon *out;
    bool is_above; /* the row, at the last place */
    bool has_edges;
};

/* Horizon and row at a point. */
struct both {
    float u;
    float s; /* of the horizon */
    float d_m; /* row above it */
};

static inline struct both both_at(const struct merging *m, int v, int j, bool is_row)
{
    const struct both at_row = {m->row.u[j], m->c->at_m[j] * m->span->per_i, m->c->row_d_m[j]};
    const struct both at_horizon = {m->h->u[v], m->h->s[v], m->c->d_m[v]};
    return is_row ? at_row : at_horizon;
}

/* Row and horizon cross between the points a and b: the row goes above or the horizon comes out,
 * with the rise of its last point before. */
static void cross(struct merging *m, struct both a, struct both b, struct place at)
{
    float part = a.d_m / (a.d_m - b.d_m);
    float u = a.u + part * (b.u - a.u);
    float s = a.s + part * (b.s - a.s);
    /* Before the row's first point inside the wedge its first piece rules. */
    add_point(m->out, u, s, m->is_above ? m->h->k[at.v - 1] : m->row.k[at.j - 1]);
    m->has_edges = m->has_edges || vg_shed_is_below_edge(m->span, u, s); /* in the hollow */
    m->is_above = !m->is_above;
}

/* The points from one place to before another: the higher of the two lines' own. */
static inline void keep(struct merging *m, struct place from, struct place to)
{
    if (m->is_above) {
        add_points(m->out, m->row.u + from.j, m->row.s + from.j, m->row.k + from.j, to.j - from.j);
    } else {
        add_points(m->out, m->h->u + from.v, m->h->s + from.v, m->h->k + from.v, to.v - from.v);
    }
}

/* Bits v .. v + CHUNK - 1. */
static uint64_t bits_from(const uint8_t *bytes, int v)
{
    uint64_t word = 0;
    for (int k = 0; k <= CHUNK / 8; k++) {
        word |= (uint64_t)bytes[v / 8 + k] << (8 * k);
    }
    return word >> (v % 8);
}

/* Points of the horizon from from.v to before end_v, and the row's among them. */
static struct place merge_chunk(struct merging *m, struct place from, int end_v)
{
    const struct vg_compared *c = m->c;
    uint64_t row = 0; /* which places are the row's */
    int end_j = from.j;
    for (; end_j < m->span->n_cells && c->n_before[end_j] < end_v; end_j++) {
        row |= UINT64_C(1) << (end_j - from.j + c->n_before[end_j] - (from.v - 1));
    }
    int n = end_v - from.v + end_j - from.j;
    uint64_t here = (UINT64_C(1) << n) - 1;
    uint64_t above = bits_deposit(c->row_above >> from.j, row) |
                     bits_deposit(bits_from(c->above, from.v), ~row & here);
    uint64_t changes = (above ^ (above << 1 | m->is_above)) & here;
    uint64_t after_row = row << 1 | from.is_after_row;
    struct place at = from;
    for (; changes != 0; changes &= changes - 1) {
        int p = __builtin_ctzll(changes);
        int n_row = __builtin_popcountll(row & ((UINT64_C(1) << p) - 1));
        struct place to = {from.v + p - n_row, from.j + n_row, (after_row >> p & 1) != 0};
        keep(m, at, to);
        cross(m, both_at(m, to.v - 1, to.j - 1, to.is_after_row),
              both_at(m, to.v, to.j, (row >> p & 1) != 0), to);
        at = to;
    }
    struct place end = {end_v, end_j, (after_row >> n & 1) != 0};
    keep(m, at, end);
    return end;
}

/* Of two runs of points keep the higher, and put one where they cross. The places of the ends are
 * the horizon's. */
static void keep_higher(struct merging *m)
{
    const struct vg_horizon *h = m->h;
    const struct vg_span *span = m->span;
    struct place at = {1, 1, false};
    m->is_above = (m->c->above[0] & 1) != 0;
    m->out->n = 0;
    add_point(m->out, h->u[0], m->is_above ? row_s(span, span->x0) : h->s[0],
              m->is_above ? m->row.k[0] : h->k[0]);
    while (at.v < h->n) {
        at = merge_chunk(m, at, at.v + CHUNK < h->n ? at.v + CHUNK : h->n);
    }
    if (m->is_above) { /* the last point is the horizon's own and was not kept */
        add_point(m->out, h->u[h->n - 1], row_s(span, span->x0 + span->g), 0.0F);
    }
}

/* The merged horizon becomes the wedge's, whose memory the next merge goes to. */
static void take(struct vg_horizon *h, struct vg_horizon *merged)
{
    float *u = h->u;
    float *s = h->s;
    float *k = h->k;
    int capacity = h->capacity;
    h->u = merged->u;
    h->s = merged->s;
    h->k = merged->k;
    h->capacity = merged->capacity;
    merged->u = u;
    merged->s = s;
    merged->k = k;
    merged->capacity = capacity;
    h->n = merged->n;
    vg_horizon_close(h);
}

bool vg_merge_row(struct vg_wedges *w, struct vg_horizon *h, const struct vg_span *span,
                  bool *inout_has_edges)
{
    if (!vg_horizon_reserve(&w->next, 2 * (h->n + VG_WEDGE_LANES))) {
        return false;
    }
    struct merging m; /* the row's points are many: not to be zeroed first */
    m.h = h;
    m.c = &w->compared;
    m.span = span;
    m.out = &w->next;
    m.has_edges = *inout_has_edges;
    points_of_row(span, &m.row);
    keep_higher(&m);
    *inout_has_edges = m.has_edges;
    take(h, &w->next);
    return true;
}

/* --- edges along columns --- */

/* The edge of a column between row i (at x = j) and row i - 1 (at x = j + j / (i - 1)). */
struct column {
    float u;
    float s;
    float end_u;
    float end_s;
    float k;
};

static struct column column_at(const struct vg_span *span, int q)
{
    float j = span->j0 + (float)q;
    float width = j * span->stretch * span->per_i; /* j / (i - 1) */
    struct column c;
    c.u = ((float)q - span->x0) * span->per_g;
    c.end_u = c.u + width * span->per_g;
    c.s = span->z_m[q] * span->per_i;
    c.end_s = span->before_m[q] * span->stretch * span->per_i;
    c.k = (c.end_s - c.s) / (c.end_u - c.u);
    return c;
}

/* The column's edge comes up through the horizon's piece from point v - 1 to v, or is above it from
 * its beginning on where the horizon has a step. */
static void come_up(struct vg_horizon *out, const struct vg_horizon *h, int v,
                    const struct column *c, float d)
{
    float k = h->k[v - 1];
    float u0 = h->u[v - 1] > c->u ? h->u[v - 1] : c->u;
    float s0 = h->s[v - 1] + k * (u0 - h->u[v - 1]);
    float d0 = c->s + c->k * (u0 - c->u) - s0;
    if (d0 > 0.0F) {
        add_point(out, u0, s0, 0.0F);
        add_point(out, u0, s0 + d0, c->k);
        return;
    }
    float part = d0 / (d0 - d);
    add_point(out, u0 + part * (h->u[v] - u0), s0 + part * (h->s[v] - s0), c->k);
}

/* And goes down through that from v to v + 1, or ends above it. */
static void go_down(struct vg_horizon *out, const struct vg_horizon *h, int v,
                    const struct column *c, float d)
{
    float u0 = h->u[v];
    float s0 = h->s[v];
    float u1 = h->u[v + 1] < c->end_u ? h->u[v + 1] : c->end_u;
    float s1 = s0 + h->k[v] * (u1 - u0);
    float d1 = c->s + c->k * (u1 - c->u) - s1;
    if (d1 > 0.0F) {
        add_point(out, u1, s1 + d1, 0.0F);
        add_point(out, u1, s1, h->k[v]);
        return;
    }
    float part = d / (d - d1);
    add_point(out, u0 + part * (u1 - u0), s0 + part * (s1 - s0), h->k[v]);
}

/* The first point from v on below a column's edge; n: none. */
static int next_below(const struct vg_compared *c, int v, int n)
{
    for (; v < n; v = (v + CHUNK) / 8 * 8) {
        uint64_t bits = bits_from(c->above, v) & 0xFFFFFFFFU;
        if (bits != 0) {
            int at = v + __builtin_ctzll(bits);
            return at < n ? at : n;
        }
    }
    return n;
}

/* Points v to before the end that is returned lie below one column's edge: that takes their place.
 * At the ends of the wedge a point stays, lifted to it. */
static int raise_to_column(struct vg_horizon *out, const struct vg_horizon *h, int v,
                           const struct vg_compared *compared, const struct vg_span *span)
{
    int q = vg_shed_before(span, compared->x[v]);
    struct column c = column_at(span, q);
    int end = v + 1;
    while (end < h->n && compared->d_m[end] > 0.0F && vg_shed_before(span, compared->x[end]) == q) {
        end++;
    }
    if (v == 0) {
        add_point(out, h->u[0], c.s + c.k * (h->u[0] - c.u), c.k);
    } else {
        come_up(out, h, v, &c, compared->d_m[v] * span->per_i);
    }
    if (end < h->n) {
        go_down(out, h, end - 1, &c, compared->d_m[end - 1] * span->per_i);
    } else {
        float u = h->u[h->n - 1];
        add_point(out, u, c.s + c.k * (u - c.u), c.k);
    }
    return end;
}

static void raise_to_columns(struct vg_horizon *out, const struct vg_horizon *h,
                             const struct vg_compared *compared, const struct vg_span *span)
{
    out->n = 0;
    for (int v = 0; v < h->n;) {
        int below = next_below(compared, v, h->n);
        add_points(out, h->u + v, h->s + v, h->k + v, below - v);
        v = below < h->n ? raise_to_column(out, h, below, compared, span) : below;
    }
}

/* How far columns' edges stand above the horizon's points (0 or less: not), into compared. */
static void compare_columns(const struct vg_compared *c, const struct vg_horizon *h,
                            const struct vg_span *span)
{
    const struct v8f_table here = v8f_table16(span->z_m);
    const struct v8f_table before = v8f_table16(span->before_m);
    for (int v = 0; v < h->n; v += 8) {
        v8f x = v8f_load(h->u + v) * span->g + span->x0;
        v8i q = vg_shed_before8(span, x);
        v8f d = vg_shed_edge_d8(span, x, v8i_to_float(q), v8f_pick16(&here, q),
                                v8f_pick16(&before, q), v8f_load(h->s + v) * span->i);
        c->above[v / 8] = (uint8_t)v8i_bits(d > 0.0F);
        v8f_store(c->x + v, x);
        v8f_store(c->d_m + v, d);
    }
}

bool vg_merge_columns(struct vg_wedges *w, struct vg_horizon *h, const struct vg_span *span)
{
    compare_columns(&w->compared, h, span);
    if (!vg_horizon_reserve(&w->next, 5 * h->n + 8)) {
        return false;
    }
    raise_to_columns(&w->next, h, &w->compared, span);
    take(h, &w->next);
    return true;
}
