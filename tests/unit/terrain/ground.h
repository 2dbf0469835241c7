/* Made ground for the tests and benchmarks of terrain: fractal hills, ridges. */
#ifndef VG_TEST_GROUND_H
#define VG_TEST_GROUND_H

#include "terrain/terrain.h"

#include <stdint.h>

/* n x n cells of step_deg about (lat, lon): eight octaves of value noise, each half as high as the
 * one before, relief_m from the lowest to the highest possible. NULL: out of memory. */
struct vg_terrain *ground_fractal(uint64_t seed, int n, double lat_deg, double lon_deg,
                                  double step_deg, double relief_m);
/* Flat at 0 m with one wall of height_m along the meridian lon_wall, one cell thick at the top. */
struct vg_terrain *ground_wall(int n, double lat_deg, double lon_deg, double step_deg,
                               double lon_wall_deg, double height_m);

#endif
