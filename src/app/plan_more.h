/* What vigie plan can do with a finished plan besides printing it. */
#ifndef VG_APP_PLAN_MORE_H
#define VG_APP_PLAN_MORE_H

#include "app/options.h"
#include "plan/planner.h"

/* --unpredictable: replaces the plan, says what that cost and what it is worth. */
enum vg_status vg_plan_more_scatter(const struct vg_app *app, const struct vg_watchfile *watch,
                                    double share, int64_t seed, struct vg_plan *io,
                                    struct vg_error *err) VG_MUST_USE;

/* --without DRONE...: takes those drones out of the watch, plans with the same options, says what
 * is lost against `whole`. VG_E_NOT_FOUND: no such drone. */
enum vg_status vg_plan_more_without(const struct vg_app *app, struct vg_watchfile *watch,
                                    const struct vg_terrain *terrain,
                                    const struct vg_planner_options *options,
                                    const struct vg_option_list *drones,
                                    const struct vg_plan *whole, struct vg_plan *out,
                                    struct vg_error *err) VG_MUST_USE;

/* --suggest-bases: which of the places helps most as one more base; printed. */
enum vg_status vg_plan_more_bases(const struct vg_app *app, struct vg_watchfile *watch,
                                  const char *places_path, struct vg_error *err) VG_MUST_USE;

/* Keeps the flights of a plan at new times (is_scattered) apart by layers; says where a plan's
 * flights come too near to each other, if any do, and where no base hears them, if the watch has
 * radio. */
enum vg_status vg_plan_more_air(const struct vg_app *app, const struct vg_watchfile *watch,
                                bool is_scattered, struct vg_plan *io, bool *out_is_apart,
                                struct vg_error *err) VG_MUST_USE;

/* Prints what the certificate proves for wider classes of flights. */
void vg_plan_more_wider(const struct vg_app *app, const struct vg_watchfile *watch,
                        const struct vg_plan *plan);

#endif
