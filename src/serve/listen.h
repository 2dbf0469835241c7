/* The listening socket on the loop. libwebsockets could listen itself, but does not say why it
 * could not, and takes every connection; this one does both. Threads: loop thread only. */
#ifndef VG_SERVE_LISTEN_H
#define VG_SERVE_LISTEN_H

#include "base/status.h"
#include "io/addr.h"

#include <uv.h>

struct vg_listen;

/* Takes over the connected, non-blocking socket. */
typedef void (*vg_listen_fn)(void *ctx, int fd);

enum vg_status vg_listen_open(uv_loop_t *loop, const struct vg_addr *addr, vg_listen_fn fn,
                              void *ctx, struct vg_listen **out, struct vg_error *err) VG_MUST_USE;
/* Memory goes with the loop's next turn. NULL is fine. */
void vg_listen_close(struct vg_listen *self);
/* The address really bound. */
const struct vg_addr *vg_listen_addr(const struct vg_listen *self);

#endif
