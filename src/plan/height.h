/* How high a drone flies along its way: over the ground at the type's height, never below its
 * floor, never above its ceiling, never faster up or down than it can.
 *
 *     hi  ____/~~~~\____   ground + ceiling    The highest profile under hi that keeps the rates,
 *     alt  . /      \ .    flown               zU, the lowest over lo, zL, and the wanted one, zW:
 *     lo  __/~~~~~~~~\__   ground + floor      the lowest over ground + agl, but away from both
 *                                              limits. Flown is zW within zL and zU: it keeps the
 * rates, since each does, and both limits exactly where zL <= hi.
 *
 * Where zL > hi the drone turns on the spot to gain or lose height, as late as will do, whole turns
 * at 30 degrees of bank. Where the ground steps by more than lies between lo and hi even that is of
 * no use: a cliff.
 *
 * The ground is looked at every quarter of a cell. Between two looks it may stand higher than both,
 * by at most half of what it rises from one look to the next on the steeper side (one crest in
 * between); limits keep so much clear. Threads: pure. Memory: malloc.
 */
#ifndef VG_PLAN_HEIGHT_H
#define VG_PLAN_HEIGHT_H

#include "config/watchfile.h"
#include "terrain/terrain.h"

/* Of the flying height: no line between track points is lower than this, a ceiling aside. */
#define VG_LEVEL_SHARE 0.8

struct vg_way_point {
    double lat_deg;
    double lon_deg;
    double t_s;
    double u_m; /* along the line; NAN off it */
    double alt_msl_m;
    double lo_msl_m; /* where it may be */
    double hi_msl_m;
    bool is_point; /* becomes a track point */
    bool is_swept; /* the leg that ends here is swept */
    bool is_mark; /* a leg as laid ends here, or a turn begins or ends */
};

struct vg_way {
    struct vg_way_point *at;
    int n;
    int cap;
    bool is_failed; /* out of memory */
};

/* Where no height is right, and by how much the ceiling is too low. */
struct vg_cliff {
    double lat_deg;
    double lon_deg;
    double lack_m;
};

void vg_way_add(struct vg_way *io, const struct vg_way_point *point);
void vg_way_finish(struct vg_way *self);

/* Metres msl; 0 where nothing is known. terrain NULL: flat at 0 m. */
double vg_height_ground_m(const struct vg_terrain *terrain, double lat_deg, double lon_deg);

/* Adds looks at the ground, then turns, and gives all points their heights; those without which
 * straight lines between track points would be wrong become track points. false: *out_cliff, or
 * out of memory (is_failed). */
bool vg_height_shape(struct vg_way *io, const struct vg_terrain *terrain,
                     const struct vg_wf_type *type, struct vg_cliff *out_cliff) VG_MUST_USE;

/* By how much the ceiling of the type is too low for a straight leg, however slowly it climbs; 0:
 * it can be flown. HUGE_VAL: out of memory. */
double vg_height_lack_m(const struct vg_terrain *terrain, const struct vg_wf_type *type,
                        const double from_deg[2], const double to_deg[2]);

#endif
