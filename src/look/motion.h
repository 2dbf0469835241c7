/* What moves on the ground, from a moving camera's pictures: luma planes and times in, detections
 * out. Nobody is identified: a detection is a box, a speed and a score.
 *
 * Method (docs/detection.md): each picture is registered to a key picture (register.h); eight
 * pictures at a time are compared with the middle of five others, older and newer ones, in the
 * coordinates of one of them (background.h, detect.h); what stands out is followed over time and
 * told once it has moved steadily for long enough (follow.h). Detections of a picture come out a
 * fixed number of pictures later: what comes after is used too.
 *
 * Memory: vg_motion_bytes, all of it at creation; a step allocates nothing. Threads: one at a time.
 * The same pictures give the same detections, on every processor's build. */
#ifndef VG_LOOK_MOTION_H
#define VG_LOOK_MOTION_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_MOTION_SIZE_MIN = 160, /* px, both sides */
    VG_MOTION_SIZE_MAX = 4096,
    VG_MOTION_FOUND_MAX = 256 /* detections in one picture */
};

/* 8-bit luma, rows from the top; borrowed until the call returns. */
struct vg_luma {
    const uint8_t *px;
    int width_px;
    int height_px;
    ptrdiff_t stride_bytes; /* >= width_px */
};

/* Where the camera looks and from how high, for lengths in metres. */
struct vg_motion_pose {
    double height_m; /* above the ground looked at */
    double pitch_deg; /* of the optical axis: -90 straight down */
    double roll_deg;
    double hfov_deg;
};

struct vg_motion_params {
    double frame_rate_hz; /* 25: what the times below mean in pictures; with these defaults at most
                             30: of faster video give every second picture */
    double sample_s; /* 0.32: between the pictures that make a background */
    double look_ahead_s; /* 0.96: newest of them after the picture judged; 0: older ones only */
    double confirm_s; /* 1.04: how much longer a picture's detections are held, so that a thing
                         confirmed late is told from where it began */
    double low; /* 2.75: residual, in its own noise, of a blob's pixels; steps of 0.25 */
    double high; /* 5.75: of at least one of them */
    double slope; /* 0.35: noise per luma step between neighbours: errors of registration */
    double scatter; /* 2: noise per luma step of scatter over time: leaves, edges */
    double parallax_px_s; /* 0.75: where points leave the bent ground faster than this, the samples
                             of a background are taken nearer in time */
    double speed_min_px_s; /* 2.5: slower things do not move */
    double speed_max_px_s; /* 140 */
    double speed_min_mps; /* 0.4: where a pose is given */
    double size_max_px; /* 100 */
    bool is_plain; /* the build for any processor, for tests */
};

struct vg_detection {
    int64_t track; /* of a confirmed track, from 1, never used again */
    double x_px; /* centre */
    double y_px;
    double width_px;
    double height_px;
    double vx_px_s; /* against the ground */
    double vy_px_s;
    double score; /* 0 .. 1: chance that it moves, by the track's own scatter */
    bool has_metres;
    double width_m;
    double height_m;
    double speed_mps;
};

struct vg_motion_found {
    int64_t picture; /* from 0 */
    int64_t time_us;
    int n;
    const struct vg_detection *detections; /* borrowed until the next call */
};

/* What the core thinks of the last picture. */
struct vg_motion_facts {
    int64_t n_pictures;
    int64_t n_breaks; /* changes of shot */
    int n_points; /* found again in the last picture */
    int n_fit; /* of those, on the ground's plane */
    double noise; /* of the residual, luma steps */
    size_t bytes;
};

struct vg_motion;

struct vg_motion_params vg_motion_defaults(void);
/* VG_E_RANGE: size or a parameter out of bounds; VG_E_NO_MEMORY. */
VG_MUST_USE enum vg_status vg_motion_create(int width_px, int height_px,
                                            const struct vg_motion_params *params,
                                            struct vg_motion **out, struct vg_error *err);
void vg_motion_destroy(struct vg_motion *self); /* NULL is fine */
/* The next picture. pose may be NULL. VG_E_INVALID: another size, or rows that overlap; nothing has
 * changed then. *out_found: the oldest picture whose detections are final; n = 0 and picture = -1
 * while there is none. */
VG_MUST_USE enum vg_status vg_motion_feed(struct vg_motion *self, const struct vg_luma *luma,
                                          int64_t time_us, const struct vg_motion_pose *pose,
                                          struct vg_motion_found *out_found, struct vg_error *err);
/* After the last picture: the detections of one more, false when all are told. */
bool vg_motion_drain(struct vg_motion *self, struct vg_motion_found *out_found);
struct vg_motion_facts vg_motion_facts(const struct vg_motion *self);

#endif
