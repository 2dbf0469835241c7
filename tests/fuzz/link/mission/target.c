/* Any sequence of messages and waits against the mission, command and parameter machines of both
 * sides. First byte: bits 0, 1 the autopilot, bits 2, 3 the list, bits 4.. the number of items to
 * send. A message to another component than the autopilot also cancels the upload. */
#include "../message.h"
#include "link/allow.h"
#include "link/command.h"
#include "link/control.h"
#include "link/mission.h"
#include "link/missionsrv.h"
#include "link/paramask.h"
#include "link/params.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Big: kept between inputs, made new for each. */
struct all {
    struct vg_missionup up;
    struct vg_missionsrv srv;
    struct vg_command commands;
    struct vg_control control;
    struct vg_params params;
    struct vg_paramask ask;
    struct vg_paramsrv paramsrv;
};

static void must(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static bool next_out(struct all *a, struct vg_mav_msg *out, struct vg_us now)
{
    return vg_missionup_next_out(&a->up, out) || vg_command_next_out(&a->commands, out) ||
           vg_control_next_out(&a->control, out) || vg_params_next_out(&a->params, out) ||
           vg_paramask_step(&a->ask, now, out);
}

/* Whatever the station's machines want to send must be on the allow-list. */
static void drain(struct all *a, struct vg_us now)
{
    struct vg_mav_msg msg;
    while (next_out(a, &msg, now)) {
        must(vg_allow_message(&msg, NULL));
    }
    while (vg_missionsrv_next_out(&a->srv, &msg) || vg_paramsrv_next_out(&a->paramsrv, &msg)) {
        must(msg.sysid == 7);
    }
    struct vg_command_result result;
    while (vg_command_next_result(&a->commands, &result)) {
        must(result.command == 22 && result.sysid == 7);
    }
}

static void check_upload(const struct vg_missionup *up)
{
    bool is_over = up->state == VG_MISSION_DONE || up->state == VG_MISSION_FAILED;
    must(up->n_sent >= 0 && up->n_sent <= up->n_items);
    must(up->down.n_read >= 0 && up->down.n_read <= up->down.n_items);
    must(up->down.n_items <= VG_MISSION_ITEMS_MAX && up->n_old <= VG_MISSION_ITEMS_MAX);
    must(up->down.last_off < up->down.n_items || up->down.last_off < 0);
    must(up->send.copies <= VG_MISSION_COPIES_MAX);
    must(is_over == (up->phase == VG_MISSIONUP_OVER));
    must(up->state != VG_MISSION_FAILED || up->err.message[0] != 0);
    must(up->state != VG_MISSION_DONE || up->holds == VG_MISSION_HOLDS_NEW);
}

static void check(const struct all *a)
{
    check_upload(&a->up);
    must(a->srv.n_items >= 0 && a->srv.n_items <= VG_MISSION_ITEMS_MAX);
    must(a->srv.n_fence >= 0 && a->srv.n_fence <= VG_MISSIONSRV_FENCE_MAX);
    must(a->srv.n_rally >= 0 && a->srv.n_rally <= VG_MISSIONSRV_RALLY_MAX);
    must(!a->srv.is_receiving || a->srv.next_item <= a->srv.last_item);
    must(a->srv.current >= 0 && (a->srv.current < a->srv.n_items || a->srv.current == 0));
    must(a->params.n_known >= 0 && a->params.n_known <= a->params.n_params);
    must(a->params.n_params <= VG_PARAMS_MAX);
    must(a->ask.asked[0].tries <= 8 &&
         (!a->ask.asked[0].is_known || isfinite(a->ask.asked[0].value)));
}

static void start_upload(struct all *a, uint8_t options)
{
    static const uint8_t autopilots[] = {0, 3, 12, 3};
    static const uint16_t commands[] = {16, 5001, 5100, 16};
    static const uint8_t lists[] = {0, 1, 2, 0};
    const struct vg_autopilot *autopilot = vg_autopilot_find(autopilots[options & 3]);
    int kind = options >> 2 & 3;
    int n = 1 + (options >> 4) * 8;
    struct vg_mission_item items[128] = {0};
    for (int i = 0; i < n; i++) {
        items[i] = (struct vg_mission_item){
            .frame = 3, .command = commands[kind], .x = i, .y = 1, .z = 50};
    }
    const struct vg_missionup_job job = {.with = {{255, 190, 7, 1}, lists[kind], autopilot},
                                         .items = items,
                                         .n_items = n,
                                         .is_sent_always = (options & 16) != 0};
    must(vg_missionup_begin(&a->up, &job, vg_us(0), NULL) == VG_OK);
    const struct vg_missionsrv_options drone = {
        .sysid = 7, .compid = 1, .autopilot = autopilot, .destroys = (options & 32) != 0};
    vg_missionsrv_init_as(&a->srv, &drone);
}

static void start(struct all *a, uint8_t options)
{
    static const struct vg_mav_pair pair = {255, 190, 7, 1};
    memset(a, 0, sizeof *a);
    start_upload(a, options);
    const struct vg_mav_command_long cmd = {
        .command = 22, .target_system = 7, .target_component = 1};
    must(vg_command_send(&a->commands, 255, 190, &cmd, vg_us(0), NULL) == VG_OK);
    vg_control_init(&a->control, 255, 190, 7);
    vg_params_start(&a->params, pair, vg_us(0));
    vg_paramask_start(&a->ask, pair, (options & 1) != 0);
    must(vg_paramask_add(&a->ask, "ONE"));
    vg_paramsrv_init(&a->paramsrv, 7, 1);
    must(vg_paramsrv_add(&a->paramsrv, "ONE", VG_MAV_PARAM_TYPE_REAL32, 1.0f));
}

/* What people do in between. */
static void disturb(struct all *a, const struct vg_mav_msg *msg, struct vg_us now)
{
    enum vg_status st = VG_OK;
    if (msg->compid != 1) {
        vg_missionup_cancel(&a->up, now);
        st = vg_command_cancel(&a->commands, 7, 1, 22, now, NULL);
        st = vg_control_ask(&a->control, now, NULL);
    } else if ((msg->seq & 3) == 2) {
        const struct vg_mav_command_long cmd = {
            .command = 22, .param1 = msg->seq, .target_system = 7, .target_component = 1};
        st = vg_command_order(&a->commands, 255, 190, &cmd, now, NULL);
        st = vg_control_allow(&a->control, msg->seq < 128, now, NULL);
    }
    (void)st; /* refused more often than not */
    struct vg_control_event e;
    while (vg_control_next_event(&a->control, &e)) {
        must(vg_control_text(e.what) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct all a;
    if (size < 1) {
        return 0;
    }
    start(&a, data[0]);
    data++;
    size--;
    struct vg_mav_msg msg;
    int64_t now_us = 0;
    int ms;
    while (fuzz_message(&data, &size, &msg, &ms)) {
        now_us += ms * INT64_C(1000);
        struct vg_us now = vg_us(now_us);
        vg_missionup_feed(&a.up, &msg, now);
        (void)vg_missionup_is_replaced(&a.up, &msg);
        vg_command_feed(&a.commands, &msg, now);
        vg_control_feed(&a.control, &msg, now);
        disturb(&a, &msg, now);
        vg_params_feed(&a.params, &msg, now);
        vg_paramask_feed(&a.ask, &msg);
        msg.sysid = 255;
        msg.compid = 190;
        vg_missionsrv_feed(&a.srv, &msg, now);
        vg_paramsrv_feed(&a.paramsrv, &msg);
        vg_missionup_step(&a.up, now);
        vg_missionsrv_step(&a.srv, now);
        vg_command_step(&a.commands, now);
        vg_control_step(&a.control, now);
        vg_params_step(&a.params, now);
        vg_paramsrv_step(&a.paramsrv);
        check(&a);
        drain(&a, now);
    }
    return 0;
}
