#include "io/clock.h"

#include <time.h>

static int64_t read_clock_us(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t vg_clock_mono_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

struct vg_clock vg_clock_start(double speed)
{
    return (struct vg_clock){read_clock_us(CLOCK_REALTIME), vg_clock_mono_us(), speed};
}

struct vg_us vg_clock_now(const struct vg_clock *self)
{
    double wall_us = (double)(vg_clock_mono_us() - self->mono0_us);
    return vg_us(self->utc0_us + (int64_t)(wall_us * self->speed));
}

int64_t vg_clock_wall_until(const struct vg_clock *self, struct vg_us t)
{
    int64_t left = t.us - vg_clock_now(self).us;
    return left <= 0 ? 0 : (int64_t)((double)left / self->speed) + 1;
}
