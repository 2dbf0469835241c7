/* Opening what the commands work on: the watch file with everything it names. */
#ifndef VG_APP_LOAD_H
#define VG_APP_LOAD_H

#include "app/app.h"
#include "app/options.h"
#include "plan/plan.h"
#include "sim/fault.h"
#include "terrain/terrain.h"

/* What was left out of its files goes to standard error. */
enum vg_status vg_load_watch(const char *path, struct vg_watchfile *out,
                             struct vg_error *err) VG_MUST_USE;
/* The watch's elevation, patterns expanded. A pattern that names no file is an error. What is
 * decoded is kept in $XDG_CACHE_HOME/vigie/terrain (default: ~/.cache) for the next start. */
enum {
    VG_LOAD_PLAN_MAX_BYTES = 256 * 1024 * 1024
};

/* VG_E_INVALID: more drones than there are MAVLink ids. For what flies them. */
enum vg_status vg_load_check_ids(const struct vg_watchfile *watch,
                                 struct vg_error *err) VG_MUST_USE;
enum vg_status vg_load_terrain(const struct vg_watchfile *watch, struct vg_terrain **out,
                               struct vg_error *err) VG_MUST_USE;
/* The ground for fly/approach.h, ctx being a vg_terrain; NaN where no file has a height. */
double vg_load_ground_msl_m(const void *terrain, double lat_deg, double lon_deg);
/* Say on standard error which files' vertical datum was assumed, if any. */
void vg_load_note_datum(const struct vg_app *app, const struct vg_terrain *terrain);
enum vg_status vg_load_plan(const char *path, struct vg_plan *out,
                            struct vg_error *err) VG_MUST_USE;
/* With the watch that it goes with: drones are where the plan has them, and those of its own fleet,
 * if it has one. Not for what flies them: of those the watch knows no link. */
enum vg_status vg_load_plan_of(const char *path, struct vg_watchfile *io, struct vg_plan *out,
                               struct vg_error *err) VG_MUST_USE;

/* What is to go wrong in a simulation: the scenario file (NULL: none), then those of --fault.
 * VG_E_FORMAT with file, line and column; those of --fault are lines of "--fault". */
enum vg_status vg_load_faults(const struct vg_watchfile *watch, const char *path,
                              const struct vg_option_list *more, struct vg_simscenario *out,
                              struct vg_error *err) VG_MUST_USE;

/* Candidates to compare: a CSV with name, lat, lon; 1 to 1000 of them. The caller frees. */
enum vg_status vg_load_places(const char *path, struct vg_wf_place **out, int *out_n,
                              struct vg_error *err) VG_MUST_USE;

#endif
