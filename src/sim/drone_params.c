/* The parameters an operator finds, by ArduPlane's names or PX4's. */
#include "sim/drone_priv.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum {
    NO_FIELD = -1
};

/* `field`: the pilot's parameter it sets, NO_FIELD for those that are only shown. */
static const struct row {
    const char *name;
    uint8_t type;
    int field;
    float shown;
} ROWS[] = {
    {"SYSID_THISMAV", VG_MAV_PARAM_TYPE_INT16, NO_FIELD, 0},
    {"WP_RADIUS", VG_MAV_PARAM_TYPE_INT16, offsetof(struct vg_pilot_params, wp_radius_m), 0},
    {"WP_LOITER_RAD", VG_MAV_PARAM_TYPE_INT16, offsetof(struct vg_pilot_params, loiter_radius_m),
     0},
    {"RTL_ALTITUDE", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, rtl_alt_m), 0},
    {"RTL_AUTOLAND", VG_MAV_PARAM_TYPE_INT8, offsetof(struct vg_pilot_params, rtl_autoland), 0},
    {"TKOFF_ALT", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, takeoff_alt_m), 0},
    {"AIRSPEED_CRUISE", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, cruise_mps), 0},
    {"BATT_CAPACITY", VG_MAV_PARAM_TYPE_INT32, NO_FIELD, VG_DRONE_BATTERY_MAH},
    {"BATT_LOW_MAH", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, low_energy), 0},
    {"BATT_FS_LOW_ACT", VG_MAV_PARAM_TYPE_INT8, offsetof(struct vg_pilot_params, low_action), 0},
    {"ARMING_CHECK", VG_MAV_PARAM_TYPE_INT32, NO_FIELD, 1},
    {"TERRAIN_ENABLE", VG_MAV_PARAM_TYPE_INT8, NO_FIELD, 1},
    {"TERRAIN_FOLLOW", VG_MAV_PARAM_TYPE_INT16, NO_FIELD, 1}, /* the return does */
    {"FS_GCS_ENABL", VG_MAV_PARAM_TYPE_INT8, NO_FIELD, 0},
    {"FS_LONG_ACTN", VG_MAV_PARAM_TYPE_INT8, NO_FIELD, 0},
    {"FS_LONG_TIMEOUT", VG_MAV_PARAM_TYPE_REAL32, NO_FIELD, 20},
    {"MNT1_TYPE", VG_MAV_PARAM_TYPE_INT8, NO_FIELD, 6},
};
/* PX4: src/modules/navigator, fw_pos_control, battery, commander, mavlink (their params.c). */
static const struct row PX4_ROWS[] = {
    {"MAV_SYS_ID", VG_MAV_PARAM_TYPE_INT32, NO_FIELD, 0},
    {"NAV_ACC_RAD", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, wp_radius_m), 0},
    {"NAV_LOITER_RAD", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, loiter_radius_m),
     0},
    {"RTL_RETURN_ALT", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, rtl_alt_m), 0},
    {"MIS_TAKEOFF_ALT", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, takeoff_alt_m),
     0},
    {"FW_AIRSPD_TRIM", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, cruise_mps), 0},
    {"BAT1_CAPACITY", VG_MAV_PARAM_TYPE_REAL32, NO_FIELD, VG_DRONE_BATTERY_MAH},
    {"BAT_CRIT_THR", VG_MAV_PARAM_TYPE_REAL32, offsetof(struct vg_pilot_params, low_energy), 0},
    {"COM_LOW_BAT_ACT", VG_MAV_PARAM_TYPE_INT32, offsetof(struct vg_pilot_params, low_action), 0},
    {"RTL_TYPE", VG_MAV_PARAM_TYPE_INT32, NO_FIELD, 1}, /* by the mission's landing */
    {"NAV_DLL_ACT", VG_MAV_PARAM_TYPE_INT32, NO_FIELD, 0},
    {"COM_DL_LOSS_T", VG_MAV_PARAM_TYPE_INT32, NO_FIELD, 10},
};

struct rows {
    const struct row *list;
    int n;
};

static struct rows rows_of(const struct vg_simdrone *self)
{
    static const struct rows ARDUPILOT = {ROWS, (int)(sizeof ROWS / sizeof ROWS[0])};
    static const struct rows PX4 = {PX4_ROWS, (int)(sizeof PX4_ROWS / sizeof PX4_ROWS[0])};
    static const struct rows *const OF[VG_FIRMWARE_COUNT] = {
        [VG_FIRMWARE_OTHER] = &ARDUPILOT,
        [VG_FIRMWARE_ARDUPLANE] = &ARDUPILOT,
        [VG_FIRMWARE_ARDUCOPTER] = &ARDUPILOT, /* the simulated one has a plane's names */
        [VG_FIRMWARE_PX4] = &PX4,
    };
    const struct vg_sim_persona *p = self->config.persona;
    return *OF[vg_firmware_of(p->autopilot, p->type)];
}

/* The low battery is a share inside and, with ArduPilot, milliampere-hours outside. */
static double scale_of(const struct row *row)
{
    return strcmp(row->name, "BATT_LOW_MAH") == 0 ? (double)VG_DRONE_BATTERY_MAH : 1.0;
}

static double *field_of(struct vg_pilot_params *params, const struct row *row)
{
    return (double *)(void *)((char *)params + row->field);
}

void vg_drone_params_init(struct vg_simdrone *self)
{
    const struct rows rows = rows_of(self);
    bool is_bytewise = self->habits->has_bytewise_params;
    vg_paramsrv_init(&self->params, self->config.sysid, VG_DRONE_COMPID);
    for (int i = 0; i < rows.n; i++) {
        const struct row *row = &rows.list[i];
        double value = (double)row->shown;
        if (row->field != NO_FIELD) {
            value = *field_of(&self->pilot.params, row) * scale_of(row);
        } else if (i == 0) {
            value = self->config.sysid;
        }
        (void)vg_paramsrv_add(&self->params, row->name, row->type,
                              vg_param_raw(value, row->type, is_bytewise));
    }
}

/* What is not a number is not taken; the rest only within what the aircraft can do with it. */
void vg_drone_params_apply(struct vg_simdrone *self)
{
    struct vg_pilot_params *p = &self->pilot.params;
    const struct rows rows = rows_of(self);
    for (int i = 0; i < rows.n && i < self->params.n_params; i++) {
        const struct row *row = &rows.list[i];
        double value = vg_param_value(&self->params.params[i], self->habits->has_bytewise_params) /
                       scale_of(row);
        if (row->field != NO_FIELD && isfinite(value)) {
            *field_of(p, row) = value;
        }
    }
    double cruise = self->pilot.flight.config.cruise_mps;
    p->cruise_mps = fmax(0.7 * cruise, fmin(1.4 * cruise, p->cruise_mps));
    p->rtl_alt_m = fmax(20, fmin(5000, p->rtl_alt_m));
    p->takeoff_alt_m = fmax(10, fmin(1000, p->takeoff_alt_m));
    p->loiter_radius_m = fmax(-10000, fmin(10000, p->loiter_radius_m));
}
