/* vigie sight: what can be seen, from a plan's passes, a flight, a point, or the best of many
 * points. */
#include "app/options.h"
#include "app/sight.h"

int vg_cmd_sight(const struct vg_app *app, int argc, char **argv)
{
    struct vg_sight_options o = {0};
    int n = 0;
    const struct vg_option options[] = {{"plan", VG_OPT_TEXT, &o.plan},
                                        {"path", VG_OPT_TEXT, &o.path},
                                        {"type", VG_OPT_TEXT, &o.type},
                                        {"at", VG_OPT_TEXT, &o.at},
                                        {"best-of", VG_OPT_TEXT, &o.best_of},
                                        {"range", VG_OPT_TEXT, &o.range},
                                        {"cell", VG_OPT_TEXT, &o.cell},
                                        {"sector", VG_OPT_TEXT, &o.sector},
                                        {"o", VG_OPT_TEXT, &o.out},
                                        {"height", VG_OPT_NUMBER, &o.height_m},
                                        {"target", VG_OPT_NUMBER, &o.target_m},
                                        {"best", VG_OPT_INTEGER, &o.n_best},
                                        {"fast", VG_OPT_FLAG, &o.is_fast},
                                        {"needed", VG_OPT_FLAG, &o.wants_needed}};
    int rc = vg_options_read(app, argc, argv, options, sizeof options / sizeof options[0],
                             &o.operand, 1, &n);
    if (rc != 0) {
        return rc;
    }
    int n_modes = (o.plan != NULL) + (o.path != NULL) + (o.at != NULL) + (o.best_of != NULL);
    if (n != 1 || n_modes != 1) {
        return vg_app_usage(app, argv[0],
                            "a watch or elevation file is wanted, and one of --plan, --path, --at "
                            "and --best-of");
    }
    return o.plan != NULL   ? vg_sight_of_plan(app, &o)
           : o.path != NULL ? vg_sight_of_path(app, &o)
           : o.at != NULL   ? vg_sight_from(app, &o)
                            : vg_sight_best(app, &o);
}
