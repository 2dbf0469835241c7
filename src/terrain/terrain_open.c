/* Elevation files through GDAL: every format and CRS it knows, brought to geographic WGS 84. */
#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/layer.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <ogr_srs_api.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* 2 GiB of float. */
#define SAMPLES_MAX (INT64_C(1) << 29)

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t k = strlen(end);
    return n >= k && strcasecmp(text + n - k, end) == 0;
}

static GDALDatasetH try_open(const char *path)
{
    return GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
}

/* The first raster inside a zip archive. */
static GDALDatasetH open_zip(const char *path)
{
    char folder[4096];
    vg_format(folder, sizeof folder, "/vsizip/%s", path);
    char **names = VSIReadDirRecursive(folder);
    GDALDatasetH ds = NULL;
    for (int i = 0; names != NULL && names[i] != NULL && ds == NULL; i++) {
        char inner[4600];
        vg_format(inner, sizeof inner, "%s/%s", folder, names[i]);
        ds = ends_with(inner, "/") ? NULL : try_open(inner);
    }
    CSLDestroy(names);
    return ds;
}

static enum vg_status open_dataset(const char *path, GDALDatasetH *out, struct vg_error *err)
{
    VSIStatBufL st;
    if (VSIStatL(path, &st) != 0) {
        return vg_fail(err, VG_E_IO, "%s: cannot open the elevation file", path);
    }
    CPLErrorReset();
    *out = ends_with(path, ".zip") ? open_zip(path) : try_open(path);
    if (*out == NULL) {
        const char *why = CPLGetLastErrorMsg();
        return vg_fail(err, VG_E_FORMAT, "%s: not an elevation file that GDAL reads: %s", path,
                       why[0] != '\0' ? why : "?");
    }
    return VG_OK;
}

/* Geographic on WGS 84, north up, not turned: its samples can be used as they are. */
static bool is_plain(GDALDatasetH ds, const double g[6])
{
    OGRSpatialReferenceH srs = GDALGetSpatialRef(ds);
    if (!OSRIsGeographic(srs) || fabs(g[2]) > 1e-12 || fabs(g[4]) > 1e-12 || !(g[1] > 0.0) ||
        !(g[5] < 0.0)) {
        return false;
    }
    /* Ellipsoid and prime meridian decide: "WGS 84", "WGS_1984", with or without an authority. */
    return fabs(OSRGetSemiMajor(srs, NULL) - VG_WGS84_A_M) < 0.01 &&
           fabs(OSRGetInvFlattening(srs, NULL) - 1.0 / VG_WGS84_F) < 1e-5 &&
           fabs(OSRGetPrimeMeridian(srs, NULL)) < 1e-9 &&
           fabs(OSRGetAngularUnits(srs, NULL) - VG_RAD_PER_DEG) < 1e-9;
}

/* The same ground on geographic WGS 84, in memory. NULL: GDAL's error says why. */
static GDALDatasetH warp(GDALDatasetH ds)
{
    const char *args[] = {"-of", "MEM",     "-t_srs",     "EPSG:4326", "-r", "bilinear",
                          "-ot", "Float32", "-dstnodata", "nan",       NULL};
    char **list = NULL;
    for (int i = 0; args[i] != NULL; i++) {
        list = CSLAddString(list, args[i]);
    }
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(list, NULL);
    CSLDestroy(list);
    int is_wrong = 0;
    GDALDatasetH made = options != NULL ? GDALWarp("", NULL, 1, &ds, options, &is_wrong) : NULL;
    GDALWarpAppOptionsFree(options);
    return made;
}

/* Heights are scale * stored + offset, in the band's unit. */
static void to_metres(GDALRasterBandH band, float *h, size_t n)
{
    int has_void = 0;
    double nothing = GDALGetRasterNoDataValue(band, &has_void);
    double scale = GDALGetRasterScale(band, NULL);
    double offset = GDALGetRasterOffset(band, NULL);
    const char *unit = GDALGetRasterUnitType(band);
    double metres = 1.0;
    if (unit != NULL && (strncasecmp(unit, "ft", 2) == 0 || strcasestr(unit, "foot") != NULL ||
                         strcasestr(unit, "feet") != NULL)) {
        metres = VG_M_PER_FOOT;
    }
    float gone = (float)nothing;
    for (size_t i = 0; i < n; i++) {
        bool is_void = !isfinite(h[i]) || (has_void && h[i] >= gone && h[i] <= gone);
        h[i] = is_void ? (float)NAN : (float)(((double)h[i] * scale + offset) * metres);
    }
}

static void read_datum(GDALDatasetH ds, char *buf, size_t size_bytes)
{
    OGRSpatialReferenceH srs = GDALGetSpatialRef(ds);
    const char *name = srs != NULL ? OSRGetAttrValue(srs, "VERT_CS", 0) : NULL;
    vg_format(buf, size_bytes, "%s", name != NULL ? name : "");
}

static enum vg_status read_band(GDALDatasetH ds, const char *path, int64_t *budget,
                                struct vg_layer *layer, struct vg_error *err)
{
    double g[6];
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    int n_rows = GDALGetRasterYSize(ds);
    int n_cols = GDALGetRasterXSize(ds);
    if (band == NULL || n_rows < 2 || n_cols < 2 || GDALGetGeoTransform(ds, g) != CE_None) {
        return vg_fail(err, VG_E_FORMAT, "%s: an elevation file needs two rows and columns or more",
                       path);
    }
    int64_t n = (int64_t)n_rows * n_cols;
    if (n > *budget) {
        return vg_fail(err, VG_E_FULL, "%s: the elevation files are larger than 2 GiB together",
                       path);
    }
    *budget -= n;
    layer->n_rows = n_rows;
    layer->n_cols = n_cols;
    layer->per_deg_lat = -1.0 / g[5];
    layer->per_deg_lon = 1.0 / g[1];
    layer->north_deg = g[3] + 0.5 * g[5];
    layer->west_deg = vg_wrap_180_deg(g[0] + 0.5 * g[1]);
    layer->h_msl_m = malloc((size_t)n * sizeof(float));
    if (layer->h_msl_m == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    if (GDALRasterIO(band, GF_Read, 0, 0, n_cols, n_rows, layer->h_msl_m, n_cols, n_rows,
                     GDT_Float32, 0, 0) != CE_None) {
        return vg_fail(err, VG_E_FORMAT, "%s: the elevation file cannot be read: %s", path,
                       CPLGetLastErrorMsg());
    }
    to_metres(band, layer->h_msl_m, (size_t)n);
    return vg_layer_prepare(layer) ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}

static enum vg_status load(const char *path, int64_t *budget, struct vg_layer *layer,
                           struct vg_error *err)
{
    GDALDatasetH ds;
    enum vg_status st = open_dataset(path, &ds, err);
    if (st != VG_OK) {
        return st;
    }
    double g[6];
    GDALDatasetH used = ds;
    read_datum(ds, layer->datum, sizeof layer->datum);
    if (GDALGetSpatialRef(ds) == NULL || GDALGetGeoTransform(ds, g) != CE_None) {
        st = vg_fail(err, VG_E_FORMAT, "%s: the elevation file does not say where on Earth it lies",
                     path);
    } else if (!is_plain(ds, g)) {
        used = warp(ds);
        if (used == NULL) {
            st = vg_fail(err, VG_E_FORMAT, "%s: the elevation file cannot be read: %s", path,
                         CPLGetLastErrorMsg());
        }
    }
    if (st == VG_OK) {
        st = read_band(used, path, budget, layer, err);
    }
    if (used != NULL && used != ds) {
        GDALClose(used);
    }
    GDALClose(ds);
    return st;
}

static enum vg_status load_all(const char *const *paths, int n_paths, struct vg_terrain *self,
                               struct vg_error *err)
{
    int64_t budget = SAMPLES_MAX;
    for (int i = 0; i < n_paths; i++) {
        struct vg_layer layer = {0};
        vg_format(layer.path, sizeof layer.path, "%s", paths[i]);
        enum vg_status st = load(paths[i], &budget, &layer, err);
        if (st == VG_OK && !vg_terrain_add_layer(self, &layer)) {
            st = vg_fail(err, VG_E_NO_MEMORY, "out of memory");
        }
        if (st != VG_OK) {
            vg_layer_finish(&layer);
            return st;
        }
    }
    return VG_OK;
}

enum vg_status vg_terrain_open(const char *const *paths, int n_paths, struct vg_terrain **out,
                               struct vg_error *err)
{
    struct vg_terrain *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    /* GDAL's drivers register once for the process; errors come back in our own words. */
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    enum vg_status st = load_all(paths, n_paths, self, err);
    CPLPopErrorHandler();
    if (st != VG_OK) {
        vg_terrain_destroy(self);
        return st;
    }
    *out = self;
    return VG_OK;
}
