/* What goes on on the ground of a simulation, and what the drones' cameras report of it, sent as
 * any sensor sends it: lines of measurements (docs/formats.md), one a second from each drone in the
 * air, handed to who sends them (cmd_sim.c). Threads: one at a time. */
#ifndef VG_APP_SIM_EYES_H
#define VG_APP_SIM_EYES_H

#include "config/watchfile.h"
#include "sim/fleet.h"

struct vg_sim_eyes;

struct vg_sim_eyes_options {
    const struct vg_watchfile *watch; /* borrowed, as are fleet and terrain */
    const struct vg_terrain *terrain;
    const struct vg_simfleet *fleet;
    int n_intruders; /* parties on the ground */
    uint64_t seed;
    const char *truth_path; /* where everything truly is, once a second; NULL: not written */
    void (*send)(void *ctx, const char *line, size_t n); /* NULL: nobody is told */
    void *ctx;
};

/* VG_E_RANGE: too many; VG_E_IO: the file. */
enum vg_status vg_sim_eyes_open(const struct vg_sim_eyes_options *options, struct vg_us now,
                                struct vg_sim_eyes **out, struct vg_error *err) VG_MUST_USE;
void vg_sim_eyes_close(struct vg_sim_eyes *self); /* NULL is fine */
/* As often as the fleet steps, after it. NULL is fine. */
void vg_sim_eyes_step(struct vg_sim_eyes *self, struct vg_us now);

#endif
