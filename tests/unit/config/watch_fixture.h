/* A valid watch in lines that the tests change one at a time, and files that exist only here. */
#ifndef VG_TEST_WATCH_FIXTURE_H
#define VG_TEST_WATCH_FIXTURE_H

#include "base/text.h"
#include "config/watchfile.h"

#include <string.h>

/* Line numbers stand at the right: errors are checked against them. */
static const char WATCH[] =
    "name: Test\n" /* 1 */
    "line:\n" /* 2 */
    "  points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]\n" /* 3 */
    "  revisit: 4h\n" /* 4 */
    "  depth: 2km\n" /* 5 */
    "bases:\n" /* 6 */
    "  - {name: Kayes, at: [14.431, -11.440], pads: 2}\n" /* 7 */
    "  - {name: Nioro, at: [15.229, -9.593]}\n" /* 8 */
    "cameras:\n" /* 9 */
    "  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n" /* 10 */
    "types:\n" /* 11 */
    "  wing: {cruise: 25 m/s, endurance: 5h, camera: eo}\n" /* 12 */
    "drones:\n" /* 13 */
    "  - {id: V1, type: wing, base: Kayes, sysid: 1}\n" /* 14 */
    "  - {id: V2, type: wing, base: Nioro, sysid: 2}\n"; /* 15 */

/* WATCH with the first `find` replaced by `put` (find "" appends). */
static inline void watch_with(const char *find, const char *put, struct vg_buf *out)
{
    const char *at = find[0] != '\0' ? strstr(WATCH, find) : WATCH + strlen(WATCH);
    if (at == NULL) {
        return;
    }
    vg_buf_add(out, WATCH, (size_t)(at - WATCH));
    vg_buf_puts(out, put);
    vg_buf_puts(out, at + strlen(find));
}

#define CALM_HEAD                                                                                  \
    "hour,from,speed\n00:00,90deg,10 m/s\n01:00, 90deg, 0\r\n02:00,0deg,0\n03:00,0deg,0\n"         \
    "2026-11-28T04:00:00Z,180deg,36 km/h\n05:00,0deg,0\n06:00,0deg,0\n07:00,0deg,0\n"              \
    "2026-11-28T10:00:00+02:00,0deg,0\n09:00,0deg,0\n10:00,0deg,0\n11:00,0deg,0\n"
#define CALM_TAIL                                                                                  \
    "12:00,0deg,0\n13:00,0deg,0\n14:00,0deg,0\n15:00,0deg,0\n16:00,0deg,0\n17:00,0deg,0\n"         \
    "18:00,0deg,0\n19:00,0deg,0\n20:00,0deg,0\n21:00,0deg,0\n22:00,0deg,0\n23:00,0deg,0\n\n"

static const struct {
    const char *path;
    const char *text;
} FILES[] = {
    {"dir/line.geojson", "{\"type\":\"FeatureCollection\",\"features\":["
                         "{\"type\":\"Feature\",\"properties\":{\"name\":\"North\"},\"geometry\":{"
                         "\"type\":\"LineString\","
                         "\"coordinates\":[[-12,15],[-11,15]]}},"
                         "{\"type\":\"Feature\",\"properties\":{\"name\":\"South\",\"revisit\":"
                         "\"8h\"},\"geometry\":{\"type\":"
                         "\"LineString\",\"coordinates\":[[-12,13],[-11,13]]}}]}"},
    {"dir/zones.geojson",
     "{\"type\":\"FeatureCollection\",\"features\":["
     "{\"type\":\"Feature\",\"properties\":{\"name\":\"A\",\"kind\":\"no-fly\"},\"geometry\":{"
     "\"type\":"
     "\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}},"
     "{\"type\":\"Feature\",\"properties\":{\"kind\":\"geofence\"},\"geometry\":{\"type\":"
     "\"MultiPolygon\",\"coordinates\":[[[[5,5],[6,5],[6,6],[5,5]]],[[[-30,40],[10,40],[-10,8],[-"
     "30,40]]]]}}]"
     "}"},
    {"dir/places.csv",
     "name,lat,lon,population\n\"Kayes, \"\"la chaude\"\"\",14.447,-11.444,78406\r\n"
     "Nioro,15.229,-9.593,\n"},
    {"dir/calm.csv", CALM_HEAD CALM_TAIL},
    {"dir/gap.csv", CALM_HEAD},
    {"dir/twice.csv", CALM_HEAD "09:00,0deg,0\n"},
    {"dir/strong.csv", "hour,from,speed\n07:00,240deg,25 m/s\n"},
    {"dir/half.csv", "hour,from,speed\n07:30,240deg,5 m/s\n"},
    {"dir/unit.csv", "hour,from,speed\n07:00,240,5 m/s\n"},
    {"dir/short.csv", "hour,from,speed\n07:00,240deg\n"},
    {"dir/head.csv", "from,speed\n"},
    {"dir/broken.json", "{\"type\":\n  oops}"},
};

static inline enum vg_status read_fixture(const char *path, size_t max_bytes, struct vg_buf *out,
                                          struct vg_error *err)
{
    (void)max_bytes;
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        if (strcmp(FILES[i].path, path) == 0) {
            vg_buf_puts(out, FILES[i].text);
            return VG_OK;
        }
    }
    return vg_fail(err, VG_E_IO, "cannot read");
}

static inline enum vg_status parse_watch(const char *find, const char *put,
                                         struct vg_watchfile *out, struct vg_error *err)
{
    struct vg_buf text = {0};
    watch_with(find, put, &text);
    enum vg_status status =
        vg_watchfile_parse(vg_buf_text(&text), text.n, "dir/w.yaml", read_fixture, out, err);
    vg_buf_finish(&text);
    return status;
}

#endif
