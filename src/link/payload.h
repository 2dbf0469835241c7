/* What a drone carries, from its own messages: camera, storage, video streams with their addresses,
 * who has the gimbal, the remote id module's verdict. Asked for where there is somebody to answer.
 *
 * A camera is a component that says so (HEARTBEAT of type camera, or CAMERA_INFORMATION from the
 * autopilot, which speaks for cameras that cannot). Each thing is asked for by REQUEST_MESSAGE, one
 * at a time, again at its own pace; what is refused is not asked of that component again until
 * vg_payload_restart. The gimbal is taken (DO_GIMBAL_MANAGER_CONFIGURE) only when nobody else has
 * it: the manager tells who.
 *
 * Memory: about 3 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/camera.html, gimbal_v2.html, opendroneid.html.
 */
#ifndef VG_LINK_PAYLOAD_H
#define VG_LINK_PAYLOAD_H

#include "base/time.h"
#include "link/outq.h"

enum {
    VG_PAYLOAD_STREAMS = 4,
    VG_PAYLOAD_ASKS = 7
};

struct vg_video_stream {
    bool is_known;
    uint8_t id; /* from 1 */
    uint8_t type; /* VIDEO_STREAM_TYPE: 0 RTSP, 1 RTP/UDP, 2 TCP MPEG, 3 MPEG-TS over UDP */
    bool is_running;
    bool is_thermal;
    int width_px; /* 0: not told */
    int height_px;
    double rate_hz; /* NAN: not told */
    double bitrate_bps; /* likewise */
    char name[33];
    char uri[161]; /* or a port number, as the camera gives it; any bytes */
};

struct vg_payload {
    struct { /* CAMERA_INFORMATION, _SETTINGS, _CAPTURE_STATUS, STORAGE_INFORMATION */
        bool is_known;
        uint8_t compid;
        struct vg_us t; /* of the newest of them */
        uint32_t flags; /* CAMERA_CAP_FLAGS */
        char vendor[33];
        char model[33];
        int mode; /* CAMERA_MODE, -1: not told */
        double zoom_pct; /* 0..100, NAN: not told */
        double focus_pct; /* likewise */
        bool has_status;
        bool is_recording;
        double recording_s;
        int n_images; /* -1: not told */
        double free_mib; /* NAN: not told */
        int storage; /* STORAGE_STATUS, -1: not told */
    } camera;
    int n_streams; /* told, of which the first few are kept */
    struct vg_video_stream streams[VG_PAYLOAD_STREAMS]; /* by id - 1 */
    struct { /* GIMBAL_MANAGER_STATUS, _INFORMATION */
        bool is_known;
        uint8_t compid; /* of the manager */
        struct vg_us t;
        uint8_t device_id;
        uint8_t control_sysid; /* who has it; 0: nobody */
        uint8_t control_compid;
        bool has_limits;
        double pitch_min_deg;
        double pitch_max_deg;
        double yaw_min_deg; /* against the nose */
        double yaw_max_deg;
    } gimbal;
    struct { /* OPEN_DRONE_ID_ARM_STATUS */
        bool is_known;
        struct vg_us t;
        bool is_good; /* it may fly, as far as its identification goes */
        char reason[51]; /* why not; any bytes */
    } remote_id;
    /* private */
    struct vg_mav_pair pair; /* their_compid: the autopilot's */
    bool has_version; /* AUTOPILOT_VERSION came: vehicle.h keeps it */
    uint8_t camera_compid; /* whom to ask; 0: nobody yet */
    int in_flight; /* ask, -1: none */
    struct {
        struct vg_us asked; /* 0: never */
        bool is_refused;
        int tries;
    } asks[VG_PAYLOAD_ASKS];
    struct vg_us gimbal_asked;
    struct vg_outq out;
};

void vg_payload_init(struct vg_payload *self, struct vg_mav_pair pair);
/* The drone restarted: ask again. What is known stays until it is told anew. */
void vg_payload_restart(struct vg_payload *self);
void vg_payload_feed(struct vg_payload *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_payload_step(struct vg_payload *self, struct vg_us now);
bool vg_payload_next_out(struct vg_payload *self, struct vg_mav_msg *out);

/* Who has the gimbal: we, nobody (the drone itself counts as nobody), another station. Without a
 * manager it is ours to point. */
enum vg_gimbal_holder {
    VG_GIMBAL_OURS = 0,
    VG_GIMBAL_FREE,
    VG_GIMBAL_OTHERS
};
/* As its manager says. */
enum vg_gimbal_holder vg_payload_gimbal(const struct vg_payload *self);
/* Take it if it is free, at most once in 2 s; true: it is ours, point it. */
bool vg_payload_take_gimbal(struct vg_payload *self, struct vg_us now);
/* Give it back if it is ours. */
void vg_payload_give_gimbal(struct vg_payload *self);

#endif
