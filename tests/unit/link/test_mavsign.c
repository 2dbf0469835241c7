/* Signing: the peer's bytes, and each rule about time. */
#include "link/mavframe.h"
#include "link/mavsign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 2026-01-01T00:00:00Z: 347,155,200 s after 2015-01-01 (4,018 days), so 34,715,520,000,000 units of
 * 10 us. */
static const int64_t NEW_YEAR_US = INT64_C(1767225600000000);
static const uint64_t NEW_YEAR_10US = UINT64_C(34715520000000);

/* SHA-256 of "watch the line" (node crypto). */
static const uint8_t key[32] = {0x25, 0xfe, 0x50, 0x49, 0x7f, 0xe8, 0xa9, 0x75, 0xab, 0x25, 0xd3,
                                0xf0, 0xc0, 0xa8, 0xef, 0x5e, 0x4f, 0x40, 0xaf, 0x32, 0xd0, 0xed,
                                0xae, 0x60, 0xfd, 0xa0, 0x9c, 0x46, 0x79, 0x7a, 0x3b, 0xc9};

/* A heartbeat signed by node-mavlink 2.3.0 with that key, link 3, at NEW_YEAR. */
static const uint8_t signed_heartbeat[] = {0xfd, 0x09, 0x01, 0x00, 0x0d, 0x01, 0x01, 0x00, 0x00,
                                           0x00, 0x0a, 0x00, 0x00, 0x00, 0x01, 0x03, 0x89, 0x04,
                                           0x03, 0x0c, 0x30, 0x03, 0x00, 0xe0, 0x3c, 0xd6, 0x92,
                                           0x1f, 0x8c, 0xd1, 0x76, 0x95, 0x9e, 0xd3};

static struct vg_mavsign signer(uint8_t link_id, int64_t utc_us)
{
    struct vg_mavsign self;
    vg_mavsign_init(&self, key, link_id, vg_us(utc_us));
    return self;
}

static enum vg_mavsign_verdict judge(struct vg_mavsign *self, const uint8_t *frame, size_t n)
{
    return vg_mavsign_check(self, (struct vg_bytes){frame, n});
}

/* A heartbeat as sysid signed by `by`. */
static size_t make(struct vg_mavsign *by, uint8_t sysid, uint8_t out[VG_MAV_FRAME_MAX])
{
    const struct vg_mav_heartbeat hb = {.type = 1, .autopilot = 3};
    struct vg_mav_msg msg;
    vg_mav_heartbeat_pack(&hb, sysid, 1, &msg);
    return vg_mav_frame_format(&msg, 0, by, out);
}

static void the_key_of_a_passphrase_is_its_hash(void **state)
{
    (void)state;
    uint8_t out[VG_MAVSIGN_KEY_SIZE];
    vg_mavsign_key_from_passphrase("watch the line", out);
    assert_memory_equal(out, key, sizeof key);
}

static void takes_the_peers_signature_once(void **state)
{
    (void)state;
    struct vg_mavsign self = signer(0, NEW_YEAR_US);
    assert_int_equal(judge(&self, signed_heartbeat, sizeof signed_heartbeat), VG_MAVSIGN_GOOD);
    assert_int_equal(judge(&self, signed_heartbeat, sizeof signed_heartbeat), VG_MAVSIGN_REPLAYED);
}

static void makes_the_peers_bytes(void **state)
{
    (void)state;
    /* The next stamp is one more than the clock, so the clock stands one unit earlier. */
    struct vg_mavsign self = signer(3, NEW_YEAR_US - 10);
    const struct vg_mav_heartbeat hb = {.type = 1,
                                        .autopilot = 3,
                                        .base_mode = 0x89,
                                        .custom_mode = 10,
                                        .system_status = 4,
                                        .mavlink_version = 3};
    struct vg_mav_msg msg;
    uint8_t out[VG_MAV_FRAME_MAX];
    vg_mav_heartbeat_pack(&hb, 1, 1, &msg);
    assert_int_equal(vg_mav_frame_format(&msg, 13, &self, out), sizeof signed_heartbeat);
    assert_memory_equal(out, signed_heartbeat, sizeof signed_heartbeat);
    assert_int_equal(self.timestamp_10us, NEW_YEAR_10US);
}

static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof signed_heartbeat; at++) {
        for (int bit = 0; bit < 8; bit++) {
            uint8_t f[sizeof signed_heartbeat];
            memcpy(f, signed_heartbeat, sizeof f);
            f[at] ^= (uint8_t)(1 << bit);
            struct vg_mavsign self = signer(0, NEW_YEAR_US);
            assert_int_equal(judge(&self, f, sizeof f), VG_MAVSIGN_WRONG);
        }
    }
}

static void another_key_is_wrong(void **state)
{
    (void)state;
    struct vg_mavsign self = signer(0, NEW_YEAR_US);
    self.key[31] ^= 1;
    assert_int_equal(judge(&self, signed_heartbeat, sizeof signed_heartbeat), VG_MAVSIGN_WRONG);
    assert_int_equal(judge(&self, signed_heartbeat, 12),
                     VG_MAVSIGN_WRONG); /* too short to be one */
}

static void a_new_stream_may_be_a_minute_behind_and_no_more(void **state)
{
    (void)state;
    struct vg_mavsign just = signer(0, NEW_YEAR_US + 60 * 1000000);
    assert_int_equal(judge(&just, signed_heartbeat, sizeof signed_heartbeat), VG_MAVSIGN_GOOD);
    struct vg_mavsign late = signer(0, NEW_YEAR_US + 60 * 1000000 + 10);
    assert_int_equal(judge(&late, signed_heartbeat, sizeof signed_heartbeat), VG_MAVSIGN_TOO_OLD);
}

static void streams_are_told_apart_by_system_component_and_link(void **state)
{
    (void)state;
    struct vg_mavsign us = signer(0, NEW_YEAR_US);
    struct vg_mavsign link1 = signer(1, NEW_YEAR_US);
    struct vg_mavsign link2 = signer(2, NEW_YEAR_US);
    uint8_t f[VG_MAV_FRAME_MAX];
    assert_int_equal(judge(&us, f, make(&link1, 5, f)), VG_MAVSIGN_GOOD);
    assert_int_equal(judge(&us, f, make(&link2, 5, f)),
                     VG_MAVSIGN_GOOD); /* same stamp, other link */
    struct vg_mavsign again = signer(1, NEW_YEAR_US);
    assert_int_equal(judge(&us, f, make(&again, 6, f)), VG_MAVSIGN_GOOD); /* other system */
    again = signer(1, NEW_YEAR_US);
    assert_int_equal(judge(&us, f, make(&again, 5, f)), VG_MAVSIGN_REPLAYED);
}

static void our_time_never_goes_back(void **state)
{
    (void)state;
    struct vg_mavsign self = signer(0, NEW_YEAR_US);
    vg_mavsign_set_time(&self, vg_us(NEW_YEAR_US - 3600 * INT64_C(1000000)));
    assert_int_equal(self.timestamp_10us, NEW_YEAR_10US);
    uint8_t f[VG_MAV_FRAME_MAX];
    make(&self, 5, f);
    make(&self, 5, f);
    assert_int_equal(self.timestamp_10us, NEW_YEAR_10US + 2); /* grows with a stopped clock */
    vg_mavsign_set_time(&self, vg_us(NEW_YEAR_US + 1000000));
    assert_int_equal(self.timestamp_10us, NEW_YEAR_10US + 100000);
    vg_mavsign_set_time(&self, vg_us(0)); /* a clock that lost its battery */
    assert_int_equal(self.timestamp_10us, NEW_YEAR_10US + 100000);
}

/* A drone whose clock is ahead pulls ours along, so that it believes what we answer. */
static void a_later_stamp_moves_ours(void **state)
{
    (void)state;
    struct vg_mavsign us = signer(0, NEW_YEAR_US);
    struct vg_mavsign ahead = signer(1, NEW_YEAR_US + 5000000);
    uint8_t f[VG_MAV_FRAME_MAX];
    assert_int_equal(judge(&us, f, make(&ahead, 5, f)), VG_MAVSIGN_GOOD);
    assert_int_equal(us.timestamp_10us, NEW_YEAR_10US + 500001);
}

static void a_65th_stream_is_refused(void **state)
{
    (void)state;
    struct vg_mavsign us = signer(0, NEW_YEAR_US);
    uint8_t f[VG_MAV_FRAME_MAX];
    for (uint8_t sysid = 1; sysid <= 65; sysid++) {
        struct vg_mavsign by = signer(1, NEW_YEAR_US);
        enum vg_mavsign_verdict want = sysid <= 64 ? VG_MAVSIGN_GOOD : VG_MAVSIGN_FULL;
        assert_int_equal(judge(&us, f, make(&by, sysid, f)), want);
    }
}

static void count_one(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)msg;
    (void)frame;
    ++*(int *)ctx;
}

static void the_parser_demands_signatures_of_all_but_the_radio(void **state)
{
    (void)state;
    struct vg_mavsign us = signer(0, NEW_YEAR_US);
    struct vg_mavframe parser;
    vg_mavframe_init(&parser);
    parser.sign = &us;
    uint8_t f[VG_MAV_FRAME_MAX];
    int n = 0;
    vg_mavframe_feed(&parser, (struct vg_bytes){f, make(NULL, 5, f)}, count_one, &n);
    assert_int_equal(n, 0);
    assert_int_equal(parser.counts.bad_signature, 1);
    const struct vg_mav_radio_status radio = {.rssi = 80};
    struct vg_mav_msg msg;
    vg_mav_radio_status_pack(&radio, 51, 68, &msg);
    size_t size = vg_mav_frame_format(&msg, 0, NULL, f);
    vg_mavframe_feed(&parser, (struct vg_bytes){f, size}, count_one, &n);
    assert_int_equal(n, 1);
    us.is_required = false;
    vg_mavframe_feed(&parser, (struct vg_bytes){f, make(NULL, 5, f)}, count_one, &n);
    assert_int_equal(n, 2);
    vg_mavframe_feed(&parser, (struct vg_bytes){signed_heartbeat, sizeof signed_heartbeat},
                     count_one, &n);
    assert_int_equal(n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_a_passphrase_is_its_hash),
        cmocka_unit_test(takes_the_peers_signature_once),
        cmocka_unit_test(makes_the_peers_bytes),
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(another_key_is_wrong),
        cmocka_unit_test(a_new_stream_may_be_a_minute_behind_and_no_more),
        cmocka_unit_test(streams_are_told_apart_by_system_component_and_link),
        cmocka_unit_test(our_time_never_goes_back),
        cmocka_unit_test(a_later_stamp_moves_ours),
        cmocka_unit_test(a_65th_stream_is_refused),
        cmocka_unit_test(the_parser_demands_signatures_of_all_but_the_radio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
