#include "record/record_priv.h"

#include "base/text.h"
#include "base/units.h"
#include "record/record_lock.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    QUEUE_MIN = 4 * 1024 * 1024,
    QUEUE_DEFAULT = 16 * 1024 * 1024
};
static const size_t queue_max = (size_t)1 << 34;

int64_t vg_record_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * VG_US_PER_S + t.tv_nsec / 1000;
}

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value > 0 ? value : otherwise;
}

static struct vg_record_options fill_defaults(const struct vg_record_options *given)
{
    struct vg_record_options o = given != NULL ? *given : (struct vg_record_options){0};
    o.group_us = or_default(o.group_us, 10000);
    o.group_events = or_default(o.group_events, 8192);
    o.head_every_us = or_default(o.head_every_us, 5 * VG_US_PER_S);
    o.head_every_events = or_default(o.head_every_events, 10000);
    o.retry_us = or_default(o.retry_us, VG_US_PER_S);
    size_t wanted = o.queue_bytes == 0 ? QUEUE_DEFAULT : o.queue_bytes;
    o.queue_bytes = QUEUE_MIN;
    while (o.queue_bytes < wanted && o.queue_bytes < queue_max) {
        o.queue_bytes *= 2;
    }
    return o;
}

static void init_sync(struct vg_record *self)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->work, &attr);
    pthread_cond_init(&self->settled, &attr);
    pthread_condattr_destroy(&attr);
}

static void release(struct vg_record *self)
{
    vg_record_writer_disconnect(self);
    vg_record_queue_finish(&self->queue);
    vg_record_key_wipe(&self->key);
    if (self->lock_fd >= 0) {
        vg_record_unlock(self->path, self->lock_fd);
    }
    pthread_mutex_destroy(&self->lock);
    pthread_cond_destroy(&self->work);
    pthread_cond_destroy(&self->settled);
    free(self);
}

/* Everything that may fail before the thread runs. A foreign file is refused before the lock file,
 * so that nothing is written beside it. */
static enum vg_status prepare(struct vg_record *self, struct vg_error *err)
{
    enum vg_status st = vg_record_db_check_file(self->path, err);
    if (st == VG_OK) {
        st = vg_record_lock(self->path, &self->lock_fd, err);
    }
    if (st == VG_OK && self->options.key_path != NULL) {
        st = vg_record_key_load(self->options.key_path, &self->key, err);
        self->is_signing = st == VG_OK;
    }
    if (st == VG_OK) {
        st = vg_record_db_create(self->path, &self->options, err);
    }
    if (st == VG_OK) {
        st = vg_record_writer_connect(self, err);
    }
    if (st == VG_OK) {
        st = vg_record_writer_sign_first(self, err);
    }
    if (st == VG_OK && !vg_record_queue_init(&self->queue, self->options.queue_bytes)) {
        st = vg_no_memory(err);
    }
    return st;
}

static enum vg_status start(struct vg_record *self, struct vg_error *err)
{
    self->options.key_path = NULL; /* borrowed during open only */
    self->options.id = NULL;
    self->status.appended_seq = self->tail.seq;
    self->status.signed_seq = self->signed_seq > 0 ? self->signed_seq : 0;
    atomic_store(&self->durable_seq, self->tail.seq);
    self->signed_us = vg_record_monotonic_us();
    /* Signals are the main thread's. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&self->thread, NULL, vg_record_writer_run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0) {
        return vg_fail_errno(err, rc, "cannot start the writer");
    }
    return VG_OK;
}

/* Absolute, so that reopening after a failure does not depend on the working folder of that moment.
 */
static void set_path(struct vg_record *self, const char *path)
{
    char folder[VG_RECORD_PATH_SIZE / 2];
    if (path[0] == '/' || getcwd(folder, sizeof folder) == NULL) {
        vg_format(self->path, sizeof self->path, "%s", path);
    } else {
        vg_format(self->path, sizeof self->path, "%s/%s", folder, path);
    }
}

enum vg_status vg_record_open(const char *path, const struct vg_record_options *options,
                              struct vg_record **out, struct vg_error *err)
{
    if (strlen(path) >= VG_RECORD_PATH_SIZE / 2 - 32) {
        return vg_fail(err, VG_E_INVALID, "the path is too long");
    }
    if (options != NULL && options->id != NULL && !vg_record_is_id(options->id)) {
        return vg_fail(err, VG_E_INVALID, "the id of a record is 32 hexadecimal digits");
    }
    if (sodium_init() < 0) {
        return vg_fail(err, VG_E_INTERNAL, "the cryptographic library does not start");
    }
    struct vg_record *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    set_path(self, path);
    self->options = fill_defaults(options);
    self->lock_fd = -1;
    init_sync(self);
    enum vg_status st = prepare(self, err);
    if (st == VG_OK) {
        st = start(self, err);
    }
    if (st != VG_OK) {
        release(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

enum vg_status vg_record_append(struct vg_record *self, struct vg_us t, const char *kind,
                                const char *body, size_t n, int64_t *out_seq)
{
    struct vg_record_row row = {0, t.us, kind, strlen(kind), body, n};
    if (n > VG_RECORD_BODY_MAX) {
        return VG_E_RANGE;
    }
    if (!vg_record_is_kind(kind, row.kind_n) || !vg_record_is_body(body, n)) {
        return VG_E_INVALID;
    }
    enum vg_status st = VG_OK;
    bool is_wake = false;
    pthread_mutex_lock(&self->lock);
    int64_t n_queued = self->status.appended_seq - atomic_load(&self->durable_seq);
    row.seq = self->status.appended_seq + 1;
    if (vg_record_queue_push(&self->queue, &row)) {
        self->status.appended_seq = row.seq;
        if (n_queued == 0) {
            self->oldest_us = vg_record_monotonic_us();
        }
        size_t used = self->queue.tail - self->queue.head;
        if (used > self->status.queued_peak_bytes) {
            self->status.queued_peak_bytes = used;
        }
        is_wake = self->is_writer_waiting &&
                  (n_queued == 0 || n_queued + 1 == self->options.group_events ||
                   used > self->queue.size_bytes / 2);
        self->is_writer_waiting = self->is_writer_waiting && !is_wake;
    } else {
        self->status.n_refused_full++;
        st = VG_E_FULL;
    }
    pthread_mutex_unlock(&self->lock);
    if (is_wake) {
        pthread_cond_signal(&self->work);
    }
    if (st == VG_OK && out_seq != NULL) {
        *out_seq = row.seq;
    }
    return st;
}

enum vg_status vg_record_flush(struct vg_record *self, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    pthread_mutex_lock(&self->lock);
    int64_t wanted = self->status.appended_seq;
    if (wanted > self->flush_seq) {
        self->flush_seq = wanted;
    }
    pthread_cond_signal(&self->work);
    while (atomic_load(&self->durable_seq) < wanted && !self->status.is_stalled) {
        pthread_cond_wait(&self->settled, &self->lock);
    }
    if (atomic_load(&self->durable_seq) < wanted) {
        st = vg_fail(err, VG_E_IO, "recording has stopped: %s", self->status.error.message);
    }
    pthread_mutex_unlock(&self->lock);
    return st;
}

int64_t vg_record_durable_seq(const struct vg_record *self)
{
    return atomic_load(&self->durable_seq);
}

void vg_record_status(struct vg_record *self, struct vg_record_status *out)
{
    pthread_mutex_lock(&self->lock);
    *out = self->status;
    out->durable_seq = atomic_load(&self->durable_seq);
    out->queued_bytes = self->queue.tail - self->queue.head;
    pthread_mutex_unlock(&self->lock);
}

const char *vg_record_id(const struct vg_record *self)
{
    return self->meta.id;
}

enum vg_status vg_record_close(struct vg_record *self, struct vg_error *err)
{
    if (self == NULL) {
        return VG_OK;
    }
    pthread_mutex_lock(&self->lock);
    self->is_closing = true;
    pthread_cond_signal(&self->work);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    enum vg_status st = VG_OK;
    int64_t n_lost = self->status.appended_seq - atomic_load(&self->durable_seq);
    if (n_lost > 0) {
        st = vg_fail(err, VG_E_IO, "%lld events did not reach the disk: %s", (long long)n_lost,
                     self->status.error.message);
    }
    release(self);
    return st;
}
