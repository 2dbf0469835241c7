#include "terrain/geotiff.h"

#include "base/text.h"

#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <errno.h>
#include <gdal.h>
#include <ogr_srs_api.h>
#include <stdlib.h>

struct vg_geotiff {
    GDALDatasetH ds;
    GDALDataType type;
    char path[1024];
    char temporary[1100];
};

static GDALDataType gdal_type(enum vg_geotiff_type type)
{
    return type == VG_GEOTIFF_U8 ? GDT_Byte : type == VG_GEOTIFF_U32 ? GDT_UInt32 : GDT_Float32;
}

static GDALDatasetH create_file(const char *path, const struct vg_geotiff_spec *spec)
{
    char **list = NULL;
    list = CSLSetNameValue(list, "TILED", "YES");
    list = CSLSetNameValue(list, "COMPRESS", "DEFLATE");
    list = CSLSetNameValue(list, "SPARSE_OK", "TRUE");
    list = CSLSetNameValue(list, "BIGTIFF", "IF_SAFER");
    GDALDriverH driver = GDALGetDriverByName("GTiff");
    GDALDatasetH ds = driver != NULL ? GDALCreate(driver, path, spec->n_cols, spec->n_rows,
                                                  spec->n_bands, gdal_type(spec->type), list)
                                     : NULL;
    CSLDestroy(list);
    return ds;
}

static enum vg_status describe(GDALDatasetH ds, const struct vg_geotiff_spec *spec,
                               struct vg_error *err)
{
    double g[6] = {spec->west, spec->step_x, 0, spec->north, 0, -spec->step_y};
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    enum vg_status st = VG_OK;
    if (OSRSetFromUserInput(srs, spec->crs) != OGRERR_NONE) {
        st = vg_fail(err, VG_E_INVALID, "no such coordinate system: %s", spec->crs);
    } else if (GDALSetGeoTransform(ds, g) != CE_None || GDALSetSpatialRef(ds, srs) != CE_None) {
        st = vg_fail(err, VG_E_IO, "%s", CPLGetLastErrorMsg());
    }
    for (int b = 0; b < spec->n_bands && st == VG_OK; b++) {
        GDALRasterBandH band = GDALGetRasterBand(ds, b + 1);
        GDALSetRasterNoDataValue(band, spec->no_data);
        GDALSetDescription(band, spec->bands[b]);
    }
    OSRDestroySpatialReference(srs);
    return st;
}

static void drop(struct vg_geotiff *self)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (self->ds != NULL) {
        GDALClose(self->ds);
    }
    VSIUnlink(self->temporary);
    CPLPopErrorHandler();
    free(self);
}

enum vg_status vg_geotiff_create(const char *path, const struct vg_geotiff_spec *spec,
                                 struct vg_geotiff **out, struct vg_error *err)
{
    struct vg_geotiff *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    vg_format(self->path, sizeof self->path, "%s", path);
    vg_format(self->temporary, sizeof self->temporary, "%s.part", path);
    self->type = gdal_type(spec->type);
    self->ds = create_file(self->temporary, spec);
    enum vg_status st = self->ds != NULL
                            ? describe(self->ds, spec, err)
                            : vg_fail(err, VG_E_IO, "%s: %s", path, CPLGetLastErrorMsg());
    CPLPopErrorHandler();
    if (st != VG_OK) {
        drop(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

enum vg_status vg_geotiff_write(struct vg_geotiff *self, int band, int col, int row, int n_cols,
                                int n_rows, const void *pixels, struct vg_error *err)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErr rc = GDALRasterIO(GDALGetRasterBand(self->ds, band + 1), GF_Write, col, row, n_cols,
                             n_rows, (void *)(uintptr_t)pixels, n_cols, n_rows, self->type, 0, 0);
    CPLPopErrorHandler();
    return rc == CE_None ? VG_OK
                         : vg_fail(err, VG_E_IO, "%s: %s", self->path, CPLGetLastErrorMsg());
}

enum vg_status vg_geotiff_close(struct vg_geotiff *self, bool is_good, struct vg_error *err)
{
    if (!is_good) {
        drop(self);
        return VG_OK;
    }
    enum vg_status st = VG_OK;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    GDALClose(self->ds); /* writes what is still in its cache: GDAL 3.6 tells errors only so */
    self->ds = NULL;
    if (CPLGetLastErrorType() >= CE_Failure) {
        st = vg_fail(err, VG_E_IO, "%s: %s", self->path, CPLGetLastErrorMsg());
    } else if (VSIRename(self->temporary, self->path) != 0) {
        st = vg_fail_errno(err, errno, "cannot write %s", self->path);
    }
    CPLPopErrorHandler();
    drop(self);
    return st;
}
