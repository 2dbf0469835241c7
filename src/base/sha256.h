/* SHA-256 (FIPS 180-4) and its hexadecimal form; the work is OpenSSL's. Threads: pure. */
#ifndef VG_BASE_SHA256_H
#define VG_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum {
    VG_SHA256_SIZE = 32,
    VG_SHA256_HEX_SIZE = 65
};

void vg_sha256(const void *data, size_t n, uint8_t out[VG_SHA256_SIZE]);
/* The hash of several pieces one after another. */
struct vg_sha256_part {
    const void *data;
    size_t n;
};
void vg_sha256_parts(const struct vg_sha256_part *parts, int n_parts, uint8_t out[VG_SHA256_SIZE]);
/* Lower-case hexadecimal of n bytes, NUL-ended: 2 n + 1 bytes. Returns out. */
const char *vg_hex(const uint8_t *data, size_t n, char *out);
/* 0 on success; -1 if text is not exactly 2 n hexadecimal digits. */
int vg_unhex(const char *text, uint8_t *out, size_t n);

#endif
