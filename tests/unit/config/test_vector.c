/* Lines and zones from QGroundControl's .plan, KML and GPX: what is taken, what is left out and
 * said, what is refused. The files are written here after the formats' documentation. */
#include "config/watchfile.h"

#include "watch_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIMPLE(command, params)                                                                    \
    "{\"type\":\"SimpleItem\",\"autoContinue\":true,\"command\":" command                          \
    ",\"frame\":3,\"params\":" params "}"
#define WAY_POINT(lat, lon) SIMPLE("16", "[0,0,0,null," lat "," lon ",50]")
#define PLAN(items, fence)                                                                         \
    "{\"fileType\":\"Plan\",\"version\":1,\"groundStation\":\"QGroundControl\","                   \
    "\"mission\":{\"version\":2,\"items\":[" items "]},\"geoFence\":" fence                        \
    ",\"rallyPoints\":{\"points\":[],\"version\":2}}"
#define NO_FENCE "{\"circles\":[],\"polygons\":[],\"version\":2}"
#define SURVEY                                                                                     \
    "{\"type\":\"ComplexItem\",\"complexItemType\":\"survey\",\"version\":5,"                      \
    "\"polygon\":[[14,-12],[14,-11.9],[14.1,-11.9]],\"TransectStyleComplexItem\":{"                \
    "\"Items\":[" WAY_POINT("14.5", "-12.5") "," SIMPLE("206", "[25,0,1,0,0,0,0]") "," SIMPLE(     \
        "187", "[0,0,0,0,0,0,0]") "],\"VisualTransectPoints\":[[14,-12],[14,-11.9],"               \
                                  "[14.01,-11.9],[14.01,-12]]}}"
#define CORRIDOR                                                                                   \
    "{\"type\":\"ComplexItem\",\"complexItemType\":\"CorridorScan\",\"version\":3,"                \
    "\"CorridorWidth\":50,\"polyline\":[[15,-12],[15.1,-12]],\"TransectStyleComplexItem\":{}}"
#define KML(body)                                                                                  \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">"   \
    "<Document><name>D</name>" body "</Document></kml>"
#define KML_RING                                                                                   \
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>12,14 13,14 13,15 12,14"                   \
    "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
#define KML_LINE                                                                                   \
    "<LineString><coordinates>-12,14,300 -11.5,14.25,310 -11,14.5,300</coordinates></LineString>"
#define GPX(body)                                                                                  \
    "<?xml version=\"1.0\"?>\n<gpx version=\"1.1\" creator=\"t\" "                                 \
    "xmlns=\"http://www.topografix.com/GPX/1/1\">" body "</gpx>"

static const char *map_text; /* what every file of the watch holds */

static enum vg_status read_map(const char *path, size_t max_bytes, struct vg_buf *out,
                               struct vg_error *err)
{
    (void)path;
    (void)max_bytes;
    (void)err;
    vg_buf_puts(out, map_text);
    return VG_OK;
}

/* The fixture's watch with its line, or also its zones, from a file that holds `text`. */
static enum vg_status read_watch(const char *text, bool is_zones, struct vg_watchfile *out,
                                 struct vg_error *err)
{
    struct vg_buf yaml = {0};
    map_text = text;
    if (is_zones) {
        watch_with("", "zones: map\n", &yaml);
    } else {
        watch_with("points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]", "file: map", &yaml);
    }
    enum vg_status st =
        vg_watchfile_parse(vg_buf_text(&yaml), yaml.n, "dir/w.yaml", read_map, out, err);
    vg_buf_finish(&yaml);
    return st;
}

static void take(const char *text, bool is_zones, struct vg_watchfile *out)
{
    struct vg_error err = {0};
    char words[1200];
    if (read_watch(text, is_zones, out, &err) != VG_OK) {
        fail_msg("%s", vg_error_text(&err, words, sizeof words));
    }
}

static void require_line(const struct vg_watchfile *wf, int line, const char *name,
                         const double (*lat_lon)[2], int n)
{
    const struct vg_line *l = &wf->network.lines[line];
    assert_true(line < wf->network.n_lines);
    assert_string_equal(l->name, name);
    int k = 0;
    for (int i = 0; i < l->n && k < n; i++) { /* long segments have vertices in between */
        k += fabs(l->lat_deg[i] - lat_lon[k][0]) < 1e-9 &&
             fabs(l->lon_deg[i] - lat_lon[k][1]) < 1e-9;
    }
    assert_int_equal(k, n);
    assert_true(fabs(l->lat_deg[l->n - 1] - lat_lon[n - 1][0]) < 1e-9);
}

static void way_points_are_the_line(void **state)
{
    (void)state;
    static const double WAY[][2] = {{14, -12}, {14.05, -12}, {14.05, -11.95}};
    struct vg_watchfile wf = {0};
    take(
        PLAN(
            SIMPLE("22", "[15,0,0,null,13,-13,50]") "," WAY_POINT("14", "-12") "," SIMPLE(
                "178",
                "["
                "0"
                ","
                "2"
                "0"
                ","
                "-"
                "1"
                ","
                "0"
                ","
                "0"
                ","
                "0"
                ","
                "0"
                "]") "," SIMPLE("19",
                                "[30,0,0,0,14.05,-12,50]") "," WAY_POINT("14.05",
                                                                         "-11.95") "," WAY_POINT("0",
                                                                                                 "0") "," SIMPLE("2"
                                                                                                                 "1",
                                                                                                                 "["
                                                                                                                 "0"
                                                                                                                 ","
                                                                                                                 "0"
                                                                                                                 ","
                                                                                                                 "0"
                                                                                                                 ","
                                                                                                                 "0"
                                                                                                                 ","
                                                                                                                 "1"
                                                                                                                 "3"
                                                                                                                 ","
                                                                                                                 "-"
                                                                                                                 "1"
                                                                                                                 "3"
                                                                                                                 ","
                                                                                                                 "0"
                                                                                                                 "]"),
            NO_FENCE),
        false, &wf);
    assert_int_equal(wf.network.n_lines, 1);
    require_line(&wf, 0, "Way", WAY, 3);
    assert_true(wf.network.lines[0].lat_deg[0] == 14);
    assert_string_equal(wf.notes, "");
    vg_watchfile_finish(&wf);
}

/* Servo 183, relay 181, gripper 211, parachute 208, payload 30001: none of it comes in, each is
 * named once. */
static void what_releases_is_dropped_and_said(void **state)
{
    (void)state;
    static const double WAY[][2] = {{14, -12}, {14.05, -12}};
    static const char ITEMS[] = PLAN(
        WAY_POINT("14", "-12") "," SIMPLE("183", "[9,1900,0,0,0,0,0]") "," SIMPLE(
            "183",
            "[9,"
            "1100,"
            "0,0,"
            "14.9,"
            "-12."
            "9,0]") "," SIMPLE("181",
                               "[1,1,0,0,0,0,0]") "," SIMPLE("211",
                                                             "[1,0,0,0,0,0,0]") "," SIMPLE("30001",
                                                                                           "[0,0,0,"
                                                                                           "0,14.7,"
                                                                                           "-12.7,"
                                                                                           "90]") "," WAY_POINT("1"
                                                                                                                "4"
                                                                                                                "."
                                                                                                                "0"
                                                                                                                "5",
                                                                                                                "-"
                                                                                                                "1"
                                                                                                                "2") "," SIMPLE("208",
                                                                                                                                "[2,0,0,0,0,0,0]"),
        NO_FENCE);
    struct vg_watchfile wf = {0};
    take(ITEMS, false, &wf);
    require_line(&wf, 0, "Way", WAY, 2);
    /* 0.05 degrees of the meridian at 14 degrees: 5,531.9 m (110,638 m a degree, WGS 84). */
    assert_true(fabs(wf.network.lines[0].length_m - 5531.9) < 1);
    assert_string_equal(wf.notes, "dir/map: only its geometry is read; left out, and never flown: "
                                  "MAV_CMD 183, MAV_CMD 181, MAV_CMD 211, MAV_CMD 30001, "
                                  "MAV_CMD 208");
    vg_watchfile_finish(&wf);
    struct vg_error err = {.lang = VG_LANG_FR};
    assert_int_equal(read_watch(ITEMS, false, &wf, &err), VG_OK);
    assert_non_null(strstr(wf.notes, "jamais volé : MAV_CMD 183, MAV_CMD 181"));
    vg_watchfile_finish(&wf);
}

static void surveys_and_corridors_are_the_lines(void **state)
{
    (void)state;
    static const double SWEEP[][2] = {{14, -12}, {14, -11.9}, {14.01, -11.9}, {14.01, -12}};
    static const double MIDDLE[][2] = {{15, -12}, {15.1, -12}};
    struct vg_watchfile wf = {0};
    take(PLAN(WAY_POINT("13", "-12") "," SURVEY "," WAY_POINT(
                  "13.5", "-12") "," CORRIDOR ",{\"type\":\"ComplexItem\",\"complexItemType\":"
                                 "\"StructureScan\"},{\"type\":\"ComplexItem\","
                                 "\"complexItemType\":\"fwLandingPattern\"}",
              NO_FENCE),
         false, &wf);
    assert_int_equal(wf.network.n_lines, 2);
    require_line(&wf, 0, "Survey 1", SWEEP, 4);
    require_line(&wf, 1, "Corridor 1", MIDDLE, 2);
    assert_string_equal(wf.notes, "dir/map: only its geometry is read; left out, and never flown: "
                                  "MAV_CMD 187, StructureScan");
    vg_watchfile_finish(&wf);
}

static void the_geofence_is_zones(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    take(
        PLAN(SIMPLE("183", "[9,1900,0,0,0,0,0]"),
             "{\"version\":2,\"polygons\":[{\"inclusion\":true,\"version\":1,\"polygon\":[[14,-12],"
             "[14,-4],[18,-12]]},{\"inclusion\":false,\"version\":1,\"polygon\":[[14.1,-11.5],"
             "[14.1,-11.4],[14.2,-11.4]]}],\"circles\":[{\"inclusion\":false,\"version\":1,"
             "\"circle\":{\"center\":[0,0],\"radius\":1000}},{\"inclusion\":true,\"version\":1,"
             "\"circle\":{\"center\":[0,10],\"radius\":1000}}]}"),
        true, &wf);
    assert_int_equal(wf.n_zones, 4);
    assert_int_equal(wf.zones[0].kind, VG_ZONE_GEOFENCE);
    assert_int_equal(wf.zones[0].n, 4);
    assert_true(wf.zones[0].lat_deg[2] == 18 && wf.zones[0].lon_deg[2] == -12);
    assert_int_equal(wf.zones[1].kind, VG_ZONE_NO_FLY);
    assert_int_equal(wf.zones[2].kind, VG_ZONE_NO_FLY);
    assert_int_equal(wf.zones[3].kind, VG_ZONE_GEOFENCE);
    /* On the equator a degree is 110,574 m to the north and 111,320 m to the east. */
    for (int z = 2; z < 4; z++) {
        const struct vg_wf_zone *zone = &wf.zones[z];
        double lon0_deg = z == 2 ? 0 : 10;
        for (int i = 0; i + 1 < zone->n; i++) {
            double north_m = (zone->lat_deg[i] + zone->lat_deg[i + 1]) / 2 * 110574;
            double east_m = ((zone->lon_deg[i] + zone->lon_deg[i + 1]) / 2 - lon0_deg) * 111320;
            double side_m = hypot(north_m, east_m);
            double corner_m =
                hypot(zone->lat_deg[i] * 110574, (zone->lon_deg[i] - lon0_deg) * 111320);
            assert_true(z == 2 ? side_m > 999.9 && corner_m < 1002
                               : corner_m < 1000.1 && side_m > 998);
        }
    }
    vg_watchfile_finish(&wf);
}

static void kml_gives_lines_and_zones(void **state)
{
    (void)state;
    static const char MAP[] =
        KML("<Placemark><name>River</name><ExtendedData><Data name=\"revisit\"><value>8h</value>"
            "</Data></ExtendedData>" KML_LINE "</Placemark>"
            "<Placemark><name>Camp</name><Point><coordinates>-12,14</coordinates></Point>"
            "</Placemark><Folder><name>no-fly</name><Placemark><name>Town</name>" KML_RING
            "</Placemark></Folder><Folder><name>x</name><Placemark><name>Park</name><ExtendedData>"
            "<Data name=\"kind\"><value>alert</value></Data></ExtendedData>" KML_RING
            "</Placemark></Folder>");
    static const double WAY[][2] = {{14, -12}, {14.25, -11.5}, {14.5, -11}};
    struct vg_watchfile wf = {0};
    take(MAP, false, &wf);
    assert_int_equal(wf.network.n_lines, 1);
    require_line(&wf, 0, "River", WAY, 3);
    assert_true(wf.network.stretches[0].revisit_s == 8 * 3600);
    assert_string_equal(wf.notes, "dir/map: polygons are no line; left out: 2");
    vg_watchfile_finish(&wf);
    take(MAP, true, &wf);
    assert_int_equal(wf.n_zones, 2);
    assert_string_equal(wf.zones[0].name, "Town");
    assert_int_equal(wf.zones[0].kind, VG_ZONE_NO_FLY);
    assert_string_equal(wf.zones[1].name, "Park");
    assert_int_equal(wf.zones[1].kind, VG_ZONE_ALERT);
    assert_string_equal(wf.notes, "dir/map: lines are no zone; left out: 1");
    vg_watchfile_finish(&wf);
}

static void gpx_gives_routes_and_tracks(void **state)
{
    (void)state;
    static const double ROUTE[][2] = {{14, -12}, {14.05, -12}};
    static const double TRACK[][2] = {{15, -12}, {15, -11.95}};
    struct vg_watchfile wf = {0};
    take(GPX("<wpt lat=\"1\" lon=\"1\"/><rte><name>R</name><rtept lat=\"14\" lon=\"-12\"/>"
             "<rtept lat=\"14.05\" lon=\"-12\"/></rte><trk><name>T</name><trkseg><trkpt lat=\"9\" "
             "lon=\"9\"/></trkseg><trkseg><trkpt lat=\"15\" lon=\"-12\"><ele>30</ele></trkpt>"
             "<trkpt lat=\"15\" lon=\"-11.95\"/></trkseg></trk>"),
         false, &wf);
    assert_int_equal(wf.network.n_lines, 2);
    require_line(&wf, 0, "R", ROUTE, 2);
    require_line(&wf, 1, "T", TRACK, 2);
    vg_watchfile_finish(&wf);
}

static const struct {
    const char *text;
    const char *words;
    bool is_zones;
} REFUSED[] = {
    {"{\"fileType\":\"Plan\",\"version\":2}",
     "dir/map: version 2 of \"Plan\" is not known, only 1; save it again with a newer "
     "QGroundControl",
     false},
    {"{\"fileType\":\"Plan\",\"version\":1}", "dir/map: \"mission\" is missing", false},
    {PLAN("", NO_FENCE), "dir/map: the file holds no line to watch", false},
    {PLAN(WAY_POINT("14", "-12"), NO_FENCE), "dir/map: the file holds no line to watch", false},
    {PLAN("7", NO_FENCE), "dir/map: item 1: \"command\" is missing", false},
    {PLAN(WAY_POINT("14", "-12") "," WAY_POINT("91", "0"), NO_FENCE),
     "dir/map: item 2: a position must be [latitude, longitude] in degrees", false},
    {PLAN("{\"type\":\"ComplexItem\"}", NO_FENCE),
     "dir/map: item 1: \"complexItemType\" is missing", false},
    {PLAN("{\"type\":\"ComplexItem\",\"complexItemType\":\"CorridorScan\",\"polyline\":[[1,1]]}",
          NO_FENCE),
     "dir/map: item 1: a line needs two positions or more, got 1", false},
    {PLAN("{\"type\":\"ComplexItem\",\"complexItemType\":\"survey\"}", NO_FENCE),
     "dir/map: item 1: \"VisualTransectPoints\" is missing", false},
    {PLAN("{\"type\":\"ComplexItem\",\"complexItemType\":\"survey\","
          "\"TransectStyleComplexItem\":{\"VisualTransectPoints\":[]}}",
          NO_FENCE),
     "dir/map: item 1: a survey without sweep lines: open the plan in QGroundControl and save it "
     "again, or give its polygon's corners as the \"area\" of the watch",
     false},
    {PLAN("", NO_FENCE), "dir/map: the file holds no zone", true},
    {PLAN("", "{\"version\":1}"),
     "dir/map: version 1 of \"geoFence\" is not known, only 2; save it again with a "
     "newer QGroundControl",
     true},
    {PLAN("", "{\"version\":2,\"polygons\":[{\"inclusion\":true,\"polygon\":[[1,1],[2,2]]}]}"),
     "dir/map: geofence, \"polygons\" 1: a polygon needs 3 corners or more", true},
    {PLAN("", "{\"version\":2,\"polygons\":[{\"polygon\":[[1,1],[2,2]]}]}"),
     "dir/map: geofence, \"polygons\" 1: \"inclusion\" must be true or false", true},
    {PLAN("", "{\"version\":2,\"polygons\":[],\"circles\":[{\"inclusion\":true,\"circle\":{"
              "\"center\":[1,1],\"radius\":-5}}]}"),
     "dir/map: geofence, \"circles\" 1: \"radius\" is -5, outside 1 to 1e+06", true},
    {"<html></html>", "dir/map: neither KML nor GPX", false},
    {KML("<Placemark>" KML_RING "</Placemark>"), "dir/map: the file holds no line to watch", false},
    {KML("<Placemark><name>P</name>" KML_RING "</Placemark>"),
     "dir/map: feature 1: \"kind\" is missing", true},
    {GPX("<rte></rte>"), "dir/map: the file holds no line to watch", false},
    {"PK\3\4 and so on", "dir/map: a packed file (KMZ?): unpack it and name the KML", false},
};

static void refuses_with_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        struct vg_error err = {0};
        struct vg_watchfile wf = {0};
        char words[1200];
        assert_int_equal(read_watch(REFUSED[i].text, REFUSED[i].is_zones, &wf, &err), VG_E_FORMAT);
        assert_string_equal(vg_error_text(&err, words, sizeof words), REFUSED[i].words);
    }
}

/* The reader's own words differ from one version of a driver to the next: only that they are there.
 */
static void broken_xml_is_refused(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"<kml><Document><Placemark>", "<gpx version=\"1.1\"><rte>",
                                        "<?xml version=\"1.0\"?><gpx><trk><trkseg></gpx>"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct vg_error err = {0};
        struct vg_watchfile wf = {0};
        char words[1200];
        assert_int_equal(read_watch(TEXTS[i], false, &wf, &err), VG_E_FORMAT);
        vg_error_text(&err, words, sizeof words);
        assert_non_null(strstr(words, "dir/map: "));
        assert_null(strstr(words, "vsimem"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(way_points_are_the_line),
        cmocka_unit_test(what_releases_is_dropped_and_said),
        cmocka_unit_test(surveys_and_corridors_are_the_lines),
        cmocka_unit_test(the_geofence_is_zones),
        cmocka_unit_test(kml_gives_lines_and_zones),
        cmocka_unit_test(gpx_gives_routes_and_tracks),
        cmocka_unit_test(refuses_with_words),
        cmocka_unit_test(broken_xml_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
