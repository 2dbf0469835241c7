/* The tracker against the textbook's (tests/oracle/track): better than both where objects walk
 * close together in clutter. And these against what is known of them. */
#include "hungarian.h"
#include "plain.h"
#include "scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    MOST = 200,
    SECONDS = 90
};
#define CUTOFF_M 20.0

static double permuted(const double *cost, size_t n, size_t row, unsigned used)
{
    double best = row == n ? 0 : HUGE_VAL;
    for (size_t j = 0; row < n && j < n; j++) {
        if ((used & (1u << j)) == 0) {
            best = fmin(best, cost[row * n + j] + permuted(cost, n, row + 1, used | (1u << j)));
        }
    }
    return best;
}

static void the_assignment_is_the_best_of_all(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(5);
    for (int trial = 0; trial < 200; trial++) {
        double cost[36], sum = 0;
        size_t column[6];
        for (int k = 0; k < 36; k++) {
            cost[k] = 20 * vg_rng_unit(&rng) - 10;
        }
        hungarian(cost, 6, 6, column);
        for (size_t i = 0; i < 6; i++) {
            sum += cost[i * 6 + column[i]];
        }
        assert_true(fabs(sum - permuted(cost, 6, 0, 0)) < 1e-9);
    }
}

/* Squared GOSPA, p = 2, alpha = 2 (Rahmathullah, Garcia-Fernandez, Svensson, FUSION 2017): rows of
 * truths, a column for each track and each truth missed. */
static double gospa2(const struct scene *s, double t_s, const struct vg_track *k, size_t n)
{
    double half = 0.5 * CUTOFF_M * CUTOFF_M, sum = 0;
    size_t m = n + s->n, column[SCENE_MOST], met = 0;
    double *cost = calloc(s->n * m, sizeof *cost);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t j = 0; j < m; j++) {
            double dx = j < n ? s->at[i][0] + t_s * s->at[i][2] - k[j].x_m : HUGE_VAL;
            double dy = j < n ? s->at[i][1] + t_s * s->at[i][3] - k[j].y_m : 0;
            cost[i * m + j] = fmin(dx * dx + dy * dy, 2 * half);
        }
    }
    hungarian(cost, s->n, m, column);
    for (size_t i = 0; i < s->n; i++) {
        double c = cost[i * m + column[i]];
        met += c < 2 * half;
        sum += c < 2 * half ? c : 0;
    }
    free(cost);
    return sum + half * (double)(s->n - met) + half * (double)(n - met);
}

/* Root of the mean squared GOSPA of an object: groups of four 5 m apart, in clutter. kind -1: ours.
 */
static double score_of(int kind, uint64_t seed)
{
    struct scene s = {.rng = vg_rng_seed(seed),
                      .n = 20,
                      .sd_m = 4,
                      .pd = 0.75,
                      .clutter = 25,
                      .low = {-500, -500},
                      .high = {500, 500}};
    struct vg_tracker *ours = NULL;
    struct plain *plain = kind >= 0 ? plain_new((enum plain_kind)kind) : NULL;
    static struct vg_track tracks[MOST];
    double sum = 0;
    for (size_t i = 0; i < s.n; i++) {
        size_t g = i / 4;
        s.at[i][0] = -300 + 120.0 * (double)g + 5.0 * (double)(i % 2);
        s.at[i][1] = -200 + 90.0 * (double)g + 5.0 * (double)(i % 4 / 2);
        s.at[i][2] = 1.2 - 0.5 * (double)g;
        s.at[i][3] = 0.8 * (g % 2 == 0 ? 1 : -1);
    }
    assert_int_equal(vg_tracker_new(NULL, &ours, NULL), VG_OK);
    for (int t = 0; t < SECONDS; t++) {
        struct vg_scan scan = scene_scan(&s, t);
        if (plain != NULL) {
            plain_scan(plain, &scan);
        } else {
            assert_int_equal(vg_tracker_scan(ours, &scan, NULL), VG_OK);
        }
        size_t n = plain != NULL ? plain_tracks(plain, t, tracks, MOST)
                                 : vg_tracker_tracks(ours, t, false, tracks, MOST);
        sum += gospa2(&s, t, tracks, n < MOST ? n : MOST);
    }
    vg_tracker_free(ours);
    if (plain != NULL) {
        plain_free(plain);
    }
    return sqrt(sum / (SECONDS * (double)s.n));
}

static void ours_is_better_than_both(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        double ours = score_of(-1, seed), gnn = score_of(PLAIN_GNN, seed),
               jpda = score_of(PLAIN_JPDA, seed);
        print_message("seed %d: ours %.2f m, GNN %.2f m, JPDA %.2f m\n", (int)seed, ours, gnn,
                      jpda);
        assert_true(ours < gnn && ours < jpda);
        assert_true(gnn < 14 && jpda < 14); /* 14.14: who tells nothing at all */
    }
}

/* One object, no clutter, always seen: both are the Kalman filter, whose error is under that of one
 * measurement (4 m each axis) and whose covariance holds it. */
static void alone_both_are_the_kalman_filter(void **state)
{
    (void)state;
    for (int kind = PLAIN_GNN; kind <= PLAIN_JPDA; kind++) {
        struct scene s = {.rng = vg_rng_seed(9),
                          .n = 1,
                          .at = {{-400, 0, 9, 1}},
                          .sd_m = 4,
                          .pd = 1,
                          .low = {-500, -500},
                          .high = {500, 500}};
        struct plain *plain = plain_new((enum plain_kind)kind);
        struct vg_track k[2];
        double sum = 0;
        for (int t = 0; t < SECONDS; t++) {
            struct vg_scan scan = scene_scan(&s, t);
            scan.pd = 0.99;
            plain_scan(plain, &scan);
            size_t n = plain_tracks(plain, t, k, 2);
            assert_int_equal(n, t < 3 ? 0 : 1); /* four of six looks */
            double dx = k[0].x_m - (-400 + 9.0 * t), dy = k[0].y_m - t;
            sum += t >= 10 ? (dx * dx + dy * dy) / (k[0].cov[0] + k[0].cov[4]) / (SECONDS - 10) : 0;
        }
        assert_true(k[0].cov[0] < 16);
        assert_true(sum > 0.5 && sum < 1.5); /* mean of 80 normalised squares: 1 */
        plain_free(plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_assignment_is_the_best_of_all),
        cmocka_unit_test(alone_both_are_the_kalman_filter),
        cmocka_unit_test(ours_is_better_than_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
