/* vigie sight WATCH|DEM --at LAT,LON,H -o SEEN.tif and --best-of PLACES.csv: from points. */
#include "app/load.h"
#include "app/sight.h"

#include "base/file.h"
#include "base/units.h"
#include "config/places.h"
#include "config/quantity.h"
#include "geo/strip.h"
#include "terrain/geotiff.h"
#include "terrain/lookout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double CELL_M = 50; /* of the strip, as the station's */
static const double RANGE_M = 20000;
static const double MAST_M = 10;

/* What the operand gives: elevation, and with a watch the line. */
struct ground {
    struct vg_watchfile watch;
    struct vg_terrain *terrain;
    struct vg_strip *strip; /* NULL without a watch */
};

static bool is_watch(const char *operand)
{
    const char *dot = strrchr(operand, '.');
    return dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static enum vg_status open_ground(const char *operand, struct ground *out, struct vg_error *err)
{
    if (!is_watch(operand)) {
        return vg_terrain_open(&operand, 1, &out->terrain, err);
    }
    enum vg_status st = vg_load_watch(operand, &out->watch, err);
    if (st == VG_OK) {
        st = vg_load_terrain(&out->watch, &out->terrain, err);
    }
    return st != VG_OK ? st : vg_strip_create(&out->watch.network, CELL_M, &out->strip, err);
}

static void close_ground(struct ground *g)
{
    vg_strip_destroy(g->strip);
    vg_terrain_destroy(g->terrain);
    vg_watchfile_finish(&g->watch);
}

static enum vg_status read_length(const char *text, double fallback, double *out,
                                  struct vg_error *err)
{
    *out = fallback;
    return text != NULL ? vg_quantity_parse(VG_Q_LENGTH, text, out, err) : VG_OK;
}

static enum vg_status read_input(const struct vg_sight_options *o, struct vg_lookout_input *in,
                                 struct vg_error *err)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    char rest;
    *in = (struct vg_lookout_input){.target_agl_m = o->target_m,
                                    .eye_m = o->height_m > 0 ? o->height_m : MAST_M,
                                    .mode = o->is_fast ? VG_VIEWSHED_FAST : VG_VIEWSHED_EXACT,
                                    .n_threads = cpus > 8   ? 8
                                                 : cpus > 1 ? (int)cpus
                                                            : 1};
    enum vg_status st = read_length(o->range, RANGE_M, &in->range_m, err);
    if (st == VG_OK) {
        st = read_length(o->cell, 0, &in->cell_m, err);
    }
    if (st == VG_OK && o->sector != NULL &&
        sscanf(o->sector, "%lf,%lf%c", &in->azimuth_from_deg, &in->azimuth_to_deg, &rest) != 2) {
        st = vg_fail(err, VG_E_FORMAT, "--sector takes FROM,TO in degrees, not \"%s\"", o->sector);
    }
    if (st == VG_OK && o->at != NULL &&
        sscanf(o->at, "%lf,%lf,%lf%c", &in->lat_deg, &in->lon_deg, &in->eye_m, &rest) != 3) {
        st = vg_fail(err, VG_E_FORMAT,
                     "--at takes LAT,LON,HEIGHT such as 14.45,-11.43,30, not \"%s\"", o->at);
    }
    return st;
}

/* ---- a raster ---- */

static enum vg_status write_raster(const struct vg_lookout *l, const char *path,
                                   struct vg_error *err)
{
    static const char *const SEEN[] = {"1 seen, 0 hidden"};
    static const char *const NEEDED[] = {"height above ground needed to be seen, m"};
    char crs[128];
    double half_m = (l->n / 2 + 0.5) * l->cell_m;
    bool is_needed = l->needed_agl_m != NULL;
    struct vg_geotiff_spec spec = {.crs = vg_lookout_crs(l, crs, sizeof crs),
                                   .west = -half_m,
                                   .north = half_m,
                                   .step_x = l->cell_m,
                                   .step_y = l->cell_m,
                                   .n_cols = l->n,
                                   .n_rows = l->n,
                                   .type = is_needed ? VG_GEOTIFF_F32 : VG_GEOTIFF_U8,
                                   .no_data = is_needed ? -9999 : 255,
                                   .n_bands = 1,
                                   .bands = is_needed ? NEEDED : SEEN};
    struct vg_geotiff *file;
    enum vg_status st = vg_geotiff_create(path, &spec, &file, err);
    if (st != VG_OK) {
        return st;
    }
    for (int row = 0; row < l->n && st == VG_OK; row++) {
        size_t at = (size_t)row * (size_t)l->n;
        uint8_t *cells = l->cells + at;
        for (int c = 0; c < l->n; c++) {
            if (is_needed && isnan(l->needed_agl_m[at + (size_t)c])) {
                l->needed_agl_m[at + (size_t)c] = -9999;
            } else if (!is_needed && cells[c] > VG_VIEWSHED_VISIBLE) {
                cells[c] = 255;
            }
        }
        st = vg_geotiff_write(file, 0, 0, row, l->n, 1,
                              is_needed ? (const void *)(l->needed_agl_m + at) : cells, err);
    }
    enum vg_status closed = vg_geotiff_close(file, st == VG_OK, err);
    return st != VG_OK ? st : closed;
}

static void tell(const struct vg_app *app, const struct vg_lookout_input *in,
                 const struct vg_lookout *l)
{
    double km2 = l->cell_m * l->cell_m / 1e6;
    double share = l->n_ground > 0 ? (double)l->n_visible / (double)l->n_ground : 0;
    if (app->is_json) {
        printf("{\"ground_msl_m\":%.1f,\"cell_m\":%.2f,\"cells\":%lld,\"visible\":%lld,"
               "\"visible_km2\":%.3f,\"ground_km2\":%.3f}\n",
               l->ground_msl_m, l->cell_m, (long long)l->n_ground, (long long)l->n_visible,
               (double)l->n_visible * km2, (double)l->n_ground * km2);
        return;
    }
    char percent[32];
    char seen[32];
    char all[32];
    vg_decimal_format(app->lang, share * 100, 1, percent, sizeof percent);
    vg_decimal_format(app->lang, (double)l->n_visible * km2, 1, seen, sizeof seen);
    vg_decimal_format(app->lang, (double)l->n_ground * km2, 1, all, sizeof all);
    printf(vg_tr(app->lang,
                 "%s %% of the ground within %.0f km is seen: %s of %s km² (cells of %.0f m, "
                 "targets %.0f m high)\n"),
           percent, in->range_m / 1000, seen, all, l->cell_m, in->target_agl_m);
}

int vg_sight_from(const struct vg_app *app, const struct vg_sight_options *options)
{
    struct vg_error err = {.lang = app->lang};
    struct vg_lookout_input in;
    struct vg_lookout l = {0};
    struct ground g = {0};
    enum vg_status st = read_input(options, &in, &err);
    if (st == VG_OK) {
        st = open_ground(options->operand, &g, &err);
    }
    if (st == VG_OK) {
        st = vg_lookout_compute(g.terrain, &in, options->wants_needed, &l, &err);
    }
    if (st == VG_OK) {
        tell(app, &in, &l);
    }
    if (st == VG_OK && options->out != NULL) {
        st = write_raster(&l, options->out, &err);
    }
    int rc = st == VG_OK ? 0 : vg_app_fail(app, &err);
    vg_lookout_finish(&l);
    close_ground(&g);
    return rc;
}

/* ---- the best of many places ---- */

struct candidate {
    const struct vg_wf_place *place;
    uint8_t *sees; /* a bit a strip cell; NULL without a watch */
    int64_t n_alone; /* strip cells, or cells of its raster, seen from here alone */
    double km2;
    int64_t n_new; /* strip cells that the places before it do not see */
    bool is_taken;
};

static int64_t strip_cells(const struct vg_strip *strip)
{
    return vg_strip_cell_index(strip, vg_strip_n_columns(strip));
}

/* The strip's cells within range that are seen: bits. */
static void mark_strip(const struct vg_strip *strip, const struct vg_lookout *l, double range_m,
                       struct candidate *c)
{
    enum {
        MAX_RUNS = 4096
    };
    static struct vg_strip_run runs[MAX_RUNS];
    int n = vg_strip_near(strip, l->lat_deg, l->lon_deg, range_m + 2 * vg_strip_max_depth_m(strip),
                          runs, MAX_RUNS);
    for (int i = 0; i < n && i < MAX_RUNS; i++) {
        for (int col = runs[i].first; col < runs[i].end; col++) {
            int64_t first = vg_strip_cell_index(strip, col);
            for (int row = 0; row < vg_strip_n_rows(strip, col); row++) {
                double lat;
                double lon;
                int64_t at = first + row;
                vg_strip_cell(strip, col, row, &lat, &lon);
                if (vg_lookout_at(l, lat, lon) == VG_VIEWSHED_VISIBLE) {
                    c->sees[at / 8] = (uint8_t)(c->sees[at / 8] | 1U << (at % 8));
                    c->n_alone++;
                }
            }
        }
    }
}

static enum vg_status judge(const struct ground *g, struct vg_lookout_input in, struct candidate *c,
                            struct vg_error *err)
{
    struct vg_lookout l;
    in.lat_deg = c->place->lat_deg;
    in.lon_deg = c->place->lon_deg;
    struct vg_error local = {.lang = err->lang};
    enum vg_status st = vg_lookout_compute(g->terrain, &in, false, &l, &local);
    if (st == VG_E_NOT_FOUND) {
        return VG_OK; /* off the elevation: sees nothing that can be told */
    }
    if (st != VG_OK) {
        *err = local;
        return st;
    }
    c->km2 = (double)l.n_visible * l.cell_m * l.cell_m / 1e6;
    if (g->strip != NULL) {
        c->sees = calloc((size_t)strip_cells(g->strip) / 8 + 1, 1);
        st = c->sees != NULL ? VG_OK : vg_no_memory(err);
        if (st == VG_OK) {
            mark_strip(g->strip, &l, in.range_m, c);
        }
    }
    vg_lookout_finish(&l);
    return st;
}

static int64_t count_new(const struct candidate *c, const uint8_t *covered, int64_t n_bytes)
{
    int64_t n = 0;
    for (int64_t i = 0; i < n_bytes && c->sees != NULL; i++) {
        n += __builtin_popcount((unsigned)(c->sees[i] & ~covered[i]));
    }
    return n;
}

/* The next best: most cells that none before it sees (1 - 1/e of the best choice of so many:
 * Nemhauser, Wolsey and Fisher, 1978), without a watch most ground. */
static struct candidate *next_best(struct candidate *all, int n, const uint8_t *covered,
                                   int64_t n_bytes)
{
    struct candidate *best = NULL;
    for (int i = 0; i < n; i++) {
        struct candidate *c = &all[i];
        if (c->is_taken) {
            continue;
        }
        c->n_new = n_bytes > 0 ? count_new(c, covered, n_bytes) : 0;
        bool is_better =
            best == NULL || (n_bytes > 0 ? c->n_new > best->n_new : c->km2 > best->km2);
        best = is_better ? c : best;
    }
    return best;
}

static void print_place(const struct vg_app *app, const struct candidate *c, int rank, double share,
                        double covered, bool has_line)
{
    char km2[32];
    char alone[32];
    char all[32];
    if (app->is_json) {
        struct vg_buf name = {0};
        vg_buf_json(&name, c->place->name);
        printf("{\"rank\":%d,\"name\":%s,\"lat\":%.5f,\"lon\":%.5f,\"visible_km2\":%.2f,"
               "\"strip_share\":%.5f,\"strip_share_with_better\":%.5f}\n",
               rank, vg_buf_text(&name), c->place->lat_deg, c->place->lon_deg, c->km2, share,
               covered);
        vg_buf_finish(&name);
        return;
    }
    vg_decimal_format(app->lang, c->km2, 1, km2, sizeof km2);
    vg_decimal_format(app->lang, share * 100, 2, alone, sizeof alone);
    vg_decimal_format(app->lang, covered * 100, 2, all, sizeof all);
    if (has_line) {
        printf(vg_tr(app->lang, "%3d  %8s %% of the watched ground alone, %8s %% with those above, "
                                "%8s km²  %s\n"),
               rank, alone, all, km2, c->place->name);
    } else {
        printf(vg_tr(app->lang, "%3d  %8s km²  %s\n"), rank, km2, c->place->name);
    }
}

static enum vg_status rank(const struct vg_app *app, const struct ground *g, struct candidate *all,
                           int n, int n_wanted, struct vg_error *err)
{
    int64_t n_cells = g->strip != NULL ? strip_cells(g->strip) : 0;
    int64_t n_bytes = g->strip != NULL ? n_cells / 8 + 1 : 0;
    uint8_t *covered = calloc((size_t)n_bytes + 1, 1);
    int64_t n_covered = 0;
    if (covered == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < n && k < n_wanted; k++) {
        struct candidate *c = next_best(all, n, covered, n_bytes);
        c->is_taken = true;
        n_covered += c->n_new;
        for (int64_t i = 0; i < n_bytes && c->sees != NULL; i++) {
            covered[i] |= c->sees[i];
        }
        print_place(app, c, k + 1, n_cells > 0 ? (double)c->n_alone / (double)n_cells : 0,
                    n_cells > 0 ? (double)n_covered / (double)n_cells : 0, n_cells > 0);
    }
    free(covered);
    return VG_OK;
}

static enum vg_status judge_all(const struct vg_app *app, const struct ground *g,
                                const struct vg_lookout_input *in, struct candidate *all, int n,
                                struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int i = 0; i < n && st == VG_OK; i++) {
        st = judge(g, *in, &all[i], err);
        if (app->is_terminal) {
            fprintf(stderr, "\r%d / %d%s", i + 1, n, i + 1 == n ? "\r\033[K" : "");
        }
    }
    return st;
}

int vg_sight_best(const struct vg_app *app, const struct vg_sight_options *options)
{
    struct vg_error err = {.lang = app->lang};
    struct vg_lookout_input in;
    struct ground g = {0};
    struct vg_wf_place *places = NULL;
    int n = 0;
    enum vg_status st = read_input(options, &in, &err);
    if (st == VG_OK) {
        st = vg_load_places(options->best_of, &places, &n, &err);
    }
    if (st == VG_OK) {
        st = open_ground(options->operand, &g, &err);
    }
    struct candidate *all = calloc((size_t)n + 1, sizeof *all);
    if (st == VG_OK && all == NULL) {
        st = vg_fail(&err, VG_E_NO_MEMORY, "out of memory");
    }
    for (int i = 0; i < n && all != NULL; i++) {
        all[i].place = &places[i];
    }
    if (st == VG_OK) {
        st = judge_all(app, &g, &in, all, n, &err);
    }
    if (st == VG_OK) {
        st = rank(app, &g, all, n, options->n_best > 0 ? (int)options->n_best : 10, &err);
    }
    for (int i = 0; i < n && all != NULL; i++) {
        free(all[i].sees);
    }
    free(all);
    free(places);
    close_ground(&g);
    return st == VG_OK ? 0 : vg_app_fail(app, &err);
}
