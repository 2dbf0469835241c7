/* The geoid's height against the values that NGA gives for its EGM96 program (F477, OUTF477.DAT).
 */
#include "terrain/geoid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void heights_of_nga(void **state)
{
    static const struct {
        double lat_deg;
        double lon_deg;
        double height_m;
    } rows[] = {
        {38.6281550, 269.7791550 - 360, -31.628}, {-14.6212170, 305.0211140 - 360, -2.969},
        {46.8743190, 102.4487290, -43.575},       {-23.6174460, 133.8747120, 15.871},
        {38.6254730, 359.9995000 - 360, 50.066},  {-0.4667440, 0.0023000, 17.329},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        /* The grid's cells are 15 minutes wide; the program sums harmonics. */
        assert_float_equal(vg_geoid_egm96_m(rows[i].lat_deg, rows[i].lon_deg), rows[i].height_m,
                           0.6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(heights_of_nga)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
