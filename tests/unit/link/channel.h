/* A bad radio for the tests: sim/wire.h, carrying whole messages. Time goes by ticks, as the test
 * has them. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "link/mavmsg.h"
#include "sim/wire.h"

#include <stdlib.h>

enum {
    CHANNEL_TICK_US = 1000
};

/* Zero-initialise. The faults may be changed at any time. */
struct channel {
    struct vg_wire *wire; /* NULL: closed */
    double loss; /* 0..1 */
    double repeat; /* 0..1: comes a second time, up to 30 ticks later */
    int delay_max; /* each message waits 0..delay_max ticks: they overtake each other */
};

static inline void channel_close(struct channel *c)
{
    vg_wire_destroy(c->wire);
    c->wire = NULL;
}

/* Empty, with these faults; it may have been open. */
static inline void channel_open(struct channel *c, uint64_t seed, struct channel faults)
{
    const struct vg_wire_options options = {.seed = seed,
                                            .piece_max_bytes = sizeof(struct vg_mav_msg)};
    channel_close(c);
    *c = faults;
    if (vg_wire_create(&options, &c->wire, NULL) != VG_OK) {
        abort();
    }
}

/* Both ways, with dice of their own. */
static inline void channel_open_both(struct channel *up, struct channel *down, uint64_t seed,
                                     struct channel faults)
{
    channel_open(up, seed, faults);
    channel_open(down, seed + 1000, faults);
}

static inline struct vg_us channel_at(int tick)
{
    return vg_us((int64_t)tick * CHANNEL_TICK_US);
}

static inline void channel_send(struct channel *c, const struct vg_mav_msg *msg, int tick)
{
    const struct vg_wire_faults faults = {.loss = c->loss,
                                          .duplicate = c->repeat,
                                          .reorder_by = channel_at(30),
                                          .jitter = channel_at(c->delay_max)};
    if (vg_wire_set_faults(c->wire, &faults, NULL) != VG_OK) {
        abort();
    }
    vg_wire_send(c->wire, (struct vg_bytes){(const uint8_t *)msg, sizeof *msg}, channel_at(tick));
}

static inline bool channel_take(struct channel *c, struct vg_mav_msg *out, int tick)
{
    return vg_wire_take(c->wire, (uint8_t *)out, sizeof *out, channel_at(tick)) > 0;
}

#endif
