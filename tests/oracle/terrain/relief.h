/* Made relief for the viewshed's tests and benchmark. */
#ifndef VG_TEST_RELIEF_H
#define VG_TEST_RELIEF_H

#include <stdint.h>

/* n x n heights: mountains by successive random additions (R. F. Voss, "Random fractal forgeries",
 * 1985): a coarse grid doubled by the quadratic B-spline's rule, each time with new noise, 2^-0.85
 * as strong; features up to about 250 cells. Scaled to rms slope 0.27 on cells of cell_m; lowest
 * 100 m. malloc'd; NULL: no memory. */
float *relief_fractal(uint64_t seed, int n, double cell_m);

#endif
