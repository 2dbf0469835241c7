#include "serve/guard.h"
#include "serve/gunzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void our_hosts_only(void **state)
{
    (void)state;
    static const char *const good[] = {"localhost", "LocalHost:8080", "127.0.0.1",  "127.0.0.1:1",
                                       "[::1]",     "[::1]:65535",    "10.0.0.7:80"};
    static const char *const bad[] = {"",
                                      ":80",
                                      "evil.example",
                                      "localhost.evil.example",
                                      "localhost:",
                                      "localhost:x",
                                      "localhost:123456",
                                      "127.0.0.1.evil.example",
                                      "::1",
                                      "[::1",
                                      "[::1]x",
                                      "[]",
                                      "localhost,evil.example",
                                      "localhost evil",
                                      "10.0.0.8",
                                      "user@localhost"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!vg_guard_host(good[i], "10.0.0.7", false)) {
            fail_msg("%s was refused", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (vg_guard_host(bad[i], "10.0.0.7", false)) {
            fail_msg("%s was taken", bad[i]);
        }
    }
    assert_true(vg_guard_host("10.0.0.8", "0.0.0.0", true));
    assert_true(vg_guard_host("[fe80::1]:80", "0.0.0.0", true));
    assert_false(vg_guard_host("evil.example", "0.0.0.0", true));
}

static void origin_is_the_host(void **state)
{
    (void)state;
    assert_true(vg_guard_origin("http://localhost:8080", "localhost:8080"));
    assert_true(vg_guard_origin("https://localhost", "localhost"));
    assert_false(vg_guard_origin("http://localhost:8081", "localhost:8080"));
    assert_false(vg_guard_origin("http://localhost:8080/", "localhost:8080"));
    assert_false(vg_guard_origin("http://127.0.0.1:8080", "localhost:8080"));
    assert_false(vg_guard_origin("null", "localhost"));
    assert_false(vg_guard_origin("", "localhost"));
    assert_false(vg_guard_origin("http://", ""));
    assert_false(vg_guard_origin("ftp://localhost", "localhost"));
}

/* RFC 9110 section 12.5.3, its examples and the edge of a quality of nothing. */
static void gzip_is_taken_when_said_so(void **state)
{
    (void)state;
    static const char *const yes[] = {"compress, gzip",
                                      "*",
                                      "compress;q=0.5, gzip;q=1.0",
                                      "gzip;q=1.0, identity; q=0.5, *;q=0",
                                      "GZIP",
                                      "br,gzip ;q=0.001"};
    static const char *const no[] = {
        "", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "identity", "gzipx", "gzip;q=0, *", ",,;"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (!vg_guard_accepts_gzip(yes[i])) {
            fail_msg("%s takes gzip", yes[i]);
        }
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (vg_guard_accepts_gzip(no[i])) {
            fail_msg("%s does not take gzip", no[i]);
        }
    }
}

/* RFC 9110 section 13.1.2. */
static void tags_match_weakly(void **state)
{
    (void)state;
    assert_true(vg_guard_matches_etag("\"xyzzy\"", "\"xyzzy\""));
    assert_true(vg_guard_matches_etag("W/\"xyzzy\", \"r2d2\"", "\"r2d2\""));
    assert_true(vg_guard_matches_etag("W/\"xyzzy\"", "\"xyzzy\""));
    assert_true(vg_guard_matches_etag("*", "\"xyzzy\""));
    assert_false(vg_guard_matches_etag("", "\"xyzzy\""));
    assert_false(vg_guard_matches_etag("\"xyzz\"", "\"xyzzy\""));
    assert_false(vg_guard_matches_etag("xyzzy", "\"xyzzy\""));
}

static void lengths_are_digits(void **state)
{
    (void)state;
    assert_int_equal(vg_guard_content_length("0"), 0);
    assert_int_equal(vg_guard_content_length("65536"), 65536);
    assert_int_equal(vg_guard_content_length(""), -1);
    assert_int_equal(vg_guard_content_length("-1"), -1);
    assert_int_equal(vg_guard_content_length("+1"), -1);
    assert_int_equal(vg_guard_content_length("1,1"), -1);
    assert_int_equal(vg_guard_content_length("1234567890123456789"), -1);
}

/* RFC 3629 sections 3, 4 and 10. */
static void text_is_plain_utf8(void **state)
{
    (void)state;
    assert_true(vg_guard_is_plain_text("/api/\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    static const char *const bad[] = {
        "\xc0\xaf", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80",
        "\xff",     "a\nb", "\x7f",     "\xe0\x80\xaf", "\xf0\x80\x80\xaf"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(vg_guard_is_plain_text(bad[i]));
    }
}

static void gunzip_is_bounded_and_strict(void **state)
{
    (void)state;
    /* printf '<p>page' | gzip -9 -n | xxd -i */
    static const uint8_t packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                                     0x03, 0xb3, 0x29, 0xb0, 0x2b, 0x48, 0x4c, 0x4f, 0x05,
                                     0x00, 0x42, 0x72, 0xd2, 0xd2, 0x07, 0x00, 0x00, 0x00};
    struct vg_buf out = {0};
    assert_int_equal(vg_gunzip((struct vg_bytes){packed, sizeof packed}, 7, &out), VG_OK);
    assert_string_equal(out.data, "<p>page");
    vg_buf_reset(&out);
    assert_int_equal(vg_gunzip((struct vg_bytes){packed, sizeof packed}, 6, &out), VG_E_FULL);
    for (size_t n = 0; n < sizeof packed; n++) {
        assert_int_equal(vg_gunzip((struct vg_bytes){packed, n}, 100, &out), VG_E_FORMAT);
    }
    uint8_t wrong[sizeof packed];
    memcpy(wrong, packed, sizeof packed);
    wrong[20] ^= 1; /* the checksum */
    assert_int_equal(vg_gunzip((struct vg_bytes){wrong, sizeof wrong}, 100, &out), VG_E_FORMAT);
    vg_buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_hosts_only),
        cmocka_unit_test(origin_is_the_host),
        cmocka_unit_test(gzip_is_taken_when_said_so),
        cmocka_unit_test(tags_match_weakly),
        cmocka_unit_test(lengths_are_digits),
        cmocka_unit_test(text_is_plain_utf8),
        cmocka_unit_test(gunzip_is_bounded_and_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
