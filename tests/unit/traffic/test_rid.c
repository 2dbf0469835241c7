/* Remote ID: the capture of opendroneid's wireshark dissector, its sentences read by hand from the
 * bytes; every carrier; MAVLink's form of it and ADSB_VEHICLE both ways. */
#include "helper.h"

#include "traffic/feed.h"
#include "traffic/mavtraffic.h"

/* The first pack of the capture, from its element: basic id, location, self id, system, operator.
 */
#define BASIC "00004d464731413031323334353637383900000000000050f6"
#define LOCATION "10005c527ebcba251ba88cb4b60000aa099808394100000a00"
#define SYSTEM "4004a485251b6edbb3b6010032000000001500000000000000"
#define OPERATOR "50004742522d4f502d31323341424344000000000000000000"
#define PACK                                                                                       \
    "f01905" BASIC LOCATION "300052656372656174696f6e616c0000000000000000000000" SYSTEM OPERATOR

/* 0x1b25babc and 0xb6b48ca8 in 1e-7 degrees; 0x09aa and 0x0898 in half metres above -1,000; 0x5c =
 * 92 degrees; 0x52 * 0.25 m/s; 0x7e: climb not known. */
static void check_first(const struct vg_sighting *s)
{
    assert_int_equal(s->space, VG_ID_RID);
    assert_string_equal(s->id, "MFG1A0123456789");
    assert_int_equal(s->kind, VG_CONTACT_DRONE);
    near(s->lat_deg, 45.5457468, 1e-9);
    near(s->lon_deg, -122.9681496, 1e-9);
    near(s->alt_ell_m, 237, 0);
    assert_true(isnan(s->alt_pressure_m)); /* 0: not known */
    near(s->course_true_deg, 92, 0);
    near(s->speed_mps, 20.5, 0);
    assert_true(isnan(s->climb_mps));
}

static void capture(void **state)
{
    (void)state;
    struct vg_buf file = read_data(DATA "remote-id.pcap");
    for (size_t piece = 1; piece < 5000; piece = piece * 7 + 3) {
        struct vg_feed *f;
        struct kept k = {.n = 0};
        assert_int_equal(vg_feed_create(VG_FEED_REMOTE_ID, 0, 0, &f, NULL), VG_OK);
        for (size_t at = 0; at < file.n; at += piece) {
            size_t n = file.n - at < piece ? file.n - at : piece;
            vg_feed_bytes(f, (struct vg_bytes){(uint8_t *)file.data + at, n}, false,
                          vg_us_from_s(1621633931), keep, &k);
        }
        assert_int_equal(k.n, 21); /* (4,707 - 24) / 223 bytes */
        check_first(&k.list[0]);
        assert_string_equal(k.list[1].operator_id, "GBR-OP-123ABCD");
        near(k.list[1].operator_lat_deg, 45.5443876, 1e-9);
        assert_int_equal(vg_feed_counts(f).n_messages, 105);
        assert_int_equal(vg_feed_counts(f).n_bad, 0);
        vg_feed_destroy(f);
    }
    vg_buf_finish(&file);
}

static bool take(struct vg_rid *rid, const char *hex, struct kept *k)
{
    uint8_t bytes[400];
    size_t n = unhex(hex, bytes, sizeof bytes);
    return vg_rid_take_frame(rid, 7, (struct vg_bytes){bytes, n}, vg_us_from_s(1621633931), keep,
                             k);
}

static void carriers(void **state)
{
    (void)state;
    struct vg_rid rid;
    struct kept k = {.n = 0};
    assert_int_equal(vg_rid_init(&rid, NULL), VG_OK);
    assert_true(take(&rid, LOCATION, &k)); /* whose, is not known yet */
    assert_int_equal(k.n, 0);
    assert_true(take(&rid, BASIC, &k));
    assert_int_equal(k.n, 0); /* the place comes with its own message */
    assert_true(take(&rid, LOCATION, &k));
    assert_int_equal(k.n, 1);
    check_first(&k.list[0]);
    assert_true(take(&rid, PACK, &k));
    assert_int_equal(k.n, 2);
    check_first(&k.list[1]);
    /* Bluetooth: flags, then service data FFFA, application 0D, counter. */
    assert_true(take(&rid, "020106 1e16faff0d05" LOCATION, &k));
    assert_int_equal(k.n, 3);
    /* 802.11 beacon: header, timestamp, interval, capabilities, SSID, element. */
    assert_true(take(&rid,
                     "80000000ffffffffffff84cca860432484cca86043240000"
                     "0000000000000000 6400 0104 000141 dd85 fa0bbc0dd0" PACK,
                     &k));
    assert_int_equal(k.n, 4);
    /* NAN action frame, opendroneid-core-c wifi.c. */
    assert_true(take(&rid,
                     "d0000000516f9a01000084cca8604324506f9a0100ff0000"
                     "0409506f9a13 03 8d00 8869199d9209 010010 81 d0" PACK,
                     &k));
    assert_int_equal(k.n, 5);
    check_first(&k.list[4]);
    uint64_t n_bad = rid.n_bad;
    assert_false(take(&rid, "f01909" BASIC, &k)); /* a pack of nine that holds one */
    assert_false(take(&rid, "001122", &k));
    assert_int_equal(rid.n_bad, n_bad + 2);
    vg_rid_finish(&rid);
}

static void not_known_is_not_told(void **state)
{
    (void)state;
    struct vg_rid rid;
    struct kept k = {.n = 0};
    assert_int_equal(vg_rid_init(&rid, NULL), VG_OK);
    assert_true(take(&rid, BASIC, &k));
    /* opendroneid.h: course 361, speed 255 with the multiplier, places 0, heights 0 (-1,000 m). */
    assert_true(take(&rid, "1033b5ff7e 00000000 00000000 0000 0000 0000 00 00 ffff 00 00", &k));
    const struct vg_sighting *s = &k.list[0];
    assert_true(isnan(s->course_true_deg) && isnan(s->speed_mps) && isnan(s->climb_mps));
    assert_true(isnan(s->lat_deg) && isnan(s->alt_ell_m) && isnan(s->alt_pressure_m));
    assert_int_equal(s->emergency, 1);
    /* West of south: 181 + 100; fast: 100 * 0.75 + 63.75 m/s; sinking 10 m/s. */
    assert_true(take(&rid, "1023 64 64 ec bcba251b a88cb4b6 0000 aa09 0000 00 00 ffff 00 00", &k));
    s = &k.list[1];
    near(s->course_true_deg, 280, 0);
    near(s->speed_mps, 138.75, 0);
    near(s->climb_mps, -10, 0);
    assert_int_equal(s->on_ground, 0);
    vg_rid_finish(&rid);
}

/* ---- MAVLink ---- */

static void mavlink_says_the_same(void **state)
{
    (void)state;
    struct vg_rid rid;
    struct kept k = {.n = 0};
    struct vg_mav_msg msg;
    char id[VG_SIGHTING_ID_SIZE];
    struct vg_mav_open_drone_id_basic_id b = {.id_type = 1, .ua_type = 2};
    memcpy(b.uas_id, "1581F4XF12345", 13);
    memcpy(b.id_or_mac, "\x12\x34\x56\x78\x9a\xbc", 6);
    struct vg_mav_open_drone_id_location l = {.latitude = 454545454,
                                              .longitude = -1229876543,
                                              .altitude_geodetic = 312.5f,
                                              .altitude_barometric = -1000,
                                              .direction = 27150,
                                              .speed_horizontal = 1234,
                                              .speed_vertical = -150,
                                              .status = 2,
                                              .vertical_accuracy = 4,
                                              .timestamp = 3600.5f};
    memcpy(l.id_or_mac, b.id_or_mac, 6);
    assert_int_equal(vg_rid_init(&rid, NULL), VG_OK);
    vg_mav_open_drone_id_basic_id_pack(&b, 1, 1, &msg);
    assert_false(vg_mavtraffic_own_id(&msg, id)); /* another's */
    assert_true(vg_mavtraffic_take(&rid, &msg, vg_us(1), keep, &k));
    vg_mav_open_drone_id_location_pack(&l, 1, 1, &msg);
    assert_true(vg_mavtraffic_take(&rid, &msg, vg_us(1), keep, &k));
    assert_int_equal(k.n, 1);
    const struct vg_sighting *s = &k.list[0];
    assert_string_equal(s->id, "1581F4XF12345");
    near(s->lat_deg, 45.4545454, 1e-9);
    near(s->lon_deg, -122.9876543, 1e-9);
    near(s->alt_ell_m, 312.5, 0);
    near(s->course_true_deg, 271, 0); /* whole degrees */
    near(s->speed_mps, 12.34, 0.25);
    near(s->climb_mps, -1.5, 0);
    near(s->height_sigma_m, 5, 0);
    memset(b.id_or_mac, 0, sizeof b.id_or_mac);
    vg_mav_open_drone_id_basic_id_pack(&b, 1, 1, &msg);
    assert_true(vg_mavtraffic_own_id(&msg, id));
    assert_string_equal(id, "1581F4XF12345");
    vg_rid_finish(&rid);
}

static void vehicles_both_ways(void **state)
{
    (void)state;
    struct vg_rid rid;
    struct vg_traffic t;
    struct kept k = {.n = 0};
    struct vg_mav_msg msg;
    struct vg_mav_adsb_vehicle v = {.ICAO_address = 0x4CA2D6,
                                    .lat = 145000000,
                                    .lon = -114000000,
                                    .altitude = 1500000,
                                    .altitude_type = 1,
                                    .heading = 9000,
                                    .hor_velocity = 7000,
                                    .ver_velocity = -250,
                                    .callsign = "EIN123  ",
                                    .emitter_type = 3,
                                    .tslc = 2,
                                    .squawk = 7600,
                                    .flags = 1 + 2 + 4 + 8 + 16 + 32 + 128};
    struct vg_air air = {(double)NAN, 30};
    struct vg_us now = vg_us_from_s(100);
    assert_int_equal(vg_rid_init(&rid, NULL), VG_OK);
    assert_int_equal(vg_traffic_init(&t, 10, NULL), VG_OK);
    vg_mav_adsb_vehicle_pack(&v, 1, 156, &msg);
    assert_true(vg_mavtraffic_take(&rid, &msg, now, keep, &k));
    const struct vg_sighting *s = &k.list[0];
    assert_string_equal(s->id, "4CA2D6");
    assert_string_equal(s->name, "EIN123");
    near(s->alt_ell_m, 1500, 0);
    near(s->speed_mps, 70, 0);
    near(s->age_s, 2, 0);
    assert_int_equal(s->emergency, 1);
    const struct vg_contact *c = vg_traffic_take(&t, 0, s, now);
    struct vg_contact_now at;
    assert_true(vg_contact_at(c, &air, now, &at));
    vg_mavtraffic_vehicle(c, &at, 255, 190, &msg);
    struct vg_mav_adsb_vehicle back;
    vg_mav_adsb_vehicle_unpack(&msg, &back);
    assert_int_equal(back.ICAO_address, 0x4CA2D6);
    assert_int_equal(back.altitude, 1465000); /* above the sea, and 2 s lower */
    assert_int_equal(back.heading, 9000);
    assert_int_equal(back.hor_velocity, 7000);
    assert_int_equal(back.ver_velocity, -250);
    assert_int_equal(back.flags, v.flags);
    assert_int_equal(back.squawk, 7600);
    assert_int_equal(back.tslc, 2);
    assert_string_equal(back.callsign, "EIN123");
    near(back.lon / 1e7, -11.4 + 140 / (111320 * cos(14.5 * 3.14159265 / 180)), 2e-6); /* 2 s on */
    /* What it does not know it does not flag. */
    v = (struct vg_mav_adsb_vehicle){.ICAO_address = 5, .lat = 1, .altitude = 7, .squawk = 1};
    vg_mav_adsb_vehicle_pack(&v, 1, 156, &msg);
    assert_true(vg_mavtraffic_take(&rid, &msg, now, keep, &k));
    s = &k.list[1];
    assert_true(isnan(s->lat_deg) && isnan(s->alt_ell_m) && isnan(s->alt_pressure_m));
    assert_int_equal(s->squawk, -1);
    vg_rid_finish(&rid);
    vg_traffic_finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capture),
        cmocka_unit_test(carriers),
        cmocka_unit_test(not_known_is_not_told),
        cmocka_unit_test(mavlink_says_the_same),
        cmocka_unit_test(vehicles_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
