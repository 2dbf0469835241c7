#include "serve/gunzip.h"

#include <zlib.h>

enum {
    CHUNK_BYTES = 16384,
    WINDOW_BITS_GZIP = 15 + 16
};

enum vg_status vg_gunzip(struct vg_bytes gzip, size_t max_bytes, struct vg_buf *out)
{
    z_stream z = {0};
    if (gzip.n > UINT32_MAX || inflateInit2(&z, WINDOW_BITS_GZIP) != Z_OK) {
        return VG_E_NO_MEMORY;
    }
    z.next_in = (Bytef *)(uintptr_t)gzip.data; /* zlib only reads it */
    z.avail_in = (uInt)gzip.n;
    uint8_t chunk[CHUNK_BYTES];
    size_t total = 0;
    int rc = Z_OK;
    enum vg_status st = VG_OK;
    while (rc == Z_OK && st == VG_OK) {
        z.next_out = chunk;
        z.avail_out = sizeof chunk;
        rc = inflate(&z, Z_NO_FLUSH);
        size_t n = sizeof chunk - z.avail_out;
        total += n;
        if (total > max_bytes) {
            st = VG_E_FULL;
        } else if (rc != Z_OK && rc != Z_STREAM_END) {
            st = VG_E_FORMAT; /* Z_BUF_ERROR, too: the input ended early */
        } else {
            vg_buf_add(out, chunk, n);
        }
    }
    inflateEnd(&z);
    return st == VG_OK && out->is_failed ? VG_E_NO_MEMORY : st;
}
