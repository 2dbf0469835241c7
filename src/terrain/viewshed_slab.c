/* Cells of an octant in, results out. Where the rows of the octant are columns of the raster, they
 * go through blocks of eight by eight (heights) or sixteen by sixteen (bytes) that are transposed
 * in registers: reading 64 columns at a time, whole cache lines. */
#include "terrain/viewshed_priv.h"
#include "terrain/viewshed_vec.h"

#include <math.h>

enum {
    AHEAD = 24 /* raster rows fetched ahead: pages are too far apart for the processor to guess */
};

struct loader {
    const struct vg_shed *shed;
    const struct vg_shed_octant *o;
    float no_data; /* NaN: none */
    v8i voids;
    float eye_m[VG_SLAB_ROWS]; /* what is subtracted all along row i0 + k */
};

VG_V8_INLINE v8f raw8(const struct loader *l, ptrdiff_t at, bool is_falling)
{
    const ptrdiff_t first = is_falling ? at - 7 : at;
    v8f v;
    if (l->shed->grid.heights_m != NULL) {
        v = v8f_load(l->shed->grid.heights_m + first);
    } else {
        typedef int16_t v8s __attribute__((vector_size(16)));
        v8s s;
        memcpy(&s, l->shed->grid.heights_int16_m + first, sizeof s);
        v = __builtin_convertvector(s, v8f);
    }
    return is_falling ? __builtin_shufflevector(v, v, 7, 6, 5, 4, 3, 2, 1, 0) : v;
}

VG_V8_INLINE v8f lowered(struct loader *l, v8f raw, float eye_m, v8f fall_m)
{
    v8i is_ground =
        (raw > -VG_SHED_HEIGHT_MAX_M) & (raw < VG_SHED_HEIGHT_MAX_M) & (raw != l->no_data);
    l->voids |= ~is_ground;
    v8f z = v8f_max(raw - eye_m - fall_m, v8f_all(VG_SHED_LOWEST_M));
    return v8f_choose(is_ground, z, v8f_all(VG_SHED_VOID_M));
}

static float lowered1(struct loader *l, ptrdiff_t at, float eye_m, float fall_m)
{
    float raw = l->shed->grid.heights_m != NULL ? l->shed->grid.heights_m[at]
                                                : (float)l->shed->grid.heights_int16_m[at];
    return lowered(l, v8f_all(raw), eye_m, v8f_all(fall_m))[0];
}

static void fill_eyes(struct loader *l, int i0)
{
    double fall_m = l->o->is_swapped ? l->shed->fall_x_m : l->shed->fall_y_m;
    for (int k = 0; k < VG_SLAB_ROWS; k++) {
        l->eye_m[k] = (float)(l->shed->eye_m + fall_m * (i0 + k) * (i0 + k));
    }
}

static ptrdiff_t place_of(const struct loader *l, int i, int j)
{
    const struct vg_viewshed_view *v = &l->shed->view;
    return (ptrdiff_t)v->row * l->shed->grid.row_stride + v->col + i * l->o->step_i +
           j * l->o->step_j;
}

/* A cache line of the raster's row two rows on: short pieces of rows begin before the processor has
 * seen where they go. */
VG_V8_INLINE void fetch_along(const struct loader *l, ptrdiff_t at)
{
    ptrdiff_t ahead = at + 2 * l->o->step_i;
    if (l->shed->grid.heights_m != NULL) {
        __builtin_prefetch(l->shed->grid.heights_m + ahead);
    } else {
        __builtin_prefetch(l->shed->grid.heights_int16_m + ahead);
    }
}

/* The step from j that keeps eight at once within n: the last overlap those before. */
static int next8(int j, int n)
{
    return j + 8 < n && j + 16 > n ? n - 8 : j + 8;
}

/* Cells of row i that its slice, and the row after, ask about: from first to before end. */
static int first_of(const struct vg_shed_octant *o, int i)
{
    int first = (int)((int64_t)o->slice * i >> o->slice_bits) - 1;
    return first > 0 ? first : 0;
}

static int end_of(const struct vg_shed_octant *o, int i)
{
    int64_t end = (((int64_t)o->slice + 1) * i >> o->slice_bits) + 4;
    return end <= o->n_minor ? (int)end : o->n_minor + 1;
}

static void load_along(struct vg_slab *self, struct loader *l, int i)
{
    int first = first_of(l->o, i);
    int n = end_of(l->o, i) - first;
    float *z = self->z_m + vg_slab_at(self, i, first);
    float eye_m = l->eye_m[i - self->i0];
    ptrdiff_t at = place_of(l, i, first);
    const float *fall = self->fall_j_m + first;
    for (int j = 0; n < 8 && j < n; j++) {
        z[j] = lowered1(l, at + j * l->o->step_j, eye_m, fall[j]);
    }
    if (l->o->step_j > 0) {
        for (int j = 0; j + 8 <= n; j = next8(j, n)) {
            fetch_along(l, at + j);
            v8f_store(z + j, lowered(l, raw8(l, at + j, false), eye_m, v8f_load(fall + j)));
        }
    } else {
        for (int j = 0; j + 8 <= n; j = next8(j, n)) {
            fetch_along(l, at - j);
            v8f_store(z + j, lowered(l, raw8(l, at - j, true), eye_m, v8f_load(fall + j)));
        }
    }
}

static void fetch(const struct loader *l, ptrdiff_t at)
{
    const ptrdiff_t end = at + VG_SLAB_ROWS * l->o->step_i;
    const ptrdiff_t first = at < end ? at : end;
    for (int k = 0; k <= VG_SLAB_ROWS; k += 16) {
        if (l->shed->grid.heights_m != NULL) {
            __builtin_prefetch(l->shed->grid.heights_m + first + k);
        } else if (k % 32 == 0) {
            __builtin_prefetch(l->shed->grid.heights_int16_m + first + k);
        }
    }
}

static void load_singly(struct vg_slab *self, struct loader *l)
{
    for (int j = self->base_j; j < self->end_j; j++) {
        for (int i = self->i0; i < self->i0 + self->n_rows; i++) {
            self->z_m[vg_slab_at(self, i, j)] =
                lowered1(l, place_of(l, i, j), l->eye_m[i - self->i0], self->fall_j_m[j]);
        }
    }
}

/* Cells j .. j + 7 of the slab's rows that ask about one of them; the raster's rows are read along
 * i. */
VG_V8_INLINE void load_block(struct vg_slab *self, struct loader *l, int j, bool is_falling)
{
    v8f fall_m = v8f_load(self->fall_j_m + j);
    int k = 0;
    while (k + 16 <= self->n_rows && end_of(l->o, self->i0 + k + 7) <= j) {
        k += 8;
    }
    for (; k + 8 <= self->n_rows; k = next8(k, self->n_rows)) {
        int i = self->i0 + k;
        if (first_of(l->o, i) > j + 7) {
            break;
        }
        v8f r[8];
        for (int q = 0; q < 8; q++) {
            r[q] = raw8(l, place_of(l, i, j + q), is_falling);
        }
        v8f_transpose(r);
        for (int q = 0; q < 8; q++) {
            v8f_store(self->z_m + vg_slab_at(self, i + q, j),
                      lowered(l, r[q], l->eye_m[k + q], fall_m));
        }
    }
}

static void load_across(struct vg_slab *self, struct loader *l)
{
    int n = self->end_j - self->base_j;
    if (n < 8 || self->n_rows < 8) {
        load_singly(self, l);
        return;
    }
    for (int k = 0; k + 8 <= n; k = next8(k, n)) {
        int j = self->base_j + k;
        for (int q = 0; q < 8; q++) {
            int ahead = j + AHEAD + q;
            fetch(l, place_of(l, self->i0, ahead < self->end_j ? ahead : self->end_j - 1));
        }
        if (l->o->step_i > 0) {
            load_block(self, l, j, false);
        } else {
            load_block(self, l, j, true);
        }
    }
}

/* The ground goes on level beyond the ends of what is loaded: seen from here nothing of it lies
 * before a cell of the raster. */
static void pad(struct vg_slab *self, const struct vg_shed_octant *o, int i)
{
    float *first = self->z_m + vg_slab_at(self, i, first_of(o, i));
    float *end = self->z_m + vg_slab_at(self, i, end_of(o, i));
    v8f left = v8f_all(first[0]);
    v8f right = v8f_all(end[-1]);
    for (int k = 0; k < VG_SLAB_PAD; k += 8) {
        v8f_store(first - k - 8, left);
        v8f_store(end + k, right);
    }
}

/* The last row of the slab before becomes row i0 - 1, moved to the new base. */
static void keep_last(struct vg_slab *self, int base_j)
{
    const float *from =
        self->z_m + (size_t)self->n_rows * self->stride + (size_t)(base_j - self->base_j);
    memcpy(self->z_m, from, (self->stride - (size_t)(base_j - self->base_j)) * sizeof *from);
}

void vg_slab_load(struct vg_slab *self, const struct vg_shed *shed,
                  const struct vg_shed_octant *octant, int i0)
{
    struct loader l = {.shed = shed,
                       .o = octant,
                       .no_data = shed->grid.has_no_data ? (float)shed->grid.no_data : (float)NAN};
    int base_j = first_of(octant, i0 - 1);
    if (i0 > 1) {
        keep_last(self, base_j);
    }
    self->i0 = i0;
    self->base_j = base_j;
    int left = octant->n_major - i0 + 1;
    self->n_rows = left < VG_SLAB_ROWS ? left : VG_SLAB_ROWS;
    self->end_j = end_of(octant, i0 + self->n_rows - 1);
    fill_eyes(&l, i0);
    if (octant->is_swapped) {
        load_across(self, &l);
    } else {
        for (int i = i0; i < i0 + self->n_rows; i++) {
            load_along(self, &l, i);
        }
    }
    for (int i = i0; i < i0 + self->n_rows; i++) {
        pad(self, octant, i);
    }
    self->has_voids = v8i_bits(l.voids) != 0;
}
