#include "traffic/rid.h"

#include <math.h>
#include <stdlib.h>

enum {
    BASIC_ID = 0,
    LOCATION = 1,
    SYSTEM = 4,
    OPERATOR_ID = 5,
    PACK = 15,
    ID_BYTES = 20,
    STATUS_GROUND = 1,
    STATUS_AIRBORNE = 2,
    STATUS_EMERGENCY = 3
};
/* A number told this long ago still names what the same radio sends now. */
static const double FORGET_S = 300;

enum vg_status vg_rid_init(struct vg_rid *self, struct vg_error *err)
{
    *self = (struct vg_rid){.states = calloc(VG_RID_TRANSMITTERS, sizeof *self->states)};
    if (self->states == NULL) {
        return vg_no_memory(err);
    }
    enum vg_status st = vg_lru_init(&self->lru, VG_RID_TRANSMITTERS, err);
    if (st != VG_OK) {
        vg_rid_finish(self);
    }
    return st;
}

void vg_rid_finish(struct vg_rid *self)
{
    free(self->states);
    self->states = NULL;
    vg_lru_finish(&self->lru);
}

/* Some drones send a serial number, then a session id: the serial number stays. */
static void basic_id(const uint8_t *m, struct vg_sighting *s)
{
    int type = m[1] >> 4;
    char id[VG_SIGHTING_ID_SIZE];
    if (type == 3 || type == 4) { /* binary: a UUID, a session id */
        static const char digits[] = "0123456789abcdef";
        for (int i = 0; i < 10; i++) {
            id[2 * i] = digits[m[2 + i] >> 4];
            id[2 * i + 1] = digits[m[2 + i] & 15];
        }
        id[20] = '\0';
    } else {
        vg_sighting_text(id, sizeof id, m + 2, ID_BYTES);
    }
    if (type == 1 || s->id[0] == '\0') {
        for (size_t i = 0; i < sizeof id; i++) {
            s->id[i] = id[i];
        }
    }
}

static double altitude_m(const uint8_t *p)
{
    uint16_t v = vg_le16(p);
    return v == 0 ? (double)NAN : v * 0.5 - 1000;
}

/* Table of vertical accuracies: half of the 95 % bound is one sigma. */
static double height_sigma_m(int code)
{
    static const double bounds_m[] = {(double)NAN, 150, 45, 25, 10, 3, 1};
    return code <= 6 ? bounds_m[code] / 2 : (double)NAN;
}

static bool take_place(const uint8_t *m, double *lat_deg, double *lon_deg)
{
    int32_t lat_e7 = (int32_t)vg_le32(m);
    int32_t lon_e7 = (int32_t)vg_le32(m + 4);
    *lat_deg = lat_e7 / 1e7;
    *lon_deg = lon_e7 / 1e7;
    return lat_e7 != 0 || lon_e7 != 0; /* both 0: not known */
}

/* Tenths of a second after the full hour, against the time of reception. */
static double age_s(uint16_t tenths, struct vg_us now)
{
    if (tenths > 36000) {
        return 0;
    }
    double hour_s = fmod(vg_us_to_s(now), 3600);
    double age = hour_s - tenths / 10.0;
    age += age < -1800 ? 3600 : 0;
    return age > 0 && age < 60 ? age : 0; /* other clocks differ: more is not believed */
}

static void location(const uint8_t *m, struct vg_us now, struct vg_sighting *s)
{
    int status = m[1] >> 4;
    bool is_fast = m[1] & 1;
    int course = m[2] + (m[1] & 2 ? 180 : 0);
    double lat_deg;
    double lon_deg;
    s->on_ground = status == STATUS_GROUND ? 1 : status == STATUS_AIRBORNE ? 0 : (signed char)-1;
    s->emergency = status == STATUS_EMERGENCY;
    s->course_true_deg = course < 360 ? course : (double)NAN;
    s->speed_mps = is_fast && m[3] == 255 ? (double)NAN
                   : is_fast              ? m[3] * 0.75 + 255 * 0.25
                                          : m[3] * 0.25;
    s->climb_mps = (int8_t)m[4] == 126 ? (double)NAN : (int8_t)m[4] * 0.5;
    s->alt_pressure_m = altitude_m(m + 13);
    s->alt_ell_m = altitude_m(m + 15);
    s->height_sigma_m = height_sigma_m(m[19] >> 4);
    s->age_s = age_s(vg_le16(m + 21), now);
    s->lat_deg = (double)NAN;
    s->lon_deg = (double)NAN;
    if (take_place(m + 5, &lat_deg, &lon_deg)) {
        vg_sighting_set_place(s, lat_deg, lon_deg);
    }
}

static void system_message(const uint8_t *m, struct vg_sighting *s)
{
    double lat_deg;
    double lon_deg;
    struct vg_sighting scratch = vg_sighting_none(VG_ID_RID);
    if (take_place(m + 2, &lat_deg, &lon_deg) &&
        vg_sighting_set_place(&scratch, lat_deg, lon_deg)) {
        s->operator_lat_deg = lat_deg;
        s->operator_lon_deg = lon_deg;
    }
}

/* One message into the state. */
static void take_one(struct vg_rid *self, struct vg_rid_state *state, const uint8_t *m,
                     struct vg_us now)
{
    self->n_messages++;
    switch (m[0] >> 4) {
    case BASIC_ID:
        basic_id(m, &state->s);
        break;
    case LOCATION:
        location(m, now, &state->s);
        break;
    case SYSTEM:
        system_message(m, &state->s);
        break;
    case OPERATOR_ID:
        vg_sighting_text(state->s.operator_id, sizeof state->s.operator_id, m + 2, ID_BYTES);
        break;
    default:
        self->n_others++;
        break;
    }
}

static bool is_pack(struct vg_bytes m)
{
    return m.n >= 3 && m.data[0] >> 4 == PACK && m.data[1] == VG_RID_MESSAGE && m.data[2] >= 1 &&
           m.data[2] <= VG_RID_PACK_MAX && m.n >= 3 + (size_t)m.data[2] * VG_RID_MESSAGE;
}

bool vg_rid_take(struct vg_rid *self, uint64_t key, struct vg_bytes m, struct vg_us now,
                 vg_sighting_fn fn, void *ctx)
{
    bool is_new;
    bool has_many = is_pack(m);
    if (!has_many && (m.n < VG_RID_MESSAGE || m.data[0] >> 4 == PACK)) {
        self->n_bad++;
        return false;
    }
    struct vg_rid_state *state = &self->states[vg_lru_take(&self->lru, key, &is_new)];
    if (is_new || vg_us_to_s(vg_us_sub(now, state->heard)) > FORGET_S) {
        *state = (struct vg_rid_state){.s = vg_sighting_none(VG_ID_RID)};
        state->s.kind = VG_CONTACT_DRONE;
    }
    state->heard = now;
    int n = has_many ? m.data[2] : 1;
    bool has_location = false;
    for (int i = 0; i < n; i++) {
        const uint8_t *one = m.data + (has_many ? 3 + i * VG_RID_MESSAGE : 0);
        has_location = has_location || one[0] >> 4 == LOCATION;
        take_one(self, state, one, now);
    }
    if (state->s.id[0] != '\0' && has_location) {
        fn(ctx, &state->s);
    }
    return true;
}
