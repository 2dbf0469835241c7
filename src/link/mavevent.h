/* The EVENT interface (PX4): what a drone reports by number, in order and without holes.
 *
 * Each event has a sequence number; what is missing is asked for (REQUEST_EVENT), until it comes,
 * the drone says that it has it no more, or it was asked for often enough; then it counts as lost.
 * A restart (flag, or time stamps that go back) begins anew. The words of an event stand in
 * metadata of the autopilot's version; here its number, severity and arguments are kept.
 *
 * Memory: fixed, about 4 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/events.html; PX4 mavlink_events.cpp.
 */
#ifndef VG_LINK_MAVEVENT_H
#define VG_LINK_MAVEVENT_H

#include "base/time.h"
#include "link/outq.h"

enum {
    VG_MAVEVENT_AHEAD = 32, /* kept while earlier ones are missing */
    VG_MAVEVENT_QUEUE = 32,
    VG_MAVEVENT_ARGUMENTS = 40
};

struct vg_mavevent {
    uint16_t sequence;
    uint32_t id; /* its namespace (component's metadata) in the upper 8 bits */
    uint8_t severity; /* MAV_SEVERITY 0..7 for people; 8 protocol; 9 not for people */
    uint32_t boot_ms;
    uint8_t arguments[VG_MAVEVENT_ARGUMENTS];
};

/* Zero-initialise, then vg_mavevents_init. */
struct vg_mavevents {
    uint64_t n_events; /* given out */
    uint64_t n_lost; /* never came */
    uint64_t n_dropped; /* nobody took them in time */
    /* private */
    struct vg_mav_pair pair;
    bool has_expected;
    bool was_reset; /* the flag of the last CURRENT_EVENT_SEQUENCE */
    uint16_t expected; /* the next to give out */
    uint16_t newest; /* known to exist */
    uint32_t boot_ms;
    int tries;
    struct vg_us asked;
    bool has_ahead[VG_MAVEVENT_AHEAD]; /* by sequence % AHEAD */
    struct vg_mavevent ahead[VG_MAVEVENT_AHEAD];
    int first;
    int n_queued;
    struct vg_mavevent queue[VG_MAVEVENT_QUEUE];
    struct vg_outq out;
};

void vg_mavevents_init(struct vg_mavevents *self, struct vg_mav_pair pair);
void vg_mavevents_feed(struct vg_mavevents *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_mavevents_step(struct vg_mavevents *self, struct vg_us now);
bool vg_mavevents_next_out(struct vg_mavevents *self, struct vg_mav_msg *out);
/* The next event in order; false: none. */
bool vg_mavevents_take(struct vg_mavevents *self, struct vg_mavevent *out);

#endif
