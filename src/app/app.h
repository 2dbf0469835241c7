/* One file per command; each is `int vg_cmd_<verb>(app, argc, argv)` with argv[0] the verb, and
 * returns the exit code of design.md section 5. */
#ifndef VG_APP_APP_H
#define VG_APP_APP_H

#include "base/status.h"

#include <stdbool.h>

struct vg_app {
    enum vg_lang lang;
    bool is_json; /* --json */
    bool is_terminal; /* standard error is a terminal: progress bars and colours */
    char share_dir[1024]; /* where build-time data lies (borders.json) */
};

int vg_cmd_new(const struct vg_app *app, int argc, char **argv);
int vg_cmd_plan(const struct vg_app *app, int argc, char **argv);
int vg_cmd_check(const struct vg_app *app, int argc, char **argv);
int vg_cmd_run(const struct vg_app *app, int argc, char **argv);
int vg_cmd_sim(const struct vg_app *app, int argc, char **argv);
int vg_cmd_verify(const struct vg_app *app, int argc, char **argv);
int vg_cmd_terrain(const struct vg_app *app, int argc, char **argv);
int vg_cmd_replay(const struct vg_app *app, int argc, char **argv);
int vg_cmd_export(const struct vg_app *app, int argc, char **argv);
int vg_cmd_sight(const struct vg_app *app, int argc, char **argv);
int vg_cmd_tlog(const struct vg_app *app, int argc, char **argv);
int vg_cmd_klv(const struct vg_app *app, int argc, char **argv);
int vg_cmd_look(const struct vg_app *app, int argc, char **argv);
int vg_cmd_track(const struct vg_app *app, int argc, char **argv);
int vg_cmd_traffic(const struct vg_app *app, int argc, char **argv);
int vg_cmd_help(const struct vg_app *app, int argc, char **argv);

/* Print the error on standard error (JSON if asked) and return its exit code. */
int vg_app_fail(const struct vg_app *app, const struct vg_error *err);
/* Print a usage problem with the verb's usage line; returns 2. */
int vg_app_usage(const struct vg_app *app, const char *verb, const char *format, ...)
    VG_PRINTF(3, 4);

#endif
