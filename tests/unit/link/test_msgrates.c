/* Message rates against drones that obey, refuse, lie, forget and are hard to hear. */
#include "channel.h"
#include "link/allow.h"
#include "link/msgrates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    N = 4,
    TICK_MS = 50
};
static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};
/* By number (common.xml, ardupilotmega.xml): position 33, attitude 30, wind 168, field of view 271.
 */
static const struct vg_msgrate_wanted wanted[N] = {{33, 10}, {30, 5}, {168, 1}, {271, 1}};

/* The other end: what it answers to SET_MESSAGE_INTERVAL (-1: nothing) and whether it then sends.
 */
struct drone {
    int answers[N];
    bool obeys[N];
    bool obeys_streams;
    double interval_ms[N]; /* 0: does not send */
    double due_ms[N];
    int n_asked[N];
    int n_streams;
    int last_stream;
    int last_stream_rate;
};

static struct drone drone;
static struct vg_msgrates rates;
static struct channel up;
static struct channel down;
static int64_t ms;

static struct vg_us now(void)
{
    return vg_us((ms + 1000) * 1000);
}

static int find(uint32_t id)
{
    for (int i = 0; i < N; i++) {
        if (wanted[i].id == id) {
            return i;
        }
    }
    fail();
    return 0;
}

static void take_command(const struct vg_mav_msg *msg)
{
    struct vg_mav_command_long c;
    vg_mav_command_long_unpack(msg, &c);
    assert_int_equal(c.command, 511);
    assert_int_equal(c.target_component, 1);
    int i = find((uint32_t)c.param1);
    drone.n_asked[i]++;
    if (drone.obeys[i]) {
        drone.interval_ms[i] = (double)c.param2 / 1000;
    }
    if (drone.answers[i] >= 0) {
        const struct vg_mav_command_ack ack = {
            .command = 511, .result = (uint8_t)drone.answers[i], .target_system = GCS};
        struct vg_mav_msg m;
        vg_mav_command_ack_pack(&ack, DRONE, 1, &m);
        channel_send(&down, &m, (int)(ms / TICK_MS));
    }
}

/* ArduPilot's groups: position 6 holds 33, extra 1 (10) holds 30, extra 3 (12) holds 168. */
static void take_stream(const struct vg_mav_msg *msg)
{
    static const int streams[N] = {6, 10, 12, -1};
    struct vg_mav_request_data_stream s;
    vg_mav_request_data_stream_unpack(msg, &s);
    assert_int_equal(s.start_stop, 1);
    drone.n_streams++;
    drone.last_stream = s.req_stream_id;
    drone.last_stream_rate = s.req_message_rate;
    for (int i = 0; i < N && drone.obeys_streams; i++) {
        if (streams[i] == s.req_stream_id) {
            drone.interval_ms[i] = 1000.0 / s.req_message_rate;
        }
    }
}

static void tick(void)
{
    struct vg_mav_msg m;
    int t = (int)(ms / TICK_MS);
    vg_msgrates_step(&rates, now());
    while (vg_msgrates_next_out(&rates, &m)) {
        assert_true(vg_allow_message(&m, NULL));
        channel_send(&up, &m, t);
    }
    while (channel_take(&up, &m, t)) {
        if (m.id == VG_MAV_ID_COMMAND_LONG) {
            take_command(&m);
        } else {
            take_stream(&m);
        }
    }
    for (int i = 0; i < N; i++) {
        if (drone.interval_ms[i] > 0 && (double)ms >= drone.due_ms[i]) {
            drone.due_ms[i] = (double)ms + drone.interval_ms[i];
            const struct vg_mav_msg told = {.id = wanted[i].id, .sysid = DRONE, .compid = 1};
            channel_send(&down, &told, t);
        }
    }
    while (channel_take(&down, &m, t)) {
        vg_msgrates_feed(&rates, &m, now());
    }
    ms += TICK_MS;
}

static void set_up(uint64_t seed, double loss)
{
    memset(&drone, 0, sizeof drone);
    for (int i = 0; i < N; i++) {
        drone.obeys[i] = true;
    }
    drone.obeys_streams = true;
    channel_open_both(&up, &down, seed,
                      (struct channel){.loss = loss, .delay_max = loss > 0 ? 6 : 0});
    ms = 0;
    vg_msgrates_init(&rates, pair, wanted, N);
}

static void run_s(double s)
{
    int64_t until = ms + (int64_t)(s * 1000);
    while (ms < until) {
        tick();
    }
}

static void an_obedient_drone_is_asked_once(void **state)
{
    (void)state;
    set_up(1, 0);
    run_s(600);
    for (int i = 0; i < N; i++) {
        assert_int_equal(rates.rates[i].state, VG_MSGRATE_GRANTED);
        assert_int_equal(drone.n_asked[i], 1);
        assert_true(drone.interval_ms[i] == 1000.0 / wanted[i].rate_hz);
    }
    assert_int_equal(drone.n_streams, 0);
}

static void over_a_bad_radio_all_come_in_the_end(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        set_up(seed, 0.4);
        run_s(300);
        for (int i = 0; i < N; i++) {
            assert_true(drone.interval_ms[i] > 0);
            assert_true(rates.rates[i].n_heard > 50);
            assert_true(drone.n_asked[i] <= 8);
        }
    }
}

static void what_is_refused_is_asked_for_by_its_stream(void **state)
{
    (void)state;
    for (int answer = -1; answer <= 4; answer++) {
        if (answer == 0 || answer == 1) {
            continue; /* accepted; for now: below */
        }
        set_up(1, 0);
        for (int i = 0; i < N; i++) {
            drone.answers[i] = answer;
            drone.obeys[i] = false;
        }
        run_s(60);
        assert_int_equal(rates.rates[0].state, VG_MSGRATE_STREAMED);
        assert_int_equal(rates.rates[2].state, VG_MSGRATE_STREAMED);
        assert_true(rates.rates[0].n_heard > 400);
        assert_true(rates.rates[2].n_heard > 40);
        assert_int_equal(rates.rates[3].n_heard, 0); /* has no stream */
        assert_int_equal(drone.n_streams, 3);
        assert_int_equal(drone.last_stream, 12);
        assert_int_equal(drone.last_stream_rate, 1);
        assert_int_equal(drone.n_asked[0], answer < 0 ? 3 : 1);
    }
}

static void what_is_not_known_and_has_no_stream_is_left_in_peace(void **state)
{
    (void)state;
    set_up(1, 0);
    drone.answers[3] = 2; /* ArduPilot's answer to a message that it does not have */
    drone.obeys[3] = false;
    run_s(600);
    assert_int_equal(rates.rates[3].state, VG_MSGRATE_REFUSED);
    assert_int_equal(drone.n_asked[3], 1);
    assert_int_equal(rates.rates[0].state, VG_MSGRATE_GRANTED);
}

static void what_stops_is_asked_for_again(void **state)
{
    (void)state;
    set_up(1, 0);
    run_s(40);
    drone.interval_ms[0] = 2000; /* another station wanted less */
    drone.interval_ms[1] = 0;
    run_s(90);
    assert_true(drone.interval_ms[0] == 100);
    assert_true(drone.interval_ms[1] == 200);
    assert_int_equal(drone.n_asked[0], 2);
    assert_int_equal(drone.n_asked[2], 1);
}

static void after_a_restart_all_is_asked_again(void **state)
{
    (void)state;
    set_up(1, 0);
    run_s(20);
    memset(drone.interval_ms, 0, sizeof drone.interval_ms);
    vg_msgrates_restart(&rates);
    run_s(10);
    for (int i = 0; i < N; i++) {
        assert_int_equal(drone.n_asked[i], 2);
        assert_true(drone.interval_ms[i] > 0);
    }
}

static void a_paused_link_is_not_spoken_to(void **state)
{
    (void)state;
    set_up(1, 0);
    vg_msgrates_pause(&rates, true);
    run_s(60);
    assert_int_equal(drone.n_asked[0], 0);
    vg_msgrates_pause(&rates, false);
    run_s(5);
    assert_int_equal(drone.n_asked[3], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_obedient_drone_is_asked_once),
        cmocka_unit_test(over_a_bad_radio_all_come_in_the_end),
        cmocka_unit_test(what_is_refused_is_asked_for_by_its_stream),
        cmocka_unit_test(what_is_not_known_and_has_no_stream_is_left_in_peace),
        cmocka_unit_test(what_stops_is_asked_for_again),
        cmocka_unit_test(after_a_restart_all_is_asked_again),
        cmocka_unit_test(a_paused_link_is_not_spoken_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
