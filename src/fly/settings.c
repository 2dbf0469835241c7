#include "fly/settings_priv.h"

#include <math.h>

_Static_assert(VG_SET_COUNT *VG_SETTING_NAMES <= VG_PARAMASK_MAX, "all can be asked for");

static const struct vg_settings_table *table_of(const struct vg_settings *self)
{
    return vg_settings_table_of(self->firmware);
}

/* All names of all settings, one after another. */
static const struct vg_setting_name *name_at(const struct vg_settings *self, int k)
{
    return &table_of(self)->names[k / VG_SETTING_NAMES][k % VG_SETTING_NAMES];
}

void vg_settings_start(struct vg_settings *self, struct vg_mav_pair pair, uint8_t autopilot,
                       uint8_t mav_type)
{
    *self = (struct vg_settings){.firmware = vg_firmware_of(autopilot, mav_type),
                                 .airframe = vg_airframe_of(mav_type),
                                 .is_started = true};
    for (int k = 0; k < VG_SET_COUNT; k++) {
        self->value[k] = (double)NAN;
    }
    vg_paramask_start(&self->ask, pair, vg_autopilot_find(autopilot)->has_bytewise_params);
    for (int k = 0; k < VG_SET_COUNT * VG_SETTING_NAMES; k++) {
        const char *name = name_at(self, k)->name;
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
    int setting = self->of[i] / VG_SETTING_NAMES;
    self->value[setting] = self->ask.asked[i].value * name_at(self, self->of[i])->scale;
    for (int j = 0; j < self->ask.n_asked; j++) { /* its other name is wanted no more */
        if (j != i && self->of[j] / VG_SETTING_NAMES == setting) {
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
    return isfinite(v) && (lrint(v) & table_of(self)->follow_mask) != 0;
}

bool vg_settings_return_circles(const struct vg_settings *self)
{
    double vtol = self->value[VG_SET_VTOL_RETURN]; /* a quadplane may call itself a plane */
    bool is_vtol_down =
        isfinite(vtol) ? vtol != 0
                       : self->airframe == VG_AIRFRAME_QUADPLANE; /* not known: takes it to land */
    return table_of(self)->circles && self->value[VG_SET_RETURN_LANDS] == 0 && !is_vtol_down;
}

static bool is_one_of(double value, unsigned bits)
{
    for (int k = 0; k < 32; k++) {
        if (value == k && (bits >> k & 1) != 0) {
            return true;
        }
    }
    return false;
}

enum vg_judgement vg_settings_return_ahead(const struct vg_settings *self, const char **out_want)
{
    const struct vg_settings_table *t = table_of(self);
    double v = self->value[t->ahead];
    double vtol = self->value[VG_SET_VTOL_RETURN];
    *out_want = t->ahead_want;
    if (t->ahead_want_flat != NULL && isfinite(vtol) && vtol != 0) {
        *out_want = t->ahead_want_flat;
        return VG_JUDGE_BAD;
    }
    if (!self->is_started || !isfinite(v)) {
        return VG_JUDGE_UNKNOWN;
    }
    return is_one_of(v, t->ahead_values) ? VG_JUDGE_GOOD : VG_JUDGE_BAD;
}

bool vg_settings_return_slopes(const struct vg_settings *self)
{
    const struct vg_settings_table *t = table_of(self);
    const char *want;
    return vg_settings_return_ahead(self, &want) == VG_JUDGE_GOOD &&
           is_one_of(self->value[t->ahead], t->slope_values);
}
