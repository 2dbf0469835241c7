/* Shared by the drone's files; nobody else includes it. */
#ifndef VG_SIM_DRONE_PRIV_H
#define VG_SIM_DRONE_PRIV_H

#include "link/autopilot.h"
#include "link/ftpsrv.h"
#include "link/mavsign.h"
#include "link/missionsrv.h"
#include "link/params.h"
#include "sim/drone.h"

enum {
    VG_DRONE_FILES = 3,
    VG_DRONE_PACK_BYTES = 1024
};

enum {
    VG_DRONE_REPLIES_MAX = 64,
    VG_DRONE_TELEMETRY_MAX = 96,
    VG_DRONE_STREAMS_MAX = 24,
    VG_DRONE_COMPID = VG_MAV_COMP_ID_AUTOPILOT1,
    VG_DRONE_BATTERY_MAH = 22000,
    VG_DRONE_CELLS = 6,
    VG_DRONE_WRONG_BY = 3, /* items, when it names the wrong one */
};

struct vg_drone_queue {
    struct vg_mav_msg *msgs;
    int cap;
    int first;
    int n;
    uint64_t n_dropped;
};

struct vg_drone_stream {
    int64_t interval_us; /* <= 0: off */
    int64_t due_us;
};

/* Where it says it is. */
struct vg_drone_place {
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double vel_n_mps;
    double vel_e_mps;
    double climb_mps;
    double heading_true_deg;
};

struct vg_simdrone {
    struct vg_simdrone_config config;
    const struct vg_autopilot *habits; /* of the persona's autopilot */
    struct vg_simdrone_faults faults;
    struct vg_drone_place frozen; /* while faults.is_frozen */
    int n_dead_cells;
    bool is_destroyed;
    bool is_out; /* rebooting until out_until */
    struct vg_us out_until;
    struct vg_pilot pilot;
    struct vg_us boot;
    struct vg_drone_stream streams[VG_DRONE_STREAMS_MAX];
    struct vg_mavframe frame_in;
    struct vg_mavsign sign;
    bool is_signed;
    uint8_t seq;
    uint16_t last_current;
    bool was_armed;
    struct vg_missionsrv mission;
    struct vg_mission_item
        flown[VG_MISSION_ITEMS_MAX + 1]; /* with home before it, as the pilot has it */
    struct vg_paramsrv params;
    struct vg_ftpsrv files;
    struct vg_ftpsrv_file file_list[VG_DRONE_FILES];
    uint8_t pack[VG_DRONE_PACK_BYTES]; /* @PARAM/param.pck */
    struct vg_drone_queue replies;
    struct vg_drone_queue telemetry;
    struct vg_simdrone_counts counts;
    struct vg_mav_msg reply_slots[VG_DRONE_REPLIES_MAX];
    struct vg_mav_msg telemetry_slots[VG_DRONE_TELEMETRY_MAX];
};

/* The slot to pack the next message into; drops the oldest when full. */
struct vg_mav_msg *vg_drone_queue_add(struct vg_drone_queue *self);

/* drone_telemetry.c: write the message with this id, which must be one of drone_streams.c, as
 * things are now. */
void vg_drone_make_message(const struct vg_simdrone *self, uint32_t id, struct vg_mav_msg *out);
void vg_drone_send_text(struct vg_simdrone *self, uint8_t severity, const char *text);

/* drone_streams.c: which there are, how often. */
void vg_drone_streams_init(struct vg_simdrone *self);
/* Queue what is due now. */
void vg_drone_streams_step(struct vg_simdrone *self);
/* Index of a message's stream, or -1. */
int vg_drone_stream_find(const struct vg_simdrone *self, uint32_t id);
/* false: not a message this drone sends. 0: the default rate; < 0: off. */
bool vg_drone_stream_set(struct vg_simdrone *self, uint32_t id, int64_t interval_us);
void vg_drone_request_data_stream(struct vg_simdrone *self, const struct vg_mav_msg *msg);
/* Queue one now as a reply; false if unknown. */
bool vg_drone_send_message(struct vg_simdrone *self, uint32_t id);

/* COMMAND_LONG, COMMAND_INT, SET_MODE: act and acknowledge. */
void vg_drone_command(struct vg_simdrone *self, const struct vg_mav_msg *msg);

/* An item of the pilot's as this autopilot numbers it. */
int vg_drone_item_out(const struct vg_simdrone *self, int item_i);

/* drone_fault.c */
struct vg_drone_place vg_drone_told_place(const struct vg_simdrone *self);
/* The share that its gauge shows. */
double vg_drone_told_energy(const struct vg_simdrone *self);
/* Does it take this message of a mission? */
bool vg_drone_takes_item(const struct vg_simdrone *self, const struct vg_mav_msg *msg);
/* Change what it says of its mission where that is to be wrong. */
void vg_drone_misname_item(const struct vg_simdrone *self, struct vg_mav_msg *msg);
/* At each step: the end of a reboot. */
void vg_drone_step_faults(struct vg_simdrone *self);
bool vg_drone_is_dead_to_world(const struct vg_simdrone *self);

void vg_drone_params_init(struct vg_simdrone *self);
/* The operator changed one: put all into the pilot. */
void vg_drone_params_apply(struct vg_simdrone *self);

/* drone_files.c */
void vg_drone_files_init(struct vg_simdrone *self);
void vg_drone_files_refresh(struct vg_simdrone *self);

#endif
