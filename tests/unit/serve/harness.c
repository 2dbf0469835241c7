#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum {
    WAIT_MS = 5,
    TURNS_MAX = 4000
}; /* 20 s without progress is a hang */

static void gzip_text(const char *text, struct vg_buf *out)
{
    z_stream z = {0};
    char packed[512];
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)strlen(text);
    z.next_out = (Bytef *)packed;
    z.avail_out = sizeof packed;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    vg_buf_add(out, packed, z.total_out);
    deflateEnd(&z);
}

static void on_get(void *ctx, const char *path, const char *query, struct vg_reply *reply)
{
    struct harness *self = ctx;
    self->gets++;
    vg_format(self->path, sizeof self->path, "%s", path);
    vg_format(self->query, sizeof self->query, "%s", query);
    if (strcmp(path, "/api/echo") == 0) {
        vg_buf_puts(&reply->body, "{\"path\":");
        vg_buf_json(&reply->body, path);
        vg_buf_puts(&reply->body, ",\"query\":");
        vg_buf_json(&reply->body, query);
        vg_buf_puts(&reply->body, "}");
    } else if (strcmp(path, "/api/later") == 0) {
        self->owed = vg_server_defer(self->server, reply);
    } else if (strcmp(path, "/api/big") == 0) {
        for (int i = 0; i < 30000; i++) {
            vg_buf_puts(&reply->body, "xxxxxxxxxx");
        }
    } else if (strcmp(path, "/api/packed") == 0) {
        gzip_text("packed text", &reply->body);
        reply->is_gzip = true;
    } else if (strcmp(path, "/api/cached") == 0) {
        reply->cache_s = 60;
        vg_buf_puts(&reply->body, "{}");
    } else if (strcmp(path, "/api/destroy") == 0) {
        vg_buf_puts(&reply->body, "{}");
        vg_server_destroy(self->server);
    } else {
        vg_reply_error(reply, 404, "not here");
    }
}

static void on_post(void *ctx, const char *path, const char *body, size_t n, struct vg_reply *reply)
{
    struct harness *self = ctx;
    self->posts++;
    vg_format(self->path, sizeof self->path, "%s", path);
    assert_true(n < sizeof self->body);
    memcpy(self->body, body, n);
    self->body_n = n;
    vg_buf_printf(&reply->body, "{\"n\":%zu}", n);
}

static void on_hello(void *ctx, struct vg_buf *out)
{
    struct harness *self = ctx;
    self->hellos++;
    vg_buf_printf(out, "hello %d", self->published);
    while (out->n < self->hello_bytes) {
        vg_buf_puts(out, " ........ ........ ........ ........ ........ ........ ........");
    }
}

void harness_start(struct harness *self, const struct vg_assets *assets)
{
    memset(self, 0, sizeof *self);
    assert_int_equal(uv_loop_init(&self->loop), 0);
    struct vg_server_options options = {
        .loop = &self->loop,
        .listen = "127.0.0.1:0",
        .assets = assets,
        .get = on_get,
        .post = on_post,
        .hello = on_hello,
        .ctx = self,
    };
    struct vg_error err = {0};
    if (vg_server_create(&options, &self->server, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    self->port = vg_server_port(self->server);
}

void harness_stop(struct harness *self)
{
    vg_server_destroy(self->server);
    assert_int_equal(uv_run(&self->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&self->loop), 0);
}

void harness_turn(struct harness *self, int fd)
{
    uv_run(&self->loop, UV_RUN_NOWAIT);
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                            {.fd = uv_backend_fd(&self->loop), .events = POLLIN}};
    int timeout = uv_backend_timeout(&self->loop);
    poll(fds, 2, timeout < 0 || timeout > WAIT_MS ? WAIT_MS : timeout);
    uv_run(&self->loop, UV_RUN_NOWAIT);
}

void harness_publish(struct harness *self, const char *text)
{
    self->published++;
    vg_server_publish(self->server, text, strlen(text));
}

int client_connect(struct harness *self)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)self->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    return fd;
}

void client_send(struct harness *self, int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    int stalls = 0;
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (k > 0) {
            p += k;
            n -= (size_t)k;
            stalls = 0;
        } else if (k < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            return; /* the server hung up: the reading side will show it */
        } else {
            assert_true(stalls++ < TURNS_MAX);
            harness_turn(self, -1);
        }
    }
}

size_t client_read(struct harness *self, int fd, void *out, size_t n)
{
    size_t got = 0;
    int stalls = 0;
    while (got < n) {
        ssize_t k = recv(fd, (char *)out + got, n - got, MSG_DONTWAIT);
        if (k > 0) {
            got += (size_t)k;
            stalls = 0;
        } else if (k == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
            return got;
        } else {
            assert_true(stalls++ < TURNS_MAX);
            harness_turn(self, fd);
        }
    }
    return got;
}

bool client_is_closed(struct harness *self, int fd)
{
    char c[4096];
    while (client_read(self, fd, c, 1) == 1) {
    }
    return true;
}

const char *header(const struct response *response, const char *name, char *buf, size_t size_bytes)
{
    buf[0] = '\0';
    size_t n = strlen(name);
    for (const char *line = strstr(response->head, "\r\n"); line != NULL;
         line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':') {
            const char *value = line + 3 + n;
            value += strspn(value, " ");
            size_t value_n = strcspn(value, "\r");
            vg_format(buf, size_bytes, "%.*s", (int)value_n, value);
            return buf;
        }
    }
    return buf;
}

struct response client_response(struct harness *self, int fd, bool is_head)
{
    struct response r = {0};
    size_t n = 0;
    while (n + 1 < sizeof r.head && (n < 4 || memcmp(r.head + n - 4, "\r\n\r\n", 4) != 0)) {
        if (client_read(self, fd, r.head + n, 1) == 0) {
            return r;
        }
        n++;
    }
    r.status = (int)strtol(r.head + 9, NULL, 10);
    char length[32];
    header(&r, "content-length", length, sizeof length);
    size_t body_n = is_head ? 0 : (size_t)strtoul(length, NULL, 10);
    r.body = calloc(1, body_n + 1);
    assert_non_null(r.body);
    r.n = client_read(self, fd, r.body, body_n);
    assert_int_equal(r.n, body_n);
    return r;
}

struct response exchange(struct harness *self, const char *request)
{
    int fd = client_connect(self);
    client_send(self, fd, request, strlen(request));
    struct response r = client_response(self, fd, strncmp(request, "HEAD", 4) == 0);
    close(fd);
    return r;
}

void response_finish(struct response *self)
{
    free(self->body);
    self->body = NULL;
}

int ws_connect(struct harness *self, const char *extra_headers, int *out_status)
{
    /* The key of RFC 6455 section 1.3, with the answer that it gives there. */
    char request[1024];
    size_t n = vg_format(request, sizeof request,
                         "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\n"
                         "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                         self->port, extra_headers);
    int fd = client_connect(self);
    client_send(self, fd, request, n);
    struct response r = client_response(self, fd, false);
    *out_status = r.status;
    if (r.status != 101) {
        response_finish(&r);
        close(fd);
        return -1;
    }
    char accept[64];
    assert_string_equal(header(&r, "sec-websocket-accept", accept, sizeof accept),
                        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    response_finish(&r);
    return fd;
}

/* A masked client frame (RFC 6455 section 5.2), up to 125 bytes; an all-zero mask leaves the text
 * as it is. */
static void send_frame(struct harness *self, int fd, int opcode, const void *data, size_t n)
{
    unsigned char frame[6 + 125] = {(unsigned char)(0x80 | opcode), (unsigned char)(0x80 | n)};
    assert_true(n <= 125);
    if (n > 0) {
        memcpy(frame + 6, data, n);
    }
    client_send(self, fd, frame, 6 + n);
}

void ws_send_text(struct harness *self, int fd, const char *text)
{
    send_frame(self, fd, 1, text, strlen(text));
}

static size_t read_frame_length(struct harness *self, int fd, unsigned char second)
{
    assert_int_equal(second & 0x80, 0); /* a server never masks */
    unsigned char more[8];
    size_t n_more = second == 126 ? 2 : second == 127 ? 8 : 0;
    if (n_more == 0) {
        return second;
    }
    size_t n = 0;
    assert_int_equal(client_read(self, fd, more, n_more), n_more);
    for (size_t i = 0; i < n_more; i++) {
        n = n << 8 | more[i];
    }
    return n;
}

char *ws_read(struct harness *self, int fd, size_t *out_n)
{
    for (;;) {
        unsigned char head[2];
        if (client_read(self, fd, head, 2) != 2) {
            return NULL;
        }
        size_t n = read_frame_length(self, fd, head[1]);
        char *text = calloc(1, n + 1);
        assert_non_null(text);
        assert_int_equal(client_read(self, fd, text, n), n);
        if (head[0] == 0x81) {
            *out_n = n;
            return text;
        }
        if (head[0] == 0x89) {
            send_frame(self, fd, 10, text, n);
        }
        free(text);
        if (head[0] == 0x88) {
            return NULL;
        }
        assert_int_equal(head[0], 0x89);
    }
}
