/* TCP ports: one connection that we call, or up to VG_PORT_SLOTS that call us. */
#include "io/port_priv.h"

#include "io/sendq.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    READ_BYTES = 4096,
    SEND_BUFFER_BYTES = 32768, /* what the system may hold: old commands are worth nothing */
    UNANSWERED_MAX_MS = 10000, /* a peer that takes nothing so long is gone */
    KEEP_ALIVE_S = 5,
    BACKLOG = 8
};

struct tcp;

/* Lives until its handle is closed, which may be after the port's end. */
struct conn {
    uv_tcp_t handle;
    uv_connect_t connect;
    uv_write_t write;
    struct tcp *tcp;
    struct vg_port_peer peer;
    bool is_open;
    bool is_closing;
    size_t n_writing; /* bytes of the queue handed to the system; 0: none */
    struct vg_sendq queue;
    char buf[READ_BYTES];
};

struct tcp {
    struct vg_port *port;
    uv_tcp_t listener;
    uv_timer_t retry;
    uint64_t wait_ms;
    bool is_listening;
    int n_handles; /* still open in the loop: memory goes with the last */
    struct conn *conns[VG_PORT_SLOTS];
};

static void release(struct tcp *t)
{
    if (--t->n_handles == 0) {
        free(t->port);
        free(t);
    }
}

static void on_own_closed(uv_handle_t *handle)
{
    release(handle->data);
}

static void on_conn_closed(uv_handle_t *handle)
{
    struct conn *c = handle->data;
    struct tcp *t = c->tcp;
    free(c);
    release(t);
}

/* ---- one connection ---- */

static void try_connect(struct tcp *t);

static void on_retry(uv_timer_t *timer)
{
    try_connect(timer->data);
}

/* Takes the connection out of its slot at once; says so; calls again where it is ours to call. */
static void drop(struct conn *c, const char *why, bool is_reset)
{
    struct tcp *t = c->tcp;
    if (c->is_closing) {
        return;
    }
    c->is_closing = true;
    t->conns[c->peer.slot] = NULL;
    if (!is_reset || uv_tcp_close_reset(&c->handle, on_conn_closed) != 0) {
        uv_close((uv_handle_t *)&c->handle, on_conn_closed);
    }
    if (c->is_open) {
        vg_port_tell_state(t->port, &c->peer, false, why);
    }
    if (!t->is_listening && !t->port->is_closed) {
        (void)uv_timer_start(&t->retry, on_retry, vg_port_back_off(&t->wait_ms), 0);
    }
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)suggested;
    struct conn *c = handle->data;
    *out = uv_buf_init(c->buf, sizeof c->buf);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *c = stream->data;
    if (n < 0) {
        drop(c, uv_strerror((int)n), false);
    } else if (n > 0) {
        c->tcp->wait_ms = VG_PORT_RETRY_MS; /* it speaks: next time try soon again */
        vg_port_tell_bytes(c->tcp->port, &c->peer, (const uint8_t *)buf->base, (size_t)n);
    }
}

static void begin(struct conn *c)
{
    int bytes = SEND_BUFFER_BYTES;
    unsigned unanswered_ms = UNANSWERED_MAX_MS;
    uv_os_fd_t fd;
    (void)uv_tcp_nodelay(&c->handle, 1);
    (void)uv_tcp_keepalive(&c->handle, 1, KEEP_ALIVE_S);
    (void)uv_send_buffer_size((uv_handle_t *)&c->handle, &bytes);
    if (uv_fileno((uv_handle_t *)&c->handle, &fd) == 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered_ms, sizeof unanswered_ms);
    }
    c->is_open = true;
    vg_port_tell_state(c->tcp->port, &c->peer, true, "");
    int rc = uv_read_start((uv_stream_t *)&c->handle, give_buffer, on_read);
    if (rc != 0) {
        drop(c, uv_strerror(rc), false);
    }
}

static struct conn *make_conn(struct tcp *t, int slot)
{
    struct conn *c = calloc(1, sizeof *c);
    if (c == NULL || uv_tcp_init(t->port->loop, &c->handle) != 0) {
        free(c);
        return NULL;
    }
    c->handle.data = c;
    c->tcp = t;
    c->peer.slot = slot;
    t->conns[slot] = c;
    t->n_handles++;
    return c;
}

/* ---- sending ---- */

static void write_more(struct conn *c);

static void on_written(uv_write_t *req, int rc)
{
    struct conn *c = req->data;
    if (c->is_closing) {
        return;
    }
    vg_sendq_take(&c->queue, c->n_writing);
    c->n_writing = 0;
    if (rc != 0) {
        drop(c, uv_strerror(rc), false);
    } else {
        write_more(c);
    }
}

/* One piece of the queue at a time; it stays there until it is written. */
static void write_more(struct conn *c)
{
    size_t n;
    const uint8_t *piece = vg_sendq_peek(&c->queue, &n);
    if (n == 0 || c->n_writing > 0) {
        return;
    }
    uv_buf_t buf = {.base = (char *)(uintptr_t)piece, .len = n}; /* libuv only reads it */
    c->write.data = c;
    c->n_writing = n;
    int rc = uv_write(&c->write, (uv_stream_t *)&c->handle, &buf, 1, on_written);
    if (rc != 0) {
        c->n_writing = 0;
        drop(c, uv_strerror(rc), false);
    }
}

static bool send_tcp(struct vg_port *port, const struct vg_port_peer *to, const void *frame,
                     size_t n)
{
    struct tcp *t = port->kind;
    bool is_slot = to->slot >= 0 && to->slot < VG_PORT_SLOTS;
    struct conn *c = is_slot ? t->conns[to->slot] : NULL;
    if (c == NULL || !c->is_open || !vg_sendq_put(&c->queue, frame, n)) {
        return false;
    }
    write_more(c);
    return true;
}

/* ---- calling ---- */

static void on_connected(uv_connect_t *req, int rc)
{
    struct conn *c = req->data;
    if (c->is_closing) {
        return;
    }
    if (rc != 0) {
        drop(c, uv_strerror(rc), false);
    } else {
        begin(c);
    }
}

static void try_connect(struct tcp *t)
{
    struct conn *c = make_conn(t, 0);
    if (c == NULL) {
        (void)uv_timer_start(&t->retry, on_retry, vg_port_back_off(&t->wait_ms), 0);
        return;
    }
    c->peer.addr = t->port->uri.addr;
    c->connect.data = c;
    int rc = uv_tcp_connect(&c->connect, &c->handle, &c->peer.addr.sa.any, on_connected);
    if (rc != 0) {
        drop(c, uv_strerror(rc), false);
    }
}

/* ---- being called ---- */

static void on_called(uv_stream_t *server, int rc)
{
    struct tcp *t = server->data;
    int slot = 0;
    while (slot < VG_PORT_SLOTS && t->conns[slot] != NULL) {
        slot++;
    }
    if (rc != 0 || slot == VG_PORT_SLOTS) {
        return; /* full: it waits in the system's queue until somebody leaves */
    }
    struct conn *c = make_conn(t, slot);
    if (c == NULL) {
        return;
    }
    int n = (int)sizeof c->peer.addr;
    if (uv_accept(server, (uv_stream_t *)&c->handle) != 0) {
        drop(c, "", false);
        return;
    }
    (void)uv_tcp_getpeername(&c->handle, &c->peer.addr.sa.any, &n);
    begin(c);
}

static enum vg_status listen_tcp(struct tcp *t, struct vg_error *err)
{
    const struct vg_addr *addr = &t->port->uri.addr;
    char text[VG_ADDR_TEXT_SIZE];
    int rc = uv_tcp_bind(&t->listener, &addr->sa.any, 0);
    if (rc == 0) {
        rc = uv_listen((uv_stream_t *)&t->listener, BACKLOG, on_called);
    }
    return rc == 0 ? VG_OK
                   : vg_fail_errno(err, -rc, "cannot listen on TCP %s",
                                   vg_addr_format(addr, text, sizeof text));
}

/* ---- the port ---- */

static bool is_tcp_open(const struct vg_port *port)
{
    const struct tcp *t = port->kind;
    for (int i = 0; i < VG_PORT_SLOTS; i++) {
        if (t->conns[i] != NULL && t->conns[i]->is_open) {
            return true;
        }
    }
    return false;
}

static void reset_tcp(struct vg_port *port, int slot)
{
    struct tcp *t = port->kind;
    bool is_slot = slot >= 0 && slot < VG_PORT_SLOTS;
    if (is_slot && t->conns[slot] != NULL && t->conns[slot]->is_open) {
        drop(t->conns[slot], "silent", true);
    }
}

static int tcp_number(const struct vg_port *port)
{
    const struct tcp *t = port->kind;
    struct vg_addr addr = {0};
    int n = (int)sizeof addr;
    bool is_known = t->is_listening && uv_tcp_getsockname(&t->listener, &addr.sa.any, &n) == 0;
    return is_known ? vg_addr_port(&addr) : 0;
}

static void close_tcp(struct vg_port *port)
{
    struct tcp *t = port->kind;
    for (int i = 0; i < VG_PORT_SLOTS; i++) {
        if (t->conns[i] != NULL) {
            drop(t->conns[i], "", false);
        }
    }
    uv_close((uv_handle_t *)&t->listener, on_own_closed);
    uv_close((uv_handle_t *)&t->retry, on_own_closed);
}

enum vg_status vg_port_open_tcp(struct vg_port *self, struct vg_error *err)
{
    struct tcp *t = calloc(1, sizeof *t);
    if (t == NULL || uv_tcp_init(self->loop, &t->listener) != 0) {
        free(t);
        return vg_no_memory(err);
    }
    (void)uv_timer_init(self->loop, &t->retry); /* cannot fail */
    t->port = self;
    t->wait_ms = VG_PORT_RETRY_MS;
    t->is_listening = self->uri.kind == VG_LINK_URI_TCP_LISTEN;
    t->n_handles = 2;
    t->listener.data = t;
    t->retry.data = t;
    self->kind = t;
    self->send = send_tcp;
    self->is_open = is_tcp_open;
    self->reset = reset_tcp;
    self->number = tcp_number;
    self->close = close_tcp;
    if (!t->is_listening) {
        try_connect(t);
        return VG_OK;
    }
    enum vg_status st = listen_tcp(t, err);
    if (st != VG_OK) { /* the handles go with the loop's next turn, self with its caller */
        t->port = NULL;
        uv_close((uv_handle_t *)&t->listener, on_own_closed);
        uv_close((uv_handle_t *)&t->retry, on_own_closed);
    }
    return st;
}
