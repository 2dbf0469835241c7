/* What the simulated fleet costs: drone-seconds of simulated time for a second of processor. */
#include "sim/drone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    DRONES = 20,
    SECONDS = 900
};

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct vg_simdrone_config config_of(int i)
{
    return (struct vg_simdrone_config){.sysid = (uint8_t)(i + 1),
                                       .pilot = {.flight = {.lat_deg = 14.4,
                                                            .lon_deg = -11.4 + 0.01 * i,
                                                            .alt_msl_m = 40,
                                                            .heading_true_deg = 60,
                                                            .cruise_mps = 25,
                                                            .climb_mps = 3,
                                                            .sink_mps = 2.5,
                                                            .endurance_s = 18000,
                                                            .wind_from_deg = 60,
                                                            .wind_mps = 6,
                                                            .gust_mps = 0.6,
                                                            .seed = (uint64_t)i},
                                                 .turnaround_s = 2700},
                                       .rate_hz = 10};
}

/* Take off without a mission is not possible over the wire, so it is given one of two items. */
static void send(struct vg_simdrone *drone, const struct vg_mav_msg *msg, struct vg_us now)
{
    uint8_t buf[VG_MAV_FRAME_MAX];
    size_t n = vg_mav_frame_format(msg, 0, NULL, buf);
    vg_simdrone_feed(drone, (struct vg_bytes){buf, n}, now);
}

static void launch(struct vg_simdrone *drone, uint8_t sysid, struct vg_us now)
{
    struct vg_mav_msg msg;
    struct vg_mav_mission_count count = {.target_system = sysid, .target_component = 1, .count = 3};
    vg_mav_mission_count_pack(&count, 255, 190, &msg);
    send(drone, &msg, now);
    for (uint16_t seq = 0; seq < 3; seq++) {
        struct vg_mav_mission_item_int item = {.target_system = sysid,
                                               .target_component = 1,
                                               .seq = seq,
                                               .frame = 3,
                                               .command = seq == 1   ? 22
                                                          : seq == 2 ? 17
                                                                     : 16,
                                               .x = seq == 2 ? 145000000 : 0,
                                               .y = seq == 2 ? -113000000 : 0,
                                               .z = seq == 1 ? 50 : 200};
        vg_mav_mission_item_int_pack(&item, 255, 190, &msg);
        send(drone, &msg, now);
    }
    struct vg_mav_command_long arm = {
        .target_system = sysid, .target_component = 1, .command = 400, .param1 = 1};
    vg_mav_command_long_pack(&arm, 255, 190, &msg);
    send(drone, &msg, now);
    struct vg_mav_command_long start = {
        .target_system = sysid, .target_component = 1, .command = 300};
    vg_mav_command_long_pack(&start, 255, 190, &msg);
    send(drone, &msg, now);
}

int main(void)
{
    struct vg_simdrone *drones[DRONES];
    struct vg_us now = {0};
    for (int i = 0; i < DRONES; i++) {
        struct vg_simdrone_config c = config_of(i);
        if (vg_simdrone_create(&c, now, &drones[i], NULL) != VG_OK) {
            return 1;
        }
    }
    now.us = 6000000;
    for (int i = 0; i < DRONES; i++) {
        vg_simdrone_step(drones[i], now);
        launch(drones[i], (uint8_t)(i + 1), now);
    }
    uint8_t buf[VG_MAV_FRAME_MAX];
    unsigned long long frames = 0;
    double start = cpu_s();
    for (int t = 0; t < SECONDS * 10; t++) {
        now.us += 100000;
        for (int i = 0; i < DRONES; i++) {
            vg_simdrone_step(drones[i], now);
            while (vg_simdrone_next_out(drones[i], buf) > 0) {
                frames++;
            }
        }
    }
    double spent = cpu_s() - start;
    int n_up = 0;
    for (int i = 0; i < DRONES; i++) {
        n_up += vg_pilot_is_airborne(vg_simdrone_pilot(drones[i])) ? 1 : 0;
        vg_simdrone_destroy(drones[i]);
    }
    double rate = DRONES * SECONDS / spent;
    /* 100 drones at 20 times real time on half a core: 4,000 drone-seconds a processor second. */
    printf("simulated flight and telemetry: %.0f drone-s/s (reference: 4000, %.1f)\n", rate,
           rate / 4000);
    printf("telemetry frames made: %.0f frames/s\n", (double)frames / spent);
    return n_up == DRONES ? 0 : 1;
}
