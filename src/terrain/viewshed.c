/* The viewshed's front: checks, the list of jobs, threads, which build of the kernels. */
#include "terrain/viewshed.h"

#include "base/units.h"
#include "terrain/viewshed_priv.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

struct vg_viewshed_view vg_viewshed_view_at(int row, int col, double eye_m)
{
    return (struct vg_viewshed_view){
        .row = row, .col = col, .eye_m = eye_m, .curvature = 6.0 / 7.0, .n_threads = 1};
}

static bool is_count(int n)
{
    return n >= 1 && n <= VG_VIEWSHED_CELLS_MAX;
}

static enum vg_status check_grid(const struct vg_viewshed_grid *g, struct vg_error *err)
{
    if ((g->heights_m == NULL) == (g->heights_int16_m == NULL)) {
        return vg_fail(err, VG_E_INVALID, "a viewshed needs heights of one type");
    }
    if (!is_count(g->n_rows) || !is_count(g->n_cols) || g->row_stride < g->n_cols) {
        return vg_fail(err, VG_E_RANGE, "a viewshed of %d x %d cells is not possible", g->n_rows,
                       g->n_cols);
    }
    if (!(g->cell_x_m > 0.0 && g->cell_x_m < 1e6 && g->cell_y_m > 0.0 && g->cell_y_m < 1e6)) {
        return vg_fail(err, VG_E_INVALID, "cells of %g by %g metres are not possible", g->cell_x_m,
                       g->cell_y_m);
    }
    return VG_OK;
}

static enum vg_status check_view(const struct vg_viewshed_grid *g, const struct vg_viewshed_view *v,
                                 struct vg_error *err)
{
    if (v->row < 0 || v->row >= g->n_rows || v->col < 0 || v->col >= g->n_cols) {
        return vg_fail(err, VG_E_RANGE, "the observer at row %d, column %d is not on the raster",
                       v->row, v->col);
    }
    if (v->n_threads < 1 || v->n_threads > VG_VIEWSHED_THREADS_MAX) {
        return vg_fail(err, VG_E_RANGE, "%d threads are not possible", v->n_threads);
    }
    double limit_m = (double)VG_SHED_HEIGHT_MAX_M;
    bool is_fine = fabs(v->eye_m) < limit_m && v->target_agl_m >= 0.0 &&
                   v->target_agl_m < limit_m && fabs(v->curvature) <= 10.0 &&
                   v->min_range_m >= 0.0 && v->min_range_m <= DBL_MAX && v->max_range_m >= 0.0 &&
                   v->max_range_m <= DBL_MAX && fabs(v->azimuth_from_deg) <= 720.0 &&
                   fabs(v->azimuth_to_deg) <= 720.0 && v->mode < VG_VIEWSHED_MODE_COUNT;
    if (!is_fine) {
        return vg_fail(err, VG_E_INVALID, "a viewshed's view has a number out of bounds");
    }
    return VG_OK;
}

/* NaN on a void. */
static double height_m(const struct vg_viewshed_grid *g, int row, int col)
{
    ptrdiff_t at = row * g->row_stride + col;
    double h = g->heights_m != NULL ? (double)g->heights_m[at] : (double)g->heights_int16_m[at];
    bool is_void = g->has_no_data && !((float)h < (float)g->no_data) &&
                   !((float)h > (float)g->no_data) && !isnan(g->no_data);
    return fabs(h) < (double)VG_SHED_HEIGHT_MAX_M && !is_void ? h : (double)NAN;
}

static double on_from_rad(double from_deg, double to_deg)
{
    double on = fmod(to_deg - from_deg, 360.0);
    on += on < 0.0 ? 360.0 : 0.0;
    return on > 0.0 ? on * VG_RAD_PER_DEG : 4.0 * VG_PI;
}

static double wrapped_rad(double rad)
{
    double r = fmod(rad, 2.0 * VG_PI);
    return r < 0.0 ? r + 2.0 * VG_PI : r;
}

/* Does a slice of an octant meet the sector? By the azimuths of its two edges. */
static bool meets_sector(const struct vg_shed *s, int octant, int slice)
{
    double from = s->sector_rad[0];
    double on = s->sector_rad[1];
    double edge[2];
    for (int e = 0; e < 2; e++) {
        double t = ldexp(slice + e, -s->slice_bits);
        double x = ((octant & 4) != 0 ? 1.0 : t) * s->grid.cell_x_m * ((octant & 1) != 0 ? -1 : 1);
        double y = ((octant & 4) != 0 ? t : 1.0) * s->grid.cell_y_m * ((octant & 2) != 0 ? 1 : -1);
        edge[e] = atan2(x, y);
        double behind = wrapped_rad(edge[e] - from);
        if (behind <= on + 1e-9 || behind >= 2.0 * VG_PI - 1e-9) {
            return true;
        }
    }
    double turn = remainder(edge[1] - edge[0], 2.0 * VG_PI); /* the sector may lie between them */
    double begin = turn > 0.0 ? edge[0] : edge[1];
    return wrapped_rad(from - begin) <= fabs(turn);
}

/* About how many cells an octant has. */
static int64_t weight_of(const struct vg_shed *s, int octant)
{
    int64_t n_x = (octant & 1) != 0 ? s->view.col : s->grid.n_cols - 1 - s->view.col;
    int64_t n_y = (octant & 2) != 0 ? s->view.row : s->grid.n_rows - 1 - s->view.row;
    int64_t n_major = (octant & 4) != 0 ? n_x : n_y;
    int64_t n_minor = (octant & 4) != 0 ? n_y : n_x;
    return n_major * (n_minor < n_major ? n_minor : n_major);
}

/* As many slices as the longest octant can have that are not too narrow for the work at their
 * sides.
 */
static int slice_bits_of(const struct vg_shed *s)
{
    int n = s->grid.n_rows > s->grid.n_cols ? s->grid.n_rows : s->grid.n_cols;
    int bits = 0;
    while (bits < VG_SHED_SLICE_BITS_MAX && n / 2 >> (bits + 1) >= VG_SHED_SLICE_CELLS) {
        bits++;
    }
    return bits;
}

/* The largest first, so that threads end together. */
static void list_jobs(struct vg_shed *s)
{
    int order[VG_SHED_OCTANTS];
    for (int octant = 0; octant < VG_SHED_OCTANTS; octant++) {
        int k = octant;
        for (; k > 0 && weight_of(s, order[k - 1]) < weight_of(s, octant); k--) {
            order[k] = order[k - 1];
        }
        order[k] = octant;
    }
    s->slice_bits = slice_bits_of(s);
    for (int k = 0; k < VG_SHED_OCTANTS << s->slice_bits; k++) {
        int octant = order[k >> s->slice_bits];
        int slice = k & ((1 << s->slice_bits) - 1);
        if (meets_sector(s, octant, slice)) {
            s->jobs[s->n_jobs++] = (struct vg_shed_job){octant, slice};
        }
    }
}

static enum vg_status prepare(struct vg_shed *s, struct vg_error *err)
{
    const struct vg_viewshed_view *v = &s->view;
    double ground_m = height_m(&s->grid, v->row, v->col);
    if (!v->is_eye_msl && isnan(ground_m)) {
        return vg_fail(err, VG_E_INVALID, "the observer stands on a cell without height");
    }
    s->eye_m = v->is_eye_msl ? v->eye_m : ground_m + v->eye_m;
    double per_m2 = v->curvature / (2.0 * VG_EARTH_MEAN_RADIUS_M);
    s->fall_x_m = per_m2 * s->grid.cell_x_m * s->grid.cell_x_m;
    s->fall_y_m = per_m2 * s->grid.cell_y_m * s->grid.cell_y_m;
    s->sector_rad[0] = wrapped_rad(v->azimuth_from_deg * VG_RAD_PER_DEG);
    s->sector_rad[1] = on_from_rad(v->azimuth_from_deg, v->azimuth_to_deg);
    s->is_limited = v->min_range_m > 0.0 || v->max_range_m > 0.0 || s->sector_rad[1] < 2.0 * VG_PI;
    list_jobs(s);
    return VG_OK;
}

/* What no job writes: all that is out of reach, and the observer's own cell. */
static void write_rest(const struct vg_shed *s)
{
    size_t n = (size_t)s->grid.n_rows * (size_t)s->grid.n_cols;
    if (s->is_limited && s->out.cells != NULL) {
        memset(s->out.cells, VG_VIEWSHED_OUTSIDE, n);
    }
    for (size_t k = 0; s->is_limited && s->out.needed_agl_m != NULL && k < n; k++) {
        s->out.needed_agl_m[k] = (float)NAN;
    }
    size_t own = (size_t)s->view.row * (size_t)s->grid.n_cols + (size_t)s->view.col;
    bool is_void = isnan(height_m(&s->grid, s->view.row, s->view.col));
    bool is_outside = s->view.min_range_m > 0.0;
    if (s->out.cells != NULL) {
        s->out.cells[own] = is_outside ? VG_VIEWSHED_OUTSIDE
                            : is_void  ? VG_VIEWSHED_VOID
                                       : VG_VIEWSHED_VISIBLE;
    }
    if (s->out.needed_agl_m != NULL) {
        s->out.needed_agl_m[own] = is_outside || is_void ? (float)NAN : 0.0F;
    }
}

/* --- threads --- */

struct crew {
    const struct vg_shed *shed;
    atomic_int next;
    atomic_int n_failed;
};

static bool run(struct crew *crew)
{
#if defined(VG_VIEWSHED_HAS_AVX512)
    if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("bmi2")) {
        return vg_shed_run_avx512(crew->shed, &crew->next);
    }
#endif
#if defined(VG_VIEWSHED_HAS_AVX2)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) {
        return vg_shed_run_avx2(crew->shed, &crew->next);
    }
#endif
    return vg_shed_run_any(crew->shed, &crew->next);
}

static void *work(void *context)
{
    struct crew *crew = context;
    if (!run(crew)) {
        atomic_fetch_add(&crew->n_failed, 1);
    }
    return NULL;
}

enum vg_status vg_viewshed_compute(const struct vg_viewshed_grid *grid,
                                   const struct vg_viewshed_view *view,
                                   const struct vg_viewshed_out *out, struct vg_error *err)
{
    struct vg_shed shed = {.grid = *grid, .view = *view, .out = *out};
    enum vg_status st = check_grid(grid, err);
    st = st == VG_OK ? check_view(grid, view, err) : st;
    if (st == VG_OK && out->cells == NULL && out->needed_agl_m == NULL) {
        st = vg_fail(err, VG_E_INVALID, "a viewshed without an output");
    }
    st = st == VG_OK ? prepare(&shed, err) : st;
    if (st != VG_OK) {
        return st;
    }
    write_rest(&shed);
    struct crew crew = {.shed = &shed};
    pthread_t thread[VG_VIEWSHED_THREADS_MAX];
    int n = 0;
    /* A thread that cannot be had is work for the others. */
    while (n < view->n_threads - 1 && pthread_create(&thread[n], NULL, work, &crew) == 0) {
        n++;
    }
    work(&crew);
    for (int i = 0; i < n; i++) {
        pthread_join(thread[i], NULL);
    }
    if (crew.n_failed > 0) {
        return vg_fail(err, VG_E_NO_MEMORY, "no memory for a viewshed");
    }
    return VG_OK;
}
