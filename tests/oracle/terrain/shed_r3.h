/* The viewshed by its definition, cell by cell: R3 of Franklin and Ray (1994). Slow and plain. */
#ifndef VG_TEST_SHED_R3_H
#define VG_TEST_SHED_R3_H

#include "terrain/viewshed.h"

/* How high above its ground a target in (row, col) must stand to be seen, in double precision; NaN
 * on a void. Ground that an edge with a void end would give is not there; with_rims says whether a
 * point next to a void hides what lies exactly behind it. Range and sector are not looked at. */
double shed_r3_needed_m(const struct vg_viewshed_grid *grid, const struct vg_viewshed_view *view,
                        int row, int col, bool with_rims);

#endif
