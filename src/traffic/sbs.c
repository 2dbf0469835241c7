#include "traffic/sbs.h"

#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIELDS = 22,
    ADDRESS = 4,
    CALLSIGN = 10,
    ALTITUDE,
    SPEED,
    TRACK,
    LATITUDE,
    LONGITUDE,
    CLIMB,
    SQUAWK,
    ALERT,
    EMERGENCY,
    IDENT,
    ON_GROUND
};

static int split(char *text, char *out[FIELDS])
{
    int n = 0;
    for (char *at = text; at != NULL && n < FIELDS; n++) {
        char *comma = strchr(at, ',');
        out[n] = at;
        if (comma != NULL) {
            *comma = '\0';
        }
        at = comma != NULL ? comma + 1 : NULL;
    }
    return n;
}

/* NaN: empty, or no plain decimal number within lo..hi. */
static double number(const char *text, double lo, double hi)
{
    char *end;
    if (text[strspn(text, "+-.0123456789")] != '\0') { /* strtod also takes "inf" and 0x */
        return (double)NAN;
    }
    double v = strtod(text, &end);
    return end != text && *end == '\0' && v >= lo && v <= hi ? v : (double)NAN;
}

/* dump1090 with --gnss marks heights above the ellipsoid with an H. */
static void take_altitude(char *text, struct vg_sighting *out)
{
    size_t n = strlen(text);
    bool is_ell = n > 0 && text[n - 1] == 'H';
    if (is_ell) {
        text[n - 1] = '\0';
    }
    *(is_ell ? &out->alt_ell_m : &out->alt_pressure_m) =
        number(text, -2000, 200000) * VG_M_PER_FOOT;
}

static signed char flag(const char *text)
{
    return text[0] == '\0' ? -1 : strcmp(text, "0") != 0;
}

/* "~" before it: not an ICAO address (readsb, dump1090). */
static bool take_address(const char *text, struct vg_sighting *out)
{
    bool is_anon = text[0] == '~';
    const char *digits = text + (is_anon ? 1 : 0);
    size_t n = strspn(digits, "0123456789ABCDEFabcdef");
    if (n != 6 || digits[n] != '\0') {
        return false;
    }
    out->space = is_anon ? VG_ID_ANON : VG_ID_ICAO;
    vg_sighting_set_address(out, (uint32_t)strtoul(digits, NULL, 16));
    return true;
}

bool vg_sbs_parse(char *text, struct vg_sighting *out)
{
    char *f[FIELDS];
    *out = vg_sighting_none(VG_ID_ICAO);
    if (split(text, f) != FIELDS || strcmp(f[0], "MSG") != 0 || !take_address(f[ADDRESS], out)) {
        return false;
    }
    vg_sighting_text(out->name, sizeof out->name, f[CALLSIGN], strlen(f[CALLSIGN]));
    take_altitude(f[ALTITUDE], out);
    out->speed_mps = number(f[SPEED], 0, 5000) * VG_MPS_PER_KNOT;
    double track = number(f[TRACK], 0, 360);
    out->course_true_deg = track >= 360 ? 0 : track;
    out->climb_mps = number(f[CLIMB], -50000, 50000) * VG_M_PER_FOOT / 60;
    double squawk = number(f[SQUAWK], 0, 7777);
    out->squawk = isfinite(squawk) ? (int)squawk : -1;
    out->emergency = flag(f[EMERGENCY]);
    out->on_ground = flag(f[ON_GROUND]);
    bool is_placed =
        vg_sighting_set_place(out, number(f[LATITUDE], -90, 90), number(f[LONGITUDE], -180, 180));
    return is_placed || out->name[0] != '\0' || isfinite(out->alt_pressure_m) ||
           isfinite(out->alt_ell_m) || isfinite(out->speed_mps) || out->squawk >= 0;
}
