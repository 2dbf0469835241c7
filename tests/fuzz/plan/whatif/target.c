/* What-if questions: what is read is a watch that a planner may be given, what is refused says why.
 */
#include "plan/whatif.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(void)
{
    abort();
}

static void check(const struct vg_whatif *q)
{
    const struct vg_watchfile *w = &q->watch;
    if (w->n_bases < 1 || w->n_bases > VG_WHATIF_BASES_MAX || w->n_drones < 0 ||
        w->n_drones > VG_WHATIF_DRONES_MAX || !(w->revisit_s >= 60) || q->asker[0] == '\0') {
        fail();
    }
    for (int b = 0; b < w->n_bases; b++) {
        if (!(w->bases[b].lat_deg >= -85 && w->bases[b].lat_deg <= 85) ||
            !(w->bases[b].lon_deg >= -180 && w->bases[b].lon_deg <= 180) ||
            vg_watchfile_find_base(w, w->bases[b].name) != b) {
            fail();
        }
    }
    for (int d = 0; d < w->n_drones; d++) {
        if (w->drones[d].base < -1 || w->drones[d].base >= w->n_bases || w->drones[d].type < 0 ||
            w->drones[d].type >= w->n_types || vg_watchfile_find_drone(w, w->drones[d].id) != d) {
            fail();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double lat[2] = {14.4, 14.5};
    double lon[2] = {-11.4, -11.4};
    double s[2] = {0, 11064};
    struct vg_line line = {"border", 2, lat, lon, s, 11064, false};
    struct vg_stretch stretch = {.id = "S1", .to_m = 11064, .revisit_s = 14400, .depth_m = 2000};
    struct vg_wf_base base = {.name = "Kayes", .lat_deg = 14.431, .lon_deg = -11.44, .pads = 2};
    struct vg_wf_type type = {.name = "wing", .cruise_mps = 25, .endurance_s = 18000};
    struct vg_wf_drone drones[2] = {{.id = "V1"}, {.id = "+1", .base = -1}};
    struct vg_watchfile w = {.revisit_s = 14400,
                             .network = {&line, 1, &stretch, 1},
                             .bases = &base,
                             .n_bases = 1,
                             .types = &type,
                             .n_types = 1,
                             .drones = drones,
                             .n_drones = 2};
    struct vg_whatif q;
    struct vg_error err = {0};
    if (vg_whatif_parse((const char *)data, size, &w, &q, &err) != VG_OK) {
        if (err.message[0] == '\0') {
            fail();
        }
        return 0;
    }
    check(&q);
    vg_whatif_finish(&q);
    return 0;
}
