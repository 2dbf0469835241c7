#include "look/video.h"

#include "base/text.h"
#include "look/video_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double PAUSE_S = 0.5;
enum {
    PAUSE_GROWS = 16 /* times, at most */
};

struct vg_video {
    char from[1024];
    bool is_live; /* drops the oldest, opens again; else a file */
    struct vg_video_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* ring, state or is_closing */
    atomic_bool is_closing;
    /* Under the lock. */
    struct vg_video_frame ring[VG_VIDEO_RING];
    int first;
    int n;
    struct vg_video_counts counts;
    enum vg_video_state state;
    char why[400];
    /* The thread's own. */
    struct vg_video_link link;
    struct vg_match match;
    struct vg_video_counts seen; /* counted by the link; copied under the lock */
};

/* ---- the decode thread ---- */

static void set_state(struct vg_video *self, enum vg_video_state state, const struct vg_error *err)
{
    pthread_mutex_lock(&self->lock);
    uint64_t dropped = self->counts.dropped;
    self->counts = self->seen;
    self->counts.dropped = dropped;
    self->state = state;
    vg_format(self->why, sizeof self->why, "%s", err != NULL ? err->message : "");
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void wait_until(struct vg_video *self, double at_s)
{
    struct timespec t = {(time_t)floor(at_s), (long)((at_s - floor(at_s)) * 1e9)};
    pthread_cond_timedwait(&self->changed, &self->lock, &t);
}

/* Live: the oldest goes. A file waits for room, unless the source is being closed. */
static void put(struct vg_video *self, struct vg_video_frame *frame)
{
    struct vg_video_frame old = {0};
    pthread_mutex_lock(&self->lock);
    while (!self->is_live && self->n == VG_VIDEO_RING && !atomic_load(&self->is_closing)) {
        pthread_cond_wait(&self->changed, &self->lock);
    }
    if (self->n == VG_VIDEO_RING) {
        old = self->ring[self->first];
        self->first = (self->first + 1) % VG_VIDEO_RING;
        self->n--;
        self->counts.dropped++;
    }
    self->ring[(self->first + self->n) % VG_VIDEO_RING] = *frame;
    self->n++;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    vg_video_release(&old);
    if (self->options.wake != NULL) {
        self->options.wake(self->options.ctx);
    }
}

static void put_ready(struct vg_video *self, bool is_end)
{
    struct vg_video_frame frame;
    while (vg_match_next(&self->match, is_end, &frame)) {
        put(self, &frame);
    }
}

/* One connection from its opening to its end; true if frames came. */
static bool run_once(struct vg_video *self, struct vg_error *err)
{
    uint64_t before = self->seen.frames;
    vg_match_reset(&self->match);
    set_state(self, VG_VIDEO_CONNECTING, NULL);
    if (vg_link_open(&self->link, self->from, self->options.stall_s, &self->is_closing, err) ==
        VG_OK) {
        self->seen.connections++;
        enum vg_link_step step = VG_LINK_READ;
        while (step == VG_LINK_READ && !atomic_load(&self->is_closing)) {
            step = vg_link_step(&self->link, &self->match, &self->seen, err);
            put_ready(self, step != VG_LINK_READ);
            set_state(self, VG_VIDEO_RUNNING, NULL);
        }
    }
    vg_link_close(&self->link);
    return self->seen.frames > before;
}

static void *run(void *ctx)
{
    struct vg_video *self = ctx;
    double pause_s = self->options.pause_s;
    while (!atomic_load(&self->is_closing)) {
        struct vg_error err = {0};
        bool has_come = run_once(self, &err);
        if (!self->is_live) {
            set_state(self, VG_VIDEO_ENDED, err.status != VG_OK ? &err : NULL);
            break;
        }
        pause_s = has_come ? self->options.pause_s : pause_s;
        set_state(self, VG_VIDEO_WAITING, &err);
        double until_s = vg_video_now_s() + pause_s;
        pthread_mutex_lock(&self->lock);
        while (!atomic_load(&self->is_closing) && vg_video_now_s() < until_s) {
            wait_until(self, until_s);
        }
        pthread_mutex_unlock(&self->lock);
        pause_s = fmin(pause_s * 2, self->options.pause_s * PAUSE_GROWS);
    }
    return NULL;
}

/* ---- the caller's side ---- */

enum vg_status vg_video_open(const char *from, const struct vg_video_options *options,
                             struct vg_video **out, struct vg_error *err)
{
    pthread_condattr_t attr;
    struct vg_video *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    av_log_set_level(AV_LOG_QUIET); /* what is wrong is told by state and counts */
    vg_format(self->from, sizeof self->from, "%s", from);
    self->is_live = strstr(from, "://") != NULL && strncmp(from, "file://", 7) != 0;
    self->options = options != NULL ? *options : (struct vg_video_options){0};
    self->options.stall_s = self->options.stall_s > 0 ? self->options.stall_s : VG_VIDEO_STALL_S;
    self->options.pause_s = self->options.pause_s > 0 ? self->options.pause_s : PAUSE_S;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&self->thread, NULL, run, self) != 0) {
        pthread_cond_destroy(&self->changed);
        pthread_mutex_destroy(&self->lock);
        free(self);
        return vg_fail(err, VG_E_INTERNAL, "no thread for %s", from);
    }
    *out = self;
    return VG_OK;
}

void vg_video_close(struct vg_video *self)
{
    if (self == NULL) {
        return;
    }
    pthread_mutex_lock(&self->lock);
    atomic_store(&self->is_closing, true);
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    vg_match_reset(&self->match);
    for (; self->n > 0; self->n--) {
        vg_video_release(&self->ring[self->first]);
        self->first = (self->first + 1) % VG_VIDEO_RING;
    }
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

enum vg_video_got vg_video_take(struct vg_video *self, double timeout_s, struct vg_video_frame *out)
{
    double until_s = vg_video_now_s() + timeout_s;
    enum vg_video_got got = VG_VIDEO_GOT_NOTHING;
    pthread_mutex_lock(&self->lock);
    while (self->n == 0 && self->state != VG_VIDEO_ENDED && vg_video_now_s() < until_s) {
        wait_until(self, until_s);
    }
    if (self->n > 0) {
        *out = self->ring[self->first];
        self->first = (self->first + 1) % VG_VIDEO_RING;
        self->n--;
        got = VG_VIDEO_GOT_FRAME;
        pthread_cond_broadcast(&self->changed);
    } else if (self->state == VG_VIDEO_ENDED) {
        got = VG_VIDEO_GOT_END;
    }
    pthread_mutex_unlock(&self->lock);
    return got;
}

void vg_video_release(struct vg_video_frame *frame)
{
    AVFrame *held = frame->held;
    av_frame_free(&held);
    *frame = (struct vg_video_frame){0};
}

struct vg_video_counts vg_video_counts(struct vg_video *self)
{
    pthread_mutex_lock(&self->lock);
    struct vg_video_counts counts = self->counts;
    pthread_mutex_unlock(&self->lock);
    return counts;
}

enum vg_video_state vg_video_state(struct vg_video *self, char *buf, size_t size_bytes)
{
    pthread_mutex_lock(&self->lock);
    enum vg_video_state state = self->state;
    vg_format(buf, size_bytes, "%s", self->why);
    pthread_mutex_unlock(&self->lock);
    return state;
}
