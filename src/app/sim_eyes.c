#include "app/sim_eyes.h"

#include "geo/sun.h"
#include "sim/eye.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_EVERY_US = 1000000
};

struct vg_sim_eyes {
    struct vg_sim_eyes_options options;
    struct vg_intruders *intruders;
    struct vg_eye eye;
    struct vg_us *looked; /* of each drone */
    FILE *truth;
    struct vg_us told; /* of the truth */
    struct vg_buf line;
};

enum vg_status vg_sim_eyes_open(const struct vg_sim_eyes_options *options, struct vg_us now,
                                struct vg_sim_eyes **out, struct vg_error *err)
{
    struct vg_sim_eyes *self = calloc(1, sizeof *self);
    struct vg_us *looked = calloc((size_t)options->watch->n_drones + 1, sizeof *looked);
    if (self == NULL || looked == NULL) {
        free(self);
        free(looked);
        return vg_no_memory(err);
    }
    self->options = *options;
    self->looked = looked;
    self->eye = vg_eye_defaults(options->watch, options->terrain, options->seed);
    enum vg_status st = vg_intruders_create(options->watch, options->n_intruders, options->seed,
                                            now, &self->intruders, err);
    if (st == VG_OK && options->truth_path != NULL &&
        (self->truth = fopen(options->truth_path, "w")) == NULL) {
        st = vg_fail(err, VG_E_IO, "%s: %s", options->truth_path, strerror(errno));
    }
    if (st != VG_OK) {
        vg_sim_eyes_close(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_sim_eyes_close(struct vg_sim_eyes *self)
{
    if (self == NULL) {
        return;
    }
    vg_intruders_destroy(self->intruders);
    if (self->truth != NULL) {
        fclose(self->truth);
    }
    vg_buf_finish(&self->line);
    free(self->looked);
    free(self);
}

static void look(struct vg_sim_eyes *self, int i)
{
    const struct vg_watchfile *watch = self->options.watch;
    const struct vg_simdrone *drone = vg_simfleet_drone(self->options.fleet, i);
    const struct vg_wf_camera *c = &watch->cameras[watch->types[watch->drones[i].type].camera];
    struct vg_eye_look in = {.drone = watch->drones[i].id,
                             .drone_i = i,
                             .t = vg_simdrone_pilot(drone)->flight.now,
                             .limits = {c->max_range_m, c->max_gsd_m, c->width_px, 0}};
    if (in.t.us - self->looked[i].us < LOOK_EVERY_US || !vg_simdrone_camera(drone, &in.pose)) {
        return;
    }
    self->looked[i] = in.t;
    if (c->light == VG_LIGHT_DAY &&
        vg_sun_elevation_deg(in.t, in.pose.lat_deg, in.pose.lon_deg) < VG_SUN_NIGHT_DEG) {
        return;
    }
    vg_intruders_step(self->intruders, in.t);
    vg_buf_reset(&self->line);
    if (vg_eye_report(&self->eye, &in, self->intruders, &self->line) && !self->line.is_failed) {
        self->options.send(self->options.ctx, self->line.data, self->line.n);
    }
}

static void write_truth(struct vg_sim_eyes *self)
{
    vg_buf_reset(&self->line);
    vg_buf_printf(&self->line, "{\"t\":%.3f,\"objects\":[", vg_us_to_s(self->told));
    for (int i = 0; i < vg_intruders_n(self->intruders); i++) {
        const struct vg_intruder *o = vg_intruders_at(self->intruders, i);
        double s_m;
        double side_m;
        vg_line_nearest(&self->options.watch->network.lines[o->line], o->lat_deg, o->lon_deg, &s_m,
                        &side_m);
        vg_buf_printf(&self->line,
                      "%s{\"id\":%llu,\"kind\":\"%s\",\"lat\":%.7f,\"lon\":%.7f,\"line\":%d,"
                      "\"s_m\":%.1f,\"side_m\":%.1f}",
                      i > 0 ? "," : "", (unsigned long long)o->id, vg_intruder_word(o->kind),
                      o->lat_deg, o->lon_deg, o->line, s_m, side_m);
    }
    vg_buf_puts(&self->line, "]}\n");
    fputs(vg_buf_text(&self->line), self->truth);
}

void vg_sim_eyes_step(struct vg_sim_eyes *self, struct vg_us now)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; self->options.send != NULL && i < vg_simfleet_n(self->options.fleet); i++) {
        look(self, i);
    }
    vg_intruders_step(self->intruders, now);
    if (self->truth != NULL && now.us - self->told.us >= VG_US_PER_S) {
        self->told = now;
        write_truth(self);
    }
}
