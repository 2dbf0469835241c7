/* A new timetable is told, recorded, kept beside the record, and found there after a restart. */
#include "app/station_replan.h"

#include "app/load.h"
#include "app/make_plan.h"
#include "base/file.h"
#include "base/sha256.h"

#include <stdlib.h>
#include <string.h>

static const char *const CAUSES[] = {
    [VG_REPLAN_FLEET] = "fleet", [VG_REPLAN_WIND] = "wind", [VG_REPLAN_PROMISE] = "promise"};

/* Beside the record, so that a restart goes on with it and anybody can check it. */
void vg_station_plan_path(const struct vg_station *self, char *out, size_t size_bytes)
{
    vg_format(out, size_bytes, "%s.plan.json", self->record_path);
}

static void hash(const struct vg_buf *text, char out[VG_SHA256_HEX_SIZE])
{
    uint8_t sha[VG_SHA256_SIZE];
    vg_sha256(vg_buf_text(text), text->n, sha);
    vg_hex(sha, sizeof sha, out);
}

static bool save(struct vg_station *self, char out_sha[VG_SHA256_HEX_SIZE])
{
    char path[1300];
    struct vg_buf text = {0};
    vg_station_plan_path(self, path, sizeof path);
    vg_plan_format(self->plan, &text);
    bool is_saved =
        !text.is_failed && vg_file_write(path, vg_buf_text(&text), text.n, NULL) == VG_OK;
    hash(&text, out_sha);
    vg_buf_finish(&text);
    self->is_plan_kept = self->is_plan_kept || is_saved;
    return is_saved;
}

static void put_drones(const struct vg_station *self, const struct vg_replan_job *job, bool is_out,
                       struct vg_buf *out)
{
    bool is_first = true;
    vg_buf_puts(out, "[");
    for (int d = 0; d < self->watchfile.n_drones; d++) {
        bool is_for_it = job->cause == VG_REPLAN_FLEET && job->has_changed[d];
        if (is_for_it && job->drones[d].is_out == is_out) {
            vg_buf_puts(out, is_first ? "" : ",");
            vg_buf_json(out, self->watchfile.drones[d].id);
            is_first = false;
        }
    }
    vg_buf_puts(out, "]");
}

static double wanted_s(const struct vg_station *self, const struct vg_forecast *f)
{
    const struct vg_network *net = &self->watchfile.network;
    for (int k = 0; k < net->n_stretches; k++) {
        const struct vg_stretch *st = &net->stretches[k];
        if (st->line == f->line && f->s_m >= st->from_m && f->s_m <= st->to_m) {
            return st->revisit_s;
        }
    }
    return self->watchfile.revisit_s;
}

static void put_forecast(const struct vg_station *self, const char *name,
                         const struct vg_forecast *f, struct vg_buf *out)
{
    const struct vg_network *net = &self->watchfile.network;
    double promise_s = wanted_s(self, f);
    vg_buf_printf(out,
                  ",\"%s\":{\"gap_s\":%.0f,\"promise_s\":%.0f,\"km\":%.1f,\"in_s\":%.0f,"
                  "\"broken_km\":%.1f,\"line\":",
                  name, f->ratio * promise_s, promise_s, f->s_m / 1000, f->t_s, f->broken_m / 1000);
    vg_buf_json(out, f->line >= 0 ? net->lines[f->line].name : "");
    vg_buf_puts(out, "}");
}

static void put_wind(const struct vg_replan_job *job, struct vg_buf *out)
{
    vg_buf_printf(out, ",\"wind\":{\"from_deg\":%.0f,\"speed_mps\":%.1f}", job->watch.wind_from_deg,
                  job->watch.wind_mps);
}

void vg_station_replan_tell_wind(struct vg_station *self, const struct vg_replan_job *job)
{
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"reason\":");
    vg_buf_json(&b, job->err.message);
    put_wind(job, &b);
    vg_buf_puts(&b, "}");
    if (!b.is_failed) {
        vg_station_alert(self, "wind", "urgent", -1, vg_buf_text(&b));
    }
    vg_buf_finish(&b);
}

void vg_station_replan_tell(struct vg_station *self, const struct vg_replan_job *job)
{
    struct vg_buf b = {0};
    char sha[VG_SHA256_HEX_SIZE];
    bool is_saved = save(self, sha);
    vg_buf_puts(&b, "{\"cause\":");
    vg_buf_json(&b, CAUSES[job->cause]);
    vg_buf_puts(&b, ",\"out\":");
    put_drones(self, job, true, &b);
    vg_buf_puts(&b, ",\"back\":");
    put_drones(self, job, false, &b);
    vg_buf_printf(&b, ",\"bases\":%d", job->out.n_bases);
    if (job->cause == VG_REPLAN_WIND) {
        put_wind(job, &b);
    }
    put_forecast(self, "without", &job->out.without, &b);
    put_forecast(self, "with", &job->out.with, &b);
    size_t common = b.n;
    vg_buf_printf(&b, ",\"plan_sha256\":\"%s\",\"is_saved\":%s,\"worst_gap_s\":%.0f}", sha,
                  is_saved ? "true" : "false", self->plan->worst_gap_s);
    if (!b.is_failed) {
        vg_station_event(self, "plan", b.data, b.n);
        b.n = common;
        vg_buf_puts(&b, "}");
        vg_station_alert(self, "replanned", job->out.with.ratio > 1 ? "urgent" : "warning", -1,
                         vg_buf_text(&b));
    }
    vg_buf_finish(&b);
}

void vg_station_restore_plan(struct vg_station *self, const char *sha256)
{
    char path[1300];
    char sha[VG_SHA256_HEX_SIZE] = "";
    struct vg_plan plan;
    struct vg_buf text = {0};
    vg_station_plan_path(self, path, sizeof path);
    if (vg_file_read(path, VG_LOAD_PLAN_MAX_BYTES, &text, NULL) == VG_OK) {
        hash(&text, sha);
    }
    if (strcmp(sha, sha256) == 0 &&
        vg_plan_parse(vg_buf_text(&text), text.n, path, &plan, NULL) == VG_OK) {
        vg_plan_finish(self->plan);
        *self->plan = plan;
        self->is_plan_kept = true;
        vg_planner_adopt(self->plan, &self->watchfile);
    }
    vg_buf_finish(&text);
}

static bool go_on(void *ctx)
{
    return vg_clock_mono_us() < *(const int64_t *)ctx;
}

enum vg_status vg_station_better_plan(struct vg_station *self, char out_sha256[VG_SHA256_HEX_SIZE],
                                      struct vg_error *err)
{
    int64_t until_us = vg_clock_mono_us() + (int64_t)(self->options.plan_time_s * 1e6);
    const struct vg_planner_options options = {.moves = INT64_MAX,
                                               .seed = 1,
                                               .n_threads = VG_PLAN_THREADS,
                                               .go_on = go_on,
                                               .ctx = &until_us};
    struct vg_plan first = *self->plan;
    out_sha256[0] = '\0';
    if (self->options.plan_path != NULL || !(self->options.plan_time_s > 0)) {
        return VG_OK;
    }
    enum vg_status st = vg_make_plan(&self->watchfile, self->terrain, &options, self->plan, err);
    if (st != VG_OK) {
        *self->plan = first;
        return st;
    }
    if (!save(self, out_sha256)) { /* a restart would not find it again */
        vg_plan_finish(self->plan);
        *self->plan = first;
        out_sha256[0] = '\0';
        return VG_OK;
    }
    vg_plan_finish(&first);
    vg_planner_adopt(self->plan, &self->watchfile);
    return VG_OK;
}
