/* Is every base where something may take off: in no no-fly zone and, where there are geofences,
 * inside one? */
#include "config/watchfile_priv.h"

#include "geo/geodesy.h"

#include <math.h>

/* By the even-odd rule, in degrees about the place. */
static bool holds(const struct vg_wf_zone *zone, double lat_deg, double lon_deg)
{
    bool is_in = false;
    for (int i = 0; i + 1 < zone->n; i++) {
        double y0 = zone->lat_deg[i] - lat_deg;
        double y1 = zone->lat_deg[i + 1] - lat_deg;
        double x0 = vg_wrap_180_deg(zone->lon_deg[i] - lon_deg);
        double x1 = vg_wrap_180_deg(zone->lon_deg[i + 1] - lon_deg);
        if ((y0 > 0) != (y1 > 0) && x0 - y0 / (y1 - y0) * (x1 - x0) > 0) {
            is_in = !is_in;
        }
    }
    return is_in;
}

/* To the zone's nearest edge. */
static double edge_m(const struct vg_wf_zone *zone, double lat_deg, double lon_deg)
{
    struct vg_frame f = vg_frame_at(lat_deg, lon_deg);
    double least = HUGE_VAL;
    for (int i = 0; i + 1 < zone->n; i++) {
        double x = vg_wrap_180_deg(zone->lon_deg[i] - lon_deg) * f.m_per_deg_lon;
        double y = (zone->lat_deg[i] - lat_deg) * f.m_per_deg_lat;
        double dx = vg_wrap_180_deg(zone->lon_deg[i + 1] - zone->lon_deg[i]) * f.m_per_deg_lon;
        double dy = (zone->lat_deg[i + 1] - zone->lat_deg[i]) * f.m_per_deg_lat;
        double length2 = dx * dx + dy * dy;
        double t = length2 > 0 ? fmin(1, fmax(0, -(x * dx + y * dy) / length2)) : 0;
        least = fmin(least, hypot(x + t * dx, y + t * dy));
    }
    return least;
}

static enum vg_status check_base(const struct vg_wf_reader *self, const struct vg_watchfile *wf,
                                 const struct vg_wf_base *base, const struct vg_yaml *at)
{
    bool has_fence = false;
    bool is_fenced = false;
    double beside_m = HUGE_VAL;
    for (int z = 0; z < wf->n_zones; z++) {
        const struct vg_wf_zone *zone = &wf->zones[z];
        bool is_in = holds(zone, base->lat_deg, base->lon_deg);
        if (zone->kind == VG_ZONE_NO_FLY && is_in) {
            return vg_fail_at(self->r.err, self->r.place, at->line, at->column,
                              "base \"%s\" lies in the no-fly zone \"%s\", %.1f km from its edge: "
                              "nothing may take off there; move the base or the zone",
                              base->name, zone->name,
                              edge_m(zone, base->lat_deg, base->lon_deg) / 1000);
        }
        if (zone->kind == VG_ZONE_GEOFENCE) {
            has_fence = true;
            is_fenced = is_fenced || is_in;
            beside_m = fmin(beside_m, edge_m(zone, base->lat_deg, base->lon_deg));
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
