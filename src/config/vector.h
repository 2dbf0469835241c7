/* Lines and zones drawn in other programs, brought to the GeoJSON that the one reader of each
 * takes: QGroundControl's .plan, KML and GPX (through GDAL). What a file holds beside its geometry
 * (flight commands above all) is never taken over; what was left out is said.
 *
 * Threads: pure but for GDAL's table of drivers. Sources: QGroundControl developer guide, "Plan
 * File Format"; GDAL's LIBKML, KML and GPX drivers.
 */
#ifndef VG_CONFIG_VECTOR_H
#define VG_CONFIG_VECTOR_H

#include "base/json.h"
#include "base/status.h"
#include "base/text.h"

enum vg_vector_part {
    VG_VECTOR_LINES = 0,
    VG_VECTOR_ZONES
};

/* What was left out of the files, a line each, in words for the user. */
enum {
    VG_VECTOR_NOTES_SIZE = 2048
};

/* Replace `text` by GeoJSON if it is a .plan, KML or GPX; leave anything else as it is. `place`
 * names the file in errors. Notes are added to `notes` (ends with NUL) in the language of `err`.
 * VG_E_FORMAT: a file of these kinds that cannot be read, or that holds no line (no zone). */
enum vg_status vg_vector_to_geojson(struct vg_buf *text, const char *place,
                                    enum vg_vector_part part, char notes[VG_VECTOR_NOTES_SIZE],
                                    struct vg_error *err) VG_MUST_USE;

/* For vector.c and tests: the two converters. `out` gets a FeatureCollection; *out_n_features says
 * of how many. */
enum vg_status vg_qgcplan_to_geojson(const json_t *plan, const char *place,
                                     enum vg_vector_part part, struct vg_buf *out,
                                     int *out_n_features, char notes[VG_VECTOR_NOTES_SIZE],
                                     struct vg_error *err) VG_MUST_USE;
enum vg_status vg_xmlmap_to_geojson(const struct vg_buf *text, const char *place,
                                    enum vg_vector_part part, struct vg_buf *out,
                                    int *out_n_features, char notes[VG_VECTOR_NOTES_SIZE],
                                    struct vg_error *err) VG_MUST_USE;

/* Pieces of GeoJSON. A feature is opened with its properties, given positions, and closed. */
void vg_vector_open(struct vg_buf *out, int *n_features, enum vg_vector_part part,
                    const char *properties);
void vg_vector_position(struct vg_buf *out, double lat_deg, double lon_deg, bool is_first);
void vg_vector_close(struct vg_buf *out, enum vg_vector_part part);
/* "file: text" as a line of the notes; cut when full. */
void vg_vector_note(char notes[VG_VECTOR_NOTES_SIZE], const char *place, const char *text);

#endif
