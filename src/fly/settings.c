#include "fly/settings.h"

#include <math.h>

enum {
    NAMES = 2 /* of one setting: older and newer firmware */
};
_Static_assert(VG_SET_COUNT *NAMES <= VG_PARAMASK_MAX, "all can be asked for");

/* `scale` makes metres and seconds of it. */
struct name {
    const char *name;
    double scale;
};

static const struct name PLANE[VG_SET_COUNT][NAMES] = {
    [VG_SET_LOST_ENABLED] = {{"FS_GCS_ENABL", 1}},
    [VG_SET_LOST_ACTION] = {{"FS_LONG_ACTN", 1}},
    [VG_SET_LOST_AFTER_S] = {{"FS_LONG_TIMEOUT", 1}},
    [VG_SET_RETURN_M] = {{"RTL_ALTITUDE", 1}, {"ALT_HOLD_RTL", 0.01}},
    [VG_SET_RETURN_TERRAIN] = {{"TERRAIN_FOLLOW", 1}},
    [VG_SET_RETURN_LANDS] = {{"RTL_AUTOLAND", 1}},
    [VG_SET_VTOL_RETURN] = {{"Q_RTL_MODE", 1}},
    [VG_SET_BATTERY_ACTION] = {{"BATT_FS_LOW_ACT", 1}},
};

static const struct name COPTER[VG_SET_COUNT][NAMES] = {
    [VG_SET_LOST_ACTION] = {{"FS_GCS_ENABLE", 1}},
    [VG_SET_LOST_AFTER_S] = {{"FS_GCS_TIMEOUT", 1}},
    [VG_SET_LOST_EXCEPT] = {{"FS_OPTIONS", 1}},
    [VG_SET_RETURN_M] = {{"RTL_ALT", 0.01}, {"RTL_ALT_M", 1}},
    [VG_SET_RETURN_TERRAIN] = {{"RTL_ALT_TYPE", 1}},
    [VG_SET_BATTERY_ACTION] = {{"BATT_FS_LOW_ACT", 1}},
};

static const struct name PX4[VG_SET_COUNT][NAMES] = {
    [VG_SET_LOST_ACTION] = {{"NAV_DLL_ACT", 1}},
    [VG_SET_LOST_AFTER_S] = {{"COM_DL_LOSS_T", 1}},
    [VG_SET_LOST_EXCEPT] = {{"COM_DLL_EXCEPT", 1}},
    [VG_SET_RETURN_M] = {{"RTL_RETURN_ALT", 1}},
    [VG_SET_RETURN_LANDS] = {{"RTL_TYPE", 1}},
    [VG_SET_BATTERY_ACTION] = {{"COM_LOW_BAT_ACT", 1}},
};

enum vg_airframe vg_airframe_of(uint8_t mav_type)
{
    switch (mav_type) {
    case VG_MAV_TYPE_FIXED_WING:
        return VG_AIRFRAME_PLANE;
    case VG_MAV_TYPE_QUADROTOR:
    case VG_MAV_TYPE_COAXIAL:
    case VG_MAV_TYPE_HELICOPTER:
    case VG_MAV_TYPE_HEXAROTOR:
    case VG_MAV_TYPE_OCTOROTOR:
    case VG_MAV_TYPE_TRICOPTER:
    case VG_MAV_TYPE_DODECAROTOR:
    case VG_MAV_TYPE_DECAROTOR:
        return VG_AIRFRAME_COPTER;
    default:
        return mav_type >= VG_MAV_TYPE_VTOL_TAILSITTER_DUOROTOR && mav_type <= 25
                   ? VG_AIRFRAME_QUADPLANE
                   : VG_AIRFRAME_OTHER;
    }
}

/* NULL: nothing is known of such an autopilot. */
static const struct name (*names_of(const struct vg_settings *self))[NAMES]
{
    if (self->autopilot == VG_MAV_AUTOPILOT_PX4) {
        return PX4;
    }
    if (self->autopilot != VG_MAV_AUTOPILOT_ARDUPILOTMEGA || self->airframe == VG_AIRFRAME_OTHER) {
        return NULL;
    }
    return self->airframe == VG_AIRFRAME_COPTER ? COPTER : PLANE;
}

void vg_settings_start(struct vg_settings *self, struct vg_mav_pair pair, uint8_t autopilot,
                       uint8_t mav_type)
{
    *self = (struct vg_settings){
        .autopilot = autopilot, .airframe = vg_airframe_of(mav_type), .is_started = true};
    for (int k = 0; k < VG_SET_COUNT; k++) {
        self->value[k] = (double)NAN;
    }
    const struct name(*names)[NAMES] = names_of(self);
    vg_paramask_start(&self->ask, pair, autopilot == VG_MAV_AUTOPILOT_PX4);
    for (int k = 0; k < VG_SET_COUNT * NAMES && names != NULL; k++) {
        const char *name = names[k / NAMES][k % NAMES].name;
        if (name != NULL && vg_paramask_add(&self->ask, name)) {
            self->of[self->ask.n_asked - 1] = (uint8_t)k;
        }
    }
}

void vg_settings_feed(struct vg_settings *self, const struct vg_mav_msg *msg)
{
    int i = vg_paramask_feed(&self->ask, msg);
    if (i < 0) {
        return;
    }
    int k = self->of[i];
    double scale = names_of(self)[k / NAMES][k % NAMES].scale;
    self->value[k / NAMES] = self->ask.asked[i].value * scale;
    for (int j = 0; j < self->ask.n_asked; j++) { /* its other name is wanted no more */
        if (j != i && self->of[j] / NAMES == k / NAMES) {
            vg_paramask_give_up(&self->ask, j);
        }
    }
}

bool vg_settings_step(struct vg_settings *self, struct vg_us now, struct vg_mav_msg *out)
{
    return vg_paramask_step(&self->ask, now, out);
}

bool vg_settings_return_follows(const struct vg_settings *self)
{
    double v = self->value[VG_SET_RETURN_TERRAIN];
    if (!isfinite(v) || self->autopilot != VG_MAV_AUTOPILOT_ARDUPILOTMEGA) {
        return false;
    }
    /* Plane: bit 0 all modes, bit 4 RTL; Copter: 1 the ground, 0 home. */
    long mask = lrint(v);
    return (mask & (self->airframe == VG_AIRFRAME_COPTER ? 1 : 1 | 16)) != 0;
}

bool vg_settings_return_circles(const struct vg_settings *self)
{
    if (self->autopilot != VG_MAV_AUTOPILOT_ARDUPILOTMEGA || self->airframe == VG_AIRFRAME_COPTER ||
        self->airframe == VG_AIRFRAME_OTHER) {
        return false;
    }
    double vtol = self->value[VG_SET_VTOL_RETURN]; /* a quadplane may call itself a plane */
    bool is_vtol_down =
        isfinite(vtol) ? vtol != 0
                       : self->airframe == VG_AIRFRAME_QUADPLANE; /* not known: takes it to land */
    return self->value[VG_SET_RETURN_LANDS] == 0 && !is_vtol_down;
}

enum vg_judgement vg_settings_return_ahead(const struct vg_settings *self, const char **out_want)
{
    double lands = self->value[VG_SET_RETURN_LANDS];
    double vtol = self->value[VG_SET_VTOL_RETURN];
    bool is_px4 = self->autopilot == VG_MAV_AUTOPILOT_PX4;
    *out_want = is_px4 ? "RTL_TYPE 1" : "RTL_AUTOLAND 2";
    if (is_px4) {
        return !isfinite(lands)           ? VG_JUDGE_UNKNOWN
               : lands >= 1 && lands <= 4 ? VG_JUDGE_GOOD
                                          : VG_JUDGE_BAD;
    }
    if (names_of(self) == NULL) {
        return VG_JUDGE_UNKNOWN;
    }
    if (self->airframe == VG_AIRFRAME_COPTER) {
        *out_want = "FS_GCS_ENABLE 2";
        double lost = self->value[VG_SET_LOST_ACTION];
        return !isfinite(lost)                       ? VG_JUDGE_UNKNOWN
               : lost == 0 || lost == 2 || lost == 6 ? VG_JUDGE_GOOD
                                                     : VG_JUDGE_BAD;
    }
    if (isfinite(vtol) && vtol != 0) {
        *out_want = "Q_RTL_MODE 0, RTL_AUTOLAND 2";
        return VG_JUDGE_BAD;
    }
    return !isfinite(lands) ? VG_JUDGE_UNKNOWN : lands == 2 ? VG_JUDGE_GOOD : VG_JUDGE_BAD;
}
