/* Mode S frames of 1090 MHz: parity, and the fields of the ones that say who is where.
 *
 * Taken: DF17 and DF18 (extended squitter: ADS-B, TIS-B, ADS-R) with good parity, DF11 (all-call
 * reply) with the parity of an interrogator code. Everything else is passed by: the parity of
 * other formats is mixed with the address, which proves nothing for an aircraft not known before.
 * Bits are never repaired: a wrong aircraft is worse than one heard half a second later.
 *
 * Source: ICAO Annex 10 vol. IV, 3.1.2; RTCA DO-260B, 2.2.3.2 and A.1.4; J. Sun, "The 1090
 * Megahertz Riddle", 2nd ed. Threads: pure. Allocations: none.
 */
#ifndef VG_TRAFFIC_MODES_H
#define VG_TRAFFIC_MODES_H

#include "traffic/cpr.h"
#include "traffic/sighting.h"

enum {
    VG_MODES_SHORT = 7,
    VG_MODES_LONG = 14
};

enum vg_modes_what {
    VG_MODES_PRESENCE = 0, /* DF11, or a message type that tells nothing used here */
    VG_MODES_IDENT,
    VG_MODES_SURFACE,
    VG_MODES_AIRBORNE,
    VG_MODES_VELOCITY,
    VG_MODES_STATUS
};

/* Of one frame. What the message does not tell is NaN, -1 or "" as in a sighting. */
struct vg_modes {
    uint32_t address;
    bool is_anon; /* not an ICAO address */
    enum vg_modes_what what;
    enum vg_contact_kind kind;
    char callsign[9];
    struct vg_cpr cpr; /* SURFACE, AIRBORNE */
    bool has_place; /* AIRBORNE type 0 says a height only */
    double alt_pressure_m;
    double alt_ell_m;
    double ell_minus_pressure_m;
    double course_true_deg; /* over ground; not from subtypes 3 and 4, which tell the heading */
    double speed_mps; /* over ground likewise */
    double airspeed_mps; /* subtypes 3 and 4 */
    double heading_deg; /* likewise; magnetic, or true where the aircraft is set so */
    double climb_mps;
    int squawk;
    signed char emergency;
};

/* The 24-bit remainder: 0 for a good DF17 or DF18, the interrogator's code for DF11. */
uint32_t vg_modes_parity(const uint8_t *frame, int n);
/* frame: 7 or 14 bytes. false: a format not taken, or bad parity. */
bool vg_modes_decode(const uint8_t *frame, int n, struct vg_modes *out);
/* The 12-bit altitude field of an airborne position, metres; NaN: not told, or no code of
 * Gillham's. */
double vg_modes_altitude_m(uint32_t ac12);

#endif
