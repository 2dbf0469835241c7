#include "app/klv_add.h"

#include "base/file.h"
#include "link/mavframe.h"
#include "link/tlog.h"
#include "link/vehicle.h"
#include "look/klv_pose.h"
#include "look/mux.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RATE_HZ = 10, /* packets, at most */
    GAP_S = 2 /* telemetry further apart tells nothing of between */
};
static const size_t FILE_MAX = (size_t)4 << 30;

/* What one kind of message told, by time. */
struct track {
    struct vg_klv_pose *poses;
    size_t n;
    size_t cap;
};

struct adding {
    int64_t sysid;
    struct vg_vehicle vehicle;
    struct vg_us t; /* of the record being read */
    struct track place;
    struct track aim;
    bool is_failed; /* no memory */
    struct vg_us start;
    double next_s;
    uint64_t n_without; /* pictures at whose turn there was no telemetry */
};

static void keep(struct adding *self, struct track *track, struct vg_klv_pose pose)
{
    pose.has_time = true;
    pose.t = self->t;
    if (track->n > 0 && track->poses[track->n - 1].t.us >= pose.t.us) {
        return; /* the clock went back, or two in one record */
    }
    if (track->n == track->cap) {
        size_t cap = track->cap == 0 ? 1024 : track->cap * 2;
        struct vg_klv_pose *more = realloc(track->poses, cap * sizeof *more);
        if (more == NULL) {
            self->is_failed = true;
            return;
        }
        track->poses = more;
        track->cap = cap;
    }
    track->poses[track->n++] = pose;
}

static struct vg_klv_pose aim_of(const struct vg_vehicle *v)
{
    struct vg_klv_pose p = vg_klv_pose_none();
    p.v[VG_POSE_HEADING_TRUE_DEG] = v->attitude.yaw_true_deg;
    p.v[VG_POSE_PITCH_DEG] = v->attitude.pitch_deg;
    p.v[VG_POSE_ROLL_DEG] = v->attitude.roll_deg;
    if (v->gimbal.is_known) {
        vg_klv_pose_aim(&p, v->gimbal.yaw_true_deg, v->gimbal.pitch_deg, v->gimbal.roll_deg);
    }
    if (v->camera.is_known) {
        p.v[VG_POSE_HFOV_DEG] = v->camera.fov_h_deg;
        p.v[VG_POSE_VFOV_DEG] = v->camera.fov_v_deg;
    }
    return p;
}

static struct vg_klv_pose place_of(const struct vg_vehicle *v)
{
    struct vg_klv_pose p = vg_klv_pose_none();
    p.v[VG_POSE_LAT_DEG] = v->position.lat_deg;
    p.v[VG_POSE_LON_DEG] = v->position.lon_deg;
    p.v[VG_POSE_ALT_MSL_M] = v->position.alt_msl_m;
    return p;
}

/* The first that tells a place is the drone, unless one was named. */
static void find(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct adding *self = ctx;
    (void)frame;
    if (self->sysid == 0 && msg->id == VG_MAV_ID_GLOBAL_POSITION_INT) {
        self->sysid = msg->sysid;
    }
}

static void take(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct adding *self = ctx;
    (void)frame;
    if (msg->sysid != self->sysid) {
        return;
    }
    if (self->vehicle.sysid == 0) {
        vg_vehicle_init(&self->vehicle, msg->sysid);
    }
    vg_vehicle_feed(&self->vehicle, msg, self->t);
    const struct vg_vehicle *v = &self->vehicle;
    if (v->position.is_known && v->position.t.us == self->t.us &&
        msg->id == VG_MAV_ID_GLOBAL_POSITION_INT) {
        keep(self, &self->place, place_of(v));
    }
    if (v->attitude.is_known && v->attitude.t.us == self->t.us && msg->id == VG_MAV_ID_ATTITUDE) {
        keep(self, &self->aim, aim_of(v));
    }
}

static void read_records(struct adding *self, const struct vg_buf *file, vg_mavframe_fn each)
{
    struct vg_mavframe parser;
    struct vg_bytes frame;
    struct vg_tlog_reader reader = {.data = {(const uint8_t *)file->data, file->n}};
    vg_mavframe_init(&parser);
    while (vg_tlog_next(&reader, &self->t, &frame)) {
        vg_mavframe_feed(&parser, frame, each, self);
        vg_mavframe_flush(&parser, each, self);
    }
}

static enum vg_status read_log(struct adding *self, const char *path, struct vg_error *err)
{
    struct vg_buf file = {0};
    enum vg_status st = vg_file_read(path, FILE_MAX, &file, err);
    if (st == VG_OK) {
        read_records(self, &file, find);
        read_records(self, &file, take);
    }
    vg_buf_finish(&file);
    if (st == VG_OK && self->is_failed) {
        return vg_no_memory(err);
    }
    if (st == VG_OK && self->place.n == 0) {
        return vg_fail(err, VG_E_FORMAT, "%s: nobody tells a place (GLOBAL_POSITION_INT) in it",
                       path);
    }
    return st;
}

/* What a track says of a moment; all NaN where it is silent for longer than GAP_S about then. */
static struct vg_klv_pose at(const struct track *track, struct vg_us t)
{
    size_t lo = 0;
    size_t hi = track->n;
    while (lo < hi) { /* the first after t */
        size_t mid = lo + (hi - lo) / 2;
        if (track->poses[mid].t.us <= t.us) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo == 0 || lo == track->n) {
        return vg_klv_pose_none();
    }
    const struct vg_klv_pose *a = &track->poses[lo - 1];
    const struct vg_klv_pose *b = &track->poses[lo];
    double span_us = (double)(b->t.us - a->t.us);
    return span_us > GAP_S * 1e6 ? vg_klv_pose_none()
                                 : vg_klv_pose_between(a, b, (double)(t.us - a->t.us) / span_us);
}

static size_t make(void *ctx, double pts_s, uint8_t *buf)
{
    struct adding *self = ctx;
    struct vg_klv_out out;
    struct vg_bytes packet = {0};
    if (pts_s < self->next_s) {
        return 0;
    }
    self->next_s = (floor(pts_s * RATE_HZ + 1e-6) + 1) / RATE_HZ;
    struct vg_us t = vg_us_add(self->start, vg_us_from_s(pts_s));
    struct vg_klv_pose pose = at(&self->place, t);
    struct vg_klv_pose aim = at(&self->aim, t);
    if (!pose.has_time) {
        self->n_without++;
        return 0;
    }
    for (int i = 0; i < VG_POSE_FIELD_COUNT; i++) {
        pose.v[i] = isnan(pose.v[i]) ? aim.v[i] : pose.v[i];
    }
    vg_klv_begin(&out, buf, VG_MUX_KLV_MAX, t);
    vg_klv_put_text(&out, 12, "Geodetic WGS84");
    vg_klv_put_pose(&out, &pose);
    return vg_klv_end(&out, &packet, NULL) == VG_OK ? packet.n : 0;
}

int vg_klv_add(const struct vg_app *app, const struct vg_klv_add *what)
{
    struct vg_error err = {.lang = app->lang};
    struct adding self = {.sysid = what->sysid};
    struct vg_mux_counts counts = {0};
    const struct vg_mux_plan plan = {what->video, what->out, make, &self, NULL};
    enum vg_status st = vg_time_parse(what->start, &self.start, &err);
    st = st == VG_OK ? read_log(&self, what->tlog, &err) : st;
    st = st == VG_OK ? vg_mux_run(&plan, &counts, &err) : st;
    if (st == VG_OK && counts.klv_packets == 0) {
        char t[2][VG_TIME_TEXT_SIZE];
        st = vg_fail(&err, VG_E_FORMAT, "%s tells of %s to %s, which is not the time of the video",
                     what->tlog, vg_time_format(self.place.poses[0].t, t[0], sizeof t[0]),
                     vg_time_format(self.place.poses[self.place.n - 1].t, t[1], sizeof t[1]));
    }
    if (st == VG_OK) {
        fprintf(stderr,
                vg_tr(app->lang, "%llu packets beside %llu pictures; %llu times without "
                                 "telemetry; %llu packets of the video's own left out\n"),
                (unsigned long long)counts.klv_packets, (unsigned long long)counts.pictures,
                (unsigned long long)self.n_without, (unsigned long long)counts.left_out);
    }
    free(self.place.poses);
    free(self.aim.poses);
    return st == VG_OK ? 0 : vg_app_fail(app, &err);
}
