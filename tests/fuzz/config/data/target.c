/* Zones (first byte even) and places (odd): positions in range, rings closed. */
#include "config/watchfile_priv.h" /* the two readers have no public name of their own */

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_position(double lat_deg, double lon_deg)
{
    if (!(fabs(lat_deg) <= 90) || !(fabs(lon_deg) <= 180)) {
        abort();
    }
}

static void run_zones(const char *text, size_t n)
{
    struct vg_wf_zone *zones = NULL;
    int n_zones = 0;
    if (vg_wf_parse_zones(text, n, "z", &zones, &n_zones, NULL) != VG_OK) {
        return;
    }
    for (int i = 0; i < n_zones; i++) {
        for (int k = 0; k < zones[i].n; k++) {
            require_position(zones[i].lat_deg[k], zones[i].lon_deg[k]);
        }
        if (zones[i].n < 4) {
            abort();
        }
    }
    vg_wf_free_zones(zones, n_zones);
}

static void run_places(const char *text, size_t n)
{
    struct vg_wf_place *places = NULL;
    int n_places = 0;
    if (vg_wf_parse_places(text, n, "p", &places, &n_places, NULL) != VG_OK) {
        return;
    }
    for (int i = 0; i < n_places; i++) {
        require_position(places[i].lat_deg, places[i].lon_deg);
    }
    free(places);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 << 16) {
        return 0;
    }
    const char *text = (const char *)data + 1;
    if (data[0] % 2 == 0) {
        run_zones(text, size - 1);
    } else {
        run_places(text, size - 1);
    }
    return 0;
}
