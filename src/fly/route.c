#include "fly/route.h"

#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

enum {
    HEAD_ITEMS = 4, /* home, take-off, gimbal, zoom */
    TAIL_ITEMS = 5 /* recording on and off, landing sequence, approach, landing */
};
/* Way points nearer than this to the last, and about as high, are left out. */
static const double NEAR_M = 300;
static const double LEVEL_M = 5;
static const double OVER_BASE_M = 1200;

bool vg_route_span(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                   int *out_line, double *out_from_m, double *out_to_m)
{
    if (sortie->n_visits == 0) {
        return false;
    }
    const char *line = sortie->visits[0].line;
    double lo_m = (double)INFINITY;
    double hi_m = -(double)INFINITY;
    for (int i = 0; i < sortie->n_visits; i++) {
        const struct vg_plan_visit *v = &sortie->visits[i];
        if (strcmp(v->line, line) == 0) {
            lo_m = fmin(lo_m, fmin(v->from_m, v->to_m));
            hi_m = fmax(hi_m, fmax(v->from_m, v->to_m));
        }
    }
    *out_line = vg_network_find_line(&watch->network, line);
    *out_from_m = lo_m;
    *out_to_m = hi_m;
    return *out_line >= 0;
}

/* The greatest watch depth along what the sortie visits. */
static double deepest_m(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch)
{
    int line;
    double from_m;
    double to_m;
    if (sortie->depth_m > 0) {
        return sortie->depth_m;
    }
    if (!vg_route_span(sortie, watch, &line, &from_m, &to_m)) {
        return watch->depth_m;
    }
    double depth_m = 0;
    for (int i = 0; i < watch->network.n_stretches; i++) {
        const struct vg_stretch *x = &watch->network.stretches[i];
        if (x->line == line && x->from_m < to_m && x->to_m > from_m) {
            depth_m = fmax(depth_m, x->depth_m);
        }
    }
    return depth_m > 0 ? depth_m : watch->depth_m;
}

static struct vg_mission_item gimbal(double pitch_deg)
{
    struct vg_mission_item item = vg_route_act(VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW);
    item.p1 = (float)round(pitch_deg);
    item.p3 = NAN; /* no rates: angles only */
    item.p4 = NAN;
    item.x = VG_GIMBAL_MANAGER_FLAGS_ROLL_LOCK | VG_GIMBAL_MANAGER_FLAGS_PITCH_LOCK;
    return item;
}

/* The planned pitch belongs to the widest field: a camera left zoomed in would pass ground by. */
static struct vg_mission_item zoom_out(void)
{
    struct vg_mission_item item = vg_route_act(VG_MAV_CMD_SET_CAMERA_ZOOM);
    item.p1 = VG_CAMERA_ZOOM_RANGE;
    return item;
}

/* A turn on the spot for height: the same place again. The first is the climb over the base: a
 * drone that sets out before it has done it meets the hills that the plan climbs over. */
static bool is_turn(const struct vg_plan_point *from, const struct vg_plan_point *to)
{
    return vg_geo_distance_m(from->lat_deg, from->lon_deg, to->lat_deg, to->lon_deg) < 1 &&
           fabs(from->alt_msl_m - to->alt_msl_m) > 1;
}

static struct vg_mission_item way_point(const struct vg_plan_point *p, bool is_turning)
{
    struct vg_mission_item item =
        vg_mission_place(is_turning ? VG_MAV_CMD_NAV_LOITER_TO_ALT : VG_MAV_CMD_NAV_WAYPOINT,
                         VG_MAV_FRAME_GLOBAL, p->lat_deg, p->lon_deg, p->alt_msl_m);
    item.p1 = is_turning ? 1 : 0; /* leave the circle towards the next place */
    return item;
}

/* Recording aboard, from the last way point before the first visit to the first one after the last:
 * an act follows the way point that stands before it. */
struct recording {
    double from_s;
    double to_s;
    bool is_on;
};

static struct recording recording_of(const struct vg_plan_sortie *s)
{
    struct recording r = {(double)INFINITY, -(double)INFINITY, false};
    for (int i = 0; i < s->n_visits; i++) {
        r.from_s = fmin(r.from_s, s->visits[i].t0_s);
        r.to_s = fmax(r.to_s, s->visits[i].t1_s);
    }
    return r;
}

/* The take-off item leaves the rest of the climb to a circle. */
static bool is_climb_left(const struct vg_plan_sortie *s)
{
    double up_m = s->track[1].alt_msl_m - s->track[0].alt_msl_m;
    return is_turn(&s->track[0], &s->track[1]) && up_m > VG_ROUTE_TAKEOFF_AGL_M + LEVEL_M;
}

/* -1: more way points than there is room for. */
static int put_way(const struct vg_plan_sortie *s, enum vg_kind kind, struct vg_mission_item *out,
                   int n)
{
    struct recording camera = recording_of(s);
    const struct vg_plan_point *last = &s->track[0];
    double last_msl_m = s->track[1].alt_msl_m; /* once up over the base */
    for (int i = 1; i < s->n_track - 1; i++) {
        const struct vg_plan_point *p = &s->track[i];
        bool is_turning =
            i > 1 ? is_turn(&s->track[i - 1], p) : kind != VG_KIND_COPTER && is_climb_left(s);
        bool is_end = i == s->n_track - 2; /* as high as the descent over the base begins */
        bool is_near =
            vg_geo_distance_m(last->lat_deg, last->lon_deg, p->lat_deg, p->lon_deg) < NEAR_M;
        if (!is_turning && !is_end && is_near && fabs(p->alt_msl_m - last_msl_m) < LEVEL_M) {
            continue;
        }
        if (n >= VG_MISSION_ITEMS_MAX - TAIL_ITEMS) {
            return -1;
        }
        if (p->t_s > camera.from_s) {
            out[n++] = vg_route_act(VG_MAV_CMD_VIDEO_START_CAPTURE);
            camera = (struct recording){(double)INFINITY, camera.to_s, true};
        }
        out[n++] = way_point(p, is_turning && kind != VG_KIND_COPTER); /* one climbs on the spot */
        if (camera.is_on && p->t_s >= camera.to_s) {
            out[n++] = vg_route_act(VG_MAV_CMD_VIDEO_STOP_CAPTURE);
            camera.is_on = false;
        }
        last = p;
        last_msl_m = p->alt_msl_m;
    }
    if (camera.is_on) {
        out[n++] = vg_route_act(VG_MAV_CMD_VIDEO_STOP_CAPTURE);
    }
    return n;
}

void vg_route_came_from(const struct vg_plan_sortie *s, const struct vg_wf_base *base,
                        double out_deg[2])
{
    const struct vg_plan_point *before = &s->track[s->n_track - 1];
    for (int i = s->n_track - 2; i > 0; i--) {
        before = &s->track[i];
        if (vg_geo_distance_m(before->lat_deg, before->lon_deg, base->lat_deg, base->lon_deg) >
            OVER_BASE_M) {
            break;
        }
    }
    out_deg[0] = before->lat_deg;
    out_deg[1] = before->lon_deg;
}

bool vg_route_has_home(uint8_t autopilot)
{
    return vg_autopilot_find(autopilot)->has_home_item;
}

enum vg_status vg_route_build(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                              const struct vg_route_options *options, struct vg_mission_item *out,
                              int *out_n, struct vg_error *err)
{
    int drone = vg_watchfile_find_drone(watch, sortie->drone);
    int base = vg_watchfile_find_base(watch, sortie->base_to);
    if (drone < 0 || base < 0 || sortie->n_track < 2) {
        return vg_fail(err, VG_E_NOT_FOUND,
                       "sortie %s names a drone or base the watch does not have", sortie->id);
    }
    const struct vg_wf_type *type = &watch->types[watch->drones[drone].type];
    const struct vg_wf_camera *camera = &watch->cameras[type->camera];
    const struct vg_plan_point *start = &sortie->track[0];
    out[0] = vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, start->lat_deg,
                              start->lon_deg, start->alt_msl_m);
    out[1] = vg_route_takeoff(type->kind, start->lat_deg, start->lon_deg);
    if (type->kind == VG_KIND_COPTER && is_climb_left(sortie)) {
        out[1].z = (float)(sortie->track[1].alt_msl_m - start->alt_msl_m);
    }
    out[2] =
        gimbal(vg_camera_patrol_pitch_deg(camera, type->agl_m, deepest_m(sortie, watch), NULL));
    int n = 3;
    bool takes_zoom = vg_autopilot_find(options->autopilot)->takes_zoom_item;
    if (camera->hfov_min_deg < camera->hfov_max_deg && takes_zoom) {
        out[n++] = zoom_out();
    }
    n = put_way(sortie, type->kind, out, n);
    if (n < 0) {
        return vg_fail(err, VG_E_RANGE, "sortie %s has more than %d way points", sortie->id,
                       VG_MISSION_ITEMS_MAX - HEAD_ITEMS - TAIL_ITEMS);
    }
    vg_route_tighten(type, out, n);
    struct vg_route_landing landing = {.watch = watch,
                                       .base = &watch->bases[base],
                                       .kind = type->kind,
                                       .runway_msl_m = sortie->track[sortie->n_track - 1].alt_msl_m,
                                       .ground = options->ground};
    vg_route_came_from(sortie, landing.base, landing.from_deg);
    *out_n = vg_route_land(&landing, out, n);
    return VG_OK;
}
