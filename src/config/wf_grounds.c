/* Is every base where something may take off: in no no-fly zone and, where there are geofences,
 * inside one? */
#include "config/watchfile_priv.h"

#include <math.h>

struct vg_ring vg_zone_ring(const struct vg_wf_zone *zone)
{
    return (struct vg_ring){zone->lat_deg, zone->lon_deg, zone->n};
}

static enum vg_status check_base(const struct vg_wf_reader *self, const struct vg_watchfile *wf,
                                 const struct vg_wf_base *base, const struct vg_yaml *at)
{
    bool has_fence = false;
    bool is_fenced = false;
    double beside_m = HUGE_VAL;
    for (int z = 0; z < wf->n_zones; z++) {
        const struct vg_wf_zone *zone = &wf->zones[z];
        bool is_in = vg_ring_holds(vg_zone_ring(zone), base->lat_deg, base->lon_deg);
        if (zone->kind == VG_ZONE_NO_FLY && is_in) {
            return vg_fail_at(self->r.err, self->r.place, at->line, at->column,
                              "base \"%s\" lies in the no-fly zone \"%s\", %.1f km from its edge: "
                              "nothing may take off there; move the base or the zone",
                              base->name, zone->name,
                              vg_ring_edge_m(vg_zone_ring(zone), base->lat_deg, base->lon_deg) /
                                  1000);
        }
        if (zone->kind == VG_ZONE_GEOFENCE) {
            has_fence = true;
            is_fenced = is_fenced || is_in;
            beside_m =
                fmin(beside_m, vg_ring_edge_m(vg_zone_ring(zone), base->lat_deg, base->lon_deg));
        }
    }
    if (has_fence && !is_fenced) {
        return vg_fail_at(self->r.err, self->r.place, at->line, at->column,
                          "base \"%s\" lies outside the geofence, %.1f km from its edge: nothing "
                          "may take off there; move the base or the fence",
                          base->name, beside_m / 1000);
    }
    return VG_OK;
}

enum vg_status vg_wf_check_bases(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                 const struct vg_watchfile *wf)
{
    const struct vg_yaml *list = vg_yaml_find(root, "bases");
    enum vg_status status = VG_OK;
    int b = 0;
    for (const struct vg_yaml *m = list->first; m != NULL && status == VG_OK; m = m->next) {
        status = check_base(self, wf, &wf->bases[b++], vg_yaml_find(m, "at"));
    }
    return status;
}
