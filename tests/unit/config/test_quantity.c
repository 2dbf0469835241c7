/* Quantities: values worked out by hand, refusals with their words. */
#include "config/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct good {
    enum vg_quantity kind;
    const char *text;
    double value;
};

static const struct good GOOD[] = {
    {VG_Q_DURATION, "4h", 14400},
    {VG_Q_DURATION, "1h 30min", 5400},
    {VG_Q_DURATION, "1h30min", 5400},
    {VG_Q_DURATION, " 1 h  30 min ", 5400},
    {VG_Q_DURATION, "2d 3h 4min 5s", 2 * 86400 + 3 * 3600 + 4 * 60 + 5},
    {VG_Q_DURATION, "1.5h", 5400},
    {VG_Q_DURATION, "250ms", 0.25},
    {VG_Q_DURATION, "3us", 3e-6},
    {VG_Q_DURATION, "0", 0},
    {VG_Q_LENGTH, "2km", 2000},
    {VG_Q_LENGTH, "0.1 m", 0.1},
    {VG_Q_LENGTH, "1000 ft", 304.8},
    {VG_Q_LENGTH, "2 nmi", 3704},
    {VG_Q_SPEED, "25 m/s", 25},
    {VG_Q_SPEED, "90 km/h", 25},
    {VG_Q_SPEED, "36km/h", 10},
    {VG_Q_SPEED, "18 kt", 9.26}, /* 18 x 1852 / 3600 */
    {VG_Q_ANGLE, "6deg", 6},
    {VG_Q_ANGLE, "6°", 6},
    {VG_Q_ANGLE, "-30deg", -30},
    {VG_Q_SHARE, "15%", 0.15},
    {VG_Q_SHARE, "100 %", 1},
    {VG_Q_SHARE, "0.00", 0},
    {VG_Q_RATE, "60 B/s", 60},
    {VG_Q_RATE, "9.6 kbit/s", 1200},
    {VG_Q_RATE, "2400bit/s", 300},
    {VG_Q_RATE, "5 kB/s", 5000},
};

/* To the last bit: each literal is the double nearest the decimal value. */
static void reads_exactly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        struct vg_error err = {0};
        double value = 77;
        enum vg_status status = vg_quantity_parse(GOOD[i].kind, GOOD[i].text, &value, &err);
        if (status != VG_OK || value < GOOD[i].value || value > GOOD[i].value) {
            fail_msg("\"%s\": %.17g, wanted %.17g (%s)", GOOD[i].text, value, GOOD[i].value,
                     err.message);
        }
    }
}

/* pi rad is 180 degrees; here the factor itself is rounded. */
static void reads_radians(void **state)
{
    (void)state;
    double deg = 0;
    assert_int_equal(vg_quantity_parse(VG_Q_ANGLE, "3.14159265358979 rad", &deg, NULL), VG_OK);
    assert_true(fabs(deg - 180) < 1e-12);
}

struct bad {
    enum vg_quantity kind;
    const char *text;
    const char *message;
};

static const struct bad BAD[] = {
    {VG_Q_DURATION, "4", "\"4\" has no unit; write one of: us, ms, s, min, h, d"},
    {VG_Q_DURATION, "4 hours?", "unknown unit \"hours?\" in \"4 hours?\"; did you mean \"h\"?"},
    {VG_Q_DURATION, "30 m", "unknown unit \"m\" in \"30 m\"; did you mean \"min\"?"},
    {VG_Q_DURATION, "4 Std",
     "unknown unit \"Std\" in \"4 Std\"; write one of: us, ms, s, min, h, d"},
    {VG_Q_DURATION, "4 fortnights",
     "unknown unit \"fortnights\" in \"4 fortnights\"; write one of: us, ms, s, min, h, d"},
    {VG_Q_DURATION, "30min 1h",
     "expected a duration such as \"4h\" or \"1h 30min\", got \"30min 1h\""},
    {VG_Q_DURATION, "1h 1h", "expected a duration such as \"4h\" or \"1h 30min\", got \"1h 1h\""},
    {VG_Q_DURATION, "", "expected a duration such as \"4h\" or \"1h 30min\", got \"\""},
    {VG_Q_DURATION, "h", "expected a duration such as \"4h\" or \"1h 30min\", got \"h\""},
    {VG_Q_DURATION, "-4h", "\"-4h\" must not be negative"},
    {VG_Q_DURATION, "0 30min", "\"0 30min\" has no unit; write one of: us, ms, s, min, h, d"},
    {VG_Q_LENGTH, "1e309 m", "unknown unit \"e\" in \"1e309 m\"; did you mean \"m\"?"},
    {VG_Q_LENGTH, "-5 m", "\"-5 m\" must not be negative"},
    {VG_Q_LENGTH, "5 km 3 m", "expected a length such as \"2km\" or \"300 m\", got \"5 km 3 m\""},
    {VG_Q_LENGTH, "1,5 km", "unknown unit \",\" in \"1,5 km\"; did you mean \"m\"?"},
    {VG_Q_LENGTH, "1234567890123456 m",
     "expected a length such as \"2km\" or \"300 m\", got \"1234567890123456 m\""},
    {VG_Q_LENGTH, "inf m", "expected a length such as \"2km\" or \"300 m\", got \"inf m\""},
    {VG_Q_LENGTH, "0x10 m", "unknown unit \"x\" in \"0x10 m\"; did you mean \"m\"?"},
    {VG_Q_LENGTH, ".5 km", "expected a length such as \"2km\" or \"300 m\", got \".5 km\""},
    {VG_Q_LENGTH, "5. km", "unknown unit \".\" in \"5. km\"; did you mean \"m\"?"},
    {VG_Q_SPEED, "25 mps", "unknown unit \"mps\" in \"25 mps\"; did you mean \"m/s\"?"},
    {VG_Q_SPEED, "25 kmh", "unknown unit \"kmh\" in \"25 kmh\"; did you mean \"km/h\"?"},
    {VG_Q_ANGLE, "60 degrees", "unknown unit \"degrees\" in \"60 degrees\"; did you mean \"deg\"?"},
    {VG_Q_ANGLE, "--6deg", "expected an angle such as \"60deg\", got \"--6deg\""},
    {VG_Q_RATE, "60", "\"60\" has no unit; write one of: B/s, kB/s, bit/s, kbit/s"},
    {VG_Q_RATE, "60 bps", "unknown unit \"bps\" in \"60 bps\"; did you mean \"bit/s\"?"},
    {VG_Q_RATE, "x", "expected a rate such as \"60 B/s\", got \"x\""},
    {VG_Q_SHARE, "0.15", "\"0.15\" has no unit; write one of: %"},
    {VG_Q_SHARE, "x", "expected a share such as \"15%\", got \"x\""},
};

static void refuses_with_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct vg_error err = {0};
        double value = 77;
        enum vg_status status = vg_quantity_parse(BAD[i].kind, BAD[i].text, &value, &err);
        if (status != VG_E_FORMAT || strcmp(err.message, BAD[i].message) != 0) {
            fail_msg("\"%s\": status %d, \"%s\", wanted \"%s\"", BAD[i].text, (int)status,
                     err.message, BAD[i].message);
        }
        assert_float_equal(value, 77, 0); /* outputs untouched */
    }
}

static void speaks_french(void **state)
{
    (void)state;
    struct vg_error err = {.lang = VG_LANG_FR};
    double value = 0;
    assert_int_equal(vg_quantity_duration("4", &value, &err), VG_E_FORMAT);
    assert_string_equal(err.message,
                        "« 4 » n'a pas d'unité ; écrire l'une de : us, ms, s, min, h, d");
}

/* The C library rounds decimals correctly too: the two must agree to the bit on anything up to 15
 * digits. */
static void agrees_with_strtod(void **state)
{
    (void)state;
    static const char *const NUMBERS[] = {
        "0.1",  "0.3",       "1.7",   "123.456", "99999.99999", "0.000001", "314159.265358979",
        "7.25", "4096.0625", "1.005",
    };
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        char text[40] = "";
        double value = 0;
        strncat(text, NUMBERS[i], sizeof text - 3);
        strcat(text, " m");
        assert_int_equal(vg_quantity_length(text, &value, NULL), VG_OK);
        double want = strtod(NUMBERS[i], NULL);
        assert_memory_equal(&value, &want, sizeof value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_exactly),       cmocka_unit_test(reads_radians),
        cmocka_unit_test(refuses_with_reason), cmocka_unit_test(speaks_french),
        cmocka_unit_test(agrees_with_strtod),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
