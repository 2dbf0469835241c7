/* Sockets, signatures, telemetry logs; the one door that messages leave by. */
#include "app/station.h"

#include "base/file.h"
#include "base/sha256.h"
#include "io/link_uri.h"
#include "link/allow.h"
#include "link/tlog.h"
#include "record/record_seal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void log_frame(struct vg_station_link *link, struct vg_us now, struct vg_bytes frame)
{
    uint8_t record[VG_TLOG_RECORD_MAX];
    size_t n = link->tlog != NULL ? vg_tlog_encode(now, frame, record) : 0;
    if (n > 0 && fwrite(record, 1, n, link->tlog) != n) {
        fclose(link->tlog); /* disk full: stop logging, keep flying; the record says so itself */
        link->tlog = NULL;
    }
}

static int find_sysid(const struct vg_station *self, const struct vg_station_link *link, int sysid)
{
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        if (self->watchfile.drones[i].sysid == sysid &&
            &self->links[self->drones[i].link] == link) {
            return i;
        }
    }
    return -1;
}

static void take_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct vg_station_link *link = ctx;
    struct vg_station *self = link->station;
    int i = find_sysid(self, link, msg->sysid);
    if (i < 0) {
        link->n_unknown++;
        return;
    }
    struct vg_station_drone *d = &self->drones[i];
    if (d->sign != NULL) {
        bool is_good = msg->is_signed && vg_mavsign_check(d->sign, frame) == VG_MAVSIGN_GOOD;
        if (!is_good && msg->id != VG_MAV_ID_RADIO_STATUS) {
            link->parser.counts.bad_signature++;
            return;
        }
    }
    d->peer = link->peer_now;
    log_frame(link, self->now, frame);
    vg_director_feed(self->director, i, msg, self->now);
}

static void take_datagram(void *ctx, const uint8_t *data, size_t n, const struct vg_addr *peer)
{
    struct vg_station_link *link = ctx;
    link->peer_now = *peer;
    link->station->now = vg_clock_now(&link->station->clock);
    vg_mavframe_feed(&link->parser, (struct vg_bytes){data, n}, take_message, link);
    vg_mavframe_flush(&link->parser, take_message, link);
}

void vg_station_send(void *ctx, int drone, const struct vg_mav_msg *msg)
{
    struct vg_station *self = ctx;
    struct vg_station_drone *d = &self->drones[drone];
    struct vg_station_link *link = &self->links[d->link];
    if (!vg_allow_message(msg, NULL)) {
        self->counts.n_refused++;
        return;
    }
    if (d->peer.sa.any.sa_family == AF_UNSPEC) {
        self->counts.n_unroutable++;
        return;
    }
    uint8_t frame[VG_MAV_FRAME_MAX];
    size_t n = vg_mav_frame_format(msg, d->seq++, d->sign, frame);
    if (n > 0) {
        log_frame(link, self->now, (struct vg_bytes){frame, n});
        vg_udp_send(link->udp, &d->peer, frame, n);
    }
}

/* ---- opening ---- */

/* 32 bytes, or their 64 hexadecimal digits. */
static bool parse_key(const struct vg_buf *text, uint8_t out[VG_MAVSIGN_KEY_SIZE])
{
    if (text->n == VG_MAVSIGN_KEY_SIZE) {
        memcpy(out, text->data, VG_MAVSIGN_KEY_SIZE);
        return true;
    }
    char digits[2 * VG_MAVSIGN_KEY_SIZE + 1];
    size_t n = strcspn(vg_buf_text(text), "\r\n");
    if (n != sizeof digits - 1) {
        return false;
    }
    memcpy(digits, text->data, n);
    digits[n] = '\0';
    return vg_unhex(digits, out, VG_MAVSIGN_KEY_SIZE) == 0;
}

static enum vg_status load_key(struct vg_station *self, int i, struct vg_error *err)
{
    const struct vg_wf_drone *wd = &self->watchfile.drones[i];
    if (wd->key[0] == '\0') {
        return VG_OK;
    }
    char path[1300];
    struct vg_buf text = {0};
    uint8_t key[VG_MAVSIGN_KEY_SIZE];
    vg_path_beside(self->watchfile.path, wd->key, path, sizeof path);
    enum vg_status st = vg_file_read(path, 4096, &text, err);
    if (st == VG_OK && !parse_key(&text, key)) {
        st = vg_fail(err, VG_E_FORMAT, "%s: a key is 32 bytes or 64 hexadecimal digits", path);
    }
    if (st == VG_OK) {
        self->drones[i].sign = calloc(1, sizeof *self->drones[i].sign);
        st = self->drones[i].sign != NULL ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    if (st == VG_OK) {
        vg_mavsign_init(self->drones[i].sign, key, 0, self->now);
    }
    memset(key, 0, sizeof key);
    vg_buf_finish(&text);
    return st;
}

static enum vg_status link_address(const struct vg_station *self, int i, struct vg_link_uri *out,
                                   struct vg_error *err)
{
    char text[160];
    const char *wanted = self->watchfile.drones[i].link;
    if (self->options.port_base > 0) {
        vg_format(text, sizeof text, "udp:%d", (int)self->options.port_base + i);
        wanted = text;
    } else if (wanted[0] == '\0') {
        vg_format(text, sizeof text, "udp:%d", 14550 + i);
        wanted = text;
    }
    enum vg_status st = vg_link_uri_parse(wanted, out, err);
    if (st == VG_OK && out->kind != VG_LINK_URI_UDP_IN && out->kind != VG_LINK_URI_UDP_OUT) {
        return vg_fail(err, VG_E_UNSUPPORTED, "link \"%s\": only UDP links are flown so far",
                       wanted);
    }
    if (st == VG_OK && self->options.is_sim) {
        return vg_addr_make("127.0.0.1", vg_addr_port(&out->addr), &out->addr, err);
    }
    return st;
}

static void open_tlog(struct vg_station *self, struct vg_station_link *link)
{
    char folder[1150];
    vg_format(folder, sizeof folder, "%s.d", self->record_path);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        return;
    }
    vg_format(link->tlog_path, sizeof link->tlog_path, "%s/udp%d-%lld.tlog", folder, link->port,
              (long long)(self->now.us / 1000));
    link->tlog = fopen(link->tlog_path, "wb");
    if (link->tlog != NULL) {
        setvbuf(link->tlog, NULL, _IOFBF, 65536);
    }
}

static enum vg_status add_link(struct vg_station *self, int i, struct vg_error *err)
{
    struct vg_link_uri uri;
    enum vg_status st = link_address(self, i, &uri, err);
    if (st != VG_OK) {
        vg_error_prefix(err, "drone %s", self->watchfile.drones[i].id);
        return st;
    }
    int port = vg_addr_port(&uri.addr);
    bool is_in = uri.kind == VG_LINK_URI_UDP_IN;
    for (int k = 0; k < self->n_links && is_in; k++) {
        if (self->links[k].port == port) {
            self->drones[i].link = k;
            return VG_OK;
        }
    }
    struct vg_station_link *link = &self->links[self->n_links];
    *link = (struct vg_station_link){.station = self, .port = is_in ? port : -port};
    vg_mavframe_init(&link->parser);
    struct vg_addr any;
    st = is_in ? VG_OK : vg_addr_make("*", 0, &any, err);
    if (st == VG_OK) {
        st = vg_udp_open(&self->loop, is_in ? &uri.addr : &any, take_datagram, link, &link->udp,
                         err);
    }
    if (st != VG_OK) {
        return st;
    }
    if (!is_in) {
        self->drones[i].peer = uri.addr;
    }
    self->drones[i].link = self->n_links++;
    open_tlog(self, link);
    return VG_OK;
}

enum vg_status vg_station_open_links(struct vg_station *self, struct vg_error *err)
{
    int n = self->watchfile.n_drones;
    self->links = calloc((size_t)n + 1, sizeof *self->links);
    self->drones = calloc((size_t)n + 1, sizeof *self->drones);
    if (self->links == NULL || self->drones == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    enum vg_status st = VG_OK;
    for (int i = 0; i < n && st == VG_OK; i++) {
        st = add_link(self, i, err);
        if (st == VG_OK) {
            st = load_key(self, i, err);
        }
    }
    return st;
}

/* ---- closing: each log's hash goes into the record ---- */

static void seal(struct vg_station *self, struct vg_station_link *link)
{
    char sha[VG_SHA256_HEX_SIZE];
    int64_t size_bytes;
    if (link->tlog == NULL) {
        return;
    }
    fclose(link->tlog);
    link->tlog = NULL;
    if (vg_record_seal_file(link->tlog_path, sha, &size_bytes, NULL) != VG_OK) {
        return;
    }
    const char *slash = strrchr(link->tlog_path, '/');
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"file\":");
    vg_buf_json(&b, slash != NULL ? slash + 1 : link->tlog_path);
    vg_buf_printf(&b, ",\"bytes\":%lld,\"sha256\":\"%s\"}", (long long)size_bytes, sha);
    vg_station_event(self, "segment", vg_buf_text(&b), b.n);
    vg_buf_finish(&b);
}

void vg_station_close_links(struct vg_station *self)
{
    for (int k = 0; k < self->n_links; k++) {
        if (self->record != NULL) {
            seal(self, &self->links[k]);
        }
        vg_udp_close(self->links[k].udp);
    }
    for (int i = 0; self->drones != NULL && i < self->watchfile.n_drones; i++) {
        free(self->drones[i].sign);
    }
    self->n_links = 0;
}
