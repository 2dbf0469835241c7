#include "sim/intruders.h"

#include "base/rng.h"
#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

enum {
    LEGS_MAX = 5
};

static const int64_t STEP_US = 50000; /* as the drones fly (sim/flight.h) */
static const double STEP_S = 0.05;
static const double SMOOTH_M = 200; /* the chord that a way is laid by */
static const double BEGIN_SHARE = 0.8; /* of the watch depth: how far off a way begins at most */
static const double MEMBER_M = 4; /* from one of a group to the next */

/* What the kinds do: speed (m/s) from lo to hi, how often they stop at the end of a leg, for how
 * long at most (s), how often they cross the line. */
static const struct habit {
    const char *word;
    double speed_lo;
    double speed_hi;
    double stops;
    double stop_s;
    double crosses;
    int members_lo;
    int members_hi;
    double share; /* of all parties */
} HABITS[VG_INTRUDER_KINDS] = {
    {"walker", 1.0, 1.6, 0.3, 300, 0.7, 1, 1, 0.4},
    {"group", 0.9, 1.4, 0.3, 600, 0.8, 3, 6, 0.2},
    {"vehicle", 4, 14, 0.2, 240, 0.6, 1, 1, 0.2},
    {"animals", 0.2, 0.8, 0.5, 900, 0.2, 2, 5, 0.2},
};

struct leg {
    double along_m;
    double across_m;
    double stop_s; /* at its end */
};

struct party {
    enum vg_intruder_kind kind;
    uint64_t number;
    int line;
    struct vg_frame frame; /* about the place of the line */
    double heading_rad; /* of the chord there */
    double along_m;
    double across_m;
    double course_rad; /* from the chord, to the right */
    double speed_mps;
    double rest_s; /* of the stop */
    struct leg legs[LEGS_MAX];
    int n_legs;
    int leg;
    int n_members;
    double offset_m[VG_PARTY_MAX][2]; /* of each, along the course and to its right */
};

struct vg_intruders {
    const struct vg_watchfile *watch;
    struct vg_rng rng;
    struct vg_us now;
    uint64_t next_number;
    int n_parties;
    struct party *parties;
    int n_objects;
    struct vg_intruder *objects;
};

static double between(struct vg_rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * vg_rng_unit(rng);
}

static enum vg_intruder_kind choose_kind(struct vg_rng *rng)
{
    double u = vg_rng_unit(rng);
    int k = 0;
    while (k + 1 < VG_INTRUDER_KINDS && u >= HABITS[k].share) {
        u -= HABITS[k++].share;
    }
    return (enum vg_intruder_kind)k;
}

/* Somewhere on the lines, by length. */
static void place_party(struct vg_intruders *self, struct party *p)
{
    const struct vg_network *net = &self->watch->network;
    double at_m = vg_rng_unit(&self->rng) * vg_network_length_m(net);
    p->line = 0;
    while (p->line + 1 < net->n_lines && at_m >= net->lines[p->line].length_m) {
        at_m -= net->lines[p->line++].length_m;
    }
    double lat;
    double lon;
    double heading_deg;
    vg_line_at(&net->lines[p->line], at_m, SMOOTH_M, &lat, &lon, &heading_deg);
    p->frame = vg_frame_at(lat, lon);
    p->heading_rad = heading_deg * VG_RAD_PER_DEG;
}

static void lay_way(struct vg_intruders *self, struct party *p)
{
    const struct habit *h = &HABITS[p->kind];
    struct vg_rng *rng = &self->rng;
    double depth_m = self->watch->depth_m * BEGIN_SHARE;
    double side = vg_rng_unit(rng) < 0.5 ? -1 : 1;
    bool is_crossing = vg_rng_unit(rng) < h->crosses;
    p->across_m = side * between(rng, 0.25 * depth_m, depth_m);
    p->along_m = 0;
    p->n_legs = 3 + (int)vg_rng_below(rng, LEGS_MAX - 2);
    double from_m = p->across_m;
    double to_m = is_crossing ? -side * between(rng, 0.25 * depth_m, depth_m)
                              : side * between(rng, 0.1 * depth_m, depth_m);
    double along_m = 0;
    for (int i = 0; i < p->n_legs; i++) {
        along_m += between(rng, -0.15, 0.15) * depth_m;
        p->legs[i].along_m = along_m;
        p->legs[i].across_m = from_m + (to_m - from_m) * (i + 1) / p->n_legs;
        bool is_stop = i + 1 < p->n_legs && vg_rng_unit(rng) < h->stops;
        p->legs[i].stop_s = is_stop ? between(rng, 20, h->stop_s) : 0;
    }
}

static void begin(struct vg_intruders *self, struct party *p)
{
    struct vg_rng *rng = &self->rng;
    *p = (struct party){.kind = choose_kind(rng), .number = ++self->next_number};
    const struct habit *h = &HABITS[p->kind];
    place_party(self, p);
    lay_way(self, p);
    p->speed_mps = between(rng, h->speed_lo, h->speed_hi);
    p->n_members =
        h->members_lo + (int)vg_rng_below(rng, (uint64_t)(h->members_hi - h->members_lo + 1));
    for (int i = 0; i < p->n_members; i++) {
        p->offset_m[i][0] = i == 0 ? 0 : -MEMBER_M * i + between(rng, -0.5, 0.5);
        p->offset_m[i][1] = i == 0 ? 0 : between(rng, -1.5, 1.5);
    }
}

/* One step of one party. */
static void step_party(struct vg_intruders *self, struct party *p)
{
    if (p->rest_s > 0) {
        p->rest_s -= STEP_S;
        return;
    }
    const struct leg *leg = &p->legs[p->leg];
    double da = leg->along_m - p->along_m;
    double dc = leg->across_m - p->across_m;
    double left_m = hypot(da, dc);
    double step_m = p->speed_mps * STEP_S;
    if (left_m <= step_m) {
        p->rest_s = leg->stop_s;
        if (++p->leg == p->n_legs) {
            begin(self, p);
        }
        return;
    }
    p->course_rad = atan2(dc, da);
    p->along_m += da / left_m * step_m;
    p->across_m += dc / left_m * step_m;
}

static void show_party(struct vg_intruders *self, const struct party *p)
{
    double c = cos(p->course_rad);
    double s = sin(p->course_rad);
    for (int i = 0; i < p->n_members; i++) {
        double along = p->along_m + c * p->offset_m[i][0] - s * p->offset_m[i][1];
        double across = p->across_m + s * p->offset_m[i][0] + c * p->offset_m[i][1];
        double e = along * sin(p->heading_rad) + across * cos(p->heading_rad);
        double n = along * cos(p->heading_rad) - across * sin(p->heading_rad);
        struct vg_intruder *o = &self->objects[self->n_objects++];
        *o = (struct vg_intruder){.id = p->number * 10 + (uint64_t)i, .kind = p->kind};
        o->line = p->line;
        vg_frame_to_latlon(&p->frame, e, n, &o->lat_deg, &o->lon_deg);
    }
}

static void show(struct vg_intruders *self)
{
    self->n_objects = 0;
    for (int i = 0; i < self->n_parties; i++) {
        show_party(self, &self->parties[i]);
    }
}

enum vg_status vg_intruders_create(const struct vg_watchfile *watch, int n, uint64_t seed,
                                   struct vg_us now, struct vg_intruders **out,
                                   struct vg_error *err)
{
    if (n < 0 || n > VG_INTRUDERS_MAX) {
        return vg_fail(err, VG_E_RANGE, "intruders: 0 to %d, not %d", VG_INTRUDERS_MAX, n);
    }
    struct vg_intruders *self = calloc(1, sizeof *self);
    struct party *parties = calloc((size_t)n + 1, sizeof *parties);
    struct vg_intruder *objects = calloc((size_t)n * VG_PARTY_MAX + 1, sizeof *objects);
    if (self == NULL || parties == NULL || objects == NULL) {
        free(self);
        free(parties);
        free(objects);
        return vg_no_memory(err);
    }
    *self = (struct vg_intruders){.watch = watch,
                                  .rng = vg_rng_seed(seed ^ UINT64_C(0x696e747275646572)),
                                  .now = now,
                                  .n_parties = n,
                                  .parties = parties,
                                  .objects = objects};
    for (int i = 0; i < n; i++) {
        begin(self, &parties[i]);
    }
    show(self);
    *out = self;
    return VG_OK;
}

void vg_intruders_destroy(struct vg_intruders *self)
{
    if (self != NULL) {
        free(self->parties);
        free(self->objects);
        free(self);
    }
}

void vg_intruders_step(struct vg_intruders *self, struct vg_us now)
{
    bool is_moved = false;
    while (now.us - self->now.us >= STEP_US) {
        self->now.us += STEP_US;
        is_moved = true;
        for (int i = 0; i < self->n_parties; i++) {
            step_party(self, &self->parties[i]);
        }
    }
    if (is_moved) {
        show(self);
    }
}

int vg_intruders_n(const struct vg_intruders *self)
{
    return self->n_objects;
}

const struct vg_intruder *vg_intruders_at(const struct vg_intruders *self, int i)
{
    return &self->objects[i];
}

const char *vg_intruder_word(enum vg_intruder_kind kind)
{
    return HABITS[kind].word;
}
