/* Tracks as JSON (docs/formats.md, "Tracks"). Threads: pure. */
#ifndef VG_TRACK_TRACK_JSON_H
#define VG_TRACK_TRACK_JSON_H

#include "base/text.h"
#include "track/scan_json.h"

/* One track as a JSON object, with its own "t" if asked; no end of line. Names of sensors, the
 * clock's start and, where there is a frame, lat and lon are the reader's. */
void vg_track_json(struct vg_buf *out, const struct vg_scan_reader *from, const struct vg_track *t,
                   bool with_time);

/* The words of the formats: "person", "coasting". */
const char *vg_track_class_name(enum vg_track_class c);
int vg_track_class_of(const char *name); /* -1: no such class */
const char *vg_track_state_name(enum vg_track_state s);
const char *vg_track_motion_name(enum vg_track_motion m);

#endif
