/* The files beside the watch: zones and places, good and refused. */
#include "config/watchfile_priv.h" /* the two readers have no public name of their own */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct refusal {
    const char *text;
    const char *expected;
};

#define ZONE(kind, geometry)                                                                       \
    "{\"type\":\"Feature\",\"properties\":{\"kind\":\"" kind "\"},\"geometry\":" geometry "}"
#define RING "[[0,0],[1,0],[1,1],[0,0]]"

static const struct refusal ZONES[] = {
    {"[1]", "z: expected a GeoJSON Feature or FeatureCollection"},
    {ZONE("alarm", "{\"type\":\"Polygon\",\"coordinates\":[" RING "]}"),
     "z: feature 1: \"kind\" must be alert, privacy, no-fly or geofence, got \"alarm\""},
    {"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},"
     "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[" RING "]}}]}",
     "z: feature 1: \"kind\" is missing"},
    {ZONE("alert", "{\"type\":\"Point\",\"coordinates\":[0,0]}"),
     "z: feature 1: a zone must be a Polygon or a MultiPolygon"},
    {ZONE("alert", "{\"type\":\"Polygon\",\"coordinates\":[" RING "," RING "]}"),
     "z: feature 1: a zone must be a polygon without holes"},
    {ZONE("alert", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[0,0]]]}"),
     "z: feature 1: a ring needs 4 to 100000 positions"},
    {ZONE("alert", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,1]]]}"),
     "z: feature 1: the last position of a ring must equal its first"},
    {ZONE("alert", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[181,0],[1,1],[0,0]]]}"),
     "z: feature 1: a position must be [longitude, latitude] in degrees"},
    {ZONE("alert", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[\"1\",0],[1,1],[0,0]]]}"),
     "z: feature 1: a position must be [longitude, latitude] in degrees"},
};

static void refuses_zones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ZONES / sizeof ZONES[0]; i++) {
        struct vg_error err = {0};
        struct vg_wf_zone *zones = NULL;
        int n = 7;
        char text[1200];
        enum vg_status status =
            vg_wf_parse_zones(ZONES[i].text, strlen(ZONES[i].text), "z", &zones, &n, &err);
        assert_int_equal(status, VG_E_FORMAT);
        assert_string_equal(vg_error_text(&err, text, sizeof text), ZONES[i].expected);
        assert_null(zones);
        assert_int_equal(n, 7);
    }
}

static const struct refusal PLACES[] = {
    {"name,lat\nA,1\n",
     "p:1:1: the first line must name the columns name, lat and lon; \"lon\" is missing"},
    {"", "p:1:1: the first line must name the columns name, lat and lon; \"name\" is missing"},
    {"name,lat,lon\nA,1\n", "p:2:3: the line has 2 cells; at least 3 are needed"},
    {"name,lat,lon\n\nA,1,x\n", "p:3:5: \"lon\" must be a number, got \"x\""},
    {"name,lat,lon\nA,91,0\n", "p:2:3: \"lat\" is 91, outside -90 to 90"},
    {"name,lat,lon\n,1,0\n", "p:2:1: \"name\" has no value"},
    {"name,lat,lon\n\"A,1,0\nB,2,0\n", "p:2:1: a quote is not closed"},
    {"name,lat,lon\n\"A\"x,1,0\n",
     "p:2:1: after a closing quote comes a comma or the end of the line"},
    {"name,lat,lon,population\nA,1,0,-5\n", "p:2:7: \"population\" is -5, outside 0 to 1e+11"},
};

static void refuses_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        struct vg_error err = {0};
        struct vg_wf_place *places = NULL;
        int n = 7;
        char text[1200];
        enum vg_status status =
            vg_wf_parse_places(PLACES[i].text, strlen(PLACES[i].text), "p", &places, &n, &err);
        assert_int_equal(status, VG_E_FORMAT);
        assert_string_equal(vg_error_text(&err, text, sizeof text), PLACES[i].expected);
        assert_null(places);
        assert_int_equal(n, 7);
    }
}

/* Columns in another order, a byte order mark, CRLF, no line feed at the end, columns we do not
 * know. */
static void reads_places_as_they_come(void **state)
{
    (void)state;
    static const char TEXT[] =
        "\xef\xbb\xbfid,lon,lat,name,population\r\n1,-11.444,14.447,Kayes,78406\r\n"
        "2,-9.593,15.229,\"Nioro\"";
    struct vg_wf_place *places = NULL;
    int n = 0;
    assert_int_equal(vg_wf_parse_places(TEXT, sizeof TEXT - 1, "p", &places, &n, NULL), VG_OK);
    assert_int_equal(n, 2);
    assert_string_equal(places[0].name, "Kayes");
    assert_float_equal(places[0].lat_deg, 14.447, 0);
    assert_int_equal(places[0].population, 78406);
    assert_string_equal(places[1].name, "Nioro");
    assert_float_equal(places[1].lon_deg, -9.593, 0);
    free(places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_zones),
        cmocka_unit_test(refuses_places),
        cmocka_unit_test(reads_places_as_they_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
