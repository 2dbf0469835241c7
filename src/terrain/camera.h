/* What a camera sees of the ground: the outline for people, the strip cells for the memory.
 *
 * A cell is in view when its centre (target height above ground, 0 by default) projects inside the
 * image, its ground sample distance across the line of sight (range x 2 tan(hfov / 2) / width) is
 * at most max_gsd_m, its range at most max_range_m (slant), and terrain does not hide it. Hidden
 * ground is never credited: a cell counts when it stands above the highest that any ground on the
 * horizon rays to its left and right can be, else when its own line of sight, walked sample by
 * sample, is clear. Ground of unknown height (a void in every file) is not credited either.
 *
 * Frames: yaw and pitch of the optical axis in the earth frame (pitch 0 horizon, -90 straight
 * down), roll about the axis, right side down positive; pinhole, no lens distortion. Threads: pure;
 * scratch is the caller's arena (reset it between frames), nothing else is allocated.
 */
#ifndef VG_TERRAIN_CAMERA_H
#define VG_TERRAIN_CAMERA_H

#include "base/arena.h"
#include "geo/strip.h"
#include "terrain/terrain.h"

struct vg_camera_pose {
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double yaw_true_deg;
    double pitch_deg;
    double roll_deg;
    double hfov_deg; /* (0, 180) */
    double vfov_deg;
};

struct vg_camera_limits {
    double max_range_m;
    double max_gsd_m; /* per pixel across the sight line; <= 0: no limit */
    int width_px; /* for the ground sample distance */
    double target_agl_m;
};

/* Ground outline: n_edge points per image side, clockwise from top left, rays that meet no ground
 * are cut at max_range_m. Writes at most cap points, returns their number (0: nothing of the ground
 * is in view). */
struct vg_latlon {
    double lat_deg;
    double lon_deg;
};
int vg_camera_outline(const struct vg_terrain *terrain, const struct vg_camera_pose *pose,
                      const struct vg_camera_limits *limits, int n_edge, struct vg_latlon *out,
                      int cap);

/* A piece of one column in view: rows [row_first, row_end), all of them seen with the same grade
 * (terrain/grade.h; VG_GRADE_UNKNOWN where limits give no width_px). */
struct vg_seen_run {
    int col;
    int row_first;
    int row_end;
    int grade;
};
/* Called for each column with cells in view, once a grade, columns and rows in growing order. */
typedef void (*vg_seen_fn)(void *ctx, const struct vg_seen_run *run);

/* Visit every strip cell in view. `skip(ctx, col)` (NULL: none) says that a column needs no test
 * now (all of it seen a moment ago).
 * VG_E_RANGE: a field of view outside (0, 180) or a pose that is not finite; VG_E_NO_MEMORY: the
 * arena's limit. */
enum vg_status vg_camera_cells(const struct vg_terrain *terrain, const struct vg_strip *strip,
                               const struct vg_camera_pose *pose,
                               const struct vg_camera_limits *limits, struct vg_arena *scratch,
                               bool (*skip)(void *ctx, int col), vg_seen_fn emit, void *ctx,
                               struct vg_error *err) VG_MUST_USE;

#endif
