/* Who else is there: contacts merged over all feeds, aged, reckoned on, bounded.
 *
 * A contact is an id in its space (sighting.h): the same aircraft heard by two receivers, or told
 * by a receiver and by a drone's own, is one. Each field is the newest that was told; a place that
 * is older than the one held changes nothing. Between messages a contact flies straight on, for 30
 * s at most.
 *
 * | kind | stale after | forgotten after |
 * | --- | --- | --- |
 * | aircraft, drones, ground vehicles | 15 s | 60 s |
 * | ships, marks | 6 min (class A at anchor tells its place every 3 min) | 20 min |
 *
 * Our own drones (vg_traffic_own) are kept, so that they are known, and never told.
 *
 * Memory: 280 bytes a contact, capacity taken at create; when it is full, the one longest
 * not heard goes. Threads: one at a time.
 */
#ifndef VG_TRAFFIC_TABLE_H
#define VG_TRAFFIC_TABLE_H

#include "base/time.h"
#include "traffic/height.h"
#include "traffic/lru.h"

enum {
    VG_TRAFFIC_CONTACTS = 10000,
    VG_TRAFFIC_OWN_MAX = 512
};

struct vg_contact {
    struct vg_sighting s; /* newest of each field; age_s means nothing here */
    bool is_ours;
    uint32_t feeds; /* bit i: feed i told of it */
    struct vg_us first;
    struct vg_us heard;
    struct vg_us placed; /* when it was there; 0: no place yet */
    struct vg_us moved; /* course and speed told */
    struct vg_us climbed;
    struct vg_us pressured; /* alt_pressure_m told */
    struct vg_us levelled; /* alt_ell_m, or the difference, told */
};

struct vg_traffic {
    struct vg_lru lru;
    struct vg_contact *contacts;
    char (*own)[VG_SIGHTING_ID_SIZE];
    int n_own;
    uint64_t n_sightings;
    uint64_t n_older; /* places older than the one held */
    uint64_t n_pushed_out; /* contacts that made room */
};

/* What is known of a contact at a time. */
struct vg_contact_now {
    double lat_deg;
    double lon_deg;
    double age_s; /* of the place */
    bool is_stale;
    struct vg_height height;
    double vel_enu_mps[3]; /* 0 where not told */
    double course_true_deg; /* NaN: not told, or too long ago */
    double speed_mps;
};

/* Room for so many contacts. VG_E_NO_MEMORY. */
enum vg_status vg_traffic_init(struct vg_traffic *self, int capacity,
                               struct vg_error *err) VG_MUST_USE;
void vg_traffic_finish(struct vg_traffic *self);
/* One of ours, by its id in any space: address (large or small letters), serial number. VG_E_FULL.
 */
enum vg_status vg_traffic_own(struct vg_traffic *self, const char *id,
                              struct vg_error *err) VG_MUST_USE;
/* The contact that it became; NULL for our own. feed: 0..31. */
const struct vg_contact *vg_traffic_take(struct vg_traffic *self, int feed,
                                         const struct vg_sighting *s, struct vg_us now);
/* Forget what was not heard for too long. */
void vg_traffic_sweep(struct vg_traffic *self, struct vg_us now);

/* All but ours, the longest silent first; begin with *it = -2. NULL: no more. */
const struct vg_contact *vg_traffic_next(const struct vg_traffic *self, int *it);
/* NULL: not there. */
const struct vg_contact *vg_traffic_find(const struct vg_traffic *self, enum vg_id_space space,
                                         const char *id);
/* false: it has no place. */
bool vg_contact_at(const struct vg_contact *c, const struct vg_air *air, struct vg_us now,
                   struct vg_contact_now *out);
/* Ships, shore stations and what stands on the ground: shown, never an alarm. */
bool vg_contact_flies(const struct vg_contact *c);

#endif
