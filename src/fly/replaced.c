/* A mission, fence or rally list that another station put in the place of the verified one is not
 * flown with. */
#include "fly/director_priv.h"

enum {
    ANEW_MAX = 3 /* uploads for one flight; then somebody must be asked */
};

static void tell_list_replaced(struct vg_director *self, struct vg_flyer *f)
{
    bool is_aloft = f->state == VG_FLYER_FLYING || f->state == VG_FLYER_RETURNING;
    if (f->is_list_replaced && is_aloft) {
        vg_flyer_alert(
            self, f, "list_replaced", "urgent",
            vg_tr(self->options.lang, "its fence or rally points are not what was verified"));
    }
}

void vg_flyer_tell_replaced(struct vg_director *self, struct vg_flyer *f)
{
    if (f->is_replaced && (f->state == VG_FLYER_FLYING || f->state == VG_FLYER_RETURNING)) {
        vg_flyer_alert(self, f, "replaced", "urgent",
                       vg_tr(self->options.lang, "what it flies now is not what was verified"));
    }
    tell_list_replaced(self, f);
}

/* Whatever is loaded meanwhile; each flight brings its own. */
static void watch_lists(struct vg_director *self, struct vg_flyer *f, const struct vg_mav_msg *msg)
{
    bool is_over =
        f->state == VG_FLYER_READY || f->state == VG_FLYER_TURNING || f->state == VG_FLYER_ABSENT;
    for (int k = 0; k < 2 && !is_over && !f->is_list_replaced; k++) {
        if (vg_mission_held_is_replaced(&f->kept[k], msg)) {
            char what[120];
            enum vg_lang lang = self->options.lang;
            vg_format(what, sizeof what, "%s: %s",
                      vg_tr(lang, vg_mission_list_text(f->kept[k].with.list)),
                      vg_tr(lang, "replaced by another station"));
            f->is_list_replaced = true;
            f->fence = k == 0 ? VG_LOADED_FAILED : f->fence;
            vg_flyer_tell_act(self, "vigie", what, self->options.watch->drones[f->drone].id);
            tell_list_replaced(self, f);
        }
    }
}

void vg_flyer_watch_mission(struct vg_director *self, struct vg_flyer *f,
                            const struct vg_mav_msg *msg)
{
    bool is_kept = f->state == VG_FLYER_WAITING || f->state == VG_FLYER_LAUNCHING ||
                   f->state == VG_FLYER_FLYING || f->state == VG_FLYER_RETURNING;
    watch_lists(self, f, msg);
    if (!is_kept || f->is_replaced || f->loading != VG_MAV_MISSION_TYPE_MISSION ||
        !vg_missionup_is_replaced(&f->up, msg)) {
        return;
    }
    f->is_replaced = true;
    vg_flyer_tell_act(
        self, "vigie",
        vg_tr(self->options.lang, "the mission aboard was replaced by another station"),
        self->options.watch->drones[f->drone].id);
    vg_flyer_tell_replaced(self, f);
}

void vg_flyer_send_anew(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    enum vg_lang lang = self->options.lang;
    if (f->job.n_anew >= ANEW_MAX) {
        vg_flyer_fail(self, f, "missed", "mission_failed",
                      vg_tr(lang, "another station keeps replacing its mission"), now);
        return;
    }
    f->job.n_anew++;
    if (f->is_list_replaced) {
        vg_flyer_start_lists(self, f, now);
        return;
    }
    vg_flyer_tell_sortie(self, f, "preparing");
    vg_flyer_set_state(self, f, VG_FLYER_PREPARING, now);
    vg_flyer_start_mission(self, f, now);
}
