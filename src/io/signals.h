/* SIGINT and SIGTERM on the loop; SIGPIPE is ignored from then on. Threads: loop thread only. */
#ifndef VG_IO_SIGNALS_H
#define VG_IO_SIGNALS_H

#include "base/status.h"

#include <uv.h>

struct vg_signals;

typedef void (*vg_signals_fn)(void *ctx, int signum);

enum vg_status vg_signals_create(uv_loop_t *loop, vg_signals_fn fn, void *ctx,
                                 struct vg_signals **out, struct vg_error *err) VG_MUST_USE;
/* The default action of both signals is back; memory goes with the loop's next turn. NULL is fine.
 */
void vg_signals_destroy(struct vg_signals *self);

#endif
