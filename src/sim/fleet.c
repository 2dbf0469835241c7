#include "sim/fleet_priv.h"

#include "base/file.h"
#include "base/sha256.h"
#include "base/units.h"
#include "config/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_PORT = 14550,
    KEY_SIZE = 32
};

static const double PAD_SPACING_M = 10;
static const double GUST_SHARE = 0.1;

static enum vg_status bad_link(const struct vg_wf_drone *drone, struct vg_error *err)
{
    return vg_fail(err, VG_E_FORMAT, "drone %s: link \"%s\" is not \"udp:PORT\"", drone->id,
                   drone->link);
}

/* "udp:PORT", "udpin:HOST:PORT", "udpout:HOST:PORT"; numeric hosts, [V6] in brackets. */
static enum vg_status read_link(const struct vg_wf_drone *drone, struct vg_simfleet_link *out,
                                struct vg_error *err)
{
    if (strncmp(drone->link, "udp", 3) != 0) {
        return vg_fail(err, VG_E_UNSUPPORTED, "drone %s: only UDP links are simulated, not \"%s\"",
                       drone->id, drone->link);
    }
    const char *first = strchr(drone->link, ':');
    const char *colon = strrchr(drone->link, ':');
    char *end = NULL;
    long port = colon != NULL ? strtol(colon + 1, &end, 10) : 0;
    if (colon == NULL || end == colon + 1 || *end != 0 || port < 1 || port > 65535) {
        return bad_link(drone, err);
    }
    char host[sizeof out->host] = "";
    size_t n_host = first < colon ? (size_t)(colon - first - 1) : 0;
    if (n_host >= sizeof host) {
        return bad_link(drone, err);
    }
    memcpy(host, first + 1, n_host);
    bool is_any = host[0] == 0 || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "*") == 0;
    *out = (struct vg_simfleet_link){.port = (int)port,
                                     .is_listening = strncmp(drone->link, "udpout:", 7) == 0};
    vg_format(out->host, sizeof out->host, "%s", is_any ? "127.0.0.1" : host);
    return VG_OK;
}

static enum vg_status choose_link(const struct vg_wf_drone *drone, int drone_i, int port_base,
                                  struct vg_simfleet_link *out, struct vg_error *err)
{
    if (port_base <= 0 && drone->link[0] != 0) {
        return read_link(drone, out, err);
    }
    *out = (struct vg_simfleet_link){.host = "127.0.0.1",
                                     .port = (port_base > 0 ? port_base : FIRST_PORT) + drone_i};
    return VG_OK;
}

static enum vg_status read_key(const struct vg_watchfile *watch, const struct vg_wf_drone *drone,
                               vg_read_fn read, uint8_t key[KEY_SIZE], struct vg_error *err)
{
    char path[1024];
    struct vg_buf buf = {0};
    vg_path_beside(watch->path, drone->key, path, sizeof path);
    enum vg_status status = read(path, 4096, &buf, err);
    if (status == VG_OK) {
        while (buf.n > KEY_SIZE && (buf.data[buf.n - 1] == '\n' || buf.data[buf.n - 1] == '\r')) {
            buf.data[--buf.n] = 0;
        }
        if (buf.n == KEY_SIZE) {
            memcpy(key, buf.data, KEY_SIZE);
        } else if (vg_unhex(vg_buf_text(&buf), key, KEY_SIZE) != 0) {
            status =
                vg_fail(err, VG_E_FORMAT,
                        "drone %s: a signing key is 32 bytes or 64 hexadecimal digits", drone->id);
        }
    }
    vg_buf_finish(&buf);
    return status;
}

/* The drone's place in the row of pads of a base: its own drones first, guests after them. */
static int place_in_row(const struct vg_watchfile *watch, int drone_i, int base)
{
    bool is_guest = watch->drones[drone_i].base != base;
    int place = is_guest ? drone_i : 0;
    int n = is_guest ? watch->n_drones : drone_i;
    for (int i = 0; i < n; i++) {
        place += watch->drones[i].base == base ? 1 : 0;
    }
    return place;
}

/* Side by side across the wind. */
static struct vg_pilot_home pad_at(const struct vg_watchfile *watch, int drone_i, int base)
{
    double across = (watch->wind_from_deg + 90) * VG_RAD_PER_DEG;
    double d = PAD_SPACING_M * place_in_row(watch, drone_i, base);
    const struct vg_wf_base *b = &watch->bases[base];
    struct vg_frame frame = vg_frame_at(b->lat_deg, b->lon_deg);
    struct vg_pilot_home pad = {0};
    vg_frame_to_latlon(&frame, d * sin(across), d * cos(across), &pad.lat_deg, &pad.lon_deg);
    return pad;
}

static struct vg_flight_config flight_of(const struct vg_watchfile *watch, int drone_i,
                                         const struct vg_simfleet_options *options)
{
    const struct vg_wf_drone *drone = &watch->drones[drone_i];
    const struct vg_wf_type *type = &watch->types[drone->type];
    struct vg_flight_config c = {
        .heading_true_deg = watch->wind_from_deg,
        .cruise_mps = type->cruise_mps,
        .climb_mps = type->climb_mps,
        .sink_mps = type->sink_mps > 0 ? type->sink_mps : type->climb_mps,
        .endurance_s = type->endurance_s,
        .climbing = vg_climbing_of(type),
        .wind_from_deg = watch->wind_from_deg,
        .wind_mps = watch->wind_mps,
        .seed = options->seed * UINT64_C(1000003) + (uint64_t)drone_i,
    };
    double share = options->gust_share;
    c.gust_mps = share < 0 ? 0 : (share > 0 ? share : GUST_SHARE) * watch->wind_mps;
    struct vg_pilot_home pad = pad_at(watch, drone_i, drone->base);
    c.lat_deg = pad.lat_deg;
    c.lon_deg = pad.lon_deg;
    return c;
}

static enum vg_status create_member(struct vg_simfleet *self, const struct vg_watchfile *watch,
                                    const struct vg_terrain *terrain,
                                    const struct vg_simfleet_options *options, vg_read_fn read,
                                    int drone_i, struct vg_error *err)
{
    const struct vg_wf_drone *drone = &watch->drones[drone_i];
    const struct vg_wf_type *type = &watch->types[drone->type];
    const struct vg_wf_camera *camera = &watch->cameras[type->camera];
    uint8_t key[KEY_SIZE];
    struct vg_pilot_home *pads = calloc((size_t)watch->n_bases, sizeof *pads);
    if (pads == NULL) {
        return vg_no_memory(err);
    }
    self->members[drone_i].pads = pads;
    for (int i = 0; i < watch->n_bases; i++) {
        pads[i] = pad_at(watch, drone_i, i);
    }
    struct vg_simdrone_config c = {
        .sysid = (uint8_t)drone->sysid,
        .persona = vg_sim_persona(options->autopilot, type->kind),
        .pilot = {.flight = flight_of(watch, drone_i, options),
                  .terrain = terrain,
                  .turnaround_s = type->turnaround_s,
                  .pads = pads,
                  .n_pads = watch->n_bases,
                  .hovers = type->kind != VG_KIND_PLANE,
                  .returns_ahead = watch->may_land_elsewhere},
        .rate_hz = options->rate_hz,
        .hfov_min_deg = camera->hfov_min_deg,
        .hfov_max_deg = camera->hfov_max_deg,
        .width_px = camera->width_px,
        .height_px = camera->height_px,
        .gimbal_pitch_deg = vg_camera_patrol_pitch_deg(camera, type->agl_m, watch->depth_m, NULL),
        .uid = UINT64_C(0x56494745) << 32 | (uint64_t)(drone_i + 1),
    };
    enum vg_status status =
        choose_link(drone, drone_i, options->port_base, &self->members[drone_i].link, err);
    if (status == VG_OK && drone->key[0] != 0) {
        status = read_key(watch, drone, read, key, err);
        c.key = key;
    }
    if (status != VG_OK) {
        return status;
    }
    return vg_simdrone_create(&c, self->start, &self->members[drone_i].drone, err);
}

enum vg_status vg_simfleet_create(const struct vg_watchfile *watch,
                                  const struct vg_terrain *terrain,
                                  const struct vg_simfleet_options *options, vg_read_fn read,
                                  struct vg_us now, struct vg_simfleet **out, struct vg_error *err)
{
    struct vg_simfleet *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->watch = watch;
    self->seed = options->seed;
    self->start = self->now = now;
    self->n = watch->n_drones;
    self->members = calloc((size_t)(self->n > 0 ? self->n : 1), sizeof *self->members);
    enum vg_status status = self->members != NULL ? VG_OK : vg_no_memory(err);
    for (int i = 0; i < self->n && status == VG_OK; i++) {
        status = create_member(self, watch, terrain, options, read, i, err);
    }
    if (status != VG_OK) {
        vg_simfleet_destroy(self);
        return status;
    }
    *out = self;
    return VG_OK;
}

void vg_simfleet_destroy(struct vg_simfleet *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; i < self->n && self->members != NULL; i++) {
        vg_simdrone_destroy(self->members[i].drone);
        vg_wire_destroy(self->members[i].up);
        vg_wire_destroy(self->members[i].down);
        free(self->members[i].pads);
    }
    free(self->members);
    free(self);
}

int vg_simfleet_n(const struct vg_simfleet *self)
{
    return self->n;
}

const struct vg_simdrone *vg_simfleet_drone(const struct vg_simfleet *self, int drone_i)
{
    return self->members[drone_i].drone;
}

const struct vg_simfleet_link *vg_simfleet_link(const struct vg_simfleet *self, int drone_i)
{
    return &self->members[drone_i].link;
}
