/* Vigie's terrain library for other programs: elevation from many files as one surface, lines of
 * sight, the exact viewshed, what is seen from a place, how well a camera sees. Installed with
 * `cmake --install`; compile and link with `pkg-config --cflags --libs vigie-terrain`.
 *
 * All calls: statuses are `enum vg_status`, VG_OK is 0; `struct vg_error *err` may be NULL, else it
 * says what was wrong in words (vg_error_text). Lengths are metres, angles degrees, positions
 * WGS 84. What each function takes, gives and costs stands in its header. */
#ifndef VIGIE_TERRAIN_H
#define VIGIE_TERRAIN_H

#include "base/status.h"
#include "terrain/geotiff.h"
#include "terrain/grade.h"
#include "terrain/lookout.h"
#include "terrain/terrain.h"
#include "terrain/viewshed.h"

#endif
