#include "link/param.h"

#include "base/bytes.h"

#include <string.h>

double vg_param_value(const struct vg_param *param, bool is_bytewise)
{
    if (!is_bytewise) {
        return (double)param->raw;
    }
    uint8_t b[4];
    vg_put_lef32(b, param->raw);
    switch (param->type) {
    case VG_MAV_PARAM_TYPE_UINT8:
        return b[0];
    case VG_MAV_PARAM_TYPE_INT8:
        return (int8_t)b[0];
    case VG_MAV_PARAM_TYPE_UINT16:
        return vg_le16(b);
    case VG_MAV_PARAM_TYPE_INT16:
        return (int16_t)vg_le16(b);
    case VG_MAV_PARAM_TYPE_UINT32:
        return vg_le32(b);
    case VG_MAV_PARAM_TYPE_INT32:
        return (int32_t)vg_le32(b);
    default:
        return (double)param->raw;
    }
}

float vg_param_raw(double value, uint8_t type, bool is_bytewise)
{
    if (!is_bytewise || type == VG_MAV_PARAM_TYPE_REAL32 || type == VG_MAV_PARAM_TYPE_REAL64) {
        return (float)value;
    }
    uint8_t b[4];
    vg_put_le32(b, (uint32_t)(int64_t)value);
    return vg_lef32(b);
}

void vg_param_take(struct vg_param *param, const struct vg_mav_param_value *v, bool is_bytewise)
{
    memcpy(param->name, v->param_id, sizeof param->name);
    param->type = v->param_type;
    param->raw = v->param_value;
    param->value = vg_param_value(param, is_bytewise);
}
