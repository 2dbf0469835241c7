/* A server and raw socket clients in one thread: each wait turns the server's loop, so nothing
 * sleeps and nothing races. The client side is written against RFC 9110 and RFC 6455 alone, sharing
 * no code with the server. */
#ifndef VG_TESTS_SERVE_HARNESS_H
#define VG_TESTS_SERVE_HARNESS_H

#include "serve/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct harness {
    uv_loop_t loop;
    struct vg_server *server;
    int port;
    int hellos; /* hello's calls */
    int gets, posts; /* callback calls */
    char path[4096]; /* of the last callback */
    char query[8192];
    char body[70000];
    size_t body_n;
    size_t hello_bytes; /* pad the hello to this size */
    int published; /* the last number published: the hello says it */
    struct vg_reply_id owed;
};

/* Starts a server on a free port. Its callbacks: GET /api/echo answers {"path","query"}; /api/later
 * defers; /api/big 300000 bytes of 'x'; /api/packed a gzip of "packed text"; /api/cached
 * max-age=60; else 404. POST answers {"n":body bytes}. */
void harness_start(struct harness *self, const struct vg_assets *assets);
/* Destroys the server, runs the loop dry and closes it (asserts that it could). */
void harness_stop(struct harness *self);
/* One turn of the loop; waits up to a few ms for something to do. */
void harness_turn(struct harness *self, int fd);
void harness_publish(struct harness *self, const char *text);

int client_connect(struct harness *self);
void client_send(struct harness *self, int fd, const void *bytes, size_t n);
/* Reads whole bytes until `n` more are there or the peer closes; returns what was read. */
size_t client_read(struct harness *self, int fd, void *out, size_t n);
/* True once the peer has closed. Discards what comes before. */
bool client_is_closed(struct harness *self, int fd);

struct response {
    int status;
    char head[8192];
    char *body; /* malloc'd, NUL-ended */
    size_t n;
};

/* One response off a kept-alive connection. status 0: closed before one came. */
struct response client_response(struct harness *self, int fd, bool is_head);
/* A whole exchange on a new connection: request text, then the answer. */
struct response exchange(struct harness *self, const char *request);
/* The value of a header of the response, "" if absent; static storage of the response. */
const char *header(const struct response *response, const char *name, char *buf, size_t size_bytes);
void response_finish(struct response *self);

/* WebSocket. -1 if the server refused; *out_status then holds its status. */
int ws_connect(struct harness *self, const char *extra_headers, int *out_status);
/* The next text frame, malloc'd and NUL-ended; NULL at a close frame or end. Answers pings. */
char *ws_read(struct harness *self, int fd, size_t *out_n);
void ws_send_text(struct harness *self, int fd, const char *text);

#endif
