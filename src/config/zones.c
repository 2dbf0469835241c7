/* Zones: GeoJSON (RFC 7946) polygons with "name" and "kind". */
#include "base/json.h"
#include "base/text.h"
#include "config/watchfile_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ZONES = 10000,
    MAX_RING = 100000
};

struct zones {
    struct vg_wf_zone *items;
    int n;
    int cap;
    const char *place;
    struct vg_error *err;
    int feature; /* from 1, for errors */
};

void vg_wf_free_zones(struct vg_wf_zone *zones, int n)
{
    for (int i = 0; i < n; i++) {
        free(zones[i].lat_deg);
        free(zones[i].lon_deg);
    }
    free(zones);
}

/* JSON values carry no lines: say which feature. */
static enum vg_status fail_feature(const struct zones *self, enum vg_status status)
{
    if (status != VG_OK && self->err != NULL && self->err->place[0] == '\0') {
        vg_format(self->err->place, sizeof self->err->place, "%s", self->place);
        vg_error_prefix(self->err, "feature %d", self->feature);
    }
    return status;
}

static enum vg_status read_kind(const struct zones *self, const json_t *properties,
                                enum vg_zone_kind *out)
{
    static const char *const KINDS[] = {"alert", "privacy", "no-fly", "geofence"};
    const char *text = "";
    enum vg_status status = vg_json_text(properties, "kind", &text, self->err);
    if (status != VG_OK) {
        return status;
    }
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, KINDS[i]) == 0) {
            *out = (enum vg_zone_kind)i;
            return VG_OK;
        }
    }
    return vg_fail(self->err, VG_E_FORMAT,
                   "\"kind\" must be alert, privacy, no-fly or geofence, got \"%s\"", text);
}

static enum vg_status read_position(const struct zones *self, const json_t *position,
                                    double *out_lat_deg, double *out_lon_deg)
{
    const json_t *lon = json_array_get(position, 0);
    const json_t *lat = json_array_get(position, 1);
    double lon_deg = json_number_value(lon);
    double lat_deg = json_number_value(lat);
    if (!json_is_number(lon) || !json_is_number(lat) || !(fabs(lon_deg) <= 180) ||
        !(fabs(lat_deg) <= 90)) {
        return vg_fail(self->err, VG_E_FORMAT,
                       "a position must be [longitude, latitude] in degrees");
    }
    *out_lat_deg = lat_deg;
    *out_lon_deg = lon_deg;
    return VG_OK;
}

static enum vg_status read_ring(const struct zones *self, const json_t *ring,
                                struct vg_wf_zone *zone)
{
    size_t n = json_array_size(ring);
    if (n < 4 || n > MAX_RING) {
        return vg_fail(self->err, VG_E_FORMAT, "a ring needs 4 to %d positions", MAX_RING);
    }
    zone->lat_deg = calloc(n, sizeof *zone->lat_deg);
    zone->lon_deg = calloc(n, sizeof *zone->lon_deg);
    if (zone->lat_deg == NULL || zone->lon_deg == NULL) {
        return vg_fail(self->err, VG_E_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        enum vg_status status =
            read_position(self, json_array_get(ring, i), &zone->lat_deg[i], &zone->lon_deg[i]);
        if (status != VG_OK) {
            return status;
        }
    }
    zone->n = (int)n;
    if (zone->lat_deg[0] != zone->lat_deg[n - 1] || zone->lon_deg[0] != zone->lon_deg[n - 1]) {
        return vg_fail(self->err, VG_E_FORMAT, "the last position of a ring must equal its first");
    }
    return VG_OK;
}

static struct vg_wf_zone *add_zone(struct zones *self)
{
    if (self->n == MAX_ZONES) {
        vg_fail(self->err, VG_E_FORMAT, "more than %d zones", MAX_ZONES);
        return NULL;
    }
    if (self->n == self->cap) {
        int cap = self->cap > 0 ? self->cap * 2 : 16;
        struct vg_wf_zone *grown = realloc(self->items, (size_t)cap * sizeof *grown);
        if (grown == NULL) {
            vg_fail(self->err, VG_E_NO_MEMORY, "out of memory");
            return NULL;
        }
        self->items = grown;
        self->cap = cap;
    }
    struct vg_wf_zone *zone = &self->items[self->n++];
    *zone = (struct vg_wf_zone){0};
    return zone;
}

/* One polygon: its outer ring. Holes are refused, as leaving one out would make a zone larger than
 * drawn. */
static enum vg_status read_polygon(struct zones *self, const json_t *properties,
                                   const json_t *rings)
{
    enum vg_zone_kind kind = VG_ZONE_ALERT;
    enum vg_status status = read_kind(self, properties, &kind);
    if (status == VG_OK && json_array_size(rings) != 1) {
        status = vg_fail(self->err, VG_E_FORMAT, "a zone must be a polygon without holes");
    }
    if (status != VG_OK) {
        return status;
    }
    struct vg_wf_zone *zone = add_zone(self);
    if (zone == NULL) {
        return VG_E_FORMAT;
    }
    const char *name = json_string_value(json_object_get(properties, "name"));
    if (name != NULL) {
        vg_format(zone->name, sizeof zone->name, "%s", name);
    } else {
        vg_format(zone->name, sizeof zone->name, "Z%d", self->n);
    }
    zone->kind = kind;
    return read_ring(self, json_array_get(rings, 0), zone);
}

static enum vg_status read_feature(struct zones *self, const json_t *feature)
{
    const json_t *properties = json_object_get(feature, "properties");
    const json_t *geometry = json_object_get(feature, "geometry");
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    if (type != NULL && strcmp(type, "Polygon") == 0) {
        return read_polygon(self, properties, coordinates);
    }
    if (type == NULL || strcmp(type, "MultiPolygon") != 0) {
        return vg_fail(self->err, VG_E_FORMAT, "a zone must be a Polygon or a MultiPolygon");
    }
    enum vg_status status = VG_OK;
    for (size_t i = 0; i < json_array_size(coordinates) && status == VG_OK; i++) {
        status = read_polygon(self, properties, json_array_get(coordinates, i));
    }
    return status;
}

static enum vg_status read_document(struct zones *self, const json_t *document)
{
    const char *type = json_string_value(json_object_get(document, "type"));
    if (type != NULL && strcmp(type, "Feature") == 0) {
        self->feature = 1;
        return fail_feature(self, read_feature(self, document));
    }
    if (type == NULL || strcmp(type, "FeatureCollection") != 0) {
        return vg_fail_at(self->err, self->place, 0, 0,
                          "expected a GeoJSON Feature or FeatureCollection");
    }
    const json_t *features = json_object_get(document, "features");
    for (size_t i = 0; i < json_array_size(features); i++) {
        self->feature = (int)i + 1;
        enum vg_status status = fail_feature(self, read_feature(self, json_array_get(features, i)));
        if (status != VG_OK) {
            return status;
        }
    }
    return VG_OK;
}

enum vg_status vg_wf_parse_zones(const char *text, size_t n, const char *place,
                                 struct vg_wf_zone **out, int *out_n, struct vg_error *err)
{
    json_t *document = NULL;
    enum vg_status status = vg_json_parse(text, n, place, &document, err);
    if (status != VG_OK) {
        return status;
    }
    struct zones self = {.place = place, .err = err};
    status = read_document(&self, document);
    json_decref(document);
    if (status != VG_OK) {
        vg_wf_free_zones(self.items, self.n);
        return status;
    }
    *out = self.items;
    *out_n = self.n;
    return VG_OK;
}
