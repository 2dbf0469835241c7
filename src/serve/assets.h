/* The page's files inside the binary.
 *
 * The build packs each file of the UI's output folder with gzip -9 and makes one table of them
 * (VG_UI_DIR; serve/CMakeLists.txt). Without that folder the table is empty and `/` says how to
 * build the page. Threads: pure; all static const. */
#ifndef VG_SERVE_ASSETS_H
#define VG_SERVE_ASSETS_H

#include "base/bytes.h"

struct vg_asset {
    const char *path; /* "/app.js"; index.html also answers "/" */
    const char *content_type; /* "text/javascript; charset=utf-8" */
    const char *etag; /* "\"" + first 32 hex digits of the SHA-256 of the plain file + "\"" */
    struct vg_bytes gzip; /* RFC 1952 */
    size_t plain_bytes;
};

struct vg_assets {
    const struct vg_asset *list; /* sorted by path */
    size_t n;
};

/* The ones built in. */
const struct vg_assets *vg_assets_embedded(void);
/* NULL if there is none. "/" finds "/index.html". */
const struct vg_asset *vg_assets_find(const struct vg_assets *self, const char *path);

#endif
