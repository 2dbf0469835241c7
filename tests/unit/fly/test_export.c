/* Sorties as files: the mission is the one that the station uploads, heights by hand, only what may
 * leave. The files themselves are read by other programs in tests/peers/missions. */
#include "fly/approach.h"
#include "fly/export.h"
#include "fly/route.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char WATCH[] =
    "name: A < B & \"C\"\n"
    "line: {points: [[14.50, -11.36], [14.61, -11.36]], revisit: 2h, depth: 500m}\n"
    "zones: zones.geojson\n"
    "bases:\n"
    "  - {name: Camp, at: [14.500, -11.400]}\n"
    "  - {name: Hill, at: [14.600, -11.500]}\n"
    "cameras:\n"
    "  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n"
    "types:\n"
    "  small: {cruise: 20 m/s, endurance: 2h, camera: eo, agl: 150m}\n"
    "drones:\n"
    "  - {id: F1, type: small, base: Camp}\n";

#define ZONE(kind, ring)                                                                           \
    "{\"type\":\"Feature\",\"properties\":{\"name\":\"" kind "\",\"kind\":\"" kind                 \
    "\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[" ring "]}}"
static const char ZONES[] = "{\"type\":\"FeatureCollection\",\"features\":[" ZONE(
    "geofence", "[[-12,14],[-11,14],[-"
                "11,15],[-12,15],[-12,"
                "14]]") "," ZONE("alert", "[[-11.5,14.5],[-11.4,14.5],[-11.4,14.6],[-11.5,14.5]"
                                          "]") "," ZONE("no-fly", "[[-11.7,14.7],[-11.6,14."
                                                                  "8],[-11.6,14.7],[-11.7,"
                                                                  "14.7]]") "]}";

static enum vg_status read_zones(const char *path, size_t max_bytes, struct vg_buf *out,
                                 struct vg_error *err)
{
    (void)path;
    (void)max_bytes;
    (void)err;
    vg_buf_puts(out, ZONES);
    return VG_OK;
}

/* Over the line's south end, its middle, its north end, home. */
static struct vg_plan_point track[] = {{0, 14.50, -11.40, 100},
                                       {200, 14.50, -11.36, 260},
                                       {500, 14.555, -11.36, 450},
                                       {800, 14.61, -11.36, 300},
                                       {1500, 14.50, -11.40, 100}};
static struct vg_plan_visit visit = {"", 0, 12000, 200, 800, 0};

struct setup {
    struct vg_watchfile watch;
    struct vg_plan_sortie sortie;
};

static int open_setup(void **state)
{
    struct setup *s = calloc(1, sizeof *s);
    if (s == NULL ||
        vg_watchfile_parse(WATCH, strlen(WATCH), "w", read_zones, &s->watch, NULL) != VG_OK) {
        return -1;
    }
    s->sortie = (struct vg_plan_sortie){.track = track,
                                        .n_track = (int)(sizeof track / sizeof track[0]),
                                        .visits = &visit,
                                        .n_visits = 1};
    vg_format(visit.line, sizeof visit.line, "%s", s->watch.network.lines[0].name);
    vg_format(s->sortie.id, sizeof s->sortie.id, "F1<1>");
    vg_format(s->sortie.drone, sizeof s->sortie.drone, "F1");
    vg_format(s->sortie.base_from, sizeof s->sortie.base_from, "Camp");
    vg_format(s->sortie.base_to, sizeof s->sortie.base_to, "Camp");
    *state = s;
    return 0;
}

static int close_setup(void **state)
{
    struct setup *s = *state;
    vg_watchfile_finish(&s->watch);
    free(s);
    return 0;
}

/* 100 m at Camp, rising 1 km a degree to the north; a hole beyond 14.6; the hill's top. */
static double ground(const void *ctx, double lat_deg, double lon_deg)
{
    assert_ptr_equal(ctx, track);
    if (lon_deg < -11.45) {
        return 600;
    }
    return lat_deg > 14.6 ? (double)NAN : 100 + 1000 * (lat_deg - 14.5);
}

static const struct vg_route_options ardupilot = {VG_MAV_AUTOPILOT_ARDUPILOTMEGA, {ground, track}};
static const struct vg_route_options px4 = {VG_MAV_AUTOPILOT_PX4, {ground, track}};

static struct vg_export_options options(enum vg_export_heights heights)
{
    return (struct vg_export_options){.route = ardupilot, .heights = heights};
}

static struct vg_export_sortie make(const struct setup *s, enum vg_export_heights heights)
{
    struct vg_export_options o = options(heights);
    struct vg_export_sortie out;
    assert_int_equal(vg_export_make(&s->sortie, &s->watch, &o, &out, NULL), VG_OK);
    return out;
}

static bool is_same(const struct vg_mission_item *a, const struct vg_mission_item *b)
{
    bool p3 = a->p3 == b->p3 || (isnan(a->p3) && isnan(b->p3));
    bool p4 = a->p4 == b->p4 || (isnan(a->p4) && isnan(b->p4));
    return a->frame == b->frame && a->command == b->command && a->p1 == b->p1 && a->p2 == b->p2 &&
           p3 && p4 && a->x == b->x && a->y == b->y && a->z == b->z &&
           a->autocontinue == b->autocontinue;
}

static void the_mission_is_the_one_uploaded(void **state)
{
    struct setup *s = *state;
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n = 0;
    assert_int_equal(vg_route_build(&s->sortie, &s->watch, &ardupilot, items, &n, NULL), VG_OK);
    struct vg_export_sortie out = make(s, VG_EXPORT_MSL);
    assert_int_equal(out.n_mission, n);
    for (int i = 0; i < n; i++) {
        assert_true(is_same(&out.mission[i], &items[i]));
    }
    /* Home, take-off, gimbal, zoom, the point where the visit begins, recording, two points, its
     * end, landing sequence, circle down, landing. */
    static const int COMMANDS[] = {16, 22, 1000, 531, 16, 2500, 16, 16, 2501, 189, 31, 21};
    assert_int_equal(n, 12);
    for (int i = 0; i < n; i++) {
        bool has_place = COMMANDS[i] < 189;
        assert_int_equal(out.mission[i].command, COMMANDS[i]);
        assert_int_equal(out.mission[i].frame, has_place ? (i == 1 ? 3 : 0) : 2);
    }
    assert_true(out.mission[3].p1 == 2 && out.mission[3].p2 == 0); /* of the range: wide */
    vg_export_finish(&out);
}

/* PX4 takes the same but for the zoom. */
static void px4_has_no_zoom(void **state)
{
    struct setup *s = *state;
    static const int COMMANDS[] = {16, 22, 1000, 16, 2500, 16, 16, 2501, 189, 31, 21};
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n = 0;
    assert_int_equal(vg_route_build(&s->sortie, &s->watch, &px4, items, &n, NULL), VG_OK);
    assert_int_equal(n, 11);
    for (int i = 0; i < n; i++) {
        assert_int_equal(items[i].command, COMMANDS[i]);
    }
    assert_false(vg_route_has_home(VG_MAV_AUTOPILOT_PX4));
    assert_true(vg_route_has_home(VG_MAV_AUTOPILOT_ARDUPILOTMEGA));
}

/* One visit between way points, after one that is left out for being near: recording begins at the
 * last that is kept, ends at the next. */
static void recording_holds_all_visits(void **state)
{
    struct setup *s = *state;
    struct vg_plan_point way[] = {{0, 14.50, -11.40, 100},    {60, 14.50, -11.40, 300},
                                  {200, 14.520, -11.36, 300}, {210, 14.521, -11.36, 300},
                                  {300, 14.54, -11.36, 300},  {400, 14.56, -11.36, 300},
                                  {1500, 14.50, -11.40, 100}};
    struct vg_plan_visit visits[] = {{"", 0, 1000, 220, 250, 0}, {"", 1000, 2000, 250, 301, 0}};
    static const int COMMANDS[] = {16, 22, 1000, 531, 31, 16, 2500, 16, 16, 2501, 189, 31, 21};
    struct vg_plan_sortie sortie = s->sortie;
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n = 0;
    sortie.track = way;
    sortie.n_track = (int)(sizeof way / sizeof way[0]);
    sortie.visits = visits;
    sortie.n_visits = 2;
    assert_int_equal(vg_route_build(&sortie, &s->watch, &ardupilot, items, &n, NULL), VG_OK);
    assert_int_equal(n, 13);
    for (int i = 0; i < n; i++) {
        assert_int_equal(items[i].command, COMMANDS[i]);
    }
    sortie.n_visits = 0;
    assert_int_equal(vg_route_build(&sortie, &s->watch, &ardupilot, items, &n, NULL), VG_OK);
    assert_int_equal(n, 11);
}

/* Up over the base; near points stay where they are higher or lower, and the same place again is a
 * circle up. */
static void heights_stay_in_the_mission(void **state)
{
    struct setup *s = *state;
    struct vg_plan_point way[] = {{0, 14.50, -11.40, 100},    {60, 14.50, -11.40, 300},
                                  {200, 14.520, -11.36, 300}, {210, 14.521, -11.36, 303},
                                  {220, 14.522, -11.36, 320}, {280, 14.522, -11.36, 400},
                                  {400, 14.55, -11.36, 300},  {1500, 14.50, -11.40, 100}};
    static const int COMMANDS[] = {16, 22, 1000, 531, 31, 16, 16, 31, 16, 189, 31, 21};
    static const double HEIGHTS[] = {300, 300, 320, 400, 300};
    struct vg_plan_sortie sortie = s->sortie;
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n = 0;
    sortie.track = way;
    sortie.n_track = (int)(sizeof way / sizeof way[0]);
    sortie.n_visits = 0;
    assert_int_equal(vg_route_build(&sortie, &s->watch, &ardupilot, items, &n, NULL), VG_OK);
    assert_int_equal(n, 12);
    for (int i = 0; i < n; i++) {
        assert_int_equal(items[i].command, COMMANDS[i]);
    }
    for (int i = 0; i < 5; i++) {
        assert_float_equal(items[4 + i].z, HEIGHTS[i], 0);
    }
}

/* A wall to the north of the base, where the way comes from, 100 m high from 200 m on. */
static double wall(const void *ctx, double lat_deg, double lon_deg)
{
    (void)lon_deg;
    return lat_deg > *(const double *)ctx + 0.0025 ? 200 : 100;
}

/* Directions from the base, by hand. The circle over the approach is 200 m wide and the wall stands
 * from 278 m to the north on: 30 and 60 degrees off the glide meets it (1,039 m and 600 m to the
 * north), 90 degrees to the right is the first that passes; where nobody may fly there, to the
 * left. */
static void the_approach_keeps_clear(void **state)
{
    const struct setup *s = *state;
    static const double north[2] = {14.6, -11.4};
    double lat_deg = 14.5;
    const struct vg_ground ground_of_wall = {wall, &lat_deg};
    const struct vg_ground unknown = {0};
    const struct vg_wf_base *base = &s->watch.bases[0];
    struct vg_approach a = vg_approach_choose(&s->watch, base, 100, north, unknown);
    assert_true(a.is_clear && a.alt_msl_m == 160 && fabs(a.lon_deg - base->lon_deg) < 1e-6);
    assert_true(fabs((a.lat_deg - base->lat_deg) * 110650 - 1200) < 3);
    a = vg_approach_choose(&s->watch, base, 100, north, ground_of_wall);
    assert_true(a.is_clear && fabs(a.lat_deg - base->lat_deg) < 1e-5);
    assert_true(fabs((a.lon_deg - base->lon_deg) * 107760 - 1200) < 3);
    double lat[] = {14.49, 14.51, 14.51, 14.49, 14.49};
    double lon[] = {-11.395, -11.395, -11.3, -11.3, -11.395};
    struct vg_wf_zone zone = {.kind = VG_ZONE_NO_FLY, .n = 5, .lat_deg = lat, .lon_deg = lon};
    struct vg_watchfile zoned = {.zones = &zone, .n_zones = 1};
    a = vg_approach_choose(&zoned, base, 100, north, ground_of_wall);
    assert_true(a.is_clear && fabs((a.lon_deg - base->lon_deg) * 107760 + 1200) < 3);
    /* A pit: no way down. */
    lat_deg = 14;
    a = vg_approach_choose(&zoned, base, 100, north, ground_of_wall);
    assert_true(!a.is_clear && a.lat_deg > base->lat_deg + 0.01);
}

/* Below a ceiling: a way point where the course goes on nearly straight is passed
 * within 10 m, one at a right angle as the autopilot likes, a circle is as wide as 20 m/s take at
 * 30 degrees of bank: 20^2 / (9.80665 tan 30) = 70.6 m. Without one nothing is asked. */
static void tight_heights_are_flown_as_planned(void **state)
{
    struct setup *s = *state;
    struct vg_plan_point way[] = {{0, 14.50, -11.40, 100},    {60, 14.50, -11.40, 300},
                                  {200, 14.50, -11.36, 300},  {300, 14.501, -11.34, 300},
                                  {500, 14.530, -11.34, 320}, {600, 14.530, -11.34, 400},
                                  {700, 14.56, -11.34, 300},  {1500, 14.50, -11.40, 100}};
    static const float RADII[] = {10, 0, 0, 71};
    struct vg_plan_sortie sortie = s->sortie;
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n = 0;
    sortie.track = way;
    sortie.n_track = (int)(sizeof way / sizeof way[0]);
    sortie.n_visits = 0;
    s->watch.types[0].ceiling_m = 180;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(vg_route_build(&sortie, &s->watch, &ardupilot, items, &n, NULL), VG_OK);
        int k = 0;
        while (items[k].command != 16 || items[k].x != 145000000 || items[k].y != -113600000) {
            assert_true(++k < n);
        }
        for (int i = 0; i < 4; i++) { /* that one, a corner, the circle's place, the circle */
            assert_true(items[k + i].p2 == (round == 0 ? RADII[i] : 0));
        }
        s->watch.types[0].ceiling_m = 0;
    }
}

static void zones_are_the_fence(void **state)
{
    struct vg_export_sortie out = make(*state, VG_EXPORT_MSL);
    static const struct {
        int command;
        int n;
        int x;
        int y;
    } CORNERS[] = {{5001, 4, 140000000, -120000000}, {5001, 4, 140000000, -110000000},
                   {5001, 4, 150000000, -110000000}, {5001, 4, 150000000, -120000000},
                   {5002, 3, 147000000, -117000000}, {5002, 3, 148000000, -116000000},
                   {5002, 3, 147000000, -116000000}};
    assert_int_equal(out.n_fence, 7);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(out.fence[i].command, CORNERS[i].command);
        assert_true(out.fence[i].p1 == (float)CORNERS[i].n);
        assert_int_equal(out.fence[i].x, CORNERS[i].x);
        assert_int_equal(out.fence[i].y, CORNERS[i].y);
    }
    vg_export_finish(&out);
}

/* Home is at 100 m. The way goes up to 450 m: 350 m over home everywhere. The hill is at 600 m: 100
 * m over it are 600 m over home. */
/* And the circle before the landing: the last but one item of the mission. */
static void bases_are_rally_points(void **state)
{
    struct vg_export_sortie out = make(*state, VG_EXPORT_MSL);
    assert_int_equal(out.n_rally, 3);
    assert_int_equal(out.rally[2].x, out.mission[out.n_mission - 2].x);
    assert_int_equal(out.rally[2].y, out.mission[out.n_mission - 2].y);
    assert_int_equal(out.rally[2].command, 5100);
    assert_int_equal(out.rally[2].frame, 3);
    assert_true(out.rally[2].z >= 350);
    assert_int_equal(out.rally[0].command, 5100);
    assert_int_equal(out.rally[0].frame, 3);
    assert_true(out.rally[0].z == 350);
    assert_int_equal(out.rally[1].x, 146000000);
    assert_int_equal(out.rally[1].y, -115000000);
    assert_true(out.rally[1].z == 600);
    vg_export_finish(&out);
}

/* The ground is at 100, 155 and, beyond 14.6, nowhere: 160 m, 295 m above it, and 300 m above the
 * sea. Home, take-off and landing stay as they are. */
static void heights_above_the_ground(void **state)
{
    struct vg_export_sortie out = make(*state, VG_EXPORT_TERRAIN);
    static const struct {
        int frame;
        double z;
    } WANTED[] = {{0, 100},  {3, 60},  {2, 0}, {2, 0}, {10, 160}, {2, 0},
                  {10, 295}, {0, 300}, {2, 0}, {2, 0}, {0, 160},  {0, 100}};
    for (int i = 0; i < 12; i++) {
        assert_int_equal(out.mission[i].frame, WANTED[i].frame);
        assert_true(fabs((double)out.mission[i].z - WANTED[i].z) < 0.01);
    }
    vg_export_finish(&out);
}

static void names_stay_names(void **state)
{
    struct setup *s = *state;
    struct vg_export_sortie out = make(s, VG_EXPORT_MSL);
    struct vg_buf kml = {0};
    struct vg_buf gpx = {0};
    vg_export_kml(&s->watch, &out, 1, &kml);
    vg_export_gpx(&s->watch, &out, 1, &gpx);
    assert_non_null(strstr(vg_buf_text(&kml), "<name>A &lt; B &amp; &quot;C&quot;</name>"));
    assert_non_null(strstr(vg_buf_text(&kml), "<name>F1&lt;1&gt;</name>"));
    assert_non_null(strstr(vg_buf_text(&gpx), "<name>F1&lt;1&gt;</name>"));
    vg_buf_finish(&kml);
    vg_buf_finish(&gpx);
    vg_export_finish(&out);
}

/* From the middle of the first leg to the middle of the last, by hand; once in either file. */
static void silences_are_drawn(void **state)
{
    struct setup *s = *state;
    struct vg_plan_point way[] = {
        {0, 14.5, -11.4, 100}, {100, 14.6, -11.4, 300}, {200, 14.7, -11.4, 500}};
    const struct vg_radio_silence silence = {.t_s = {50, 150}};
    struct vg_plan_sortie sortie = s->sortie;
    struct vg_buf json = {0};
    struct vg_buf kml = {0};
    sortie.track = way;
    sortie.n_track = 3;
    struct vg_export_sortie out = {.sortie = &sortie, .silences = &silence, .n_silences = 1};
    vg_export_geojson(&s->watch, &out, 1, &json);
    assert_non_null(
        strstr(vg_buf_text(&json),
               "\"kind\":\"radio-silence\",\"sortie\":\"F1<1>\",\"t0_s\":50.0,\"t1_s\":150.0},"
               "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[-11.4000000,14.5500000],"
               "[-11.4000000,14.6000000],[-11.4000000,14.6500000]]}}"));
    vg_export_kml(&s->watch, &out, 1, &kml);
    assert_non_null(strstr(vg_buf_text(&kml), "<name>radio-silence</name>"));
    assert_non_null(strstr(vg_buf_text(&kml),
                           "\n-11.4000000,14.5500000,200.00\n-11.4000000,14.6000000,"
                           "300.00\n-11.4000000,14.6500000,400.00\n"));
    vg_buf_finish(&json);
    vg_buf_finish(&kml);
}

static void a_sortie_of_another_watch_is_refused(void **state)
{
    struct setup *s = *state;
    struct vg_export_options o = options(VG_EXPORT_MSL);
    struct vg_export_sortie out = {.n_mission = 77};
    struct vg_error err = {0};
    struct vg_plan_sortie other = s->sortie;
    vg_format(other.drone, sizeof other.drone, "X9");
    assert_int_equal(vg_export_make(&other, &s->watch, &o, &out, &err), VG_E_NOT_FOUND);
    assert_string_equal(err.message, "sortie F1<1> names a drone or base the watch does not have");
    assert_int_equal(out.n_mission, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mission_is_the_one_uploaded),
        cmocka_unit_test(px4_has_no_zoom),
        cmocka_unit_test(recording_holds_all_visits),
        cmocka_unit_test(the_approach_keeps_clear),
        cmocka_unit_test(zones_are_the_fence),
        cmocka_unit_test(bases_are_rally_points),
        cmocka_unit_test(heights_above_the_ground),
        cmocka_unit_test(names_stay_names),
        cmocka_unit_test(heights_stay_in_the_mission),
        cmocka_unit_test(tight_heights_are_flown_as_planned),
        cmocka_unit_test(silences_are_drawn),
        cmocka_unit_test(a_sortie_of_another_watch_is_refused),
    };
    return cmocka_run_group_tests(tests, open_setup, close_setup);
}
