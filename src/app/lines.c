#include "app/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    PIECE = 1 << 16,
    LINE_MAX_BYTES = 64 << 20
};

enum vg_status vg_lines_open(struct vg_lines *self, const char *path, struct vg_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    *self = (struct vg_lines){.fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    vg_format(self->place, sizeof self->place, "%s",
              is_stdin ? vg_tr(err->lang, "standard input") : path);
    return self->fd >= 0 ? VG_OK : vg_fail_errno(err, errno, "cannot read %s", path);
}

void vg_lines_close(struct vg_lines *self)
{
    if (self->fd > STDIN_FILENO) {
        close(self->fd);
    }
    vg_buf_finish(&self->buf);
    self->fd = -1;
}

/* More bytes behind those that are left. */
static enum vg_status fill(struct vg_lines *self, struct vg_error *err)
{
    char piece[PIECE];
    if (self->next > 0) {
        self->buf.n -= self->next;
        memmove(self->buf.data, self->buf.data + self->next, self->buf.n);
        self->seen -= self->next;
        self->next = 0;
    }
    struct pollfd wanted = {.fd = self->fd, .events = POLLIN};
    ssize_t n =
        ppoll(&wanted, 1, NULL, self->while_waiting) < 0 ? -1 : read(self->fd, piece, sizeof piece);
    if (n < 0 && errno != EINTR) {
        return vg_fail_errno(err, errno, "cannot read %s", self->place);
    }
    self->is_end = n <= 0;
    if (n < 0) { /* half a line is none */
        self->buf.n = self->seen = self->next;
    }
    vg_buf_add(&self->buf, piece, n > 0 ? (size_t)n : 0);
    return self->buf.is_failed ? vg_no_memory(err) : VG_OK;
}

enum vg_status vg_lines_next(struct vg_lines *self, const char **out, size_t *out_n,
                             struct vg_error *err)
{
    *out = NULL;
    for (;;) {
        const char *from = self->buf.data != NULL ? self->buf.data + self->seen : NULL;
        const char *end = from != NULL ? memchr(from, '\n', self->buf.n - self->seen) : NULL;
        if (end != NULL || (self->is_end && self->next < self->buf.n)) {
            size_t stop = end != NULL ? (size_t)(end - self->buf.data) : self->buf.n;
            *out = self->buf.data + self->next;
            *out_n = stop - self->next;
            self->next = self->seen = end != NULL ? stop + 1 : stop;
            self->number++;
            return VG_OK;
        }
        self->seen = self->buf.n;
        if (self->is_end) {
            return VG_OK;
        }
        if (self->buf.n - self->next > LINE_MAX_BYTES) {
            return vg_fail_at(err, self->place, self->number + 1, 0,
                              "a line of over %d MB: each scan wants a line of its own",
                              LINE_MAX_BYTES >> 20);
        }
        enum vg_status st = fill(self, err);
        if (st != VG_OK) {
            return st;
        }
    }
}
