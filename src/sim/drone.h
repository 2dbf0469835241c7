/* A simulated drone as a ground station meets it: MAVLink 2 bytes in, MAVLink 2 bytes out.
 *
 *   bytes ─► feed ─► frame parser ─► commands, mission and parameter servers ─► pilot ─► flight
 *   bytes ◄─ next_out ◄─ replies first, then telemetry (oldest dropped when nobody drains)
 *
 * It presents itself as its persona says (an ArduPlane, unless told otherwise), with a three-axis
 * gimbal and a camera; everything comes from component 1, as ArduPilot does with a gimbal and
 * camera attached to it. The gimbal is stabilised and looks along the course over ground (not along
 * the nose), so that a cross wind does not turn the picture off the line.
 *
 * Time is the caller's and may run at any speed: rates are per second of that time. The same
 * configuration and the same bytes at the same times give the same bytes out, however the calls of
 * step are spaced. Threads: one at a time. Allocations: one, at create (about 150 KB).
 * Source: mavlink.io/en/services (command, mission, parameter, gimbal_v2, camera), ArduPlane 4.5.
 */
#ifndef VG_SIM_DRONE_H
#define VG_SIM_DRONE_H

#include "base/bytes.h"
#include "base/status.h"
#include "link/mavframe.h"
#include "sim/persona.h"
#include "sim/pilot.h"
#include "terrain/camera.h"

struct vg_simdrone;

struct vg_simdrone_config {
    uint8_t sysid; /* 1..255 */
    const struct vg_sim_persona *persona; /* NULL: an ArduPlane; lives as long as the drone */
    struct vg_pilot_config pilot;
    double rate_hz; /* of position and attitude; default 10, at most 20 */
    double hfov_min_deg; /* the camera's zoom range; it starts wide */
    double hfov_max_deg; /* default 60 */
    int width_px; /* default 1920 x 1080 */
    int height_px;
    double gimbal_pitch_deg; /* at the start; 0 looks at the horizon */
    uint64_t uid; /* AUTOPILOT_VERSION */
    const uint8_t *key; /* 32 bytes of MAVLink signing, copied; NULL: not signed */
};

struct vg_simdrone_counts {
    uint64_t n_in; /* good messages */
    uint64_t n_out; /* frames handed over */
    uint64_t n_telemetry_dropped; /* nobody drained */
    uint64_t n_replies_dropped;
    uint64_t n_refused; /* commands not accepted, mission items not understood */
};

/* What is wrong with it now; all zero: nothing. Meanings as in sim/fault.h. */
struct vg_simdrone_faults {
    bool has_no_position;
    double jump_n_m;
    double jump_e_m;
    bool is_upload_stuck;
    bool says_landed;
    bool is_item_wrong;
    bool acts_not;
    bool is_frozen;
};

/* VG_E_INVALID: sysid 0, no cruise speed, climb or endurance; VG_E_NO_MEMORY. */
enum vg_status vg_simdrone_create(const struct vg_simdrone_config *config, struct vg_us now,
                                  struct vg_simdrone **out, struct vg_error *err) VG_MUST_USE;
void vg_simdrone_destroy(struct vg_simdrone *self);

/* Steps to `now`, then takes the bytes of a datagram (or any piece of a stream). */
void vg_simdrone_feed(struct vg_simdrone *self, struct vg_bytes bytes, struct vg_us now);
/* Time passes, in whole steps of 50 ms. */
void vg_simdrone_step(struct vg_simdrone *self, struct vg_us now);
/* The next frame to send; 0 when there is none. */
size_t vg_simdrone_next_out(struct vg_simdrone *self, uint8_t buf[VG_MAV_FRAME_MAX]);
/* Forget what waits to be sent: nobody hears it (a silent link). */
void vg_simdrone_discard_out(struct vg_simdrone *self);

/* What is wrong with it from now on; copied. */
void vg_simdrone_set_faults(struct vg_simdrone *self, const struct vg_simdrone_faults *faults);
/* The battery falls to this share at once, if it had more. */
void vg_simdrone_drop_battery(struct vg_simdrone *self, double share);
/* One of the cells is gone: less voltage, less left than the gauge says. */
void vg_simdrone_fail_cell(struct vg_simdrone *self);
/* It lies broken on the ground below and says nothing any more. */
void vg_simdrone_crash(struct vg_simdrone *self);
/* The autopilot is out for so long, then starts anew (vg_pilot_reboot). */
void vg_simdrone_reboot(struct vg_simdrone *self, struct vg_us out_for);

/* Another even wind; gusts stay. */
void vg_simdrone_set_wind(struct vg_simdrone *self, double from_deg, double mps);

/* Borrowed until destroy. */
const struct vg_pilot *vg_simdrone_pilot(const struct vg_simdrone *self);
struct vg_simdrone_counts vg_simdrone_counts(const struct vg_simdrone *self);
/* Where its camera truly is and looks now. false: it is not in the air, or nothing of it works. */
bool vg_simdrone_camera(const struct vg_simdrone *self, struct vg_camera_pose *out);

#endif
