#include "io/signals.h"

#include <signal.h>
#include <stdlib.h>

enum {
    N_SIGNALS = 2
};

struct vg_signals {
    uv_signal_t handle[N_SIGNALS];
    vg_signals_fn fn;
    void *ctx;
    int n_open;
};

static void on_signal(uv_signal_t *handle, int signum)
{
    struct vg_signals *self = handle->data;
    self->fn(self->ctx, signum);
}

static void on_closed(uv_handle_t *handle)
{
    struct vg_signals *self = handle->data;
    if (--self->n_open == 0) {
        free(self);
    }
}

enum vg_status vg_signals_create(uv_loop_t *loop, vg_signals_fn fn, void *ctx,
                                 struct vg_signals **out, struct vg_error *err)
{
    static const int wanted[N_SIGNALS] = {SIGINT, SIGTERM};
    struct vg_signals *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->fn = fn;
    self->ctx = ctx;
    int rc = 0;
    for (int i = 0; i < N_SIGNALS && rc == 0; i++) {
        rc = uv_signal_init(loop, &self->handle[i]);
        if (rc == 0) {
            self->handle[i].data = self;
            self->n_open++;
            uv_unref(
                (uv_handle_t *)&self->handle[i]); /* waiting for a signal keeps nothing alive */
            rc = uv_signal_start(&self->handle[i], on_signal, wanted[i]);
        }
    }
    if (rc != 0) {
        if (self->n_open == 0) {
            free(self);
        } else {
            vg_signals_destroy(self);
        }
        return vg_fail_errno(err, -rc, "cannot watch for signals");
    }
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an error code, not an end */
    *out = self;
    return VG_OK;
}

void vg_signals_destroy(struct vg_signals *self)
{
    for (int i = 0; self != NULL && i < N_SIGNALS; i++) {
        uv_handle_t *handle = (uv_handle_t *)&self->handle[i];
        if (handle->data != NULL) {
            uv_close(handle, on_closed);
        }
    }
}
