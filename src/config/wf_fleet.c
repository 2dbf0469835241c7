/* Bases, cameras, types and drones of the watch file. */
#include "base/text.h"
#include "config/watchfile_priv.h"

#include <string.h>

#define FIELD(kind, key, strukt, member, lo, hi, fallback)                                         \
    {                                                                                              \
        key, VG_F_##kind, offsetof(struct strukt, member), sizeof(((struct strukt *)0)->member),   \
            lo, hi, fallback                                                                       \
    }
#define OTHER(key, fallback)                                                                       \
    {                                                                                              \
        key, VG_F_OTHER, 0, 0, NULL, NULL, fallback                                                \
    }
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum {
    WORD_SIZE = 12 /* of a choice's words, with its NUL */
};

static const struct vg_field BASE_FIELDS[] = {
    FIELD(TEXT, "name", vg_wf_base, name, NULL, NULL, NULL),
    OTHER("at", NULL),
    FIELD(INT, "pads", vg_wf_base, pads, "1", "1000", "1"),
    FIELD(LENGTH, "mast", vg_wf_base, mast_m, "0 m", "1 km", "10 m"),
    OTHER("closed", ""),
};

static const struct vg_field CAMERA_FIELDS[] = {
    OTHER("pixels", NULL),
    OTHER("hfov", NULL),
    OTHER("gimbal", ""),
    OTHER("light", ""),
    FIELD(LENGTH, "max_gsd", vg_wf_camera, max_gsd_m, "0.001 m", "1 km", "2.5 m"),
    FIELD(LENGTH, "max_range", vg_wf_camera, max_range_m, "10 m", "200 km", "8 km"),
};

static const struct vg_field TYPE_FIELDS[] = {
    FIELD(SPEED, "cruise", vg_wf_type, cruise_mps, "1 m/s", "200 m/s", NULL),
    FIELD(DURATION, "endurance", vg_wf_type, endurance_s, "1min", "30d", NULL),
    FIELD(SHARE, "reserve", vg_wf_type, reserve, "0%", "90%", "20%"),
    FIELD(DURATION, "turnaround", vg_wf_type, turnaround_s, "0s", "7d", "30min"),
    FIELD(SPEED, "climb", vg_wf_type, climb_mps, "0.1 m/s", "100 m/s", "3 m/s"),
    FIELD(SPEED, "sink", vg_wf_type, sink_mps, "0.1 m/s", "100 m/s", ""),
    FIELD(LENGTH, "agl", vg_wf_type, agl_m, "10 m", "10 km", "120 m"),
    FIELD(LENGTH, "floor", vg_wf_type, floor_m, "5 m", "10 km", ""),
    FIELD(LENGTH, "ceiling", vg_wf_type, ceiling_m, "10 m", "20 km", ""),
    OTHER("camera", ""),
    OTHER("kind", ""),
    OTHER("maintenance", ""),
};

/* One entry of the list, which may stand for several drones. */
struct drone_entry {
    struct vg_wf_drone drone;
    int count;
};

static const struct vg_field DRONE_FIELDS[] = {
    FIELD(TEXT, "id", drone_entry, drone.id, NULL, NULL, NULL),
    OTHER("type", ""),
    OTHER("base", ""),
    OTHER("link", ""),
    FIELD(INT, "sysid", drone_entry, drone.sysid, "1", "255", ""),
    OTHER("key", ""),
    FIELD(INT, "count", drone_entry, count, "1", "1000", "1"),
};

/* Check that a section is there, of its kind, with 1 to max entries. */
static enum vg_status expect_entries(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                     const char *key, enum vg_yaml_kind kind, int max,
                                     const struct vg_yaml **out)
{
    const struct vg_yaml *node = vg_yaml_find(root, key);
    if (node == NULL) {
        return vg_fail_at(self->r.err, self->r.place, root->line, root->column, "\"%s\" is missing",
                          key);
    }
    enum vg_status status = vg_fields_expect(&self->r, node, kind);
    if (status == VG_OK && node->n == 0) {
        status = vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                            "\"%s\" is empty; at least one is needed", key);
    }
    if (status == VG_OK && node->n > max) {
        status = vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                            "\"%s\" has %d entries, more than %d", key, node->n, max);
    }
    *out = node;
    return status;
}

static enum vg_status fail_twice(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                 const char *key, const char *value)
{
    const struct vg_yaml *at = vg_yaml_find(map, key);
    at = at != NULL ? at : map;
    return vg_fail_at(self->r.err, self->r.place, at->line, at->column, "%s \"%s\" is used twice",
                      key, value);
}

static enum vg_status read_bases(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                 struct vg_watchfile *wf)
{
    const struct vg_yaml *list = NULL;
    enum vg_status status =
        expect_entries(self, root, "bases", VG_YAML_LIST, VG_WF_MAX_BASES, &list);
    if (status != VG_OK) {
        return status;
    }
    wf->bases = vg_wf_calloc(self, (size_t)list->n, sizeof *wf->bases);
    if (wf->bases == NULL) {
        return VG_E_NO_MEMORY;
    }
    for (const struct vg_yaml *m = list->first; m != NULL && status == VG_OK; m = m->next) {
        struct vg_wf_base *base = &wf->bases[wf->n_bases];
        status = vg_fields_read(&self->r, m, BASE_FIELDS, COUNT(BASE_FIELDS), base);
        if (status == VG_OK) {
            status =
                vg_fields_lat_lon(&self->r, vg_yaml_find(m, "at"), &base->lat_deg, &base->lon_deg);
        }
        if (status == VG_OK) {
            status = vg_wf_read_closed(self, m, base);
        }
        for (int i = 0; i < wf->n_bases && status == VG_OK; i++) {
            if (strcmp(wf->bases[i].name, base->name) == 0) {
                status = fail_twice(self, m, "name", base->name);
            }
        }
        wf->n_bases++;
    }
    return status;
}

static enum vg_status read_pixels(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                  struct vg_wf_camera *camera)
{
    if (node->kind != VG_YAML_LIST || node->n != 2) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "\"%s\" must be [width, height]", "pixels");
    }
    struct vg_yaml width = *node->first;
    struct vg_yaml height = *node->last;
    width.key = height.key = "pixels";
    enum vg_status status = vg_fields_int(&self->r, &width, 16, 65535, &camera->width_px);
    return status != VG_OK ? status
                           : vg_fields_int(&self->r, &height, 16, 65535, &camera->height_px);
}

/* "hfov: 60deg" for a fixed lens, "hfov: [6deg, 60deg]" for a zoom. */
static enum vg_status read_hfov(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                struct vg_wf_camera *camera)
{
    static const struct vg_field ANGLE = {
        .key = "hfov", .kind = VG_F_ANGLE, .lo = "0.1deg", .hi = "170deg"};
    enum vg_status status = VG_OK;
    if (node->kind == VG_YAML_TEXT) {
        status = vg_fields_quantity(&self->r, node, &ANGLE, &camera->hfov_min_deg);
        camera->hfov_max_deg = camera->hfov_min_deg;
        return status;
    }
    if (node->kind != VG_YAML_LIST || node->n != 2) {
        return vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                          "\"%s\" must be one angle or [narrowest, widest]", "hfov");
    }
    struct vg_yaml narrow = *node->first;
    struct vg_yaml wide = *node->last;
    narrow.key = wide.key = "hfov";
    status = vg_fields_quantity(&self->r, &narrow, &ANGLE, &camera->hfov_min_deg);
    if (status == VG_OK) {
        status = vg_fields_quantity(&self->r, &wide, &ANGLE, &camera->hfov_max_deg);
    }
    if (status == VG_OK && camera->hfov_min_deg > camera->hfov_max_deg) {
        status = vg_fail_at(self->r.err, self->r.place, node->line, node->column,
                            "\"%s\" must be one angle or [narrowest, widest]", "hfov");
    }
    return status;
}

/* One word of a few; the first where the key is left out. */
static enum vg_status read_word(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                const char *key, const char (*names)[WORD_SIZE], int n_names,
                                int *out)
{
    const struct vg_yaml *node = vg_yaml_find(map, key);
    *out = 0;
    return node != NULL ? vg_fields_choice(&self->r, node, key, names[0], WORD_SIZE, n_names, out)
                        : VG_OK;
}

static enum vg_status read_gimbal(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                  struct vg_wf_camera *camera)
{
    static const char NAMES[][WORD_SIZE] = {"fixed", "2-axis", "3-axis"};
    int choice = VG_GIMBAL_FIXED;
    enum vg_status status = read_word(self, map, "gimbal", NAMES, COUNT(NAMES), &choice);
    camera->gimbal = (enum vg_gimbal)choice;
    return status;
}

static enum vg_status read_light(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                 struct vg_wf_camera *camera)
{
    static const char NAMES[][WORD_SIZE] = {"any", "day"};
    int choice = VG_LIGHT_ANY;
    enum vg_status status = read_word(self, map, "light", NAMES, COUNT(NAMES), &choice);
    camera->light = (enum vg_light)choice;
    return status;
}

static enum vg_status read_kind(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                struct vg_wf_type *type)
{
    static const char NAMES[][WORD_SIZE] = {"plane", "quadplane", "copter"};
    int choice = VG_KIND_PLANE;
    enum vg_status status = read_word(self, map, "kind", NAMES, COUNT(NAMES), &choice);
    type->kind = (enum vg_kind)choice;
    return status;
}

/* The name of a camera or type is its key. */
static enum vg_status read_key_name(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                    char name[VG_NAME_SIZE])
{
    struct vg_yaml key = {.kind = VG_YAML_TEXT,
                          .text = node->key,
                          .key = "name",
                          .line = node->key_line,
                          .column = node->key_column};
    return vg_fields_text(&self->r, &key, name, VG_NAME_SIZE);
}

static enum vg_status read_cameras(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                   struct vg_watchfile *wf)
{
    const struct vg_yaml *map = NULL;
    enum vg_status status =
        expect_entries(self, root, "cameras", VG_YAML_MAP, VG_WF_MAX_KINDS, &map);
    if (status != VG_OK) {
        return status;
    }
    wf->cameras = vg_wf_calloc(self, (size_t)map->n, sizeof *wf->cameras);
    if (wf->cameras == NULL) {
        return VG_E_NO_MEMORY;
    }
    for (const struct vg_yaml *m = map->first; m != NULL && status == VG_OK; m = m->next) {
        struct vg_wf_camera *camera = &wf->cameras[wf->n_cameras++];
        status = read_key_name(self, m, camera->name);
        if (status == VG_OK) {
            status = vg_fields_read(&self->r, m, CAMERA_FIELDS, COUNT(CAMERA_FIELDS), camera);
        }
        if (status == VG_OK) {
            status = read_pixels(self, vg_yaml_find(m, "pixels"), camera);
        }
        if (status == VG_OK) {
            status = read_hfov(self, vg_yaml_find(m, "hfov"), camera);
        }
        if (status == VG_OK) {
            status = read_gimbal(self, m, camera);
        }
        if (status == VG_OK) {
            status = read_light(self, m, camera);
        }
    }
    return status;
}

/* A name that may be left out when there is only one to choose from. */
static enum vg_status read_reference(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                     const char *key, const char *names, size_t stride_bytes,
                                     int n_names, int *out)
{
    const struct vg_yaml *node = vg_yaml_find(map, key);
    if (node != NULL) {
        return vg_fields_choice(&self->r, node, key, names, stride_bytes, n_names, out);
    }
    if (n_names != 1) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column, "\"%s\" is missing",
                          key);
    }
    *out = 0;
    return VG_OK;
}

static const double FLOOR_SHARE = 0.5; /* of the flying height, where the watch gives no floor */

static enum vg_status read_heights(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                   struct vg_wf_type *type)
{
    const struct vg_yaml *floor = vg_yaml_find(map, "floor");
    const struct vg_yaml *ceiling = vg_yaml_find(map, "ceiling");
    type->floor_m = floor != NULL ? type->floor_m : FLOOR_SHARE * type->agl_m;
    if (floor != NULL && type->floor_m > type->agl_m) {
        return vg_fail_at(self->r.err, self->r.place, floor->line, floor->column,
                          "\"floor\" is %g m, above the flying height \"agl\" of %g m",
                          type->floor_m, type->agl_m);
    }
    if (ceiling != NULL && type->ceiling_m < type->agl_m) {
        return vg_fail_at(self->r.err, self->r.place, ceiling->line, ceiling->column,
                          "\"ceiling\" is %g m, below the flying height \"agl\" of %g m",
                          type->ceiling_m, type->agl_m);
    }
    return VG_OK;
}

static enum vg_status read_types(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                 struct vg_watchfile *wf)
{
    const struct vg_yaml *map = NULL;
    enum vg_status status = expect_entries(self, root, "types", VG_YAML_MAP, VG_WF_MAX_KINDS, &map);
    if (status != VG_OK) {
        return status;
    }
    wf->types = vg_wf_calloc(self, (size_t)map->n, sizeof *wf->types);
    if (wf->types == NULL) {
        return VG_E_NO_MEMORY;
    }
    for (const struct vg_yaml *m = map->first; m != NULL && status == VG_OK; m = m->next) {
        struct vg_wf_type *type = &wf->types[wf->n_types++];
        status = read_key_name(self, m, type->name);
        if (status == VG_OK) {
            status = vg_fields_read(&self->r, m, TYPE_FIELDS, COUNT(TYPE_FIELDS), type);
        }
        if (status == VG_OK) {
            status = read_reference(self, m, "camera", wf->cameras[0].name, sizeof wf->cameras[0],
                                    wf->n_cameras, &type->camera);
        }
        if (status == VG_OK) {
            status = read_kind(self, m, type);
        }
        if (status == VG_OK) {
            status = vg_wf_read_maintenance(self, m, type);
        }
        if (status == VG_OK && vg_yaml_find(m, "sink") == NULL) {
            type->sink_mps = type->climb_mps;
        }
        if (status == VG_OK) {
            status = read_heights(self, m, type);
        }
    }
    return status;
}

static enum vg_status read_drone_entry(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                       const struct vg_watchfile *wf, struct drone_entry *out)
{
    enum vg_status status = vg_fields_read(&self->r, map, DRONE_FIELDS, COUNT(DRONE_FIELDS), out);
    if (status == VG_OK) {
        status = read_reference(self, map, "type", wf->types[0].name, sizeof wf->types[0],
                                wf->n_types, &out->drone.type);
    }
    out->drone.base = -1;
    if (status == VG_OK && (wf->n_bases == 1 || vg_yaml_find(map, "base") != NULL)) {
        status = read_reference(self, map, "base", wf->bases[0].name, sizeof wf->bases[0],
                                wf->n_bases, &out->drone.base);
    }
    const struct vg_yaml *key = vg_yaml_find(map, "key");
    if (status == VG_OK && key != NULL) {
        status = vg_wf_path(self, key, out->drone.key, sizeof out->drone.key);
    }
    const struct vg_yaml *link = vg_yaml_find(map, "link");
    if (status == VG_OK && link != NULL) {
        status = vg_wf_read_links(self, link, &out->drone);
    }
    return status;
}

/* Append one drone of an entry: its own id and sysid, neither used before. k counts from 0. */
static enum vg_status add_drone(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                const struct drone_entry *entry, int k, struct vg_watchfile *wf)
{
    struct vg_wf_drone drone = entry->drone;
    if (vg_yaml_find(map, "count") != NULL) {
        size_t kept = vg_format(drone.id, sizeof drone.id, "%s%d", entry->drone.id, k + 1);
        if (kept + 1 == sizeof drone.id) {
            const struct vg_yaml *id = vg_yaml_find(map, "id");
            return vg_fail_at(self->r.err, self->r.place, id->line, id->column,
                              "\"%s\" is longer than %zu bytes", "id", sizeof drone.id - 4);
        }
    }
    drone.sysid = entry->drone.sysid > 0 ? entry->drone.sysid + k : wf->n_drones + 1;
    if (entry->drone.sysid == 0 && drone.sysid > VG_WF_MAX_SYSID) {
        drone.sysid = 0;
    }
    if (drone.sysid > VG_WF_MAX_SYSID) {
        return vg_fail_at(self->r.err, self->r.place, map->line, map->column,
                          "drone \"%s\" would get sysid %d; the greatest is %d", drone.id,
                          drone.sysid, VG_WF_MAX_SYSID);
    }
    for (int i = 0; i < wf->n_drones; i++) {
        if (strcmp(wf->drones[i].id, drone.id) == 0) {
            return fail_twice(self, map, "id", drone.id);
        }
        if (drone.sysid > 0 && wf->drones[i].sysid == drone.sysid) {
            const struct vg_yaml *at = vg_yaml_find(map, "sysid");
            at = at != NULL ? at : map;
            return vg_fail_at(self->r.err, self->r.place, at->line, at->column,
                              "drones \"%s\" and \"%s\" both have sysid %d", wf->drones[i].id,
                              drone.id, drone.sysid);
        }
    }
    wf->drones[wf->n_drones++] = drone;
    return VG_OK;
}

static enum vg_status read_drones(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                  struct vg_watchfile *wf)
{
    const struct vg_yaml *list = NULL;
    enum vg_status status =
        expect_entries(self, root, "drones", VG_YAML_LIST, VG_WF_MAX_DRONES, &list);
    if (status != VG_OK) {
        return status;
    }
    wf->drones = vg_wf_calloc(self, VG_WF_MAX_DRONES, sizeof *wf->drones);
    if (wf->drones == NULL) {
        return VG_E_NO_MEMORY;
    }
    for (const struct vg_yaml *m = list->first; m != NULL && status == VG_OK; m = m->next) {
        struct drone_entry entry = {0};
        status = read_drone_entry(self, m, wf, &entry);
        if (status == VG_OK && wf->n_drones + entry.count > VG_WF_MAX_DRONES) {
            status = vg_fail_at(self->r.err, self->r.place, m->line, m->column,
                                "more than %d drones", VG_WF_MAX_DRONES);
        }
        for (int k = 0; k < entry.count && status == VG_OK; k++) {
            status = add_drone(self, m, &entry, k, wf);
        }
    }
    return status;
}

enum vg_status vg_wf_read_fleet(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                struct vg_watchfile *wf)
{
    enum vg_status status = read_bases(self, root, wf);
    if (status == VG_OK) {
        status = read_cameras(self, root, wf);
    }
    if (status == VG_OK) {
        status = read_types(self, root, wf);
    }
    if (status == VG_OK) {
        status = read_drones(self, root, wf);
    }
    return status;
}
