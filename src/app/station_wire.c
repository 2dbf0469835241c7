/* What comes over the links and what leaves by them: the one door that messages leave by. */
#include "app/station.h"

#include "link/allow.h"

#include <stdlib.h>
#include <string.h>

/* ---- in ---- */

static int find_path(const struct vg_station *self, int drone, const struct vg_station_link *link)
{
    const struct vg_station_drone *d = &self->drones[drone];
    for (int p = 0; p < d->hub.n_paths; p++) {
        if (&self->links[d->paths[p].link] == link) {
            return p;
        }
    }
    return -1;
}

static int to_pct(uint8_t raw)
{
    return raw == UINT8_MAX ? -1 : raw * 100 / 254;
}

/* The radio at our end speaks under a system id of its own. */
static void hear_radio(struct vg_station_link *link, const struct vg_mav_msg *msg)
{
    struct vg_mav_radio_status m;
    vg_mav_radio_status_unpack(msg, &m);
    link->radio = (struct vg_station_radio){.t = link->station->now,
                                            .rssi_pct = to_pct(m.rssi),
                                            .remote_rssi_pct = to_pct(m.remrssi),
                                            .noise_pct = to_pct(m.noise),
                                            .free_pct = m.txbuf <= 100 ? m.txbuf : -1};
    if (link->radio.free_pct >= 0) {
        vg_outbox_hear_radio(&link->outbox, link->radio.free_pct);
    }
}

/* Another path was quicker with the same frame: this one works too. Where to send is learnt from it
 * only while nothing better is known, for whoever overheard a frame can say it again. */
static void hear_overtaken(struct vg_station *self, struct vg_station_drone *d, int p,
                           const struct vg_mav_msg *msg)
{
    struct vg_station_path *path = &d->paths[p];
    vg_hub_take_overtaken(&d->hub, p, msg, self->now);
    if (!path->has_peer) {
        path->peer = self->links[path->link].from;
        path->has_peer = true;
    }
}

static void take_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct vg_station_link *link = ctx;
    struct vg_station *self = link->station;
    int i = link->drone_of[msg->sysid];
    bool is_replay = false;
    if (msg->id == VG_MAV_ID_RADIO_STATUS) {
        hear_radio(link, msg);
    }
    if (i < 0) {
        link->n_unknown += msg->id != VG_MAV_ID_RADIO_STATUS;
        return;
    }
    struct vg_station_drone *d = &self->drones[i];
    int p = find_path(self, i, link);
    if (!vg_station_check_signature(self, i, msg, frame, &is_replay)) {
        link->n_refused += !is_replay;
        if (is_replay && d->hub.n_paths > 1) {
            hear_overtaken(self, d, p, msg);
        }
        return;
    }
    d->paths[p].peer = link->from;
    d->paths[p].has_peer = true;
    d->hub.paths[p].is_open = true;
    vg_mavversion_hear(&d->version, msg, self->now);
    vg_station_log(self, link, frame);
    if (vg_hub_take(&d->hub, p, msg, self->now)) {
        vg_station_show_guests(self, msg, frame);
        vg_reader_feed(self->reader, i, msg, self->now);
        vg_director_link_loses(self->director, i, d->hub.paths[d->hub.used].loss.share);
        vg_director_feed(self->director, i, msg, self->now);
        vg_station_traffic_feed(self->traffic, msg);
    }
}

void vg_link_took_bytes(void *ctx, const struct vg_port_peer *from, const uint8_t *data, size_t n)
{
    struct vg_station_link *link = ctx;
    struct vg_mavframe **parser = &link->parsers[from->slot];
    if (*parser == NULL) {
        *parser = calloc(1, sizeof **parser);
        if (*parser == NULL) {
            return;
        }
        vg_mavframe_init(*parser);
    }
    link->from = *from;
    link->station->now = vg_clock_now(&link->station->clock);
    vg_mavframe_feed(*parser, (struct vg_bytes){data, n}, take_message, link);
    bool is_datagram =
        link->uri.kind == VG_LINK_URI_UDP_IN || link->uri.kind == VG_LINK_URI_UDP_OUT;
    if (is_datagram) {
        vg_mavframe_flush(*parser, take_message, link);
    }
}

struct vg_mavframe_counts vg_link_counts(const struct vg_station_link *link)
{
    struct vg_mavframe_counts sum = {.bad_signature = link->n_refused};
    for (int s = 0; s < VG_PORT_SLOTS; s++) {
        if (link->parsers[s] != NULL) {
            const struct vg_mavframe_counts *c = &link->parsers[s]->counts;
            sum.messages += c->messages;
            sum.bad_crc += c->bad_crc;
            sum.unknown_id += c->unknown_id;
            sum.lost += c->lost;
        }
    }
    return sum;
}

/* A connection or device came or went. What was half read belongs to nobody any more. */
void vg_link_changed(void *ctx, const struct vg_port_peer *peer, bool is_open, const char *why)
{
    struct vg_station_link *link = ctx;
    struct vg_station *self = link->station;
    int k = (int)(link - self->links);
    if (link->parsers[peer->slot] != NULL) {
        link->parsers[peer->slot]->n_hold = 0;
    }
    bool is_called = link->uri.kind == VG_LINK_URI_TCP_LISTEN;
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        struct vg_station_drone *d = &self->drones[i];
        for (int p = 0; p < d->hub.n_paths; p++) {
            struct vg_station_path *path = &d->paths[p];
            if (path->link == k && is_called && !is_open && path->peer.slot == peer->slot) {
                path->has_peer = false;
            }
            d->must_tell |= path->link == k;
        }
    }
    vg_station_tell_link(self, link->name, is_open, peer, why);
}

/* ---- out ---- */

static void transmit(struct vg_station *self, struct vg_station_link *link,
                     const struct vg_outbox_entry *e)
{
    struct vg_station_drone *d = &self->drones[e->owner];
    int p = find_path(self, e->owner, link);
    struct vg_station_path *path = &d->paths[p];
    if (!path->has_peer || !vg_port_is_open(link->port)) {
        self->counts.n_unroutable++;
        return;
    }
    uint8_t frame[VG_MAV_FRAME_MAX];
    uint8_t seq = e->is_own_seq ? e->msg.seq : path->seq++;
    if (d->sign != NULL) {
        d->sign->link_id = vg_hub_sign_id(&e->msg, p);
    }
    bool is_old = d->sign == NULL && vg_mavversion_is_old(&d->version, &e->msg, self->now);
    size_t n = is_old ? vg_mav_frame_format_v1(&e->msg, seq, frame)
                      : vg_mav_frame_format(&e->msg, seq, d->sign, frame);
    if (n > 0 && vg_port_send(link->port, &path->peer, frame, n)) {
        vg_station_log(self, link, (struct vg_bytes){frame, n});
    }
}

static void drain(struct vg_station *self, struct vg_station_link *link)
{
    struct vg_outbox_entry e;
    int extra = link->has_keys ? VG_MAVSIGN_SIZE : 0;
    while (vg_outbox_next(&link->outbox, extra, self->now, &e)) {
        transmit(self, link, &e);
    }
}

/* The only way out: nothing is queued that the allow-list does not let pass. */
static void send_over(struct vg_station *self, const struct vg_outbox_entry *e, uint32_t paths)
{
    const struct vg_station_drone *d = &self->drones[e->owner];
    if (!vg_allow_message(&e->msg, NULL)) {
        self->counts.n_refused++;
        return;
    }
    for (int p = 0; p < d->hub.n_paths; p++) {
        if ((paths >> p & 1) != 0) {
            struct vg_station_link *link = &self->links[d->paths[p].link];
            vg_outbox_put(&link->outbox, e);
            drain(self, link);
        }
    }
}

void vg_station_send(void *ctx, int drone, const struct vg_mav_msg *msg)
{
    struct vg_station *self = ctx;
    const struct vg_outbox_entry e = {
        .owner = drone, .urgency = vg_outbox_urgency(msg), .msg = *msg};
    send_over(self, &e, vg_hub_route(&self->drones[drone].hub, msg));
}

void vg_station_pass_on(struct vg_station *self, int drone, const struct vg_mav_msg *msg)
{
    const struct vg_outbox_entry e = {
        .owner = drone, .is_own_seq = true, .urgency = vg_outbox_urgency(msg), .msg = *msg};
    send_over(self, &e, vg_hub_route(&self->drones[drone].hub, msg));
}

/* ---- every tick ---- */

/* A connection to a drone that has other ways, and that nobody is heard on: what it still holds
 * must not come out of it later. */
static void reset_silent(struct vg_station *self, const struct vg_station_path *silent)
{
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        const struct vg_station_drone *d = &self->drones[i];
        for (int p = 0; p < d->hub.n_paths; p++) {
            bool is_same =
                d->paths[p].link == silent->link && d->paths[p].peer.slot == silent->peer.slot;
            if (is_same && d->hub.paths[p].is_up) {
                return;
            }
        }
    }
    vg_port_reset(self->links[silent->link].port, silent->peer.slot);
}

static void switched(struct vg_station *self, int i, int from)
{
    struct vg_station_drone *d = &self->drones[i];
    const struct vg_link_change change = {.has_failed = !d->hub.paths[from].is_up,
                                          .arrival_s = vg_path_arrival_s(&d->hub.paths[from]),
                                          .was_satellite = d->hub.paths[from].options.is_satellite,
                                          .is_satellite =
                                              d->hub.paths[d->hub.used].options.is_satellite};
    vg_outbox_drop(&self->links[d->paths[from].link].outbox, i);
    vg_director_link_changed(self->director, i, &change, self->now);
}

static void step_drone(struct vg_station *self, int i)
{
    struct vg_station_drone *d = &self->drones[i];
    for (int p = 0; p < d->hub.n_paths; p++) {
        struct vg_port *port = self->links[d->paths[p].link].port;
        d->hub.paths[p].is_open = d->paths[p].has_peer && vg_port_is_open(port);
        d->paths[p].was_up = d->hub.paths[p].is_up;
    }
    int from = d->hub.used;
    uint32_t changes = vg_hub_step(&d->hub, self->now);
    d->must_tell |= changes != 0;
    for (int p = 0; p < d->hub.n_paths && d->hub.n_paths > 1; p++) {
        if (d->paths[p].was_up && !d->hub.paths[p].is_up) {
            reset_silent(self, &d->paths[p]);
        }
    }
    if ((changes & VG_HUB_SWITCHED) != 0) {
        switched(self, i, from);
    }
    int path;
    struct vg_outbox_entry probe = {.owner = i, .urgency = VG_URGENCY_ALIVE};
    while (vg_hub_next_probe(&d->hub, self->now, &path, &probe.msg)) {
        send_over(self, &probe, UINT32_C(1) << path);
    }
}

void vg_station_step_links(struct vg_station *self)
{
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        step_drone(self, i);
    }
    for (int k = 0; k < self->n_links; k++) {
        drain(self, &self->links[k]);
    }
    vg_station_save_sign_times(self, false);
    vg_station_tell_paths(self);
}
