/* Any message field by field, by table: for messages without a struct in mavmsg.h, for logs and for
 * people.
 *
 *     int n;
 *     const struct vg_mav_field *f = vg_mav_fields_find(msg->id, &n);
 *     for (int i = 0; i < n; i++) { ... f[i].name ... vg_mav_field_bits(&f[i], msg, 0) ... }
 *
 * Fields come in wire order. Fields that a sender cut off or does not know (extensions) read 0, as
 * the specification has it. Source: fields.def, mavlink.io/en/guide/serialization.html.
 * Threads: pure. Allocations: those of the vg_buf only.
 */
#ifndef VG_LINK_MAVFIELD_H
#define VG_LINK_MAVFIELD_H

#include "base/text.h"
#include "link/mavmsg.h"

enum vg_mav_field_type {
    VG_MAV_FIELD_u8 = 0,
    VG_MAV_FIELD_i8,
    VG_MAV_FIELD_u16,
    VG_MAV_FIELD_i16,
    VG_MAV_FIELD_u32,
    VG_MAV_FIELD_i32,
    VG_MAV_FIELD_u64,
    VG_MAV_FIELD_i64,
    VG_MAV_FIELD_f32,
    VG_MAV_FIELD_f64,
    VG_MAV_FIELD_char,
};

struct vg_mav_field {
    uint32_t id; /* of its message */
    const char *name; /* as in the XML */
    const char *unit; /* likewise; "" where it has none */
    uint8_t type; /* enum vg_mav_field_type */
    uint8_t offset; /* in the payload */
    uint8_t count; /* values of an array; 0: one value, no array */
    bool is_extension; /* never sent in version 1 */
};

/* The fields of a message, *out_n of them; NULL and 0 for a message we do not know. Borrowed for
 * ever. Cost: a binary search. */
const struct vg_mav_field *vg_mav_fields_find(uint32_t id, int *out_n);
/* Bytes of one value on the wire. */
size_t vg_mav_field_size(const struct vg_mav_field *field);
/* Value i (0 where it is no array) as its bits, zero-extended; the message must be the field's. */
uint64_t vg_mav_field_bits(const struct vg_mav_field *field, const struct vg_mav_msg *msg, int i);
/* The same the other way round. */
void vg_mav_field_put(const struct vg_mav_field *field, struct vg_mav_msg *msg, int i,
                      uint64_t bits);

/* All fields as members of a JSON object, with its braces: numbers as they are on the wire (scaled
 * as `unit` says), texts up to their first NUL, null for what is not a number; {} for a message we
 * do not know. */
void vg_mav_fields_json(const struct vg_mav_msg *msg, struct vg_buf *out);

#endif
