/* How much of a watch's line some drone reaches beyond doubt, by geometry of its own: slow, on a
 * sphere, and with every doubt against the drone. */
#ifndef TESTS_PROP_PLAN_RANDOM_REACH_H
#define TESTS_PROP_PLAN_RANDOM_REACH_H

#include "config/watchfile.h"

/* Places every kilometre of the line from which some drone's flight out, along a kilometre of line
 * with its lead-in and home takes less than it can fly, far from all zones. */
int random_reach_count(const struct vg_watchfile *watch);

#endif
