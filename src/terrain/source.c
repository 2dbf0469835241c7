#include "terrain/source.h"

#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/vshift.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum {
    SIDE_MAX = 1 << 20, /* rows or columns: a degree a side at a tenth of a metre */
    EDGE_POINTS = 21
};
/* No ground is as far from mean sea level; a missing value that the file does not declare is. */
#define HEIGHT_MAX_M 20000.0

/* --- opening --- */

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

/* --- the grid --- */

void vg_source_measure(struct vg_source *self)
{
    double mid = self->north_deg - 0.5 * self->n_rows * self->step_lat_deg;
    struct vg_frame f = vg_frame_at(mid, 0.0);
    self->cell_m = fmax(f.m_per_deg_lat * self->step_lat_deg, f.m_per_deg_lon * self->step_lon_deg);
    self->is_round = fabs(self->n_cols * self->step_lon_deg - 360.0) < 1e-6;
}

bool vg_source_holds(const struct vg_source *self, double lat_deg, double lon_deg)
{
    double y = (self->north_deg - lat_deg) / self->step_lat_deg;
    double mid = self->west_deg + 0.5 * (self->n_cols - 1) * self->step_lon_deg;
    double x = vg_wrap_180_deg(lon_deg - mid) / self->step_lon_deg;
    return y >= -0.5 && y <= self->n_rows - 0.5 && fabs(x) <= 0.5 * self->n_cols;
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

static enum vg_status unreadable(const char *path, struct vg_error *err)
{
    return vg_fail(err, VG_E_FORMAT, "%s: the elevation file cannot be read: %s", path,
                   CPLGetLastErrorMsg());
}

/* From a file's pixels to geographic WGS 84, longitude first; NULL: GDAL's error says why. */
static OGRCoordinateTransformationH to_wgs84(GDALDatasetH ds)
{
    OGRSpatialReferenceH from = OSRClone(GDALGetSpatialRef(ds));
    OGRSpatialReferenceH to = OSRNewSpatialReference(NULL);
    OSRDemoteTo2D(from, NULL);
    OSRSetAxisMappingStrategy(from, OAMS_TRADITIONAL_GIS_ORDER);
    OSRImportFromEPSG(to, 4326);
    OSRSetAxisMappingStrategy(to, OAMS_TRADITIONAL_GIS_ORDER);
    OGRCoordinateTransformationH t = OCTNewCoordinateTransformation(from, to);
    OSRDestroySpatialReference(from);
    OSRDestroySpatialReference(to);
    return t;
}

static bool pixel_lonlat(OGRCoordinateTransformationH t, const double g[6], double col, double row,
                         double *lon, double *lat)
{
    double z = 0.0;
    *lon = g[0] + col * g[1] + row * g[2];
    *lat = g[3] + col * g[4] + row * g[5];
    return OCTTransform(t, 1, lon, lat, &z) && isfinite(*lon) && isfinite(*lat);
}

/* Steps that are as wide on the ground as the file's pixels at its middle. */
static bool find_steps(OGRCoordinateTransformationH t, GDALDatasetH ds, const double g[6],
                       struct vg_source *out, double *out_mid_lon)
{
    double col = 0.5 * GDALGetRasterXSize(ds);
    double row = 0.5 * GDALGetRasterYSize(ds);
    double lon[3];
    double lat[3];
    for (int i = 0; i < 3; i++) {
        if (!pixel_lonlat(t, g, col + (i == 1), row + (i == 2), &lon[i], &lat[i])) {
            return false;
        }
    }
    struct vg_frame f = vg_frame_at(lat[0], lon[0]);
    double side_m = HUGE_VAL;
    for (int i = 1; i < 3; i++) {
        double e;
        double n;
        vg_frame_to_en(&f, lat[i], lon[i], &e, &n);
        side_m = fmin(side_m, hypot(e, n));
    }
    bool is_geographic = OSRIsGeographic(GDALGetSpatialRef(ds)) != 0;
    out->step_lat_deg = is_geographic ? hypot(g[2], g[5]) : side_m / f.m_per_deg_lat;
    out->step_lon_deg = is_geographic ? hypot(g[1], g[4]) : side_m / f.m_per_deg_lon;
    *out_mid_lon = lon[0];
    return out->step_lat_deg > 0.0 && out->step_lon_deg > 0.0;
}

/* The box around the file, its longitudes taken as near to the middle's as they come. */
static enum vg_status find_box(GDALDatasetH ds, const double g[6], struct vg_source *out,
                               struct vg_error *err)
{
    double mid_lon;
    double box[4] = {90.0, HUGE_VAL, -90.0, -HUGE_VAL}; /* south, west, north, east */
    OGRCoordinateTransformationH t = to_wgs84(ds);
    bool is_ok = t != NULL && find_steps(t, ds, g, out, &mid_lon);
    for (int i = 0; is_ok && i < EDGE_POINTS * EDGE_POINTS; i++) {
        double lon;
        double lat;
        double col = (double)(i % EDGE_POINTS) / (EDGE_POINTS - 1) * GDALGetRasterXSize(ds);
        double row = (double)(i / EDGE_POINTS) / (EDGE_POINTS - 1) * GDALGetRasterYSize(ds);
        is_ok = pixel_lonlat(t, g, col, row, &lon, &lat);
        lon = mid_lon + vg_wrap_180_deg(lon - mid_lon);
        box[0] = fmin(box[0], lat);
        box[1] = fmin(box[1], lon);
        box[2] = fmax(box[2], lat);
        box[3] = fmax(box[3], lon);
    }
    if (t != NULL) {
        OCTDestroyCoordinateTransformation(t);
    }
    double n_rows = is_ok ? ceil((box[2] - box[0]) / out->step_lat_deg) : 0.0;
    double n_cols = is_ok ? ceil((box[3] - box[1]) / out->step_lon_deg) : 0.0;
    if (!(n_rows >= 2.0 && n_cols >= 2.0 && n_rows <= SIDE_MAX && n_cols <= SIDE_MAX)) {
        return vg_fail(err, VG_E_FORMAT,
                       "%s: the elevation file does not say where on Earth it lies", out->path);
    }
    out->n_rows = (int)n_rows;
    out->n_cols = (int)n_cols;
    out->north_deg = box[2] - 0.5 * out->step_lat_deg;
    out->west_deg = box[1] + 0.5 * out->step_lon_deg; /* not wrapped: the warper's own */
    return VG_OK;
}

static enum vg_status find_grid(GDALDatasetH ds, struct vg_source *out, struct vg_error *err)
{
    double g[6];
    out->n_rows = GDALGetRasterYSize(ds);
    out->n_cols = GDALGetRasterXSize(ds);
    if (GDALGetRasterBand(ds, 1) == NULL || out->n_rows < 2 || out->n_cols < 2 ||
        out->n_rows > SIDE_MAX || out->n_cols > SIDE_MAX) {
        return vg_fail(err, VG_E_FORMAT,
                       "%s: an elevation file needs two rows and columns or more, and at most %d",
                       out->path, SIDE_MAX);
    }
    if (GDALGetSpatialRef(ds) == NULL || GDALGetGeoTransform(ds, g) != CE_None) {
        return vg_fail(err, VG_E_FORMAT,
                       "%s: the elevation file does not say where on Earth it lies", out->path);
    }
    out->is_warped = !is_plain(ds, g);
    if (out->is_warped) {
        return find_box(ds, g, out, err);
    }
    out->step_lat_deg = -g[5];
    out->step_lon_deg = g[1];
    out->north_deg = g[3] + 0.5 * g[5];
    out->west_deg = g[0] + 0.5 * g[1];
    double south = out->north_deg - (out->n_rows - 1) * out->step_lat_deg;
    if (!(out->north_deg <= 90.0 + out->step_lat_deg && south >= -90.0 - out->step_lat_deg &&
          fabs(out->west_deg) <= 540.0 &&
          out->n_cols * out->step_lon_deg <= 360.0 + out->step_lon_deg)) {
        return vg_fail(err, VG_E_FORMAT,
                       "%s: the elevation file does not say where on Earth it lies", out->path);
    }
    return VG_OK;
}

/* The same ground on the source's grid, read piece by piece. NULL: GDAL's error says why. The scale
 * is 1 by find_steps; left to itself the warper takes it from the boxes of turned pieces, finds
 * less and smooths the ground. */
static GDALDatasetH warp(GDALDatasetH ds, const struct vg_source *s)
{
    char number[6][32];
    double west = s->west_deg - 0.5 * s->step_lon_deg;
    double north = s->north_deg + 0.5 * s->step_lat_deg;
    const double value[4] = {west, north - s->n_rows * s->step_lat_deg,
                             west + s->n_cols * s->step_lon_deg, north};
    for (int i = 0; i < 4; i++) {
        vg_format(number[i], sizeof number[i], "%.15g", value[i]);
    }
    vg_format(number[4], sizeof number[4], "%d", s->n_cols);
    vg_format(number[5], sizeof number[5], "%d", s->n_rows);
    const char *args[] = {"-of",      "VRT",     "-t_srs",     "EPSG:4326", "-r",        "bilinear",
                          "-ot",      "Float32", "-dstnodata", "nan",       "-novshift", "-ovr",
                          "NONE",     "-et",     "0.01",       "-wo",       "XSCALE=1",  "-wo",
                          "YSCALE=1", "-te",     number[0],    number[1],   number[2],   number[3],
                          "-ts",      number[4], number[5],    NULL};
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

/* --- units and datum --- */

static double unit_of(GDALDatasetH ds)
{
    const char *unit = GDALGetRasterUnitType(GDALGetRasterBand(ds, 1));
    if (unit == NULL || unit[0] == '\0') {
        OGRSpatialReferenceH srs = GDALGetSpatialRef(ds);
        bool has_vertical = OSRGetAttrValue(srs, "VERT_CS", 0) != NULL;
        return has_vertical ? OSRGetTargetLinearUnits(srs, "VERT_CS", NULL) : 1.0;
    }
    if (strcasestr(unit, "US survey") != NULL || strcasecmp(unit, "ftUS") == 0) {
        return VG_M_PER_US_SURVEY_FOOT;
    }
    bool is_foot = strncasecmp(unit, "ft", 2) == 0 || strcasestr(unit, "foot") != NULL ||
                   strcasestr(unit, "feet") != NULL;
    return is_foot ? VG_M_PER_FOOT : 1.0;
}

/* Heights are unit_m x stored + zero_m. */
static void find_values(GDALDatasetH ds, struct vg_source *out)
{
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    double metres = unit_of(ds);
    GDALDataType type = GDALGetRasterDataType(band);
    out->unit_m = GDALGetRasterScale(band, NULL) * metres;
    out->zero_m = GDALGetRasterOffset(band, NULL) * metres;
    bool is_shifted = out->vdatum == VG_VDATUM_ELLIPSOID || out->vdatum == VG_VDATUM_EGM2008;
    out->is_float = (type != GDT_Int16 && type != GDT_Byte) || out->is_warped || is_shifted ||
                    !(out->unit_m > 0.0);
}

static enum vg_vdatum datum_named(const char *name)
{
    if (strcasestr(name, "EGM96") != NULL || strcasestr(name, "EGM 96") != NULL ||
        strcasestr(name, "EGM1996") != NULL) {
        return VG_VDATUM_EGM96;
    }
    if (strcasestr(name, "EGM2008") != NULL || strcasestr(name, "EGM08") != NULL) {
        return VG_VDATUM_EGM2008;
    }
    return strcasestr(name, "ellips") != NULL ? VG_VDATUM_ELLIPSOID : VG_VDATUM_FILE;
}

static void find_datum(GDALDatasetH ds, enum vg_vdatum stated, struct vg_source *out)
{
    OGRSpatialReferenceH srs = GDALGetSpatialRef(ds);
    const char *name = OSRGetAttrValue(srs, "VERT_CS", 0);
    enum vg_vdatum read = VG_VDATUM_FILE;
    if (name != NULL) {
        read = datum_named(name);
        vg_format(out->datum, sizeof out->datum, "%s", name);
    } else if (OSRGetAxesCount(srs) == 3) {
        read = VG_VDATUM_ELLIPSOID;
        vg_format(out->datum, sizeof out->datum, "%s", OSRGetName(srs));
    }
    bool is_read = stated == VG_VDATUM_FILE && read != VG_VDATUM_FILE;
    out->vdatum = stated != VG_VDATUM_FILE ? stated : is_read ? read : VG_VDATUM_EGM96;
    out->datum_from = stated != VG_VDATUM_FILE ? VG_DATUM_STATED
                      : is_read                ? VG_DATUM_READ
                                               : VG_DATUM_ASSUMED;
}

/* --- what it is --- */

static void add_file(struct vg_buf *text, const char *path)
{
    struct stat st;
    VSIStatBufL vsi;
    char *real = realpath(path, NULL);
    if (real != NULL && stat(real, &st) == 0) {
        vg_buf_printf(text, "%s %lld %lld.%09ld\n", real, (long long)st.st_size,
                      (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    } else if (VSIStatL(path, &vsi) == 0) {
        vg_buf_printf(text, "%s %lld %lld\n", path, (long long)vsi.st_size,
                      (long long)vsi.st_mtime);
    }
    free(real);
}

/* The SHA-256 of path, size and time of change of every file of the dataset (a VRT has many). */
static enum vg_status find_key(GDALDatasetH ds, struct vg_source *out, struct vg_error *err)
{
    struct vg_buf text = {0};
    char **files = GDALGetFileList(ds);
    vg_buf_printf(&text, "datum %d\n", (int)out->vdatum);
    add_file(&text, out->path);
    for (int i = 0; files != NULL && files[i] != NULL; i++) {
        add_file(&text, files[i]);
    }
    CSLDestroy(files);
    bool is_failed = text.is_failed;
    if (!is_failed) {
        vg_sha256(text.data, text.n, out->key);
    }
    vg_buf_finish(&text);
    return is_failed ? vg_no_memory(err) : VG_OK;
}

enum vg_status vg_source_inspect(const char *path, enum vg_vdatum stated, struct vg_source *out,
                                 struct vg_error *err)
{
    struct vg_source self = {.n_void = 0};
    GDALDatasetH ds;
    if (vg_format(self.path, sizeof self.path, "%s", path) != strlen(path)) {
        return vg_fail(err, VG_E_IO, "%s: cannot open the elevation file", path);
    }
    enum vg_status st = open_dataset(path, &ds, err);
    if (st != VG_OK) {
        return st;
    }
    st = find_grid(ds, &self, err);
    if (st == VG_OK) {
        find_datum(ds, stated, &self);
        find_values(ds, &self);
        vg_source_measure(&self);
        st = find_key(ds, &self, err);
    }
    GDALClose(ds);
    if (st == VG_OK) {
        *out = self;
    }
    return st;
}

/* --- heights --- */

enum vg_status vg_source_open(const struct vg_source *source, struct vg_source_reader *out,
                              struct vg_error *err)
{
    struct vg_source_reader self = {.source = source};
    GDALDatasetH ds;
    enum vg_status st = open_dataset(source->path, &ds, err);
    if (st != VG_OK) {
        return st;
    }
    self.dataset = ds;
    self.used = source->is_warped ? warp(ds, source) : ds;
    if (self.used == NULL) {
        st = unreadable(source->path, err);
    } else if (GDALGetRasterXSize(self.used) != source->n_cols ||
               GDALGetRasterYSize(self.used) != source->n_rows) {
        st = vg_fail(err, VG_E_IO, "%s: the file changed while it was read", source->path);
    }
    if (st == VG_OK) {
        int has_void = 0;
        self.nothing = GDALGetRasterNoDataValue(GDALGetRasterBand(self.used, 1), &has_void);
        self.has_void = has_void != 0 && !isnan(self.nothing);
        struct vg_vshift *shift = NULL;
        st = vg_vshift_create(source->vdatum, &shift, err);
        self.shift = shift;
        if (st != VG_OK) {
            vg_error_prefix(err, "%s", source->path);
        }
    }
    if (st != VG_OK) {
        vg_source_close(&self);
        return st;
    }
    *out = self;
    return VG_OK;
}

static enum vg_status read_rows(struct vg_source_reader *self, int row, int n, GDALDataType type,
                                void *out, struct vg_error *err)
{
    int n_cols = self->source->n_cols;
    CPLErrorReset();
    if (GDALRasterIO(GDALGetRasterBand(self->used, 1), GF_Read, 0, row, n_cols, n, out, n_cols, n,
                     type, 0, 0) != CE_None) {
        return unreadable(self->source->path, err);
    }
    return VG_OK;
}

enum vg_status vg_source_read_counts(struct vg_source_reader *self, int row, int n, int16_t *out,
                                     struct vg_error *err)
{
    enum vg_status st = read_rows(self, row, n, GDT_Int16, out, err);
    const struct vg_source *s = self->source;
    size_t size = st == VG_OK ? (size_t)n * (size_t)s->n_cols : 0;
    for (size_t i = 0; i < size; i++) {
        double v = out[i];
        bool is_void = self->has_void && v >= self->nothing && v <= self->nothing;
        bool is_ground = !is_void && fabs(v * s->unit_m + s->zero_m) <= HEIGHT_MAX_M;
        out[i] = is_ground ? out[i] : INT16_MIN;
    }
    return st;
}

static enum vg_status shift_rows(struct vg_source_reader *self, int row, int n, float *h,
                                 struct vg_error *err)
{
    const struct vg_source *s = self->source;
    double *scratch = malloc(2 * (size_t)s->n_cols * sizeof *scratch);
    bool is_ok = scratch != NULL;
    for (int r = 0; r < n && is_ok; r++) {
        is_ok =
            vg_vshift_row(self->shift, s->north_deg - (row + r) * s->step_lat_deg, s->west_deg,
                          s->step_lon_deg, s->n_cols, h + (size_t)r * (size_t)s->n_cols, scratch);
    }
    bool has_memory = scratch != NULL;
    free(scratch);
    if (!has_memory) {
        return vg_no_memory(err);
    }
    return is_ok ? VG_OK
                 : vg_fail(err, VG_E_FORMAT, "%s: PROJ cannot bring the heights to mean sea level",
                           s->path);
}

enum vg_status vg_source_read_metres(struct vg_source_reader *self, int row, int n, float *out,
                                     struct vg_error *err)
{
    enum vg_status st = read_rows(self, row, n, GDT_Float32, out, err);
    if (st != VG_OK) {
        return st;
    }
    const struct vg_source *s = self->source;
    size_t size = (size_t)n * (size_t)s->n_cols;
    float gone = (float)self->nothing;
    for (size_t i = 0; i < size; i++) {
        bool is_void = self->has_void && out[i] >= gone && out[i] <= gone;
        double h = (double)out[i] * s->unit_m + s->zero_m;
        out[i] = !is_void && fabs(h) <= HEIGHT_MAX_M ? (float)h : (float)NAN;
    }
    return self->shift != NULL ? shift_rows(self, row, n, out, err) : VG_OK;
}

void vg_source_close(struct vg_source_reader *self)
{
    vg_vshift_destroy(self->shift);
    if (self->used != NULL && self->used != self->dataset) {
        GDALClose(self->used);
    }
    if (self->dataset != NULL) {
        GDALClose(self->dataset);
    }
    *self = (struct vg_source_reader){0};
}
