#include "look/video_priv.h"

#include <math.h>
#include <string.h>

/* How long a frame waits for the metadata behind it, by the stream's own time. */
static const double WAIT_S = 0.4;

void vg_match_klv(struct vg_match *self, double pts_s, const struct vg_klv_pose *pose)
{
    double at = isnan(pts_s) ? self->newest_s : pts_s; /* asynchronous: as it came (ST 1402) */
    if (self->n_marks == VG_MATCH_MARKS) {
        self->n_marks--;
        memmove(&self->marks[0], &self->marks[1], sizeof self->marks[0] * (size_t)self->n_marks);
    }
    self->marks[self->n_marks].pts_s = at;
    self->marks[self->n_marks].pose = *pose;
    self->n_marks++;
}

void vg_match_frame(struct vg_match *self, const struct vg_video_frame *frame)
{
    self->frames[self->n_frames++] = *frame; /* room: vg_match_next gives one out when full */
}

/* One mark's pose, its time carried on to the frame's. */
static struct vg_klv_pose carry(const struct vg_klv_pose *pose, double by_s)
{
    struct vg_klv_pose out = *pose;
    out.t.us += out.has_time ? (int64_t)llround(by_s * 1e6) : 0;
    return out;
}

static struct vg_klv_pose pose_at(const struct vg_match *self, double pts_s)
{
    int before = -1;
    int after = -1;
    for (int i = 0; i < self->n_marks; i++) {
        double d = self->marks[i].pts_s - pts_s;
        if (d <= 0 && -d <= VG_VIDEO_POSE_S &&
            (before < 0 || self->marks[i].pts_s >= self->marks[before].pts_s)) {
            before = i;
        }
        if (d >= 0 && d <= VG_VIDEO_POSE_S &&
            (after < 0 || self->marks[i].pts_s < self->marks[after].pts_s)) {
            after = i;
        }
    }
    if (before >= 0 && after >= 0) {
        double span = self->marks[after].pts_s - self->marks[before].pts_s;
        double share = span > 0 ? (pts_s - self->marks[before].pts_s) / span : 0;
        return vg_klv_pose_between(&self->marks[before].pose, &self->marks[after].pose, share);
    }
    int one = before >= 0 ? before : after;
    return one >= 0 ? carry(&self->marks[one].pose, pts_s - self->marks[one].pts_s)
                    : vg_klv_pose_none();
}

static bool is_ready(const struct vg_match *self, const struct vg_video_frame *f)
{
    if (self->n_marks == 0 || isnan(f->pts_s) || self->n_frames == VG_MATCH_FRAMES ||
        self->newest_s - f->pts_s > WAIT_S) {
        return true;
    }
    for (int i = 0; i < self->n_marks; i++) {
        if (self->marks[i].pts_s >= f->pts_s) {
            return true;
        }
    }
    return false;
}

bool vg_match_next(struct vg_match *self, bool is_end, struct vg_video_frame *out)
{
    if (self->n_frames == 0 || (!is_end && !is_ready(self, &self->frames[0]))) {
        return false;
    }
    *out = self->frames[0];
    self->n_frames--;
    memmove(&self->frames[0], &self->frames[1], sizeof self->frames[0] * (size_t)self->n_frames);
    out->pose = isnan(out->pts_s) ? vg_klv_pose_none() : pose_at(self, out->pts_s);
    return true;
}

void vg_match_reset(struct vg_match *self)
{
    for (int i = 0; i < self->n_frames; i++) {
        vg_video_release(&self->frames[i]);
    }
    self->n_frames = 0;
    self->n_marks = 0;
    self->newest_s = -1e300;
}
