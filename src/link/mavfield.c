#include "link/mavfield.h"

#include "base/bytes.h"
#include "link/fields.def"

#include <inttypes.h>
#include <math.h>

#define X(id, name, type, offset, count, is_extension, unit)                                       \
    {id, #name, unit, VG_MAV_FIELD_##type, offset, count, is_extension},
static const struct vg_mav_field fields[] = {VG_MAV_ALL_FIELDS(X)};
#undef X

enum {
    N_FIELDS = sizeof fields / sizeof fields[0]
};

const struct vg_mav_field *vg_mav_fields_find(uint32_t id, int *out_n)
{
    int lo = 0; /* all before are of smaller ids */
    int hi = N_FIELDS;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (fields[mid].id < id) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    int end = lo;
    while (end < N_FIELDS && fields[end].id == id) {
        end++;
    }
    *out_n = end - lo;
    return end > lo ? &fields[lo] : NULL;
}

size_t vg_mav_field_size(const struct vg_mav_field *field)
{
    static const uint8_t sizes[] = {
        [VG_MAV_FIELD_u8] = 1,  [VG_MAV_FIELD_i8] = 1,  [VG_MAV_FIELD_u16] = 2,
        [VG_MAV_FIELD_i16] = 2, [VG_MAV_FIELD_u32] = 4, [VG_MAV_FIELD_i32] = 4,
        [VG_MAV_FIELD_u64] = 8, [VG_MAV_FIELD_i64] = 8, [VG_MAV_FIELD_f32] = 4,
        [VG_MAV_FIELD_f64] = 8, [VG_MAV_FIELD_char] = 1};
    return sizes[field->type];
}

uint64_t vg_mav_field_bits(const struct vg_mav_field *field, const struct vg_mav_msg *msg, int i)
{
    size_t size = vg_mav_field_size(field);
    const uint8_t *p = msg->payload + field->offset + (size_t)i * size;
    uint64_t bits = 0;
    for (size_t k = 0; k < size; k++) {
        bits |= (uint64_t)p[k] << (8 * k);
    }
    return bits;
}

void vg_mav_field_put(const struct vg_mav_field *field, struct vg_mav_msg *msg, int i,
                      uint64_t bits)
{
    size_t size = vg_mav_field_size(field);
    uint8_t *p = msg->payload + field->offset + (size_t)i * size;
    for (size_t k = 0; k < size; k++) {
        p[k] = (uint8_t)(bits >> (8 * k));
    }
}

static void put_value(const struct vg_mav_field *field, uint64_t bits, struct vg_buf *out)
{
    float f;
    double d;
    uint32_t low = (uint32_t)bits;
    switch ((enum vg_mav_field_type)field->type) {
    case VG_MAV_FIELD_i8:
        vg_buf_printf(out, "%d", (int8_t)bits);
        break;
    case VG_MAV_FIELD_i16:
        vg_buf_printf(out, "%d", (int16_t)bits);
        break;
    case VG_MAV_FIELD_i32:
        vg_buf_printf(out, "%" PRId32, (int32_t)bits);
        break;
    case VG_MAV_FIELD_i64:
        vg_buf_printf(out, "%" PRId64, (int64_t)bits);
        break;
    case VG_MAV_FIELD_f32:
        memcpy(&f, &low, sizeof f);
        vg_buf_real(out, (double)f, 9); /* 9 and 17 digits read back to the same number */
        break;
    case VG_MAV_FIELD_f64:
        memcpy(&d, &bits, sizeof d);
        vg_buf_real(out, d, 17);
        break;
    case VG_MAV_FIELD_u8:
    case VG_MAV_FIELD_u16:
    case VG_MAV_FIELD_u32:
    case VG_MAV_FIELD_u64:
    case VG_MAV_FIELD_char:
        vg_buf_printf(out, "%" PRIu64, bits);
        break;
    }
}

static void put_text(const struct vg_mav_field *field, const struct vg_mav_msg *msg,
                     struct vg_buf *out)
{
    char text[VG_MAV_PAYLOAD_MAX + 1];
    memcpy(text, msg->payload + field->offset, field->count);
    text[field->count] = '\0';
    vg_buf_json(out, text);
}

void vg_mav_fields_json(const struct vg_mav_msg *msg, struct vg_buf *out)
{
    int n;
    const struct vg_mav_field *f = vg_mav_fields_find(msg->id, &n);
    vg_buf_puts(out, "{");
    for (int k = 0; k < n; k++) {
        vg_buf_printf(out, "%s\"%s\":", k > 0 ? "," : "", f[k].name);
        if (f[k].type == VG_MAV_FIELD_char && f[k].count > 0) {
            put_text(&f[k], msg, out);
        } else if (f[k].count == 0) {
            put_value(&f[k], vg_mav_field_bits(&f[k], msg, 0), out);
        } else {
            for (int i = 0; i < f[k].count; i++) {
                vg_buf_puts(out, i > 0 ? "," : "[");
                put_value(&f[k], vg_mav_field_bits(&f[k], msg, i), out);
            }
            vg_buf_puts(out, "]");
        }
    }
    vg_buf_puts(out, "}");
}
