/* KLV writing: what is written is read again, tag by tag; weapons and lasers cannot be written. */
#include "base/file.h"
#include "base/rng.h"
#include "look/klv_show.h"
#include "look/klv_write.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct vg_us T = {1348087826484970};

static struct vg_klv_packet scan_one(struct vg_bytes bytes)
{
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    size_t at = 0;
    assert_int_equal(vg_klv_scan(bytes, &at, false, &p, &fault), VG_KLV_SCAN_PACKET);
    assert_int_equal(at, bytes.n);
    assert_int_equal(p.checksum, VG_KLV_CHECKSUM_GOOD);
    return p;
}

/* The item with this tag; row NULL if there is none. Counts all. */
static struct vg_klv_item find(const struct vg_klv_packet *p, uint32_t tag, int *n)
{
    struct vg_klv_walk w = vg_klv_walk(p);
    struct vg_klv_item item;
    struct vg_klv_item found = {0};
    struct vg_klv_fault fault;
    for (*n = 0; vg_klv_next(&w, &item, &fault); ++*n) {
        found = item.tag == tag ? item : found;
    }
    assert_int_equal(fault.cause, VG_KLV_FINE);
    return found;
}

static bool is_number(const struct vg_klv_row *r)
{
    return r->coding >= VG_KLV_UINT && r->coding <= VG_KLV_IMAP;
}

/* Half a step of the coding, and what is lost in doubles. */
static double tolerance(const struct vg_klv_row *r)
{
    if (r->coding == VG_KLV_IMAP) {
        return 2 * (r->hi - r->lo) / ldexp(1, 8 * r->length - 1);
    }
    if (r->coding == VG_KLV_ULIN || r->coding == VG_KLV_SLIN) {
        return (r->hi - r->lo) / (ldexp(1, 8 * r->length) - 2) * 0.5001;
    }
    return 0;
}

static double any_value(const struct vg_klv_row *r, struct vg_rng *rng)
{
    if (r->hi > r->lo) {
        double u = vg_rng_unit(rng);
        u = vg_rng_below(rng, 10) == 0 ? (u < 0.5 ? 0 : 1) : u;
        return r->lo + u * (r->hi - r->lo);
    }
    int bits = r->length > 6 ? 50 : 8 * r->length;
    uint64_t v = vg_rng_below(rng, UINT64_C(1) << bits);
    return r->coding == VG_KLV_INT ? (double)v - ldexp(1, bits - 1)
                                   : (double)(r->tag == 47 ? v & ~UINT64_C(1) : v);
}

static void every_number_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(17);
    const struct vg_klv_set *set = vg_klv_st0601();
    int n_tags = 0;
    for (int i = 0; i < set->n_rows; i++) {
        const struct vg_klv_row *r = &set->rows[i];
        if (!is_number(r) || r->tag == 1 || r->tag == 2 || r->tag == 65) {
            continue;
        }
        n_tags++;
        for (int k = 0; k < 200; k++) {
            uint8_t bytes[64];
            struct vg_klv_out out;
            struct vg_bytes packet = {0};
            double value = any_value(r, &rng);
            vg_klv_begin(&out, bytes, sizeof bytes, T);
            vg_klv_put(&out, r->tag, value);
            assert_int_equal(vg_klv_end(&out, &packet, NULL), VG_OK);
            struct vg_klv_packet p = scan_one(packet);
            int n = 0;
            struct vg_klv_item item = find(&p, r->tag, &n);
            struct vg_klv_number v = {0};
            struct vg_us t = {0};
            assert_int_equal(n, 4);
            assert_ptr_equal(item.row, r);
            assert_int_equal(vg_klv_read(&item, &v), VG_KLV_FINE);
            assert_null(v.special);
            if (!(fabs(v.value - value) <= tolerance(r))) {
                print_error("tag %d: %.12g became %.12g\n", r->tag, value, v.value);
            }
            assert_true(fabs(v.value - value) <= tolerance(r));
            assert_true(vg_klv_time(&p, &t) && t.us == T.us);
        }
    }
    assert_int_equal(n_tags, 99); /* of 143: the rest are texts, sets, packs and the three above */
}

/* A real stream's numbers, written again, are the same bytes. */
static void a_real_stream_is_written_again_byte_for_byte(void **state)
{
    (void)state;
    struct vg_buf b = {0};
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    size_t at = 0;
    int n_same = 0;
    assert_int_equal(vg_file_read("tests/unit/look/data/truck_st0601.klv", 1 << 20, &b, NULL),
                     VG_OK);
    struct vg_bytes all = {(const uint8_t *)b.data, b.n};
    while (vg_klv_scan(all, &at, false, &p, &fault) == VG_KLV_SCAN_PACKET) {
        struct vg_klv_walk w = vg_klv_walk(&p);
        struct vg_klv_item item;
        while (vg_klv_next(&w, &item, &fault)) {
            uint8_t bytes[300];
            struct vg_klv_out out;
            struct vg_klv_number v;
            vg_klv_begin(&out, bytes, sizeof bytes, T);
            size_t from = out.n;
            if (vg_klv_read(&item, &v) == VG_KLV_FINE && item.value.n == item.row->length &&
                v.special == NULL) {
                vg_klv_put(&out, item.tag, v.value);
                assert_int_equal(out.status, VG_OK);
                assert_memory_equal(bytes + from, p.whole.data + item.offset, out.n - from);
                n_same++;
            }
        }
    }
    assert_true(n_same > 711 * 25);
    vg_buf_finish(&b);
}

static void weapons_and_lasers_are_never_written(void **state)
{
    (void)state;
    static const uint32_t never[] = {60, 61, 62, 140};
    const struct vg_klv_set *set = vg_klv_st0601();
    for (size_t i = 0; i < 4; i++) { /* by construction: no writer takes this coding */
        assert_int_equal(vg_klv_row_find(set, never[i])->coding, VG_KLV_NEVER);
    }
    for (uint32_t tag = 0; tag < 400; tag++) {
        for (int how = 0; how < 4; how++) {
            uint8_t bytes[200];
            struct vg_klv_out out;
            struct vg_bytes packet = {0};
            struct vg_error err = {0};
            vg_klv_begin(&out, bytes, sizeof bytes, T);
            size_t before = out.n;
            switch (how) {
            case 0:
                vg_klv_put(&out, tag, 0);
                break;
            case 1:
                vg_klv_put(&out, tag, 1);
                break;
            case 2:
                vg_klv_put_text(&out, tag, "x");
                break;
            default:
                vg_klv_put_special(&out, tag);
            }
            bool is_never = tag == 60 || tag == 61 || tag == 62 || tag == 140;
            if (is_never) {
                assert_int_equal(out.n, before);
                assert_int_equal(vg_klv_end(&out, &packet, &err), VG_E_UNSUPPORTED);
                assert_non_null(strstr(err.message, "is not written"));
                assert_null(packet.data);
            } else if (vg_klv_end(&out, &packet, NULL) == VG_OK) {
                struct vg_klv_packet p = scan_one(packet);
                for (size_t i = 0; i < 4; i++) {
                    int n;
                    assert_null(find(&p, never[i], &n).row);
                }
            }
        }
    }
}

static void what_does_not_fit_is_refused_and_told(void **state)
{
    (void)state;
    static const struct {
        uint32_t tag;
        double value;
        enum vg_status status;
    } cases[] = {
        {13, 90.1, VG_E_RANGE},        {15, -901, VG_E_RANGE},
        {8, 256, VG_E_RANGE},          {8, 1.5, VG_E_RANGE},
        {8, -1, VG_E_RANGE},           {39, -129, VG_E_RANGE},
        {96, 1500001, VG_E_RANGE},     {47, 1, VG_E_UNSUPPORTED},
        {47, 17, VG_E_UNSUPPORTED},    {3, 1, VG_E_UNSUPPORTED},
        {48, 1, VG_E_UNSUPPORTED},     {200, 1, VG_E_UNSUPPORTED},
        {13, (double)NAN, VG_E_RANGE}, {8, (double)INFINITY, VG_E_RANGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[100];
        struct vg_klv_out out;
        struct vg_bytes packet = {0};
        struct vg_error err = {.lang = VG_LANG_FR};
        char tag[24];
        vg_klv_begin(&out, bytes, sizeof bytes, T);
        vg_klv_put(&out, cases[i].tag, cases[i].value);
        vg_klv_put(&out, 5, 90); /* the first failure stays */
        assert_int_equal(vg_klv_end(&out, &packet, &err), cases[i].status);
        assert_null(packet.data);
        vg_format(tag, sizeof tag, "étiquette %u", cases[i].tag);
        assert_non_null(strstr(err.message, tag));
    }
    for (size_t cap = 0; cap < 40; cap++) { /* never a byte beyond */
        uint8_t bytes[48];
        struct vg_klv_out out;
        struct vg_bytes packet = {0};
        memset(bytes, 0xA5, sizeof bytes);
        vg_klv_begin(&out, bytes, cap, T);
        vg_klv_put(&out, 13, 45);
        assert_int_equal(vg_klv_end(&out, &packet, NULL), VG_E_FULL);
        for (size_t i = cap; i < sizeof bytes; i++) {
            assert_int_equal(bytes[i], 0xA5);
        }
    }
}

static void special_values_and_texts(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct vg_klv_out out;
    struct vg_bytes packet = {0};
    struct vg_klv_number v;
    int n;
    vg_klv_begin(&out, bytes, sizeof bytes, T);
    vg_klv_put_special(&out, 23);
    vg_klv_put_text(&out, 10, "aile longue é");
    assert_int_equal(vg_klv_end(&out, &packet, NULL), VG_OK);
    struct vg_klv_packet p = scan_one(packet);
    struct vg_klv_item item = find(&p, 23, &n);
    assert_int_equal(vg_klv_read(&item, &v), VG_KLV_FINE);
    assert_string_equal(v.special, "off earth");
    item = find(&p, 10, &n);
    assert_int_equal(item.value.n, strlen("aile longue é"));
    assert_memory_equal(item.value.data, "aile longue é", item.value.n);
}

static void put_targets(struct vg_klv_out *out)
{
    static const struct vg_klv_target targets[] = {
        {.id = 7,
         .row = 540,
         .column = 960,
         .box = {530, 950, 550, 970},
         .confidence = 0.83,
         .lat_deg = 14.5,
         .lon_deg = -11.25,
         .alt_ell_m = 140,
         .sigma_enu_m = {6, 9, 12},
         .rho = {0.5, 0, -0.25},
         .label = "vehicle"},
        {.id = 300, .row = 1, .column = 1, .confidence = (double)NAN, .lat_deg = (double)NAN}};
    const struct vg_klv_vmti vmti = {"Vigie", 1920, 1080, 5, 2, targets};
    vg_klv_put_vmti(out, &vmti);
}

/* Expected bytes of the first target's centre by hand: (540 - 1) * 1920 + 960 = 1035840. */
static void targets_are_read_as_they_were_written(void **state)
{
    (void)state;
    uint8_t bytes[500];
    struct vg_klv_out out;
    struct vg_bytes packet = {0};
    struct vg_buf text = {0};
    vg_klv_begin(&out, bytes, sizeof bytes, T);
    put_targets(&out);
    assert_int_equal(vg_klv_end(&out, &packet, NULL), VG_OK);
    struct vg_klv_packet p = scan_one(packet);
    assert_int_equal(vg_klv_show(&p, 0, VG_LANG_EN, &text), 0);
    static const char *const parts[] = {
        "\"key\":\"vmti_system_name\",\"name\":\"VMTI System Name\",\"value\":\"Vigie\"",
        "\"key\":\"total_number_of_targets_detected\","
        "\"name\":\"Total Number of Targets Detected\",\"value\":5",
        "\"key\":\"frame_width\",\"name\":\"Frame Width\",\"value\":1920",
        "{\"id\":7,\"items\":[{\"tag\":1,\"key\":\"target_centroid\","
        "\"name\":\"Target Centroid\",\"value\":1035840",
        "\"key\":\"target_confidence_level\",\"name\":\"Target Confidence Level\",\"value\":83",
        "\"alt_ell_m\":140,\"sigma_east\":6,\"sigma_north\":9,\"sigma_up\":12,"
        "\"rho_en\":0.5,\"rho_eu\":0,\"rho_nu\":-0.25}",
        "\"lat\":14.5,\"lon\":-11.25,",
        "\"key\":\"ontology_class\",\"name\":\"Ontology Class\",\"value\":\"vehicle\"",
        "{\"id\":300,\"items\":[{\"tag\":1,\"key\":\"target_centroid\","
        "\"name\":\"Target Centroid\",\"value\":1,"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strstr(vg_buf_text(&text), parts[i]) == NULL) {
            print_error("not there: %s\nin %s\n", parts[i], vg_buf_text(&text));
        }
        assert_non_null(strstr(vg_buf_text(&text), parts[i]));
    }
    vg_buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_read_as_it_was_written),
        cmocka_unit_test(a_real_stream_is_written_again_byte_for_byte),
        cmocka_unit_test(weapons_and_lasers_are_never_written),
        cmocka_unit_test(what_does_not_fit_is_refused_and_told),
        cmocka_unit_test(special_values_and_texts),
        cmocka_unit_test(targets_are_read_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
