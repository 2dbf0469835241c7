/* Video out: a source's video, untouched, as MPEG-TS with metadata made by the caller beside it.
 *
 * Video and sound are copied packet by packet. Metadata that the source carries is left out: what
 * goes out is what `make` wrote (klv_write.h), so no weapon or laser tag passes through. The
 * metadata stream is asynchronous (ST 1402: type 0x06, registration "KLVA") with the times of its
 * frames.
 *
 * Not pure: reads and writes, until the source ends. Threads: one at a time. */
#ifndef VG_LOOK_MUX_H
#define VG_LOOK_MUX_H

#include "base/status.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_MUX_KLV_MAX = 32768 /* bytes of metadata beside one frame */
};

struct vg_mux_plan {
    const char *from; /* as for vg_video_open */
    const char *to; /* a path, or udp://HOST:PORT */
    /* Called as often as there are pictures, for times that grow: writes the metadata that belongs
     * to the time into buf (VG_MUX_KLV_MAX bytes) and returns how much, 0 for none. pts_s counts
     * from the first picture. */
    size_t (*make)(void *ctx, double pts_s, uint8_t *buf);
    void *ctx;
    const atomic_bool *is_stopping; /* ends it; NULL: never */
};

struct vg_mux_counts {
    uint64_t pictures;
    uint64_t klv_packets;
    uint64_t left_out; /* packets of the source's own metadata */
};

/* VG_E_IO, VG_E_FORMAT with what was read or written; what was written until then stays. */
enum vg_status vg_mux_run(const struct vg_mux_plan *plan, struct vg_mux_counts *out,
                          struct vg_error *err) VG_MUST_USE;

#endif
