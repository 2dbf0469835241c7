/* Twenty times a second of wall time: fly, look, judge, tell. */
#include "app/station.h"

#include "geo/sun.h"
#include "watch/glance.h"
#include "watch/view.h"

#include <math.h>
#include <string.h>

enum {
    DELTA_EVERY_US = 250000,
    RULES_EVERY_US = 500000,
    CATCH_UP_EVERY_US = 60000000, /* what was recorded is folded for the time slider */
    POSE_EVERY_US = 1000000, /* station time */
    AWAY_US = 500000, /* a tick so late means that we were not listening */
    FRESH_US = 3000000 /* a camera pose older than this is not looked through */
};

static bool is_fresh(struct vg_us t, struct vg_us now)
{
    return now.us - t.us < FRESH_US;
}

/* The camera as its gimbal reports it; a fixed one looks straight down. False: not known now. */
static bool take_camera(const struct vg_station *self, int i, struct vg_sight_input *in)
{
    const struct vg_vehicle *v = vg_director_vehicle(self->director, i);
    const struct vg_wf_type *type = &self->watchfile.types[self->watchfile.drones[i].type];
    const struct vg_wf_camera *c = &self->watchfile.cameras[type->camera];
    struct vg_camera_pose *pose = &in->camera;
    bool has_fov = v->camera.is_known && v->camera.fov_h_deg > 0;
    pose->lat_deg = in->lat_deg;
    pose->lon_deg = in->lon_deg;
    pose->alt_msl_m = in->alt_msl_m;
    pose->hfov_deg = has_fov ? v->camera.fov_h_deg : c->hfov_max_deg;
    pose->vfov_deg = has_fov && v->camera.fov_v_deg > 0 ? v->camera.fov_v_deg
                                                        : vg_camera_vfov_deg(c, pose->hfov_deg);
    in->limits = (struct vg_camera_limits){c->max_range_m, c->max_gsd_m, c->width_px, 0};
    if (v->gimbal.is_known && is_fresh(v->gimbal.t, self->now) &&
        isfinite(v->gimbal.yaw_true_deg)) {
        pose->yaw_true_deg = v->gimbal.yaw_true_deg;
        pose->pitch_deg = v->gimbal.pitch_deg;
        pose->roll_deg = v->gimbal.roll_deg;
        return true;
    }
    pose->yaw_true_deg = in->heading_true_deg;
    pose->pitch_deg = -90;
    pose->roll_deg = 0;
    return c->gimbal == VG_GIMBAL_FIXED && v->attitude.is_known &&
           is_fresh(v->attitude.t, self->now);
}

static bool is_too_dark(const struct vg_station *self, int i, const struct vg_sight_input *in)
{
    const struct vg_wf_type *type = &self->watchfile.types[self->watchfile.drones[i].type];
    return self->watchfile.cameras[type->camera].light == VG_LIGHT_DAY &&
           vg_sun_elevation_deg(self->now, in->lat_deg, in->lon_deg) < VG_SUN_NIGHT_DEG;
}

static void look(struct vg_station *self, int i)
{
    const struct vg_vehicle *v = vg_director_vehicle(self->director, i);
    struct vg_station_drone *d = &self->drones[i];
    if (!v->position.is_known || !is_fresh(v->position.t, self->now) ||
        self->now.us - d->last_pose.us < POSE_EVERY_US) {
        return;
    }
    bool is_aloft = v->flight.is_known && v->flight.is_in_air;
    int64_t since_us = self->now.us - d->last_pose.us;
    if (!is_aloft && since_us < 60 * POSE_EVERY_US) {
        return; /* on the ground: once a minute says where it stands */
    }
    d->last_pose = self->now;
    struct vg_sight_input in = {
        .drone = self->watchfile.drones[i].id,
        .lat_deg = v->position.lat_deg,
        .lon_deg = v->position.lon_deg,
        .alt_msl_m = v->position.alt_msl_m,
        .heading_true_deg = v->position.heading_true_deg,
        .ground_speed_mps = hypot(v->position.vel_ned_mps[0], v->position.vel_ned_mps[1]),
        .battery = v->battery.is_known ? v->battery.percent / 100 : (double)NAN,
    };
    in.is_looking = is_aloft && take_camera(self, i, &in);
    in.is_dark = in.is_looking && is_too_dark(self, i, &in);
    in.is_looking = in.is_looking && !in.is_dark;
    vg_buf_reset(&self->scratch);
    vg_sight_pose(&self->sight, self->now, &in, &self->scratch);
    if (!self->scratch.is_failed) {
        vg_station_event(self, "pose", self->scratch.data, self->scratch.n);
    }
}

/* Turn the gimbal for a moment to ground that the forward picture would pass by, and back ahead. */
static void steer_camera(struct vg_station *self, int i)
{
    struct vg_station_drone *d = &self->drones[i];
    const struct vg_vehicle *v = vg_director_vehicle(self->director, i);
    const struct vg_wf_type *type = &self->watchfile.types[self->watchfile.drones[i].type];
    const struct vg_wf_camera *c = &self->watchfile.cameras[type->camera];
    if (c->gimbal != VG_GIMBAL_3AXIS || !v->position.is_known || !v->gimbal.is_known ||
        !vg_director_is_aloft(self->director, i) ||
        self->now.us - d->last_glance.us < VG_GLANCE_EVERY_S * VG_US_PER_S) {
        return;
    }
    d->last_glance = self->now;
    double course_deg =
        atan2(v->position.vel_ned_mps[1], v->position.vel_ned_mps[0]) * VG_DEG_PER_RAD;
    double yaw_deg = vg_glance_yaw_deg(self->strip, &self->watch.seen, c, v->position.lat_deg,
                                       v->position.lon_deg, course_deg,
                                       (uint32_t)(self->now.us / VG_US_PER_S), d->glance_deg);
    if (yaw_deg != d->glance_deg) {
        const struct vg_plan_sortie *sortie = vg_director_sortie(self->director, i);
        double depth_m = sortie != NULL ? vg_plan_camera_depth_m(sortie, &self->watchfile)
                                        : self->watchfile.depth_m;
        double pitch_deg = vg_camera_patrol_pitch_deg(c, type->agl_m, depth_m, NULL);
        vg_director_point_camera(self->director, i, round(pitch_deg), yaw_deg, self->now);
        d->glance_deg = yaw_deg;
    }
}

static void watch_record(struct vg_station *self)
{
    struct vg_record_status s;
    vg_record_status(self->record, &s);
    if (s.is_stalled && !self->has_record_alert) {
        struct vg_buf b = {0};
        char text[1100];
        vg_buf_puts(&b, "{\"drone\":\"\",\"reason\":");
        vg_buf_json(&b, vg_error_text(&s.error, text, sizeof text));
        vg_buf_puts(&b, "}");
        vg_station_alert(self, "record", "urgent", -1, vg_buf_text(&b));
        vg_buf_finish(&b);
    } else if (!s.is_stalled && self->has_record_alert) {
        vg_rules_close(&self->watch, "record", "", "vigie", vg_station_event, self);
    }
    self->has_record_alert = s.is_stalled;
}

static void publish(struct vg_station *self)
{
    struct vg_view_frame frame = {self->now, ++self->delta_seq, self->options.is_sim,
                                  self->options.speed};
    vg_buf_reset(&self->scratch);
    vg_view_delta(&self->watch, &frame, &self->scratch);
    if (self->server != NULL && !self->scratch.is_failed) {
        vg_server_publish(self->server, self->scratch.data, self->scratch.n);
    }
}

void vg_station_tick(void *ctx)
{
    struct vg_station *self = ctx;
    int64_t mono_us = vg_clock_mono_us();
    int64_t since_us = mono_us - self->last_tick_mono_us;
    if (self->is_stopping) {
        return;
    }
    if (self->last_tick_mono_us != 0 && since_us > AWAY_US) {
        self->counts.away_us += since_us;
        vg_director_was_away(self->director,
                             vg_us((int64_t)((double)since_us * self->options.speed)));
    }
    self->last_tick_mono_us = mono_us;
    self->now = vg_clock_now(&self->clock);
    vg_station_step_links(self);
    vg_director_step(self->director, self->now);
    vg_reader_step(self->reader, self->now);
    vg_station_traffic_step(self->traffic);
    vg_station_tracks_step(self->tracks);
    for (int i = 0; i < self->watchfile.n_drones; i++) {
        look(self, i);
        steer_camera(self, i);
    }
    if (mono_us - self->last_rules_mono_us >= RULES_EVERY_US) {
        self->last_rules_mono_us = mono_us;
        vg_rules_step(&self->watch, self->now, vg_station_event, self);
        watch_record(self);
        vg_station_step_replan(self);
    }
    if (mono_us - self->last_delta_mono_us >= DELTA_EVERY_US) {
        self->last_delta_mono_us = mono_us;
        publish(self);
    }
    if (mono_us - self->last_catch_up_mono_us >= CATCH_UP_EVERY_US) {
        self->last_catch_up_mono_us = mono_us;
        vg_moments_catch_up(self->moments);
    }
    vg_station_answer_durable(self);
    int64_t took_us = vg_clock_mono_us() - mono_us;
    self->counts.loop_max_us =
        took_us > self->counts.loop_max_us ? took_us : self->counts.loop_max_us;
    if (self->end_mono_us != 0 && mono_us >= self->end_mono_us) {
        vg_station_stop(self);
    }
}
