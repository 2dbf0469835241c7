/* Commands to drones: sent, repeated until acknowledged, their end reported once.
 *
 * One in flight per (drone, component, command), as answers name no more than that: a second is
 * refused until the first ends. A drone that answers "in progress" is given more time, and can be
 * asked to break it off. Only what is on the allow-list is taken; what moves by steps is sent once.
 *
 * Places go as COMMAND_INT, which keeps them to the centimetre; a drone that wants the other form
 * is sent that.
 *
 *     vg_command_send(&cmds, our_sysid, our_compid, &cmd, now, &err);
 *     each message: vg_command_feed(&cmds, msg, now); each 100 ms: vg_command_step(&cmds, now);
 *     then: while (vg_command_next_out(&cmds, &m)) ...; while (vg_command_next_result(&cmds, &r))
 * ...
 *
 * A command that was repeated may be answered more than once, and an answer names the command only.
 * So while answers to it may still be on their way, up to five seconds after the last attempt, the
 * next of the same kind to that drone waits: a late "accepted" must not be taken for its own. (Not
 * so for asking for messages, which harms nobody.)
 *
 * An order that cannot wait (come home, when "fly the mission" is still under way) takes the place
 * of what is in flight, which ends as superseded. It is sent and repeated at once, and only answers
 * that come when none can be to the one before are taken for its own.
 *
 * Memory: fixed, 32 in flight. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/command.html.
 */
#ifndef VG_LINK_COMMAND_H
#define VG_LINK_COMMAND_H

#include "base/status.h"
#include "base/time.h"
#include "link/outq.h"

enum {
    VG_COMMANDS_MAX = 32,
    VG_COMMANDS_LATE = 16
};

enum vg_command_end {
    VG_COMMAND_RUNNING = 0, /* a report of progress, more will come */
    VG_COMMAND_ACCEPTED,
    VG_COMMAND_REFUSED, /* see result */
    VG_COMMAND_SILENT, /* no answer to any of the attempts */
    VG_COMMAND_SUPERSEDED, /* by a later one with other values */
    VG_COMMAND_CANCELLED, /* broken off, by us or by the drone */
};

struct vg_command_result {
    enum vg_command_end end;
    uint8_t sysid; /* the drone */
    uint8_t compid;
    uint16_t command;
    uint8_t result; /* MAV_RESULT, when there was an answer */
    uint8_t progress_pct; /* 255: unknown */
    struct vg_us sent; /* the first attempt */
};

/* A place as COMMAND_INT has it. */
struct vg_command_place {
    uint8_t frame; /* MAV_FRAME */
    int32_t x; /* degE7 */
    int32_t y;
};

struct vg_command_slot {
    bool is_used;
    bool has_result; /* waiting to be taken; the slot is freed then, unless RUNNING */
    bool is_cancelling;
    bool is_int; /* goes as COMMAND_INT */
    bool has_place;
    uint8_t our_sysid;
    uint8_t our_compid;
    struct vg_mav_command_long cmd;
    struct vg_command_place place;
    int attempts;
    int n_sent; /* really; 0: waits for answers to the one before */
    struct vg_us deaf_until; /* answers before this may be of the one before */
    struct vg_us first_sent;
    struct vg_us last_sent;
    struct vg_us deadline;
    struct vg_command_result result;
};

/* Answers that may still come to a command that has ended. */
struct vg_command_late {
    uint8_t sysid;
    uint8_t compid;
    uint16_t command;
    struct vg_us until;
};

/* Zero-initialise; zero fields of patience mean the defaults. */
struct vg_command {
    struct vg_us retry; /* default 1 s */
    struct vg_us running; /* default 15 s: patience after "in progress" */
    int attempts_max; /* default 6 */
    /* private */
    struct vg_command_slot slots[VG_COMMANDS_MAX];
    struct vg_command_late late[VG_COMMANDS_LATE];
    struct vg_command_result ended[VG_COMMANDS_LATE]; /* superseded, not taken yet */
    int n_ended;
    struct vg_outq out;
};

/* Begin. VG_E_INVALID: not on the allow-list; VG_E_FULL: the same is still in flight to that drone,
 * or all slots are used. */
enum vg_status vg_command_send(struct vg_command *self, uint8_t our_sysid, uint8_t our_compid,
                               const struct vg_mav_command_long *cmd, struct vg_us now,
                               struct vg_error *err) VG_MUST_USE;
/* The same, at once: takes the place of one of the kind with other values. */
enum vg_status vg_command_order(struct vg_command *self, uint8_t our_sysid, uint8_t our_compid,
                                const struct vg_mav_command_long *cmd, struct vg_us now,
                                struct vg_error *err) VG_MUST_USE;
/* As vg_command_send, with a place: parameters 5 and 6 are taken from it, 7 (height) from cmd. */
enum vg_status vg_command_send_at(struct vg_command *self, uint8_t our_sysid, uint8_t our_compid,
                                  const struct vg_mav_command_long *cmd,
                                  const struct vg_command_place *place, struct vg_us now,
                                  struct vg_error *err) VG_MUST_USE;
/* Break it off: the drone is asked to (COMMAND_CANCEL); what it says then is the end: cancelled, or
 * how the command ended before. VG_E_NOT_FOUND: none such is in flight. */
enum vg_status vg_command_cancel(struct vg_command *self, uint8_t sysid, uint8_t compid,
                                 uint16_t command, struct vg_us now,
                                 struct vg_error *err) VG_MUST_USE;
void vg_command_feed(struct vg_command *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_command_step(struct vg_command *self, struct vg_us now);
/* The way to the drone is another one now, since the old one failed: what has no answer yet is
 * repeated at the next step, and the attempt that went the old way does not count. Not sooner than
 * `wait` after that attempt, the old way's round trip: it may still be under way, and its repeat
 * must not overtake it. */
void vg_command_hurry(struct vg_command *self, struct vg_us wait, struct vg_us now);
bool vg_command_next_out(struct vg_command *self, struct vg_mav_msg *out);
/* Results in no particular order; each end is reported once. */
bool vg_command_next_result(struct vg_command *self, struct vg_command_result *out);

/* A MAV_RESULT in words, a key for vg_tr. Borrowed for ever. */
const char *vg_command_result_text(uint8_t result);

#endif
