/* The viewshed side by side with GDAL in memory, the gdal_viewshed command and, where GRASS is
 * installed, r.viewshed; and how many cells each gets wrong against the definition (R3, oracle). On
 * made mountains and on the elevation of the examples. Run in the source root; two minutes.
 *
 * Speeds are cells of the whole raster per second of processor time in user mode, all threads, so
 * that a busy machine counts less; wall-clock times are the best of the runs. */
#include "base/rng.h"
#include "relief.h"
#include "shed_r3.h"

#include <gdal.h>
#include <gdal_alg.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    N_TARGETS = 100000,
    HUGE_PAGE = 1 << 21
};

struct ground {
    const char *name;
    float *heights_m;
    int n_rows;
    int n_cols;
    double cell_x_m;
    double cell_y_m;
};

struct timing {
    double user_s; /* of one run */
    double wall_s;
};

static double user_now_s(int who)
{
    struct rusage r;
    getrusage(who, &r);
    return (double)r.ru_utime.tv_sec + 1e-6 * (double)r.ru_utime.tv_usec;
}

static double wall_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* On huge pages, as large rasters should be: the octants that go along columns meet a new page with
 * every row. */
static void *raster(size_t size)
{
    size = (size + HUGE_PAGE) / HUGE_PAGE * HUGE_PAGE;
    void *p = aligned_alloc(HUGE_PAGE, size);
    if (p == NULL) {
        die("no memory");
    }
    madvise(p, size, MADV_HUGEPAGE);
    memset(p, 0, size);
    return p;
}

static size_t n_cells(const struct ground *g)
{
    return (size_t)g->n_rows * (size_t)g->n_cols;
}

static struct vg_viewshed_grid grid_of(const struct ground *g)
{
    return (struct vg_viewshed_grid){.heights_m = g->heights_m,
                                     .n_rows = g->n_rows,
                                     .n_cols = g->n_cols,
                                     .row_stride = g->n_cols,
                                     .cell_x_m = g->cell_x_m,
                                     .cell_y_m = g->cell_y_m};
}

static struct vg_viewshed_view view_of(const struct ground *g, double eye_m)
{
    struct vg_viewshed_view v = vg_viewshed_view_at(g->n_rows / 2, g->n_cols / 2, eye_m);
    v.target_agl_m = 2.0;
    return v;
}

/* --- ours --- */

static struct timing time_ours(const struct vg_viewshed_grid *grid,
                               const struct vg_viewshed_view *view,
                               const struct vg_viewshed_out *out)
{
    struct timing t = {0.0, HUGE_VAL};
    struct vg_error err = {0};
    if (vg_viewshed_compute(grid, view, out, &err) != VG_OK) { /* warm */
        die(err.message);
    }
    double begin = user_now_s(RUSAGE_SELF);
    int n = 0;
    for (; n < 5 || (t.user_s < 0.4 && n < 200); n++) {
        double w = wall_now_s();
        if (vg_viewshed_compute(grid, view, out, &err) != VG_OK) {
            die(err.message);
        }
        t.wall_s = fmin(t.wall_s, wall_now_s() - w);
        t.user_s = user_now_s(RUSAGE_SELF) - begin;
    }
    t.user_s /= n;
    return t;
}

struct targets {
    uint32_t *at;
    double *needed_m;
};

static struct targets targets_of(const struct ground *g, const struct vg_viewshed_view *view)
{
    struct targets t = {malloc(N_TARGETS * sizeof *t.at), malloc(N_TARGETS * sizeof *t.needed_m)};
    struct vg_viewshed_grid grid = grid_of(g);
    struct vg_rng rng = vg_rng_seed(3);
    if (t.at == NULL || t.needed_m == NULL) {
        die("no memory");
    }
    for (int i = 0; i < N_TARGETS; i++) {
        t.at[i] = (uint32_t)vg_rng_below(&rng, n_cells(g));
        t.needed_m[i] = shed_r3_needed_m(&grid, view, (int)(t.at[i] / (uint32_t)g->n_cols),
                                         (int)(t.at[i] % (uint32_t)g->n_cols), true);
    }
    return t;
}

/* How many differ, and how many of these by more than a centimetre of the target's height. */
static int n_different(const struct targets *t, const uint8_t *cells, double target_m, int *out_far)
{
    int n = 0;
    *out_far = 0;
    for (int i = 0; i < N_TARGETS; i++) {
        bool is_wrong = (cells[t->at[i]] == VG_VIEWSHED_VISIBLE) != (target_m >= t->needed_m[i]);
        n += is_wrong;
        *out_far += is_wrong && fabs(target_m - t->needed_m[i]) > 0.01;
    }
    return n;
}

static void print_speed(const char *what, const struct ground *g, struct timing t, double gdal_s)
{
    printf("  %-24s %7.1f Mcells per user-s, %5.2f x GDAL, wall %.4f s", what,
           (double)n_cells(g) / t.user_s / 1e6, gdal_s / t.user_s, t.wall_s);
}

static void print_wrong(const struct targets *t, const uint8_t *cells)
{
    int n_far;
    int n = n_different(t, cells, 2.0, &n_far);
    printf(", differs in %d of %d targets (%.3f %%), %d by more than 1 cm", n, (int)N_TARGETS,
           100.0 * n / N_TARGETS, n_far);
}

static void bench_mode(const char *name, const struct ground *g, struct vg_viewshed_view v,
                       uint8_t *cells, const struct targets *t, double gdal_s)
{
    char what[64];
    struct vg_viewshed_grid grid = grid_of(g);
    struct vg_viewshed_out out = {cells, NULL};
    struct timing one = time_ours(&grid, &v, &out);
    snprintf(what, sizeof what, "%s, 1 thread", name);
    print_speed(what, g, one, gdal_s);
    print_wrong(t, cells);
    printf("\n");
    v.n_threads = 2;
    struct timing two = time_ours(&grid, &v, &out);
    snprintf(what, sizeof what, "%s, 2 threads", name);
    print_speed(what, g, two, gdal_s);
    printf(", %.2f x one thread\n", one.wall_s / two.wall_s);
}

/* The exact mode with other inputs and outputs. */
static void bench_variants(const struct ground *g, const struct vg_viewshed_view *v, double gdal_s)
{
    struct vg_viewshed_grid grid = grid_of(g);
    size_t n = n_cells(g);
    float *plain = malloc(n * sizeof *plain); /* on ordinary pages */
    uint8_t *cells = malloc(n);
    float *needed_m = raster(n * sizeof *needed_m);
    int16_t *whole = raster(n * sizeof *whole);
    if (plain == NULL || cells == NULL) {
        die("no memory");
    }
    struct vg_viewshed_out out = {cells, NULL};
    memcpy(plain, g->heights_m, n * sizeof *plain);
    memset(cells, 0, n);
    grid.heights_m = plain;
    print_speed("exact on 4 KiB pages", g, time_ours(&grid, v, &out), gdal_s);
    printf("\n");
    for (size_t i = 0; i < n; i++) {
        whole[i] = (int16_t)lrintf(g->heights_m[i]);
    }
    grid.heights_m = NULL;
    grid.heights_int16_m = whole;
    print_speed("exact from int16", g, time_ours(&grid, v, &out), gdal_s);
    printf("\n");
    grid = grid_of(g);
    out = (struct vg_viewshed_out){NULL, needed_m};
    print_speed("exact, heights needed", g, time_ours(&grid, v, &out), gdal_s);
    printf("\n");
    free(plain);
    free(cells);
    free(needed_m);
    free(whole);
}

/* --- GDAL --- */

static GDALDatasetH dataset_of(const struct ground *g, const char *driver, const char *path)
{
    GDALDatasetH ds =
        GDALCreate(GDALGetDriverByName(driver), path, g->n_cols, g->n_rows, 1, GDT_Float32, NULL);
    double transform[6] = {0.0, g->cell_x_m, 0.0, g->n_rows * g->cell_y_m, 0.0, -g->cell_y_m};
    OGRSpatialReferenceH utm = OSRNewSpatialReference(NULL); /* without one the Earth is flat */
    if (ds == NULL || OSRImportFromEPSG(utm, 32630) != OGRERR_NONE ||
        GDALSetSpatialRef(ds, utm) != CE_None || GDALSetGeoTransform(ds, transform) != CE_None ||
        GDALRasterIO(GDALGetRasterBand(ds, 1), GF_Write, 0, 0, g->n_cols, g->n_rows, g->heights_m,
                     g->n_cols, g->n_rows, GDT_Float32, 0, 0) != CE_None) {
        die("GDAL cannot make a raster");
    }
    OSRDestroySpatialReference(utm);
    return ds;
}

static double eye_x_m(const struct ground *g)
{
    return (g->n_cols / 2 + 0.5) * g->cell_x_m;
}

static double eye_y_m(const struct ground *g)
{
    return (g->n_rows - g->n_rows / 2 - 0.5) * g->cell_y_m;
}

static struct timing time_gdal(const struct ground *g, double eye_m, uint8_t *cells)
{
    GDALDatasetH ds = dataset_of(g, "MEM", "");
    struct timing t = {0.0, HUGE_VAL};
    int n = 0;
    for (; n < 3 || (t.user_s < 0.3 && n < 50); n++) {
        double user = user_now_s(RUSAGE_SELF);
        double wall = wall_now_s();
        GDALDatasetH shed = GDALViewshedGenerate(
            GDALGetRasterBand(ds, 1), "MEM", "shed", NULL, eye_x_m(g), eye_y_m(g), eye_m, 2.0, 1.0,
            0.0, 0.0, -1.0, 0.85714, GVM_Edge, 0.0, NULL, NULL, GVOT_NORMAL, NULL);
        t.user_s += user_now_s(RUSAGE_SELF) - user;
        t.wall_s = fmin(t.wall_s, wall_now_s() - wall);
        if (shed == NULL || GDALGetRasterXSize(shed) != g->n_cols ||
            GDALRasterIO(GDALGetRasterBand(shed, 1), GF_Read, 0, 0, g->n_cols, g->n_rows, cells,
                         g->n_cols, g->n_rows, GDT_Byte, 0, 0) != CE_None) {
            die("GDAL's viewshed failed");
        }
        GDALClose(shed);
    }
    GDALClose(ds);
    t.user_s /= n;
    return t;
}

/* --- commands --- */

/* Runs a command of the shell; false if it fails. */
static bool time_command(const char *command, struct timing *out)
{
    double user = user_now_s(RUSAGE_CHILDREN);
    double wall = wall_now_s();
    fflush(stdout);
    int status = system(command);
    out->user_s = user_now_s(RUSAGE_CHILDREN) - user;
    out->wall_s = wall_now_s() - wall;
    return status == 0;
}

static bool is_installed(const char *program)
{
    char command[128];
    struct timing t;
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return time_command(command, &t);
}

static void bench_gdal_command(const struct ground *g, double eye_m, const char *dir, double ours_s)
{
    char command[512];
    struct timing t;
    if (!is_installed("gdal_viewshed")) {
        printf("  gdal_viewshed: not installed\n");
        return;
    }
    snprintf(command, sizeof command,
             "gdal_viewshed -q -ox %.3f -oy %.3f -oz %g -tz 2 -cc 0.85714 %s/dem.tif %s/shed.tif",
             eye_x_m(g), eye_y_m(g), eye_m, dir, dir);
    if (!time_command(command, &t)) {
        printf("  gdal_viewshed failed\n");
        return;
    }
    printf("  %-24s %7.1f Mcells per user-s, wall %.4f s: exact is %.2f times as fast\n",
           "gdal_viewshed command", (double)n_cells(g) / t.user_s / 1e6, t.wall_s,
           t.user_s / ours_s);
}

static void bench_grass_command(const struct ground *g, double eye_m, const char *dir,
                                double ours_s)
{
    char in[768];
    char all[1280];
    struct timing t_in;
    struct timing t;
    if (!is_installed("grass")) {
        printf("  r.viewshed: not installed\n");
        return;
    }
    snprintf(in, sizeof in,
             "grass --tmp-location XY --exec sh -c 'r.in.gdal -o --q input=%s/dem.tif output=dem "
             "&& g.region raster=dem",
             dir);
    snprintf(all, sizeof all,
             "%s && r.viewshed -cr --q input=dem output=shed coordinates=%.3f,%.3f "
             "observer_elevation=%g target_elevation=2 refraction_coeff=0.14286' >/dev/null 2>&1",
             in, eye_x_m(g), eye_y_m(g), eye_m);
    strncat(in, "' >/dev/null 2>&1", sizeof in - strlen(in) - 1);
    if (!time_command(in, &t_in) || !time_command(all, &t)) {
        printf("  r.viewshed failed\n");
        return;
    }
    double user_s = t.user_s - t_in.user_s;
    printf("  %-24s %7.2f Mcells per user-s: exact is %.0f times as fast\n", "r.viewshed",
           (double)n_cells(g) / user_s / 1e6, user_s / ours_s);
}

static void bench_commands(const struct ground *g, double eye_m, double ours_s)
{
    char dir[] = "/tmp/vigie-bench-XXXXXX";
    char path[64];
    if (mkdtemp(dir) == NULL) {
        die("no directory for the commands' files");
    }
    snprintf(path, sizeof path, "%s/dem.tif", dir);
    GDALClose(dataset_of(g, "GTiff", path));
    bench_gdal_command(g, eye_m, dir, ours_s);
    bench_grass_command(g, eye_m, dir, ours_s);
    remove(path);
    snprintf(path, sizeof path, "%s/shed.tif", dir);
    remove(path);
    rmdir(dir);
}

/* --- a ground and an eye --- */

static void bench_case(const struct ground *g, double eye_m, bool is_whole)
{
    struct vg_viewshed_view v = view_of(g, eye_m);
    struct vg_viewshed_grid grid = grid_of(g);
    uint8_t *cells = raster(n_cells(g));
    struct vg_viewshed_out out = {cells, NULL};
    struct targets t = targets_of(g, &v);
    size_t n_seen = 0;
    struct timing exact = time_ours(&grid, &v, &out);
    for (size_t i = 0; i < n_cells(g); i++) {
        n_seen += cells[i];
    }
    printf("%s, %d x %d, eye %g m: %.2f %% seen\n", g->name, g->n_rows, g->n_cols, eye_m,
           100.0 * (double)n_seen / (double)n_cells(g));
    struct timing gdal = time_gdal(g, eye_m, cells);
    print_speed("GDAL in memory", g, gdal, gdal.user_s);
    print_wrong(&t, cells);
    printf("\n");
    bench_mode("exact", g, v, cells, &t, gdal.user_s);
    v.mode = VG_VIEWSHED_FAST;
    bench_mode("fast", g, v, cells, &t, gdal.user_s);
    v.mode = VG_VIEWSHED_EXACT;
    if (is_whole) {
        bench_variants(g, &v, gdal.user_s);
        bench_commands(g, eye_m, exact.user_s);
    }
    free(cells);
    free(t.at);
    free(t.needed_m);
    fflush(stdout);
}

static struct ground fractal(const char *name, uint64_t seed, int n)
{
    struct ground g = {name, NULL, n, n, 30.0, 30.0};
    float *h = relief_fractal(seed, n, 30.0);
    if (h == NULL) {
        die("no memory");
    }
    g.heights_m = raster(n_cells(&g) * sizeof *h);
    memcpy(g.heights_m, h, n_cells(&g) * sizeof *h);
    free(h);
    return g;
}

/* Cells in degrees are taken for metres at the middle's latitude: about 75 by 93 m. */
static struct ground real(const char *name, const char *path, double cell_x_m, double cell_y_m)
{
    GDALDatasetH ds = GDALOpen(path, GA_ReadOnly);
    if (ds == NULL) {
        die(path);
    }
    struct ground g = {name,     NULL,    GDALGetRasterYSize(ds), GDALGetRasterXSize(ds),
                       cell_x_m, cell_y_m};
    g.heights_m = raster(n_cells(&g) * sizeof *g.heights_m);
    if (GDALRasterIO(GDALGetRasterBand(ds, 1), GF_Read, 0, 0, g.n_cols, g.n_rows, g.heights_m,
                     g.n_cols, g.n_rows, GDT_Float32, 0, 0) != CE_None) {
        die(path);
    }
    GDALClose(ds);
    return g;
}

/* Bytes a cell of all that a caller and the call hold: in a process of its own, before anything
 * else is. */
static void bench_memory(void)
{
    enum {
        N = 6001
    };
    fflush(stdout);
    pid_t child = fork();
    if (child != 0) {
        waitpid(child, NULL, 0);
        return;
    }
    struct rusage before;
    struct rusage after;
    getrusage(RUSAGE_SELF, &before);
    struct ground g = {"waves", malloc((size_t)N * N * sizeof(float)), N, N, 30.0, 30.0};
    uint8_t *cells = malloc((size_t)N * N);
    for (size_t i = 0; g.heights_m != NULL && i < n_cells(&g); i++) {
        g.heights_m[i] = (float)((i % N) * (i / N) % 997);
    }
    struct vg_viewshed_grid grid = grid_of(&g);
    struct vg_viewshed_view view = view_of(&g, 3000.0);
    struct vg_viewshed_out out = {cells, NULL};
    view.n_threads = 2;
    if (g.heights_m == NULL || cells == NULL ||
        vg_viewshed_compute(&grid, &view, &out, NULL) != VG_OK) {
        _exit(1);
    }
    getrusage(RUSAGE_SELF, &after);
    printf("memory, 6001 x 6001 float32 in, bytes out, 2 threads: %.2f bytes a cell in all\n",
           (double)(after.ru_maxrss - before.ru_maxrss) * 1024.0 / ((double)N * N));
    fflush(stdout);
    _exit(0);
}

int main(void)
{
    static const double eyes_m[] = {100.0, 3000.0};
    bench_memory();
    GDALAllRegister();
    struct ground g = fractal("made mountains", 4, 2001);
    for (int i = 0; i < 2; i++) {
        bench_case(&g, eyes_m[i], true);
    }
    free(g.heights_m);
    g = fractal("made mountains", 2, 6001);
    for (int i = 0; i < 2; i++) {
        bench_case(&g, eyes_m[i], true);
    }
    free(g.heights_m);
    g = real("Brindabella", "examples/brindabella/dem/S36E149_south_west.tif", 75.0, 92.5);
    for (int i = 0; i < 2; i++) {
        bench_case(&g, eyes_m[i], false);
    }
    free(g.heights_m);
    g = real("Mali", "examples/mali/dem/mali_etopo5.tif", 8900.0, 9250.0);
    bench_case(&g, 3000.0, false);
    free(g.heights_m);
    return 0;
}
