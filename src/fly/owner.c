/* Which station is in control of a drone: what our pilot says to that, and what is told. */
#include "fly/director_priv.h"

#include "base/json.h"

#include <string.h>

static const char *const NAMES[VG_CONTROL_ACT_COUNT] = {"take", "let", "refuse", "give-up"};

enum vg_control_act vg_control_act_find(const char *name)
{
    int k = 0;
    while (k < VG_CONTROL_ACT_COUNT && strcmp(NAMES[k], name) != 0) {
        k++;
    }
    return (enum vg_control_act)k;
}

/* Another station's request is an alert as long as it waits for an answer. */
static void tell_wanted(struct vg_director *self, struct vg_flyer *f)
{
    const struct vg_director_options *o = &self->options;
    if (f->told_wanted == f->control.wanted_by) {
        return;
    }
    if (f->told_wanted != 0) {
        o->alert_over(o->ctx, "control", f->drone);
    }
    f->told_wanted = f->control.wanted_by;
    if (f->told_wanted != 0) {
        struct vg_buf b = {0};
        vg_buf_puts(&b, "{\"drone\":");
        vg_buf_json(&b, o->watch->drones[f->drone].id);
        vg_buf_printf(&b, ",\"station\":%d}", f->told_wanted);
        if (!b.is_failed) {
            o->alert(o->ctx, "control", "urgent", f->drone, b.data);
        }
        vg_buf_finish(&b);
    }
}

void vg_flyer_tell_control(struct vg_director *self, struct vg_flyer *f)
{
    struct vg_control_event e;
    char what[120];
    while (vg_control_next_event(&f->control, &e)) {
        enum vg_lang lang = self->options.lang;
        vg_format(what, sizeof what, "%s %d: %s", vg_tr(lang, "ground station"), e.sysid,
                  vg_tr(lang, vg_control_text(e.what)));
        vg_flyer_tell_act(self, "vigie", what, self->options.watch->drones[f->drone].id);
    }
    tell_wanted(self, f);
}

enum vg_status vg_director_control_act(struct vg_director *self, int drone, enum vg_control_act act,
                                       const char *by, struct vg_us now, struct vg_error *err)
{
    struct vg_flyer *f = &self->flyers[drone];
    enum vg_status st = VG_OK;
    uint8_t other = f->control.wanted_by;
    switch (act) {
    case VG_CONTROL_ACT_TAKE:
        st = vg_control_ask(&f->control, now, err);
        break;
    case VG_CONTROL_ACT_LET:
    case VG_CONTROL_ACT_REFUSE:
        st = vg_control_allow(&f->control, act == VG_CONTROL_ACT_LET, now, err);
        break;
    case VG_CONTROL_ACT_GIVE_UP:
        st = vg_control_release(&f->control, now, err);
        break;
    case VG_CONTROL_ACT_COUNT:
        st = vg_fail(err, VG_E_NOT_FOUND, "\"act\" must be take, let, refuse or give-up");
        break;
    }
    if (st != VG_OK) {
        return st;
    }
    char what[48];
    bool is_answer = act == VG_CONTROL_ACT_LET || act == VG_CONTROL_ACT_REFUSE;
    if (is_answer) {
        vg_format(what, sizeof what, "control: %s %d", NAMES[act], other);
    } else {
        vg_format(what, sizeof what, "control: %s", NAMES[act]);
    }
    vg_flyer_tell_act(self, by, what, self->options.watch->drones[drone].id);
    vg_flyer_tell_control(self, f);
    vg_flyer_drain(self, f);
    return VG_OK;
}

/* Which of the acts fit now. */
static void put_acts(const struct vg_control *c, struct vg_buf *b)
{
    bool is_ours = vg_control_is_ours(c);
    const bool may[VG_CONTROL_ACT_COUNT] = {
        [VG_CONTROL_ACT_TAKE] = !is_ours,
        [VG_CONTROL_ACT_LET] = c->wanted_by != 0,
        [VG_CONTROL_ACT_REFUSE] = c->wanted_by != 0,
        [VG_CONTROL_ACT_GIVE_UP] = is_ours,
    };
    bool is_first = true;
    for (int k = 0; k < VG_CONTROL_ACT_COUNT; k++) {
        if (may[k]) {
            vg_buf_printf(b, "%s\"%s\"", is_first ? "" : ",", NAMES[k]);
            is_first = false;
        }
    }
}

void vg_flyer_put_control(const struct vg_flyer *f, struct vg_buf *out)
{
    const struct vg_control *c = &f->control;
    if (!c->is_known) {
        vg_buf_puts(out, "null");
        return;
    }
    vg_buf_printf(out, "{\"station\":%d,\"ours\":%s,\"open\":%s,\"others\":[", c->owner,
                  vg_control_is_ours(c) ? "true" : "false",
                  c->is_takeover_allowed ? "true" : "false");
    bool is_first = true;
    for (int k = 0; k < VG_CONTROL_OTHERS_MAX; k++) {
        if (c->others[k] != 0) {
            vg_buf_printf(out, "%s%d", is_first ? "" : ",", c->others[k]);
            is_first = false;
        }
    }
    vg_buf_printf(out, "],\"wanted_by\":%d,\"wanted_until_us\":%lld,\"acts\":[", c->wanted_by,
                  c->wanted_by != 0 ? (long long)c->wanted_until.us : 0LL);
    put_acts(c, out);
    vg_buf_puts(out, "]}");
}
