/* The HTTP side over real sockets. */
#include "harness.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* sha256sum tests/unit/serve/ui/app.js, the first 32 digits */
#define APP_ETAG "\"670c5ea5b77cabe03dd792387a7be31b\""

/* gzip -9 -n < tests/unit/serve/ui/app.js | xxd -i */
static const uint8_t app_js_gz[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x2b,
    0xcd, 0x4b, 0x2e, 0xc9, 0xcc, 0xcf, 0x53, 0x48, 0xcf, 0xd7, 0xd0, 0x54,
    0xa8, 0xae, 0x05, 0x00, 0x4a, 0x72, 0x2b, 0x47, 0x10, 0x00, 0x00, 0x00,
};

#define HOST "Host: localhost\r\n"
#define ACT "X-Vigie: 1\r\n"

static struct harness *start(const struct vg_assets *assets)
{
    struct harness *h = malloc(sizeof *h);
    assert_non_null(h);
    harness_start(h, assets);
    return h;
}

static void stop(struct harness *h)
{
    harness_stop(h);
    free(h);
}

static void expect_status(struct harness *h, const char *request, int status)
{
    struct response r = exchange(h, request);
    if (r.status != status) {
        fail_msg("got %d, want %d for: %.200s", r.status, status, request);
    }
    response_finish(&r);
}

static void expect_header(const struct response *r, const char *name, const char *want)
{
    char buf[1024];
    assert_string_equal(header(r, name, buf, sizeof buf), want);
}

static void packed_asset_goes_out_as_it_is(void **state)
{
    (void)state;
    struct harness *h = start(vg_assets_embedded());
    struct response r =
        exchange(h, "GET /app.js HTTP/1.1\r\n" HOST "Accept-Encoding: br, gzip\r\n\r\n");
    assert_int_equal(r.status, 200);
    expect_header(&r, "content-encoding", "gzip");
    expect_header(&r, "content-type", "text/javascript; charset=utf-8");
    expect_header(&r, "etag", APP_ETAG);
    expect_header(&r, "cache-control", "no-cache");
    expect_header(&r, "vary", "accept-encoding");
    assert_int_equal(r.n, sizeof app_js_gz);
    assert_memory_equal(r.body, app_js_gz, sizeof app_js_gz);
    response_finish(&r);
    assert_int_equal(h->gets, 0);
    stop(h);
}

static void asset_is_unpacked_for_who_does_not_take_gzip(void **state)
{
    (void)state;
    struct harness *h = start(vg_assets_embedded());
    struct response r = exchange(h, "GET /app.js HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(r.status, 200);
    expect_header(&r, "content-encoding", "");
    assert_string_equal(r.body, "function go() {}");
    response_finish(&r);
    r = exchange(h, "GET /app.js HTTP/1.1\r\n" HOST "Accept-Encoding: gzip;q=0\r\n\r\n");
    assert_string_equal(r.body, "function go() {}");
    response_finish(&r);
    stop(h);
}

static void slash_is_the_index_and_maps_are_left_out(void **state)
{
    (void)state;
    struct harness *h = start(vg_assets_embedded());
    struct response r = exchange(h, "GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_string_equal(r.body, "<p>page");
    expect_header(&r, "content-type", "text/html; charset=utf-8");
    response_finish(&r);
    expect_status(h, "GET /index.html HTTP/1.1\r\n" HOST "\r\n", 200);
    expect_status(h, "GET /sub/a.json HTTP/1.1\r\n" HOST "\r\n", 200);
    expect_status(h, "GET /app.js.map HTTP/1.1\r\n" HOST "\r\n", 404);
    expect_status(h, "GET /sub HTTP/1.1\r\n" HOST "\r\n", 404);
    stop(h);
}

static void known_tag_gets_304(void **state)
{
    (void)state;
    struct harness *h = start(vg_assets_embedded());
    struct response r =
        exchange(h, "GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: W/" APP_ETAG "\r\n\r\n");
    assert_int_equal(r.status, 304);
    assert_int_equal(r.n, 0);
    expect_header(&r, "etag", APP_ETAG);
    response_finish(&r);
    expect_status(h, "GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: \"0\"\r\n\r\n", 200);
    stop(h);
}

static void without_a_page_slash_says_how_to_build_it(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    struct response r = exchange(h, "GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.body, "scripts/build"));
    response_finish(&r);
    stop(h);
}

static void every_answer_carries_the_security_headers(void **state)
{
    (void)state;
    struct harness *h = start(vg_assets_embedded());
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\n" HOST "\r\n",
        "GET /api/echo HTTP/1.1\r\n" HOST "\r\n",
        "GET /none HTTP/1.1\r\n" HOST "\r\n",
        "POST /api/x HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct response r = exchange(h, requests[i]);
        char csp[1024];
        header(&r, "content-security-policy", csp, sizeof csp);
        assert_non_null(strstr(csp, "default-src 'self'"));
        assert_non_null(strstr(csp, "frame-ancestors 'none'"));
        assert_null(strstr(csp, "unsafe-eval"));
        expect_header(&r, "x-content-type-options", "nosniff");
        expect_header(&r, "referrer-policy", "no-referrer");
        response_finish(&r);
    }
    stop(h);
}

static void callback_gets_the_decoded_path_and_the_coded_query(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    expect_status(
        h, "GET /api/mission/K2%233%20%C3%A9?a=1%262&b=x%20y&c=%25 HTTP/1.1\r\n" HOST "\r\n", 404);
    assert_string_equal(h->path, "/api/mission/K2#3 \xc3\xa9");
    assert_string_equal(h->query, "a=1%262&b=x%20y&c=%25");
    expect_status(h, "GET /api/%FF HTTP/1.1\r\n" HOST "\r\n", 400);
    expect_status(h, "GET /api/a%01b HTTP/1.1\r\n" HOST "\r\n", 400);
    assert_int_equal(h->gets, 1);
    stop(h);
}

static void reply_headers_follow_the_reply(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    struct response r = exchange(h, "GET /api/cached HTTP/1.1\r\n" HOST "\r\n");
    expect_header(&r, "cache-control", "private, max-age=60");
    expect_header(&r, "content-type", "application/json");
    response_finish(&r);
    r = exchange(h, "GET /api/packed HTTP/1.1\r\n" HOST "\r\n");
    assert_string_equal(r.body, "packed text");
    expect_header(&r, "cache-control", "no-store");
    response_finish(&r);
    r = exchange(h, "GET /api/packed HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n");
    expect_header(&r, "content-encoding", "gzip");
    assert_memory_equal(r.body, "\x1f\x8b", 2);
    response_finish(&r);
    r = exchange(h, "GET /api/none HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(r.status, 404);
    assert_string_equal(r.body, "{\"error\":\"not here\"}");
    response_finish(&r);
    stop(h);
}

static void large_body_arrives_whole(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    struct response r = exchange(h, "GET /api/big HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(r.n, 300000);
    assert_int_equal(strspn(r.body, "x"), 300000);
    response_finish(&r);
    stop(h);
}

static void head_has_the_length_and_no_body(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    int fd = client_connect(h);
    const char *request = "HEAD /api/big HTTP/1.1\r\n" HOST "\r\n";
    client_send(h, fd, request, strlen(request));
    struct response r = client_response(h, fd, true);
    expect_header(&r, "content-length", "300000");
    response_finish(&r);
    char c;
    assert_int_equal(client_read(h, fd, &c, 1), 0);
    close(fd);
    stop(h);
}

/* libwebsockets 4.1.6 turned round for ever on a POST that came in one packet with the request
 * before it. */
static void what_follows_a_request_is_not_read(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
#define GET_ONE "GET /api/echo?n=1 HTTP/1.1\r\n" HOST "\r\n"
#define POST_ONE "POST /api/act HTTP/1.1\r\n" HOST ACT "Content-Length: 3\r\n\r\nabc"
    static const char *const requests[] = {GET_ONE POST_ONE,  POST_ONE GET_ONE,
                                           GET_ONE GET_ONE,   POST_ONE POST_ONE,
                                           GET_ONE "POST /a", GET_ONE "\r\n\r\n"};
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        int fd = client_connect(h);
        client_send(h, fd, requests[i], strlen(requests[i]));
        struct response r = client_response(h, fd, false);
        assert_int_equal(r.status, 200);
        expect_header(&r, "connection", "close");
        response_finish(&r);
        assert_true(client_is_closed(h, fd));
        close(fd);
    }
    assert_int_equal(h->gets, 4);
    assert_int_equal(h->posts, 2);
    stop(h);
}

/* The same bytes after a request whose answer is owed: the loop must sleep, not spin, until it is
 * given. */
static void bytes_after_a_deferred_request_cost_nothing(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    int fd = client_connect(h);
    const char *request = "GET /api/later HTTP/1.1\r\n" HOST "\r\n" POST_ONE;
    client_send(h, fd, request, strlen(request));
    while (h->owed.generation == 0) {
        harness_turn(h, fd);
    }
    client_send(h, fd, POST_ONE, strlen(POST_ONE)); /* and in a packet of their own */
    for (int i = 0; i < 5; i++) {
        harness_turn(h, fd);
    }
    assert_int_not_equal(uv_backend_timeout(&h->loop), 0); /* 0: something wants to run at once */
    struct pollfd pfd = {.fd = uv_backend_fd(&h->loop), .events = POLLIN};
    assert_int_equal(poll(&pfd, 1, 0), 0); /* no watched socket is ready */
    struct vg_reply reply = {.http_status = 200, .content_type = "text/plain"};
    vg_buf_puts(&reply.body, "late");
    assert_true(vg_server_complete(h->server, h->owed, &reply));
    struct response r = client_response(h, fd, false);
    assert_string_equal(r.body, "late");
    response_finish(&r);
    assert_true(client_is_closed(h, fd));
    assert_int_equal(h->posts, 0);
    close(fd);
    stop(h);
}

/* A coded newline in the address must not begin a header. */
static void address_brings_no_headers(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    expect_status(h, "POST /a%0AX-Vigie:1%0AFoo: HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
                  400);
    expect_status(h, "POST /a%0D%0AX-Vigie:1 HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 400);
    expect_status(h, "GET /api/a%0Ab HTTP/1.1\r\n" HOST "\r\n", 421);
    expect_status(h, "GET /api/a%0AHost:localhost HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421);
    expect_status(h, "GET /api/echo?a%0AHost:localhost HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                  421);
    assert_int_equal(h->gets + h->posts, 0);
    stop(h);
}

static void foreign_host_is_refused(void **state)
{
    (void)state;
    struct harness *h = start(vg_assets_embedded());
    expect_status(h, "GET /api/echo HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421);
    expect_status(h, "GET / HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n", 421);
    expect_status(h, "GET /api/echo HTTP/1.1\r\n\r\n", 421);
    expect_status(h, "GET /api/echo HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
                  421);
    expect_status(h, "GET /api/echo HTTP/1.1\r\nHost: 192.168.1.5\r\n\r\n", 421);
    expect_status(h, "GET /api/echo HTTP/1.1\r\nHost: [::1]:9000\r\n\r\n", 200);
    expect_status(h, "GET /api/echo HTTP/1.1\r\nHost: LOCALHOST:9000\r\n\r\n", 200);
    assert_int_equal(vg_server_counters(h->server)->refused_host, 5);
    assert_int_equal(h->gets, 2);
    stop(h);
}

static void acts_need_their_header_and_our_origin(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 403);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST "X-Vigie: 2\r\nContent-Length: 2\r\n\r\n{}", 403);
    expect_status(h,
                  "POST /a HTTP/1.1\r\n" HOST ACT
                  "Origin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}",
                  403);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST ACT "Origin: null\r\nContent-Length: 2\r\n\r\n{}",
                  403);
    expect_status(h, "POST /a HTTP/1.1\r\nHost: evil.example\r\n" ACT "Content-Length: 2\r\n\r\n{}",
                  421);
    assert_int_equal(h->posts, 0);
    expect_status(h,
                  "POST /a HTTP/1.1\r\n" HOST ACT
                  "Origin: http://localhost\r\nContent-Length: 2\r\n\r\n{}",
                  200);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST ACT "Content-Length: 0\r\n\r\n", 200);
    assert_int_equal(h->posts, 2);
    const struct vg_server_counters *c = vg_server_counters(h->server);
    assert_int_equal(c->refused_header, 2);
    assert_int_equal(c->refused_origin, 2);
    stop(h);
}

static void body_is_bounded_and_its_length_known(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST ACT "Content-Length: 65537\r\n\r\n", 413);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST ACT "Content-Length: 99999999999999999999\r\n\r\n",
                  411);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST ACT "Content-Length: -5\r\n\r\n", 411);
    expect_status(h, "POST /a HTTP/1.1\r\n" HOST ACT "Content-Length: 3x\r\n\r\nabc", 411);
    expect_status(h,
                  "POST /a HTTP/1.1\r\n" HOST ACT
                  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                  411);
    expect_status(h, "GET /a HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400);
    assert_int_equal(h->posts, 0);
    char request[70000];
    size_t n = vg_format(request, sizeof request,
                         "POST /a HTTP/1.1\r\n" HOST ACT "Content-Length: 65536\r\n\r\n");
    memset(request + n, 'b', 65536);
    request[n + 65536] = '\0';
    expect_status(h, request, 200);
    assert_int_equal(h->body_n, 65536);
    assert_int_equal(strspn(request + n, "b"), 65536);
    stop(h);
}

static void other_methods_are_refused(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    struct response r = exchange(h, "DELETE /a HTTP/1.1\r\n" HOST ACT "\r\n");
    assert_int_equal(r.status, 405);
    expect_header(&r, "allow", "GET, HEAD, POST");
    response_finish(&r);
    expect_status(h, "PUT /a HTTP/1.1\r\n" HOST ACT "Content-Length: 1\r\n\r\nx", 405);
    expect_status(h, "OPTIONS /a HTTP/1.1\r\n" HOST "\r\n", 405);
    /* libwebsockets itself refuses a word that is no method of its own. */
    expect_status(h, "BREW /a HTTP/1.1\r\n" HOST "\r\n", 403);
    assert_int_equal(h->gets + h->posts, 0);
    stop(h);
}

static void long_addresses_are_refused(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    char request[4096];
    size_t n = vg_format(request, sizeof request, "GET /%02500d HTTP/1.1\r\n" HOST "\r\n", 0);
    assert_true(n > 2500);
    expect_status(h, request, 414);
    vg_format(request, sizeof request, "GET /a?%02500d HTTP/1.1\r\n" HOST "\r\n", 0);
    expect_status(h, request, 414);
    assert_int_equal(h->gets, 0);
    stop(h);
}

static void reply_may_come_later(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    int fd = client_connect(h);
    const char *request = "GET /api/later HTTP/1.1\r\n" HOST "\r\n";
    client_send(h, fd, request, strlen(request));
    while (h->owed.generation == 0) {
        harness_turn(h, fd);
    }
    for (int i = 0; i < 10; i++) {
        harness_turn(h, fd);
    }
    assert_int_equal(h->gets, 1);
    assert_int_equal(vg_server_counters(h->server)->deferred_now, 1);
    struct vg_reply reply = {.http_status = 200, .content_type = "text/plain"};
    vg_buf_puts(&reply.body, "late");
    assert_true(vg_server_complete(h->server, h->owed, &reply));
    struct response r = client_response(h, fd, false);
    assert_string_equal(r.body, "late");
    response_finish(&r);
    vg_buf_puts(&reply.body, "again");
    assert_false(vg_server_complete(h->server, h->owed, &reply));
    assert_null(reply.body.data);
    close(fd);
    stop(h);
}

static void late_reply_to_a_gone_client_is_dropped(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    int fd = client_connect(h);
    const char *request = "GET /api/later HTTP/1.1\r\n" HOST "\r\n";
    client_send(h, fd, request, strlen(request));
    while (h->owed.generation == 0) {
        harness_turn(h, fd);
    }
    close(fd);
    struct vg_reply reply = {.http_status = 200, .content_type = "text/plain"};
    vg_buf_puts(&reply.body, "late");
    assert_false(vg_server_complete(h->server, h->owed, &reply));
    while (vg_server_counters(h->server)->connections_now > 0) {
        harness_turn(h, -1);
    }
    assert_int_equal(vg_server_counters(h->server)->deferred_lost, 1);
    /* The slot is used again with another generation: the old id stays stale. */
    struct vg_reply_id old = h->owed;
    fd = client_connect(h);
    client_send(h, fd, request, strlen(request));
    while (vg_server_counters(h->server)->deferred_now == 0) {
        harness_turn(h, fd);
    }
    assert_int_equal(h->owed.index, old.index);
    assert_false(vg_server_complete(h->server, old, &reply));
    vg_buf_puts(&reply.body, "yes");
    reply.http_status = 200;
    reply.content_type = "text/plain";
    assert_true(vg_server_complete(h->server, h->owed, &reply));
    struct response r = client_response(h, fd, false);
    assert_string_equal(r.body, "yes");
    response_finish(&r);
    close(fd);
    stop(h);
}

static void server_may_be_destroyed_from_a_callback_with_work_under_way(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    int waiting = client_connect(h);
    const char *later = "GET /api/later HTTP/1.1\r\n" HOST "\r\n";
    client_send(h, waiting, later, strlen(later));
    while (h->owed.generation == 0) {
        harness_turn(h, waiting);
    }
    int fd = client_connect(h);
    const char *destroy = "GET /api/destroy HTTP/1.1\r\n" HOST "\r\n";
    client_send(h, fd, destroy, strlen(destroy));
    assert_true(client_is_closed(h, fd));
    assert_true(client_is_closed(h, waiting));
    close(fd);
    close(waiting);
    h->server = NULL;
    stop(h);
}

static void only_loopback_and_only_a_free_port(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    struct vg_server_options options = {.loop = &h->loop, .listen = "0.0.0.0:0"};
    struct vg_server *other = NULL;
    struct vg_error err = {0};
    assert_int_equal(vg_server_create(&options, &other, &err), VG_E_INVALID);
    assert_non_null(strstr(err.message, "not a loopback"));
    char listen[64];
    vg_format(listen, sizeof listen, "127.0.0.1:%d", h->port);
    options.listen = listen;
    err = (struct vg_error){0};
    assert_int_equal(vg_server_create(&options, &other, &err), VG_E_IO);
    assert_non_null(strstr(err.message, listen));
    options.listen = "here";
    err = (struct vg_error){0};
    assert_int_equal(vg_server_create(&options, &other, &err), VG_E_FORMAT);
    assert_null(other);
    vg_format(listen, sizeof listen, "http://127.0.0.1:%d/", h->port);
    assert_string_equal(vg_server_url(h->server), listen);
    stop(h);
}

static void counters_are_json(void **state)
{
    (void)state;
    struct harness *h = start(NULL);
    expect_status(h, "GET /api/echo HTTP/1.1\r\n" HOST "\r\n", 200);
    struct vg_buf text = {0};
    vg_server_counters_json(h->server, &text);
    assert_non_null(strstr(text.data, "\"replies_2xx\":1,"));
    assert_non_null(strstr(text.data, "\"requests\":1,"));
    vg_buf_finish(&text);
    stop(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_asset_goes_out_as_it_is),
        cmocka_unit_test(asset_is_unpacked_for_who_does_not_take_gzip),
        cmocka_unit_test(slash_is_the_index_and_maps_are_left_out),
        cmocka_unit_test(known_tag_gets_304),
        cmocka_unit_test(without_a_page_slash_says_how_to_build_it),
        cmocka_unit_test(every_answer_carries_the_security_headers),
        cmocka_unit_test(callback_gets_the_decoded_path_and_the_coded_query),
        cmocka_unit_test(reply_headers_follow_the_reply),
        cmocka_unit_test(large_body_arrives_whole),
        cmocka_unit_test(head_has_the_length_and_no_body),
        cmocka_unit_test(what_follows_a_request_is_not_read),
        cmocka_unit_test(bytes_after_a_deferred_request_cost_nothing),
        cmocka_unit_test(address_brings_no_headers),
        cmocka_unit_test(foreign_host_is_refused),
        cmocka_unit_test(acts_need_their_header_and_our_origin),
        cmocka_unit_test(body_is_bounded_and_its_length_known),
        cmocka_unit_test(other_methods_are_refused),
        cmocka_unit_test(long_addresses_are_refused),
        cmocka_unit_test(reply_may_come_later),
        cmocka_unit_test(late_reply_to_a_gone_client_is_dropped),
        cmocka_unit_test(server_may_be_destroyed_from_a_callback_with_work_under_way),
        cmocka_unit_test(only_loopback_and_only_a_free_port),
        cmocka_unit_test(counters_are_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
