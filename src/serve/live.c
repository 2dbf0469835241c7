#include "serve/server_priv.h"

#include <stdlib.h>

enum {
    HELLO_FRESH_MS = 100, /* clients that come together share one hello */
    WRITES_A_TURN = 8, /* then others have theirs */
};

static struct vg_message *make_message(const char *text, size_t n)
{
    struct vg_message *message = malloc(sizeof *message + LWS_PRE + n);
    if (message != NULL) {
        message->n_refs = 1;
        message->n = n;
        if (n > 0) {
            memcpy(message->bytes + LWS_PRE, text, n);
        }
    }
    return message;
}

static void drop_ref(struct vg_message *message)
{
    if (message != NULL && --message->n_refs == 0) {
        free(message);
    }
}

static void drop_queue(struct vg_conn *conn)
{
    for (; conn->n_queued > 0; conn->n_queued--) {
        drop_ref(conn->queue[conn->first]);
        conn->first = (conn->first + 1) % VG_SERVE_QUEUE_MESSAGES_MAX;
    }
    conn->queued_bytes = 0;
}

static void note_queue(struct vg_server_counters *counters, const struct vg_conn *conn)
{
    if (conn->n_queued > counters->queue_messages_high_water) {
        counters->queue_messages_high_water = conn->n_queued;
    }
    if (conn->queued_bytes > counters->queue_bytes_high_water) {
        counters->queue_bytes_high_water = (uint32_t)conn->queued_bytes;
    }
}

/* A client that cannot take more loses its backlog and is owed one hello, which says all of it. */
static void enqueue(struct vg_server *self, struct vg_conn *conn, struct vg_message *message)
{
    if (conn->needs_hello) {
        return; /* the hello, made when it can be sent, will cover this message */
    }
    if (conn->n_queued == VG_SERVE_QUEUE_MESSAGES_MAX ||
        conn->queued_bytes + message->n > VG_SERVE_QUEUE_BYTES_MAX) {
        drop_queue(conn);
        conn->needs_hello = true;
        self->counters.coalesced++;
        return;
    }
    uint32_t at = (conn->first + conn->n_queued) % VG_SERVE_QUEUE_MESSAGES_MAX;
    conn->queue[at] = message;
    conn->n_queued++;
    conn->queued_bytes += message->n;
    message->n_refs++;
    note_queue(&self->counters, conn);
}

void vg_live_forget_hello(struct vg_server *self)
{
    drop_ref(self->hello);
    self->hello = NULL;
}

void vg_server_publish(struct vg_server *self, const char *text, size_t n)
{
    vg_live_forget_hello(self);
    self->counters.published++;
    if (self->is_closing || self->clients == NULL) {
        return;
    }
    struct vg_message *message = make_message(text, n);
    for (struct vg_conn *conn = self->clients; conn != NULL; conn = conn->next) {
        if (message == NULL) { /* no memory for it: everybody gets a hello when there is */
            drop_queue(conn);
            conn->needs_hello = true;
        } else {
            enqueue(self, conn, message);
        }
        lws_callback_on_writable(conn->wsi);
    }
    drop_ref(message);
}

uint32_t vg_server_n_clients(const struct vg_server *self)
{
    return self->counters.sockets_now;
}

int vg_live_open(struct vg_server *self, struct vg_conn *conn, struct lws *wsi)
{
    vg_conn_reset_request(conn);
    *conn = (struct vg_conn){.server = self, .wsi = wsi, .is_live = true, .needs_hello = true};
    conn->next = self->clients;
    if (self->clients != NULL) {
        self->clients->prev = conn;
    }
    self->clients = conn;
    if (++self->counters.sockets_now > self->counters.sockets_high_water) {
        self->counters.sockets_high_water = self->counters.sockets_now;
    }
    lws_callback_on_writable(wsi);
    return 0;
}

void vg_live_close(struct vg_server *self, struct vg_conn *conn)
{
    if (!conn->is_live) {
        return;
    }
    conn->is_live = false;
    drop_queue(conn);
    if (conn->next != NULL) {
        conn->next->prev = conn->prev;
    }
    if (conn->prev != NULL) {
        conn->prev->next = conn->next;
    } else {
        self->clients = conn->next;
    }
    self->counters.sockets_now--;
    if (self->clients == NULL) {
        vg_live_forget_hello(self); /* without clients the owner may stop publishing its changes */
    }
}

/* A hello no older than HELLO_FRESH_MS with nothing published since; NULL without memory. */
static struct vg_message *take_hello(struct vg_server *self)
{
    uint64_t now_ms = uv_now(self->options.loop);
    if (self->hello != NULL && now_ms - self->hello_ms > HELLO_FRESH_MS) {
        vg_live_forget_hello(self);
    }
    if (self->hello == NULL) {
        struct vg_buf text = {0};
        self->options.hello(self->options.ctx, &text);
        if (!text.is_failed) {
            self->hello = make_message(vg_buf_text(&text), text.n);
            self->hello_ms = now_ms;
        }
        vg_buf_finish(&text);
    }
    if (self->hello != NULL) {
        self->hello->n_refs++;
    }
    return self->hello;
}

static struct vg_message *take_next(struct vg_server *self, struct vg_conn *conn)
{
    if (conn->needs_hello) {
        struct vg_message *hello = take_hello(self);
        conn->needs_hello = hello == NULL;
        self->counters.hellos += hello != NULL;
        return hello;
    }
    if (conn->n_queued == 0) {
        return NULL;
    }
    struct vg_message *message = conn->queue[conn->first];
    conn->first = (conn->first + 1) % VG_SERVE_QUEUE_MESSAGES_MAX;
    conn->n_queued--;
    conn->queued_bytes -= message->n;
    return message;
}

int vg_live_write(struct vg_server *self, struct vg_conn *conn)
{
    if (self->is_closing) {
        return -1;
    }
    /* What the socket does not take of one message libwebsockets keeps, and then says "choked"
     * until it is out: so a client costs at most its queue and one message. */
    for (int i = 0; i < WRITES_A_TURN && (i == 0 || !lws_send_pipe_choked(conn->wsi)); i++) {
        struct vg_message *message = take_next(self, conn);
        if (message == NULL) {
            return 0;
        }
        int rc = lws_write(conn->wsi, message->bytes + LWS_PRE, message->n, LWS_WRITE_TEXT);
        self->counters.bytes_sent += message->n;
        self->counters.sent_messages++;
        drop_ref(message);
        if (rc < 0) {
            return -1;
        }
    }
    if (conn->n_queued > 0 || conn->needs_hello) {
        lws_callback_on_writable(conn->wsi);
    }
    return 0;
}
