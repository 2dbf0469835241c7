#include "traffic/table.h"

#include "base/text.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double AIR_STALE_S = 15;
static const double AIR_FORGET_S = 60;
static const double SEA_STALE_S = 360;
static const double SEA_FORGET_S = 1200;
static const double RECKON_S = 30;
/* A height told longer ago than this is not given with a newer place. */
static const double HEIGHT_S = 30;

enum vg_status vg_traffic_init(struct vg_traffic *self, int capacity, struct vg_error *err)
{
    *self = (struct vg_traffic){.contacts = calloc((size_t)capacity, sizeof *self->contacts),
                                .own = calloc(VG_TRAFFIC_OWN_MAX, sizeof *self->own)};
    if (self->contacts == NULL || self->own == NULL) {
        vg_traffic_finish(self);
        return vg_no_memory(err);
    }
    enum vg_status st = vg_lru_init(&self->lru, capacity, err);
    if (st != VG_OK) {
        vg_traffic_finish(self);
    }
    return st;
}

void vg_traffic_finish(struct vg_traffic *self)
{
    free(self->contacts);
    free(self->own);
    vg_lru_finish(&self->lru);
    self->contacts = NULL;
    self->own = NULL;
}

static bool is_own(const struct vg_traffic *self, const char *id)
{
    for (int i = 0; i < self->n_own; i++) {
        if (strcmp(self->own[i], id) == 0) {
            return true;
        }
    }
    return false;
}

enum vg_status vg_traffic_own(struct vg_traffic *self, const char *id, struct vg_error *err)
{
    char clean[VG_SIGHTING_ID_SIZE];
    vg_sighting_text(clean, sizeof clean, id, strlen(id));
    bool is_address = strlen(clean) == 6 && strspn(clean, "0123456789ABCDEFabcdef") == 6;
    for (char *c = clean; *c != '\0' && is_address; c++) {
        *c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
    }
    if (clean[0] == '\0' || is_own(self, clean)) {
        return VG_OK;
    }
    if (self->n_own == VG_TRAFFIC_OWN_MAX) {
        return vg_fail(err, VG_E_FULL, "more than %d addresses of our own drones",
                       VG_TRAFFIC_OWN_MAX);
    }
    memcpy(self->own[self->n_own++], clean, sizeof clean);
    for (int i = 0; i < self->lru.n_used; i++) { /* heard before it was known as ours */
        struct vg_contact *c = &self->contacts[i];
        c->is_ours = c->is_ours || strcmp(c->s.id, clean) == 0;
    }
    return VG_OK;
}

/* Two texts of one hash are kept apart by trying the next key: at most this often. */
enum {
    TRIES = 4
};

static uint64_t key_of(enum vg_id_space space, const char *id)
{
    return vg_text_hash(id, (uint64_t)space << 56);
}

static bool is_same(const struct vg_contact *c, enum vg_id_space space, const char *id)
{
    return c->s.space == space && strcmp(c->s.id, id) == 0;
}

static int find(const struct vg_traffic *self, enum vg_id_space space, const char *id)
{
    uint64_t key = key_of(space, id);
    for (uint64_t k = 0; k < TRIES; k++) {
        int i = vg_lru_find(&self->lru, key + k);
        if (i >= 0 && is_same(&self->contacts[i], space, id)) {
            return i;
        }
    }
    return -1;
}

/* The slot of the sighting's contact, emptied if it is new. */
static struct vg_contact *take_slot(struct vg_traffic *self, const struct vg_sighting *s,
                                    struct vg_us now)
{
    uint64_t key = key_of(s->space, s->id);
    uint64_t k = 0;
    int i = vg_lru_find(&self->lru, key);
    while (i >= 0 && !is_same(&self->contacts[i], s->space, s->id) && ++k < TRIES) {
        i = vg_lru_find(&self->lru, key + k);
    }
    bool is_new;
    bool is_full = self->lru.n_used == self->lru.cap && self->lru.free < 0;
    struct vg_contact *c =
        &self->contacts[vg_lru_take(&self->lru, key + (k < TRIES ? k : 0), &is_new)];
    if (is_new || !is_same(c, s->space, s->id)) {
        self->n_pushed_out += is_new && is_full;
        *c = (struct vg_contact){.s = vg_sighting_none(s->space), .first = now};
        memcpy(c->s.id, s->id, sizeof c->s.id);
        c->is_ours = is_own(self, s->id);
    }
    return c;
}

static void merge_place(struct vg_traffic *self, struct vg_contact *c, const struct vg_sighting *s,
                        struct vg_us t)
{
    if (!isfinite(s->lat_deg)) {
        return;
    }
    if (c->placed.us > t.us) {
        self->n_older++;
        return;
    }
    c->s.lat_deg = s->lat_deg;
    c->s.lon_deg = s->lon_deg;
    c->placed = t;
}

/* Numbers that go with a time of their own. */
static void merge_motion(struct vg_contact *c, const struct vg_sighting *s, struct vg_us t)
{
    if ((isfinite(s->course_true_deg) || isfinite(s->speed_mps)) && c->moved.us <= t.us) {
        c->s.course_true_deg = s->course_true_deg;
        c->s.speed_mps = s->speed_mps;
        c->moved = t;
    }
    if (isfinite(s->climb_mps) && c->climbed.us <= t.us) {
        c->s.climb_mps = s->climb_mps;
        c->climbed = t;
    }
    if (isfinite(s->alt_pressure_m) && c->pressured.us <= t.us) {
        c->s.alt_pressure_m = s->alt_pressure_m;
        c->pressured = t;
    }
    if ((isfinite(s->alt_ell_m) || isfinite(s->ell_minus_pressure_m)) && c->levelled.us <= t.us) {
        c->s.alt_ell_m = s->alt_ell_m;
        c->s.ell_minus_pressure_m = s->ell_minus_pressure_m;
        c->s.height_sigma_m = s->height_sigma_m;
        c->levelled = t;
    }
}

static void merge_rest(struct vg_contact *c, const struct vg_sighting *s)
{
    c->s.kind = s->kind != VG_CONTACT_UNKNOWN ? s->kind : c->s.kind;
    c->s.squawk = s->squawk >= 0 ? s->squawk : c->s.squawk;
    c->s.on_ground = s->on_ground >= 0 ? s->on_ground : c->s.on_ground;
    c->s.emergency = s->emergency >= 0 ? s->emergency : c->s.emergency;
    if (s->name[0] != '\0') {
        memcpy(c->s.name, s->name, sizeof c->s.name);
    }
    if (s->operator_id[0] != '\0') {
        memcpy(c->s.operator_id, s->operator_id, sizeof c->s.operator_id);
    }
    if (isfinite(s->operator_lat_deg)) {
        c->s.operator_lat_deg = s->operator_lat_deg;
        c->s.operator_lon_deg = s->operator_lon_deg;
    }
}

const struct vg_contact *vg_traffic_take(struct vg_traffic *self, int feed,
                                         const struct vg_sighting *s, struct vg_us now)
{
    struct vg_contact *c = take_slot(self, s, now);
    struct vg_us t = vg_us_sub(now, vg_us_from_s(s->age_s));
    self->n_sightings++;
    c->heard = now;
    c->feeds |= 1U << feed;
    merge_place(self, c, s, t);
    merge_motion(c, s, t);
    merge_rest(c, s);
    return c->is_ours ? NULL : c;
}

static bool is_at_sea(const struct vg_contact *c)
{
    return c->s.kind == VG_CONTACT_SHIP || c->s.kind == VG_CONTACT_MARK;
}

void vg_traffic_sweep(struct vg_traffic *self, struct vg_us now)
{
    int i = vg_lru_oldest(&self->lru);
    while (i >= 0) {
        const struct vg_contact *c = &self->contacts[i];
        double silent_s = vg_us_to_s(vg_us_sub(now, c->heard));
        int next = vg_lru_newer(&self->lru, i);
        if (silent_s < AIR_FORGET_S) {
            return; /* all others were heard later */
        }
        if (!is_at_sea(c) || silent_s > SEA_FORGET_S) {
            self->contacts[i] = (struct vg_contact){0};
            vg_lru_drop(&self->lru, i);
        }
        i = next;
    }
}

const struct vg_contact *vg_traffic_next(const struct vg_traffic *self, int *it)
{
    do {
        *it = *it == -2 ? vg_lru_oldest(&self->lru) : vg_lru_newer(&self->lru, *it);
    } while (*it >= 0 && self->contacts[*it].is_ours);
    return *it >= 0 ? &self->contacts[*it] : NULL;
}

const struct vg_contact *vg_traffic_find(const struct vg_traffic *self, enum vg_id_space space,
                                         const char *id)
{
    int i = find(self, space, id);
    return i >= 0 ? &self->contacts[i] : NULL;
}

bool vg_contact_flies(const struct vg_contact *c)
{
    return !is_at_sea(c) && c->s.kind != VG_CONTACT_VEHICLE && c->s.on_ground != 1;
}

static double age(struct vg_us then, struct vg_us now)
{
    return then.us == 0 ? (double)INFINITY : vg_us_to_s(vg_us_sub(now, then));
}

static struct vg_height height_now(const struct vg_contact *c, const struct vg_air *air,
                                   struct vg_us now)
{
    struct vg_sighting s = c->s;
    if (age(c->pressured, now) > HEIGHT_S) {
        s.alt_pressure_m = (double)NAN;
    }
    if (age(c->levelled, now) > HEIGHT_S) {
        s.alt_ell_m = (double)NAN;
        s.ell_minus_pressure_m = (double)NAN;
    }
    struct vg_height h = vg_height_of(&s, air);
    if (age(c->climbed, now) <= RECKON_S) {
        double told_s = fmin(age(c->pressured, now), age(c->levelled, now));
        h.msl_m += c->s.climb_mps * fmin(told_s, RECKON_S);
    }
    return h;
}

bool vg_contact_at(const struct vg_contact *c, const struct vg_air *air, struct vg_us now,
                   struct vg_contact_now *out)
{
    if (c->placed.us == 0) {
        return false;
    }
    double age_s = fmax(age(c->placed, now), 0);
    bool is_moving = age(c->moved, now) <= (is_at_sea(c) ? SEA_STALE_S : RECKON_S);
    double reckoned_s = fmin(age_s, is_at_sea(c) ? SEA_STALE_S : RECKON_S);
    *out =
        (struct vg_contact_now){.lat_deg = c->s.lat_deg,
                                .lon_deg = c->s.lon_deg,
                                .age_s = age_s,
                                .is_stale = age_s > (is_at_sea(c) ? SEA_STALE_S : AIR_STALE_S),
                                .height = height_now(c, air, now),
                                .course_true_deg = is_moving ? c->s.course_true_deg : (double)NAN,
                                .speed_mps = is_moving ? c->s.speed_mps : (double)NAN};
    if (isfinite(out->course_true_deg) && isfinite(out->speed_mps)) {
        double course = out->course_true_deg * VG_RAD_PER_DEG;
        out->vel_enu_mps[0] = out->speed_mps * sin(course);
        out->vel_enu_mps[1] = out->speed_mps * cos(course);
        if (out->speed_mps * reckoned_s > 0) {
            struct vg_frame frame = vg_frame_at(c->s.lat_deg, c->s.lon_deg);
            vg_frame_to_latlon(&frame, out->vel_enu_mps[0] * reckoned_s,
                               out->vel_enu_mps[1] * reckoned_s, &out->lat_deg, &out->lon_deg);
        }
    }
    if (age(c->climbed, now) <= RECKON_S) {
        out->vel_enu_mps[2] = c->s.climb_mps;
    }
    return true;
}
