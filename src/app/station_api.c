/* docs/api.md, from the state of the watch. */
#include "app/aboard_api.h"
#include "app/fly_api.h"
#include "app/ground_api.h"
#include "app/reader_api.h"
#include "app/station.h"

#include "base/json.h"
#include "serve/query.h"
#include "terrain/relief.h"
#include "terrain/tile.h"
#include "watch/view.h"

#include <stdlib.h>
#include <string.h>

enum {
    TILE_CACHE_S = 3600
};

static void get_about(struct vg_station *self, struct vg_reply *reply)
{
    vg_buf_printf(&reply->body,
                  "{\"name\":\"vigie\",\"version\":\"" VG_VERSION "\",\"mode\":\"live\","
                  "\"lang\":\"%s\",\"traffic\":%s}",
                  self->app->lang == VG_LANG_FR ? "fr" : "en",
                  self->traffic != NULL ? "true" : "false");
}

/* The description with what belongs to this run put in. */
static void get_watch(struct vg_station *self, struct vg_reply *reply)
{
    json_t *doc = json_copy(self->watch.description);
    json_object_set_new(doc, "start_us", json_integer(self->watch.start_us));
    json_object_set_new(doc, "sim", json_boolean(self->options.is_sim));
    json_object_set_new(doc, "speed", json_real(self->options.speed));
    json_object_set_new(doc, "from_us", json_integer(0));
    json_object_set_new(doc, "to_us", json_integer(0));
    json_object_del(doc, "strip");
    json_object_del(doc, "ways");
    json_object_set_new(doc, "cells", json_true());
    char *text = json_dumps(doc, JSON_COMPACT | JSON_REAL_PRECISION(9));
    vg_buf_puts(&reply->body, text != NULL ? text : "{}");
    free(text);
    json_decref(doc);
}

double vg_station_axis_m(void *ctx, const char *line)
{
    const struct vg_station *self = ctx;
    for (int i = 0; i < self->watch.shape.n_lines; i++) {
        if (strcmp(self->watch.shape.lines[i].name, line) == 0) {
            return self->watch.shape.lines[i].offset_m;
        }
    }
    return -1;
}

static void get_chart(struct vg_station *self, const char *query, struct vg_reply *reply)
{
    int64_t from_us;
    int64_t to_us;
    if (!vg_query_int64(query, "from_us", &from_us) || !vg_query_int64(query, "to_us", &to_us) ||
        from_us < 0 || to_us < from_us) {
        vg_reply_error(reply, 400, "from_us and to_us are wanted");
        return;
    }
    int64_t limit_us = from_us + 14 * 86400 * VG_US_PER_S;
    to_us = to_us < limit_us ? to_us : limit_us;
    vg_view_chart(&self->watch, vg_us(from_us), vg_us(to_us), &reply->body);
    vg_buf_puts(&reply->body, ",\"planned\":");
    int64_t plan_from_us = from_us > self->now.us ? from_us : self->now.us;
    const struct vg_timetable timetable = {self->plan, self->epoch, self->begins};
    vg_timetable_passes(&timetable, vg_us(plan_from_us), vg_us(to_us), vg_station_axis_m, self,
                        &reply->body);
    vg_buf_puts(&reply->body, "}");
}

static void get_mission(struct vg_station *self, const char *id, struct vg_reply *reply)
{
    const char *hash = strrchr(id, '#');
    size_t n = hash != NULL ? (size_t)(hash - id) : strlen(id);
    const struct vg_plan_sortie *s = vg_station_find_sortie(self, id, n);
    if (s == NULL) {
        vg_reply_error(reply, 404, "no such sortie");
        return;
    }
    vg_buf_puts(&reply->body, "{\"id\":");
    vg_buf_json(&reply->body, id);
    vg_buf_puts(&reply->body, ",\"coordinates\":[");
    for (int k = 0; k < s->n_track; k++) {
        vg_buf_printf(&reply->body, "%s[%.5f,%.5f,%.0f]", k > 0 ? "," : "", s->track[k].lon_deg,
                      s->track[k].lat_deg, s->track[k].alt_msl_m);
    }
    vg_buf_puts(&reply->body, "]}");
}

static void get_aboard(struct vg_station *self, const char *id, struct vg_reply *reply)
{
    int drone = vg_watchfile_find_drone(&self->watchfile, id);
    if (drone < 0) {
        vg_reply_error(reply, 404, "no such drone");
        return;
    }
    vg_aboard_json(id, vg_director_aboard(self->director, drone),
                   vg_director_vehicle(self->director, drone), &reply->body);
}

static void get_tile(struct vg_station *self, const struct vg_route_args *args,
                     struct vg_reply *reply)
{
    int64_t z;
    int64_t x;
    int64_t y;
    if (!vg_route_int64(args, 0, 0, 18, &z) || !vg_route_int64(args, 1, 0, (1 << z) - 1, &x) ||
        !vg_route_int64(args, 2, 0, (1 << z) - 1, &y) ||
        vg_terrain_tile_png(self->terrain, (int)z, (int)x, (int)y, &reply->body, NULL) != VG_OK) {
        vg_reply_error(reply, 404, "no such tile");
        return;
    }
    reply->content_type = "image/png";
    reply->cache_s = TILE_CACHE_S;
}

static void get_relief_tile(struct vg_station *self, const struct vg_route_args *args,
                            struct vg_reply *reply)
{
    static const char *const KINDS[] = {"shade", "slope", "contour"};
    int64_t at[3] = {0};
    int kind = 0;
    while (kind < 3 && strcmp(KINDS[kind], args->text[0]) != 0) {
        kind++;
    }
    bool is_good = kind < 3 && vg_route_int64(args, 1, 0, 18, &at[0]) &&
                   vg_route_int64(args, 2, 0, (1 << at[0]) - 1, &at[1]) &&
                   vg_route_int64(args, 3, 0, (1 << at[0]) - 1, &at[2]);
    if (!is_good || vg_relief_tile_png(self->terrain, (enum vg_relief)kind, (int)at[0], (int)at[1],
                                       (int)at[2], &reply->body, NULL) != VG_OK) {
        vg_reply_error(reply, 404, "no such tile");
        return;
    }
    reply->content_type = "image/png";
    reply->cache_s = TILE_CACHE_S;
}

static void get_status(struct vg_station *self, struct vg_reply *reply)
{
    struct vg_buf *b = &reply->body;
    struct vg_record_status r;
    vg_record_status(self->record, &r);
    vg_buf_printf(
        b,
        "{\"now_us\":%lld,\"events\":%llu,\"event_errors\":%llu,\"refused_commands\":%llu,"
        "\"unroutable\":%llu,\"loop_max_us\":%lld,\"away_us\":%lld,\"frames\":%lld,",
        (long long)self->now.us, (unsigned long long)self->counts.n_events,
        (unsigned long long)self->counts.n_event_errors, (unsigned long long)self->counts.n_refused,
        (unsigned long long)self->counts.n_unroutable, (long long)self->counts.loop_max_us,
        (long long)self->counts.away_us, (long long)self->sight.n_frames);
    vg_buf_printf(b,
                  "\"record\":{\"appended\":%lld,\"durable\":%lld,\"signed\":%lld,\"stalled\":%s,"
                  "\"queue_peak_bytes\":%zu},\"links\":[",
                  (long long)r.appended_seq, (long long)r.durable_seq, (long long)r.signed_seq,
                  r.is_stalled ? "true" : "false", r.queued_peak_bytes);
    for (int k = 0; k < self->n_links; k++) {
        const struct vg_station_link *l = &self->links[k];
        const struct vg_mavframe_counts c = vg_link_counts(l);
        const struct vg_port_counts *p = vg_port_counts(l->port);
        vg_buf_puts(b, k > 0 ? ",{\"to\":" : "{\"to\":");
        vg_buf_json(b, l->name);
        vg_buf_printf(
            b,
            ",\"port\":%d,\"open\":%s,\"messages\":%llu,\"bad_crc\":%llu,"
            "\"bad_signature\":%llu,\"unknown_id\":%llu,\"lost\":%llu,\"strangers\":%llu,",
            vg_addr_port(&l->uri.addr), vg_port_is_open(l->port) ? "true" : "false",
            (unsigned long long)c.messages, (unsigned long long)c.bad_crc,
            (unsigned long long)c.bad_signature, (unsigned long long)c.unknown_id,
            (unsigned long long)c.lost, (unsigned long long)l->n_unknown);
        vg_buf_printf(b,
                      "\"rx_bytes\":%llu,\"tx_bytes\":%llu,\"tx_dropped\":%llu,"
                      "\"over_budget\":%llu}",
                      (unsigned long long)p->rx_bytes, (unsigned long long)p->tx_bytes,
                      (unsigned long long)p->tx_refused, (unsigned long long)l->outbox.n_dropped);
    }
    vg_buf_puts(b, "],");
    vg_moments_status(self->moments, b);
    vg_buf_puts(b, ",");
    vg_planning_status(self->planning, b);
    vg_buf_puts(b, ",");
    vg_station_tracks_status(self->tracks, b);
    vg_buf_puts(b, ",\"server\":");
    vg_server_counters_json(self->server, b);
    vg_buf_puts(b, "}");
}

void vg_station_get(void *ctx, const char *path, const char *query, struct vg_reply *reply)
{
    struct vg_station *self = ctx;
    struct vg_route_args args;
    struct vg_ground_api ground = {&self->watch, self->strip, &self->watchfile.targets,
                                   self->moments};
    if (strcmp(path, "/api/about") == 0) {
        get_about(self, reply);
    } else if (strcmp(path, "/api/watch") == 0) {
        get_watch(self, reply);
    } else if (strcmp(path, "/api/chart") == 0) {
        get_chart(self, query, reply);
    } else if (strcmp(path, "/api/traffic") == 0) {
        vg_station_traffic_json(self->traffic, &reply->body);
    } else if (strcmp(path, "/status") == 0) {
        get_status(self, reply);
    } else if (strcmp(path, "/api/at") == 0) {
        vg_moments_get_picture(self->moments, query, reply);
    } else if (vg_route_match("/api/mission/{id}", path, &args)) {
        get_mission(self, args.text[0], reply);
    } else if (vg_route_match("/api/drones/{id}/aboard", path, &args)) {
        get_aboard(self, args.text[0], reply);
    } else if (vg_route_match("/api/drones/{id}", path, &args)) {
        vg_fly_api_get(self, args.text[0], query, reply);
    } else if (vg_route_match("/tiles/dem/{z}/{x}/{y}.png", path, &args)) {
        get_tile(self, &args, reply);
    } else if (vg_route_match("/tiles/relief/{kind}/{z}/{x}/{y}.png", path, &args)) {
        get_relief_tile(self, &args, reply);
    } else if (!vg_reader_api_get(self, path, reply) &&
               !vg_ground_get(&ground, path, query, reply)) {
        vg_reply_error(reply, 404, "nothing here");
    }
}

void vg_station_hello(void *ctx, struct vg_buf *out)
{
    struct vg_station *self = ctx;
    struct vg_view_frame frame = {self->now, self->delta_seq, self->options.is_sim,
                                  self->options.speed};
    vg_view_snapshot(&self->watch, &frame, out);
}

/* ---- acts ---- */

/* What the body of an act says. */
struct told {
    char by[48];
    char detail[VG_NAME_SIZE]; /* "base", "point" or "act"; "" where none is said */
};

/* {"by":"name"}, checked. False: answered with what is wrong. */
static bool read_told(const char *body, size_t n, struct told *out, struct vg_reply *reply)
{
    json_t *doc;
    const char *by;
    const char *detail = "";
    struct vg_error err = {0};
    if (vg_json_parse(body, n, "body", &doc, &err) != VG_OK) {
        vg_reply_error(reply, 400, err.message);
        return false;
    }
    enum vg_status st = vg_json_text(doc, "by", &by, &err);
    bool is_good = st == VG_OK && by[0] != '\0' && strlen(by) < sizeof out->by;
    if (is_good && vg_json_text(doc, "base", &detail, NULL) != VG_OK &&
        vg_json_text(doc, "point", &detail, NULL) != VG_OK &&
        vg_json_text(doc, "act", &detail, NULL) != VG_OK) {
        detail = "";
    }
    if (is_good) {
        vg_format(out->by, sizeof out->by, "%s", by);
        vg_format(out->detail, sizeof out->detail, "%s", detail);
    } else {
        vg_reply_error(reply, 400, "\"by\" must be a name of 1 to 47 bytes");
    }
    json_decref(doc);
    return is_good;
}

/* The answer goes out when everything appended so far is on disk. */
static void answer_when_durable(struct vg_station *self, struct vg_reply *reply)
{
    struct vg_record_status s;
    vg_record_status(self->record, &s);
    if (self->n_pending == VG_STATION_PENDING_MAX) {
        return; /* answered at once: nothing is lost, it is only not yet proven to be on disk */
    }
    struct vg_station_pending *p = &self->pending[self->n_pending];
    p->seq = s.appended_seq;
    p->body = reply->body;
    reply->body = (struct vg_buf){0};
    p->reply = vg_server_defer(self->server, reply);
    if (p->reply.generation != 0) {
        self->n_pending++;
    } else {
        vg_buf_finish(&p->body);
    }
}

void vg_station_answer_durable(struct vg_station *self)
{
    int64_t durable_seq = self->n_pending > 0 ? vg_record_durable_seq(self->record) : 0;
    int kept = 0;
    for (int i = 0; i < self->n_pending; i++) {
        struct vg_station_pending *p = &self->pending[i];
        if (p->seq > durable_seq) {
            self->pending[kept++] = *p;
            continue;
        }
        struct vg_reply reply = {
            .http_status = 200, .content_type = "application/json; charset=utf-8", .body = p->body};
        vg_server_complete(self->server, p->reply, &reply);
    }
    self->n_pending = kept;
}

static void post_alert(struct vg_station *self, const char *id, const char *verb, const char *by,
                       struct vg_reply *reply)
{
    struct vg_error err = {.lang = self->app->lang};
    const char *state = strcmp(verb, "take") == 0    ? "taken"
                        : strcmp(verb, "close") == 0 ? "closed"
                                                     : NULL;
    if (state == NULL) {
        vg_reply_error(reply, 404, "nothing here");
    } else if (vg_rules_set(&self->watch, id, state, by, vg_station_event, self, &err) != VG_OK) {
        vg_reply_error(reply, err.status == VG_E_NOT_FOUND ? 404 : 409, err.message);
    } else {
        vg_view_alert(vg_watch_alert(&self->watch, id), &reply->body);
        answer_when_durable(self, reply);
    }
}

void vg_station_post(void *ctx, const char *path, const char *body, size_t n,
                     struct vg_reply *reply)
{
    struct vg_station *self = ctx;
    struct vg_route_args args;
    struct told told;
    if (strcmp(path, "/api/plan") == 0) {
        vg_planning_ask(self->planning, body, n, self->plan, self->now, reply);
        return;
    }
    bool is_alert = vg_route_match("/api/alerts/{id}/{verb}", path, &args);
    bool is_sortie = !is_alert && vg_route_match("/api/sorties/{id}/{verb}", path, &args);
    bool is_drone =
        !is_alert && !is_sortie && vg_route_match("/api/drones/{id}/{verb}", path, &args);
    bool is_read = vg_reader_api_is(path);
    bool is_report = strcmp(path, "/api/reports") == 0;
    if (!is_alert && !is_sortie && !is_drone && !is_read && !is_report) {
        vg_reply_error(reply, 404, "nothing here");
        return;
    }
    if (!read_told(body, n, &told, reply)) {
        return;
    }
    const struct vg_fly_api_act act = {args.text[0], args.text[1], told.by, told.detail};
    if (is_report) {
        if (vg_station_tracks_report(self->tracks, told.by, body, n, reply)) {
            answer_when_durable(self, reply);
        }
    } else if (is_read) {
        (void)vg_reader_api_post(self, path, reply);
    } else if (is_alert) {
        post_alert(self, args.text[0], args.text[1], told.by, reply);
    } else if (is_sortie ? vg_fly_api_sortie(self, &act, reply)
                         : vg_fly_api_drone(self, &act, reply)) {
        answer_when_durable(self, reply);
    }
}
