/* What a valid watch file gives: defaults, shorthands, lines from files and points, stretches. */
#include "watch_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

static void parse(const char *find, const char *put, struct vg_watchfile *wf)
{
    struct vg_error err = {0};
    char text[1200];
    if (parse_watch(find, put, wf, &err) != VG_OK) {
        fail_msg("%s", vg_error_text(&err, text, sizeof text));
    }
}

static void defaults(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("", "", &wf);
    assert_string_equal(wf.path, "dir/w.yaml");
    assert_float_equal(wf.revisit_s, 14400, 0);
    assert_float_equal(wf.depth_m, 2000, 0);
    assert_float_equal(wf.seen_share, 0.9, 0);
    assert_float_equal(wf.types[0].reserve, 0.2, 0);
    assert_float_equal(wf.types[0].turnaround_s, 1800, 0);
    assert_float_equal(wf.types[0].climb_mps, 3, 0);
    assert_float_equal(wf.types[0].sink_mps, 3, 0);
    assert_float_equal(wf.types[0].agl_m, 120, 0);
    assert_float_equal(wf.types[0].floor_m, 60, 0); /* half of agl */
    assert_float_equal(wf.types[0].ceiling_m, 0, 0);
    assert_float_equal(wf.apart.horizontal_m, 100, 0);
    assert_float_equal(wf.apart.vertical_m, 30, 0);
    assert_float_equal(wf.apart.layer_m, 40, 0);
    assert_float_equal(wf.bases[0].mast_m, 10, 0);
    assert_false(wf.radio.is_given || wf.radio.is_required);
    assert_int_equal(wf.bases[0].pads, 2);
    assert_int_equal(wf.bases[1].pads, 1);
    assert_float_equal(wf.bases[0].lat_deg, 14.431, 0);
    assert_float_equal(wf.bases[0].lon_deg, -11.44, 0);
    assert_string_equal(wf.listen, "127.0.0.1:8080");
    assert_string_equal(wf.record, "");
    assert_float_equal(wf.wind_mps, 0, 0);
    assert_int_equal(wf.network.n_lines, 1);
    assert_string_equal(wf.network.lines[0].name, "Test");
    assert_int_equal(wf.n_terrain + wf.n_zones + wf.n_places, 0);
    vg_watchfile_finish(&wf);
    vg_watchfile_finish(&wf); /* safe twice */
}

static void traffic_given(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("", "", &wf);
    assert_false(wf.traffic.is_given);
    assert_float_equal(wf.traffic.near_m, 2000, 0);
    assert_float_equal(wf.traffic.conflict_vertical_m, 60, 0);
    assert_true(isnan(wf.traffic.qnh_hpa));
    vg_watchfile_finish(&wf);
    parse("",
          "traffic:\n  feeds: [{beast: \"tcp:127.0.0.1:30005\"}, {remote-id: \"udp:4002\"}]\n"
          "  near: [3km, 200m]\n  conflict: [1km, 100m]\n  above: 2km\n  qnh: 1009.5 hPa\n"
          "  tell-autopilots: 5km\n  ours: [4CA2D6, 1581F4XF12345]\n",
          &wf);
    const struct vg_wf_traffic *t = &wf.traffic;
    assert_true(t->is_given);
    assert_int_equal(t->n_feeds, 2);
    assert_string_equal(t->feeds[0].kind, "beast");
    assert_string_equal(t->feeds[0].uri, "tcp:127.0.0.1:30005");
    assert_int_equal(t->feeds[0].line, 17);
    assert_string_equal(t->feeds[1].kind, "remote-id");
    assert_float_equal(t->near_m, 3000, 0);
    assert_float_equal(t->near_vertical_m, 200, 0);
    assert_float_equal(t->conflict_m, 1000, 0);
    assert_float_equal(t->conflict_vertical_m, 100, 0);
    assert_float_equal(t->above_m, 2000, 0);
    assert_float_equal(t->qnh_hpa, 1009.5, 0);
    assert_float_equal(t->tell_m, 5000, 0);
    assert_int_equal(t->n_ours, 2);
    assert_string_equal(t->ours[1], "1581F4XF12345");
    vg_watchfile_finish(&wf);
}

static void measurements_given(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("", "measurements: \"udp:9000\"\n", &wf);
    assert_int_equal(wf.n_measurements, 1);
    assert_string_equal(wf.measurements[0].to, "udp:9000");
    vg_watchfile_finish(&wf);
    parse("", "measurements: [\"udp:9000\", \"tcp:10.0.0.7:4001\"]\n", &wf);
    assert_int_equal(wf.n_measurements, 2);
    assert_string_equal(wf.measurements[1].to, "tcp:10.0.0.7:4001");
    vg_watchfile_finish(&wf);
}

static void everything_given(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("",
          "terrain: [dem/*.tif, /srv/dem/x.tif]\n"
          "zones: zones.geojson\n"
          "places: places.csv\n"
          "attribution: >-\n  one\n  two\n"
          "wind: {from: 60deg, speed: 18 km/h}\n"
          "serve: {listen: \"[::1]:9000\"}\n"
          "record: r.vigie\n"
          "share: {tak: \"tls://tak.example:8089\", hq: \"nats://hq:4222\"}\n",
          &wf);
    assert_int_equal(wf.n_terrain, 2);
    assert_string_equal(wf.terrain[0], "dir/dem/*.tif");
    assert_string_equal(wf.terrain[1], "/srv/dem/x.tif");
    assert_string_equal(wf.attribution, "one two");
    assert_float_equal(wf.wind_from_deg, 60, 0);
    assert_float_equal(wf.wind_mps, 5, 0);
    assert_string_equal(wf.listen, "[::1]:9000");
    assert_string_equal(wf.record, "dir/r.vigie");
    assert_string_equal(wf.tak, "tls://tak.example:8089");
    assert_string_equal(wf.hq, "nats://hq:4222");
    assert_int_equal(wf.n_zones, 3);
    assert_string_equal(wf.zones[0].name, "A");
    assert_int_equal(wf.zones[0].kind, VG_ZONE_NO_FLY);
    assert_int_equal(wf.zones[2].kind, VG_ZONE_GEOFENCE);
    assert_string_equal(wf.zones[2].name, "Z3");
    assert_int_equal(wf.zones[2].n, 4);
    assert_float_equal(wf.zones[2].lat_deg[2], 8, 0);
    assert_int_equal(wf.n_places, 2);
    assert_string_equal(wf.places[0].name, "Kayes, \"la chaude\"");
    assert_int_equal(wf.places[0].population, 78406);
    assert_int_equal(wf.places[1].population, 0);
    vg_watchfile_finish(&wf);
}

/* A plain path, a map in a list, a map alone. */
static void elevation_with_its_datum(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("",
          "terrain:\n"
          "  - dem/a.tif\n"
          "  - {file: dem/*.dt2, datum: EGM96}\n"
          "  - {file: dem/b.tif, datum: EGM2008}\n"
          "  - {file: dem/c.tif, datum: ellipsoid}\n"
          "  - file: dem/d.tif\n",
          &wf);
    assert_int_equal(wf.n_terrain, 5);
    assert_string_equal(wf.terrain[1], "dir/dem/*.dt2");
    assert_string_equal(wf.terrain[4], "dir/dem/d.tif");
    const enum vg_wf_datum want[5] = {VG_WF_DATUM_FILE, VG_WF_DATUM_EGM96, VG_WF_DATUM_EGM2008,
                                      VG_WF_DATUM_ELLIPSOID, VG_WF_DATUM_FILE};
    assert_memory_equal(wf.terrain_datum, want, sizeof want);
    vg_watchfile_finish(&wf);
    parse("", "terrain: {file: x.hgt, datum: ellipsoid}\n", &wf);
    assert_int_equal(wf.n_terrain, 1);
    assert_int_equal(wf.terrain_datum[0], VG_WF_DATUM_ELLIPSOID);
    vg_watchfile_finish(&wf);
}

static void several_links_and_routers(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("  - {id: V2, type: wing, base: Nioro, sysid: 2}\n",
          "  - id: V2\n    base: Nioro\n    link:\n      - udp:14552\n"
          "      - {to: \"serial:/dev/ttyUSB0:57600\", cost: 2s}\n"
          "      - {to: \"tcp-listen:*:5790\", satellite: yes, budget: 60 B/s}\n"
          "  - {id: V3, base: Nioro, link: {to: \"tcp:10.0.0.1:5760\"}}\n"
          "router: [\"tcp-listen:5760\", {to: \"udp:127.0.0.1:14600\", commands: yes}]\n",
          &wf);
    const struct vg_wf_drone *d = &wf.drones[1];
    assert_int_equal(d->n_links, 3);
    assert_string_equal(d->link, "udp:14552");
    assert_string_equal(d->links[1].to, "serial:/dev/ttyUSB0:57600");
    assert_true(d->links[0].cost_s == 0 && d->links[1].cost_s == 2 && d->links[2].cost_s == 0);
    assert_true(d->links[1].budget_Bps == 0 && d->links[2].budget_Bps == 60);
    assert_true(!d->links[1].is_satellite && d->links[2].is_satellite);
    assert_int_equal(wf.drones[0].n_links, 0);
    assert_string_equal(wf.drones[2].link, ""); /* none for a simulation */
    assert_string_equal(wf.drones[2].links[0].to, "tcp:10.0.0.1:5760");
    assert_int_equal(wf.n_routers, 2);
    assert_false(wf.routers[0].has_commands);
    assert_string_equal(wf.routers[1].to, "udp:127.0.0.1:14600");
    assert_true(wf.routers[1].has_commands);
    vg_watchfile_finish(&wf);
}

static void drones_by_count(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("  - {id: V2, type: wing, base: Nioro, sysid: 2}\n",
          "  - {id: K, count: 3, base: Nioro, sysid: 10, link: \"udp:14550\", key: keys/K}\n"
          "  - {id: L, base: Kayes, link: \"tcp:[::1]:5760\"}\n",
          &wf);
    assert_int_equal(wf.n_drones, 5);
    assert_string_equal(wf.drones[1].id, "K1");
    assert_string_equal(wf.drones[3].id, "K3");
    assert_int_equal(wf.drones[1].sysid, 10);
    assert_int_equal(wf.drones[3].sysid, 12);
    assert_int_equal(wf.drones[3].base, 1);
    assert_string_equal(wf.drones[3].key, "dir/keys/K");
    assert_string_equal(wf.drones[2].link, "udp:14550");
    assert_string_equal(wf.drones[4].id, "L"); /* no count: the id as it is */
    assert_int_equal(wf.drones[4].sysid, 5); /* its place in the list */
    vg_watchfile_finish(&wf);
}

/* A degree of longitude at 15 N is pi / 180 x 6378137 cos 15 / sqrt(1 - 0.00669438 sin^2 15) =
 * 107,550.5 m. */
/* Several bases and none named: the planner is to choose. */
static void a_drone_without_a_base(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse("base: Kayes, ", "", &wf);
    assert_int_equal(wf.drones[0].base, -1);
    vg_watchfile_finish(&wf);
}

static void several_lines(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    parse(
        "line:\n  points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]\n  revisit: 4h\n  depth: "
        "2km\n",
        "line:\n"
        "  - {file: line.geojson, revisit: 4h, depth: 2km, enough: 60%, stretches: [{line: North, "
        "from: 50 km, to: 60 km, revisit: 1h, depth: 1km, name: Ford}]}\n"
        "  - {points: [[14.0, -12.0], [15.0, -12.0]], name: River, depth: 500 m,\n"
        "     stretches: [{to: 10 km, depth: 100 m}]}\n",
        &wf);
    const struct vg_network *n = &wf.network;
    assert_float_equal(wf.seen_share, 0.6, 0);
    assert_int_equal(n->n_lines, 3);
    assert_string_equal(n->lines[2].name, "River");
    assert_true(fabs(n->lines[0].length_m - 107550.5) < 0.1);
    /* North 0-50, 50-60, 60-end; South; River 0-10, 10-end */
    static const double REVISIT_H[] = {4, 1, 4, 8, 4, 4};
    static const double DEPTH_M[] = {2000, 1000, 2000, 2000, 100, 500};
    static const int LINE[] = {0, 0, 0, 1, 2, 2};
    assert_int_equal(n->n_stretches, 6);
    for (int i = 0; i < 6; i++) {
        assert_float_equal(n->stretches[i].revisit_s, REVISIT_H[i] * 3600, 0);
        assert_float_equal(n->stretches[i].depth_m, DEPTH_M[i], 0);
        assert_int_equal(n->stretches[i].line, LINE[i]);
        char id[16];
        vg_format(id, sizeof id, "S%d", i + 1);
        assert_string_equal(n->stretches[i].id, id);
    }
    assert_string_equal(n->stretches[1].name, "Ford");
    assert_float_equal(n->stretches[1].from_m, 50000, 0);
    assert_float_equal(n->stretches[4].to_m, 10000, 0);
    vg_watchfile_finish(&wf);
}

/* 10 m/s from the east in the first hour, 36 km/h from the south in the fifth, else calm. */
static void wind_by_the_hour(void **state)
{
    (void)state;
    struct vg_watchfile wf;
    struct vg_error err = {0};
    assert_int_equal(parse_watch("", "wind: {file: calm.csv}\n", &wf, &err), VG_OK);
    assert_true(wf.has_wind_hours);
    struct vg_wf_wind w = vg_watchfile_wind_at(&wf, 86400 * 3 + 3599);
    assert_float_equal(w.from_deg, 90, 1e-6);
    assert_float_equal(w.mps, 10, 1e-6);
    w = vg_watchfile_wind_at(&wf, 3600);
    assert_float_equal(w.mps, 0, 1e-6);
    w = vg_watchfile_wind_at(&wf, -86400 + 4 * 3600);
    assert_float_equal(w.from_deg, 180, 1e-6);
    assert_float_equal(w.mps, 10, 1e-6);
    /* The mean of 24 hours: 10 from the east and 10 from the south. */
    assert_float_equal(wf.wind_from_deg, 135, 1e-4);
    assert_float_equal(wf.wind_mps, 0.589256F, 1e-5);
    vg_watchfile_finish(&wf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(everything_given),
        cmocka_unit_test(traffic_given),
        cmocka_unit_test(measurements_given),
        cmocka_unit_test(elevation_with_its_datum),
        cmocka_unit_test(drones_by_count),
        cmocka_unit_test(several_links_and_routers),
        cmocka_unit_test(a_drone_without_a_base),
        cmocka_unit_test(wind_by_the_hour),
        cmocka_unit_test(several_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
