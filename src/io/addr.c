#include "io/addr.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
    PORT_MAX = 65535,
    HOST_SIZE = 64
};

enum vg_status vg_addr_make(const char *host, int port, struct vg_addr *out, struct vg_error *err)
{
    if (port < 0 || port > PORT_MAX) {
        return vg_fail(err, VG_E_FORMAT, "port %d is outside 0 to 65535", port);
    }
    struct vg_addr made = {0};
    if (strcmp(host, "localhost") == 0) {
        host = "127.0.0.1";
    } else if (host[0] == '\0' || strcmp(host, "*") == 0) {
        host = "0.0.0.0";
    }
    if (inet_pton(AF_INET, host, &made.sa.v4.sin_addr) == 1) {
        made.sa.v4.sin_family = AF_INET;
        made.sa.v4.sin_port = htons((uint16_t)port);
    } else if (inet_pton(AF_INET6, host, &made.sa.v6.sin6_addr) == 1) {
        made.sa.v6.sin6_family = AF_INET6;
        made.sa.v6.sin6_port = htons((uint16_t)port);
    } else {
        return vg_fail(
            err, VG_E_FORMAT,
            "\"%.64s\" is not an address: expected one such as 192.168.1.5, ::1 or localhost",
            host);
    }
    *out = made;
    return VG_OK;
}

/* 1 to 5 digits up to the end; -1 otherwise. */
static int parse_port(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 5 || text[n] != '\0') {
        return -1;
    }
    return (int)strtol(text, NULL, 10);
}

enum vg_status vg_addr_parse(const char *text, struct vg_addr *out, struct vg_error *err)
{
    const char *colon = strrchr(text, ':');
    int port = colon == NULL ? -1 : parse_port(colon + 1);
    if (port < 0) {
        return vg_fail(err, VG_E_FORMAT, "\"%.80s\" is not HOST:PORT", text);
    }
    const char *from = text;
    size_t n = (size_t)(colon - text);
    bool is_bracketed = n >= 2 && text[0] == '[' && colon[-1] == ']';
    if (is_bracketed) {
        from++;
        n -= 2;
    }
    bool has_colon = memchr(from, ':', n) != NULL;
    if (n >= HOST_SIZE || has_colon != is_bracketed) {
        return vg_fail(err, VG_E_FORMAT, "\"%.80s\" is not HOST:PORT", text);
    }
    char host[HOST_SIZE];
    memcpy(host, from, n);
    host[n] = '\0';
    return vg_addr_make(host, port, out, err);
}

const char *vg_addr_format(const struct vg_addr *self, char *buf, size_t size_bytes)
{
    char host[INET6_ADDRSTRLEN] = "";
    if (self->sa.any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &self->sa.v4.sin_addr, host, sizeof host);
        vg_format(buf, size_bytes, "%s:%d", host, vg_addr_port(self));
    } else if (self->sa.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &self->sa.v6.sin6_addr, host, sizeof host);
        vg_format(buf, size_bytes, "[%s]:%d", host, vg_addr_port(self));
    } else {
        vg_format(buf, size_bytes, "-");
    }
    return buf;
}

int vg_addr_port(const struct vg_addr *self)
{
    if (self->sa.any.sa_family == AF_INET) {
        return ntohs(self->sa.v4.sin_port);
    }
    return self->sa.any.sa_family == AF_INET6 ? ntohs(self->sa.v6.sin6_port) : 0;
}

bool vg_addr_is_loopback(const struct vg_addr *self)
{
    if (self->sa.any.sa_family == AF_INET) {
        return ntohl(self->sa.v4.sin_addr.s_addr) >> 24 == 127;
    }
    return self->sa.any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&self->sa.v6.sin6_addr);
}

bool vg_addr_is_equal(const struct vg_addr *a, const struct vg_addr *b)
{
    if (a->sa.any.sa_family != b->sa.any.sa_family || vg_addr_port(a) != vg_addr_port(b)) {
        return false;
    }
    if (a->sa.any.sa_family == AF_INET) {
        return a->sa.v4.sin_addr.s_addr == b->sa.v4.sin_addr.s_addr;
    }
    return a->sa.any.sa_family != AF_INET6 ||
           memcmp(&a->sa.v6.sin6_addr, &b->sa.v6.sin6_addr, sizeof a->sa.v6.sin6_addr) == 0;
}
