/* vigie look VIDEO: what moves on the ground in a video, as JSON lines and as tracks for scorers.
 */
#include "app/app.h"
#include "app/options.h"

#include "base/text.h"
#include "base/units.h"
#include "look/metres.h"
#include "look/motion.h"
#include "look/video.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    MOMENTS = 128
};

#define RATE_MAX_HZ 30.5 /* of faster video every second, third .. picture is looked at */
#define RATE_UNKNOWN_HZ 25.0
#define WAIT_S 0.5

struct looking {
    const struct vg_app *app;
    struct vg_motion *motion;
    int width_px;
    int height_px;
    double rate_hz;
    int every; /* pictures of the video to one that is looked at */
    int64_t n; /* pictures looked at by the present core */
    struct moment {
        uint64_t frame; /* in the video, from 0 */
        double pts_s;
    } moment[MOMENTS];
    FILE *mot;
    FILE *lines;
    struct vg_buf line;
    int64_t last_track;
    int64_t first_track; /* tracks of earlier cores: their numbers are not used again */
    uint64_t n_frames;
};

static void put_line(struct looking *self, const struct moment *m, const struct vg_detection *d)
{
    struct vg_buf *b = &self->line;
    vg_buf_reset(b);
    vg_buf_printf(b, "{\"frame\":%llu,", (unsigned long long)m->frame);
    if (!isnan(m->pts_s)) {
        vg_buf_printf(b, "\"pts_s\":%.3f,", m->pts_s);
    }
    vg_buf_printf(b,
                  "\"track\":%lld,\"x_px\":%.1f,\"y_px\":%.1f,\"width_px\":%.1f,"
                  "\"height_px\":%.1f,\"speed_px_s\":%.1f,\"score\":%.3f",
                  (long long)(self->first_track + d->track), d->x_px, d->y_px, d->width_px,
                  d->height_px, hypot(d->vx_px_s, d->vy_px_s), d->score);
    if (d->has_metres) {
        vg_buf_printf(b, ",\"width_m\":%.1f,\"height_m\":%.1f,\"speed_mps\":%.1f", d->width_m,
                      d->height_m, d->speed_mps);
    }
    vg_buf_puts(b, "}\n");
    fwrite(vg_buf_text(b), 1, b->n, self->lines);
}

static void tell(struct looking *self, const struct vg_motion_found *found)
{
    for (int i = 0; i < found->n; i++) {
        const struct vg_detection *d = &found->detections[i];
        const struct moment *m = &self->moment[found->picture % MOMENTS];
        self->last_track = d->track > self->last_track ? d->track : self->last_track;
        if (self->lines != NULL) {
            put_line(self, m, d);
        }
        if (self->mot != NULL) {
            fprintf(self->mot, "%llu,%lld,%.1f,%.1f,%.1f,%.1f,%.3f\n", (unsigned long long)m->frame,
                    (long long)(self->first_track + d->track), d->x_px - 0.5 * d->width_px + 0.5,
                    d->y_px - 0.5 * d->height_px + 0.5, d->width_px, d->height_px, d->score);
        }
    }
}

static void finish_core(struct looking *self)
{
    struct vg_motion_found found;
    while (self->motion != NULL && vg_motion_drain(self->motion, &found)) {
        tell(self, &found);
    }
    vg_motion_destroy(self->motion);
    self->motion = NULL;
    self->first_track += self->last_track;
    self->last_track = 0;
    self->n = 0;
}

/* A core for pictures of this size. */
static enum vg_status fit_core(struct looking *self, const struct vg_video_frame *f,
                               struct vg_error *err)
{
    if (self->motion != NULL && f->width_px == self->width_px && f->height_px == self->height_px) {
        return VG_OK;
    }
    finish_core(self);
    struct vg_motion_params params = vg_motion_defaults();
    params.frame_rate_hz = self->rate_hz / self->every;
    self->width_px = f->width_px;
    self->height_px = f->height_px;
    return vg_motion_create(f->width_px, f->height_px, &params, &self->motion, err);
}

static enum vg_status look_at(struct looking *self, const struct vg_video_frame *f,
                              struct vg_error *err)
{
    struct vg_motion_found found;
    struct vg_motion_pose pose;
    if (self->n_frames++ % (uint64_t)self->every != 0) {
        return VG_OK;
    }
    enum vg_status st = fit_core(self, f, err);
    if (st != VG_OK) {
        return st;
    }
    self->moment[self->n++ % MOMENTS] = (struct moment){f->n - 1, f->pts_s};
    struct vg_luma luma = {f->luma, f->width_px, f->height_px, (ptrdiff_t)f->stride_bytes};
    double t_us = isnan(f->pts_s) ? 0.0 : f->pts_s * (double)VG_US_PER_S;
    st = vg_motion_feed(self->motion, &luma, (int64_t)t_us,
                        vg_metres_pose(&f->pose, &pose) ? &pose : NULL, &found, err);
    if (st == VG_OK && found.picture >= 0) {
        tell(self, &found);
    }
    return st;
}

/* Pictures a second, from the times of the first two. */
static void set_rate(struct looking *self, const struct vg_video_frame *a,
                     const struct vg_video_frame *b)
{
    double step_s = (b->pts_s - a->pts_s) / (double)(b->n - a->n);
    self->rate_hz = step_s > 1.0 / 240.0 && step_s <= 1.0 ? 1.0 / step_s : RATE_UNKNOWN_HZ;
    self->every = (int)ceil(self->rate_hz / RATE_MAX_HZ);
}

static enum vg_video_got wait_for(struct vg_video *video, struct vg_video_frame *out)
{
    enum vg_video_got got;
    do {
        got = vg_video_take(video, WAIT_S, out);
    } while (got == VG_VIDEO_GOT_NOTHING);
    return got;
}

static enum vg_status look(struct looking *self, struct vg_video *video, struct vg_error *err)
{
    struct vg_video_frame last;
    struct vg_video_frame next;
    if (wait_for(video, &last) != VG_VIDEO_GOT_FRAME) {
        char words[400];
        (void)vg_video_state(video, words, sizeof words);
        return vg_fail(err, VG_E_FORMAT, "no picture: %s", words);
    }
    enum vg_status st = VG_OK;
    self->rate_hz = RATE_UNKNOWN_HZ;
    self->every = 1;
    bool has_last = true;
    while (st == VG_OK && wait_for(video, &next) == VG_VIDEO_GOT_FRAME) {
        if (has_last) {
            set_rate(self, &last, &next);
            st = look_at(self, &last, err);
            vg_video_release(&last);
            has_last = false;
        }
        st = st == VG_OK ? look_at(self, &next, err) : st;
        vg_video_release(&next);
    }
    if (has_last) {
        vg_video_release(&last);
    }
    finish_core(self);
    return st;
}

static enum vg_status open_out(const char *path, FILE **out, struct vg_error *err)
{
    *out = path != NULL ? fopen(path, "w") : NULL;
    return path == NULL || *out != NULL ? VG_OK
                                        : vg_fail_errno(err, errno, "cannot write %s", path);
}

static enum vg_status close_out(FILE *file, const char *path, enum vg_status st,
                                struct vg_error *err)
{
    if (file == NULL || file == stdout) {
        return st;
    }
    bool is_bad = ferror(file) != 0;
    is_bad = fclose(file) != 0 || is_bad;
    return is_bad && st == VG_OK ? vg_fail_errno(err, errno, "cannot write %s", path) : st;
}

int vg_cmd_look(const struct vg_app *app, int argc, char **argv)
{
    const char *from = NULL;
    const char *mot = NULL;
    const char *lines = NULL;
    int n = 0;
    const struct vg_option options[] = {{"mot", VG_OPT_TEXT, &mot}, {"o", VG_OPT_TEXT, &lines}};
    int rc = vg_options_read(app, argc, argv, options, 2, &from, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0],
                            "a video file or an address such as udp://127.0.0.1:5600 is wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct looking self = {.app = app};
    struct vg_video *video = NULL;
    enum vg_status st = open_out(mot, &self.mot, &err);
    st = st == VG_OK ? open_out(lines, &self.lines, &err) : st;
    self.lines = mot == NULL && lines == NULL ? stdout : self.lines;
    const struct vg_video_options video_options = {0};
    st = st == VG_OK ? vg_video_open(from, &video_options, &video, &err) : st;
    st = st == VG_OK ? look(&self, video, &err) : st;
    vg_video_close(video);
    st = close_out(self.mot, mot, st, &err);
    st = close_out(self.lines, lines, st, &err);
    fflush(stdout);
    if (st == VG_OK) {
        fprintf(stderr, vg_tr(app->lang, "%llu pictures, %lld things that moved\n"),
                (unsigned long long)self.n_frames, (long long)self.first_track);
    }
    vg_buf_finish(&self.line);
    return st == VG_OK ? 0 : vg_app_fail(app, &err);
}
