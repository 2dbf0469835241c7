/* May it fly? A list of points, each with a state and a reason in words, shown before consent.
 *
 * | point | holds the launch when | a supervisor may overrule |
 * | --- | --- | --- |
 * | link, fix | bad, waiting, unknown | no |
 * | mission | not read back and compared | no |
 * | battery | less than the flight in this wind and the reserve; not told | no |
 * | kind, place, sensors, estimator | bad or waiting | yes |
 * | fence, return height, lost link | bad or waiting | yes |
 * | battery failsafe, signing, clock | never: they warn | - |
 *
 * (RULES in preflight.c is that table.) Nothing can be unknown and good: what a drone does not tell
 * is shown so, and holds the launch only where the table says.
 *
 * Threads: pure. Allocations: none. Cost of vg_preflight_way: the ground under the straight way
 * home from every 2 km of the track; once a sortie.
 */
#ifndef VG_FLY_PREFLIGHT_H
#define VG_FLY_PREFLIGHT_H

#include "fly/health.h"
#include "fly/settings.h"
#include "fly/wayhome.h"
#include "link/vehicle.h"
#include "plan/plan.h"

enum vg_point {
    VG_POINT_LINK = 0,
    VG_POINT_FIX,
    VG_POINT_KIND,
    VG_POINT_PLACE,
    VG_POINT_SENSORS,
    VG_POINT_ESTIMATOR,
    VG_POINT_BATTERY,
    VG_POINT_MISSION,
    VG_POINT_FENCE,
    VG_POINT_RETURN_HEIGHT,
    VG_POINT_LOST_LINK,
    VG_POINT_BATTERY_FAILSAFE,
    VG_POINT_SIGNING,
    VG_POINT_CLOCK,
    VG_POINT_COUNT
};

/* "link", "fix", ... (docs/api.md). Borrowed for ever. */
const char *vg_point_name(enum vg_point point);
/* For people: "Battery". Borrowed for ever. */
const char *vg_point_title(enum vg_point point, enum vg_lang lang);
/* VG_POINT_COUNT: no such point. */
enum vg_point vg_point_find(const char *name);
/* "good", ... (docs/api.md). Borrowed for ever. */
const char *vg_judgement_name(enum vg_judgement state);
/* May a supervisor overrule it? */
bool vg_point_may_overrule(enum vg_point point);

/* The straight ways home of a sortie. */
struct vg_preflight_way {
    double ground_msl_m; /* the highest ground under any of them; -INFINITY: not known */
    double least_clear_m; /* least height of the flight over the ground under its own way home */
    double pad_msl_m;
    double slope_clear_m; /* least height over the ground, descending evenly from anywhere on its
                             way to where its landing begins; INFINITY: not known */
};

/* From every 2 km of the track. */
struct vg_preflight_way vg_preflight_way(const struct vg_plan_sortie *sortie,
                                         const struct vg_watchfile *watch, struct vg_ground ground);

/* The share of the battery that a sortie needs in this wind rather than in the planned one, without
 * the reserve; INFINITY: some leg cannot be flown against it. */
double vg_preflight_energy(const struct vg_plan_sortie *sortie, const struct vg_wf_type *type,
                           const double planned_ne_mps[2], const double now_ne_mps[2]);

/* What the mission helper says of a list aboard. */
enum vg_loaded {
    VG_LOADED_NOT_KNOWN = 0,
    VG_LOADED_ON_ITS_WAY,
    VG_LOADED_VERIFIED,
    VG_LOADED_FAILED
};

struct vg_preflight_input {
    const struct vg_vehicle *vehicle;
    const struct vg_health *health;
    const struct vg_settings *settings;
    const struct vg_plan_sortie *sortie;
    const struct vg_watchfile *watch;
    const struct vg_wf_type *type;
    enum vg_link_state link;
    double loss; /* share of its messages lost on the link in use, 0..1 */
    int base; /* where the sortie begins; index in the watch */
    bool has_key; /* the watch names a signing key for it */
    enum vg_loaded mission;
    enum vg_loaded fence;
    struct vg_preflight_way way;
    double energy; /* vg_preflight_energy */
    double wind_mps;
    uint32_t overruled; /* bits of vg_point */
    struct vg_us now;
};

struct vg_preflight_point {
    enum vg_judgement state;
    bool holds; /* the launch, as things stand */
    bool is_overruled;
    char reason[200];
};

struct vg_preflight {
    struct vg_preflight_point points[VG_POINT_COUNT];
    int n_hold;
    int first_hold; /* -1: none */
};

/* `lang` of the reasons. */
void vg_preflight_judge(const struct vg_preflight_input *in, enum vg_lang lang,
                        struct vg_preflight *out);

#endif
