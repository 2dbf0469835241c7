/* What the detection core holds. Inside src/look. */
#ifndef VG_LOOK_MOTION_PRIV_H
#define VG_LOOK_MOTION_PRIV_H

#include "look/follow.h"
#include "look/motion.h"
#include "look/overlay.h"
#include "look/register.h"

enum {
    VG_MOTION_OLDER = 5, /* samples before the block that are kept */
    VG_MOTION_AHEAD_MAX = 60, /* pictures */
    VG_MOTION_HOLD_MAX = 32,
    VG_MOTION_SAMPLE_MAX = 16,
    VG_MOTION_SLOTS_MAX = VG_MOTION_AHEAD_MAX + 3 + VG_MOTION_OLDER,
    VG_MOTION_MOMENTS = 128
};

struct vg_motion {
    struct vg_motion_params params;
    const struct vg_kern *kern;
    struct vg_kern_plane shape; /* of every picture kept; px unused */
    int every; /* pictures between samples */
    int n_ahead; /* samples after the block */
    int n_wanted; /* of them that the present background should have */
    int n_newer; /* and has */
    int delay; /* pictures between the newest and the one judged */
    int hold; /* pictures between the one judged and the one told */
    int n_slots;
    struct vg_motion_slot {
        int64_t picture;
        uint8_t *px;
    } slot[VG_MOTION_SLOTS_MAX];
    int64_t n_pictures;
    int64_t n_judged;
    int64_t n_told;
    struct vg_motion_moment {
        int64_t time_us;
        bool has_pose;
        struct vg_motion_pose pose;
    } moment[VG_MOTION_MOMENTS]; /* by picture number */
    struct vg_pyramid pyramid[2];
    struct vg_register where;
    struct vg_warp warp;
    struct vg_background ground;
    struct vg_detect detect;
    struct vg_overlay overlay;
    struct vg_follow follow;
    struct vg_detection found[VG_MOTION_FOUND_MAX];
    uint8_t *blur_rows;
    uint8_t *block;
    size_t bytes;
};

/* NaN is not. */
static inline bool vg_is_in(double x, double low, double high)
{
    return x >= low && x <= high;
}

#endif
