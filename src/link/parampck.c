#include "link/parampck.h"

#include "link/mavenum.h"

#include <string.h>

enum {
    MAGIC = 0x671b,
    MAGIC_DEFAULTS = 0x671c,
    HEAD = 6,
    HAS_DEFAULT = 1,
    PCK_INT8 = 1,
    PCK_INT16,
    PCK_INT32,
    PCK_FLOAT
};

static size_t size_of(int type)
{
    static const uint8_t sizes[] = {
        [PCK_INT8] = 1, [PCK_INT16] = 2, [PCK_INT32] = 4, [PCK_FLOAT] = 4};
    return type < (int)sizeof sizes ? sizes[type] : 0;
}

static uint8_t mav_type_of(int type)
{
    static const uint8_t types[] = {[PCK_INT8] = VG_MAV_PARAM_TYPE_INT8,
                                    [PCK_INT16] = VG_MAV_PARAM_TYPE_INT16,
                                    [PCK_INT32] = VG_MAV_PARAM_TYPE_INT32,
                                    [PCK_FLOAT] = VG_MAV_PARAM_TYPE_REAL32};
    return types[type];
}

static double value_at(int type, const uint8_t *p)
{
    switch (type) {
    case PCK_INT8:
        return (int8_t)p[0];
    case PCK_INT16:
        return (int16_t)vg_le16(p);
    case PCK_INT32:
        return (int32_t)vg_le32(p);
    default:
        return (double)vg_lef32(p);
    }
}

/* One entry at *at. *param still holds the one before, whose name it may continue. */
static enum vg_status parse_one(struct vg_bytes file, size_t *at, struct vg_param *param,
                                struct vg_error *err)
{
    const uint8_t *p = file.data + *at;
    size_t left = file.n - *at;
    if (left < 2) {
        return vg_fail_offset(err, VG_PARAMPCK_PATH, (int64_t)*at,
                              "the parameter file is cut short");
    }
    int type = p[0] & 15;
    size_t size = size_of(type);
    size_t common = p[1] & 15;
    size_t rest = 1 + (size_t)(p[1] >> 4);
    bool has_default = (p[0] >> 4 & HAS_DEFAULT) != 0;
    size_t total = 2 + rest + size * (has_default ? 2 : 1);
    if (size == 0 || common > strlen(param->name) || common + rest > VG_PARAM_NAME_MAX) {
        return vg_fail_offset(err, VG_PARAMPCK_PATH, (int64_t)*at,
                              "no parameter can look like this");
    }
    if (total > left) {
        return vg_fail_offset(err, VG_PARAMPCK_PATH, (int64_t)*at,
                              "the parameter file is cut short");
    }
    memcpy(param->name + common, p + 2, rest);
    param->name[common + rest] = '\0';
    if (strlen(param->name) != common + rest) {
        return vg_fail_offset(err, VG_PARAMPCK_PATH, (int64_t)*at,
                              "no parameter can look like this");
    }
    param->type = mav_type_of(type);
    param->value = value_at(type, p + 2 + rest);
    param->raw = (float)param->value;
    param->has_default = has_default;
    param->default_value = has_default ? value_at(type, p + 2 + rest + size) : 0;
    *at += total;
    return VG_OK;
}

enum vg_status vg_parampck_parse(struct vg_bytes file, vg_parampck_fn fn, void *ctx,
                                 struct vg_error *err)
{
    uint16_t magic = file.n >= HEAD ? vg_le16(file.data) : 0;
    if (magic != MAGIC && magic != MAGIC_DEFAULTS) {
        return vg_fail_offset(err, VG_PARAMPCK_PATH, 0, "not a packed parameter file");
    }
    int n = vg_le16(file.data + 2);
    struct vg_param param = {.name = ""};
    size_t at = HEAD;
    for (int i = 0; i < n; i++) {
        while (at < file.n && file.data[at] == 0) {
            at++;
        }
        enum vg_status st = parse_one(file, &at, &param, err);
        if (st != VG_OK) {
            return st;
        }
        fn(ctx, &param);
    }
    return VG_OK;
}

/* ---- the drone's side ---- */

static int pck_type_of(uint8_t mav_type)
{
    switch (mav_type) {
    case VG_MAV_PARAM_TYPE_INT8:
        return PCK_INT8;
    case VG_MAV_PARAM_TYPE_INT16:
        return PCK_INT16;
    case VG_MAV_PARAM_TYPE_INT32:
        return PCK_INT32;
    default:
        return PCK_FLOAT;
    }
}

static void put_value(int type, double value, uint8_t *p)
{
    if (type == PCK_FLOAT) {
        vg_put_lef32(p, (float)value);
        return;
    }
    int64_t v = (int64_t)value;
    for (size_t i = 0; i < size_of(type); i++) {
        p[i] = (uint8_t)((uint64_t)v >> (8 * i));
    }
}

size_t vg_parampck_format(const struct vg_param *params, int n, size_t read_bytes, uint8_t *out,
                          size_t cap)
{
    const char *before = "";
    size_t at = HEAD;
    if (cap < HEAD) {
        return 0;
    }
    vg_put_le16(out, MAGIC);
    vg_put_le16(out + 2, (uint16_t)n);
    vg_put_le16(out + 4, (uint16_t)n);
    for (int i = 0; i < n; i++) {
        const char *name = params[i].name;
        int type = pck_type_of(params[i].type);
        size_t common = 0;
        while (common < 15 && name[common + 1] != '\0' && name[common] == before[common]) {
            common++; /* at least one letter must follow */
        }
        size_t rest = strlen(name) - common;
        size_t size = size_of(type);
        /* A value must not lie across two pieces: it could come half old, half new. */
        size_t over = (at + 2 + rest + size) % read_bytes;
        size_t pad = size > 1 && over > 0 && over < size ? size - over : 0;
        if (at + pad + 2 + rest + size > cap || rest > 16) {
            return 0;
        }
        memset(out + at, 0, pad);
        at += pad;
        out[at] = (uint8_t)type;
        out[at + 1] = (uint8_t)(common | (rest - 1) << 4);
        memcpy(out + at + 2, name + common, rest);
        put_value(type, params[i].value, out + at + 2 + rest);
        at += 2 + rest + size;
        before = name;
    }
    return at;
}
