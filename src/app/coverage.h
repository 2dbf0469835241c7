/* Is there a height wherever a watch needs one?
 *
 * Looks every VG_COVERAGE_STEP_M at the ground on both sides of the line, out to the watch depth
 * and the greatest range of a camera, around the ends and the outside of bends, and along the
 * straight ways from each base to the kilometres of the line that are nearest to it. Ground without
 * a height is missing where no file lies and void where a file does.
 *
 * Threads: pure. Memory: 130 kB and the gaps. Cost: about 40 ns a look, so a second or two for
 * 10,000 km of line with 10 km to each side. */
#ifndef VG_APP_COVERAGE_H
#define VG_APP_COVERAGE_H

#include "config/watchfile.h"
#include "terrain/terrain.h"

#define VG_COVERAGE_STEP_M 100.0

enum vg_lack {
    VG_LACK_NOTHING = 0,
    VG_LACK_MISSING = 1,
    VG_LACK_VOID = 2 /* or both: 3 */
};

enum {
    VG_COVERAGE_TILES_LAT = 180,
    VG_COVERAGE_TILES_LON = 360
};

/* A piece of a line beside which heights lack. */
struct vg_coverage_gap {
    int line;
    double from_m;
    double to_m;
    unsigned lack; /* of enum vg_lack */
};

struct vg_coverage {
    double width_m; /* looked at to each side: the greatest depth and range */
    /* What lacks in the tile whose south-west corner is (row - 90, col - 180). */
    uint8_t tiles[VG_COVERAGE_TILES_LAT][VG_COVERAGE_TILES_LON];
    struct vg_coverage_gap *gaps; /* in the order of the lines */
    int n_gaps;
    unsigned *bases; /* what lacks on the ways from each base */
    int n_bases;
    bool is_complete;
};

/* The name of a tile as SRTM has it: "N14W012". Returns buf, of 8 bytes or more. */
const char *vg_coverage_tile_name(int row, int col, char *buf, size_t size_bytes);
/* VG_E_NO_MEMORY. */
enum vg_status vg_coverage_compute(const struct vg_watchfile *watch,
                                   const struct vg_terrain *terrain, struct vg_coverage **out,
                                   struct vg_error *err) VG_MUST_USE;
void vg_coverage_destroy(struct vg_coverage *self);

#endif
