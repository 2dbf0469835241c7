#include "io/link_uri.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void links_are_read_and_written_back(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum vg_link_uri_kind kind;
        const char *back;
    } rows[] = {
        {"udp:14550", VG_LINK_URI_UDP_IN, "udpin:0.0.0.0:14550"},
        {"udp:127.0.0.1:1", VG_LINK_URI_UDP_IN, "udpin:127.0.0.1:1"},
        {"udpin:*:65535", VG_LINK_URI_UDP_IN, "udpin:0.0.0.0:65535"},
        {"udpin:localhost:14550", VG_LINK_URI_UDP_IN, "udpin:127.0.0.1:14550"},
        {"udpout:192.168.1.5:14555", VG_LINK_URI_UDP_OUT, "udpout:192.168.1.5:14555"},
        {"udpout:[::1]:14555", VG_LINK_URI_UDP_OUT, "udpout:[::1]:14555"},
        {"tcp:10.0.0.1:5760", VG_LINK_URI_TCP, "tcp:10.0.0.1:5760"},
        {"tcp-listen:5760", VG_LINK_URI_TCP_LISTEN, "tcp-listen:127.0.0.1:5760"},
        {"tcp-listen:*:5760", VG_LINK_URI_TCP_LISTEN, "tcp-listen:0.0.0.0:5760"},
        {"tcp-listen:[::1]:5760", VG_LINK_URI_TCP_LISTEN, "tcp-listen:[::1]:5760"},
        {"serial:/dev/ttyUSB0:115200", VG_LINK_URI_SERIAL, "serial:/dev/ttyUSB0:115200"},
        {"serial:/dev/ttyACM0", VG_LINK_URI_SERIAL, "serial:/dev/ttyACM0:57600"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vg_link_uri uri;
        struct vg_error err = {0};
        char back[VG_LINK_URI_TEXT_SIZE];
        if (vg_link_uri_parse(rows[i].text, &uri, &err) != VG_OK) {
            fail_msg("%s: %s", rows[i].text, err.message);
        }
        assert_int_equal(uri.kind, rows[i].kind);
        assert_string_equal(vg_link_uri_format(&uri, back, sizeof back), rows[i].back);
    }
}

static void other_texts_are_refused_and_leave_the_output(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "udp",
                                      "udp:",
                                      "udp:0",
                                      "udp:65536",
                                      "udp:-1",
                                      "udp:14550x",
                                      "udpin:127.0.0.1",
                                      "udpin::14550:",
                                      "udpout:0.0.0.0:14550",
                                      "udpout:drone.example:14550",
                                      "udpout:1.2.3.4:0",
                                      "udpout:::1:14550",
                                      "tcp:*:5760",
                                      "tcp-listen:0",
                                      "tcp-listen:",
                                      "tcp:[::1:5760",
                                      "serial:ttyUSB0",
                                      "serial:/",
                                      "serial:/dev/ttyUSB0:",
                                      "serial:/dev/ttyUSB0:9",
                                      "serial:/dev/ttyUSB0:57600:8",
                                      "14550",
                                      "udp:99999999999999999999"};
    struct vg_link_uri uri;
    struct vg_link_uri before;
    memset(&uri, 0x5a, sizeof uri);
    memcpy(&before, &uri, sizeof uri);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct vg_error err = {0};
        if (vg_link_uri_parse(bad[i], &uri, &err) != VG_E_FORMAT) {
            fail_msg("%s was taken", bad[i]);
        }
        assert_memory_equal(&uri, &before, sizeof uri);
    }
    struct vg_error err = {0};
    assert_int_equal(vg_link_uri_parse("tls:1.2.3.4:5", &uri, &err), VG_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "\"tls\""));
    assert_non_null(strstr(err.message, "udp:14550"));
    err = (struct vg_error){.lang = VG_LANG_FR};
    assert_int_equal(vg_link_uri_parse("nonsense", &uri, &err), VG_E_FORMAT);
    assert_non_null(strstr(err.message, "n'est pas une liaison"));
}

static void addresses_know_loopback_and_equality(void **state)
{
    (void)state;
    struct vg_addr a;
    struct vg_addr b;
    assert_int_equal(vg_addr_parse("127.9.9.9:80", &a, NULL), VG_OK);
    assert_true(vg_addr_is_loopback(&a));
    assert_int_equal(vg_addr_parse("[::1]:80", &b, NULL), VG_OK);
    assert_true(vg_addr_is_loopback(&b));
    assert_false(vg_addr_is_equal(&a, &b));
    assert_int_equal(vg_addr_parse("128.0.0.1:80", &b, NULL), VG_OK);
    assert_false(vg_addr_is_loopback(&b));
    assert_int_equal(vg_addr_parse("127.9.9.9:81", &b, NULL), VG_OK);
    assert_false(vg_addr_is_equal(&a, &b));
    assert_int_equal(vg_addr_parse("127.9.9.9:80", &b, NULL), VG_OK);
    assert_true(vg_addr_is_equal(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_read_and_written_back),
        cmocka_unit_test(other_texts_are_refused_and_leave_the_output),
        cmocka_unit_test(addresses_know_loopback_and_equality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
