/* Vigie's tracker for other programs: scans of moving cameras and other sensors in, tracks out.
 * Installed with `cmake --install`; compile and link with `pkg-config --cflags --libs vigie-track`.
 *
 *     struct vg_tracker *tracker;
 *     vg_tracker_new(NULL, &tracker, NULL);
 *     vg_tracker_scan(tracker, &scan, NULL);
 *     n = vg_tracker_tracks(tracker, now_s, false, tracks, 100);
 *
 * All calls: statuses are `enum vg_status`, VG_OK is 0; `struct vg_error *err` may be NULL, else it
 * says what was wrong in words (vg_error_text). Metres east and north of one local frame, seconds
 * of one clock, radians. What each function takes, gives and costs stands in its header. */
#ifndef VIGIE_TRACK_H
#define VIGIE_TRACK_H

#include "base/status.h"
#include "track/params.h"
#include "track/track.h"

#endif
