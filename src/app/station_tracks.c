#include "app/station_tracks.h"

#include "app/station.h"
#include "app/station_scans.h"
#include "app/track_tell.h"

#include "base/json.h"
#include "base/numbers.h"
#include "base/units.h"
#include "io/port.h"
#include "track/params.h"
#include "track/track_json.h"
#include "watch/tracks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP_US = 1000000,
    INPUTS_MAX = VG_WF_MEASUREMENTS + 1, /* and the simulated cameras */
    SHOWN_MAX = 4096, /* tracks asked for at once */
    LINE_MAX_BYTES = 65536,
    SEEN_EVERY_S = 5, /* if it moved, else ... */
    STILL_EVERY_S = 15,
    UNSEEN_EVERY_S = 60,
    FORGET_S = 600, /* of tracks that the tracker knows nothing of after a restart */
    AHEAD_S = 5, /* measurements of a later time than now: a clock is wrong */
    NOTE_MAX = 200
};

/* Bytes of one input, cut into lines. */
struct input {
    struct vg_station_tracks *tracks;
    struct vg_port *port;
    bool is_datagram;
    char name[VG_WF_LINK_SIZE];
    struct vg_buf line;
    bool is_too_long;
};

struct counts {
    uint64_t n_lines;
    uint64_t n_bad; /* lines that are none, or that the tracker refuses */
    uint64_t n_out_of_time;
    uint64_t n_told;
    uint64_t n_put_off; /* for the rate */
};

struct vg_station_tracks {
    struct vg_station *station;
    struct vg_track_teller teller;
    struct vg_tracker *tracker;
    uint64_t first_id; /* of the tracker's ids; those before are older starts' */
    struct input inputs[INPUTS_MAX];
    int n_inputs;
    char sim_to[64];
    struct vg_station_scans scans;
    double newest_s; /* of scans, since their start */
    struct vg_us stepped;
    struct vg_us warned; /* of a bad line, on stderr */
    struct vg_track *shown;
    struct vg_buf text;
    struct counts counts;
};

/* A border is empty: a few people in a hundred square kilometres, where the tracker's own setting
 * stands for scenes a hundred times as full. Fewer to be expected means that chance sightings are
 * believed later, and that who comes back after a gap is sooner believed to be the same; he is
 * expected back for ten minutes. */
static struct vg_track_params scene(void)
{
    struct vg_track_params p = vg_track_defaults();
    p.unseen_per_m2 = 2e-7;
    p.link_per_m2 = 1e-6;
    p.life_s = 3600;
    p.link_max_s = 600;
    p.confirm_hits = 3;
    p.max_tracks = SHOWN_MAX;
    return p;
}

/* ---- what comes in ---- */

/* What the scans are counted from, seconds UTC. */
static double start_s(const struct vg_station_tracks *self)
{
    return vg_scan_reader_start_s(self->scans.reader);
}

static enum vg_status take_scan(struct vg_station_tracks *self, const struct vg_scan *scan,
                                struct vg_error *err)
{
    if (scan->t_s > vg_us_to_s(self->station->now) - start_s(self) + AHEAD_S) {
        self->counts.n_out_of_time++;
        return VG_OK;
    }
    enum vg_status st = vg_tracker_scan(self->tracker, scan, err);
    self->newest_s = st == VG_OK ? fmax(self->newest_s, scan->t_s) : self->newest_s;
    return st;
}

static void take_line(struct input *in, const char *line, size_t n)
{
    struct vg_station_tracks *self = in->tracks;
    struct vg_station *station = self->station;
    struct vg_error err = {.lang = station->app->lang};
    if (n == 0) {
        return;
    }
    self->counts.n_lines++;
    struct vg_scan scan;
    if (vg_station_scans_read(&self->scans, line, n, &scan, &err) == VG_OK &&
        take_scan(self, &scan, &err) == VG_OK) {
        return;
    }
    self->counts.n_bad++;
    if (self->warned.us == 0 || station->now.us - self->warned.us >= 60 * VG_US_PER_S) {
        char text[512];
        self->warned = station->now;
        fprintf(stderr, vg_tr(station->app->lang, "vigie: measurements from %s: %s\n"), in->name,
                vg_error_text(&err, text, sizeof text));
    }
}

static void end_line(struct input *in)
{
    if (!in->is_too_long) {
        take_line(in, vg_buf_text(&in->line), in->line.n);
    } else {
        in->tracks->counts.n_bad++;
    }
    in->is_too_long = false;
    vg_buf_reset(&in->line);
}

static void take_bytes(void *ctx, const struct vg_port_peer *from, const uint8_t *data, size_t n)
{
    struct input *in = ctx;
    struct vg_station *station = in->tracks->station;
    (void)from;
    station->now = vg_clock_now(&station->clock);
    for (size_t i = 0; i < n;) {
        const uint8_t *end = memchr(data + i, '\n', n - i);
        size_t k = end != NULL ? (size_t)(end - data) - i : n - i;
        in->is_too_long = in->is_too_long || in->line.n + k > LINE_MAX_BYTES;
        if (!in->is_too_long) {
            vg_buf_add(&in->line, data + i, k);
        }
        i += k + 1;
        if (end != NULL) {
            end_line(in);
        }
    }
    if (in->is_datagram && in->line.n > 0) {
        end_line(in);
    }
}

static void take_state(void *ctx, const struct vg_port_peer *peer, bool is_open, const char *why)
{
    struct input *in = ctx;
    (void)peer, (void)is_open, (void)why;
    vg_buf_reset(&in->line); /* of another connection, or torn */
}

/* ---- coming up, going down ---- */

static enum vg_status open_input(struct vg_station_tracks *self, const struct vg_link_uri *uri,
                                 const char *name, struct vg_error *err)
{
    struct input *in = &self->inputs[self->n_inputs];
    *in = (struct input){.tracks = self};
    in->is_datagram = uri->kind == VG_LINK_URI_UDP_IN || uri->kind == VG_LINK_URI_UDP_OUT;
    vg_format(in->name, sizeof in->name, "%s", name);
    const struct vg_port_calls calls = {take_bytes, take_state, in};
    enum vg_status st = vg_port_open(&self->station->loop, uri, &calls, &in->port, err);
    self->n_inputs += st == VG_OK;
    return st;
}

static enum vg_status open_given(struct vg_station_tracks *self, struct vg_error *err)
{
    const struct vg_watchfile *wf = &self->station->watchfile;
    enum vg_status st = VG_OK;
    for (int i = 0; i < wf->n_measurements && st == VG_OK; i++) {
        const struct vg_wf_measurements *m = &wf->measurements[i];
        struct vg_link_uri uri;
        struct vg_error local = {.lang = err->lang};
        if (vg_link_uri_parse(m->to, &uri, &local) != VG_OK) {
            return vg_fail_at(err, wf->path, m->line, m->column, "%s", local.message);
        }
        st = open_input(self, &uri, m->to, err);
    }
    return st;
}

/* A port of its own for the simulated cameras, on this computer only. */
static enum vg_status open_sim(struct vg_station_tracks *self, struct vg_error *err)
{
    struct vg_link_uri uri = {.kind = VG_LINK_URI_UDP_IN};
    enum vg_status st = vg_addr_make("127.0.0.1", 0, &uri.addr, err);
    if (st == VG_OK) {
        st = open_input(self, &uri, "sim", err);
    }
    if (st == VG_OK) {
        vg_format(self->sim_to, sizeof self->sim_to, "udpout:127.0.0.1:%d",
                  vg_port_number(self->inputs[self->n_inputs - 1].port));
    }
    return st;
}

enum vg_status vg_station_tracks_open(struct vg_station *station, struct vg_station_tracks **out,
                                      struct vg_error *err)
{
    const struct vg_watchfile *wf = &station->watchfile;
    struct vg_station_tracks *self = calloc(1, sizeof *self);
    struct vg_track *shown = calloc(SHOWN_MAX, sizeof *shown);
    if (self == NULL || shown == NULL) {
        free(self);
        free(shown);
        return vg_no_memory(err);
    }
    self->station = station;
    self->shown = shown;
    self->first_id = (uint64_t)(station->watch.next_track > 0 ? station->watch.next_track : 1);
    struct vg_track_params params = scene();
    enum vg_status st = vg_station_scans_open(&self->scans, wf, vg_us_to_s(station->now), err);
    if (st == VG_OK) {
        self->teller = (struct vg_track_teller){.watch = wf,
                                                .strip = station->strip,
                                                .scans = self->scans.reader,
                                                .near_m = 2 * wf->depth_m + 2000};
        st = vg_tracker_new(&params, &self->tracker, err);
    }
    if (st == VG_OK) {
        st = open_given(self, err);
    }
    if (st == VG_OK && station->options.is_sim) {
        st = open_sim(self, err);
    }
    if (st != VG_OK) {
        vg_station_tracks_close(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_station_tracks_close(struct vg_station_tracks *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; i < self->n_inputs; i++) {
        vg_port_close(self->inputs[i].port);
        vg_buf_finish(&self->inputs[i].line);
    }
    vg_tracker_free(self->tracker);
    vg_station_scans_close(&self->scans);
    vg_buf_finish(&self->text);
    free(self->shown);
    free(self);
}

const char *vg_station_tracks_sim_to(const struct vg_station_tracks *self)
{
    return self->sim_to;
}

/* ---- once a second ---- */

static const double MOVED_M = 10;
static const double WIDE_M = 73; /* 95 %: 30 m, one sigma, as the tracker takes for a beginning */

static double told_every_s(const struct vg_track *t, const struct vg_track_place *place,
                           const struct vg_watch_track *told)
{
    if (t->state != VG_TRACK_CONFIRMED) {
        return UNSEEN_EVERY_S;
    }
    double moved_m =
        vg_geo_distance_m(told->lat_deg, told->lon_deg, place->lat_deg, place->lon_deg);
    return moved_m >= MOVED_M ? SEEN_EVERY_S : STILL_EVERY_S;
}

/* Is there anything new to say of it? */
static bool is_news(const struct vg_station_tracks *self, const struct vg_track *t,
                    const struct vg_track_place *place, const struct vg_watch_track *told)
{
    if (told == NULL) {
        return t->state == VG_TRACK_CONFIRMED;
    }
    if (vg_watch_track_is_over(told)) {
        return false;
    }
    if (t->state != VG_TRACK_TENTATIVE && strcmp(told->state, vg_track_state_name(t->state)) != 0) {
        return true;
    }
    bool is_over_line =
        told->side != 0 && place->line >= 0 && place->side_m * told->side < -2.5 * place->side_sd_m;
    bool is_in_zone = place->zone[0] != '\0' && told->zone[0] == '\0';
    double since_s = vg_us_to_s(self->station->now) - (double)told->t_us / 1e6;
    return (t->state == VG_TRACK_CONFIRMED && (is_over_line || is_in_zone)) ||
           since_s >= told_every_s(t, place, told);
}

static void tell(struct vg_station_tracks *self, const struct vg_track *t, int *n)
{
    char name[24];
    uint64_t id = self->first_id + t->id - 1;
    vg_format(name, sizeof name, "T%llu", (unsigned long long)id);
    const struct vg_watch_track *told = vg_watch_track(&self->station->watch, name);
    struct vg_track_place place;
    vg_track_place(&self->teller, t, &place);
    if (!is_news(self, t, &place, told)) {
        return;
    }
    if (*n >= VG_STATION_TRACKS_TOLD && t->state != VG_TRACK_ENDED) { /* an end is said only once */
        self->counts.n_put_off++;
        return;
    }
    vg_buf_reset(&self->text);
    vg_track_tell(&self->teller, t, &place, id, &self->text);
    if (!self->text.is_failed) {
        vg_station_event(self->station, "track", self->text.data, self->text.n);
        self->counts.n_told++;
        ++*n;
    }
}

/* Tracks that an earlier start left open: nobody follows them any more. */
static void end_left_over(struct vg_station_tracks *self)
{
    const struct vg_watch *w = &self->station->watch;
    for (int i = 0; i < w->n_tracks; i++) {
        const struct vg_watch_track *k = &w->tracks[i];
        uint64_t number = strtoull(k->id + 1, NULL, 10);
        if (number >= self->first_id || vg_watch_track_is_over(k) ||
            self->station->now.us - k->seen_us < FORGET_S * VG_US_PER_S) {
            continue;
        }
        vg_buf_reset(&self->text);
        vg_watch_track_end(k, &self->text);
        vg_station_event(self->station, "track", self->text.data, self->text.n);
    }
}

void vg_station_tracks_step(struct vg_station_tracks *self)
{
    struct vg_us now = self->station->now;
    if (now.us - self->stepped.us < STEP_US) {
        return;
    }
    self->stepped = now;
    double t_s = fmax(vg_us_to_s(now) - start_s(self), self->newest_s);
    size_t n = vg_tracker_tracks(self->tracker, t_s, true, self->shown, SHOWN_MAX);
    int told = 0;
    for (size_t i = 0; i < n && i < SHOWN_MAX; i++) {
        tell(self, &self->shown[i], &told);
    }
    end_left_over(self);
}

/* ---- people ---- */

struct sighting {
    double lat_deg;
    double lon_deg;
    double error_m; /* 95 % */
    int class;
    const char *note;
};

static enum vg_status read_sighting(const json_t *doc, struct sighting *out, struct vg_error *err)
{
    const char *word;
    enum vg_status st;
    *out = (struct sighting){.note = ""};
    if ((st = vg_json_number(doc, "lat", -90, 90, &out->lat_deg, err)) != VG_OK ||
        (st = vg_json_number(doc, "lon", -180, 180, &out->lon_deg, err)) != VG_OK ||
        (st = vg_json_number(doc, "error_m", 1, 5000, &out->error_m, err)) != VG_OK ||
        (st = vg_json_text(doc, "class", &word, err)) != VG_OK) {
        return st;
    }
    out->class = vg_track_class_of(word);
    if (out->class < 0) {
        return vg_fail(err, VG_E_FORMAT, "no class \"%s\": person, vehicle, animal or vessel",
                       word);
    }
    const json_t *note = json_object_get(doc, "note");
    out->note = json_is_string(note) ? json_string_value(note) : "";
    return strlen(out->note) <= NOTE_MAX
               ? VG_OK
               : vg_fail(err, VG_E_FORMAT, "\"note\" has at most %d bytes", (int)NOTE_MAX);
}

/* As any report (docs/formats.md). Said thrice: a person does not see things by chance, as a
 * detector does. */
static void put_line(const struct sighting *s, const char *by, double t_s, struct vg_buf *out)
{
    vg_buf_printf(out, "{\"t\":%.3f,\"sensor\":", t_s);
    vg_buf_json(out, by);
    vg_buf_printf(out,
                  ",\"detections\":[{\"lat\":%.7f,\"lon\":%.7f,\"sd\":%.2f,\"class\":\"%s\"}]}",
                  s->lat_deg, s->lon_deg, s->error_m / sqrt(VG_CHI2_95),
                  vg_track_class_name((enum vg_track_class)s->class));
}

static void put_act(const struct sighting *s, const char *by, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"by\":");
    vg_buf_json(out, by);
    vg_buf_printf(out,
                  ",\"what\":\"report\",\"target\":\"%s\",\"lat\":%.6f,\"lon\":%.6f,"
                  "\"error_m\":%.0f,\"note\":",
                  vg_track_class_name((enum vg_track_class)s->class), s->lat_deg, s->lon_deg,
                  s->error_m);
    vg_buf_json(out, s->note);
    vg_buf_puts(out, "}");
}

/* Too wide for a track to begin with it: a person should look there. */
static void raise_report(struct vg_station_tracks *self, const struct sighting *s, const char *by)
{
    struct vg_station *station = self->station;
    struct vg_buf params = {0};
    vg_buf_puts(&params, "{\"drone\":\"\",\"by\":");
    vg_buf_json(&params, by);
    vg_buf_printf(&params, ",\"class\":\"%s\",\"error_m\":%.0f,\"note\":",
                  vg_track_class_name((enum vg_track_class)s->class), s->error_m);
    vg_buf_json(&params, s->note);
    vg_buf_puts(&params, "}");
    const struct vg_rules_draft draft = {.kind = "report",
                                         .level = "warning",
                                         .state = "open",
                                         .by = "",
                                         .t_us = station->now.us,
                                         .lat_deg = s->lat_deg,
                                         .lon_deg = s->lon_deg,
                                         .params = vg_buf_text(&params)};
    vg_rules_send(&station->watch, &draft, vg_station_event, station);
    vg_buf_finish(&params);
}

static enum vg_status take_sighting(struct vg_station_tracks *self, const struct sighting *s,
                                    const char *by, struct vg_error *err)
{
    double now_s = fmax(vg_us_to_s(self->station->now), self->newest_s + start_s(self));
    uint64_t private = self->scans.n_private;
    enum vg_status st = VG_OK;
    for (int i = 0; i < 3 && st == VG_OK; i++) {
        struct vg_scan scan;
        vg_buf_reset(&self->text);
        put_line(s, by, now_s + 0.001 * i, &self->text);
        st = vg_station_scans_read(&self->scans, self->text.data, self->text.n, &scan, err);
        st = st == VG_OK ? take_scan(self, &scan, err) : st;
    }
    if (st == VG_OK && private == self->scans.n_private && s->error_m > WIDE_M) {
        raise_report(self, s, by);
    }
    return st;
}

bool vg_station_tracks_report(struct vg_station_tracks *self, const char *by, const char *body,
                              size_t n, struct vg_reply *reply)
{
    struct vg_station *station = self->station;
    struct vg_error err = {.lang = station->app->lang};
    struct sighting s;
    json_t *doc;
    uint64_t private = self->scans.n_private;
    enum vg_status st = vg_json_parse(body, n, "body", &doc, &err);
    if (st != VG_OK) {
        vg_reply_error(reply, 400, err.message);
        return false;
    }
    st = read_sighting(doc, &s, &err);
    if (st == VG_OK) {
        vg_buf_reset(&self->text);
        put_act(&s, by, &self->text);
        vg_station_event(station, "act", self->text.data, self->text.n);
        st = take_sighting(self, &s, by, &err);
    }
    json_decref(doc);
    if (st != VG_OK) {
        vg_reply_error(reply, 400, err.message);
        return false;
    }
    vg_buf_printf(&reply->body, "{\"private\":%s}",
                  private < self->scans.n_private ? "true" : "false");
    return true;
}

/* ---- for machines ---- */

void vg_station_tracks_status(const struct vg_station_tracks *self, struct vg_buf *out)
{
    struct vg_track_stats s = vg_tracker_stats(self->tracker);
    const struct counts *c = &self->counts;
    vg_buf_printf(out,
                  "\"tracking\":{\"inputs\":%d,\"lines\":%llu,\"bad\":%llu,"
                  "\"out_of_time\":%llu,\"private\":%llu,\"scans\":%llu,\"late\":%llu,"
                  "\"too_late\":%llu,\"measurements\":%llu,",
                  self->n_inputs, (unsigned long long)c->n_lines, (unsigned long long)c->n_bad,
                  (unsigned long long)c->n_out_of_time, (unsigned long long)self->scans.n_private,
                  (unsigned long long)s.scans, (unsigned long long)s.late,
                  (unsigned long long)s.too_late, (unsigned long long)s.measurements);
    vg_buf_printf(out,
                  "\"tracks\":%zu,\"tentative\":%zu,\"bytes\":%zu,\"told\":%llu,\"put_off\":%llu,"
                  "\"dropped_for_room\":%llu,\"dropped_for_time\":%llu}",
                  s.tracks, s.tentative, s.bytes, (unsigned long long)c->n_told,
                  (unsigned long long)c->n_put_off, (unsigned long long)s.dropped_for_room,
                  (unsigned long long)s.dropped_for_time);
}
