/* The cache of decoded elevation, memory, and many threads. */
#include "base/rng.h"
#include "dem.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static double ramp(void *ctx, double x, double y)
{
    const double *up = ctx;
    return floor(*up + 1000.0 * (y - 14.0) + 500.0 * (x + 12.0));
}

static const char *write_ramp(int n, double up, GDALDataType type, const char *name)
{
    struct dem d = {-12.0, 15.0, 1.0 / n, n, n, NULL, type, -9999.0, ramp, &up};
    return dem_write(&d, "GTiff", name);
}

static struct vg_terrain *open_cached(const char *path)
{
    struct vg_terrain_file f = {path, VG_VDATUM_FILE};
    struct vg_terrain_options o = {dem_path("cache/deep"), 1 << 20};
    return dem_open(&f, 1, &o);
}

/* At a cell's centre the floor is what the file holds. */
static double at_centre(const struct vg_terrain *t, int n, int row, int col)
{
    return vg_terrain_height_msl_m(t, 15.0 - (row + 0.5) / n, -12.0 + (col + 0.5) / n);
}

static int n_files(const char *folder, const char *suffix)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        size_t len = strlen(e->d_name);
        size_t k = strlen(suffix);
        n += len > k && strcmp(e->d_name + len - k, suffix) == 0;
    }
    if (d != NULL) {
        closedir(d);
    }
    return n;
}

static char *only_file(const char *folder, char *buf, size_t size)
{
    DIR *d = opendir(folder);
    buf[0] = '\0';
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (e->d_name[0] != '.') {
            (void)snprintf(buf, size, "%s/%s", folder, e->d_name);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    return buf;
}

/* A second start reads the cache and not the file: the file's bytes are spoilt, its size and time
 * of change are not, and the heights are those of before. With another time of change it is read
 * again.
 */
static void a_second_start_decodes_nothing(void **state)
{
    (void)state;
    const char *path = write_ramp(300, 100.0, GDT_Int16, "a.tif");
    struct vg_terrain *t = open_cached(path);
    struct vg_terrain_source s;
    vg_terrain_describe(t, 0, &s);
    assert_true(s.is_cached);
    double before = at_centre(t, 300, 100, 200);
    vg_terrain_destroy(t);
    assert_int_equal(n_files(dem_path("cache/deep"), ".vgdem"), 1);
    assert_int_equal(n_files(dem_path("cache/deep"), ".part"), 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    fseek(f, 1000, SEEK_SET); /* within the heights; the tags of so small a file stand before */
    for (int i = 0; i < 100000; i++) {
        fputc(7, f);
    }
    fclose(f);
    struct timespec times[2] = {st.st_atim, st.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    t = open_cached(path);
    near_to(at_centre(t, 300, 100, 200), before, 0.0);
    vg_terrain_destroy(t);
    times[1].tv_nsec = (times[1].tv_nsec + 1000000) % 1000000000;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    t = open_cached(path);
    near_to(at_centre(t, 300, 100, 200), 7.0 * 257.0, 0.0); /* 0x0707 */
    vg_terrain_destroy(t);
    assert_int_equal(n_files(dem_path("cache/deep"), ".vgdem"), 2);
    dem_clean();
}

static void a_spoilt_cache_file_is_made_again(void **state)
{
    (void)state;
    char name[700];
    const char *path = write_ramp(300, 100.0, GDT_Int16, "a.tif");
    vg_terrain_destroy(open_cached(path));
    only_file(dem_path("cache/deep"), name, sizeof name);
    struct stat st;
    assert_int_equal(stat(name, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(truncate(name, st.st_size / 2), 0);
    /* And what a crash leaves behind. */
    char part[720];
    (void)snprintf(part, sizeof part, "%s.part", name);
    FILE *f = fopen(part, "wb");
    assert_non_null(f);
    fputs("half", f);
    fclose(f);
    struct vg_terrain *t = open_cached(path);
    /* 100 + 1000 (1 - 100.5 / 300) + 500 x 200.5 / 300 = 1099.17 */
    near_to(at_centre(t, 300, 100, 200), 1099.0, 0.0);
    vg_terrain_destroy(t);
    f = fopen(name, "r+b");
    assert_non_null(f);
    fputs("not a cache file of ours", f);
    fclose(f);
    t = open_cached(path);
    near_to(at_centre(t, 300, 100, 200), 1099.0, 0.0);
    vg_terrain_destroy(t);
    dem_clean();
}

static void old_files_go(void **state)
{
    (void)state;
    vg_terrain_destroy(open_cached(write_ramp(40, 1.0, GDT_Int16, "a.tif")));
    char name[700];
    only_file(dem_path("cache/deep"), name, sizeof name);
    struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, name, old, 0), 0);
    vg_terrain_destroy(open_cached(write_ramp(40, 2.0, GDT_Int16, "b.tif")));
    assert_int_equal(access(name, F_OK), -1);
    assert_int_equal(n_files(dem_path("cache/deep"), ".vgdem"), 1);
    dem_clean();
}

/* Fill depends on what lies beneath: with the coarse file changed the fine one's layer is another.
 */
static void what_lies_beneath_counts(void **state)
{
    (void)state;
    double up = 0.0;
    struct dem coarse = {-13.0, 16.0, 0.1, 30, 30, NULL, GDT_Float32, -9999.0, ramp, &up};
    struct vg_terrain_file f[2] = {{write_ramp(100, 100.0, GDT_Int16, "fine.tif"), VG_VDATUM_FILE},
                                   {dem_write(&coarse, "GTiff", "c.tif"), VG_VDATUM_FILE}};
    struct vg_terrain_options o = {dem_path("cache"), 0};
    struct vg_terrain *t = dem_open(f, 2, &o);
    double beside = vg_terrain_height_msl_m(t, 14.5, -12.05);
    vg_terrain_destroy(t);
    up = 500.0;
    f[1].path = dem_write(&coarse, "GTiff", "c2.tif");
    t = dem_open(f, 2, &o);
    assert_true(vg_terrain_height_msl_m(t, 14.5, -12.05) > beside + 50.0);
    vg_terrain_destroy(t);
    dem_clean();
}

static void without_a_folder_memory_serves(void **state)
{
    (void)state;
    struct vg_terrain_file f = {write_ramp(300, 100.0, GDT_Int16, "a.tif"), VG_VDATUM_FILE};
    FILE *in_the_way = fopen(dem_path("file"), "wb");
    assert_non_null(in_the_way);
    fclose(in_the_way);
    struct vg_terrain_options o = {dem_path("file/cache"), 1 << 20};
    struct vg_terrain *t = dem_open(&f, 1, &o);
    struct vg_terrain_source s;
    vg_terrain_describe(t, 0, &s);
    assert_false(s.is_cached);
    near_to(at_centre(t, 300, 100, 200), 1099.0, 0.0);
    vg_terrain_destroy(t);
    o.memory_bytes = 100000; /* 300 x 300 x 2 is more */
    struct vg_error err = {0};
    t = NULL;
    assert_int_equal(vg_terrain_open_files(&f, 1, &o, &t, &err), VG_E_FULL);
    assert_null(t);
    assert_non_null(strstr(err.message, "MiB"));
    dem_clean();
}

/* Memory of our own (not the pages of files, which the system may drop), in KiB. */
static long own_memory_kib(void)
{
    long kib = -1;
    char line[200];
    FILE *f = fopen("/proc/self/status", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "RssAnon: %ld", &kib) == 1) {
            break;
        }
    }
    fclose(f);
    assert_true(kib > 0);
    return kib;
}

/* 3,000 x 3,000 floats are 36 MB; they lie in the cache and cost nothing of the budget of 1 MiB. In
 * a process of its own, where nothing else has allocated. */
static void the_budget_is_kept(void **state)
{
    (void)state;
    const char *path = write_ramp(3000, 100.0, GDT_Float32, "large.tif");
    vg_terrain_destroy(open_cached(path));
    long before = own_memory_kib();
    struct vg_terrain *t = open_cached(path);
    double sum = 0.0;
    for (int r = 0; r < 2999; r += 3) {
        for (int c = 0; c < 2999; c += 3) {
            sum += at_centre(t, 3000, r, c);
        }
    }
    assert_true(sum > 0.0);
    long after = own_memory_kib();
    if (after - before > 4096) {
        fail_msg("%ld KiB of its own", after - before);
    }
    vg_terrain_destroy(t);
    dem_clean();
}

/* Two processes that start at once make one file. */
static void two_processes_share_the_work(void **state)
{
    (void)state;
    const char *path = write_ramp(1000, 100.0, GDT_Int16, "a.tif");
    pid_t child[2];
    for (int i = 0; i < 2; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            struct vg_terrain *t = open_cached(path);
            /* 100 + 1000 (1 - 0.5005) + 500 x 0.5005 = 849.75 */
            bool is_ok = fabs(at_centre(t, 1000, 500, 500) - 849.0) < 1e-9;
            vg_terrain_destroy(t);
            _exit(is_ok ? 0 : 1);
        }
    }
    for (int i = 0; i < 2; i++) {
        int rc = -1;
        assert_int_equal(waitpid(child[i], &rc, 0), child[i]);
        assert_int_equal(rc, 0);
    }
    assert_int_equal(n_files(dem_path("cache/deep"), ".vgdem"), 1);
    assert_int_equal(n_files(dem_path("cache/deep"), ".part"), 0);
    dem_clean();
}

enum {
    N = 20000,
    N_THREADS = 4
};
struct work {
    const struct vg_terrain *t;
    const double *lat;
    const double *lon;
    float h[N];
};

static void *sample_all(void *arg)
{
    struct work *w = arg;
    for (int k = 0; k < 10; k++) {
        vg_terrain_heights(w->t, w->lat, w->lon, N, w->h);
    }
    return NULL;
}

static void threads_read_the_same(void **state)
{
    (void)state;
    static double lat[N];
    static double lon[N];
    static struct work work[N_THREADS];
    static float want[N];
    pthread_t thread[N_THREADS];
    struct vg_terrain *t = open_cached(write_ramp(1000, 100.0, GDT_Int16, "a.tif"));
    struct vg_rng rng = vg_rng_seed(4);
    for (int i = 0; i < N; i++) {
        lat[i] = 14.001 + 0.998 * vg_rng_unit(&rng);
        lon[i] = -11.999 + 0.998 * vg_rng_unit(&rng);
        want[i] = (float)vg_terrain_height_msl_m(t, lat[i], lon[i]);
    }
    for (int i = 0; i < N_THREADS; i++) {
        work[i] = (struct work){.t = t, .lat = lat, .lon = lon};
        assert_int_equal(pthread_create(&thread[i], NULL, sample_all, &work[i]), 0);
    }
    for (int i = 0; i < N_THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_memory_equal(work[i].h, want, sizeof want);
    }
    vg_terrain_destroy(t);
    dem_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_start_decodes_nothing),
        cmocka_unit_test(a_spoilt_cache_file_is_made_again),
        cmocka_unit_test(old_files_go),
        cmocka_unit_test(what_lies_beneath_counts),
        cmocka_unit_test(without_a_folder_memory_serves),
        cmocka_unit_test(the_budget_is_kept),
        cmocka_unit_test(two_processes_share_the_work),
        cmocka_unit_test(threads_read_the_same),
    };
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    dem_clean();
    return rc;
}
