/* Every event goes through here: into the record, into the watch. */
#include "app/station.h"

#include "app/past.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "plan/replan.h"
#include "watch/describe.h"

#include <math.h>

#include <string.h>
#include <unistd.h>

void vg_station_event(void *ctx, const char *kind, const char *body, size_t n)
{
    struct vg_station *self = ctx;
    struct vg_error err = {.lang = self->app->lang};
    self->counts.n_events++;
    if (vg_record_append(self->record, self->now, kind, body, n, NULL) != VG_OK ||
        vg_watch_apply(&self->watch, self->now, kind, body, n, &err) != VG_OK) {
        self->counts.n_event_errors++;
    }
}

void vg_station_alert(void *ctx, const char *kind, const char *level, int drone, const char *params)
{
    struct vg_station *self = ctx;
    const char *key = drone >= 0 ? self->watchfile.drones[drone].id : "";
    const struct vg_watch_drone *d = drone >= 0 ? vg_watch_drone(&self->watch, key) : NULL;
    vg_rules_raise(&self->watch, kind, level, key, params, d != NULL ? d->lat_deg : (double)NAN,
                   d != NULL ? d->lon_deg : (double)NAN, self->now, vg_station_event, self);
}

void vg_station_alert_over(void *ctx, const char *kind, int drone)
{
    struct vg_station *self = ctx;
    vg_rules_close(&self->watch, kind, self->watchfile.drones[drone].id, "vigie", vg_station_event,
                   self);
}

/* "<name>.vigie" beside the watch file, without what a file name cannot hold. */
static void default_path(const struct vg_watchfile *watch, char *out, size_t size_bytes)
{
    char file[VG_NAME_SIZE + 8];
    vg_format(file, sizeof file, "%s.vigie", watch->name);
    for (char *c = file; *c != '\0'; c++) {
        bool is_bad = *c == '/' || *c == '\\' || (unsigned char)*c < 0x20;
        *c = is_bad || (c == file && *c == '.') ? '-' : *c;
    }
    vg_path_beside(watch->path, file, out, size_bytes);
}

static void choose_path(struct vg_station *self)
{
    if (self->options.record_path != NULL) {
        vg_format(self->record_path, sizeof self->record_path, "%s", self->options.record_path);
        return;
    }
    char own[sizeof self->record_path];
    if (self->watchfile.record[0] != '\0') {
        vg_format(own, sizeof own, "%s", self->watchfile.record);
    } else {
        default_path(&self->watchfile, own, sizeof own);
    }
    size_t n = strlen(own);
    bool is_plain = n > 6 && strcmp(own + n - 6, ".vigie") == 0;
    const char *sim = self->options.is_sim ? "-sim" : ""; /* never lands in the real record */
    vg_format(self->record_path, sizeof self->record_path, "%.*s%s%s", (int)(is_plain ? n - 6 : n),
              own, sim, is_plain ? ".vigie" : "");
}

static void hash_plan(const struct vg_station *self, char out[VG_SHA256_HEX_SIZE])
{
    struct vg_buf text = {0};
    uint8_t sha[VG_SHA256_SIZE];
    vg_plan_format(self->plan, &text);
    vg_sha256(vg_buf_text(&text), text.n, sha);
    vg_hex(sha, sizeof sha, out);
    vg_buf_finish(&text);
}

/* A simulated clock may have run ahead of the real one before a restart: go on from there. */
static void set_time(struct vg_station *self, const struct vg_past_tail *tail)
{
    self->clock = vg_clock_start(self->options.speed);
    if (self->options.is_sim && tail->last_us >= self->clock.utc0_us) {
        self->clock.utc0_us = tail->last_us + VG_US_PER_S;
    }
    self->now = vg_clock_now(&self->clock);
}

/* What a start goes on with. */
struct start {
    char plan_sha[VG_SHA256_HEX_SIZE]; /* the first plan: what was asked for */
    char
        flown_sha[VG_SHA256_HEX_SIZE]; /* the one flown instead, kept beside the record; "": none */
    bool is_again; /* as the record says: its periods go on */
};

/* The same watch goes on with the plan it had; another one is planned for as long as was asked. */
static enum vg_status choose_plan(struct vg_station *self, const struct vg_past_tail *tail,
                                  struct start *out, struct vg_error *err)
{
    *out = (struct start){.is_again = false};
    hash_plan(self, out->plan_sha);
    out->is_again = tail->epoch_us > 0 && strcmp(out->plan_sha, tail->plan_sha256) == 0;
    if (!out->is_again) {
        return vg_station_better_plan(self, out->flown_sha, err);
    }
    if (tail->change_sha256[0] != '\0') {
        vg_station_restore_plan(self, tail->change_sha256);
        if (self->is_plan_kept) {
            vg_format(out->flown_sha, sizeof out->flown_sha, "%s", tail->change_sha256);
        }
    }
    return VG_OK;
}

static void say_start(struct vg_station *self, const struct start *start)
{
    struct vg_buf b = {0};
    vg_watch_describe(&self->watchfile, self->strip, self->plan, self->terrain, &b);
    vg_station_event(self, "watch", b.data, b.n);
    vg_buf_reset(&b);
    vg_buf_printf(&b,
                  "{\"version\":\"" VG_VERSION "\",\"epoch_us\":%lld,\"plan_sha256\":\"%s\","
                  "\"flown_sha256\":\"%s\",\"sim\":%s,\"speed\":%g,\"seed\":%lld}",
                  (long long)self->epoch.us, start->plan_sha, start->flown_sha,
                  self->options.is_sim ? "true" : "false", self->options.speed,
                  (long long)self->options.seed);
    vg_station_event(self, "start", b.data, b.n);
    vg_buf_finish(&b);
}

/* A fleet at rest takes the plan up where it sees most soonest; one that goes by the clock, where
 * the clock is. */
static enum vg_status begin_from_rest(struct vg_station *self, struct vg_error *err)
{
    double phase_s;
    if (self->plan->is_clocked) {
        self->begins = self->now;
        self->epoch = vg_timetable_epoch(self->plan, self->now);
        return VG_OK;
    }
    enum vg_status st = vg_replan_from_rest(&self->watchfile, self->plan, &phase_s, err);
    if (st == VG_OK) {
        double prepare_s = self->options.is_sim ? 20 : 900;
        self->begins = vg_us_add(self->now, vg_us_from_s(prepare_s));
        self->epoch = vg_us_sub(self->begins, vg_us_from_s(phase_s));
    }
    return st;
}

enum vg_status vg_station_open_record(struct vg_station *self, struct vg_error *err)
{
    choose_path(self);
    struct vg_past_tail tail = {.speed = 1};
    const struct vg_watch *watch;
    enum vg_status st = vg_past_create(self->record_path, NULL, &self->past, err);
    if (st == VG_OK && access(self->record_path, F_OK) == 0) {
        st = vg_past_at(self->past, vg_us(INT64_MAX), 0, NULL, &watch, &tail, err);
        if (st == VG_OK) {
            vg_past_take(self->past, &self->watch);
        }
    }
    if (st != VG_OK) {
        return st;
    }
    struct start start;
    st = choose_plan(self, &tail, &start, err);
    if (st != VG_OK) {
        return st;
    }
    set_time(self, &tail);
    char key_path[1200];
    vg_format(key_path, sizeof key_path, "%s.key", self->record_path);
    struct vg_record_options options = {
        .key_path = key_path, .t = self->now, .lang = self->app->lang};
    st = vg_record_open(self->record_path, &options, &self->record, err);
    if (st == VG_OK && !start.is_again) {
        st = begin_from_rest(self, err);
    }
    if (st != VG_OK) {
        return st;
    }
    if (start.is_again) {
        self->epoch = vg_us(tail.epoch_us);
        self->begins = self->epoch;
    }
    say_start(self, &start);
    self->sight.seen = &self->watch.seen;
    return self->watch.description != NULL
               ? VG_OK
               : vg_fail(err, VG_E_INTERNAL, "the watch does not describe itself");
}
