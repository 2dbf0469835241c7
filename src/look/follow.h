/* Track before detect: spots are followed over time; what has moved steadily for long enough is a
 * track, and is told from its first spot on. Inside src/look.
 *
 * A path is judged by a straight line through its places of the last second (least squares): its
 * speed must exceed both the least speed and a multiple of the speed's own standard error, which
 * comes from the scatter of the places about the line. What flickers in place has no such speed. */
#ifndef VG_LOOK_FOLLOW_H
#define VG_LOOK_FOLLOW_H

#include "look/bend.h"
#include "look/detect.h"

enum {
    VG_FOLLOW_MAX = 768, /* paths at once */
    VG_FOLLOW_KEEP = 64 /* pictures a path remembers */
};

struct vg_mark {
    float x_px; /* in the canvas */
    float y_px;
    float picture_x_px; /* in its own picture */
    float picture_y_px;
    float width_px;
    float height_px;
    bool is_hit; /* else where it was expected */
};

struct vg_path {
    int64_t track; /* 0: not confirmed */
    int64_t first; /* picture of the first spot */
    int64_t last_hit;
    int n_hits;
    int n_missed; /* pictures since the last hit */
    double x_px;
    double y_px;
    double vx_px; /* per picture */
    double vy_px;
    double width_px;
    double height_px;
    double sign;
    double score;
    double part_px[4]; /* left, top, right, bottom of the whole it is the main part of, against its
                          own box */
    int n_twin; /* pictures in which it went along with a better one */
    bool is_moving;
    bool is_over; /* not followed any more, still to be told */
    struct vg_mark mark[VG_FOLLOW_KEEP]; /* by picture number */
};

struct vg_follow_params {
    int need; /* hits among the last `among` pictures */
    int among;
    int age; /* pictures a path must have */
    int window; /* pictures that the line goes through */
    int coast; /* pictures a track may be missed for */
    double gate_px;
    double speed_min; /* px per picture */
    double speed_max;
    double sigmas; /* speed / its standard error, least */
    double moved_px; /* way along the line, least */
    double moved_scatter; /* the same in scatters about the line */
    double sign_px; /* what a change from dark to bright costs, px */
};

struct vg_follow {
    struct vg_follow_params params;
    int64_t n_tracks;
    int n;
    struct vg_path path[VG_FOLLOW_MAX];
    int n_pairs;
    struct vg_follow_pair {
        double cost;
        int path;
        int spot;
    } pair[8 * VG_FOLLOW_MAX];
};

void vg_follow_init(struct vg_follow *self);
/* Forget all paths (change of shot). */
void vg_follow_reset(struct vg_follow *self);
/* The canvas has changed: old -> new. */
void vg_follow_move(struct vg_follow *self, const struct vg_map *map);
/* The spots of one picture; to_picture: canvas -> this picture. told: pictures up to this one have
 * been told. may_begin: new paths too. */
void vg_follow_step(struct vg_follow *self, const struct vg_detect *spots, int64_t picture,
                    int64_t told, bool may_begin, const struct vg_map *to_picture);

#endif
