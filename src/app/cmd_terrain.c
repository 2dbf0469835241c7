/* vigie terrain check WATCH: before the field, whether the elevation files suffice. */
#include "app/coverage.h"
#include "app/load.h"
#include "app/options.h"

#include <stdio.h>
#include <string.h>

static const char *from_name(enum vg_datum_from from)
{
    return from == VG_DATUM_STATED ? "stated" : from == VG_DATUM_READ ? "read" : "assumed";
}

static const char *lack_name(unsigned lack)
{
    return lack == VG_LACK_MISSING ? "missing" : lack == VG_LACK_VOID ? "void" : "missing, void";
}

/* --- for people --- */

static void print_source(enum vg_lang lang, const struct vg_terrain_source *s)
{
    static const char *const words[] = {"stated in the watch", "read from the file", "assumed"};
    char cell[32];
    char share[32];
    char edge[4][32];
    const double value[4] = {s->south_deg, s->north_deg, s->west_deg, s->east_deg};
    for (int i = 0; i < 4; i++) {
        vg_decimal_format(lang, value[i], 4, edge[i], sizeof edge[i]);
    }
    const char *word = vg_tr(lang, words[s->datum_from]);
    const char *said = s->datum_from == VG_DATUM_READ ? ": " : vg_tr(lang, "; the file says ");
    said = s->datum[0] != '\0' ? said : "";
    printf(vg_tr(lang, "%s\n  cells of %s m, %d x %d, latitude %s to %s, longitude %s to %s, voids "
                       "%s %%\n  heights above %s (%s%s%s)\n"),
           s->path, vg_decimal_format(lang, s->cell_m, 1, cell, sizeof cell), s->n_rows, s->n_cols,
           edge[0], edge[1], edge[2], edge[3],
           vg_decimal_format(lang, 100.0 * s->void_share, 2, share, sizeof share),
           vg_vdatum_name(s->vdatum), word, said, s->datum);
    if (!s->is_cached) {
        printf("%s", vg_tr(lang, "  held in memory: the cache folder cannot be written to\n"));
    }
}

static void print_tiles(const char *title, const struct vg_coverage *c, enum vg_lack lack)
{
    int n = 0;
    for (int r = 0; r < VG_COVERAGE_TILES_LAT; r++) {
        for (int k = 0; k < VG_COVERAGE_TILES_LON; k++) {
            char name[16];
            if ((c->tiles[r][k] & lack) == 0) {
                continue;
            }
            printf("%s%s",
                   n == 0       ? title
                   : n % 8 == 0 ? "\n  "
                                : " ",
                   vg_coverage_tile_name(r, k, name, sizeof name));
            n++;
        }
    }
    if (n > 0) {
        putchar('\n');
    }
}

static void print_gaps(enum vg_lang lang, const struct vg_watchfile *w, const struct vg_coverage *c)
{
    for (int i = 0; i < c->n_gaps; i++) {
        const struct vg_coverage_gap *g = &c->gaps[i];
        char from[32];
        char to[32];
        printf(vg_tr(lang, "Line %s, km %s to %s: %s\n"), w->network.lines[g->line].name,
               vg_decimal_format(lang, g->from_m / 1000.0, 1, from, sizeof from),
               vg_decimal_format(lang, g->to_m / 1000.0, 1, to, sizeof to),
               vg_tr(lang, lack_name(g->lack)));
    }
    for (int b = 0; b < c->n_bases; b++) {
        if (c->bases[b] != VG_LACK_NOTHING) {
            printf(vg_tr(lang, "Ways from base %s: %s\n"), w->bases[b].name,
                   vg_tr(lang, lack_name(c->bases[b])));
        }
    }
}

static void print_text(enum vg_lang lang, const struct vg_watchfile *w,
                       const struct vg_terrain *terrain, const struct vg_coverage *c)
{
    char width[32];
    for (int i = 0; i < vg_terrain_n_sources(terrain); i++) {
        struct vg_terrain_source s;
        vg_terrain_describe(terrain, i, &s);
        print_source(lang, &s);
    }
    if (vg_terrain_is_flat(terrain)) {
        printf("%s", vg_tr(lang, "The watch names no elevation: the ground is taken as flat.\n"));
    }
    vg_decimal_format(lang, c->width_m / 1000.0, 1, width, sizeof width);
    if (c->is_complete) {
        printf(vg_tr(lang, "Complete: %s km to each side of the line, and the ways from the "
                           "bases.\n"),
               width);
        return;
    }
    printf(vg_tr(lang, "Not complete (%s km to each side of the line, and the ways from the "
                       "bases).\n"),
           width);
    print_tiles(vg_tr(lang, "No file: "), c, VG_LACK_MISSING);
    print_tiles(vg_tr(lang, "Voids in: "), c, VG_LACK_VOID);
    print_gaps(lang, w, c);
}

/* --- for programs --- */

static void put_source(struct vg_buf *b, const struct vg_terrain_source *s)
{
    vg_buf_puts(b, "{\"path\":");
    vg_buf_json(b, s->path);
    vg_buf_printf(b, ",\"cell_m\":%.3f,\"rows\":%d,\"cols\":%d,\"bounds\":[%.6f,%.6f,%.6f,%.6f]",
                  s->cell_m, s->n_rows, s->n_cols, s->west_deg, s->south_deg, s->east_deg,
                  s->north_deg);
    vg_buf_printf(b, ",\"datum\":\"%s\",\"datum_from\":\"%s\",\"datum_named\":",
                  vg_vdatum_name(s->vdatum), from_name(s->datum_from));
    vg_buf_json(b, s->datum);
    vg_buf_printf(b, ",\"void_share\":%.6f,\"is_cached\":%s}", s->void_share,
                  s->is_cached ? "true" : "false");
}

static void put_tiles(struct vg_buf *b, const struct vg_coverage *c, enum vg_lack lack)
{
    const char *comma = "";
    for (int r = 0; r < VG_COVERAGE_TILES_LAT; r++) {
        for (int k = 0; k < VG_COVERAGE_TILES_LON; k++) {
            char name[16];
            if ((c->tiles[r][k] & lack) != 0) {
                vg_buf_printf(b, "%s\"%s\"", comma, vg_coverage_tile_name(r, k, name, sizeof name));
                comma = ",";
            }
        }
    }
}

static void put_lack(struct vg_buf *b, unsigned lack)
{
    vg_buf_printf(b, ",\"missing\":%s,\"void\":%s}", lack & VG_LACK_MISSING ? "true" : "false",
                  lack & VG_LACK_VOID ? "true" : "false");
}

static void put_gaps(struct vg_buf *b, const struct vg_watchfile *w, const struct vg_coverage *c)
{
    vg_buf_puts(b, "],\"gaps\":[");
    for (int i = 0; i < c->n_gaps; i++) {
        const struct vg_coverage_gap *g = &c->gaps[i];
        vg_buf_puts(b, i > 0 ? ",{\"line\":" : "{\"line\":");
        vg_buf_json(b, w->network.lines[g->line].name);
        vg_buf_printf(b, ",\"from_km\":%.2f,\"to_km\":%.2f", g->from_m / 1000.0, g->to_m / 1000.0);
        put_lack(b, g->lack);
    }
    vg_buf_puts(b, "],\"bases\":[");
    for (int i = 0, n = 0; i < c->n_bases; i++) {
        if (c->bases[i] != VG_LACK_NOTHING) {
            vg_buf_puts(b, n++ > 0 ? ",{\"base\":" : "{\"base\":");
            vg_buf_json(b, w->bases[i].name);
            put_lack(b, c->bases[i]);
        }
    }
}

static void print_json(const struct vg_watchfile *w, const struct vg_terrain *terrain,
                       const struct vg_coverage *c)
{
    struct vg_buf b = {0};
    vg_buf_printf(&b, "{\"complete\":%s,\"width_m\":%.0f,\"sources\":[",
                  c->is_complete ? "true" : "false", c->width_m);
    for (int i = 0; i < vg_terrain_n_sources(terrain); i++) {
        struct vg_terrain_source s;
        vg_terrain_describe(terrain, i, &s);
        vg_buf_puts(&b, i > 0 ? "," : "");
        put_source(&b, &s);
    }
    vg_buf_puts(&b, "],\"missing_tiles\":[");
    put_tiles(&b, c, VG_LACK_MISSING);
    vg_buf_puts(&b, "],\"void_tiles\":[");
    put_tiles(&b, c, VG_LACK_VOID);
    put_gaps(&b, w, c);
    vg_buf_puts(&b, "]}\n");
    fputs(vg_buf_text(&b), stdout);
    vg_buf_finish(&b);
}

/* Nothing that the elevation lacks is a failure of the machine: a file that is not there is bad
 * input, as one that cannot be read. */
static int bad_input(const struct vg_app *app, struct vg_error *err)
{
    int rc = vg_app_fail(app, err);
    return err->status == VG_E_NOT_FOUND || err->status == VG_E_FULL ? 3 : rc;
}

int vg_cmd_terrain(const struct vg_app *app, int argc, char **argv)
{
    const char *names[2];
    int n = 0;
    int rc = vg_options_read(app, argc, argv, NULL, 0, names, 2, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 2 || strcmp(names[0], "check") != 0) {
        return vg_app_usage(app, argv[0], "\"check\" and a watch are wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_watchfile watch = {0};
    struct vg_terrain *terrain = NULL;
    struct vg_coverage *coverage = NULL;
    enum vg_status st = vg_load_watch(names[1], &watch, &err);
    st = st != VG_OK ? st : vg_load_terrain(&watch, &terrain, &err);
    st = st != VG_OK ? st : vg_coverage_compute(&watch, terrain, &coverage, &err);
    if (st != VG_OK) {
        rc = bad_input(app, &err);
    } else {
        if (app->is_json) {
            print_json(&watch, terrain, coverage);
        } else {
            print_text(app->lang, &watch, terrain, coverage);
        }
        rc = coverage->is_complete ? 0 : 1;
    }
    vg_coverage_destroy(coverage);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&watch);
    return rc;
}
