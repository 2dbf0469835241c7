#include "app/moment.h"

#include "app/past.h"

#include <stdlib.h>

struct moment {
    struct vg_server *server;
    struct vg_reply_id reply;
    char path[1100];
    struct vg_us t;
    struct vg_buf out;
    struct vg_error err;
};

static void fold(void *job, const atomic_bool *is_cancelled)
{
    struct moment *m = job;
    struct vg_watch watch = {0};
    struct vg_past_tail tail;
    enum vg_status st = vg_past_fold(m->path, m->t, is_cancelled, &watch, &tail, &m->err);
    if (st == VG_OK && watch.description != NULL) {
        struct vg_view_frame frame = {m->t, 0, tail.is_sim, tail.speed};
        vg_view_snapshot(&watch, &frame, &m->out);
    }
    vg_watch_finish(&watch);
}

static void drop(void *job)
{
    struct moment *m = job;
    vg_buf_finish(&m->out);
    free(m);
}

static void answer(void *ctx, void *job)
{
    struct moment *m = job;
    (void)ctx;
    struct vg_reply reply = {.http_status = 200, .content_type = "application/json; charset=utf-8"};
    if (m->out.n > 0 && !m->out.is_failed) {
        reply.body = m->out;
        m->out = (struct vg_buf){0};
    } else {
        vg_reply_error(&reply, 404,
                       m->err.message[0] != '\0' ? m->err.message : "nothing recorded then");
    }
    vg_server_complete(m->server, m->reply, &reply);
    drop(m);
}

void vg_moment_answer(struct vg_server *server, struct vg_work *work, const char *record_path,
                      struct vg_us t, struct vg_reply *reply)
{
    struct moment *m = calloc(1, sizeof *m);
    if (m == NULL) {
        vg_reply_error(reply, 503, "out of memory");
        return;
    }
    m->server = server;
    m->t = t;
    vg_format(m->path, sizeof m->path, "%s", record_path);
    m->reply = vg_server_defer(server, reply);
    struct vg_job job = {.run = fold, .done = answer, .drop = drop, .job = m};
    if (m->reply.generation == 0) {
        drop(m);
    } else if (vg_work_submit(work, &job, NULL, NULL) != VG_OK) {
        struct vg_reply busy = {.http_status = 503};
        vg_reply_error(&busy, 503, "too many moments asked for at once");
        vg_server_complete(server, m->reply, &busy);
        drop(m);
    }
}
