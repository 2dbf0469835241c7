/* vigie plan WATCH --curve: the price of a promise, as table, JSON and picture. */
#ifndef VG_APP_PLAN_CURVE_H
#define VG_APP_PLAN_CURVE_H

#include "app/app.h"
#include "plan/curve.h"

/* svg_path NULL: no picture. options->sweeps is not looked at: the ground is surveyed first. */
enum vg_status vg_plan_curve(const struct vg_app *app, const struct vg_watchfile *watch,
                             const struct vg_terrain *terrain,
                             const struct vg_curve_options *options, const char *svg_path,
                             struct vg_error *err) VG_MUST_USE;

/* {"bound_s":..,"reach_m":..,"drones":..,"points":[..]} of docs/formats.md and docs/api.md. */
void vg_curve_json(const struct vg_curve *curve, struct vg_buf *out);

#endif
