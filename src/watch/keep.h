/* A watch laid by: its state at one moment, small, to fold on from there later.
 *
 * Kept is all that later events build on; not the chart's history. The seen ground, which is nearly
 * all of a watch, is deflated (zlib, level 1): cells seen in one pass hold the same few numbers.
 *
 * Threads: a kept watch is never written; any one thread at a time may restore from it.
 * Memory: malloc; about a tenth of the watch. Cost: deflating, about 10 ns a cell; inflating, 3.
 */
#ifndef VG_WATCH_KEEP_H
#define VG_WATCH_KEEP_H

#include "watch/watch.h"

struct vg_watch_keep;

/* VG_E_INVALID: nothing is described yet. VG_E_NO_MEMORY. The watch is only read. */
enum vg_status vg_watch_keep(const struct vg_watch *watch, struct vg_watch_keep **out,
                             struct vg_error *err) VG_MUST_USE;
/* Into `out`, which is finished first. On an error `out` is an empty watch. VG_E_NO_MEMORY;
 * VG_E_INTERNAL: the kept bytes are damaged. */
enum vg_status vg_watch_restore(const struct vg_watch_keep *self, struct vg_watch *out,
                                struct vg_error *err) VG_MUST_USE;
size_t vg_watch_keep_bytes(const struct vg_watch_keep *self);
void vg_watch_keep_destroy(struct vg_watch_keep *self); /* NULL is fine */

#endif
