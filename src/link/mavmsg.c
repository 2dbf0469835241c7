#include "link/mavmsg.h"

#include "base/bytes.h"

#include <stddef.h>
#include <string.h>

enum {
    LOW_IDS = 512
};

#define X(id, NAME, crc, min, full) [id] = {id, crc, min, full, #NAME},
static const struct vg_mav_info low_messages[LOW_IDS] = {VG_MAV_LOW_MESSAGES(X)};
#undef X
#define X(id, NAME, crc, min, full) {id, crc, min, full, #NAME},
static const struct vg_mav_info high_messages[] = {VG_MAV_HIGH_MESSAGES(X)};
#undef X

const struct vg_mav_info *vg_mav_info_find(uint32_t id)
{
    if (id < LOW_IDS) {
        return low_messages[id].full_length != 0 ? &low_messages[id] : NULL;
    }
    size_t lo = 0;
    size_t hi = sizeof high_messages / sizeof high_messages[0];
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (high_messages[mid].id == id) {
            return &high_messages[mid];
        }
        if (high_messages[mid].id < id) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return NULL;
}

/* One reader and one writer per wire type, by the names typed.def uses. */
#define GET_u8(p) (*(p))
#define GET_i8(p) ((int8_t) * (p))
#define GET_u16(p) vg_le16(p)
#define GET_i16(p) ((int16_t)vg_le16(p))
#define GET_u32(p) vg_le32(p)
#define GET_i32(p) ((int32_t)vg_le32(p))
#define GET_u64(p) vg_le64(p)
#define GET_i64(p) ((int64_t)vg_le64(p))
#define GET_f32(p) vg_lef32(p)
#define PUT_u8(p, v) (*(p) = (v))
#define PUT_i8(p, v) (*(p) = (uint8_t)(v))
#define PUT_u16(p, v) vg_put_le16(p, v)
#define PUT_i16(p, v) vg_put_le16(p, (uint16_t)(v))
#define PUT_u32(p, v) vg_put_le32(p, v)
#define PUT_i32(p, v) vg_put_le32(p, (uint32_t)(v))
#define PUT_u64(p, v) vg_put_le64(p, v)
#define PUT_i64(p, v) vg_put_le64(p, (uint64_t)(v))
#define PUT_f32(p, v) vg_put_lef32(p, v)

static void start_message(struct vg_mav_msg *out, uint32_t id, uint8_t sysid, uint8_t compid)
{
    memset(out, 0, sizeof *out);
    out->id = id;
    out->sysid = sysid;
    out->compid = compid;
    out->n = vg_mav_info_find(id)->full_length;
}

#define F(t, name, offset, unit) out->name = GET_##t(msg->payload + (offset));
#define A(t, name, offset, count, unit)                                                            \
    for (size_t i = 0; i < (count); i++) {                                                         \
        out->name[i] = GET_##t(msg->payload + (offset) + i * sizeof out->name[0]);                 \
    }
#define S(name, offset, count)                                                                     \
    memcpy(out->name, msg->payload + (offset), count);                                             \
    out->name[count] = 0;
#define X(NAME, lower)                                                                             \
    void vg_mav_##lower##_unpack(const struct vg_mav_msg *msg, struct vg_mav_##lower *out)         \
    {                                                                                              \
        VG_MAV_FIELDS_##lower(F, A, S)                                                             \
    }
VG_MAV_TYPED_MESSAGES(X)
#undef F
#undef A
#undef S
#undef X

#define F(t, name, offset, unit) PUT_##t(out->payload + (offset), in->name);
#define A(t, name, offset, count, unit)                                                            \
    for (size_t i = 0; i < (count); i++) {                                                         \
        PUT_##t(out->payload + (offset) + i * sizeof in->name[0], in->name[i]);                    \
    }
#define S(name, offset, count) memcpy(out->payload + (offset), in->name, strnlen(in->name, count));
#define X(NAME, lower)                                                                             \
    void vg_mav_##lower##_pack(const struct vg_mav_##lower *in, uint8_t sysid, uint8_t compid,     \
                               struct vg_mav_msg *out)                                             \
    {                                                                                              \
        start_message(out, VG_MAV_ID_##NAME, sysid, compid);                                       \
        VG_MAV_FIELDS_##lower(F, A, S)                                                             \
    }
VG_MAV_TYPED_MESSAGES(X)
