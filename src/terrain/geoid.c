#include "terrain/geoid.h"

#include "terrain/vshift.h"

#include <math.h>

double vg_geoid_egm96_m(double lat_deg, double lon_deg)
{
    struct vg_vshift *shift = NULL;
    float height_m = 0; /* above the ellipsoid; then above the sea */
    double scratch[2];
    bool is_done = vg_vshift_create(VG_VDATUM_ELLIPSOID, &shift, NULL) == VG_OK && shift != NULL &&
                   vg_vshift_row(shift, lat_deg, lon_deg, 0, 1, &height_m, scratch);
    vg_vshift_destroy(shift);
    return is_done ? -(double)height_m : (double)NAN;
}
