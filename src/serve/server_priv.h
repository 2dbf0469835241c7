/* What the server's files share: its state, the state of a connection, and their calls to each
 * other.
 *
 *   server.c  life of the whole, deferred replies     http.c  requests in: checks and routing
 *   live.c    WebSocket clients and their queues      reply.c answers out
 *
 * A connection's state lies in libwebsockets' per-session memory; it goes through
 *
 *   HTTP request -> (body) -> [deferred] -> answer -> closed
 *        \-> WebSocket client until closed
 */
#ifndef VG_SERVE_SERVER_PRIV_H
#define VG_SERVE_SERVER_PRIV_H

#include "serve/listen.h"
#include "serve/server.h"

#include <libwebsockets.h>

enum {
    VG_SERVE_HEADER_ROOM = 4096, /* of an answer */
    VG_SERVE_CHUNK_BYTES = 32768, /* of a body, per write */
};

/* One published text, shared by the queues that hold it. */
struct vg_message {
    uint32_t n_refs;
    size_t n;
    unsigned char bytes[]; /* LWS_PRE of room for the frame's header, then n of text */
};

struct vg_conn {
    struct vg_server *server;
    struct lws *wsi;

    /* The request under way. */
    bool is_head;
    bool accepts_gzip;
    bool is_answering; /* headers are out, bytes of the body are left */
    char *path; /* of a POST waiting for its body */
    struct vg_buf request;
    uint32_t deferred_index_plus_1; /* 0: none */
    bool has_reply;
    struct vg_reply reply; /* owed since vg_server_complete, or being sent */
    struct vg_bytes left; /* into reply.body, or of an asset */

    /* The WebSocket client. */
    struct vg_conn *next;
    struct vg_conn *prev;
    bool is_live;
    bool needs_hello;
    uint32_t first; /* the queue is a ring */
    uint32_t n_queued;
    size_t queued_bytes;
    struct vg_message *queue[VG_SERVE_QUEUE_MESSAGES_MAX];
};

struct vg_deferred_slot {
    uint32_t generation;
    struct vg_conn *conn; /* NULL: free */
};

struct vg_server {
    struct vg_server_options options;
    struct vg_server_counters counters;
    struct vg_listen *listen;
    struct lws_context *lws;
    struct lws_vhost *vhost;
    struct lws_protocols protocols[2];
    lws_retry_bo_t keepalive;
    uv_timer_t closer;
    int closing_turns;
    bool is_closing;
    char listen_host[VG_ADDR_TEXT_SIZE];
    char url[VG_ADDR_TEXT_SIZE + 16];
    struct vg_conn *clients;
    struct vg_message *hello; /* the last one made, while it is still true */
    uint64_t hello_ms;
    struct vg_conn *current; /* the connection whose callback runs */
    struct vg_deferred_slot deferred[VG_SERVE_DEFERRED_MAX];
    unsigned char
        out[LWS_PRE + VG_SERVE_HEADER_ROOM + VG_SERVE_CHUNK_BYTES]; /* scratch for one write */
};

/* http.c: libwebsockets' callback, all reasons but those of live.c. */
int vg_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t n);
/* live.c. Each returns what the libwebsockets callback must. */
int vg_live_open(struct vg_server *self, struct vg_conn *conn, struct lws *wsi);
int vg_live_write(struct vg_server *self, struct vg_conn *conn);
void vg_live_close(struct vg_server *self, struct vg_conn *conn);
void vg_live_forget_hello(struct vg_server *self);

/* server.c: give back the request's memory; a reply still owed is counted as lost. */
void vg_conn_reset_request(struct vg_conn *conn);

/* An answer as it goes out. */
struct vg_answer {
    int http_status;
    const char *content_type;
    const char *cache; /* Cache-Control */
    const char *etag; /* NULL: none */
    const char *encoding; /* NULL: identity */
    const char *extra_name, *extra_value; /* one more header; NULL: none */
    struct vg_bytes body;
};

/* reply.c. Each returns what the libwebsockets callback must. */
int vg_answer_send(struct vg_conn *conn, const struct vg_answer *answer);
int vg_answer_continue(struct vg_conn *conn);
/* conn->reply, which stays alive until it is sent. */
int vg_answer_reply(struct vg_conn *conn);
int vg_answer_asset(struct vg_conn *conn, const struct vg_asset *asset, const char *if_none_match);
/* {"error":words} in one write, without a connection state; the connection should close after it.
 * False if it could not be written. */
bool vg_answer_refuse(struct vg_server *self, struct lws *wsi, int http_status, const char *words,
                      const char *extra_name, const char *extra_value);

#endif
