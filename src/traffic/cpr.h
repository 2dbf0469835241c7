/* Compact position reporting: the 17-bit latitude and longitude of ADS-B position messages.
 *
 * One message says where an aircraft is within a zone (about 360 nautical miles in the air, 90 on
 * the ground), not in which: an even and an odd message together, or a known place near by, do.
 *
 * Source: RTCA DO-260B, A.1.7; J. Sun, "The 1090 Megahertz Riddle", 2nd ed., chapters 5 and 6.
 * Threads: pure.
 */
#ifndef VG_TRAFFIC_CPR_H
#define VG_TRAFFIC_CPR_H

#include <stdbool.h>
#include <stdint.h>

struct vg_cpr {
    uint32_t lat; /* 17 bits */
    uint32_t lon;
    bool is_odd;
};

/* Number of longitude zones at a latitude: 59 at the equator, 1 beyond 87 degrees. */
int vg_cpr_zones(double lat_deg);

/* From a pair in the air; the place of the newer one. false: the two lie in different latitude
 * bands and give no place. */
bool vg_cpr_airborne(const struct vg_cpr *even, const struct vg_cpr *odd, bool is_odd_newer,
                     double *out_lat_deg, double *out_lon_deg);
/* From a pair on the ground, of four solutions the one nearest to a reference (the receiver). */
bool vg_cpr_surface(const struct vg_cpr *even, const struct vg_cpr *odd, bool is_odd_newer,
                    double ref_lat_deg, double ref_lon_deg, double *out_lat_deg,
                    double *out_lon_deg);
/* From one message and a place less than half a zone away. is_surface: on the ground. */
bool vg_cpr_local(const struct vg_cpr *cpr, bool is_surface, double ref_lat_deg, double ref_lon_deg,
                  double *out_lat_deg, double *out_lon_deg);

#endif
