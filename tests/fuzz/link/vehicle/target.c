/* Any sequence of messages: what is published stays within its promised ranges. */
#include "../message.h"
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
    must(is_within(v->loss, 0, 1) && v->state.mode_name != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_vehicle v;
    struct vg_mav_msg msg;
    int64_t now_us = 0;
    int ms;
    vg_vehicle_init(&v, 7);
    while (fuzz_message(&data, &size, &msg, &ms)) {
        now_us += ms * INT64_C(1000);
        vg_vehicle_feed(&v, &msg, vg_us(now_us));
        check(&v);
        enum vg_link_state link = vg_vehicle_link(&v, vg_us(now_us));
        must((link == VG_LINK_NEVER) == (v.n_heard == 0));
    }
    return 0;
}
