/* KML and GPX through GDAL's drivers, in memory.
 *
 *   lines:  KML paths (LineString), GPX routes and tracks
 *   zones:  KML polygons; their kind is an extended datum "kind" or the name of their folder
 *
 * Points are passed by; lines among zones and polygons among lines are said. The names "line",
 * "revisit" and "depth" of a KML's extended data mean what they mean in GeoJSON.
 */
#include "config/vector.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>

#include <math.h>
#include <string.h>

struct reader {
    enum vg_vector_part part;
    struct vg_buf *out;
    int *n_features;
    int n_others; /* polygons where lines are read, lines where zones are */
    bool is_broken; /* a coordinate is no number */
};

static bool is_line(OGRwkbGeometryType type)
{
    return type == wkbLineString;
}

/* A property of the feature, if it has it. Names of fields do not mind their case. */
static void put_property(OGRFeatureH feature, const char *key, struct vg_buf *out)
{
    int i = OGR_F_GetFieldIndex(feature, key);
    if (i < 0 || !OGR_F_IsFieldSetAndNotNull(feature, i)) {
        return;
    }
    const char *text = OGR_F_GetFieldAsString(feature, i);
    if (text[0] != '\0') {
        vg_buf_printf(out, "%s\"%s\":", out->n > 0 ? "," : "", key);
        vg_buf_json(out, text);
    }
}

static void put_kind(OGRFeatureH feature, const char *folder, struct vg_buf *out)
{
    static const char *const KINDS[] = {"alert", "privacy", "no-fly", "geofence"};
    size_t before = out->n;
    put_property(feature, "kind", out);
    for (int i = 0; i < 4 && out->n == before; i++) {
        if (strcmp(folder, KINDS[i]) == 0) {
            vg_buf_printf(out, "%s\"kind\":\"%s\"", out->n > 0 ? "," : "", KINDS[i]);
        }
    }
}

static void put_points(struct reader *self, OGRGeometryH line)
{
    int n = OGR_G_GetPointCount(line);
    for (int i = 0; i < n; i++) {
        double lat_deg = OGR_G_GetY(line, i);
        double lon_deg = OGR_G_GetX(line, i);
        self->is_broken = self->is_broken || !isfinite(lat_deg) || !isfinite(lon_deg);
        vg_vector_position(self->out, lat_deg, lon_deg, i == 0);
    }
}

/* A track of one point is a receiver that found itself and was switched off: no line. */
static void put_line(struct reader *self, OGRGeometryH line, const char *properties)
{
    if (OGR_G_GetPointCount(line) < 2) {
        return;
    }
    vg_vector_open(self->out, self->n_features, self->part, properties);
    put_points(self, line);
    vg_vector_close(self->out, self->part);
}

/* Holes are written too: the zones' reader refuses them. */
static void put_polygon(struct reader *self, OGRGeometryH polygon, const char *properties)
{
    vg_vector_open(self->out, self->n_features, self->part, properties);
    for (int i = 0; i < OGR_G_GetGeometryCount(polygon); i++) {
        vg_buf_puts(self->out, i > 0 ? "],[" : "");
        put_points(self, OGR_G_GetGeometryRef(polygon, i));
    }
    vg_vector_close(self->out, self->part);
}

/* Collections hold collections in KML; GDAL bounds how deep. */
static void put_geometry(struct reader *self, OGRGeometryH geometry, const char *properties)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    bool is_polygon = type == wkbPolygon;
    if (is_line(type) || is_polygon) {
        if (is_polygon != (self->part == VG_VECTOR_ZONES)) {
            self->n_others++;
        } else if (is_polygon) {
            put_polygon(self, geometry, properties);
        } else {
            put_line(self, geometry, properties);
        }
        return;
    }
    for (int i = 0; i < OGR_G_GetGeometryCount(geometry); i++) {
        put_geometry(self, OGR_G_GetGeometryRef(geometry, i), properties);
    }
}

static void put_feature(struct reader *self, OGRFeatureH feature, const char *folder)
{
    static const char *const KEYS[] = {"name", "line", "revisit", "depth"};
    struct vg_buf properties = {0};
    for (int i = 0; i < (self->part == VG_VECTOR_LINES ? 4 : 1); i++) {
        put_property(feature, KEYS[i], &properties);
    }
    if (self->part == VG_VECTOR_ZONES) {
        put_kind(feature, folder, &properties);
    }
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (geometry != NULL) {
        put_geometry(self, geometry, vg_buf_text(&properties));
    }
    self->out->is_failed = self->out->is_failed || properties.is_failed;
    vg_buf_finish(&properties);
}

/* GPX comes as layers of the same thing twice: points of routes and tracks are left alone. */
static void put_layers(struct reader *self, GDALDatasetH file)
{
    for (int i = 0; i < GDALDatasetGetLayerCount(file); i++) {
        OGRLayerH layer = GDALDatasetGetLayer(file, i);
        const char *name = OGR_L_GetName(layer);
        if (strcmp(name, "route_points") == 0 || strcmp(name, "track_points") == 0) {
            continue;
        }
        OGR_L_ResetReading(layer);
        for (OGRFeatureH f = OGR_L_GetNextFeature(layer); f != NULL;
             f = OGR_L_GetNextFeature(layer)) {
            put_feature(self, f, name);
            OGR_F_Destroy(f);
        }
    }
}

/* GDAL's words without the name that the bytes had in its memory. */
static enum vg_status fail_reading(const char *path, const char *place, struct vg_error *err)
{
    const char *why = CPLGetLastErrorMsg();
    const char *named = strstr(why, path);
    if (named != NULL) {
        why = named + strlen(path);
        why += strspn(why, " :");
    }
    if (why[0] == '\0') {
        return vg_fail_at(err, place, 0, 0, "neither KML nor GPX");
    }
    return vg_fail_at(err, place, 0, 0, "not KML or GPX that can be read: %s", why);
}

/* The bytes as a file of GDAL's memory; its name is this call's own. */
static enum vg_status read_memory(struct reader *self, const struct vg_buf *text, const char *place,
                                  struct vg_error *err)
{
    static const char *const DRIVERS[] = {"LIBKML", "KML", "GPX", NULL};
    char path[64];
    vg_format(path, sizeof path, "/vsimem/vigie-%p", (const void *)self);
    char *bytes = CPLMalloc(text->n + 1);
    memcpy(bytes, vg_buf_text(text), text->n);
    VSILFILE *file = VSIFileFromMemBuffer(path, (GByte *)bytes, text->n, TRUE);
    if (file == NULL) {
        CPLFree(bytes);
        return vg_no_memory(err);
    }
    VSIFCloseL(file);
    CPLErrorReset();
    GDALDatasetH map = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, DRIVERS, NULL, NULL);
    if (map != NULL) {
        put_layers(self, map);
        GDALClose(map);
    }
    VSIUnlink(path);
    if (self->is_broken) {
        return vg_fail_at(err, place, 0, 0, "a coordinate is not a number");
    }
    bool is_read = map != NULL && CPLGetLastErrorType() < CE_Failure;
    return is_read ? VG_OK : fail_reading(path, place, err);
}

enum vg_status vg_xmlmap_to_geojson(const struct vg_buf *text, const char *place,
                                    enum vg_vector_part part, struct vg_buf *out,
                                    int *out_n_features, char notes[VG_VECTOR_NOTES_SIZE],
                                    struct vg_error *err)
{
    struct reader self = {.part = part, .out = out, .n_features = out_n_features};
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    enum vg_status st = read_memory(&self, text, place, err);
    CPLPopErrorHandler();
    if (st == VG_OK && self.n_others > 0) {
        char message[160];
        enum vg_lang lang = err != NULL ? err->lang : VG_LANG_EN;
        vg_format(message, sizeof message,
                  part == VG_VECTOR_LINES ? vg_tr(lang, "polygons are no line; left out: %d")
                                          : vg_tr(lang, "lines are no zone; left out: %d"),
                  self.n_others);
        vg_vector_note(notes, place, message);
    }
    return st;
}
