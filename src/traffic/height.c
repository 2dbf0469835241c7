#include "traffic/height.h"

#include <math.h>

/* h = (T0 / L) (1 - (p / p0)^(R L / g)): 44,330.8 m and 0.190263. */
static const double SCALE_M = 44330.8;
static const double EXPONENT = 0.190263;
static const double STANDARD_HPA = 1013.25;
static const double GEOMETRIC_ERROR_M = 45; /* GVA 2; better ones say so */
static const double QNH_ERROR_M = 30; /* the setting, the altimeter */
static const double NO_QNH_ERROR_M = 200; /* 990 to 1037 hPa */
static const double NO_GEOID_ERROR_M = 110; /* the geoid's own range */
static const double WARMTH = 0.07;

double vg_height_qnh_offset_m(double qnh_hpa)
{
    return SCALE_M * (pow(qnh_hpa / STANDARD_HPA, EXPONENT) - 1);
}

static struct vg_height geometric(double ell_m, double sigma_m, const struct vg_air *air)
{
    bool has_geoid = isfinite(air->geoid_m);
    double error_m = isfinite(sigma_m) ? 2 * sigma_m : GEOMETRIC_ERROR_M;
    return (struct vg_height){VG_HEIGHT_GEOMETRIC, ell_m - (has_geoid ? air->geoid_m : 0),
                              error_m + (has_geoid ? 0 : NO_GEOID_ERROR_M)};
}

static struct vg_height barometric(double pressure_m, const struct vg_air *air)
{
    bool has_qnh = isfinite(air->qnh_hpa);
    double msl_m = pressure_m + (has_qnh ? vg_height_qnh_offset_m(air->qnh_hpa) : 0);
    return (struct vg_height){has_qnh ? VG_HEIGHT_QNH : VG_HEIGHT_STANDARD, msl_m,
                              (has_qnh ? QNH_ERROR_M : NO_QNH_ERROR_M) + WARMTH * fabs(msl_m)};
}

struct vg_height vg_height_of(const struct vg_sighting *s, const struct vg_air *air)
{
    struct vg_height best = {VG_HEIGHT_NONE, (double)NAN, (double)NAN};
    if (isfinite(s->alt_pressure_m)) {
        best = barometric(s->alt_pressure_m, air);
    }
    double ell_m =
        isfinite(s->alt_ell_m) ? s->alt_ell_m : s->alt_pressure_m + s->ell_minus_pressure_m;
    if (isfinite(ell_m)) {
        struct vg_height other = geometric(ell_m, s->height_sigma_m, air);
        best =
            best.source == VG_HEIGHT_NONE || other.error_p95_m <= best.error_p95_m ? other : best;
    }
    return best;
}

const char *vg_height_source_name(enum vg_height_source source)
{
    static const char *const names[] = {"none", "geometric", "qnh", "standard"};
    return names[source];
}
