#include "watch/describe.h"

#include "terrain/tile.h"
#include "watch/ways.h"

#include <math.h>
#include <string.h>

static const double DRAW_STEP_M = 100; /* vertices nearer than this are left out of the drawing */

static void put_lines(const struct vg_network *net, struct vg_buf *out)
{
    double offset_m = 0;
    int first_bin = 0;
    vg_buf_puts(out, "\"lines\":[");
    for (int i = 0; i < net->n_lines; i++) {
        const struct vg_line *l = &net->lines[i];
        int n_bins = (int)ceil(l->length_m / VG_BIN_M - 1e-9);
        vg_buf_printf(out, "%s{\"name\":", i > 0 ? "," : "");
        vg_buf_json(out, l->name);
        vg_buf_printf(out,
                      ",\"length_m\":%.1f,\"offset_m\":%.1f,\"first_bin\":%d,\"n_bins\":%d,"
                      "\"coordinates\":[",
                      l->length_m, offset_m, first_bin, n_bins);
        struct vg_buf s = {0};
        double last_m = -(double)INFINITY;
        for (int k = 0; k < l->n; k++) {
            if (l->s_m[k] - last_m < DRAW_STEP_M && k != l->n - 1) {
                continue;
            }
            last_m = l->s_m[k];
            vg_buf_printf(out, "%s[%.5f,%.5f]", k > 0 ? "," : "", l->lon_deg[k], l->lat_deg[k]);
            vg_buf_printf(&s, "%s%.0f", k > 0 ? "," : "", l->s_m[k]);
        }
        vg_buf_printf(out, "],\"s_m\":[%s]}", vg_buf_text(&s));
        vg_buf_finish(&s);
        offset_m += l->length_m;
        first_bin += n_bins;
    }
    vg_buf_puts(out, "],");
}

/* Only where they are not one over the line. */
static void put_passes(const struct vg_plan_stretch *st, struct vg_buf *out)
{
    if (st->n_passes < 2 && fabs(st->passes[0].offset_m) < 0.5) {
        return;
    }
    for (int k = 0; k < st->n_passes; k++) {
        vg_buf_printf(out, "%s%.0f", k > 0 ? "," : ",\"passes_m\":[", st->passes[k].offset_m);
    }
    vg_buf_puts(out, "]");
}

static void put_stretches(const struct vg_network *net, const struct vg_plan *plan,
                          struct vg_buf *out)
{
    vg_buf_puts(out, "\"stretches\":[");
    for (int i = 0; i < plan->n_stretches; i++) {
        const struct vg_plan_stretch *x = &plan->stretches[i];
        int line = vg_network_find_line(net, x->line);
        int own = line >= 0 ? vg_network_stretch_at(net, line, (x->from_m + x->to_m) / 2) : -1;
        vg_buf_printf(out, "%s{\"id\":", i > 0 ? "," : "");
        vg_buf_json(out, x->id);
        vg_buf_puts(out, ",\"name\":");
        vg_buf_json(out, own >= 0 ? net->stretches[own].name : "");
        vg_buf_printf(out,
                      ",\"line\":%d,\"from_m\":%.1f,\"to_m\":%.1f,\"revisit_s\":%.0f,"
                      "\"depth_m\":%.0f,\"unreachable\":%s,\"reason\":",
                      line < 0 ? 0 : line, x->from_m, x->to_m, x->revisit_s,
                      own >= 0 ? net->stretches[own].depth_m : 0,
                      x->is_unreachable ? "true" : "false");
        vg_buf_json(out, x->reason);
        put_passes(x, out);
        vg_buf_puts(out, "}");
    }
    vg_buf_puts(out, "],");
}

/* The plan's stretch that holds s_m of a line; the last one of the line at its very end. */
static int plan_stretch_at(const struct vg_plan *plan, const char *line, double s_m)
{
    int last = -1;
    for (int i = 0; i < plan->n_stretches; i++) {
        const struct vg_plan_stretch *x = &plan->stretches[i];
        if (strcmp(x->line, line) == 0) {
            last = i;
            if (s_m >= x->from_m && s_m < x->to_m) {
                return i;
            }
        }
    }
    return last < 0 ? 0 : last;
}

static void put_strip(const struct vg_network *net, const struct vg_strip *strip,
                      const struct vg_plan *plan, struct vg_buf *out)
{
    int run[4] = {-1, 0, 0, 0};
    bool is_first = true;
    int n = vg_strip_n_columns(strip);
    vg_buf_puts(out, "\"strip\":[");
    for (int c = 0; c <= n; c++) {
        int line = -1;
        int rows = 0;
        int stretch = 0;
        double s_m;
        if (c < n) {
            vg_strip_column(strip, c, &line, &s_m, NULL);
            rows = vg_strip_n_rows(strip, c);
            bool is_inside = run[0] == line && plan->stretches[run[3]].from_m <= s_m &&
                             s_m < plan->stretches[run[3]].to_m;
            stretch = is_inside ? run[3] : plan_stretch_at(plan, net->lines[line].name, s_m);
        }
        if (line == run[0] && rows == run[2] && stretch == run[3]) {
            run[1]++;
            continue;
        }
        if (run[1] > 0) {
            vg_buf_printf(out, "%s[%d,%d,%d,%d]", is_first ? "" : ",", run[0], run[1], run[2],
                          run[3]);
            is_first = false;
        }
        run[0] = line;
        run[1] = 1;
        run[2] = rows;
        run[3] = stretch;
    }
    vg_buf_puts(out, "],");
}

static void put_points(const struct vg_watchfile *w, struct vg_buf *out)
{
    vg_buf_puts(out, "\"bases\":[");
    for (int i = 0; i < w->n_bases; i++) {
        vg_buf_printf(out, "%s{\"name\":", i > 0 ? "," : "");
        vg_buf_json(out, w->bases[i].name);
        vg_buf_printf(out, ",\"lat\":%.6f,\"lon\":%.6f,\"pads\":%d}", w->bases[i].lat_deg,
                      w->bases[i].lon_deg, w->bases[i].pads);
    }
    vg_buf_puts(out, "],\"places\":[");
    for (int i = 0; i < w->n_places; i++) {
        vg_buf_printf(out, "%s{\"name\":", i > 0 ? "," : "");
        vg_buf_json(out, w->places[i].name);
        vg_buf_printf(out, ",\"lat\":%.5f,\"lon\":%.5f,\"population\":%lld}", w->places[i].lat_deg,
                      w->places[i].lon_deg, (long long)w->places[i].population);
    }
    vg_buf_puts(out, "],\"drones\":[");
    for (int i = 0; i < w->n_drones; i++) {
        const struct vg_wf_drone *d = &w->drones[i];
        vg_buf_printf(out, "%s{\"id\":", i > 0 ? "," : "");
        vg_buf_json(out, d->id);
        vg_buf_puts(out, ",\"type\":");
        vg_buf_json(out, w->types[d->type].name);
        vg_buf_puts(out, ",\"base\":");
        vg_buf_json(out, w->bases[d->base].name);
        vg_buf_puts(out, "}");
    }
    vg_buf_puts(out, "],");
}

static void put_zones(const struct vg_watchfile *w, struct vg_buf *out)
{
    static const char *const kinds[] = {"alert", "privacy", "no-fly", "geofence"};
    vg_buf_puts(out, "\"zones\":[");
    for (int i = 0; i < w->n_zones; i++) {
        const struct vg_wf_zone *z = &w->zones[i];
        vg_buf_printf(out, "%s{\"name\":", i > 0 ? "," : "");
        vg_buf_json(out, z->name);
        vg_buf_printf(out, ",\"kind\":\"%s\",\"coordinates\":[", kinds[z->kind]);
        for (int k = 0; k < z->n; k++) {
            vg_buf_printf(out, "%s[%.6f,%.6f]", k > 0 ? "," : "", z->lon_deg[k], z->lat_deg[k]);
        }
        vg_buf_puts(out, "]}");
    }
    vg_buf_puts(out, "],");
}

static void put_terrain(const struct vg_terrain *terrain, struct vg_buf *out)
{
    double south;
    double west;
    double north;
    double east;
    if (terrain == NULL || vg_terrain_is_flat(terrain)) {
        vg_buf_puts(out, "\"terrain\":null,");
        return;
    }
    vg_terrain_bounds(terrain, &south, &west, &north, &east);
    vg_buf_printf(out, "\"terrain\":{\"bounds\":[%.4f,%.4f,%.4f,%.4f],\"maxzoom\":%d},", west,
                  south, east, north, vg_terrain_max_zoom(terrain));
}

void vg_watch_describe(const struct vg_watchfile *watch, const struct vg_strip *strip,
                       const struct vg_plan *plan, const struct vg_terrain *terrain,
                       struct vg_buf *out)
{
    vg_buf_puts(out, "{\"name\":");
    vg_buf_json(out, watch->name);
    vg_buf_printf(out, ",\"promise_s\":%.0f,\"attribution\":", watch->revisit_s);
    vg_buf_json(out, watch->attribution);
    vg_buf_printf(out, ",\"bin_m\":%d,\"cell_m\":%.0f,\"seen_share\":%.4f,", VG_BIN_M,
                  vg_strip_cell_m(strip), watch->seen_share);
    put_lines(&watch->network, out);
    put_stretches(&watch->network, plan, out);
    put_strip(&watch->network, strip, plan, out);
    vg_ways_describe(watch, out);
    put_points(watch, out);
    put_zones(watch, out);
    put_terrain(terrain, out);
    vg_buf_printf(out, "\"radio\":%s,", watch->radio.is_given ? "true" : "false");
    vg_buf_printf(out,
                  "\"plan\":{\"period_s\":%.0f,\"worst_gap_s\":%.0f,\"bound_s\":%.0f,"
                  "\"ratio\":%.4f}}",
                  plan->period_s, plan->worst_gap_s, plan->bound_s, plan->ratio);
}
