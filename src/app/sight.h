/* The modes of `vigie sight`, one file each; all return an exit code. */
#ifndef VG_APP_SIGHT_H
#define VG_APP_SIGHT_H

#include "app/app.h"

struct vg_sight_options {
    const char *operand; /* a watch file (.yaml, .yml), else an elevation file */
    const char *plan; /* --plan */
    const char *path; /* --path */
    const char *type; /* --type */
    const char *at; /* --at LAT,LON,H */
    const char *best_of; /* --best-of */
    const char *range; /* --range, with a unit */
    const char *cell; /* --cell, with a unit */
    const char *sector; /* --sector FROM,TO */
    const char *out; /* -o */
    double height_m; /* --height: of the mast; 0: 10 m */
    double target_m; /* --target; 0: the ground */
    int64_t n_best; /* --best; 0: 10 */
    bool is_fast;
    bool wants_needed;
};

/* What a plan's passes, or one flight along a line of GeoJSON, will see of the watched ground, and
 * what the hills will hide: 0 all, 1 something is hidden. */
int vg_sight_of_plan(const struct vg_app *app, const struct vg_sight_options *options);
int vg_sight_of_path(const struct vg_app *app, const struct vg_sight_options *options);
/* What is seen from a point, as a GeoTIFF. */
int vg_sight_from(const struct vg_app *app, const struct vg_sight_options *options);
/* Places by what a mast there would see. */
int vg_sight_best(const struct vg_app *app, const struct vg_sight_options *options);

#endif
