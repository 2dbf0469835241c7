#include "link/msgrates.h"

#include <string.h>

enum {
    TRIES_MAX = 3,
    STREAM_TRIES_MAX = 4,
    NO_STREAM = -1,
    NONE = -1
};
static const int64_t ANSWER_US = 1500000;
static const int64_t SETTLE_US = 6000000; /* after asking: what is not heard then does not come */
static const int64_t AGAIN_US = 30000000;
static const double WINDOW_S = 20.0;
static const double LEAST_SHARE = 0.34; /* of the wanted rate; losses are no reason to ask */

/* The stream that brings a message (ArduPlane and ArduCopter, GCS_MAVLink_*.cpp, stream tables). */
static int stream_of(uint32_t id)
{
    switch (id) {
    case VG_MAV_ID_GLOBAL_POSITION_INT:
    case VG_MAV_ID_LOCAL_POSITION_NED:
        return VG_MAV_DATA_STREAM_POSITION;
    case VG_MAV_ID_ATTITUDE:
        return VG_MAV_DATA_STREAM_EXTRA1;
    case VG_MAV_ID_VFR_HUD:
        return VG_MAV_DATA_STREAM_EXTRA2;
    case VG_MAV_ID_SYS_STATUS:
    case VG_MAV_ID_POWER_STATUS:
    case VG_MAV_ID_MISSION_CURRENT:
    case VG_MAV_ID_GPS_RAW_INT:
    case VG_MAV_ID_NAV_CONTROLLER_OUTPUT:
    case VG_MAV_ID_FENCE_STATUS:
        return VG_MAV_DATA_STREAM_EXTENDED_STATUS;
    case VG_MAV_ID_WIND:
    case VG_MAV_ID_BATTERY_STATUS:
    case VG_MAV_ID_SYSTEM_TIME:
    case VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS:
        return VG_MAV_DATA_STREAM_EXTRA3;
    default:
        return NO_STREAM;
    }
}

static void begin(struct vg_msgrate *r)
{
    *r = (struct vg_msgrate){.wanted = r->wanted, .n_heard = r->n_heard};
}

void vg_msgrates_init(struct vg_msgrates *self, struct vg_mav_pair pair,
                      const struct vg_msgrate_wanted *wanted, int n)
{
    memset(self, 0, sizeof *self);
    self->pair = pair;
    self->in_flight = NONE;
    self->n = n < VG_MSGRATES_MAX ? n : VG_MSGRATES_MAX;
    for (int i = 0; i < self->n; i++) {
        self->rates[i].wanted = wanted[i];
    }
}

void vg_msgrates_restart(struct vg_msgrates *self)
{
    self->in_flight = NONE;
    for (int i = 0; i < self->n; i++) {
        begin(&self->rates[i]);
    }
}

void vg_msgrates_pause(struct vg_msgrates *self, bool is_paused)
{
    self->is_paused = is_paused;
}

static int64_t interval_us(const struct vg_msgrate *r)
{
    return (int64_t)(1e6 / r->wanted.rate_hz);
}

static void ask(struct vg_msgrates *self, int i, struct vg_us now)
{
    struct vg_msgrate *r = &self->rates[i];
    const struct vg_mav_command_long c = {.target_system = self->pair.their_sysid,
                                          .target_component = self->pair.their_compid,
                                          .command = VG_MAV_CMD_SET_MESSAGE_INTERVAL,
                                          .confirmation = (uint8_t)r->tries,
                                          .param1 = (float)r->wanted.id,
                                          .param2 = (float)interval_us(r)};
    r->state = VG_MSGRATE_ASKED;
    r->tries++;
    r->asked = now;
    self->in_flight = i;
    vg_mav_command_long_pack(&c, self->pair.our_sysid, self->pair.our_compid,
                             vg_outq_add(&self->out));
}

/* The whole stream at the greatest rate that is wanted of its messages. */
static void ask_stream(struct vg_msgrates *self, int i, struct vg_us now)
{
    int stream = stream_of(self->rates[i].wanted.id);
    double rate_hz = 0;
    for (int k = 0; k < self->n; k++) {
        struct vg_msgrate *r = &self->rates[k];
        if (stream_of(r->wanted.id) == stream && r->state != VG_MSGRATE_GRANTED) {
            r->state = VG_MSGRATE_STREAMED;
            r->tries++;
            r->asked = now;
        }
        if (stream_of(r->wanted.id) == stream && r->wanted.rate_hz > rate_hz) {
            rate_hz = r->wanted.rate_hz;
        }
    }
    const struct vg_mav_request_data_stream m = {.target_system = self->pair.their_sysid,
                                                 .target_component = self->pair.their_compid,
                                                 .req_stream_id = (uint8_t)stream,
                                                 .req_message_rate = (uint16_t)(rate_hz + 0.999),
                                                 .start_stop = 1};
    vg_mav_request_data_stream_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                                    vg_outq_add(&self->out));
}

static void take_ack(struct vg_msgrates *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_command_ack m;
    vg_mav_command_ack_unpack(msg, &m);
    bool is_ours = m.target_system == 0 || m.target_system == self->pair.our_sysid;
    if (m.command != VG_MAV_CMD_SET_MESSAGE_INTERVAL || self->in_flight == NONE || !is_ours ||
        msg->compid != self->pair.their_compid || m.result == VG_MAV_RESULT_IN_PROGRESS) {
        return;
    }
    struct vg_msgrate *r = &self->rates[self->in_flight];
    self->in_flight = NONE;
    bool is_temporary = m.result == VG_MAV_RESULT_TEMPORARILY_REJECTED;
    r->state = m.result == VG_MAV_RESULT_ACCEPTED ? VG_MSGRATE_GRANTED
               : is_temporary                     ? VG_MSGRATE_SILENT
                                                  : VG_MSGRATE_REFUSED;
}

void vg_msgrates_feed(struct vg_msgrates *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->sysid != self->pair.their_sysid) {
        return;
    }
    if (msg->id == VG_MAV_ID_COMMAND_ACK) {
        take_ack(self, msg);
        return;
    }
    for (int i = 0; i < self->n; i++) {
        struct vg_msgrate *r = &self->rates[i];
        if (r->wanted.id != msg->id) {
            continue;
        }
        r->n_heard++;
        r->n_window += r->window.us > 0;
        r->heard = now;
        bool was_given_up = r->state == VG_MSGRATE_REFUSED || r->state == VG_MSGRATE_SILENT;
        if (was_given_up) {
            r->state = VG_MSGRATE_GRANTED; /* it comes all the same */
        }
        return;
    }
}

static bool has_settled(const struct vg_msgrate *r, struct vg_us now)
{
    int64_t settle_us = SETTLE_US > 4 * interval_us(r) ? SETTLE_US : 4 * interval_us(r);
    return vg_us_sub(now, r->asked).us >= settle_us;
}

/* Is it heard about as often as wanted? Judged over a window, so that the answer changes seldom. */
static bool is_often_enough(struct vg_msgrate *r, struct vg_us now)
{
    double window_s = WINDOW_S > 6 / r->wanted.rate_hz ? WINDOW_S : 6 / r->wanted.rate_hz;
    if (r->window.us == 0 || r->window.us < r->asked.us) {
        r->window = now;
        r->n_window = 0;
    }
    double s = vg_us_to_s(vg_us_sub(now, r->window));
    if (s < window_s) {
        return true;
    }
    bool is_enough = r->n_window >= (int)(LEAST_SHARE * s * r->wanted.rate_hz);
    r->window = now;
    r->n_window = 0;
    return is_enough;
}

static void step_one(struct vg_msgrates *self, int i, struct vg_us now)
{
    struct vg_msgrate *r = &self->rates[i];
    bool is_free = self->in_flight == NONE;
    int64_t since_us = vg_us_sub(now, r->asked).us;
    bool has_stream = stream_of(r->wanted.id) != NO_STREAM;
    switch (r->state) {
    case VG_MSGRATE_TO_ASK:
        if (is_free) {
            ask(self, i, now);
        }
        break;
    case VG_MSGRATE_ASKED:
        if (since_us >= ANSWER_US) {
            self->in_flight = self->in_flight == i ? NONE : self->in_flight;
            r->state = r->tries < TRIES_MAX ? VG_MSGRATE_TO_ASK : VG_MSGRATE_SILENT;
        }
        break;
    case VG_MSGRATE_GRANTED:
        if (has_settled(r, now) && since_us >= AGAIN_US && !is_often_enough(r, now)) {
            begin(r);
        }
        break;
    case VG_MSGRATE_REFUSED:
    case VG_MSGRATE_SILENT:
        if (has_stream) {
            r->tries = 0;
            ask_stream(self, i, now);
        } else if (r->state == VG_MSGRATE_SILENT && since_us >= AGAIN_US) {
            begin(r);
        }
        break;
    case VG_MSGRATE_STREAMED:
        if (has_settled(r, now) && r->heard.us < r->asked.us) {
            bool is_early = r->tries < STREAM_TRIES_MAX;
            if (is_early || since_us >= AGAIN_US) {
                ask_stream(self, i, now);
            }
        }
        break;
    }
}

void vg_msgrates_step(struct vg_msgrates *self, struct vg_us now)
{
    for (int i = 0; i < self->n && !self->is_paused; i++) {
        step_one(self, i, now);
    }
}

bool vg_msgrates_next_out(struct vg_msgrates *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}
