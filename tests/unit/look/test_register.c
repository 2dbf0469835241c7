/* Homographies, bends and registration against views that are known exactly. */
#include "look/overlay.h"
#include "look/register.h"
#include "look/warp.h"
#include "scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static double miss(struct vg_px a, struct vg_px b)
{
    return hypot(a.x_px - b.x_px, a.y_px - b.y_px);
}

static const struct vg_homog KNOWN = {{1.03, -0.04, 12.5, 0.05, 0.98, -7.25, 2e-5, -1e-5, 1}};

static void homographies_join_and_invert(void **state)
{
    (void)state;
    struct vg_homog back;
    assert_true(vg_homog_invert(&KNOWN, &back));
    struct vg_homog one = vg_homog_join(&KNOWN, &back);
    for (int i = 0; i < 9; i++) {
        assert_true(fabs(one.m[i] - (i % 4 == 0 ? 1 : 0)) < 1e-9);
    }
    struct vg_homog flat = {{1, 2, 0, 2, 4, 0, 0, 0, 1}};
    assert_false(vg_homog_invert(&flat, &back));
    /* the slope is what small steps show */
    struct vg_px p = {300, 200};
    double d[4];
    vg_homog_slope(&KNOWN, p, d);
    struct vg_px a = vg_homog_apply(&KNOWN, (struct vg_px){300.001, 200});
    struct vg_px b = vg_homog_apply(&KNOWN, (struct vg_px){299.999, 200});
    assert_true(fabs((a.x_px - b.x_px) / 0.002 - d[0]) < 1e-6);
    assert_true(fabs((a.y_px - b.y_px) / 0.002 - d[2]) < 1e-6);
}

/* 200 pairs, 40 % of them wrong, the rest 0.2 px off: the map comes back to 0.1 px everywhere. */
static void fit_bears_wrong_pairs(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(11);
    static struct vg_pair pairs[200];
    for (int i = 0; i < 200; i++) {
        struct vg_px p = {vg_rng_unit(&rng) * 640, vg_rng_unit(&rng) * 480};
        struct vg_px q = vg_homog_apply(&KNOWN, p);
        double off = i % 5 < 2 ? 40 : 0.2;
        q.x_px += off * vg_rng_normal(&rng);
        q.y_px += off * vg_rng_normal(&rng);
        pairs[i] = (struct vg_pair){p, q, false};
    }
    struct vg_homog h;
    int n = vg_homog_fit(pairs, 200, 1.2, 5, &h);
    assert_in_range(n, 115, 125);
    for (int k = 0; k < 4; k++) {
        struct vg_px p = {k % 2 * 640, k / 2 * 480};
        assert_true(miss(vg_homog_apply(&h, p), vg_homog_apply(&KNOWN, p)) < 0.25);
    }
    assert_true(miss(vg_homog_apply(&h, (struct vg_px){320, 240}),
                     vg_homog_apply(&KNOWN, (struct vg_px){320, 240})) < 0.1);
    assert_int_equal(vg_homog_fit(pairs, 3, 1.2, 5, &h), 0);
}

/* A hill of 3 px bends the map; outliers among the points do not. And back again. */
static void bend_takes_the_shape_of_the_ground(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(12);
    static struct vg_pair pairs[360];
    for (int i = 0; i < 360; i++) {
        struct vg_px p = {vg_rng_unit(&rng) * 640, vg_rng_unit(&rng) * 480};
        struct vg_px q = vg_homog_apply(&KNOWN, p);
        q.x_px += 3.0 * sin(p.x_px / 150) * cos(p.y_px / 180) + 0.1 * vg_rng_normal(&rng);
        q.y_px += i % 12 == 0 ? 8.0 : 0.1 * vg_rng_normal(&rng);
        pairs[i] = (struct vg_pair){p, q, false};
    }
    struct vg_map map;
    vg_map_one(&map, 640, 480);
    map.h = KNOWN;
    assert_true(vg_homog_invert(&KNOWN, &map.inverse));
    vg_bend_fit(&map.bend, pairs, 360, &KNOWN, 16.0);
    double worst = 0;
    for (int y = 60; y < 440; y += 20) {
        for (int x = 60; x < 600; x += 20) {
            struct vg_px p = {x, y};
            struct vg_px want = vg_homog_apply(&KNOWN, p);
            want.x_px += 3.0 * sin(p.x_px / 150) * cos(p.y_px / 180);
            worst = fmax(worst, miss(vg_map_apply(&map, p), want));
            assert_true(miss(vg_map_back(&map, vg_map_apply(&map, p)), p) < 0.05);
        }
    }
    assert_true(worst < 0.6);
}

/* --- registration of rendered pictures --- */

enum {
    WIDTH = 480,
    HEIGHT = 360,
    STRIDE = 512
};

struct eye {
    const struct vg_kern *kern;
    struct vg_register where;
    struct vg_pyramid pyramid[2];
    uint8_t *plane[2];
    uint8_t *raw;
    uint8_t *rows;
    float *scratch;
    uint8_t *store[2];
    int64_t n;
};

static void eye_open(struct eye *self)
{
    memset(self, 0, sizeof *self);
    self->kern = vg_kern_best();
    self->raw = calloc(WIDTH, HEIGHT);
    self->rows = calloc(3, WIDTH + 64);
    self->scratch = calloc(vg_points_scratch_floats(WIDTH, HEIGHT), sizeof(float));
    for (int k = 0; k < 2; k++) {
        self->plane[k] = calloc(STRIDE, HEIGHT + 1);
        self->store[k] = calloc(1, vg_pyramid_bytes(WIDTH, HEIGHT));
        vg_pyramid_lay(&self->pyramid[k], WIDTH, HEIGHT, self->store[k]);
    }
    vg_register_init(&self->where, self->kern, WIDTH, HEIGHT, self->scratch);
}

static void eye_close(struct eye *self)
{
    for (int k = 0; k < 2; k++) {
        free(self->plane[k]);
        free(self->store[k]);
    }
    free(self->raw);
    free(self->rows);
    free(self->scratch);
}

/* Look at what stands in raw. */
static bool eye_look(struct eye *self)
{
    int now = (int)(self->n % 2);
    struct vg_kern_plane plane = {self->plane[now], WIDTH, HEIGHT, STRIDE};
    self->kern->blur(self->raw, WIDTH, &plane, self->plane[now], self->rows);
    vg_pyramid_fill(&self->pyramid[now], self->kern, &plane);
    bool is_placed = vg_register_next(&self->where, &self->pyramid[now],
                                      self->n > 0 ? &self->pyramid[1 - now] : NULL, NULL);
    self->n++;
    return is_placed;
}

/* The greatest miss, over the picture, of the registered way from a to b. */
static double worst_miss(const struct eye *self, int64_t a, int64_t b,
                         const struct vg_homog *view_a, const struct vg_homog *view_b)
{
    struct vg_map map;
    struct vg_homog back;
    if (!vg_register_between(&self->where, a, b, &map) || !vg_homog_invert(view_b, &back)) {
        return 1e9;
    }
    struct vg_homog truth = vg_homog_join(view_a, &back);
    double worst = 0;
    for (int y = 20; y <= HEIGHT - 20; y += 40) {
        for (int x = 20; x <= WIDTH - 20; x += 40) {
            struct vg_px p = {x, y};
            worst = fmax(worst, miss(vg_map_apply(&map, p), vg_homog_apply(&truth, p)));
        }
    }
    return worst;
}

static struct vg_homog view_at(const struct scene *s, int t)
{
    return scene_view(s, 420 + 4.3 * t, 480 + 30 * sin(0.1 * t), 0.04 * sin(0.15 * t),
                      1.0 + 0.12 * sin(0.07 * t));
}

/* Sixty pictures of pan, turn and zoom, over several keys: each is placed against the one before to
 * a tenth of a pixel or so, against one 24 earlier to a third. */
static void pictures_are_placed_below_a_pixel(void **state)
{
    (void)state;
    static struct scene scene;
    static struct eye eye;
    scene_init(&scene, WIDTH, HEIGHT, 21);
    scene.noise = 2.0;
    eye_open(&eye);
    double near = 0;
    double far = 0;
    for (int t = 0; t < 60; t++) {
        struct vg_homog view = view_at(&scene, t);
        scene_render(&scene, &view, t, eye.raw);
        assert_int_equal(eye_look(&eye), t > 0);
        if (t >= 24) {
            struct vg_homog before = view_at(&scene, t - 1);
            struct vg_homog long_before = view_at(&scene, t - 24);
            near = fmax(near, worst_miss(&eye, t - 1, t, &before, &view));
            far = fmax(far, worst_miss(&eye, t - 24, t, &long_before, &view));
        }
    }
    assert_true(near < 0.3);
    assert_true(far < 0.5);
    assert_true(eye.where.key > 2);
    assert_int_equal(eye.where.n_breaks, 0);
    struct vg_map map;
    assert_false(vg_register_between(&eye.where, 3, 60, &map)); /* not come yet */
    assert_false(vg_register_between(&eye.where, -1, 5, &map));
    eye_close(&eye);
}

/* A snap of 60 px between two pictures is followed; a cut to other ground is a change of shot, and
 * what was before is forgotten. */
static void a_jump_is_followed_a_cut_is_seen(void **state)
{
    (void)state;
    static struct scene scene;
    static struct eye eye;
    scene_init(&scene, WIDTH, HEIGHT, 22);
    scene.noise = 2.0;
    eye_open(&eye);
    struct vg_homog view[3] = {scene_view(&scene, 400, 400, 0, 1),
                               scene_view(&scene, 460, 384, 0, 1),
                               scene_view(&scene, 700, 700, 1.0, 1)};
    for (int t = 0; t < 10; t++) {
        scene_render(&scene, &view[t < 5 ? 0 : 1], t, eye.raw);
        assert_int_equal(eye_look(&eye), t > 0);
    }
    assert_true(worst_miss(&eye, 4, 5, &view[0], &view[1]) < 0.3);
    scene_render(&scene, &view[2], 10, eye.raw);
    assert_false(eye_look(&eye));
    assert_int_equal(eye.where.n_breaks, 1);
    struct vg_map map;
    assert_false(vg_register_between(&eye.where, 9, 10, &map));
    scene_render(&scene, &view[2], 11, eye.raw);
    assert_true(eye_look(&eye));
    assert_true(worst_miss(&eye, 10, 11, &view[2], &view[2]) < 0.25);
    eye_close(&eye);
}

/* Text that stays while the ground moves is found, ground that moves is not. */
static void what_stands_still_on_moving_ground_is_an_overlay(void **state)
{
    (void)state;
    static struct scene scene;
    scene_init(&scene, WIDTH, HEIGHT, 23);
    scene.noise = 1.0;
    static uint8_t px[2][STRIDE * HEIGHT];
    static uint8_t raw[WIDTH * HEIGHT];
    static uint8_t cells[2][WIDTH * HEIGHT / 64];
    struct vg_overlay overlay;
    vg_overlay_lay(&overlay, WIDTH, HEIGHT, cells[0], cells[1]);
    struct vg_map map;
    vg_map_one(&map, WIDTH, HEIGHT);
    map.h = (struct vg_homog){{1, 0, -9, 0, 1, -5, 0, 0, 1}};
    for (int t = 0; t < 8; t++) {
        struct vg_homog view = scene_view(&scene, 400 + 9 * t, 400 + 5 * t, 0, 1);
        scene_render(&scene, &view, t, raw);
        for (int y = 0; y < HEIGHT; y++) {
            memcpy(px[t % 2] + y * STRIDE, raw + y * WIDTH, WIDTH);
            for (int x = 40; x < 120 && y >= 24 && y < 40; x++) {
                px[t % 2][y * STRIDE + x] = (uint8_t)((x / 3 + y / 3) % 2 == 0 ? 230 : 20);
            }
        }
        struct vg_kern_plane older = {px[(t + 1) % 2], WIDTH, HEIGHT, STRIDE};
        struct vg_kern_plane newer = {px[t % 2], WIDTH, HEIGHT, STRIDE};
        if (t > 0) {
            vg_overlay_step(&overlay, &older, &newer, &map);
        }
        assert_int_equal(vg_overlay_covers(&overlay, (struct vg_px){80, 32}), t >= 4);
    }
    int n = 0;
    for (int k = 0; k < overlay.n_x * overlay.n_y; k++) {
        n += overlay.is_masked[k];
    }
    assert_int_equal(n, 12 * 4); /* 10 x 2 cells and one more on each side */
    assert_false(vg_overlay_covers(&overlay, (struct vg_px){300, 200}));
    assert_false(vg_overlay_covers(&overlay, (struct vg_px){-5, 900}));
}

/* A whole picture warped: each pixel is the bilinear value of where the map says it comes from. */
static void a_picture_is_warped_along_its_map(void **state)
{
    (void)state;
    static uint8_t src[STRIDE * (HEIGHT + 1)];
    static uint8_t dst[STRIDE * HEIGHT];
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < STRIDE; x++) {
            src[y * STRIDE + x] = (uint8_t)(128 + 60 * sin(x * 0.11) * cos(y * 0.07));
        }
    }
    struct vg_map map;
    vg_map_one(&map, WIDTH, HEIGHT);
    map.h = (struct vg_homog){{1.05, 0.03, -9.5, -0.02, 0.97, 4.25, 2e-5, -3e-5, 1}};
    map.bend.dx_px[5][8] = 1.5F;
    uint8_t *store = aligned_alloc(64, (vg_warp_bytes(WIDTH) + 63) / 64 * 64);
    assert_non_null(store);
    struct vg_warp warp;
    vg_warp_lay(&warp, WIDTH, store);
    struct vg_kern_plane plane = {src, WIDTH, HEIGHT, STRIDE};
    vg_warp_picture(&warp, vg_kern_best(), &plane, &map, dst);
    int n = 0;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            struct vg_px q = vg_map_apply(&map, (struct vg_px){x, y});
            bool is_in = q.x_px > 10 && q.y_px > 10 && q.x_px < WIDTH - 11 && q.y_px < HEIGHT - 11;
            if (is_in) {
                double want = 128 + 60 * sin(q.x_px * 0.11) * cos(q.y_px * 0.07);
                assert_true(fabs(dst[y * STRIDE + x] - want) < 3.0);
                n++;
            }
        }
    }
    assert_true(n > WIDTH * HEIGHT * 8 / 10);
    free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(homographies_join_and_invert),
        cmocka_unit_test(fit_bears_wrong_pairs),
        cmocka_unit_test(bend_takes_the_shape_of_the_ground),
        cmocka_unit_test(pictures_are_placed_below_a_pixel),
        cmocka_unit_test(a_jump_is_followed_a_cut_is_seen),
        cmocka_unit_test(what_stands_still_on_moving_ground_is_an_overlay),
        cmocka_unit_test(a_picture_is_warped_along_its_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
