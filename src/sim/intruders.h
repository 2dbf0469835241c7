/* Simulated people, vehicles and animals on the ground near the line: what the drones' cameras may
 * see (sim/eye.h).
 *
 * A party (a walker, a group of 3 to 6, a vehicle, a herd) begins somewhere within the watch depth,
 * goes its way (across the line, beside it, or about one place, stopping now and then), and when it
 * is through another one begins elsewhere, so that there are always `n` of them. Coordinates of a
 * way: along the chord of the line at one place, and across it, positive to the right.
 *
 * Time enters as `now` and is taken in steps of 50 ms, so the same seed and times give the same
 * objects however the calls are spaced. Threads: one at a time. Allocations: one, at create.
 */
#ifndef VG_SIM_INTRUDERS_H
#define VG_SIM_INTRUDERS_H

#include "base/time.h"
#include "config/watchfile.h"

#include <stdint.h>

enum {
    VG_INTRUDERS_MAX = 1000, /* parties */
    VG_PARTY_MAX = 6 /* objects of one */
};

enum vg_intruder_kind {
    VG_INTRUDER_WALKER = 0,
    VG_INTRUDER_GROUP,
    VG_INTRUDER_VEHICLE,
    VG_INTRUDER_ANIMALS,
    VG_INTRUDER_KINDS
};

/* One of them, as it truly is. */
struct vg_intruder {
    uint64_t id; /* never used again */
    enum vg_intruder_kind kind;
    double lat_deg;
    double lon_deg;
    int line; /* near which it goes */
};

struct vg_intruders;

/* `n` parties, at most VG_INTRUDERS_MAX; the watch is kept alive by the caller. VG_E_RANGE,
 * VG_E_NO_MEMORY. */
enum vg_status vg_intruders_create(const struct vg_watchfile *watch, int n, uint64_t seed,
                                   struct vg_us now, struct vg_intruders **out,
                                   struct vg_error *err) VG_MUST_USE;
void vg_intruders_destroy(struct vg_intruders *self); /* NULL is fine */
void vg_intruders_step(struct vg_intruders *self, struct vg_us now);

/* How many objects there are now, and one of them. */
int vg_intruders_n(const struct vg_intruders *self);
const struct vg_intruder *vg_intruders_at(const struct vg_intruders *self, int i);

/* "walker", "group", "vehicle", "animals". */
const char *vg_intruder_word(enum vg_intruder_kind kind);

#endif
