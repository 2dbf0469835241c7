/* Prediction, update and mixtures, against plain matrix arithmetic and against sampling. */
#include "base/rng.h"
#include "track/motion.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int AT[4][4] = {{0, 1, 2, 3}, {1, 4, 5, 6}, {2, 5, 7, 8}, {3, 6, 8, 9}};

static const struct vg_gauss SOME = {{10, -4, 3, 1.5}, {9, 2, 1, 0.5, 7, -0.4, 0.8, 4, 0.3, 3}};

/* The textbook: F P F' + Q with F and Q written out for constant velocity. */
static void constant_velocity_is_the_textbook(void **state)
{
    (void)state;
    struct vg_gauss g = SOME;
    double dt = 1.7, q = 0.6, out[4][4];
    const double f[4][4] = {{1, 0, dt, 0}, {0, 1, 0, dt}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            bool same_axis = i % 2 == j % 2;
            out[i][j] = !same_axis       ? 0
                        : i < 2 && j < 2 ? q * dt * dt * dt / 3
                        : i < 2 || j < 2 ? q * dt * dt / 2
                                         : q * dt;
            for (int a = 0; a < 4; a++) {
                for (int b = 0; b < 4; b++) {
                    out[i][j] += f[i][a] * SOME.p[AT[a][b]] * f[j][b];
                }
            }
        }
    }
    vg_gauss_predict(&g, dt, 0, q);
    assert_true(fabs(g.x[0] - 15.1) < 1e-12 && fabs(g.x[1] + 1.45) < 1e-12);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            assert_true(fabs(g.p[AT[i][j]] - out[i][j]) < 1e-12);
        }
    }
}

/* Ornstein-Uhlenbeck: two half steps are one step; and the variance of velocity tends to q / (2
 * decay). */
static void a_decaying_velocity_is_a_semigroup(void **state)
{
    (void)state;
    struct vg_gauss one = SOME, two = SOME;
    vg_gauss_predict(&one, 8, 0.3, 0.9);
    vg_gauss_predict(&two, 3, 0.3, 0.9);
    vg_gauss_predict(&two, 5, 0.3, 0.9);
    for (int i = 0; i < 4; i++) {
        assert_true(fabs(one.x[i] - two.x[i]) < 1e-10);
    }
    for (int i = 0; i < 10; i++) {
        assert_true(fabs(one.p[i] - two.p[i]) < 1e-9);
    }
    vg_gauss_predict(&one, 1000, 0.3, 0.9);
    assert_true(fabs(one.p[7] - 1.5) < 1e-9 && fabs(one.p[9] - 1.5) < 1e-9 &&
                fabs(one.x[2]) < 1e-9);
}

/* Information form, independent of the gain: inverse(P') = inverse(P) + H' inverse(R) H, here for x
 * alone: the posterior is the product of two normal densities, so its mean is where the log
 * density's gradient is nought. */
static void an_update_is_the_product_of_densities(void **state)
{
    (void)state;
    struct vg_gauss g = SOME;
    const double z[2] = {14, -9}, r[3] = {16, 5, 12};
    vg_gauss_update(&g, z, r);
    /* P inverse(P) = 1 for the posterior: solve P' y = x' - x for the gradient, must be H'
     * inverse(R) (z - H x') by hand */
    double det = r[0] * r[2] - r[1] * r[1], dx = z[0] - g.x[0], dy = z[1] - g.x[1];
    const double grad[4] = {(r[2] * dx - r[1] * dy) / det, (r[0] * dy - r[1] * dx) / det, 0, 0};
    for (int i = 0; i < 4; i++) { /* x' = x + P H' inverse(R) (z - H x') */
        double sum = 0;
        for (int j = 0; j < 4; j++) {
            sum += SOME.p[AT[i][j]] * grad[j];
        }
        assert_true(fabs(SOME.x[i] + sum - g.x[i]) < 1e-12);
        for (int j = 0; j < 4; j++) { /* P' = P - P H' inverse(R) H P' */
            double a = (r[2] * g.p[AT[0][j]] - r[1] * g.p[AT[1][j]]) / det,
                   b = (r[0] * g.p[AT[1][j]] - r[1] * g.p[AT[0][j]]) / det;
            double p = SOME.p[AT[i][j]] - SOME.p[AT[i][0]] * a - SOME.p[AT[i][1]] * b;
            assert_true(fabs(p - g.p[AT[i][j]]) < 1e-12);
        }
    }
}

/* A coasting object by sampling its modes: what the mixture says of a gap of 5 s is what 40,000
 * walks do, each changing modes in steps of 20 ms. Moment matching is an approximation: 12 % of the
 * standard deviation. */
static void mixing_follows_objects_that_change_modes(void **state)
{
    (void)state;
    struct vg_track_params p = vg_track_defaults();
    struct vg_imm imm;
    struct vg_rng rng = vg_rng_seed(5);
    const double z[2] = {0, 0}, r[3] = {1, 0, 1};
    double sum2 = 0, dt = 0.02;
    enum {
        WALKS = 40000,
        STEPS = 250
    };
    for (int n = 0; n < WALKS / 8; n++) {
        double u = vg_rng_unit(&rng), x = vg_rng_normal(&rng);
        int k = 0;
        while (k < VG_TRACK_MOTIONS - 1 && u > p.mode[k].begin_p) {
            u -= p.mode[k++].begin_p;
        }
        double v = p.mode[k].begin_sd_m_s * vg_rng_normal(&rng);
        for (int i = 0; i < STEPS; i++) {
            if (vg_rng_unit(&rng) < p.mode[k].leave_per_s * dt) {
                u = vg_rng_unit(&rng);
                for (k = 0; k < VG_TRACK_MOTIONS - 1 && u > p.mode[k].enter_p; k++) {
                    u -= p.mode[k].enter_p;
                }
            }
            x += v * dt;
            v += -p.mode[k].decay_per_s * v * dt +
                 sqrt(p.mode[k].q_m2_s3 * dt) * vg_rng_normal(&rng);
        }
        sum2 += x * x;
    }
    vg_imm_begin(&imm, &p, z, r);
    vg_imm_predict(&imm, &p, 5, 0);
    struct vg_gauss all = vg_imm_merge(&imm);
    double sd = sqrt(sum2 / (WALKS / 8));
    assert_true(fabs(sqrt(all.p[0]) / sd - 1) < 0.12);
}

static void a_long_gap_is_bounded_by_speed(void **state)
{
    (void)state;
    struct vg_track_params p = vg_track_defaults();
    struct vg_imm imm;
    const double z[2] = {0, 0}, r[3] = {9, 0, 9};
    vg_imm_begin(&imm, &p, z, r);
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        imm.g[k].x[2] = 10;
        imm.g[k].p[7] = imm.g[k].p[9] = 1;
    }
    vg_imm_predict(&imm, &p, 300, 100);
    struct vg_gauss all = vg_imm_merge(&imm);
    double sum = 0;
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        sum += imm.w[k];
    }
    assert_true(fabs(sum - 1) < 1e-9);
    /* never faster than it was: 10 m/s for 300 s; and its velocity is no wider than that speed and
     * what it began with */
    assert_true(sqrt(all.p[0]) < 3000 && sqrt(all.p[0]) > 100);
    assert_true(sqrt(all.p[7]) < 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_velocity_is_the_textbook),
        cmocka_unit_test(a_decaying_velocity_is_a_semigroup),
        cmocka_unit_test(an_update_is_the_product_of_densities),
        cmocka_unit_test(mixing_follows_objects_that_change_modes),
        cmocka_unit_test(a_long_gap_is_bounded_by_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
