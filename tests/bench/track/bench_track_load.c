/* 20,000 objects under 200 cameras, 200 scans a second: what of one core that takes, what memory a
 * track. The scans are made here: objects that go, stop and turn on 32 x 32 km, cameras that
 * circle, noise, misses, clutter. */
#include "base/rng.h"
#include "track/track.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    OBJECTS = 20000,
    SIDE = 20, /* cameras: SIDE x 10 */
    SENSORS = 200,
    SECONDS = 40,
    WARM_S = 10,
    MOST = 4096,
    GRID = 64
};
#define WORLD_M 31600.0
#define SIZE_M 2400.0

struct world {
    struct vg_rng rng;
    double at[OBJECTS][4]; /* x, y, vx, vy */
    int head[GRID][GRID], next[OBJECTS];
    struct vg_measurement m[MOST];
    double corner[4][2];
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int cell(double x)
{
    int k = (int)(x / WORLD_M * GRID);
    return k < 0 ? 0 : k >= GRID ? GRID - 1 : k;
}

static void turn(struct world *w, double *o)
{
    double h = 6.283185307179586 * vg_rng_unit(&w->rng);
    double v =
        vg_rng_unit(&w->rng) < 0.5 ? 1 + vg_rng_unit(&w->rng) : 5 + 15 * vg_rng_unit(&w->rng);
    v = vg_rng_unit(&w->rng) < 0.1 ? 0 : v;
    o[2] = v * cos(h);
    o[3] = v * sin(h);
}

/* All objects dt on; one in forty seconds turns, stops or starts. */
static void move(struct world *w, double dt_s)
{
    for (int i = 0; i < GRID * GRID; i++) {
        w->head[i / GRID][i % GRID] = -1;
    }
    for (int i = 0; i < OBJECTS; i++) {
        double *o = w->at[i];
        o[0] += dt_s * o[2];
        o[1] += dt_s * o[3];
        if (vg_rng_unit(&w->rng) < dt_s / 40) {
            turn(w, o);
        }
        int *head = &w->head[cell(o[1])][cell(o[0])];
        w->next[i] = *head;
        *head = i;
    }
}

static void put(struct world *w, struct vg_scan *s, double x, double y)
{
    if (s->n < MOST) {
        w->m[s->n++] = (struct vg_measurement){
            .kind = VG_MEASURED_POSITION, .x_m = x, .y_m = y, .cov_m2 = {16, 0, 36}};
    }
}

static struct vg_scan look(struct world *w, int sensor, double t_s)
{
    double h = 0.07 * t_s + sensor;
    double x = (sensor % SIDE + 0.5) * WORLD_M / SIDE + 150 * cos(h) - SIZE_M / 2;
    double y =
        ((double)(sensor / SIDE) + 0.5) * WORLD_M / (SENSORS / SIDE) + 150 * sin(h) - SIZE_M / 2;
    const double corner[4][2] = {
        {x, y}, {x + SIZE_M, y}, {x + SIZE_M, y + SIZE_M}, {x, y + SIZE_M}};
    for (int i = 0; i < 8; i++) {
        w->corner[i / 2][i % 2] = corner[i / 2][i % 2];
    }
    struct vg_scan s = {.t_s = t_s,
                        .sensor = (uint32_t)sensor,
                        .footprint_m = (const double(*)[2])w->corner,
                        .n_footprint = 4,
                        .pd = 0.85,
                        .clutter_per_m2 = 15 / (SIZE_M * SIZE_M),
                        .measurements = w->m};
    for (int r = cell(y); r <= cell(y + SIZE_M); r++) {
        for (int c = cell(x); c <= cell(x + SIZE_M); c++) {
            for (int i = w->head[r][c]; i >= 0; i = w->next[i]) {
                const double *o = w->at[i];
                if (o[0] > x && o[0] < x + SIZE_M && o[1] > y && o[1] < y + SIZE_M &&
                    vg_rng_unit(&w->rng) < s.pd) {
                    put(w, &s, o[0] + 4 * vg_rng_normal(&w->rng),
                        o[1] + 6 * vg_rng_normal(&w->rng));
                }
            }
        }
    }
    for (int i = 0; i < 15; i++) {
        put(w, &s, x + SIZE_M * vg_rng_unit(&w->rng), y + SIZE_M * vg_rng_unit(&w->rng));
    }
    return s;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void aim(const char *what, double figure, const char *unit, double most)
{
    printf("aim: track load, %s: %.4g %s (aim: at most %g), %.2f times the aim, %s\n", what, figure,
           unit, most, most / figure, figure <= most ? "reached" : "NOT REACHED");
}

int main(void)
{
    static struct world w;
    static double ms[SECONDS * SENSORS];
    struct vg_tracker *tracker = NULL;
    struct vg_error err = {0};
    double sum = 0, measured = 0;
    size_t n = 0;
    w.rng = vg_rng_seed(1);
    for (int i = 0; i < OBJECTS; i++) {
        w.at[i][0] = WORLD_M * vg_rng_unit(&w.rng);
        w.at[i][1] = WORLD_M * vg_rng_unit(&w.rng);
        turn(&w, w.at[i]);
    }
    if (vg_tracker_new(NULL, &tracker, &err) != VG_OK) {
        return 1;
    }
    for (int k = 0; k < SECONDS * SENSORS; k++) {
        double t_s = (double)k / SENSORS;
        if (k % 20 == 0) {
            move(&w, 20.0 / SENSORS);
        }
        struct vg_scan s = look(&w, k * 77 % SENSORS, t_s);
        double from = now_s();
        if (vg_tracker_scan(tracker, &s, &err) != VG_OK) {
            printf("failed: %s\n", err.message);
            return 1;
        }
        if (t_s >= WARM_S) {
            ms[n] = 1e3 * (now_s() - from);
            sum += ms[n++];
            measured += (double)s.n;
        }
    }
    struct vg_track_stats st = vg_tracker_stats(tracker);
    qsort(ms, n, sizeof *ms, by_size);
    printf(
        "%d objects, %d scans a second, %.0f measurements a scan: %.3f ms a scan, p99 %.3f, most "
        "%.3f; %zu tracks (%zu tentative), %.1f MB\n",
        OBJECTS, SENSORS, measured / (double)n, sum / (double)n, ms[n * 99 / 100], ms[n - 1],
        st.tracks, st.tentative, 1e-6 * (double)st.bytes);
    aim("of one core", 100 * sum / 1e3 / (SECONDS - WARM_S), "%", 50);
    aim("bytes a track", (double)st.bytes / (double)st.peak_tracks, "", 2000);
    vg_tracker_free(tracker);
    return 0;
}
