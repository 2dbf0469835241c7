#include "io/port_priv.h"

#include "io/udp.h"

#include <stdlib.h>

void vg_port_tell_bytes(struct vg_port *self, const struct vg_port_peer *from, const uint8_t *data,
                        size_t n)
{
    self->counts.rx_bytes += n;
    if (!self->is_closed) {
        self->calls.bytes(self->calls.ctx, from, data, n);
    }
}

void vg_port_tell_state(struct vg_port *self, const struct vg_port_peer *peer, bool is_open,
                        const char *why)
{
    self->counts.n_opened += is_open;
    if (!self->is_closed) {
        self->calls.state(self->calls.ctx, peer, is_open, why);
    }
}

/* ---- UDP ---- */

static void on_datagram(void *ctx, const uint8_t *data, size_t n, const struct vg_addr *peer)
{
    const struct vg_port_peer from = {0, *peer};
    vg_port_tell_bytes(ctx, &from, data, n);
}

static bool send_udp(struct vg_port *self, const struct vg_port_peer *to, const void *frame,
                     size_t n)
{
    return to->addr.sa.any.sa_family != AF_UNSPEC && vg_udp_send(self->kind, &to->addr, frame, n);
}

static bool is_udp_open(const struct vg_port *self)
{
    (void)self;
    return true;
}

static int udp_number(const struct vg_port *self)
{
    return vg_udp_port(self->kind);
}

static void close_udp(struct vg_port *self)
{
    vg_udp_close(self->kind);
    free(self);
}

enum vg_status vg_port_open_udp(struct vg_port *self, struct vg_error *err)
{
    struct vg_addr local = self->uri.addr;
    enum vg_status st = VG_OK;
    if (self->uri.kind == VG_LINK_URI_UDP_OUT) { /* from a port of our own */
        st = vg_addr_make(local.sa.any.sa_family == AF_INET6 ? "::" : "*", 0, &local, err);
    }
    struct vg_udp *udp = NULL;
    if (st == VG_OK) {
        st = vg_udp_open(self->loop, &local, on_datagram, self, &udp, err);
    }
    self->kind = udp;
    self->send = send_udp;
    self->is_open = is_udp_open;
    self->number = udp_number;
    self->close = close_udp;
    return st;
}

/* ---- any ---- */

enum vg_status vg_port_open(uv_loop_t *loop, const struct vg_link_uri *uri,
                            const struct vg_port_calls *calls, struct vg_port **out,
                            struct vg_error *err)
{
    struct vg_port *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->loop = loop;
    self->uri = *uri;
    self->calls = *calls;
    enum vg_status st = VG_OK;
    switch (uri->kind) {
    case VG_LINK_URI_UDP_IN:
    case VG_LINK_URI_UDP_OUT:
        st = vg_port_open_udp(self, err);
        break;
    case VG_LINK_URI_TCP:
    case VG_LINK_URI_TCP_LISTEN:
        st = vg_port_open_tcp(self, err);
        break;
    case VG_LINK_URI_SERIAL:
        st = vg_port_open_serial(self, err);
        break;
    case VG_LINK_URI_KIND_COUNT:
        st = vg_fail(err, VG_E_INTERNAL, "no such kind of link");
    }
    if (st != VG_OK) {
        free(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_port_close(struct vg_port *self)
{
    if (self != NULL) {
        self->is_closed = true;
        self->close(self);
    }
}

bool vg_port_send(struct vg_port *self, const struct vg_port_peer *to, const void *frame, size_t n)
{
    bool is_sent = self->send(self, to, frame, n);
    self->counts.tx_bytes += is_sent ? n : 0;
    self->counts.tx_refused += !is_sent;
    return is_sent;
}

bool vg_port_is_open(const struct vg_port *self)
{
    return self->is_open(self);
}

void vg_port_reset(struct vg_port *self, int slot)
{
    if (self->reset != NULL) {
        self->reset(self, slot);
    }
}

const struct vg_port_counts *vg_port_counts(const struct vg_port *self)
{
    return &self->counts;
}

int vg_port_number(const struct vg_port *self)
{
    return self->number != NULL ? self->number(self) : 0;
}
