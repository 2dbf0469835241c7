/* Radio: from where a base's antenna and a drone see each other over the terrain.
 *
 * The antenna stands `mast` above the ground of its base. In sight means a line of sight over the
 * curved Earth with standard refraction (terrain.h, vg_terrain_sees) no longer than the watch's
 * `radio: range`. Where radio is `required`, line that cannot be swept in sight of some base of the
 * watch is not watched; ways out and home may leave sight, and it is told for how long.
 *
 * Threads: pure. Memory: the report is malloc; vg_radio_finish.
 */
#ifndef VG_PLAN_RADIO_H
#define VG_PLAN_RADIO_H

#include "plan/plan.h"
#include "terrain/terrain.h"

/* Does the base hear a drone there? terrain NULL: nothing stands between. */
bool vg_radio_hears(const struct vg_watchfile *watch, const struct vg_terrain *terrain, int base,
                    double lat_deg, double lon_deg, double alt_msl_m);
bool vg_radio_any_hears(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                        double lat_deg, double lon_deg, double alt_msl_m);

/* The least of some usual heights of mast with which some base would hear a drone there; HUGE_VAL:
 * none does. */
double vg_radio_mast_m(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                       double lat_deg, double lon_deg, double alt_msl_m);

/* Part of a sortie's track that no base hears. */
struct vg_radio_silence {
    int sortie;
    double t_s[2];
};

/* Of one sortie, looked at every 250 m or 10 s. */
struct vg_radio_sortie {
    double flown_m;
    double out_own_m; /* out of sight of the base it took off from */
    double out_any_m;
    double longest_s; /* without any base */
};

struct vg_radio_report {
    struct vg_radio_sortie *sorties; /* one for each of the plan's */
    struct vg_radio_silence *silences;
    int n_silences;
};

enum vg_status vg_radio_listen(const struct vg_plan *plan, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, struct vg_radio_report *out,
                               struct vg_error *err) VG_MUST_USE;
void vg_radio_finish(struct vg_radio_report *self);

/* The sortie's points through a silence, its ends among them. */
void vg_radio_trace(const struct vg_plan_sortie *sortie, const struct vg_radio_silence *silence,
                    void (*put)(struct vg_buf *out, const struct vg_plan_point *p, bool is_first),
                    struct vg_buf *out);

/* In words: a row a base, and the stretches that are swept out of sight. */
void vg_radio_table(const struct vg_radio_report *self, const struct vg_plan *plan,
                    const struct vg_watchfile *watch, enum vg_lang lang, struct vg_buf *out);

#endif
