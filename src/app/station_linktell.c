/* What is said of the links: comings and goings at once, how good each path is when it changed
 * enough. */
#include "app/station.h"

#include <math.h>
#include <string.h>

enum {
    EVENT_EVERY_US = 1000000, /* wall time: changes of state */
    FIGURES_EVERY_US = 10000000 /* delay, loss, reception: when they are of another size */
};

void vg_station_tell_link(struct vg_station *self, const char *name, bool is_open,
                          const struct vg_port_peer *peer, const char *why)
{
    struct vg_buf b = {0};
    char addr[VG_ADDR_TEXT_SIZE] = "";
    if (peer->addr.sa.any.sa_family != AF_UNSPEC) {
        vg_addr_format(&peer->addr, addr, sizeof addr);
    }
    vg_buf_puts(&b, "{\"link\":");
    vg_buf_json(&b, name);
    vg_buf_printf(&b, ",\"state\":\"%s\",\"peer\":", is_open ? "open" : "closed");
    vg_buf_json(&b, addr);
    vg_buf_puts(&b, ",\"why\":");
    vg_buf_json(&b, why);
    vg_buf_puts(&b, "}");
    if (!b.is_failed) {
        vg_station_event(self, "link", b.data, b.n);
    }
    vg_buf_finish(&b);
}

static const char *path_word(const struct vg_station_link *link, const struct vg_path *path)
{
    if (!vg_port_is_open(link->port)) {
        return "closed";
    }
    return path->is_up ? "up" : path->heard.us == 0 ? "never" : "silent";
}

static void put_path(const struct vg_station *self, int i, int p, struct vg_buf *b)
{
    const struct vg_station_drone *d = &self->drones[i];
    const struct vg_station_link *link = &self->links[d->paths[p].link];
    const struct vg_path *path = &d->hub.paths[p];
    vg_buf_puts(b, p > 0 ? ",{\"to\":" : "{\"to\":");
    vg_buf_json(b, link->name);
    vg_buf_printf(b, ",\"state\":\"%s\",\"used\":%s,\"satellite\":%s", path_word(link, path),
                  p == d->hub.used ? "true" : "false",
                  path->options.is_satellite ? "true" : "false");
    vg_buf_member_fixed(b, "delay_ms", path->delay_s * 1000, 0);
    vg_buf_member_fixed(b, "loss", path->loss.share, 3);
    if (link->radio.t.us != 0) {
        const struct vg_station_radio *r = &link->radio;
        vg_buf_member_fixed(b, "rssi", r->rssi_pct >= 0 ? r->rssi_pct : (double)NAN, 0);
        vg_buf_member_fixed(b, "remote_rssi",
                            r->remote_rssi_pct >= 0 ? r->remote_rssi_pct : (double)NAN, 0);
        vg_buf_member_fixed(b, "noise", r->noise_pct >= 0 ? r->noise_pct : (double)NAN, 0);
        vg_buf_member_fixed(b, "buffer_free", r->free_pct >= 0 ? r->free_pct : (double)NAN, 0);
    }
    vg_buf_puts(b, "}");
}

static void tell(struct vg_station *self, int i)
{
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"id\":");
    vg_buf_json(&b, self->watchfile.drones[i].id);
    vg_buf_printf(&b, ",\"signed\":\"%s\",\"links\":[", vg_station_signed_word(self, i));
    for (int p = 0; p < self->drones[i].hub.n_paths; p++) {
        put_path(self, i, p, &b);
    }
    vg_buf_puts(&b, "]}");
    if (!b.is_failed) {
        vg_station_event(self, "drone", b.data, b.n);
    }
    vg_buf_finish(&b);
}

/* Delay to a factor of 1.4, loss to two points in a hundred, reception to ten: a change within that
 * says nothing new. */
static uint64_t coarse(const struct vg_station *self, int i)
{
    const struct vg_station_drone *d = &self->drones[i];
    uint64_t hash = 17;
    for (int p = 0; p < d->hub.n_paths; p++) {
        const struct vg_path *path = &d->hub.paths[p];
        const struct vg_station_radio *r = &self->links[d->paths[p].link].radio;
        double delay_ms = isnan(path->delay_s) ? 0 : path->delay_s * 1000;
        hash = hash * 31 + (uint64_t)(2 * log2(1 + delay_ms));
        hash = hash * 31 + (uint64_t)(path->loss.share * 50);
        hash = hash * 31 + (uint64_t)(r->t.us != 0 ? 1 + r->rssi_pct / 10 : 0);
    }
    return hash;
}

void vg_station_tell_paths(struct vg_station *self)
{
    int64_t mono_us = vg_clock_mono_us();
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        struct vg_station_drone *d = &self->drones[i];
        int64_t since_us = mono_us - d->told_mono_us;
        bool is_due = d->must_tell && since_us >= EVENT_EVERY_US;
        if (!is_due && since_us >= FIGURES_EVERY_US) {
            is_due = coarse(self, i) != d->told_hash;
            d->told_mono_us = mono_us;
        }
        if (is_due) {
            d->must_tell = false;
            d->told_mono_us = mono_us;
            d->told_hash = coarse(self, i);
            tell(self, i);
        }
    }
}
