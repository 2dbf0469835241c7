/* Before a flight its fence and rally points go up, then the mission; what was verified is told. */
#include "fly/director_priv.h"

#include "fly/lists.h"

#include <string.h>

/* A drone that has no such list does not hold up the flight for longer. */
static const double LIST_LIMIT_S = 20;

enum vg_status vg_flyer_send_list(struct vg_director *self, struct vg_flyer *f, uint8_t list,
                                  const struct vg_mission_item *items, int n, struct vg_us now,
                                  struct vg_error *err)
{
    const struct vg_missionup_job job = {
        .with = {.pair = vg_flyer_pair(self, f),
                 .list = list,
                 .autopilot = vg_autopilot_find(f->vehicle.state.autopilot)},
        .items = items,
        .n_items = n,
        .is_sent_always = list == VG_MAV_MISSION_TYPE_MISSION}; /* it begins at its first item */
    bool is_mission = list == VG_MAV_MISSION_TYPE_MISSION;
    f->up.patience.limit = is_mission ? vg_us(0) : vg_us_from_s(LIST_LIMIT_S);
    f->up.err = (struct vg_error){.lang = self->options.lang};
    f->loading = list;
    f->is_replaced = false;
    return vg_missionup_begin(&f->up, &job, now, err);
}

void vg_flyer_tell_list(struct vg_director *self, const struct vg_flyer *f)
{
    bool is_there = f->up.state == VG_MISSION_DONE;
    enum vg_lang lang = self->options.lang;
    char what[400];
    vg_format(what, sizeof what, "%s (%d): %s%s%s", vg_tr(lang, vg_mission_list_text(f->loading)),
              f->up.n_items, is_there ? "" : f->up.err.message, is_there ? "" : "; ",
              vg_tr(lang, vg_mission_holds_text(f->up.holds)));
    vg_flyer_tell_act(self, "vigie", what, self->options.watch->drones[f->drone].id);
}

static void send_fence(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    static const uint8_t FENCE = VG_MAV_MISSION_TYPE_FENCE;
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n = vg_lists_fence_n(self->options.watch);
    if (n <= VG_MISSION_ITEMS_MAX) {
        vg_lists_fence(self->options.watch, items);
    }
    /* Too many: refused there, and told. */
    enum vg_status st = vg_flyer_send_list(self, f, FENCE, items, n, now, NULL);
    (void)st;
}

static void send_rally(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    struct vg_mission_item mission[VG_MISSION_ITEMS_MAX];
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    const struct vg_director_options *o = &self->options;
    const struct vg_route_options route = {f->vehicle.state.autopilot, o->ground};
    int n_mission = 0;
    int n = 0;
    enum vg_status st =
        vg_route_build(vg_job_sortie(&f->job), o->watch, &route, mission, &n_mission, NULL);
    if (st == VG_OK && o->watch->n_bases < VG_MISSION_ITEMS_MAX) {
        n = vg_lists_rally(o->watch, o->ground, mission, n_mission, items);
    }
    st = vg_flyer_send_list(self, f, VG_MAV_MISSION_TYPE_RALLY, items, n, now, NULL);
    (void)st; /* as above */
}

void vg_flyer_start_lists(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    f->fence = VG_LOADED_ON_ITS_WAY;
    f->kept[0].is_known = f->kept[1].is_known = f->is_list_replaced = false;
    f->job.way =
        vg_preflight_way(vg_job_sortie(&f->job), self->options.watch, self->options.ground);
    vg_flyer_tell_sortie(self, f, "preparing");
    vg_flyer_set_state(self, f, VG_FLYER_PREPARING, now);
    send_fence(self, f, now);
}

bool vg_flyer_step_lists(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (f->loading == VG_MAV_MISSION_TYPE_MISSION) {
        return true;
    }
    if (f->up.state != VG_MISSION_DONE && f->up.state != VG_MISSION_FAILED) {
        return false;
    }
    vg_flyer_tell_list(self, f);
    bool is_there = f->up.state == VG_MISSION_DONE;
    f->kept[f->loading != VG_MAV_MISSION_TYPE_FENCE] = vg_missionup_held(&f->up);
    if (f->loading == VG_MAV_MISSION_TYPE_FENCE) {
        f->fence = is_there ? VG_LOADED_VERIFIED : VG_LOADED_FAILED;
        send_rally(self, f, now);
        return false;
    }
    f->loading = VG_MAV_MISSION_TYPE_MISSION;
    vg_flyer_start_mission(self, f, now);
    return false;
}
