/* How high mean sea level (EGM96) lies above the WGS 84 ellipsoid. Source: egm96_15.gtx of Debian's
 * proj-data, through PROJ. Threads: any, one at a time. */
#ifndef VG_TERRAIN_GEOID_H
#define VG_TERRAIN_GEOID_H

/* Metres, negative where it lies below; NaN: the grid is not there. Opens the grid: not for loops.
 */
double vg_geoid_egm96_m(double lat_deg, double lon_deg);

#endif
