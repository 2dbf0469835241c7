/* Tracks in the fold: the last word on each object seen on the ground, its way, and who saw it
 * when.
 *
 * In:  events `track` (docs/formats.md), each a track's whole last word. Out: the list in the watch
 * (watch.h), its view for the page (docs/api.md), what rules ask of it (track_rules.h).
 *
 * A way longer than its room is thinned: every second point goes, and new ones come half as often.
 * At most VG_WATCH_TRACKS are kept; when they are all taken the one that ended, or was seen,
 * longest ago goes. Threads: pure. Allocations: the list.
 */
#ifndef VG_WATCH_TRACKS_H
#define VG_WATCH_TRACKS_H

#include "watch/watch.h"

enum vg_status vg_apply_track(struct vg_watch *self, struct vg_us t, const json_t *body,
                              struct vg_error *err) VG_MUST_USE;
/* An alert of kind `track` names tracks: they are told of. */
void vg_apply_track_alert(struct vg_watch *self, const char *id, const json_t *params);

/* The likeliest class, VG_TRACK_UNKNOWN under 60 %. */
enum vg_track_class vg_watch_track_class(const struct vg_watch_track *track);
/* Longer half axis of the ellipse that holds 95 % (m). */
double vg_watch_track_error_m(const struct vg_watch_track *track);
bool vg_watch_track_is_over(const struct vg_watch_track *track);

/* The body of a `track` event that ends it where it was last told. */
void vg_watch_track_end(const struct vg_watch_track *track, struct vg_buf *out);

/* One as in docs/api.md; is_delta: only the way's new points. */
void vg_view_track(const struct vg_watch_track *track, bool is_delta, struct vg_buf *out);
/* `"tracks":[...]` of a snapshot: all not over, and those that ended in the last hour. */
void vg_view_tracks(const struct vg_watch *watch, struct vg_us now, struct vg_buf *out);
/* `,"tracks":[...]` of a delta, each marked as told; nothing where none changed. */
void vg_view_changed_tracks(struct vg_watch *watch, struct vg_buf *out);

#endif
