/* vigie run WATCH: the station. */
#include "app/make_plan.h"
#include "app/options.h"
#include "app/station.h"
#include "sim/persona.h"

int vg_cmd_run(const struct vg_app *app, int argc, char **argv)
{
    const char *path[1];
    int n = 0;
    struct vg_option_list faults = {0};
    struct vg_station_options o = {
        .speed = 1, .seed = 1, .plan_time_s = VG_PLAN_TIME_S, .faults = &faults};
    const struct vg_option options[] = {
        {"sim", VG_OPT_FLAG, &o.is_sim},
        {"ask", VG_OPT_FLAG, &o.must_ask},
        {"speed", VG_OPT_NUMBER, &o.speed},
        {"for", VG_OPT_DURATION, &o.for_s},
        {"record", VG_OPT_TEXT, &o.record_path},
        {"plan", VG_OPT_TEXT, &o.plan_path},
        {"time", VG_OPT_DURATION, &o.plan_time_s},
        {"listen", VG_OPT_TEXT, &o.listen},
        {"seed", VG_OPT_INTEGER, &o.seed},
        {"fault", VG_OPT_LIST, &faults},
        {"scenario", VG_OPT_TEXT, &o.scenario},
        {"autopilot", VG_OPT_TEXT, &o.autopilot},
        {"sim-ports", VG_OPT_INTEGER, &o.sim_ports},
        {"port-base", VG_OPT_INTEGER, &o.port_base},
        {"intruders", VG_OPT_INTEGER, &o.intruders},
        {"truth", VG_OPT_TEXT, &o.truth},
    };
    int rc =
        vg_options_read(app, argc, argv, options, sizeof options / sizeof options[0], path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0], "a watch file is wanted");
    }
    if (!o.is_sim && (o.speed != 1 || faults.n > 0 || o.scenario != NULL || o.autopilot != NULL ||
                      o.must_ask || o.intruders != 0 || o.truth != NULL)) {
        return vg_app_usage(app, argv[0],
                            "--speed, --fault, --scenario, --autopilot, --intruders, --truth and "
                            "--ask go with --sim");
    }
    enum vg_sim_autopilot autopilot;
    if (o.autopilot != NULL && !vg_sim_autopilot_find(o.autopilot, &autopilot)) {
        return vg_app_usage(app, argv[0], "--autopilot is ardupilot or px4");
    }
    o.watch_path = path[0];
    return vg_station_run(app, &o);
}
