/* Two clocks, a radio of uneven delays: the offset is within half the round trip that is stated. */
#include "base/rng.h"
#include "link/allow.h"
#include "link/timesync.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7
};
static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};
/* 2026-01-01T00:00:00Z; the drone started 1,000 s before and counts from there. */
static const int64_t START_US = INT64_C(1767225600000000);
static const int64_t BOOT_US = INT64_C(1767224600000000);

static struct vg_timesync sync;

static void tell(int64_t tc1_ns, int64_t ts1_ns, int64_t t_us)
{
    const struct vg_mav_timesync m = {.tc1 = tc1_ns, .ts1 = ts1_ns};
    struct vg_mav_msg msg;
    vg_mav_timesync_pack(&m, DRONE, 1, &msg);
    vg_timesync_feed(&sync, &msg, vg_us(t_us));
}

/* One exchange with these two delays; the drone's clock by hand. */
static void exchange(int64_t t_us, int64_t there_us, int64_t back_us)
{
    struct vg_mav_msg msg;
    struct vg_mav_timesync m;
    vg_timesync_step(&sync, vg_us(t_us));
    if (vg_timesync_next_out(&sync, &msg)) {
        assert_true(vg_allow_message(&msg, NULL));
        vg_mav_timesync_unpack(&msg, &m);
        assert_int_equal(m.tc1, 0);
        tell((t_us + there_us - BOOT_US) * 1000, m.ts1, t_us + there_us + back_us);
    }
}

static void even_delays_give_the_offset(void **state)
{
    (void)state;
    vg_timesync_init(&sync, pair);
    exchange(START_US, 200000, 200000);
    assert_true(sync.is_known);
    assert_float_equal(sync.round_trip_s, 0.4, 1e-9);
    assert_true(fabs(sync.offset_s + (double)BOOT_US / 1e6) < 1e-3);
    struct vg_us t;
    assert_true(vg_timesync_utc(&sync, 1000000, &t)); /* 1,000 s after its start */
    assert_true(llabs(t.us - START_US) < 1000);
}

static void uneven_delays_stay_within_what_is_stated(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        vg_timesync_init(&sync, pair);
        double least_s = 100;
        for (int i = 0; i < 60; i++) {
            int64_t there = 5000 + (int64_t)vg_rng_below(&rng, 900000);
            int64_t back = 5000 + (int64_t)vg_rng_below(&rng, 900000);
            if (vg_rng_below(&rng, 3) != 0) {
                exchange(START_US + i * INT64_C(10000000), there, back);
            }
            if (!sync.is_known) {
                continue;
            }
            double error_s = sync.offset_s + (double)BOOT_US / 1e6;
            assert_true(fabs(error_s) <= sync.round_trip_s / 2 + 1e-3);
            assert_true(sync.round_trip_s <= sync.round_trip_mean_s + 1e-9);
            least_s = fmin(least_s, sync.round_trip_s);
        }
        assert_true(least_s < 1.0);
    }
}

static void other_answers_are_not_ours(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    vg_timesync_init(&sync, pair);
    vg_timesync_step(&sync, vg_us(START_US));
    assert_true(vg_timesync_next_out(&sync, &msg));
    tell(12345, (START_US - 5) * 1000, START_US + 1000); /* another station's question */
    tell(12345, 0, START_US + 1000);
    tell(12345, START_US * 1000, START_US - 1); /* before it was asked */
    tell(INT64_MIN, START_US * 1000, START_US + 1000);
    assert_false(sync.is_known);
    assert_false(vg_timesync_utc(&sync, 0, &(struct vg_us){0}));
}

static void the_drone_may_ask_too(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    struct vg_mav_timesync m;
    vg_timesync_init(&sync, pair);
    tell(0, 777, START_US);
    assert_true(vg_timesync_next_out(&sync, &msg));
    vg_mav_timesync_unpack(&msg, &m);
    assert_int_equal(m.ts1, 777);
    assert_int_equal(m.tc1, START_US * 1000);
    assert_true(vg_allow_message(&msg, NULL));
}

static void the_drones_own_utc_is_compared(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    vg_timesync_init(&sync, pair);
    vg_mav_system_time_pack(
        &(struct vg_mav_system_time){.time_unix_usec = (uint64_t)START_US - 3600000000u}, DRONE, 1,
        &msg);
    vg_timesync_feed(&sync, &msg, vg_us(START_US));
    assert_true(sync.has_utc);
    assert_float_equal(sync.utc_error_s, -3600, 1e-6);
    vg_mav_system_time_pack(&(struct vg_mav_system_time){.time_boot_ms = 5}, DRONE, 1, &msg);
    vg_timesync_feed(&sync, &msg, vg_us(START_US));
    assert_false(sync.has_utc); /* 0: it does not know */
}

static void it_asks_often_at_first(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    int n = 0;
    vg_timesync_init(&sync, pair);
    for (int i = 0; i < 2000; i++) {
        vg_timesync_step(&sync, vg_us(START_US + i * 50000));
        n += vg_timesync_next_out(&sync, &msg);
    }
    assert_int_equal(n, 5 + 9); /* 0..4 s, then every 10 s to 94 s */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(even_delays_give_the_offset),
        cmocka_unit_test(uneven_delays_stay_within_what_is_stated),
        cmocka_unit_test(other_answers_are_not_ours),
        cmocka_unit_test(the_drone_may_ask_too),
        cmocka_unit_test(the_drones_own_utc_is_compared),
        cmocka_unit_test(it_asks_often_at_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
