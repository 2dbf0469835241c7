#include "app/load.h"

#include "base/file.h"
#include "config/places.h"
#include "plan/fleet.h"
#include "plan/planner.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PLACES_MAX_BYTES = 64 * 1024 * 1024,
    PLACES_MAX = 1000,
    SCENARIO_MAX_BYTES = 1024 * 1024
};

enum vg_status vg_load_watch(const char *path, struct vg_watchfile *out, struct vg_error *err)
{
    enum vg_status st = vg_watchfile_load(path, vg_file_read, out, err);
    if (st == VG_OK && out->notes[0] != '\0') {
        fprintf(stderr, "%s\n", out->notes);
    }
    return st == VG_OK ? vg_planner_station(out, err) : st;
}

enum vg_status vg_load_check_ids(const struct vg_watchfile *watch, struct vg_error *err)
{
    for (int d = 0; d < watch->n_drones; d++) {
        if (watch->drones[d].sysid == 0) {
            return vg_fail(err, VG_E_INVALID,
                           "a station flies 255 drones at most, as many as there are MAVLink ids; "
                           "the watch has %d: plan with all, fly it in parts",
                           watch->n_drones);
        }
    }
    return VG_OK;
}

static const char *cache_folder(char *buf, size_t size_bytes)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (cache != NULL && cache[0] == '/') {
        vg_format(buf, size_bytes, "%s/vigie/terrain", cache);
    } else if (home != NULL && home[0] == '/') {
        vg_format(buf, size_bytes, "%s/.cache/vigie/terrain", home);
    } else {
        return NULL;
    }
    return buf;
}

/* The files that the i-th pattern names are entries [first[i], first[i + 1]) of `found`. */
static enum vg_status find_files(const struct vg_watchfile *watch, glob_t *found, size_t *first,
                                 struct vg_error *err)
{
    for (int i = 0; i < watch->n_terrain; i++) {
        int rc = glob(watch->terrain[i], i > 0 ? GLOB_APPEND : 0, NULL, found);
        if (rc == GLOB_NOMATCH) {
            return vg_fail(err, VG_E_NOT_FOUND, "no elevation file \"%s\"", watch->terrain[i]);
        }
        if (rc != 0) {
            return vg_fail(err, VG_E_IO, "cannot list \"%s\"", watch->terrain[i]);
        }
        first[i + 1] = found->gl_pathc;
    }
    return VG_OK;
}

static enum vg_vdatum vdatum_of(enum vg_wf_datum datum)
{
    static const enum vg_vdatum of[] = {
        [VG_WF_DATUM_FILE] = VG_VDATUM_FILE,
        [VG_WF_DATUM_EGM96] = VG_VDATUM_EGM96,
        [VG_WF_DATUM_EGM2008] = VG_VDATUM_EGM2008,
        [VG_WF_DATUM_ELLIPSOID] = VG_VDATUM_ELLIPSOID,
    };
    return of[datum];
}

static enum vg_status open_found(const struct vg_watchfile *watch, const glob_t *found,
                                 const size_t *first, struct vg_terrain **out, struct vg_error *err)
{
    char folder[1000];
    struct vg_terrain_options options = {.cache_folder = cache_folder(folder, sizeof folder)};
    struct vg_terrain_file *files = calloc(found->gl_pathc + 1, sizeof *files);
    if (files == NULL) {
        return vg_no_memory(err);
    }
    for (int i = 0; i < watch->n_terrain; i++) {
        for (size_t k = first[i]; k < first[i + 1]; k++) {
            files[k] =
                (struct vg_terrain_file){found->gl_pathv[k], vdatum_of(watch->terrain_datum[i])};
        }
    }
    enum vg_status st = vg_terrain_open_files(files, (int)found->gl_pathc, &options, out, err);
    free(files);
    return st;
}

/* Elevation files that lie elsewhere: with them the ground would silently be taken for flat. */
static enum vg_status expect_ground(const struct vg_watchfile *watch,
                                    const struct vg_terrain *terrain, struct vg_error *err)
{
    const struct vg_network *net = &watch->network;
    for (int k = 0; k < net->n_lines; k++) {
        for (int i = 0; i < net->lines[k].n; i++) {
            if (!isnan(vg_terrain_height_msl_m(terrain, net->lines[k].lat_deg[i],
                                               net->lines[k].lon_deg[i]))) {
                return VG_OK;
            }
        }
    }
    struct vg_terrain_source s;
    vg_terrain_describe(terrain, 0, &s);
    return vg_fail_at(
        err, watch->path, 0, 0,
        "the elevation files cover none of the line: it begins at %.3f, %.3f and \"%s\" "
        "reaches from %.3f, %.3f to %.3f, %.3f; \"vigie terrain check\" names the tiles "
        "that lack",
        net->lines[0].lat_deg[0], net->lines[0].lon_deg[0], watch->terrain[0], s.south_deg,
        s.west_deg, s.north_deg, s.east_deg);
}

enum vg_status vg_load_terrain(const struct vg_watchfile *watch, struct vg_terrain **out,
                               struct vg_error *err)
{
    glob_t found = {0};
    size_t *first = calloc((size_t)watch->n_terrain + 1, sizeof *first);
    enum vg_status st = first != NULL ? find_files(watch, &found, first, err) : vg_no_memory(err);
    if (st == VG_OK) {
        st = open_found(watch, &found, first, out, err);
    }
    if (st == VG_OK && watch->n_terrain > 0) {
        st = expect_ground(watch, *out, err);
    }
    free(first);
    globfree(&found);
    return st;
}

double vg_load_ground_msl_m(const void *terrain, double lat_deg, double lon_deg)
{
    return vg_terrain_height_msl_m(terrain, lat_deg, lon_deg);
}

void vg_load_note_datum(const struct vg_app *app, const struct vg_terrain *terrain)
{
    int n_assumed = 0;
    int n = vg_terrain_n_sources(terrain);
    for (int i = 0; i < n; i++) {
        struct vg_terrain_source s;
        vg_terrain_describe(terrain, i, &s);
        n_assumed += s.is_datum_assumed;
    }
    if (n_assumed > 0 && !app->is_json) {
        fprintf(stderr,
                vg_tr(app->lang, "vigie: the vertical datum of %d of %d elevation files is assumed "
                                 "to be EGM96 (see vigie terrain check)\n"),
                n_assumed, n);
    }
}

enum vg_status vg_load_plan(const char *path, struct vg_plan *out, struct vg_error *err)
{
    struct vg_buf text = {0};
    enum vg_status st = vg_file_read(path, VG_LOAD_PLAN_MAX_BYTES, &text, err);
    if (st == VG_OK) {
        st = vg_plan_parse(vg_buf_text(&text), text.n, path, out, err);
    }
    vg_buf_finish(&text);
    return st;
}

enum vg_status vg_load_plan_of(const char *path, struct vg_watchfile *io, struct vg_plan *out,
                               struct vg_error *err)
{
    enum vg_status st = vg_load_plan(path, out, err);
    if (st == VG_OK) {
        vg_planner_adopt(out, io);
        st = vg_plan_take_fleet(out, io, err);
    }
    return st;
}

enum vg_status vg_load_places(const char *path, struct vg_wf_place **out, int *out_n,
                              struct vg_error *err)
{
    struct vg_buf text = {0};
    enum vg_status st = vg_file_read(path, PLACES_MAX_BYTES, &text, err);
    if (st == VG_OK) {
        st = vg_wf_parse_places(vg_buf_text(&text), text.n, path, out, out_n, err);
    }
    vg_buf_finish(&text);
    if (st == VG_OK && (*out_n < 1 || *out_n > PLACES_MAX)) {
        st = vg_fail(err, VG_E_FORMAT, "%s has %d places; 1 to %d can be compared", path, *out_n,
                     PLACES_MAX);
    }
    return st;
}

enum vg_status vg_load_faults(const struct vg_watchfile *watch, const char *path,
                              const struct vg_option_list *more, struct vg_simscenario *out,
                              struct vg_error *err)
{
    static const char place[] = "--fault";
    struct vg_buf text = {0};
    enum vg_status status = VG_OK;
    out->n_faults = 0;
    if (path != NULL) {
        status = vg_file_read(path, SCENARIO_MAX_BYTES, &text, err);
        if (status == VG_OK) {
            status = vg_simscenario_parse(vg_buf_text(&text), text.n, path, watch, out, err);
        }
        vg_buf_finish(&text);
    }
    for (int i = 0; i < more->n && status == VG_OK; i++) {
        if (out->n_faults == VG_SIMFAULTS_MAX) {
            return vg_fail_at(err, place, i + 1, 1, "more than %d faults", (int)VG_SIMFAULTS_MAX);
        }
        status =
            vg_simfault_parse(more->text[i], place, i + 1, watch, &out->faults[out->n_faults], err);
        out->n_faults += status == VG_OK;
    }
    return status;
}
