/* Watches at random (tests/prop/plan/random_watch.h), planned and checked: the ratio of each, and
 * how the ratios lie. A search has MOVES moves a thread; where its plan is over the aim it is made
 * anew with five times as many, and once more.
 *
 *   bench_random [FROM COUNT [MOVES]]   default 1 100 200000
 *   bench_random write SEED FOLDER      the texts of one and its plan, to look at with vigie itself
 */
#include "random_plan.h"

#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MOST = 100000,
    MOVES = 200000,
    EFFORTS = 3,
    MORE = 5 /* times the moves of the effort before */
};
static const double AIM = 1.5;
static const double LEAST = 0.999;

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

struct tally {
    double ratios[MOST];
    int n; /* planned */
    int refused; /* but for drones that come near each other */
    int near;
    int unplanned;
    int over[EFFORTS]; /* the aim, after each */
    uint64_t worst_seed;
    double worst;
    double least; /* below 1 a bound would be wrong */
};

static struct tally tally = {.least = HUGE_VAL};

static void run(uint64_t seed, int64_t moves)
{
    struct random_verdict v;
    clock_t t0 = clock();
    random_plan_judge(seed, moves, &v, NULL);
    for (int k = 0; k < EFFORTS && v.is_planned && v.ratio > AIM; k++) {
        tally.over[k]++;
        if (k + 1 < EFFORTS) {
            moves *= MORE;
            random_plan_judge(seed, moves, &v, NULL);
        }
    }
    double cpu_s = (double)(clock() - t0) / CLOCKS_PER_SEC;
    if (!v.is_planned) {
        tally.unplanned++;
        printf("seed %d: %s (%.2f s)\n", (int)seed, v.text, cpu_s);
        return;
    }
    tally.ratios[tally.n++] = v.ratio;
    tally.refused += !v.is_kept && !v.is_near;
    tally.near += v.is_near;
    tally.least = fmin(tally.least, v.ratio);
    if (v.ratio > tally.worst) {
        tally.worst = v.ratio;
        tally.worst_seed = seed;
    }
    printf("seed %d: %.3f; %.0f km, %d drones, %d sorties, %lld moves, %.2f s%s%s\n", (int)seed,
           v.ratio, v.line_km, v.n_drones, v.n_sorties, (long long)moves, cpu_s,
           v.is_kept ? "" : " REFUSED ", v.text);
    fflush(stdout);
}

static int summarise(void)
{
    qsort(tally.ratios, (size_t)tally.n, sizeof *tally.ratios, by_number);
    printf("%d planned, %d refused by the checker, %d for drones near each other, %d with nothing "
           "to plan; least %.3f, worst %.3f (seed %d); over %.1f: %d",
           tally.n, tally.refused, tally.near, tally.unplanned, tally.least, tally.worst,
           (int)tally.worst_seed, AIM, tally.over[EFFORTS - 1]);
    for (int k = EFFORTS - 2, less = MORE; k >= 0; k--, less *= MORE) {
        printf("%s%d with %d times fewer moves", k == EFFORTS - 2 ? " (" : ", ", tally.over[k],
               less);
    }
    printf(")");
    static const int SHARES[] = {50, 75, 90, 95, 99};
    for (int k = 0; k < 5 && tally.n > 0; k++) {
        printf("%s %d %%: %.3f", k == 0 ? "; ratios" : ",", SHARES[k],
               tally.ratios[(tally.n - 1) * SHARES[k] / 100]);
    }
    printf("\n");
    return tally.refused + tally.near > 0 || tally.worst > AIM || tally.least < LEAST;
}

static bool write_one(const char *folder, const char *name, const struct vg_buf *text, bool is_json)
{
    char path[512];
    struct vg_buf all = {0};
    struct vg_error err = {0};
    vg_format(path, sizeof path, "%s/%s", folder, name);
    vg_buf_puts(&all, is_json ? "{\"type\":\"FeatureCollection\",\"features\":[\n" : "");
    vg_buf_puts(&all, vg_buf_text(text));
    vg_buf_puts(&all, is_json ? "\n]}\n" : "");
    bool is_ok = vg_file_write(path, vg_buf_text(&all), all.n, &err) == VG_OK;
    vg_buf_finish(&all);
    return is_ok;
}

static int write_texts(uint64_t seed, const char *folder)
{
    struct random_watch texts;
    struct random_verdict v;
    struct vg_buf plan = {0};
    random_watch_write(seed, &texts);
    random_plan_judge(seed, MOVES, &v, &plan);
    bool is_ok = write_one(folder, "watch.yaml", &texts.yaml, false) &&
                 write_one(folder, "line.geojson", &texts.line, true) &&
                 write_one(folder, "zones.geojson", &texts.zones, true) &&
                 write_one(folder, "plan.json", &plan, false);
    vg_buf_finish(&plan);
    random_watch_finish(&texts);
    return is_ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "write") == 0) {
        return write_texts(strtoull(argv[2], NULL, 10), argv[3]);
    }
    uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
    int64_t moves = argc > 3 ? strtoll(argv[3], NULL, 10) : MOVES;
    for (uint64_t seed = from; seed < from + count && tally.n < MOST; seed++) {
        run(seed, moves);
    }
    return summarise();
}
