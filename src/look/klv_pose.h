/* Where the camera was and how it looked, from metadata: one packet's numbers, and those of a
 * moment between two packets.
 *
 * From ST 0601 (the full-range and extended tags where both are there) and EG 0104. Threads: pure.
 */
#ifndef VG_LOOK_KLV_POSE_H
#define VG_LOOK_KLV_POSE_H

#include "base/time.h"
#include "look/klv_write.h"

enum vg_klv_pose_field {
    VG_POSE_LAT_DEG, /* of the sensor */
    VG_POSE_LON_DEG,
    VG_POSE_ALT_MSL_M,
    VG_POSE_ALT_ELL_M,
    VG_POSE_HEADING_TRUE_DEG, /* of the aircraft; pitch up, roll right wing down positive */
    VG_POSE_PITCH_DEG,
    VG_POSE_ROLL_DEG,
    VG_POSE_AZIMUTH_DEG, /* of the camera against the aircraft; clockwise, up, clockwise */
    VG_POSE_ELEVATION_DEG,
    VG_POSE_TURN_DEG,
    VG_POSE_HFOV_DEG,
    VG_POSE_VFOV_DEG,
    VG_POSE_SLANT_M,
    VG_POSE_CENTER_LAT_DEG, /* of the picture, on the ground */
    VG_POSE_CENTER_LON_DEG,
    VG_POSE_CENTER_ALT_MSL_M,
    VG_POSE_FIELD_COUNT
};

struct vg_klv_pose {
    bool has_time;
    struct vg_us t; /* UTC, precision time stamp */
    double v[VG_POSE_FIELD_COUNT]; /* NaN: not told */
};

/* All NaN, no time. */
struct vg_klv_pose vg_klv_pose_none(void);
/* What one packet tells. A packet with a wrong checksum tells nothing. */
struct vg_klv_pose vg_klv_pose_read(const struct vg_klv_packet *packet);
/* Set the camera's angles against the aircraft from where it points against north and the horizon
 * (yaw clockwise, pitch up, roll clockwise, degrees) and the aircraft's own attitude in the pose:
 * rotations z-y-x, as ST 0601 turns a sensor (tags 18, 19, 20). Straight up or down of the aircraft
 * the turn is 0. */
void vg_klv_pose_aim(struct vg_klv_pose *self, double yaw_true_deg, double pitch_deg,
                     double roll_deg);
/* Write what the pose tells into a packet that was begun, in the better coding of each; what is
 * outside its range (a roll over 90 degrees) is written as "out of range" where the standard can
 * say so, else left out. */
void vg_klv_put_pose(struct vg_klv_out *out, const struct vg_klv_pose *pose);
/* Between a (share 0) and b (share 1); shares outside carry on the time only, with the nearer one's
 * numbers. Angles go the shorter way round; what one of them does not tell is NaN. */
struct vg_klv_pose vg_klv_pose_between(const struct vg_klv_pose *a, const struct vg_klv_pose *b,
                                       double share);

#endif
