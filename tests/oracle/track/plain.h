/* Two textbook trackers to measure ours against: nearly constant velocity, one Kalman filter a
 * track (Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking and Navigation",
 * 2001, 5.2 and 6.2), tracks begun by 4 of 6 looks and ended by misses where they should have been
 * seen. They know footprints (a track outside coasts), nothing of classes, gaps or late scans.
 *
 * GNN: the likeliest assignment (Blackman, Popoli, "Design and Analysis of Modern Tracking
 * Systems", 1999, 6.4). JPDA: shares of all assignments (Fortmann, Bar-Shalom, Scheffe, IEEE J.
 * Oceanic Eng. 8(3) 1983), by belief propagation (Williams, Lau, IEEE TAES 50(4) 2014), for
 * confirmed tracks; tentative ones by GNN from what is left. */
#ifndef ORACLE_TRACK_PLAIN_H
#define ORACLE_TRACK_PLAIN_H

#include "track/track.h"

enum plain_kind {
    PLAIN_GNN,
    PLAIN_JPDA
};

struct plain;

struct plain *plain_new(enum plain_kind kind);
void plain_free(struct plain *self);
/* In order of time; positions only. */
void plain_scan(struct plain *self, const struct vg_scan *scan);
/* Confirmed tracks under 20 m of sigma, predicted to t_s; at most `max`. Returns how many. */
size_t plain_tracks(const struct plain *self, double t_s, struct vg_track *out, size_t max);

#endif
