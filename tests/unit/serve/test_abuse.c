/* Hostile and broken clients: whatever they send, the server lives, answers the next one, and gives
 * everything back. */
#include "harness.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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

static void expect_alive(struct harness *h)
{
    struct response r = exchange(h, "GET /api/echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_int_equal(r.status, 200);
    response_finish(&r);
}

static void turns(struct harness *h, int n)
{
    for (int i = 0; i < n; i++) {
        uv_run(&h->loop, UV_RUN_NOWAIT);
    }
}

static void random_bytes_are_survived(void **state)
{
    (void)state;
    struct harness *h = start();
    struct vg_rng rng = vg_rng_seed(1);
    for (int i = 0; i < 300; i++) {
        unsigned char bytes[2000];
        size_t n = 1 + vg_rng_below(&rng, sizeof bytes);
        for (size_t k = 0; k < n; k++) {
            bytes[k] = (unsigned char)vg_rng_next(&rng);
        }
        int fd = client_connect(h);
        client_send(h, fd, bytes, n);
        turns(h, 3);
        close(fd);
    }
    expect_alive(h);
    assert_int_equal(h->posts, 0);
    stop(h);
}

/* Good requests with a few bytes changed, cut, or doubled get deeper than noise. */
static void damaged_requests_are_survived(void **state)
{
    (void)state;
    static const char *const seeds[] = {
        "GET /api/echo?a=1&b=%20x HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip;q=0.5, "
        "*\r\nIf-None-Match: \"a\"\r\n\r\n",
        "POST /api/act HTTP/1.1\r\nHost: localhost\r\nX-Vigie: 1\r\nContent-Length: 5\r\n\r\nhello",
        "GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x82\x00\x00\x00\x00{}",
        "GET /api/later HTTP/1.1\r\nHost: localhost\r\n\r\n",
    };
    struct harness *h = start();
    struct vg_rng rng = vg_rng_seed(2);
    for (int i = 0; i < 1200; i++) {
        char bytes[2048];
        size_t n = vg_format(bytes, sizeof bytes, "%s", seeds[vg_rng_below(&rng, 4)]);
        for (uint64_t k = vg_rng_below(&rng, 6); k > 0; k--) {
            bytes[vg_rng_below(&rng, n)] = (char)vg_rng_next(&rng);
        }
        if (vg_rng_below(&rng, 4) == 0) {
            n = 1 + vg_rng_below(&rng, n);
        }
        int fd = client_connect(h);
        size_t first = vg_rng_below(&rng, n);
        client_send(h, fd, bytes, first); /* split anywhere */
        turns(h, (int)vg_rng_below(&rng, 4));
        client_send(h, fd, bytes + first, n - first);
        turns(h, (int)vg_rng_below(&rng, 6));
        close(fd);
        if (h->owed.generation != 0) {
            struct vg_reply reply = {.http_status = 200, .content_type = "text/plain"};
            vg_buf_puts(&reply.body, "x");
            vg_server_complete(h->server, h->owed, &reply);
            h->owed = (struct vg_reply_id){0};
        }
    }
    expect_alive(h);
    stop(h);
}

static void damaged_frames_are_survived(void **state)
{
    (void)state;
    struct harness *h = start();
    struct vg_rng rng = vg_rng_seed(3);
    for (int i = 0; i < 150; i++) {
        int status = 0;
        int fd = ws_connect(h, "", &status);
        assert_int_equal(status, 101);
        unsigned char bytes[300];
        for (size_t k = 0; k < sizeof bytes; k++) {
            bytes[k] = (unsigned char)vg_rng_next(&rng);
        }
        bytes[0] = (unsigned char)(0x80 | vg_rng_below(&rng, 16));
        bytes[1] = (unsigned char)(0x80 | vg_rng_below(&rng, 128));
        client_send(h, fd, bytes, sizeof bytes);
        turns(h, 3);
        harness_publish(h, "x");
        turns(h, 2);
        close(fd);
    }
    while (vg_server_n_clients(h->server) > 0) {
        harness_turn(h, -1);
    }
    expect_alive(h);
    stop(h);
}

static void header_floods_are_cut_off(void **state)
{
    (void)state;
    struct harness *h = start();
    char *flood = malloc(400000);
    assert_non_null(flood);
    size_t n = vg_format(flood, 400000, "GET /api/echo HTTP/1.1\r\nHost: localhost\r\n");
    while (n < 399000) { /* many headers */
        n += vg_format(flood + n, 400000 - n, "X-Flood-%zu: %064d\r\n", n, 0);
    }
    int fd = client_connect(h);
    client_send(h, fd, flood, n);
    assert_true(client_is_closed(h, fd));
    close(fd);
    n = vg_format(flood, 400000, "GET /api/echo HTTP/1.1\r\nHost: localhost\r\nX-Long: ");
    memset(flood + n, 'a', 400000 - n); /* one that never ends */
    fd = client_connect(h);
    client_send(h, fd, flood, 400000);
    assert_true(client_is_closed(h, fd));
    close(fd);
    n = vg_format(flood, 400000, "GET /");
    memset(flood + n, 'a', 400000 - n); /* an address that never ends */
    fd = client_connect(h);
    client_send(h, fd, flood, 400000);
    assert_true(client_is_closed(h, fd));
    close(fd);
    free(flood);
    assert_int_equal(h->gets, 0);
    expect_alive(h);
    stop(h);
}

static void silent_connections_are_bounded(void **state)
{
    (void)state;
    enum {
        N = VG_SERVE_CONNECTIONS_MAX + 20
    };
    struct harness *h = start();
    int fds[N];
    for (int i = 0; i < N; i++) {
        fds[i] = client_connect(h);
        turns(h, 2);
    }
    const struct vg_server_counters *c = vg_server_counters(h->server);
    assert_int_equal(c->connections_refused, 20);
    assert_true(c->connections_now <= VG_SERVE_CONNECTIONS_MAX);
    for (int i = 0; i < N; i++) {
        close(fds[i]);
    }
    while (c->connections_now > 0) {
        harness_turn(h, -1);
    }
    expect_alive(h);
    stop(h);
}

static void more_deferred_than_can_be_owed_get_503(void **state)
{
    (void)state;
    enum {
        N = VG_SERVE_DEFERRED_MAX + 1
    };
    struct harness *h = start();
    int fds[N];
    const char *request = "GET /api/later HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < N; i++) {
        fds[i] = client_connect(h);
        client_send(h, fds[i], request, strlen(request));
        while (h->gets <= i) {
            harness_turn(h, fds[i]);
        }
    }
    struct response r = client_response(h, fds[N - 1], false);
    assert_int_equal(r.status, 503);
    response_finish(&r);
    for (int i = 0; i < N; i++) {
        close(fds[i]);
    }
    stop(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bytes_are_survived),
        cmocka_unit_test(damaged_requests_are_survived),
        cmocka_unit_test(damaged_frames_are_survived),
        cmocka_unit_test(header_floods_are_cut_off),
        cmocka_unit_test(silent_connections_are_bounded),
        cmocka_unit_test(more_deferred_than_can_be_owed_get_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
