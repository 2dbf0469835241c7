/* vigie sight: what can be seen, from a plan's passes. */
#include "app/options.h"
#include "app/sight.h"

int vg_cmd_sight(const struct vg_app *app, int argc, char **argv)
{
    const char *path[1];
    const char *plan = NULL;
    int n = 0;
    const struct vg_option options[] = {{"plan", VG_OPT_TEXT, &plan}};
    int rc = vg_options_read(app, argc, argv, options, 1, path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1 || plan == NULL) {
        return vg_app_usage(app, argv[0], "a watch file and --plan are wanted");
    }
    return vg_sight_of_plan(app, path[0], plan);
}
