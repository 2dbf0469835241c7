/* Reading and writing "vigie-plan/1". Expected values are the literals in the texts below. */
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

static const char HEAD[] =
    "{\"format\":\"vigie-plan/"
    "1\",\"period_s\":7200,\"worst_gap_s\":3600,\"bound_s\":3400.5,\"ratio\":1.0587,";
static const char STRETCHES[] = "\"stretches\":[{\"id\":\"S1\",\"line\":\"L\",\"from_km\":0,\"to_"
                                "km\":12.345,\"revisit_s\":14400,"
                                "\"worst_gap_s\":3600},{\"id\":\"S2\",\"line\":\"L\",\"from_km\":"
                                "12.345,\"to_km\":900,\"revisit_s\":14400,"
                                "\"worst_gap_s\":null,\"unreachable\":\"too far\"}],";
static const char CERTIFICATE[] =
    "\"certificate\":{\"class\":\"x\",\"d\":[0.000123456789,1,2.5e-7]},";
static const char SORTIES[] =
    "\"sorties\":[{\"id\":\"A1\",\"drone\":\"V1\",\"base_from\":\"Kayes\",\"base_to\":\"Kayes\","
    "\"takeoff_s\":0.5,"
    "\"land_s\":3000,\"energy\":0.5,\"track\":[[0.5,14.431,-11.44,50],[3000,14.4310005,-11.44,50.1]"
    "],"
    "\"visits\":[{\"line\":\"L\",\"from_km\":12.345,\"to_km\":0,\"t0_s\":500,\"t1_s\":994.3}]},"
    "{\"id\":\"A2\",\"drone\":\"V2\",\"base_from\":\"Kayes\",\"base_to\":\"Nioro\",\"takeoff_s\":"
    "3600,\"land_s\":6600,"
    "\"period_s\":9000,\"energy\":0.25,\"track\":[],\"visits\":[]}]}";

static void join(struct vg_buf *out)
{
    vg_buf_puts(out, HEAD);
    vg_buf_puts(out, STRETCHES);
    vg_buf_puts(out, CERTIFICATE);
    vg_buf_puts(out, SORTIES);
}

static void reads_every_field(void **state)
{
    (void)state;
    struct vg_buf text = {0};
    join(&text);
    struct vg_plan p;
    struct vg_error err = {0};
    assert_int_equal(vg_plan_parse(text.data, text.n, "p.json", &p, &err), VG_OK);
    assert_true(p.period_s == 7200 && p.worst_gap_s == 3600 && p.bound_s == 3400.5);
    assert_int_equal(p.n_stretches, 2);
    assert_string_equal(p.stretches[0].id, "S1");
    assert_float_equal(p.stretches[0].to_m, 12345, 1e-9);
    assert_false(p.stretches[0].is_unreachable);
    assert_true(p.stretches[1].is_unreachable);
    assert_true(isinf(p.stretches[1].worst_gap_s));
    assert_string_equal(p.stretches[1].reason, "too far");
    assert_int_equal(p.n_sorties, 2);
    assert_string_equal(p.sorties[1].base_to, "Nioro");
    assert_true(p.sorties[0].period_s == 7200); /* the plan's, where the sortie gives none */
    assert_true(p.sorties[1].period_s == 9000);
    assert_int_equal(p.sorties[0].n_track, 2);
    assert_true(p.sorties[0].track[1].alt_msl_m == 50.1);
    assert_true(p.sorties[0].track[0].lon_deg == -11.44);
    assert_int_equal(p.sorties[0].n_visits, 1);
    assert_float_equal(p.sorties[0].visits[0].from_m, 12345, 1e-9);
    assert_true(p.sorties[0].visits[0].t1_s == 994.3);
    vg_plan_finish(&p);
    vg_buf_finish(&text);
}

static void written_and_read_back_is_the_same(void **state)
{
    (void)state;
    struct vg_buf text = {0};
    struct vg_buf once = {0};
    struct vg_buf twice = {0};
    join(&text);
    struct vg_plan p;
    struct vg_plan q;
    struct vg_error err = {0};
    assert_int_equal(vg_plan_parse(text.data, text.n, "p.json", &p, &err), VG_OK);
    vg_plan_format(&p, &once);
    assert_int_equal(vg_plan_parse(once.data, once.n, "p.json", &q, &err), VG_OK);
    vg_plan_format(&q, &twice);
    assert_string_equal(vg_buf_text(&once), vg_buf_text(&twice));
    assert_string_equal(p.certificate, q.certificate);
    assert_true(p.sorties[1].period_s == q.sorties[1].period_s);
    assert_non_null(
        strstr(once.data, "\"from_km\":12.345,\"to_km\":0,\"t0_s\":500,\"t1_s\":994.3}"));
    /* 14.4310005 to six decimals: the nearest double of the product is 14431000.5, rounded away
     * from zero. */
    assert_non_null(strstr(once.data, "[3000,14.431001,-11.44,50.1]"));
    vg_plan_finish(&p);
    vg_plan_finish(&q);
    vg_buf_finish(&text);
    vg_buf_finish(&once);
    vg_buf_finish(&twice);
}

static void a_wind_of_its_own_stands_for_the_watchs(void **state)
{
    (void)state;
    struct vg_buf text = {0};
    struct vg_buf again = {0};
    struct vg_plan p;
    struct vg_error err = {0};
    const struct vg_watchfile watch = {.wind_from_deg = 240, .wind_mps = 5, .n_drones = 3};
    vg_buf_puts(&text, HEAD);
    vg_buf_puts(&text, "\"wind\":[60,11.9],");
    vg_buf_puts(&text, STRETCHES);
    vg_buf_puts(&text, CERTIFICATE);
    vg_buf_puts(&text, SORTIES);
    assert_int_equal(vg_plan_parse(text.data, text.n, "p.json", &p, &err), VG_OK);
    const struct vg_watchfile in_it = vg_plan_watch(&p, &watch);
    assert_true(in_it.wind_from_deg == 60 && in_it.wind_mps == 11.9 && in_it.n_drones == 3);
    vg_plan_format(&p, &again);
    assert_non_null(strstr(vg_buf_text(&again), "\"wind\":[60,11.9]"));
    p.has_wind = false;
    assert_true(vg_plan_watch(&p, &watch).wind_mps == 5);
    vg_plan_finish(&p);
    vg_buf_finish(&text);
    vg_buf_finish(&again);
}

static void refuse(const char *from, const char *to, const char *expected)
{
    struct vg_buf text = {0};
    join(&text);
    char *at = strstr(text.data, from);
    assert_non_null(at);
    struct vg_buf broken = {0};
    vg_buf_add(&broken, text.data, (size_t)(at - text.data));
    vg_buf_puts(&broken, to);
    vg_buf_puts(&broken, at + strlen(from));
    struct vg_plan p = {.period_s = -77};
    struct vg_error err = {0};
    assert_int_equal(vg_plan_parse(broken.data, broken.n, "p.json", &p, &err), VG_E_FORMAT);
    assert_true(p.period_s == -77); /* untouched */
    char shown[1200];
    vg_error_text(&err, shown, sizeof shown);
    if (strstr(shown, expected) == NULL) {
        fail_msg("expected \"%s\" in \"%s\"", expected, shown);
    }
    vg_buf_finish(&text);
    vg_buf_finish(&broken);
}

static void clocks_are_read_and_written(void **state)
{
    (void)state;
    static const char TEXT[] =
        "{\"format\":\"vigie-plan/1\",\"period_s\":172800,\"worst_gap_s\":0,"
        "\"bound_s\":0,\"ratio\":0,\"clock\":\"05:30Z\",\"daylight\":"
        "\"1970-01-03\",\"stretches\":[],\"certificate\":{},\"sorties\":[],\"maintenance\":[{"
        "\"drone\":\"V1\",\"base\":\"B\",\"from_s\":900,\"to_s\":15300,\"period_s\":172800}]}";
    struct vg_plan p;
    struct vg_error err = {0};
    struct vg_buf out = {0};
    assert_int_equal(vg_plan_parse(TEXT, sizeof TEXT - 1, "p.json", &p, &err), VG_OK);
    assert_true(p.is_clocked && p.has_daylight);
    assert_true(p.clock_s == 5.5 * 3600);
    assert_int_equal(p.daylight_day, 2);
    assert_int_equal(p.n_slots, 1);
    assert_string_equal(p.slots[0].drone, "V1");
    assert_string_equal(p.slots[0].base, "B");
    assert_true(p.slots[0].from_s == 900 && p.slots[0].to_s == 15300);
    assert_true(p.slots[0].period_s == 172800);
    vg_plan_format(&p, &out);
    assert_non_null(strstr(out.data, "\"clock\":\"05:30Z\",\"daylight\":\"1970-01-03\""));
    assert_non_null(strstr(out.data, "\"maintenance\":[\n{\"drone\":\"V1\",\"base\":\"B\","
                                     "\"from_s\":900,\"to_s\":15300,\"period_s\":172800}]}"));
    vg_buf_finish(&out);
    vg_plan_finish(&p);
}

static void refusals_name_the_place(void **state)
{
    (void)state;
    refuse("\"period_s\":7200", "\"clock\":\"05:30\",\"period_s\":86400",
           "\"clock\" must be a time");
    refuse("\"period_s\":7200", "\"clock\":\"25:30Z\",\"period_s\":86400", "no time of day");
    refuse("\"period_s\":7200", "\"clock\":\"05:30Z\",\"period_s\":7200", "whole days");
    static const char *const FLEETS[] = {"[]", "[[\"V1\",\"t\"]]", "[[\"V1\",\"t\",3]]", "7",
                                         "[[\"V1\",\"t\",\"b\"],[\"V1\",\"t\",\"c\"]]"};
    for (int k = 0; k < 5; k++) {
        char fleet[200];
        vg_format(fleet, sizeof fleet, "\"fleet\":%s,\"period_s\":7200", FLEETS[k]);
        refuse("\"period_s\":7200", fleet, "\"fleet\" must be 1 to 5000 drones");
    }
    refuse("\"period_s\":7200", "\"maintenance\":[{\"drone\":\"V1\"}],\"period_s\":7200",
           "maintenance[0]: \"base\"");
    refuse("\"period_s\":7200", "\"daylight\":\"2026-11-28\",\"period_s\":86400", "beside a");
    refuse("\"period_s\":7200",
           "\"clock\":\"05:30Z\",\"daylight\":\"2026-13-28\",\"period_s\":86400",
           "\"daylight\" must be a date");
    refuse("vigie-plan/1", "vigie-plan/9", "p.json: \"format\" is \"vigie-plan/9\"");
    refuse("\"period_s\":7200", "\"period_s\":0", "\"period_s\" is 0, outside");
    refuse("\"to_km\":900", "\"to_km\":\"x\"", "stretches[1]: \"to_km\" must be a number");
    refuse("\"drone\":\"V2\"", "\"drone\":\"\"", "sorties[1]: \"drone\" must have 1 to 15 bytes");
    refuse("\"drone\":\"V2\"", "\"drone\":\"V234567890123456\"", "must have 1 to 15 bytes");
    refuse("[0.5,14.431", "[0.5,94.431", "sorties[0]: track[0]: number 2 must be from -90 to 90");
    refuse("-11.44,50],", "-11.44],", "sorties[0]: track[0]: must be [t_s, lat, lon, alt_msl_m]");
    refuse("\"t1_s\":994.3", "\"t1\":994.3", "sorties[0]: visits[0]: unknown key \"t1\"");
    refuse("\"energy\":0.5,", "", "sorties[0]: \"energy\" is missing");
    refuse("{\"class\":\"x\",\"d\":[0.000123456789,1,2.5e-7]}", "[]",
           "\"certificate\" must be an object");
    refuse("\"sorties\":[", "\"sorties\":[7,", "sorties[0]: must be an object");
    refuse("\"ratio\":1.0587,", "\"ratio\":1.0587", "p.json:1:");
    static const char *const WINDS[] = {"[60]",     "[60,-1]", "[361,5]",   "[60,101]",
                                        "[60,5,1]", "60",      "[60,\"5\"]"};
    for (size_t k = 0; k < sizeof WINDS / sizeof WINDS[0]; k++) {
        char to[80];
        vg_format(to, sizeof to, "\"ratio\":1.0587,\"wind\":%s,", WINDS[k]);
        refuse("\"ratio\":1.0587,", to, "\"wind\" must be [degrees it comes from, m/s]");
    }
}

static void in_french(void **state)
{
    (void)state;
    struct vg_plan p;
    struct vg_error err = {.lang = VG_LANG_FR};
    const char text[] = "{\"format\":\"vigie-plan/1\",\"zone\":1}";
    assert_int_equal(vg_plan_parse(text, strlen(text), "p.json", &p, &err), VG_E_FORMAT);
    assert_string_equal(err.message, "clé inconnue « zone »");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(written_and_read_back_is_the_same),
        cmocka_unit_test(a_wind_of_its_own_stands_for_the_watchs),
        cmocka_unit_test(clocks_are_read_and_written),
        cmocka_unit_test(refusals_name_the_place),
        cmocka_unit_test(in_french),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
