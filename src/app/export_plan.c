#include "app/export_plan.h"

#include "app/load.h"

#include "base/file.h"
#include "fly/export.h"
#include "plan/planner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef void (*many_fn)(const struct vg_watchfile *watch, const struct vg_export_sortie *sorties,
                        int n, struct vg_buf *out);

/* In "qgc" a file is one sortie. */
static const struct {
    const char *as;
    many_fn put;
} FORMATS[] = {
    {"qgc", NULL}, {"kml", vg_export_kml}, {"geojson", vg_export_geojson}, {"gpx", vg_export_gpx}};
enum {
    N_FORMATS = sizeof FORMATS / sizeof FORMATS[0]
};

struct work {
    const struct vg_app *app;
    const struct vg_export_plan *wanted;
    many_fn put;
    struct vg_watchfile watch;
    struct vg_plan plan;
    struct vg_terrain *terrain;
    struct vg_export_sortie *sorties;
    int n;
    struct vg_radio_report radio;
};

static int format_of(const char *as)
{
    for (int i = 0; i < N_FORMATS; i++) {
        if (strcmp(FORMATS[i].as, as) == 0) {
            return i;
        }
    }
    return -1;
}

bool vg_export_plan_knows(const char *as)
{
    return format_of(as) >= 0;
}

/* A record is an SQLite file: its bytes as JSON would say nothing to a person. */
static bool is_record(const char *path)
{
    static const char MAGIC[] = "SQLite format 3";
    char head[sizeof MAGIC] = "";
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(head, 1, sizeof head, f) : 0;
    if (f != NULL) {
        fclose(f);
    }
    return n == sizeof head && memcmp(head, MAGIC, sizeof head) == 0;
}

static enum vg_status load(struct work *self, struct vg_error *err)
{
    if (is_record(self->wanted->plan)) {
        return vg_fail(err, VG_E_FORMAT, "%s is a record; --as %s takes a plan (vigie plan -o)",
                       self->wanted->plan, self->wanted->as);
    }
    enum vg_status st = vg_load_watch(self->wanted->watch, &self->watch, err);
    if (st == VG_OK) {
        st = vg_load_plan_of(self->wanted->plan, &self->watch, &self->plan, err);
    }
    if (st == VG_OK) {
        st = vg_load_terrain(&self->watch, &self->terrain, err);
    }
    if (st == VG_OK && vg_terrain_is_flat(self->terrain) && !self->app->is_json) {
        fputs(vg_tr(self->app->lang, "vigie: the watch has no elevation files: these heights take "
                                     "the ground to be at sea level\n"),
              stderr);
    }
    if (st == VG_OK && self->watch.radio.is_given) {
        st = vg_radio_listen(&self->plan, &self->watch, self->terrain, &self->radio, err);
    }
    return st;
}

/* Silences stand in the order of the sorties. */
static void lend_silences(const struct work *self, int sortie, struct vg_export_sortie *out)
{
    for (int k = 0; k < self->radio.n_silences; k++) {
        if (self->radio.silences[k].sortie == sortie) {
            out->silences = out->n_silences == 0 ? &self->radio.silences[k] : out->silences;
            out->n_silences++;
        }
    }
}

/* ArduPilot keeps the number of a polygon's corners in a byte. */
static void note_large_fences(const struct work *self)
{
    enum {
        CORNERS_MAX = 255
    };
    for (int i = 0; i < self->watch.n_zones; i++) {
        const struct vg_wf_zone *z = &self->watch.zones[i];
        bool is_fence = z->kind == VG_ZONE_GEOFENCE || z->kind == VG_ZONE_NO_FLY;
        if (is_fence && z->n - 1 > CORNERS_MAX) {
            fprintf(stderr,
                    vg_tr(self->app->lang, "vigie: ArduPilot takes polygons of at most %d corners "
                                           "as fence; zone \"%s\" has %d: draw it simpler\n"),
                    (int)CORNERS_MAX, z->name, z->n - 1);
        }
    }
}

static enum vg_status make_sorties(struct work *self, struct vg_error *err)
{
    bool is_terrain =
        self->wanted->heights != NULL && strcmp(self->wanted->heights, "terrain") == 0;
    struct vg_export_options options = {
        .route = {self->wanted->is_px4 ? VG_MAV_AUTOPILOT_PX4 : VG_MAV_AUTOPILOT_ARDUPILOTMEGA,
                  {vg_load_ground_msl_m, self->terrain}},
        .heights = is_terrain ? VG_EXPORT_TERRAIN : VG_EXPORT_MSL};
    self->sorties = calloc((size_t)self->plan.n_sorties + 1, sizeof *self->sorties);
    if (self->sorties == NULL) {
        return vg_no_memory(err);
    }
    for (int i = 0; i < self->plan.n_sorties; i++) {
        const struct vg_plan_sortie *s = &self->plan.sorties[i];
        if (self->wanted->sortie != NULL && strcmp(self->wanted->sortie, s->id) != 0) {
            continue;
        }
        enum vg_status st = vg_export_make(s, &self->watch, &options, &self->sorties[self->n], err);
        if (st != VG_OK) {
            return st;
        }
        lend_silences(self, i, &self->sorties[self->n]);
        self->n++;
    }
    if (self->wanted->sortie != NULL && self->n == 0) {
        return vg_fail(err, VG_E_FORMAT, "%s has no sortie \"%s\"", self->wanted->plan,
                       self->wanted->sortie);
    }
    return VG_OK;
}

static enum vg_status write_text(const char *path, const struct vg_buf *text, struct vg_error *err)
{
    return text->is_failed ? vg_no_memory(err)
                           : vg_file_write(path, vg_buf_text(text), text->n, err);
}

static enum vg_status write_together(const struct work *self, struct vg_error *err)
{
    struct vg_buf text = {0};
    if (self->put != NULL) {
        self->put(&self->watch, self->sorties, self->n, &text);
    } else {
        vg_export_qgc(&self->sorties[0], &text);
    }
    enum vg_status st = write_text(self->wanted->out, &text, err);
    vg_buf_finish(&text);
    return st;
}

/* The sortie's id as a file name: what a path would take for something else becomes '_'. */
static void name_file(const char *folder, const char *id, char *buf, size_t size_bytes)
{
    char name[64];
    vg_format(name, sizeof name, "%s", id);
    for (char *c = name; *c != '\0'; c++) {
        bool is_bad = (unsigned char)*c < 0x20 || strchr("/\\:*?\"<>|", *c) != NULL;
        *c = is_bad || (c == name && *c == '.') ? '_' : *c;
    }
    vg_format(buf, size_bytes, "%s/%s.plan", folder, name);
}

static enum vg_status check_names(const struct work *self, struct vg_error *err)
{
    for (int i = 0; i < self->n; i++) {
        for (int k = 0; k < i; k++) {
            char a[128];
            char b[128];
            name_file("", self->sorties[i].sortie->id, a, sizeof a);
            name_file("", self->sorties[k].sortie->id, b, sizeof b);
            if (strcmp(a, b) == 0) {
                return vg_fail(err, VG_E_FORMAT,
                               "sorties \"%s\" and \"%s\" would have one file name; export them "
                               "with --sortie",
                               self->sorties[k].sortie->id, self->sorties[i].sortie->id);
            }
        }
    }
    return VG_OK;
}

static enum vg_status write_folder(const struct work *self, struct vg_error *err)
{
    enum vg_status st = check_names(self, err);
    if (st == VG_OK && mkdir(self->wanted->out, 0777) != 0 && errno != EEXIST) {
        return vg_fail_errno(err, errno, "cannot make the folder %s", self->wanted->out);
    }
    for (int i = 0; i < self->n && st == VG_OK; i++) {
        char path[4096];
        struct vg_buf text = {0};
        name_file(self->wanted->out, self->sorties[i].sortie->id, path, sizeof path);
        vg_export_qgc(&self->sorties[i], &text);
        st = write_text(path, &text, err);
        vg_buf_finish(&text);
    }
    return st;
}

static void finish(struct work *self)
{
    for (int i = 0; i < self->n; i++) {
        vg_export_finish(&self->sorties[i]);
    }
    free(self->sorties);
    vg_radio_finish(&self->radio);
    vg_terrain_destroy(self->terrain);
    vg_plan_finish(&self->plan);
    vg_watchfile_finish(&self->watch);
}

int vg_export_plan_run(const struct vg_app *app, const struct vg_export_plan *wanted)
{
    struct vg_error err = {.lang = app->lang};
    struct work self = {.app = app, .wanted = wanted, .put = FORMATS[format_of(wanted->as)].put};
    enum vg_status st = load(&self, &err);
    if (st == VG_OK && self.put == NULL && !wanted->is_px4 && !app->is_json) {
        note_large_fences(&self);
    }
    if (st == VG_OK) {
        st = make_sorties(&self, &err);
    }
    if (st == VG_OK) {
        bool is_folder = self.put == NULL && wanted->sortie == NULL;
        st = is_folder ? write_folder(&self, &err) : write_together(&self, &err);
    }
    finish(&self);
    return st == VG_OK ? 0 : vg_app_fail(app, &err);
}
