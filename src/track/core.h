/* One scan after another, in order of time: the filter itself, with all state that a late scan
 * takes back (late.h).
 *
 * A Poisson multi-Bernoulli filter over trajectories (sources: track.h): objects not seen yet are a
 * Poisson density (unseen.h), each object once detected is a Bernoulli with a chance of existence
 * and a mixture of motions. A scan: gate (which measurements may belong to which object: gate.c),
 * marginals of the assignment (marginal.h), update (renew.c), births, linking (link.c), thinning of
 * the unseen. Internal; threads: pure. */
#ifndef VG_TRACK_CORE_H
#define VG_TRACK_CORE_H

#include "track/bias.h"
#include "track/object.h"
#include "track/unseen.h"

/* An object under or near the footprint, at the time of the scan. */
struct vg_look {
    int32_t slot;
    double exist_p; /* before the scan */
    double pd; /* chance that this look detects it, footprint counted */
    struct vg_imm imm;
    struct vg_gauss all; /* of the mixture */
    uint32_t first, n; /* its pairs */
    bool solved; /* by enumeration */
    double miss_p; /* share of "this look did not detect it" */
};

/* An object and a measurement that may be its own. */
struct vg_pair {
    uint32_t look, meas;
    double odds; /* against a miss and against a new object or clutter */
    double p; /* share of "is its own" */
    float mode[VG_TRACK_MOTIONS]; /* likelihood by mode, over that of the mixture */
};

/* What a measurement is, if of no object in a pair. */
struct vg_origin {
    struct vg_measurement m; /* bias taken off */
    double fresh; /* density of new objects detected there */
    double other; /* that and clutter */
    double free_p; /* share of "of no object in a pair" */
};

/* Scratch of one scan; grows, keeps nothing. */
struct vg_work {
    struct vg_look *look;
    size_t n_looks, looks_room;
    struct vg_pair *pair;
    size_t n_pairs, pairs_room;
    struct vg_origin *origin;
    size_t n_origins, origins_room;
    int32_t *slot;
    size_t slots_room;
    void *scratch; /* of marginals */
    size_t scratch_room;
    uint64_t ops;
    uint64_t
        *born; /* by measurement: the id of the object begun with it, 0 none yet; NULL: not kept */
};

/* Objects that ended since they were last asked for: the newest few. */
struct vg_ended {
    struct vg_object last[64];
    size_t n;
};

struct vg_core {
    struct vg_track_params params;
    struct vg_ended *ended; /* borrowed; no part of what a late scan takes back */
    struct vg_store store;
    struct vg_unseen unseen;
    struct vg_biases biases;
    double t_s; /* of the newest scan */
    double per_m2; /* objects that live where it looked, seen or not */
    bool started;
    uint64_t next_id;
    struct vg_track_stats stats;
};

/* A scan not older than the newest: everything in it has been checked. VG_E_NO_MEMORY. */
enum vg_status vg_core_scan(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan,
                            const struct vg_footprint *f, struct vg_error *err);

/* The steps of it, each in its own file. */
enum vg_status vg_gate(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan,
                       const struct vg_footprint *f);
void vg_renew(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan);
void vg_link(struct vg_core *c, int32_t slot, struct vg_work *w);

/* When an object's place in the grid must be renewed: before it has moved 50 m. */
double vg_place_due(const struct vg_core *c, const struct vg_gauss *all);

/* Room for n of an array; false if there is no memory. */
bool vg_room(void **at, size_t *room, size_t n, size_t size);

/* Expected squared distance, cut off at c, of an estimate with this variance (both axes together).
 */
double vg_expected_cut(double variance_m2, double cutoff_m);

#endif
