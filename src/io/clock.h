/* The one clock: UTC in microseconds that may run faster than the wall for simulation.
 *
 * Station time = utc0 + (monotonic - mono0) * speed. Two processes that are given the same utc0 and
 * mono0 agree (CLOCK_MONOTONIC is the machine's). A jump of the wall clock changes nothing while
 * running. */
#ifndef VG_IO_CLOCK_H
#define VG_IO_CLOCK_H

#include "base/time.h"

struct vg_clock {
    int64_t utc0_us;
    int64_t mono0_us;
    double speed; /* > 0; 1 = real time */
};

int64_t vg_clock_mono_us(void);
/* Starts at the machine's UTC now. */
struct vg_clock vg_clock_start(double speed);
struct vg_us vg_clock_now(const struct vg_clock *self);
/* Wall microseconds until station time `t` (0 if past). */
int64_t vg_clock_wall_until(const struct vg_clock *self, struct vg_us t);

#endif
