/* Angles brought into one turn: one function for each range. NaN gives NaN. Threads: pure. */
#ifndef VG_BASE_ANGLE_H
#define VG_BASE_ANGLE_H

double vg_wrap_360_deg(double a_deg); /* [0, 360) */
double vg_wrap_180_deg(double a_deg); /* [-180, 180) */

#endif
