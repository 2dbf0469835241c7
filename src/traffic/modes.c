#include "traffic/modes.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

/* Bits from..from+n-1 of the ME field, the first is 1, as the standard counts. n <= 24. */
static uint32_t bits(const uint8_t *me, int from, int n)
{
    uint32_t v = 0;
    for (int i = from - 1; i < from - 1 + n; i++) {
        v = v << 1 | (uint32_t)(me[i / 8] >> (7 - i % 8) & 1);
    }
    return v;
}

uint32_t vg_modes_parity(const uint8_t *frame, int n)
{
    /* Generator 0x1FFF409 (Annex 10 vol. IV, 3.1.2.3.3.1.2), four bits a step: the remainders of
     * 0..15 times x^24. */
    static const uint32_t table[16] = {0x000000, 0xFFF409, 0x001C1B, 0xFFE812, 0x003836, 0xFFCC3F,
                                       0x00242D, 0xFFD024, 0x00706C, 0xFF8465, 0x006C77, 0xFF987E,
                                       0x00485A, 0xFFBC53, 0x005441, 0xFFA048};
    uint32_t r = 0;
    for (int i = 0; i < n - 3; i++) {
        r ^= (uint32_t)frame[i] << 16;
        r = (r << 4 & 0xFFFFFF) ^ table[r >> 20];
        r = (r << 4 & 0xFFFFFF) ^ table[r >> 20];
    }
    return r ^ ((uint32_t)frame[n - 3] << 16 | (uint32_t)frame[n - 2] << 8 | frame[n - 1]);
}

/* ---- altitude ---- */

static uint32_t from_gray(uint32_t g)
{
    for (uint32_t shift = 1; shift < 32; shift *= 2) {
        g ^= g >> shift;
    }
    return g;
}

/* Gillham's code in steps of 100 ft: C1 A1 C2 A2 C4 A4 B1 (Q=0) B2 D2 B4 D4. */
static double gillham_m(uint32_t ac12)
{
    enum {
        C1 = 11,
        A1 = 10,
        C2 = 9,
        A2 = 8,
        C4 = 7,
        A4 = 6,
        B1 = 5,
        B2 = 3,
        D2 = 2,
        B4 = 1,
        D4 = 0
    };
    static const int fives[] = {D2, D4, A1, A2, A4, B1, B2, B4};
    static const int ones[] = {C1, C2, C4};
    uint32_t five = 0;
    uint32_t one = 0;
    for (int i = 0; i < 8; i++) {
        five = five << 1 | (ac12 >> fives[i] & 1);
    }
    for (int i = 0; i < 3; i++) {
        one = one << 1 | (ac12 >> ones[i] & 1);
    }
    five = from_gray(five);
    one = from_gray(one);
    if (one == 0 || one == 5 || one == 6) {
        return (double)NAN;
    }
    one = one == 7 ? 5 : one;
    one = five % 2 == 1 ? 6 - one : one;
    return ((double)five * 500 + (double)one * 100 - 1300) * VG_M_PER_FOOT;
}

double vg_modes_altitude_m(uint32_t ac12)
{
    if (ac12 == 0) {
        return (double)NAN;
    }
    if (ac12 & 0x10) { /* Q: steps of 25 ft */
        uint32_t n = (ac12 >> 1 & 0x7F0) | (ac12 & 15);
        return ((double)n * 25 - 1000) * VG_M_PER_FOOT;
    }
    return gillham_m(ac12);
}

/* ---- message types ---- */

static void ident(const uint8_t *me, int type, struct vg_modes *out)
{
    static const char letters[] = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ#####"
                                  " ###############0123456789######";
    /* Emitter categories, DO-260B 2.2.3.2.5.2: set A is type 4, B 3, C 2. */
    static const enum vg_contact_kind set_a[8] = {
        VG_CONTACT_UNKNOWN, VG_CONTACT_PLANE, VG_CONTACT_PLANE, VG_CONTACT_PLANE,
        VG_CONTACT_PLANE,   VG_CONTACT_PLANE, VG_CONTACT_PLANE, VG_CONTACT_HELICOPTER};
    static const enum vg_contact_kind set_b[8] = {
        VG_CONTACT_UNKNOWN, VG_CONTACT_GLIDER,  VG_CONTACT_GLIDER, VG_CONTACT_GLIDER,
        VG_CONTACT_GLIDER,  VG_CONTACT_UNKNOWN, VG_CONTACT_DRONE,  VG_CONTACT_UNKNOWN};
    char text[8];
    int category = (int)bits(me, 6, 3);
    for (int i = 0; i < 8; i++) {
        text[i] = letters[bits(me, 9 + 6 * i, 6)];
    }
    vg_sighting_text(out->callsign, sizeof out->callsign, text, sizeof text);
    out->what = VG_MODES_IDENT;
    out->kind = type == 4                    ? set_a[category]
                : type == 3                  ? set_b[category]
                : type == 2 && category != 0 ? VG_CONTACT_VEHICLE
                                             : VG_CONTACT_UNKNOWN;
}

/* Speed on the ground in kt, DO-260B table 2-18: first code of each step, its speed, the step. */
static double movement_kt(int code)
{
    static const struct {
        int code;
        double kt;
        double step;
    } rows[] = {{2, 0.125, 0.125}, {9, 1, 0.25},  {13, 2, 0.5},  {39, 15, 1},
                {94, 70, 2},       {109, 100, 5}, {124, 175, 0}, {125, (double)NAN, 0}};
    if (code <= 0 || code > 124) {
        return (double)NAN;
    }
    if (code == 1) {
        return 0;
    }
    int i = 0;
    while (code >= rows[i + 1].code) {
        i++;
    }
    return rows[i].kt + (code - rows[i].code) * rows[i].step;
}

static void take_cpr(const uint8_t *me, struct vg_modes *out)
{
    out->cpr = (struct vg_cpr){bits(me, 23, 17), bits(me, 40, 17), bits(me, 22, 1) != 0};
    out->has_place = true;
}

static void surface(const uint8_t *me, struct vg_modes *out)
{
    out->what = VG_MODES_SURFACE;
    out->speed_mps = movement_kt((int)bits(me, 6, 7)) * VG_MPS_PER_KNOT;
    if (bits(me, 13, 1)) {
        out->course_true_deg = bits(me, 14, 7) * 360.0 / 128;
    }
    take_cpr(me, out);
}

static void airborne(const uint8_t *me, int type, struct vg_modes *out)
{
    double alt_m = vg_modes_altitude_m(bits(me, 9, 12));
    out->what = VG_MODES_AIRBORNE;
    if (type >= 20) {
        out->alt_ell_m = alt_m;
    } else {
        out->alt_pressure_m = alt_m;
    }
    take_cpr(me, out);
    out->has_place = type != 0;
}

static void over_ground(const uint8_t *me, int scale, struct vg_modes *out)
{
    int east = (int)bits(me, 15, 10);
    int north = (int)bits(me, 26, 10);
    if (east == 0 || north == 0) {
        return;
    }
    double e = (east - 1) * scale * (bits(me, 14, 1) ? -1 : 1);
    double n = (north - 1) * scale * (bits(me, 25, 1) ? -1 : 1);
    double course = atan2(e, n) * VG_DEG_PER_RAD;
    out->speed_mps = hypot(e, n) * VG_MPS_PER_KNOT;
    out->course_true_deg = course < 0 ? course + 360 : course;
    if (out->course_true_deg >= 360) { /* a tiny negative angle rounds up to it */
        out->course_true_deg = 0;
    }
}

static void through_air(const uint8_t *me, int scale, struct vg_modes *out)
{
    int speed = (int)bits(me, 26, 10);
    if (bits(me, 14, 1)) {
        out->heading_deg = bits(me, 15, 10) * 360.0 / 1024;
    }
    if (speed != 0) {
        out->airspeed_mps = (speed - 1) * scale * VG_MPS_PER_KNOT;
    }
}

static void velocity(const uint8_t *me, struct vg_modes *out)
{
    int subtype = (int)bits(me, 6, 3);
    int scale = subtype == 2 || subtype == 4 ? 4 : 1; /* supersonic */
    if (subtype < 1 || subtype > 4) {
        return;
    }
    out->what = VG_MODES_VELOCITY;
    if (subtype <= 2) {
        over_ground(me, scale, out);
    } else {
        through_air(me, scale, out);
    }
    int climb = (int)bits(me, 38, 9);
    if (climb != 0) {
        double fpm = (climb - 1) * 64 * (bits(me, 37, 1) ? -1 : 1);
        out->climb_mps = fpm * VG_M_PER_FOOT / 60;
    }
    int difference = (int)bits(me, 50, 7);
    if (difference != 0) {
        out->ell_minus_pressure_m =
            (difference - 1) * 25 * (bits(me, 49, 1) ? -1 : 1) * VG_M_PER_FOOT;
    }
}

/* C1 A1 C2 A2 C4 A4 X B1 D1 B2 D2 B4 D4 as four octal digits read in decimal. */
static int squawk_of(uint32_t id13)
{
    static const int digit_bits[4][3] = {{7, 9, 11}, {1, 3, 5}, {8, 10, 12}, {0, 2, 4}};
    int code = 0;
    for (int d = 0; d < 4; d++) {
        int v = 0;
        for (int k = 0; k < 3; k++) {
            v = v * 2 + (int)(id13 >> digit_bits[d][k] & 1);
        }
        code = code * 10 + v;
    }
    return code;
}

static void status(const uint8_t *me, struct vg_modes *out)
{
    if (bits(me, 6, 3) != 1) {
        return;
    }
    uint32_t id13 = bits(me, 12, 13);
    out->what = VG_MODES_STATUS;
    out->emergency = bits(me, 9, 3) != 0;
    out->squawk = id13 != 0 ? squawk_of(id13) : -1;
}

/* Is the address one that ICAO did not assign? The bit that says so sits elsewhere in each type
 * (DO-260B 2.2.17.3: IMF). */
static bool has_imf(const uint8_t *me, int type)
{
    return type >= 5 && type <= 8                                   ? bits(me, 21, 1)
           : (type >= 9 && type <= 18) || (type >= 20 && type < 23) ? bits(me, 8, 1)
           : type == 19                                             ? bits(me, 9, 1)
                                                                    : 0;
}

/* Control field of DF18: who transmits. false: not a position of anybody (coarse TIS-B,
 * management). */
static bool take_control_field(int cf, const uint8_t *me, int type, struct vg_modes *out)
{
    switch (cf) {
    case 0:
        return true;
    case 1:
        out->is_anon = true;
        return true;
    case 2:
    case 6:
        out->is_anon = has_imf(me, type);
        return true;
    case 5:
        out->is_anon = true;
        return true;
    default:
        return false;
    }
}

static void extended(const uint8_t *me, int type, struct vg_modes *out)
{
    if (type >= 1 && type <= 4) {
        ident(me, type, out);
    } else if (type >= 5 && type <= 8) {
        surface(me, out);
    } else if (type == 0 || (type >= 9 && type <= 18) || (type >= 20 && type <= 22)) {
        airborne(me, type, out);
    } else if (type == 19) {
        velocity(me, out);
    } else if (type == 28) {
        status(me, out);
    }
}

bool vg_modes_decode(const uint8_t *frame, int n, struct vg_modes *out)
{
    const double nan = (double)NAN;
    int format = frame[0] >> 3;
    bool is_long = format == 17 || format == 18;
    if (n != (is_long ? VG_MODES_LONG : VG_MODES_SHORT) || (!is_long && format != 11)) {
        return false;
    }
    uint32_t parity = vg_modes_parity(frame, n);
    /* Interrogator codes: CL (3 bits) and IC (4 bits); CL 5 to 7 are not assigned. */
    if (parity != 0 && (is_long || parity >= 5 * 16)) {
        return false;
    }
    *out =
        (struct vg_modes){.address = (uint32_t)frame[1] << 16 | (uint32_t)frame[2] << 8 | frame[3],
                          .alt_pressure_m = nan,
                          .alt_ell_m = nan,
                          .ell_minus_pressure_m = nan,
                          .course_true_deg = nan,
                          .speed_mps = nan,
                          .airspeed_mps = nan,
                          .heading_deg = nan,
                          .climb_mps = nan,
                          .squawk = -1,
                          .emergency = -1};
    if (is_long) {
        int type = frame[4] >> 3;
        if (format == 18 && !take_control_field(frame[0] & 7, frame + 4, type, out)) {
            return false;
        }
        extended(frame + 4, type, out);
    }
    return true;
}
