/* The viewshed against its definition (tests/oracle/terrain/shed_r3.c), against hand calculation
 * and against GDAL's. */
#include "base/rng.h"
#include "relief.h"
#include "shed_r3.h"

#include <gdal.h>
#include <gdal_alg.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Heights are float32 relative to the eye: a thousand metres keep 0.06 mm, and a sight over a near
 * crest multiplies that by the ratio of the distances. */
#define TIE_M 0.003

struct fixture {
    struct vg_viewshed_grid grid;
    struct vg_viewshed_view view;
    float *heights_m;
    uint8_t *cells;
    float *needed_m;
    size_t n;
};

/* Heights are taken over. */
static struct fixture fixture_of(float *heights_m, int n_rows, int n_cols, int row, int col,
                                 double eye_m)
{
    struct fixture f = {.heights_m = heights_m, .n = (size_t)n_rows * (size_t)n_cols};
    assert_non_null(heights_m);
    f.grid = (struct vg_viewshed_grid){.heights_m = heights_m,
                                       .n_rows = n_rows,
                                       .n_cols = n_cols,
                                       .row_stride = n_cols,
                                       .cell_x_m = 30.0,
                                       .cell_y_m = 30.0};
    f.view = vg_viewshed_view_at(row, col, eye_m);
    f.view.target_agl_m = 2.0;
    f.cells = malloc(f.n);
    f.needed_m = malloc(f.n * sizeof *f.needed_m);
    assert_non_null(f.cells);
    assert_non_null(f.needed_m);
    return f;
}

static struct fixture fractal(uint64_t seed, int n_rows, int n_cols, int row, int col, double eye_m)
{
    int n = n_rows + n_cols;
    float *h = relief_fractal(seed, n, 30.0);
    assert_non_null(h);
    for (int r = 0; r < n_rows; r++) {
        memmove(h + r * n_cols, h + r * n, (size_t)n_cols * sizeof *h);
    }
    return fixture_of(h, n_rows, n_cols, row, col, eye_m);
}

static void finish(struct fixture *f)
{
    free(f->heights_m);
    free(f->cells);
    free(f->needed_m);
}

static void compute(struct fixture *f, bool with_cells, bool with_needed)
{
    struct vg_error err = {0};
    struct vg_viewshed_out out = {with_cells ? f->cells : NULL, with_needed ? f->needed_m : NULL};
    memset(f->cells, 0xEE, f->n);
    memset(f->needed_m, 0xEE, f->n * sizeof *f->needed_m);
    if (vg_viewshed_compute(&f->grid, &f->view, &out, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
}

/* One cell against the oracle; false if it differs by more than a tie. Beside voids the oracle's
 * two answers bound what is right. */
static bool is_right(const struct fixture *f, int r, int c, const char *what)
{
    size_t at = (size_t)r * (size_t)f->grid.n_cols + (size_t)c;
    double most = shed_r3_needed_m(&f->grid, &f->view, r, c, true);
    double least = shed_r3_needed_m(&f->grid, &f->view, r, c, false);
    double needed = (double)f->needed_m[at];
    double target = f->view.target_agl_m;
    double slack = TIE_M + 2e-6 * most;
    if (isnan(most)) {
        return f->cells[at] == VG_VIEWSHED_VOID && isnan(needed);
    }
    bool is_seen = f->cells[at] == VG_VIEWSHED_VISIBLE;
    bool is_byte = f->cells[at] <= VG_VIEWSHED_VISIBLE &&
                   (is_seen ? target >= least - slack : target <= most + slack);
    bool is_height = needed >= least - slack && needed <= most + slack;
    if (f->view.mode == VG_VIEWSHED_EXACT && !(is_byte && is_height)) {
        fail_msg("%s, cell %d %d: is %d, needs %g; wants %g to %g", what, r, c, f->cells[at],
                 needed, least, most);
    }
    return is_byte;
}

/* Every cell, with bytes alone and with heights. Returns how many differ; exact: none may. */
static int against_oracle(struct fixture *f, const char *what)
{
    int n_different = 0;
    uint8_t *alone = malloc(f->n);
    assert_non_null(alone);
    compute(f, true, false);
    memcpy(alone, f->cells, f->n);
    compute(f, true, true);
    assert_memory_equal(alone, f->cells, f->n);
    free(alone);
    for (int r = 0; r < f->grid.n_rows; r++) {
        for (int c = 0; c < f->grid.n_cols; c++) {
            n_different += !is_right(f, r, c, what);
        }
    }
    return n_different;
}

static void exact_is_the_definition(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        int n_rows = 20 + (int)vg_rng_below(&rng, 120);
        int n_cols = 20 + (int)vg_rng_below(&rng, 120);
        int row = (int)vg_rng_below(&rng, (uint64_t)n_rows);
        int col = (int)vg_rng_below(&rng, (uint64_t)n_cols);
        struct fixture f = fractal(seed, n_rows, n_cols, row, col, 300.0 * vg_rng_unit(&rng));
        f.view.curvature = seed % 3 == 0 ? 0.0 : 6.0 / 7.0;
        f.grid.cell_y_m = seed % 4 == 1 ? 55.0 : 30.0;
        f.view.target_agl_m = seed % 2 == 0 ? 2.0 : 0.0;
        char what[64];
        snprintf(what, sizeof what, "seed %d, %d x %d from %d %d", (int)seed, n_rows, n_cols, row,
                 col);
        against_oracle(&f, what);
        finish(&f);
    }
}

/* Observers in corners and on edges, strips one cell wide, a single cell. */
static void exact_at_the_rim(void **state)
{
    (void)state;
    static const int at[][2] = {{0, 0}, {0, 89}, {69, 0}, {69, 89}, {0, 40}, {33, 89}, {1, 88}};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct fixture f = fractal(20 + i, 70, 90, at[i][0], at[i][1], 60.0);
        against_oracle(&f, "rim");
        finish(&f);
    }
    static const int size[][2] = {{1, 1}, {1, 200}, {200, 1}, {2, 2}, {3, 130}, {130, 2}};
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        struct fixture f =
            fractal(30 + i, size[i][0], size[i][1], size[i][0] / 2, size[i][1] / 3, 15.0);
        against_oracle(&f, "strip");
        finish(&f);
    }
}

/* Octants are cut into slices from 1,200 cells on, into more from 2,400 on: the oracle at random
 * cells, and with another number of threads. */
static void slices_are_the_definition(void **state)
{
    (void)state;
    static const int places[][4] = {
        {1250, 1230, 640, 600}, {400, 2450, 30, 1200}, {2450, 300, 0, 299}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const int *p = places[i];
        struct vg_rng rng = vg_rng_seed(5 + i);
        float *h = malloc((size_t)p[0] * (size_t)p[1] * sizeof *h);
        assert_non_null(h);
        for (int at = 0; at < p[0] * p[1]; at++) {
            double hills = 90.0 * sin(at / p[1] * 0.021) * cos(at % p[1] * 0.017);
            h[at] = (float)(hills + 12.0 * vg_rng_unit(&rng));
        }
        struct fixture f = fixture_of(h, p[0], p[1], p[2], p[3], 150.0);
        compute(&f, true, true);
        for (int k = 0; k < 10000; k++) {
            int r = (int)vg_rng_below(&rng, (uint64_t)p[0]);
            int c = (int)vg_rng_below(&rng, (uint64_t)p[1]);
            is_right(&f, r, c, "slices");
        }
        uint8_t *one = malloc(f.n);
        assert_non_null(one);
        memcpy(one, f.cells, f.n);
        f.view.n_threads = 3;
        compute(&f, true, true);
        assert_memory_equal(one, f.cells, f.n);
        free(one);
        finish(&f);
    }
}

/* A rougher ground than any: every cell on its own. Horizons have many points here. */
static void exact_on_noise(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        int n = 161;
        float *h = malloc((size_t)n * (size_t)n * sizeof *h);
        assert_non_null(h);
        for (int i = 0; i < n * n; i++) {
            /* a bowl in half of them: what lies behind rises into view */
            double x = i % n - n / 2;
            double y = i / n - n / 2;
            h[i] = (float)(50.0 * vg_rng_unit(&rng) + (seed % 2 == 0 ? 0.05 * (x * x + y * y) : 0));
        }
        struct fixture f = fixture_of(h, n, n, n / 2, n / 2 - 7, 40.0);
        against_oracle(&f, "noise");
        finish(&f);
    }
}

/* Whole metres tie exactly without curvature: cells that need the target's height to within a
 * millimetre are left out (TIE_M), as they are in the oracle's own sums. */
static void exact_on_int16(void **state)
{
    (void)state;
    for (int curved = 0; curved < 2; curved++) {
        struct fixture f = fractal(41, 120, 150, 50, 70, 80.0);
        int16_t *h = malloc(f.n * sizeof *h);
        assert_non_null(h);
        for (size_t i = 0; i < f.n; i++) {
            h[i] = (int16_t)lrint((double)f.heights_m[i]);
            h[i] = i % 97 == 5 ? INT16_MIN : h[i];
        }
        f.grid.heights_m = NULL;
        f.grid.heights_int16_m = h;
        f.grid.has_no_data = true;
        f.grid.no_data = INT16_MIN;
        f.view.curvature = curved != 0 ? 6.0 / 7.0 : 0.0;
        against_oracle(&f, "int16");
        free(h);
        finish(&f);
    }
}

/* Holes of several cells, a number for them and NaN; the observer may stand in one if its height is
 * above the datum. */
static void voids_neither_hide_nor_are_seen(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct fixture f = fractal(50 + seed, 110, 110, 60, 45, 100.0);
        for (int hole = 0; hole < 40; hole++) {
            int r0 = (int)vg_rng_below(&rng, 105);
            int c0 = (int)vg_rng_below(&rng, 105);
            for (int k = 0; k < 16; k++) {
                f.heights_m[(r0 + k / 4) * 110 + c0 + k % 4] = hole % 2 != 0 ? -9999.0F : NAN;
            }
        }
        f.grid.has_no_data = true;
        f.grid.no_data = -9999.0;
        f.view.is_eye_msl = true;
        f.view.eye_m = 900.0;
        f.heights_m[60 * 110 + 45] = seed % 2 != 0 ? NAN : f.heights_m[60 * 110 + 45];
        against_oracle(&f, "voids");
        finish(&f);
    }
}

static void fast_is_near(void **state)
{
    (void)state;
    int n_different = 0;
    int n = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct fixture f = fractal(60 + seed, 200, 200, 90, 110, 20.0 + 60.0 * (double)seed);
        f.view.mode = VG_VIEWSHED_FAST;
        n_different += against_oracle(&f, "fast");
        n += (int)f.n;
        finish(&f);
    }
    print_message("fast mode: %.3f %% of cells differ\n", 100.0 * n_different / n);
    assert_true(n_different * 1000 < 3 * n);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    for (int mode = 0; mode < VG_VIEWSHED_MODE_COUNT; mode++) {
        struct fixture f = fractal(71, 301, 257, 130, 99, 120.0);
        f.view.mode = (enum vg_viewshed_mode)mode;
        compute(&f, true, true);
        uint8_t *cells = malloc(f.n);
        float *needed_m = malloc(f.n * sizeof *needed_m);
        assert_non_null(cells);
        assert_non_null(needed_m);
        memcpy(cells, f.cells, f.n);
        memcpy(needed_m, f.needed_m, f.n * sizeof *needed_m);
        for (int n = 2; n <= 5; n += 3) {
            f.view.n_threads = n;
            compute(&f, true, true);
            assert_memory_equal(cells, f.cells, f.n);
            assert_memory_equal(needed_m, f.needed_m, f.n * sizeof *needed_m);
        }
        free(cells);
        free(needed_m);
        finish(&f);
    }
}

/* viewshed.c built twice more: without the kernels for newer processors, and with AVX2's as the
 * newest (CMakeLists.txt). */
typedef enum vg_status (*compute_fn)(const struct vg_viewshed_grid *grid,
                                     const struct vg_viewshed_view *view,
                                     const struct vg_viewshed_out *out, struct vg_error *err);
enum vg_status viewshed_compute_any(const struct vg_viewshed_grid *grid,
                                    const struct vg_viewshed_view *view,
                                    const struct vg_viewshed_out *out, struct vg_error *err);
enum vg_status viewshed_compute_avx2(const struct vg_viewshed_grid *grid,
                                     const struct vg_viewshed_view *view,
                                     const struct vg_viewshed_out *out, struct vg_error *err);

static void is_the_same_on(compute_fn other)
{
    for (int mode = 0; mode < VG_VIEWSHED_MODE_COUNT; mode++) {
        struct fixture f = fractal(72, 230, 260, 140, 99, 150.0);
        f.view.mode = (enum vg_viewshed_mode)mode;
        compute(&f, true, true);
        uint8_t *cells = malloc(f.n);
        float *needed_m = malloc(f.n * sizeof *needed_m);
        assert_non_null(cells);
        assert_non_null(needed_m);
        struct vg_viewshed_out out = {cells, needed_m};
        assert_int_equal(other(&f.grid, &f.view, &out, NULL), VG_OK);
        assert_memory_equal(cells, f.cells, f.n);
        assert_memory_equal(needed_m, f.needed_m, f.n * sizeof *needed_m);
        free(cells);
        free(needed_m);
        finish(&f);
    }
}

static void processors_change_nothing(void **state)
{
    (void)state;
    is_the_same_on(viewshed_compute_any);
    is_the_same_on(viewshed_compute_avx2);
}

/* Is (row, col) in view->min_range_m to max_range_m and in the sector? Plainly. */
static bool is_within(const struct fixture *f, int row, int col)
{
    double e = (col - f->view.col) * f->grid.cell_x_m;
    double n = (f->view.row - row) * f->grid.cell_y_m;
    double az = atan2(e, n) * 180.0 / 3.14159265358979323846;
    double width = f->view.azimuth_to_deg - f->view.azimuth_from_deg;
    double on = az - f->view.azimuth_from_deg;
    on -= 360.0 * floor(on / 360.0);
    width -= 360.0 * floor(width / 360.0);
    double d = hypot(e, n);
    return d >= f->view.min_range_m && (f->view.max_range_m <= 0.0 || d <= f->view.max_range_m) &&
           (width <= 0.0 || on <= width || row == f->view.row);
}

static void limits_cut_and_change_nothing_else(void **state)
{
    (void)state;
    static const double limits[][4] = {{0, 0, 10, 20},      {0, 0, 350, 100},  {0, 0, 100, 350},
                                       {0, 2000, 0, 0},     {500, 1500, 0, 0}, {300, 0, 47, 44},
                                       {900, 2500, 91, 93}, {0, 0, -33, 33},   {0, 700, 181, 271}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct fixture f = fractal(81, 140, 170, 66, 90, 100.0);
        f.grid.cell_y_m = i % 2 != 0 ? 41.0 : 30.0;
        uint8_t *all = malloc(f.n);
        assert_non_null(all);
        compute(&f, true, true);
        memcpy(all, f.cells, f.n);
        f.view.min_range_m = limits[i][0];
        f.view.max_range_m = limits[i][1];
        f.view.azimuth_from_deg = limits[i][2];
        f.view.azimuth_to_deg = limits[i][3];
        compute(&f, true, true);
        for (int k = 0; k < (int)f.n; k++) {
            int r = k / 170;
            int c = k % 170;
            bool is_own = r == 66 && c == 90;
            int want = is_own ? (limits[i][0] > 0.0 ? VG_VIEWSHED_OUTSIDE : VG_VIEWSHED_VISIBLE)
                       : is_within(&f, r, c) ? all[k]
                                             : VG_VIEWSHED_OUTSIDE;
            if (r == 66 && !is_own) { /* due east and west a sum may round to either side */
                assert_true(f.cells[k] == all[k] || f.cells[k] == VG_VIEWSHED_OUTSIDE);
                continue;
            }
            if (f.cells[k] != want) {
                fail_msg("limits %d, cell %d %d: is %d, wants %d", (int)i, r, c, f.cells[k], want);
            }
            assert_int_equal(f.cells[k] == VG_VIEWSHED_OUTSIDE, isnan(f.needed_m[k]));
        }
        free(all);
        finish(&f);
    }
}

/* Just above the height needed a target is seen, just below it is not. */
static void the_needed_height_is_the_least(void **state)
{
    (void)state;
    for (int mode = 0; mode < VG_VIEWSHED_MODE_COUNT; mode++) {
        struct fixture f = fractal(91, 180, 180, 77, 95, 60.0);
        struct vg_rng rng = vg_rng_seed(9);
        f.view.mode = (enum vg_viewshed_mode)mode;
        float *needed_m = malloc(f.n * sizeof *needed_m);
        assert_non_null(needed_m);
        compute(&f, true, true);
        memcpy(needed_m, f.needed_m, f.n * sizeof *needed_m);
        for (int i = 0; i < 30; i++) {
            size_t at = vg_rng_below(&rng, f.n);
            double needed = (double)needed_m[at];
            f.view.target_agl_m = needed + 0.001 + 1e-6 * needed;
            compute(&f, true, false);
            assert_int_equal(f.cells[at], VG_VIEWSHED_VISIBLE);
            if (needed > 0.1) {
                f.view.target_agl_m = needed - 0.001 - 1e-6 * needed;
                compute(&f, true, false);
                assert_int_equal(f.cells[at], VG_VIEWSHED_HIDDEN);
            }
        }
        free(needed_m);
        finish(&f);
    }
}

static void higher_sees_no_less(void **state)
{
    (void)state;
    struct fixture f = fractal(95, 220, 180, 100, 80, 5.0);
    float *was_m = malloc(f.n * sizeof *was_m);
    assert_non_null(was_m);
    compute(&f, true, true);
    for (double up = 15.0; up < 2000.0; up *= 2.0) {
        memcpy(was_m, f.needed_m, f.n * sizeof *was_m);
        f.view.eye_m = up;
        compute(&f, true, true);
        for (size_t i = 0; i < f.n; i++) {
            if ((double)f.needed_m[i] > (double)was_m[i] * (1.0 + 2e-6) + TIE_M) {
                fail_msg("cell %d needs %g m from %g m, less from lower", (int)i,
                         (double)f.needed_m[i], up);
            }
        }
    }
    free(was_m);
    finish(&f);
}

/* Flat ground at 0 m, an eye at 100 m, a ridge of 50 m along column 20, 300 m east of the eye's
 * column 10: its shadow on the ground ends where the sight over it comes down, at 300 x 100 / 50 =
 * 600 m, column 30. At 450 m, column 25, the sight passes at 100 - 450 / 6 = 25 m. In the row 12
 * rows north the sight crosses the ridge at the same share of its way: the same columns. */
static void the_shadow_of_a_ridge(void **state)
{
    (void)state;
    for (int mode = 0; mode < VG_VIEWSHED_MODE_COUNT; mode++) {
        float *h = calloc(61 * 61, sizeof *h);
        assert_non_null(h);
        for (int r = 0; r < 61; r++) {
            h[r * 61 + 20] = 50.0F;
        }
        struct fixture f = fixture_of(h, 61, 61, 30, 10, 100.0);
        f.view.target_agl_m = 0.0;
        f.view.curvature = 0.0;
        f.view.mode = (enum vg_viewshed_mode)mode;
        compute(&f, true, true);
        for (int r = 18; r <= 30; r += 12) {
            for (int c = 0; c < 61; c++) {
                if (c != 30) {
                    assert_int_equal(f.cells[r * 61 + c], c < 21 || c > 30);
                }
            }
            assert_float_equal(f.needed_m[r * 61 + 25], 25.0F, 1e-3);
            assert_float_equal(f.needed_m[r * 61 + 20], 0.0F, 0.0);
        }
        finish(&f);
    }
}

/* Flat ground ends at the Earth's own horizon: sqrt(2 x 6371008.8 x 50 x 7/6) = 27,263 m from 50 m;
 * 30 km away a target must stand (6/7) 30000^2 / (2 x 6371008.8) - (sight grazing at 27,263 m
 * comes back up) = 60.541 - (2 x 50 x 30000 / 27263.0 - 50) = 0.504 m high. */
static void the_horizon_of_flat_ground(void **state)
{
    (void)state;
    float *h = calloc(801 * 3, sizeof *h);
    struct fixture f = fixture_of(h, 3, 801, 1, 0, 50.0);
    f.grid.cell_x_m = 50.0;
    f.view.target_agl_m = 0.0;
    compute(&f, true, true);
    assert_int_equal(f.cells[801 + 544], VG_VIEWSHED_VISIBLE); /* 27,200 m */
    assert_int_equal(f.cells[801 + 547], VG_VIEWSHED_HIDDEN); /* 27,350 m */
    assert_float_equal(f.needed_m[801 + 600], 0.504F, 0.003);
    finish(&f);
}

/* A peer on real ground: GDAL's viewshed (Wang, Robinson and White 2000) goes from cell to cell,
 * edges interpolated, and is wrong in one or two per cent. */
static void agrees_with_gdal(void **state)
{
    (void)state;
    enum {
        ROWS = 400,
        COLS = 420
    };
    GDALAllRegister();
    GDALDatasetH ds = GDALOpen("examples/brindabella/dem/S36E149_south_west.tif", GA_ReadOnly);
    assert_non_null(ds);
    float *h = malloc(ROWS * COLS * sizeof *h);
    assert_non_null(h);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(ds, 1), GF_Read, 100, 150, COLS, ROWS, h, COLS,
                                  ROWS, GDT_Float32, 0, 0),
                     CE_None);
    GDALClose(ds);
    struct fixture f = fixture_of(h, ROWS, COLS, 210, 190, 150.0);
    f.grid.cell_x_m = 75.0;
    f.grid.cell_y_m = 92.0;
    compute(&f, true, false);
    GDALDatasetH mem = GDALCreate(GDALGetDriverByName("MEM"), "", COLS, ROWS, 1, GDT_Float32, NULL);
    double g[6] = {0.0, 75.0, 0.0, 92.0 * ROWS, 0.0, -92.0};
    OGRSpatialReferenceH utm = OSRNewSpatialReference(NULL); /* without one the Earth is flat */
    assert_int_equal(OSRImportFromEPSG(utm, 32755), OGRERR_NONE);
    assert_int_equal(GDALSetSpatialRef(mem, utm), CE_None);
    OSRDestroySpatialReference(utm);
    assert_int_equal(GDALSetGeoTransform(mem, g), CE_None);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(mem, 1), GF_Write, 0, 0, COLS, ROWS, h, COLS,
                                  ROWS, GDT_Float32, 0, 0),
                     CE_None);
    GDALDatasetH shed = GDALViewshedGenerate(
        GDALGetRasterBand(mem, 1), "MEM", "shed", NULL, 190.5 * 75.0, 92.0 * ROWS - 210.5 * 92.0,
        150.0, 2.0, 1.0, 0.0, 3.0, -1.0, 0.85714, GVM_Edge, 0.0, NULL, NULL, GVOT_NORMAL, NULL);
    assert_non_null(shed);
    uint8_t *theirs = malloc(f.n);
    assert_non_null(theirs);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(shed, 1), GF_Read, 0, 0, COLS, ROWS, theirs,
                                  COLS, ROWS, GDT_Byte, 0, 0),
                     CE_None);
    int n_agree = 0;
    int n_seen = 0;
    for (size_t i = 0; i < f.n; i++) {
        n_agree += theirs[i] == f.cells[i];
        n_seen += f.cells[i];
    }
    print_message("GDAL: %.2f %% of %d cells agree, %.1f %% seen\n", 100.0 * n_agree / (double)f.n,
                  (int)f.n, 100.0 * n_seen / (double)f.n);
    assert_true(n_agree > 0.97 * (double)f.n);
    assert_true(n_seen > 0.05 * (double)f.n);
    free(theirs);
    GDALClose(shed);
    GDALClose(mem);
    finish(&f);
}

static void expect(struct fixture *f, const struct vg_viewshed_out *out, enum vg_status want)
{
    struct vg_error err = {0};
    memset(f->cells, 0xEE, f->n);
    assert_int_equal(vg_viewshed_compute(&f->grid, &f->view, out, &err), want);
    assert_true(err.message[0] != '\0');
    for (size_t i = 0; i < f->n; i++) {
        assert_int_equal(f->cells[i], 0xEE);
    }
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    struct fixture f = fractal(99, 8, 9, 3, 4, 10.0);
    const struct fixture good = f;
    struct vg_viewshed_out out = {f.cells, NULL};
    struct vg_viewshed_out none = {NULL, NULL};
    int16_t whole[1] = {0};
    expect(&f, &none, VG_E_INVALID);
    f.grid.heights_int16_m = whole;
    expect(&f, &out, VG_E_INVALID);
    f = good;
    f.grid.row_stride = 8;
    expect(&f, &out, VG_E_RANGE);
    f = good;
    f.grid.cell_x_m = (double)NAN;
    expect(&f, &out, VG_E_INVALID);
    f = good;
    f.view.row = 8;
    expect(&f, &out, VG_E_RANGE);
    f = good;
    f.view.n_threads = 0;
    expect(&f, &out, VG_E_RANGE);
    f = good;
    f.view.eye_m = (double)NAN;
    expect(&f, &out, VG_E_INVALID);
    f = good;
    f.view.max_range_m = -1.0;
    expect(&f, &out, VG_E_INVALID);
    f = good;
    f.heights_m[3 * 9 + 4] = NAN;
    expect(&f, &out, VG_E_INVALID);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_is_the_definition),
        cmocka_unit_test(exact_at_the_rim),
        cmocka_unit_test(slices_are_the_definition),
        cmocka_unit_test(exact_on_noise),
        cmocka_unit_test(exact_on_int16),
        cmocka_unit_test(voids_neither_hide_nor_are_seen),
        cmocka_unit_test(fast_is_near),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(processors_change_nothing),
        cmocka_unit_test(limits_cut_and_change_nothing_else),
        cmocka_unit_test(the_needed_height_is_the_least),
        cmocka_unit_test(higher_sees_no_less),
        cmocka_unit_test(the_shadow_of_a_ridge),
        cmocka_unit_test(the_horizon_of_flat_ground),
        cmocka_unit_test(agrees_with_gdal),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
