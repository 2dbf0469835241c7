#include "dem.h"

#include <dirent.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[256];

const char *dem_folder(void)
{
    if (folder[0] == '\0') {
        const char *tmp = getenv("TMPDIR");
        (void)snprintf(folder, sizeof folder, "%s/vigie-dem-XXXXXX", tmp != NULL ? tmp : "/tmp");
        assert_non_null(mkdtemp(folder));
    }
    return folder;
}

static void remove_all(const char *path)
{
    char inner[600];
    DIR *d = opendir(path);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        (void)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        if (unlink(inner) != 0) {
            remove_all(inner);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    rmdir(path);
}

void dem_clean(void)
{
    if (folder[0] != '\0') {
        remove_all(folder);
        folder[0] = '\0';
    }
}

const char *dem_path(const char *name)
{
    static char ring[8][600];
    static int next;
    char *p = ring[next++ % 8];
    (void)snprintf(p, sizeof ring[0], "%s/%s", dem_folder(), name);
    return p;
}

static GDALDatasetH in_memory(const struct dem *d)
{
    GDALDatasetH ds =
        GDALCreate(GDALGetDriverByName("MEM"), "", d->n_cols, d->n_rows, 1, d->type, NULL);
    assert_non_null(ds);
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRSetFromUserInput(srs, d->crs != NULL ? d->crs : "EPSG:4326"), OGRERR_NONE);
    GDALSetSpatialRef(ds, srs);
    OSRDestroySpatialReference(srs);
    double g[6] = {d->west, d->step, 0.0, d->north, 0.0, -d->step};
    GDALSetGeoTransform(ds, g);
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    if (fabs(d->nothing) > 0.0 || isnan(d->nothing)) {
        GDALSetRasterNoDataValue(band, d->nothing);
    }
    double *row = malloc((size_t)d->n_cols * sizeof *row);
    assert_non_null(row);
    for (int r = 0; r < d->n_rows; r++) {
        for (int c = 0; c < d->n_cols; c++) {
            double h = d->at(d->ctx, d->west + (c + 0.5) * d->step, d->north - (r + 0.5) * d->step);
            row[c] = isnan(h) ? d->nothing : h;
        }
        assert_int_equal(
            GDALRasterIO(band, GF_Write, 0, r, d->n_cols, 1, row, d->n_cols, 1, GDT_Float64, 0, 0),
            CE_None);
    }
    free(row);
    return ds;
}

const char *dem_write(const struct dem *d, const char *driver, const char *name)
{
    const char *path = dem_path(name);
    GDALAllRegister();
    GDALDatasetH ds = in_memory(d);
    GDALDatasetH made =
        GDALCreateCopy(GDALGetDriverByName(driver), path, ds, FALSE, NULL, NULL, NULL);
    if (made == NULL) {
        fail_msg("%s cannot write %s", driver, path);
    }
    GDALClose(made);
    GDALClose(ds);
    return path;
}

struct vg_terrain *dem_open(const struct vg_terrain_file *files, int n,
                            const struct vg_terrain_options *options)
{
    struct vg_terrain *t = NULL;
    struct vg_error err = {0};
    if (vg_terrain_open_files(files, n, options, &t, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return t;
}

struct vg_terrain *dem_open_paths(const char *const *paths, int n)
{
    struct vg_terrain_file files[16] = {{NULL, VG_VDATUM_FILE}};
    for (int i = 0; i < n; i++) {
        files[i].path = paths[i];
    }
    return dem_open(files, n, NULL);
}

void near_to(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.12g, want %.12g +- %g", got, want, tolerance);
    }
}
