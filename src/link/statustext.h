/* Status texts put together: a long one comes in chunks of 50 bytes with one id.
 *
 * Chunks may be lost, repeated or come out of order, and those of several texts may mix. A text is
 * complete when its last chunk (shorter than 50 bytes) and all before it are there; it is given out
 * as it is, with "..." for what is missing, after 2 s without another chunk: ArduPilot cuts
 * a text of 51 bytes at 50 and sends no end. Chunks of a text given out already are dropped.
 *
 * Memory: fixed, about 2 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/messages/common.html#STATUSTEXT; ArduPilot GCS_Common.cpp
 * (service_statustext).
 */
#ifndef VG_LINK_STATUSTEXT_H
#define VG_LINK_STATUSTEXT_H

#include "base/time.h"
#include "link/mavmsg.h"

enum {
    VG_STATUSTEXT_SIZE = 256, /* with the NUL; longer ones are cut */
    VG_STATUSTEXT_CHUNK = 50,
    VG_STATUSTEXT_CHUNKS = 6,
    VG_STATUSTEXT_OPEN = 4, /* texts on their way at once */
    VG_STATUSTEXT_ENDED = 8
};

struct vg_statustext {
    struct vg_us t; /* its first chunk came */
    uint8_t severity; /* MAV_SEVERITY: 0 emergency .. 7 debug */
    uint8_t compid;
    char text[VG_STATUSTEXT_SIZE]; /* UTF-8, no control characters */
};

struct vg_statustext_open {
    uint16_t id; /* 0: free */
    uint8_t compid;
    uint8_t severity;
    int n_chunks; /* 0: the last has not come */
    uint32_t has; /* a bit a chunk */
    struct vg_us first;
    struct vg_us last;
    char chunks[VG_STATUSTEXT_CHUNKS][VG_STATUSTEXT_CHUNK + 1];
};

/* Zero-initialise. Private. */
struct vg_statustexts {
    struct vg_statustext_open open[VG_STATUSTEXT_OPEN];
    struct {
        uint16_t id;
        uint8_t compid;
        struct vg_us t;
    } ended[VG_STATUSTEXT_ENDED];
    int next_ended;
};

/* A STATUSTEXT. True: *out is a whole text (of this message, or an older one that had to make
 * room). */
bool vg_statustexts_feed(struct vg_statustexts *self, const struct vg_mav_msg *msg,
                         struct vg_us now, struct vg_statustext *out);
/* True: *out is a text for whose rest nobody waits any longer; call again until false. */
bool vg_statustexts_expire(struct vg_statustexts *self, struct vg_us now,
                           struct vg_statustext *out);

#endif
