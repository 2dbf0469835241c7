/* Query strings and paths. Threads: pure. Allocations: none. Fuzz targets: tests/fuzz/serve. */
#ifndef VG_SERVE_QUERY_H
#define VG_SERVE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_ROUTE_ARGS_MAX = 8,
    VG_ROUTE_ARG_SIZE = 96
};

/* The pieces of the path that stood in the pattern's {...}, in order. */
struct vg_route_args {
    int n;
    char text[VG_ROUTE_ARGS_MAX][VG_ROUTE_ARG_SIZE];
};

/* Does `path` (already decoded) match "/tiles/dem/{z}/{x}/{y}.png"? A {name} takes one or more
 * bytes up to the pattern's next character, never "/". False, and *out untouched, otherwise. */
bool vg_route_match(const char *pattern, const char *path, struct vg_route_args *out);
/* Argument i as a decimal integer in [lo, hi]; the whole text must be digits with an optional "-".
 */
bool vg_route_int64(const struct vg_route_args *args, int i, int64_t lo, int64_t hi, int64_t *out);

/* The first value of `key` in "a=1&b=x%20y", percent-decoded ("+" is a space). False, *out
 * untouched, if absent, malformed, with an encoded NUL, or longer than size_bytes - 1. */
bool vg_query_text(const char *query, const char *key, char *out, size_t size_bytes);
bool vg_query_int64(const char *query, const char *key, int64_t *out);
/* A decimal number such as "-11.44" or "7": digits with an optional sign and point, finite. */
bool vg_query_double(const char *query, const char *key, double *out);

#endif
