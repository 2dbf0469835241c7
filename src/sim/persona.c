#include "sim/persona.h"

#include "link/autopilot.h"

#include <string.h>

/* A quadplane tells FIXED_WING unless Q_MAV_TYPE says otherwise (ArduPlane/quadplane.cpp,
 * get_mav_type). Arming refused for 20 s with FAILED: seen of ArduPlane 4.5. */
#define ARDUPILOT(mav_type)                                                                        \
    {                                                                                              \
        .name = "ardupilot", .autopilot = VG_MAV_AUTOPILOT_ARDUPILOTMEGA, .type = (mav_type),      \
        .not_armed = VG_MAV_RESULT_FAILED, .arms_after_us = 20000000,                              \
        .version = 4u << 24 | 5u << 16 | 7u << 8 | 255u                                            \
    }
/* PX4: src/modules/mavlink/streams (WIND_COV), commander (TEMPORARILY_REJECTED while its checks
 * fail). Type: MAV_TYPE of the airframe files. */
#define PX4(mav_type)                                                                              \
    {                                                                                              \
        .name = "px4", .autopilot = VG_MAV_AUTOPILOT_PX4, .type = (mav_type),                      \
        .tells_wind_cov = true, .not_armed = VG_MAV_RESULT_TEMPORARILY_REJECTED,                   \
        .arms_after_us = 8000000, .version = 1u << 24 | 14u << 16 | 3u << 8 | 255u                 \
    }

static const struct vg_sim_persona PERSONAS[VG_SIM_AUTOPILOT_COUNT][VG_KIND_COPTER + 1] = {
    [VG_SIM_ARDUPILOT] = {[VG_KIND_PLANE] = ARDUPILOT(VG_MAV_TYPE_FIXED_WING),
                          [VG_KIND_QUADPLANE] = ARDUPILOT(VG_MAV_TYPE_FIXED_WING),
                          [VG_KIND_COPTER] = ARDUPILOT(VG_MAV_TYPE_QUADROTOR)},
    [VG_SIM_PX4] = {[VG_KIND_PLANE] = PX4(VG_MAV_TYPE_FIXED_WING),
                    [VG_KIND_QUADPLANE] = PX4(VG_MAV_TYPE_VTOL_FIXEDROTOR),
                    [VG_KIND_COPTER] = PX4(VG_MAV_TYPE_QUADROTOR)},
};

const struct vg_sim_persona *vg_sim_persona(enum vg_sim_autopilot autopilot, enum vg_kind kind)
{
    return &PERSONAS[autopilot][kind];
}

bool vg_sim_autopilot_find(const char *name, enum vg_sim_autopilot *out)
{
    for (int k = 0; k < VG_SIM_AUTOPILOT_COUNT; k++) {
        if (strcmp(PERSONAS[k][VG_KIND_PLANE].name, name) == 0) {
            *out = (enum vg_sim_autopilot)k;
            return true;
        }
    }
    return false;
}

static bool has_plane_modes(const struct vg_sim_persona *self)
{
    return vg_firmware_of(self->autopilot, self->type) == VG_FIRMWARE_ARDUPLANE;
}

uint32_t vg_sim_persona_mode_out(const struct vg_sim_persona *self, uint32_t plane_mode)
{
    uint32_t mode = plane_mode;
    if (has_plane_modes(self)) {
        return mode;
    }
    enum vg_mode_kind kind =
        vg_mode_kind(VG_MAV_AUTOPILOT_ARDUPILOTMEGA, VG_MAV_TYPE_FIXED_WING, plane_mode);
    bool holds_there = vg_autopilot_find(self->autopilot)->goes_to_a_place_in_hold;
    bool is_hold = kind == VG_MODE_OTHER || (kind == VG_MODE_GUIDED && holds_there); /* CIRCLE */
    kind = is_hold ? VG_MODE_HOLD : kind;
    (void)vg_mode_find(self->autopilot, self->type, kind, &mode);
    return mode;
}

bool vg_sim_persona_mode_in(const struct vg_sim_persona *self, uint32_t custom_mode,
                            uint32_t *out_plane_mode)
{
    static const uint32_t OURS[VG_MODE_KIND_COUNT] = {
        [VG_MODE_MISSION] = VG_PLANE_MODE_AUTO,
        [VG_MODE_HOLD] = VG_PLANE_MODE_LOITER,
        [VG_MODE_RETURN] = VG_PLANE_MODE_RTL,
        [VG_MODE_GUIDED] = VG_PLANE_MODE_GUIDED,
    };
    if (has_plane_modes(self)) {
        *out_plane_mode = custom_mode;
        return true;
    }
    enum vg_mode_kind kind = vg_mode_kind(self->autopilot, self->type, custom_mode);
    *out_plane_mode = OURS[kind];
    return OURS[kind] != 0 || kind == VG_MODE_MANUAL;
}
