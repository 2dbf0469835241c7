/* Puts made metadata beside a video, for tests/peers/video/check.mjs: five packets a second, each
 * with a pose that grows with time and one target. Usage: mux_peer FROM TO */
#include "look/mux.h"
#include "look/klv_pose.h"

#include <math.h>
#include <stdio.h>

struct maker {
    double next_s;
};

static size_t make(void *ctx, double pts_s, uint8_t *buf)
{
    struct maker *self = ctx;
    struct vg_klv_out out;
    struct vg_bytes packet = {0};
    struct vg_klv_pose pose = vg_klv_pose_none();
    const struct vg_klv_target target = {
        .id = 3, .row = 10, .column = 20, .confidence = 0.5, .lat_deg = (double)NAN};
    const struct vg_klv_vmti vmti = {"test", 320, 180, 1, 1, &target};
    if (pts_s < self->next_s) {
        return 0;
    }
    self->next_s += 0.2;
    pose.v[VG_POSE_LAT_DEG] = 10 + 0.01 * pts_s;
    pose.v[VG_POSE_HEADING_TRUE_DEG] = fmod(350 + 20 * pts_s, 360);
    pose.v[VG_POSE_ROLL_DEG] = 120; /* out of range */
    pose.v[VG_POSE_HFOV_DEG] = 40;
    vg_klv_begin(&out, buf, VG_MUX_KLV_MAX,
                 vg_us(1700000000000000 + (int64_t)llround(pts_s * 1e6)));
    vg_klv_put_pose(&out, &pose);
    vg_klv_put_vmti(&out, &vmti);
    return vg_klv_end(&out, &packet, NULL) == VG_OK ? packet.n : 0;
}

int main(int argc, char **argv)
{
    struct maker maker = {0};
    struct vg_mux_counts counts;
    struct vg_error err = {0};
    if (argc != 3) {
        return 2;
    }
    const struct vg_mux_plan plan = {argv[1], argv[2], make, &maker, NULL};
    enum vg_status st = vg_mux_run(&plan, &counts, &err);
    printf("{\"pictures\":%llu,\"klv\":%llu,\"left_out\":%llu}\n",
           (unsigned long long)counts.pictures, (unsigned long long)counts.klv_packets,
           (unsigned long long)counts.left_out);
    if (st != VG_OK) {
        fprintf(stderr, "%s\n", err.message);
    }
    return vg_exit_code(st);
}
