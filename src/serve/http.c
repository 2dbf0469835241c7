#include "serve/guard.h"
#include "serve/server_priv.h"

#include <stdlib.h>

enum {
    HEADER_SIZE = 512
};

/* A request as the checks see it. */
struct request {
    char path[VG_SERVE_URL_MAX + 1];
    char query[VG_SERVE_URL_MAX * 3 + 1];
    char host[HEADER_SIZE];
    bool is_get; /* or HEAD */
    bool is_post;
};

/* The header's text; "" if absent, false if it is there but too long. */
static bool read_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t size_bytes)
{
    out[0] = '\0';
    int n = lws_hdr_total_length(wsi, token);
    return n <= 0 || lws_hdr_copy(wsi, out, (int)size_bytes, token) >= 0;
}

/* libwebsockets has percent-decoded the query's pieces. Put the signs that part them back in their
 * coded form, so that a value may contain them and is decoded exactly once by whoever reads it. */
static bool add_piece(char *query, size_t *at, const char *piece)
{
    static const char digits[] = "0123456789ABCDEF";
    if (*at > 0) {
        query[(*at)++] = '&';
    }
    for (; *piece != '\0'; piece++) {
        unsigned char c = (unsigned char)*piece;
        bool is_coded = c == '%' || c == '&' || c == '+' || c == '#' || c <= ' ' || c == 0x7f;
        if (*at + 4 >= sizeof((struct request *)NULL)->query) {
            return false;
        }
        if (is_coded) {
            query[(*at)++] = '%';
            query[(*at)++] = digits[c >> 4];
            query[(*at)++] = digits[c & 15];
        } else {
            query[(*at)++] = (char)c;
        }
    }
    query[*at] = '\0';
    return true;
}

static bool read_query(struct lws *wsi, struct request *req)
{
    char piece[VG_SERVE_URL_MAX + 1];
    size_t at = 0;
    req->query[0] = '\0';
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS) > VG_SERVE_URL_MAX) {
        return false;
    }
    for (int i = 0;; i++) {
        int n = lws_hdr_copy_fragment(wsi, piece, sizeof piece, WSI_TOKEN_HTTP_URI_ARGS, i);
        if (n == -1) {
            return true; /* no more */
        }
        if (n < 0 || !add_piece(req->query, &at, piece)) {
            return false;
        }
    }
}

/* Refuse, and end the connection: what follows of the request is not read. */
static int refuse(struct vg_server *self, struct lws *wsi, int http_status, const char *words)
{
    (void)vg_answer_refuse(self, wsi, http_status, words, NULL, NULL);
    return -1;
}

static bool is_host_ours(struct vg_server *self, struct lws *wsi, struct request *req)
{
    return read_header(wsi, WSI_TOKEN_HOST, req->host, sizeof req->host) &&
           vg_guard_host(req->host, self->listen_host, self->options.allow_remote);
}

/* No Origin is fine: a program, not a page. */
static bool is_origin_ours(struct lws *wsi, const struct request *req)
{
    char origin[HEADER_SIZE];
    if (!read_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin)) {
        return false;
    }
    return lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) <= 0 || vg_guard_origin(origin, req->host);
}

/* Reads path, method, host and query. 0 to go on, else the HTTP status to refuse with. */
static int read_request(struct vg_server *self, struct lws *wsi, struct request *req)
{
    char *path = NULL;
    int n = 0;
    if (lws_http_get_uri_and_method(wsi, &path, &n) < 0) {
        path = NULL;
    }
    req->is_get = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0 ||
                  lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
    req->is_post = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0;
    if (!is_host_ours(self, wsi, req)) {
        self->counters.refused_host++;
        return 421;
    }
    if (path == NULL || n > VG_SERVE_URL_MAX || !read_query(wsi, req)) {
        self->counters.refused_size++;
        return HTTP_STATUS_REQ_URI_TOO_LONG;
    }
    memcpy(req->path, path, (size_t)n);
    req->path[n] = '\0';
    /* libwebsockets takes a coded newline in the address as the line's end, so that an address
     * could bring headers of its own; the version is missing then. */
    bool is_whole_line = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP) > 0;
    return is_whole_line && req->path[0] == '/' && vg_guard_is_plain_text(req->path)
               ? 0
               : HTTP_STATUS_BAD_REQUEST;
}

static const char *words_for(int http_status)
{
    switch (http_status) {
    case 421:
        return "this host name is not served here";
    case HTTP_STATUS_REQ_URI_TOO_LONG:
        return "the address is too long";
    default:
        return "the address is malformed";
    }
}

static const char no_page[] =
    "<!doctype html><meta charset=\"utf-8\"><title>Vigie</title>"
    "<h1>Vigie</h1><p>The station runs, but this program was built without its page. Run "
    "<code>scripts/build</code> and start it again.</p>"
    "<p lang=\"fr\">La station fonctionne, mais ce programme a été construit sans sa page. Lancez "
    "<code>scripts/build</code> puis redémarrez-le.</p>";

/* Nothing of a callback's reply is sent when it chose to answer later. Until then what the client
 * sends stays in the socket: left to itself libwebsockets 4.1.6 is woken by it over and over, and
 * by the client's hanging up too. */
static int give_or_wait(struct vg_conn *conn)
{
    if (conn->deferred_index_plus_1 != 0) {
        lws_set_timeout(conn->wsi, PENDING_TIMEOUT_HTTP_CONTENT, VG_SERVE_DEFERRED_S);
        (void)lws_rx_flow_control(conn->wsi, 0);
        return 0;
    }
    return vg_answer_reply(conn);
}

static void begin_reply(struct vg_conn *conn)
{
    conn->has_reply = true;
    conn->reply =
        (struct vg_reply){.http_status = HTTP_STATUS_OK, .content_type = "application/json"};
}

static int answer_get(struct vg_server *self, struct vg_conn *conn, const struct request *req)
{
    char text[HEADER_SIZE];
    conn->accepts_gzip =
        read_header(conn->wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, text, sizeof text) &&
        vg_guard_accepts_gzip(text);
    conn->is_head = lws_hdr_total_length(conn->wsi, WSI_TOKEN_HEAD_URI) > 0;
    const struct vg_asset *asset =
        self->options.assets == NULL ? NULL : vg_assets_find(self->options.assets, req->path);
    if (asset != NULL) {
        if (!read_header(conn->wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, text, sizeof text)) {
            text[0] = '\0';
        }
        return vg_answer_asset(conn, asset, text);
    }
    begin_reply(conn);
    if (strcmp(req->path, "/") == 0) {
        conn->reply.content_type = "text/html; charset=utf-8";
        vg_buf_puts(&conn->reply.body, no_page);
        return vg_answer_reply(conn);
    }
    self->current = conn;
    self->options.get(self->options.ctx, req->path, req->query, &conn->reply);
    self->current = NULL;
    return give_or_wait(conn);
}

static bool has_act_header(struct lws *wsi)
{
    char value[8] = "";
    int n = lws_hdr_custom_copy(wsi, value, sizeof value, "x-vigie:", 8);
    return n == 1 && value[0] == '1';
}

/* A POST is let in by its headers; the callback comes when the body is complete. */
static int begin_post(struct vg_server *self, struct vg_conn *conn, const struct request *req)
{
    char length[32];
    if (!has_act_header(conn->wsi)) {
        self->counters.refused_header++;
        return refuse(self, conn->wsi, HTTP_STATUS_FORBIDDEN, "an act needs the header X-Vigie: 1");
    }
    if (!is_origin_ours(conn->wsi, req)) {
        self->counters.refused_origin++;
        return refuse(self, conn->wsi, HTTP_STATUS_FORBIDDEN, "the act comes from a foreign page");
    }
    bool has_length = read_header(conn->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof length);
    int64_t n = has_length ? vg_guard_content_length(length) : -1;
    if (n < 0 || lws_hdr_total_length(conn->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
        return refuse(self, conn->wsi, HTTP_STATUS_LENGTH_REQUIRED, "Content-Length is needed");
    }
    if (n > VG_SERVE_BODY_MAX) {
        self->counters.refused_size++;
        return refuse(self, conn->wsi, HTTP_STATUS_REQ_ENTITY_TOO_LARGE, "the body is too large");
    }
    conn->path = strdup(req->path);
    return conn->path == NULL ? -1 : 0;
}

static int take_body(struct vg_conn *conn, const void *in, size_t n)
{
    if (conn->path == NULL || conn->request.n + n > VG_SERVE_BODY_MAX) {
        return -1;
    }
    vg_buf_add(&conn->request, in, n);
    return conn->request.is_failed ? -1 : 0;
}

static int answer_post(struct vg_server *self, struct vg_conn *conn)
{
    if (conn->path == NULL || self->is_closing) {
        return -1;
    }
    begin_reply(conn);
    self->current = conn;
    self->options.post(self->options.ctx, conn->path, vg_buf_text(&conn->request), conn->request.n,
                       &conn->reply);
    self->current = NULL;
    return give_or_wait(conn);
}

static int begin_request(struct vg_server *self, struct vg_conn *conn, struct lws *wsi)
{
    struct request req;
    vg_conn_reset_request(conn);
    conn->server = self;
    conn->wsi = wsi;
    self->counters.requests++;
    if (self->is_closing) {
        return -1;
    }
    int status = read_request(self, wsi, &req);
    if (status != 0) {
        return refuse(self, wsi, status, words_for(status));
    }
    if (req.is_post) {
        return begin_post(self, conn, &req);
    }
    if (!req.is_get) {
        self->counters.refused_method++;
        (void)vg_answer_refuse(self, wsi, HTTP_STATUS_METHOD_NOT_ALLOWED, "only GET, HEAD and POST",
                               "allow:", "GET, HEAD, POST");
        return -1;
    }
    char length[32];
    if (!read_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof length) ||
        (length[0] != '\0' && strcmp(length, "0") != 0) ||
        lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
        return refuse(self, wsi, HTTP_STATUS_BAD_REQUEST, "a GET has no body");
    }
    if (strcmp(req.path, "/api/live") == 0) {
        (void)vg_answer_refuse(self, wsi, 426, "this is a WebSocket", "upgrade:", "websocket");
        return -1;
    }
    return answer_get(self, conn, &req);
}

/* 0 lets the upgrade go on; 1: refused, the answer is out; -1: hang up. */
static int check_upgrade(struct vg_server *self, struct lws *wsi, const char *protocol)
{
    struct request req;
    self->counters.requests++;
    if (self->is_closing) {
        return -1;
    }
    int status = read_request(self, wsi, &req);
    const char *words = words_for(status);
    if (status == 0 && (strcasecmp(protocol, "websocket") != 0 ||
                        lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) <= 0)) {
        status = HTTP_STATUS_BAD_REQUEST;
        words = "only WebSocket upgrades";
    } else if (status == 0 && strcmp(req.path, "/api/live") != 0) {
        status = HTTP_STATUS_NOT_FOUND;
        words = "no WebSocket here";
    } else if (status == 0 && !is_origin_ours(wsi, &req)) {
        self->counters.refused_origin++;
        status = HTTP_STATUS_FORBIDDEN;
        words = "the WebSocket comes from a foreign page";
    }
    if (status == 0) {
        return 0;
    }
    (void)vg_answer_refuse(self, wsi, status, words, NULL, NULL);
    return -1;
}

/* The stream goes one way; a client that talks is a mistake or worse. */
static int refuse_message(struct lws *wsi)
{
    unsigned char words[] = "this stream takes no messages";
    lws_close_reason(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, words, sizeof words - 1);
    return -1;
}

static int write_more(struct vg_conn *conn)
{
    if (conn->is_answering) {
        return vg_answer_continue(conn);
    }
    return conn->has_reply && conn->deferred_index_plus_1 == 0 ? vg_answer_reply(conn) : 0;
}

int vg_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t n)
{
    struct vg_server *self = lws_context_user(lws_get_context(wsi));
    struct vg_conn *conn = user;
    /* libwebsockets' list of reasons is long and open-ended: the ones not named need nothing. */
    switch ((int)reason) {
    case LWS_CALLBACK_HTTP:
        return begin_request(self, conn, wsi);
    case LWS_CALLBACK_HTTP_BODY:
        return take_body(conn, in, n);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return answer_post(self, conn);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return write_more(conn);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return check_upgrade(self, wsi, in);
    case LWS_CALLBACK_ESTABLISHED:
        return vg_live_open(self, conn, wsi);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return vg_live_write(self, conn);
    case LWS_CALLBACK_RECEIVE:
        return refuse_message(wsi);
    case LWS_CALLBACK_CLOSED:
        vg_live_close(self, conn);
        return 0;
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        if (conn != NULL) {
            vg_conn_reset_request(conn);
        }
        return 0;
    case LWS_CALLBACK_WSI_CREATE:
        if (++self->counters.connections_now > self->counters.connections_high_water) {
            self->counters.connections_high_water = self->counters.connections_now;
        }
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        self->counters.connections_now--;
        return 0;
    default:
        return 0;
    }
}
