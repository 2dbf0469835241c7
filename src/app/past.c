#include "app/past.h"

#include "base/json.h"
#include "record/record_read.h"

#include <string.h>

static void take_start(struct vg_past_tail *tail, const char *body, size_t n)
{
    json_t *doc;
    if (vg_json_parse(body, n, "start", &doc, NULL) != VG_OK) {
        return;
    }
    const json_t *epoch = json_object_get(doc, "epoch_us");
    const char *sha = json_string_value(json_object_get(doc, "plan_sha256"));
    const json_t *speed = json_object_get(doc, "speed");
    tail->epoch_us = json_is_number(epoch) ? (int64_t)json_number_value(epoch) : 0;
    tail->is_sim = json_is_true(json_object_get(doc, "sim"));
    tail->speed = json_is_number(speed) ? json_number_value(speed) : 1;
    vg_format(tail->plan_sha256, sizeof tail->plan_sha256, "%s", sha != NULL ? sha : "");
    json_decref(doc);
}

static void take_plan(struct vg_past_tail *tail, const char *body, size_t n)
{
    json_t *doc;
    if (vg_json_parse(body, n, "plan", &doc, NULL) == VG_OK) {
        const char *sha = json_string_value(json_object_get(doc, "plan_sha256"));
        vg_format(tail->change_sha256, sizeof tail->change_sha256, "%s", sha != NULL ? sha : "");
        json_decref(doc);
    }
}

enum vg_status vg_past_fold(const char *path, struct vg_us until, const atomic_bool *is_cancelled,
                            struct vg_watch *out, struct vg_past_tail *out_tail,
                            struct vg_error *err)
{
    struct vg_record_reader *reader;
    enum vg_status st = vg_record_reader_open(path, &reader, err);
    if (st != VG_OK) {
        return st;
    }
    struct vg_past_tail tail = {.speed = 1};
    struct vg_record_event e;
    while ((is_cancelled == NULL || !atomic_load(is_cancelled)) &&
           (st = vg_record_reader_next(reader, &e, err)) == VG_OK && e.t.us <= until.us) {
        tail.last_us = e.t.us > tail.last_us ? e.t.us : tail.last_us;
        tail.n_events++;
        if (strcmp(e.kind, "start") == 0) {
            take_start(&tail, e.body, e.body_n);
        } else if (strcmp(e.kind, "plan") == 0) {
            take_plan(&tail, e.body, e.body_n);
        }
        tail.n_bad += vg_watch_apply(out, e.t, e.kind, e.body, e.body_n, NULL) != VG_OK;
    }
    vg_record_reader_close(reader);
    *out_tail = tail;
    return st == VG_E_NOT_FOUND ? VG_OK : st;
}
