#include "base/xz.h"

#include <lzma.h>
#include <string.h>

#define MEMORY_MAX_BYTES (UINT64_C(80) << 20)

bool vg_xz_is(struct vg_bytes data)
{
    static const uint8_t magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    return data.n >= sizeof magic && memcmp(data.data, magic, sizeof magic) == 0;
}

enum vg_status vg_xz_unpack(struct vg_bytes data, size_t max_bytes, struct vg_buf *out,
                            struct vg_error *err)
{
    lzma_stream lz = LZMA_STREAM_INIT;
    uint8_t piece[16384];
    size_t n_before = out->n;
    if (lzma_stream_decoder(&lz, MEMORY_MAX_BYTES, 0) != LZMA_OK) {
        return vg_no_memory(err);
    }
    lz.next_in = data.data;
    lz.avail_in = data.n;
    lzma_ret rc = LZMA_OK;
    while (rc == LZMA_OK && out->n - n_before <= max_bytes && !out->is_failed) {
        lz.next_out = piece;
        lz.avail_out = sizeof piece;
        rc = lzma_code(&lz, LZMA_FINISH);
        vg_buf_add(out, piece, sizeof piece - lz.avail_out);
    }
    lzma_end(&lz);
    if (out->is_failed || rc == LZMA_MEM_ERROR) {
        return vg_no_memory(err);
    }
    if (out->n - n_before > max_bytes) {
        return vg_fail(err, VG_E_FORMAT, "unpacked, it is longer than %zu bytes", max_bytes);
    }
    return rc == LZMA_STREAM_END ? VG_OK
                                 : vg_fail(err, VG_E_FORMAT, "damaged, or not a whole .xz file");
}
