/* The watch file: any bytes give a watch that keeps its promises or an error that says where. */
#include "config/watchfile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char LINE[] = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                           "\"properties\":{\"name\":\"Kayes\"},"
                           "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[-12,14],[-11,"
                           "15],[-8,15]]}},{\"type\":\"Feature\","
                           "\"properties\":{\"name\":\"South\"},\"geometry\":{\"type\":"
                           "\"LineString\",\"coordinates\":[[-12,13],[-11,13]]}}]}";

static enum vg_status read_named(const char *path, size_t max_bytes, struct vg_buf *out,
                                 struct vg_error *err)
{
    (void)max_bytes;
    if (strstr(path, "geojson") != NULL && strstr(path, "zones") == NULL) {
        vg_buf_puts(out, LINE);
        return VG_OK;
    }
    if (strstr(path, ".csv") != NULL) {
        vg_buf_puts(out, "name,lat,lon\nKayes,14.4,-11.4\n");
        return VG_OK;
    }
    if (strstr(path, "zones") != NULL) {
        vg_buf_puts(out, "{\"type\":\"FeatureCollection\",\"features\":[]}");
        return VG_OK;
    }
    return vg_fail(err, VG_E_IO, "cannot read");
}

static void require(bool is_kept)
{
    if (!is_kept) {
        abort();
    }
}

static void check(const struct vg_watchfile *wf)
{
    require(wf->n_bases > 0 && wf->n_types > 0 && wf->n_cameras > 0);
    require(wf->n_drones > 0 && wf->n_drones <= 255);
    for (int i = 0; i < wf->n_drones; i++) {
        const struct vg_wf_drone *d = &wf->drones[i];
        require(d->type >= 0 && d->type < wf->n_types && d->base >= 0 && d->base < wf->n_bases);
        require(d->sysid >= 1 && d->sysid <= 255 && d->id[0] != '\0');
        for (int k = 0; k < i; k++) {
            require(wf->drones[k].sysid != d->sysid && strcmp(wf->drones[k].id, d->id) != 0);
        }
    }
    for (int i = 0; i < wf->n_types; i++) {
        require(wf->types[i].camera >= 0 && wf->types[i].camera < wf->n_cameras);
        require(wf->types[i].cruise_mps > wf->wind_mps && wf->types[i].reserve <= 0.9);
    }
    for (int i = 0; i < wf->network.n_stretches; i++) {
        const struct vg_stretch *s = &wf->network.stretches[i];
        require(s->line >= 0 && s->line < wf->network.n_lines && s->from_m < s->to_m);
        require(s->revisit_s > 0 && s->depth_m > 0);
        require(s->to_m <= wf->network.lines[s->line].length_m);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_watchfile wf = {0};
    struct vg_error err = {.lang = size % 2 == 0 ? VG_LANG_FR : VG_LANG_EN};
    if (size > 1 << 16) {
        return 0;
    }
    enum vg_status status =
        vg_watchfile_parse((const char *)data, size, "w.yaml", read_named, &wf, &err);
    if (status == VG_OK) {
        check(&wf);
    } else {
        require(err.status == status && err.message[0] != '\0');
    }
    vg_watchfile_finish(&wf);
    return 0;
}
