/* Each message once, though it came over several paths.
 *
 * A message is a copy if the same one (sender, sequence number, content) came within the last three
 * seconds: what a router on board sends down two radios, or what the network doubled. Texts are
 * compared without the number, because an autopilot says them on each of its links under that
 * link's own numbers: so a text is a copy if it came over another path and has not been seen on
 * this one since; what one path says twice was said twice.
 *
 * Memory: about 2 KB. Threads: pure. Allocations: none. Cost: one pass over the last 64 messages.
 */
#ifndef VG_LINK_ONCE_H
#define VG_LINK_ONCE_H

#include "base/time.h"
#include "link/mavmsg.h"

enum {
    VG_ONCE_MAX = 64
};

/* Zero-initialise. Private. */
struct vg_once {
    int next;
    struct vg_once_seen {
        uint64_t hash;
        struct vg_us t;
        uint32_t paths; /* bit p: seen over path p; 0: empty */
    } seen[VG_ONCE_MAX];
};

/* path: 0..31. */
bool vg_once_is_copy(struct vg_once *self, int path, const struct vg_mav_msg *msg,
                     struct vg_us now);

#endif
