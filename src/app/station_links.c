/* Links as the watch names them: opened, shared where drones share them, closed. */
#include "app/station.h"

#include <stdlib.h>
#include <string.h>

enum {
    SATELLITE_BPS = 60,
    BITS_PER_BYTE = 10, /* on a serial line: start, eight, stop */
    THIN_BPS = 1000 /* too little for four probes a second */
};

/* A simulation opens no device: a real drone may hang on it. (Where a relay stands between, it is
 * somebody's test.) */
static bool is_left_out(const struct vg_station *self, const struct vg_wf_link *link)
{
    return self->options.is_sim && self->options.sim_ports <= 0 &&
           strncmp(link->to, "serial:", 7) == 0;
}

/* The links of drone i: the watch's, or the one assigned. */
static int wanted_links(const struct vg_station *self, int i,
                        struct vg_wf_link out[VG_WF_DRONE_LINKS])
{
    const struct vg_wf_drone *wd = &self->watchfile.drones[i];
    bool has_sim_link = wd->link[0] != '\0' || self->options.sim_ports > 0;
    int n = 0;
    for (int k = 0; k < wd->n_links && self->options.port_base <= 0; k++) {
        out[n] = wd->links[k];
        n += !is_left_out(self, &wd->links[k]);
    }
    if (n > 0 && (has_sim_link || !self->options.is_sim)) {
        return n;
    }
    int64_t base = self->options.port_base > 0 ? self->options.port_base : 14550;
    out[0] = (struct vg_wf_link){.cost_s = 0};
    vg_format(out[0].to, sizeof out[0].to, "udp:%d", (int)base + i);
    return 1;
}

/* In a simulation the drones are on this computer and nobody else speaks for them. */
static enum vg_status read_uri(const struct vg_station *self, const char *text,
                               struct vg_link_uri *out, struct vg_error *err)
{
    enum vg_status st = vg_link_uri_parse(text, out, err);
    if (st == VG_OK && self->options.is_sim && out->kind != VG_LINK_URI_SERIAL) {
        return vg_addr_make("127.0.0.1", vg_addr_port(&out->addr), &out->addr, err);
    }
    return st;
}

static double budget_of(const struct vg_wf_link *wanted, const struct vg_link_uri *uri)
{
    if (wanted->budget_Bps > 0) {
        return wanted->budget_Bps;
    }
    if (wanted->is_satellite) {
        return SATELLITE_BPS;
    }
    return uri->kind == VG_LINK_URI_SERIAL ? (double)uri->baud / BITS_PER_BYTE : 0;
}

/* The link with this address, opened if no drone before had it. What is called (udpout) is each
 * drone's own, since the answers tell nobody else's. */
static enum vg_status find_or_open(struct vg_station *self, const struct vg_link_uri *uri,
                                   double budget_Bps, int *out, struct vg_error *err)
{
    char name[VG_LINK_URI_TEXT_SIZE];
    vg_link_uri_format(uri, name, sizeof name);
    for (int k = 0; k < self->n_links; k++) {
        if (strcmp(self->links[k].name, name) == 0 && uri->kind != VG_LINK_URI_UDP_OUT) {
            *out = k;
            return VG_OK;
        }
    }
    struct vg_station_link *link = &self->links[self->n_links];
    *link = (struct vg_station_link){.station = self, .uri = *uri};
    vg_format(link->name, sizeof link->name, "%s", name);
    vg_outbox_init(&link->outbox, budget_Bps, self->now);
    memset(link->drone_of, -1, sizeof link->drone_of); /* -1 in every byte is -1 */
    *out = self->n_links++;
    const struct vg_port_calls calls = {vg_link_took_bytes, vg_link_changed, link};
    return vg_port_open(&self->loop, uri, &calls, &link->port, err);
}

static enum vg_status add_path(struct vg_station *self, int i, const struct vg_wf_link *wanted,
                               struct vg_error *err)
{
    struct vg_station_drone *d = &self->drones[i];
    struct vg_link_uri uri;
    int k;
    enum vg_status st = read_uri(self, wanted->to, &uri, err);
    double budget_Bps = st == VG_OK ? budget_of(wanted, &uri) : 0;
    if (st == VG_OK) {
        st = find_or_open(self, &uri, budget_Bps, &k, err);
    }
    if (st != VG_OK) {
        vg_error_prefix(err, "drone %s", self->watchfile.drones[i].id);
        return st;
    }
    const struct vg_path_options options = {.cost_s = wanted->cost_s,
                                            .is_satellite = wanted->is_satellite,
                                            .is_thin = budget_Bps > 0 && budget_Bps < THIN_BPS};
    int p = vg_hub_add(&d->hub, &options);
    bool is_known = uri.kind == VG_LINK_URI_UDP_OUT || uri.kind == VG_LINK_URI_TCP ||
                    uri.kind == VG_LINK_URI_SERIAL;
    d->paths[p] = (struct vg_station_path){
        .link = k, .has_peer = is_known, .peer = {.slot = 0, .addr = uri.addr}};
    self->links[k].drone_of[self->watchfile.drones[i].sysid & 0xff] = (int16_t)i;
    self->links[k].has_keys |= self->watchfile.drones[i].key[0] != '\0';
    return VG_OK;
}

static enum vg_status add_drone(struct vg_station *self, int i, struct vg_error *err)
{
    struct vg_wf_link wanted[VG_WF_DRONE_LINKS];
    int n = wanted_links(self, i, wanted);
    enum vg_status st = VG_OK;
    self->drones[i].must_tell = true;
    vg_hub_init(&self->drones[i].hub, VG_STATION_SYSID, VG_OUR_COMPID, self->options.speed);
    for (int k = 0; k < n && st == VG_OK; k++) {
        st = add_path(self, i, &wanted[k], err);
    }
    return st;
}

enum vg_status vg_station_open_links(struct vg_station *self, struct vg_error *err)
{
    size_t n = (size_t)self->watchfile.n_drones;
    self->links = calloc(n * VG_WF_DRONE_LINKS + 1, sizeof *self->links);
    self->drones = calloc(n + 1, sizeof *self->drones);
    if (self->links == NULL || self->drones == NULL) {
        return vg_no_memory(err);
    }
    enum vg_status st = VG_OK;
    for (int i = 0; i < self->watchfile.n_drones && st == VG_OK; i++) {
        st = add_drone(self, i, err);
    }
    if (st == VG_OK) {
        st = vg_station_load_keys(self, err);
    }
    return st == VG_OK ? vg_station_open_routers(self, err) : st;
}

void vg_station_close_links(struct vg_station *self)
{
    vg_station_close_routers(self);
    for (int k = 0; k < self->n_links; k++) {
        struct vg_station_link *link = &self->links[k];
        if (self->record != NULL) {
            vg_station_seal_tlog(self, link);
        }
        vg_port_close(link->port);
        for (int s = 0; s < VG_PORT_SLOTS; s++) {
            free(link->parsers[s]);
        }
    }
    self->n_links = 0;
    if (self->drones != NULL) {
        vg_station_save_sign_times(self, true);
    }
    for (int i = 0; self->drones != NULL && i < self->watchfile.n_drones; i++) {
        free(self->drones[i].sign);
        self->drones[i].sign = NULL;
    }
}
