/* Grades and the chance of detection, worked out by hand from the formulas of their sources. */
#include "terrain/grade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void classes_are_half_octaves(void **state)
{
    (void)state;
    assert_int_equal(vg_grade_of_gsd(0.01), 1);
    assert_int_equal(vg_grade_of_gsd(0.05), 1);
    assert_int_equal(vg_grade_of_gsd(0.051), 2);
    assert_int_equal(vg_grade_of_gsd(0.0707), 2);
    assert_int_equal(vg_grade_of_gsd(0.1), 3);
    assert_int_equal(vg_grade_of_gsd(0.1001), 4);
    assert_int_equal(vg_grade_of_gsd(0.8), 9);
    assert_int_equal(vg_grade_of_gsd(1.13), 10);
    assert_int_equal(vg_grade_of_gsd(1e6), 20);
    assert_true(fabs(vg_grade_gsd_m(9) - 0.8) < 1e-12);
    assert_true(fabs(vg_grade_gsd_m(10) - 1.13137) < 1e-5);
    assert_true(isnan(vg_grade_gsd_m(VG_GRADE_UNKNOWN)));
    for (int g = VG_GRADE_BEST; g <= VG_GRADE_WORST; g++) {
        assert_int_equal(vg_grade_of_gsd(vg_grade_gsd_m(g)), g);
        /* whole centimetres in the record come back as the same grade */
        assert_int_equal(vg_grade_of_gsd(round(100 * vg_grade_gsd_m(g)) / 100 * 0.98), g);
    }
}

static void a_steep_look_shows_less_of_a_person(void **state)
{
    (void)state;
    assert_true(fabs(vg_grade_foreshortening(0) - 1) < 1e-12);
    assert_true(fabs(vg_grade_foreshortening(1) - sqrt(1.7 / 0.3)) < 1e-12);
    /* 30 degrees: 1 / sqrt(0.8660 + 0.1765 x 0.5) = 1.0237 */
    assert_true(fabs(vg_grade_foreshortening(0.5) - 1.02369) < 1e-5);
    assert_true(fabs(vg_grade_foreshortening(-0.5) - 1.02369) < 1e-5);
    /* 866 m away, 500 m below, 0.6 mm a metre: 1,000 x 0.0006 x 1.0237 = 61.4 cm: to 80 cm */
    assert_int_equal(vg_grade_at(866.025, -500, 0.0006), 9);
    assert_int_equal(vg_grade_at(0, -100, 0.001), vg_grade_of_gsd(0.1 * 2.380));
    for (double up = -900; up < 900; up += 37) {
        double slant = hypot(700, up);
        double gsd = slant * 0.0005 * vg_grade_foreshortening(up / slant);
        assert_int_equal(vg_grade_at(700, up, 0.0005), vg_grade_of_gsd(gsd));
    }
}

/* Half the cycles of N50 each: by definition one half at N = N50. r = 2: E = 4.1, 2^4.1 = 17.148,
 * 17.148 / 18.148 = 0.9449. r = 1/2: E = 3.05, 2^-3.05 = 0.12074, 0.12074 / 1.12074 = 0.10774. */
static void detection_follows_the_transfer_function(void **state)
{
    (void)state;
    assert_true(fabs(vg_detect_probability(0.75, 0.5) - 0.5) < 1e-12);
    assert_true(fabs(vg_detect_probability(0.75, 0.25) - 0.9449) < 1e-4);
    assert_true(fabs(vg_detect_probability(0.75, 1.0) - 0.10774) < 1e-4);
    assert_true(vg_detect_probability(2.3, 0.001) == 1.0);
    assert_true(vg_detect_probability(0.75, 1000) < 1e-6);
    double last = 1;
    for (double gsd = 0.02; gsd < 50; gsd *= 1.1) {
        double p = vg_detect_probability(1.68, gsd);
        assert_true(p <= last && p >= 0);
        assert_true(p >= vg_detect_probability(0.75, gsd));
        assert_true(p <= vg_detect_probability(2.3, gsd));
        last = p;
    }
}

/* "At least this quality": all of the grade is within it. Grades end at 0.4, 0.566, 0.8, 1.131 m.
 */
static void a_wanted_quality_takes_whole_grades(void **state)
{
    (void)state;
    assert_int_equal(vg_grade_within(0.049), 0);
    assert_int_equal(vg_grade_within(0.05), 1);
    assert_int_equal(vg_grade_within(0.5), 7);
    assert_int_equal(vg_grade_within(0.57), 8); /* as it is written in two digits */
    assert_int_equal(vg_grade_within(0.79), 8);
    assert_int_equal(vg_grade_within(0.8), 9);
    assert_int_equal(vg_grade_within(1.13), 10);
    assert_int_equal(vg_grade_within(1e6), 20);
    assert_int_equal(vg_grade_within((double)NAN), 0);
    /* even odds where size / (2 gsd) = 0.75: a person of 0.75 m at 0.5 m a pixel, a group of 1.68 m
     * at 1.12, a vehicle of 2.3 m at 1.533 */
    assert_int_equal(vg_grade_detecting(0.75), 7);
    assert_int_equal(vg_grade_detecting(1.68), 9);
    assert_int_equal(vg_grade_detecting(2.3), 10);
    assert_int_equal(vg_grade_detecting(0.07), 0); /* 0.047 m */
    assert_int_equal(vg_grade_detecting(1e6), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_half_octaves),
        cmocka_unit_test(a_steep_look_shows_less_of_a_person),
        cmocka_unit_test(detection_follows_the_transfer_function),
        cmocka_unit_test(a_wanted_quality_takes_whole_grades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
