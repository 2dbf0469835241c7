#include "app/reader.h"

#include "link/logs.h"
#include "link/params.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OUTS_A_STEP = 4
};
static const uint32_t LOG_MAX = UINT32_C(2) << 30;

struct vg_reader {
    struct vg_reader_options options;
    enum vg_reading what;
    int drone; /* whom what is known is of */
    struct vg_params params;
    struct vg_logs logs;
    FILE *file;
    bool has_file_failed;
    char path[1300];
};

enum vg_status vg_reader_create(const struct vg_reader_options *options, struct vg_reader **out,
                                struct vg_error *err)
{
    struct vg_reader *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->options = *options;
    self->drone = -1;
    self->logs.err.lang = options->lang;
    *out = self;
    return VG_OK;
}

void vg_reader_destroy(struct vg_reader *self)
{
    if (self != NULL && self->file != NULL) {
        fclose(self->file);
    }
    free(self);
}

static bool is_reading_params(const struct vg_reader *self)
{
    return self->params.state == VG_PARAMS_READING || self->params.state == VG_PARAMS_READING_PACK;
}

static bool is_busy(const struct vg_reader *self)
{
    return is_reading_params(self) || vg_logs_is_busy(&self->logs);
}

static void take_piece(void *ctx, uint32_t offset, struct vg_bytes data)
{
    struct vg_reader *self = ctx;
    self->has_file_failed = self->has_file_failed ||
                            fseek(self->file, (long)offset, SEEK_SET) != 0 ||
                            fwrite(data.data, 1, data.n, self->file) != data.n;
}

/* "<folder>/V1-00000002.BIN", "V1-log7.bin": the drone's own name has been checked when it was
 * listed. */
static enum vg_status open_file(struct vg_reader *self, const struct vg_reader_wish *wish,
                                struct vg_error *err)
{
    const struct vg_log_entry *e = &self->logs.entries[wish->log];
    char number[24];
    vg_format(number, sizeof number, "log%d.bin", e->id);
    vg_format(self->path, sizeof self->path, "%s/%s-%s", self->options.folder, wish->drone_id,
              e->name[0] != '\0' ? e->name : number);
    if (mkdir(self->options.folder, 0777) != 0 && errno != EEXIST) {
        return vg_fail_errno(err, errno, "cannot make %s", self->options.folder);
    }
    self->has_file_failed = false;
    self->file = fopen(self->path, "wb");
    return self->file != NULL ? VG_OK : vg_fail_errno(err, errno, "cannot make %s", self->path);
}

static enum vg_status start_log(struct vg_reader *self, const struct vg_reader_wish *wish,
                                struct vg_us now, struct vg_error *err)
{
    const struct vg_ftp_options options = {.sink = take_piece, .ctx = self, .limit_bytes = LOG_MAX};
    if (self->drone != wish->drone || wish->log < 0 || wish->log >= self->logs.n_entries) {
        return vg_fail(err, VG_E_INVALID, "no such log");
    }
    enum vg_status st = open_file(self, wish, err);
    return st == VG_OK ? vg_logs_read(&self->logs, wish->log, &options, now, err) : st;
}

enum vg_status vg_reader_start(struct vg_reader *self, const struct vg_reader_wish *wish,
                               struct vg_us now, struct vg_error *err)
{
    const struct vg_vehicle *v = wish->vehicle;
    if (is_busy(self)) {
        return vg_fail(err, VG_E_FULL, "a drone is being read already");
    }
    if (!v->state.is_known) {
        return vg_fail(err, VG_E_INVALID, "the drone was never heard");
    }
    if (wish->what == VG_READING_LOG) {
        enum vg_status st = start_log(self, wish, now, err);
        self->what = st == VG_OK ? VG_READING_LOG : self->what;
        return st;
    }
    const struct vg_mav_pair pair = {(uint8_t)self->options.our_sysid, VG_OUR_COMPID, v->sysid,
                                     v->compid};
    if (self->drone != wish->drone) {
        self->params.n_params = 0;
        self->logs.n_entries = 0;
        self->params.state = VG_PARAMS_IDLE;
        self->logs.state = VG_LOGS_IDLE;
        self->path[0] = '\0';
    }
    self->what = wish->what;
    self->drone = wish->drone;
    if (wish->what == VG_READING_PARAMS) {
        vg_params_read(&self->params, pair, v->version.capabilities, now);
    } else {
        vg_logs_list(&self->logs, pair, v->version.capabilities, v->state.autopilot, now);
    }
    return VG_OK;
}

/* A whole file stays; half of one does not. */
static void close_file(struct vg_reader *self)
{
    if (self->file == NULL || vg_logs_is_busy(&self->logs)) {
        return;
    }
    bool is_whole = self->logs.state == VG_LOGS_DONE && !self->has_file_failed;
    is_whole = fclose(self->file) == 0 && is_whole;
    self->file = NULL;
    if (!is_whole) {
        unlink(self->path);
        self->path[0] = '\0';
    }
}

void vg_reader_feed(struct vg_reader *self, int drone, const struct vg_mav_msg *msg,
                    struct vg_us now)
{
    if (self == NULL || drone != self->drone) {
        return;
    }
    vg_params_feed(&self->params, msg, now);
    vg_logs_feed(&self->logs, msg, now);
    close_file(self);
}

void vg_reader_step(struct vg_reader *self, struct vg_us now)
{
    struct vg_mav_msg m;
    if (self == NULL || self->drone < 0) {
        return;
    }
    vg_params_step(&self->params, now);
    vg_logs_step(&self->logs, now);
    close_file(self);
    for (int i = 0; i < OUTS_A_STEP; i++) {
        if (!vg_params_next_out(&self->params, &m) && !vg_logs_next_out(&self->logs, &m)) {
            return;
        }
        self->options.send(self->options.ctx, self->drone, &m);
    }
}

/* ---- as JSON ---- */

static void put_param(const struct vg_param *p, bool is_first, struct vg_buf *out)
{
    vg_buf_puts(out, is_first ? "{\"name\":" : ",{\"name\":");
    vg_buf_json(out, p->name);
    vg_buf_puts(out, ",\"value\":");
    vg_buf_real(out, p->value, 9);
    if (p->has_default) {
        vg_buf_puts(out, ",\"default\":");
        vg_buf_real(out, p->default_value, 9);
    }
    vg_buf_puts(out, "}");
}

void vg_reader_params_json(const struct vg_reader *self, int drone, struct vg_buf *out)
{
    bool is_of_it = self != NULL && self->drone == drone;
    const struct vg_params *p = is_of_it ? &self->params : NULL;
    const char *state = p == NULL || p->state == VG_PARAMS_IDLE ? "idle"
                        : p->state == VG_PARAMS_DONE            ? "done"
                        : p->state == VG_PARAMS_FAILED          ? "failed"
                                                                : "reading";
    vg_buf_printf(out, "{\"state\":\"%s\",\"source\":\"%s\",\"n\":%d,\"known\":%d,\"params\":[",
                  state, p != NULL && p->is_from_pack ? "file" : "list",
                  p != NULL ? p->n_params : 0, p != NULL ? p->n_known : 0);
    bool is_first = true;
    for (int i = 0; p != NULL && i < p->n_params; i++) {
        if (p->params[i].name[0] != '\0') {
            put_param(&p->params[i], is_first, out);
            is_first = false;
        }
    }
    vg_buf_puts(out, "]}");
}

void vg_reader_logs_json(const struct vg_reader *self, int drone, struct vg_buf *out)
{
    bool is_of_it = self != NULL && self->drone == drone;
    const struct vg_logs *l = is_of_it ? &self->logs : NULL;
    const char *state = l == NULL || l->state == VG_LOGS_IDLE ? "idle"
                        : l->state == VG_LOGS_DONE            ? "done"
                        : l->state == VG_LOGS_FAILED          ? "failed"
                                                              : "reading";
    vg_buf_printf(out, "{\"state\":\"%s\",\"read_bytes\":%lu,\"file\":", state,
                  l != NULL ? (unsigned long)l->read_bytes : 0ul);
    const char *slash = is_of_it ? strrchr(self->path, '/') : NULL;
    vg_buf_json(out, slash != NULL ? slash + 1 : "");
    vg_buf_puts(out, ",\"reason\":");
    vg_buf_json(out, l != NULL && l->state == VG_LOGS_FAILED ? l->err.message : "");
    vg_buf_puts(out, ",\"logs\":[");
    for (int i = 0; l != NULL && i < l->n_entries; i++) {
        const struct vg_log_entry *e = &l->entries[i];
        vg_buf_printf(out, "%s{\"log\":%d,\"bytes\":%lu,\"t_us\":%lld,\"name\":", i > 0 ? "," : "",
                      i, (unsigned long)e->size_bytes, (long long)e->utc_s * 1000000);
        vg_buf_json(out, e->name);
        vg_buf_puts(out, "}");
    }
    vg_buf_puts(out, "]}");
}
