/* Framing: Beast, AVR, SBS and GDL 90, whole, cut anywhere and with noise between. */
#include "helper.h"

#include "base/units.h"
#include "traffic/beast.h"
#include "traffic/feed.h"
#include "traffic/gdl90.h"
#include "traffic/sbs.h"

static const double FT = VG_M_PER_FOOT;

/* Frames one after another, as hexadecimal lines. */
static void keep_frame(void *ctx, const uint8_t *frame, int n)
{
    struct vg_buf *b = ctx;
    for (int i = 0; i < n; i++) {
        vg_buf_printf(b, "%02X", frame[i]);
    }
    vg_buf_puts(b, "\n");
}

static void beast_has_the_frames_that_went_in(void **state)
{
    (void)state;
    struct vg_buf avr = read_data(DATA "adsb.avr");
    struct vg_buf bin = read_data(DATA "adsb.beast"); /* dump1090's own encoding of them */
    struct vg_buf want = {0};
    for (size_t i = 0; i < avr.n; i++) {
        if (avr.data[i] != '*' && avr.data[i] != ';') {
            vg_buf_add(&want, &avr.data[i], 1);
        }
    }
    for (size_t piece = 1; piece < 40; piece += 3) {
        struct vg_beast b = {0};
        struct vg_buf got = {0};
        for (size_t at = 0; at < bin.n; at += piece) {
            size_t n = bin.n - at < piece ? bin.n - at : piece;
            vg_beast_feed(&b, (struct vg_bytes){(uint8_t *)bin.data + at, n}, keep_frame, &got);
        }
        assert_string_equal(vg_buf_text(&got), vg_buf_text(&want));
        assert_int_equal(b.n_frames, 214);
        assert_int_equal(b.n_skipped + b.n_cut + b.n_others, 0);
        vg_buf_finish(&got);
    }
    vg_buf_finish(&avr);
    vg_buf_finish(&bin);
    vg_buf_finish(&want);
}

static void beast_finds_itself_again(void **state)
{
    (void)state;
    /* Noise; a message cut by another; Mode A/C; a frame with a doubled 1A within. */
    static const char hex[] = "00 FF 1A 33 000000000000 40 8D4840D6 "
                              "1A 32 000000001A1A00 40 5D4D20237A55A6 "
                              "1A 31 000000000000 40 1234 "
                              "1A 32 000000000000 1A1A 5D1A1A20237A55A6 1A 39 1A 32";
    uint8_t bytes[200];
    size_t n = unhex(hex, bytes, sizeof bytes);
    struct vg_beast b = {0};
    struct vg_buf got = {0};
    vg_beast_feed(&b, (struct vg_bytes){bytes, n}, keep_frame, &got);
    assert_string_equal(vg_buf_text(&got), "5D4D20237A55A6\n5D1A20237A55A6\n");
    assert_int_equal(b.n_cut, 1);
    assert_int_equal(b.n_others, 1);
    assert_true(b.n_skipped > 0);
    vg_buf_finish(&got);
}

static void avr_takes_what_receivers_send(void **state)
{
    (void)state;
    static const char text[] = "*5D4D20237A55A6;\r\n"
                               "@0000000000015D4D20237A55A6;\n"
                               "<000000000001405D4D20237A55A6;\n"
                               "noise *5D4D20;*ZZ;*5D4D2*8D4840D6202CC371C32CE0576098;";
    struct vg_avr a;
    struct vg_buf got = {0};
    vg_avr_init(&a);
    vg_avr_feed(&a, (struct vg_bytes){(const uint8_t *)text, sizeof text - 1}, keep_frame, &got);
    assert_string_equal(vg_buf_text(&got), "5D4D20237A55A6\n5D4D20237A55A6\n5D4D20237A55A6\n"
                                           "8D4840D6202CC371C32CE0576098\n");
    assert_int_equal(a.n_frames, 4);
    assert_int_equal(a.n_bad, 3);
    vg_buf_finish(&got);
}

/* ---- SBS ---- */

static bool sbs(const char *text, struct vg_sighting *out)
{
    char line[400];
    vg_format(line, sizeof line, "%s", text);
    return vg_sbs_parse(line, out);
}

static void sbs_lines(void **state)
{
    (void)state;
    struct vg_sighting s;
    /* Barebones42, "Socket data and BST files": its own examples. */
    assert_true(sbs("MSG,3,111,11111,A44728,111111,2018/11/17,21:33:06.976,2018/11/17,"
                    "21:33:06.938,,36000,,,26.50503,-81.08319,,,,,,0",
                    &s));
    assert_int_equal(s.space, VG_ID_ICAO);
    assert_string_equal(s.id, "A44728");
    near(s.alt_pressure_m, 36000 * FT, 1e-6);
    near(s.lat_deg, 26.50503, 1e-9);
    near(s.lon_deg, -81.08319, 1e-9);
    assert_int_equal(s.on_ground, 0);
    assert_true(isnan(s.speed_mps));
    assert_true(sbs("MSG,4,1,1,a44728,1,d,t,d,t,,,420,179,,,-64,,,,,0", &s));
    near(s.speed_mps, 420 * 1852.0 / 3600, 1e-9);
    near(s.course_true_deg, 179, 0);
    near(s.climb_mps, -64 * FT / 60, 1e-9);
    assert_true(sbs("MSG,6,1,1,~123456,1,d,t,d,t,,,,,,,,7700,0,-1,0,0", &s));
    assert_int_equal(s.space, VG_ID_ANON);
    assert_int_equal(s.squawk, 7700);
    assert_int_equal(s.emergency, 1);
    assert_true(sbs("MSG,3,1,1,4D2023,1,d,t,d,t,,23525H,,,,,,,,,,0", &s));
    assert_true(isnan(s.alt_pressure_m));
    near(s.alt_ell_m, 23525 * FT, 1e-6);
    assert_false(sbs("MSG,8,1,1,4D2023,1,d,t,d,t,,,,,,,,,,,,0", &s)); /* tells nothing */
    assert_false(sbs("AIR,,1,1,4D2023,1,d,t,d,t", &s));
    assert_false(sbs("MSG,3,1,1,4D202,1,d,t,d,t,,36000,,,26.5,-81,,,,,,0", &s));
    assert_false(sbs("MSG,3,1,1,4D2023,1,d,t,d,t,,nan,inf,,126.5,-81,,,,,,0", &s));
}

/* ---- GDL 90 ---- */

/* The specification's own: 2.2.4 (heartbeat), 3.5.4 (traffic report), with its CRC. */
#define HEARTBEAT "7E 00 81 41 DB D0 08 02 B3 8B 7E"
#define REPORT "14 00 AB 45 49 1F EF 15 A8 89 78 0F 09 A9 07 B0 01 20 01 4E 38 32 35 56 20 20 20 00"

static size_t frame_of(const char *hex, uint8_t *out)
{
    uint8_t m[64];
    size_t n = unhex(hex, m, sizeof m);
    uint16_t crc = vg_gdl90_crc(m, n);
    size_t k = 0;
    m[n] = (uint8_t)crc;
    m[n + 1] = (uint8_t)(crc >> 8);
    out[k++] = 0x7E;
    for (size_t i = 0; i < n + 2; i++) {
        if (m[i] == 0x7E || m[i] == 0x7D) {
            out[k++] = 0x7D;
            m[i] ^= 0x20;
        }
        out[k++] = m[i];
    }
    out[k++] = 0x7E;
    return k;
}

static void gdl90_examples(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct vg_gdl90 g = {0};
    struct kept k = {.n = 0};
    size_t n = unhex(HEARTBEAT, bytes, sizeof bytes);
    vg_gdl90_feed(&g, (struct vg_bytes){bytes, n}, keep, &k);
    assert_int_equal(g.n_heartbeats, 1);
    n = frame_of(REPORT, bytes);
    for (size_t i = 0; i < n; i++) { /* byte by byte */
        vg_gdl90_feed(&g, (struct vg_bytes){bytes + i, 1}, keep, &k);
    }
    assert_int_equal(k.n, 1);
    const struct vg_sighting *s = &k.list[0];
    assert_int_equal(s->space, VG_ID_ICAO);
    assert_string_equal(s->id, "AB4549"); /* 52642511 octal */
    near(s->lat_deg, 44.90708, 2.2e-5); /* one step */
    near(s->lon_deg, -122.99488, 2.2e-5);
    near(s->alt_pressure_m, 5000 * FT, 1e-6);
    near(s->speed_mps, 123 * 1852.0 / 3600, 1e-6);
    near(s->course_true_deg, 45, 1e-9);
    near(s->climb_mps, 64 * FT / 60, 1e-9);
    assert_string_equal(s->name, "N825V");
    assert_int_equal(s->kind, VG_CONTACT_PLANE);
    assert_int_equal(s->on_ground, 0);
    assert_int_equal(s->emergency, 0);
}

static void gdl90_drops_what_is_wrong(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct vg_gdl90 g = {0};
    struct kept k = {.n = 0};
    size_t n = frame_of(REPORT, bytes);
    bytes[6] ^= 1;
    vg_gdl90_feed(&g, (struct vg_bytes){bytes, n}, keep, &k);
    assert_int_equal(k.n, 0);
    assert_int_equal(g.n_bad, 1);
    /* An address with 7E and 7D in it, unknown height, speed and climb, heading not track. */
    n = frame_of("14 01 7E 7D 49 1F EF 15 A8 89 78 FF FA A9 FF F8 00 20 07 "
                 "20 20 20 20 20 20 20 20 10",
                 bytes);
    vg_gdl90_feed(&g, (struct vg_bytes){bytes, n}, keep, &k);
    assert_int_equal(k.n, 1);
    const struct vg_sighting *s = &k.list[0];
    assert_int_equal(s->space, VG_ID_ANON);
    assert_string_equal(s->id, "7E7D49");
    assert_true(isnan(s->alt_pressure_m) && isnan(s->speed_mps) && isnan(s->climb_mps));
    assert_true(isnan(s->course_true_deg));
    assert_int_equal(s->kind, VG_CONTACT_HELICOPTER);
    assert_int_equal(s->emergency, 1);
}

/* ---- the same capture through both of dump1090's ports is the same sky ---- */

static void feeds_agree(void **state)
{
    (void)state;
    struct vg_buf bin = read_data(DATA "adsb.beast");
    struct vg_buf avr = read_data(DATA "adsb.avr");
    struct kept a = {.n = 0};
    struct kept b = {.n = 0};
    struct vg_feed *fa;
    struct vg_feed *fb;
    assert_int_equal(vg_feed_create(VG_FEED_BEAST, 37, 13.8, &fa, NULL), VG_OK);
    assert_int_equal(vg_feed_create(VG_FEED_AVR, 37, 13.8, &fb, NULL), VG_OK);
    vg_feed_bytes(fa, (struct vg_bytes){(uint8_t *)bin.data, bin.n}, false, vg_us(VG_US_PER_S),
                  keep, &a);
    vg_feed_bytes(fb, (struct vg_bytes){(uint8_t *)avr.data, avr.n}, false, vg_us(VG_US_PER_S),
                  keep, &b);
    assert_true(a.n > 100);
    assert_int_equal(a.n, b.n);
    for (int i = 0; i < a.n; i++) {
        assert_string_equal(a.list[i].id, b.list[i].id);
        assert_true(isnan(a.list[i].lat_deg) == isnan(b.list[i].lat_deg));
    }
    assert_int_equal(vg_feed_counts(fa).n_messages, 214);
    vg_feed_destroy(fa);
    vg_feed_destroy(fb);
    vg_buf_finish(&bin);
    vg_buf_finish(&avr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beast_has_the_frames_that_went_in),
        cmocka_unit_test(beast_finds_itself_again),
        cmocka_unit_test(avr_takes_what_receivers_send),
        cmocka_unit_test(sbs_lines),
        cmocka_unit_test(gdl90_examples),
        cmocka_unit_test(gdl90_drops_what_is_wrong),
        cmocka_unit_test(feeds_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
