/* Messages: where each type keeps its fields (ITU-R M.1371-5, annex 8; bits from 0). */
#include "traffic/ais.h"

#include "base/text.h"
#include "base/units.h"

#include <math.h>

static uint32_t get(const struct vg_ais_bits *b, int from, int n)
{
    uint32_t v = 0;
    for (int i = from; i < from + n; i++) {
        v = v << 1 | (i < b->n ? (uint32_t)(b->data[i / 8] >> (7 - i % 8) & 1) : 0);
    }
    return v;
}

static int32_t get_signed(const struct vg_ais_bits *b, int from, int n)
{
    uint32_t v = get(b, from, n);
    return (int32_t)v - (v >> (n - 1) & 1 ? (int32_t)(1U << n) : 0);
}

/* Six-bit ASCII: 0 is '@' and ends the text. */
static void get_text(const struct vg_ais_bits *b, int from, int n_chars, char *out,
                     size_t size_bytes)
{
    char text[20];
    int n = 0;
    while (n < n_chars && n < (int)sizeof text) {
        uint32_t c = get(b, from + 6 * n, 6);
        if (c == 0) {
            break;
        }
        text[n++] = (char)(c < 32 ? c + 64 : c);
    }
    vg_sighting_text(out, size_bytes, text, (size_t)n);
}

/* Where a type keeps its place and motion; -1: it does not. */
struct layout {
    int type;
    int min_bits;
    int speed;
    int lon;
    int lat;
    int course;
    enum vg_contact_kind kind;
};

static const struct layout layouts[] = {
    {1, 149, 50, 61, 89, 116, VG_CONTACT_SHIP},  {2, 149, 50, 61, 89, 116, VG_CONTACT_SHIP},
    {3, 149, 50, 61, 89, 116, VG_CONTACT_SHIP},  {4, 149, -1, 79, 107, -1, VG_CONTACT_MARK},
    {9, 149, 50, 61, 89, 116, VG_CONTACT_PLANE}, {18, 149, 46, 57, 85, 112, VG_CONTACT_SHIP},
    {19, 301, 46, 57, 85, 112, VG_CONTACT_SHIP}, {21, 219, -1, 164, 192, -1, VG_CONTACT_MARK},
};

static void take_course(double course_deg, struct vg_sighting *out)
{
    if (course_deg < 360) {
        out->course_true_deg = course_deg;
    }
}

/* 181 and 91 degrees are "not known", which is no place either. */
static void take_place(const struct vg_ais_bits *b, const struct layout *l, struct vg_sighting *out)
{
    double lon_deg = get_signed(b, l->lon, 28) / 600000.0;
    double lat_deg = get_signed(b, l->lat, 27) / 600000.0;
    vg_sighting_set_place(out, lat_deg, lon_deg);
    if (l->course >= 0) {
        take_course(get(b, l->course, 12) / 10.0, out);
    }
    uint32_t speed = l->speed >= 0 ? get(b, l->speed, 10) : 1023;
    if (speed < 1023) { /* tenths of a knot; a rescue aircraft's are whole */
        out->speed_mps = speed * (l->type == 9 ? 1.0 : 0.1) * VG_MPS_PER_KNOT;
    }
}

/* Metres of a rescue aircraft; 4095: not known, 4094: that or more. */
static void take_altitude(const struct vg_ais_bits *b, struct vg_sighting *out)
{
    uint32_t alt_m = get(b, 38, 12);
    bool is_pressure = get(b, 134, 1);
    if (alt_m < 4095) {
        *(is_pressure ? &out->alt_pressure_m : &out->alt_ell_m) = alt_m;
    }
    out->on_ground = 0;
}

/* Type 27, for satellites: everything shorter. */
static bool long_range(const struct vg_ais_bits *b, struct vg_sighting *out)
{
    if (b->n < 96) {
        return false;
    }
    uint32_t speed_kt = get(b, 79, 6);
    vg_sighting_set_place(out, get_signed(b, 62, 17) / 600.0, get_signed(b, 44, 18) / 600.0);
    if (speed_kt < 63) {
        out->speed_mps = speed_kt * VG_MPS_PER_KNOT;
    }
    take_course(get(b, 85, 9), out);
    out->kind = VG_CONTACT_SHIP;
    return isfinite(out->lat_deg);
}

/* Names: where a type keeps 20 characters. Type 24 has them in its part A only. */
static void take_name(const struct vg_ais_bits *b, int type, struct vg_sighting *out)
{
    int at = type == 5                                         ? 112
             : type == 19                                      ? 143
             : type == 21                                      ? 43
             : type == 24 && get(b, 38, 2) == 0 && b->n >= 160 ? 40
                                                               : -1;
    if (at >= 0) {
        get_text(b, at, 20, out->name, sizeof out->name);
    }
}

bool vg_ais_decode(const struct vg_ais_bits *b, struct vg_sighting *out)
{
    if (b->n < 40) {
        return false;
    }
    int type = (int)get(b, 0, 6);
    *out = vg_sighting_none(VG_ID_MMSI);
    vg_format(out->id, sizeof out->id, "%09u", get(b, 8, 30) % 1000000000U);
    if (type == 27) {
        return long_range(b, out);
    }
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (layouts[i].type == type && b->n >= layouts[i].min_bits) {
            out->kind = layouts[i].kind;
            take_place(b, &layouts[i], out);
            if (type == 9) {
                take_altitude(b, out);
            }
        }
    }
    if (type == 5 || type == 24) {
        out->kind = VG_CONTACT_SHIP;
    }
    take_name(b, type, out);
    return isfinite(out->lat_deg) || out->name[0] != '\0';
}
