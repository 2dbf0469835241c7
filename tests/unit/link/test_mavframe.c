/* Frames: known wire bytes, every way to cut a stream, every way to spoil one. */
#include "base/rng.h"
#include "link/mavframe.h"
#include "link/mavsign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* From the ArduPilot developer documentation of MAVLink 1: a heartbeat, sequence 78. */
static const uint8_t doc_heartbeat[] = {0xFE, 0x09, 0x4E, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00,
                                        0x00, 0x02, 0x03, 0x51, 0x04, 0x03, 0x1C, 0x7F};

/* The following were written by node-mavlink 2.3.0. HEARTBEAT: fixed wing, ArduPilot, base mode
 * 0x89, custom mode 10, active; sequence 7 in version 1 and 8 in version 2. */
static const uint8_t heartbeat_v1[] = {0xfe, 0x09, 0x07, 0x01, 0x01, 0x00, 0x0a, 0x00, 0x00,
                                       0x00, 0x01, 0x03, 0x89, 0x04, 0x03, 0x40, 0x8d};
static const uint8_t heartbeat_v2[] = {0xfd, 0x09, 0x00, 0x00, 0x08, 0x01, 0x01,
                                       0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x00,
                                       0x01, 0x03, 0x89, 0x04, 0x03, 0x99, 0x6e};
/* GLOBAL_POSITION_INT: 123.456 s, 14.431, -11.44, 345 m, 120.5 m, 15, -20, -0.5 m/s, 306.87
 * degrees. */
static const uint8_t position_v2[] = {0xfd, 0x1c, 0x00, 0x00, 0x09, 0x01, 0x01, 0x21, 0x00, 0x00,
                                      0x40, 0xe2, 0x01, 0x00, 0xf0, 0xfe, 0x99, 0x08, 0x00, 0x65,
                                      0x2e, 0xf9, 0xa8, 0x43, 0x05, 0x00, 0xb4, 0xd6, 0x01, 0x00,
                                      0xdc, 0x05, 0x30, 0xf8, 0xce, 0xff, 0xdf, 0x77, 0x78, 0x8e};
/* SYSTEM_TIME of two zeros: node-mavlink cuts all of the payload (the specification keeps a byte).
 */
static const uint8_t zero_v2[] = {0xfd, 0x00, 0x00, 0x00, 0x0a, 0x01,
                                  0x01, 0x02, 0x00, 0x00, 0x00, 0x5a};
/* BATTERY_STATUS without and with its extension fields (5400 s left, charge state 1). */
static const uint8_t battery_short[] = {
    0xfd, 0x24, 0x00, 0x00, 0x0b, 0x01, 0x01, 0x93, 0x00, 0x00, 0x64, 0x00, 0x00, 0x00, 0xff, 0xff,
    0xff, 0xff, 0xc4, 0x09, 0x3c, 0x5a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xd2, 0x04, 0x00, 0x00, 0x01, 0x4c, 0x1d, 0x18};
static const uint8_t battery_long[] = {
    0xfd, 0x29, 0x00, 0x00, 0x0c, 0x01, 0x01, 0x93, 0x00, 0x00, 0x64, 0x00, 0x00, 0x00,
    0xff, 0xff, 0xff, 0xff, 0xc4, 0x09, 0x3c, 0x5a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xd2, 0x04,
    0x00, 0x00, 0x01, 0x4c, 0x18, 0x15, 0x00, 0x00, 0x01, 0x7d, 0x87};

#define BYTES(a) ((struct vg_bytes){(a), sizeof(a)})

enum {
    KEEP_MAX = 64
};

struct kept {
    int n;
    struct vg_mav_msg msgs[KEEP_MAX];
    size_t frame_bytes;
};

static void keep(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct kept *kept = ctx;
    assert_true(kept->n < KEEP_MAX);
    kept->msgs[kept->n++] = *msg;
    kept->frame_bytes += frame.n;
}

/* Everything in one piece. */
static struct vg_mavframe_counts take(struct vg_bytes in, struct kept *kept)
{
    struct vg_mavframe parser;
    vg_mavframe_init(&parser);
    *kept = (struct kept){0};
    vg_mavframe_feed(&parser, in, keep, kept);
    vg_mavframe_flush(&parser, keep, kept);
    return parser.counts;
}

/* The oracle: one bit at a time. */
static uint16_t slow_crc(uint16_t crc, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)((crc & 1) != 0 ? crc >> 1 ^ 0x8408 : crc >> 1);
        }
    }
    return crc;
}

static void crc_has_the_catalogued_check_value(void **state)
{
    (void)state;
    /* reveng.sourceforge.io, CRC-16/MCRF4XX: check 0x6f91. */
    assert_int_equal(vg_mav_crc(0xFFFF, (const uint8_t *)"123456789", 9), 0x6f91);
}

static void crc_equals_the_bitwise_one_for_every_length(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(1);
    uint8_t data[300];
    for (size_t n = 0; n <= sizeof data; n++) {
        for (size_t i = 0; i < n; i++) {
            data[i] = (uint8_t)vg_rng_next(&rng);
        }
        uint16_t start = (uint16_t)vg_rng_next(&rng);
        assert_int_equal(vg_mav_crc(start, data, n), slow_crc(start, data, n));
    }
}

static void reads_the_documented_heartbeat(void **state)
{
    (void)state;
    struct kept kept;
    struct vg_mavframe_counts counts = take(BYTES(doc_heartbeat), &kept);
    assert_int_equal(counts.messages, 1);
    assert_true(kept.msgs[0].is_v1);
    assert_int_equal(kept.msgs[0].seq, 78);
    struct vg_mav_heartbeat m;
    vg_mav_heartbeat_unpack(&kept.msgs[0], &m);
    assert_int_equal(m.type, VG_MAV_TYPE_QUADROTOR);
    assert_int_equal(m.autopilot, VG_MAV_AUTOPILOT_ARDUPILOTMEGA);
    assert_int_equal(m.base_mode, 0x51);
    assert_int_equal(m.system_status, VG_MAV_STATE_ACTIVE);
    assert_int_equal(m.mavlink_version, 3);
}

static void reads_a_position(void **state)
{
    (void)state;
    struct kept kept;
    take(BYTES(position_v2), &kept);
    assert_int_equal(kept.n, 1);
    struct vg_mav_global_position_int m;
    vg_mav_global_position_int_unpack(&kept.msgs[0], &m);
    assert_int_equal(m.time_boot_ms, 123456);
    assert_int_equal(m.lat, 144310000);
    assert_int_equal(m.lon, -114400000);
    assert_int_equal(m.alt, 345000);
    assert_int_equal(m.relative_alt, 120500);
    assert_int_equal(m.vx, 1500);
    assert_int_equal(m.vy, -2000);
    assert_int_equal(m.vz, -50);
    assert_int_equal(m.hdg, 30687);
}

static void cut_zeros_and_missing_extensions_read_zero(void **state)
{
    (void)state;
    struct kept kept;
    take(BYTES(zero_v2), &kept);
    assert_int_equal(kept.n, 1);
    assert_int_equal(kept.msgs[0].n, 0);
    struct vg_mav_system_time t;
    vg_mav_system_time_unpack(&kept.msgs[0], &t);
    assert_int_equal(t.time_unix_usec, 0);

    /* The long one first: nothing of it may shine through the short one. */
    uint8_t both[sizeof battery_long + sizeof battery_short];
    memcpy(both, battery_long, sizeof battery_long);
    memcpy(both + sizeof battery_long, battery_short, sizeof battery_short);
    take(BYTES(both), &kept);
    assert_int_equal(kept.n, 2);
    struct vg_mav_battery_status b;
    vg_mav_battery_status_unpack(&kept.msgs[0], &b);
    assert_int_equal(b.time_remaining, 5400);
    assert_int_equal(b.charge_state, 1);
    vg_mav_battery_status_unpack(&kept.msgs[1], &b);
    assert_int_equal(b.time_remaining, 0);
    assert_int_equal(b.charge_state, 0);
    assert_int_equal(b.battery_remaining, 76);
    assert_int_equal(b.voltages[0], 23100);
}

static void writes_what_the_peer_writes(void **state)
{
    (void)state;
    const struct vg_mav_heartbeat hb = {.type = 1,
                                        .autopilot = 3,
                                        .base_mode = 0x89,
                                        .custom_mode = 10,
                                        .system_status = 4,
                                        .mavlink_version = 3};
    struct vg_mav_msg msg;
    uint8_t out[VG_MAV_FRAME_MAX];
    vg_mav_heartbeat_pack(&hb, 1, 1, &msg);
    assert_int_equal(vg_mav_frame_format(&msg, 8, NULL, out), sizeof heartbeat_v2);
    assert_memory_equal(out, heartbeat_v2, sizeof heartbeat_v2);
}

static void an_all_zero_payload_keeps_one_byte(void **state)
{
    (void)state;
    const struct vg_mav_system_time t = {0};
    struct vg_mav_msg msg;
    uint8_t out[VG_MAV_FRAME_MAX];
    vg_mav_system_time_pack(&t, 1, 1, &msg);
    assert_int_equal(vg_mav_frame_format(&msg, 0, NULL, out), 10 + 1 + 2);
    assert_int_equal(out[1], 1);
}

static void an_unknown_id_is_not_written(void **state)
{
    (void)state;
    const struct vg_mav_msg msg = {.id = 3, .n = 5};
    uint8_t out[VG_MAV_FRAME_MAX];
    assert_int_equal(vg_mav_frame_format(&msg, 0, NULL, out), 0);
}

/* Five frames of both versions with noise that holds magic bytes between them. */
static size_t make_stream(uint8_t *out)
{
    static const uint8_t noise[] = {0xfd, 0xfe, 0x00, 0xfd, 0x05, 0x00, 0x13};
    const struct vg_bytes parts[] = {BYTES(heartbeat_v1),  BYTES(noise),       BYTES(position_v2),
                                     BYTES(battery_short), BYTES(noise),       BYTES(noise),
                                     BYTES(heartbeat_v2),  BYTES(battery_long)};
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        memcpy(out + n, parts[i].data, parts[i].n);
        n += parts[i].n;
    }
    return n;
}

static void feed_cut(const uint8_t *data, size_t n, size_t first, size_t second, struct kept *kept,
                     struct vg_mavframe *parser)
{
    vg_mavframe_init(parser);
    *kept = (struct kept){0};
    vg_mavframe_feed(parser, (struct vg_bytes){data, first}, keep, kept);
    vg_mavframe_feed(parser, (struct vg_bytes){data + first, second - first}, keep, kept);
    vg_mavframe_feed(parser, (struct vg_bytes){data + second, n - second}, keep, kept);
    vg_mavframe_flush(parser, keep, kept);
}

static void any_two_cuts_give_the_same_messages(void **state)
{
    (void)state;
    uint8_t stream[512];
    size_t n = make_stream(stream);
    struct kept whole;
    struct vg_mavframe_counts counts = take((struct vg_bytes){stream, n}, &whole);
    assert_int_equal(counts.messages, 5);
    assert_int_equal(counts.skipped_bytes, 3 * 7);
    assert_int_equal(whole.frame_bytes + 3 * 7, n);
    for (size_t first = 0; first <= n; first++) {
        for (size_t second = first; second <= n; second++) {
            struct kept kept;
            struct vg_mavframe parser;
            feed_cut(stream, n, first, second, &kept, &parser);
            assert_int_equal(kept.n, whole.n);
            assert_memory_equal(&parser.counts, &counts, sizeof counts);
            for (int i = 0; i < kept.n; i++) {
                assert_int_equal(kept.msgs[i].id, whole.msgs[i].id);
                assert_int_equal(kept.msgs[i].seq, whole.msgs[i].seq);
                assert_memory_equal(kept.msgs[i].payload, whole.msgs[i].payload, 256);
            }
        }
    }
}

static void one_byte_at_a_time_gives_the_same(void **state)
{
    (void)state;
    uint8_t stream[512];
    size_t n = make_stream(stream);
    struct vg_mavframe parser;
    struct kept kept = {0};
    vg_mavframe_init(&parser);
    for (size_t i = 0; i < n; i++) {
        vg_mavframe_feed(&parser, (struct vg_bytes){stream + i, 1}, keep, &kept);
    }
    assert_int_equal(kept.n, 5);
}

/* The promise: one spoiled byte costs at most the frame it is in. */
static void a_spoiled_byte_costs_one_frame_at_most(void **state)
{
    (void)state;
    uint8_t clean[512];
    size_t n = 0;
    for (uint8_t seq = 0; seq < 6; seq++) {
        struct vg_mav_msg msg;
        const struct vg_mav_attitude a = {.time_boot_ms = seq, .roll = 0.1f, .yawspeed = 2.5f};
        vg_mav_attitude_pack(&a, 1, 1, &msg);
        n += vg_mav_frame_format(&msg, seq, NULL, clean + n);
    }
    for (size_t at = 0; at < n; at++) {
        for (int flip = 1; flip < 256; flip += 23) {
            uint8_t spoiled[512];
            memcpy(spoiled, clean, n);
            spoiled[at] ^= (uint8_t)flip;
            struct kept kept;
            take((struct vg_bytes){spoiled, n}, &kept);
            assert_in_range(kept.n, 5, 6);
        }
    }
}

static void causes_are_counted_apart(void **state)
{
    (void)state;
    struct kept kept;
    uint8_t f[sizeof heartbeat_v2];

    memcpy(f, heartbeat_v2, sizeof f);
    f[12] ^= 1;
    assert_int_equal(take(BYTES(f), &kept).bad_crc, 1);

    memcpy(f, heartbeat_v2, sizeof f);
    f[7] = 3; /* no message has id 3 */
    assert_int_equal(take(BYTES(f), &kept).unknown_id, 1);

    memcpy(f, heartbeat_v2, sizeof f);
    f[2] = 2; /* a flag the specification has not given out */
    assert_int_equal(take(BYTES(f), &kept).bad_incompat, 1);

    uint8_t v1[sizeof heartbeat_v1];
    memcpy(v1, heartbeat_v1, sizeof v1);
    v1[1] = 8; /* version 1 heartbeats have 9 bytes */
    assert_int_equal(take(BYTES(v1), &kept).bad_length, 1);
    assert_int_equal(kept.n, 0);
}

/* A sender with fields we have not heard of yet. */
static void a_longer_payload_than_known_is_taken(void **state)
{
    (void)state;
    uint8_t f[10 + 12 + 2] = {0xfd, 12, 0, 0, 1, 1,    1, 0, 0, 0, 10,
                              0,    0,  0, 1, 3, 0x89, 4, 3, 7, 8, 9};
    const uint8_t extra = 50; /* the seed of HEARTBEAT */
    uint16_t crc = slow_crc(slow_crc(0xFFFF, f + 1, 21), &extra, 1);
    f[22] = (uint8_t)crc;
    f[23] = (uint8_t)(crc >> 8);
    struct kept kept;
    take(BYTES(f), &kept);
    assert_int_equal(kept.n, 1);
    assert_int_equal(kept.msgs[0].n, 12);
    assert_int_equal(kept.msgs[0].payload[11], 9);
}

static uint64_t lost_in(const uint8_t *seqs, size_t n)
{
    uint8_t stream[1024];
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const struct vg_mav_system_time t = {.time_boot_ms = 5};
        struct vg_mav_msg msg;
        vg_mav_system_time_pack(&t, 1, 1, &msg);
        at += vg_mav_frame_format(&msg, seqs[i], NULL, stream + at);
    }
    struct kept kept;
    return take((struct vg_bytes){stream, at}, &kept).lost;
}

static void holes_are_counted_and_steps_back_are_not(void **state)
{
    (void)state;
    assert_int_equal(lost_in((const uint8_t[]){254, 255, 0, 1}, 4), 0);
    assert_int_equal(lost_in((const uint8_t[]){250, 255, 3}, 3), 4 + 3);
    assert_int_equal(lost_in((const uint8_t[]){5, 5, 6}, 3), 0); /* repeated */
    assert_int_equal(lost_in((const uint8_t[]){5, 7, 6, 8}, 4), 1); /* reordered: 6 came late */
}

static void senders_are_numbered_apart(void **state)
{
    (void)state;
    uint8_t stream[64 * VG_MAV_FRAME_MAX];
    size_t at = 0;
    for (int i = 0; i < 60; i++) {
        const struct vg_mav_system_time t = {.time_boot_ms = 5};
        struct vg_mav_msg msg;
        vg_mav_system_time_pack(&t, (uint8_t)(1 + i % 20), (uint8_t)(i % 3), &msg);
        at += vg_mav_frame_format(&msg, (uint8_t)(i * 37), NULL, stream + at);
    }
    struct kept kept;
    /* 20 systems x 3 components: every sender speaks once. */
    assert_int_equal(take((struct vg_bytes){stream, at}, &kept).lost, 0);
}

static void text_is_ended_and_cut(void **state)
{
    (void)state;
    struct vg_mav_statustext in = {.severity = 2};
    memset(in.text, 'x', 50);
    struct vg_mav_msg msg;
    vg_mav_statustext_pack(&in, 1, 1, &msg);
    struct vg_mav_statustext out;
    memset(&out, 0xAA, sizeof out);
    vg_mav_statustext_unpack(&msg, &out);
    assert_int_equal(strlen(out.text), 50);
    assert_string_equal(out.text, in.text);
}

static void the_table_is_sorted_and_whole(void **state)
{
    (void)state;
    assert_null(vg_mav_info_find(3));
    assert_null(vg_mav_info_find(0xFFFFFF));
    const struct vg_mav_info *info = vg_mav_info_find(12904);
    assert_non_null(info);
    assert_string_equal(info->name, "OPEN_DRONE_ID_SYSTEM");
    long before = -1;
#define X(id, NAME, crc, min, full)                                                                \
    assert_true(id > before);                                                                      \
    before = id;                                                                                   \
    assert_int_equal(vg_mav_info_find(id)->crc_extra, crc);                                        \
    assert_true(min <= full && full <= VG_MAV_PAYLOAD_MAX && min > 0);
    VG_MAV_LOW_MESSAGES(X)
    VG_MAV_HIGH_MESSAGES(X)
#undef X
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_has_the_catalogued_check_value),
        cmocka_unit_test(crc_equals_the_bitwise_one_for_every_length),
        cmocka_unit_test(reads_the_documented_heartbeat),
        cmocka_unit_test(reads_a_position),
        cmocka_unit_test(cut_zeros_and_missing_extensions_read_zero),
        cmocka_unit_test(writes_what_the_peer_writes),
        cmocka_unit_test(an_all_zero_payload_keeps_one_byte),
        cmocka_unit_test(an_unknown_id_is_not_written),
        cmocka_unit_test(any_two_cuts_give_the_same_messages),
        cmocka_unit_test(one_byte_at_a_time_gives_the_same),
        cmocka_unit_test(a_spoiled_byte_costs_one_frame_at_most),
        cmocka_unit_test(causes_are_counted_apart),
        cmocka_unit_test(a_longer_payload_than_known_is_taken),
        cmocka_unit_test(holes_are_counted_and_steps_back_are_not),
        cmocka_unit_test(senders_are_numbered_apart),
        cmocka_unit_test(text_is_ended_and_cut),
        cmocka_unit_test(the_table_is_sorted_and_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
