/* vigie export RECORD --as geotiff: the seen-ground memory as a raster; PLAN --as qgc and others:
 * export_plan.h. */
#include "app/export_plan.h"
#include "app/load.h"
#include "app/options.h"
#include "app/past.h"

#include "base/units.h"
#include "terrain/geotiff.h"
#include "terrain/grade.h"
#include "watch/cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    N = VG_GEOTIFF_BLOCK,
    ZOOM = 12, /* Web Mercator pixels of 38 m at the equator: finer than the cells */
    N_BANDS = 3
};
static const double CELL_M = 50; /* as the station's */
static const double HALF_M = 20037508.342789244; /* of the Web Mercator square */
static const double NOTHING = 4294967295.0; /* where nothing is watched */

struct wanted {
    const char *record;
    const char *watch;
    const char *as;
    const char *out;
    const char *at;
    const char *autopilot;
    double gsd_m;
};

/* Tiles x0..x1, y0..y1 that hold every line with its depth. */
struct tiles {
    int x0;
    int y0;
    int x1;
    int y1;
};

static int tile_x(double lon_deg)
{
    return (int)fmin((1 << ZOOM) - 1, fmax(0, floor((lon_deg + 180) / 360 * (1 << ZOOM))));
}

static int tile_y(double lat_deg)
{
    double f = 0.5 - atanh(sin(lat_deg * VG_RAD_PER_DEG)) / (2 * VG_PI);
    return (int)fmin((1 << ZOOM) - 1, fmax(0, floor(f * (1 << ZOOM))));
}

static struct tiles tiles_of(const struct vg_watchfile *watch, const struct vg_strip *strip)
{
    struct tiles t = {1 << ZOOM, 1 << ZOOM, -1, -1};
    double margin_deg = (vg_strip_max_depth_m(strip) + CELL_M) / 111000;
    for (int i = 0; i < watch->network.n_lines; i++) {
        const struct vg_line *l = &watch->network.lines[i];
        for (int k = 0; k < l->n; k++) {
            double wide_deg = margin_deg / fmax(0.05, cos(l->lat_deg[k] * VG_RAD_PER_DEG));
            int x0 = tile_x(l->lon_deg[k] - wide_deg);
            int x1 = tile_x(l->lon_deg[k] + wide_deg);
            int y0 = tile_y(fmin(85, l->lat_deg[k] + margin_deg));
            int y1 = tile_y(fmax(-85, l->lat_deg[k] - margin_deg));
            t.x0 = x0 < t.x0 ? x0 : t.x0;
            t.x1 = x1 > t.x1 ? x1 : t.x1;
            t.y0 = y0 < t.y0 ? y0 : t.y0;
            t.y1 = y1 > t.y1 ? y1 : t.y1;
        }
    }
    return t;
}

static uint32_t value_of(const struct vg_watch *watch, int band, int64_t cell)
{
    if (cell < 0) {
        return UINT32_MAX;
    }
    const struct vg_seen_cell *c = &watch->seen.cells[cell];
    double best_m = vg_grade_gsd_m(c->best_grade);
    return band == 0   ? watch->seen.cell_s[cell]
           : band == 1 ? c->n_looks
                       : (uint32_t)(isnan(best_m) ? 0 : lrint(best_m * 100));
}

static enum vg_status write_tile(const struct vg_watch *watch, const struct vg_strip *strip,
                                 struct vg_geotiff *file, const struct tiles *t, int x, int y,
                                 struct vg_error *err)
{
    static int64_t cells[N * N];
    static uint32_t pixels[N * N];
    bool is_any;
    enum vg_status st = vg_cells_draw(watch, strip, ZOOM, x, y, 0, cells, &is_any, err);
    for (int band = 0; band < N_BANDS && st == VG_OK && is_any; band++) {
        for (int i = 0; i < N * N; i++) {
            pixels[i] = value_of(watch, band, cells[i]);
        }
        st = vg_geotiff_write(file, band, (x - t->x0) * N, (y - t->y0) * N, N, N, pixels, err);
    }
    return st;
}

static enum vg_status write_all(const struct vg_app *app, const struct wanted *w,
                                const struct vg_watchfile *watchfile, const struct vg_watch *watch,
                                const struct vg_strip *strip, struct vg_error *err)
{
    static const char *const BANDS[N_BANDS] = {
        "last seen, seconds since 1970 UTC; 0 never", "looks more than ten minutes apart",
        "best ground sample distance, centimetres; 0 unknown"};
    struct tiles t = tiles_of(watchfile, strip);
    double side_m = 2 * HALF_M / (1 << ZOOM);
    struct vg_geotiff_spec spec = {.crs = "EPSG:3857",
                                   .west = t.x0 * side_m - HALF_M,
                                   .north = HALF_M - t.y0 * side_m,
                                   .step_x = side_m / N,
                                   .step_y = side_m / N,
                                   .n_cols = (t.x1 - t.x0 + 1) * N,
                                   .n_rows = (t.y1 - t.y0 + 1) * N,
                                   .type = VG_GEOTIFF_U32,
                                   .no_data = NOTHING,
                                   .n_bands = N_BANDS,
                                   .bands = BANDS};
    struct vg_geotiff *file;
    enum vg_status st = vg_geotiff_create(w->out, &spec, &file, err);
    if (st != VG_OK) {
        return st;
    }
    for (int y = t.y0; y <= t.y1 && st == VG_OK; y++) {
        for (int x = t.x0; x <= t.x1 && st == VG_OK; x++) {
            st = write_tile(watch, strip, file, &t, x, y, err);
        }
        if (app->is_terminal) {
            fprintf(stderr, "\r%3d %%%s", (y - t.y0 + 1) * 100 / (t.y1 - t.y0 + 1),
                    y == t.y1 ? "\r\033[K" : "");
        }
    }
    enum vg_status closed = vg_geotiff_close(file, st == VG_OK, err);
    return st != VG_OK ? st : closed;
}

static bool is_same_ground(const struct vg_watch *watch, const struct vg_strip *strip)
{
    int n = vg_strip_n_columns(strip);
    return watch->description != NULL && watch->shape.n_cols == n &&
           watch->shape.cols[n].cell == vg_strip_cell_index(strip, n);
}

static enum vg_status run(const struct vg_app *app, const struct wanted *w, struct vg_error *err)
{
    struct vg_watchfile watchfile = {0};
    struct vg_strip *strip = NULL;
    struct vg_past *past = NULL;
    const struct vg_watch *watch = NULL;
    struct vg_past_tail tail;
    struct vg_us until = vg_us(INT64_MAX);
    enum vg_status st = w->at != NULL ? vg_time_parse(w->at, &until, err) : VG_OK;
    if (st == VG_OK) {
        st = vg_load_watch(w->watch, &watchfile, err);
    }
    if (st == VG_OK) {
        st = vg_strip_create(&watchfile.network, CELL_M, &strip, err);
    }
    if (st == VG_OK) {
        st = vg_past_create(w->record, NULL, &past, err);
    }
    if (st == VG_OK) {
        int grade = w->gsd_m > 0 ? vg_grade_within(w->gsd_m) : VG_GRADE_UNKNOWN;
        st = vg_past_at(past, until, grade, NULL, &watch, &tail, err);
    }
    if (st == VG_OK && !is_same_ground(watch, strip)) {
        st = vg_fail(err, VG_E_FORMAT, "%s records another line than that of %s", w->record,
                     w->watch);
    }
    if (st == VG_OK) {
        st = write_all(app, w, &watchfile, watch, strip, err);
    }
    vg_past_destroy(past);
    vg_strip_destroy(strip);
    vg_watchfile_finish(&watchfile);
    return st;
}

static int export_record(const struct vg_app *app, const char *verb, const struct wanted *w,
                         const struct vg_export_plan *p)
{
    if (p->sortie != NULL || p->heights != NULL || w->autopilot != NULL) {
        return vg_app_usage(app, verb, "--sortie, --heights and --autopilot go with a plan");
    }
    struct vg_error err = {.lang = app->lang};
    return run(app, w, &err) == VG_OK ? 0 : vg_app_fail(app, &err);
}

static int refuse_autopilot(const struct vg_app *app, const char *verb, const struct wanted *w,
                            bool is_terrain)
{
    bool is_px4 = strcmp(w->autopilot, "px4") == 0;
    if (!is_px4 && strcmp(w->autopilot, "ardupilot") != 0) {
        return vg_app_usage(app, verb, "--autopilot takes ardupilot or px4");
    }
    if (strcmp(w->as, "qgc") != 0) {
        return vg_app_usage(app, verb, "--autopilot goes with --as qgc");
    }
    return is_px4 && is_terrain ? vg_app_usage(app, verb, "PX4 refuses heights above the terrain")
                                : 0;
}

static int export_plan(const struct vg_app *app, const char *verb, const struct wanted *w,
                       struct vg_export_plan *p)
{
    if (w->at != NULL || w->gsd_m > 0) {
        return vg_app_usage(app, verb, "--at and --gsd go with a record");
    }
    const char *heights = p->heights != NULL ? p->heights : "msl";
    bool is_terrain = strcmp(heights, "terrain") == 0;
    if (!is_terrain && strcmp(heights, "msl") != 0) {
        return vg_app_usage(app, verb, "--heights takes msl or terrain");
    }
    if (is_terrain && strcmp(w->as, "qgc") != 0) {
        return vg_app_usage(app, verb, "--heights terrain goes with --as qgc");
    }
    int rc = w->autopilot != NULL ? refuse_autopilot(app, verb, w, is_terrain) : 0;
    if (rc != 0) {
        return rc;
    }
    p->is_px4 = w->autopilot != NULL && strcmp(w->autopilot, "px4") == 0;
    p->plan = w->record;
    p->watch = w->watch;
    p->as = w->as;
    p->out = w->out;
    return vg_export_plan_run(app, p);
}

int vg_cmd_export(const struct vg_app *app, int argc, char **argv)
{
    struct wanted w = {0};
    struct vg_export_plan p = {0};
    int n = 0;
    const struct vg_option options[] = {
        {"as", VG_OPT_TEXT, &w.as},           {"watch", VG_OPT_TEXT, &w.watch},
        {"o", VG_OPT_TEXT, &w.out},           {"at", VG_OPT_TEXT, &w.at},
        {"gsd", VG_OPT_NUMBER, &w.gsd_m},     {"sortie", VG_OPT_TEXT, &p.sortie},
        {"heights", VG_OPT_TEXT, &p.heights}, {"autopilot", VG_OPT_TEXT, &w.autopilot}};
    int rc = vg_options_read(app, argc, argv, options, sizeof options / sizeof options[0],
                             &w.record, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1 || w.watch == NULL || w.out == NULL) {
        return vg_app_usage(app, argv[0], "a record or a plan, --watch and -o are wanted");
    }
    if (w.gsd_m != 0 && vg_grade_within(w.gsd_m) == VG_GRADE_UNKNOWN) {
        return vg_app_usage(app, argv[0], "--gsd takes metres a pixel, from 0.05 up");
    }
    if (w.as != NULL && strcmp(w.as, "geotiff") == 0) {
        return export_record(app, argv[0], &w, &p);
    }
    if (w.as == NULL || !vg_export_plan_knows(w.as)) {
        return vg_app_usage(
            app, argv[0], "--as takes geotiff (of a record), qgc, kml, geojson or gpx (of a plan)");
    }
    return export_plan(app, argv[0], &w, &p);
}
