/* A gigabyte of elevation: 40 tiles of one arc second as NASA ships them, made in a temporary
 * folder and removed. Times are of this process on the processor; each figure is the best of some
 * rounds, so that a busy machine counts less. References in the same run: GDAL's RasterIO for each
 * point, and a plain loop over an array that is in memory whole. */
#include "aim.h"
#include "base/rng.h"
#include "geo/geodesy.h"
#include "terrain/terrain.h"

#include <gdal.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SIDE = 3601,
    N_LAT = 5,
    N_LON = 8,
    N_TILES = N_LAT * N_LON,
    SOUTH = 12,
    WEST = -14,
    N_POINTS = 1 << 21,
    ROUNDS = 5
};

static char folder[256];
static char paths[N_TILES][320];
static double lat[N_POINTS];
static double lon[N_POINTS];
static float out[N_POINTS];

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu_s(void)
{
    return now_s(CLOCK_PROCESS_CPUTIME_ID);
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* Hills from whole numbers: cheap, and rough enough that nothing compresses. */
static int hill(int row, int col)
{
    int a = (row % 512) - 256;
    int b = (col % 384) - 192;
    return 300 + (a < 0 ? -a : a) + (b < 0 ? -b : b) + ((row * 31 + col * 17) & 15);
}

static void write_tile(int i)
{
    static uint8_t row[SIDE * 2];
    int tile_lat = SOUTH + i / N_LON;
    int tile_lon = WEST + i % N_LON;
    (void)snprintf(paths[i], sizeof paths[i], "%s/N%02dW%03d.hgt", folder, tile_lat, -tile_lon);
    FILE *f = fopen(paths[i], "wb");
    if (f == NULL) {
        die("cannot write the tiles");
    }
    for (int r = 0; r < SIDE; r++) {
        for (int c = 0; c < SIDE; c++) {
            int h = hill((N_LAT - 1 - i / N_LON) * 3600 + r, i % N_LON * 3600 + c);
            row[2 * c] = (uint8_t)(h >> 8);
            row[2 * c + 1] = (uint8_t)h;
        }
        if (fwrite(row, 2, SIDE, f) != SIDE) {
            die("cannot write the tiles");
        }
    }
    fclose(f);
}

static void remove_all(void)
{
    char command[400];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) {
        fprintf(stderr, "left behind: %s\n", folder);
    }
}

static struct vg_terrain *open_tiles(void)
{
    static struct vg_terrain_file files[N_TILES];
    char cache[300];
    (void)snprintf(cache, sizeof cache, "%s/cache", folder);
    struct vg_terrain_options options = {cache, INT64_C(64) << 20};
    struct vg_terrain *t = NULL;
    struct vg_error err = {0};
    for (int i = 0; i < N_TILES; i++) {
        files[i].path = paths[i];
    }
    if (vg_terrain_open_files(files, N_TILES, &options, &t, &err) != VG_OK) {
        remove_all();
        die(err.message);
    }
    return t;
}

static long own_mib(void)
{
    char line[200];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "RssAnon: %ld", &kib) == 1) {
            break;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return kib / 1024;
}

/* --- references --- */

/* Four centres through GDAL for each point, on one tile. */
static double rasterio_per_s(int n)
{
    GDALDatasetH ds = GDALOpen(paths[0], GA_ReadOnly);
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    struct vg_rng rng = vg_rng_seed(7);
    double sum = 0.0;
    double t0 = cpu_s();
    for (int i = 0; i < n; i++) {
        int16_t h[4];
        int x = (int)vg_rng_below(&rng, SIDE - 1);
        int y = (int)vg_rng_below(&rng, SIDE - 1);
        if (GDALRasterIO(band, GF_Read, x, y, 2, 2, h, 2, 2, GDT_Int16, 0, 0) != CE_None) {
            die("GDALRasterIO");
        }
        sum += h[0];
    }
    double s = cpu_s() - t0;
    GDALClose(ds);
    return sum > 0.0 ? n / s : 0.0;
}

struct array {
    int n_cols;
    int n_rows;
    int16_t *h;
};

/* All tiles as one array, row after row. */
static struct array whole_array(void)
{
    struct array a = {N_LON * 3600 + 1, N_LAT * 3600 + 1, NULL};
    a.h = malloc((size_t)a.n_cols * (size_t)a.n_rows * sizeof *a.h);
    for (int r = 0; a.h != NULL && r < a.n_rows; r++) {
        for (int c = 0; c < a.n_cols; c++) {
            a.h[(size_t)r * (size_t)a.n_cols + (size_t)c] = (int16_t)hill(r, c);
        }
    }
    return a;
}

/* Bilinear with no bounds, voids or datum to look after. */
static double array_per_s(const struct array *a)
{
    double best = HUGE_VAL;
    for (int k = 0; k < ROUNDS; k++) {
        double t0 = cpu_s();
        for (int i = 0; i < N_POINTS; i++) {
            double y = (SOUTH + N_LAT - lat[i]) * 3600.0;
            double x = (lon[i] - WEST) * 3600.0;
            size_t r = (size_t)y;
            size_t c = (size_t)x;
            double fy = y - (double)r;
            double fx = x - (double)c;
            const int16_t *p = a->h + r * (size_t)a->n_cols + c;
            const int16_t *q = p + a->n_cols;
            double top = p[0] + fx * (p[1] - p[0]);
            double low = q[0] + fx * (q[1] - q[0]);
            out[i] = (float)(top + fy * (low - top));
        }
        best = fmin(best, cpu_s() - t0);
    }
    return N_POINTS / best;
}

/* --- points --- */

static void scatter(void)
{
    struct vg_rng rng = vg_rng_seed(1);
    for (int i = 0; i < N_POINTS; i++) {
        lat[i] = SOUTH + N_LAT * (0.001 + 0.998 * vg_rng_unit(&rng));
        lon[i] = WEST + N_LON * (0.001 + 0.998 * vg_rng_unit(&rng));
    }
}

/* Straight lines of 80 km in any direction, a point every 10 m. */
static void fly(void)
{
    enum {
        PER_LINE = 8192
    };
    struct vg_rng rng = vg_rng_seed(2);
    for (int i = 0; i < N_POINTS; i += PER_LINE) {
        double lat0 = SOUTH + 1.0 + (N_LAT - 2) * vg_rng_unit(&rng);
        double lon0 = WEST + 1.0 + (N_LON - 2) * vg_rng_unit(&rng);
        double turn = 6.283185307 * vg_rng_unit(&rng);
        for (int k = 0; k < PER_LINE; k++) {
            lat[i + k] = lat0 + k * 9e-5 * sin(turn);
            lon[i + k] = lon0 + k * 9e-5 * cos(turn);
        }
    }
}

static double heights_per_s(const struct vg_terrain *t)
{
    double best = HUGE_VAL;
    for (int k = 0; k < ROUNDS; k++) {
        double t0 = cpu_s();
        vg_terrain_heights(t, lat, lon, N_POINTS, out);
        best = fmin(best, cpu_s() - t0);
    }
    return N_POINTS / best;
}

static double one_by_one_per_s(const struct vg_terrain *t)
{
    double best = HUGE_VAL;
    for (int k = 0; k < ROUNDS; k++) {
        double t0 = cpu_s();
        for (int i = 0; i < N_POINTS; i++) {
            out[i] = (float)vg_terrain_height_msl_m(t, lat[i], lon[i]);
        }
        best = fmin(best, cpu_s() - t0);
    }
    return N_POINTS / best;
}

static double profile_per_s(const struct vg_terrain *t)
{
    double best = HUGE_VAL;
    for (int k = 0; k < ROUNDS; k++) {
        double t0 = cpu_s();
        for (int i = 0; i < 64; i++) {
            double a = 12.5 + 0.05 * i;
            vg_terrain_profile(t, a, -13.5, a + 0.5, -13.0, N_POINTS / 256, out, NULL);
        }
        best = fmin(best, cpu_s() - t0);
    }
    return N_POINTS / 4.0 / best;
}

static double normals_per_s(const struct vg_terrain *t)
{
    static float n[65536][3];
    double best = HUGE_VAL;
    for (int k = 0; k < ROUNDS; k++) {
        double t0 = cpu_s();
        vg_terrain_normals(t, lat, lon, 65536, n);
        best = fmin(best, cpu_s() - t0);
    }
    return 65536 / best;
}

static void say(const char *what, double per_s, const char *reference, double reference_per_s)
{
    printf("%s: %.1f million/s (reference: %s %.2f million/s, %.2f times)\n", what, per_s / 1e6,
           reference, reference_per_s / 1e6, per_s / reference_per_s);
}

int main(void)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%s/vigie-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(folder) == NULL) {
        die("cannot make a temporary folder");
    }
    for (int i = 0; i < N_TILES; i++) {
        write_tile(i);
    }
    memset(out, 1, sizeof out);
    scatter();
    long before_mib = own_mib();
    double t0 = now_s(CLOCK_MONOTONIC);
    struct vg_terrain *t = open_tiles();
    double first_s = now_s(CLOCK_MONOTONIC) - t0;
    vg_terrain_destroy(t);
    t0 = now_s(CLOCK_MONOTONIC);
    t = open_tiles();
    double second_s = now_s(CLOCK_MONOTONIC) - t0;
    double gb = (double)N_TILES * SIDE * SIDE * 2.0 / 1e9;
    printf("%.2f GB in %d tiles: first start %.1f s, second %.0f ms (reference: the first, %.0f "
           "times)\n",
           gb, N_TILES, first_s, second_s * 1e3, first_s / second_s);
    double gdal = rasterio_per_s(200000);
    struct array a = whole_array();
    if (a.h == NULL) {
        die("out of memory");
    }
    double plain = array_per_s(&a);
    double random = heights_per_s(t);
    say("heights, random points over all of it", random, "GDALRasterIO per point", gdal);
    say("heights, random points over all of it", random, "a plain array in memory", plain);
    aim_over("heights, random points over 1 GB of tiles", random / 1e6, "million/s", 20.0);
    say("heights, random points one by one", one_by_one_per_s(t), "a plain array in memory", plain);
    say("normals, random points", normals_per_s(t), "GDALRasterIO per height", gdal / 4.0);
    fly();
    plain = array_per_s(&a);
    double lines = heights_per_s(t);
    say("heights, along flight lines", lines, "a plain array in memory", plain);
    aim_over("heights, along flight lines over 1 GB of tiles", lines / 1e6, "million/s", 100.0);
    say("heights, along flight lines one by one", one_by_one_per_s(t), "a plain array in memory",
        plain);
    say("profiles along geodesics", profile_per_s(t), "a plain array in memory, ready positions",
        plain);
    free(a.h);
    printf("memory of its own: %ld MiB more than before, of a budget of 64 MiB\n",
           own_mib() - before_mib);
    vg_terrain_destroy(t);
    remove_all();
    return 0;
}
