#include "fly/timetable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct vg_plan_visit visit = {
    .line = "L", .from_m = 0, .to_m = 1000, .t0_s = 150, .t1_s = 250};

static struct vg_plan two_sorties(struct vg_plan_sortie s[2])
{
    s[0] = (struct vg_plan_sortie){.id = "A1",
                                   .drone = "V1",
                                   .takeoff_s = 100,
                                   .land_s = 400,
                                   .period_s = 1000,
                                   .visits = &visit,
                                   .n_visits = 1};
    s[1] = (struct vg_plan_sortie){
        .id = "A2", .drone = "V1", .takeoff_s = 700, .land_s = 1100, .period_s = 1000};
    return (struct vg_plan){.period_s = 1000, .sorties = s, .n_sorties = 2};
}

static void next_flights_alternate(void **state)
{
    (void)state;
    struct vg_plan_sortie s[2];
    struct vg_plan plan = two_sorties(s);
    const struct vg_us epoch = vg_us_from_s(50000);
    struct vg_timetable t = {&plan, epoch, epoch};
    static const struct {
        double from_s;
        int sortie;
        int64_t turn;
        double takeoff_s;
    } want[] = {
        {40000, 0, 0, 50100}, /* before the epoch: the first of all */
        {50100, 0, 0, 50100}, /* at the very time */
        {50100.000001, 1, 0, 50700}, {50701, 0, 1, 51100},
        {60000, 0, 10, 60100},       {60500, 1, 10, 60700},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct vg_departure f = vg_timetable_next(&t, "V1", vg_us_from_s(want[i].from_s));
        assert_int_equal(f.sortie, want[i].sortie);
        assert_int_equal(f.turn, want[i].turn);
        assert_int_equal(f.takeoff.us, vg_us_from_s(want[i].takeoff_s).us);
    }
    assert_int_equal(vg_timetable_next(&t, "V9", epoch).sortie, -1);
    t.begins = vg_us_from_s(51500); /* a plan taken up in the middle of its second turn */
    struct vg_departure first = vg_timetable_next(&t, "V1", vg_us_from_s(50200));
    assert_int_equal(first.sortie, 1);
    assert_int_equal(first.takeoff.us, vg_us_from_s(51700).us);
    char id[32];
    struct vg_departure f = vg_timetable_at(&t, 1, 3);
    assert_string_equal(vg_departure_id(&plan, &f, true, id, sizeof id), "A2#3R");
}

/* A plan that goes by the clock begins at its time of day, not when the station starts; launches
 * and landings keep to the hours of their bases. */
static void clocks_and_hours(void **state)
{
    (void)state;
    struct vg_plan plan = {.period_s = 86400, .is_clocked = true, .clock_s = 5.5 * 3600};
    static const struct {
        const char *now;
        const char *epoch;
    } want[] = {
        {"2026-11-28T14:00:00Z", "2026-11-28T05:30:00Z"},
        {"2026-11-28T05:30:00Z", "2026-11-28T05:30:00Z"},
        {"2026-11-28T05:29:59Z", "2026-11-27T05:30:00Z"},
    };
    for (size_t k = 0; k < sizeof want / sizeof want[0]; k++) {
        struct vg_us now, epoch;
        assert_int_equal(vg_time_parse(want[k].now, &now, NULL), VG_OK);
        assert_int_equal(vg_time_parse(want[k].epoch, &epoch, NULL), VG_OK);
        assert_int_equal(vg_timetable_epoch(&plan, now).us, epoch.us);
    }
    struct vg_wf_base base = {.name = "Camp", .closed = {{{22 * 3600.0, 29 * 3600.0}}, 1}};
    struct vg_watchfile w = {.bases = &base, .n_bases = 1};
    struct vg_plan_sortie s = {.base_from = "Camp", .base_to = "Camp", .land_s = 7200};
    assert_true(vg_timetable_is_open(&w, &s, vg_us_from_s(3 * 86400 + 19.9 * 3600)));
    assert_false(vg_timetable_is_open(&w, &s, vg_us_from_s(3 * 86400 + 20.1 * 3600)));
    assert_false(vg_timetable_is_open(&w, &s, vg_us_from_s(3 * 86400 + 4.9 * 3600)));
    assert_true(vg_timetable_is_open(&w, &s, vg_us_from_s(3 * 86400 + 5.1 * 3600)));
}

static double axis(void *ctx, const char *line)
{
    (void)ctx;
    return strcmp(line, "L") == 0 ? 5000 : -1;
}

static void passes_are_laid_on_the_clock(void **state)
{
    (void)state;
    struct vg_plan_sortie s[2];
    struct vg_plan plan = two_sorties(s);
    struct vg_buf b = {0};
    const struct vg_timetable t = {&plan, vg_us_from_s(50000), vg_us_from_s(50000)};
    vg_timetable_passes(&t, vg_us_from_s(51000), vg_us_from_s(52500), axis, NULL, &b);
    assert_string_equal(
        vg_buf_text(&b),
        "[{\"drone\":\"V1\",\"sortie\":\"A1#1\",\"points\":[[51150,5000],[51250,6000]]},"
        "{\"drone\":\"V1\",\"sortie\":\"A1#2\",\"points\":[[52150,5000],[52250,6000]]}]");
    vg_buf_reset(&b);
    const struct vg_timetable later = {&plan, vg_us_from_s(50000), vg_us_from_s(51101)};
    vg_timetable_passes(&later, vg_us_from_s(51000), vg_us_from_s(52500), axis, NULL, &b);
    assert_string_equal(
        vg_buf_text(&b),
        "[{\"drone\":\"V1\",\"sortie\":\"A1#2\",\"points\":[[52150,5000],[52250,6000]]}]");
    vg_buf_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_flights_alternate),
        cmocka_unit_test(clocks_and_hours),
        cmocka_unit_test(passes_are_laid_on_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
