#include "serve/guard.h"
#include "serve/gunzip.h"
#include "serve/server_priv.h"

#include <stdlib.h>

enum {
    PLAIN_BYTES_MAX = 64 << 20,
    TYPE_SIZE = 64
};

static void count_status(struct vg_server_counters *counters, int http_status)
{
    if (http_status < 300) {
        counters->replies_2xx++;
    } else if (http_status < 400) {
        counters->replies_3xx++;
    } else if (http_status < 500) {
        counters->replies_4xx++;
    } else {
        counters->replies_5xx++;
    }
}

struct writer {
    struct lws *wsi;
    unsigned char *p;
    unsigned char *end;
    bool is_failed;
};

static void put(struct writer *w, const char *name, const char *value)
{
    if (value != NULL && !w->is_failed) {
        w->is_failed = lws_add_http_header_by_name(w->wsi, (const unsigned char *)name,
                                                   (const unsigned char *)value, (int)strlen(value),
                                                   &w->p, w->end) != 0;
    }
}

/* The headers into the server's scratch; their length, 0 if there is no room. */
static size_t put_headers(struct vg_server *self, struct lws *wsi, const struct vg_answer *a)
{
    unsigned char *start = self->out + LWS_PRE;
    struct writer w = {wsi, start, start + VG_SERVE_HEADER_ROOM - 1, false};
    w.is_failed = lws_add_http_header_status(wsi, (unsigned int)a->http_status, &w.p, w.end) != 0;
    put(&w, "content-type:", a->content_type);
    put(&w, "cache-control:", a->cache);
    put(&w, "etag:", a->etag);
    put(&w, "content-encoding:", a->encoding);
    put(&w, "vary:", a->etag != NULL || a->encoding != NULL ? "accept-encoding" : NULL);
    put(&w, a->extra_name, a->extra_value);
    put(&w, "connection:", "close");
    if (!w.is_failed && a->http_status != HTTP_STATUS_NOT_MODIFIED) {
        w.is_failed = lws_add_http_header_content_length(wsi, a->body.n, &w.p, w.end) != 0;
    }
    if (w.is_failed || lws_finalize_http_header(wsi, &w.p, w.end) != 0) {
        return 0;
    }
    count_status(&self->counters, a->http_status);
    return (size_t)(w.p - start);
}

static bool write_bytes(struct vg_server *self, struct lws *wsi, size_t n,
                        enum lws_write_protocol kind)
{
    if (lws_write(wsi, self->out + LWS_PRE, n, kind) < 0) {
        return false;
    }
    self->counters.bytes_sent += n;
    return true;
}

/* All is handed over: hang up as soon as the socket has taken it. Each connection carries one
 * request (see README.md). */
static int finish(struct vg_conn *conn)
{
    if (lws_partial_buffered(conn->wsi)) {
        conn->is_answering = true;
        lws_callback_on_writable(conn->wsi);
        return 0;
    }
    return -1;
}

/* As much of conn->left as a write takes, placed in the scratch at `at`. Returns the bytes placed.
 */
static size_t take_chunk(struct vg_conn *conn, unsigned char *at)
{
    size_t n = conn->left.n < VG_SERVE_CHUNK_BYTES ? conn->left.n : VG_SERVE_CHUNK_BYTES;
    if (n > 0) {
        memcpy(at, conn->left.data, n);
        conn->left = (struct vg_bytes){conn->left.data + n, conn->left.n - n};
    }
    return n;
}

int vg_answer_send(struct vg_conn *conn, const struct vg_answer *answer)
{
    struct vg_server *self = conn->server;
    size_t n = put_headers(self, conn->wsi, answer);
    if (n == 0) {
        return -1;
    }
    conn->left = answer->body;
    if (conn->is_head || answer->http_status == HTTP_STATUS_NOT_MODIFIED) {
        conn->left.n = 0;
    }
    /* The body's first piece goes with the headers: most answers are one write, one packet. */
    n += take_chunk(conn, self->out + LWS_PRE + n);
    bool is_all = conn->left.n == 0;
    if (!write_bytes(self, conn->wsi, n, is_all ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP)) {
        return -1;
    }
    if (is_all) {
        return finish(conn);
    }
    conn->is_answering = true;
    lws_set_timeout(conn->wsi, PENDING_TIMEOUT_HTTP_CONTENT, VG_SERVE_IDLE_S);
    lws_callback_on_writable(conn->wsi);
    return 0;
}

int vg_answer_continue(struct vg_conn *conn)
{
    if (conn->left.n == 0) {
        return finish(conn);
    }
    size_t n = take_chunk(conn, conn->server->out + LWS_PRE);
    bool is_all = conn->left.n == 0;
    if (!write_bytes(conn->server, conn->wsi, n, is_all ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP)) {
        return -1;
    }
    if (is_all) {
        return finish(conn);
    }
    lws_set_timeout(conn->wsi, PENDING_TIMEOUT_HTTP_CONTENT, VG_SERVE_IDLE_S);
    lws_callback_on_writable(conn->wsi);
    return 0;
}

/* Swap a packed body for its plain bytes; a failure becomes a 500. */
static void unpack_body(struct vg_reply *reply)
{
    struct vg_buf plain = {0};
    struct vg_bytes packed = {(const uint8_t *)reply->body.data, reply->body.n};
    if (vg_gunzip(packed, PLAIN_BYTES_MAX, &plain) != VG_OK) {
        vg_buf_finish(&plain);
        vg_reply_error(reply, HTTP_STATUS_INTERNAL_SERVER_ERROR,
                       "the answer could not be unpacked");
        return;
    }
    vg_buf_finish(&reply->body);
    reply->body = plain;
    reply->is_gzip = false;
}

int vg_answer_reply(struct vg_conn *conn)
{
    struct vg_reply *reply = &conn->reply;
    conn->has_reply = true;
    if (reply->is_gzip && !conn->accepts_gzip) {
        unpack_body(reply);
    }
    if (reply->body.is_failed) {
        vg_reply_error(reply, HTTP_STATUS_INTERNAL_SERVER_ERROR, "out of memory");
    }
    char cache[48];
    vg_format(cache, sizeof cache, "private, max-age=%u", reply->cache_s);
    return vg_answer_send(conn, &(struct vg_answer){
                                    .http_status = reply->http_status,
                                    .content_type = reply->content_type,
                                    .cache = reply->cache_s == 0 ? "no-store" : cache,
                                    .encoding = reply->is_gzip ? "gzip" : NULL,
                                    .body = {(const uint8_t *)reply->body.data, reply->body.n},
                                });
}

int vg_answer_asset(struct vg_conn *conn, const struct vg_asset *asset, const char *if_none_match)
{
    struct vg_answer answer = {
        .http_status = HTTP_STATUS_OK,
        .content_type = asset->content_type,
        .cache =
            "no-cache", /* kept, but asked for with its tag each time: a new build shows at once */
        .etag = asset->etag,
        .encoding = "gzip",
        .body = asset->gzip,
    };
    if (vg_guard_matches_etag(if_none_match, asset->etag)) {
        answer.http_status = HTTP_STATUS_NOT_MODIFIED;
        answer.encoding = NULL;
        answer.body.n = 0;
    } else if (!conn->accepts_gzip) {
        struct vg_buf *body = &conn->reply.body;
        if (vg_gunzip(asset->gzip, asset->plain_bytes, body) != VG_OK) {
            return -1;
        }
        conn->has_reply = true;
        answer.encoding = NULL;
        answer.body = (struct vg_bytes){(const uint8_t *)body->data, body->n};
    }
    return vg_answer_send(conn, &answer);
}

bool vg_answer_refuse(struct vg_server *self, struct lws *wsi, int http_status, const char *words,
                      const char *extra_name, const char *extra_value)
{
    struct vg_reply reply = {0};
    vg_reply_error(&reply, http_status, words);
    struct vg_answer answer = {
        .http_status = http_status,
        .content_type = reply.content_type,
        .cache = "no-store",
        .extra_name = extra_name,
        .extra_value = extra_value,
        .body = {(const uint8_t *)reply.body.data, reply.body.n},
    };
    size_t n = put_headers(self, wsi, &answer);
    bool is_head = lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
    if (n > 0 && !is_head && answer.body.n > 0 && answer.body.n <= VG_SERVE_CHUNK_BYTES) {
        memcpy(self->out + LWS_PRE + n, answer.body.data, answer.body.n);
        n += answer.body.n;
    }
    vg_buf_finish(&reply.body);
    return n > 0 && write_bytes(self, wsi, n, LWS_WRITE_HTTP_FINAL);
}

void vg_reply_error(struct vg_reply *reply, int http_status, const char *words)
{
    reply->http_status = http_status;
    reply->content_type = "application/json";
    reply->is_gzip = false;
    reply->cache_s = 0;
    vg_buf_finish(&reply->body);
    vg_buf_puts(&reply->body, "{\"error\":");
    vg_buf_json(&reply->body, words);
    vg_buf_puts(&reply->body, "}");
}
