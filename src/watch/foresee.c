#include "watch/foresee_priv.h"

#include "base/json.h"
#include "geo/geodesy.h"
#include "watch/describe.h"
#include "watch/glance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP_S = VG_GLANCE_EVERY_S / 2,
    REST_S = 8, /* a column wholly seen is left alone so long */
    DAY_S = 86400
};

struct vg_camera_limits vg_foresee_limits(const struct vg_wf_camera *camera)
{
    return (struct vg_camera_limits){camera->max_range_m, camera->max_gsd_m, camera->width_px, 0};
}

struct vg_camera_pose vg_foresee_pose(const struct vg_foresight *self,
                                      const struct vg_wf_type *type,
                                      const struct vg_foresee_place *at)
{
    const struct vg_wf_camera *c = &self->watch->cameras[type->camera];
    double pitch_deg = c->gimbal == VG_GIMBAL_FIXED
                           ? -90
                           : round(vg_camera_patrol_pitch_deg(c, at->agl_m, at->depth_m, NULL));
    return (struct vg_camera_pose){.lat_deg = at->lat_deg,
                                   .lon_deg = at->lon_deg,
                                   .alt_msl_m = at->alt_msl_m,
                                   .yaw_true_deg = at->yaw_true_deg,
                                   .pitch_deg = pitch_deg,
                                   .hfov_deg = c->hfov_max_deg,
                                   .vfov_deg = vg_camera_vfov_deg(c, c->hfov_max_deg)};
}

/* ---- one frame ---- */

struct look {
    struct vg_foresight *self;
    uint32_t now_s;
};

static bool was_just_seen(void *ctx, int col)
{
    const struct look *l = ctx;
    uint32_t t_s = l->self->seen.col_s[col];
    return t_s != 0 && l->now_s < t_s + REST_S;
}

static void mark(void *ctx, const struct vg_seen_run *run)
{
    const struct look *l = ctx;
    vg_seen_mark(&l->self->seen, run->col, run->row_first, run->row_end, run->grade, l->now_s);
}

static enum vg_status look(struct vg_foresight *self, const struct vg_wf_type *type,
                           const struct vg_camera_pose *pose, uint32_t now_s, struct vg_error *err)
{
    struct vg_camera_limits limits = vg_foresee_limits(&self->watch->cameras[type->camera]);
    struct look l = {self, now_s};
    vg_arena_reset(&self->scratch);
    return vg_camera_cells(self->terrain, self->strip, pose, &limits, &self->scratch, was_just_seen,
                           mark, &l, err);
}

/* ---- one sortie ---- */

/* Where the track is at t_s, and which way it goes there. k: the point before, moved along. */
static void track_at(const struct vg_plan_sortie *so, double t_s, int *k, double *lat_deg,
                     double *lon_deg, double *alt_m, double *course_deg)
{
    while (*k + 2 < so->n_track && so->track[*k + 1].t_s <= t_s) {
        ++*k;
    }
    const struct vg_plan_point *a = &so->track[*k];
    const struct vg_plan_point *b = &so->track[*k + 1];
    double d_m;
    double f = fmax(0, fmin(1, (t_s - a->t_s) / (b->t_s - a->t_s)));
    vg_geo_inverse(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg, &d_m, course_deg, NULL);
    vg_geo_direct(a->lat_deg, a->lon_deg, *course_deg, f * d_m, lat_deg, lon_deg);
    *alt_m = a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m);
}

/* As the station has it: the whole way in the air is looked from, and now and then aside. */
static enum vg_status fly(struct vg_foresight *self, const struct vg_plan_sortie *so,
                          uint32_t start_s, struct vg_error *err)
{
    const struct vg_wf_type *type = vg_watchfile_type_of(self->watch, so->drone);
    if (type == NULL || so->n_track < 2) {
        return VG_OK;
    }
    const struct vg_wf_camera *camera = &self->watch->cameras[type->camera];
    double from_s = so->track[0].t_s;
    double to_s = so->track[so->n_track - 1].t_s;
    double depth_m = vg_plan_camera_depth_m(so, self->watch);
    double yaw_deg = 0;
    int k = 0;
    enum vg_status st = VG_OK;
    for (int i = 0; from_s + i * STEP_S <= to_s && st == VG_OK; i++) {
        struct vg_foresee_place at = {.agl_m = type->agl_m, .depth_m = depth_m};
        double course;
        uint32_t now_s = start_s + (uint32_t)(i * STEP_S);
        track_at(so, from_s + i * STEP_S, &k, &at.lat_deg, &at.lon_deg, &at.alt_msl_m, &course);
        if (i % 2 == 0) {
            yaw_deg = vg_glance_yaw_deg(self->strip, &self->seen, camera, at.lat_deg, at.lon_deg,
                                        course, now_s, yaw_deg);
        }
        at.yaw_true_deg = course + yaw_deg;
        struct vg_camera_pose pose = vg_foresee_pose(self, type, &at);
        st = look(self, type, &pose, now_s, err);
    }
    return st;
}

/* ---- all ---- */

enum vg_status vg_foresee_open(struct vg_foresight *self, struct vg_error *err)
{
    struct vg_buf text = {0};
    json_t *doc = NULL;
    vg_watch_describe(self->watch, self->strip, self->plan, self->terrain, &text);
    enum vg_status st = vg_json_parse(vg_buf_text(&text), text.n, "watch", &doc, err);
    if (st == VG_OK) {
        st = vg_shape_read(doc, &self->shape, err);
    }
    if (st == VG_OK) {
        st = vg_seen_init(&self->seen, &self->shape, err);
    }
    json_decref(doc);
    vg_buf_finish(&text);
    return st;
}

void vg_foresee_close(struct vg_foresight *self)
{
    vg_seen_finish(&self->seen);
    vg_shape_finish(&self->shape);
    vg_arena_finish(&self->scratch);
}

enum vg_status vg_foresee(const struct vg_watchfile *watch, const struct vg_plan *plan,
                          const struct vg_terrain *terrain, const struct vg_strip *strip,
                          void (*progress)(void *ctx, double share), void *ctx,
                          struct vg_foreseen *out, struct vg_error *err)
{
    struct vg_foresight f = {.watch = watch, .plan = plan, .terrain = terrain, .strip = strip};
    *out = (struct vg_foreseen){0};
    enum vg_status st = vg_foresee_open(&f, err);
    for (int i = 0; i < plan->n_sorties && st == VG_OK; i++) {
        st = fly(&f, &plan->sorties[i], (uint32_t)(i + 1) * DAY_S, err);
        if (progress != NULL) {
            progress(ctx, (i + 1.0) / plan->n_sorties);
        }
    }
    if (st == VG_OK) {
        st = vg_foresee_pieces(&f, out, err);
    }
    vg_foresee_close(&f);
    return st;
}

void vg_foreseen_finish(struct vg_foreseen *self)
{
    free(self->pieces);
    free(self->stretches);
    *self = (struct vg_foreseen){0};
}
