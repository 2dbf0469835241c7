/* What the kinds of port share. Each kind fills the verbs; vg_port_open picks the kind. */
#ifndef VG_IO_PORT_PRIV_H
#define VG_IO_PORT_PRIV_H

#include "io/port.h"

struct vg_port {
    uv_loop_t *loop;
    struct vg_link_uri uri;
    struct vg_port_calls calls;
    struct vg_port_counts counts;
    bool is_closed; /* by its owner: no more calls */
    void *kind; /* the kind's own state */
    bool (*send)(struct vg_port *self, const struct vg_port_peer *to, const void *frame, size_t n);
    bool (*is_open)(const struct vg_port *self);
    void (*reset)(struct vg_port *self, int slot); /* NULL: nothing to reset */
    int (*number)(const struct vg_port *self); /* NULL: 0 */
    void (*close)(struct vg_port *self); /* frees self in the end */
};

enum {
    VG_PORT_RETRY_MS = 500,
    VG_PORT_RETRY_MAX_MS = 10000
};

/* The next wait before trying again: twice the last, up to ten seconds. */
static inline uint64_t vg_port_back_off(uint64_t *io_wait_ms)
{
    uint64_t wait_ms = *io_wait_ms;
    uint64_t next_ms = 2 * wait_ms;
    *io_wait_ms = next_ms < VG_PORT_RETRY_MAX_MS ? next_ms : VG_PORT_RETRY_MAX_MS;
    return wait_ms;
}

void vg_port_tell_bytes(struct vg_port *self, const struct vg_port_peer *from, const uint8_t *data,
                        size_t n);
void vg_port_tell_state(struct vg_port *self, const struct vg_port_peer *peer, bool is_open,
                        const char *why);

/* Each sets the verbs and `kind`. On failure nothing is left but self. */
enum vg_status vg_port_open_udp(struct vg_port *self, struct vg_error *err) VG_MUST_USE;
enum vg_status vg_port_open_tcp(struct vg_port *self, struct vg_error *err) VG_MUST_USE;
enum vg_status vg_port_open_serial(struct vg_port *self, struct vg_error *err) VG_MUST_USE;

#endif
