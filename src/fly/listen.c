/* What the drones should tell, and how often. */
#include "fly/director_priv.h"

static const struct vg_msgrate_wanted WANTED[] = {
    {VG_MAV_ID_GLOBAL_POSITION_INT, 10},
    {VG_MAV_ID_ATTITUDE, 5},
    {VG_MAV_ID_VFR_HUD, 1},
    {VG_MAV_ID_SYS_STATUS, 1},
    {VG_MAV_ID_GPS_RAW_INT, 1},
    {VG_MAV_ID_MISSION_CURRENT, 1},
    {VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS, 2},
    {VG_MAV_ID_CAMERA_FOV_STATUS, 1},
};

void vg_flyer_listen(struct vg_director *self, struct vg_flyer *f, const struct vg_mav_msg *msg,
                     struct vg_us now)
{
    if (f->rates.n == 0 && f->vehicle.state.is_known) {
        const struct vg_mav_pair pair = {(uint8_t)self->options.our_sysid, VG_OUR_COMPID,
                                         f->vehicle.sysid, f->vehicle.compid};
        vg_msgrates_init(&f->rates, pair, WANTED, (int)(sizeof WANTED / sizeof WANTED[0]));
    }
    vg_msgrates_feed(&f->rates, msg, now);
}

void vg_flyer_step_listen(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    struct vg_mav_msg m;
    bool is_quiet =
        f->is_by_satellite || f->vehicle.is_high_latency || f->told_link != VG_LINK_FRESH;
    vg_msgrates_pause(&f->rates, is_quiet);
    vg_msgrates_step(&f->rates, now);
    while (vg_msgrates_next_out(&f->rates, &m)) {
        self->options.send(self->options.ctx, f->drone, &m);
    }
}
