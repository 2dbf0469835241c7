/* An area as lines to watch: rows side by side, flown to and fro (boustrophedon).
 *
 *      .---------------.
 *      |  >---------.  |   rows along the direction across which the area is narrowest, at most
 *      |  .---------'  |   1.8 depths apart: what a row sees to each side overlaps by a tenth, so
 *      |  '--------->  |   that the outside of each turn is seen too
 *      '---------------'
 *
 * Where a row meets the area in several pieces, or pieces part or join, a new line begins, so that
 * no line leaves the area further than its corners ask for.
 *
 * Pure. Memory: malloc, freed before return. Cost: rows x vertices.
 */
#ifndef VG_CONFIG_AREA_H
#define VG_CONFIG_AREA_H

#include "base/status.h"
#include "base/text.h"

enum {
    VG_AREA_MAX_POINTS = 2000
};

/* Append the GeoJSON features of an area's lines, comma separated, without a comma at the start:
 * LineStrings with "name" (`name`, or "name 1", "name 2", ... if there are several; a line has
 * its own). n positions (degrees, the last may repeat the first), watched to depth_m on each side
 * of each row. VG_E_FORMAT: under 3 corners, borders that cross, an area of nothing, over 500 km
 * wide, or more rows than 5,000; VG_E_NO_MEMORY. */
enum vg_status vg_area_lines(const double *lat_deg, const double *lon_deg, int n, const char *name,
                             double depth_m, struct vg_buf *out, struct vg_error *err) VG_MUST_USE;

#endif
