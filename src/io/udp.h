/* A UDP socket on the loop.
 *
 * Reads in batches of VG_UDP_BATCH datagrams (recvmmsg); writes at once, and never queues: a
 * datagram the system cannot take now is dropped and counted, as UDP may do anywhere on the way.
 *
 * Threads: loop thread only. Allocations: at open only. */
#ifndef VG_IO_UDP_H
#define VG_IO_UDP_H

#include "base/status.h"
#include "io/addr.h"

#include <stdint.h>
#include <uv.h>

enum {
    VG_UDP_BATCH =
        8, /* datagrams a read; each slot is 64 KiB of address space, touched only as needed */
    VG_UDP_DATAGRAM_MAX = 65536, /* libuv's slot size per datagram */
};

struct vg_udp;

/* `data` is borrowed until return. Closing the socket from here is allowed. */
typedef void (*vg_udp_fn)(void *ctx, const uint8_t *data, size_t n, const struct vg_addr *peer);

struct vg_udp_counters {
    uint64_t rx_datagrams;
    uint64_t rx_bytes;
    uint64_t rx_truncated; /* longer than the buffer: dropped */
    uint64_t rx_errors; /* the system reported an error (an ICMP refusal, say) */
    uint64_t tx_datagrams;
    uint64_t tx_bytes;
    uint64_t tx_dropped; /* socket buffer full or no route */
};

/* Bind to `local` (port 0: a free one). VG_E_IO with the address and the system's words. */
enum vg_status vg_udp_open(uv_loop_t *loop, const struct vg_addr *local, vg_udp_fn fn, void *ctx,
                           struct vg_udp **out, struct vg_error *err) VG_MUST_USE;
/* The memory goes when the loop has turned once more; no callback after this call. NULL is fine. */
void vg_udp_close(struct vg_udp *self);
/* True if the system took it. */
bool vg_udp_send(struct vg_udp *self, const struct vg_addr *peer, const void *data, size_t n);
/* The port really bound. */
int vg_udp_port(const struct vg_udp *self);
const struct vg_udp_counters *vg_udp_counters(const struct vg_udp *self);

#endif
