/* Mode S messages of many aircraft into sightings: keeps each aircraft's even and odd position
 * until they give a place.
 *
 * A pair is used when its two halves came within 10 s in the air (25 s on the ground); once a place
 * is known, each message alone gives the next for a minute. A place that the aircraft could not
 * have flown to is not told, and the pair is begun anew. On the ground a reference is needed: the
 * place of the receiver, or of the watch.
 *
 * Memory: 96 bytes an aircraft, 4,096 at most, the longest silent one goes. Threads: one at a time.
 */
#ifndef VG_TRAFFIC_ADSB_H
#define VG_TRAFFIC_ADSB_H

#include "base/time.h"
#include "traffic/lru.h"
#include "traffic/modes.h"

enum {
    VG_ADSB_AIRCRAFT = 4096
};

struct vg_adsb_aircraft {
    struct vg_cpr cpr[2]; /* even, odd */
    struct vg_us heard[2]; /* of each; 0: none */
    bool is_surface[2];
    struct vg_us placed; /* 0: no place yet */
    double lat_deg;
    double lon_deg;
};

struct vg_adsb {
    struct vg_lru lru;
    struct vg_adsb_aircraft *aircraft;
    double ref_lat_deg; /* NaN: surface positions give no place */
    double ref_lon_deg;
    uint64_t n_leaps; /* places not told, for no aircraft gets there so fast */
};

enum vg_status vg_adsb_init(struct vg_adsb *self, double ref_lat_deg, double ref_lon_deg,
                            struct vg_error *err) VG_MUST_USE;
void vg_adsb_finish(struct vg_adsb *self);
/* `now` > 0: when it was received. *out is what it says; false: nothing beyond being there is told.
 */
bool vg_adsb_take(struct vg_adsb *self, const struct vg_modes *modes, struct vg_us now,
                  struct vg_sighting *out);

#endif
