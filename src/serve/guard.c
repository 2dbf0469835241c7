#include "serve/guard.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    HOST_SIZE = 128
};

/* Split "name[:port]" or "[v6][:port]"; the name keeps no brackets. False if malformed. */
static bool split_host(const char *host, char out[HOST_SIZE])
{
    const char *from = host;
    const char *end = NULL;
    const char *rest = NULL;
    if (host[0] == '[') {
        from++;
        end = strchr(from, ']');
        rest = end == NULL ? NULL : end + 1;
    } else {
        end = from + strcspn(from, ":");
        rest = end;
    }
    if (end == NULL || end == from || end - from >= HOST_SIZE) {
        return false;
    }
    size_t n_port = rest[0] == ':' ? strspn(rest + 1, "0123456789") : 0;
    if (rest[0] != '\0' &&
        (rest[0] != ':' || n_port == 0 || n_port > 5 || rest[1 + n_port] != '\0')) {
        return false;
    }
    memcpy(out, from, (size_t)(end - from));
    out[end - from] = '\0';
    return true;
}

bool vg_guard_host(const char *host, const char *listen_host, bool allow_numeric)
{
    char name[HOST_SIZE];
    if (!split_host(host, name)) {
        return false;
    }
    if (strcasecmp(name, "localhost") == 0 || strcmp(name, "127.0.0.1") == 0 ||
        strcmp(name, "::1") == 0 || strcasecmp(name, listen_host) == 0) {
        return true;
    }
    struct in6_addr addr;
    return allow_numeric &&
           (inet_pton(AF_INET, name, &addr) == 1 || inet_pton(AF_INET6, name, &addr) == 1);
}

bool vg_guard_origin(const char *origin, const char *host)
{
    size_t n = strncmp(origin, "http://", 7) == 0 ? 7 : 8;
    if (n == 8 && strncmp(origin, "https://", 8) != 0) {
        return false;
    }
    return host[0] != '\0' && strcasecmp(origin + n, host) == 0;
}

/* The quality of one "coding;q=0.5" of n bytes, in thousandths; 1000 if it names none. */
static int quality_milli(const char *item, size_t n)
{
    const char *semi = memchr(item, ';', n);
    if (semi == NULL) {
        return 1000;
    }
    const char *p = semi + 1;
    const char *end = item + n;
    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }
    if (end - p < 3 || (p[0] | 0x20) != 'q' || p[1] != '=') {
        return 1000;
    }
    int milli = p[2] == '1' ? 1000 : 0;
    int place = 100;
    for (p += 4; p < end && *p >= '0' && *p <= '9' && place > 0; p++, place /= 10) {
        milli += (*p - '0') * place;
    }
    return milli;
}

bool vg_guard_accepts_gzip(const char *text)
{
    int any = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        size_t lead = strspn(text, " \t");
        size_t name_n = lead < n ? strcspn(text + lead, " \t;,") : 0;
        if (name_n == 4 && strncasecmp(text + lead, "gzip", 4) == 0) {
            return quality_milli(text, n) > 0;
        }
        if (name_n == 1 && text[lead] == '*') {
            any = quality_milli(text, n);
        }
        text += n + (text[n] == ',');
    }
    return any > 0;
}

bool vg_guard_matches_etag(const char *text, const char *etag)
{
    size_t etag_n = strlen(etag);
    while (*text != '\0') {
        text += strspn(text, " \t,");
        if (strncmp(text, "W/", 2) == 0) {
            text += 2;
        }
        size_t n = strcspn(text, ", \t");
        if ((n == etag_n && memcmp(text, etag, n) == 0) || (n == 1 && text[0] == '*')) {
            return true;
        }
        text += n;
    }
    return false;
}

int64_t vg_guard_content_length(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n == 0 || n > 18 || text[n] != '\0' ? -1 : (int64_t)strtoll(text, NULL, 10);
}

/* Bytes of the well-formed UTF-8 character at p (RFC 3629 section 4), 0 if it is none. */
static int utf8_length(const unsigned char *p)
{
    if (p[0] < 0x80) {
        return 1;
    }
    int n = p[0] >= 0xc2 && p[0] <= 0xdf ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : 0;
    n = p[0] >= 0xf0 && p[0] <= 0xf4 ? 4 : n;
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool is_overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool is_surrogate = p[0] == 0xed && p[1] >= 0xa0;
    bool is_beyond = p[0] == 0xf4 && p[1] >= 0x90;
    return n == 0 || is_overlong || is_surrogate || is_beyond ? 0 : n;
}

bool vg_guard_is_plain_text(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    while (*p != '\0') {
        int n = utf8_length(p);
        if (n == 0 || *p < 0x20 || *p == 0x7f) {
            return false;
        }
        p += n;
    }
    return true;
}
