#include "traffic/mavtraffic.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ADSB_FLAGS, ADSB_EMITTER_TYPE and ADSB_ALTITUDE_TYPE of the definitions. */
enum {
    VALID_COORDS = 1,
    VALID_ALTITUDE = 2,
    VALID_HEADING = 4,
    VALID_VELOCITY = 8,
    VALID_CALLSIGN = 16,
    VALID_SQUAWK = 32,
    VALID_CLIMB = 128,
    ALTITUDE_PRESSURE = 0,
    ALTITUDE_GEOMETRIC = 1,
    NO_COURSE = 36000,
    MAC_BYTES = 20
};

static enum vg_contact_kind kind_of(uint8_t emitter)
{
    static const enum vg_contact_kind kinds[] = {
        VG_CONTACT_UNKNOWN, VG_CONTACT_PLANE,   VG_CONTACT_PLANE,   VG_CONTACT_PLANE,
        VG_CONTACT_PLANE,   VG_CONTACT_PLANE,   VG_CONTACT_PLANE,   VG_CONTACT_HELICOPTER,
        VG_CONTACT_UNKNOWN, VG_CONTACT_GLIDER,  VG_CONTACT_GLIDER,  VG_CONTACT_GLIDER,
        VG_CONTACT_GLIDER,  VG_CONTACT_UNKNOWN, VG_CONTACT_DRONE,   VG_CONTACT_UNKNOWN,
        VG_CONTACT_UNKNOWN, VG_CONTACT_VEHICLE, VG_CONTACT_VEHICLE, VG_CONTACT_VEHICLE};
    return emitter < sizeof kinds / sizeof kinds[0] ? kinds[emitter] : VG_CONTACT_UNKNOWN;
}

static uint8_t emitter_of(enum vg_contact_kind kind)
{
    static const uint8_t emitters[VG_CONTACT_COUNT] = {0, 1, 7, 9, 14, 18, 0, 19};
    return emitters[kind];
}

/* ---- in ---- */

static bool take_vehicle(const struct vg_mav_msg *msg, vg_sighting_fn fn, void *ctx)
{
    struct vg_mav_adsb_vehicle v;
    vg_mav_adsb_vehicle_unpack(msg, &v);
    if (v.ICAO_address == 0 || v.ICAO_address > 0xFFFFFF) {
        return false;
    }
    struct vg_sighting s = vg_sighting_none(VG_ID_ICAO);
    vg_sighting_set_address(&s, v.ICAO_address);
    s.kind = kind_of(v.emitter_type);
    s.age_s = v.tslc;
    if (v.flags & VALID_COORDS) {
        vg_sighting_set_place(&s, v.lat / 1e7, v.lon / 1e7);
    }
    if (v.flags & VALID_ALTITUDE) {
        *(v.altitude_type == ALTITUDE_GEOMETRIC ? &s.alt_ell_m : &s.alt_pressure_m) =
            v.altitude / 1e3;
    }
    if ((v.flags & VALID_HEADING) && v.heading < NO_COURSE) {
        s.course_true_deg = v.heading / 100.0;
    }
    if (v.flags & VALID_VELOCITY) {
        s.speed_mps = v.hor_velocity / 100.0;
    }
    if (v.flags & VALID_CLIMB) {
        s.climb_mps = v.ver_velocity / 100.0;
    }
    if (v.flags & VALID_CALLSIGN) {
        vg_sighting_text(s.name, sizeof s.name, v.callsign, sizeof v.callsign);
    }
    if ((v.flags & VALID_SQUAWK) && v.squawk <= 7777) {
        s.squawk = v.squawk;
        s.emergency = vg_squawk_is_emergency(v.squawk);
    }
    fn(ctx, &s);
    return true;
}

/* OPEN_DRONE_ID_* say the same as the radio messages, in MAVLink's units: back into those, for one
 * reader (rid.c). */
static void put_head(uint8_t *m, int type, int low)
{
    memset(m, 0, VG_RID_MESSAGE);
    m[0] = (uint8_t)(type << 4 | 2);
    m[1] = (uint8_t)low;
}

static uint16_t half_metres(float alt_m)
{
    float v = (alt_m + 1000) * 2;
    return alt_m > -1000 && v < 65535 ? (uint16_t)(v + 0.5f) : 0;
}

static void basic_id(const struct vg_mav_msg *msg, uint8_t *m)
{
    struct vg_mav_open_drone_id_basic_id v;
    vg_mav_open_drone_id_basic_id_unpack(msg, &v);
    put_head(m, 0, (v.id_type & 15) << 4 | (v.ua_type & 15));
    memcpy(m + 2, v.uas_id, sizeof v.uas_id);
}

static void location(const struct vg_mav_msg *msg, uint8_t *m)
{
    struct vg_mav_open_drone_id_location v;
    vg_mav_open_drone_id_location_unpack(msg, &v);
    int course = v.direction < NO_COURSE ? v.direction / 100 : 361;
    bool is_fast = v.speed_horizontal > 6375;
    int speed = is_fast ? (v.speed_horizontal - 6375) / 75 : v.speed_horizontal / 25;
    put_head(m, 1, (v.status & 15) << 4 | (course >= 180 ? 2 : 0) | (is_fast ? 1 : 0));
    m[2] = (uint8_t)(course >= 180 ? course - 180 : course);
    m[3] = (uint8_t)(speed < 255 ? speed : 255);
    m[4] = (uint8_t)(int8_t)(v.speed_vertical >= 6300 ? 126 : v.speed_vertical / 50);
    vg_put_le32(m + 5, (uint32_t)v.latitude);
    vg_put_le32(m + 9, (uint32_t)v.longitude);
    vg_put_le16(m + 13, half_metres(v.altitude_barometric));
    vg_put_le16(m + 15, half_metres(v.altitude_geodetic));
    m[19] = (uint8_t)((v.vertical_accuracy & 15) << 4 | (v.horizontal_accuracy & 15));
    vg_put_le16(m + 21,
                v.timestamp >= 0 && v.timestamp <= 3600 ? (uint16_t)(v.timestamp * 10) : 0xFFFF);
}

static void system_message(const struct vg_mav_msg *msg, uint8_t *m)
{
    struct vg_mav_open_drone_id_system v;
    vg_mav_open_drone_id_system_unpack(msg, &v);
    put_head(m, 4, v.operator_location_type & 3);
    vg_put_le32(m + 2, (uint32_t)v.operator_latitude);
    vg_put_le32(m + 6, (uint32_t)v.operator_longitude);
}

static void operator_id(const struct vg_mav_msg *msg, uint8_t *m)
{
    struct vg_mav_open_drone_id_operator_id v;
    vg_mav_open_drone_id_operator_id_unpack(msg, &v);
    put_head(m, 5, v.operator_id_type);
    memcpy(m + 2, v.operator_id, 20);
}

/* OPEN_DRONE_ID_MESSAGE_PACK: size of one and number at 22, the messages themselves from 24 on. */
static size_t pack(const struct vg_mav_msg *msg, uint8_t *m)
{
    m[0] = 0xF2;
    memcpy(m + 1, msg->payload + 22, 2 + VG_RID_PACK_MAX * VG_RID_MESSAGE);
    return 3 + VG_RID_PACK_MAX * VG_RID_MESSAGE;
}

/* Where the 20 bytes of the transmitter's radio address lie on the wire; -1: not such a message. */
static int mac_offset(uint32_t id)
{
    switch (id) {
    case VG_MAV_ID_OPEN_DRONE_ID_BASIC_ID:
    case VG_MAV_ID_OPEN_DRONE_ID_OPERATOR_ID:
    case VG_MAV_ID_OPEN_DRONE_ID_MESSAGE_PACK:
        return 2;
    case VG_MAV_ID_OPEN_DRONE_ID_LOCATION:
        return 32;
    case VG_MAV_ID_OPEN_DRONE_ID_SYSTEM:
        return 30;
    default:
        return -1;
    }
}

static uint64_t transmitter(const struct vg_mav_msg *msg, int offset)
{
    char text[2 * MAC_BYTES + 8];
    int n = 0;
    bool is_own = true;
    for (int i = 0; i < MAC_BYTES; i++) {
        uint8_t b = msg->payload[offset + i];
        is_own = is_own && b == 0;
        text[n++] = (char)('a' + (b >> 4));
        text[n++] = (char)('a' + (b & 15));
    }
    text[n] = '\0';
    return vg_text_hash(text, is_own ? (uint64_t)msg->sysid + 1 : 0);
}

bool vg_mavtraffic_take(struct vg_rid *rid, const struct vg_mav_msg *msg, struct vg_us now,
                        vg_sighting_fn fn, void *ctx)
{
    uint8_t m[3 + VG_RID_PACK_MAX * VG_RID_MESSAGE];
    size_t n = VG_RID_MESSAGE;
    int offset = mac_offset(msg->id);
    if (msg->id == VG_MAV_ID_ADSB_VEHICLE) {
        return take_vehicle(msg, fn, ctx);
    }
    switch (msg->id) {
    case VG_MAV_ID_OPEN_DRONE_ID_BASIC_ID:
        basic_id(msg, m);
        break;
    case VG_MAV_ID_OPEN_DRONE_ID_LOCATION:
        location(msg, m);
        break;
    case VG_MAV_ID_OPEN_DRONE_ID_SYSTEM:
        system_message(msg, m);
        break;
    case VG_MAV_ID_OPEN_DRONE_ID_OPERATOR_ID:
        operator_id(msg, m);
        break;
    case VG_MAV_ID_OPEN_DRONE_ID_MESSAGE_PACK:
        n = pack(msg, m);
        break;
    default:
        return false;
    }
    return vg_rid_take(rid, transmitter(msg, offset), (struct vg_bytes){m, n}, now, fn, ctx);
}

bool vg_mavtraffic_own_id(const struct vg_mav_msg *msg, char out[VG_SIGHTING_ID_SIZE])
{
    struct vg_mav_open_drone_id_basic_id v;
    if (msg->id != VG_MAV_ID_OPEN_DRONE_ID_BASIC_ID) {
        return false;
    }
    vg_mav_open_drone_id_basic_id_unpack(msg, &v);
    for (int i = 0; i < MAC_BYTES; i++) {
        if (v.id_or_mac[i] != 0) {
            return false;
        }
    }
    vg_sighting_text(out, VG_SIGHTING_ID_SIZE, v.uas_id, sizeof v.uas_id);
    return out[0] != '\0';
}

/* ---- out ---- */

static uint32_t address_of(const struct vg_contact *c)
{
    if (c->s.space == VG_ID_ICAO || c->s.space == VG_ID_ANON) {
        return (uint32_t)strtoul(c->s.id, NULL, 16);
    }
    return 0xF80000 | (uint32_t)(vg_text_hash(c->s.id, c->s.space) & 0x7FFFF);
}

static int16_t centi(double mps)
{
    double v = round(mps * 100);
    return (int16_t)(v > 32767 ? 32767 : v < -32767 ? -32767 : v);
}

void vg_mavtraffic_vehicle(const struct vg_contact *c, const struct vg_contact_now *at,
                           uint8_t sysid, uint8_t compid, struct vg_mav_msg *out)
{
    struct vg_mav_adsb_vehicle v = {.ICAO_address = address_of(c),
                                    .lat = (int32_t)lround(at->lat_deg * 1e7),
                                    .lon = (int32_t)lround(at->lon_deg * 1e7),
                                    .heading = NO_COURSE,
                                    .emitter_type = emitter_of(c->s.kind),
                                    .tslc = (uint8_t)fmin(at->age_s, 255),
                                    .flags = VALID_COORDS};
    if (at->height.source != VG_HEIGHT_NONE) {
        bool is_geometric = at->height.source == VG_HEIGHT_GEOMETRIC;
        v.altitude = (int32_t)lround(at->height.msl_m * 1e3);
        v.altitude_type = is_geometric ? ALTITUDE_GEOMETRIC : ALTITUDE_PRESSURE;
        v.flags |= VALID_ALTITUDE;
    }
    if (isfinite(at->course_true_deg)) {
        v.heading = (uint16_t)(lround(at->course_true_deg * 100) % NO_COURSE);
        v.flags |= VALID_HEADING;
    }
    if (isfinite(at->speed_mps)) {
        v.hor_velocity = (uint16_t)fmin(round(at->speed_mps * 100), 65535);
        v.flags |= VALID_VELOCITY;
    }
    v.ver_velocity = centi(at->vel_enu_mps[2]);
    if (isfinite(c->s.climb_mps)) {
        v.flags |= VALID_CLIMB;
    }
    if (c->s.name[0] != '\0') {
        memcpy(v.callsign, c->s.name, sizeof v.callsign - 1);
        v.callsign[sizeof v.callsign - 1] = '\0';
        v.flags |= VALID_CALLSIGN;
    }
    if (c->s.squawk >= 0) {
        v.squawk = (uint16_t)c->s.squawk;
        v.flags |= VALID_SQUAWK;
    }
    vg_mav_adsb_vehicle_pack(&v, sysid, compid, out);
}
