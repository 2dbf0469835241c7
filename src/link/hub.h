/* One drone, reached over several links: which way to send, and what is news among all that comes.
 *
 *   links ─► take ─► (once, from the best) ─► director ─► route ─► outbox of the chosen link
 *              └─► heard, lost, delay of each path ─► step ─► choice, probes
 *
 * Sending: everything goes over the path in use; heartbeats over every path but satellites. The
 * path in use is the one of best score (path.h) among those heard. It is left at once when it falls
 * silent or closes, and for a better one only when that has been better for three seconds (much
 * better: for one), so that two equal links do not take turns. A satellite is used when nothing
 * else is heard, though it is silent itself: it may speak only once asked
 * (MAV_CMD_CONTROL_HIGH_LATENCY).
 *
 * Silence: 0.8 s on the path in use when there is another to go to, 1.5 s on the others, 3 s on a
 * drone's only one. Heartbeats come once a second, too seldom for that; so each of several paths
 * that brings less than four messages a second is probed four times in each (TIMESYNC, which
 * ArduPilot and PX4 answer). Because probes follow each other without waiting for answers, a long
 * delay does not look like silence.
 *
 * Receiving: what streams (attitude, position, ...) is taken from the path in use, and from any
 * other while that one is quiet: an older position from a slower link never follows a newer one. (A
 * component that is not heard over the path in use, a camera on a link of its own, is listened to
 * where it speaks. And where the very same signed frames come by several paths and another is
 * quicker than the one in use, what is quicker is taken: its copy over the path in use will be
 * refused for its timestamp, which also keeps older from following newer.) What is said once
 * (acknowledgements, missions, texts, ...) is taken from every path, each once.
 *
 * Switching: what still waits for the old link should be dropped by the caller, and, if that link
 * is not up any more, commands without an answer repeated (vg_command_hurry): repeats carry a
 * confirmation count above 0, by which a drone knows that it has done them already. A connection
 * that keeps what it could not deliver (TCP) should be closed when its path falls silent, or old
 * commands and old answers come out of it later. Where frames are signed, vg_hub_sign_id makes the
 * drone itself refuse a command that was overtaken.
 *
 * Threads: one at a time. Memory: about 3 KB. Allocations: none.
 * Sources: ArduPilot GCS_Common.cpp and PX4 mavlink_timesync.cpp (TIMESYNC: a request has tc1 0 and
 * is sent back with ts1 unchanged); mavlink.io/en/services/high_latency.html.
 */
#ifndef VG_LINK_HUB_H
#define VG_LINK_HUB_H

#include "link/once.h"
#include "link/path.h"

enum {
    VG_HUB_PATHS_MAX = 4
};

/* Bits of vg_hub_step's answer. */
enum vg_hub_change {
    VG_HUB_SWITCHED = 1 << 0, /* used is another path now */
    VG_HUB_PATHS = 1 << 1, /* some path came up or fell silent */
};

struct vg_hub_counts {
    uint64_t n_copies; /* dropped: another path had brought it */
    uint64_t n_aside; /* dropped: streamed, not over the path in use */
    uint64_t n_switches;
};

/* Zero-initialise, then vg_hub_init. */
struct vg_hub {
    int n_paths;
    int used; /* index of the path in use; 0 at first */
    struct vg_path paths[VG_HUB_PATHS_MAX];
    struct vg_hub_counts counts;
    /* private */
    double patience; /* limits of silence are so many times as long */
    struct vg_us outrun; /* the path in use brought a signed frame that another had brought */
    uint8_t our_sysid;
    uint8_t our_compid;
    int better; /* a path that has had the better score ... */
    struct vg_us better_since; /* ... since then; 0: none has */
    struct vg_us switched;
    struct vg_once once;
};

/* patience: 1; more for a clock that runs faster than the wall. */
void vg_hub_init(struct vg_hub *self, uint8_t our_sysid, uint8_t our_compid, double patience);
/* Another path; its index, or -1 when there are VG_HUB_PATHS_MAX. Closed until is_open is set. */
int vg_hub_add(struct vg_hub *self, const struct vg_path_options *options);

/* A checked message of the drone came over a path. True: it is news, hand it on. */
bool vg_hub_take(struct vg_hub *self, int path, const struct vg_mav_msg *msg, struct vg_us now);

/* A message whose signature is right but older than one that another path brought: it says that
 * this path works, and how long it is where it answers a probe; it is no news. */
void vg_hub_take_overtaken(struct vg_hub *self, int path, const struct vg_mav_msg *msg,
                           struct vg_us now);

/* Where a message to the drone goes: bit p for path p. 0: nowhere (a request for telemetry that a
 * satellite cannot carry). Closed paths are not left out but for heartbeats: a closed link's
 * messages are the caller's to count. */
uint32_t vg_hub_route(const struct vg_hub *self, const struct vg_mav_msg *msg);

/* Every 20 to 100 ms: judges silence, chooses. Returns bits of vg_hub_change. */
uint32_t vg_hub_step(struct vg_hub *self, struct vg_us now);
/* The signing link id of a message that goes over a path. What goes one way only has one id for all
 * paths: a drone takes a sender's timestamps per id in rising order only, so a command that comes
 * by the old way after its repeat came by the new one is refused there. Heartbeats and probes go
 * over all paths at once and have an id for each. */
uint8_t vg_hub_sign_id(const struct vg_mav_msg *msg, int path);
/* After step, until false: a probe to send over *out_path. */
bool vg_hub_next_probe(struct vg_hub *self, struct vg_us now, int *out_path,
                       struct vg_mav_msg *out);

#endif
