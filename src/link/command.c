#include "link/command.h"

#include "base/units.h"
#include "link/allow.h"

#include <string.h>

#define LATE_US (5 * VG_US_PER_S)

enum {
    ATTEMPTS_DEFAULT = 6,
    PROGRESS_UNKNOWN = 255
};

static struct vg_us or_default(struct vg_us t, int64_t us)
{
    return t.us > 0 ? t : vg_us(us);
}

static int attempts_max(const struct vg_command *self)
{
    return self->attempts_max > 0 ? self->attempts_max : ATTEMPTS_DEFAULT;
}

static struct vg_command_slot *find_slot(struct vg_command *self, uint8_t sysid, uint8_t compid,
                                         uint16_t command)
{
    for (int i = 0; i < VG_COMMANDS_MAX; i++) {
        struct vg_command_slot *s = &self->slots[i];
        if (s->is_used && s->cmd.target_system == sysid && s->cmd.target_component == compid &&
            s->cmd.command == command) {
            return s;
        }
    }
    return NULL;
}

static bool is_over(const struct vg_command_slot *s)
{
    return s->has_result && s->result.end != VG_COMMAND_RUNNING;
}

static void transmit(struct vg_command *self, struct vg_command_slot *s, struct vg_us now)
{
    s->cmd.confirmation = (uint8_t)(s->n_sent < UINT8_MAX ? s->n_sent : UINT8_MAX);
    s->attempts++;
    s->n_sent++;
    s->first_sent = s->n_sent == 1 ? now : s->first_sent;
    s->last_sent = now;
    s->deadline = vg_us_add(now, or_default(self->retry, VG_US_PER_S));
    vg_mav_command_long_pack(&s->cmd, s->our_sysid, s->our_compid, vg_outq_add(&self->out));
}

/* ---- answers that come late ---- */

static struct vg_command_late *find_late(struct vg_command *self,
                                         const struct vg_mav_command_long *cmd, struct vg_us now)
{
    for (int i = 0; i < VG_COMMANDS_LATE; i++) {
        struct vg_command_late *l = &self->late[i];
        if (l->until.us > now.us && l->sysid == cmd->target_system &&
            l->compid == cmd->target_component && l->command == cmd->command) {
            return l;
        }
    }
    return NULL;
}

/* A slot is done with: attempts of it that got no answer may yet get one. Which answer was whose
 * cannot be told, and the network may double them: so they are waited out, not counted. */
static void note_late(struct vg_command *self, const struct vg_command_slot *s)
{
    bool may_come = s->n_sent > 1 || s->result.end == VG_COMMAND_SILENT;
    bool is_asking = s->cmd.command == VG_MAV_CMD_SET_MESSAGE_INTERVAL ||
                     s->cmd.command == VG_MAV_CMD_REQUEST_MESSAGE;
    if (!may_come || is_asking) {
        return;
    }
    struct vg_command_late *oldest = &self->late[0];
    for (int i = 1; i < VG_COMMANDS_LATE; i++) {
        oldest = self->late[i].until.us < oldest->until.us ? &self->late[i] : oldest;
    }
    *oldest = (struct vg_command_late){s->cmd.target_system, s->cmd.target_component,
                                       s->cmd.command, vg_us_add(s->last_sent, vg_us(LATE_US))};
}

static struct vg_command_slot *free_slot(struct vg_command *self)
{
    for (int i = 0; i < VG_COMMANDS_MAX; i++) {
        if (!self->slots[i].is_used) {
            return &self->slots[i];
        }
    }
    return NULL;
}

enum vg_status vg_command_send(struct vg_command *self, uint8_t our_sysid, uint8_t our_compid,
                               const struct vg_mav_command_long *cmd, struct vg_us now,
                               struct vg_error *err)
{
    struct vg_mav_msg probe;
    vg_mav_command_long_pack(cmd, our_sysid, our_compid, &probe);
    const char *why = NULL;
    if (!vg_allow_message(&probe, &why)) {
        return vg_fail(err, VG_E_INVALID, "command %d is refused: %s", cmd->command,
                       vg_tr(err != NULL ? err->lang : VG_LANG_EN, why));
    }
    struct vg_command_slot *s =
        find_slot(self, cmd->target_system, cmd->target_component, cmd->command);
    if (s != NULL) {
        return vg_fail(err, VG_E_FULL, "command %d to drone %d is still waiting for its answer",
                       cmd->command, cmd->target_system);
    }
    s = free_slot(self);
    if (s == NULL) {
        return vg_fail(err, VG_E_FULL, "%d commands are waiting already", VG_COMMANDS_MAX);
    }
    *s = (struct vg_command_slot){.is_used = true,
                                  .our_sysid = our_sysid,
                                  .our_compid = our_compid,
                                  .cmd = *cmd,
                                  .first_sent = now};
    s->result = (struct vg_command_result){.sysid = cmd->target_system,
                                           .compid = cmd->target_component,
                                           .command = cmd->command,
                                           .progress_pct = PROGRESS_UNKNOWN,
                                           .sent = now};
    const struct vg_command_late *late = find_late(self, cmd, now);
    if (late != NULL) {
        s->deadline = late->until;
    } else {
        transmit(self, s, now);
    }
    return VG_OK;
}

/* Acks of other stations' commands carry their target; older autopilots leave it 0. */
static bool is_for_us(const struct vg_mav_command_ack *ack, const struct vg_command_slot *s)
{
    return ack->target_system == 0 ||
           (ack->target_system == s->our_sysid &&
            (ack->target_component == 0 || ack->target_component == s->our_compid));
}

void vg_command_feed(struct vg_command *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->id != VG_MAV_ID_COMMAND_ACK) {
        return;
    }
    struct vg_mav_command_ack ack;
    vg_mav_command_ack_unpack(msg, &ack);
    struct vg_command_slot *s = find_slot(self, msg->sysid, msg->compid, ack.command);
    if (s == NULL) { /* sent to all components of the drone */
        s = find_slot(self, msg->sysid, VG_MAV_COMP_ID_ALL, ack.command);
    }
    if (s == NULL || is_over(s) || s->n_sent == 0 || !is_for_us(&ack, s)) {
        return;
    }
    s->result.result = ack.result;
    s->result.progress_pct = ack.progress <= 100 ? ack.progress : PROGRESS_UNKNOWN;
    s->has_result = true;
    if (ack.result == VG_MAV_RESULT_IN_PROGRESS) {
        s->result.end = VG_COMMAND_RUNNING;
        s->deadline = vg_us_add(now, or_default(self->running, 15 * VG_US_PER_S));
        s->attempts = attempts_max(self); /* it is heard: silence from here on is the end */
        return;
    }
    s->result.end = ack.result == VG_MAV_RESULT_ACCEPTED ? VG_COMMAND_ACCEPTED : VG_COMMAND_REFUSED;
}

void vg_command_step(struct vg_command *self, struct vg_us now)
{
    for (int i = 0; i < VG_COMMANDS_MAX; i++) {
        struct vg_command_slot *s = &self->slots[i];
        if (!s->is_used || is_over(s) || now.us < s->deadline.us) {
            continue;
        }
        if (s->attempts < attempts_max(self)) {
            if (self->out.n < VG_OUTQ_MAX) { /* else at the next step: an attempt must leave */
                transmit(self, s, now);
            }
        } else {
            s->result.end = VG_COMMAND_SILENT;
            s->has_result = true;
        }
    }
}

void vg_command_hurry(struct vg_command *self, struct vg_us wait, struct vg_us now)
{
    for (int i = 0; i < VG_COMMANDS_MAX; i++) {
        struct vg_command_slot *s = &self->slots[i];
        bool is_under_way = s->result.result == VG_MAV_RESULT_IN_PROGRESS;
        if (s->is_used && !is_over(s) && !is_under_way && s->n_sent > 0 &&
            s->n_sent < 2 * attempts_max(self)) {
            struct vg_us soonest = vg_us_add(s->last_sent, wait);
            s->deadline = soonest.us > now.us ? soonest : now;
            s->attempts--;
        }
    }
}

bool vg_command_next_out(struct vg_command *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

bool vg_command_next_result(struct vg_command *self, struct vg_command_result *out)
{
    for (int i = 0; i < VG_COMMANDS_MAX; i++) {
        struct vg_command_slot *s = &self->slots[i];
        if (!s->is_used || !s->has_result) {
            continue;
        }
        *out = s->result;
        s->is_used = !is_over(s);
        s->has_result = false;
        if (!s->is_used) {
            note_late(self, s);
        }
        return true;
    }
    return false;
}

const char *vg_command_result_text(uint8_t result)
{
    switch (result) {
    case VG_MAV_RESULT_ACCEPTED:
        return "accepted";
    case VG_MAV_RESULT_TEMPORARILY_REJECTED:
        return "not now";
    case VG_MAV_RESULT_DENIED:
        return "denied";
    case VG_MAV_RESULT_UNSUPPORTED:
        return "the drone does not know this command";
    case VG_MAV_RESULT_FAILED:
        return "tried and failed";
    case VG_MAV_RESULT_IN_PROGRESS:
        return "in progress";
    case VG_MAV_RESULT_CANCELLED:
        return "cancelled";
    default:
        return "refused for a reason not known here";
    }
}
