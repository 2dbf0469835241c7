/* Results of a slab out to the raster: voids, range and sector marked, and only the cells that the
 * job owns, so that no two threads write to one place. */
#include "base/units.h"
#include "terrain/viewshed_priv.h"
#include "terrain/viewshed_vec.h"

#include <math.h>

typedef uint8_t v16b __attribute__((vector_size(16)));

enum {
    BLOCK = 16
};

static void mark_voids(struct vg_slab *self, int i, int first, int last)
{
    const float *z = self->z_m + vg_slab_at(self, i, first);
    uint8_t *c = self->cells + vg_slab_at(self, i, first);
    float *needed = self->needed_m != NULL ? self->needed_m + vg_slab_at(self, i, first) : NULL;
    for (int k = 0; k <= last - first; k++) {
        if (z[k] <= VG_SHED_VOID_M) {
            c[k] = VG_VIEWSHED_VOID;
            if (needed != NULL) {
                needed[k] = (float)NAN;
            }
        }
    }
}

static bool is_within(const struct vg_shed *shed, const struct vg_shed_octant *o, int i, int j)
{
    double x = (o->is_swapped ? i : j) * shed->grid.cell_x_m * o->step_x;
    double y = (o->is_swapped ? j : i) * shed->grid.cell_y_m * -o->step_y;
    double d2 = x * x + y * y;
    double least = shed->view.min_range_m;
    double most = shed->view.max_range_m;
    if (d2 < least * least || (most > 0.0 && d2 > most * most)) {
        return false;
    }
    if (shed->sector_rad[1] >= 2.0 * VG_PI) {
        return true;
    }
    double on = fmod(atan2(x, y) - shed->sector_rad[0] + 4.0 * VG_PI, 2.0 * VG_PI);
    return on <= shed->sector_rad[1] + 1e-12 || on >= 2.0 * VG_PI - 1e-12;
}

static void mark_outside(struct vg_slab *self, const struct vg_shed *shed,
                         const struct vg_shed_octant *o, int i, int first, int last)
{
    for (int j = first; j <= last; j++) {
        if (!is_within(shed, o, i, j)) {
            self->cells[vg_slab_at(self, i, j)] = VG_VIEWSHED_OUTSIDE;
            if (self->needed_m != NULL) {
                self->needed_m[vg_slab_at(self, i, j)] = (float)NAN;
            }
        }
    }
}

static ptrdiff_t place_of(const struct vg_shed *shed, const struct vg_shed_octant *o, int i, int j)
{
    return (ptrdiff_t)shed->view.row * shed->grid.n_cols + shed->view.col + i * o->out_step_i +
           j * o->out_step_j;
}

/* from[0] to to[0], from[1] to to[-1] and so on. */
static void copy_reversed(uint8_t *to, const uint8_t *from, size_t n)
{
    size_t k = 0;
    for (; k + BLOCK <= n; k += BLOCK) {
        v16b v;
        memcpy(&v, from + k, sizeof v);
        v = __builtin_shufflevector(v, v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        memcpy(to - k - BLOCK + 1, &v, sizeof v);
    }
    for (; k < n; k++) {
        *(to - k) = from[k];
    }
}

static void store_along(const struct vg_slab *self, const struct vg_shed *shed,
                        const struct vg_shed_octant *o, int i, int first, int last)
{
    ptrdiff_t at = place_of(shed, o, i, first);
    size_t from = vg_slab_at(self, i, first);
    ptrdiff_t step = o->out_step_j;
    size_t n = (size_t)(last - first + 1);
    uint8_t *to = shed->out.cells;
    float *needed = shed->out.needed_agl_m;
    if (to != NULL && step > 0) {
        memcpy(to + at, self->cells + from, n);
    } else if (to != NULL) {
        copy_reversed(to + at, self->cells + from, n);
    }
    for (size_t k = 0; needed != NULL && k < n; k++) {
        needed[at + (ptrdiff_t)k * step] = self->needed_m[from + k];
    }
}

/* Sixteen rows of sixteen bytes to columns, by four rounds of interleaving the two halves. */
VG_V8_INLINE void transpose_bytes(v16b r[BLOCK])
{
    for (int round = 0; round < 4; round++) {
        v16b a[BLOCK];
        for (int q = 0; q < BLOCK / 2; q++) {
            a[2 * q] = __builtin_shufflevector(r[q], r[q + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                               21, 6, 22, 7, 23);
            a[2 * q + 1] = __builtin_shufflevector(r[q], r[q + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12,
                                                   28, 13, 29, 14, 30, 15, 31);
        }
        memcpy(r, a, sizeof a);
    }
}

static void store_block(const struct vg_slab *self, const struct vg_shed *shed,
                        const struct vg_shed_octant *o, int i, int j)
{
    v16b r[BLOCK];
    for (int q = 0; q < BLOCK; q++) {
        int row = o->step_x > 0 ? i + q : i + BLOCK - 1 - q;
        memcpy(&r[q], self->cells + vg_slab_at(self, row, j), sizeof r[q]);
    }
    transpose_bytes(r);
    uint8_t *to = shed->out.cells + place_of(shed, o, o->step_x > 0 ? i : i + BLOCK - 1, j);
    for (int q = 0; q < BLOCK; q++) {
        memcpy(to + q * o->out_step_j, &r[q], sizeof r[q]);
    }
}

/* The heights of the same block, in four of eight by eight. */
static void store_needed_block(const struct vg_slab *self, const struct vg_shed *shed,
                               const struct vg_shed_octant *o, int i, int j)
{
    for (int k = 0; k < 4; k++) {
        int i8 = i + k / 2 * 8;
        int j8 = j + k % 2 * 8;
        v8f r[8];
        for (int q = 0; q < 8; q++) {
            int row = o->step_x > 0 ? i8 + q : i8 + 7 - q;
            r[q] = v8f_load(self->needed_m + vg_slab_at(self, row, j8));
        }
        v8f_transpose(r);
        float *to = shed->out.needed_agl_m + place_of(shed, o, o->step_x > 0 ? i8 : i8 + 7, j8);
        for (int q = 0; q < 8; q++) {
            v8f_store(to + q * o->out_step_j, r[q]);
        }
    }
}

/* Cells first .. last of row i, one by one. */
static void store_singly(const struct vg_slab *self, const struct vg_shed *shed,
                         const struct vg_shed_octant *o, int i, int first, int last)
{
    size_t from = vg_slab_at(self, i, first);
    ptrdiff_t to = place_of(shed, o, i, first);
    for (int k = 0; shed->out.cells != NULL && k <= last - first; k++) {
        shed->out.cells[to + k * o->out_step_j] = self->cells[from + (size_t)k];
    }
    for (int k = 0; self->needed_m != NULL && k <= last - first; k++) {
        shed->out.needed_agl_m[to + k * o->out_step_j] = self->needed_m[from + (size_t)k];
    }
}

/* Rows i .. i + n - 1, cells j .. j + BLOCK - 1, those owned. */
static void store_part(const struct vg_slab *self, const struct vg_shed *shed,
                       const struct vg_shed_octant *o, int i, int n, int j)
{
    for (int q = i; q < i + n; q++) {
        int first;
        int last;
        vg_shed_owned(o, q, &first, &last);
        first = first > j ? first : j;
        last = last < j + BLOCK - 1 ? last : j + BLOCK - 1;
        if (first <= last) {
            store_singly(self, shed, o, q, first, last);
        }
    }
}

static void store_across(const struct vg_slab *self, const struct vg_shed *shed,
                         const struct vg_shed_octant *o, int i, int n)
{
    int begin;
    int inner;
    int end;
    int outer;
    vg_shed_owned(o, i, &begin, &end);
    vg_shed_owned(o, i + n - 1, &inner, &outer);
    for (int j = begin; j <= outer; j += BLOCK) {
        bool is_whole = n == BLOCK && j >= inner && j + BLOCK - 1 <= end;
        if (!is_whole) {
            store_part(self, shed, o, i, n, j);
            continue;
        }
        if (shed->out.cells != NULL) {
            store_block(self, shed, o, i, j);
        }
        if (self->needed_m != NULL) {
            store_needed_block(self, shed, o, i, j);
        }
    }
}

void vg_slab_store(struct vg_slab *self, const struct vg_shed *shed,
                   const struct vg_shed_octant *octant)
{
    int end = self->i0 + self->n_rows;
    for (int i = self->i0; i < end; i++) {
        int first;
        int last;
        vg_shed_owned(octant, i, &first, &last);
        if (self->has_voids) {
            mark_voids(self, i, first, last);
        }
        if (shed->is_limited) {
            mark_outside(self, shed, octant, i, first, last);
        }
        if (!octant->is_swapped && first <= last) {
            store_along(self, shed, octant, i, first, last);
        }
    }
    if (!octant->is_swapped) {
        return;
    }
    for (int i = self->i0; i < end; i += BLOCK) {
        store_across(self, shed, octant, i, end - i < BLOCK ? end - i : BLOCK);
    }
}
