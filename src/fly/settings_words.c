/* What the settings mean, in words that a pilot can decide by. */
#include "fly/settings.h"

#include "base/text.h"

#include <math.h>

/* What it then does; the text is a key for vg_tr. */
struct meaning {
    int value;
    const char *text;
    bool is_bad;
};

#define GOES_ON "goes on with its mission"
#define RETURNS "returns to base"
#define HOLDS "holds where it is, until its battery runs low"
#define LANDS "lands where it is"
#define FALLS "stops its motors in the air"

/* FS_LONG_ACTN, in AUTO (ArduPlane/events.cpp). */
static const struct meaning PLANE_LOST[] = {
    {0, GOES_ON, false},
    {1, RETURNS, false},
    {2, "glides down without its motor", true},
    {3, "comes down on its parachute", true},
    {4, GOES_ON, false},
    {5, "goes to its automatic landing", false},
};

/* FS_GCS_ENABLE (ArduCopter/events.cpp). */
static const struct meaning COPTER_LOST[] = {
    {0, GOES_ON, false},
    {1, RETURNS, false},
    {2, GOES_ON, false},
    {3, "flies back the way it came", false},
    {4, "flies back the way it came", false},
    {5, LANDS, true},
    {6, "goes to its landing sequence", false},
    {7, "brakes and then lands where it is", true},
};

/* NAV_DLL_ACT (PX4 failsafe.cpp). */
static const struct meaning PX4_LOST[] = {
    {0, GOES_ON, false}, {1, HOLDS, false}, {2, RETURNS, false}, {3, LANDS, true},
    {5, FALLS, true},    {6, FALLS, true},  {7, GOES_ON, false},
};

/* BATT_FS_LOW_ACT: Plane's and Copter's differ. */
static const struct meaning PLANE_BATTERY[] = {
    {0, "does nothing", true},
    {1, RETURNS, false},
    {2, "goes to its landing sequence", false},
    {3, FALLS, true},
    {4, "returns and lands upright", false},
    {6, "holds, then lands upright", false},
    {7, RETURNS, false},
};
static const struct meaning COPTER_BATTERY[] = {
    {0, "does nothing", true},
    {1, LANDS, false},
    {2, RETURNS, false},
    {3, "flies back the way it came", false},
    {4, "flies back the way it came", false},
    {5, FALLS, true},
    {6, "goes to its landing sequence", false},
    {7, "brakes and then lands where it is", false},
};
/* COM_LOW_BAT_ACT. */
static const struct meaning PX4_BATTERY[] = {
    {0, "does nothing", true},
    {1, RETURNS, false},
    {2, LANDS, false},
    {3, "returns to base, then lands where it is", false},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct meaning *find(const struct meaning *list, size_t n, double value)
{
    for (size_t i = 0; i < n; i++) {
        if (value == list[i].value) {
            return &list[i];
        }
    }
    return NULL;
}

static const struct meaning *lost_meaning(const struct vg_settings *self)
{
    double v = self->value[VG_SET_LOST_ACTION];
    if (self->autopilot == VG_MAV_AUTOPILOT_PX4) {
        return find(PX4_LOST, COUNT(PX4_LOST), v);
    }
    return self->airframe == VG_AIRFRAME_COPTER ? find(COPTER_LOST, COUNT(COPTER_LOST), v)
                                                : find(PLANE_LOST, COUNT(PLANE_LOST), v);
}

/* Switched off, or with an exception for missions: it goes on whatever the action says. */
static bool is_excepted(const struct vg_settings *self)
{
    double except = self->value[VG_SET_LOST_EXCEPT];
    if (self->autopilot == VG_MAV_AUTOPILOT_PX4) {
        return isfinite(except) && (lrint(except) & 1) != 0;
    }
    if (self->airframe == VG_AIRFRAME_COPTER) {
        return isfinite(except) && (lrint(except) & 2) != 0;
    }
    return self->value[VG_SET_LOST_ENABLED] == 0;
}

static enum vg_judgement not_read(const struct vg_settings *self, enum vg_lang lang, char *out,
                                  size_t size_bytes)
{
    bool is_reading = self->is_started && !vg_paramask_is_done(&self->ask);
    vg_format(out, size_bytes, "%s",
              is_reading ? vg_tr(lang, "its settings are being read")
                         : vg_tr(lang, "it did not tell its settings"));
    return is_reading ? VG_JUDGE_WAITING : VG_JUDGE_UNKNOWN;
}

enum vg_judgement vg_settings_lost_link(const struct vg_settings *self, enum vg_lang lang,
                                        char *out, size_t size_bytes)
{
    double after_s = self->value[VG_SET_LOST_AFTER_S];
    if (self->is_started && is_excepted(self)) {
        vg_format(out, size_bytes, "%s", vg_tr(lang, GOES_ON));
        return VG_JUDGE_GOOD;
    }
    const struct meaning *m = self->is_started ? lost_meaning(self) : NULL;
    if (m == NULL) {
        return not_read(self, lang, out, size_bytes);
    }
    const char *text = vg_tr(lang, m->text);
    char then[160];
    if (m->value == 1 && vg_settings_return_circles(self)) {
        vg_format(then, sizeof then, vg_tr(lang, "%s and circles there without landing"), text);
    } else {
        vg_format(then, sizeof then, "%s", text);
    }
    if (isfinite(after_s) && after_s > 0) {
        vg_format(out, size_bytes, vg_tr(lang, "after %.0f s: %s"), after_s, then);
    } else {
        vg_format(out, size_bytes, "%s", then);
    }
    return m->is_bad ? VG_JUDGE_BAD : VG_JUDGE_GOOD;
}

enum vg_judgement vg_settings_battery(const struct vg_settings *self, enum vg_lang lang, char *out,
                                      size_t size_bytes)
{
    double v = self->value[VG_SET_BATTERY_ACTION];
    const struct meaning *m =
        !self->is_started                         ? NULL
        : self->autopilot == VG_MAV_AUTOPILOT_PX4 ? find(PX4_BATTERY, COUNT(PX4_BATTERY), v)
        : self->airframe == VG_AIRFRAME_COPTER    ? find(COPTER_BATTERY, COUNT(COPTER_BATTERY), v)
                                                  : find(PLANE_BATTERY, COUNT(PLANE_BATTERY), v);
    if (m == NULL) {
        return not_read(self, lang, out, size_bytes);
    }
    vg_format(out, size_bytes, "%s", vg_tr(lang, m->text));
    return m->is_bad ? VG_JUDGE_BAD : VG_JUDGE_GOOD;
}
