/* Events in words: each thing that libevents' README.md says of templates ("Supported format and
 * parsing"), with texts worked out from it by hand, and files that are not as they should be. */
#include "link/eventwords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/xz.h"

static struct vg_event_words *words;

static int setup(void **state)
{
    struct vg_buf file = {0};
    (void)state;
    assert_int_equal(vg_file_read("tests/unit/link/events.json", 100000, &file, NULL), VG_OK);
    const struct vg_bytes data = {(const uint8_t *)file.data, file.n};
    assert_int_equal(vg_event_words_read(data, "events.json", &words, NULL), VG_OK);
    vg_buf_finish(&file);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vg_event_words_destroy(words);
    return 0;
}

struct packing {
    struct vg_mavevent event;
    size_t n;
};

static void pack(struct packing *p, const void *value, size_t n)
{
    memcpy(p->event.arguments + p->n, value, n); /* the machine is little-endian, as the wire is */
    p->n += n;
}

static void expect(const struct packing *p, const char *text, const char *more)
{
    char out[VG_EVENT_TEXT_SIZE];
    assert_true(vg_event_words_text(words, &p->event, "dev", out));
    assert_string_equal(out, text);
    assert_true(vg_event_words_more(words, &p->event, "dev", out));
    assert_string_equal(out, more);
}

static void signed_numbers_and_escapes(void **state)
{
    struct packing p = {.event.id = 1u << 24 | 1001};
    int8_t a = -5;
    int16_t b = -12345;
    int32_t c = 1234567;
    int64_t d = -9007199254740993;
    float e = -2718281.8f;
    (void)state;
    pack(&p, &a, 1);
    pack(&p, &b, 2);
    pack(&p, &c, 4);
    pack(&p, &d, 8);
    pack(&p, &e, 4);
    expect(&p, "Signed -5, -12345, 1234567, -9007199254740993; float -2718281.75",
           "kept\n<{}SYS_HASH example.org");
}

static void unsigned_numbers_and_profiles(void **state)
{
    struct packing p = {.event.id = 1u << 24 | 1002};
    char out[VG_EVENT_TEXT_SIZE];
    uint8_t a = 200;
    float b = 77.2512f;
    uint16_t c = 60000;
    uint32_t d = 4000000000;
    uint64_t e = 18446744073709551615u;
    (void)state;
    pack(&p, &a, 1);
    pack(&p, &b, 4);
    pack(&p, &c, 2);
    pack(&p, &d, 4);
    pack(&p, &e, 8);
    expect(&p, "Unsigned 200, 60000, 4000000000, 18446744073709551615; float 77.3",
           "page\nfor makers: P");
    assert_true(vg_event_words_more(words, &p.event, NULL, out));
    assert_string_equal(out, "page\nfor crews"); /* to those who fly, the other part */
}

static void units(void **state)
{
    struct packing p = {.event.id = 1u << 24 | 1004};
    float a = 12.75f;
    float b = 8123.4567f;
    int8_t c = -7;
    uint64_t d = 9999999999999999999u;
    (void)state;
    pack(&p, &a, 4);
    pack(&p, &b, 4);
    pack(&p, &c, 1);
    pack(&p, &d, 8);
    expect(&p, "Height 12.75 m",
           "12.750 m, 12.75 C\n8123.456543 m^2\n-7 m\n9999999999999999999 m/s");
}

static void enums(void **state)
{
    struct packing bits = {.event.id = 1u << 24 | 1003, .event.arguments = {2 | 4}};
    struct packing two = {.event.id = 1u << 24 | 1005};
    uint64_t one = 1;
    uint64_t large = UINT64_C(1) << 63;
    uint64_t none = 7;
    (void)state;
    expect(&bits, "Sensors off: Baro/ Compass", ""); /* its own separator */
    pack(&two, &one, 8);
    pack(&two, &large, 8);
    expect(&two, "From climbing to far out", "");
    memcpy(two.event.arguments, &none, 8);
    expect(&two, "From (unknown: 7) to far out", "");
}

static void who_sees_what(void **state)
{
    char out[VG_EVENT_TEXT_SIZE];
    const struct vg_mavevent other = {.id = 5};
    (void)state;
    assert_int_equal(vg_event_words_count(words), 8);
    assert_true(vg_event_words_is_shown(words, 1u << 24 | 1000));
    assert_true(vg_event_words_is_shown(words, 2001)); /* arming_check */
    assert_false(vg_event_words_is_shown(words, 2002)); /* a summary, for programs */
    assert_false(vg_event_words_is_shown(words, 1u << 24 | 1005)); /* a group nobody knows */
    assert_true(vg_event_words_is_shown(words, other.id));
    assert_false(vg_event_words_text(words, &other, NULL, out));
    assert_string_equal(out, "");
    assert_false(vg_event_words_text(NULL, &other, NULL, out));
}

static enum vg_status read_text(const char *text, struct vg_event_words **out)
{
    return vg_event_words_read((struct vg_bytes){(const uint8_t *)text, strlen(text)}, "x", out,
                               NULL);
}

static void bad_files(void **state)
{
    struct vg_event_words *w;
    (void)state;
    assert_int_equal(read_text("", &w), VG_E_FORMAT);
    assert_int_equal(read_text("[1]", &w), VG_E_FORMAT);
    assert_int_equal(read_text("{\"version\":0}", &w), VG_E_FORMAT);
    assert_int_equal(read_text("\xfd"
                               "7zXZ",
                               &w),
                     VG_E_FORMAT);
    assert_int_equal(read_text("{\"version\":1,\"components\":[]}", &w), VG_OK);
    assert_int_equal(vg_event_words_count(w), 0);
    vg_event_words_destroy(w);
}

/* Templates that do not close, arguments that are not there, types nobody knows. */
static void bad_templates(void **state)
{
    static const char text[] =
        "{\"version\":1,\"components\":{\"0\":{\"namespace\":\"n\",\"event_groups\":{\"default\":{"
        "\"events\":{\"1\":{\"message\":\"a{ <b {3} {0} {1} {2:.1} \\\\\",\"arguments\":"
        "[{\"type\":\"odd\"},{\"type\":\"float\"}]},\"2\":{\"name\":\"no message\"},\"x\":{"
        "\"message\":\"no number\"}}}}}}}";
    struct vg_event_words *w;
    char out[VG_EVENT_TEXT_SIZE];
    const struct vg_mavevent e = {.id = 1};
    (void)state;
    assert_int_equal(read_text(text, &w), VG_OK);
    assert_int_equal(vg_event_words_count(w), 1);
    assert_true(vg_event_words_text(w, &e, NULL, out));
    assert_string_equal(out, "a{ <b {3} {0} (unknown) (unknown) \\");
    vg_event_words_destroy(w);
}

/* `printf 'abc\n' | xz --check=crc32` */
static void packed(void **state)
{
    static const uint8_t xz[] = {
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02, 0x00,
        0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x03, 0x61,
        0x62, 0x63, 0x0a, 0x00, 0x4e, 0x81, 0x88, 0x47, 0x00, 0x01, 0x18, 0x04, 0x6b, 0xe9,
        0xf0, 0xa5, 0x90, 0x42, 0x99, 0x0d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a};
    struct vg_buf out = {0};
    (void)state;
    assert_int_equal(vg_xz_unpack((struct vg_bytes){xz, sizeof xz}, 4, &out, NULL), VG_OK);
    assert_string_equal(vg_buf_text(&out), "abc\n");
    vg_buf_reset(&out);
    assert_int_equal(vg_xz_unpack((struct vg_bytes){xz, sizeof xz}, 3, &out, NULL), VG_E_FORMAT);
    vg_buf_reset(&out);
    assert_int_equal(vg_xz_unpack((struct vg_bytes){xz, sizeof xz - 1}, 99, &out, NULL),
                     VG_E_FORMAT);
    vg_buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_numbers_and_escapes),
        cmocka_unit_test(unsigned_numbers_and_profiles),
        cmocka_unit_test(units),
        cmocka_unit_test(enums),
        cmocka_unit_test(who_sees_what),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(bad_templates),
        cmocka_unit_test(packed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
