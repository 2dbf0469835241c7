/* Reading the maps of the watch file by tables: one row says a key's kind, range, default and where
 * it goes.
 *
 * In:  nodes of yaml.h. Out: values in the caller's struct. Every refusal names file:line:column,
 * the key, what was expected, and for a wrong name the nearest right one. Threads: pure.
 * Allocations: none.
 */
#ifndef VG_CONFIG_FIELDS_H
#define VG_CONFIG_FIELDS_H

#include "config/quantity.h"
#include "config/yaml.h"

#include <stdbool.h>
#include <stddef.h>

/* Who reads, for errors. `place` is the path of the watch file as the user knows it. */
struct vg_reader {
    const char *place;
    struct vg_error *err;
};

enum vg_field_kind {
    VG_F_DURATION = VG_Q_DURATION, /* double */
    VG_F_LENGTH = VG_Q_LENGTH,
    VG_F_SPEED = VG_Q_SPEED,
    VG_F_ANGLE = VG_Q_ANGLE,
    VG_F_SHARE = VG_Q_SHARE,
    VG_F_RATE = VG_Q_RATE,
    VG_F_INT, /* int */
    VG_F_TEXT, /* char[size_bytes] */
    VG_F_OTHER /* known key that its owner reads itself */
};

/* Ranges and default are written as a user would write them; an error shows them like that. */
struct vg_field {
    const char *key;
    enum vg_field_kind kind;
    size_t offset; /* of the member in the struct */
    size_t size_bytes; /* VG_F_TEXT */
    const char *lo; /* numbers: NULL = no bound */
    const char *hi;
    const char *fallback; /* NULL: the key must be there */
};

/* Read all fields of one map into `base`; unknown keys are refused. `map` must be a map. */
enum vg_status vg_fields_read(const struct vg_reader *reader, const struct vg_yaml *map,
                              const struct vg_field *fields, int n_fields, void *base) VG_MUST_USE;

/* Pieces for what tables cannot say. `what` names the value in the error: a key. */
enum vg_status vg_fields_expect(const struct vg_reader *reader, const struct vg_yaml *node,
                                enum vg_yaml_kind kind) VG_MUST_USE;
enum vg_status vg_fields_text(const struct vg_reader *reader, const struct vg_yaml *node, char *out,
                              size_t size_bytes) VG_MUST_USE;
enum vg_status vg_fields_quantity(const struct vg_reader *reader, const struct vg_yaml *node,
                                  const struct vg_field *field, double *out) VG_MUST_USE;
enum vg_status vg_fields_int(const struct vg_reader *reader, const struct vg_yaml *node, int lo,
                             int hi, int *out) VG_MUST_USE;
/* Two plain numbers: "[14.431, -11.440]", latitude and longitude in degrees. */
enum vg_status vg_fields_lat_lon(const struct vg_reader *reader, const struct vg_yaml *node,
                                 double *out_lat_deg, double *out_lon_deg) VG_MUST_USE;
/* A plain decimal number, the whole text; false if it is none. */
bool vg_fields_decimal(const char *text, double *out);
/* The index of the node's text among names (each `stride_bytes` further). `what` is the kind of
 * thing in the error: "type", "base". */
enum vg_status vg_fields_choice(const struct vg_reader *reader, const struct vg_yaml *node,
                                const char *what, const char *names, size_t stride_bytes,
                                int n_names, int *out) VG_MUST_USE;
/* The key as in the file, or "the value". */
const char *vg_fields_name(const struct vg_yaml *node);
/* Put place, line and column of the node into an error that has none. Returns status. */
enum vg_status vg_fields_at(const struct vg_reader *reader, const struct vg_yaml *node,
                            enum vg_status status);

#endif
