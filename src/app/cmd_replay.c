/* vigie replay RECORD: a finished watch on the same page; the slider asks for moments. */
#include "app/app.h"
#include "app/ground_api.h"
#include "app/options.h"
#include "base/json.h"
#include "io/signals.h"
#include "io/timer.h"
#include "watch/view.h"
#include "watch/ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replay {
    const struct vg_app *app;
    const char *path;
    struct vg_watch watch; /* at the end of the record */
    struct vg_past_tail tail;
    struct vg_strip *strip; /* NULL: an old record */
    struct vg_wf_targets targets;
    struct vg_moments *moments;
    uv_loop_t loop;
    struct vg_server *server;
    struct vg_work *work;
    struct vg_signals *signals;
    struct vg_timer *timer;
};

static void get_watch(const struct replay *self, struct vg_reply *reply)
{
    json_t *doc = json_copy(self->watch.description);
    json_object_set_new(doc, "start_us", json_integer(self->watch.start_us));
    json_object_set_new(doc, "from_us", json_integer(self->watch.start_us));
    json_object_set_new(doc, "to_us", json_integer(self->tail.last_us));
    json_object_set_new(doc, "sim", json_boolean(self->tail.is_sim));
    json_object_set_new(doc, "speed", json_integer(0));
    json_object_set_new(doc, "terrain", json_null()); /* elevation is not in the record */
    json_object_del(doc, "strip");
    json_object_del(doc, "ways");
    json_object_set_new(doc, "cells", json_boolean(self->strip != NULL));
    char *text = json_dumps(doc, JSON_COMPACT | JSON_REAL_PRECISION(9));
    vg_buf_puts(&reply->body, text != NULL ? text : "{}");
    free(text);
    json_decref(doc);
}

static void get_chart(const struct replay *self, const char *query, struct vg_reply *reply)
{
    int64_t from_us;
    int64_t to_us;
    if (!vg_query_int64(query, "from_us", &from_us) || !vg_query_int64(query, "to_us", &to_us)) {
        vg_reply_error(reply, 400, "from_us and to_us are wanted");
        return;
    }
    vg_view_chart(&self->watch, vg_us(from_us), vg_us(to_us), &reply->body);
    vg_buf_puts(&reply->body, ",\"planned\":[]}");
}

static void on_get(void *ctx, const char *path, const char *query, struct vg_reply *reply)
{
    struct replay *self = ctx;
    struct vg_ground_api ground = {&self->watch, self->strip, &self->targets, self->moments};
    if (strcmp(path, "/api/about") == 0) {
        vg_buf_printf(&reply->body,
                      "{\"name\":\"vigie\",\"version\":\"" VG_VERSION "\",\"mode\":\"replay\","
                      "\"lang\":\"%s\"}",
                      self->app->lang == VG_LANG_FR ? "fr" : "en");
    } else if (strcmp(path, "/api/watch") == 0) {
        get_watch(self, reply);
    } else if (strcmp(path, "/api/chart") == 0) {
        get_chart(self, query, reply);
    } else if (strcmp(path, "/api/at") == 0) {
        vg_moments_get_picture(self->moments, query, reply);
    } else if (!vg_ground_get(&ground, path, query, reply)) {
        vg_reply_error(reply, 404, "nothing here");
    }
}

static void on_post(void *ctx, const char *path, const char *body, size_t n, struct vg_reply *reply)
{
    (void)ctx;
    (void)path;
    (void)body;
    (void)n;
    vg_reply_error(reply, 409, "a replay changes nothing");
}

static void on_hello(void *ctx, struct vg_buf *out)
{
    struct replay *self = ctx;
    struct vg_view_frame frame = {vg_us(self->tail.last_us), 0, self->tail.is_sim, 0};
    vg_view_snapshot(&self->watch, &frame, out);
}

static void on_signal(void *ctx, int signum)
{
    (void)signum;
    uv_stop(&((struct replay *)ctx)->loop);
}

static void on_end(void *ctx)
{
    uv_stop(&((struct replay *)ctx)->loop);
}

/* The end of the record, and what leads to any moment before it. */
static enum vg_status read_record(struct replay *self, struct vg_past **out, struct vg_error *err)
{
    const struct vg_watch *end;
    struct vg_past *past;
    enum vg_status st = vg_past_create(self->path, NULL, &past, err);
    if (st != VG_OK) {
        return st;
    }
    st = vg_past_at(past, vg_us(INT64_MAX), 0, NULL, &end, &self->tail, err);
    if (st == VG_OK && end->description == NULL) {
        st = vg_fail(err, VG_E_FORMAT, "%s holds no watch", self->path);
    }
    if (st == VG_OK) {
        vg_past_take(past, &self->watch);
        st = vg_ways_strip(self->watch.description, &self->watch.shape, &self->strip, err);
        st = st == VG_E_NOT_FOUND ? VG_OK : st; /* without cells, then */
        vg_ways_targets(self->watch.description, &self->targets);
    }
    if (st != VG_OK) {
        vg_past_destroy(past);
        return st;
    }
    *out = past;
    return VG_OK;
}

static enum vg_status open_all(struct replay *self, const char *listen, double for_s,
                               struct vg_error *err)
{
    struct vg_past *past = NULL;
    enum vg_status st = read_record(self, &past, err);
    struct vg_server_options options = {.loop = &self->loop,
                                        .listen = listen,
                                        .assets = vg_assets_embedded(),
                                        .get = on_get,
                                        .post = on_post,
                                        .hello = on_hello,
                                        .ctx = self};
    if (st != VG_OK || (st = vg_work_create(&self->loop, 16, &self->work, err)) != VG_OK ||
        (st = vg_signals_create(&self->loop, on_signal, self, &self->signals, err)) != VG_OK ||
        (st = vg_server_create(&options, &self->server, err)) != VG_OK) {
        vg_past_destroy(past);
        return st;
    }
    struct vg_moments_options asked = {self->server, self->work, self->strip, self->targets};
    if ((st = vg_moments_create(&asked, past, &self->moments, err)) != VG_OK) {
        return st;
    }
    if (for_s > 0) {
        st =
            vg_timer_create(&self->loop, (uint64_t)(for_s * 1000), on_end, self, &self->timer, err);
    }
    return st;
}

static int serve(const struct vg_app *app, const char *path, const char *listen, double for_s)
{
    struct replay *self = calloc(1, sizeof *self);
    struct vg_error err = {.lang = app->lang};
    if (self == NULL) {
        vg_fail(&err, VG_E_NO_MEMORY, "out of memory");
        return vg_app_fail(app, &err);
    }
    self->app = app;
    self->path = path;
    uv_loop_init(&self->loop);
    int rc = 0;
    if (open_all(self, listen, for_s, &err) == VG_OK) {
        if (app->is_json) {
            printf("{\"page\":\"%s\"}\n", vg_server_url(self->server));
        } else {
            printf(vg_tr(app->lang, "Page    %s\n"), vg_server_url(self->server));
        }
        fflush(stdout);
        uv_run(&self->loop, UV_RUN_DEFAULT);
    } else {
        rc = vg_app_fail(app, &err);
    }
    vg_signals_destroy(self->signals);
    vg_timer_destroy(self->timer);
    vg_work_destroy(self->work);
    vg_server_destroy(self->server);
    uv_run(&self->loop, UV_RUN_DEFAULT);
    uv_loop_close(&self->loop);
    vg_moments_destroy(self->moments);
    vg_strip_destroy(self->strip);
    vg_watch_finish(&self->watch);
    free(self);
    return rc;
}

int vg_cmd_replay(const struct vg_app *app, int argc, char **argv)
{
    const char *path[1];
    const char *listen = "127.0.0.1:8080";
    double for_s = 0;
    int n = 0;
    const struct vg_option options[] = {{"listen", VG_OPT_TEXT, &listen},
                                        {"for", VG_OPT_DURATION, &for_s}};
    int rc = vg_options_read(app, argc, argv, options, 2, path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0], "a record is wanted");
    }
    return serve(app, path[0], listen, for_s);
}
