/* Events over bad radios: in order, none twice, none missing that the drone still has. */
#include "base/rng.h"
#include "channel.h"
#include "link/allow.h"
#include "link/mavevent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    TICK_MS = 50
};
static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};

/* As PX4 does it (mavlink_events.cpp): keeps the last events, tells the newest number now and then,
 * sends again what is asked for, or says what it no longer has. */
struct drone {
    int kept; /* how many it keeps */
    uint16_t newest;
    int n_made;
    bool has_reset;
};
static struct drone drone;
static struct vg_mavevents events;
static struct channel up;
static struct channel down;
static int64_t ms;

static struct vg_us now(void)
{
    return vg_us((ms + 1000) * 1000);
}

static void send_event(uint16_t sequence)
{
    struct vg_mav_event e = {.id = 0x01000000u + sequence,
                             .event_time_boot_ms = 5000u + (uint16_t)(sequence - 65500),
                             .sequence = sequence,
                             .log_levels = 0x64};
    struct vg_mav_msg m;
    e.arguments[0] = (uint8_t)sequence;
    vg_mav_event_pack(&e, DRONE, 1, &m);
    channel_send(&down, &m, (int)(ms / TICK_MS));
}

static void answer(const struct vg_mav_msg *msg)
{
    struct vg_mav_request_event ask;
    vg_mav_request_event_unpack(msg, &ask);
    uint16_t oldest = (uint16_t)(drone.newest - drone.kept + 1);
    for (uint16_t s = ask.first_sequence; s != (uint16_t)(ask.last_sequence + 1); s++) {
        if ((int16_t)(uint16_t)(s - oldest) >= 0) {
            send_event(s);
            continue;
        }
        const struct vg_mav_response_event_error e = {
            .target_system = GCS, .sequence = s, .sequence_oldest_available = oldest};
        struct vg_mav_msg m;
        vg_mav_response_event_error_pack(&e, DRONE, 1, &m);
        channel_send(&down, &m, (int)(ms / TICK_MS));
    }
}

static void tick(void)
{
    struct vg_mav_msg m;
    int t = (int)(ms / TICK_MS);
    if (t % 40 == 0) {
        const struct vg_mav_current_event_sequence c = {.sequence = drone.newest,
                                                        .flags = drone.has_reset};
        vg_mav_current_event_sequence_pack(&c, DRONE, 1, &m);
        channel_send(&down, &m, t);
    }
    vg_mavevents_step(&events, now());
    while (vg_mavevents_next_out(&events, &m)) {
        assert_true(vg_allow_message(&m, NULL));
        channel_send(&up, &m, t);
    }
    while (channel_take(&up, &m, t)) {
        answer(&m);
    }
    while (channel_take(&down, &m, t)) {
        vg_mavevents_feed(&events, &m, now());
    }
    ms += TICK_MS;
}

static void set_up(uint64_t seed, double loss, int kept)
{
    drone = (struct drone){.kept = kept, .newest = 65500}; /* soon across the wrap */
    channel_open_both(&up, &down, seed,
                      (struct channel){.loss = loss, .repeat = loss, .delay_max = 20});
    ms = 0;
    vg_mavevents_init(&events, pair);
    for (int i = 0; i < 1000 && !events.has_expected; i++) {
        tick();
    }
    assert_true(events.has_expected);
}

static void make(struct vg_rng *rng, int n)
{
    for (int i = 0; i < n; i++) {
        drone.newest++;
        drone.n_made++;
        send_event(drone.newest);
        int64_t quiet = (int64_t)vg_rng_below(rng, 12);
        for (int64_t k = 0; k < quiet; k++) {
            tick();
        }
    }
    for (int i = 0; i < 4000; i++) {
        tick();
    }
}

/* Take all: strictly ascending from `before`. Returns how many. */
static int take_all(uint16_t *before)
{
    struct vg_mavevent e;
    int n = 0;
    while (vg_mavevents_take(&events, &e)) {
        assert_true((int16_t)(uint16_t)(e.sequence - *before) > 0);
        assert_int_equal(e.id, 0x01000000u + e.sequence);
        assert_int_equal(e.arguments[0], (uint8_t)e.sequence);
        assert_int_equal(e.severity, 4);
        *before = e.sequence;
        n++;
    }
    return n;
}

static void all_come_in_order_in_spite_of_loss(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        set_up(seed, 0.3, 200);
        uint16_t before = 65500;
        int n = 0;
        for (int part = 0; part < 5; part++) {
            make(&rng, 20);
            n += take_all(&before);
        }
        assert_int_equal(n, 100);
        assert_int_equal(events.n_lost, 0);
        assert_int_equal(events.n_dropped, 0);
    }
}

static void what_the_drone_no_longer_has_is_counted(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        set_up(seed, 0.6, 5);
        uint16_t before = 65500;
        int n = 0;
        for (int part = 0; part < 5; part++) {
            make(&rng, 20);
            n += take_all(&before);
        }
        assert_int_equal(n + (int)events.n_lost, 100);
        assert_true(n > 40);
    }
}

static void a_restart_begins_anew(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(1);
    set_up(1, 0, 100);
    up.delay_max = 0;
    down.delay_max = 0;
    uint16_t before = 65500;
    make(&rng, 10);
    assert_int_equal(take_all(&before), 10);
    drone.newest = 100; /* numbers begin where they like */
    drone.has_reset = true;
    before = 100;
    for (int i = 0; i < 200; i++) {
        tick();
    }
    make(&rng, 10);
    assert_int_equal(take_all(&before), 10);
    assert_int_equal(events.n_lost, 0);
}

static void silence_about_a_hole_ends(void **state)
{
    (void)state;
    set_up(1, 0, 100);
    up.loss = 1; /* nothing of ours arrives */
    drone.newest += 3;
    send_event(drone.newest);
    for (int i = 0; i < 4000; i++) {
        tick();
    }
    uint16_t before = 65500;
    assert_int_equal(take_all(&before), 1);
    assert_int_equal(events.n_lost, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_come_in_order_in_spite_of_loss),
        cmocka_unit_test(what_the_drone_no_longer_has_is_counted),
        cmocka_unit_test(a_restart_begins_anew),
        cmocka_unit_test(silence_about_a_hole_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
