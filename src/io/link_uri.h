/* Where a drone's link is, as the watch file writes it.
 *
 *   udp:PORT                 udpin:0.0.0.0:PORT, in short
 *   udpin:HOST:PORT          bind there and answer whoever speaks
 *   udpout:HOST:PORT         send there first
 *   tcp:HOST:PORT            connect there
 *   tcp-listen:PORT          tcp-listen:127.0.0.1:PORT, in short: other hosts only where one is
 * named tcp-listen:HOST:PORT     be connected to there serial:/dev/ttyUSB0:57600  (baud left out:
 * 57600)
 *
 * HOST is a numeric address, "localhost", or [V6] in brackets. The words are those of MAVProxy and
 * pymavlink connection strings (but tcp-listen, which is tcpin there). Threads: pure. Fuzz target:
 * tests/fuzz/io/link_uri. */
#ifndef VG_IO_LINK_URI_H
#define VG_IO_LINK_URI_H

#include "base/status.h"
#include "io/addr.h"

enum {
    VG_LINK_URI_DEVICE_SIZE = 128,
    VG_LINK_URI_TEXT_SIZE = 192,
    VG_LINK_URI_BAUD_DEFAULT = 57600
};

enum vg_link_uri_kind {
    VG_LINK_URI_UDP_IN,
    VG_LINK_URI_UDP_OUT,
    VG_LINK_URI_TCP,
    VG_LINK_URI_TCP_LISTEN,
    VG_LINK_URI_SERIAL,
    VG_LINK_URI_KIND_COUNT
};

struct vg_link_uri {
    enum vg_link_uri_kind kind;
    struct vg_addr addr; /* UDP and TCP */
    char device[VG_LINK_URI_DEVICE_SIZE]; /* serial: absolute path, else "" */
    int baud; /* serial, else 0 */
};

/* VG_E_FORMAT: not such a text. VG_E_UNSUPPORTED: a scheme that is not one of these. The message
 * names what was expected. */
enum vg_status vg_link_uri_parse(const char *text, struct vg_link_uri *out,
                                 struct vg_error *err) VG_MUST_USE;
/* The canonical text; parsing it gives the same struct. Returns buf. */
const char *vg_link_uri_format(const struct vg_link_uri *self, char *buf, size_t size_bytes);

#endif
