/* Ports against the system's own ends: real TCP sockets and pseudo-terminals, which are serial
 * lines to whoever opens them. The loop is turned until what is waited for has come; nothing is
 * timed. */
#include "base/rng.h"
#include "io/port.h"
#include "io/sendq.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    TURNS_MAX = 20000,
    KEEP = 1 << 20
};

struct seen {
    int n_came;
    int n_went;
    char why[128];
    struct vg_port_peer peer; /* of the last call */
    size_t n;
    uint8_t bytes[KEEP];
};

static void take_bytes(void *ctx, const struct vg_port_peer *from, const uint8_t *data, size_t n)
{
    struct seen *seen = ctx;
    seen->peer = *from;
    assert_true(seen->n + n <= KEEP);
    memcpy(seen->bytes + seen->n, data, n);
    seen->n += n;
}

static void take_state(void *ctx, const struct vg_port_peer *peer, bool is_open, const char *why)
{
    struct seen *seen = ctx;
    seen->peer = *peer;
    seen->n_came += is_open;
    seen->n_went += !is_open;
    snprintf(seen->why, sizeof seen->why, "%s", why);
}

static struct vg_port *open_port(uv_loop_t *loop, const char *text, struct seen *seen)
{
    struct vg_link_uri uri;
    struct vg_port *port = NULL;
    struct vg_error err = {0};
    const struct vg_port_calls calls = {take_bytes, take_state, seen};
    assert_int_equal(vg_link_uri_parse(text, &uri, &err), VG_OK);
    assert_int_equal(vg_port_open(loop, &uri, &calls, &port, &err), VG_OK);
    return port;
}

/* Turns the loop until the condition holds; a timer keeps it from sleeping for ever. */
static void on_wake(uv_timer_t *timer)
{
    (void)timer;
}

#define TURN_UNTIL(loop, condition)                                                                \
    do {                                                                                           \
        int turns = 0;                                                                             \
        while (!(condition) && turns++ < TURNS_MAX) {                                              \
            uv_run(loop, UV_RUN_ONCE);                                                             \
        }                                                                                          \
        assert_true(condition);                                                                    \
    } while (0)

/* What has come by now, added; the sum. */
static size_t read_some(int fd, uint8_t *out, size_t max, size_t *io_n)
{
    ssize_t n = *io_n < max ? read(fd, out + *io_n, max - *io_n) : 0;
    *io_n += n > 0 ? (size_t)n : 0;
    return *io_n;
}

struct bench {
    uv_loop_t loop;
    uv_timer_t wake;
};

static void set_up(struct bench *b)
{
    uv_loop_init(&b->loop);
    uv_timer_init(&b->loop, &b->wake);
    uv_timer_start(&b->wake, on_wake, 2, 2);
}

static void tear_down(struct bench *b)
{
    uv_close((uv_handle_t *)&b->wake, NULL);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&b->loop), 0);
}

static int listen_somewhere(int *out_port, int want)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)want)};
    socklen_t n = sizeof addr;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &n), 0);
    *out_port = ntohs(addr.sin_port);
    return fd;
}

static int call(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void a_called_connection_carries_bytes_and_comes_back(void **state)
{
    (void)state;
    struct bench b;
    static struct seen seen;
    int number;
    int server = listen_somewhere(&number, 0);
    char text[64];
    memset(&seen, 0, sizeof seen);
    set_up(&b);
    snprintf(text, sizeof text, "tcp:127.0.0.1:%d", number);
    struct vg_port *port = open_port(&b.loop, text, &seen);
    TURN_UNTIL(&b.loop, seen.n_came == 1);
    int peer = accept(server, NULL, NULL);
    assert_int_equal(write(peer, "hello", 5), 5);
    TURN_UNTIL(&b.loop, seen.n == 5);
    assert_memory_equal(seen.bytes, "hello", 5);
    assert_true(vg_port_send(port, &seen.peer, "there", 5));
    char got[16] = "";
    fcntl(peer, F_SETFL, O_NONBLOCK);
    ssize_t n = -1;
    TURN_UNTIL(&b.loop, n > 0 || (n = read(peer, got, sizeof got)) > 0);
    assert_string_equal(got, "there");
    close(peer);
    TURN_UNTIL(&b.loop, seen.n_went == 1);
    assert_false(vg_port_is_open(port) || vg_port_send(port, &seen.peer, "x", 1));
    TURN_UNTIL(&b.loop, seen.n_came == 2);
    vg_port_close(port);
    close(server);
    tear_down(&b);
}

/* Nobody there at first: no error, and tried again until somebody is. */
static void a_peer_that_is_not_there_yet_is_called_again(void **state)
{
    (void)state;
    struct bench b;
    static struct seen seen;
    int number;
    int server = listen_somewhere(&number, 0);
    close(server);
    char text[64];
    memset(&seen, 0, sizeof seen);
    set_up(&b);
    snprintf(text, sizeof text, "tcp:127.0.0.1:%d", number);
    struct vg_port *port = open_port(&b.loop, text, &seen);
    for (int i = 0; i < 20; i++) {
        uv_run(&b.loop, UV_RUN_ONCE);
    }
    assert_int_equal(seen.n_came, 0);
    server = listen_somewhere(&number, number);
    TURN_UNTIL(&b.loop, seen.n_came == 1);
    vg_port_close(port);
    close(server);
    tear_down(&b);
}

/* One peer reads nothing, another reads all: the one loses whole frames, the other none. */
static void a_slow_reader_stalls_nobody_and_gets_whole_frames(void **state)
{
    (void)state;
    struct bench b;
    static struct seen seen;
    enum {
        FRAMES = 40000,
        SIZE = 100
    };
    memset(&seen, 0, sizeof seen);
    set_up(&b);
    struct vg_link_uri uri = {.kind = VG_LINK_URI_TCP_LISTEN};
    struct vg_port *port = NULL;
    const struct vg_port_calls calls = {take_bytes, take_state, &seen};
    assert_int_equal(vg_addr_make("127.0.0.1", 0, &uri.addr, NULL), VG_OK);
    assert_int_equal(vg_port_open(&b.loop, &uri, &calls, &port, NULL), VG_OK);
    int slow = call(vg_port_number(port));
    TURN_UNTIL(&b.loop, seen.n_came == 1);
    struct vg_port_peer slow_peer = seen.peer;
    int quick = call(vg_port_number(port));
    TURN_UNTIL(&b.loop, seen.n_came == 2);
    struct vg_port_peer quick_peer = seen.peer;
    assert_int_not_equal(slow_peer.slot, quick_peer.slot);
    static uint8_t got[FRAMES * SIZE];
    size_t n_got = 0;
    int n_slow = 0;
    for (int i = 0; i < FRAMES; i++) {
        uint8_t frame[SIZE];
        memset(frame, i & 255, sizeof frame);
        n_slow += vg_port_send(port, &slow_peer, frame, sizeof frame);
        assert_true(vg_port_send(port, &quick_peer, frame, sizeof frame));
        uv_run(&b.loop, UV_RUN_NOWAIT);
        ssize_t n;
        while ((n = read(quick, got + n_got, sizeof got - n_got)) > 0) {
            n_got += (size_t)n;
        }
    }
    assert_true(n_slow < FRAMES);
    TURN_UNTIL(&b.loop, read_some(quick, got, sizeof got, &n_got) == sizeof got);
    /* Now the slow one reads what it was given: as many whole frames as were accepted, each of one
     * byte repeated. */
    size_t n_late = 0;
    for (int turns = 0; n_late < (size_t)n_slow * SIZE && turns < TURNS_MAX; turns++) {
        uv_run(&b.loop, UV_RUN_ONCE);
        ssize_t n = read(slow, got + n_late, sizeof got - n_late);
        n_late += n > 0 ? (size_t)n : 0;
    }
    assert_int_equal(n_late, (size_t)n_slow * SIZE);
    for (int i = 0; i < n_slow; i++) {
        for (int k = 1; k < SIZE; k++) {
            assert_int_equal(got[i * SIZE + k], got[i * SIZE]);
        }
    }
    close(slow);
    close(quick);
    TURN_UNTIL(&b.loop, seen.n_went == 2);
    vg_port_close(port);
    tear_down(&b);
}

/* Reset: the peer sees the connection torn, nothing that waited comes through, and it is called
 * anew. */
static void a_reset_forgets_what_waits(void **state)
{
    (void)state;
    struct bench b;
    static struct seen seen;
    int number;
    int server = listen_somewhere(&number, 0);
    char text[64];
    memset(&seen, 0, sizeof seen);
    set_up(&b);
    snprintf(text, sizeof text, "tcp:127.0.0.1:%d", number);
    struct vg_port *port = open_port(&b.loop, text, &seen);
    TURN_UNTIL(&b.loop, seen.n_came == 1);
    int peer = accept(server, NULL, NULL);
    static const uint8_t frame[1000];
    while (vg_port_send(port, &seen.peer, frame, sizeof frame)) {
    }
    vg_port_reset(port, 0);
    assert_int_equal(seen.n_went, 1);
    TURN_UNTIL(&b.loop, seen.n_came == 2);
    char buf[4096];
    ssize_t n;
    while ((n = read(peer, buf, sizeof buf)) > 0) {
    }
    assert_true(n < 0 && errno == ECONNRESET);
    close(peer);
    close(server);
    vg_port_close(port);
    tear_down(&b);
}

static void a_taken_port_is_an_error_in_words(void **state)
{
    (void)state;
    struct bench b;
    int number;
    int server = listen_somewhere(&number, 0);
    set_up(&b);
    struct vg_link_uri uri = {.kind = VG_LINK_URI_TCP_LISTEN};
    struct vg_port *port = NULL;
    struct vg_error err = {0};
    const struct vg_port_calls calls = {take_bytes, take_state, NULL};
    assert_int_equal(vg_addr_make("127.0.0.1", number, &uri.addr, NULL), VG_OK);
    assert_int_equal(vg_port_open(&b.loop, &uri, &calls, &port, &err), VG_E_IO);
    assert_non_null(strstr(err.message, "cannot listen on TCP 127.0.0.1:"));
    close(server);
    tear_down(&b);
}

/* ---- serial ---- */

/* The device is a name that points to a pseudo-terminal: unplugging takes it away, plugging in
 * points it to another. */
static int plug_in(const char *device)
{
    int master;
    int slave;
    char name[64];
    assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
    unlink(device);
    assert_int_equal(symlink(name, device), 0);
    fcntl(master, F_SETFL, O_NONBLOCK);
    close(slave);
    return master;
}

static void a_serial_device_is_read_written_lost_and_found_again(void **state)
{
    (void)state;
    struct bench b;
    static struct seen seen;
    char device[] = "/tmp/vigie-serial-XXXXXX";
    char text[96];
    int fd = mkstemp(device);
    close(fd);
    unlink(device);
    memset(&seen, 0, sizeof seen);
    set_up(&b);
    snprintf(text, sizeof text, "serial:%s:115200", device);
    struct vg_port *port = open_port(&b.loop, text, &seen);
    assert_int_equal(seen.n_went, 1); /* not there yet: said, once */
    assert_string_equal(seen.why, "no such file or directory");
    int master = plug_in(device);
    TURN_UNTIL(&b.loop, seen.n_came == 1);
    /* Raw: every byte value passes both ways as it is, and nothing comes back by itself. */
    uint8_t all[256];
    for (int i = 0; i < 256; i++) {
        all[i] = (uint8_t)i;
    }
    assert_int_equal(write(master, all, sizeof all), sizeof all);
    TURN_UNTIL(&b.loop, seen.n == sizeof all);
    assert_memory_equal(seen.bytes, all, sizeof all);
    assert_true(vg_port_send(port, &seen.peer, all, sizeof all));
    uint8_t got[512];
    size_t n_got = 0;
    TURN_UNTIL(&b.loop, read_some(master, got, sizeof got, &n_got) == sizeof all);
    assert_memory_equal(got, all, sizeof all);
    struct termios t;
    assert_int_equal(tcgetattr(master, &t), 0);
    assert_true(cfgetospeed(&t) == B115200 && (t.c_cflag & CRTSCTS) == 0);
    close(master); /* unplugged */
    TURN_UNTIL(&b.loop, seen.n_went == 2);
    assert_false(vg_port_is_open(port));
    master = plug_in(device);
    TURN_UNTIL(&b.loop, seen.n_came == 2);
    assert_int_equal(write(master, "back", 4), 4);
    TURN_UNTIL(&b.loop, seen.n == sizeof all + 4);
    vg_port_close(port);
    close(master);
    unlink(device);
    tear_down(&b);
}

static void a_rate_that_no_device_has_is_refused(void **state)
{
    (void)state;
    struct bench b;
    struct vg_link_uri uri;
    struct vg_port *port = NULL;
    struct vg_error err = {0};
    const struct vg_port_calls calls = {take_bytes, take_state, NULL};
    set_up(&b);
    assert_int_equal(vg_link_uri_parse("serial:/dev/null:57601", &uri, &err), VG_OK);
    assert_int_equal(vg_port_open(&b.loop, &uri, &calls, &port, &err), VG_E_UNSUPPORTED);
    tear_down(&b);
}

/* ---- the queue, against one that is as long as it needs to be ---- */

static void the_queue_gives_back_what_it_took(void **state)
{
    (void)state;
    static struct vg_sendq q;
    static uint8_t in[KEEP];
    static uint8_t out[KEEP];
    size_t n_in = 0;
    size_t n_out = 0;
    struct vg_rng rng = vg_rng_seed(3);
    memset(&q, 0, sizeof q);
    for (int i = 0; i < 20000 && n_in < KEEP - 1024; i++) {
        uint8_t piece[1024];
        size_t n = 1 + vg_rng_below(&rng, 600);
        for (size_t k = 0; k < n; k++) {
            piece[k] = (uint8_t)vg_rng_below(&rng, 256);
        }
        bool has_room = n_in - n_out + n <= VG_SENDQ_BYTES;
        assert_int_equal(vg_sendq_put(&q, piece, n), has_room);
        if (has_room) {
            memcpy(in + n_in, piece, n);
            n_in += n;
        }
        size_t avail;
        const uint8_t *from = vg_sendq_peek(&q, &avail);
        size_t want = vg_rng_below(&rng, 600);
        want = want < avail ? want : avail;
        memcpy(out + n_out, from, want);
        vg_sendq_take(&q, want);
        n_out += want;
    }
    assert_true(n_out > 100000);
    assert_memory_equal(in, out, n_out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_called_connection_carries_bytes_and_comes_back),
        cmocka_unit_test(a_peer_that_is_not_there_yet_is_called_again),
        cmocka_unit_test(a_slow_reader_stalls_nobody_and_gets_whole_frames),
        cmocka_unit_test(a_reset_forgets_what_waits),
        cmocka_unit_test(a_taken_port_is_an_error_in_words),
        cmocka_unit_test(a_serial_device_is_read_written_lost_and_found_again),
        cmocka_unit_test(a_rate_that_no_device_has_is_refused),
        cmocka_unit_test(the_queue_gives_back_what_it_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
