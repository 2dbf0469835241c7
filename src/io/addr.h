/* A network address: IPv4 or IPv6 with its port. Names are not resolved (no DNS lookups that could
 * stall the loop at an offline post): numeric addresses and "localhost" only. Threads: pure. */
#ifndef VG_IO_ADDR_H
#define VG_IO_ADDR_H

#include "base/status.h"

#include <netinet/in.h>
#include <stdbool.h>

enum {
    VG_ADDR_TEXT_SIZE = 64
};

/* A value: copy it freely. Zero (family AF_UNSPEC) is "no address". */
struct vg_addr {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } sa;
};

/* "127.0.0.1", "::1", "localhost", "*" or "" (any IPv4 address); port 0 to 65535. VG_E_FORMAT. */
enum vg_status vg_addr_make(const char *host, int port, struct vg_addr *out,
                            struct vg_error *err) VG_MUST_USE;
/* "HOST:PORT" or "[V6]:PORT". VG_E_FORMAT. */
enum vg_status vg_addr_parse(const char *text, struct vg_addr *out,
                             struct vg_error *err) VG_MUST_USE;
/* "127.0.0.1:14550", "[::1]:8080", "-" for no address. Returns buf. */
const char *vg_addr_format(const struct vg_addr *self, char *buf, size_t size_bytes);
int vg_addr_port(const struct vg_addr *self);
bool vg_addr_is_loopback(const struct vg_addr *self);
/* Same family, address and port. */
bool vg_addr_is_equal(const struct vg_addr *a, const struct vg_addr *b);

#endif
