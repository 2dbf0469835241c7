/* What decides whether a request may be answered, and how: pure functions of header texts.
 *
 * Host is checked against DNS rebinding: a hostile page may point its own name at 127.0.0.1, but
 * the browser then still sends that name. Origin is checked against cross-site requests (RFC 6454
 * section 7). Threads: pure. Fuzz target: tests/fuzz/serve/guard. */
#ifndef VG_SERVE_GUARD_H
#define VG_SERVE_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is `host` (the header: name[:port]) localhost, 127.0.0.1, [::1] or `listen_host`? With
 * allow_numeric every numeric address passes too: a number cannot be rebound. Any port: the
 * listener may be reached through a tunnel. */
bool vg_guard_host(const char *host, const char *listen_host, bool allow_numeric);
/* Is `origin` exactly "http://" or "https://" + host? */
bool vg_guard_origin(const char *origin, const char *host);
/* Does an Accept-Encoding text take gzip (RFC 9110 section 12.5.3)? "gzip", "*" with a quality
 * above 0. */
bool vg_guard_accepts_gzip(const char *text);
/* Does an If-None-Match text name this (quoted) entity tag or "*" (RFC 9110 section 13.1.2; weak
 * comparison)? */
bool vg_guard_matches_etag(const char *text, const char *etag);
/* A Content-Length: 1 to 18 digits, else -1. */
int64_t vg_guard_content_length(const char *text);
/* Well-formed UTF-8 without control characters? */
bool vg_guard_is_plain_text(const char *text);

#endif
