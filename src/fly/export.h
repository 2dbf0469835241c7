/* Sorties for other programs: QGroundControl's .plan, KML, GeoJSON, GPX (docs/formats.md).
 *
 * In: a plan's sorties and their watch. Out: text. Everything flown comes from the items that the
 * station itself uploads (route.h), so that a drone flies the same whoever sends it the mission;
 * bases become rally points (and so does the landing's circle), geofence and no-fly zones the
 * fence. Every item stands on the allow-list (link/allow.h) or the export fails.
 *
 *     for each sortie: vg_export_make(&plan.sorties[i], &watch, &options, &sorties[i], &err);
 *     vg_export_kml(&watch, sorties, n, &text);
 *
 * Threads: pure. Memory: malloc, owned by the sortie. Sources: QGroundControl developer guide,
 * "Plan File Format"; OGC 07-147r2 (KML 2.2); RFC 7946; GPX 1.1 (topografix.com/gpx/1/1).
 */
#ifndef VG_FLY_EXPORT_H
#define VG_FLY_EXPORT_H

#include "fly/route.h"
#include "link/mission.h"
#include "plan/plan.h"
#include "plan/radio.h"

/* What the heights of the way are above. */
enum vg_export_heights {
    VG_EXPORT_MSL = 0, /* the sea, as the station uploads them: the plan has followed the ground */
    VG_EXPORT_TERRAIN /* the ground below: for autopilots that have elevation on board */
};

struct vg_export_options {
    struct vg_route_options route; /* ArduPilot or PX4; a hole in the ground keeps heights msl */
    enum vg_export_heights heights;
};

struct vg_export_sortie {
    const struct vg_plan_sortie *sortie; /* borrowed */
    double cruise_mps;
    uint8_t autopilot; /* MAV_AUTOPILOT */
    struct vg_mission_item *mission; /* [0] is home */
    int n_mission;
    struct vg_mission_item *fence;
    int n_fence;
    struct vg_mission_item *rally; /* heights above home */
    int n_rally;
    /* Where no base hears it; the caller sets them, borrowed. None: not looked at, or all is heard.
     */
    const struct vg_radio_silence *silences;
    int n_silences;
};

/* `out` is written on VG_OK only. VG_E_RANGE, VG_E_NOT_FOUND: as vg_route_build. VG_E_INVALID: an
 * item is not on the allow-list. VG_E_NO_MEMORY. */
enum vg_status vg_export_make(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                              const struct vg_export_options *options, struct vg_export_sortie *out,
                              struct vg_error *err) VG_MUST_USE;
void vg_export_finish(struct vg_export_sortie *self);

/* One sortie as QGroundControl's file: mission, fence, rally points. */
void vg_export_qgc(const struct vg_export_sortie *sortie, struct vg_buf *out);
/* Sorties as ways with their heights above the sea, bases as points, zones as polygons, silences as
 * ways of their own (GPX has none). The sorties must have been made with VG_EXPORT_MSL. */
void vg_export_kml(const struct vg_watchfile *watch, const struct vg_export_sortie *sorties, int n,
                   struct vg_buf *out);
void vg_export_geojson(const struct vg_watchfile *watch, const struct vg_export_sortie *sorties,
                       int n, struct vg_buf *out);
void vg_export_gpx(const struct vg_watchfile *watch, const struct vg_export_sortie *sorties, int n,
                   struct vg_buf *out);

#endif
