/* Every number of the tracker's model, its unit and meaning. One default setting for every scene
 * (vg_track_defaults); docs/tracking.md has the equations that they stand in. */
#ifndef VG_TRACK_PARAMS_H
#define VG_TRACK_PARAMS_H

#include "track/track.h"

/* One mode of the motion model: the velocity is an Ornstein-Uhlenbeck process, or a random walk
 * where `decay_per_s` is 0 (nearly constant velocity). */
struct vg_track_mode {
    double decay_per_s; /* how fast the velocity goes back to nought */
    double q_m2_s3; /* density of the acceleration's noise */
    double leave_per_s; /* rate at which an object leaves this mode */
    double enter_p; /* share of those who leave any mode that come to this one; all sum to 1 */
    double begin_p; /* share of new objects; all sum to 1 */
    double begin_sd_m_s; /* one sigma of a new object's velocity, each axis */
};

struct vg_track_params {
    struct vg_track_mode mode[VG_TRACK_MOTIONS];
    /* A long gap: after `gap_after_s` unseen, whoever leaves standing still or going straight
     * wanders, at the speed that he was last known by. */
    double gap_after_s;
    double gap_decay_per_s; /* how fast a wanderer forgets his heading */
    double gap_leave_per_s; /* rate of leaving "still" and "straight" in a gap */
    double gap_speed_floor_m_s; /* a wanderer is at least this fast, one sigma an axis */

    /* Objects that nobody has seen yet. */
    double unseen_per_m2; /* density of objects before anything is known */
    double density_worth; /* ... which is worth as much as so many objects seen */
    double unseen_appear_s; /* time in which a place that is watched fills up again to 63 %, from
                               within */
    double unseen_speed_m_s; /* ... and how fast objects come over the border of what is watched */
    double unseen_watch_s; /* a place not looked at for so long is not watched any more ... */
    double unseen_refill_s; /* ... and then fills up in this time */
    double unseen_cell_m; /* side of the cells that it is kept in */
    double life_s; /* mean time that an object stays in being */

    /* From chance to track. */
    double gate_chi2; /* squared distance of a measurement that may belong, in sigmas */
    double pair_min_p; /* a pair under this share is left out of clusters */
    double birth_min_p; /* a new object under this chance is not begun */
    double drop_p; /* a track under this chance of existence ends */
    double confirm_p; /* a track over this is confirmed */
    uint32_t confirm_hits; /* ... when it has been hit this often */
    double tell_cutoff_m; /* a track is told if that costs less than not, by GOSPA cut off here */
    double tell_spread; /* covariances are told so many times larger: a mixture's tails are heavy */
    uint32_t tell_young_hits; /* with fewer hits, only if it costs less than ... */
    double tell_young; /* ... this share of not telling: pairs of false detections stay untold */
    double associate_sd_m; /* a track wider than this takes no measurement: it is found again by
                              linking */

    /* Found again after a gap. */
    double link_max_s; /* longest gap */
    double link_per_m2; /* density of other objects that a new track might be */
    double link_min_odds; /* odds that it is the same, at least */
    double lost_p; /* chance that a track that was missed where it should be seen still exists */

    /* Looks and identity of a measurement. */
    double class_floor; /* a class that a detector excludes keeps this share */
    double feature_sd; /* one sigma of an appearance vector of the same object, each part */
    double feature_spread_sd; /* ... of different objects */

    /* Pointing errors of a sensor (bias.h). */
    double bias_prior_sd_m;
    double bias_drift_m_s; /* standard deviation after one second, each axis */

    /* Bounds. */
    double late_s; /* a scan this late is put in its place; 0: none is, nothing is kept */
    size_t max_tracks;
    size_t max_pairs; /* pairs of track and measurement in a scan; more are left out */
    size_t max_ops; /* work in clusters solved exactly in one scan, in steps; then belief
                       propagation */
    unsigned bp_rounds; /* most rounds of belief propagation */
};

/* All defaults. */
struct vg_track_params vg_track_defaults(void);

/* VG_E_RANGE, in words, for a number out of its range. */
enum vg_status vg_track_params_check(const struct vg_track_params *params, struct vg_error *err);

#endif
