/* A small world for the tracker's tests: objects that go straight, a square camera, detections with
 * noise, misses and clutter. Independent of the library but for its input types. */
#ifndef TEST_TRACK_SCENE_H
#define TEST_TRACK_SCENE_H

#include "base/rng.h"
#include "track/track.h"

enum {
    SCENE_MOST = 64
};

struct scene {
    struct vg_rng rng;
    size_t n;
    double at[SCENE_MOST][4]; /* x, y, vx, vy at time 0 */
    double sd_m, pd, clutter; /* clutter: false detections a scan */
    double low[2], high[2]; /* the camera's ground */
    double corner[4][2];
    struct vg_measurement m[4 * SCENE_MOST];
};

/* A scan at t_s of what stands in the camera's ground. Borrowed until the next call. */
struct vg_scan scene_scan(struct scene *s, double t_s);

#endif
