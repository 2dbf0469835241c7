/* Raising a wedge's horizon: to a row that shows above it, and to the edges along columns that
 * stand up in its hollows. */
#include "terrain/viewshed_edge.h"

#include <stdlib.h>

void vg_horizon_finish(struct vg_horizon *self)
{
    free(self->at);
    *self = (struct vg_horizon){0};
}

/* Room for n points and the repeats after the last; what was there is kept. */
bool vg_horizon_reserve(struct vg_horizon *self, int n)
{
    if (n + 9 <= self->capacity) {
        return true;
    }
    int capacity = n + n / 2 + 24;
    struct vg_point *at = realloc(self->at, (size_t)capacity * sizeof *at);
    if (at == NULL) {
        return false;
    }
    self->at = at;
    self->capacity = capacity;
    return true;
}

/* Crossings are rounded: one may lie behind its neighbour by that much. */
static void put_in_order(struct vg_horizon *self)
{
    float u = 0.0F;
    for (int v = 0; v < self->n; v++) {
        u = self->at[v].u > u ? self->at[v].u : u;
        u = u < 1.0F ? u : 1.0F;
        self->at[v].u = u;
    }
}

void vg_horizon_close(struct vg_horizon *self)
{
    struct vg_point *at = self->at;
    const struct vg_point last = at[self->n - 1];
    int n = (self->n + 7) / 8 * 8;
    for (int v = self->n; v <= n; v++) {
        at[v] = last;
    }
    v8f least = v8f_load(&at[0].u);
    v8i is_behind = {0};
    for (int v = 0; v < n; v += 2) {
        v8f here = v8f_load(&at[v].u);
        least = v8f_min(least, here);
        is_behind |= v8f_load(&at[v + 1].u) < here;
    }
    self->lowest = least[1] < least[5] ? least[1] : least[5];
    if ((is_behind[0] | is_behind[4]) != 0) {
        put_in_order(self);
    }
    self->is_row = false;
}

static inline void add_point(struct vg_horizon *h, float u, float s, float k)
{
    h->at[h->n++] = (struct vg_point){u, s, k, 0.0F};
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
    const struct vg_point *at = self->at;
    int v = 0;
    for (; v < self->n - 1 && at[v].u < 0.5F; v++) {
        add_point(left, 2.0F * at[v].u, at[v].s, 0.5F * at[v].k);
    }
    float k = at[v - 1].k;
    float s = at[v - 1].s + k * (0.5F - at[v - 1].u);
    add_point(left, 1.0F, s, 0.0F);
    add_point(right, 0.0F, s, 0.5F * k);
    for (; v < self->n; v++) {
        add_point(right, 2.0F * at[v].u - 1.0F, at[v].s, 0.5F * at[v].k);
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

static bool reserve_merged(struct vg_merged *m, int n)
{
    if (n <= m->capacity) {
        return true;
    }
    size_t capacity = 2 * (size_t)n + 64;
    free(m->at);
    m->capacity = 0;
    m->at = malloc(capacity * (sizeof *m->at + 1));
    if (m->at == NULL) {
        return false;
    }
    m->is_row = (uint8_t *)(m->at + capacity);
    m->capacity = (int)capacity;
    return true;
}

/* Points of the horizon and of the row in one order, each with how far the row is above the horizon
 * there. Returns how many. */
static int interleave(const struct vg_merged *m, const struct vg_compared *c,
                      const struct vg_horizon *h, const struct vg_span *span)
{
    struct vg_point *restrict at = m->at;
    uint8_t *restrict is_row = m->is_row;
    const struct vg_point *from = h->at;
    const int n = h->n;
    const int n_inside = span->n_cells - 1;
    memset(is_row, 0, (size_t)(n + n_inside));
    for (int v = 0; v < n; v++) {
        v4f point = v4f_load(&from[v].u);
        v4f d = {0.0F, 0.0F, 0.0F, c->d_m[v]};
        point = __builtin_shufflevector(point, d, 0, 1, 2, 7);
        memcpy(&at[c->order[v]], &point, sizeof point);
    }
    for (int j = 1; j <= n_inside; j++) {
        float z = span->z_m[j];
        v4f point = {((float)j - span->x0) * span->per_g, z * span->per_i,
                     (span->z_m[j + 1] - z) * span->per_m, c->row_d_m[j]};
        int to = j + c->n_before[j];
        memcpy(&at[to], &point, sizeof point);
        is_row[to] = 1;
    }
    return n + n_inside;
}

/* The horizon's slope at a point. */
static inline float horizon_s(const struct vg_merged *m, const struct vg_span *span, int p)
{
    return m->is_row[p] != 0 ? m->at[p].s - m->at[p].d_m * span->per_i : m->at[p].s;
}

/* Row and horizon cross between points p - 1 and p: the row goes above or the horizon comes out,
 * with the rise of its last point before. */
static struct vg_point crossing(const struct vg_merged *m, const struct vg_span *span, int p)
{
    const struct vg_point *a = &m->at[p - 1];
    const struct vg_point *b = &m->at[p];
    float part = a->d_m / (a->d_m - b->d_m);
    float s = horizon_s(m, span, p - 1);
    uint8_t is_row = b->d_m > 0.0F;
    int last = p - 1;
    while (last >= 0 && m->is_row[last] != is_row) {
        last--;
    }
    /* Before the row's first point inside the wedge its first piece rules. */
    float k = last >= 0 ? m->at[last].k : (span->z_m[1] - span->z_m[0]) * span->per_m;
    return (struct vg_point){a->u + part * (b->u - a->u), s + part * (horizon_s(m, span, p) - s), k,
                             0.0F};
}

/* The row's slope at x. Taken from the row, not from the horizon and the difference: beside voids
 * these are too large to leave anything. */
static float row_s(const struct vg_span *span, float x)
{
    int q = (int)x;
    float z = span->z_m[q];
    return (z + (x - (float)q) * (span->z_m[q + 1] - z)) * span->per_i;
}

/* Of two runs of points keep the higher, and put one where they cross. A point is written first and
 * kept or overwritten then: no branch that cannot be foretold but the crossings. */
static void keep_higher(const struct vg_merged *m, struct vg_horizon *to,
                        const struct vg_span *span, int n_points, bool *inout_has_edges)
{
    struct vg_point *restrict out = to->at;
    const struct vg_point *restrict at = m->at;
    const uint8_t *restrict row = m->is_row;
    bool was_above = at[0].d_m > 0.0F;
    int n = 1;
    out[0] = at[0];
    if (was_above) {
        out[0].s = row_s(span, span->x0);
        out[0].k = (span->z_m[1] - span->z_m[0]) * span->per_m;
    }
    for (int p = 1; p < n_points; p++) {
        bool is_above = at[p].d_m > 0.0F;
        if (is_above != was_above) {
            out[n] = crossing(m, span, p);
            *inout_has_edges |= vg_shed_is_below_edge(span, &out[n]); /* it is a hollow */
            n++;
        }
        out[n] = at[p];
        n += row[p] == is_above;
        was_above = is_above;
    }
    if (was_above) { /* the last point is the horizon's own and was not kept */
        out[n].s = row_s(span, span->x0 + span->g);
        n++;
    }
    to->n = n;
}

static void swap(struct vg_horizon *a, struct vg_horizon *b)
{
    struct vg_horizon t = *a;
    b->was_high = a->was_high;
    *a = *b;
    *b = t;
}

bool vg_merge_row(struct vg_wedges *w, struct vg_horizon *h, const struct vg_span *span,
                  bool *inout_has_edges)
{
    int most = h->n + VG_WEDGE_LANES;
    if (!reserve_merged(&w->merged, most) || !vg_horizon_reserve(&w->next, 2 * most)) {
        return false;
    }
    int n = interleave(&w->merged, &w->compared, h, span);
    keep_higher(&w->merged, &w->next, span, n, inout_has_edges);
    vg_horizon_close(&w->next);
    swap(h, &w->next);
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
    const struct vg_point *a = &h->at[v - 1];
    const struct vg_point *b = &h->at[v];
    float u0 = a->u > c->u ? a->u : c->u;
    float s0 = a->s + a->k * (u0 - a->u);
    float d0 = c->s + c->k * (u0 - c->u) - s0;
    if (d0 > 0.0F) {
        add_point(out, u0, s0, 0.0F);
        add_point(out, u0, s0 + d0, c->k);
        return;
    }
    float part = d0 / (d0 - d);
    add_point(out, u0 + part * (b->u - u0), s0 + part * (b->s - s0), c->k);
}

/* And goes down through that from v to v + 1, or ends above it. */
static void go_down(struct vg_horizon *out, const struct vg_horizon *h, int v,
                    const struct column *c, float d)
{
    const struct vg_point *a = &h->at[v];
    const struct vg_point *b = &h->at[v + 1];
    float u1 = b->u < c->end_u ? b->u : c->end_u;
    float s1 = a->s + a->k * (u1 - a->u);
    float d1 = c->s + c->k * (u1 - c->u) - s1;
    if (d1 > 0.0F) {
        add_point(out, u1, s1 + d1, 0.0F);
        add_point(out, u1, s1, a->k);
        return;
    }
    float part = d / (d - d1);
    add_point(out, a->u + part * (u1 - a->u), a->s + part * (s1 - a->s), a->k);
}

/* h's points, those with d > 0 replaced by the column's edge above them. */
static void raise_to_columns(struct vg_horizon *out, const struct vg_horizon *h,
                             const struct vg_compared *compared, const struct vg_span *span)
{
    struct column c = {0};
    int at = -1; /* the column that the last point was below */
    out->n = 0;
    for (int v = 0; v < h->n; v++) {
        float d = compared->d_m[v] * span->per_i;
        int q = d > 0.0F ? vg_shed_before(span, compared->x[v]) : -1;
        if (at >= 0 && q != at) {
            go_down(out, h, v - 1, &c, compared->d_m[v - 1] * span->per_i);
        }
        if (q >= 0 && q != at) {
            c = column_at(span, q);
            if (v > 0) {
                come_up(out, h, v, &c, d);
            }
        }
        if (q < 0) {
            add_point(out, h->at[v].u, h->at[v].s, h->at[v].k);
        } else if (v == 0 || v == h->n - 1) {
            add_point(out, h->at[v].u, c.s + c.k * (h->at[v].u - c.u), c.k);
        }
        at = q;
    }
}

/* How far columns' edges stand above the horizon's points (0 or less: not), into compared. */
static void compare_columns(const struct vg_compared *c, const struct vg_horizon *h,
                            const struct vg_span *span)
{
    for (int v = 0; v < h->n; v += 8) {
        v8f u;
        v8f s;
        v8f_load_two_of_four(&h->at[v].u, &u, &s);
        v8f x = u * span->g + span->x0;
        v8i q = vg_shed_before8(span, x);
        v8f z = v8f_gather(span->z_m, q);
        v8f z_before = v8f_gather(span->before_m, q);
        v8f d = vg_shed_edge_d8(span, x, v8i_to_float(q), z, z_before, s * span->i);
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
    vg_horizon_close(&w->next);
    swap(h, &w->next);
    return true;
}
