#include "io/udp.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECEIVE_BUFFER_BYTES = 1 << 20
}; /* what we ask the system to hold for us during a busy turn */

struct vg_udp {
    uv_udp_t handle;
    vg_udp_fn fn;
    void *ctx;
    struct vg_udp_counters counters;
    char *buf; /* VG_UDP_BATCH slots */
};

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)suggested;
    struct vg_udp *self = handle->data;
    *out = uv_buf_init(self->buf, VG_UDP_BATCH * VG_UDP_DATAGRAM_MAX);
}

static struct vg_addr addr_of(const struct sockaddr *sa)
{
    struct vg_addr addr = {0};
    if (sa->sa_family == AF_INET) {
        memcpy(&addr.sa.v4, sa, sizeof addr.sa.v4);
    } else if (sa->sa_family == AF_INET6) {
        memcpy(&addr.sa.v6, sa, sizeof addr.sa.v6);
    }
    return addr;
}

static void on_datagram(uv_udp_t *handle, ssize_t n, const uv_buf_t *buf, const struct sockaddr *sa,
                        unsigned flags)
{
    struct vg_udp *self = handle->data;
    if (n < 0) {
        self->counters.rx_errors++;
        return;
    }
    if (sa == NULL) {
        return; /* libuv's "nothing more to read" and its buffer-free call */
    }
    if (flags & UV_UDP_PARTIAL) {
        self->counters.rx_truncated++;
        return;
    }
    self->counters.rx_datagrams++;
    self->counters.rx_bytes += (uint64_t)n;
    struct vg_addr peer = addr_of(sa);
    self->fn(self->ctx, (const uint8_t *)buf->base, (size_t)n, &peer);
}

static void free_udp(uv_handle_t *handle)
{
    struct vg_udp *self = handle->data;
    free(self->buf);
    free(self);
}

static int bind_and_read(struct vg_udp *self, const struct vg_addr *local)
{
    int rc = uv_udp_bind(&self->handle, &local->sa.any, 0);
    if (rc != 0) {
        return rc;
    }
    int bytes = RECEIVE_BUFFER_BYTES;
    (void)uv_recv_buffer_size((uv_handle_t *)&self->handle,
                              &bytes); /* a wish: the system may give less */
    return uv_udp_recv_start(&self->handle, give_buffer, on_datagram);
}

enum vg_status vg_udp_open(uv_loop_t *loop, const struct vg_addr *local, vg_udp_fn fn, void *ctx,
                           struct vg_udp **out, struct vg_error *err)
{
    struct vg_udp *self = calloc(1, sizeof *self);
    char *buf = malloc((size_t)VG_UDP_BATCH * VG_UDP_DATAGRAM_MAX);
    if (self == NULL || buf == NULL) {
        free(self);
        free(buf);
        return vg_no_memory(err);
    }
    self->buf = buf;
    self->fn = fn;
    self->ctx = ctx;
    int rc = uv_udp_init_ex(loop, &self->handle, AF_UNSPEC | UV_UDP_RECVMMSG);
    if (rc != 0) {
        free(buf);
        free(self);
        return vg_fail_errno(err, -rc, "cannot open a UDP socket");
    }
    self->handle.data = self;
    rc = bind_and_read(self, local);
    if (rc != 0) {
        char text[VG_ADDR_TEXT_SIZE];
        uv_close((uv_handle_t *)&self->handle, free_udp);
        return vg_fail_errno(err, -rc, "cannot listen on UDP %s",
                             vg_addr_format(local, text, sizeof text));
    }
    *out = self;
    return VG_OK;
}

void vg_udp_close(struct vg_udp *self)
{
    if (self != NULL) {
        uv_udp_recv_stop(&self->handle); /* also ends a batch under way */
        uv_close((uv_handle_t *)&self->handle, free_udp);
    }
}

bool vg_udp_send(struct vg_udp *self, const struct vg_addr *peer, const void *data, size_t n)
{
    /* libuv's buffer type has no const; it only reads. */
    uv_buf_t buf = {.base = (char *)(uintptr_t)data, .len = n};
    int rc = uv_udp_try_send(&self->handle, &buf, 1, &peer->sa.any);
    if (rc < 0) {
        self->counters.tx_dropped++;
        return false;
    }
    self->counters.tx_datagrams++;
    self->counters.tx_bytes += n;
    return true;
}

int vg_udp_port(const struct vg_udp *self)
{
    struct vg_addr addr = {0};
    int n = (int)sizeof addr;
    return uv_udp_getsockname(&self->handle, &addr.sa.any, &n) == 0 ? vg_addr_port(&addr) : 0;
}

const struct vg_udp_counters *vg_udp_counters(const struct vg_udp *self)
{
    return &self->counters;
}
