/* What the files of the viewshed share. Inside src/terrain only.
 *
 * viewshed.c   checks, jobs, threads          viewshed_slab.c   cells in and out of an octant
 * viewshed_job.c   one slice of an octant     viewshed_wedge.c  the horizon, in wedges
 * viewshed_store.c results out                viewshed_merge.c  where rows rise above it
 *                                             viewshed_rays.c   the fast mode's horizon
 *
 * All but viewshed.c are built once for any processor, once for those with AVX2 and BMI2 and once
 * for those with AVX-512's short vectors too (see CMakeLists.txt); VG_VIEWSHED_ISA is put behind
 * the names that both builds have. */
#ifndef VG_TERRAIN_VIEWSHED_PRIV_H
#define VG_TERRAIN_VIEWSHED_PRIV_H

#include "terrain/viewshed.h"

#include <stdatomic.h>

#if !defined(VG_VIEWSHED_ISA)
#define VG_VIEWSHED_ISA any
#endif
#define VG_VIEWSHED_JOIN(a, b) a##_##b
#define VG_VIEWSHED_NAME(a, b) VG_VIEWSHED_JOIN(a, b)
#define vg_shed_run VG_VIEWSHED_NAME(vg_shed_run, VG_VIEWSHED_ISA)
#define vg_slab_load VG_VIEWSHED_NAME(vg_slab_load, VG_VIEWSHED_ISA)
#define vg_slab_store VG_VIEWSHED_NAME(vg_slab_store, VG_VIEWSHED_ISA)
#define vg_wedges_init VG_VIEWSHED_NAME(vg_wedges_init, VG_VIEWSHED_ISA)
#define vg_wedges_finish VG_VIEWSHED_NAME(vg_wedges_finish, VG_VIEWSHED_ISA)
#define vg_wedges_row VG_VIEWSHED_NAME(vg_wedges_row, VG_VIEWSHED_ISA)
#define vg_horizon_finish VG_VIEWSHED_NAME(vg_horizon_finish, VG_VIEWSHED_ISA)
#define vg_horizon_reserve VG_VIEWSHED_NAME(vg_horizon_reserve, VG_VIEWSHED_ISA)
#define vg_horizon_close VG_VIEWSHED_NAME(vg_horizon_close, VG_VIEWSHED_ISA)
#define vg_horizon_settle VG_VIEWSHED_NAME(vg_horizon_settle, VG_VIEWSHED_ISA)
#define vg_horizon_split VG_VIEWSHED_NAME(vg_horizon_split, VG_VIEWSHED_ISA)
#define vg_horizon_of_row VG_VIEWSHED_NAME(vg_horizon_of_row, VG_VIEWSHED_ISA)
#define vg_rays_split VG_VIEWSHED_NAME(vg_rays_split, VG_VIEWSHED_ISA)
#define vg_rays_of_row VG_VIEWSHED_NAME(vg_rays_of_row, VG_VIEWSHED_ISA)
#define vg_rays_row VG_VIEWSHED_NAME(vg_rays_row, VG_VIEWSHED_ISA)
#define vg_merge_row VG_VIEWSHED_NAME(vg_merge_row, VG_VIEWSHED_ISA)
#define vg_merge_columns VG_VIEWSHED_NAME(vg_merge_columns, VG_VIEWSHED_ISA)

enum {
    VG_SHED_OCTANTS = 8,
    /* An octant's slices, equal in t: more jobs than threads, and smaller slabs. */
    VG_SHED_SLICE_BITS_MAX = 2,
    VG_SHED_SLICE_CELLS = 300, /* at the far end */
    VG_SHED_JOBS = VG_SHED_OCTANTS << VG_SHED_SLICE_BITS_MAX,
    VG_SLAB_ROWS = 64, /* a cache line of float32 in each direction */
    VG_SLAB_PAD = 32, /* cells that may be read beyond the ends of a row */
    VG_WEDGE_LANES = 16, /* grid points of a row over one wedge, both ends included, at most */
    VG_HORIZON_TABLE = 32 /* points that are looked up in registers; of more, in memory */
};

/* Height that stands for a void: an edge to it falls away so steeply that it hides nothing. Not
 * lower: what lies beside it is interpolated from it. Ground is never that low. */
#define VG_SHED_VOID_M (-1e7F)
#define VG_SHED_LOWEST_M (-9e6F)
#define VG_SHED_HEIGHT_MAX_M 1e6F

struct vg_shed_job {
    int octant;
    int slice;
};

/* A call, the same for all its jobs. */
struct vg_shed {
    struct vg_viewshed_grid grid;
    struct vg_viewshed_view view;
    struct vg_viewshed_out out;
    double eye_m; /* above the heights' datum */
    double fall_x_m; /* drop of the ground one column away; grows with the square */
    double fall_y_m;
    bool is_limited; /* by range or sector */
    double sector_rad[2]; /* from, and how far on; the second 2 pi or more: all around */
    int slice_bits; /* an octant has 2^slice_bits slices */
    struct vg_shed_job jobs[VG_SHED_JOBS]; /* the longest first */
    int n_jobs;
};

/* An octant seen from the observer: row i = 1 .. n_major away from it, cells j = 0 .. min(i,
 * n_minor) of it. Only t = j / i within [slice, slice + 1] / 2^slice_bits is this job's. */
struct vg_shed_octant {
    int step_x; /* 1 or -1: columns grow or fall */
    int step_y;
    bool is_swapped; /* i counts columns, j rows */
    bool owns_axis; /* the cells j = 0: two octants have them */
    bool owns_diagonal; /* the cells j = i */
    int n_major; /* within range */
    int n_minor;
    int slice;
    int slice_bits;
    ptrdiff_t step_i; /* in the heights */
    ptrdiff_t step_j;
    ptrdiff_t out_step_i;
    ptrdiff_t out_step_j;
};

/* Some rows of a job at hand: heights relative to the eye, lowered by curvature; results. Row i0 -
 * 1 is there too. Cell j of row i: (i - i0 + 1) * stride + VG_SLAB_PAD + j - base_j. */
struct vg_slab {
    float *z_m;
    uint8_t *cells;
    float *needed_m; /* NULL if not wanted */
    float *fall_j_m; /* by j */
    size_t stride;
    int i0;
    int n_rows;
    int base_j;
    int end_j; /* first not loaded */
    bool has_voids;
};

static inline size_t vg_slab_at(const struct vg_slab *self, int i, int j)
{
    return (size_t)(i - self->i0 + 1) * self->stride + VG_SLAB_PAD + (size_t)(j - self->base_j);
}

/* Load rows i0 .. i0 + VG_SLAB_ROWS - 1 or as many as there are; keeps the last one before. */
void vg_slab_load(struct vg_slab *self, const struct vg_shed *shed,
                  const struct vg_shed_octant *octant, int i0);
/* Write the cells that are this job's, voids and limits marked. */
void vg_slab_store(struct vg_slab *self, const struct vg_shed *shed,
                   const struct vg_shed_octant *octant);

/* Cells j of row i that a job owns: first .. last. */
static inline void vg_shed_owned(const struct vg_shed_octant *o, int i, int *out_first,
                                 int *out_last)
{
    int64_t n = INT64_C(1) << o->slice_bits;
    int64_t begin = (int64_t)o->slice * i + n - 1;
    int first = (int)(begin >> o->slice_bits);
    int last = (int)((begin + i) >> o->slice_bits) - 1;
    if (o->slice == 0 && !o->owns_axis) {
        first = 1;
    }
    if (o->slice == n - 1) {
        last = o->owns_diagonal ? i : i - 1;
    }
    *out_first = first;
    *out_last = last < o->n_minor ? last : o->n_minor;
}

/* The horizon over a wedge, u from 0 to 1 over it: n points with their slope s (m per row) and its
 * rise k to the next point (per unit of u); u does not fall, the first is 0, the last 1. The last
 * point is repeated up to a multiple of 8 and once more. In the fast mode u holds rays instead. */
struct vg_horizon {
    float *u; /* three arrays of capacity, side by side; the other two follow this one */
    float *s;
    float *k;
    int capacity; /* VG_HORIZON_TABLE + 1 or more */
    float lowest; /* of s, once settled */
    int n;
    bool is_settled;
    bool is_row; /* it is the last row itself: nothing else here is valid */
    bool was_high; /* the last row may have risen above `lowest` */
};

/* A row as the wedges see it; pointers to cell 0 of the octant would lie outside the slab, so they
 * point to cell base_j. */
struct vg_shed_row {
    const float *z_m;
    const float *before_m; /* row i - 1 */
    uint8_t *cells;
    float *needed_m;
    int i;
    int n; /* last cell j */
    int base_j;
    float target_m;
};

/* A row over one wedge. x counts cells from the grid point at or before its left end. */
struct vg_span {
    const float *z_m; /* at x = 0 */
    const float *before_m;
    float x0; /* of u = 0: 0 to 1 */
    float g; /* cells over the wedge */
    float per_g;
    float i;
    float per_i;
    float stretch; /* i / (i - 1) */
    float per_m; /* u-slope of a rise by one metre per cell at this row */
    float j0; /* cell number of x = 0 */
    int n_cells; /* grid points x = 1 .. n_cells - 1 lie inside */
};

/* The horizon on a span, and the row against it. */
struct vg_compared {
    float *x; /* by point of the horizon */
    float *d_m; /* row, or edges, above horizon */
    uint8_t *above; /* bit v % 8 of byte v / 8: d_m[v] > 0; eight bytes more may be read */
    int capacity;
    unsigned row_above; /* bit j: the row's grid point j stands above */
    float at_m[VG_WEDGE_LANES]; /* horizon at the row's grid points, as heights at row i */
    float row_d_m[VG_WEDGE_LANES];
    int32_t n_before[VG_WEDGE_LANES]; /* points of the horizon at or before it, but the first */
};

/* All wedges of a job: 2^p in the octant, those of the slice here. */
struct vg_wedges {
    struct vg_horizon *wedge;
    int n;
    int capacity;
    int p;
    int slice;
    bool has_rays; /* the fast mode */
    struct vg_compared compared;
    struct vg_horizon next; /* where merges go */
};

/* false: no memory */
bool vg_wedges_init(struct vg_wedges *self, const struct vg_shed_octant *octant, bool has_rays);
void vg_wedges_finish(struct vg_wedges *self);
/* Judge a row's cells and raise the horizon to it; rows come in order from 1. */
bool vg_wedges_row(struct vg_wedges *self, const struct vg_shed_row *row);

void vg_horizon_finish(struct vg_horizon *self);
/* Room for n points, eight at a time; what was there is kept. */
bool vg_horizon_reserve(struct vg_horizon *self, int n);
/* Repeat the last point. */
void vg_horizon_close(struct vg_horizon *self);
/* Find the lowest point and see to the order. Later than close, when what was written in pieces can
 * be read in others without waiting. */
void vg_horizon_settle(struct vg_horizon *self);
/* Halve into left and right, both zero-initialised or used before. */
bool vg_horizon_split(const struct vg_horizon *self, struct vg_horizon *left,
                      struct vg_horizon *right);
/* The row before, written out as points. u = 0 is wedge b of 2^p. */
bool vg_horizon_of_row(struct vg_horizon *self, const struct vg_shed_row *row, int64_t b, int p);

/* Raise the horizon to the row; has_edges is set if edges of columns show where they cross. */
bool vg_merge_row(struct vg_wedges *w, struct vg_horizon *h, const struct vg_span *span,
                  bool *inout_has_edges);
/* Raise it to the edges between the row before and this one. */
bool vg_merge_columns(struct vg_wedges *w, struct vg_horizon *h, const struct vg_span *span);

/* Everything a thread needs; kept from job to job. */
struct vg_shed_scratch {
    struct vg_slab slab;
    struct vg_wedges wedges;
};

/* --- the fast mode's horizon: 32 slopes in place of points --- */

bool vg_rays_split(const struct vg_horizon *self, struct vg_horizon *left,
                   struct vg_horizon *right);
/* The row before, at the rays. */
bool vg_rays_of_row(struct vg_horizon *self, const struct vg_span *span);
/* Compare a row's grid points and raise the rays to it; was_high says whether it can be above. */
void vg_rays_row(struct vg_compared *out, struct vg_horizon *h, const struct vg_span *span);

/* Take jobs until none is left. false: no memory. */
bool vg_shed_run_any(const struct vg_shed *shed, atomic_int *next);
bool vg_shed_run_avx2(const struct vg_shed *shed, atomic_int *next);
bool vg_shed_run_avx512(const struct vg_shed *shed, atomic_int *next);

#endif
