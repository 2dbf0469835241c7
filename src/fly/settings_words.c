/* What the settings mean, in words that a pilot can decide by. */
#include "fly/settings_priv.h"

#include "base/text.h"

#include <math.h>

static const struct vg_setting_meaning *
find(const struct vg_setting_meaning list[VG_SETTING_MEANINGS], double value)
{
    for (int i = 0; i < VG_SETTING_MEANINGS && list[i].text != NULL; i++) {
        if (value == list[i].value) {
            return &list[i];
        }
    }
    return NULL;
}

/* Switched off, or with an exception for missions: it goes on whatever the action says. */
static bool is_excepted(const struct vg_settings *self)
{
    double except = self->value[VG_SET_LOST_EXCEPT];
    long mask = vg_settings_table_of(self->firmware)->except_mask;
    return (isfinite(except) && (lrint(except) & mask) != 0) ||
           self->value[VG_SET_LOST_ENABLED] == 0;
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
        vg_format(out, size_bytes, "%s", vg_tr(lang, "goes on with its mission"));
        return VG_JUDGE_GOOD;
    }
    const struct vg_setting_meaning *lost = vg_settings_table_of(self->firmware)->lost;
    const struct vg_setting_meaning *m =
        self->is_started ? find(lost, self->value[VG_SET_LOST_ACTION]) : NULL;
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
    const struct vg_setting_meaning *battery = vg_settings_table_of(self->firmware)->battery;
    const struct vg_setting_meaning *m = self->is_started ? find(battery, v) : NULL;
    if (m == NULL) {
        return not_read(self, lang, out, size_bytes);
    }
    vg_format(out, size_bytes, "%s", vg_tr(lang, m->text));
    return m->is_bad ? VG_JUDGE_BAD : VG_JUDGE_GOOD;
}
