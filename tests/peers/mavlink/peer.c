/* Our side of the exchange with node-mavlink (check.js): values as JSON lines, frames as hex.
 *
 *   mav_peer list                            every message we know
 *   mav_peer fields                          every field of every message, from the table
 *   mav_peer encode SEED ROUNDS [KEY]        random values of each typed message, with their frames
 *   mav_peer table 1|2 SEED ROUNDS           of every message, by the table of fields; MAVLink 1 or
 * 2 mav_peer decode [KEY]                    frames on standard input, values on standard output
 *
 * Floats are written as their bits, 64-bit integers as text, texts as hex: nothing is rounded. */
#include "base/rng.h"
#include "base/sha256.h"
#include "link/mavfield.h"
#include "link/mavframe.h"
#include "link/mavsign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OUR_SYSID = 200,
    OUR_COMPID = 190,
    OUR_LINK = 9
};
/* 2026-01-01T00:00:00Z; check.js stamps its frames around the same time. */
static const int64_t NOW_US = INT64_C(1767225600000000);

/* How each type is printed. */
static void show_u(uint64_t v)
{
    printf("\"%" PRIu64 "\"", v);
}

static void show_i(int64_t v)
{
    printf("\"%" PRId64 "\"", v);
}

static void show_f(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    printf("\"f%08x\"", bits);
}

#define SHOW_u8 show_u
#define SHOW_u16 show_u
#define SHOW_u32 show_u
#define SHOW_u64 show_u
#define SHOW_i8 show_i
#define SHOW_i16 show_i
#define SHOW_i32 show_i
#define SHOW_i64 show_i
#define SHOW_f32 show_f

static void show_hex(const void *data, size_t n)
{
    char hex[2 * VG_MAV_FRAME_MAX + 1];
    printf("\"%s\"", vg_hex(data, n, hex));
}

#define F(t, name, offset, unit)                                                                   \
    printf("%s\"%s\":", comma, #name);                                                             \
    SHOW_##t(m->name);                                                                             \
    comma = ",";
#define A(t, name, offset, count, unit)                                                            \
    printf("%s\"%s\":[", comma, #name);                                                            \
    for (size_t i = 0; i < (count); i++) {                                                         \
        printf("%s", i > 0 ? "," : "");                                                            \
        SHOW_##t(m->name[i]);                                                                      \
    }                                                                                              \
    printf("]");                                                                                   \
    comma = ",";
#define S(name, offset, count)                                                                     \
    printf("%s\"%s\":", comma, #name);                                                             \
    show_hex(m->name, strlen(m->name));                                                            \
    comma = ",";
#define X(NAME, lower)                                                                             \
    static void show_##lower(const struct vg_mav_##lower *m)                                       \
    {                                                                                              \
        const char *comma = "";                                                                    \
        printf("\"fields\":{");                                                                    \
        VG_MAV_FIELDS_##lower(F, A, S) printf("}");                                                \
        (void)comma;                                                                               \
    }
VG_MAV_TYPED_MESSAGES(X)
#undef X
#undef F
#undef A
#undef S

/* Bits of every kind: zeros, ones, sign bits, small, any. */
static uint64_t random_bits(struct vg_rng *rng)
{
    static const uint64_t extremes[] = {0, UINT64_MAX, UINT64_C(0x8080808080808080),
                                        UINT64_C(0x7fffffffffffffff), 1};
    uint64_t pick = vg_rng_below(rng, 12);
    return pick < 5 ? extremes[pick] : vg_rng_next(rng);
}

static float random_float(struct vg_rng *rng)
{
    static const uint32_t extremes[] = {0,          0x80000000, 0x7f800000, 0xff800000,
                                        0x7fc00000, 1,          0x7f7fffff, 0x3f800000};
    uint64_t pick = vg_rng_below(rng, 16);
    uint32_t bits = pick < 8 ? extremes[pick] : (uint32_t)vg_rng_next(rng);
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static void random_text(struct vg_rng *rng, char *text, size_t size)
{
    size_t n = vg_rng_below(rng, size + 1);
    memset(text, 0, size + 1);
    for (size_t i = 0; i < n; i++) {
        text[i] = (char)(1 + vg_rng_below(rng, 255));
    }
}

#define RANDOM_u8 (uint8_t) random_bits(rng)
#define RANDOM_u16 (uint16_t) random_bits(rng)
#define RANDOM_u32 (uint32_t) random_bits(rng)
#define RANDOM_u64 random_bits(rng)
#define RANDOM_i8 (int8_t) random_bits(rng)
#define RANDOM_i16 (int16_t) random_bits(rng)
#define RANDOM_i32 (int32_t) random_bits(rng)
#define RANDOM_i64 (int64_t) random_bits(rng)
#define RANDOM_f32 random_float(rng)
#define F(t, name, offset, unit) m->name = is_zero ? 0 : RANDOM_##t;
#define A(t, name, offset, count, unit)                                                            \
    for (size_t i = 0; i < (count); i++) {                                                         \
        m->name[i] = is_zero ? 0 : RANDOM_##t;                                                     \
    }
#define S(name, offset, count) random_text(rng, m->name, is_zero ? 0 : (count));
#define X(NAME, lower)                                                                             \
    static void fill_##lower(struct vg_mav_##lower *m, bool is_zero, struct vg_rng *rng)           \
    {                                                                                              \
        memset(m, 0, sizeof *m);                                                                   \
        VG_MAV_FIELDS_##lower(F, A, S)                                                             \
    }
VG_MAV_TYPED_MESSAGES(X)
#undef X
#undef F
#undef A
#undef S

static int list(void)
{
#define X(id, NAME, crc, min, full)                                                                \
    printf("{\"id\":%d,\"name\":\"%s\",\"crc\":%d,\"min\":%d,\"full\":%d}\n", id, #NAME, crc, min, \
           full);
    VG_MAV_LOW_MESSAGES(X)
    VG_MAV_HIGH_MESSAGES(X)
#undef X
    return 0;
}

static void show_envelope(uint32_t id, uint8_t seq, uint8_t sysid, uint8_t compid)
{
    printf("{\"id\":%u,\"seq\":%d,\"sysid\":%d,\"compid\":%d,", id, seq, sysid, compid);
}

static int encode(uint64_t seed, int rounds, struct vg_mavsign *sign)
{
    struct vg_rng state = vg_rng_seed(seed);
    struct vg_rng *rng = &state;
    uint8_t seq = 0;
    for (int round = 0; round < rounds; round++) {
#define X(NAME, lower)                                                                             \
    {                                                                                              \
        struct vg_mav_##lower m;                                                                   \
        struct vg_mav_msg msg;                                                                     \
        uint8_t out[VG_MAV_FRAME_MAX];                                                             \
        fill_##lower(&m, round == 0, rng);                                                         \
        vg_mav_##lower##_pack(&m, OUR_SYSID, OUR_COMPID, &msg);                                    \
        size_t n = vg_mav_frame_format(&msg, seq, sign, out);                                      \
        show_envelope(msg.id, seq++, OUR_SYSID, OUR_COMPID);                                       \
        show_##lower(&m);                                                                          \
        printf(",\"frame\":");                                                                     \
        show_hex(out, n);                                                                          \
        printf("}\n");                                                                             \
    }
        VG_MAV_TYPED_MESSAGES(X)
#undef X
    }
    return 0;
}

/* ---- by the table of fields ---- */

static void show_bits(const struct vg_mav_field *f, uint64_t bits)
{
    switch ((enum vg_mav_field_type)f->type) {
    case VG_MAV_FIELD_i8:
        show_i((int8_t)bits);
        break;
    case VG_MAV_FIELD_i16:
        show_i((int16_t)bits);
        break;
    case VG_MAV_FIELD_i32:
        show_i((int32_t)bits);
        break;
    case VG_MAV_FIELD_i64:
        show_i((int64_t)bits);
        break;
    case VG_MAV_FIELD_f32:
        printf("\"f%08x\"", (unsigned)bits);
        break;
    case VG_MAV_FIELD_f64:
        printf("\"d%016" PRIx64 "\"", bits);
        break;
    case VG_MAV_FIELD_u8:
    case VG_MAV_FIELD_u16:
    case VG_MAV_FIELD_u32:
    case VG_MAV_FIELD_u64:
    case VG_MAV_FIELD_char:
        show_u(bits);
        break;
    }
}

static void show_table_value(const struct vg_mav_field *f, const struct vg_mav_msg *msg)
{
    if (f->count == 0) {
        show_bits(f, vg_mav_field_bits(f, msg, 0));
        return;
    }
    if (f->type == VG_MAV_FIELD_char) {
        const char *text = (const char *)msg->payload + f->offset;
        show_hex(text, strnlen(text, f->count));
        return;
    }
    printf("[");
    for (int i = 0; i < f->count; i++) {
        printf("%s", i > 0 ? "," : "");
        show_bits(f, vg_mav_field_bits(f, msg, i));
    }
    printf("]");
}

static void show_table(const char *member, const struct vg_mav_msg *msg)
{
    int n;
    const struct vg_mav_field *f = vg_mav_fields_find(msg->id, &n);
    printf("\"%s\":{", member);
    for (int k = 0; k < n; k++) {
        printf("%s\"%s\":", k > 0 ? "," : "", f[k].name);
        show_table_value(&f[k], msg);
    }
    printf("}");
}

static int list_fields(void)
{
#define X(id, NAME, crc, min, full) id,
    static const uint32_t ids[] = {VG_MAV_LOW_MESSAGES(X) VG_MAV_HIGH_MESSAGES(X)};
#undef X
    static const char *const types[] = {"uint8_t",  "int8_t",  "uint16_t", "int16_t",
                                        "uint32_t", "int32_t", "uint64_t", "int64_t",
                                        "float",    "double",  "char"};
    for (size_t k = 0; k < sizeof ids / sizeof ids[0]; k++) {
        int n;
        const struct vg_mav_field *f = vg_mav_fields_find(ids[k], &n);
        for (int i = 0; i < n; i++) {
            printf("{\"id\":%u,\"name\":\"%s\",\"type\":\"%s\",\"offset\":%d,\"count\":%d,"
                   "\"extension\":%s,\"unit\":\"%s\"}\n",
                   f[i].id, f[i].name, types[f[i].type], f[i].offset, f[i].count,
                   f[i].is_extension ? "true" : "false", f[i].unit);
        }
    }
    return 0;
}

static void fill_table_value(const struct vg_mav_field *f, struct vg_mav_msg *msg,
                             struct vg_rng *rng)
{
    if (f->type == VG_MAV_FIELD_char && f->count > 0) {
        char text[VG_MAV_PAYLOAD_MAX + 1];
        random_text(rng, text, f->count);
        memcpy(msg->payload + f->offset, text, f->count);
        return;
    }
    for (int i = 0; i < (f->count > 0 ? f->count : 1); i++) {
        bool is_float = f->type == VG_MAV_FIELD_f32;
        uint32_t bits;
        float v = random_float(rng);
        memcpy(&bits, &v, sizeof bits);
        vg_mav_field_put(f, msg, i, is_float ? bits : random_bits(rng));
    }
}

/* In version 1 without ids above 255 and without extension fields. */
static int encode_table(bool is_v1, uint64_t seed, int rounds)
{
#define X(id, NAME, crc, min, full) id,
    static const uint32_t ids[] = {VG_MAV_LOW_MESSAGES(X) VG_MAV_HIGH_MESSAGES(X)};
#undef X
    struct vg_rng rng = vg_rng_seed(seed);
    uint8_t seq = 0;
    for (int round = 0; round < rounds; round++) {
        for (size_t k = 0; k < sizeof ids / sizeof ids[0] && (!is_v1 || ids[k] < 256); k++) {
            struct vg_mav_msg msg = {.id = ids[k], .sysid = OUR_SYSID, .compid = OUR_COMPID};
            uint8_t out[VG_MAV_FRAME_MAX];
            int n;
            const struct vg_mav_field *f = vg_mav_fields_find(ids[k], &n);
            msg.n = vg_mav_info_find(ids[k])->full_length;
            for (int i = 0; i < n && round > 0; i++) {
                if (!is_v1 || !f[i].is_extension) {
                    fill_table_value(&f[i], &msg, &rng);
                }
            }
            size_t size = is_v1 ? vg_mav_frame_format_v1(&msg, seq, out)
                                : vg_mav_frame_format(&msg, seq, NULL, out);
            show_envelope(msg.id, seq++, OUR_SYSID, OUR_COMPID);
            show_table("fields", &msg);
            printf(",\"frame\":");
            show_hex(out, size);
            printf("}\n");
        }
    }
    return 0;
}

static void show_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)ctx;
    (void)frame;
    show_envelope(msg->id, msg->seq, msg->sysid, msg->compid);
    printf("\"v1\":%s,\"signed\":%s,", msg->is_v1 ? "true" : "false",
           msg->is_signed ? "true" : "false");
    show_table("table", msg);
    printf(",");
    switch (msg->id) {
#define X(NAME, lower)                                                                             \
    case VG_MAV_ID_##NAME: {                                                                       \
        struct vg_mav_##lower m;                                                                   \
        vg_mav_##lower##_unpack(msg, &m);                                                          \
        show_##lower(&m);                                                                          \
        break;                                                                                     \
    }
        VG_MAV_TYPED_MESSAGES(X)
#undef X
    default:
        printf("\"fields\":null");
        break;
    }
    printf("}\n");
}

static int decode(struct vg_mavsign *sign)
{
    struct vg_mavframe parser;
    vg_mavframe_init(&parser);
    parser.sign = sign;
    uint8_t buf[1000]; /* cuts frames anywhere */
    for (size_t n = fread(buf, 1, sizeof buf, stdin); n > 0; n = fread(buf, 1, sizeof buf, stdin)) {
        vg_mavframe_feed(&parser, (struct vg_bytes){buf, n}, show_message, NULL);
    }
    vg_mavframe_flush(&parser, show_message, NULL);
    const struct vg_mavframe_counts *c = &parser.counts;
    printf("{\"messages\":%" PRIu64 ",\"bad_signature\":%" PRIu64 ",\"lost\":%" PRIu64
           ",\"skipped_bytes\":%" PRIu64 "}\n",
           c->messages, c->bad_signature, c->lost, c->skipped_bytes);
    return 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    const char *key_hex = strcmp(verb, "encode") == 0   ? (argc > 4 ? argv[4] : NULL)
                          : strcmp(verb, "decode") == 0 ? (argc > 2 ? argv[2] : NULL)
                                                        : NULL;
    struct vg_mavsign sign;
    struct vg_mavsign *with = NULL;
    if (key_hex != NULL) {
        uint8_t key[VG_MAVSIGN_KEY_SIZE];
        if (vg_unhex(key_hex, key, sizeof key) != 0) {
            return 2;
        }
        vg_mavsign_init(&sign, key, OUR_LINK, vg_us(NOW_US));
        with = &sign;
    }
    if (strcmp(verb, "list") == 0) {
        return list();
    }
    if (strcmp(verb, "fields") == 0) {
        return list_fields();
    }
    if (strcmp(verb, "table") == 0 && argc > 4) {
        return encode_table(strcmp(argv[2], "1") == 0, strtoull(argv[3], NULL, 10),
                            (int)strtol(argv[4], NULL, 10));
    }
    if (strcmp(verb, "encode") == 0 && argc > 3) {
        return encode(strtoull(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10), with);
    }
    return strcmp(verb, "decode") == 0 ? decode(with) : 2;
}
