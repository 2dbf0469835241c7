/* The one-shot low-level calls are deprecated in OpenSSL 3 but cost a third of EVP for the 200-byte
 * messages of the record, where they run 250,000 times a second. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.h"

#include <openssl/sha.h>

void vg_sha256(const void *data, size_t n, uint8_t out[VG_SHA256_SIZE])
{
    SHA256(data, n, out);
}

void vg_sha256_parts(const struct vg_sha256_part *parts, int n_parts, uint8_t out[VG_SHA256_SIZE])
{
    SHA256_CTX ctx;
    SHA256_Init(&ctx);
    for (int i = 0; i < n_parts; i++) {
        SHA256_Update(&ctx, parts[i].data, parts[i].n);
    }
    SHA256_Final(out, &ctx);
}

const char *vg_hex(const uint8_t *data, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
    out[2 * n] = '\0';
    return out;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

int vg_unhex(const char *text, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int hi = nibble(text[2 * i]);
        int lo = hi < 0 ? -1 : nibble(text[2 * i + 1]);
        if (lo < 0) {
            return -1;
        }
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return text[2 * n] == '\0' ? 0 : -1;
}
