/* Field of view and patrol pitch against trigonometry done by hand (bc -l). */
#include "config/watchfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

/* 1920 x 1080 at 60 degrees: 2 atan(tan 30 x 9 / 16) = 2 atan(0.324759526...) = 35.983398 degrees.
 */
static void vertical_field(void **state)
{
    (void)state;
    struct vg_wf_camera hd = {.width_px = 1920, .height_px = 1080, .hfov_max_deg = 60};
    assert_true(fabs(vg_camera_vfov_deg(&hd, 60) - 35.983398) < 1e-6);
    struct vg_wf_camera square = {.width_px = 640, .height_px = 640};
    assert_true(fabs(vg_camera_vfov_deg(&square, 43.5) - 43.5) < 1e-12);
    /* Narrow: the angles go as the sides, 6 x 9 / 16 = 3.375, to a part in a thousand. */
    assert_true(fabs(vg_camera_vfov_deg(&hd, 6) - 3.375) < 3.4e-3);
}

/* Depth 2,000 m at half field 30 degrees: lead 2000 / tan 30 = 3464.1016 m; from 300 m up it lies
 * atan(300 / 3464.1016) = 4.949611 degrees down; a quarter of the field is 35.98339 / 4 = 8.995848;
 * the middle 13.945460 down. */
static void patrol_pitch(void **state)
{
    (void)state;
    struct vg_wf_camera hd = {.width_px = 1920, .height_px = 1080, .hfov_max_deg = 60};
    double lead_m = 0;
    double pitch_deg = vg_camera_patrol_pitch_deg(&hd, 300, 2000, &lead_m);
    assert_true(fabs(lead_m - 3464.1016) < 1e-4);
    assert_true(fabs(pitch_deg + 13.945460) < 2e-6);
    assert_true(fabs(vg_camera_patrol_pitch_deg(&hd, 300, 2000, NULL) - pitch_deg) < 1e-12);
    /* Very high over a thin strip: straight down, not beyond. */
    assert_float_equal(vg_camera_patrol_pitch_deg(&hd, 10000, 1, NULL), -90, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vertical_field),
        cmocka_unit_test(patrol_pitch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
