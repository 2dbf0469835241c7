/* The cells of a look, straight from the text of a `pose` event: nine tenths of a record are these
 * numbers, and a JSON tree of them costs four times what they mean.
 *
 * In:  a body that ends in `,"saw":[c0,c1,r0,r1,cm,...]}` with whole numbers under ten million and
 * nothing else between the brackets, as the station writes it. Any other body is left to the JSON
 * reader, which means the same.
 *
 * Threads: pure. Allocations: none. Fuzz target: tests/fuzz/watch/saw.
 */
#ifndef VG_WATCH_SAW_H
#define VG_WATCH_SAW_H

#include <stdbool.h>
#include <stddef.h>

enum {
    VG_SAW_RUN = 5 /* columns [c0, c1), rows [r0, r1), centimetres a pixel */
};

/* The list within a body: borrowed from it. */
struct vg_saw {
    const char *at;
    const char *end; /* the closing bracket */
};

/* False: not such a body. *out_rest_n: the bytes before `,"saw"`, which with a "}" are the rest of
 * the event. */
bool vg_saw_split(const char *body, size_t n, size_t *out_rest_n, struct vg_saw *out);
/* The next run; numbers that do not make a whole run are passed by. False at the end. */
bool vg_saw_next(struct vg_saw *self, int out[VG_SAW_RUN]);

#endif
