#include "link/command.h"

#include "base/units.h"
#include "link/allow.h"

#include <string.h>

#define LATE_US (5 * VG_US_PER_S)

enum {
    ATTEMPTS_DEFAULT = 6,
    PROGRESS_UNKNOWN = 255,
    RESULT_LONG_ONLY = 7, /* MAV_RESULT_COMMAND_LONG_ONLY */
    RESULT_INT_ONLY = 8
};

static struct vg_us or_default(struct vg_us t, int64_t us)
{
    return t.us > 0 ? t : vg_us(us);
}

/* A step is one more for each copy that is received: CAMERA_ZOOM_TYPE and SET_FOCUS_TYPE 0. */
static bool is_step(const struct vg_mav_command_long *cmd)
{
    bool is_lens =
        cmd->command == VG_MAV_CMD_SET_CAMERA_ZOOM || cmd->command == VG_MAV_CMD_SET_CAMERA_FOCUS;
    return is_lens && cmd->param1 < 1.0f;
}

/* Each is about something else: none takes the place of another. */
static bool is_question(uint16_t command)
{
    return command == VG_MAV_CMD_SET_MESSAGE_INTERVAL || command == VG_MAV_CMD_REQUEST_MESSAGE;
}

static int attempts_max(const struct vg_command *self, const struct vg_command_slot *s)
{
    if (is_step(&s->cmd) && !s->is_cancelling) {
        return 1;
    }
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

static void pack_cancel(const struct vg_command_slot *s, struct vg_mav_msg *out)
{
    const struct vg_mav_command_cancel m = {.command = s->cmd.command,
                                            .target_system = s->cmd.target_system,
                                            .target_component = s->cmd.target_component};
    vg_mav_command_cancel_pack(&m, s->our_sysid, s->our_compid, out);
}

static void pack_int(const struct vg_command_slot *s, struct vg_mav_msg *out)
{
    const struct vg_mav_command_int m = {.param1 = s->cmd.param1,
                                         .param2 = s->cmd.param2,
                                         .param3 = s->cmd.param3,
                                         .param4 = s->cmd.param4,
                                         .x = s->place.x,
                                         .y = s->place.y,
                                         .z = s->cmd.param7,
                                         .command = s->cmd.command,
                                         .target_system = s->cmd.target_system,
                                         .target_component = s->cmd.target_component,
                                         .frame = s->place.frame};
    vg_mav_command_int_pack(&m, s->our_sysid, s->our_compid, out);
}

static void pack(const struct vg_command_slot *s, struct vg_mav_msg *out)
{
    if (s->is_cancelling) {
        pack_cancel(s, out);
    } else if (s->is_int) {
        pack_int(s, out);
    } else {
        vg_mav_command_long_pack(&s->cmd, s->our_sysid, s->our_compid, out);
    }
}

/* Attempts whose answers cannot be told from those to the one before do not count. */
static void transmit(struct vg_command *self, struct vg_command_slot *s, struct vg_us now)
{
    s->cmd.confirmation = (uint8_t)(s->n_sent < UINT8_MAX ? s->n_sent : UINT8_MAX);
    s->attempts += now.us >= s->deaf_until.us || is_step(&s->cmd);
    s->n_sent++;
    s->first_sent = s->n_sent == 1 ? now : s->first_sent;
    s->last_sent = now;
    s->deadline = vg_us_add(now, or_default(self->retry, VG_US_PER_S));
    pack(s, vg_outq_add(&self->out));
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
    if (!may_come || is_question(s->cmd.command)) {
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

/* As they went: NaN is a value. */
static bool is_same(const struct vg_command_slot *a, const struct vg_command_slot *b)
{
    const float one[7] = {a->cmd.param1, a->cmd.param2, a->cmd.param3, a->cmd.param4,
                          a->cmd.param5, a->cmd.param6, a->cmd.param7};
    const float two[7] = {b->cmd.param1, b->cmd.param2, b->cmd.param3, b->cmd.param4,
                          b->cmd.param5, b->cmd.param6, b->cmd.param7};
    return memcmp(one, two, sizeof one) == 0 && a->place.x == b->place.x &&
           a->place.y == b->place.y;
}

/* The one in flight gives way. Its end is kept until it is taken. */
static void supersede(struct vg_command *self, struct vg_command_slot *s)
{
    if (!is_over(s)) {
        s->result.end = VG_COMMAND_SUPERSEDED;
    }
    self->ended[self->n_ended++] = s->result;
    s->n_sent = 2; /* an answer to it may come */
    note_late(self, s);
}

static void put(struct vg_command *self, struct vg_command_slot *s,
                const struct vg_command_slot *fresh, bool is_order, struct vg_us now)
{
    const struct vg_command_late *late = find_late(self, &fresh->cmd, now);
    *s = *fresh;
    s->is_used = true;
    s->first_sent = now;
    s->result = (struct vg_command_result){.sysid = s->cmd.target_system,
                                           .compid = s->cmd.target_component,
                                           .command = s->cmd.command,
                                           .progress_pct = PROGRESS_UNKNOWN,
                                           .sent = now};
    if (late != NULL && !is_order) {
        s->deadline = late->until;
        return;
    }
    s->deaf_until = late != NULL ? late->until : vg_us(0);
    transmit(self, s, now);
}

static enum vg_status begin(struct vg_command *self, const struct vg_command_slot *fresh,
                            bool is_order, struct vg_us now, struct vg_error *err)
{
    const struct vg_mav_command_long *cmd = &fresh->cmd;
    struct vg_mav_msg probe;
    pack(fresh, &probe);
    const char *why = NULL;
    if (!vg_allow_message(&probe, &why)) {
        return vg_fail(err, VG_E_INVALID, "command %d is refused: %s", cmd->command,
                       vg_tr(err != NULL ? err->lang : VG_LANG_EN, why));
    }
    struct vg_command_slot *s =
        find_slot(self, cmd->target_system, cmd->target_component, cmd->command);
    bool may_supersede =
        is_order && s != NULL && !is_same(s, fresh) && self->n_ended < VG_COMMANDS_LATE;
    if (s != NULL && !may_supersede) {
        return vg_fail(err, VG_E_FULL, "command %d to drone %d is still waiting for its answer",
                       cmd->command, cmd->target_system);
    }
    if (s != NULL) {
        supersede(self, s);
    } else {
        s = free_slot(self);
    }
    if (s == NULL) {
        return vg_fail(err, VG_E_FULL, "%d commands are waiting already", VG_COMMANDS_MAX);
    }
    put(self, s, fresh, is_order, now);
    return VG_OK;
}

enum vg_status vg_command_send(struct vg_command *self, uint8_t our_sysid, uint8_t our_compid,
                               const struct vg_mav_command_long *cmd, struct vg_us now,
                               struct vg_error *err)
{
    const struct vg_command_slot fresh = {
        .our_sysid = our_sysid, .our_compid = our_compid, .cmd = *cmd};
    return begin(self, &fresh, false, now, err);
}

enum vg_status vg_command_order(struct vg_command *self, uint8_t our_sysid, uint8_t our_compid,
                                const struct vg_mav_command_long *cmd, struct vg_us now,
                                struct vg_error *err)
{
    const struct vg_command_slot fresh = {
        .our_sysid = our_sysid, .our_compid = our_compid, .cmd = *cmd};
    return begin(self, &fresh, true, now, err);
}

enum vg_status vg_command_send_at(struct vg_command *self, uint8_t our_sysid, uint8_t our_compid,
                                  const struct vg_mav_command_long *cmd,
                                  const struct vg_command_place *place, struct vg_us now,
                                  struct vg_error *err)
{
    struct vg_command_slot fresh = {.our_sysid = our_sysid,
                                    .our_compid = our_compid,
                                    .cmd = *cmd,
                                    .place = *place,
                                    .has_place = true,
                                    .is_int = true};
    fresh.cmd.param5 = (float)((double)place->x / 1e7);
    fresh.cmd.param6 = (float)((double)place->y / 1e7);
    return begin(self, &fresh, false, now, err);
}

enum vg_status vg_command_cancel(struct vg_command *self, uint8_t sysid, uint8_t compid,
                                 uint16_t command, struct vg_us now, struct vg_error *err)
{
    struct vg_command_slot *s = find_slot(self, sysid, compid, command);
    if (s == NULL || is_over(s)) {
        return vg_fail(err, VG_E_NOT_FOUND, "command %d to drone %d is not under way", command,
                       sysid);
    }
    s->is_cancelling = true;
    s->attempts = 0;
    transmit(self, s, now);
    return VG_OK;
}

/* Acks of other stations' commands carry their target; older autopilots leave it 0. */
static bool is_for_us(const struct vg_mav_command_ack *ack, const struct vg_command_slot *s)
{
    return ack->target_system == 0 ||
           (ack->target_system == s->our_sysid &&
            (ack->target_component == 0 || ack->target_component == s->our_compid));
}

/* In the other form, if that is all it wants. */
static bool is_sent_otherwise(struct vg_command *self, struct vg_command_slot *s, uint8_t result,
                              struct vg_us now)
{
    bool wants_long = s->is_int && result == RESULT_LONG_ONLY;
    bool wants_int = !s->is_int && s->has_place && result == RESULT_INT_ONLY;
    if (!wants_long && !wants_int) {
        return false;
    }
    s->is_int = wants_int;
    s->has_place = false; /* once */
    s->attempts = 0;
    transmit(self, s, now);
    return true;
}

static void take_answer(struct vg_command *self, struct vg_command_slot *s,
                        const struct vg_mav_command_ack *ack, struct vg_us now)
{
    s->result.result = ack->result;
    s->result.progress_pct = ack->progress <= 100 ? ack->progress : PROGRESS_UNKNOWN;
    s->has_result = true;
    if (ack->result == VG_MAV_RESULT_IN_PROGRESS) {
        s->result.end = VG_COMMAND_RUNNING;
        s->deadline = vg_us_add(now, or_default(self->running, 15 * VG_US_PER_S));
        s->attempts = attempts_max(self, s); /* heard: silence from here on is the end */
        return;
    }
    s->result.end = ack->result == VG_MAV_RESULT_ACCEPTED    ? VG_COMMAND_ACCEPTED
                    : ack->result == VG_MAV_RESULT_CANCELLED ? VG_COMMAND_CANCELLED
                                                             : VG_COMMAND_REFUSED;
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
    bool is_taken = s != NULL && !is_over(s) && s->n_sent > 0 && now.us >= s->deaf_until.us &&
                    is_for_us(&ack, s);
    if (is_taken && !is_sent_otherwise(self, s, ack.result, now)) {
        take_answer(self, s, &ack, now);
    }
}

void vg_command_step(struct vg_command *self, struct vg_us now)
{
    for (int i = 0; i < VG_COMMANDS_MAX; i++) {
        struct vg_command_slot *s = &self->slots[i];
        if (!s->is_used || is_over(s) || now.us < s->deadline.us) {
            continue;
        }
        if (s->attempts < attempts_max(self, s)) {
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
        bool is_under_way = s->result.result == VG_MAV_RESULT_IN_PROGRESS || is_step(&s->cmd);
        if (s->is_used && !is_over(s) && !is_under_way && s->n_sent > 0 &&
            s->n_sent < 2 * attempts_max(self, s)) {
            struct vg_us soonest = vg_us_add(s->last_sent, wait);
            s->deadline = soonest.us > now.us ? soonest : now;
            s->attempts -= s->attempts > 0;
        }
    }
}

bool vg_command_next_out(struct vg_command *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

bool vg_command_next_result(struct vg_command *self, struct vg_command_result *out)
{
    if (self->n_ended > 0) {
        *out = self->ended[--self->n_ended];
        return true;
    }
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
