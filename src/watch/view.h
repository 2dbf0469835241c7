/* What the page is told: snapshot, delta, chart (docs/api.md). Pure reading, but for the delta,
 * which also marks what it told as told. */
#ifndef VG_WATCH_VIEW_H
#define VG_WATCH_VIEW_H

#include "watch/watch.h"

struct vg_view_frame {
    struct vg_us now;
    int64_t seq;
    bool is_sim;
    double speed;
};

void vg_view_snapshot(const struct vg_watch *watch, const struct vg_view_frame *frame,
                      struct vg_buf *out);
/* Always has the promise and the time. */
void vg_view_delta(struct vg_watch *watch, const struct vg_view_frame *frame, struct vg_buf *out);
/* Marks everything as told without telling (after the first snapshot). */
void vg_view_clear(struct vg_watch *watch);

/* The flown and seen part of the chart, without the closing brace, so that the caller adds
 * "planned". */
void vg_view_chart(const struct vg_watch *watch, struct vg_us from, struct vg_us to,
                   struct vg_buf *out);

void vg_view_drone(const struct vg_watch_drone *drone, bool is_delta, struct vg_buf *out);
void vg_view_sortie(const struct vg_watch_sortie *sortie, struct vg_buf *out);
void vg_view_alert(const struct vg_watch_alert *alert, struct vg_buf *out);

#endif
