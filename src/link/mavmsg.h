/* MAVLink messages as values: the envelope every message has, and a typed struct for each message
 * the program reads or writes.
 *
 * `struct vg_mav_<lower name>` has the fields of the XML definition, with its names, units and
 * scaling (lat in degE7, alt in mm): typed.def lists them with wire offset and unit. Scaled
 * integers stay inside link/; vehicle.h converts them once. Text fields have one byte more than the
 * wire, for a NUL that is always there. Absent extension fields read 0.
 *
 * messages.def lists every message of the common, ardupilotmega and development sets with its CRC
 * seed and lengths, so that messages without a struct are still checked and counted.
 *
 *     struct vg_mav_attitude a;
 *     if (msg->id == VG_MAV_ID_ATTITUDE) { vg_mav_attitude_unpack(msg, &a); }
 *
 * Source: mavlink.io/en/guide/serialization.html and the definitions named in messages.def.
 * Threads: pure. Allocations: none.
 */
#ifndef VG_LINK_MAVMSG_H
#define VG_LINK_MAVMSG_H

#include "link/mavenum.h"
#include "link/messages.def"
#include "link/typed.def"

#include <stdbool.h>
#include <stdint.h>

enum {
    VG_MAV_PAYLOAD_MAX = 255,
    VG_MAV_FRAME_MAX = 280, /* 10 header + 255 payload + 2 CRC + 13 signature */
    VG_MAV_INCOMPAT_SIGNED = 1,
};

/* One message. n is the payload length as received (after truncation); beyond n the payload is 0. A
 * message made by _pack has seq 0: vg_mav_frame_format sets it. The signature fields mean something
 * only when is_signed. payload has one spare byte so that whole 32-byte pieces can be copied into
 * it. */
struct vg_mav_msg {
    uint32_t id;
    uint8_t sysid;
    uint8_t compid;
    uint8_t seq;
    uint8_t incompat;
    uint8_t compat;
    bool is_v1;
    bool is_signed;
    bool is_wide_control; /* CONTROL_STATUS of 2026: payload as the older one, then 10 stations */
    uint8_t n;
    uint8_t payload[VG_MAV_PAYLOAD_MAX + 1];
    uint64_t sign_timestamp_10us; /* since 2015-01-01 UTC, 48 bits */
    uint8_t sign_link_id;
    uint8_t signature[6];
};

/* VG_MAV_ID_HEARTBEAT ... for every message known. */
enum vg_mav_id {
#define X(id, NAME, crc, min, full) VG_MAV_ID_##NAME = id,
    VG_MAV_LOW_MESSAGES(X) VG_MAV_HIGH_MESSAGES(X)
#undef X
};

struct vg_mav_info {
    uint32_t id;
    uint8_t crc_extra;
    uint8_t min_length; /* without extension fields: what version 1 sends */
    uint8_t full_length; /* with them; never 0 in a known message */
    const char *name; /* as in the XML: "HEARTBEAT" */
};

/* What is known of a message id, NULL if nothing. Borrowed for ever. */
const struct vg_mav_info *vg_mav_info_find(uint32_t id);

/* The structs. */
#define VG_MAV_C_u8 uint8_t
#define VG_MAV_C_i8 int8_t
#define VG_MAV_C_u16 uint16_t
#define VG_MAV_C_i16 int16_t
#define VG_MAV_C_u32 uint32_t
#define VG_MAV_C_i32 int32_t
#define VG_MAV_C_u64 uint64_t
#define VG_MAV_C_i64 int64_t
#define VG_MAV_C_f32 float
#define F(t, name, offset, unit) VG_MAV_C_##t name;
#define A(t, name, offset, count, unit) VG_MAV_C_##t name[count];
#define S(name, offset, count) char name[(count) + 1];
#define X(NAME, lower)                                                                             \
    struct vg_mav_##lower {                                                                        \
        VG_MAV_FIELDS_##lower(F, A, S)                                                             \
    };
VG_MAV_TYPED_MESSAGES(X)
#undef X
#undef F
#undef A
#undef S

/* void vg_mav_heartbeat_unpack(const struct vg_mav_msg *msg, struct vg_mav_heartbeat *out);
 *     The caller has checked msg->id. Any payload is valid.
 * void vg_mav_heartbeat_pack(const struct vg_mav_heartbeat *in, uint8_t sysid, uint8_t compid,
 *                            struct vg_mav_msg *out);
 *     Text is cut at its first NUL and zero-filled; everything of out is written. */
#define X(NAME, lower)                                                                             \
    void vg_mav_##lower##_unpack(const struct vg_mav_msg *msg, struct vg_mav_##lower *out);        \
    void vg_mav_##lower##_pack(const struct vg_mav_##lower *in, uint8_t sysid, uint8_t compid,     \
                               struct vg_mav_msg *out);
VG_MAV_TYPED_MESSAGES(X)
#undef X

#endif
