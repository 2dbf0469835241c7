/* Finding a country's border by name in the list that the build makes (tools/borders, Natural
 * Earth, public domain).
 *
 * In:  the list,
 * {"format":"vigie-borders/1","countries":{"ML":{"en":...,"fr":...}},"borders":{"ML-SN":[[[lon,lat],...],...]}},
 * and what a person typed: "ML-SN", "sn-ml", "Mali-Senegal", "Sénégal / Mali"; case, accents and
 * spaces do not matter. Out: GeoJSON of one feature that vg_network_parse takes, and a name for it.
 * Threads: pure. Cost: reads the whole list (1.4 MB) each time: for a command, not for a loop.
 */
#ifndef VG_CONFIG_BORDERS_H
#define VG_CONFIG_BORDERS_H

#include "base/text.h"
#include "geo/network.h"

enum {
    VG_BORDERS_MAX_BYTES = 16 << 20
};

struct vg_border {
    char key[8]; /* "ML-SN" */
    char name[VG_NAME_SIZE]; /* "Mali - Senegal" or "Mali - Sénégal", by the language asked for */
};

/* `place` names the list in errors. Appends to out_geojson. VG_E_NOT_FOUND when a country or the
 * pair is unknown: the message names the nearest country, or the neighbours there are. */
enum vg_status vg_border_find(const char *list, size_t n, const char *place, const char *query,
                              enum vg_lang lang, struct vg_border *out, struct vg_buf *out_geojson,
                              struct vg_error *err) VG_MUST_USE;

#endif
