#include "io/link_uri.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    BAUD_MIN = 1200,
    BAUD_MAX = 4000000
};

static enum vg_status refuse(const char *text, struct vg_error *err)
{
    return vg_fail(err, VG_E_FORMAT,
                   "\"%.80s\" is not a link: expected udp:14550, udpin:HOST:PORT, "
                   "udpout:HOST:PORT, tcp:HOST:PORT, tcp-listen:HOST:PORT or "
                   "serial:/dev/NAME:BAUD",
                   text);
}

/* 1 to 7 digits up to the end, within [lo, hi]. */
static bool parse_int(const char *text, int lo, int hi, int *out)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 7 || text[n] != '\0') {
        return false;
    }
    long v = strtol(text, NULL, 10);
    if (v < lo || v > hi) {
        return false;
    }
    *out = (int)v;
    return true;
}

static enum vg_status parse_serial(const char *text, const char *rest, struct vg_link_uri *out,
                                   struct vg_error *err)
{
    const char *colon = strchr(rest, ':');
    size_t n = colon == NULL ? strlen(rest) : (size_t)(colon - rest);
    int baud = VG_LINK_URI_BAUD_DEFAULT;
    if (rest[0] != '/' || n < 2 || n >= VG_LINK_URI_DEVICE_SIZE ||
        (colon != NULL && !parse_int(colon + 1, BAUD_MIN, BAUD_MAX, &baud))) {
        return refuse(text, err);
    }
    struct vg_link_uri made = {.kind = VG_LINK_URI_SERIAL, .baud = baud};
    memcpy(made.device, rest, n);
    *out = made;
    return VG_OK;
}

static enum vg_status parse_socket(const char *text, enum vg_link_uri_kind kind, const char *rest,
                                   struct vg_link_uri *out, struct vg_error *err)
{
    struct vg_link_uri made = {.kind = kind};
    enum vg_status st = vg_addr_parse(rest, &made.addr, err);
    if (st != VG_OK) {
        return st;
    }
    /* One may listen on every address, but not send to it; and a port must be said. */
    bool is_any = made.addr.sa.any.sa_family == AF_INET && made.addr.sa.v4.sin_addr.s_addr == 0;
    bool is_listening = kind == VG_LINK_URI_UDP_IN || kind == VG_LINK_URI_TCP_LISTEN;
    if (vg_addr_port(&made.addr) == 0 || (is_any && !is_listening)) {
        return refuse(text, err);
    }
    *out = made;
    return VG_OK;
}

/* A port alone, on one host. */
static enum vg_status parse_port_of(enum vg_link_uri_kind kind, const char *host, int port,
                                    struct vg_link_uri *out, struct vg_error *err)
{
    struct vg_link_uri made = {.kind = kind};
    enum vg_status st = vg_addr_make(host, port, &made.addr, err);
    if (st == VG_OK) {
        *out = made;
    }
    return st;
}

static bool has_scheme(const char *text, size_t n, const char *scheme)
{
    return n == strlen(scheme) && memcmp(text, scheme, n) == 0;
}

enum vg_status vg_link_uri_parse(const char *text, struct vg_link_uri *out, struct vg_error *err)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL) {
        return refuse(text, err);
    }
    size_t n = (size_t)(colon - text);
    const char *rest = colon + 1;
    int port = 0;
    if (has_scheme(text, n, "udp") && parse_int(rest, 1, 65535, &port)) {
        return parse_port_of(VG_LINK_URI_UDP_IN, "*", port, out, err);
    }
    if (has_scheme(text, n, "tcp-listen") && parse_int(rest, 1, 65535, &port)) {
        return parse_port_of(VG_LINK_URI_TCP_LISTEN, "127.0.0.1", port, out, err);
    }
    if (has_scheme(text, n, "udp") || has_scheme(text, n, "udpin")) {
        return parse_socket(text, VG_LINK_URI_UDP_IN, rest, out, err);
    }
    if (has_scheme(text, n, "udpout")) {
        return parse_socket(text, VG_LINK_URI_UDP_OUT, rest, out, err);
    }
    if (has_scheme(text, n, "tcp")) {
        return parse_socket(text, VG_LINK_URI_TCP, rest, out, err);
    }
    if (has_scheme(text, n, "tcp-listen")) {
        return parse_socket(text, VG_LINK_URI_TCP_LISTEN, rest, out, err);
    }
    if (has_scheme(text, n, "serial")) {
        return parse_serial(text, rest, out, err);
    }
    return vg_fail(err, VG_E_UNSUPPORTED,
                   "links of kind \"%.*s\" are not known: expected udp:14550, udpin:HOST:PORT, "
                   "udpout:HOST:PORT, tcp:HOST:PORT, tcp-listen:HOST:PORT or "
                   "serial:/dev/NAME:BAUD",
                   (int)(n > 20 ? 20 : n), text);
}

const char *vg_link_uri_format(const struct vg_link_uri *self, char *buf, size_t size_bytes)
{
    static const char *const schemes[] = {"udpin", "udpout", "tcp", "tcp-listen", "serial"};
    char addr[VG_ADDR_TEXT_SIZE];
    if (self->kind == VG_LINK_URI_SERIAL) {
        vg_format(buf, size_bytes, "serial:%s:%d", self->device, self->baud);
    } else {
        vg_format(buf, size_bytes, "%s:%s", schemes[self->kind],
                  vg_addr_format(&self->addr, addr, sizeof addr));
    }
    return buf;
}
