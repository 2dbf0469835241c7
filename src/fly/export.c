#include "fly/export.h"

#include "fly/export_priv.h"
#include "fly/lists.h"
#include "link/allow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const VG_EXPORT_KINDS[4] = {"alert", "privacy", "no-fly", "geofence"};

static double ground_m(const struct vg_export_options *o, double lat_deg, double lon_deg)
{
    const struct vg_ground *g = &o->route.ground;
    return g->msl_m != NULL ? g->msl_m(g->ctx, lat_deg, lon_deg) : (double)NAN;
}

static enum vg_status check_allowed(uint8_t mission_type, const struct vg_mission_item *items,
                                    int n, struct vg_error *err)
{
    for (int i = 0; i < n; i++) {
        if (!vg_allow_mission_item(mission_type, items[i].command)) {
            return vg_fail(err, VG_E_INVALID, "mission item %d (command %d) is not allowed", i,
                           (int)items[i].command);
        }
    }
    return VG_OK;
}

/* ---- mission ---- */

/* The landing keeps its heights: it ends on the runway of the plan, not of another elevation. */
static void follow_terrain(const struct vg_export_options *o, struct vg_mission_item *items, int n)
{
    for (int i = 1; i < n && items[i].command != VG_MAV_CMD_DO_LAND_START; i++) {
        struct vg_mission_item *item = &items[i];
        if (item->frame != VG_MAV_FRAME_GLOBAL || !vg_mission_has_place(item->command)) {
            continue;
        }
        double ground = ground_m(o, item->x / 1e7, item->y / 1e7);
        if (!isnan(ground)) {
            item->frame = VG_MAV_FRAME_GLOBAL_TERRAIN_ALT;
            item->z = (float)(round(((double)item->z - ground) * 100) / 100);
        }
    }
}

static double cruise_mps(const struct vg_watchfile *watch, const char *drone)
{
    const struct vg_wf_type *type = vg_watchfile_type_of(watch, drone);
    return type != NULL ? type->cruise_mps : 0;
}

static enum vg_status make_mission(const struct vg_watchfile *watch,
                                   const struct vg_route_options *route,
                                   struct vg_export_sortie *out, struct vg_error *err)
{
    out->mission = calloc(VG_MISSION_ITEMS_MAX, sizeof *out->mission);
    if (out->mission == NULL) {
        return vg_no_memory(err);
    }
    enum vg_status st =
        vg_route_build(out->sortie, watch, route, out->mission, &out->n_mission, err);
    if (st == VG_OK) {
        out->cruise_mps = cruise_mps(watch, out->sortie->drone);
        out->autopilot = route->autopilot;
        st = check_allowed(VG_MAV_MISSION_TYPE_MISSION, out->mission, out->n_mission, err);
    }
    return st;
}

/* ---- fence and rally points ---- */

static enum vg_status make_fence(const struct vg_watchfile *watch, struct vg_export_sortie *out,
                                 struct vg_error *err)
{
    int n = vg_lists_fence_n(watch);
    out->fence = calloc((size_t)n + 1, sizeof *out->fence);
    if (out->fence == NULL) {
        return vg_no_memory(err);
    }
    out->n_fence = n;
    vg_lists_fence(watch, out->fence);
    return check_allowed(VG_MAV_MISSION_TYPE_FENCE, out->fence, out->n_fence, err);
}

static enum vg_status make_rally(const struct vg_watchfile *watch,
                                 const struct vg_export_options *options,
                                 struct vg_export_sortie *out, struct vg_error *err)
{
    out->rally = calloc((size_t)watch->n_bases + 1, sizeof *out->rally);
    if (out->rally == NULL) {
        return vg_no_memory(err);
    }
    out->n_rally =
        vg_lists_rally(watch, options->route.ground, out->mission, out->n_mission, out->rally);
    return check_allowed(VG_MAV_MISSION_TYPE_RALLY, out->rally, out->n_rally, err);
}

enum vg_status vg_export_make(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                              const struct vg_export_options *options, struct vg_export_sortie *out,
                              struct vg_error *err)
{
    struct vg_export_sortie made = {.sortie = sortie};
    enum vg_status st = make_mission(watch, &options->route, &made, err);
    if (st == VG_OK) {
        st = make_fence(watch, &made, err);
    }
    if (st == VG_OK) {
        st = make_rally(watch, options, &made, err);
    }
    if (st != VG_OK) {
        vg_export_finish(&made);
        return st;
    }
    if (options->heights == VG_EXPORT_TERRAIN) {
        follow_terrain(options, made.mission, made.n_mission);
    }
    *out = made;
    return VG_OK;
}

void vg_export_finish(struct vg_export_sortie *self)
{
    free(self->mission);
    free(self->fence);
    free(self->rally);
    *self = (struct vg_export_sortie){0};
}

/* ---- for the writers ---- */

bool vg_export_point(const struct vg_export_sortie *sortie, int i, double *out_lat_deg,
                     double *out_lon_deg, double *out_alt_msl_m)
{
    const struct vg_mission_item *item = &sortie->mission[i];
    if (!vg_mission_has_place(item->command)) {
        return false;
    }
    bool is_relative = item->frame == VG_MAV_FRAME_GLOBAL_RELATIVE_ALT;
    *out_lat_deg = item->x / 1e7;
    *out_lon_deg = item->y / 1e7;
    *out_alt_msl_m = (double)item->z + (is_relative ? (double)sortie->mission[0].z : 0);
    return true;
}

/* What XML 1.0 has no way to write becomes U+FFFD. The texts are UTF-8: their readers saw to it. */
static void put_escaped(struct vg_buf *out, char c)
{
    static const char MARKS[] = "&<>\"";
    static const char *const ESCAPES[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    const char *mark = strchr(MARKS, c);
    if (mark != NULL) {
        vg_buf_puts(out, ESCAPES[mark - MARKS]);
    } else if ((unsigned char)c < 0x20) {
        vg_buf_puts(out, "\xEF\xBF\xBD");
    } else {
        vg_buf_add(out, &c, 1);
    }
}

void vg_export_element(struct vg_buf *out, const char *tag, const char *text)
{
    vg_buf_printf(out, "<%s>", tag);
    for (const char *c = text; *c != '\0'; c++) {
        put_escaped(out, *c);
    }
    vg_buf_printf(out, "</%s>", tag);
}
