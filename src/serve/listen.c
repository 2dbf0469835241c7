#include "serve/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 128,
    ACCEPTS_A_TURN = 32, /* then the rest of the loop has its turn */
};

struct vg_listen {
    uv_poll_t poll;
    int fd;
    int spare_fd; /* given up for a moment when descriptors run out, to take and close the waiting
                     connection */
    struct vg_addr addr;
    vg_listen_fn fn;
    void *ctx;
};

static socklen_t addr_size(const struct vg_addr *addr)
{
    return addr->sa.any.sa_family == AF_INET6 ? sizeof addr->sa.v6 : sizeof addr->sa.v4;
}

static int open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Out of descriptors the poll would fire for ever: take the connection with the spare one and hang
 * up. */
static void shed_one(struct vg_listen *self)
{
    if (self->spare_fd >= 0) {
        close(self->spare_fd);
    }
    int fd = accept4(self->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
        close(fd);
    }
    self->spare_fd = open_spare();
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct vg_listen *self = poll->data;
    for (int i = 0; i < ACCEPTS_A_TURN && !uv_is_closing((uv_handle_t *)poll); i++) {
        int fd = accept4(self->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            self->fn(self->ctx, fd);
        } else if (errno == EMFILE || errno == ENFILE) {
            shed_one(self);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

static enum vg_status bind_socket(struct vg_listen *self, const struct vg_addr *addr,
                                  struct vg_error *err)
{
    char text[VG_ADDR_TEXT_SIZE];
    vg_addr_format(addr, text, sizeof text);
    self->fd = socket(addr->sa.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int one = 1;
    if (self->fd < 0 || setsockopt(self->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(self->fd, &addr->sa.any, addr_size(addr)) != 0 || listen(self->fd, BACKLOG) != 0) {
        return vg_fail_errno(err, errno, "cannot listen on %s", text);
    }
    socklen_t n = sizeof self->addr;
    if (getsockname(self->fd, &self->addr.sa.any, &n) != 0) {
        return vg_fail_errno(err, errno, "cannot listen on %s", text);
    }
    return VG_OK;
}

static void free_listen(struct vg_listen *self)
{
    if (self->fd >= 0) {
        close(self->fd);
    }
    if (self->spare_fd >= 0) {
        close(self->spare_fd);
    }
    free(self);
}

static void on_closed(uv_handle_t *handle)
{
    free_listen(handle->data);
}

enum vg_status vg_listen_open(uv_loop_t *loop, const struct vg_addr *addr, vg_listen_fn fn,
                              void *ctx, struct vg_listen **out, struct vg_error *err)
{
    struct vg_listen *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->fn = fn;
    self->ctx = ctx;
    self->spare_fd = open_spare();
    enum vg_status st = bind_socket(self, addr, err);
    if (st == VG_OK) {
        int rc = uv_poll_init(loop, &self->poll, self->fd);
        st = rc == 0 ? VG_OK : vg_fail_errno(err, -rc, "cannot watch the listening socket");
    }
    if (st != VG_OK) {
        free_listen(self);
        return st;
    }
    self->poll.data = self;
    (void)uv_poll_start(&self->poll, UV_READABLE, on_ready);
    *out = self;
    return VG_OK;
}

void vg_listen_close(struct vg_listen *self)
{
    if (self != NULL) {
        uv_close((uv_handle_t *)&self->poll, on_closed);
    }
}

const struct vg_addr *vg_listen_addr(const struct vg_listen *self)
{
    return &self->addr;
}
