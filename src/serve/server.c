#include "serve/server_priv.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEADERS_TIMEOUT_S = 10, /* a connection that opened but has not said what it wants */
    CLOSING_TURN_MS = 1,
    CLOSING_TURNS_MIN = 3, /* libwebsockets' own handles close within two turns of the loop */
    FDS_OF_ITS_OWN = 16, /* libwebsockets' wake-up pipe and such */
    HOST_SIZE = 64,
};

/* Sent with every answer. 'self' covers ws: to our own host and port (CSP level 3,
 * section 6.7.2.8); the map draws with styles set from script and runs its workers from blobs. */
static const struct lws_protocol_vhost_options security_headers[] = {
    {&security_headers[1], NULL, "content-security-policy:",
     "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; "
     "style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
     "form-action 'none'; frame-ancestors 'none'"},
    {&security_headers[2], NULL, "x-content-type-options:", "nosniff"},
    {&security_headers[3], NULL, "referrer-policy:", "no-referrer"},
    {&security_headers[4], NULL, "cross-origin-resource-policy:", "same-origin"},
    {NULL, NULL, "x-frame-options:", "DENY"},
};

/* ---- connections ---- */

static void free_deferred(struct vg_server *self, struct vg_conn *conn)
{
    if (conn->deferred_index_plus_1 != 0) {
        self->deferred[conn->deferred_index_plus_1 - 1].conn = NULL;
        conn->deferred_index_plus_1 = 0;
        self->counters.deferred_now--;
    }
}

void vg_conn_reset_request(struct vg_conn *conn)
{
    if (conn->deferred_index_plus_1 != 0) {
        conn->server->counters.deferred_lost++;
        free_deferred(conn->server, conn);
    }
    free(conn->path);
    conn->path = NULL;
    vg_buf_finish(&conn->request);
    vg_buf_finish(&conn->reply.body);
    conn->reply = (struct vg_reply){0};
    conn->has_reply = false;
    conn->is_answering = false;
    conn->is_head = false;
    conn->accepts_gzip = false;
    conn->left = (struct vg_bytes){0};
}

static void on_connection(void *ctx, int fd)
{
    struct vg_server *self = ctx;
    if (self->counters.connections_now >= VG_SERVE_CONNECTIONS_MAX) {
        self->counters.connections_refused++;
        close(fd);
        return;
    }
    self->counters.connections++;
    (void)lws_adopt_socket_vhost(self->vhost, fd); /* closes it if it fails */
}

/* ---- deferred replies ---- */

struct vg_reply_id vg_server_defer(struct vg_server *self, struct vg_reply *reply)
{
    struct vg_reply_id none = {0};
    for (uint32_t i = 0; i < VG_SERVE_DEFERRED_MAX; i++) {
        struct vg_deferred_slot *slot = &self->deferred[i];
        if (slot->conn != NULL) {
            continue;
        }
        struct vg_conn *conn = self->current;
        if (conn == NULL || &conn->reply != reply) {
            break; /* not inside this reply's callback */
        }
        slot->conn = conn;
        slot->generation = slot->generation == UINT32_MAX ? 1 : slot->generation + 1;
        conn->deferred_index_plus_1 = i + 1;
        reply->deferred = (struct vg_reply_id){i, slot->generation};
        if (++self->counters.deferred_now > self->counters.deferred_high_water) {
            self->counters.deferred_high_water = self->counters.deferred_now;
        }
        return reply->deferred;
    }
    vg_reply_error(reply, HTTP_STATUS_SERVICE_UNAVAILABLE, "too many requests under way");
    return none;
}

/* Reading is off while an answer is owed, so libwebsockets does not see a client hang up: ask the
 * socket. */
static bool is_client_gone(struct lws *wsi)
{
    struct pollfd pfd = {.fd = lws_get_socket_fd(wsi), .events = POLLRDHUP};
    return poll(&pfd, 1, 0) > 0 && (pfd.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

bool vg_server_complete(struct vg_server *self, struct vg_reply_id id, struct vg_reply *reply)
{
    struct vg_conn *conn = NULL;
    if (id.generation != 0 && id.index < VG_SERVE_DEFERRED_MAX &&
        self->deferred[id.index].generation == id.generation) {
        conn = self->deferred[id.index].conn;
    }
    if (conn == NULL || self->is_closing) {
        vg_buf_finish(&reply->body);
        return false;
    }
    free_deferred(self, conn);
    if (conn != self->current && is_client_gone(conn->wsi)) {
        self->counters.deferred_lost++;
        vg_buf_finish(&reply->body);
        lws_set_timeout(conn->wsi, PENDING_TIMEOUT_HTTP_CONTENT, LWS_TO_KILL_ASYNC);
        return false;
    }
    vg_buf_finish(&conn->reply.body);
    conn->reply = *reply;
    conn->has_reply = true;
    *reply = (struct vg_reply){0};
    if (conn != self->current) { /* completed inside its own callback: goes out when that returns */
        (void)lws_rx_flow_control(conn->wsi, 1); /* which also holds back writing */
        lws_callback_on_writable(conn->wsi);
    }
    return true;
}

/* ---- life ---- */

static void discard_log(int level, const char *line)
{
    (void)level;
    (void)line;
}

static enum vg_status start_lws(struct vg_server *self, struct vg_error *err)
{
    void *loops[1] = {self->options.loop};
    self->protocols[0] = (struct lws_protocols){
        .name = "vigie",
        .callback = vg_http_callback,
        .per_session_data_size = sizeof(struct vg_conn),
    };
    self->keepalive = (lws_retry_bo_t){
        .secs_since_valid_ping = VG_SERVE_PING_S,
        .secs_since_valid_hangup = VG_SERVE_HANGUP_S,
    };
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = self->protocols,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME,
        .foreign_loops = loops,
        .gid = -1,
        .uid = -1,
        .user = self,
        .pcontext = &self->lws,
        .headers = security_headers,
        .retry_and_idle_policy = &self->keepalive,
        .fd_limit_per_thread = VG_SERVE_CONNECTIONS_MAX + FDS_OF_ITS_OWN,
        .max_http_header_data = VG_SERVE_HEADERS_MAX,
        .max_http_header_pool = VG_SERVE_CONNECTIONS_MAX,
        .timeout_secs = HEADERS_TIMEOUT_S,
        .timeout_secs_ah_idle = HEADERS_TIMEOUT_S,
        .keepalive_timeout = VG_SERVE_IDLE_S,
    };
    /* libwebsockets' log is one setting of the process; what it would say there we count. */
    lws_set_log_level(0, discard_log);
    self->lws = lws_create_context(&info);
    self->vhost = self->lws == NULL ? NULL : lws_create_vhost(self->lws, &info);
    if (self->vhost == NULL) {
        return vg_fail(
            err, VG_E_UNSUPPORTED,
            "libwebsockets cannot start: is its libuv part (libwebsockets-evlib-uv) there?");
    }
    return VG_OK;
}

static enum vg_status start_listening(struct vg_server *self, struct vg_error *err)
{
    struct vg_addr addr;
    enum vg_status st = vg_addr_parse(self->options.listen, &addr, err);
    if (st != VG_OK) {
        return st;
    }
    if (!self->options.allow_remote && !vg_addr_is_loopback(&addr)) {
        return vg_fail(
            err, VG_E_INVALID,
            "%s is not a loopback address: only this machine may use the page until accounts exist",
            self->options.listen);
    }
    st = vg_listen_open(self->options.loop, &addr, on_connection, self, &self->listen, err);
    if (st == VG_OK) {
        char text[VG_ADDR_TEXT_SIZE];
        vg_addr_format(vg_listen_addr(self->listen), text, sizeof text);
        vg_format(self->url, sizeof self->url, "http://%s/", text);
        /* "[::1]:8080" -> "::1" */
        *strrchr(text, ':') = '\0';
        size_t n = strcspn(text, "]");
        text[n] = '\0';
        vg_format(self->listen_host, sizeof self->listen_host, "%s", text + (text[0] == '['));
    }
    return st;
}

static void on_closer_closed(uv_handle_t *handle)
{
    struct vg_server *self = handle->data;
    vg_live_forget_hello(self);
    free(self);
}

/* libwebsockets would wait some seconds for a client that does not read to take the rest. */
static void hang_up_on_slow_clients(struct vg_server *self)
{
    for (struct vg_conn *conn = self->clients; conn != NULL; conn = conn->next) {
        if (lws_partial_buffered(conn->wsi)) {
            (void)shutdown(lws_get_socket_fd(conn->wsi), SHUT_RDWR);
        }
    }
}

/* Taking libwebsockets off a loop it does not own: the first destroy closes its connections and
 * handles; the second frees the context, and may come only when libuv has called back for each of
 * them. */
static void close_on(uv_timer_t *timer)
{
    struct vg_server *self = timer->data;
    self->closing_turns++;
    if (self->closing_turns == 1) {
        hang_up_on_slow_clients(self);
        if (self->lws != NULL) {
            lws_context_destroy(self->lws);
        }
        return;
    }
    if (self->closing_turns < CLOSING_TURNS_MIN || self->counters.connections_now > 0) {
        return;
    }
    if (self->lws != NULL) {
        lws_context_destroy(self->lws);
    }
    uv_close((uv_handle_t *)&self->closer, on_closer_closed);
}

void vg_server_destroy(struct vg_server *self)
{
    if (self == NULL || self->is_closing) {
        return;
    }
    self->is_closing = true;
    vg_listen_close(self->listen);
    self->listen = NULL;
    /* Never at once: this may be one of libwebsockets' own callbacks. */
    (void)uv_timer_start(&self->closer, close_on, 0, CLOSING_TURN_MS);
}

enum vg_status vg_server_create(const struct vg_server_options *options, struct vg_server **out,
                                struct vg_error *err)
{
    struct vg_server *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->options = *options;
    (void)uv_timer_init(options->loop, &self->closer); /* cannot fail */
    self->closer.data = self;
    enum vg_status st = start_listening(self, err);
    if (st == VG_OK) {
        st = start_lws(self, err);
    }
    if (st != VG_OK) {
        vg_server_destroy(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

int vg_server_port(const struct vg_server *self)
{
    return vg_addr_port(vg_listen_addr(self->listen));
}

const char *vg_server_url(const struct vg_server *self)
{
    return self->url;
}

const struct vg_server_counters *vg_server_counters(const struct vg_server *self)
{
    return &self->counters;
}

void vg_server_counters_json(const struct vg_server *self, struct vg_buf *out)
{
    const struct vg_server_counters *c = &self->counters;
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"connections_now", c->connections_now},
        {"connections_high_water", c->connections_high_water},
        {"sockets_now", c->sockets_now},
        {"sockets_high_water", c->sockets_high_water},
        {"deferred_now", c->deferred_now},
        {"deferred_high_water", c->deferred_high_water},
        {"queue_messages_high_water", c->queue_messages_high_water},
        {"queue_bytes_high_water", c->queue_bytes_high_water},
        {"connections", c->connections},
        {"connections_refused", c->connections_refused},
        {"requests", c->requests},
        {"replies_2xx", c->replies_2xx},
        {"replies_3xx", c->replies_3xx},
        {"replies_4xx", c->replies_4xx},
        {"replies_5xx", c->replies_5xx},
        {"bytes_sent", c->bytes_sent},
        {"refused_host", c->refused_host},
        {"refused_origin", c->refused_origin},
        {"refused_header", c->refused_header},
        {"refused_method", c->refused_method},
        {"refused_size", c->refused_size},
        {"deferred_lost", c->deferred_lost},
        {"hellos", c->hellos},
        {"published", c->published},
        {"sent_messages", c->sent_messages},
        {"coalesced", c->coalesced},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vg_buf_printf(out, "%s\"%s\":%llu", i == 0 ? "{" : ",", rows[i].name,
                      (unsigned long long)rows[i].value);
    }
    vg_buf_puts(out, "}");
}
