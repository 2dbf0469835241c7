/* Missions by kind of aircraft: how they begin, change height and end; which mode each is told to
 * hold, return and land in. Numbers of modes: ArduPlane/mode.h, ArduCopter/mode.h,
 * px4_custom_mode.h.
 */
#include "fly/route.h"
#include "fly/settings.h"
#include "link/allow.h"
#include "link/mode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct desk {
    struct vg_watchfile watch;
    struct vg_wf_camera camera;
    struct vg_wf_type type;
    struct vg_wf_base base;
    struct vg_wf_drone drone;
    struct vg_plan_sortie sortie;
    struct vg_plan_point track[6];
};

static void lay_out(struct desk *d, enum vg_kind kind)
{
    memset(d, 0, sizeof *d);
    d->camera = (struct vg_wf_camera){
        .hfov_min_deg = 60, .hfov_max_deg = 60, .width_px = 640, .height_px = 480};
    d->type = (struct vg_wf_type){.kind = kind,
                                  .cruise_mps = 15,
                                  .endurance_s = 3600,
                                  .climb_mps = 3,
                                  .sink_mps = 3,
                                  .agl_m = 100,
                                  .floor_m = 50};
    d->base = (struct vg_wf_base){.name = "Camp", .lat_deg = 46, .lon_deg = 7};
    d->drone = (struct vg_wf_drone){.id = "K1", .sysid = 1};
    d->watch = (struct vg_watchfile){.cameras = &d->camera,
                                     .n_cameras = 1,
                                     .types = &d->type,
                                     .n_types = 1,
                                     .bases = &d->base,
                                     .n_bases = 1,
                                     .drones = &d->drone,
                                     .n_drones = 1,
                                     .depth_m = 200};
    /* up, out 4 km, up 200 m on the spot, back */
    static const double at[6][4] = {{0, 46, 7, 400},       {40, 46, 7, 500},  {310, 46.036, 7, 500},
                                    {380, 46.036, 7, 700}, {650, 46, 7, 700}, {750, 46, 7, 400}};
    for (int i = 0; i < 6; i++) {
        d->track[i] = (struct vg_plan_point){at[i][0], at[i][1], at[i][2], at[i][3]};
    }
    d->sortie = (struct vg_plan_sortie){.id = "K1.1",
                                        .drone = "K1",
                                        .base_from = "Camp",
                                        .base_to = "Camp",
                                        .land_s = 750,
                                        .period_s = 3600,
                                        .track = d->track,
                                        .n_track = 6};
}

/* The plan leaves the base 100 m above it, at 500 m: a copter's take-off goes there, what flies on
 * wings circles up over the base before the first way point. */
static void expect_climb(enum vg_kind kind, const struct vg_mission_item *items)
{
    bool is_copter = kind == VG_KIND_COPTER;
    assert_true((double)items[1].z == (is_copter ? 100 : 60));
    assert_int_equal(items[3].command, is_copter ? 16 : 31);
    assert_int_equal(items[3].frame, 0);
    assert_true((double)items[3].z == 500);
    assert_true(items[3].x == (is_copter ? 460360000 : 460000000));
}

static int commands_of(enum vg_kind kind, uint16_t out[32])
{
    static struct desk d;
    static struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    const struct vg_route_options options = {.autopilot = VG_MAV_AUTOPILOT_ARDUPILOTMEGA};
    struct vg_error err = {0};
    int n = 0;
    lay_out(&d, kind);
    assert_int_equal(vg_route_build(&d.sortie, &d.watch, &options, items, &n, &err), VG_OK);
    assert_true(n <= 32);
    for (int i = 0; i < n; i++) {
        out[i] = items[i].command;
        assert_true(i == 0 || vg_allow_mission_item(VG_MAV_MISSION_TYPE_MISSION, out[i]));
    }
    expect_climb(kind, items);
    const struct vg_mission_item *last = &items[n - 1];
    assert_true(last->x == 460000000 && last->y == 70000000 && (double)last->z == 400);
    if (kind != VG_KIND_PLANE) { /* over the pad, 60 m up, then down */
        assert_true(items[n - 2].x == last->x && (double)items[n - 2].z == 460);
    }
    return n;
}

static bool has(const uint16_t *list, int n, uint16_t command)
{
    for (int i = 0; i < n; i++) {
        if (list[i] == command) {
            return true;
        }
    }
    return false;
}

static void missions(void **state)
{
    (void)state;
    uint16_t c[32];
    int n = commands_of(VG_KIND_PLANE, c);
    assert_int_equal(c[1], 22); /* NAV_TAKEOFF */
    assert_true(c[n - 3] == 189 && c[n - 2] == 31 && c[n - 1] == 21);
    n = commands_of(VG_KIND_QUADPLANE, c);
    assert_int_equal(c[1], 84); /* NAV_VTOL_TAKEOFF */
    assert_true(has(c, n, 31)); /* it circles for height on its way */
    assert_true(c[n - 3] == 189 && c[n - 2] == 31 && c[n - 1] == 85); /* NAV_VTOL_LAND */
    n = commands_of(VG_KIND_COPTER, c);
    assert_int_equal(c[1], 22);
    assert_false(has(c, n, 31)); /* it needs no circle */
    assert_true(c[n - 3] == 189 && c[n - 2] == 16 && c[n - 1] == 21);
}

static void expect_mode(uint8_t autopilot, uint8_t type, enum vg_mode_kind kind, uint32_t number)
{
    uint32_t got;
    assert_true(vg_mode_find(autopilot, type, kind, &got));
    assert_int_equal(got, number);
}

static void modes(void **state)
{
    (void)state;
    const uint8_t ap = VG_MAV_AUTOPILOT_ARDUPILOTMEGA;
    expect_mode(ap, VG_MAV_TYPE_FIXED_WING, VG_MODE_HOLD, 12); /* LOITER */
    expect_mode(ap, VG_MAV_TYPE_VTOL_FIXEDROTOR, VG_MODE_HOLD, 12);
    expect_mode(ap, VG_MAV_TYPE_VTOL_FIXEDROTOR, VG_MODE_LAND, 20); /* QLAND */
    expect_mode(ap, VG_MAV_TYPE_QUADROTOR, VG_MODE_HOLD, 17); /* BRAKE */
    expect_mode(ap, VG_MAV_TYPE_QUADROTOR, VG_MODE_RETURN, 6);
    expect_mode(ap, VG_MAV_TYPE_QUADROTOR, VG_MODE_LAND, 9);
    expect_mode(VG_MAV_AUTOPILOT_PX4, VG_MAV_TYPE_QUADROTOR, VG_MODE_HOLD, 4u << 16 | 3u << 24);
    expect_mode(VG_MAV_AUTOPILOT_PX4, VG_MAV_TYPE_FIXED_WING, VG_MODE_RETURN, 4u << 16 | 5u << 24);
    assert_int_equal(vg_airframe_of(VG_MAV_TYPE_VTOL_TILTROTOR), VG_AIRFRAME_QUADPLANE);
    assert_int_equal(vg_airframe_of(VG_MAV_TYPE_DODECAROTOR), VG_AIRFRAME_COPTER);
    assert_int_equal(vg_airframe_of(VG_MAV_TYPE_GROUND_ROVER), VG_AIRFRAME_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missions),
        cmocka_unit_test(modes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
