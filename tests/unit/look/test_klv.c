/* KLV reading: the parts against slow and obvious versions, damage, and a real stream. */
#include "base/file.h"
#include "base/rng.h"
#include "look/klv.h"
#include "look/klv_show.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char TRUCK[] = "tests/unit/look/data/truck_st0601.klv";
enum {
    TRUCK_PACKETS = 711,
    TRUCK_BYTES = 184149
};

static struct vg_buf read_truck(void)
{
    struct vg_buf b = {0};
    struct vg_error err = {0};
    assert_int_equal(vg_file_read(TRUCK, 1 << 20, &b, &err), VG_OK);
    assert_int_equal(b.n, TRUCK_BYTES);
    return b;
}

static struct vg_bytes view(const struct vg_buf *b)
{
    return (struct vg_bytes){(const uint8_t *)b->data, b->n};
}

/* ---- parts ---- */

static void lengths_and_tags_are_read_and_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[10];
        size_t n;
        bool is_good;
        size_t value;
        size_t used;
    } lengths[] = {
        {{0x00}, 1, true, 0, 1},
        {{0x7F}, 1, true, 127, 1},
        {{0x81, 0xF1}, 2, true, 241, 2},
        {{0x81, 0x05}, 2, true, 5, 2}, /* longer than needed is allowed (ST 0107) */
        {{0x82, 0x01, 0x00}, 3, true, 256, 3},
        {{0x84, 0xFF, 0xFF, 0xFF, 0xFF}, 5, true, 0xFFFFFFFF, 5},
        {{0x85, 1, 0, 0, 0, 0}, 6, false, 0, 0}, /* beyond 32 bits */
        {{0x88, 0, 0, 0, 0, 0, 0, 0, 9}, 9, true, 9, 9},
        {{0x80}, 1, false, 0, 0}, /* "indefinite" is not for MISB */
        {{0x82, 0x01}, 2, false, 0, 0},
        {{0x8F, 1, 1, 1}, 4, false, 0, 0},
        {{0}, 0, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t at = 0;
        size_t v = 0;
        bool ok = vg_klv_ber((struct vg_bytes){lengths[i].bytes, lengths[i].n}, &at, &v);
        assert_int_equal(ok, lengths[i].is_good);
        assert_int_equal(at, lengths[i].used);
        assert_int_equal(v, lengths[i].value);
    }
    /* ST 0107 section 6.3.2.2 writes 144 as 81 10. */
    static const struct {
        uint8_t bytes[6];
        size_t n;
        bool is_good;
        uint32_t value;
    } tags[] = {
        {{0x01}, 1, true, 1},         {{0x7F}, 1, true, 127},
        {{0x81, 0x00}, 2, true, 128}, {{0x81, 0x10}, 2, true, 144},
        {{0x81}, 1, false, 0},        {{0x8F, 0xFF, 0xFF, 0xFF, 0x7F}, 5, true, 0xFFFFFFFF},
        {{0}, 0, false, 0},           {{0x9F, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}, 6, false, 0},
    };
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        size_t at = 0;
        uint32_t v = 0;
        assert_int_equal(vg_klv_oid((struct vg_bytes){tags[i].bytes, tags[i].n}, &at, &v),
                         tags[i].is_good);
        assert_int_equal(v, tags[i].value);
    }
}

/* ST 0601 section 6.6's loop, a byte at a time. */
static uint16_t slow_sum(const uint8_t *p, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (unsigned)p[i] << 8 * ((i + 1) % 2);
    }
    return (uint16_t)(sum & 0xFFFF);
}

static void the_sum_is_that_of_the_standard(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(7);
    static uint8_t bytes[9000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)vg_rng_next(&rng);
    }
    for (size_t n = 0; n < sizeof bytes; n += n < 70 ? 1 : 61) {
        assert_int_equal(vg_klv_sum(bytes, n), slow_sum(bytes, n));
    }
    memset(bytes, 0xFF, sizeof bytes); /* lanes are fullest */
    assert_int_equal(vg_klv_sum(bytes, sizeof bytes), slow_sum(bytes, sizeof bytes));
}

/* ST 1201 section 8.1.2 and 8.2, as written there. */
static double slow_imap(uint64_t y, int n, double a, double b)
{
    double b_pow = ceil(log2(b - a));
    double d_pow = 8 * n - 1;
    double f = pow(2, d_pow - b_pow);
    double r = pow(2, b_pow - d_pow);
    double offset = a < 0 && b > 0 ? f * a - floor(f * a) : 0;
    return r * ((double)y - offset) + a;
}

static void imap_is_that_of_the_standard(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(11);
    static const double ranges[][2] = {{-900, 19000}, {0, 360},   {-19.2, 19.2}, {-1000, 1000},
                                       {0, 1500000},  {1, 99999}, {0, 1e9},      {-1, 1},
                                       {-900, 40000}, {0, 100},   {0, 21000},    {-90, 90},
                                       {-180, 180},   {0, 650},   {0, 64},       {-32, 32}};
    for (int i = 0; i < 20000; i++) {
        const double *r = ranges[vg_rng_next(&rng) % (sizeof ranges / sizeof ranges[0])];
        int n = 1 + (int)(vg_rng_next(&rng) % 6);
        uint64_t y = vg_rng_next(&rng) >> (64 - 8 * n) >> 1;
        double want = slow_imap(y, n, r[0], r[1]);
        struct vg_klv_number got = vg_klv_imap(y, (size_t)n, r[0], r[1]);
        double step = pow(2, ceil(log2(r[1] - r[0])) - (8 * n - 1));
        assert_null(got.special);
        assert_true(fabs(got.value - want) < step * 0.51);
        if (want >= r[0] && want <= r[1]) { /* and back to the very integer */
            uint64_t back = vg_klv_imap_bits(got.value, (size_t)n, r[0], r[1]);
            assert_true(back == y || back + 1 == y);
        }
    }
    /* The examples of ST 0601.17: 13,898.5 m is 00D92A at IMAPB(0, 1500000, 3). */
    assert_true(vg_klv_imap(0x00D92A, 3, 0, 1500000).value == 13898.5);
    /* Zero is exact where the range holds it (ST 1201 section 8.1.2). */
    for (size_t n = 1; n <= 6; n++) {
        assert_true(vg_klv_imap(vg_klv_imap_bits(0, n, -19.2, 19.2), n, -19.2, 19.2).value == 0);
    }
}

static void imap_codes_are_told(void **state)
{
    (void)state;
    static const struct {
        uint64_t bits;
        const char *special;
    } codes[] = {{0xC800, "+inf"},         {0xE800, "-inf"},        {0xD000, "nan"},
                 {0xF000, "nan"},          {0xD801, "nan"},         {0xF801, "nan"},
                 {0xE000, "below range"},  {0xE100, "above range"}, {0xE200, "reserved"},
                 {0xC001, "user defined"}, {0x8001, "reserved"},    {0xBFFF, "reserved"},
                 {0x8000, NULL},           {0x7FFF, NULL}};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct vg_klv_number v = vg_klv_imap(codes[i].bits, 2, 0, 100);
        if (codes[i].special == NULL) {
            assert_null(v.special);
            assert_true(isfinite(v.value));
        } else {
            assert_string_equal(v.special, codes[i].special);
            assert_true(isnan(v.value));
        }
    }
    assert_int_equal(vg_klv_imap_bits(-1, 2, 0, 100), 0xE000);
    assert_int_equal(vg_klv_imap_bits(101, 2, 0, 100), 0xE100);
    assert_int_equal(vg_klv_imap_bits((double)INFINITY, 2, 0, 100), 0xC800);
    assert_int_equal(vg_klv_imap_bits(-(double)INFINITY, 2, 0, 100), 0xE800);
    assert_int_equal(vg_klv_imap_bits((double)NAN, 2, 0, 100), 0xD000);
}

/* ---- tables ---- */

static void tables_are_whole(void **state)
{
    (void)state;
    const struct vg_klv_set *sets[] = {vg_klv_st0601(), vg_klv_st0102(), vg_klv_st0903(),
                                       vg_klv_vtarget(), vg_klv_eg0104()};
    assert_int_equal(vg_klv_st0601()->n_rows, 143);
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        for (int i = 0; i < sets[s]->n_rows; i++) {
            const struct vg_klv_row *r = &sets[s]->rows[i];
            assert_ptr_equal(vg_klv_row_find(sets[s], r->tag), r);
            assert_true(r->key[0] != '\0' && r->name[0] != '\0' && r->unit != NULL);
            assert_int_equal(r->coding == VG_KLV_SET || r->coding == VG_KLV_SERIES, r->set != NULL);
            assert_int_equal(r->coding == VG_KLV_PACK, r->pack != VG_KLV_PACK_NONE);
            assert_int_equal(r->coding == VG_KLV_ENUM || r->coding == VG_KLV_BITS,
                             r->words != NULL);
            bool has_range =
                r->coding == VG_KLV_ULIN || r->coding == VG_KLV_SLIN || r->coding == VG_KLV_IMAP;
            assert_int_equal(has_range, r->hi > r->lo);
            for (int k = 0; k < i; k++) {
                assert_string_not_equal(r->key, sets[s]->rows[k].key);
            }
        }
    }
    assert_null(vg_klv_row_find(vg_klv_st0601(), 0));
    assert_null(vg_klv_row_find(vg_klv_st0601(), 144));
    assert_null(vg_klv_row_find(vg_klv_st0903(), 100));
}

/* ---- numbers ---- */

static struct vg_klv_number read_one(uint32_t tag, const uint8_t *bytes, size_t n)
{
    struct vg_klv_item item = {
        .tag = tag, .row = vg_klv_row_find(vg_klv_st0601(), tag), .value = {bytes, n}};
    struct vg_klv_number v = {0};
    assert_int_equal(vg_klv_read(&item, &v), VG_KLV_FINE);
    return v;
}

/* The worked examples that ST 0601.17 section 8 gives with its items. */
static void examples_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        uint32_t tag;
        uint8_t bytes[8];
        size_t n;
        double value;
        double tolerance;
    } examples[] = {
        {5, {0x71, 0xC2}, 2, 159.974365, 1e-6},
        {6, {0xFD, 0x3D}, 2, -0.431531724, 1e-9},
        {7, {0x08, 0xB8}, 2, 3.405865658, 1e-9},
        {13, {0x55, 0x95, 0xB6, 0x6D}, 4, 60.176822967, 1e-9},
        {14, {0x5B, 0x53, 0x60, 0xC4}, 4, 128.426759042, 1e-9},
        {15, {0xC2, 0x21}, 2, 14190.7195, 1e-4},
        {18, {0x72, 0x4A, 0x0A, 0x20}, 4, 160.719211474, 1e-7},
        {19, {0x87, 0xF8, 0x4B, 0x86}, 4, -168.792324834, 1e-9},
        {39, {0x54}, 1, 84, 0},
        {110, {0x4D, 0xAF}, 2, 19887, 0},
        {136, {0x1E}, 1, 30, 0},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct vg_klv_number v = read_one(examples[i].tag, examples[i].bytes, examples[i].n);
        assert_null(v.special);
        assert_true(fabs(v.value - examples[i].value) <= examples[i].tolerance);
    }
    static const uint8_t least[4] = {0x80, 0, 0, 0};
    assert_string_equal(read_one(6, least, 2).special, "out of range");
    assert_string_equal(read_one(13, least, 4).special, "reserved");
    assert_string_equal(read_one(26, least, 2).special, "off earth");
    assert_true(isnan(read_one(6, least, 2).value));
    static const uint8_t cold[1] = {0xF6};
    assert_true(read_one(39, cold, 1).value == -10);
    struct vg_klv_number v = {5, 5, "untouched"};
    struct vg_klv_item item = {.row = vg_klv_row_find(vg_klv_st0601(), 13), .value = {least, 3}};
    assert_int_equal(vg_klv_read(&item, &v), VG_KLV_VALUE_LENGTH);
    item.row = vg_klv_row_find(vg_klv_st0601(), 60);
    assert_int_equal(vg_klv_read(&item, &v), VG_KLV_BAD_VALUE);
    assert_string_equal(v.special, "untouched");
}

/* ---- streams ---- */

static void a_real_stream_is_read_whole(void **state)
{
    (void)state;
    struct vg_buf b = read_truck();
    struct vg_bytes bytes = view(&b);
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    struct vg_us t;
    int64_t last = 0;
    int n = 0;
    int n_items = 0;
    for (size_t at = 0; vg_klv_scan(bytes, &at, false, &p, &fault) == VG_KLV_SCAN_PACKET; n++) {
        assert_ptr_equal(p.set, vg_klv_st0601());
        assert_int_equal(p.checksum, VG_KLV_CHECKSUM_GOOD);
        assert_true(vg_klv_time(&p, &t));
        assert_true(t.us > last);
        last = t.us;
        struct vg_klv_walk w = vg_klv_walk(&p);
        struct vg_klv_item item;
        while (vg_klv_next(&w, &item, &fault)) {
            assert_non_null(item.row);
            assert_ptr_equal(p.whole.data + item.value_offset, item.value.data);
            n_items++;
        }
        assert_int_equal(fault.cause, VG_KLV_FINE);
    }
    assert_int_equal(n, TRUCK_PACKETS);
    assert_true(n_items > 30 * n);
    vg_buf_finish(&b);
}

/* Fed in pieces of any size, the same packets come out. */
static void pieces_of_any_size_give_the_same_packets(void **state)
{
    (void)state;
    struct vg_buf b = read_truck();
    struct vg_rng rng = vg_rng_seed(3);
    for (int round = 0; round < 20; round++) {
        size_t end = 0;
        size_t at = 0;
        int n = 0;
        while (end < b.n) {
            end += 1 + vg_rng_next(&rng) % (round == 0 ? 1 : 700);
            end = end < b.n ? end : b.n;
            struct vg_klv_packet p;
            struct vg_klv_fault fault;
            while (vg_klv_scan((struct vg_bytes){view(&b).data, end}, &at, true, &p, &fault) !=
                   VG_KLV_SCAN_END) {
                n++;
                assert_int_equal(p.checksum, VG_KLV_CHECKSUM_GOOD);
            }
        }
        assert_int_equal(n, TRUCK_PACKETS);
        assert_int_equal(at, b.n);
    }
    vg_buf_finish(&b);
}

static int count_good(struct vg_bytes bytes)
{
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    enum vg_klv_scan got;
    int n = 0;
    size_t told = 0;
    for (size_t at = 0; (got = vg_klv_scan(bytes, &at, false, &p, &fault)) != VG_KLV_SCAN_END;) {
        assert_true(at > told); /* always on */
        told = at;
        n += got == VG_KLV_SCAN_PACKET && p.checksum == VG_KLV_CHECKSUM_GOOD;
    }
    return n;
}

/* One byte damaged anywhere costs one packet at most. */
static void damage_costs_one_packet(void **state)
{
    (void)state;
    struct vg_buf b = read_truck();
    struct vg_rng rng = vg_rng_seed(5);
    size_t span = 5000;
    int whole = count_good((struct vg_bytes){view(&b).data, span});
    assert_true(whole > 15);
    for (size_t i = 0; i < 4500; i++) {
        char was = b.data[i];
        b.data[i] = (char)(was ^ (1 << vg_rng_next(&rng) % 8));
        assert_in_range(count_good((struct vg_bytes){view(&b).data, span}), whole - 1, whole);
        b.data[i] = was;
    }
    for (size_t cut = 0; cut < 600; cut++) { /* a beginning that is missing */
        assert_true(count_good((struct vg_bytes){view(&b).data + cut, span - cut}) >= whole - 3);
    }
    vg_buf_finish(&b);
}

/* ---- faults ---- */

static const uint8_t KEY[16] = {0x06, 0x0E, 0x2B, 0x34, 0x02, 0x0B, 0x01, 0x01,
                                0x0E, 0x01, 0x03, 0x01, 0x01, 0,    0,    0};

/* A packet of these items, shown; returns the number of errors. */
static int show(const uint8_t *items, size_t n, struct vg_buf *out)
{
    uint8_t bytes[300];
    memcpy(bytes, KEY, 16);
    bytes[16] = (uint8_t)n;
    memcpy(bytes + 17, items, n);
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    size_t at = 0;
    assert_int_equal(vg_klv_scan((struct vg_bytes){bytes, 17 + n}, &at, false, &p, &fault),
                     VG_KLV_SCAN_PACKET);
    vg_buf_reset(out);
    return vg_klv_show(&p, 1000, VG_LANG_EN, out);
}

static void faults_have_cause_and_place(void **state)
{
    (void)state;
    static const struct {
        uint8_t items[40];
        size_t n;
        const char *says;
    } cases[] = {
        {{13, 3, 1, 2, 3}, 5, "{\"offset\":1017,\"tag\":13,\"cause\":\"value_length\""},
        {{5, 2, 1, 2, 15, 9, 1}, 7, "{\"offset\":1021,\"tag\":15,\"cause\":\"overrun\""},
        {{5, 2, 1, 2, 0x81}, 5, "{\"offset\":1021,\"cause\":\"bad_tag\""},
        {{5, 0x80, 1, 2}, 4, "{\"offset\":1017,\"tag\":5,\"cause\":\"bad_length\""},
        {{5, 2, 1, 2, 1, 2, 0, 0}, 8, "{\"offset\":1021,\"tag\":1,\"cause\":\"bad_checksum\""},
        {{94, 3, 1, 0x60, 1}, 5, "\"tag\":94,\"cause\":\"bad_value\""},
        {{0x81, 0x02, 4, 9, 7, 1, 2}, 7, "{\"offset\":1017,\"tag\":130,\"cause\":\"bad_value\""},
        {{48, 4, 1, 1, 1, 2}, 6, "{\"offset\":1022,\"tag\":2,\"cause\":\"bad_length\""},
        {{74, 6, 101, 4, 3, 0x05, 1, 9}, 8, "\"tag\":1,\"cause\":\"overrun\""},
        {{100, 18, 100, 16, 100, 14, 100, 12, 100, 10, 100, 8, 100, 6, 100, 4, 100, 2, 5, 0},
         20,
         "\"tag\":100,\"cause\":\"too_deep\""},
    };
    struct vg_buf out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int n = show(cases[i].items, cases[i].n, &out);
        if (n != 1 || strstr(vg_buf_text(&out), cases[i].says) == NULL) {
            print_error("case %zu: %d errors: %s\n", i, n, vg_buf_text(&out));
        }
        assert_int_equal(n, 1);
        assert_non_null(strstr(vg_buf_text(&out), cases[i].says));
    }
    vg_buf_finish(&out);
}

static void unknown_and_weapon_tags_stay_bytes(void **state)
{
    (void)state;
    static const uint8_t items[] = {0x81, 0x20, 3,  0x00, 0xAB, 0xCD, 60,   2,    0xAF, 0xD8, 61,
                                    1,    0xBA, 62, 2,    0x06, 0xCF, 0x81, 0x0C, 1,    0x0E};
    struct vg_buf out = {0};
    assert_int_equal(show(items, sizeof items, &out), 0);
    static const char *const parts[] = {
        "{\"tag\":160,\"hex\":\"00abcd\"}",
        "{\"tag\":60,\"key\":\"weapon_load\",\"name\":\"Weapon Load\",\"hex\":\"afd8\"}",
        "{\"tag\":61,\"key\":\"weapon_fired\",\"name\":\"Weapon Fired\",\"hex\":\"ba\"}",
        "{\"tag\":62,\"key\":\"laser_prf_code\",\"name\":\"Laser PRF Code\",\"hex\":\"06cf\"}",
        "{\"tag\":140,\"key\":\"weapons_stores\",\"name\":\"Weapons Stores\",\"hex\":\"0e\"}"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_non_null(strstr(vg_buf_text(&out), parts[i]));
    }
    vg_buf_finish(&out);
}

/* EG 0104: keys of 16 bytes, IEEE floats. The version byte of a key does not count. */
static void the_universal_set_is_read(void **state)
{
    (void)state;
    static const uint8_t packet[] = {
        0x06, 0x0E, 0x2B, 0x34, 0x02, 0x01, 0x01, 0x01, 0x0E, 0x01, 0x01, 0x02, 0x01, 0x01,
        0,    0,    74, /* heading 90 */
        0x06, 0x0E, 0x2B, 0x34, 0x01, 0x01, 0x01, 0x01, 0x07, 0x01, 0x10, 0x01, 0x06, 0,
        0,    0,    4,    0x42, 0xB4, 0,    0, /* latitude -12.5 as a double */
        0x06, 0x0E, 0x2B, 0x34, 0x01, 0x01, 0x01, 0x03, 0x07, 0x01, 0x02, 0x01, 0x02, 0x04,
        0x02, 0,    8,    0xC0, 0x29, 0,    0,    0,    0,    0,    0, /* unknown */
        0x06, 0x0E, 0x2B, 0x34, 0x01, 0x01, 0x01, 0x01, 9,    9,    9,    9,    9,    9,
        9,    9,    11,   1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11};
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    struct vg_buf out = {0};
    size_t at = 0;
    assert_int_equal(vg_klv_scan((struct vg_bytes){packet, sizeof packet}, &at, false, &p, &fault),
                     VG_KLV_SCAN_PACKET);
    assert_ptr_equal(p.set, vg_klv_eg0104());
    assert_int_equal(vg_klv_show(&p, 0, VG_LANG_EN, &out), 0);
    const char *text = vg_buf_text(&out);
    assert_non_null(strstr(text, "\"key\":\"platform_heading_angle\","
                                 "\"name\":\"Platform Heading Angle\",\"value\":90,\"unit\""));
    assert_non_null(strstr(text, "\"key\":\"device_latitude\",\"name\":\"Device Latitude\","
                                 "\"value\":-12.5,"));
    assert_non_null(strstr(text, "{\"ul\":\"060e2b34010101010909090909090909\","
                                 "\"hex\":\"0102030405060708090a0b\"}"));
    vg_buf_finish(&out);
}

static void faults_speak_both_languages(void **state)
{
    (void)state;
    struct vg_error err = {.lang = VG_LANG_FR};
    char text[400];
    struct vg_klv_fault fault = {VG_KLV_OVERRUN, 15, 77};
    assert_int_equal(vg_klv_tell(&fault, "vol.klv", &err), VG_E_FORMAT);
    vg_error_text(&err, text, sizeof text);
    assert_non_null(strstr(text, "vol.klv"));
    assert_non_null(strstr(text, "77"));
    assert_non_null(strstr(text, "étiquette 15 : l'élément dépasse son ensemble"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_and_tags_are_read_and_refused),
        cmocka_unit_test(the_sum_is_that_of_the_standard),
        cmocka_unit_test(imap_is_that_of_the_standard),
        cmocka_unit_test(imap_codes_are_told),
        cmocka_unit_test(tables_are_whole),
        cmocka_unit_test(examples_of_the_standard),
        cmocka_unit_test(a_real_stream_is_read_whole),
        cmocka_unit_test(pieces_of_any_size_give_the_same_packets),
        cmocka_unit_test(damage_costs_one_packet),
        cmocka_unit_test(faults_have_cause_and_place),
        cmocka_unit_test(unknown_and_weapon_tags_stay_bytes),
        cmocka_unit_test(the_universal_set_is_read),
        cmocka_unit_test(faults_speak_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
