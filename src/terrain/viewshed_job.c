/* One slice of an octant: slabs of rows in, through the wedges, results out. */
#include "terrain/viewshed_priv.h"

#include <stdlib.h>

/* Octant `number`: bit 0 the sense of x, bit 1 of y, bit 2 which of them counts the rows. */
static struct vg_shed_octant octant_of(const struct vg_shed *s, struct vg_shed_job job)
{
    const struct vg_viewshed_grid *g = &s->grid;
    const int number = job.octant;
    struct vg_shed_octant o = {.slice = job.slice, .slice_bits = s->slice_bits};
    o.step_x = (number & 1) != 0 ? -1 : 1;
    o.step_y = (number & 2) != 0 ? -1 : 1;
    o.is_swapped = (number & 4) != 0;
    int n_x = o.step_x > 0 ? g->n_cols - 1 - s->view.col : s->view.col;
    int n_y = o.step_y > 0 ? g->n_rows - 1 - s->view.row : s->view.row;
    o.n_major = o.is_swapped ? n_x : n_y;
    o.n_minor = o.is_swapped ? n_y : n_x;
    o.owns_axis = (o.is_swapped ? o.step_y : o.step_x) > 0;
    o.owns_diagonal = !o.is_swapped;
    ptrdiff_t row = o.step_y * g->row_stride;
    ptrdiff_t out_row = (ptrdiff_t)o.step_y * g->n_cols;
    o.step_i = o.is_swapped ? o.step_x : row;
    o.step_j = o.is_swapped ? row : o.step_x;
    o.out_step_i = o.is_swapped ? o.step_x : out_row;
    o.out_step_j = o.is_swapped ? out_row : o.step_x;
    double reach = s->view.max_range_m / (o.is_swapped ? g->cell_x_m : g->cell_y_m);
    if (s->view.max_range_m > 0.0 && reach < o.n_major) {
        o.n_major = (int)reach;
    }
    return o;
}

static void fill_falls(struct vg_slab *slab, const struct vg_shed *s,
                       const struct vg_shed_octant *o)
{
    double fall_m = o->is_swapped ? s->fall_y_m : s->fall_x_m;
    int n = o->n_major < o->n_minor ? o->n_major : o->n_minor;
    for (int j = 0; j <= n + 8; j++) {
        slab->fall_j_m[j] = (float)(fall_m * j * j);
    }
}

static bool run_slab(struct vg_wedges *wedges, struct vg_slab *slab, const struct vg_shed *s,
                     const struct vg_shed_octant *o)
{
    for (int i = slab->i0; i < slab->i0 + slab->n_rows; i++) {
        size_t at = vg_slab_at(slab, i, slab->base_j);
        struct vg_shed_row row = {
            .z_m = slab->z_m + at,
            .before_m = slab->z_m + at - slab->stride,
            .cells = slab->cells + at,
            .needed_m = slab->needed_m != NULL ? slab->needed_m + at : NULL,
            .i = i,
            .n = i < o->n_minor ? i : o->n_minor,
            .base_j = slab->base_j,
            .target_m = (float)s->view.target_agl_m,
        };
        if (!vg_wedges_row(wedges, &row)) {
            return false;
        }
    }
    return true;
}

static bool run_job(struct vg_shed_scratch *scratch, const struct vg_shed *s,
                    const struct vg_shed_octant *o)
{
    if (!vg_wedges_init(&scratch->wedges, o, s->view.mode == VG_VIEWSHED_FAST)) {
        return false;
    }
    fill_falls(&scratch->slab, s, o);
    for (int i0 = 1; i0 <= o->n_major; i0 += VG_SLAB_ROWS) {
        if ((int64_t)o->slice * i0 > (int64_t)o->n_minor << o->slice_bits) {
            break; /* the slice has left the raster */
        }
        vg_slab_load(&scratch->slab, s, o, i0);
        if (!run_slab(&scratch->wedges, &scratch->slab, s, o)) {
            return false;
        }
        vg_slab_store(&scratch->slab, s, o);
    }
    return true;
}

static bool scratch_init(struct vg_shed_scratch *self, const struct vg_shed *s)
{
    int n = s->grid.n_rows > s->grid.n_cols ? s->grid.n_rows : s->grid.n_cols;
    size_t width = ((size_t)n >> s->slice_bits) + VG_SLAB_ROWS + 16 + 2 * VG_SLAB_PAD;
    struct vg_slab *slab = &self->slab;
    slab->stride = width / 16 * 16 + 16;
    size_t size = (VG_SLAB_ROWS + 1) * slab->stride;
    slab->z_m = calloc(size, sizeof *slab->z_m);
    slab->cells = malloc(size);
    slab->needed_m = s->out.needed_agl_m != NULL ? malloc(size * sizeof *slab->needed_m) : NULL;
    slab->fall_j_m = malloc(((size_t)n + 16) * sizeof *slab->fall_j_m);
    return slab->z_m != NULL && slab->cells != NULL && slab->fall_j_m != NULL &&
           (slab->needed_m != NULL || s->out.needed_agl_m == NULL);
}

static void scratch_finish(struct vg_shed_scratch *self)
{
    free(self->slab.z_m);
    free(self->slab.cells);
    free(self->slab.needed_m);
    free(self->slab.fall_j_m);
    vg_wedges_finish(&self->wedges);
}

bool vg_shed_run(const struct vg_shed *shed, atomic_int *next)
{
    struct vg_shed_scratch scratch = {0};
    bool is_ok = scratch_init(&scratch, shed);
    while (is_ok) {
        int job = atomic_fetch_add(next, 1);
        if (job >= shed->n_jobs) {
            break;
        }
        struct vg_shed_octant o = octant_of(shed, shed->jobs[job]);
        is_ok = run_job(&scratch, shed, &o);
    }
    scratch_finish(&scratch);
    return is_ok;
}
