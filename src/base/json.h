/* Reading JSON (jansson) with errors a person can act on. Threads: pure.
 * Writing: vg_buf with vg_buf_json for texts; jansson's dumper where speed does not matter. */
#ifndef VG_BASE_JSON_H
#define VG_BASE_JSON_H

#include "base/status.h"
#include "base/text.h"

#include <jansson.h>

/* Parse a whole document; owned by the caller (json_decref). VG_E_FORMAT with line and column.
 * Duplicate keys are refused. `place` names the source in errors. */
enum vg_status vg_json_parse(const char *text, size_t n, const char *place, json_t **out,
                             struct vg_error *err) VG_MUST_USE;

/* Fetch a member of an object with its type checked; VG_E_FORMAT "\"key\" ..." otherwise. */
enum vg_status vg_json_number(const json_t *object, const char *key, double lo, double hi,
                              double *out, struct vg_error *err) VG_MUST_USE;
/* Borrowed from the document. */
enum vg_status vg_json_text(const json_t *object, const char *key, const char **out,
                            struct vg_error *err) VG_MUST_USE;
enum vg_status vg_json_list(const json_t *object, const char *key, json_t **out,
                            struct vg_error *err) VG_MUST_USE;

#endif
