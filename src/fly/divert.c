/* To a base by a mission of our own: it holds while that goes up and is read back, then flies it.
 *
 *   [climb here]  corners round the zones  over the approach, still high  landing sequence
 *
 * What fails falls back on the autopilot's own return. ArduPilot and PX4 alike take a mission in
 * the air in a hold mode (AP_Mission restarts nothing then; PX4 mission_base.cpp), are told which
 * item to begin with by MISSION_SET_CURRENT, and go there when mission mode is asked for.
 */
#include "fly/director_priv.h"

#include "fly/route.h"

#include <math.h>

enum {
    RETRY_S = 2,
    HOLD_MAX_S = 30, /* one that does not hold would fly its new mission while that goes up */
    SWITCH_MAX_S = 60
};
static const double CLIMB_M = 20; /* less is gained on the way */

static struct vg_mission_item pass(double lat_deg, double lon_deg, double alt_msl_m)
{
    return vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, lat_deg, lon_deg,
                            alt_msl_m);
}

/* Up here first, where the ground on the way asks for it. */
static struct vg_mission_item climb(enum vg_kind kind, const struct vg_here *here, double to_msl_m)
{
    struct vg_mission_item item = pass(here->lat_deg, here->lon_deg, to_msl_m);
    if (kind != VG_KIND_COPTER) {
        item.command = VG_MAV_CMD_NAV_LOITER_TO_ALT;
        item.p1 = 1; /* leave it towards the next place */
    }
    return item;
}

static int build(const struct vg_director *self, const struct vg_flyer *f,
                 const struct vg_here *here, const struct vg_wayhome *way,
                 struct vg_mission_item *out)
{
    const struct vg_director_options *o = &self->options;
    const struct vg_wf_base *b = &o->watch->bases[f->dest];
    double level_msl_m = fmax(here->alt_msl_m, way->top_msl_m);
    struct vg_route_landing landing = {.watch = o->watch,
                                       .base = b,
                                       .kind = f->type->kind,
                                       .from_deg = {here->lat_deg, here->lon_deg},
                                       .ground = o->ground};
    double ground_m =
        o->ground.msl_m != NULL ? o->ground.msl_m(o->ground.ctx, b->lat_deg, b->lon_deg) : 0;
    landing.runway_msl_m = isfinite(ground_m) ? ground_m : 0;
    int n = 0;
    out[n++] = pass(here->lat_deg, here->lon_deg, here->alt_msl_m); /* home's place */
    if (level_msl_m - here->alt_msl_m > CLIMB_M) {
        out[n++] = climb(f->type->kind, here, level_msl_m);
    }
    for (int i = 0; i < way->corners.n; i++) {
        out[n++] = pass(way->corners.lat_deg[i], way->corners.lon_deg[i], level_msl_m);
        landing.from_deg[0] = way->corners.lat_deg[i];
        landing.from_deg[1] = way->corners.lon_deg[i];
    }
    int at = n++; /* still high: the descent is a circle, not a glide over unknown ground */
    n = vg_route_land(&landing, out, n);
    out[at] = pass(out[at + 2].x * 1e-7, out[at + 2].y * 1e-7, level_msl_m);
    return n;
}

static void set_stage(struct vg_flyer *f, enum vg_divert_stage stage, struct vg_us now)
{
    f->divert.stage = stage;
    f->divert.since = now;
    f->divert.next_try = now;
}

/* The autopilot's own return is all that is left. */
static void fall_back(struct vg_director *self, struct vg_flyer *f, const char *reason,
                      struct vg_us now)
{
    vg_flyer_alert(self, f, "mission_failed", "urgent", reason);
    set_stage(f, VG_DIVERT_NONE, now);
    vg_flyer_want(self, f, VG_MODE_RETURN, now);
}

void vg_flyer_divert(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    f->divert.has_begun = false;
    set_stage(f, VG_DIVERT_HOLDING, now);
    vg_flyer_want(self, f, VG_MODE_HOLD, now);
}

/* From where it holds now. */
static void send_mission(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    const struct vg_vehicle *v = &f->vehicle;
    struct vg_here here = {v->position.lat_deg, v->position.lon_deg, v->position.alt_msl_m, {0}};
    vg_flyer_wind(self, f, now, here.wind_ne_mps);
    const struct vg_land land = vg_director_land(self);
    struct vg_wayhome way = vg_wayhome_find(&land, f->dest, f->type, &here);
    struct vg_mission_item items[VG_DETOUR_CORNERS + 8];
    struct vg_error err = {.lang = self->options.lang};
    int n = build(self, f, &here, &way, items);
    bool has_home = vg_route_has_home(v->state.autopilot);
    int skip = has_home ? 0 : 1;
    f->divert.first = has_home ? 1 : 0;
    enum vg_status st =
        vg_flyer_send_list(self, f, VG_MAV_MISSION_TYPE_MISSION, items + skip, n - skip, now, &err);
    if (st != VG_OK) {
        fall_back(self, f, err.message, now);
        return;
    }
    set_stage(f, VG_DIVERT_SENDING, now);
}

static void set_current(struct vg_director *self, struct vg_flyer *f)
{
    struct vg_mav_msg m;
    const struct vg_mav_mission_set_current c = {.seq = (uint16_t)f->divert.first,
                                                 .target_system = f->vehicle.sysid,
                                                 .target_component = f->vehicle.compid};
    vg_mav_mission_set_current_pack(&c, (uint8_t)self->options.our_sysid, VG_OUR_COMPID, &m);
    self->options.send(self->options.ctx, f->drone, &m);
}

static void step_switching(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    const struct vg_vehicle *v = &f->vehicle;
    bool is_told = v->mission.is_known && v->mission.t.us > f->divert.since.us;
    f->divert.has_begun = f->divert.has_begun || (is_told && v->mission.current == f->divert.first);
    bool is_holding = f->wanted == VG_MODE_HOLD; /* not there yet: it would hold later */
    if (f->divert.has_begun && !is_holding && v->state.mode == VG_MODE_MISSION) {
        set_stage(f, VG_DIVERT_UNDER_WAY, now);
    } else if (vg_us_to_s(vg_us_sub(now, f->divert.since)) > SWITCH_MAX_S) {
        fall_back(self, f, vg_tr(self->options.lang, "it does not take up the new mission"), now);
    } else if (now.us >= f->divert.next_try.us) {
        f->divert.next_try = vg_us_add(now, vg_us_from_s(RETRY_S));
        if (f->divert.has_begun) {
            vg_flyer_want(self, f, VG_MODE_MISSION, now);
        } else {
            set_current(self, f);
        }
    }
}

void vg_flyer_step_divert(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (f->divert.stage == VG_DIVERT_HOLDING) {
        if (f->vehicle.state.mode == VG_MODE_HOLD) {
            f->wanted = VG_MODE_OTHER;
            send_mission(self, f, now);
        } else if (vg_us_to_s(vg_us_sub(now, f->divert.since)) > HOLD_MAX_S) {
            fall_back(self, f, vg_tr(self->options.lang, "it does not hold"), now);
        }
    } else if (f->divert.stage == VG_DIVERT_SENDING) {
        vg_missionup_step(&f->up, now);
        if (f->up.state == VG_MISSION_DONE) {
            set_stage(f, VG_DIVERT_SWITCHING, now);
        } else if (f->up.state == VG_MISSION_FAILED) {
            fall_back(self, f, f->up.err.message, now);
        }
    } else if (f->divert.stage == VG_DIVERT_SWITCHING) {
        step_switching(self, f, now);
    }
}
