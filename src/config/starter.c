#include "config/starter.h"

#include "config/quantity.h"
#include "geo/network.h"

#include <math.h>
#include <string.h>

enum {
    DRONES_PER_BASE = 3,
    MAX_DRONES = 255
};
static const double BASE_EVERY_M = 250e3;

const char *vg_starter_sample_geojson(void)
{
    return "{\"type\":\"FeatureCollection\",\"features\":[\n"
           "{\"type\":\"Feature\",\"properties\":{\"name\":\"Line\"},\"geometry\":{\"type\":"
           "\"LineString\",\"coordinates\":[\n"
           "[-11.35,14.45],[-11.25,14.52],[-11.12,14.5],[-11.0,14.58],[-10.85,14.55]\n]}}]}\n";
}

/* A line of comment in the user's language. */
static void remark(struct vg_buf *out, const char *indent, const char *text)
{
    vg_buf_printf(out, "%s# %s\n", indent, text);
}

static void write_line(enum vg_lang lang, const char *name, const char *line_file,
                       struct vg_buf *out)
{
    remark(
        out, "",
        vg_tr(lang, "A watch: what is watched, from where, with what. Every value has its unit."));
    remark(out, "",
           vg_tr(lang,
                 "See what can be promised with \"vigie plan\"; try it with \"vigie run --sim\"."));
    vg_buf_puts(out, "name: ");
    vg_buf_json(out, name);
    vg_buf_puts(out, "\n\n");
    remark(
        out, "",
        vg_tr(lang, "The line: GeoJSON. No point of it may stay unseen longer than the revisit."));
    vg_buf_puts(out, "line:\n  file: ");
    vg_buf_json(out, line_file);
    vg_buf_puts(out, "\n  revisit: 4h\n");
    remark(out, "  ", vg_tr(lang, "watched this far on each side"));
    vg_buf_puts(out, "  depth: 2km\n");
    remark(
        out, "  ",
        vg_tr(lang, "Pieces with a promise of their own, by the kilometre from the line's start:"));
    vg_buf_puts(out, "  # stretches:\n  #   - {from: 10 km, to: 20 km, revisit: 2h}\n\n");
    remark(
        out, "",
        vg_tr(lang,
              "Elevation, as anything that GDAL reads; without it the ground is taken as flat."));
    vg_buf_puts(out, "# terrain: [dem/heights.tif]\n\n");
    remark(out, "",
           vg_tr(lang, "Areas, in GeoJSON, with \"kind\": alert, privacy, no-fly or geofence."));
    vg_buf_puts(out, "# zones: zones.geojson\n\n");
}

/* The middle of the k-th of n even pieces of all lines together. */
static void point_of_piece(const struct vg_network *network, int k, int n, double *out_lat_deg,
                           double *out_lon_deg)
{
    double s_m = vg_network_length_m(network) * (k + 0.5) / n;
    int i = 0;
    while (i + 1 < network->n_lines && s_m > network->lines[i].length_m) {
        s_m -= network->lines[i].length_m;
        i++;
    }
    double heading_true_deg = 0;
    vg_line_at(&network->lines[i], s_m, 0, out_lat_deg, out_lon_deg, &heading_true_deg);
}

static void write_fleet(enum vg_lang lang, const struct vg_network *network, int n_bases,
                        struct vg_buf *out)
{
    remark(out, "",
           vg_tr(lang, "Where drones land and turn round. These stand on the line, evenly: put "
                       "your airfields here instead."));
    remark(out, "",
           vg_tr(lang, "One that closes at night, in UTC: {..., closed: \"22:00-05:00\"}."));
    vg_buf_puts(out, "bases:\n");
    for (int k = 0; k < n_bases; k++) {
        double lat_deg = 0;
        double lon_deg = 0;
        point_of_piece(network, k, n_bases, &lat_deg, &lon_deg);
        vg_buf_printf(out, "  - {name: B%d, at: [%.5f, %.5f], pads: 2}\n", k + 1, lat_deg, lon_deg);
    }
    vg_buf_puts(out, "\n");
    remark(
        out, "",
        vg_tr(lang,
              "Cameras: field of view from narrowest to widest, gimbal fixed, 2-axis or 3-axis."));
    vg_buf_puts(out,
                "cameras:\n  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n\n");
    remark(out, "",
           vg_tr(lang, "Types of drones. The reserve is the share of the endurance that no plan "
                       "uses; agl is height above ground."));
    remark(out, "",
           vg_tr(lang, "A type may also have limits above ground, say floor: 60m, ceiling: 400m."));
    remark(out, "",
           vg_tr(lang, "With maintenance, of so long after so much flight: {..., maintenance: 4h "
                       "every 50h}."));
    vg_buf_puts(out,
                "types:\n"
                "  long-wing: {cruise: 25 m/s, endurance: 5h, reserve: 15%, turnaround: 45min, "
                "climb: 3 m/s, agl: 300m, camera: eo}\n\n");
    remark(out, "",
           vg_tr(lang, "The fleet. With \"count: 3\" the id V1- gives V1-1, V1-2 and V1-3."));
    remark(out, "",
           vg_tr(lang, "A real drone has a link, say link: \"udp:14550\", and the sysid set in its "
                       "autopilot."));
    remark(out, "",
           vg_tr(lang, "Or several, the best in use: link: [\"udp:14550\", {to: "
                       "\"serial:/dev/ttyUSB0:57600\", cost: 2s}]."));
    vg_buf_puts(out, "drones:\n");
    for (int k = 0; k < n_bases; k++) {
        vg_buf_printf(out, "  - {id: V%d-, count: %d, type: long-wing, base: B%d}\n", k + 1,
                      DRONES_PER_BASE, k + 1);
    }
    vg_buf_puts(out, "\n");
}

static void write_rest(enum vg_lang lang, struct vg_buf *out)
{
    remark(out, "", vg_tr(lang, "The wind to plan with: where it comes from, and how fast."));
    remark(out, "", vg_tr(lang, "Or by the hour of the day, from a file: {file: wind.csv}."));
    vg_buf_puts(out, "wind: {from: 60deg, speed: 5 m/s}\n\n");
    remark(out, "",
           vg_tr(lang, "Drones nearer to each other than this have this height between them."));
    vg_buf_puts(out, "# apart: {horizontal: 100m, vertical: 30m}\n\n");
    remark(
        out, "",
        vg_tr(lang, "Where bases hear drones, from the top of their mast (mast: 15m in bases)."));
    vg_buf_puts(out, "# radio: {range: 40km, required: false}\n\n");
    remark(
        out, "",
        vg_tr(lang, "Where QGroundControl or MAVProxy may watch the drones beside this station."));
    vg_buf_puts(out, "# router: [\"tcp-listen:5760\"]\n\n");
    remark(out, "", vg_tr(lang, "The operator's registration, for drones with remote id."));
    vg_buf_puts(out, "# operator: FRA87astrdge12k8\n\n");
    remark(out, "",
           vg_tr(lang, "Receivers of other aircraft and ships; who comes within \"near\" of a "
                       "drone is told."));
    vg_buf_puts(out,
                "# traffic: {feeds: [{beast: \"tcp:127.0.0.1:30005\"}], near: [2km, 150m]}\n\n");
    remark(out, "",
           vg_tr(lang, "Where sensors report what they saw on the ground, in lines of JSON."));
    vg_buf_puts(out, "# measurements: \"udp:9000\"\n\n");
    remark(out, "",
           vg_tr(lang, "Flights may end at any base that has drones of the type (any), or only "
                       "where they began (home)."));
    vg_buf_puts(out, "# landings: home\n\n");
    remark(out, "",
           vg_tr(lang, "The page's address; only this computer can open it as it stands."));
    vg_buf_puts(out, "serve: {listen: \"127.0.0.1:8080\"}\n\n");
    remark(out, "", vg_tr(lang, "The record of all that happens."));
    vg_buf_puts(out, "record: watch.vigie\n");
}

enum vg_status vg_starter_write(enum vg_lang lang, const char *name, const char *line_file,
                                const char *geojson, size_t n, struct vg_buf *out_yaml,
                                struct vg_error *err)
{
    static const struct vg_network_defaults WANTS = {.revisit_s = 14400,
                                                     .depth_m = 2000,
                                                     .read_duration = vg_quantity_duration,
                                                     .read_length = vg_quantity_length};
    struct vg_network network = {0};
    enum vg_status status = vg_network_parse(geojson, n, line_file, &WANTS, &network, err);
    if (status != VG_OK) {
        return status;
    }
    double n_bases = ceil(vg_network_length_m(&network) / BASE_EVERY_M);
    if (n_bases * DRONES_PER_BASE > MAX_DRONES) {
        status =
            vg_fail(err, VG_E_FORMAT,
                    "the line is %.0f km long; a watch has at most %d drones: watch a part of it",
                    vg_network_length_m(&network) / 1000, MAX_DRONES);
    } else {
        write_line(lang, name, line_file, out_yaml);
        write_fleet(lang, &network, (int)n_bases, out_yaml);
        write_rest(lang, out_yaml);
    }
    vg_network_finish(&network);
    if (status == VG_OK && out_yaml->is_failed) {
        status = vg_no_memory(err);
    }
    return status;
}
