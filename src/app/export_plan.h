/* vigie export PLAN.json: its sorties as files for other programs. */
#ifndef VG_APP_EXPORT_PLAN_H
#define VG_APP_EXPORT_PLAN_H

#include "app/app.h"

struct vg_export_plan {
    const char *plan;
    const char *watch;
    const char *as; /* one that vg_export_plan_knows */
    const char *out; /* a file; with "qgc" and no sortie a folder, made if it is not there */
    const char *sortie; /* id; NULL: all */
    const char *heights; /* "msl" (also NULL), or "terrain" with "qgc" */
    bool is_px4; /* "qgc" for PX4 instead of ArduPilot */
};

bool vg_export_plan_knows(const char *as);
/* The exit code. */
int vg_export_plan_run(const struct vg_app *app, const struct vg_export_plan *wanted);

#endif
