/* The WebSocket side over real sockets. */
#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct harness *start(void)
{
    struct harness *h = malloc(sizeof *h);
    assert_non_null(h);
    harness_start(h, NULL);
    return h;
}

static void stop(struct harness *h)
{
    harness_stop(h);
    free(h);
}

static int join(struct harness *h)
{
    int status = 0;
    int fd = ws_connect(h, "", &status);
    assert_int_equal(status, 101);
    return fd;
}

static void expect_text(struct harness *h, int fd, const char *want)
{
    size_t n = 0;
    char *text = ws_read(h, fd, &n);
    assert_non_null(text);
    assert_string_equal(text, want);
    free(text);
}

static void hello_comes_first_then_what_is_published_in_order(void **state)
{
    (void)state;
    struct harness *h = start();
    harness_publish(h, "before");
    int fd = join(h);
    expect_text(h, fd, "hello 1");
    harness_publish(h, "two");
    harness_publish(h, "three");
    harness_publish(h, "");
    expect_text(h, fd, "two");
    expect_text(h, fd, "three");
    expect_text(h, fd, "");
    assert_int_equal(vg_server_n_clients(h->server), 1);
    close(fd);
    while (vg_server_n_clients(h->server) > 0) {
        harness_turn(h, -1);
    }
    stop(h);
}

static void publishing_before_the_hello_is_sent_is_covered_by_it(void **state)
{
    (void)state;
    struct harness *h = start();
    int fd = client_connect(h);
    char request[512];
    size_t n = vg_format(
        request, sizeof request,
        "GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    client_send(h, fd, request, n);
    while (vg_server_n_clients(h->server) == 0 && h->hellos == 0) {
        uv_run(&h->loop, UV_RUN_NOWAIT);
    }
    bool was_sent = h->hellos > 0;
    harness_publish(h, "one");
    struct response r = client_response(h, fd, false);
    assert_int_equal(r.status, 101);
    response_finish(&r);
    if (was_sent) { /* the hello was out already: then the message follows it */
        expect_text(h, fd, "hello 0");
        expect_text(h, fd, "one");
    } else {
        expect_text(h, fd, "hello 1");
    }
    harness_publish(h, "two");
    expect_text(h, fd, "two");
    close(fd);
    stop(h);
}

static void foreign_pages_and_hosts_get_no_stream(void **state)
{
    (void)state;
    struct harness *h = start();
    int status = 0;
    char origin[80];
    assert_int_equal(ws_connect(h, "Origin: http://evil.example\r\n", &status), -1);
    assert_int_equal(status, 403);
    assert_int_equal(ws_connect(h, "Origin: null\r\n", &status), -1);
    assert_int_equal(status, 403);
    assert_int_equal(ws_connect(h, "Host: evil.example\r\n", &status), -1);
    assert_int_equal(status, 421);
    vg_format(origin, sizeof origin, "Origin: http://127.0.0.1:%d\r\n", h->port);
    int fd = ws_connect(h, origin, &status);
    assert_int_equal(status, 101);
    expect_text(h, fd, "hello 0");
    close(fd);
    stop(h);
}

static void other_places_and_protocols_do_not_upgrade(void **state)
{
    (void)state;
    struct harness *h = start();
    struct response r = exchange(
        h,
        "GET /api/echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    assert_int_equal(r.status, 404);
    response_finish(&r);
    r = exchange(
        h, "GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
           "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
    assert_int_equal(r.status, 400);
    response_finish(&r);
    r = exchange(h, "GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_int_equal(r.status, 426);
    response_finish(&r);
    assert_int_equal(h->gets + h->hellos, 0);
    stop(h);
}

static void client_that_talks_is_sent_away(void **state)
{
    (void)state;
    struct harness *h = start();
    int fd = join(h);
    expect_text(h, fd, "hello 0");
    ws_send_text(h, fd, "{}");
    size_t n = 0;
    assert_null(ws_read(h, fd, &n)); /* a close frame */
    close(fd);
    while (vg_server_n_clients(h->server) > 0) {
        harness_turn(h, -1);
    }
    stop(h);
}

/* The slow client does not read while far more than the socket buffers and its queue hold is
 * published; the quick one reads everything. Then the slow one reads: a beginning of the stream,
 * one hello that stands for the rest, and what is published after. */
static void slow_client_gets_a_hello_in_place_of_its_backlog(void **state)
{
    (void)state;
    enum {
        N_MESSAGES = 400,
        MESSAGE_BYTES = 100000
    };
    struct harness *h = start();
    int slow = join(h);
    expect_text(h, slow, "hello 0");
    int quick = join(h);
    expect_text(h, quick, "hello 0");
    char *text = malloc(MESSAGE_BYTES + 1);
    assert_non_null(text);
    for (int i = 0; i < N_MESSAGES; i++) {
        memset(text, '.', MESSAGE_BYTES);
        text[vg_format(text, 16, "m %d", i + 1)] = '.';
        text[MESSAGE_BYTES] = '\0';
        harness_publish(h, text);
        size_t n = 0;
        char *got = ws_read(h, quick, &n);
        assert_non_null(got);
        assert_int_equal(n, MESSAGE_BYTES);
        assert_int_equal(strtol(got + 2, NULL, 10), i + 1);
        free(got);
    }
    const struct vg_server_counters *c = vg_server_counters(h->server);
    assert_true(c->coalesced >= 1);
    assert_true(c->queue_bytes_high_water <= VG_SERVE_QUEUE_BYTES_MAX);
    long last = 0;
    int hellos = 0;
    while (last < N_MESSAGES) {
        size_t n = 0;
        char *got = ws_read(h, slow, &n);
        assert_non_null(got);
        if (strncmp(got, "hello ", 6) == 0) {
            long covers = strtol(got + 6, NULL, 10);
            assert_true(covers > last);
            last = covers;
            hellos++;
        } else {
            assert_int_equal(strtol(got + 2, NULL, 10),
                             last + 1); /* never a hole without a hello */
            last++;
        }
        free(got);
    }
    assert_true(hellos >= 1);
    harness_publish(h, "after");
    expect_text(h, slow, "after");
    expect_text(h, quick, "after");
    free(text);
    close(slow);
    close(quick);
    stop(h);
}

/* A queue may also fill by count: 64 small messages within one turn are kept, the 65th makes a
 * hello of them. */
static void burst_beyond_the_queue_becomes_one_hello(void **state)
{
    (void)state;
    struct harness *h = start();
    int fd = join(h);
    expect_text(h, fd, "hello 0");
    char text[16];
    for (int i = 1; i <= VG_SERVE_QUEUE_MESSAGES_MAX; i++) {
        vg_format(text, sizeof text, "m %d", i);
        harness_publish(h, text);
    }
    for (int i = 1; i <= VG_SERVE_QUEUE_MESSAGES_MAX; i++) {
        vg_format(text, sizeof text, "m %d", i);
        expect_text(h, fd, text);
    }
    for (int i = 0; i <= VG_SERVE_QUEUE_MESSAGES_MAX; i++) {
        harness_publish(h, "x");
    }
    expect_text(h, fd, "hello 129"); /* 64 + 65 published */
    assert_int_equal(vg_server_counters(h->server)->coalesced, 1);
    harness_publish(h, "next");
    expect_text(h, fd, "next");
    close(fd);
    stop(h);
}

static void large_hello_arrives_whole(void **state)
{
    (void)state;
    struct harness *h = start();
    h->hello_bytes = 3000000;
    int fd = join(h);
    size_t n = 0;
    char *text = ws_read(h, fd, &n);
    assert_non_null(text);
    assert_true(n >= 3000000);
    assert_int_equal(strspn(text + 7, " ."), n - 7);
    free(text);
    close(fd);
    stop(h);
}

static void two_hundred_clients_come_and_go(void **state)
{
    (void)state;
    enum {
        N = 200
    };
    struct harness *h = start();
    int fds[N];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++) {
            fds[i] = join(h);
        }
        char want[32];
        vg_format(want, sizeof want, "hello %d", h->published);
        for (int i = 0; i < N; i++) {
            expect_text(h, fds[i], want);
        }
        assert_int_equal(vg_server_n_clients(h->server), N);
        harness_publish(h, "all");
        for (int i = 0; i < N; i++) {
            expect_text(h, fds[i], "all");
            if (i % 2 == 0) { /* half of them without a word, half with a reset */
                struct linger hard = {.l_onoff = 1};
                setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            }
            close(fds[i]);
        }
        while (vg_server_n_clients(h->server) > 0) {
            harness_turn(h, -1);
        }
    }
    assert_int_equal(vg_server_counters(h->server)->sockets_high_water, N);
    stop(h);
}

static void server_ends_with_clients_in_the_middle_of_things(void **state)
{
    (void)state;
    struct harness *h = start();
    h->hello_bytes = 2000000;
    int fds[20];
    for (int i = 0; i < 20; i++) {
        fds[i] = join(h);
    }
    harness_publish(h, "queued");
    stop(h);
    for (int i = 0; i < 20; i++) {
        close(fds[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_comes_first_then_what_is_published_in_order),
        cmocka_unit_test(publishing_before_the_hello_is_sent_is_covered_by_it),
        cmocka_unit_test(foreign_pages_and_hosts_get_no_stream),
        cmocka_unit_test(other_places_and_protocols_do_not_upgrade),
        cmocka_unit_test(client_that_talks_is_sent_away),
        cmocka_unit_test(slow_client_gets_a_hello_in_place_of_its_backlog),
        cmocka_unit_test(burst_beyond_the_queue_becomes_one_hello),
        cmocka_unit_test(large_hello_arrives_whole),
        cmocka_unit_test(two_hundred_clients_come_and_go),
        cmocka_unit_test(server_ends_with_clients_in_the_middle_of_things),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
