/* The page's server alone, for clients that are not ours (check.mjs): prints its port, publishes
 * numbered texts every 20 ms, ends at the end of its input. */
#include "base/text.h"
#include "io/timer.h"
#include "serve/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct peer {
    uv_loop_t loop;
    uv_pipe_t input;
    struct vg_server *server;
    struct vg_timer *timer;
    int n_published;
};

static void on_get(void *ctx, const char *path, const char *query, struct vg_reply *reply)
{
    (void)ctx;
    vg_buf_puts(&reply->body, "{\"path\":");
    vg_buf_json(&reply->body, path);
    vg_buf_puts(&reply->body, ",\"query\":");
    vg_buf_json(&reply->body, query);
    vg_buf_puts(&reply->body, "}");
}

static void on_post(void *ctx, const char *path, const char *body, size_t n, struct vg_reply *reply)
{
    (void)n;
    on_get(ctx, path, body, reply);
}

/* About 200 kB, so that lengths take their longest form. */
static void on_hello(void *ctx, struct vg_buf *out)
{
    const struct peer *self = ctx;
    vg_buf_printf(out, "{\"seq\":%d,\"pad\":\"", self->n_published);
    while (out->n < 200000) {
        vg_buf_puts(out, "\xc3\xa9tape ");
    }
    vg_buf_puts(out, "\"}");
}

static void on_tick(void *ctx)
{
    struct peer *self = ctx;
    char text[64];
    size_t n = vg_format(text, sizeof text, "{\"seq\":%d}", ++self->n_published);
    vg_server_publish(self->server, text, n);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    static char bytes[64];
    (void)handle;
    (void)suggested;
    *out = uv_buf_init(bytes, sizeof bytes);
}

static void on_input(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct peer *self = stream->data;
    (void)buf;
    if (n < 0) {
        vg_timer_destroy(self->timer);
        vg_server_destroy(self->server);
        uv_close((uv_handle_t *)stream, NULL);
    }
}

int main(void)
{
    struct peer *self = calloc(1, sizeof *self);
    struct vg_error err = {0};
    if (self == NULL || uv_loop_init(&self->loop) != 0) {
        return 1;
    }
    struct vg_server_options options = {.loop = &self->loop,
                                        .listen = "127.0.0.1:0",
                                        .assets = vg_assets_embedded(),
                                        .get = on_get,
                                        .post = on_post,
                                        .hello = on_hello,
                                        .ctx = self};
    if (vg_server_create(&options, &self->server, &err) != VG_OK ||
        vg_timer_create(&self->loop, 20, on_tick, self, &self->timer, &err) != VG_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    uv_pipe_init(&self->loop, &self->input, 0);
    self->input.data = self;
    if (uv_pipe_open(&self->input, 0) != 0 ||
        uv_read_start((uv_stream_t *)&self->input, give_buffer, on_input) != 0) {
        return 1;
    }
    printf("%d\n", vg_server_port(self->server));
    fflush(stdout);
    uv_run(&self->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&self->loop);
    free(self);
    return rc == 0 ? 0 : 1;
}
