/* Who may command a drone: one ground station at a time, by request, with both sides' consent.
 *
 *   asking      REQUEST_OPERATOR_CONTROL ─► ◄─ ack: granted, or refused: the owner is being asked
 *   being asked ◄─ REQUEST_OPERATOR_CONTROL from the drone, ack ─►; then the pilot
 *               allows:  requests again, takeover allowed, for 10 s     refuses: nothing
 *   whose it is CONTROL_STATUS, streamed by the drone's one "system manager" component
 *
 * The drone decides; what the pilots consented to is told as events, for the record: who asked, who
 * allowed or refused, and who had it in the end. CHANGE_OPERATOR_CONTROL, the older protocol, is
 * not spoken. A drone that never sends CONTROL_STATUS has no owner and takes commands from all.
 *
 *     vg_control_init(&c, our_sysid, our_compid, drone_sysid);
 *     each message from the drone: vg_control_feed(&c, msg, now);
 *     each 100 ms: vg_control_step(&c, now);
 *     then: while (vg_control_next_out(&c, &m)) ...; while (vg_control_next_event(&c, &e)) ...
 *
 * Two forms are spoken; the drone's CONTROL_STATUS says which it has (is_wide_control):
 *
 *   | | parameters of the command | CONTROL_STATUS |
 *   | as published in 2024 | station, action, takeover, time | one station |
 *   | since 2026 | action, takeover, time, station | and ten more that may command |
 *
 * Memory: under 3 KB. Threads: one at a time. Allocations: none. Source: MAVLink development.xml,
 * MAV_CMD_REQUEST_OPERATOR_CONTROL (32100) and CONTROL_STATUS (512); of the later form, MAVProxy
 * operator_control.py and QGroundControl GCSControlManager.cc.
 */
#ifndef VG_LINK_CONTROL_H
#define VG_LINK_CONTROL_H

#include "base/status.h"
#include "base/time.h"
#include "link/outq.h"

enum {
    VG_CONTROL_EVENTS_MAX = 8,
    VG_CONTROL_OTHERS_MAX = 10
};

enum vg_control_what {
    VG_CONTROL_OWNER, /* the drone's owner is now `sysid`; 0: nobody */
    VG_CONTROL_ASKED, /* we asked for it, on our pilot's word */
    VG_CONTROL_GRANTED, /* the drone gave it to us */
    VG_CONTROL_REFUSED, /* it did not: its owner `sysid` is being asked */
    VG_CONTROL_DENIED, /* it did not: we are none of those that may have it */
    VG_CONTROL_SILENT, /* no answer */
    VG_CONTROL_WANTED, /* station `sysid` asks for it, and it is ours */
    VG_CONTROL_ALLOWED, /* our pilot lets `sysid` take it */
    VG_CONTROL_KEPT, /* our pilot does not */
    VG_CONTROL_EXPIRED, /* allowed, and not taken in time; or not answered in time */
    VG_CONTROL_RELEASED /* our pilot gave it up */
};

struct vg_control_event {
    enum vg_control_what what;
    uint8_t sysid;
};

struct vg_control {
    bool is_known; /* a system manager was heard */
    uint8_t owner; /* sysid of the station in control, 0: none */
    bool is_takeover_allowed;
    uint8_t wanted_by; /* a station that waits for our pilot's word, 0: none */
    struct vg_us wanted_until;
    uint8_t others[VG_CONTROL_OTHERS_MAX]; /* stations that may command too, 0: none */
    /* private */
    uint8_t our_sysid;
    uint8_t our_compid;
    uint8_t drone;
    uint8_t manager; /* component */
    bool is_wide; /* the form of 2026 */
    bool is_asking;
    int action; /* 1 ask, 0 release */
    bool allows;
    int attempts;
    struct vg_us sent;
    uint8_t allowed_to;
    struct vg_us allowed_until;
    int n_events;
    struct vg_control_event events[VG_CONTROL_EVENTS_MAX];
    struct vg_outq out;
};

void vg_control_init(struct vg_control *self, uint8_t our_sysid, uint8_t our_compid, uint8_t drone);
/* As the drone says; false: another's, nobody's, or it does not say. */
bool vg_control_is_ours(const struct vg_control *self);

/* The pilot's words. VG_E_UNSUPPORTED: the drone has no system manager; VG_E_INVALID: nothing to
 * ask, allow, refuse or release. */
enum vg_status vg_control_ask(struct vg_control *self, struct vg_us now,
                              struct vg_error *err) VG_MUST_USE;
enum vg_status vg_control_allow(struct vg_control *self, bool is_allowed, struct vg_us now,
                                struct vg_error *err) VG_MUST_USE;
enum vg_status vg_control_release(struct vg_control *self, struct vg_us now,
                                  struct vg_error *err) VG_MUST_USE;

void vg_control_feed(struct vg_control *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_control_step(struct vg_control *self, struct vg_us now);
bool vg_control_next_out(struct vg_control *self, struct vg_mav_msg *out);
/* In the order of what happened. */
bool vg_control_next_event(struct vg_control *self, struct vg_control_event *out);
/* What is said of the station in an event ("is in control"), a key for vg_tr. Borrowed for ever. */
const char *vg_control_text(enum vg_control_what what);

#endif
