/* Opening elevation files: each is looked at, then all are laid out in layers and filled. */
#include "terrain/layer.h"
#include "terrain/mosaic.h"
#include "terrain/source.h"
#include "terrain/vshift.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <stdlib.h>

const char *vg_vdatum_name(enum vg_vdatum vdatum)
{
    static const char *const names[VG_VDATUM_COUNT] = {"", "EGM96", "EGM2008", "ellipsoid"};
    return names[vdatum];
}

/* Finest first; files of like cells stay in the order given. */
static void insert_source(struct vg_terrain *self, const struct vg_source *source)
{
    int at = self->n_sources++;
    while (at > 0 && self->sources[at - 1].cell_m > source->cell_m * (1.0 + 1e-9)) {
        self->sources[at] = self->sources[at - 1];
        at--;
    }
    self->sources[at] = *source;
}

/* A grid of PROJ that is missing is told before anything is decoded. */
static enum vg_status check_datum(const struct vg_source *s, struct vg_error *err)
{
    struct vg_vshift *shift = NULL;
    enum vg_status st = vg_vshift_create(s->vdatum, &shift, err);
    vg_vshift_destroy(shift);
    if (st != VG_OK) {
        vg_error_prefix(err, "%s: heights above %s", s->path, vg_vdatum_name(s->vdatum));
    }
    return st;
}

static enum vg_status open_all(const struct vg_terrain_file *files, int n_files,
                               const struct vg_terrain_options *options, struct vg_terrain *self,
                               struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int i = 0; i < n_files && st == VG_OK; i++) {
        struct vg_source source;
        st = vg_source_inspect(files[i].path, files[i].vdatum, &source, err);
        st = st != VG_OK ? st : check_datum(&source, err);
        if (st == VG_OK) {
            insert_source(self, &source);
        }
    }
    return st == VG_OK && n_files > 0 ? vg_mosaic_build(self, options, err) : st;
}

enum vg_status vg_terrain_open_files(const struct vg_terrain_file *files, int n_files,
                                     const struct vg_terrain_options *options,
                                     struct vg_terrain **out, struct vg_error *err)
{
    static const struct vg_terrain_options none = {NULL, 0};
    struct vg_terrain *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->sources = calloc(n_files > 0 ? (size_t)n_files : 1, sizeof *self->sources);
    }
    if (self == NULL || self->sources == NULL) {
        vg_terrain_destroy(self);
        return vg_no_memory(err);
    }
    /* GDAL's drivers register once for the process; errors come back in our own words. Drivers that
     * know their format's vertical datum (SRTM, DTED) name it only when asked. */
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLSetThreadLocalConfigOption("REPORT_COMPD_CS", "YES");
    enum vg_status st = open_all(files, n_files, options != NULL ? options : &none, self, err);
    CPLSetThreadLocalConfigOption("REPORT_COMPD_CS", NULL);
    CPLPopErrorHandler();
    if (st != VG_OK) {
        vg_terrain_destroy(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

enum vg_status vg_terrain_open(const char *const *paths, int n_paths, struct vg_terrain **out,
                               struct vg_error *err)
{
    const struct vg_terrain_options options = {NULL, INT64_C(1) << 31};
    struct vg_terrain_file *files = calloc(n_paths > 0 ? (size_t)n_paths : 1, sizeof *files);
    if (files == NULL) {
        return vg_no_memory(err);
    }
    for (int i = 0; i < n_paths; i++) {
        files[i] = (struct vg_terrain_file){paths[i], VG_VDATUM_FILE};
    }
    enum vg_status st = vg_terrain_open_files(files, n_paths, &options, out, err);
    free(files);
    return st;
}
