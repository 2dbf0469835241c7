/* What one message of a feed says about one aircraft, drone or ship: the only thing that leaves the
 * parsers of this folder, whatever the feed.
 *
 * SI units and degrees. Numbers that the message does not tell are NaN, texts "". Places are places
 * (latitude and longitude finite and in range, or both NaN), texts printable ASCII.
 *
 * Heights keep their datum: `alt_pressure_m` is above the 1013.25 hPa level (what a transponder
 * measures), `alt_ell_m` above the WGS 84 ellipsoid (what a satellite receiver measures),
 * `ell_minus_pressure_m` their difference as the aircraft itself tells it. height.h makes metres
 * above mean sea level of them, with the error that goes with it.
 *
 * Threads: pure. Allocations: none.
 */
#ifndef VG_TRAFFIC_SIGHTING_H
#define VG_TRAFFIC_SIGHTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_SIGHTING_ID_SIZE = 24,
    VG_SIGHTING_NAME_SIZE = 24,
    VG_SIGHTING_OPERATOR_SIZE = 24
};

/* Whose numbers an id is one of: the same id in two spaces is two contacts. */
enum vg_id_space {
    VG_ID_ICAO = 0, /* 24-bit aircraft address, six hexadecimal digits */
    VG_ID_ANON, /* 24 bits too, but not assigned by ICAO: track files, anonymous addresses */
    VG_ID_RID, /* Remote ID: serial number, session or registration */
    VG_ID_MMSI, /* nine digits */
    VG_ID_SPACE_COUNT
};

enum vg_contact_kind {
    VG_CONTACT_UNKNOWN = 0,
    VG_CONTACT_PLANE,
    VG_CONTACT_HELICOPTER,
    VG_CONTACT_GLIDER, /* gliders, balloons, parachutes: slow and in the air */
    VG_CONTACT_DRONE,
    VG_CONTACT_VEHICLE, /* on an airport's ground; an obstacle */
    VG_CONTACT_SHIP,
    VG_CONTACT_MARK, /* buoys and shore stations */
    VG_CONTACT_COUNT
};

struct vg_sighting {
    enum vg_id_space space;
    char id[VG_SIGHTING_ID_SIZE]; /* never "" */
    enum vg_contact_kind kind; /* UNKNOWN where not told */
    char name[VG_SIGHTING_NAME_SIZE]; /* call sign, ship's name */
    double lat_deg;
    double lon_deg;
    double age_s; /* how old the place was when it was sent; 0 where not told */
    double alt_pressure_m;
    double alt_ell_m;
    double ell_minus_pressure_m;
    double height_sigma_m; /* what the sender says of alt_ell_m (1 sigma); NaN not told */
    double course_true_deg; /* over ground, [0, 360) */
    double speed_mps; /* over ground */
    double climb_mps;
    int squawk; /* four octal digits read as a decimal number, 7700; -1 not told */
    signed char on_ground; /* 1, 0; -1 not told */
    signed char emergency; /* 1, 0; -1 not told */
    double operator_lat_deg; /* Remote ID: where its pilot stands */
    double operator_lon_deg;
    char operator_id[VG_SIGHTING_OPERATOR_SIZE];
};

typedef void (*vg_sighting_fn)(void *ctx, const struct vg_sighting *sighting);

/* Everything "not told". */
struct vg_sighting vg_sighting_none(enum vg_id_space space);
/* The six digits of a 24-bit address. */
void vg_sighting_set_address(struct vg_sighting *self, uint32_t address);
/* Takes the place if it is one; false, and nothing taken, otherwise. */
bool vg_sighting_set_place(struct vg_sighting *self, double lat_deg, double lon_deg);
/* Printable ASCII of `text` (n bytes at most, up to a NUL), blanks at both ends left out. */
void vg_sighting_text(char *out, size_t size_bytes, const void *text, size_t n);
/* 7500, 7600 and 7700 are calls for help. */
bool vg_squawk_is_emergency(int squawk);

const char *vg_contact_kind_name(enum vg_contact_kind kind); /* "plane", for JSON; never NULL */
const char *vg_space_name(enum vg_id_space space); /* "icao" */

#endif
