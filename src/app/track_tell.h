/* A track as the tracker has it, in the words of the record: the body of a `track` event
 * (docs/formats.md). Threads: pure. */
#ifndef VG_APP_TRACK_TELL_H
#define VG_APP_TRACK_TELL_H

#include "config/watchfile.h"
#include "geo/strip.h"
#include "track/scan_json.h"

struct vg_track_teller {
    const struct vg_watchfile *watch; /* borrowed, as is the strip */
    const struct vg_strip *strip;
    const struct vg_scan_reader *scans; /* whose frame, clock and sensors the tracks are of */
    double near_m; /* farther from every line than this: near none */
};

/* Where a track lies against the line. */
struct vg_track_place {
    double lat_deg;
    double lon_deg;
    double ve_mps;
    double vn_mps;
    double cov_m2[3];
    int line; /* -1: none is near */
    double s_m;
    double side_m; /* positive to the right of growing s */
    double side_sd_m;
    double closing_mps; /* towards the line */
    const char *zone; /* alert zone it is in; "" none */
};
void vg_track_place(const struct vg_track_teller *self, const struct vg_track *track,
                    struct vg_track_place *out);
/* id: the number it is told under. */
void vg_track_tell(const struct vg_track_teller *self, const struct vg_track *track,
                   const struct vg_track_place *place, uint64_t id, struct vg_buf *out);

#endif
