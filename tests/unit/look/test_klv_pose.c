/* The camera's pose of a packet and between two; where a film is cut. */
#include "base/rng.h"
#include "base/units.h"
#include "look/klv_pose.h"
#include "look/klv_write.h"
#include "look/shot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct vg_klv_pose pose_of(int64_t t_us, double lat, double lon, double heading)
{
    uint8_t bytes[200];
    struct vg_klv_out out;
    struct vg_bytes b = {0};
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    size_t at = 0;
    vg_klv_begin(&out, bytes, sizeof bytes, vg_us(t_us));
    vg_klv_put(&out, 13, lat);
    vg_klv_put(&out, 14, lon);
    vg_klv_put(&out, 5, heading);
    vg_klv_put(&out, 6, 3); /* the full-range one is better, wherever it stands */
    vg_klv_put(&out, 90, 3.25);
    vg_klv_put(&out, 16, 40);
    vg_klv_put_special(&out, 23);
    assert_int_equal(vg_klv_end(&out, &b, NULL), VG_OK);
    assert_int_equal(vg_klv_scan(b, &at, false, &p, &fault), VG_KLV_SCAN_PACKET);
    struct vg_klv_pose pose = vg_klv_pose_read(&p);
    bytes[40] ^= 1; /* and nothing of a packet that is damaged */
    at = 0;
    assert_int_equal(vg_klv_scan(b, &at, false, &p, &fault), VG_KLV_SCAN_PACKET);
    assert_true(isnan(vg_klv_pose_read(&p).v[VG_POSE_HFOV_DEG]));
    return pose;
}

static void a_packet_tells_the_pose(void **state)
{
    (void)state;
    struct vg_klv_pose p = pose_of(1700000000000000, 14.5, -11.25, 90);
    assert_true(p.has_time && p.t.us == 1700000000000000);
    assert_true(fabs(p.v[VG_POSE_LAT_DEG] - 14.5) < 1e-7);
    assert_true(fabs(p.v[VG_POSE_LON_DEG] + 11.25) < 1e-7);
    assert_true(fabs(p.v[VG_POSE_HEADING_TRUE_DEG] - 90) < 0.003);
    assert_true(fabs(p.v[VG_POSE_PITCH_DEG] - 3.25) < 1e-6);
    assert_true(isnan(p.v[VG_POSE_CENTER_LAT_DEG])); /* off earth */
    assert_true(isnan(p.v[VG_POSE_SLANT_M])); /* not told */
}

static void between_two_packets(void **state)
{
    (void)state;
    struct vg_klv_pose a = pose_of(1000000, 10, 179.9, 350);
    struct vg_klv_pose b = pose_of(2000000, 11, -179.9, 20);
    struct vg_klv_pose m = vg_klv_pose_between(&a, &b, 0.25);
    assert_int_equal(m.t.us, 1250000);
    assert_true(fabs(m.v[VG_POSE_LAT_DEG] - 10.25) < 1e-6);
    assert_true(fabs(m.v[VG_POSE_LON_DEG] - 179.95) < 1e-6); /* over the antimeridian */
    assert_true(fabs(m.v[VG_POSE_HEADING_TRUE_DEG] - 357.5) < 0.01); /* over north */
    m = vg_klv_pose_between(&a, &b, 0.75);
    assert_true(fabs(m.v[VG_POSE_LON_DEG] + 179.95) < 1e-6);
    assert_true(fabs(m.v[VG_POSE_HEADING_TRUE_DEG] - 12.5) < 0.01);
    m = vg_klv_pose_between(&a, &b, 1.5); /* the time goes on, the place does not */
    assert_int_equal(m.t.us, 2500000);
    assert_true(fabs(m.v[VG_POSE_LAT_DEG] - 11) < 1e-6);
    assert_true(isnan(m.v[VG_POSE_SLANT_M]));
}

/* One turn after another about z, y and x: slow and plain. */
static void turn(double v[3], int axis, double deg)
{
    int a = (axis + 1) % 3;
    int b = (axis + 2) % 3;
    double c = cos(deg * VG_RAD_PER_DEG);
    double s = sin(deg * VG_RAD_PER_DEG);
    double x = c * v[a] - s * v[b];
    v[b] = s * v[a] + c * v[b];
    v[a] = x;
}

static void set_out(double v[3], double yaw, double pitch, double roll)
{
    turn(v, 0, roll);
    turn(v, 1, pitch);
    turn(v, 2, yaw);
}

/* The aircraft's attitude, then the camera's angles against it, point where the camera was said to.
 */
static void the_camera_points_where_it_was_said_to(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(23);
    for (int i = 0; i < 2000; i++) {
        struct vg_klv_pose p = vg_klv_pose_none();
        double yaw = 360 * vg_rng_unit(&rng);
        double pitch = i % 7 == 0 ? -90 : 170 * vg_rng_unit(&rng) - 85;
        double roll = 60 * vg_rng_unit(&rng) - 30;
        bool is_level = i % 3 == 0;
        p.v[VG_POSE_HEADING_TRUE_DEG] = 360 * vg_rng_unit(&rng);
        p.v[VG_POSE_PITCH_DEG] = is_level ? 0 : 40 * vg_rng_unit(&rng) - 20;
        p.v[VG_POSE_ROLL_DEG] = is_level ? 0 : 100 * vg_rng_unit(&rng) - 50;
        vg_klv_pose_aim(&p, yaw, pitch, roll);
        for (int axis = 0; axis < 3; axis++) {
            double want[3] = {axis == 0, axis == 1, axis == 2};
            double got[3] = {axis == 0, axis == 1, axis == 2};
            set_out(want, yaw, pitch, roll);
            set_out(got, p.v[VG_POSE_AZIMUTH_DEG], p.v[VG_POSE_ELEVATION_DEG],
                    p.v[VG_POSE_TURN_DEG]);
            set_out(got, p.v[VG_POSE_HEADING_TRUE_DEG], p.v[VG_POSE_PITCH_DEG],
                    p.v[VG_POSE_ROLL_DEG]);
            for (int k = 0; k < 3; k++) {
                assert_true(fabs(got[k] - want[k]) < 2e-6);
            }
        }
    }
    struct vg_klv_pose p =
        vg_klv_pose_none(); /* by hand: level, north; the camera east and down 30 */
    p.v[VG_POSE_HEADING_TRUE_DEG] = 0;
    p.v[VG_POSE_PITCH_DEG] = 0;
    p.v[VG_POSE_ROLL_DEG] = 0;
    vg_klv_pose_aim(&p, 90, -30, 0);
    assert_true(fabs(p.v[VG_POSE_AZIMUTH_DEG] - 90) < 1e-9);
    assert_true(fabs(p.v[VG_POSE_ELEVATION_DEG] + 30) < 1e-9);
    vg_klv_pose_aim(&p, (double)NAN, -30, 0);
    assert_true(isnan(p.v[VG_POSE_AZIMUTH_DEG]));
}

enum {
    W = 320,
    H = 180
};

/* A view: blobs of a seed, moved by so many pixels, brighter by so much. */
static void draw(uint8_t *luma, uint64_t seed, int move_px, int brighter)
{
    struct vg_rng rng = vg_rng_seed(seed);
    double f[6];
    for (int i = 0; i < 6; i++) {
        f[i] = vg_rng_unit(&rng);
    }
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            double u = (double)(x + move_px) / 60;
            double v = (double)y / 50;
            double g = sin(u * (1 + f[0]) + 6 * f[1]) + sin(v * (1 + f[2]) + 6 * f[3]) +
                       sin((u + v) * (0.5 + f[4]) + 6 * f[5]);
            double grey = 110 + 30 * g + brighter;
            luma[y * W + x] = (uint8_t)fmin(255, fmax(0, grey));
        }
    }
}

static void cuts_are_seen_and_nothing_else(void **state)
{
    (void)state;
    static uint8_t luma[W * H];
    int n_cuts = 0;
    int n_false = 0;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct vg_shot shot = {0};
        draw(luma, seed, 0, 0);
        assert_false(vg_shot_step(&shot, luma, W, H, W));
        for (int k = 1; k <= 10; k++) { /* a fast pan, and a step of exposure */
            draw(luma, seed, 12 * k, k >= 5 ? 40 : 0);
            n_false += vg_shot_step(&shot, luma, W, H, W);
        }
        draw(luma, seed + 1000, 0, 0);
        n_cuts += vg_shot_step(&shot, luma, W, H, W);
    }
    assert_int_equal(n_false, 0);
    assert_true(n_cuts >= 40); /* views that happen to look alike are no cut */
    struct vg_shot tiny = {0};
    assert_false(vg_shot_step(&tiny, luma, 20, 20, 20));
    assert_false(tiny.has_last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_tells_the_pose),
        cmocka_unit_test(between_two_packets),
        cmocka_unit_test(the_camera_points_where_it_was_said_to),
        cmocka_unit_test(cuts_are_seen_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
