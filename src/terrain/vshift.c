#include "terrain/vshift.h"

#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <proj.h>
#include <stdlib.h>

struct vg_vshift {
    PJ_CONTEXT *context;
    PJ *pipeline;
};

static const char EGM96_GRID[] = "egm96_15.gtx";
static const char *const EGM2008_GRIDS[] = {"us_nga_egm08_25.tif", "egm08_25.gtx"};

static void be_quiet(void *ctx, int level, const char *text)
{
    (void)ctx;
    (void)level;
    (void)text;
}

/* Neighbours share what PROJ looks up; NULL when a grid is not there. */
static PJ *pipeline_of(PJ_CONTEXT *context, const char *from_grid)
{
    char text[256];
    if (from_grid == NULL) {
        vg_format(text, sizeof text, "+proj=vgridshift +grids=%s", EGM96_GRID);
    } else {
        vg_format(text, sizeof text,
                  "+proj=pipeline +step +inv +proj=vgridshift +grids=%s +step +proj=vgridshift "
                  "+grids=%s",
                  from_grid, EGM96_GRID);
    }
    return proj_create(context, text);
}

enum vg_status vg_vshift_create(enum vg_vdatum from, struct vg_vshift **out, struct vg_error *err)
{
    if (from != VG_VDATUM_ELLIPSOID && from != VG_VDATUM_EGM2008) {
        *out = NULL;
        return VG_OK;
    }
    struct vg_vshift *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->context = proj_context_create();
    proj_log_func(self->context, NULL, be_quiet);
    self->pipeline = pipeline_of(self->context, NULL);
    bool has_egm96 = self->pipeline != NULL;
    if (has_egm96 && from == VG_VDATUM_EGM2008) {
        proj_destroy(self->pipeline);
        self->pipeline = NULL;
        for (size_t i = 0; i < 2 && self->pipeline == NULL; i++) {
            self->pipeline = pipeline_of(self->context, EGM2008_GRIDS[i]);
        }
    }
    if (self->pipeline == NULL) {
        vg_vshift_destroy(self);
        if (!has_egm96) {
            return vg_fail(err, VG_E_NOT_FOUND,
                           "PROJ's grid %s is missing (Debian: package proj-data)", EGM96_GRID);
        }
        return vg_fail(err, VG_E_NOT_FOUND,
                       "PROJ's grid %s (or %s) is missing: put it into PROJ's folder, or state "
                       "\"datum: EGM96\" to take the heights as they are",
                       EGM2008_GRIDS[0], EGM2008_GRIDS[1]);
    }
    *out = self;
    return VG_OK;
}

void vg_vshift_destroy(struct vg_vshift *self)
{
    if (self != NULL) {
        proj_destroy(self->pipeline);
        proj_context_destroy(self->context);
        free(self);
    }
}

bool vg_vshift_row(struct vg_vshift *self, double lat_deg, double lon_deg, double step_lon_deg,
                   int n, float *h_m, double *scratch)
{
    double lat = lat_deg * VG_RAD_PER_DEG;
    double *lon = scratch;
    double *shift = scratch + n;
    for (int i = 0; i < n; i++) {
        lon[i] = vg_wrap_180_deg(lon_deg + i * step_lon_deg) * VG_RAD_PER_DEG;
        shift[i] = 0.0;
    }
    size_t each = sizeof(double);
    size_t count = (size_t)n;
    /* A single latitude for all: PROJ writes the last result back into it. */
    size_t done = proj_trans_generic(self->pipeline, PJ_FWD, lon, each, count, &lat, 0, 1, shift,
                                     each, count, NULL, 0, 0);
    for (int i = 0; i < n; i++) {
        if (!isfinite(shift[i])) {
            return false;
        }
        h_m[i] = (float)((double)h_m[i] + shift[i]);
    }
    return done == count;
}
