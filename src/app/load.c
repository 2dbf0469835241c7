#include "app/load.h"

#include "base/file.h"

#include <glob.h>

enum {
    PLAN_MAX_BYTES = 256 * 1024 * 1024
};

enum vg_status vg_load_watch(const char *path, struct vg_watchfile *out, struct vg_error *err)
{
    return vg_watchfile_load(path, vg_file_read, out, err);
}

enum vg_status vg_load_terrain(const struct vg_watchfile *watch, struct vg_terrain **out,
                               struct vg_error *err)
{
    glob_t found = {0};
    enum vg_status st = VG_OK;
    for (int i = 0; i < watch->n_terrain && st == VG_OK; i++) {
        int rc = glob(watch->terrain[i], i > 0 ? GLOB_APPEND : 0, NULL, &found);
        if (rc == GLOB_NOMATCH) {
            st = vg_fail(err, VG_E_NOT_FOUND, "no elevation file \"%s\"", watch->terrain[i]);
        } else if (rc != 0) {
            st = vg_fail(err, VG_E_IO, "cannot list \"%s\"", watch->terrain[i]);
        }
    }
    if (st == VG_OK) {
        st = vg_terrain_open((const char *const *)found.gl_pathv, (int)found.gl_pathc, out, err);
    }
    globfree(&found);
    return st;
}

enum vg_status vg_load_plan(const char *path, struct vg_plan *out, struct vg_error *err)
{
    struct vg_buf text = {0};
    enum vg_status st = vg_file_read(path, PLAN_MAX_BYTES, &text, err);
    if (st == VG_OK) {
        st = vg_plan_parse(vg_buf_text(&text), text.n, path, out, err);
    }
    vg_buf_finish(&text);
    return st;
}
