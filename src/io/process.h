/* A child process that ends with its parent: its standard input is a pipe from us that closes when
 * we go, however we go; a well-behaved child (vigie sim) stops at end of file. Standard output and
 * error are inherited. Threads: loop thread only. */
#ifndef VG_IO_PROCESS_H
#define VG_IO_PROCESS_H

#include "base/status.h"

#include <stdint.h>
#include <uv.h>

enum {
    VG_PROCESS_GRACE_MS = 2000
}; /* from SIGTERM to SIGKILL */

struct vg_process;

/* `signum` is 0 unless a signal ended it. */
typedef void (*vg_process_exit_fn)(void *ctx, int64_t exit_code, int signum);

/* argv[0] is the program (looked up in PATH), the last is NULL. VG_E_IO with the program and the
 * system's words. */
enum vg_status vg_process_spawn(uv_loop_t *loop, const char *const *argv,
                                vg_process_exit_fn on_exit, void *ctx, struct vg_process **out,
                                struct vg_error *err) VG_MUST_USE;
/* Ask it to end: standard input closed, SIGTERM, and SIGKILL after the grace time. on_exit follows.
 */
void vg_process_terminate(struct vg_process *self);
/* Terminate if need be; no callback after this call, memory goes when the child has ended and the
 * loop has turned. NULL is fine. */
void vg_process_destroy(struct vg_process *self);
int vg_process_pid(const struct vg_process *self);

#endif
