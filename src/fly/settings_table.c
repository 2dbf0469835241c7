/* One table for each firmware. Sources: settings.h; each row names its own where it has one. */
#include "fly/settings_priv.h"

#define GOES_ON "goes on with its mission"
#define RETURNS "returns to base"
#define HOLDS "holds where it is, until its battery runs low"
#define LANDS "lands where it is"
#define FALLS "stops its motors in the air"
#define BACK "flies back the way it came"
#define SEQUENCE "goes to its landing sequence"
#define NOTHING "does nothing"

static const struct vg_settings_table ARDUPLANE = {
    .names =
        {
            [VG_SET_LOST_ENABLED] = {{"FS_GCS_ENABL", 1}},
            [VG_SET_LOST_ACTION] = {{"FS_LONG_ACTN", 1}},
            [VG_SET_LOST_AFTER_S] = {{"FS_LONG_TIMEOUT", 1}},
            [VG_SET_RETURN_M] = {{"RTL_ALTITUDE", 1}, {"ALT_HOLD_RTL", 0.01}},
            [VG_SET_RETURN_TERRAIN] = {{"TERRAIN_FOLLOW", 1}},
            [VG_SET_RETURN_LANDS] = {{"RTL_AUTOLAND", 1}},
            [VG_SET_VTOL_RETURN] = {{"Q_RTL_MODE", 1}},
            [VG_SET_BATTERY_ACTION] = {{"BATT_FS_LOW_ACT", 1}},
        },
    /* FS_LONG_ACTN, in AUTO (ArduPlane/events.cpp). */
    .lost =
        {
            {0, GOES_ON, false},
            {1, RETURNS, false},
            {2, "glides down without its motor", true},
            {3, "comes down on its parachute", true},
            {4, GOES_ON, false},
            {5, "goes to its automatic landing", false},
        },
    /* BATT_FS_LOW_ACT: Plane's and Copter's differ. */
    .battery =
        {
            {0, NOTHING, true},
            {1, RETURNS, false},
            {2, SEQUENCE, false},
            {3, FALLS, true},
            {4, "returns and lands upright", false},
            {6, "holds, then lands upright", false},
            {7, RETURNS, false},
        },
    .follow_mask = 1 | 16, /* TERRAIN_FOLLOW: all modes, RTL */
    .circles = true, /* RTL_AUTOLAND (mode_rtl.cpp) */
    .ahead = VG_SET_RETURN_LANDS,
    .ahead_values = 1u << 2,
    .slope_values = 1u << 2, /* its mission goes on at the landing, on a straight slope to the
                                circle (mode_rtl.cpp; altitude.cpp, setup_glide_slope: AUTO) */
    .ahead_want = "RTL_AUTOLAND 2",
    .ahead_want_flat = "Q_RTL_MODE 0, RTL_AUTOLAND 2",
};

static const struct vg_settings_table ARDUCOPTER = {
    .names =
        {
            [VG_SET_LOST_ACTION] = {{"FS_GCS_ENABLE", 1}},
            [VG_SET_LOST_AFTER_S] = {{"FS_GCS_TIMEOUT", 1}},
            [VG_SET_LOST_EXCEPT] = {{"FS_OPTIONS", 1}},
            [VG_SET_RETURN_M] = {{"RTL_ALT", 0.01}, {"RTL_ALT_M", 1}},
            [VG_SET_RETURN_TERRAIN] = {{"RTL_ALT_TYPE", 1}},
            [VG_SET_BATTERY_ACTION] = {{"BATT_FS_LOW_ACT", 1}},
        },
    /* FS_GCS_ENABLE (ArduCopter/events.cpp). */
    .lost =
        {
            {0, GOES_ON, false},
            {1, RETURNS, false},
            {2, GOES_ON, false},
            {3, BACK, false},
            {4, BACK, false},
            {5, LANDS, true},
            {6, SEQUENCE, false},
            {7, "brakes and then lands where it is", true},
        },
    .battery =
        {
            {0, NOTHING, true},
            {1, LANDS, false},
            {2, RETURNS, false},
            {3, BACK, false},
            {4, BACK, false},
            {5, FALLS, true},
            {6, SEQUENCE, false},
            {7, "brakes and then lands where it is", false},
        },
    .except_mask = 2, /* FS_OPTIONS: continue in AUTO on ground station failsafe */
    .follow_mask = 1, /* RTL_ALT_TYPE: 1 the ground, 0 home */
    .ahead = VG_SET_LOST_ACTION, /* it is to go on with its mission */
    .ahead_values = 1u << 0 | 1u << 2 | 1u << 6,
    .ahead_want = "FS_GCS_ENABLE 2",
};

static const struct vg_settings_table PX4 = {
    .names =
        {
            [VG_SET_LOST_ACTION] = {{"NAV_DLL_ACT", 1}},
            [VG_SET_LOST_AFTER_S] = {{"COM_DL_LOSS_T", 1}},
            [VG_SET_LOST_EXCEPT] = {{"COM_DLL_EXCEPT", 1}},
            [VG_SET_RETURN_M] = {{"RTL_RETURN_ALT", 1}},
            [VG_SET_RETURN_LANDS] = {{"RTL_TYPE", 1}},
            [VG_SET_BATTERY_ACTION] = {{"COM_LOW_BAT_ACT", 1}},
        },
    /* NAV_DLL_ACT (failsafe.cpp). */
    .lost =
        {
            {0, GOES_ON, false},
            {1, HOLDS, false},
            {2, RETURNS, false},
            {3, LANDS, true},
            {5, FALLS, true},
            {6, FALLS, true},
            {7, GOES_ON, false},
        },
    /* COM_LOW_BAT_ACT. */
    .battery =
        {
            {0, NOTHING, true},
            {1, RETURNS, false},
            {2, LANDS, false},
            {3, "returns to base, then lands where it is", false},
        },
    .except_mask = 1, /* COM_DLL_EXCEPT: mission */
    .ahead = VG_SET_RETURN_LANDS,
    .ahead_values = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4,
    .ahead_want = "RTL_TYPE 1",
};

static const struct vg_settings_table NOT_KNOWN = {.ahead_want = ""};

const struct vg_settings_table *vg_settings_table_of(enum vg_firmware firmware)
{
    static const struct vg_settings_table *const OF[VG_FIRMWARE_COUNT] = {
        [VG_FIRMWARE_OTHER] = &NOT_KNOWN,
        [VG_FIRMWARE_ARDUPLANE] = &ARDUPLANE,
        [VG_FIRMWARE_ARDUCOPTER] = &ARDUCOPTER,
        [VG_FIRMWARE_PX4] = &PX4,
    };
    return OF[firmware];
}
