#include "io/process.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct vg_process {
    uv_process_t process;
    uv_pipe_t input;
    uv_timer_t grace;
    vg_process_exit_fn on_exit;
    void *ctx;
    int n_open; /* libuv handles not yet closed */
    bool is_running;
    bool is_terminating;
    bool is_destroyed;
};

static void on_closed(uv_handle_t *handle)
{
    struct vg_process *self = handle->data;
    if (--self->n_open == 0) {
        free(self);
    }
}

static void close_once(void *handle)
{
    uv_handle_t *h = handle;
    if (!uv_is_closing(h)) {
        uv_close(h, on_closed);
    }
}

static void close_all(struct vg_process *self)
{
    close_once(&self->input);
    close_once(&self->grace);
    close_once(&self->process);
}

static void on_child_exit(uv_process_t *process, int64_t exit_code, int signum)
{
    struct vg_process *self = process->data;
    self->is_running = false;
    (void)uv_timer_stop(&self->grace);
    if (self->is_destroyed) {
        close_all(self);
    } else if (self->on_exit != NULL) {
        self->on_exit(self->ctx, exit_code, signum);
    }
}

static struct vg_process *create_handles(uv_loop_t *loop)
{
    struct vg_process *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
    (void)uv_pipe_init(loop, &self->input, 0); /* these two cannot fail */
    (void)uv_timer_init(loop, &self->grace);
    self->input.data = self->grace.data = self->process.data = self;
    self->n_open = 3;
    return self;
}

enum vg_status vg_process_spawn(uv_loop_t *loop, const char *const *argv,
                                vg_process_exit_fn on_exit, void *ctx, struct vg_process **out,
                                struct vg_error *err)
{
    struct vg_process *self = create_handles(loop);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->on_exit = on_exit;
    self->ctx = ctx;
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&self->input},
        {.flags = UV_INHERIT_FD, .data.fd = 1},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    uv_process_options_t options = {
        .exit_cb = on_child_exit,
        .file = argv[0],
        .args = (char **)(uintptr_t)argv, /* libuv's type has no const; it only reads */
        .stdio = stdio,
        .stdio_count = 3,
    };
    int rc = uv_spawn(loop, &self->process, &options);
    if (rc != 0) {
        close_all(self); /* libuv asks for this after a failed spawn, too */
        return vg_fail_errno(err, -rc, "cannot start %s", argv[0]);
    }
    self->is_running = true;
    *out = self;
    return VG_OK;
}

static void on_grace_over(uv_timer_t *timer)
{
    struct vg_process *self = timer->data;
    if (self->is_running) {
        (void)uv_process_kill(&self->process, SIGKILL);
    }
}

void vg_process_terminate(struct vg_process *self)
{
    if (!self->is_running || self->is_terminating) {
        return;
    }
    self->is_terminating = true;
    close_once(&self->input);
    (void)uv_process_kill(&self->process, SIGTERM);
    (void)uv_timer_start(&self->grace, on_grace_over, VG_PROCESS_GRACE_MS, 0);
}

void vg_process_destroy(struct vg_process *self)
{
    if (self == NULL || self->is_destroyed) {
        return;
    }
    self->is_destroyed = true;
    if (self->is_running) {
        vg_process_terminate(self); /* the exit closes the rest */
    } else {
        close_all(self);
    }
}

int vg_process_pid(const struct vg_process *self)
{
    return self->process.pid;
}
