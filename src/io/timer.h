/* A repeating tick on the loop. A late tick is not made up for: the next comes one period after it.
 * Threads: loop thread only. */
#ifndef VG_IO_TIMER_H
#define VG_IO_TIMER_H

#include "base/status.h"

#include <stdint.h>
#include <uv.h>

struct vg_timer;

typedef void (*vg_timer_fn)(void *ctx);

/* Calls fn every period_ms (>= 1), first after one period. VG_E_NO_MEMORY. */
enum vg_status vg_timer_create(uv_loop_t *loop, uint64_t period_ms, vg_timer_fn fn, void *ctx,
                               struct vg_timer **out, struct vg_error *err) VG_MUST_USE;
/* No tick after this call (allowed from fn); memory goes with the loop's next turn. NULL is fine.
 */
void vg_timer_destroy(struct vg_timer *self);

#endif
