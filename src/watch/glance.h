/* Where a flying camera should look next: ahead, or for a moment to the side where ground would
 * otherwise be passed unseen.
 *
 * A forward-looking camera sees a straight strip whole, but round a bend the outer (or the
 * by-passed inner) ground never comes into its cone. Here the strip cells within reach that were
 * not seen lately are counted in the sectors left and right of the forward picture; the station
 * turns the gimbal there for a few seconds and back.
 *
 * Threads: pure. Cost: the cells within reach, about 10,000. Flat ground is assumed: hidden cells
 * cost a glance, nothing else.
 */
#ifndef VG_WATCH_GLANCE_H
#define VG_WATCH_GLANCE_H

#include "config/watchfile.h"
#include "geo/strip.h"
#include "watch/seen.h"

struct vg_glance_input {
    double lat_deg;
    double lon_deg;
    double course_true_deg;
    double reach_m; /* the camera credits nothing beyond */
    double half_fov_deg; /* half its horizontal field */
    uint32_t since_s; /* cells seen at or after this are not missed */
};

/* Cells not seen since since_s, left and right: bearings from the edge of the forward picture to 85
 * degrees off the course. */
void vg_glance_count(const struct vg_strip *strip, const struct vg_seen *seen,
                     const struct vg_glance_input *in, int *out_left, int *out_right);

enum {
    VG_GLANCE_EVERY_S = 4
};

/* How far off the course a look aside points (degrees). */
double vg_glance_aside_deg(const struct vg_wf_camera *camera);

/* The yaw off the course (degrees, right positive) that the camera should be told now, where it was
 * told yaw_now_deg last: aside where enough would be missed, else ahead; ahead again after each
 * look aside. 0 for cameras that cannot turn. */
double vg_glance_yaw_deg(const struct vg_strip *strip, const struct vg_seen *seen,
                         const struct vg_wf_camera *camera, double lat_deg, double lon_deg,
                         double course_true_deg, uint32_t now_s, double yaw_now_deg);

#endif
