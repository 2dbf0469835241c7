/* In the air: progress, silence, coming home. */
#include "fly/director_priv.h"

#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double ELSEWHERE_M = 1000; /* from the base where it was to land */
static const double EARLY_SHARE = 0.75; /* of the planned flight */

enum {
    OVERDUE_S = 1800, /* silent so long after the planned landing: not coming back */
    GROUND_S = 10 /* on the ground this long before we believe it */
};

void vg_flyer_command(struct vg_director *self, struct vg_flyer *f, uint16_t command,
                      const float p[7], struct vg_us now)
{
    struct vg_mav_command_long c = {.param1 = p[0],
                                    .param2 = p[1],
                                    .param3 = p[2],
                                    .param4 = p[3],
                                    .param5 = p[4],
                                    .param6 = p[5],
                                    .param7 = p[6],
                                    .command = command,
                                    .target_system = f->vehicle.sysid,
                                    .target_component = f->vehicle.compid};
    /* Refused when the same command is still in flight: then it is being asked for already. */
    enum vg_status st = vg_command_send(&f->commands, (uint8_t)self->options.our_sysid,
                                        VG_OUR_COMPID, &c, now, NULL);
    (void)st;
}

void vg_flyer_set_mode(struct vg_director *self, struct vg_flyer *f, enum vg_mode_kind kind,
                       struct vg_us now)
{
    uint32_t custom;
    const struct vg_vehicle *v = &f->vehicle;
    struct vg_mav_command_long c = {.param1 = VG_MAV_MODE_FLAG_CUSTOM_MODE_ENABLED,
                                    .command = VG_MAV_CMD_DO_SET_MODE,
                                    .target_system = v->sysid,
                                    .target_component = v->compid};
    /* A quadplane may call itself a plane; it still lands upright. */
    bool is_upright = f->type->kind == VG_KIND_QUADPLANE && v->state.type == VG_MAV_TYPE_FIXED_WING;
    uint8_t type = is_upright ? (uint8_t)VG_MAV_TYPE_VTOL_FIXEDROTOR : v->state.type;
    if (vg_mode_find(v->state.autopilot, type, kind, &custom)) {
        vg_mode_command_params(v->state.autopilot, custom, &c.param2, &c.param3);
        /* An order: another mode still being asked for gives way. Refused only when it is this. */
        enum vg_status st = vg_command_order(&f->commands, (uint8_t)self->options.our_sysid,
                                             VG_OUR_COMPID, &c, now, NULL);
        (void)st;
    }
}

/* Down well before the plan said: a failsafe or a hand brought it home, and its leg was not flown
 * to the end. */
static bool is_early(const struct vg_flyer *f, struct vg_us now)
{
    const struct vg_plan_sortie *s = vg_job_sortie(&f->job);
    double planned_s = s->land_s - s->takeoff_s;
    return vg_us_to_s(vg_us_sub(now, f->job.takeoff)) < EARLY_SHARE * planned_s;
}

/* Down at another place than its sortie was to end: diverted, or an autopilot's own return has
 * chosen a nearer rally point. */
static bool is_elsewhere(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    const struct vg_vehicle *v = &f->vehicle;
    int base = vg_watchfile_find_base(w, vg_job_sortie(&f->job)->base_to);
    return base >= 0 && v->position.is_known &&
           vg_geo_distance_m(v->position.lat_deg, v->position.lon_deg, w->bases[base].lat_deg,
                             w->bases[base].lon_deg) > ELSEWHERE_M;
}

static void land(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    bool is_whole = !f->job.is_called_home && !is_early(f, now);
    if (!is_whole) {
        vg_format(
            f->job.reason, sizeof f->job.reason, "%s",
            vg_tr(self->options.lang, f->job.is_called_home ? f->job.why_home : "landed early"));
    }
    struct vg_job_flight mine = f->job;
    f->was_diverted = is_elsewhere(self, f);
    f->job.land = now;
    vg_flyer_tell_sortie(self, f, is_whole ? "landed" : "aborted");
    self->counts.n_landed += is_whole;
    self->counts.n_aborted += !is_whole;
    f->turning_until = vg_us_add(now, vg_us_from_s(f->type->turnaround_s));
    f->not_before = vg_us(f->job.flight.takeoff.us + 1);
    f->job = (struct vg_job_flight){.flight = {.sortie = -1}};
    f->was_in_air = false;
    vg_flyer_begin_flight(self, f);
    vg_flyer_set_state(self, f, VG_FLYER_TURNING, now);
    if (!is_whole && !mine.is_relief) {
        vg_flyer_relieve(self, &mine, now);
    }
}

static bool is_on_ground(const struct vg_flyer *f, struct vg_us now)
{
    const struct vg_vehicle *v = &f->vehicle;
    bool is_down = v->flight.is_known && !v->flight.is_in_air;
    bool is_still = v->state.is_known && !v->state.is_armed;
    return is_down && (is_still || vg_us_to_s(vg_us_sub(now, f->job.takeoff)) > GROUND_S * 6);
}

static void give_up(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    vg_format(f->job.reason, sizeof f->job.reason, "%s",
              vg_tr(self->options.lang, "silent long after it should have landed"));
    vg_flyer_tell_sortie(self, f, "aborted");
    self->counts.n_aborted++;
    f->not_before = vg_us(f->job.flight.takeoff.us + 1);
    f->job = (struct vg_job_flight){.flight = {.sortie = -1}};
    f->was_in_air = false;
    vg_flyer_begin_flight(self, f);
    vg_flyer_set_state(self, f, VG_FLYER_ABSENT, now);
}

static void step_lost(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (f->told_link == VG_LINK_FRESH) {
        vg_flyer_cancel_relief(self, &f->job, now);
        vg_flyer_set_state(self, f, f->job.is_called_home ? VG_FLYER_RETURNING : VG_FLYER_FLYING,
                           now);
    } else if (vg_us_to_s(vg_us_sub(now, f->job.land)) > OVERDUE_S) {
        give_up(self, f, now);
    }
}

void vg_flyer_step_air(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (f->state == VG_FLYER_LOST) {
        step_lost(self, f, now);
    } else if (f->told_link == VG_LINK_LOST) {
        struct vg_job_flight mine = f->job;
        vg_flyer_set_state(self, f, VG_FLYER_LOST, now);
        if (!mine.is_relief) {
            vg_flyer_relieve(self, &mine, now);
        }
    } else if (f->told_link == VG_LINK_FRESH && is_on_ground(f, now)) {
        land(self, f, now);
    } else {
        vg_flyer_look(self, f, now);
        vg_flyer_tell_drone(self, f, now);
    }
}
