/* vigie new [DIR]: a starter watch, commented, from a border's name or a line to draw over. */
#include "app/app.h"
#include "app/options.h"

#include "base/file.h"
#include "config/borders.h"
#include "config/starter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct starter {
    char name[VG_NAME_SIZE];
    char dir[1024];
    struct vg_buf line;
    struct vg_buf yaml;
};

static enum vg_status find_line(const struct vg_app *app, const char *border, struct starter *s,
                                struct vg_error *err)
{
    if (border == NULL) {
        vg_buf_puts(&s->line, vg_starter_sample_geojson());
        return VG_OK;
    }
    char path[1100];
    struct vg_buf list = {0};
    struct vg_border found;
    vg_format(path, sizeof path, "%s/borders.json", app->share_dir);
    enum vg_status st = vg_file_read(path, VG_BORDERS_MAX_BYTES, &list, err);
    if (st == VG_OK) {
        st = vg_border_find(vg_buf_text(&list), list.n, path, border, app->lang, &found, &s->line,
                            err);
    }
    if (st == VG_OK && s->name[0] == '\0') {
        vg_format(s->name, sizeof s->name, "%s", found.key);
    }
    vg_buf_finish(&list);
    return st;
}

/* Refuses to touch what is there. */
static enum vg_status put(const char *dir, const char *file, const struct vg_buf *text,
                          struct vg_error *err)
{
    char path[1100];
    vg_format(path, sizeof path, "%s/%s", dir, file);
    if (access(path, F_OK) == 0) {
        return vg_fail(err, VG_E_INVALID, "%s is there already; nothing was written", path);
    }
    return vg_file_write(path, vg_buf_text(text), text->n, err);
}

static enum vg_status write_all(const struct vg_app *app, struct starter *s, struct vg_error *err)
{
    char path[1100];
    enum vg_status st = vg_starter_write(app->lang, s->name, "line.geojson", vg_buf_text(&s->line),
                                         s->line.n, &s->yaml, err);
    if (st != VG_OK) {
        return st;
    }
    vg_format(path, sizeof path, "%s/watch.yaml", s->dir);
    if (access(path, F_OK) == 0) {
        return vg_fail(err, VG_E_INVALID, "%s is there already; nothing was written", path);
    }
    if (mkdir(s->dir, 0777) != 0 && errno != EEXIST) {
        return vg_fail_errno(err, errno, "cannot make the folder %s", s->dir);
    }
    st = put(s->dir, "line.geojson", &s->line, err);
    return st == VG_OK ? put(s->dir, "watch.yaml", &s->yaml, err) : st;
}

int vg_cmd_new(const struct vg_app *app, int argc, char **argv)
{
    const char *dir[1] = {NULL};
    const char *border = NULL;
    const char *name = NULL;
    int n = 0;
    const struct vg_option options[] = {{"border", VG_OPT_TEXT, &border},
                                        {"name", VG_OPT_TEXT, &name}};
    int rc = vg_options_read(app, argc, argv, options, 2, dir, 1, &n);
    if (rc != 0) {
        return rc;
    }
    struct vg_error err = {.lang = app->lang};
    struct starter s = {0};
    vg_format(s.name, sizeof s.name, "%s", name != NULL ? name : "");
    enum vg_status st = find_line(app, border, &s, &err);
    if (s.name[0] == '\0') {
        const char *base = n > 0 ? strrchr(dir[0], '/') : NULL;
        vg_format(s.name, sizeof s.name, "%s",
                  n == 0                            ? "watch"
                  : base != NULL && base[1] != '\0' ? base + 1
                                                    : dir[0]);
    }
    vg_format(s.dir, sizeof s.dir, "%s", n > 0 ? dir[0] : s.name);
    if (st == VG_OK) {
        st = write_all(app, &s, &err);
    }
    if (st == VG_OK && app->is_json) {
        printf("{\"watch\":\"%s/watch.yaml\",\"line\":\"%s/line.geojson\"}\n", s.dir, s.dir);
    } else if (st == VG_OK) {
        printf(vg_tr(app->lang, "Written: %s/watch.yaml and line.geojson. Next: vigie plan "
                                "%s/watch.yaml\n"),
               s.dir, s.dir);
    }
    vg_buf_finish(&s.line);
    vg_buf_finish(&s.yaml);
    return st == VG_OK ? 0 : vg_app_fail(app, &err);
}
