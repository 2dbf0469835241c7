#include "link/payload.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

enum {
    NONE = -1,
    TRIES_MAX = 4, /* without an answer; then at the slow pace */
    GIMBAL_TAKE = 1,
    GIMBAL_GIVE = -3 /* "remove control if currently in control" (gimbal_v2.html) */
};
static const int64_t ANSWER_US = 1500000;
static const int64_t TAKE_US = 2000000;

/* What is asked of a camera, and how often: seconds while it is not known, and once it is. */
enum ask {
    ASK_CAMERA = 0,
    ASK_SETTINGS,
    ASK_STORAGE,
    ASK_CAPTURE,
    ASK_STREAMS,
    ASK_GIMBAL,
    ASK_VERSION /* of the autopilot: what it is capable of */
};
static const struct {
    uint32_t id;
    double first_s;
    double again_s;
} ASKS[VG_PAYLOAD_ASKS] = {
    [ASK_CAMERA] = {VG_MAV_ID_CAMERA_INFORMATION, 5, 3600},
    [ASK_SETTINGS] = {VG_MAV_ID_CAMERA_SETTINGS, 10, 10},
    [ASK_STORAGE] = {VG_MAV_ID_STORAGE_INFORMATION, 30, 30},
    [ASK_CAPTURE] = {VG_MAV_ID_CAMERA_CAPTURE_STATUS, 5, 10},
    [ASK_STREAMS] = {VG_MAV_ID_VIDEO_STREAM_INFORMATION, 10, 60},
    [ASK_GIMBAL] = {VG_MAV_ID_GIMBAL_MANAGER_INFORMATION, 10, 3600},
    [ASK_VERSION] = {VG_MAV_ID_AUTOPILOT_VERSION, 5, 3600},
};

void vg_payload_init(struct vg_payload *self, struct vg_mav_pair pair)
{
    memset(self, 0, sizeof *self);
    self->pair = pair;
    self->in_flight = NONE;
    self->camera.mode = -1;
    self->camera.storage = -1;
    self->camera.n_images = -1;
    self->camera.zoom_pct = (double)NAN;
    self->camera.focus_pct = (double)NAN;
    self->camera.free_mib = (double)NAN;
}

void vg_payload_restart(struct vg_payload *self)
{
    memset(self->asks, 0, sizeof self->asks);
    self->in_flight = NONE;
}

/* ---- what comes ---- */

/* Unlike texts, names are whole arrays of bytes. */
static void copy_name(char *out, const uint8_t *bytes, size_t n)
{
    memcpy(out, bytes, n);
    out[n] = '\0';
}

static double percent_or_nan(float v)
{
    return v >= 0.0f && v <= 100.0f ? (double)v : (double)NAN;
}

static double positive_or_nan(float v)
{
    return isfinite(v) && v > 0.0f ? (double)v : (double)NAN;
}

static void know_camera(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    self->camera.t = now;
    if (self->camera_compid == 0) {
        self->camera_compid = msg->compid;
    }
}

static void take_camera(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_camera_information m;
    vg_mav_camera_information_unpack(msg, &m);
    know_camera(self, msg, now);
    self->camera.is_known = true;
    self->camera.compid = msg->compid;
    self->camera.flags = m.flags;
    copy_name(self->camera.vendor, m.vendor_name, sizeof m.vendor_name);
    copy_name(self->camera.model, m.model_name, sizeof m.model_name);
}

static void take_settings(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_camera_settings m;
    vg_mav_camera_settings_unpack(msg, &m);
    know_camera(self, msg, now);
    self->camera.mode = m.mode_id;
    self->camera.zoom_pct = percent_or_nan(m.zoomLevel);
    self->camera.focus_pct = percent_or_nan(m.focusLevel);
}

static void take_storage(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_storage_information m;
    vg_mav_storage_information_unpack(msg, &m);
    if (m.storage_id > 1) {
        return; /* the first is the one in use */
    }
    know_camera(self, msg, now);
    self->camera.storage = m.status;
    if (m.status == VG_STORAGE_STATUS_READY && isfinite(m.available_capacity) &&
        m.available_capacity >= 0.0f) {
        self->camera.free_mib = (double)m.available_capacity;
    }
}

static void take_capture(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_camera_capture_status m;
    vg_mav_camera_capture_status_unpack(msg, &m);
    know_camera(self, msg, now);
    self->camera.has_status = true;
    self->camera.is_recording = m.video_status == 1;
    self->camera.recording_s = m.recording_time_ms / 1e3;
    self->camera.n_images = m.image_count;
    if (isfinite(m.available_capacity) && m.available_capacity > 0.0f) {
        self->camera.free_mib = (double)m.available_capacity;
    }
}

static struct vg_video_stream *stream_of(struct vg_payload *self, uint8_t id)
{
    return id >= 1 && id <= VG_PAYLOAD_STREAMS ? &self->streams[id - 1] : NULL;
}

static void take_stream(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_video_stream_information m;
    vg_mav_video_stream_information_unpack(msg, &m);
    struct vg_video_stream *s = stream_of(self, m.stream_id);
    know_camera(self, msg, now);
    self->n_streams = m.count;
    if (s == NULL) {
        return;
    }
    *s = (struct vg_video_stream){
        .is_known = true,
        .id = m.stream_id,
        .type = m.type,
        .is_running = (m.flags & VG_VIDEO_STREAM_STATUS_FLAGS_RUNNING) != 0,
        .is_thermal = (m.flags & VG_VIDEO_STREAM_STATUS_FLAGS_THERMAL) != 0,
        .width_px = m.resolution_h,
        .height_px = m.resolution_v,
        .rate_hz = positive_or_nan(m.framerate),
        .bitrate_bps = m.bitrate > 0 ? (double)m.bitrate : (double)NAN,
    };
    memcpy(s->name, m.name, sizeof s->name);
    memcpy(s->uri, m.uri, sizeof s->uri);
}

static void take_stream_status(struct vg_payload *self, const struct vg_mav_msg *msg,
                               struct vg_us now)
{
    struct vg_mav_video_stream_status m;
    vg_mav_video_stream_status_unpack(msg, &m);
    struct vg_video_stream *s = stream_of(self, m.stream_id);
    know_camera(self, msg, now);
    if (s != NULL && s->is_known) {
        s->is_running = (m.flags & VG_VIDEO_STREAM_STATUS_FLAGS_RUNNING) != 0;
        s->rate_hz = positive_or_nan(m.framerate);
        s->bitrate_bps = m.bitrate > 0 ? (double)m.bitrate : (double)NAN;
        s->width_px = m.resolution_h;
        s->height_px = m.resolution_v;
    }
}

static void take_manager(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_gimbal_manager_status m;
    vg_mav_gimbal_manager_status_unpack(msg, &m);
    if (self->gimbal.is_known && msg->compid != self->gimbal.compid) {
        return; /* a second gimbal is not ours to point */
    }
    self->gimbal.is_known = true;
    self->gimbal.compid = msg->compid;
    self->gimbal.t = now;
    self->gimbal.device_id = m.gimbal_device_id;
    self->gimbal.control_sysid = m.primary_control_sysid;
    self->gimbal.control_compid = m.primary_control_compid;
}

static void take_limits(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_gimbal_manager_information m;
    vg_mav_gimbal_manager_information_unpack(msg, &m);
    (void)now;
    if (!isfinite(m.pitch_min) || !isfinite(m.pitch_max) || !isfinite(m.yaw_min) ||
        !isfinite(m.yaw_max)) {
        return;
    }
    self->gimbal.has_limits = true;
    self->gimbal.pitch_min_deg = (double)m.pitch_min * VG_DEG_PER_RAD;
    self->gimbal.pitch_max_deg = (double)m.pitch_max * VG_DEG_PER_RAD;
    self->gimbal.yaw_min_deg = (double)m.yaw_min * VG_DEG_PER_RAD;
    self->gimbal.yaw_max_deg = (double)m.yaw_max * VG_DEG_PER_RAD;
}

static void take_arm_status(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_open_drone_id_arm_status m;
    vg_mav_open_drone_id_arm_status_unpack(msg, &m);
    self->remote_id.is_known = true;
    self->remote_id.t = now;
    self->remote_id.is_good = m.status == VG_MAV_ODID_GOOD_TO_ARM;
    memcpy(self->remote_id.reason, m.error, sizeof self->remote_id.reason);
}

static void take_version(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    (void)now;
    self->has_version = self->has_version || msg->compid == self->pair.their_compid;
}

static void take_heartbeat(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_heartbeat m;
    vg_mav_heartbeat_unpack(msg, &m);
    (void)now;
    bool is_better = self->camera_compid == 0 || self->camera_compid == self->pair.their_compid;
    if (m.type == VG_MAV_TYPE_CAMERA && is_better && self->camera_compid != msg->compid) {
        self->camera_compid = msg->compid;
        vg_payload_restart(self);
    }
}

/* The answer to the question in flight. The message itself comes beside it, before or after. */
static void take_ack(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_command_ack m;
    vg_mav_command_ack_unpack(msg, &m);
    (void)now;
    bool is_ours = m.target_system == 0 || m.target_system == self->pair.our_sysid;
    if (m.command != VG_MAV_CMD_REQUEST_MESSAGE || self->in_flight == NONE || !is_ours) {
        return;
    }
    bool is_refused = m.result == VG_MAV_RESULT_DENIED || m.result == VG_MAV_RESULT_UNSUPPORTED ||
                      m.result == VG_MAV_RESULT_FAILED;
    self->asks[self->in_flight].is_refused = is_refused;
    self->in_flight = NONE;
}

void vg_payload_feed(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    static const struct {
        uint32_t id;
        void (*take)(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now);
    } takers[] = {
        {VG_MAV_ID_HEARTBEAT, take_heartbeat},
        {VG_MAV_ID_GIMBAL_MANAGER_STATUS, take_manager},
        {VG_MAV_ID_OPEN_DRONE_ID_ARM_STATUS, take_arm_status},
        {VG_MAV_ID_COMMAND_ACK, take_ack},
        {VG_MAV_ID_VIDEO_STREAM_STATUS, take_stream_status},
        {VG_MAV_ID_CAMERA_CAPTURE_STATUS, take_capture},
        {VG_MAV_ID_CAMERA_SETTINGS, take_settings},
        {VG_MAV_ID_STORAGE_INFORMATION, take_storage},
        {VG_MAV_ID_VIDEO_STREAM_INFORMATION, take_stream},
        {VG_MAV_ID_CAMERA_INFORMATION, take_camera},
        {VG_MAV_ID_GIMBAL_MANAGER_INFORMATION, take_limits},
        {VG_MAV_ID_AUTOPILOT_VERSION, take_version},
    };
    if (msg->sysid != self->pair.their_sysid) {
        return;
    }
    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
        if (takers[i].id == msg->id) {
            takers[i].take(self, msg, now);
            return;
        }
    }
}

/* ---- asking ---- */

static bool is_told(const struct vg_payload *self, enum ask ask)
{
    switch (ask) {
    case ASK_CAMERA:
        return self->camera.is_known;
    case ASK_SETTINGS:
        return self->camera.mode >= 0;
    case ASK_STORAGE:
        return self->camera.storage >= 0;
    case ASK_CAPTURE:
        return self->camera.has_status;
    case ASK_STREAMS:
        return self->n_streams > 0;
    case ASK_GIMBAL:
        return self->gimbal.has_limits;
    case ASK_VERSION:
        return self->has_version;
    }
    return true;
}

/* Of whom; 0: of nobody. The autopilot is asked for its camera once, in case it speaks for one. */
static uint8_t whom(const struct vg_payload *self, enum ask ask)
{
    if (ask == ASK_VERSION) {
        return self->has_version ? 0 : self->pair.their_compid;
    }
    if (ask == ASK_GIMBAL) {
        return self->gimbal.is_known ? self->gimbal.compid : 0;
    }
    if (ask == ASK_CAMERA && self->camera_compid == 0) {
        return self->asks[ASK_CAMERA].tries < TRIES_MAX ? self->pair.their_compid : 0;
    }
    bool has_video = (self->camera.flags & VG_CAMERA_CAP_FLAGS_HAS_VIDEO_STREAM) != 0;
    bool may_ask =
        ask == ASK_CAMERA || (self->camera.is_known && (ask != ASK_STREAMS || has_video));
    return may_ask ? self->camera_compid : 0;
}

static bool is_due(const struct vg_payload *self, enum ask ask, struct vg_us now)
{
    double s = is_told(self, ask) ? ASKS[ask].again_s : ASKS[ask].first_s;
    if (!is_told(self, ask) && self->asks[ask].tries >= TRIES_MAX) {
        s *= 6; /* it seems to have none */
    }
    bool is_first = self->asks[ask].asked.us == 0;
    return !self->asks[ask].is_refused && whom(self, ask) != 0 &&
           (is_first || vg_us_to_s(vg_us_sub(now, self->asks[ask].asked)) >= s);
}

static void send_command(struct vg_payload *self, const struct vg_mav_command_long *what)
{
    struct vg_mav_command_long c = *what;
    c.target_system = self->pair.their_sysid;
    vg_mav_command_long_pack(&c, self->pair.our_sysid, self->pair.our_compid,
                             vg_outq_add(&self->out));
}

void vg_payload_step(struct vg_payload *self, struct vg_us now)
{
    if (self->pair.their_sysid == 0) {
        return;
    }
    if (self->in_flight != NONE &&
        vg_us_sub(now, self->asks[self->in_flight].asked).us >= ANSWER_US) {
        self->in_flight = NONE;
    }
    for (int i = 0; i < VG_PAYLOAD_ASKS && self->in_flight == NONE; i++) {
        if (is_due(self, (enum ask)i, now)) {
            const struct vg_mav_command_long c = {.target_component = whom(self, (enum ask)i),
                                                  .command = VG_MAV_CMD_REQUEST_MESSAGE,
                                                  .param1 = (float)ASKS[i].id};
            self->in_flight = i;
            self->asks[i].asked = now;
            self->asks[i].tries++;
            send_command(self, &c);
        }
    }
}

bool vg_payload_next_out(struct vg_payload *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

/* ---- the gimbal ---- */

enum vg_gimbal_holder vg_payload_gimbal(const struct vg_payload *self)
{
    uint8_t holder = self->gimbal.control_sysid;
    if (!self->gimbal.is_known ||
        (holder == self->pair.our_sysid && self->gimbal.control_compid == self->pair.our_compid)) {
        return VG_GIMBAL_OURS;
    }
    return holder == 0 || holder == self->pair.their_sysid ? VG_GIMBAL_FREE : VG_GIMBAL_OTHERS;
}

static void configure(struct vg_payload *self, float control)
{
    bool is_taking = control > 0.0f;
    const struct vg_mav_command_long c = {
        .target_component = self->gimbal.compid,
        .command = VG_MAV_CMD_DO_GIMBAL_MANAGER_CONFIGURE,
        .param1 = is_taking ? (float)self->pair.our_sysid : control,
        .param2 = is_taking ? (float)self->pair.our_compid : control,
        .param3 = -1, /* the second controller stays as it is */
        .param4 = -1,
        .param7 = (float)self->gimbal.device_id};
    send_command(self, &c);
}

bool vg_payload_take_gimbal(struct vg_payload *self, struct vg_us now)
{
    enum vg_gimbal_holder holder = vg_payload_gimbal(self);
    if (holder == VG_GIMBAL_FREE && vg_us_sub(now, self->gimbal_asked).us >= TAKE_US) {
        self->gimbal_asked = now;
        configure(self, GIMBAL_TAKE);
    }
    return holder == VG_GIMBAL_OURS;
}

void vg_payload_give_gimbal(struct vg_payload *self)
{
    if (self->gimbal.is_known && vg_payload_gimbal(self) == VG_GIMBAL_OURS) {
        configure(self, GIMBAL_GIVE);
    }
}
