/* The HTTP and WebSocket server (libwebsockets) on the caller's libuv loop.
 *
 *   GET /, /app.js ...   the page, from the binary (assets.h)
 *   GET /api/live        WebSocket: one hello, then whatever is published
 *   other GET (HEAD)     options.get
 *   POST                 options.post, once the checks below have passed
 *
 * Refused before any callback: a Host that is not ours (421: DNS rebinding), a POST without
 * `X-Vigie: 1` or with a foreign Origin (403), a WebSocket with a foreign Origin (403), a path over
 * VG_SERVE_URL_MAX (414), a body over VG_SERVE_BODY_MAX (413) or without its length (411), other
 * methods (405).
 *
 * Each HTTP connection carries one request and is closed after its answer (README.md says why).
 *
 * A WebSocket client that does not keep up with the publishing is sent a fresh hello in place of
 * its backlog.
 *
 * Threads: loop thread only; every callback comes on the loop thread, and never after
 * vg_server_destroy. */
#ifndef VG_SERVE_SERVER_H
#define VG_SERVE_SERVER_H

#include "base/status.h"
#include "base/text.h"
#include "serve/assets.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum {
    VG_SERVE_CONNECTIONS_MAX = 512, /* all kinds; more are closed at once */
    VG_SERVE_URL_MAX = 2048, /* bytes of path, and of query */
    VG_SERVE_HEADERS_MAX = 8192, /* bytes of all headers of a request */
    VG_SERVE_BODY_MAX = 64 * 1024, /* bytes of a POST */
    VG_SERVE_DEFERRED_MAX = 256, /* replies owed at once; more get 503 */
    VG_SERVE_QUEUE_MESSAGES_MAX = 64, /* per WebSocket client: 16 s of deltas */
    VG_SERVE_QUEUE_BYTES_MAX = 1024 * 1024, /* per WebSocket client */
    VG_SERVE_IDLE_S = 30, /* an HTTP connection without a request */
    VG_SERVE_DEFERRED_S = 60, /* the longest wait for a deferred reply */
    VG_SERVE_PING_S = 20, /* a silent WebSocket peer is pinged */
    VG_SERVE_HANGUP_S = 50, /* and dropped */
};

struct vg_server;

/* A deferred request: index + generation, stale once answered or gone. Zero is none. */
struct vg_reply_id {
    uint32_t index;
    uint32_t generation;
};

/* What a callback fills. It comes zeroed but for http_status 200 and the JSON content type. The
 * server takes the body. */
struct vg_reply {
    int http_status;
    const char *content_type; /* a literal, or alive until the reply is given */
    struct vg_buf body;
    bool is_gzip; /* the body is gzip: sent so, or unpacked for a client that does not take it */
    uint32_t cache_s; /* 0: no-store */
    struct vg_reply_id deferred; /* set by vg_server_defer */
};

/* `path` is decoded UTF-8 beginning with "/"; `query` still percent-encoded, without "?"
 * (serve/query.h). Both borrowed until return. */
typedef void (*vg_get_fn)(void *ctx, const char *path, const char *query, struct vg_reply *reply);
typedef void (*vg_post_fn)(void *ctx, const char *path, const char *body, size_t n,
                           struct vg_reply *reply);
/* The snapshot for a new WebSocket client (or one that fell behind): appended to out. It must
 * contain everything published so far. Clients that come within 100 ms of each other, with nothing
 * published between, share one. */
typedef void (*vg_hello_fn)(void *ctx, struct vg_buf *out);

struct vg_server_options {
    uv_loop_t *loop;
    const char *listen; /* "127.0.0.1:8080"; port 0: a free one */
    bool allow_remote; /* else only loopback addresses may be listened on */
    const struct vg_assets *assets; /* vg_assets_embedded(); NULL: no page */
    vg_get_fn get;
    vg_post_fn post;
    vg_hello_fn hello;
    void *ctx;
};

struct vg_server_counters {
    uint32_t connections_now, connections_high_water;
    uint32_t sockets_now, sockets_high_water; /* WebSocket clients */
    uint32_t deferred_now, deferred_high_water;
    uint32_t queue_messages_high_water, queue_bytes_high_water; /* of any one client */
    uint64_t connections, connections_refused;
    uint64_t requests, replies_2xx, replies_3xx, replies_4xx, replies_5xx, bytes_sent;
    uint64_t refused_host, refused_origin, refused_header, refused_method, refused_size;
    uint64_t deferred_lost; /* the client was gone, or the wait too long, before the answer */
    uint64_t hellos, published, sent_messages, coalesced;
};

/* VG_E_FORMAT: bad listen text. VG_E_INVALID: not a loopback address. VG_E_IO: port taken and the
 * like. VG_E_UNSUPPORTED: libwebsockets lacks its libuv part. */
enum vg_status vg_server_create(const struct vg_server_options *options, struct vg_server **out,
                                struct vg_error *err) VG_MUST_USE;
/* Closes everything. The memory goes as the loop runs on: run it until it is empty before
 * uv_loop_close. NULL is fine. */
void vg_server_destroy(struct vg_server *self);
int vg_server_port(const struct vg_server *self);
/* "http://127.0.0.1:8080/". Borrowed while the server lives. */
const char *vg_server_url(const struct vg_server *self);

/* One text message to every WebSocket client, copied once. */
void vg_server_publish(struct vg_server *self, const char *text, size_t n);
uint32_t vg_server_n_clients(const struct vg_server *self);

/* Inside a get or post callback: answer later. The returned id is also in reply->deferred. When no
 * more can be owed, the id is zero and the reply has become a 503. */
struct vg_reply_id vg_server_defer(struct vg_server *self, struct vg_reply *reply);
/* The answer; takes reply->body always. False (and nothing else) if the client is gone. */
bool vg_server_complete(struct vg_server *self, struct vg_reply_id id, struct vg_reply *reply);

const struct vg_server_counters *vg_server_counters(const struct vg_server *self);
/* The counters as a JSON object, for /status. */
void vg_server_counters_json(const struct vg_server *self, struct vg_buf *out);

/* Fill a reply with {"error":"<words>"}. */
void vg_reply_error(struct vg_reply *reply, int http_status, const char *words);

#endif
