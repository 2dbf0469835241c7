/* Raising a wedge's horizon: to a row that shows above it, and to the edges along columns that
 * stand up in its hollows. */
#include "terrain/viewshed_priv.h"
#include "terrain/viewshed_vec.h"

#include <stdlib.h>

void vg_horizon_finish(struct vg_horizon *self)
{
    free(self->u);
    *self = (struct vg_horizon){0};
}

/* Room for n points and the repeats after the last; what was there is kept. */
bool vg_horizon_reserve(struct vg_horizon *self, int n)
{
    if (n + 8 <= self->capacity) {
        return true;
    }
    int capacity = (n + n / 2 + 24) / 8 * 8;
    float *u = malloc(3 * (size_t)capacity * sizeof *u);
    if (u == NULL) {
        return false;
    }
    float *s = u + capacity;
    float *k = s + capacity;
    if (self->u != NULL) {
        size_t size = (size_t)self->n * sizeof *u;
        memcpy(u, self->u, size);
        memcpy(s, self->s, size);
        memcpy(k, self->k, size);
    }
    free(self->u);
    self->u = u;
    self->s = s;
    self->k = k;
    self->capacity = capacity;
    return true;
}

void vg_horizon_close(struct vg_horizon *self)
{
    for (int v = self->n; v < (self->n + 7) / 8 * 8; v++) {
        self->u[v] = self->u[self->n - 1];
        self->s[v] = self->s[self->n - 1];
        self->k[v] = self->k[self->n - 1];
    }
    v8f least = v8f_load(self->s);
    for (int v = 8; v < self->n; v += 8) {
        least = v8f_min(least, v8f_load(self->s + v));
    }
    float lowest = least[0];
    for (int q = 1; q < 8; q++) {
        lowest = least[q] < lowest ? least[q] : lowest;
    }
    self->lowest = lowest;
    self->is_row = false;
}

static inline void add_point(struct vg_horizon *h, float u, float s, float k)
{
    h->u[h->n] = u;
    h->s[h->n] = s;
    h->k[h->n] = k;
    h->n++;
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

static bool reserve_merged(struct vg_merged *m, int n)
{
    if (n <= m->capacity) {
        return true;
    }
    int capacity = 2 * n + 64;
    free(m->u);
    m->capacity = 0;
    m->u = malloc((size_t)capacity * (4 * sizeof *m->u + 1));
    if (m->u == NULL) {
        return false;
    }
    m->s = m->u + capacity;
    m->k = m->s + capacity;
    m->d_m = m->k + capacity;
    m->is_row = (uint8_t *)(m->d_m + capacity);
    m->capacity = capacity;
    return true;
}

/* Points of the horizon and of the row in one order, each with how far the row is above the horizon
 * there. A point of the horizon goes after the row's points before it: as many as whole cells lie
 * between. Returns how many. */
static int interleave(const struct vg_wedges *w, const struct vg_horizon *h,
                      const struct vg_span *span)
{
    const struct vg_compared *c = &w->compared;
    const struct vg_merged *m = &w->merged;
    int n_inside = span->n_cells - 1;
    for (int v = 0; v < h->n; v++) {
        int q = (int)c->x[v];
        int n_row = q - ((float)q < c->x[v] ? 0 : 1);
        n_row = n_row < 0 ? 0 : n_row > n_inside ? n_inside : n_row;
        int at = v + n_row;
        m->u[at] = h->u[v];
        m->s[at] = h->s[v];
        m->k[at] = h->k[v];
        m->d_m[at] = c->d_m[v];
        m->is_row[at] = 0;
    }
    for (int j = 1; j <= n_inside; j++) {
        int at = j - 1 + c->n_before[j] + 1;
        m->u[at] = ((float)j - span->x0) * span->per_g;
        m->s[at] = span->z_m[j] * span->per_i;
        m->k[at] = (span->z_m[j + 1] - span->z_m[j]) * span->per_m;
        m->d_m[at] = c->row_d_m[j];
        m->is_row[at] = 1;
    }
    return h->n + n_inside;
}

/* Of two runs of points keep the higher, and put one where they cross. The written point is kept or
 * overwritten by the next: no branch that cannot be foretold but the crossings. */
static void keep_higher(const struct vg_wedges *w, struct vg_horizon *out,
                        const struct vg_span *span, int n)
{
    const struct vg_merged *m = &w->merged;
    float k_row = (span->z_m[1] - span->z_m[0]) * span->per_m;
    float k_horizon = m->k[0];
    float d_was = m->d_m[0];
    float s_was = m->s[0];
    float u_was = 0.0F;
    out->n = 0;
    add_point(out, 0.0F, d_was > 0.0F ? s_was + d_was * span->per_i : s_was,
              d_was > 0.0F ? k_row : k_horizon);
    for (int p = 1; p < n; p++) {
        float d = m->d_m[p];
        float u = m->u[p];
        float s = m->is_row[p] ? m->s[p] - d * span->per_i : m->s[p]; /* of the horizon */
        if ((d > 0.0F) != (d_was > 0.0F)) {
            float part = d_was / (d_was - d);
            add_point(out, u_was + part * (u - u_was), s_was + part * (s - s_was),
                      d > 0.0F ? k_row : k_horizon);
        }
        k_row = m->is_row[p] ? m->k[p] : k_row;
        k_horizon = m->is_row[p] ? k_horizon : m->k[p];
        out->u[out->n] = u;
        out->s[out->n] = m->s[p];
        out->k[out->n] = m->k[p];
        out->n += m->is_row[p] ? d > 0.0F : d <= 0.0F;
        d_was = d;
        s_was = s;
        u_was = u;
    }
    if (d_was > 0.0F) { /* the last point is the horizon's own and was not kept */
        add_point(out, 1.0F, s_was + d_was * span->per_i, 0.0F);
    }
}

static void swap(struct vg_horizon *a, struct vg_horizon *b)
{
    struct vg_horizon t = *a;
    b->was_high = a->was_high;
    *a = *b;
    *b = t;
}

bool vg_merge_row(struct vg_wedges *w, struct vg_horizon *h, const struct vg_span *span)
{
    int most = h->n + VG_WEDGE_LANES;
    if (!reserve_merged(&w->merged, most) || !vg_horizon_reserve(&w->next, 2 * most)) {
        return false;
    }
    int n = interleave(w, h, span);
    keep_higher(w, &w->next, span, n);
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

/* The column's edge comes up through the horizon's piece from point v - 1 to v. */
static void come_up(struct vg_horizon *out, const struct vg_horizon *h, int v,
                    const struct column *c, float d)
{
    float u0 = h->u[v - 1] > c->u ? h->u[v - 1] : c->u;
    float s0 = h->s[v - 1] + h->k[v - 1] * (u0 - h->u[v - 1]);
    float d0 = c->s + c->k * (u0 - c->u) - s0;
    d0 = d0 < 0.0F ? d0 : 0.0F;
    float part = d0 / (d0 - d);
    add_point(out, u0 + part * (h->u[v] - u0), s0 + part * (h->s[v] - s0), c->k);
}

/* And goes down through that from v to v + 1. */
static void go_down(struct vg_horizon *out, const struct vg_horizon *h, int v,
                    const struct column *c, float d)
{
    float u1 = h->u[v + 1] < c->end_u ? h->u[v + 1] : c->end_u;
    float s1 = h->s[v] + h->k[v] * (u1 - h->u[v]);
    float d1 = c->s + c->k * (u1 - c->u) - s1;
    d1 = d1 < 0.0F ? d1 : 0.0F;
    float part = d / (d - d1);
    add_point(out, h->u[v] + part * (u1 - h->u[v]), s1 + (1.0F - part) * (h->s[v] - s1), h->k[v]);
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
        int q = d > 0.0F ? (int)compared->x[v] : -1;
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
            add_point(out, h->u[v], h->s[v], h->k[v]);
        } else if (v == 0 || v == h->n - 1) {
            add_point(out, h->u[v], h->s[v] + d, c.k);
        }
        at = q;
    }
}

/* How far columns' edges stand above the horizon's points (0 or less: not), into compared. */
static unsigned compare_columns(const struct vg_compared *c, const struct vg_horizon *h,
                                const struct vg_span *span)
{
    unsigned any = 0;
    float before = span->i - 1.0F;
    for (int v = 0; v < h->n; v += 8) {
        v8f x = v8f_load(h->u + v) * span->g + span->x0;
        v8i q = v8f_to_int(x);
        v8f whole = v8i_to_float(q);
        v8f part = (x - whole) * before / (whole + span->j0);
        v8f z = v8f_gather(span->z_m, q);
        v8f z_before = v8f_gather(span->before_m, q) * span->stretch;
        v8f at_m = v8f_load(h->s + v) * span->i;
        v8f d = z + part * (z_before - z) - at_m;
        /* Rounding is not an edge: ends of edges are points of the horizon already. */
        v8f slack = v8f_max(at_m, -at_m) * 4e-7F + 1e-5F;
        v8i is_above = (part <= 1.0F) & (d > slack);
        any |= v8i_bits(is_above);
        v8f_store(c->x + v, x);
        v8f_store(c->d_m + v, v8f_choose(is_above, d, v8f_all(-1.0F)));
    }
    return any;
}

bool vg_merge_columns(struct vg_wedges *w, struct vg_horizon *h, const struct vg_span *span)
{
    if (compare_columns(&w->compared, h, span) == 0) {
        return true;
    }
    if (!vg_horizon_reserve(&w->next, 3 * h->n + 8)) {
        return false;
    }
    raise_to_columns(&w->next, h, &w->compared, span);
    vg_horizon_close(&w->next);
    swap(h, &w->next);
    return true;
}
