/* What an autopilot is set to do by itself: a dozen parameters, read by name (paramask.h).
 *
 * Nothing is written: a station that changes failsafes behind a pilot's back is worse than none.
 * Values that come unasked are taken too.
 *
 * Sources, names and meanings: ArduPlane/Parameters.cpp and events.cpp, ArduCopter/Parameters.cpp
 * and events.cpp, libraries/AP_BattMonitor/AP_BattMonitor_Params.cpp, ArduPlane/quadplane.cpp; PX4
 * src/modules/commander/failsafe/failsafe.cpp, commander_params, navigator rtl_params.
 *
 * Memory: 1 KB. Threads: one at a time. Allocations: none.
 */
#ifndef VG_FLY_SETTINGS_H
#define VG_FLY_SETTINGS_H

#include "base/lang.h"
#include "link/autopilot.h"
#include "link/paramask.h"

enum vg_setting {
    VG_SET_LOST_ENABLED = 0, /* FS_GCS_ENABL */
    VG_SET_LOST_ACTION, /* FS_LONG_ACTN, FS_GCS_ENABLE, NAV_DLL_ACT */
    VG_SET_LOST_AFTER_S, /* FS_LONG_TIMEOUT, FS_GCS_TIMEOUT, COM_DL_LOSS_T */
    VG_SET_LOST_EXCEPT, /* FS_OPTIONS, COM_DLL_EXCEPT */
    VG_SET_RETURN_M, /* RTL_ALTITUDE, RTL_ALT, RTL_RETURN_ALT: above home */
    VG_SET_RETURN_TERRAIN, /* TERRAIN_FOLLOW, RTL_ALT_TYPE */
    VG_SET_RETURN_LANDS, /* RTL_AUTOLAND, RTL_TYPE */
    VG_SET_VTOL_RETURN, /* Q_RTL_MODE */
    VG_SET_BATTERY_ACTION, /* BATT_FS_LOW_ACT, COM_LOW_BAT_ACT */
    VG_SET_COUNT
};

/* Zero-initialise. */
struct vg_settings {
    enum vg_firmware firmware;
    enum vg_airframe airframe;
    bool is_started;
    double value[VG_SET_COUNT]; /* metres, seconds or the parameter's own numbers; NaN: not known */
    struct vg_paramask ask;
    uint8_t of[VG_PARAMASK_MAX]; /* private: which name of which setting each asked one is */
};

/* Forget everything and ask anew. */
void vg_settings_start(struct vg_settings *self, struct vg_mav_pair pair, uint8_t autopilot,
                       uint8_t mav_type);
void vg_settings_feed(struct vg_settings *self, const struct vg_mav_msg *msg);
/* True: *out is to be sent. Every 20 to 200 ms. */
bool vg_settings_step(struct vg_settings *self, struct vg_us now, struct vg_mav_msg *out);

enum vg_judgement {
    VG_JUDGE_GOOD = 0,
    VG_JUDGE_WAITING,
    VG_JUDGE_BAD,
    VG_JUDGE_UNKNOWN
};

/* What it does by itself on its mission when it no longer hears the station, in words. BAD: it
 * would come down where it is. */
enum vg_judgement vg_settings_lost_link(const struct vg_settings *self, enum vg_lang lang,
                                        char *out, size_t size_bytes);
/* The same for a battery that runs low. BAD: nothing, or it would come down where it is. */
enum vg_judgement vg_settings_battery(const struct vg_settings *self, enum vg_lang lang, char *out,
                                      size_t size_bytes);
/* Does its return follow the ground, at VG_SET_RETURN_M above it? */
bool vg_settings_return_follows(const struct vg_settings *self);
/* Does its own return go on to the landing of its mission rather than back to where it took off?
 * *out_want is what would make it so, borrowed for ever. ArduPlane/mode_rtl.cpp: RTL_AUTOLAND 2
 * alone jumps there at once (1 first flies home, 3 is for going around, 4 wants a return path in
 * the mission), and Q_RTL_MODE goes first; PX4 rtl_params.c: RTL_TYPE 0 knows no mission landing.
 * ArduCopter has no such return: it is to go on with its mission. */
enum vg_judgement vg_settings_return_ahead(const struct vg_settings *self, const char **out_want);
/* Known to descend evenly from where it is to its mission's landing, whatever VG_SET_RETURN_M is.
 */
bool vg_settings_return_slopes(const struct vg_settings *self);
/* Known to circle over home without landing. */
bool vg_settings_return_circles(const struct vg_settings *self);

#endif
