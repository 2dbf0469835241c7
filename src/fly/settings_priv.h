/* What the parameters of each firmware are called and mean; the tables are settings_table.c. */
#ifndef VG_FLY_SETTINGS_PRIV_H
#define VG_FLY_SETTINGS_PRIV_H

#include "fly/settings.h"
#include "link/autopilot.h"

enum {
    VG_SETTING_NAMES = 2, /* of one setting: older and newer firmware */
    VG_SETTING_MEANINGS = 8
};

/* `scale` makes metres and seconds of it. */
struct vg_setting_name {
    const char *name; /* NULL: none */
    double scale;
};

/* What it then does; the text is a key for vg_tr. */
struct vg_setting_meaning {
    int value;
    const char *text; /* NULL: the list ends */
    bool is_bad;
};

struct vg_settings_table {
    struct vg_setting_name names[VG_SET_COUNT][VG_SETTING_NAMES];
    struct vg_setting_meaning lost[VG_SETTING_MEANINGS]; /* of VG_SET_LOST_ACTION */
    struct vg_setting_meaning battery[VG_SETTING_MEANINGS]; /* of VG_SET_BATTERY_ACTION */
    long except_mask; /* bits of VG_SET_LOST_EXCEPT with which it goes on with its mission */
    long follow_mask; /* bits of VG_SET_RETURN_TERRAIN with which its return follows the ground */
    bool circles; /* over home, without landing, where VG_SET_RETURN_LANDS is 0 */
    /* Its return goes on to the landing of its mission. */
    enum vg_setting ahead; /* with this setting */
    unsigned ahead_values; /* at one of these: bits */
    unsigned slope_values; /* those of them at which it descends all the way there: bits */
    const char *ahead_want; /* so that it does */
    const char *ahead_want_flat; /* where VG_SET_VTOL_RETURN has it land upright first; or NULL */
};

/* Never NULL; empty where nothing is known of the firmware. */
const struct vg_settings_table *vg_settings_table_of(enum vg_firmware firmware);

#endif
