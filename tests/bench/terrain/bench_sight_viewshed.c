/* The viewshed side by side with GDAL in memory, the gdal_viewshed command and, where GRASS is
 * installed, r.viewshed; and how many cells each gets wrong against the definition (R3, oracle). On
 * made mountains and on the elevation of the examples. Run in the source root; some minutes, nearly
 * all of them r.viewshed's.
 *
 * Speeds are cells of the whole raster per second of processor time in user mode, all threads, the
 * best of some rounds, so that a busy machine counts less; wall-clock times are the best of the
 * runs. */
#include "aim.h"
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
    ROUNDS = 8,
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
    double longest_s; /* of the busier of one or two threads, on the processor */
};

static double user_now_s(int who)
{
    struct rusage r;
    getrusage(who, &r);
    return (double)r.ru_utime.tv_sec + 1e-6 * (double)r.ru_utime.tv_usec;
}

static double clock_now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
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

/* One run into the least of wall clock and busier thread. */
static void run_ours(const struct vg_viewshed_grid *grid, const struct vg_viewshed_view *view,
                     const struct vg_viewshed_out *out, struct timing *inout)
{
    struct vg_error err = {0};
    double wall = clock_now_s(CLOCK_MONOTONIC);
    double own = clock_now_s(CLOCK_THREAD_CPUTIME_ID);
    double all = clock_now_s(CLOCK_PROCESS_CPUTIME_ID);
    if (vg_viewshed_compute(grid, view, out, &err) != VG_OK) {
        die(err.message);
    }
    own = clock_now_s(CLOCK_THREAD_CPUTIME_ID) - own;
    all = clock_now_s(CLOCK_PROCESS_CPUTIME_ID) - all;
    inout->wall_s = fmin(inout->wall_s, clock_now_s(CLOCK_MONOTONIC) - wall);
    inout->longest_s = fmin(inout->longest_s, fmax(own, all - own));
}

static struct timing time_ours(const struct vg_viewshed_grid *grid,
                               const struct vg_viewshed_view *view,
                               const struct vg_viewshed_out *out)
{
    struct timing t = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
    run_ours(grid, view, out, &t); /* warm */
    for (int round = 0; round < ROUNDS; round++) {
        double begin = user_now_s(RUSAGE_SELF);
        double user_s = 0.0;
        int n = 0;
        for (; n < 2 || user_s < 0.2; n++) {
            run_ours(grid, view, out, &t);
            user_s = user_now_s(RUSAGE_SELF) - begin;
        }
        t.user_s = fmin(t.user_s, user_s / n);
    }
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

/* --- GDAL in memory --- */

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

static void run_gdal(const struct ground *g, GDALDatasetH ds, double eye_m, uint8_t *cells)
{
    GDALDatasetH shed = GDALViewshedGenerate(
        GDALGetRasterBand(ds, 1), "MEM", "shed", NULL, eye_x_m(g), eye_y_m(g), eye_m, 2.0, 1.0, 0.0,
        0.0, -1.0, 0.85714, GVM_Edge, 0.0, NULL, NULL, GVOT_NORMAL, NULL);
    if (shed == NULL || GDALGetRasterXSize(shed) != g->n_cols ||
        GDALRasterIO(GDALGetRasterBand(shed, 1), GF_Read, 0, 0, g->n_cols, g->n_rows, cells,
                     g->n_cols, g->n_rows, GDT_Byte, 0, 0) != CE_None) {
        die("GDAL's viewshed failed");
    }
    GDALClose(shed);
}

static struct timing time_gdal(const struct ground *g, double eye_m, uint8_t *cells)
{
    GDALDatasetH ds = dataset_of(g, "MEM", "");
    struct timing t = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
    for (int round = 0; round < ROUNDS; round++) {
        double begin = user_now_s(RUSAGE_SELF);
        double user_s = 0.0;
        int n = 0;
        for (; n < 1 || user_s < 0.2; n++) {
            double wall = clock_now_s(CLOCK_MONOTONIC);
            run_gdal(g, ds, eye_m, cells);
            t.wall_s = fmin(t.wall_s, clock_now_s(CLOCK_MONOTONIC) - wall);
            user_s = user_now_s(RUSAGE_SELF) - begin;
        }
        t.user_s = fmin(t.user_s, user_s / n);
    }
    GDALClose(ds);
    return t;
}

/* --- a ground and an eye on it --- */

/* What is aimed at; 0: nothing. */
struct aims {
    double exact_mcells; /* per user second */
    double fast_mcells;
    double threads; /* two against one, exact */
    double gdal_in_memory; /* exact against GDAL's library */
    double gdal_command; /* and against gdal_viewshed with its files */
    double grass;
};

struct scene {
    const struct ground *g;
    double eye_m;
    struct aims aims;
    struct targets targets;
    uint8_t *cells;
    double gdal_user_s; /* of GDAL in memory */
    double exact_user_s;
};

/* Says a figure of a scene beside its aim, if there is one. */
static void aim_scene(const struct scene *s, const char *what, double figure, const char *unit,
                      double aim, void (*say)(const char *, double, const char *, double))
{
    char line[160];
    snprintf(line, sizeof line, "%s, %s %d x %d, eye %g m", what, s->g->name, s->g->n_rows,
             s->g->n_cols, s->eye_m);
    if (aim > 0.0) {
        say(line, figure, unit, aim);
    }
}

/* Differing cells of a hundred, of all and far from a tie. */
struct wrong {
    double percent;
    double far_percent;
};

static struct wrong print_wrong(const struct scene *s)
{
    int n_far;
    int n = n_different(&s->targets, s->cells, 2.0, &n_far);
    printf(", differs in %d of %d targets (%.3f %%), %d by more than 1 cm\n", n, (int)N_TARGETS,
           100.0 * n / N_TARGETS, n_far);
    return (struct wrong){100.0 * n / N_TARGETS, 100.0 * n_far / N_TARGETS};
}

static double mcells_of(const struct scene *s, double user_s)
{
    return (double)n_cells(s->g) / user_s / 1e6;
}

static void print_speed(const struct scene *s, const char *what, struct timing t)
{
    printf("  %-24s %7.1f Mcells per user-s, %5.2f x GDAL, wall %.4f s", what,
           mcells_of(s, t.user_s), s->gdal_user_s / t.user_s, t.wall_s);
}

/* --- ours, by mode --- */

static struct timing time_mode(const struct scene *s, enum vg_viewshed_mode mode, int n_threads)
{
    struct vg_viewshed_grid grid = grid_of(s->g);
    struct vg_viewshed_view v = view_of(s->g, s->eye_m);
    struct vg_viewshed_out out = {s->cells, NULL};
    v.mode = mode;
    v.n_threads = n_threads;
    return time_ours(&grid, &v, &out);
}

/* Two threads on idle cores take as long as the busier one: that is measured on the processor, so
 * that others on the machine count less than by the wall clock. */
static void print_two(const struct scene *s, enum vg_viewshed_mode mode, struct timing one)
{
    struct timing two = time_mode(s, mode, 2);
    double times = one.longest_s / two.longest_s;
    print_speed(s, mode == VG_VIEWSHED_FAST ? "fast, 2 threads" : "exact, 2 threads", two);
    printf(", %.2f x one thread, %.2f x by the wall clock\n", times, one.wall_s / two.wall_s);
    if (mode == VG_VIEWSHED_EXACT) {
        aim_scene(s, "two threads against one", times, "times", s->aims.threads, aim_over);
    }
}

static void bench_exact(struct scene *s)
{
    struct timing one = time_mode(s, VG_VIEWSHED_EXACT, 1);
    s->exact_user_s = one.user_s;
    print_speed(s, "exact, 1 thread", one);
    struct wrong wrong = print_wrong(s);
    aim_scene(s, "exact", mcells_of(s, one.user_s), "Mcells/s", s->aims.exact_mcells, aim_over);
    aim_scene(s, "exact, targets that differ by more than 1 cm", 1e4 * wrong.far_percent,
              "per million", 10.0, aim_under);
    aim_scene(s, "exact against GDAL in memory", s->gdal_user_s / one.user_s, "times",
              s->aims.gdal_in_memory, aim_over);
    print_two(s, VG_VIEWSHED_EXACT, one);
}

static void bench_fast(const struct scene *s)
{
    struct timing one = time_mode(s, VG_VIEWSHED_FAST, 1);
    print_speed(s, "fast, 1 thread", one);
    struct wrong wrong = print_wrong(s);
    aim_scene(s, "fast", mcells_of(s, one.user_s), "Mcells/s", s->aims.fast_mcells, aim_over);
    aim_scene(s, "fast, targets that differ", wrong.percent, "%", 0.3, aim_under);
    print_two(s, VG_VIEWSHED_FAST, one);
}

/* The exact mode with other inputs and outputs. */
static void bench_variants(const struct scene *s)
{
    struct vg_viewshed_view v = view_of(s->g, s->eye_m);
    struct vg_viewshed_grid grid = grid_of(s->g);
    size_t n = n_cells(s->g);
    float *plain = malloc(n * sizeof *plain); /* on ordinary pages */
    uint8_t *cells = malloc(n);
    float *needed_m = raster(n * sizeof *needed_m);
    int16_t *whole = raster(n * sizeof *whole);
    if (plain == NULL || cells == NULL) {
        die("no memory");
    }
    struct vg_viewshed_out out = {cells, NULL};
    memcpy(plain, s->g->heights_m, n * sizeof *plain);
    memset(cells, 0, n);
    grid.heights_m = plain;
    print_speed(s, "exact on 4 KiB pages", time_ours(&grid, &v, &out));
    printf("\n");
    for (size_t i = 0; i < n; i++) {
        whole[i] = (int16_t)lrintf(s->g->heights_m[i]);
    }
    grid.heights_m = NULL;
    grid.heights_int16_m = whole;
    print_speed(s, "exact from int16", time_ours(&grid, &v, &out));
    printf("\n");
    grid = grid_of(s->g);
    out = (struct vg_viewshed_out){NULL, needed_m};
    print_speed(s, "exact, heights needed", time_ours(&grid, &v, &out));
    printf("\n");
    free(plain);
    free(cells);
    free(needed_m);
    free(whole);
}

/* --- commands --- */

/* Runs a command of the shell; false if it fails. */
static bool time_command(const char *command, struct timing *out)
{
    double user = user_now_s(RUSAGE_CHILDREN);
    double wall = clock_now_s(CLOCK_MONOTONIC);
    fflush(stdout);
    int status = system(command);
    out->user_s = user_now_s(RUSAGE_CHILDREN) - user;
    out->wall_s = clock_now_s(CLOCK_MONOTONIC) - wall;
    return status == 0;
}

static bool is_installed(const char *program)
{
    char command[128];
    struct timing t;
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return time_command(command, &t);
}

/* A command's bytes, 1 or 255 where it sees the target, to the scene's cells. */
static void read_cells(const struct scene *s, const char *path)
{
    GDALDatasetH ds = GDALOpen(path, GA_ReadOnly);
    if (ds == NULL || GDALGetRasterXSize(ds) != s->g->n_cols ||
        GDALRasterIO(GDALGetRasterBand(ds, 1), GF_Read, 0, 0, s->g->n_cols, s->g->n_rows, s->cells,
                     s->g->n_cols, s->g->n_rows, GDT_Byte, 0, 0) != CE_None) {
        die(path);
    }
    GDALClose(ds);
    for (size_t i = 0; i < n_cells(s->g); i++) {
        s->cells[i] = s->cells[i] != 0 ? VG_VIEWSHED_VISIBLE : VG_VIEWSHED_HIDDEN;
    }
}

static void print_command(const struct scene *s, const char *what, double user_s, const char *dir,
                          double aim)
{
    char line[128];
    snprintf(line, sizeof line, "%s/shed.tif", dir);
    read_cells(s, line);
    printf("  %-24s %7.2f Mcells per user-s: exact is %.2f times as fast", what,
           mcells_of(s, user_s), user_s / s->exact_user_s);
    print_wrong(s);
    snprintf(line, sizeof line, "exact against %s", what);
    aim_scene(s, line, user_s / s->exact_user_s, "times", aim, aim_over);
}

static void bench_gdal_command(const struct scene *s, const char *dir)
{
    char command[512];
    struct timing t;
    double best_s = HUGE_VAL;
    snprintf(command, sizeof command,
             "gdal_viewshed -q -ox %.3f -oy %.3f -oz %g -tz 2 -cc 0.85714 %s/dem.tif %s/shed.tif",
             eye_x_m(s->g), eye_y_m(s->g), s->eye_m, dir, dir);
    for (int round = 0; round < ROUNDS; round++) {
        if (!time_command(command, &t)) {
            printf("  gdal_viewshed: not installed, or it failed\n");
            return;
        }
        best_s = fmin(best_s, t.user_s);
    }
    print_command(s, "gdal_viewshed", best_s, dir, s->aims.gdal_command);
}

/* Of the shell's own clock of its children, before and after r.viewshed alone. */
static double children_user_s(const char *dir, const char *name)
{
    char path[128];
    double minutes = 0.0;
    double seconds = 0.0;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    if (f == NULL || fscanf(f, "%*[^\n] %lfm%lfs", &minutes, &seconds) != 2) {
        die(path);
    }
    fclose(f);
    remove(path);
    return 60.0 * minutes + seconds;
}

static void bench_grass_command(const struct scene *s, const char *dir)
{
    char command[1536];
    struct timing t;
    if (!is_installed("grass")) {
        printf("  r.viewshed: not installed\n");
        return;
    }
    snprintf(
        command, sizeof command,
        "grass --tmp-location XY --exec sh -c '"
        "r.in.gdal -o --q input=%s/dem.tif output=dem && g.region raster=dem && "
        "times >%s/before && r.viewshed -bcr --q input=dem output=shed coordinates=%.3f,%.3f "
        "observer_elevation=%g target_elevation=2 refraction_coeff=0.14286 && times >%s/after && "
        "r.out.gdal -f --q --o input=shed output=%s/shed.tif type=Byte nodata=255' "
        ">/dev/null 2>&1",
        dir, dir, eye_x_m(s->g), eye_y_m(s->g), s->eye_m, dir, dir);
    if (!time_command(command, &t)) {
        printf("  r.viewshed failed\n");
        return;
    }
    double user_s = children_user_s(dir, "after") - children_user_s(dir, "before");
    print_command(s, "r.viewshed", user_s, dir, s->aims.grass);
}

static void bench_commands(const struct scene *s)
{
    static const char *const files[] = {"dem.tif", "shed.tif", "shed.tif.aux.xml",
                                        "dem.tif.aux.xml"};
    char dir[] = "/tmp/vigie-bench-XXXXXX";
    char path[64];
    if (mkdtemp(dir) == NULL) {
        die("no directory for the commands' files");
    }
    snprintf(path, sizeof path, "%s/dem.tif", dir);
    GDALClose(dataset_of(s->g, "GTiff", path));
    bench_gdal_command(s, dir);
    bench_grass_command(s, dir);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        remove(path);
    }
    rmdir(dir);
}

/* --- scenes --- */

static void bench_scene(const struct ground *g, double eye_m, struct aims aims)
{
    struct vg_viewshed_view v = view_of(g, eye_m);
    struct scene s = {.g = g,
                      .eye_m = eye_m,
                      .aims = aims,
                      .targets = targets_of(g, &v),
                      .cells = raster(n_cells(g))};
    size_t n_seen = 0;
    time_mode(&s, VG_VIEWSHED_EXACT, 1);
    for (size_t i = 0; i < n_cells(g); i++) {
        n_seen += s.cells[i];
    }
    printf("%s, %d x %d, eye %g m: %.2f %% seen\n", g->name, g->n_rows, g->n_cols, eye_m,
           100.0 * (double)n_seen / (double)n_cells(g));
    struct timing gdal = time_gdal(g, eye_m, s.cells);
    s.gdal_user_s = gdal.user_s;
    print_speed(&s, "GDAL in memory", gdal);
    print_wrong(&s);
    bench_exact(&s);
    bench_fast(&s);
    bench_variants(&s);
    bench_commands(&s);
    free(s.cells);
    free(s.targets.at);
    free(s.targets.needed_m);
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
    aim_under("memory of all, 6001 x 6001 float32 in, bytes out, 2 threads",
              (double)(after.ru_maxrss - before.ru_maxrss) * 1024.0 / ((double)N * N),
              "bytes a cell", 6.0);
    _exit(0);
}

int main(void)
{
    static const struct aims all = {
        .fast_mcells = 300.0, .gdal_in_memory = 1.0, .gdal_command = 1.2, .grass = 150.0};
    struct aims large = all;
    bench_memory();
    GDALAllRegister();
    struct ground g = fractal("made mountains", 4, 2001);
    bench_scene(&g, 100.0, all);
    bench_scene(&g, 3000.0, all);
    free(g.heights_m);
    g = fractal("made mountains", 2, 6001);
    large.exact_mcells = 400.0;
    bench_scene(&g, 100.0, large);
    large.exact_mcells = 100.0;
    large.threads = 1.8;
    bench_scene(&g, 3000.0, large);
    free(g.heights_m);
    g = real("Brindabella", "examples/brindabella/dem/S36E149_south_west.tif", 75.0, 92.5);
    bench_scene(&g, 100.0, all);
    bench_scene(&g, 3000.0, all);
    free(g.heights_m);
    g = real("Mali", "examples/mali/dem/mali_etopo5.tif", 8900.0, 9250.0);
    bench_scene(&g, 3000.0, (struct aims){0});
    free(g.heights_m);
    return 0;
}
