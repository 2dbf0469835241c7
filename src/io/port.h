/* Where a link's bytes come and go, whatever it is: UDP, TCP called or calling, a serial device.
 *
 * A port opens itself and keeps itself open: a connection that fails is called again after 0.5 s, 1
 * s, 2 s ... 10 s; a serial device that is unplugged is opened when it is back. Each coming and
 * going is told. Nothing ever blocks: what a peer does not take is queued up to 16 KB, then whole
 * frames are refused and counted.
 *
 *     vg_port_open(loop, &uri, &calls, &port, err);   then bytes and state are called from the loop
 *
 * Slots number what a port talks to: datagrams and called connections 0, connections that called
 * us 0..VG_PORT_SLOTS-1. Threads: loop thread only. Allocations: at open and for each connection.
 */
#ifndef VG_IO_PORT_H
#define VG_IO_PORT_H

#include "base/status.h"
#include "io/link_uri.h"

#include <uv.h>

enum {
    VG_PORT_SLOTS = 16
};

struct vg_port;

struct vg_port_peer {
    int slot;
    struct vg_addr addr; /* of datagrams and connections; none of a device */
};

struct vg_port_calls {
    /* `data` is borrowed until return. The port must not be closed from here; resetting is allowed.
     */
    void (*bytes)(void *ctx, const struct vg_port_peer *from, const uint8_t *data, size_t n);
    /* A connection or device came or went; why: the system's words, "" when it came. Not for UDP,
     * which is open from vg_port_open's return. */
    void (*state)(void *ctx, const struct vg_port_peer *peer, bool is_open, const char *why);
    void *ctx;
};

struct vg_port_counts {
    uint64_t rx_bytes;
    uint64_t tx_bytes;
    uint64_t tx_refused; /* frames: peer too slow, or nobody there */
    uint64_t n_opened; /* times */
};

/* VG_E_IO: cannot listen there. A peer or device that is not there yet is no error.
 * VG_E_UNSUPPORTED: a baud rate that serial devices here do not know. */
enum vg_status vg_port_open(uv_loop_t *loop, const struct vg_link_uri *uri,
                            const struct vg_port_calls *calls, struct vg_port **out,
                            struct vg_error *err) VG_MUST_USE;
/* No call after this; memory goes with the loop's next turns. NULL is fine. */
void vg_port_close(struct vg_port *self);
/* One frame, whole or not at all. False: refused. */
bool vg_port_send(struct vg_port *self, const struct vg_port_peer *to, const void *frame, size_t n);
/* Is there anybody or anything to send to? (UDP: always.) */
bool vg_port_is_open(const struct vg_port *self);
/* Drop a TCP connection with what it still holds, and make it anew. Nothing for others. */
void vg_port_reset(struct vg_port *self, int slot);
const struct vg_port_counts *vg_port_counts(const struct vg_port *self);
/* The port number really bound, of listening and UDP ports; 0 of others. */
int vg_port_number(const struct vg_port *self);

#endif
