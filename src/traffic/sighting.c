#include "traffic/sighting.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

struct vg_sighting vg_sighting_none(enum vg_id_space space)
{
    double nan = (double)NAN;
    return (struct vg_sighting){.space = space,
                                .lat_deg = nan,
                                .lon_deg = nan,
                                .alt_pressure_m = nan,
                                .alt_ell_m = nan,
                                .ell_minus_pressure_m = nan,
                                .height_sigma_m = nan,
                                .course_true_deg = nan,
                                .speed_mps = nan,
                                .climb_mps = nan,
                                .squawk = -1,
                                .on_ground = -1,
                                .emergency = -1,
                                .operator_lat_deg = nan,
                                .operator_lon_deg = nan};
}

void vg_sighting_set_address(struct vg_sighting *self, uint32_t address)
{
    static const char digits[] = "0123456789ABCDEF";
    for (int i = 0; i < 6; i++) {
        self->id[i] = digits[address >> (20 - 4 * i) & 15];
    }
    self->id[6] = '\0';
}

bool vg_sighting_set_place(struct vg_sighting *self, double lat_deg, double lon_deg)
{
    if (!(lat_deg >= -90 && lat_deg <= 90 && lon_deg >= -180 && lon_deg <= 180)) {
        return false;
    }
    self->lat_deg = lat_deg;
    self->lon_deg = lon_deg;
    return true;
}

void vg_sighting_text(char *out, size_t size_bytes, const void *text, size_t n)
{
    const unsigned char *from = text;
    size_t k = 0;
    for (size_t i = 0; i < n && from[i] != '\0' && k + 1 < size_bytes; i++) {
        bool is_printable = from[i] >= ' ' && from[i] < 0x7F;
        if (is_printable && (k > 0 || from[i] != ' ')) {
            out[k++] = (char)from[i];
        }
    }
    while (k > 0 && out[k - 1] == ' ') {
        k--;
    }
    out[k] = '\0';
}

bool vg_squawk_is_emergency(int squawk)
{
    return squawk == 7500 || squawk == 7600 || squawk == 7700;
}

const char *vg_contact_kind_name(enum vg_contact_kind kind)
{
    static const char *const names[VG_CONTACT_COUNT] = {
        "unknown", "plane", "helicopter", "glider", "drone", "vehicle", "ship", "mark"};
    return kind >= 0 && kind < VG_CONTACT_COUNT ? names[kind] : names[0];
}

const char *vg_space_name(enum vg_id_space space)
{
    static const char *const names[VG_ID_SPACE_COUNT] = {"icao", "anon", "rid", "mmsi"};
    return space >= 0 && space < VG_ID_SPACE_COUNT ? names[space] : names[0];
}
