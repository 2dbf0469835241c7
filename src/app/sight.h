/* The modes of `vigie sight`, one file each; all return an exit code. */
#ifndef VG_APP_SIGHT_H
#define VG_APP_SIGHT_H

#include "app/app.h"

/* What the plan's passes will see, and what the hills will hide from them: 0 all, 1 something is
 * hidden. */
int vg_sight_of_plan(const struct vg_app *app, const char *watch_path, const char *plan_path);

#endif
