/* Borrowed bytes, and bounds-checked reading and writing of wire forms.
 *
 * A cursor never reads past its end: a short read gives 0 and sets the sticky is_short. No pointer
 * casts to structs, no sizeof of a struct as a wire size. Threads: pure. Allocations: none. */
#ifndef VG_BASE_BYTES_H
#define VG_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view, valid until the call returns unless the header that passes it says otherwise. */
struct vg_bytes {
    const uint8_t *data;
    size_t n;
};

static inline uint16_t vg_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t vg_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t vg_le64(const uint8_t *p)
{
    return (uint64_t)vg_le32(p) | (uint64_t)vg_le32(p + 4) << 32;
}

static inline void vg_put_le16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void vg_put_le32(uint8_t *p, uint32_t v)
{
    vg_put_le16(p, (uint16_t)v);
    vg_put_le16(p + 2, (uint16_t)(v >> 16));
}

static inline void vg_put_le64(uint8_t *p, uint64_t v)
{
    vg_put_le32(p, (uint32_t)v);
    vg_put_le32(p + 4, (uint32_t)(v >> 32));
}

static inline float vg_lef32(const uint8_t *p)
{
    uint32_t u = vg_le32(p);
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

static inline void vg_put_lef32(uint8_t *p, float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    vg_put_le32(p, u);
}

#endif
