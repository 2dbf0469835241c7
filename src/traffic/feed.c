#include "traffic/feed.h"

#include "link/mavframe.h"
#include "traffic/adsb.h"
#include "traffic/ais.h"
#include "traffic/beast.h"
#include "traffic/gdl90.h"
#include "traffic/mavtraffic.h"
#include "traffic/sbs.h"

#include <stdlib.h>
#include <string.h>

struct vg_feed {
    enum vg_feed_kind kind;
    struct vg_feed_counts counts;
    struct vg_beast beast;
    struct vg_avr avr;
    struct vg_adsb adsb; /* beast, avr */
    struct vg_lines lines; /* sbs */
    struct vg_gdl90 gdl90;
    struct vg_ais ais;
    struct vg_mavframe mavlink;
    struct vg_rid rid; /* mavlink, remote-id */
    struct vg_rid_pcap pcap;
    /* of the call under way */
    struct vg_us now;
    vg_sighting_fn fn;
    void *ctx;
};

static bool has_adsb(enum vg_feed_kind kind)
{
    return kind == VG_FEED_BEAST || kind == VG_FEED_AVR;
}

static bool has_rid(enum vg_feed_kind kind)
{
    return kind == VG_FEED_MAVLINK || kind == VG_FEED_REMOTE_ID;
}

enum vg_status vg_feed_create(enum vg_feed_kind kind, double ref_lat_deg, double ref_lon_deg,
                              struct vg_feed **out, struct vg_error *err)
{
    struct vg_feed *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->kind = kind;
    enum vg_status st = VG_OK;
    if (has_adsb(kind)) {
        st = vg_adsb_init(&self->adsb, ref_lat_deg, ref_lon_deg, err);
    } else if (has_rid(kind)) {
        st = vg_rid_init(&self->rid, err);
    }
    if (st != VG_OK) {
        free(self);
        return st;
    }
    vg_avr_init(&self->avr);
    vg_mavframe_init(&self->mavlink);
    *out = self;
    return VG_OK;
}

void vg_feed_destroy(struct vg_feed *self)
{
    if (self == NULL) {
        return;
    }
    if (has_adsb(self->kind)) {
        vg_adsb_finish(&self->adsb);
    } else if (has_rid(self->kind)) {
        vg_rid_finish(&self->rid);
    }
    free(self);
}

static void give(void *ctx, const struct vg_sighting *s)
{
    struct vg_feed *self = ctx;
    self->counts.n_sightings++;
    self->fn(self->ctx, s);
}

static void take_frame(void *ctx, const uint8_t *frame, int n)
{
    struct vg_feed *self = ctx;
    struct vg_modes m;
    struct vg_sighting s;
    if (!vg_modes_decode(frame, n, &m)) {
        self->counts.n_bad++;
        return;
    }
    self->counts.n_messages++;
    if (vg_adsb_take(&self->adsb, &m, self->now, &s)) {
        give(self, &s);
    }
}

static void take_line(void *ctx, char *text, size_t n)
{
    struct vg_feed *self = ctx;
    struct vg_sighting s;
    (void)n;
    bool is_message = strncmp(text, "MSG,", 4) == 0;
    if (vg_sbs_parse(text, &s)) {
        self->counts.n_messages++;
        give(self, &s);
    } else {
        self->counts.n_bad += !is_message; /* a MSG that tells nothing is no fault */
    }
}

static void take_mavlink(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct vg_feed *self = ctx;
    (void)frame;
    self->counts.n_messages++;
    vg_mavtraffic_take(&self->rid, msg, self->now, give, self);
}

static void take_remote_id(struct vg_feed *self, struct vg_bytes bytes, bool is_datagram)
{
    if (is_datagram) {
        vg_rid_take_frame(&self->rid, 0, bytes, self->now, give, self);
    } else {
        vg_rid_pcap_feed(&self->pcap, &self->rid, bytes, self->now, give, self);
    }
}

void vg_feed_bytes(struct vg_feed *self, struct vg_bytes bytes, bool is_datagram, struct vg_us now,
                   vg_sighting_fn fn, void *ctx)
{
    self->now = now;
    self->fn = fn;
    self->ctx = ctx;
    self->counts.n_bytes += bytes.n;
    switch (self->kind) {
    case VG_FEED_BEAST:
        vg_beast_feed(&self->beast, bytes, take_frame, self);
        break;
    case VG_FEED_AVR:
        vg_avr_feed(&self->avr, bytes, take_frame, self);
        break;
    case VG_FEED_SBS:
        vg_lines_feed(&self->lines, bytes, take_line, self);
        if (is_datagram) {
            vg_lines_flush(&self->lines, take_line, self);
        }
        break;
    case VG_FEED_GDL90:
        vg_gdl90_feed(&self->gdl90, bytes, give, self);
        break;
    case VG_FEED_AIS:
        vg_ais_feed(&self->ais, bytes, now, give, self);
        if (is_datagram) {
            vg_ais_flush(&self->ais, now, give, self);
        }
        break;
    case VG_FEED_MAVLINK:
        vg_mavframe_feed(&self->mavlink, bytes, take_mavlink, self);
        if (is_datagram) {
            vg_mavframe_flush(&self->mavlink, take_mavlink, self);
        }
        break;
    case VG_FEED_REMOTE_ID:
        take_remote_id(self, bytes, is_datagram);
        break;
    case VG_FEED_KIND_COUNT:
        break;
    }
}

void vg_feed_restart(struct vg_feed *self)
{
    self->beast.want = 0;
    self->beast.is_escape = false;
    self->avr.lead = -1;
    self->lines.n = 0;
    self->ais.lines.n = 0;
    self->gdl90.is_open = false;
    self->pcap = (struct vg_rid_pcap){0};
}

struct vg_feed_counts vg_feed_counts(const struct vg_feed *self)
{
    struct vg_feed_counts c = self->counts;
    const struct vg_mavframe_counts *m = &self->mavlink.counts;
    c.n_messages += self->gdl90.n_traffic + self->gdl90.n_heartbeats + self->gdl90.n_others +
                    self->ais.n_messages +
                    (self->kind == VG_FEED_REMOTE_ID ? self->rid.n_messages : 0);
    c.n_bad += self->beast.n_cut + self->avr.n_bad + self->lines.n_too_long + self->gdl90.n_bad +
               self->ais.n_bad + self->rid.n_bad + m->bad_crc;
    return c;
}

static const char *const names[VG_FEED_KIND_COUNT] = {"beast", "avr",     "sbs",      "gdl90",
                                                      "ais",   "mavlink", "remote-id"};

bool vg_feed_kind_beats(enum vg_feed_kind kind)
{
    /* dump1090 and readsb: an empty message a minute (--net-heartbeat); GDL 90 and MAVLink: a
     * heartbeat a second. AIS and Remote ID: only what there is. */
    return kind != VG_FEED_AIS && kind != VG_FEED_REMOTE_ID;
}

const char *vg_feed_kind_name(enum vg_feed_kind kind)
{
    return names[kind];
}

enum vg_feed_kind vg_feed_kind_find(const char *name)
{
    int k = 0;
    while (k < VG_FEED_KIND_COUNT && strcmp(names[k], name) != 0) {
        k++;
    }
    return (enum vg_feed_kind)k;
}
