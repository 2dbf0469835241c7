/* What may be wrong with a drone, and how it then speaks. */
#include "sim/drone_priv.h"

#include <math.h>

static struct vg_drone_place place_now(const struct vg_simdrone *self)
{
    const struct vg_flight *f = &self->pilot.flight;
    struct vg_drone_place p = {.alt_msl_m = f->alt_msl_m,
                               .vel_n_mps = f->vel_n_mps,
                               .vel_e_mps = f->vel_e_mps,
                               .climb_mps = f->climb_mps,
                               .heading_true_deg = f->heading_true_deg};
    vg_flight_believed(f, &p.lat_deg, &p.lon_deg);
    return p;
}

struct vg_drone_place vg_drone_told_place(const struct vg_simdrone *self)
{
    return self->faults.is_frozen ? self->frozen : place_now(self);
}

void vg_simdrone_set_faults(struct vg_simdrone *self, const struct vg_simdrone_faults *faults)
{
    if (faults->is_frozen && !self->faults.is_frozen) {
        self->frozen = place_now(self);
    }
    self->faults = *faults;
    self->pilot.has_position = !faults->has_no_position;
    self->pilot.flight.nav_off_n_m = faults->jump_n_m;
    self->pilot.flight.nav_off_e_m = faults->jump_e_m;
}

void vg_simdrone_drop_battery(struct vg_simdrone *self, double share)
{
    self->pilot.flight.energy = fmin(self->pilot.flight.energy, share);
}

void vg_simdrone_fail_cell(struct vg_simdrone *self)
{
    if (self->n_dead_cells < VG_DRONE_CELLS - 1) {
        int n = VG_DRONE_CELLS - self->n_dead_cells;
        self->pilot.flight.energy *= (n - 1.0) / n;
        self->n_dead_cells++;
    }
}

/* The gauge counts what flowed out: it knows nothing of a cell that died full. */
double vg_drone_told_energy(const struct vg_simdrone *self)
{
    double alive = 1 - (double)self->n_dead_cells / VG_DRONE_CELLS;
    return fmin(1, self->pilot.flight.energy / alive);
}

void vg_simdrone_crash(struct vg_simdrone *self)
{
    self->is_destroyed = true;
    self->pilot.is_armed = false;
    vg_flight_crash(&self->pilot.flight);
    vg_simdrone_discard_out(self);
}

void vg_simdrone_reboot(struct vg_simdrone *self, struct vg_us out_for)
{
    self->is_out = true;
    self->out_until = vg_us_add(self->pilot.flight.now, out_for);
    vg_simdrone_discard_out(self);
}

bool vg_drone_is_dead_to_world(const struct vg_simdrone *self)
{
    return self->is_destroyed || self->is_out;
}

void vg_drone_step_faults(struct vg_simdrone *self)
{
    if (!self->is_out || self->pilot.flight.now.us < self->out_until.us) {
        return;
    }
    self->is_out = false;
    self->boot = self->pilot.flight.now;
    self->seq = 0;
    self->mission.is_receiving = false;
    vg_pilot_reboot(&self->pilot);
    self->last_current = self->pilot.current;
    self->mission.current = vg_drone_item_out(self, self->pilot.current);
    vg_mavframe_init(&self->frame_in);
    self->frame_in.sign = self->is_signed ? &self->sign : NULL;
    vg_drone_streams_init(self);
}

bool vg_drone_takes_item(const struct vg_simdrone *self, const struct vg_mav_msg *msg)
{
    struct vg_mission_item item;
    int seq = 0;
    vg_mission_item_unpack(msg, &item, &seq);
    return !self->faults.is_upload_stuck || seq < 2;
}

void vg_drone_misname_item(const struct vg_simdrone *self, struct vg_mav_msg *msg)
{
    struct vg_mav_mission_current current;
    struct vg_mav_mission_item_reached reached;
    if (!self->faults.is_item_wrong) {
        return;
    }
    if (msg->id == VG_MAV_ID_MISSION_CURRENT) {
        vg_mav_mission_current_unpack(msg, &current);
        current.seq = (uint16_t)(current.seq + VG_DRONE_WRONG_BY);
        vg_mav_mission_current_pack(&current, msg->sysid, msg->compid, msg);
    } else if (msg->id == VG_MAV_ID_MISSION_ITEM_REACHED) {
        vg_mav_mission_item_reached_unpack(msg, &reached);
        reached.seq = (uint16_t)(reached.seq + VG_DRONE_WRONG_BY);
        vg_mav_mission_item_reached_pack(&reached, msg->sysid, msg->compid, msg);
    }
}
