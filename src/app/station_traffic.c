#include "app/station_traffic_priv.h"

#include "geo/geodesy.h"
#include "io/port.h"
#include "terrain/geoid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_EVERY_US = 5000000,
    TOLD_MAX = 10, /* contacts told to one autopilot */
    FROM_DRONES = 31 /* the feed number of what our drones themselves receive */
};

/* ---- what comes in ---- */

static void take_sighting(void *ctx, const struct vg_sighting *s)
{
    struct vg_station_feed *feed = ctx;
    struct vg_station_traffic *self = feed->traffic;
    vg_traffic_take(&self->contacts, feed->number, s, self->station->now);
}

static void take_bytes(void *ctx, const struct vg_port_peer *from, const uint8_t *data, size_t n)
{
    struct vg_station_feed *feed = ctx;
    struct vg_station *station = feed->traffic->station;
    (void)from;
    station->now = vg_clock_now(&station->clock);
    feed->heard = station->now;
    vg_feed_bytes(feed->feed, (struct vg_bytes){data, n}, feed->is_datagram, station->now,
                  take_sighting, feed);
}

static void take_state(void *ctx, const struct vg_port_peer *peer, bool is_open, const char *why)
{
    struct vg_station_feed *feed = ctx;
    (void)peer;
    feed->is_open = is_open;
    vg_format(feed->why, sizeof feed->why, "%s", why);
    if (is_open) {
        feed->heard = feed->traffic->station->now;
        vg_feed_restart(feed->feed);
    }
}

void vg_station_traffic_feed(struct vg_station_traffic *self, const struct vg_mav_msg *msg)
{
    char id[VG_SIGHTING_ID_SIZE];
    if (self == NULL) {
        return;
    }
    struct vg_station_feed from = {.traffic = self, .number = FROM_DRONES};
    if (vg_mavtraffic_own_id(msg, id)) {
        enum vg_status st = vg_traffic_own(&self->contacts, id, NULL);
        (void)st; /* full: it would be shown as another's, which is seen at once */
    }
    vg_mavtraffic_take(&self->rid, msg, self->station->now, take_sighting, &from);
}

/* ---- coming up, going down ---- */

static enum vg_status open_feed(struct vg_station_traffic *self, int i, struct vg_error *err)
{
    const struct vg_watchfile *wf = &self->station->watchfile;
    const struct vg_wf_feed *wanted = &wf->traffic.feeds[i];
    struct vg_station_feed *feed = &self->feeds[i];
    struct vg_link_uri uri;
    struct vg_error local = {.lang = err != NULL ? err->lang : VG_LANG_EN};
    if (vg_link_uri_parse(wanted->uri, &uri, &local) != VG_OK) {
        return vg_fail_at(err, wf->path, wanted->line, wanted->column, "%s", local.message);
    }
    *feed = (struct vg_station_feed){.traffic = self,
                                     .number = i,
                                     .is_datagram = uri.kind == VG_LINK_URI_UDP_IN ||
                                                    uri.kind == VG_LINK_URI_UDP_OUT};
    feed->is_open = feed->is_datagram;
    feed->heard = self->station->now;
    const struct vg_port_calls calls = {take_bytes, take_state, feed};
    enum vg_status st = vg_feed_create(vg_feed_kind_find(wanted->kind), wf->bases[0].lat_deg,
                                       wf->bases[0].lon_deg, &feed->feed, err);
    if (st == VG_OK) {
        self->n_feeds = i + 1;
        st = vg_port_open(&self->station->loop, &uri, &calls, &feed->port, err);
    }
    return st;
}

static enum vg_status open_all(struct vg_station_traffic *self, struct vg_error *err)
{
    const struct vg_wf_traffic *wanted = &self->station->watchfile.traffic;
    enum vg_status st = vg_traffic_init(&self->contacts, VG_TRAFFIC_CONTACTS, err);
    if (st == VG_OK) {
        st = vg_rid_init(&self->rid, err);
    }
    for (int i = 0; i < wanted->n_ours && st == VG_OK; i++) {
        st = vg_traffic_own(&self->contacts, wanted->ours[i], err);
    }
    for (int i = 0; i < wanted->n_feeds && st == VG_OK; i++) {
        st = open_feed(self, i, err);
    }
    return st;
}

enum vg_status vg_station_traffic_open(struct vg_station *station, struct vg_station_traffic **out,
                                       struct vg_error *err)
{
    const struct vg_watchfile *wf = &station->watchfile;
    *out = NULL;
    if (!wf->traffic.is_given) {
        return VG_OK;
    }
    struct vg_station_traffic *self = calloc(1, sizeof *self);
    struct vg_alarm_drone *drones = calloc((size_t)wf->n_drones + 1, sizeof *drones);
    if (self == NULL || drones == NULL) {
        free(self);
        free(drones);
        return vg_no_memory(err);
    }
    const struct vg_wf_traffic *t = &wf->traffic;
    self->station = station;
    self->drones = drones;
    self->air =
        (struct vg_air){t->qnh_hpa, vg_geoid_egm96_m(wf->bases[0].lat_deg, wf->bases[0].lon_deg)};
    self->limits = (struct vg_alarm_limits){t->near_m,     t->near_vertical_m,
                                            t->conflict_m, t->conflict_vertical_m,
                                            t->above_m,    vg_alarm_defaults().horizon_s};
    enum vg_status st = open_all(self, err);
    if (st != VG_OK) {
        vg_station_traffic_close(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_station_traffic_close(struct vg_station_traffic *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; i < self->n_feeds; i++) {
        vg_port_close(self->feeds[i].port);
        vg_feed_destroy(self->feeds[i].feed);
    }
    vg_rid_finish(&self->rid);
    vg_traffic_finish(&self->contacts);
    free(self->drones);
    free(self);
}

/* ---- once a second ---- */

static void find_drones(struct vg_station_traffic *self)
{
    const struct vg_station *station = self->station;
    self->n_drones = 0;
    for (int i = 0; i < station->watchfile.n_drones; i++) {
        const struct vg_vehicle *v = vg_director_vehicle(station->director, i);
        const struct vg_watch_drone *shown =
            vg_watch_drone(&station->watch, station->watchfile.drones[i].id);
        bool is_aloft = v->flight.is_known && v->flight.is_in_air && v->position.is_known;
        if (!is_aloft || isnan(v->position.alt_msl_m)) {
            continue;
        }
        const double *ned = v->position.vel_ned_mps;
        self->drones[self->n_drones++] = (struct vg_alarm_drone){
            .drone = i,
            .lat_deg = v->position.lat_deg,
            .lon_deg = v->position.lon_deg,
            .alt_msl_m = v->position.alt_msl_m,
            .agl_m = shown != NULL ? shown->agl_m : (double)NAN,
            .vel_enu_mps = {isfinite(ned[1]) ? ned[1] : 0, isfinite(ned[0]) ? ned[0] : 0,
                            isfinite(ned[2]) ? -ned[2] : 0},
        };
    }
}

/* ---- to the autopilots ---- */

struct told {
    const struct vg_contact *contact;
    struct vg_contact_now at;
    double distance_m;
};

/* The nearest TOLD_MAX, nearest first. */
static int nearest(const struct vg_station_traffic *self, const struct vg_alarm_drone *drone,
                   struct told out[TOLD_MAX])
{
    const struct vg_frame frame = vg_frame_at(drone->lat_deg, drone->lon_deg);
    const struct vg_contact *c;
    int it = -2;
    int n = 0;
    while ((c = vg_traffic_next(&self->contacts, &it)) != NULL) {
        struct told t = {.contact = c};
        double e;
        double north;
        if (!vg_contact_flies(c) || !vg_contact_at(c, &self->air, self->station->now, &t.at) ||
            t.at.is_stale || t.at.height.msl_m - drone->alt_msl_m > self->limits.above_m) {
            continue;
        }
        vg_frame_to_en(&frame, t.at.lat_deg, t.at.lon_deg, &e, &north);
        t.distance_m = hypot(e, north);
        if (t.distance_m > self->station->watchfile.traffic.tell_m) {
            continue;
        }
        int k = n < TOLD_MAX ? n++ : TOLD_MAX;
        while (k > 0 && out[k - 1].distance_m > t.distance_m) {
            if (k < TOLD_MAX) {
                out[k] = out[k - 1];
            }
            k--;
        }
        if (k < TOLD_MAX) {
            out[k] = t;
        }
    }
    return n;
}

static void tell_autopilots(struct vg_station_traffic *self)
{
    struct told list[TOLD_MAX];
    struct vg_mav_msg msg;
    for (int d = 0; d < self->n_drones; d++) {
        int n = nearest(self, &self->drones[d], list);
        for (int i = 0; i < n; i++) {
            vg_mavtraffic_vehicle(list[i].contact, &list[i].at, VG_STATION_SYSID, VG_OUR_COMPID,
                                  &msg);
            vg_station_send(self->station, self->drones[d].drone, &msg);
        }
    }
}

void vg_station_traffic_step(struct vg_station_traffic *self)
{
    if (self == NULL || self->station->now.us - self->stepped.us < VG_STATION_TRAFFIC_STEP_US) {
        return;
    }
    struct vg_us now = self->station->now;
    bool is_renewed = now.us - self->recorded.us >= RECORD_EVERY_US;
    self->stepped = now;
    vg_traffic_sweep(&self->contacts, now);
    find_drones(self);
    vg_alarms_step(&self->alarms, &self->contacts, &self->air, &self->limits, self->drones,
                   self->n_drones, now);
    vg_station_traffic_say(self, is_renewed);
    if (is_renewed) {
        self->recorded = now;
        vg_station_traffic_record(self);
    }
    if (self->station->watchfile.traffic.tell_m > 0) {
        tell_autopilots(self);
    }
}
