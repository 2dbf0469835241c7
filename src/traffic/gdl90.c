#include "traffic/gdl90.h"

#include "base/units.h"

#include <math.h>

enum {
    FLAG = 0x7E,
    ESCAPE = 0x7D,
    FLIP = 0x20,
    HEARTBEAT = 0,
    TRAFFIC = 20,
    TRAFFIC_SIZE = 28
};

uint16_t vg_gdl90_crc(const uint8_t *data, size_t n)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < n; i++) {
        /* The table step of the specification: the byte comes in below, not above. */
        uint16_t r = (uint16_t)(crc & 0xFF00);
        for (int k = 0; k < 8; k++) {
            r = (uint16_t)(r & 0x8000 ? r << 1 ^ 0x1021 : r << 1);
        }
        crc = (uint16_t)(r ^ (uint16_t)(crc << 8) ^ data[i]);
    }
    return crc;
}

static int32_t signed24(const uint8_t *p)
{
    uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    return (int32_t)v - (v & 0x800000 ? 0x1000000 : 0);
}

/* Table 11: emitter category. */
static enum vg_contact_kind kind_of(int category)
{
    switch (category) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
        return VG_CONTACT_PLANE;
    case 7:
        return VG_CONTACT_HELICOPTER;
    case 9:
    case 10:
    case 11:
    case 12:
        return VG_CONTACT_GLIDER;
    case 14:
        return VG_CONTACT_DRONE;
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
        return VG_CONTACT_VEHICLE;
    default:
        return VG_CONTACT_UNKNOWN;
    }
}

/* Bytes of table 8, the identity before them. */
static void traffic(const uint8_t *m, vg_sighting_fn fn, void *ctx)
{
    int type = m[1] & 15; /* 0 ADS-B with an ICAO address, 2 TIS-B with one; others are not */
    uint32_t address = (uint32_t)m[2] << 16 | (uint32_t)m[3] << 8 | m[4];
    struct vg_sighting s = vg_sighting_none(type == 0 || type == 2 ? VG_ID_ICAO : VG_ID_ANON);
    vg_sighting_set_address(&s, address);
    int32_t lat = signed24(m + 5);
    int32_t lon = signed24(m + 8);
    int altitude = m[11] << 4 | m[12] >> 4;
    int misc = m[12] & 15;
    int integrity = m[13] >> 4;
    if (lat != 0 || lon != 0 || integrity != 0) { /* 3.5.1.3: both and NIC 0 is no place */
        vg_sighting_set_place(&s, lat * (180.0 / 0x800000), lon * (180.0 / 0x800000));
    }
    if (altitude != 0xFFF) {
        s.alt_pressure_m = (altitude * 25.0 - 1000) * VG_M_PER_FOOT;
    }
    s.on_ground = !(misc & 8);
    int speed = m[14] << 4 | m[15] >> 4;
    int climb = (m[15] & 15) << 8 | m[16];
    if (speed != 0xFFF) {
        s.speed_mps = speed * VG_MPS_PER_KNOT;
    }
    if (climb != 0x800) {
        s.climb_mps = (climb - (climb & 0x800 ? 0x1000 : 0)) * 64 * VG_M_PER_FOOT / 60;
    }
    if ((misc & 3) == 1) { /* a track; 2 and 3 are headings */
        s.course_true_deg = m[17] * 360.0 / 256;
    }
    s.kind = kind_of(m[18]);
    vg_sighting_text(s.name, sizeof s.name, m + 19, 8);
    s.emergency = m[27] >> 4 != 0;
    fn(ctx, &s);
}

static void end_frame(struct vg_gdl90 *self, vg_sighting_fn fn, void *ctx)
{
    const uint8_t *m = self->message;
    size_t n = self->n;
    if (n == 0) {
        return; /* two flags between frames */
    }
    if (self->is_escape || n < 3 || vg_gdl90_crc(m, n - 2) != vg_le16(m + n - 2) ||
        (m[0] == TRAFFIC && n != TRAFFIC_SIZE + 2)) {
        self->n_bad++;
    } else if (m[0] == TRAFFIC) {
        self->n_traffic++;
        traffic(m, fn, ctx);
    } else if (m[0] == HEARTBEAT) {
        self->n_heartbeats++;
    } else {
        self->n_others++;
    }
}

void vg_gdl90_feed(struct vg_gdl90 *self, struct vg_bytes bytes, vg_sighting_fn fn, void *ctx)
{
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t b = bytes.data[i];
        if (b == FLAG) {
            if (self->is_open) {
                end_frame(self, fn, ctx);
            }
            self->is_open = true;
            self->is_escape = false;
            self->n = 0;
        } else if (!self->is_open) {
            continue;
        } else if (b == ESCAPE && !self->is_escape) {
            self->is_escape = true;
        } else if (self->n == VG_GDL90_MESSAGE_MAX) {
            self->n_bad++;
            self->is_open = false;
        } else {
            self->message[self->n++] = (uint8_t)(self->is_escape ? b ^ FLIP : b);
            self->is_escape = false;
        }
    }
}
