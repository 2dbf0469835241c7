/* The whole core on small rendered clips: what moves is found where it is, what does not is not. */
#include "base/rng.h"
#include "look/metres.h"
#include "look/motion.h"
#include "scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    WIDTH = 400,
    HEIGHT = 300,
    PICTURES = 130,
    FIRST = 25,
    TRACKS_MAX = 64
};

/* A flight over the scene: forwards with sway, turn and a slow zoom. */
static struct vg_homog view_at(const struct scene *s, int t)
{
    return scene_view(s, 430 + 0.9 * t, 500 + 6 * sin(0.08 * t), 0.02 * sin(0.11 * t),
                      1.0 + 0.03 * sin(0.05 * t));
}

/* What a run found, against the truth. */
struct tally {
    int n_told; /* pictures whose detections came out */
    int n_boxes; /* detections */
    int hits[SCENE_BOXES_MAX]; /* pictures from FIRST on in which a box was found */
    int n_false;
    int64_t tracks;
    double speed[SCENE_BOXES_MAX];
    uint64_t digest;
};

static void score(struct tally *t, const struct scene *s, const struct vg_motion_found *f)
{
    if (f->picture < 0) {
        return;
    }
    assert_int_equal(f->picture, t->n_told);
    assert_int_equal(f->time_us, f->picture * 40000);
    t->n_told++;
    struct vg_homog view = view_at(s, (int)f->picture);
    for (int i = 0; i < f->n; i++) {
        const struct vg_detection *d = &f->detections[i];
        uint64_t bits;
        memcpy(&bits, &d->x_px, sizeof bits);
        t->digest = (t->digest ^ bits ^ (uint64_t)d->track) * UINT64_C(0x100000001b3);
        t->n_boxes++;
        t->tracks = d->track > t->tracks ? d->track : t->tracks;
        bool is_true = false;
        for (int b = 0; b < s->n_boxes; b++) {
            struct vg_px at = scene_box_at(s, b, &view, (int)f->picture);
            if (hypot(d->x_px - at.x_px, d->y_px - at.y_px) < 5.0) {
                is_true = true;
                t->hits[b] += f->picture >= FIRST ? 1 : 0;
                t->speed[b] = hypot(d->vx_px_s, d->vy_px_s);
            }
        }
        t->n_false += is_true ? 0 : 1;
    }
}

static struct tally watch(struct scene *s, const struct vg_motion_params *params,
                          const struct vg_motion_pose *pose)
{
    struct tally t = {0};
    struct vg_motion *m = NULL;
    static uint8_t px[WIDTH * HEIGHT];
    assert_int_equal(vg_motion_create(WIDTH, HEIGHT, params, &m, NULL), VG_OK);
    struct vg_motion_found found;
    for (int k = 0; k < PICTURES; k++) {
        struct vg_homog view = view_at(s, k);
        scene_render(s, &view, k, px);
        struct vg_luma luma = {px, WIDTH, HEIGHT, WIDTH};
        assert_int_equal(vg_motion_feed(m, &luma, k * INT64_C(40000), pose, &found, NULL), VG_OK);
        score(&t, s, &found);
    }
    while (vg_motion_drain(m, &found)) {
        score(&t, s, &found);
    }
    assert_int_equal(t.n_told, PICTURES);
    assert_int_equal(vg_motion_facts(m).n_breaks, 0);
    vg_motion_destroy(m);
    return t;
}

/* Two cars and a walker of 4 x 4 px at 0.2 px a picture, one car that stands. */
static void people_the_scene(struct scene *s, uint64_t seed)
{
    scene_init(s, WIDTH, HEIGHT, seed);
    s->noise = 2.0;
    s->n_boxes = 4;
    s->box[0] = (struct scene_box){380, 430, 1.2, 0.1, 14, 8, 235};
    s->box[1] = (struct scene_box){600, 560, -0.6, -0.3, 12, 8, 15};
    s->box[2] = (struct scene_box){500, 470, 0.16, 0.12, 4, 4, 250};
    s->box[3] = (struct scene_box){450, 560, 0, 0, 14, 8, 230};
}

static void what_moves_is_found_and_nothing_else(void **state)
{
    (void)state;
    static struct scene scene;
    people_the_scene(&scene, 31);
    struct vg_motion_params params = vg_motion_defaults();
    struct tally t = watch(&scene, &params, NULL);
    for (int b = 0; b < 3; b++) {
        assert_true(t.hits[b] >= (PICTURES - FIRST) * 8 / 10);
    }
    assert_int_equal(t.hits[3], 0);
    assert_int_equal(t.n_false, 0);
    assert_true(t.tracks <= 5);
    assert_true(fabs(t.speed[0] - 25.0 * hypot(1.2, 0.1)) < 4.0);
    assert_true(fabs(t.speed[2] - 25.0 * 0.2) < 2.5);
}

static void empty_ground_gives_no_tracks(void **state)
{
    (void)state;
    static struct scene scene;
    for (uint64_t seed = 41; seed < 43; seed++) {
        scene_init(&scene, WIDTH, HEIGHT, seed);
        scene.noise = 3.0;
        struct vg_motion_params params = vg_motion_defaults();
        assert_int_equal(watch(&scene, &params, NULL).n_boxes, 0);
    }
}

/* The same bytes from run to run and from one build of the kernels to the other. */
static void runs_and_builds_agree(void **state)
{
    (void)state;
    static struct scene scene;
    struct vg_motion_params params = vg_motion_defaults();
    struct tally t[3];
    for (int k = 0; k < 3; k++) {
        people_the_scene(&scene, 31);
        params.is_plain = k == 2;
        t[k] = watch(&scene, &params, NULL);
    }
    assert_true(t[0].n_boxes > 0);
    assert_int_equal(t[0].digest, t[1].digest);
    assert_int_equal(t[0].digest, t[2].digest);
}

/* Without pictures from later, cars are still found, later. */
static void older_pictures_alone_will_do(void **state)
{
    (void)state;
    static struct scene scene;
    people_the_scene(&scene, 31);
    struct vg_motion_params params = vg_motion_defaults();
    params.look_ahead_s = 0;
    params.confirm_s = 0;
    struct tally t = watch(&scene, &params, NULL);
    assert_true(t.hits[0] >= (PICTURES - FIRST) / 2);
    assert_true(t.hits[1] >= (PICTURES - FIRST) / 2);
}

/* With a pose lengths are metres: 0.1 m a pixel straight down makes 1.2 px a picture 3 m/s; and
 * what is slower than the least speed is not told. */
static void a_pose_gives_metres(void **state)
{
    (void)state;
    struct vg_motion_pose pose = {.height_m = 100, .pitch_deg = -90, .hfov_deg = 22.6199};
    struct vg_detection d = {
        .x_px = 200, .y_px = 150, .width_px = 20, .height_px = 10, .vx_px_s = 30, .vy_px_s = -40};
    vg_metres_fill(&d, &pose, WIDTH, HEIGHT); /* 2 x 100 tan(11.31 deg) / 400 = 0.1 m */
    assert_true(d.has_metres);
    assert_true(fabs(d.width_m - 2.0) < 1e-3);
    assert_true(fabs(d.height_m - 1.0) < 1e-3);
    assert_true(fabs(d.speed_mps - 5.0) < 1e-3);
    /* 45 degrees: the middle lies 100 m ahead, 141.42 m away */
    pose.pitch_deg = -45;
    double ground_m[2];
    double range_m;
    assert_true(vg_metres_of(&pose, WIDTH, HEIGHT, (struct vg_px){200, 150}, ground_m, &range_m));
    assert_true(fabs(ground_m[0]) < 1e-9 && fabs(ground_m[1] - 100) < 1e-6);
    assert_true(fabs(range_m - 141.4214) < 1e-3);
    pose.pitch_deg = 10;
    assert_false(vg_metres_of(&pose, WIDTH, HEIGHT, (struct vg_px){200, 150}, ground_m, &range_m));
    static struct scene scene;
    people_the_scene(&scene, 31);
    struct vg_motion_params params = vg_motion_defaults();
    params.speed_min_mps = 1.2; /* the walker: 0.5 m/s */
    pose.pitch_deg = -90;
    struct tally t = watch(&scene, &params, &pose);
    assert_true(t.hits[0] >= (PICTURES - FIRST) / 2);
    assert_int_equal(t.hits[2], 0);
}

/* Level flight, camera down; then 30 degrees below the horizon, to the side; then with the right
 * wing 10 degrees down: pitch -asin(sin 30 cos 10) = -29.497, roll atan2(sin 10, cos 30 cos 10)
 * = 11.508.
 */
static void metadata_give_a_pose(void **state)
{
    (void)state;
    struct vg_klv_pose k = vg_klv_pose_none();
    struct vg_motion_pose pose;
    assert_false(vg_metres_pose(&k, &pose));
    k.v[VG_POSE_ALT_MSL_M] = 620;
    k.v[VG_POSE_CENTER_ALT_MSL_M] = 120;
    k.v[VG_POSE_HFOV_DEG] = 40;
    k.v[VG_POSE_HEADING_TRUE_DEG] = 90;
    k.v[VG_POSE_PITCH_DEG] = 0;
    k.v[VG_POSE_ROLL_DEG] = 0;
    k.v[VG_POSE_AZIMUTH_DEG] = 0;
    k.v[VG_POSE_ELEVATION_DEG] = -90;
    assert_true(vg_metres_pose(&k, &pose));
    assert_true(fabs(pose.height_m - 500) < 1e-9 && fabs(pose.pitch_deg + 90) < 1e-6);
    k.v[VG_POSE_AZIMUTH_DEG] = 130;
    k.v[VG_POSE_ELEVATION_DEG] = -30;
    assert_true(vg_metres_pose(&k, &pose));
    assert_true(fabs(pose.pitch_deg + 30) < 1e-6 && fabs(pose.roll_deg) < 1e-6);
    k.v[VG_POSE_AZIMUTH_DEG] = 0;
    k.v[VG_POSE_ROLL_DEG] = 10;
    assert_true(vg_metres_pose(&k, &pose));
    assert_true(fabs(pose.pitch_deg + 29.497) < 0.002 && fabs(pose.roll_deg - 11.508) < 0.002);
    k.v[VG_POSE_PITCH_DEG] = (double)NAN;
    assert_false(vg_metres_pose(&k, &pose));
}

static void exposure_steps_are_no_motion(void **state)
{
    (void)state;
    static struct scene scene;
    static uint8_t px[WIDTH * HEIGHT];
    people_the_scene(&scene, 31);
    struct vg_motion_params params = vg_motion_defaults();
    struct vg_motion *m = NULL;
    assert_int_equal(vg_motion_create(WIDTH, HEIGHT, &params, &m, NULL), VG_OK);
    struct tally t = {0};
    struct vg_motion_found found;
    for (int k = 0; k < PICTURES; k++) {
        scene.gain = k < 45 ? 1.0 : k < 80 ? 0.85 : 1.1;
        scene.offset = k < 45 ? 0.0 : k < 80 ? 20.0 : -8.0;
        struct vg_homog view = view_at(&scene, k);
        scene_render(&scene, &view, k, px);
        struct vg_luma luma = {px, WIDTH, HEIGHT, WIDTH};
        assert_int_equal(vg_motion_feed(m, &luma, k * INT64_C(40000), NULL, &found, NULL), VG_OK);
        score(&t, &scene, &found);
    }
    while (vg_motion_drain(m, &found)) {
        score(&t, &scene, &found);
    }
    vg_motion_destroy(m);
    assert_int_equal(t.n_false, 0);
    assert_true(t.hits[0] >= (PICTURES - FIRST) / 2);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct vg_motion_params params = vg_motion_defaults();
    struct vg_motion *m = NULL;
    assert_int_equal(vg_motion_create(159, 300, &params, &m, NULL), VG_E_RANGE);
    assert_int_equal(vg_motion_create(400, 5000, &params, &m, NULL), VG_E_RANGE);
    params.low = 9;
    assert_int_equal(vg_motion_create(400, 300, &params, &m, NULL), VG_E_RANGE);
    params = vg_motion_defaults();
    params.frame_rate_hz = (double)NAN;
    assert_int_equal(vg_motion_create(400, 300, &params, &m, NULL), VG_E_RANGE);
    params = vg_motion_defaults();
    params.look_ahead_s = 3.9; /* 98 pictures: more than are kept */
    assert_int_equal(vg_motion_create(400, 300, &params, &m, NULL), VG_E_RANGE);
    assert_null(m);
    params = vg_motion_defaults();
    assert_int_equal(vg_motion_create(WIDTH, HEIGHT, &params, &m, NULL), VG_OK);
    static uint8_t px[WIDTH * HEIGHT];
    struct vg_motion_found found;
    struct vg_luma bad[] = {{NULL, WIDTH, HEIGHT, WIDTH},
                            {px, WIDTH - 1, HEIGHT, WIDTH},
                            {px, WIDTH, HEIGHT + 1, WIDTH},
                            {px, WIDTH, HEIGHT, WIDTH - 1},
                            {px, WIDTH, HEIGHT, -WIDTH}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_int_equal(vg_motion_feed(m, &bad[k], 0, NULL, &found, NULL), VG_E_INVALID);
    }
    struct vg_luma good = {px, WIDTH, HEIGHT, WIDTH};
    struct vg_motion_pose pose = {.height_m = -5, .pitch_deg = -90, .hfov_deg = 40};
    assert_int_equal(vg_motion_feed(m, &good, 0, &pose, &found, NULL), VG_E_INVALID);
    assert_int_equal(vg_motion_facts(m).n_pictures, 0);
    assert_int_equal(vg_motion_feed(m, &good, 0, NULL, &found, NULL), VG_OK);
    assert_int_equal(found.picture, -1);
    vg_motion_destroy(m);
    vg_motion_destroy(NULL);
}

/* Pictures with nothing to hold on to, and pictures that are only noise: no crash, no tracks. */
static void blank_and_noisy_pictures_are_borne(void **state)
{
    (void)state;
    static uint8_t px[WIDTH * HEIGHT];
    struct vg_rng rng = vg_rng_seed(5);
    struct vg_motion_params params = vg_motion_defaults();
    struct vg_motion *m = NULL;
    assert_int_equal(vg_motion_create(WIDTH, HEIGHT, &params, &m, NULL), VG_OK);
    struct vg_motion_found found;
    int n = 0;
    for (int k = 0; k < 90; k++) {
        for (size_t i = 0; i < sizeof px; i++) {
            px[i] = (uint8_t)(k < 30 ? 0 : k < 60 ? vg_rng_below(&rng, 256) : 255);
        }
        struct vg_luma luma = {px, WIDTH, HEIGHT, WIDTH};
        assert_int_equal(vg_motion_feed(m, &luma, k, NULL, &found, NULL), VG_OK);
        n += found.n;
    }
    while (vg_motion_drain(m, &found)) {
        n += found.n;
    }
    assert_int_equal(n, 0);
    vg_motion_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_is_found_and_nothing_else),
        cmocka_unit_test(empty_ground_gives_no_tracks),
        cmocka_unit_test(runs_and_builds_agree),
        cmocka_unit_test(older_pictures_alone_will_do),
        cmocka_unit_test(a_pose_gives_metres),
        cmocka_unit_test(metadata_give_a_pose),
        cmocka_unit_test(exposure_steps_are_no_motion),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(blank_and_noisy_pictures_are_borne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
