/* How many simulated drones one core carries in real time: a hundred, all in the air, each telling
 * its place 10 times a second, all that they say taken. On perfect wires, and on bad ones. */
#include "link/mission.h"
#include "sim/fleet.h"
#include "terrain/terrain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DRONES = 100,
    STEP_US = 50000, /* as vigie sim at ten times real time */
    UP_S = 90, /* then all are in the air */
    FLY_S = 120
};

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum vg_status no_file(const char *path, size_t max_bytes, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max_bytes;
    (void)out;
    return vg_fail(err, VG_E_IO, "no %s", path);
}

struct rig {
    struct vg_simfleet *fleet;
    struct vg_missionup *ups; /* one a drone */
    struct vg_mavframe *parsers;
    struct vg_us now;
    int drone; /* being heard */
    uint64_t n_bytes;
    uint64_t n_positions;
};

static void send(struct rig *r, int i, const struct vg_mav_msg *msg)
{
    uint8_t frame[VG_MAV_FRAME_MAX];
    size_t n = vg_mav_frame_format(msg, 0, NULL, frame);
    vg_simfleet_feed(r->fleet, i, (struct vg_bytes){frame, n}, r->now);
}

static void command(struct rig *r, int i, uint16_t id, float p2)
{
    const struct vg_mav_command_long c = {.command = id,
                                          .param1 = 1,
                                          .param2 = p2,
                                          .target_system = (uint8_t)(i + 1),
                                          .target_component = 1};
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&c, 255, 190, &msg);
    send(r, i, &msg);
}

static void on_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct rig *r = ctx;
    (void)frame;
    vg_missionup_feed(&r->ups[r->drone], msg, r->now);
}

/* Until launched the station listens; then bytes are only taken. */
static void run(struct rig *r, double seconds, bool is_heard)
{
    uint8_t buf[1400];
    struct vg_mav_msg msg;
    for (int k = 0; k < (int)(seconds * 1e6) / STEP_US; k++) {
        r->now.us += STEP_US;
        vg_simfleet_step(r->fleet, r->now);
        for (r->drone = 0; r->drone < DRONES; r->drone++) {
            size_t n;
            while ((n = vg_simfleet_take(r->fleet, r->drone, buf, sizeof buf)) > 0) {
                r->n_bytes += n;
                if (is_heard) {
                    vg_mavframe_feed(&r->parsers[r->drone], (struct vg_bytes){buf, n}, on_message,
                                     r);
                }
            }
            vg_missionup_step(&r->ups[r->drone], r->now);
            while (is_heard && vg_missionup_next_out(&r->ups[r->drone], &msg)) {
                send(r, r->drone, &msg);
            }
        }
    }
}

static void launch(struct rig *r)
{
    const struct vg_mission_item items[3] = {
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, 14.4, -11.4, 0),
        vg_mission_place(VG_MAV_CMD_NAV_TAKEOFF, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.4, -11.4,
                         100),
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 15.5, -11.4,
                         100),
    };
    run(r, 25, true);
    for (int i = 0; i < DRONES; i++) {
        const struct vg_mav_pair pair = {255, 190, (uint8_t)(i + 1), 1};
        enum vg_status st = vg_missionup_start(&r->ups[i], pair, items, 3,
                                               VG_MAV_AUTOPILOT_ARDUPILOTMEGA, r->now, NULL);
        (void)st;
    }
    run(r, 20, true);
    for (int i = 0; i < DRONES; i++) {
        command(r, i, VG_MAV_CMD_DO_SET_MODE, VG_PLANE_MODE_AUTO);
        command(r, i, VG_MAV_CMD_COMPONENT_ARM_DISARM, 0);
    }
    run(r, UP_S - 45, true);
}

static void measure(const char *what, const struct vg_watchfile *watch, const char *faults)
{
    struct rig r = {.now = {INT64_C(1780000000000000)}};
    struct vg_terrain *terrain = NULL;
    struct vg_simscenario scenario;
    r.ups = calloc(DRONES, sizeof *r.ups);
    r.parsers = calloc(DRONES, sizeof *r.parsers);
    if (r.ups == NULL || r.parsers == NULL || vg_terrain_open(NULL, 0, &terrain, NULL) != VG_OK ||
        vg_simfleet_create(watch, terrain, &(struct vg_simfleet_options){.seed = 1}, no_file, r.now,
                           &r.fleet, NULL) != VG_OK ||
        vg_simscenario_parse(faults, strlen(faults), "bench", watch, &scenario, NULL) != VG_OK) {
        printf("failed: %s\n", what);
        exit(1);
    }
    launch(&r);
    for (int i = 0; i < scenario.n_faults; i++) {
        enum vg_status st = vg_simfleet_add_fault(r.fleet, &scenario.faults[i], NULL);
        (void)st;
    }
    int n_aloft = 0;
    for (int i = 0; i < DRONES; i++) {
        n_aloft += vg_pilot_is_airborne(vg_simdrone_pilot(vg_simfleet_drone(r.fleet, i)));
    }
    double began_s = cpu_s();
    r.n_bytes = 0;
    run(&r, FLY_S, false);
    double took_s = cpu_s() - began_s;
    printf("%-28s %d of %d in the air, %.1f kB/s each, %.0f drones in real time on one core\n",
           what, n_aloft, DRONES, (double)r.n_bytes / 1e3 / FLY_S / DRONES,
           DRONES * FLY_S / took_s);
    vg_simfleet_destroy(r.fleet);
    vg_terrain_destroy(terrain);
    free(r.ups);
    free(r.parsers);
}

int main(void)
{
    static struct vg_wf_drone drones[DRONES];
    struct vg_wf_camera camera = {.width_px = 1920, .height_px = 1080, .hfov_max_deg = 60};
    struct vg_wf_type type = {.cruise_mps = 25,
                              .endurance_s = 18000,
                              .turnaround_s = 600,
                              .climb_mps = 4,
                              .sink_mps = 3,
                              .agl_m = 100};
    struct vg_wf_base base = {.lat_deg = 14.4, .lon_deg = -11.4};
    for (int i = 0; i < DRONES; i++) {
        drones[i].sysid = i + 1;
        vg_format(drones[i].id, sizeof drones[i].id, "V%d", i + 1);
    }
    const struct vg_watchfile watch = {.cameras = &camera,
                                       .n_cameras = 1,
                                       .types = &type,
                                       .n_types = 1,
                                       .bases = &base,
                                       .n_bases = 1,
                                       .drones = drones,
                                       .n_drones = DRONES,
                                       .wind_mps = 5};
    measure("simulated fleet", &watch, "");
    measure("simulated fleet, bad radio", &watch,
            "all loss 0s 1h 20%\nall delay 0s 1h 300ms 300ms\nall duplicate 0s 1h 10%\n");
    return 0;
}
