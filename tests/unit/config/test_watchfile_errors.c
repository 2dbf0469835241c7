/* Every refusal of the watch file: where it points and what it says. Lines and columns are counted
 * by eye in watch_fixture.h. */
#include "watch_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct refusal {
    const char *find; /* in WATCH; "" appends after line 15 */
    const char *put;
    const char *expected; /* as vg_error_text prints it */
};

static const struct refusal REFUSALS[] = {
    /* keys */
    {"  revisit: 4h\n", "  revist: 4h\n",
     "dir/w.yaml:4:3: unknown key \"revist\"; did you mean \"revisit\"?"},
    {"", "zzzzzzzz: 1\n",
     "dir/w.yaml:16:1: unknown key \"zzzzzzzz\"; known here: name, line, terrain, zones, places, "
     "attribution, bases, cameras, types, drones, wind, serve, record, share, targets, apart, "
     "radio, router, operator, traffic, measurements, landings"},
    {", pads: 2}", ", pad: 2}", "dir/w.yaml:7:42: unknown key \"pad\"; did you mean \"pads\"?"},
    {"", "name: Again\n", "dir/w.yaml:16:1: key \"name\" is given twice (first in line 1)"},
    {"", "wing: {}\nwing: {}\n", "dir/w.yaml:17:1: key \"wing\" is given twice (first in line 16)"},
    {"", "[a, b]: 1\n", "dir/w.yaml:16:1: a key must be a plain text"},
    {"  depth: 2km\n", "", "dir/w.yaml:3:3: \"depth\" is missing"},
    {"name: Test\n", "", "dir/w.yaml:1:1: \"name\" is missing"},
    {"cruise: 25 m/s, ", "", "dir/w.yaml:12:9: \"cruise\" is missing"},
    {"at: [14.431, -11.440], ", "", "dir/w.yaml:7:5: \"at\" is missing"},
    {"pixels: [1920, 1080], ", "", "dir/w.yaml:10:7: \"pixels\" is missing"},
    /* kinds */
    {"name: Test", "name: [Test]",
     "dir/w.yaml:1:7: \"name\" must be one value, not a list or a map"},
    {"name: Test", "name:", "dir/w.yaml:1:1: \"name\" has no value"},
    {"bases:\n  - {name: Kayes, at: [14.431, -11.440], pads: 2}\n  - {name: Nioro, at: [15.229, "
     "-9.593]}\n",
     "bases: here\n", "dir/w.yaml:6:8: \"bases\" must be a list"},
    {"bases:\n  - {name: Kayes, at: [14.431, -11.440], pads: 2}\n  - {name: Nioro, at: [15.229, "
     "-9.593]}\n",
     "bases: []\n", "dir/w.yaml:6:8: \"bases\" is empty; at least one is needed"},
    {"types:\n  wing: {cruise: 25 m/s, endurance: 5h, camera: eo}\n", "types: [wing]\n",
     "dir/w.yaml:11:8: \"types\" must be a map of keys and values"},
    {"  - {name: Nioro, at: [15.229, -9.593]}\n", "  - Nioro\n",
     "dir/w.yaml:8:5: \"-\" must be a map of keys and values"},
    {"name: Test", "name: \"a\\nb\"", "dir/w.yaml:1:7: \"name\" must be on one line"},
    {"id: V1,", "id: V1234567890123456,", "dir/w.yaml:14:10: \"id\" is longer than 15 bytes"},
    /* quantities */
    {"revisit: 4h", "revisit: 4",
     "dir/w.yaml:4:12: \"4\" has no unit; write one of: us, ms, s, min, h, d"},
    {"depth: 2km", "depth: 2 kms",
     "dir/w.yaml:5:10: unknown unit \"kms\" in \"2 kms\"; did you mean \"km\"?"},
    {"depth: 2km", "depth: 0",
     "dir/w.yaml:5:10: \"depth\" is 0; it must lie between 1 m and 100 km"},
    {"cruise: 25 m/s", "floor: 130m, cruise: 25 m/s",
     "dir/w.yaml:12:17: \"floor\" is 130 m, above the flying height \"agl\" of 120 m"},
    {"cruise: 25 m/s", "ceiling: 119m, cruise: 25 m/s",
     "dir/w.yaml:12:19: \"ceiling\" is 119 m, below the flying height \"agl\" of 120 m"},
    {"revisit: 4h", "revisit: 5s",
     "dir/w.yaml:4:12: \"revisit\" is 5s; it must lie between 1min and 365d"},
    {"cruise: 25 m/s", "cruise: 900 km/h",
     "dir/w.yaml:12:18: \"cruise\" is 900 km/h; it must lie between 1 m/s and 200 m/s"},
    {"camera: eo", "camera: eo, reserve: 95%",
     "dir/w.yaml:12:62: \"reserve\" is 95%; it must lie between 0% and 90%"},
    {"pads: 2", "closed: \"22:00-5:00\"",
     "dir/w.yaml:7:50: \"22:00-5:00\" is no span of hours; write it as \"22:00-05:00\", which is "
     "UTC, "
     "or as \"22:00-05:00 +01:00\" in the time of a zone"},
    {"pads: 2", "closed: [\"22:00-05:00\", \"04:00-22:00\"]",
     "dir/w.yaml:7:50: base Kayes is closed all day: no drone could take off or land there; leave "
     "out the base, or some of its closed hours"},
    {"pads: 2", "pads: 0", "dir/w.yaml:7:48: \"pads\" is 0; it must lie between 1 and 1000"},
    {"pads: 2", "pads: 2.5", "dir/w.yaml:7:48: \"pads\" must be a whole number, got \"2.5\""},
    {"pads: 2", "pads: two", "dir/w.yaml:7:48: \"pads\" must be a whole number, got \"two\""},
    {"[14.431, -11.440]", "[-11.440, 194.431]",
     "dir/w.yaml:7:33: 194.431 degrees is outside -180 to 180"},
    {"[14.431, -11.440]", "[94.431, -11.440]",
     "dir/w.yaml:7:24: 94.431 degrees is outside -90 to 90"},
    {"[14.431, -11.440]", "[14.431N, -11.440]",
     "dir/w.yaml:7:24: expected decimal degrees, got \"14.431N\""},
    {"[14.431, -11.440]", "[14.431]",
     "dir/w.yaml:7:23: \"at\" must be [latitude, longitude] in decimal degrees"},
    {"[1920, 1080]", "[1920]", "dir/w.yaml:10:16: \"pixels\" must be [width, height]"},
    {"[1920, 1080]", "[1920, 1]",
     "dir/w.yaml:10:23: \"pixels\" is 1; it must lie between 16 and 65535"},
    {"[6deg, 60deg]", "[60deg, 6deg]",
     "dir/w.yaml:10:36: \"hfov\" must be one angle or [narrowest, widest]"},
    {"[6deg, 60deg]", "175deg",
     "dir/w.yaml:10:36: \"hfov\" is 175deg; it must lie between 0.1deg and 170deg"},
    {"3-axis", "4-axis",
     "dir/w.yaml:10:59: no gimbal is named \"4-axis\"; did you mean \"2-axis\"?"},
    {"camera: eo", "camera: eo, kind: quadplan",
     "dir/w.yaml:12:59: no kind is named \"quadplan\"; did you mean \"quadplane\"?"},
    /* maintenance */
    {"camera: eo", "camera: eo, maintenance: 4h",
     "dir/w.yaml:12:66: \"4h\" is no maintenance; write it as \"4h every 50h\", the work and the "
     "hours of flight between"},
    {"camera: eo", "camera: eo, maintenance: 4 every 50h",
     "dir/w.yaml:12:66: \"4 every 50h\" is no maintenance; write it as \"4h every 50h\", the work "
     "and the hours of flight between"},
    {"camera: eo", "camera: eo, maintenance: 2d every 50h",
     "dir/w.yaml:12:66: maintenance takes from 1 minute to 12 hours: give a drone that is away for "
     "longer as one drone less"},
    {"camera: eo", "camera: eo, maintenance: 4h every 3h",
     "dir/w.yaml:12:66: maintenance every 3h comes before the end of one flight: it can be planned "
     "from 4.0 h of flight on"},
    /* wind by the hour */
    {"", "wind: {file: gap.csv}\n",
     "dir/gap.csv:13:1: hour 12:00 is missing: a plan repeats every day, so each hour from 00:00 "
     "to "
     "23:00 must be there once"},
    {"", "wind: {file: twice.csv}\n", "dir/twice.csv:14:1: hour 09:00 is given twice"},
    {"", "wind: {file: strong.csv}\n",
     "dir/strong.csv:2:1: the wind of 25 m/s at 07:00 is as fast as type \"wing\" flies: it can be "
     "planned below 25 m/s"},
    {"", "wind: {file: half.csv}\n",
     "dir/half.csv:2:1: \"07:30\" is no full hour; write it as \"07:00\" (UTC) or "
     "\"2026-11-28T07:00:00Z\""},
    {"", "wind: {file: unit.csv}\n",
     "dir/unit.csv:2:1: \"240\" has no unit; write one of: deg, °, rad"},
    {"", "wind: {file: short.csv}\n",
     "dir/short.csv:2:1: a row has three values, such as \"07:00,240deg,8 m/s\""},
    {"", "wind: {file: head.csv}\n",
     "dir/head.csv:1:1: the first line must be \"hour,from,speed\""},
    {"", "wind: {file: calm.csv, speed: 5 m/s}\n",
     "dir/w.yaml:16:24: unknown key \"speed\"; known here: file"},
    /* names */
    {"type: wing, base: Kayes", "type: wings, base: Kayes",
     "dir/w.yaml:14:20: no type is named \"wings\"; did you mean \"wing\"?"},
    {"base: Kayes", "base: Kaies",
     "dir/w.yaml:14:32: no base is named \"Kaies\"; did you mean \"Kayes\"?"},
    {"base: Kayes", "base: Ouagadougou", "dir/w.yaml:14:32: no base is named \"Ouagadougou\""},
    {"camera: eo", "camera: ir-cam", "dir/w.yaml:12:49: no camera is named \"ir-cam\""},
    {"name: Nioro", "name: Kayes", "dir/w.yaml:8:12: name \"Kayes\" is used twice"},
    {"id: V2", "id: V1", "dir/w.yaml:15:10: id \"V1\" is used twice"},
    {"sysid: 2", "sysid: 1", "dir/w.yaml:15:46: drones \"V1\" and \"V2\" both have sysid 1"},
    {"sysid: 2", "sysid: 256", "dir/w.yaml:15:46: \"sysid\" is 256; it must lie between 1 and 255"},
    {"sysid: 2", "sysid: 254, count: 3",
     "dir/w.yaml:15:5: drone \"V23\" would get sysid 256; the greatest is 255"},
    {"sysid: 2", "count: 1000", "dir/w.yaml:15:5: more than 1000 drones"},
    {"sysid: 2", "link: \"carrier pigeon\"",
     "dir/w.yaml:15:45: expected \"udp:PORT\", \"udpin:HOST:PORT\", \"udpout:HOST:PORT\", "
     "\"tcp:HOST:PORT\", \"tcp-listen:HOST:PORT\" or \"serial:/dev/NAME:BAUD\", got \"carrier "
     "pigeon\""},
    {"sysid: 2", "link: \"udp:70000\"",
     "dir/w.yaml:15:45: expected \"udp:PORT\", \"udpin:HOST:PORT\", \"udpout:HOST:PORT\", "
     "\"tcp:HOST:PORT\", \"tcp-listen:HOST:PORT\" or \"serial:/dev/NAME:BAUD\", got \"udp:70000\""},
    {"sysid: 2", "link: [\"udp:1\", \"serial:ttyUSB0\"]",
     "dir/w.yaml:15:55: expected \"udp:PORT\", \"udpin:HOST:PORT\", \"udpout:HOST:PORT\", "
     "\"tcp:HOST:PORT\", \"tcp-listen:HOST:PORT\" or \"serial:/dev/NAME:BAUD\", got "
     "\"serial:ttyUSB0\""},
    {"sysid: 2", "link: {to: \"udp:1\", costs: 1s}",
     "dir/w.yaml:15:59: unknown key \"costs\"; did you mean \"cost\"?"},
    {"sysid: 2", "link: {cost: 1s}", "dir/w.yaml:15:45: \"to\" is missing"},
    {"sysid: 2", "link: {to: \"udp:1\", budget: 60}",
     "dir/w.yaml:15:67: \"60\" has no unit; write one of: B/s, kB/s, bit/s, kbit/s"},
    {"sysid: 2", "link: {to: \"udp:1\", budget: 1 B/s}",
     "dir/w.yaml:15:67: \"budget\" is 1 B/s; it must lie between 10 B/s and 100000 kB/s"},
    {"sysid: 2", "link: {to: \"udp:1\", satellite: maybe}",
     "dir/w.yaml:15:70: \"satellite\" must be yes or no, not \"maybe\""},
    {"sysid: 2", "link: [\"udp:1\", \"udp:1\"]", "dir/w.yaml:15:55: link \"udp:1\" is given twice"},
    {"sysid: 2", "link: []", "dir/w.yaml:15:45: \"link\" takes 1 to 4 entries, not 0"},
    {"", "router: [\"udp:14550\"]\n",
     "dir/w.yaml:16:10: expected \"udp:HOST:PORT\", \"tcp-listen:PORT\" or "
     "\"tcp-listen:HOST:PORT\", got \"udp:14550\""},
    {"", "router: [{to: \"tcp-listen:5760\", command: yes}]\n",
     "dir/w.yaml:16:34: unknown key \"command\"; did you mean \"commands\"?"},
    /* the line */
    {"  points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]\n", "",
     "dir/w.yaml:3:3: a line needs one of \"file\", \"points\" and \"area\""},
    {"  depth: 2km\n", "  depth: 2km\n  file: line.geojson\n",
     "dir/w.yaml:3:3: a line needs one of \"file\", \"points\" and \"area\""},
    {"[[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]", "[[14.0, -12.0]]",
     "dir/w.yaml:3:11: \"points\" must be a list of 2 to 100000 points"},
    {"[[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]", "[[14.0, -12.0], [14.0, -12.0]]",
     "dir/w.yaml:3:11: the line has no length: all its positions are one"},
    {"[15.0, -11.0]]", "[15.0, -11.0, 3]]",
     "dir/w.yaml:3:42: \"points\" must be [latitude, longitude] in decimal degrees"},
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]", "file: nowhere.geojson",
     "dir/w.yaml:3:9: dir/nowhere.geojson: cannot read"},
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]", "file: line.geojson\n  name: X",
     "dir/w.yaml:4:3: \"name\" goes with \"points\"; the lines of a file are named in the file"},
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]",
     "file: line.geojson\n  stretches: [{from: 1 km}]",
     "dir/w.yaml:4:15: there are 2 lines here: say which with \"line\""},
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]",
     "file: line.geojson\n  stretches: [{line: Norht}]",
     "dir/w.yaml:4:22: no line is named \"Norht\"; did you mean \"North\"?"},
    /* areas */
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]",
     "area: [[14.0, -12.0], [15.0, -12.0]]",
     "dir/w.yaml:3:9: \"area\" must be a list of 3 to 2000 positions"},
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]",
     "area: [[14.0, -12.0], [15.0, -12.0], [15.0]]",
     "dir/w.yaml:3:40: \"area\" must be [latitude, longitude] in decimal degrees"},
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]",
     "area: [[14.0, -12.0], [15.0, -11.0], [15.0, -12.0], [14.0, -11.0]]",
     "dir/w.yaml:3:9: the border of the area crosses itself, between corners 1 and 2 and between "
     "3 and 4"},
    {"points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]",
     "area: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]\n  points: [[1, 2], [3, 4]]",
     "dir/w.yaml:3:3: a line needs one of \"file\", \"points\" and \"area\""},
    /* by the radii of curvature: 14 to 15 N 110,643.9 m, one degree of longitude at 15 N 107,550.5
       m */
    {"  depth: 2km\n", "  depth: 2km\n  stretches: [{from: 10 km, to: 300 km, revisit: 1h}]\n",
     "dir/w.yaml:6:33: \"to\" is 300 km, but line \"Test\" is 218.194 km long"},
    {"  depth: 2km\n", "  depth: 2km\n  stretches: [{from: 20 km, to: 10 km, revisit: 1h}]\n",
     "dir/w.yaml:6:15: \"from\" must lie before \"to\""},
    {"  depth: 2km\n", "  depth: 2km\n  stretches: [{from: 20 km, til: 10 km}]\n",
     "dir/w.yaml:6:29: unknown key \"til\"; known here: line, from, to, revisit, depth, name"},
    {"  depth: 2km\n", "  depth: 2km\n  enough: 0%\n",
     "dir/w.yaml:6:11: \"enough\" is 0%; it must lie between 1% and 100%"},
    {"line:\n  points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]\n  revisit: 4h\n  depth: "
     "2km\n",
     "line:\n  - {file: line.geojson, revisit: 4h, depth: 2km}\n  - {points: [[1, 2], [3, 4]], "
     "name: "
     "North}\n",
     "dir/w.yaml:4:5: two lines are named \"North\""},
    {"line:\n  points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]\n  revisit: 4h\n  depth: "
     "2km\n",
     "line:\n  - {file: line.geojson, revisit: 4h, depth: 2km}\n  - {file: line.geojson, enough: "
     "5%}\n",
     "dir/w.yaml:4:26: \"enough\" holds for the whole watch; give it with the first line"},
    {"line:\n  points: [[14.0, -12.0], [15.0, -12.0], [15.0, -11.0]]\n  revisit: 4h\n  depth: "
     "2km\n",
     "line: []\n", "dir/w.yaml:2:7: \"line\" must be one map or a list of 1 to 64"},
    /* the rest */
    {"", "wind: {from: 60deg}\n", "dir/w.yaml:16:7: \"speed\" is missing"},
    {"", "wind: {from: 60deg, speed: 25 m/s}\n",
     "dir/w.yaml:16:7: the wind of 25 m/s is as fast as type \"wing\" flies (25 m/s): it would not "
     "come home; a wind below that or a faster type can be planned"},
    {"", "wind: {from: 400deg, speed: 5 m/s}\n",
     "dir/w.yaml:16:14: \"from\" is 400deg; it must lie between 0deg and 360deg"},
    {"", "apart: {vertical: 2 km}\n",
     "dir/w.yaml:16:19: \"vertical\" is 2 km; it must lie between 0 m and 1 km"},
    {"", "radio: {required: maybe}\n",
     "dir/w.yaml:16:19: \"required\" must be true or false, not \"maybe\""},
    {"", "landings: anywhere\n",
     "dir/w.yaml:16:11: \"landings\" must be home or any, not \"anywhere\""},
    {"", "landings: {any: true}\n",
     "dir/w.yaml:16:11: \"landings\" must be one value, not a list or a map"},
    {"", "radio: {rang: 40km}\n", "dir/w.yaml:16:9: unknown key \"rang\"; did you mean \"range\"?"},
    {"", "measurements: udp\n",
     "dir/w.yaml:16:15: expected \"udp:PORT\", \"udpin:HOST:PORT\", \"udpout:HOST:PORT\", "
     "\"tcp:HOST:PORT\", \"tcp-listen:HOST:PORT\" or \"serial:/dev/NAME:BAUD\", got \"udp\""},
    {"", "measurements: []\n", "dir/w.yaml:16:15: \"measurements\" takes 1 to 8 entries, not 0"},
    {"", "traffic: {feed: []}\n",
     "dir/w.yaml:16:11: unknown key \"feed\"; did you mean \"feeds\"?"},
    {"", "traffic:\n  feeds:\n    - {beats: \"tcp:127.0.0.1:30005\"}\n",
     "dir/w.yaml:18:15: no kind of feed is named \"beats\"; did you mean \"beast\"?"},
    {"", "traffic: {feeds: [{}]}\n",
     "dir/w.yaml:16:19: a feed is one kind and where it comes from, such as {beast: "
     "\"tcp:127.0.0.1:30005\"}"},
    {"", "traffic: {near: [2km]}\n",
     "dir/w.yaml:16:17: \"near\" takes two lengths, such as [2km, 150m]: on the ground, and in "
     "height"},
    {"", "traffic: {near: [2km, 15km]}\n",
     "dir/w.yaml:16:23: \"near\" is 15km; it must lie between 10 m and 3 km"},
    {"", "traffic: {near: [400m, 100m]}\n",
     "dir/w.yaml:16:17: \"conflict\" (500 m, 60 m) must lie within \"near\" (400 m, 100 m)"},
    {"", "traffic: {qnh: 1013}\n",
     "dir/w.yaml:16:16: \"qnh\" is the pressure at sea level, such as 1013 hPa, from 850 to 1090; "
     "got \"1013\""},
    {"", "traffic: {tell-autopilots: yes}\n",
     "dir/w.yaml:16:28: expected a length such as \"2km\" or \"300 m\", got \"yes\""},
    {"", "serve: {listen: 8080}\n",
     "dir/w.yaml:16:17: expected HOST:PORT such as 127.0.0.1:8080, got \"8080\""},
    {"", "zones: nowhere.geojson\n", "dir/w.yaml:16:8: dir/nowhere.geojson: cannot read"},
    {"", "terrain: [{}]\n", "dir/w.yaml:16:11: \"file\" is missing"},
    {"", "terrain: [[a.tif]]\n",
     "dir/w.yaml:16:11: \"terrain\" must be one value, not a list or a map"},
    {"", "terrain: [a.tif, {file: b.tif, datum: EGM86}]\n",
     "dir/w.yaml:16:39: no datum is named \"EGM86\"; did you mean \"EGM96\"?"},
    {"", "terrain: {file: b.tif, datm: EGM96}\n",
     "dir/w.yaml:16:24: unknown key \"datm\"; did you mean \"datum\"?"},
    {"", "terrain:\n  - {datum: EGM96}\n", "dir/w.yaml:17:5: \"file\" is missing"},
    {"", "terrain: {file: [a.tif]}\n",
     "dir/w.yaml:16:17: \"file\" must be one value, not a list or a map"},
    {"", "terrain: {file: a.tif, datum: }\n", "dir/w.yaml:16:24: \"datum\" has no value"},
    /* YAML itself */
    {"name: Test", "name: &a Test",
     "dir/w.yaml:1:10: anchors (&), aliases (*) and tags (!) are not used in this file"},
    {"name: Test", "name: !!str Test",
     "dir/w.yaml:1:13: anchors (&), aliases (*) and tags (!) are not used in this file"},
    {"name: Test", "name: a\xff", "dir/w.yaml:1:8: these bytes are not UTF-8 text"},
    {"name: Test", "name: a\xc0\x80", "dir/w.yaml:1:8: these bytes are not UTF-8 text"},
    {"name: Test", "name: \xed\xa0\x80", "dir/w.yaml:1:7: these bytes are not UTF-8 text"},
    {"sysid: 2}\n", "sysid: 2} # \xc3", "dir/w.yaml:15:51: these bytes are not UTF-8 text"},
    {"name: Test", "name: \"a\\x07b\"",
     "dir/w.yaml:1:7: control characters are not allowed in a text"},
    {"", "---\nname: Two\n", "dir/w.yaml:16:1: only one document is allowed in the file"},
    {"", "record: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n",
     "dir/w.yaml:16:24: nested deeper than 16 levels"},
};

static void refuses_at_the_place(void **state)
{
    (void)state;
    int n_wrong = 0;
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        struct vg_watchfile wf;
        struct vg_watchfile before;
        memset(&wf, 0x5a, sizeof wf);
        memset(&before, 0x5a, sizeof before);
        struct vg_error err = {0};
        char text[1200] = "";
        enum vg_status status = parse_watch(REFUSALS[i].find, REFUSALS[i].put, &wf, &err);
        vg_error_text(&err, text, sizeof text);
        if (status == VG_OK || strcmp(text, REFUSALS[i].expected) != 0) {
            print_error("put:  %s\ngot:  %s\nwant: %s\n\n", REFUSALS[i].put, text,
                        REFUSALS[i].expected);
            n_wrong++;
        }
        assert_int_equal(vg_exit_code(status), status == VG_OK ? 0 : 3);
        assert_memory_equal(&wf, &before, sizeof wf); /* the output is untouched */
    }
    assert_int_equal(n_wrong, 0);
}

/* The parser's own words are libfyaml's; that there are some and where they point is ours to check.
 */
static void syntax_errors_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *find;
        const char *put;
        int line;
        int column; /* 0: wherever */
    } CASES[] = {
        {"  revisit: 4h", "\trevisit: 4h", 4, 1},
        {"name: Test", "name: Test: x", 1, 0},
        {"name: Test", "name: @x", 1, 7},
        {"pads: 2}", "pads: 2]", 7, 49}, /* the bracket that closes no list */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct vg_watchfile wf = {0};
        struct vg_error err = {0};
        assert_int_equal(parse_watch(CASES[i].find, CASES[i].put, &wf, &err), VG_E_FORMAT);
        print_message("%d:%d %s\n", err.line, err.column, err.message);
        assert_int_equal(err.line, CASES[i].line);
        assert_true(CASES[i].column == 0 || err.column == CASES[i].column);
        assert_memory_equal(err.message, "not YAML: ", 10);
    }
}

static void empty_and_binary(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    struct vg_error err = {0};
    assert_int_equal(vg_watchfile_parse("", 0, "w", read_fixture, &wf, &err), VG_E_FORMAT);
    assert_string_equal(err.message, "the file is empty");
    struct vg_error nul = {0};
    assert_int_equal(vg_watchfile_parse("a\0b", 3, "w", read_fixture, &wf, &nul), VG_E_FORMAT);
    struct vg_error list = {0};
    assert_int_equal(vg_watchfile_parse("- a\n", 4, "w", read_fixture, &wf, &list), VG_E_FORMAT);
    assert_string_equal(list.message, "\"watch\" must be a map of keys and values");
}

static void data_files_are_named(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    struct vg_error err = {0};
    assert_int_equal(parse_watch("", "zones: broken.json\n", &wf, &err), VG_E_FORMAT);
    assert_string_equal(err.place, "dir/broken.json");
    assert_int_equal(err.line, 2);
}

static void speaks_french(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    struct vg_error err = {.lang = VG_LANG_FR};
    char text[1200];
    assert_int_equal(parse_watch("revisit", "revist", &wf, &err), VG_E_FORMAT);
    assert_string_equal(
        vg_error_text(&err, text, sizeof text),
        "dir/w.yaml:4:3: clé « revist » inconnue ; vouliez-vous dire « revisit » ?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_at_the_place), cmocka_unit_test(syntax_errors_have_a_place),
        cmocka_unit_test(empty_and_binary),     cmocka_unit_test(data_files_are_named),
        cmocka_unit_test(speaks_french),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
