/* A YAML document as a small tree that knows where each part stood.
 *
 * In:  the text of one YAML 1.2 document (libfyaml's event parser).
 * Out: maps, lists and texts with line and column from 1. All scalars are texts: what a text means
 * is its reader's business, so "no" and "1e3" stay what was written. Refused, each with its place:
 * more than one document, anchors, aliases, tags, keys that are not plain texts, the same key
 * twice, control characters, deeper than 16, larger than 4 MB.
 *
 * Threads: pure. Memory: everything lies in the caller's arena. Cost: linear, but for keys: O(keys
 * of a map squared).
 */
#ifndef VG_CONFIG_YAML_H
#define VG_CONFIG_YAML_H

#include "base/arena.h"
#include "base/status.h"

enum {
    VG_YAML_MAX_BYTES = 4 << 20,
    VG_YAML_MAX_DEPTH = 16,
    VG_YAML_MAX_KEYS = 1000
};

enum vg_yaml_kind {
    VG_YAML_TEXT = 0,
    VG_YAML_LIST,
    VG_YAML_MAP
};

struct vg_yaml {
    enum vg_yaml_kind kind;
    int line;
    int column;
    size_t at_bytes; /* where the value begins in the text; of a quoted text, behind the quote */
    const char *text; /* VG_YAML_TEXT: NUL-ended UTF-8; "" for a missing value */
    const char *key; /* in a map: the key and its place */
    int key_line;
    int key_column;
    int n; /* children of a list or map */
    struct vg_yaml *first;
    struct vg_yaml *last;
    struct vg_yaml *next;
};

/* `place` names the source in errors. An empty document gives VG_E_FORMAT. */
enum vg_status vg_yaml_parse(const char *text, size_t n, const char *place, struct vg_arena *arena,
                             struct vg_yaml **out, struct vg_error *err) VG_MUST_USE;
/* The value of a key, or NULL. `map` may be NULL or no map. */
const struct vg_yaml *vg_yaml_find(const struct vg_yaml *map, const char *key);

#endif
