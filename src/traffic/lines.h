/* Lines of text out of a stream: what SBS and NMEA feeds are made of.
 *
 * A line ends with LF, CR or a NUL and has at most VG_LINE_MAX bytes; a longer one is dropped whole
 * and counted. Threads: one a stream. Allocations: none. */
#ifndef VG_TRAFFIC_LINES_H
#define VG_TRAFFIC_LINES_H

#include "base/bytes.h"

enum {
    VG_LINE_MAX = 511
};

/* Zero-initialise. */
struct vg_lines {
    char text[VG_LINE_MAX + 1];
    size_t n;
    bool is_too_long;
    uint64_t n_too_long;
};

/* text: NUL-terminated, not empty, may be written to; until return. */
typedef void (*vg_line_fn)(void *ctx, char *text, size_t n);

void vg_lines_feed(struct vg_lines *self, struct vg_bytes bytes, vg_line_fn fn, void *ctx);
/* The end of a datagram or file is the end of a line too. */
void vg_lines_flush(struct vg_lines *self, vg_line_fn fn, void *ctx);

#endif
