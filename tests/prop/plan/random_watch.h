/* Watches at random, as the texts a user would write: lines with bends, rings, islands and
 * branches, areas, one to six bases, one to twenty drones of up to three types, wind, zones, odd
 * units. The same seed, the same texts. */
#ifndef TESTS_PROP_PLAN_RANDOM_WATCH_H
#define TESTS_PROP_PLAN_RANDOM_WATCH_H

#include "config/watchfile.h"

struct random_watch {
    struct vg_buf yaml;
    struct vg_buf line; /* line.geojson */
    struct vg_buf zones; /* zones.geojson; empty: the watch has none */
};

void random_watch_write(uint64_t seed, struct random_watch *out);
void random_watch_finish(struct random_watch *self);
/* Reads the texts with the ordinary reader. */
enum vg_status random_watch_read(const struct random_watch *self, struct vg_watchfile *out,
                                 struct vg_error *err) VG_MUST_USE;

#endif
