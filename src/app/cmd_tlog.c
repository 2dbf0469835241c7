/* vigie tlog FILE: a telemetry log for people (what happened, drone by drone) or, with --json,
 * every message as a JSON line. Any ground station's .tlog, MAVLink 1 and 2. */
#include "app/app.h"
#include "app/options.h"

#include "base/file.h"
#include "link/eventwords.h"
#include "link/loss.h"
#include "link/mavfield.h"
#include "link/mavframe.h"
#include "link/tlog.h"
#include "link/vehicle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_SYSTEMS = 256,
    BUF_FULL = 1 << 16, /* bytes to gather before they are written */
    N_RECENT = 32, /* events: more than a drone sends again */
    SEVERITY_INFO = 6 /* MAV_SEVERITY: what is finer is not for people */
};
static const size_t FILE_MAX = (size_t)4 << 30;

struct reading {
    const struct vg_app *app;
    const struct vg_option_list *only; /* names of messages; none: all */
    int64_t sysid; /* 0: all */
    struct vg_event_words *words; /* of --events; NULL: none */
    struct vg_mavframe parser;
    struct vg_us t; /* of the record being read */
    struct vg_us first;
    struct vg_us last;
    uint64_t n_shown;
    struct heard {
        struct vg_vehicle vehicle;
        struct vg_loss loss; /* a log is of one link */
        uint8_t seq; /* the autopilot's newest number */
        int n_events;
        uint16_t recent[N_RECENT]; /* sequence numbers of events: one sent again is not news */
    } * heard[N_SYSTEMS]; /* made when first heard */
    struct vg_buf out;
};

static void flush(struct reading *self, size_t when)
{
    if (self->out.n >= when) {
        fwrite(vg_buf_text(&self->out), 1, self->out.n, stdout);
        vg_buf_reset(&self->out);
    }
}

static bool is_wanted(const struct reading *self, const struct vg_mav_msg *msg)
{
    if (self->sysid > 0 && msg->sysid != self->sysid) {
        return false;
    }
    const char *name = vg_mav_info_find(msg->id)->name;
    for (int i = 0; i < self->only->n; i++) {
        if (strcmp(self->only->text[i], name) == 0) {
            return true;
        }
    }
    return self->only->n == 0;
}

/* ---- as JSON lines ---- */

static void put_line(struct reading *self, const struct vg_mav_msg *msg)
{
    char t[VG_TIME_TEXT_SIZE];
    vg_buf_printf(
        &self->out,
        "{\"t\":\"%s\",\"t_us\":%lld,\"sysid\":%d,\"compid\":%d,\"seq\":%d,\"version\":%d,"
        "\"signed\":%s,\"id\":%u,\"name\":\"%s\",\"fields\":",
        vg_time_format(self->t, t, sizeof t), (long long)self->t.us, msg->sysid, msg->compid,
        msg->seq, msg->is_v1 ? 1 : 2, msg->is_signed ? "true" : "false", msg->id,
        vg_mav_info_find(msg->id)->name);
    vg_mav_fields_json(msg, &self->out);
    vg_buf_puts(&self->out, "}\n");
    flush(self, BUF_FULL);
}

/* ---- for people ---- */

VG_PRINTF(3, 4)
static void put_entry(struct reading *self, int sysid, const char *format, ...)
{
    char t[VG_TIME_TEXT_SIZE];
    char what[VG_EVENT_TEXT_SIZE + 40];
    va_list args;
    va_start(args, format);
    vg_vformat(what, sizeof what, format, args);
    va_end(args);
    vg_time_format(vg_us(self->t.us / VG_US_PER_S * VG_US_PER_S), t, sizeof t);
    vg_buf_printf(&self->out, "%s  %3d  %s\n", t, sysid, what);
}

static void put_changes(struct reading *self, struct vg_vehicle *v)
{
    static const struct {
        uint32_t change;
        const char *words;
    } plain[] = {{VG_VEHICLE_RESTARTED, "the autopilot started again"},
                 {VG_VEHICLE_ARMED, "armed"},
                 {VG_VEHICLE_TOOK_OFF, "took off"},
                 {VG_VEHICLE_LANDED, "landed"},
                 {VG_VEHICLE_DISARMED, "disarmed"}};
    enum vg_lang lang = self->app->lang;
    uint32_t changes = vg_vehicle_take_changes(v);
    if (changes & VG_VEHICLE_MODE) {
        put_entry(self, v->sysid, vg_tr(lang, "mode %s"), v->state.mode_name);
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (changes & plain[i].change) {
            put_entry(self, v->sysid, "%s", vg_tr(lang, plain[i].words));
        }
    }
    if (changes & VG_VEHICLE_REACHED) {
        put_entry(self, v->sysid, vg_tr(lang, "mission item %d reached"), v->mission.reached);
    }
    if (changes & VG_VEHICLE_TEXT) {
        put_entry(self, v->sysid, vg_tr(lang, "says \"%s\""), v->texts[v->newest].text);
    }
}

static bool is_news(struct heard *h, uint16_t sequence)
{
    for (int i = 0; i < h->n_events && i < N_RECENT; i++) {
        if (h->recent[i] == sequence) {
            return false;
        }
    }
    h->recent[h->n_events++ % N_RECENT] = sequence;
    return true;
}

/* In words where --events has them, else by number. */
static void put_event(struct reading *self, struct heard *h, const struct vg_mav_msg *msg)
{
    struct vg_mav_event m;
    struct vg_mavevent e = {0};
    char text[VG_EVENT_TEXT_SIZE];
    vg_mav_event_unpack(msg, &m);
    e.id = m.id;
    memcpy(e.arguments, m.arguments, sizeof e.arguments);
    bool is_shown =
        (m.log_levels & 15) <= SEVERITY_INFO && vg_event_words_is_shown(self->words, m.id);
    if (!is_shown || !is_news(h, m.sequence)) {
        return;
    }
    if (vg_event_words_text(self->words, &e, NULL, text)) {
        put_entry(self, msg->sysid, vg_tr(self->app->lang, "event \"%s\""), text);
    } else {
        put_entry(self, msg->sysid, vg_tr(self->app->lang, "event %lu"), (unsigned long)m.id);
    }
}

static void take_for_people(struct reading *self, const struct vg_mav_msg *msg)
{
    struct heard **place = &self->heard[msg->sysid];
    if (*place == NULL) {
        *place = calloc(1, sizeof **place);
        if (*place == NULL) {
            return;
        }
        vg_vehicle_init(&(*place)->vehicle, msg->sysid);
    }
    struct heard *h = *place;
    uint64_t n_before = h->vehicle.n_heard;
    vg_vehicle_feed(&h->vehicle, msg, self->t);
    bool is_first = h->vehicle.n_heard == 1 && n_before == 0;
    bool is_counted = h->vehicle.n_heard > n_before; /* the autopilot's own */
    if (is_counted && (is_first || vg_loss_count(&h->loss, h->seq, msg->seq))) {
        h->seq = msg->seq;
    }
    put_changes(self, &h->vehicle);
    if (msg->id == VG_MAV_ID_EVENT) {
        put_event(self, h, msg);
    }
    flush(self, BUF_FULL);
}

static void take(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct reading *self = ctx;
    (void)frame;
    if (!is_wanted(self, msg)) {
        return;
    }
    self->n_shown++;
    if (self->app->is_json) {
        put_line(self, msg);
    } else {
        take_for_people(self, msg);
    }
}

static void put_summary(struct reading *self, const struct vg_tlog_reader *reader)
{
    char t[2][VG_TIME_TEXT_SIZE];
    char lasted[64];
    char share[32];
    struct vg_buf *b = &self->out;
    enum vg_lang lang = self->app->lang;
    vg_buf_printf(
        b, vg_tr(lang, "\n%s to %s (%s): %llu messages"),
        vg_time_format(self->first, t[0], sizeof t[0]),
        vg_time_format(self->last, t[1], sizeof t[1]),
        vg_duration_format(vg_us_to_s(vg_us_sub(self->last, self->first)), lasted, sizeof lasted),
        (unsigned long long)self->n_shown);
    const struct vg_mavframe_counts *c = &self->parser.counts;
    vg_buf_printf(b,
                  vg_tr(lang, "; %llu with a wrong checksum, %llu of unknown kind, %llu bytes "
                              "that are no record\n"),
                  (unsigned long long)c->bad_crc, (unsigned long long)c->unknown_id,
                  (unsigned long long)reader->skipped_bytes);
    for (int i = 0; i < N_SYSTEMS; i++) {
        const struct heard *h = self->heard[i];
        uint64_t n = h != NULL ? h->vehicle.n_heard : 0;
        if (n > 0) {
            uint64_t sent = n + h->loss.n_missed;
            vg_buf_printf(b, vg_tr(lang, "drone %d: %llu messages of the autopilot, %s %% lost\n"),
                          i, (unsigned long long)n,
                          vg_decimal_format(lang, 100.0 * (double)h->loss.n_missed / (double)sent,
                                            1, share, sizeof share));
        }
    }
}

static void read_all(struct reading *self, struct vg_tlog_reader *reader)
{
    struct vg_bytes frame;
    vg_mavframe_init(&self->parser);
    while (vg_tlog_next(reader, &self->t, &frame)) {
        if (self->first.us == 0) {
            self->first = self->t;
        }
        self->last = self->t;
        vg_mavframe_feed(&self->parser, frame, take, self);
        vg_mavframe_flush(&self->parser, take, self);
    }
    if (!self->app->is_json && self->parser.counts.messages > 0) {
        put_summary(self, reader);
    }
    flush(self, 1);
}

static enum vg_status check_names(const struct vg_option_list *only, struct vg_error *err)
{
    for (int i = 0; i < only->n; i++) {
        const char *near = NULL;
        bool is_known = false;
        int best = 5;
#define X(id, NAME, crc, min, full)                                                                \
    if (!is_known) {                                                                               \
        int distance = vg_text_distance(only->text[i], #NAME);                                     \
        is_known = distance == 0;                                                                  \
        near = distance < best ? #NAME : near;                                                     \
        best = distance < best ? distance : best;                                                  \
    }
        VG_MAV_LOW_MESSAGES(X)
        VG_MAV_HIGH_MESSAGES(X)
#undef X
        if (!is_known && near != NULL) {
            return vg_fail(err, VG_E_INVALID, "no message \"%s\"; did you mean \"%s\"?",
                           only->text[i], near);
        }
        if (!is_known) {
            return vg_fail(err, VG_E_INVALID, "no message \"%s\"", only->text[i]);
        }
    }
    return VG_OK;
}

static enum vg_status read_words(struct reading *self, const char *path, struct vg_error *err)
{
    struct vg_buf file = {0};
    enum vg_status st = path != NULL ? vg_file_read(path, VG_EVENT_JSON_MAX, &file, err) : VG_OK;
    if (path != NULL && st == VG_OK) {
        const struct vg_bytes data = {(const uint8_t *)file.data, file.n};
        st = vg_event_words_read(data, path, &self->words, err);
    }
    vg_buf_finish(&file);
    return st;
}

int vg_cmd_tlog(const struct vg_app *app, int argc, char **argv)
{
    const char *path[1];
    int n = 0;
    struct vg_option_list only = {0};
    const char *events = NULL;
    struct reading self = {.app = app, .only = &only};
    const struct vg_option options[] = {{"only", VG_OPT_LIST, &only},
                                        {"sysid", VG_OPT_INTEGER, &self.sysid},
                                        {"events", VG_OPT_TEXT, &events}};
    int rc = vg_options_read(app, argc, argv, options, 3, path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0], "a telemetry log (.tlog) is wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_buf file = {0};
    enum vg_status st = check_names(&only, &err);
    if (st == VG_OK) {
        st = read_words(&self, events, &err);
    }
    if (st == VG_OK) {
        st = vg_file_read(path[0], FILE_MAX, &file, &err);
    }
    if (st == VG_OK) {
        struct vg_tlog_reader reader = {.data = {(const uint8_t *)file.data, file.n}};
        read_all(&self, &reader);
        if (self.parser.counts.messages == 0) {
            st = vg_fail(&err, VG_E_FORMAT,
                         "%s: no MAVLink message in %zu bytes; a telemetry log holds, for each "
                         "message, its time (8 bytes) and the message",
                         path[0], file.n);
        }
    }
    for (int i = 0; i < N_SYSTEMS; i++) {
        free(self.heard[i]);
    }
    vg_event_words_destroy(self.words);
    vg_buf_finish(&self.out);
    vg_buf_finish(&file);
    return st == VG_OK ? 0 : vg_app_fail(app, &err);
}
