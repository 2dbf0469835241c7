/* Time and bytes of the fleet, with what goes wrong on the way. */
#include "sim/fleet_priv.h"

#include <math.h>
#include <string.h>

static bool is_meant(const struct vg_simfault *f, int drone_i)
{
    return f->drone_i == drone_i || f->drone_i == VG_SIMFAULT_ALL;
}

/* ---- adding ---- */

static enum vg_status make_wires(struct vg_simfleet *self, int drone_i, struct vg_error *err)
{
    struct vg_fleet_member *m = &self->members[drone_i];
    struct vg_wire_options o = {.seed = self->seed * UINT64_C(7368787) + 2 * (uint64_t)drone_i};
    enum vg_status status = VG_OK;
    if (m->up == NULL) {
        status = vg_wire_create(&o, &m->up, err);
    }
    if (status == VG_OK && m->down == NULL) {
        o.seed++;
        status = vg_wire_create(&o, &m->down, err);
    }
    return status;
}

enum vg_status vg_simfleet_add_fault(struct vg_simfleet *self, const struct vg_simfault *fault,
                                     struct vg_error *err)
{
    if (self->n_faults == VG_SIMFAULTS_MAX) {
        return vg_fail(err, VG_E_FULL, "more than %d faults", (int)VG_SIMFAULTS_MAX);
    }
    enum vg_status status = VG_OK;
    for (int i = 0; i < self->n && status == VG_OK && vg_simfault_is_wire(fault->kind); i++) {
        status = is_meant(fault, i) ? make_wires(self, i, err) : VG_OK;
    }
    if (status == VG_OK) {
        self->faults[self->n_faults].fault = *fault;
        self->faults[self->n_faults++].has_happened = false;
    }
    return status;
}

/* ---- what is in force ---- */

/* Either of two chances. */
static void join(double *share, double other)
{
    *share = 1 - (1 - *share) * (1 - other);
}

static bool add_radio(struct vg_fleet_trouble *t, const struct vg_simfault *f)
{
    struct vg_wire_faults *r = &t->radio;
    switch ((int)f->kind) {
    case VG_SIMFAULT_SILENT:
        t->is_deaf = t->is_mute = true;
        return true;
    case VG_SIMFAULT_DEAF:
        t->is_deaf = true;
        return true;
    case VG_SIMFAULT_MUTE:
        t->is_mute = true;
        return true;
    case VG_SIMFAULT_LOSS:
        join(&r->loss, f->amount);
        return true;
    case VG_SIMFAULT_DUPLICATE:
        join(&r->duplicate, f->amount);
        return true;
    case VG_SIMFAULT_REORDER:
        join(&r->reorder, f->amount);
        return true;
    case VG_SIMFAULT_DELAY:
        r->delay = vg_us_add(r->delay, vg_us_from_s(f->amount));
        r->jitter = vg_us_add(r->jitter, vg_us_from_s(f->more));
        return true;
    case VG_SIMFAULT_CORRUPT:
        join(&r->corrupt, f->amount);
        return true;
    case VG_SIMFAULT_TRUNCATE:
        join(&r->truncate, f->amount);
        return true;
    case VG_SIMFAULT_RATE:
        r->rate_bytes_ps = r->rate_bytes_ps > 0 ? fmin(r->rate_bytes_ps, f->amount) : f->amount;
        return true;
    default:
        return false;
    }
}

static void add_lasting(struct vg_fleet_trouble *t, const struct vg_simfault *f)
{
    struct vg_simdrone_faults *d = &t->drone;
    if (add_radio(t, f)) {
        return;
    }
    d->has_no_position = d->has_no_position || f->kind == VG_SIMFAULT_NO_POSITION;
    d->is_upload_stuck = d->is_upload_stuck || f->kind == VG_SIMFAULT_STUCK_UPLOAD;
    d->says_landed = d->says_landed || f->kind == VG_SIMFAULT_SAYS_LANDED;
    d->is_item_wrong = d->is_item_wrong || f->kind == VG_SIMFAULT_WRONG_ITEM;
    d->acts_not = d->acts_not || f->kind == VG_SIMFAULT_ACTS_NOT;
    d->is_frozen = d->is_frozen || f->kind == VG_SIMFAULT_FROZEN;
    if (f->kind == VG_SIMFAULT_JUMP) {
        d->jump_n_m += f->amount * cos(f->more * VG_RAD_PER_DEG);
        d->jump_e_m += f->amount * sin(f->more * VG_RAD_PER_DEG);
    }
}

/* True when it was a thing of a moment. */
static bool strike(struct vg_simdrone *drone, const struct vg_simfault *f)
{
    switch ((int)f->kind) {
    case VG_SIMFAULT_BATTERY:
        vg_simdrone_drop_battery(drone, f->amount);
        return true;
    case VG_SIMFAULT_CELL:
        vg_simdrone_fail_cell(drone);
        return true;
    case VG_SIMFAULT_CRASH:
        vg_simdrone_crash(drone);
        return true;
    case VG_SIMFAULT_REBOOT:
        vg_simdrone_reboot(drone, vg_us_from_s(f->for_s));
        return true;
    default:
        return false;
    }
}

static void look_at_faults(struct vg_simfleet *self)
{
    double t_s = vg_us_to_s(vg_us_sub(self->now, self->start));
    for (int i = 0; i < self->n; i++) {
        self->members[i].trouble = (struct vg_fleet_trouble){0};
    }
    for (int k = 0; k < self->n_faults; k++) {
        const struct vg_simfault *f = &self->faults[k].fault;
        if (!vg_simfault_is_on(f, t_s) || f->kind == VG_SIMFAULT_WIND) {
            continue;
        }
        int first = f->drone_i == VG_SIMFAULT_ALL ? 0 : f->drone_i;
        int last = f->drone_i == VG_SIMFAULT_ALL ? self->n - 1 : f->drone_i;
        bool is_moment = false;
        for (int i = first; i <= last && !self->faults[k].has_happened; i++) {
            is_moment = strike(self->members[i].drone, f);
            if (!is_moment) {
                add_lasting(&self->members[i].trouble, f);
            }
        }
        self->faults[k].has_happened = self->faults[k].has_happened || is_moment;
    }
}

/* The last wind that has come up blows; else that of the hour. */
static void change_wind(struct vg_simfleet *self)
{
    double t_s = vg_us_to_s(vg_us_sub(self->now, self->start));
    const struct vg_simfault *blows = NULL;
    for (int i = 0; i < self->n_faults; i++) {
        const struct vg_simfault *f = &self->faults[i].fault;
        bool has_come = f->kind == VG_SIMFAULT_WIND && t_s >= f->at_s;
        blows = has_come && (blows == NULL || f->at_s >= blows->at_s) ? f : blows;
    }
    struct vg_wf_wind wind = vg_watchfile_wind_at(self->watch, vg_us_to_s(self->now));
    if (blows != NULL) {
        wind = (struct vg_wf_wind){blows->more, blows->amount};
    }
    bool is_other = blows != NULL || self->watch->has_wind_hours;
    for (int i = 0; is_other && i < self->n; i++) {
        vg_simdrone_set_wind(self->members[i].drone, wind.from_deg, wind.mps);
    }
}

/* ---- time and bytes ---- */

static void set_radio(struct vg_fleet_member *m)
{
    enum vg_status up = vg_wire_set_faults(m->up, &m->trouble.radio, NULL);
    enum vg_status down = vg_wire_set_faults(m->down, &m->trouble.radio, NULL);
    VG_ASSERT(up == VG_OK && down == VG_OK); /* shares and times were read so */
    (void)up;
    (void)down;
}

/* What has come up to the drone, each piece at its time. */
static void deliver(struct vg_fleet_member *m, struct vg_us now)
{
    uint8_t buf[VG_WIRE_PIECE_MAX];
    while (vg_wire_next_due(m->up).us <= now.us) {
        struct vg_us due = vg_wire_next_due(m->up);
        size_t n = vg_wire_take(m->up, buf, sizeof buf, due);
        if (n > 0 && !m->trouble.is_deaf) {
            vg_simdrone_feed(m->drone, (struct vg_bytes){buf, n}, due);
        }
    }
}

void vg_simfleet_step(struct vg_simfleet *self, struct vg_us now)
{
    self->now = now;
    change_wind(self);
    if (self->n_faults > 0) {
        look_at_faults(self);
    }
    for (int i = 0; i < self->n; i++) {
        struct vg_fleet_member *m = &self->members[i];
        if (self->n_faults > 0) {
            vg_simdrone_set_faults(m->drone, &m->trouble.drone);
        }
        if (m->up != NULL) {
            set_radio(m);
            deliver(m, now);
        }
        vg_simdrone_step(m->drone, now);
        if (m->trouble.is_mute) {
            vg_simdrone_discard_out(m->drone);
            m->n_held = 0;
        }
    }
}

void vg_simfleet_feed(struct vg_simfleet *self, int drone_i, struct vg_bytes bytes,
                      struct vg_us now)
{
    struct vg_fleet_member *m = &self->members[drone_i];
    self->now = now.us > self->now.us ? now : self->now;
    if (m->trouble.is_deaf) {
        return;
    }
    if (m->up == NULL) {
        vg_simdrone_feed(m->drone, bytes, now);
        return;
    }
    vg_wire_send(m->up, bytes, self->now);
    deliver(m, self->now);
}

static size_t take_by_wire(struct vg_simfleet *self, struct vg_fleet_member *m, uint8_t *buf,
                           size_t size_bytes)
{
    size_t n;
    while ((n = vg_simdrone_next_out(m->drone, m->held)) > 0) {
        vg_wire_send(m->down, (struct vg_bytes){m->held, n}, self->now);
    }
    return vg_wire_take(m->down, buf, size_bytes, self->now);
}

size_t vg_simfleet_take(struct vg_simfleet *self, int drone_i, uint8_t *buf, size_t size_bytes)
{
    struct vg_fleet_member *m = &self->members[drone_i];
    if (m->trouble.is_mute) {
        vg_simdrone_discard_out(m->drone);
    }
    if (m->down != NULL) {
        return take_by_wire(self, m, buf, size_bytes);
    }
    size_t n = 0;
    for (;;) {
        if (m->n_held == 0) {
            m->n_held = vg_simdrone_next_out(m->drone, m->held);
        }
        if (m->n_held == 0 || n + m->n_held > size_bytes) {
            return n;
        }
        memcpy(buf + n, m->held, m->n_held);
        n += m->n_held;
        m->n_held = 0;
    }
}
