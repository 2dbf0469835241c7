/* A bad radio for the tests: loses, repeats and reorders messages by a seeded dice. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "base/rng.h"
#include "link/mavmsg.h"

enum {
    CHANNEL_MAX = 256
};

struct channel {
    struct vg_rng rng;
    double loss; /* 0..1 */
    double repeat; /* 0..1: sent a second time, later */
    int delay_max; /* each message waits 0..delay_max ticks: they overtake each other */
    int n;
    struct {
        int due;
        struct vg_mav_msg msg;
    } waiting[CHANNEL_MAX];
};

static inline void channel_put(struct channel *c, const struct vg_mav_msg *msg, int tick, int extra)
{
    if (c->n < CHANNEL_MAX) {
        int wait = (int)vg_rng_below(&c->rng, (uint64_t)c->delay_max + 1);
        c->waiting[c->n].due = tick + wait + extra;
        c->waiting[c->n].msg = *msg;
        c->n++;
    }
}

static inline void channel_send(struct channel *c, const struct vg_mav_msg *msg, int tick)
{
    if (vg_rng_unit(&c->rng) >= c->loss) {
        channel_put(c, msg, tick, 0);
    }
    if (vg_rng_unit(&c->rng) < c->repeat) {
        channel_put(c, msg, tick, (int)vg_rng_below(&c->rng, 30));
    }
}

static inline bool channel_take(struct channel *c, struct vg_mav_msg *out, int tick)
{
    for (int i = 0; i < c->n; i++) {
        if (c->waiting[i].due <= tick) {
            *out = c->waiting[i].msg;
            c->waiting[i] = c->waiting[--c->n];
            return true;
        }
    }
    return false;
}

#endif
