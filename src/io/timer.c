#include "io/timer.h"

#include <stdlib.h>

struct vg_timer {
    uv_timer_t handle;
    vg_timer_fn fn;
    void *ctx;
};

static void on_tick(uv_timer_t *handle)
{
    struct vg_timer *self = handle->data;
    self->fn(self->ctx);
}

enum vg_status vg_timer_create(uv_loop_t *loop, uint64_t period_ms, vg_timer_fn fn, void *ctx,
                               struct vg_timer **out, struct vg_error *err)
{
    struct vg_timer *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    *self = (struct vg_timer){.fn = fn, .ctx = ctx};
    (void)uv_timer_init(loop, &self->handle); /* cannot fail */
    self->handle.data = self;
    if (period_ms == 0) {
        period_ms = 1; /* libuv takes 0 for "once" */
    }
    (void)uv_timer_start(&self->handle, on_tick, period_ms, period_ms);
    *out = self;
    return VG_OK;
}

static void free_timer(uv_handle_t *handle)
{
    free(handle->data);
}

void vg_timer_destroy(struct vg_timer *self)
{
    if (self != NULL) {
        uv_close((uv_handle_t *)&self->handle, free_timer);
    }
}
