#include "serve/assets.h"

const struct vg_asset *vg_assets_find(const struct vg_assets *self, const char *path)
{
    if (strcmp(path, "/") == 0) {
        path = "/index.html";
    }
    size_t lo = 0;
    size_t hi = self->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = strcmp(self->list[mid].path, path);
        if (order == 0) {
            return &self->list[mid];
        }
        if (order < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return NULL;
}
