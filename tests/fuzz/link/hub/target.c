/* Any messages over any of three paths, at any time: the choice stays one of the paths, shares stay
 * shares, and what leaves stays within the budget. */
#include "../message.h"
#include "link/hub.h"
#include "link/outbox.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    PATHS = 3,
    RATE_BPS = 600
};

static void must(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void check(const struct vg_hub *hub, struct vg_us now)
{
    must(hub->used >= 0 && hub->used < PATHS);
    for (int p = 0; p < PATHS; p++) {
        const struct vg_path *path = &hub->paths[p];
        double score_s = vg_path_score_s(path, now);
        must(path->loss.share >= 0 && path->loss.share <= 1 && isfinite(score_s) && score_s >= 0);
        must(isnan(path->delay_s) || (path->delay_s >= 0 && path->delay_s <= 30));
        must(path->n_senders <= VG_PATH_SENDERS && !(path->is_up && !path->is_open));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vg_hub hub;
    static struct vg_outbox box;
    static const struct vg_path_options options[PATHS] = {
        {0}, {.cost_s = 2, .is_thin = true}, {.is_satellite = true}};
    struct vg_mav_msg msg;
    int64_t now_us = 1000000;
    double sent_bytes = 0;
    int ms;
    vg_hub_init(&hub, 255, 190, 1);
    vg_outbox_init(&box, RATE_BPS, vg_us(now_us));
    for (int p = 0; p < PATHS; p++) {
        (void)vg_hub_add(&hub, &options[p]);
        hub.paths[p].is_open = true;
    }
    while (fuzz_message(&data, &size, &msg, &ms)) {
        now_us += ms * INT64_C(100);
        struct vg_us now = vg_us(now_us);
        hub.paths[msg.payload[0] % PATHS].is_open = (msg.payload[1] & 7) != 0;
        (void)vg_hub_take(&hub, msg.seq % PATHS, &msg, now);
        (void)vg_hub_step(&hub, now);
        must(vg_hub_route(&hub, &msg) < 1 << PATHS);
        struct vg_outbox_entry e = {.urgency = vg_outbox_urgency(&msg), .msg = msg};
        vg_outbox_put(&box, &e);
        int path;
        while (vg_hub_next_probe(&hub, now, &path, &e.msg)) {
            e.urgency = VG_URGENCY_ALIVE;
            vg_outbox_put(&box, &e);
        }
        while (vg_outbox_next(&box, 13, now, &e)) {
            sent_bytes += vg_outbox_frame_bytes(&e.msg) + 13;
        }
        must(sent_bytes <= (double)(now_us - 1000000) * 1e-6 * RATE_BPS + VG_MAV_FRAME_MAX + 1e-3);
        check(&hub, now);
    }
    return 0;
}
