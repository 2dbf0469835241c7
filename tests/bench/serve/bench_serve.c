/* What the page's server costs: small requests, fan-out to 50 clients, the first screen of a new
 * client. Server and clients share one thread and one core here, so the figures hold both sides.
 *
 * References: a small request is answered within a millisecond by any good server on loopback
 * (1000/s in sequence, a connection each); the stream's design rate is 4 deltas a second to 50
 * clients = 200 messages/s; a snapshot should be on the screen's side within 100 ms (the limit at
 * which people call a response instant: Nielsen 1993, section 5.5). */
#include "serve/server.h"

#include "io/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    N_REQUESTS = 2000,
    N_CLIENTS = 50,
    N_PUBLISH = 400,
    DELTA_BYTES = 4000,
    SNAPSHOT_BYTES = 200000,
    N_HELLO = 40
};

struct bench {
    uv_loop_t loop;
    struct vg_server *server;
    struct sockaddr_in addr;
    size_t hello_bytes;
};

static void on_get(void *ctx, const char *path, const char *query, struct vg_reply *reply)
{
    (void)ctx;
    (void)path;
    (void)query;
    vg_buf_puts(&reply->body,
                "{\"name\":\"vigie\",\"version\":\"0.1.0\",\"mode\":\"live\",\"lang\":\"fr\"}");
}

static void on_post(void *ctx, const char *path, const char *body, size_t n, struct vg_reply *reply)
{
    (void)body;
    (void)n;
    on_get(ctx, path, "", reply);
}

static void on_hello(void *ctx, struct vg_buf *out)
{
    const struct bench *self = ctx;
    while (out->n < self->hello_bytes) {
        vg_buf_puts(out, "1790000000,");
    }
}

static void die(const char *what)
{
    fprintf(stderr, "bench_serve: %s\n", what);
    exit(1);
}

static int connect_one(const struct bench *self)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&self->addr, sizeof self->addr) != 0) {
        die("connect");
    }
    return fd;
}

static void turn(struct bench *self, int fd)
{
    uv_run(&self->loop, UV_RUN_NOWAIT);
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                            {.fd = uv_backend_fd(&self->loop), .events = POLLIN}};
    poll(fds, 2, uv_backend_timeout(&self->loop) == 0 ? 0 : 1);
}

/* Read until n bytes have come (or the end, if n is 0). */
static size_t read_some(struct bench *self, int fd, size_t n)
{
    char buf[65536];
    size_t got = 0;
    while (n == 0 || got < n) {
        size_t want = n != 0 && n - got < sizeof buf ? n - got : sizeof buf;
        ssize_t k = recv(fd, buf, want, MSG_DONTWAIT);
        if (k > 0) {
            got += (size_t)k;
        } else if (k == 0) {
            return got;
        } else if (errno == EAGAIN) {
            turn(self, fd);
        } else {
            die("recv");
        }
    }
    return got;
}

static void send_text(int fd, const char *text)
{
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text)) {
        die("send");
    }
}

static void bench_requests(struct bench *self)
{
    int64_t t0 = vg_clock_mono_us();
    for (int i = 0; i < N_REQUESTS; i++) {
        int fd = connect_one(self);
        send_text(fd, "GET /api/about HTTP/1.1\r\nHost: localhost\r\n\r\n");
        if (read_some(self, fd, 0) < 100) {
            die("short answer");
        }
        close(fd);
    }
    double rate = N_REQUESTS / ((double)(vg_clock_mono_us() - t0) / 1e6);
    printf("small_json_requests: %.0f /s (reference: 1000, %.2f)\n", rate, rate / 1000.0);
}

/* Joins and reads the handshake and the hello: its frame header is 2, 4 or 10 bytes. */
static int join(struct bench *self)
{
    int fd = connect_one(self);
    send_text(
        fd,
        "GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    char end[4] = {0};
    while (memcmp(end, "\r\n\r\n", 4) != 0) {
        memmove(end, end + 1, 3);
        while (recv(fd, end + 3, 1, MSG_DONTWAIT) != 1) {
            turn(self, fd);
        }
    }
    struct vg_buf hello = {0};
    on_hello(self, &hello);
    size_t header = hello.n < 126 ? 2 : hello.n < 65536 ? 4 : 10;
    read_some(self, fd, header + hello.n);
    vg_buf_finish(&hello);
    return fd;
}

static void bench_fanout(struct bench *self)
{
    static char delta[DELTA_BYTES];
    int fds[N_CLIENTS];
    memset(delta, 'd', sizeof delta);
    for (int i = 0; i < N_CLIENTS; i++) {
        fds[i] = join(self);
    }
    int64_t t0 = vg_clock_mono_us();
    for (int k = 0; k < N_PUBLISH; k++) {
        vg_server_publish(self->server, delta, sizeof delta);
        for (int i = 0; i < N_CLIENTS; i++) {
            read_some(self, fds[i], 4 + sizeof delta);
        }
    }
    double s = (double)(vg_clock_mono_us() - t0) / 1e6;
    double rate = (double)N_PUBLISH * N_CLIENTS / s;
    printf("publish_to_50_clients: %.0f messages/s (reference: 200, %.0f)\n", rate, rate / 200.0);
    printf("publish_to_50_clients_each: %.3f ms (reference: 250, %.4f)\n", s * 1e3 / N_PUBLISH,
           s * 4.0 / N_PUBLISH);
    for (int i = 0; i < N_CLIENTS; i++) {
        close(fds[i]);
    }
    while (vg_server_n_clients(self->server) > 0) {
        turn(self, -1);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void bench_hello(struct bench *self)
{
    double ms[N_HELLO];
    self->hello_bytes = SNAPSHOT_BYTES;
    for (int i = 0; i < N_HELLO; i++) {
        vg_server_publish(self->server, "x", 1); /* the hello is made anew each time */
        int64_t t0 = vg_clock_mono_us();
        close(join(self));
        ms[i] = (double)(vg_clock_mono_us() - t0) / 1e3;
    }
    qsort(ms, N_HELLO, sizeof ms[0], compare);
    printf("snapshot_200kB_to_new_client_p50: %.2f ms (reference: 100, %.4f)\n", ms[N_HELLO / 2],
           ms[N_HELLO / 2] / 100.0);
    printf("snapshot_200kB_to_new_client_max: %.2f ms (reference: 100, %.4f)\n", ms[N_HELLO - 1],
           ms[N_HELLO - 1] / 100.0);
}

int main(void)
{
    struct bench *self = calloc(1, sizeof *self);
    struct vg_error err = {0};
    if (self == NULL || uv_loop_init(&self->loop) != 0) {
        die("no loop");
    }
    struct vg_server_options options = {.loop = &self->loop,
                                        .listen = "127.0.0.1:0",
                                        .get = on_get,
                                        .post = on_post,
                                        .hello = on_hello,
                                        .ctx = self};
    if (vg_server_create(&options, &self->server, &err) != VG_OK) {
        die(err.message);
    }
    self->addr = (struct sockaddr_in){.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)vg_server_port(self->server)),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bench_requests(self);
    bench_fanout(self);
    bench_hello(self);
    vg_server_destroy(self->server);
    uv_run(&self->loop, UV_RUN_DEFAULT);
    uv_loop_close(&self->loop);
    free(self);
    return 0;
}
