#include "link/missionup.h"

#include "link/allow.h"

#include <string.h>

enum {
    REPAIRS_MAX = 2,
    BACKS_MAX = 3,
    LOOKS_MAX = 3 /* a straggler may answer with the name of the list before */
};

/* ---- the two machines underneath ---- */

static void look(struct vg_missionup *self, enum vg_missionup_phase phase,
                 const struct vg_missiondown_job *job, struct vg_us now)
{
    self->phase = phase;
    self->state = VG_MISSION_READING;
    self->down.patience = self->patience;
    self->down.err.lang = self->err.lang;
    self->down.pace = self->send.pace;
    vg_missiondown_start(&self->down, job, now);
}

static void send(struct vg_missionup *self, enum vg_missionup_phase phase,
                 const struct vg_missionsend_job *job, struct vg_us now)
{
    self->phase = phase;
    self->state = VG_MISSION_SENDING;
    self->is_touched = true;
    self->send.patience = self->patience;
    self->send.err.lang = self->err.lang;
    self->send.pace = self->down.pace;
    vg_missionsend_start(&self->send, job, now);
}

/* ---- the ends ---- */

static void end(struct vg_missionup *self, enum vg_mission_state state, enum vg_mission_holds holds)
{
    self->phase = VG_MISSIONUP_OVER;
    self->state = state;
    self->holds = holds;
}

static void end_verified(struct vg_missionup *self, uint32_t id)
{
    self->id = id;
    end(self, VG_MISSION_DONE, VG_MISSION_HOLDS_NEW);
}

static bool is_in_place(const struct vg_missionup *self)
{
    return self->with.autopilot->in_place_lists >> self->with.list & 1;
}

static bool has_ids(const struct vg_missionup *self)
{
    return self->with.autopilot->has_ids;
}

static void look_back(struct vg_missionup *self, enum vg_missionup_phase phase, struct vg_us now)
{
    const struct vg_missiondown_job job = {.with = self->with,
                                           .meant = self->old,
                                           .n_meant = self->n_old,
                                           .is_count_only = has_ids(self)};
    look(self, phase, &job, now);
}

static void send_back(struct vg_missionup *self, struct vg_us now)
{
    self->n_backs++;
    const struct vg_missionsend_job job = {
        .with = self->with, .items = self->old, .n_items = self->n_old, .is_stubborn = true};
    send(self, VG_MISSIONUP_BACK_SENDING, &job, now);
}

/* May all that was there be sent by us? What others put there may not. */
static bool is_old_ours_to_send(const struct vg_missionup *self)
{
    for (int i = 0; i < self->n_old; i++) {
        if (!vg_allow_mission_item(self->with.list, self->old[i].command)) {
            return false;
        }
    }
    return true;
}

/* The new list will not be there; err says why. Now for the old one. */
static void fall_back(struct vg_missionup *self, struct vg_us now)
{
    if (!self->is_touched) {
        end(self, VG_MISSION_FAILED, VG_MISSION_HOLDS_OLD);
    } else if (!self->has_old) {
        end(self, VG_MISSION_FAILED, VG_MISSION_HOLDS_UNKNOWN);
    } else if (is_in_place(self) && self->send.n_asked > 0 && is_old_ours_to_send(self)) {
        send_back(self, now); /* items have gone over it */
    } else {
        look_back(self, VG_MISSIONUP_BACK_LOOKING, now);
    }
}

static void fall_back_for(struct vg_missionup *self, const struct vg_error *why, struct vg_us now)
{
    self->err = *why;
    fall_back(self, now);
}

/* ---- start ---- */

static enum vg_status check_items(const struct vg_missionup_job *job, struct vg_error *err)
{
    int least = job->with.list == VG_MAV_MISSION_TYPE_MISSION ? 1 : 0;
    if (job->n_items < least || job->n_items > VG_MISSION_ITEMS_MAX) {
        return vg_fail(err, VG_E_RANGE, "a mission has 1 to %d items, not %d", VG_MISSION_ITEMS_MAX,
                       job->n_items);
    }
    for (int i = 0; i < job->n_items; i++) {
        if (!vg_allow_mission_item(job->with.list, job->items[i].command)) {
            return vg_fail(err, VG_E_INVALID,
                           "mission item %d: command %d is not on the allow-list", i,
                           job->items[i].command);
        }
    }
    return VG_OK;
}

static void start_looking(struct vg_missionup *self, struct vg_us now)
{
    const struct vg_missiondown_job job = {
        .with = self->with, .into = self->old, .is_count_only = has_ids(self)};
    look(self, VG_MISSIONUP_LOOKING, &job, now);
}

static void send_all(struct vg_missionup *self, struct vg_us now)
{
    const struct vg_missionsend_job job = {
        .with = self->with, .items = self->items, .n_items = self->n_items};
    send(self, VG_MISSIONUP_SENDING, &job, now);
}

enum vg_status vg_missionup_begin(struct vg_missionup *self, const struct vg_missionup_job *job,
                                  struct vg_us now, struct vg_error *err)
{
    enum vg_status status = check_items(job, err);
    self->err = (struct vg_error){.lang = self->err.lang};
    self->is_touched = false;
    self->has_old = false;
    self->was_there = false;
    self->id = 0;
    self->n_sent = self->n_read = self->n_repairs = self->n_looks = self->n_backs = 0;
    self->down.out = self->send.out = (struct vg_outq){0};
    self->send.state = VG_MISSIONSEND_IDLE;
    if (status != VG_OK) {
        (void)check_items(job, &self->err);
        end(self, VG_MISSION_FAILED, VG_MISSION_HOLDS_OLD);
        return status;
    }
    self->with = job->with;
    self->n_items = job->n_items;
    self->is_sent_always = job->is_sent_always;
    if (job->n_items > 0) {
        memcpy(self->items, job->items, (size_t)job->n_items * sizeof job->items[0]);
    }
    start_looking(self, now);
    return VG_OK;
}

enum vg_status vg_missionup_start(struct vg_missionup *self, struct vg_mav_pair pair,
                                  const struct vg_mission_item *items, int n_items,
                                  uint8_t autopilot, struct vg_us now, struct vg_error *err)
{
    const struct vg_missionup_job job = {.with = {.pair = pair,
                                                  .list = VG_MAV_MISSION_TYPE_MISSION,
                                                  .autopilot = vg_autopilot_find(autopilot)},
                                         .items = items,
                                         .n_items = n_items,
                                         .is_sent_always = true};
    return vg_missionup_begin(self, &job, now, err);
}

const char *vg_mission_holds_text(enum vg_mission_holds holds)
{
    switch (holds) {
    case VG_MISSION_HOLDS_NEW:
        return "the drone holds the new list, verified";
    case VG_MISSION_HOLDS_OLD:
        return "the drone holds the list from before, verified";
    case VG_MISSION_HOLDS_UNKNOWN:
        break;
    }
    return "what the drone holds is not known";
}

/* ---- from phase to phase ---- */

/* Where the old and the new list differ: the first and last item; equal: -1. */
static void compare_old(const struct vg_missionup *self, int *out_first, int *out_last)
{
    *out_first = *out_last = -1;
    for (int i = 0; i < self->n_items && i < self->n_old; i++) {
        if (!vg_mission_item_agrees(&self->items[i], &self->old[i], i, &self->with, NULL)) {
            *out_first = *out_first < 0 ? i : *out_first;
            *out_last = i;
        }
    }
}

/* A short stretch alone, where the autopilot takes that; else all. */
static void send_stretch(struct vg_missionup *self, int first, int last, struct vg_us now)
{
    bool takes_partial = self->with.autopilot->partial_lists >> self->with.list & 1;
    if (!takes_partial || first < 0 || (last - first + 1) * 2 > self->n_items) {
        send_all(self, now);
        return;
    }
    const struct vg_missionsend_job job = {.with = self->with,
                                           .items = self->items,
                                           .n_items = self->n_items,
                                           .is_partial = true,
                                           .first = first,
                                           .last = last};
    send(self, VG_MISSIONUP_SENDING, &job, now);
}

static bool has_our_id(const struct vg_missionup *self, uint32_t id)
{
    return self->with.autopilot->has_ids && id != 0 &&
           id == vg_mission_id(self->items, self->n_items);
}

static void after_look(struct vg_missionup *self, struct vg_us now)
{
    self->n_old = self->down.n_items;
    self->old_id = self->down.id;
    self->has_old = !has_ids(self) || self->old_id != 0 || self->n_old == 0;
    int first = -1;
    int last = -1;
    bool is_same = self->n_old == self->n_items;
    if (!has_ids(self) && is_same) {
        compare_old(self, &first, &last);
        is_same = first < 0;
    } else if (has_ids(self)) {
        is_same = is_same && (has_our_id(self, self->old_id) || self->n_items == 0);
    }
    if (is_same && !self->is_sent_always) {
        self->was_there = true;
        end_verified(self, self->old_id);
    } else if (self->n_old == self->n_items && !is_same) {
        send_stretch(self, first, last, now);
    } else {
        send_all(self, now);
    }
}

static void read_back(struct vg_missionup *self, struct vg_us now)
{
    const struct vg_missiondown_job job = {
        .with = self->with, .meant = self->items, .n_meant = self->n_items};
    look(self, VG_MISSIONUP_CHECKING, &job, now);
}

static void ask_id(struct vg_missionup *self, struct vg_us now)
{
    const struct vg_missiondown_job job = {.with = self->with, .is_count_only = true};
    look(self, VG_MISSIONUP_ASKING_ID, &job, now);
}

/* By its name, where that is a proof; else item by item. */
static void start_checking(struct vg_missionup *self, struct vg_us now)
{
    if (has_our_id(self, self->send.id)) {
        end_verified(self, self->send.id);
    } else if (has_ids(self)) {
        self->n_looks = 0;
        ask_id(self, now);
    } else {
        read_back(self, now);
    }
}

/* A name that is not ours may be a straggler's, or made another way: it disproves nothing. */
static void after_id(struct vg_missionup *self, struct vg_us now)
{
    if (self->down.n_items == self->n_items && has_our_id(self, self->down.id)) {
        end_verified(self, self->down.id);
    } else if (++self->n_looks < LOOKS_MAX) {
        ask_id(self, now);
    } else if (self->down.id == self->old_id && self->n_repairs < REPAIRS_MAX) {
        self->n_repairs++; /* the old list: it has dropped the upload */
        send_all(self, now);
    } else {
        read_back(self, now);
    }
}

static void say_difference(const struct vg_missionup *self, struct vg_error *err)
{
    if (self->down.n_items != self->n_items) {
        (void)vg_fail(err, VG_E_BROKEN, "the drone holds %d mission items, sent were %d",
                      self->down.n_items, self->n_items);
    } else {
        (void)vg_fail(err, VG_E_BROKEN, "mission item %d read back differs: %s",
                      self->down.first_off, vg_tr(err->lang, self->down.off_what));
    }
}

static void after_check(struct vg_missionup *self, struct vg_us now)
{
    bool has_all = self->down.n_items == self->n_items;
    if (has_all && self->down.first_off < 0) {
        end_verified(self, self->down.id);
    } else if (self->n_repairs < REPAIRS_MAX) {
        self->n_repairs++;
        send_stretch(self, has_all ? self->down.first_off : -1, self->down.last_off, now);
    } else {
        struct vg_error why = {.lang = self->err.lang};
        say_difference(self, &why);
        fall_back_for(self, &why, now);
    }
}

/* A home of its own is all that an emptied mission may keep. */
static bool is_old_there(const struct vg_missionup *self)
{
    int n = self->down.n_items;
    if (has_ids(self)) {
        return n == self->n_old && self->down.id == self->old_id;
    }
    bool is_empty = self->n_old == 0 && n <= (self->with.autopilot->has_home_item ? 1 : 0);
    return is_empty || (n == self->n_old && self->down.first_off < 0);
}

/* Stragglers of the new list may have got in between: more than one try. */
static void after_back_look(struct vg_missionup *self, struct vg_us now)
{
    if (is_old_there(self)) {
        end(self, VG_MISSION_FAILED, VG_MISSION_HOLDS_OLD);
    } else if (has_ids(self)) { /* broken off too late: all of it was there */
        bool is_new = self->down.n_items == self->n_items && has_our_id(self, self->down.id);
        end(self, VG_MISSION_FAILED, is_new ? VG_MISSION_HOLDS_NEW : VG_MISSION_HOLDS_UNKNOWN);
    } else if (self->n_backs < BACKS_MAX && is_old_ours_to_send(self)) {
        send_back(self, now);
    } else {
        end(self, VG_MISSION_FAILED, VG_MISSION_HOLDS_UNKNOWN);
    }
}

static void down_failed(struct vg_missionup *self, struct vg_us now)
{
    if (self->phase >= VG_MISSIONUP_BACK_LOOKING) {
        end(self, VG_MISSION_FAILED, VG_MISSION_HOLDS_UNKNOWN);
        return;
    }
    struct vg_error why = self->down.err;
    if (self->phase == VG_MISSIONUP_CHECKING || self->phase == VG_MISSIONUP_ASKING_ID) {
        vg_error_prefix(&why, "reading the mission back");
    }
    fall_back_for(self, &why, now);
}

static void follow_down(struct vg_missionup *self, struct vg_us now)
{
    self->n_read = self->down.n_read;
    if (self->down.state == VG_MISSION_FAILED) {
        down_failed(self, now);
    } else if (self->down.state != VG_MISSION_DONE) {
        return;
    } else if (self->phase == VG_MISSIONUP_LOOKING) {
        after_look(self, now);
    } else if (self->phase == VG_MISSIONUP_ASKING_ID) {
        after_id(self, now);
    } else if (self->phase == VG_MISSIONUP_CHECKING) {
        after_check(self, now);
    } else {
        after_back_look(self, now);
    }
}

static void follow_send(struct vg_missionup *self, struct vg_us now)
{
    bool is_new = self->phase == VG_MISSIONUP_SENDING;
    if (is_new && self->send.n_asked > self->n_sent) {
        self->n_sent = self->send.n_asked;
    }
    if (self->send.state == VG_MISSIONSEND_FAILED && is_new) {
        struct vg_error why = self->send.err;
        fall_back_for(self, &why, now);
    } else if (self->send.state == VG_MISSIONSEND_FAILED) {
        end(self, VG_MISSION_FAILED, VG_MISSION_HOLDS_UNKNOWN);
    } else if (self->send.state > VG_MISSIONSEND_SENDING && is_new) {
        start_checking(self, now);
    } else if (self->send.state > VG_MISSIONSEND_SENDING) {
        look_back(self, VG_MISSIONUP_BACK_CHECKING, now);
    }
}

static bool is_sending(const struct vg_missionup *self)
{
    return self->phase == VG_MISSIONUP_SENDING || self->phase == VG_MISSIONUP_BACK_SENDING;
}

void vg_missionup_feed(struct vg_missionup *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (self->state != VG_MISSION_SENDING && self->state != VG_MISSION_READING) {
        return;
    }
    if (is_sending(self)) {
        vg_missionsend_feed(&self->send, msg, now);
        follow_send(self, now);
        return;
    }
    bool is_request =
        msg->id == VG_MAV_ID_MISSION_REQUEST || msg->id == VG_MAV_ID_MISSION_REQUEST_INT;
    bool is_checking =
        self->phase == VG_MISSIONUP_CHECKING || self->phase == VG_MISSIONUP_ASKING_ID;
    if (is_request && is_checking) {
        vg_missionsend_feed(&self->send, msg, now);
        if (self->send.state == VG_MISSIONSEND_SENDING) { /* it is not at the end yet */
            self->phase = VG_MISSIONUP_SENDING;
            self->state = VG_MISSION_SENDING;
        }
    } else {
        vg_missiondown_feed(&self->down, msg, now);
        follow_down(self, now);
    }
}

void vg_missionup_step(struct vg_missionup *self, struct vg_us now)
{
    if (self->state == VG_MISSION_SENDING) {
        vg_missionsend_step(&self->send, now);
        follow_send(self, now);
    } else if (self->state == VG_MISSION_READING) {
        vg_missiondown_step(&self->down, now);
        follow_down(self, now);
    }
}

bool vg_missionup_next_out(struct vg_missionup *self, struct vg_mav_msg *out)
{
    return vg_missionsend_next_out(&self->send, out) || vg_missiondown_next_out(&self->down, out);
}

void vg_missionup_cancel(struct vg_missionup *self, struct vg_us now)
{
    if (self->phase >= VG_MISSIONUP_BACK_LOOKING ||
        (self->state != VG_MISSION_SENDING && self->state != VG_MISSION_READING)) {
        return; /* over, or putting the old one back already */
    }
    vg_missionsend_cancel(&self->send);
    vg_missiondown_cancel(&self->down);
    struct vg_error why = {.lang = self->err.lang};
    (void)vg_fail(&why, VG_E_INVALID, "cancelled");
    fall_back_for(self, &why, now);
}

/* ---- later ---- */

static uint32_t id_in_current(const struct vg_mav_mission_current *m, uint8_t list)
{
    switch (list) {
    case VG_MAV_MISSION_TYPE_FENCE:
        return m->fence_id;
    case VG_MAV_MISSION_TYPE_RALLY:
        return m->rally_points_id;
    default:
        return m->mission_id;
    }
}

struct vg_mission_held vg_missionup_held(const struct vg_missionup *self)
{
    return (struct vg_mission_held){self->state == VG_MISSION_DONE, self->with, self->n_items,
                                    self->id};
}

static bool is_another_current(const struct vg_mission_held *self,
                               const struct vg_mav_mission_current *m)
{
    uint32_t id = id_in_current(m, self->with.list);
    bool is_named = self->id != 0 || self->n_items == 0; /* nothing has no name (PX4: 0) */
    bool has_total =
        self->with.list == VG_MAV_MISSION_TYPE_MISSION && m->total != 0 && m->total != UINT16_MAX;
    int n_without_home = self->n_items - self->with.autopilot->has_home_item;
    return (is_named && id != 0 && id != self->id) ||
           (has_total && m->total != self->n_items && m->total != n_without_home);
}

bool vg_mission_held_is_replaced(const struct vg_mission_held *self, const struct vg_mav_msg *msg)
{
    const struct vg_mav_pair *pair = &self->with.pair;
    bool is_drones = msg->sysid == pair->their_sysid && msg->compid == pair->their_compid;
    if (!self->is_known || !is_drones) {
        return false;
    }
    if (msg->id == VG_MAV_ID_MISSION_CURRENT) {
        struct vg_mav_mission_current m;
        vg_mav_mission_current_unpack(msg, &m);
        return is_another_current(self, &m);
    }
    if (msg->id == VG_MAV_ID_MISSION_COUNT) {
        struct vg_mav_mission_count m;
        vg_mav_mission_count_unpack(msg, &m);
        return m.mission_type == self->with.list && m.count != self->n_items;
    }
    if (msg->id == VG_MAV_ID_MISSION_ACK) { /* to another station: it has sent a list */
        struct vg_mav_mission_ack m;
        vg_mav_mission_ack_unpack(msg, &m);
        return m.mission_type == self->with.list && m.type == VG_MAV_MISSION_ACCEPTED &&
               m.target_system != pair->our_sysid;
    }
    return false;
}

bool vg_missionup_is_replaced(const struct vg_missionup *self, const struct vg_mav_msg *msg)
{
    const struct vg_mission_held held = vg_missionup_held(self);
    return vg_mission_held_is_replaced(&held, msg);
}
