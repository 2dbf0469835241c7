/* Any sequence of messages: what is published stays within its promised ranges, and what the
 * machines that listen beside want to send is allowed. */
#include "../message.h"
#include "link/allow.h"
#include "link/logs.h"
#include "link/msgrates.h"
#include "link/payload.h"
#include "link/remoteid.h"
#include "link/timesync.h"
#include "link/vehicle.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static bool is_within(double v, double lo, double hi)
{
    return v >= lo && v <= hi;
}

static bool is_within_or_nan(double v, double lo, double hi)
{
    return isnan(v) || is_within(v, lo, hi);
}

static void check(const struct vg_vehicle *v)
{
    if (v->position.is_known) {
        must(is_within(v->position.lat_deg, -90, 90) && is_within(v->position.lon_deg, -180, 180));
        must(is_within_or_nan(v->position.heading_true_deg, 0, 360));
    }
    if (v->attitude.is_known) {
        must(is_within(v->attitude.yaw_true_deg, 0, 360) && isfinite(v->attitude.roll_deg));
    }
    if (v->gimbal.is_known) {
        must(is_within(v->gimbal.pitch_deg, -180, 180) && is_within(v->gimbal.roll_deg, -180, 180));
        must(is_within_or_nan(v->gimbal.yaw_true_deg, 0, 360));
        must(is_within_or_nan(v->gimbal.yaw_body_deg, -180, 180));
    }
    if (v->battery.is_known) {
        must(is_within_or_nan(v->battery.percent, 0, 100));
    }
    if (v->wind.is_known) {
        must(is_within(v->wind.from_true_deg, 0, 360) && v->wind.speed_mps >= 0);
    }
    if (v->camera.is_known) {
        must(is_within(v->camera.fov_h_deg, 0, 360));
    }
    must(v->newest >= -1 && v->newest < VG_VEHICLE_TEXTS && v->n_texts <= VG_VEHICLE_TEXTS);
    for (int i = 0; i < v->n_texts; i++) {
        must(memchr(v->texts[i].text, 0, VG_VEHICLE_TEXT_SIZE) != NULL);
    }
    must(v->state.mode_name != NULL);
}

static struct {
    struct vg_payload payload;
    struct vg_remoteid remoteid;
    struct vg_timesync timesync;
    struct vg_msgrates rates;
    struct vg_logs logs;
} beside;

enum {
    LOG_MAX = 100000
};

static void take_log(void *ctx, uint32_t offset, struct vg_bytes data)
{
    (void)ctx;
    must(data.n <= VG_LOG_PIECE && (uint64_t)offset + data.n <= LOG_MAX);
}

static void feed_logs(const struct vg_mav_msg *msg, struct vg_us now)
{
    const struct vg_ftp_options options = {.sink = take_log, .limit_bytes = LOG_MAX};
    struct vg_logs *l = &beside.logs;
    vg_logs_feed(l, msg, now);
    vg_logs_step(l, now);
    must(l->n_entries >= 0 && l->n_entries <= VG_LOGS_MAX && l->read_bytes <= LOG_MAX + 90);
    if (l->state == VG_LOGS_DONE && l->n_entries > 0) {
        must(vg_logs_read(l, l->n_entries - 1, &options, now, NULL) == VG_OK);
    } else if (!vg_logs_is_busy(l)) {
        vg_logs_list(l, (struct vg_mav_pair){255, 190, 7, 1}, 0, 12, now);
    }
}

static void start_beside(void)
{
    static const struct vg_msgrate_wanted wanted[] = {
        {VG_MAV_ID_ATTITUDE, 5}, {VG_MAV_ID_GLOBAL_POSITION_INT, 10}, {VG_MAV_ID_WIND, 1}};
    const struct vg_mav_pair pair = {255, 190, 7, 1};
    vg_payload_init(&beside.payload, pair);
    vg_remoteid_init(&beside.remoteid, pair);
    vg_timesync_init(&beside.timesync, pair);
    vg_msgrates_init(&beside.rates, pair, wanted, 3);
    memset(&beside.logs, 0, sizeof beside.logs);
}

static void feed_beside(const struct vg_mav_msg *msg, struct vg_us now)
{
    static const struct vg_operator operator= {true, 14.5, -11.4, "ID"};
    struct vg_mav_msg out;
    vg_payload_feed(&beside.payload, msg, now);
    vg_remoteid_feed(&beside.remoteid, msg);
    vg_timesync_feed(&beside.timesync, msg, now);
    vg_msgrates_feed(&beside.rates, msg, now);
    vg_payload_step(&beside.payload, now);
    (void)vg_payload_take_gimbal(&beside.payload, now);
    vg_remoteid_step(&beside.remoteid, &operator, now);
    vg_timesync_step(&beside.timesync, now);
    vg_msgrates_step(&beside.rates, now);
    feed_logs(msg, now);
    while (vg_payload_next_out(&beside.payload, &out) ||
           vg_remoteid_next_out(&beside.remoteid, &out) ||
           vg_timesync_next_out(&beside.timesync, &out) ||
           vg_msgrates_next_out(&beside.rates, &out) || vg_logs_next_out(&beside.logs, &out)) {
        must(vg_allow_message(&out, NULL));
    }
    must(!beside.timesync.is_known || beside.timesync.round_trip_s >= 0);
    must(is_within_or_nan(beside.payload.camera.zoom_pct, 0, 100));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_vehicle v;
    struct vg_mav_msg msg;
    int64_t now_us = 0;
    int ms;
    vg_vehicle_init(&v, 7);
    start_beside();
    while (fuzz_message(&data, &size, &msg, &ms)) {
        now_us += ms * INT64_C(1000);
        vg_vehicle_feed(&v, &msg, vg_us(now_us));
        check(&v);
        feed_beside(&msg, vg_us(now_us));
        enum vg_link_state link = vg_vehicle_link(&v, vg_us(now_us));
        must((link == VG_LINK_NEVER) == (v.n_heard == 0));
    }
    return 0;
}
