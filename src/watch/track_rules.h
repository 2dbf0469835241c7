/* When an object on the ground needs a person: alerts of kind `track`.
 *
 * A confirmed track is spoken of at most twice, and never again for the same reason:
 *
 * | stage | when | level |
 * | --- | --- | --- |
 * | 1 inside | within the watch depth of the line | warning; urgent: a group of five or more, or a
 * vehicle that reaches the line within five minutes |
 * | 2 crossed, zone | surely on the other side of the line than two minutes before; or in an alert
 * zone | urgent |
 *
 * Animals are `info` at both. One that belongs to others (the same class, within 80 m, as fast)
 * joins their alert, so a group has one. A closed alert is not opened again; a new stage opens
 * another. Against false tracks: existence at least 0.9, three hits. Against flapping: a side
 * counts at 2.5 standard errors (tracks.c), a stage never falls.
 *
 * While it is open an alert follows its first track, once a minute; when that has ended it says so
 * once, and is closed half an hour later unless it is urgent: that only a person closes.
 *
 * Threads: pure. Nobody is identified: class, place, error, speed, who saw it.
 */
#ifndef VG_WATCH_TRACK_RULES_H
#define VG_WATCH_TRACK_RULES_H

#include "watch/rules.h"

enum {
    VG_TRACK_STAGE_NONE = 0,
    VG_TRACK_STAGE_INSIDE,
    VG_TRACK_STAGE_CROSSED
};

void vg_track_rules_step(struct vg_watch *watch, struct vg_us now, vg_rules_emit_fn emit,
                         void *ctx);

#endif
