#include "config/watchfile.h"

#include "base/arena.h"
#include "base/file.h"
#include "config/watchfile_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(key, member, fallback)                                                                \
    {                                                                                              \
        key, VG_F_TEXT, offsetof(struct vg_watchfile, member),                                     \
            sizeof(((struct vg_watchfile *)0)->member), NULL, NULL, fallback                       \
    }
#define OTHER(key, fallback)                                                                       \
    {                                                                                              \
        key, VG_F_OTHER, 0, 0, NULL, NULL, fallback                                                \
    }

static const struct vg_field TOP_FIELDS[] = {
    TEXT("name", name, NULL),
    OTHER("line", NULL),
    OTHER("terrain", ""),
    OTHER("zones", ""),
    OTHER("places", ""),
    TEXT("attribution", attribution, ""),
    OTHER("bases", NULL),
    OTHER("cameras", NULL),
    OTHER("types", NULL),
    OTHER("drones", NULL),
    OTHER("wind", ""),
    OTHER("serve", ""),
    OTHER("record", ""),
    OTHER("share", ""),
    OTHER("targets", ""),
    OTHER("apart", ""),
    OTHER("radio", ""),
    OTHER("router", ""),
    TEXT("operator", operator_id, ""),
    OTHER("traffic", ""),
    OTHER("measurements", ""),
    OTHER("landings", ""),
};

static const struct vg_field WIND_FIELDS[] = {
    {"from", VG_F_ANGLE, offsetof(struct vg_watchfile, wind_from_deg), 0, "0deg", "360deg", NULL},
    {"speed", VG_F_SPEED, offsetof(struct vg_watchfile, wind_mps), 0, "0 m/s", "60 m/s", NULL},
    OTHER("file", ""), /* in place of both: read_wind */
};

#define SIZE(key, member, fallback)                                                                \
    {                                                                                              \
        key, VG_F_LENGTH, offsetof(struct vg_watchfile, targets.member), 0, "0.01 m", "100 m",     \
            fallback                                                                               \
    }
static const struct vg_field TARGET_FIELDS[] = {
    SIZE("person", person_m, "0.75 m"),
    SIZE("group", group_m, "1.68 m"),
    SIZE("vehicle", vehicle_m, "2.3 m"),
};

#define APART(key, member, lo, hi, fallback)                                                       \
    {                                                                                              \
        key, VG_F_LENGTH, offsetof(struct vg_watchfile, apart.member), 0, lo, hi, fallback         \
    }
static const struct vg_field APART_FIELDS[] = {
    APART("horizontal", horizontal_m, "0 m", "10 km", "100 m"),
    APART("vertical", vertical_m, "0 m", "1 km", "30 m"),
    APART("layer", layer_m, "1 m", "1 km", "40 m"),
};

static const struct vg_field RADIO_FIELDS[] = {
    {"range", VG_F_LENGTH, offsetof(struct vg_watchfile, radio.range_m), 0, "100 m", "500 km", ""},
    OTHER("required", ""),
};

static const struct vg_field SERVE_FIELDS[] = {
    TEXT("listen", listen, "127.0.0.1:8080"),
};

static const struct vg_field SHARE_FIELDS[] = {
    TEXT("tak", tak, ""),
    TEXT("hq", hq, ""),
};

void *vg_wf_calloc(const struct vg_wf_reader *self, size_t n, size_t size_bytes)
{
    void *p = calloc(n, size_bytes);
    if (p == NULL) {
        vg_fail(self->r.err, VG_E_NO_MEMORY, "out of memory");
    }
    return p;
}

enum vg_status vg_wf_path(const struct vg_wf_reader *self, const struct vg_yaml *node, char *out,
                          size_t size_bytes)
{
    char path[2048];
    enum vg_status status = vg_fields_expect(&self->r, node, VG_YAML_TEXT);
    if (status != VG_OK) {
        return status;
    }
    if (strlen(node->text) + strlen(self->r.place) + 2 > sizeof path) {
        path[0] = '\0';
    } else {
        vg_path_beside(self->r.place, node->text, path, sizeof path);
    }
    if (path[0] == '\0' || strlen(path) >= size_bytes || strpbrk(path, "\n\t") != NULL) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "\"%s\" is no path of at most %zu bytes", vg_fields_name(node),
                          size_bytes - 1);
    }
    vg_format(out, size_bytes, "%s", path);
    return VG_OK;
}

enum vg_status vg_wf_read_beside(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                 char *out_path, size_t size_bytes, struct vg_buf *out)
{
    enum vg_status status = vg_wf_path(self, node, out_path, size_bytes);
    if (status != VG_OK) {
        return status;
    }
    struct vg_error local = {.lang = self->r.err != NULL ? self->r.err->lang : VG_LANG_EN};
    if (self->read(out_path, VG_WF_MAX_DATA_BYTES, out, &local) == VG_OK) {
        return VG_OK;
    }
    /* The place that the user can mend is the line that names the file. */
    return vg_fail_at(self->r.err, self->r.place, node->line, node->column, "%s: %s", out_path,
                      local.message);
}

/* A path, or {file: path, datum: EGM96}. */
static enum vg_status read_elevation(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                     char *path, size_t size_bytes, enum vg_wf_datum *out_datum)
{
    static const char NAMES[][12] = {"EGM96", "EGM2008", "ellipsoid"};
    static const struct vg_field FIELDS[] = {OTHER("file", NULL), OTHER("datum", "")};
    struct vg_yaml item = *node;
    item.key = "terrain";
    if (node->kind != VG_YAML_MAP) {
        return vg_wf_path(self, &item, path, size_bytes);
    }
    const struct vg_yaml *datum = vg_yaml_find(node, "datum");
    int choice = 0;
    /* Both keys are read below. */
    enum vg_status status = vg_fields_read(&self->r, &item, FIELDS, COUNT(FIELDS), path);
    if (status == VG_OK) {
        status = vg_wf_path(self, vg_yaml_find(node, "file"), path, size_bytes);
    }
    if (status == VG_OK && datum != NULL) {
        status = vg_fields_choice(&self->r, datum, "datum", NAMES[0], sizeof NAMES[0], COUNT(NAMES),
                                  &choice);
        *out_datum = status == VG_OK ? (enum vg_wf_datum)(choice + 1) : *out_datum;
    }
    return status;
}

static enum vg_status read_terrain(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                   struct vg_watchfile *wf)
{
    const struct vg_yaml *node = vg_yaml_find(root, "terrain");
    if (node == NULL) {
        return VG_OK;
    }
    const struct vg_yaml *first = node->kind == VG_YAML_LIST ? node->first : node;
    int n = node->kind == VG_YAML_LIST ? node->n : 1;
    if (n == 0) {
        return VG_OK;
    }
    wf->terrain = vg_wf_calloc(self, (size_t)n, sizeof *wf->terrain);
    wf->terrain_datum = vg_wf_calloc(self, (size_t)n, sizeof *wf->terrain_datum);
    if (wf->terrain == NULL || wf->terrain_datum == NULL) {
        return VG_E_NO_MEMORY;
    }
    enum vg_status status = VG_OK;
    for (int i = 0; i < n && status == VG_OK; i++) {
        status = read_elevation(self, first, wf->terrain[i], sizeof wf->terrain[0],
                                &wf->terrain_datum[i]);
        wf->n_terrain++;
        first = first->next;
    }
    return status;
}

static enum vg_status read_zones(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                 struct vg_watchfile *wf)
{
    char path[1024];
    struct vg_buf text = {0};
    const struct vg_yaml *node = vg_yaml_find(root, "zones");
    if (node == NULL) {
        return VG_OK;
    }
    enum vg_status status = vg_wf_read_beside(self, node, path, sizeof path, &text);
    if (status == VG_OK) {
        status = vg_vector_to_geojson(&text, path, VG_VECTOR_ZONES, wf->notes, self->r.err);
    }
    if (status == VG_OK) {
        status = vg_wf_parse_zones(vg_buf_text(&text), text.n, path, &wf->zones, &wf->n_zones,
                                   self->r.err);
    }
    vg_buf_finish(&text);
    return status;
}

static enum vg_status read_places(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                  struct vg_watchfile *wf)
{
    char path[1024];
    struct vg_buf text = {0};
    const struct vg_yaml *node = vg_yaml_find(root, "places");
    if (node == NULL) {
        return VG_OK;
    }
    enum vg_status status = vg_wf_read_beside(self, node, path, sizeof path, &text);
    if (status == VG_OK) {
        status = vg_wf_parse_places(vg_buf_text(&text), text.n, path, &wf->places, &wf->n_places,
                                    self->r.err);
    }
    vg_buf_finish(&text);
    return status;
}

/* A wind that some type cannot fly against leaves it drifting: no plan holds. */
static enum vg_status check_wind(const struct vg_wf_reader *self, const struct vg_yaml *wind,
                                 const struct vg_watchfile *wf)
{
    for (int i = 0; i < wf->n_types; i++) {
        if (wf->wind_mps >= wf->types[i].cruise_mps) {
            return vg_fail_at(
                self->r.err, self->r.place, wind->line, wind->column,
                "the wind of %g m/s is as fast as type \"%s\" flies (%g m/s): it would "
                "not come home; a wind below that or a faster type can be planned",
                wf->wind_mps, wf->types[i].name, wf->types[i].cruise_mps);
        }
    }
    return VG_OK;
}

/* {from, speed}, or {file} with a row for each hour. */
static enum vg_status read_wind(const struct vg_wf_reader *self, const struct vg_yaml *wind,
                                struct vg_watchfile *wf)
{
    static const struct vg_field FILE_FIELDS[] = {OTHER("file", NULL)};
    bool is_file = wind->kind == VG_YAML_MAP && vg_yaml_find(wind, "file") != NULL;
    enum vg_status status =
        is_file ? vg_fields_read(&self->r, wind, FILE_FIELDS, COUNT(FILE_FIELDS), wf)
                : vg_fields_read(&self->r, wind, WIND_FIELDS, COUNT(WIND_FIELDS), wf);
    if (status == VG_OK) {
        status = is_file ? vg_wf_read_wind_file(self, vg_yaml_find(wind, "file"), wf)
                         : check_wind(self, wind, wf);
    }
    return status;
}

static enum vg_status check_listen(const struct vg_wf_reader *self, const struct vg_yaml *serve,
                                   const struct vg_watchfile *wf)
{
    double port = 0;
    const char *colon = strrchr(wf->listen, ':');
    if (colon != NULL && colon > wf->listen && vg_fields_decimal(colon + 1, &port) && port >= 1 &&
        port <= 65535 && port == (double)(int)port) {
        return VG_OK;
    }
    const struct vg_yaml *at = vg_yaml_find(serve, "listen");
    at = at != NULL ? at : serve;
    return vg_fail_at(self->r.err, self->r.place, at->line, at->column,
                      "expected HOST:PORT such as 127.0.0.1:8080, got \"%s\"", wf->listen);
}

static enum vg_status read_radio(const struct vg_wf_reader *self, const struct vg_yaml *radio,
                                 struct vg_watchfile *wf)
{
    enum vg_status status = vg_fields_read(&self->r, radio, RADIO_FIELDS, COUNT(RADIO_FIELDS), wf);
    const struct vg_yaml *required = status == VG_OK ? vg_yaml_find(radio, "required") : NULL;
    if (required != NULL) {
        status = vg_fields_expect(&self->r, required, VG_YAML_TEXT);
    }
    if (required != NULL && status == VG_OK) {
        wf->radio.is_required = strcmp(required->text, "true") == 0;
        if (!wf->radio.is_required && strcmp(required->text, "false") != 0) {
            status =
                vg_fail_at(self->r.err, self->r.place, required->line, required->column,
                           "\"%s\" must be true or false, not \"%s\"", "required", required->text);
        }
    }
    wf->radio.is_given = true;
    return status;
}

static enum vg_status read_landings(const struct vg_wf_reader *self, const struct vg_yaml *landings,
                                    struct vg_watchfile *wf)
{
    enum vg_status status = vg_fields_expect(&self->r, landings, VG_YAML_TEXT);
    if (status != VG_OK) {
        return status;
    }
    wf->may_land_elsewhere = strcmp(landings->text, "any") == 0;
    if (!wf->may_land_elsewhere && strcmp(landings->text, "home") != 0) {
        status = vg_fail_at(self->r.err, self->r.place, landings->line, landings->column,
                            "\"landings\" must be home or any, not \"%s\"", landings->text);
    }
    return status;
}

static enum vg_status read_small_sections(const struct vg_wf_reader *self,
                                          const struct vg_yaml *root, struct vg_watchfile *wf)
{
    const struct vg_yaml *wind = vg_yaml_find(root, "wind");
    const struct vg_yaml *serve = vg_yaml_find(root, "serve");
    const struct vg_yaml *share = vg_yaml_find(root, "share");
    const struct vg_yaml *record = vg_yaml_find(root, "record");
    const struct vg_yaml *targets = vg_yaml_find(root, "targets");
    const struct vg_yaml *apart = vg_yaml_find(root, "apart");
    const struct vg_yaml nothing = {.kind = VG_YAML_MAP};
    enum vg_status status = VG_OK;
    vg_format(wf->listen, sizeof wf->listen, "127.0.0.1:8080");
    if (wind != NULL) {
        status = read_wind(self, wind, wf);
    }
    if (status == VG_OK && serve != NULL) {
        status = vg_fields_read(&self->r, serve, SERVE_FIELDS, COUNT(SERVE_FIELDS), wf);
        status = status != VG_OK ? status : check_listen(self, serve, wf);
    }
    if (status == VG_OK) {
        status = vg_fields_read(&self->r, targets != NULL ? targets : &nothing, TARGET_FIELDS,
                                COUNT(TARGET_FIELDS), wf);
    }
    if (status == VG_OK) {
        status = vg_fields_read(&self->r, apart != NULL ? apart : &nothing, APART_FIELDS,
                                COUNT(APART_FIELDS), wf);
    }
    if (status == VG_OK && vg_yaml_find(root, "radio") != NULL) {
        status = read_radio(self, vg_yaml_find(root, "radio"), wf);
    }
    if (status == VG_OK && vg_yaml_find(root, "router") != NULL) {
        status = vg_wf_read_routers(self, vg_yaml_find(root, "router"), wf);
    }
    if (status == VG_OK && vg_yaml_find(root, "measurements") != NULL) {
        status = vg_wf_read_measurements(self, vg_yaml_find(root, "measurements"), wf);
    }
    if (status == VG_OK) {
        status = vg_wf_read_traffic(self, vg_yaml_find(root, "traffic"), &wf->traffic);
    }
    if (status == VG_OK && vg_yaml_find(root, "landings") != NULL) {
        status = read_landings(self, vg_yaml_find(root, "landings"), wf);
    }
    if (status == VG_OK && share != NULL) {
        status = vg_fields_read(&self->r, share, SHARE_FIELDS, COUNT(SHARE_FIELDS), wf);
    }
    if (status == VG_OK && record != NULL) {
        status = vg_wf_path(self, record, wf->record, sizeof wf->record);
    }
    return status;
}

static enum vg_status read_root(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                struct vg_watchfile *wf)
{
    struct vg_yaml top = *root;
    top.key = "watch";
    enum vg_status status = vg_fields_read(&self->r, &top, TOP_FIELDS, COUNT(TOP_FIELDS), wf);
    if (status == VG_OK) {
        status = read_terrain(self, root, wf);
    }
    if (status == VG_OK) {
        status = vg_wf_read_fleet(self, root, wf);
    }
    if (status == VG_OK) { /* after the fleet: an area's rows lie as its cameras see */
        status = vg_wf_read_lines(self, vg_yaml_find(root, "line"), wf);
    }
    if (status == VG_OK) {
        status = read_small_sections(self, root, wf);
    }
    if (status == VG_OK) {
        status = read_zones(self, root, wf);
    }
    if (status == VG_OK) {
        status = vg_wf_check_bases(self, root, wf);
    }
    if (status == VG_OK) {
        status = read_places(self, root, wf);
    }
    return status;
}

enum vg_status vg_watchfile_parse(const char *yaml, size_t n, const char *path, vg_read_fn read,
                                  struct vg_watchfile *out, struct vg_error *err)
{
    struct vg_arena arena = {0};
    struct vg_yaml *root = NULL;
    struct vg_watchfile wf = {0};
    struct vg_wf_reader self = {.r = {.place = path, .err = err}, .read = read};
    vg_format(wf.path, sizeof wf.path, "%s", path);
    enum vg_status status = vg_yaml_parse(yaml, n, path, &arena, &root, err);
    if (status == VG_OK) {
        status = read_root(&self, root, &wf);
    }
    vg_arena_finish(&arena);
    if (status != VG_OK) {
        vg_watchfile_finish(&wf);
        return status;
    }
    *out = wf;
    return VG_OK;
}

enum vg_status vg_watchfile_load(const char *path, vg_read_fn read, struct vg_watchfile *out,
                                 struct vg_error *err)
{
    struct vg_buf text = {0};
    enum vg_status status = read(path, VG_YAML_MAX_BYTES, &text, err);
    if (status == VG_OK) {
        status = vg_watchfile_parse(vg_buf_text(&text), text.n, path, read, out, err);
    }
    vg_buf_finish(&text);
    return status;
}

void vg_watchfile_finish(struct vg_watchfile *self)
{
    vg_network_finish(&self->network);
    free(self->terrain);
    free(self->terrain_datum);
    vg_wf_free_zones(self->zones, self->n_zones);
    free(self->bases);
    free(self->cameras);
    free(self->types);
    free(self->drones);
    free(self->places);
    *self = (struct vg_watchfile){0};
}

struct vg_wf_wind vg_watchfile_wind_at(const struct vg_watchfile *self, double t_s)
{
    if (!self->has_wind_hours) {
        return (struct vg_wf_wind){self->wind_from_deg, self->wind_mps};
    }
    double day_s = t_s - VG_DAY_S * floor(t_s / VG_DAY_S);
    return self->wind_hours[(int)(day_s / VG_HOUR_S) % VG_DAY_HOURS];
}

int vg_watchfile_find_drone(const struct vg_watchfile *self, const char *id)
{
    for (int k = 0; k < self->n_drones; k++) {
        if (strcmp(self->drones[k].id, id) == 0) {
            return k;
        }
    }
    return -1;
}

int vg_watchfile_find_base(const struct vg_watchfile *self, const char *name)
{
    for (int k = 0; k < self->n_bases; k++) {
        if (strcmp(self->bases[k].name, name) == 0) {
            return k;
        }
    }
    return -1;
}

int vg_watchfile_find_type(const struct vg_watchfile *self, const char *name)
{
    for (int k = 0; k < self->n_types; k++) {
        if (strcmp(self->types[k].name, name) == 0) {
            return k;
        }
    }
    return -1;
}

const struct vg_wf_type *vg_watchfile_type_of(const struct vg_watchfile *self, const char *drone)
{
    int k = vg_watchfile_find_drone(self, drone);
    return k < 0 ? NULL : &self->types[self->drones[k].type];
}
