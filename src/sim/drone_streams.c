/* Which messages a drone sends, how often, and when it is asked for one. */
#include "sim/drone_priv.h"

/* ArduPilot's stream groups of REQUEST_DATA_STREAM. */
enum {
    GROUP_NONE = -1,
    GROUP_EXT = 2,
    GROUP_POS = 6,
    GROUP_X1 = 10,
    GROUP_X2 = 11,
    GROUP_X3 = 12
};
enum {
    EVERY_RATE = -1
}; /* config.rate_hz */

static const struct stream {
    uint32_t id;
    int32_t interval_us; /* 0: only when asked for */
    int group;
} STREAMS[] = {
    {VG_MAV_ID_HEARTBEAT, 1000000, GROUP_NONE},
    {VG_MAV_ID_GLOBAL_POSITION_INT, EVERY_RATE, GROUP_POS},
    {VG_MAV_ID_ATTITUDE, EVERY_RATE, GROUP_X1},
    {VG_MAV_ID_VFR_HUD, 500000, GROUP_X2},
    {VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS, 200000, GROUP_X3},
    {VG_MAV_ID_CAMERA_FOV_STATUS, 500000, GROUP_X3},
    {VG_MAV_ID_SYS_STATUS, 1000000, GROUP_EXT},
    {VG_MAV_ID_SYSTEM_TIME, 1000000, GROUP_X3},
    {VG_MAV_ID_GPS_RAW_INT, 1000000, GROUP_EXT},
    {VG_MAV_ID_MISSION_CURRENT, 1000000, GROUP_EXT},
    {VG_MAV_ID_EXTENDED_SYS_STATE, 1000000, GROUP_EXT},
    {VG_MAV_ID_WIND, 1000000, GROUP_X3},
    {VG_MAV_ID_WIND_COV, 1000000, GROUP_X3},
    {VG_MAV_ID_BATTERY_STATUS, 2000000, GROUP_X3},
    {VG_MAV_ID_HOME_POSITION, 10000000, GROUP_NONE},
    {VG_MAV_ID_AUTOPILOT_VERSION, 0, GROUP_NONE},
    {VG_MAV_ID_CAMERA_INFORMATION, 0, GROUP_NONE},
    {VG_MAV_ID_GIMBAL_MANAGER_INFORMATION, 0, GROUP_NONE},
};
enum {
    N_STREAMS = (int)(sizeof STREAMS / sizeof STREAMS[0])
};
_Static_assert(sizeof STREAMS / sizeof STREAMS[0] <= (size_t)VG_DRONE_STREAMS_MAX,
               "one slot a stream");

/* What the other autopilot tells in its place. */
static bool is_told(const struct vg_simdrone *self, uint32_t id)
{
    const struct vg_sim_persona *p = self->config.persona;
    switch (id) {
    case VG_MAV_ID_EXTENDED_SYS_STATE:
        return self->habits->tells_landed_state;
    case VG_MAV_ID_WIND:
        return !p->tells_wind_cov;
    case VG_MAV_ID_WIND_COV:
        return p->tells_wind_cov;
    default:
        return true;
    }
}

static int64_t default_interval_us(const struct vg_simdrone *self, int i)
{
    if (!is_told(self, STREAMS[i].id)) {
        return -1;
    }
    if (STREAMS[i].interval_us == EVERY_RATE) {
        return (int64_t)(1e6 / self->config.rate_hz);
    }
    return STREAMS[i].interval_us > 0 ? STREAMS[i].interval_us : -1;
}

void vg_drone_streams_init(struct vg_simdrone *self)
{
    for (int i = 0; i < N_STREAMS; i++) {
        self->streams[i].interval_us = default_interval_us(self, i);
        self->streams[i].due_us = self->boot.us + VG_FLIGHT_STEP_US;
    }
}

void vg_drone_streams_step(struct vg_simdrone *self)
{
    int64_t now_us = self->pilot.flight.now.us;
    for (int i = 0; i < N_STREAMS; i++) {
        struct vg_drone_stream *s = &self->streams[i];
        if (s->interval_us <= 0 || now_us < s->due_us) {
            continue;
        }
        s->due_us += s->interval_us;
        if (s->due_us <= now_us) {
            s->due_us = now_us + s->interval_us;
        }
        vg_drone_make_message(self, STREAMS[i].id, vg_drone_queue_add(&self->telemetry));
    }
}

int vg_drone_stream_find(const struct vg_simdrone *self, uint32_t id)
{
    for (int i = 0; i < N_STREAMS; i++) {
        if (STREAMS[i].id == id && is_told(self, id)) {
            return i;
        }
    }
    return -1;
}

static void set_interval(struct vg_simdrone *self, int i, int64_t interval_us)
{
    self->streams[i].interval_us = interval_us == 0 ? default_interval_us(self, i) : interval_us;
    self->streams[i].due_us = self->pilot.flight.now.us + VG_FLIGHT_STEP_US;
}

bool vg_drone_stream_set(struct vg_simdrone *self, uint32_t id, int64_t interval_us)
{
    int i = vg_drone_stream_find(self, id);
    if (i < 0 || id == VG_MAV_ID_HEARTBEAT) {
        return false; /* nobody silences the heartbeat */
    }
    set_interval(self, i, interval_us);
    return true;
}

void vg_drone_request_data_stream(struct vg_simdrone *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_request_data_stream r;
    vg_mav_request_data_stream_unpack(msg, &r);
    if (r.target_system != self->config.sysid) {
        return;
    }
    bool is_on = r.start_stop != 0 && r.req_message_rate > 0;
    for (int i = 0; i < N_STREAMS; i++) {
        bool is_meant = STREAMS[i].group == r.req_stream_id ||
                        (r.req_stream_id == 0 && STREAMS[i].group != GROUP_NONE);
        if (is_meant && is_told(self, STREAMS[i].id)) {
            set_interval(self, i, is_on ? 1000000 / r.req_message_rate : -1);
        }
    }
}

bool vg_drone_send_message(struct vg_simdrone *self, uint32_t id)
{
    int i = vg_drone_stream_find(self, id);
    if (i < 0) {
        return false;
    }
    vg_drone_make_message(self, STREAMS[i].id, vg_drone_queue_add(&self->replies));
    return true;
}
