#include "strip.h"

#include "base/json.h"
#include "config/quantity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void strip_ground_lay(struct strip_ground *g, const char *coordinates, double depth_m,
                      char out_text[700])
{
    char line[300];
    const struct vg_network_defaults d = {3600, depth_m, vg_quantity_duration, vg_quantity_length};
    struct vg_error err = {0};
    *g = (struct strip_ground){0};
    vg_format(line, sizeof line, "{\"type\":\"LineString\",\"coordinates\":%s}", coordinates);
    assert_int_equal(vg_network_parse(line, strlen(line), "line", &d, &g->net, &err), VG_OK);
    assert_int_equal(vg_strip_create(&g->net, 50, &g->strip, &err), VG_OK);
    double length_m = g->net.lines[0].length_m;
    vg_format(out_text, 700,
              "{\"promise_s\":3600,\"bin_m\":500,\"cell_m\":50,\"seen_share\":0.9,\"drones\":[],"
              "\"lines\":[{\"name\":\"a\",\"length_m\":%.3f,\"offset_m\":0,\"first_bin\":0,"
              "\"n_bins\":%d}],\"stretches\":[{\"id\":\"S1\",\"line\":0,\"from_m\":0,"
              "\"to_m\":%.3f,\"revisit_s\":3600}],\"strip\":[[0,%d,%d,0]]}",
              length_m, (int)ceil(length_m / 500), length_m, vg_strip_n_columns(g->strip),
              vg_strip_n_rows(g->strip, 0));
}

void strip_ground_open(struct strip_ground *g, const char *coordinates, double depth_m)
{
    char text[700];
    struct vg_error err = {0};
    strip_ground_lay(g, coordinates, depth_m, text);
    json_t *doc = json_loads(text, 0, NULL);
    assert_int_equal(vg_shape_read(doc, &g->shape, &err), VG_OK);
    json_decref(doc);
    assert_int_equal(vg_seen_init(&g->seen, &g->shape, &err), VG_OK);
}

void strip_ground_close(struct strip_ground *g)
{
    vg_seen_finish(&g->seen);
    vg_shape_finish(&g->shape);
    vg_strip_destroy(g->strip);
    vg_network_finish(&g->net);
}
