/* What the station says of traffic: alerts, events, /api/traffic. */
#include "app/station_traffic_priv.h"

#include "traffic/show.h"

#include <math.h>
#include <string.h>

enum {
    SILENT_US = 120000000 /* what beats does so within a minute */
};

/* {"drone":"V1","contact":...,<alarm>}; with a place and no pilot's, for the record. */
static void put_alarm(const struct vg_station_traffic *self, const struct vg_alarm *a,
                      struct vg_buf *out)
{
    struct vg_contact_now at;
    const struct vg_contact *found = vg_traffic_find(&self->contacts, a->space, a->id);
    vg_buf_puts(out, "{\"drone\":");
    vg_buf_json(out, self->station->watchfile.drones[a->drone].id);
    vg_buf_puts(out, ",\"contact\":");
    if (found != NULL && vg_contact_at(found, &self->air, self->station->now, &at)) {
        struct vg_contact c = *found;
        c.s.operator_id[0] = '\0';
        c.s.operator_lat_deg = (double)NAN;
        c.s.operator_lon_deg = (double)NAN;
        vg_show_contact(&c, &at, out);
    } else {
        vg_buf_puts(out, "null");
    }
    vg_buf_puts(out, ",");
    vg_show_alarm(a, out);
    vg_buf_puts(out, "}");
}

/* One alert a drone, of its worst contact; made anew when the level changes. */
static void say_alarms(struct vg_station_traffic *self, bool is_renewed)
{
    static const char *const kinds[] = {"", "traffic", "conflict"};
    static const char *const levels[] = {"", "warning", "urgent"};
    struct vg_station *station = self->station;
    for (int i = 0; i < station->watchfile.n_drones; i++) {
        const char *id = station->watchfile.drones[i].id;
        const struct vg_alarm *worst = vg_alarms_worst(&self->alarms, i);
        for (int level = VG_ALARM_NEAR; level <= VG_ALARM_CONFLICT; level++) {
            if (worst == NULL || (int)worst->level != level) {
                vg_rules_close(&station->watch, kinds[level], id, "vigie", vg_station_event,
                               station);
                continue;
            }
            struct vg_buf b = {0};
            put_alarm(self, worst, &b);
            vg_station_alert(station, kinds[level], levels[level], i, vg_buf_text(&b));
            if (is_renewed) {
                vg_rules_renew(&station->watch, kinds[level], id, vg_buf_text(&b), vg_station_event,
                               station);
            }
            vg_buf_finish(&b);
        }
    }
}

void vg_station_traffic_record(struct vg_station_traffic *self)
{
    struct vg_buf b = {0};
    for (int i = 0; i < self->alarms.n; i++) {
        vg_buf_reset(&b);
        put_alarm(self, &self->alarms.list[i], &b);
        if (!b.is_failed) {
            vg_station_event(self->station, "traffic", b.data, b.n);
        }
    }
    vg_buf_finish(&b);
}

/* ---- feeds ---- */

static const char *feed_state(const struct vg_station_feed *feed, struct vg_us now)
{
    return !feed->is_open ? "lost" : now.us - feed->heard.us > SILENT_US ? "silent" : "ok";
}

/* One alert for all feeds that say nothing, naming them. */
static void say_feeds(struct vg_station_traffic *self)
{
    struct vg_station *station = self->station;
    struct vg_buf b = {0};
    int n_bad = 0;
    vg_buf_puts(&b, "{\"drone\":\"\",\"feeds\":[");
    for (int i = 0; i < self->n_feeds; i++) {
        const struct vg_station_feed *feed = &self->feeds[i];
        const char *state = feed_state(feed, station->now);
        bool is_new = station->now.us - feed->heard.us <
                      10 * VG_STATION_TRAFFIC_STEP_US; /* it may still come */
        const struct vg_wf_feed *w = &station->watchfile.traffic.feeds[i];
        bool is_quiet_place =
            feed->is_open && !vg_feed_kind_beats(vg_feed_kind_find(w->kind)); /* nobody there */
        if (strcmp(state, "ok") == 0 || is_new || is_quiet_place) {
            continue;
        }
        vg_buf_printf(&b, "%s{\"kind\":\"%s\",\"from\":", n_bad++ > 0 ? "," : "", w->kind);
        vg_buf_json(&b, w->uri);
        vg_buf_printf(&b, ",\"state\":\"%s\",\"why\":", state);
        vg_buf_json(&b, feed->why);
        vg_buf_puts(&b, "}");
    }
    vg_buf_puts(&b, "]}");
    if (n_bad > 0) {
        vg_station_alert(station, "feed", "warning", -1, vg_buf_text(&b));
    } else {
        vg_rules_close(&station->watch, "feed", "", "vigie", vg_station_event, station);
    }
    vg_buf_finish(&b);
}

void vg_station_traffic_say(struct vg_station_traffic *self, bool is_renewed)
{
    say_alarms(self, is_renewed);
    say_feeds(self);
}

/* ---- /api/traffic ---- */

static void put_contacts(const struct vg_station_traffic *self, struct vg_buf *out)
{
    const struct vg_contact *c;
    struct vg_contact_now at;
    int it = -2;
    int n = 0;
    while ((c = vg_traffic_next(&self->contacts, &it)) != NULL) {
        if (vg_contact_at(c, &self->air, self->station->now, &at)) {
            vg_buf_puts(out, n++ > 0 ? "," : "");
            vg_show_contact(c, &at, out);
        }
    }
}

static void put_feeds(const struct vg_station_traffic *self, struct vg_buf *out)
{
    for (int i = 0; i < self->n_feeds; i++) {
        const struct vg_station_feed *feed = &self->feeds[i];
        const struct vg_wf_feed *w = &self->station->watchfile.traffic.feeds[i];
        struct vg_feed_counts c = vg_feed_counts(feed->feed);
        vg_buf_printf(out, "%s{\"kind\":\"%s\",\"from\":", i > 0 ? "," : "", w->kind);
        vg_buf_json(out, w->uri);
        vg_buf_printf(out,
                      ",\"state\":\"%s\",\"silent_s\":%.0f,\"bytes\":%llu,\"messages\":%llu,"
                      "\"sightings\":%llu,\"bad\":%llu}",
                      feed_state(feed, self->station->now),
                      vg_us_to_s(vg_us_sub(self->station->now, feed->heard)),
                      (unsigned long long)c.n_bytes, (unsigned long long)c.n_messages,
                      (unsigned long long)c.n_sightings, (unsigned long long)c.n_bad);
    }
}

void vg_station_traffic_json(const struct vg_station_traffic *self, struct vg_buf *out)
{
    if (self == NULL) {
        vg_buf_puts(out, "{\"given\":false,\"contacts\":[],\"alarms\":[],\"feeds\":[]}");
        return;
    }
    vg_buf_printf(out, "{\"given\":true,\"t_us\":%lld,\"above_m\":%.0f,\"contacts\":[",
                  (long long)self->station->now.us, self->limits.above_m);
    put_contacts(self, out);
    vg_buf_puts(out, "],\"alarms\":[");
    for (int i = 0; i < self->alarms.n; i++) {
        vg_buf_puts(out, i > 0 ? "," : "");
        put_alarm(self, &self->alarms.list[i], out);
    }
    vg_buf_puts(out, "],\"feeds\":[");
    put_feeds(self, out);
    vg_buf_puts(out, "]}");
}
