#include "link/logs.h"

#include "base/text.h"
#include "link/autopilot.h"

#include <string.h>

enum {
    TRIES_MAX = 12,
    ALL = 0xffff
};
static const int64_t RETRY_US = 1500000;

/* ---- the older way: asking ---- */

static void ask_list(struct vg_logs *self, struct vg_us now)
{
    const struct vg_mav_log_request_list m = {.target_system = self->pair.their_sysid,
                                              .target_component = self->pair.their_compid,
                                              .end = ALL};
    self->heard = now;
    vg_mav_log_request_list_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                                 vg_outq_add(&self->out));
}

static void send_end(struct vg_logs *self)
{
    const struct vg_mav_log_request_end m = {.target_system = self->pair.their_sysid,
                                             .target_component = self->pair.their_compid};
    vg_mav_log_request_end_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                                vg_outq_add(&self->out));
}

static bool has_piece(const struct vg_logs *self, int k)
{
    return (self->has[k / 8] >> (k % 8) & 1) != 0;
}

/* Pieces of the block that the log has, as far as is known. */
static int pieces_of_block(const struct vg_logs *self)
{
    uint32_t left = self->size_bytes > self->block_at ? self->size_bytes - self->block_at : 0;
    uint32_t n = (left + VG_LOG_PIECE - 1) / VG_LOG_PIECE;
    return n < VG_LOG_BLOCK ? (int)n : VG_LOG_BLOCK;
}

/* From the first missing piece to the last. False: none is. */
static bool ask_missing(struct vg_logs *self, struct vg_us now)
{
    int n = pieces_of_block(self);
    int first = 0;
    int last = n - 1;
    while (first < n && has_piece(self, first)) {
        first++;
    }
    while (last > first && has_piece(self, last)) {
        last--;
    }
    if (first >= n) {
        return false;
    }
    const struct vg_mav_log_request_data m = {.target_system = self->pair.their_sysid,
                                              .target_component = self->pair.their_compid,
                                              .id = self->reading_id,
                                              .ofs =
                                                  self->block_at + (uint32_t)first * VG_LOG_PIECE,
                                              .count = (uint32_t)(last - first + 1) * VG_LOG_PIECE};
    self->heard = now;
    vg_mav_log_request_data_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                                 vg_outq_add(&self->out));
    return true;
}

static void finish(struct vg_logs *self, enum vg_logs_state state)
{
    self->state = state;
    send_end(self);
}

static void give_up(struct vg_logs *self)
{
    enum vg_lang lang = self->err.lang;
    self->err = (struct vg_error){.lang = lang};
    (void)vg_fail(&self->err, VG_E_IO, "the drone stopped telling its logs");
    finish(self, VG_LOGS_FAILED);
}

/* ---- beginning ---- */

static void start_listing(struct vg_logs *self, struct vg_us now)
{
    self->state = VG_LOGS_LISTING;
    self->n_entries = 0;
    self->n_logs = -1;
    self->tries = 0;
    ask_list(self, now);
}

static void add_entry(struct vg_logs *self, const struct vg_log_entry *entry)
{
    if (self->n_entries == VG_LOGS_MAX) {
        memmove(self->entries, self->entries + 1, sizeof self->entries - sizeof self->entries[0]);
        self->n_entries--;
    }
    self->entries[self->n_entries++] = *entry;
}

static bool is_log_name(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && n < VG_LOG_NAME_SIZE && strchr(name, '/') == NULL &&
           (strcmp(name + n - 4, ".BIN") == 0 || strcmp(name + n - 4, ".bin") == 0);
}

static void take_file(void *ctx, const char *name, bool is_folder, uint64_t size_bytes)
{
    struct vg_log_entry e = {.size_bytes = size_bytes < UINT32_MAX ? (uint32_t)size_bytes : 0};
    if (!is_folder && is_log_name(name)) {
        vg_format(e.name, sizeof e.name, "%s", name);
        add_entry(ctx, &e);
    }
}

void vg_logs_list(struct vg_logs *self, struct vg_mav_pair pair, uint64_t capabilities,
                  uint8_t autopilot, struct vg_us now)
{
    vg_logs_cancel(self);
    self->pair = pair;
    self->n_entries = 0;
    self->err = (struct vg_error){.lang = self->err.lang};
    const struct vg_ftp_options options = {.entry = take_file, .ctx = self, .tries_max = 6};
    self->folder = vg_autopilot_find(autopilot)->log_folder;
    self->has_files = self->folder != NULL &&
                      (capabilities & VG_MAV_PROTOCOL_CAPABILITY_FTP) != 0 &&
                      vg_ftp_list(&self->ftp, pair, self->folder, &options, now, NULL) == VG_OK;
    if (self->has_files) {
        self->state = VG_LOGS_LISTING_FILES;
    } else {
        start_listing(self, now);
    }
}

static enum vg_status read_file(struct vg_logs *self, const struct vg_log_entry *e,
                                struct vg_us now, struct vg_error *err)
{
    char path[VG_FTP_PATH_MAX + 1];
    vg_format(path, sizeof path, "%s/%s", self->folder, e->name);
    enum vg_status st = vg_ftp_read(&self->ftp, self->pair, path, &self->options, now, err);
    self->state = st == VG_OK ? VG_LOGS_READING_FILE : self->state;
    return st;
}

enum vg_status vg_logs_read(struct vg_logs *self, int i, const struct vg_ftp_options *options,
                            struct vg_us now, struct vg_error *err)
{
    if (i < 0 || i >= self->n_entries || self->state == VG_LOGS_LISTING ||
        self->state == VG_LOGS_LISTING_FILES) {
        return vg_fail(err, VG_E_INVALID, "no such log");
    }
    const struct vg_log_entry *e = &self->entries[i];
    vg_logs_cancel(self);
    self->options = *options;
    self->read_bytes = 0;
    if (e->name[0] != '\0') {
        return read_file(self, e, now, err);
    }
    self->state = VG_LOGS_READING;
    self->reading_id = e->id;
    self->size_bytes = e->size_bytes < options->limit_bytes ? e->size_bytes : options->limit_bytes;
    self->block_at = 0;
    self->tries = 0;
    memset(self->has, 0, sizeof self->has);
    if (!ask_missing(self, now)) {
        finish(self, VG_LOGS_DONE); /* an empty one */
    }
    return VG_OK;
}

void vg_logs_cancel(struct vg_logs *self)
{
    vg_ftp_cancel(&self->ftp);
    if (self->state == VG_LOGS_LISTING || self->state == VG_LOGS_READING) {
        send_end(self);
    }
    self->state = VG_LOGS_IDLE;
}

bool vg_logs_is_busy(const struct vg_logs *self)
{
    return self->state != VG_LOGS_IDLE && self->state != VG_LOGS_DONE &&
           self->state != VG_LOGS_FAILED;
}

/* ---- the older way: what comes ---- */

static void take_entry(struct vg_logs *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_log_entry m;
    vg_mav_log_entry_unpack(msg, &m);
    self->heard = now;
    self->n_logs = m.num_logs;
    if (m.num_logs == 0) {
        finish(self, VG_LOGS_DONE);
        return;
    }
    int at = 0; /* in the order of their numbers, each once */
    while (at < self->n_entries && self->entries[at].id < m.id) {
        at++;
    }
    bool is_known = at < self->n_entries && self->entries[at].id == m.id;
    if (!is_known && self->n_entries < VG_LOGS_MAX) {
        memmove(&self->entries[at + 1], &self->entries[at],
                (size_t)(self->n_entries - at) * sizeof self->entries[0]);
        self->entries[at] =
            (struct vg_log_entry){.id = m.id, .size_bytes = m.size, .utc_s = m.time_utc};
        self->n_entries++;
        self->tries = 0;
    }
    if (self->n_entries >= self->n_logs || self->n_entries == VG_LOGS_MAX) {
        finish(self, VG_LOGS_DONE);
    }
}

static void next_block(struct vg_logs *self, struct vg_us now)
{
    self->block_at += VG_LOG_BLOCK * VG_LOG_PIECE;
    memset(self->has, 0, sizeof self->has);
    if (!ask_missing(self, now)) {
        self->read_bytes = self->size_bytes;
        finish(self, VG_LOGS_DONE);
    }
}

static void take_data(struct vg_logs *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_log_data m;
    vg_mav_log_data_unpack(msg, &m);
    uint32_t k = (m.ofs - self->block_at) / VG_LOG_PIECE;
    bool is_ours = m.id == self->reading_id && m.ofs >= self->block_at && k < VG_LOG_BLOCK &&
                   m.ofs % VG_LOG_PIECE == 0 && m.count <= VG_LOG_PIECE && m.ofs < self->size_bytes;
    if (!is_ours) {
        return;
    }
    uint32_t end = m.ofs + m.count;
    if (m.count < VG_LOG_PIECE && end < self->size_bytes) {
        self->size_bytes = end; /* it is shorter than was said */
    }
    self->heard = now;
    if (!has_piece(self, (int)k)) {
        self->tries = 0;
        self->has[k / 8] |= (uint8_t)(1u << (k % 8));
        uint32_t n = end <= self->size_bytes ? m.count : self->size_bytes - m.ofs;
        if (n > 0 && self->options.sink != NULL) {
            self->options.sink(self->options.ctx, m.ofs, (struct vg_bytes){m.data, n});
        }
    }
    int n = pieces_of_block(self);
    int first = 0;
    while (first < n && has_piece(self, first)) {
        first++;
    }
    self->read_bytes = self->block_at + (uint32_t)first * VG_LOG_PIECE;
    if (first >= n) {
        next_block(self, now);
    }
}

static void follow_files(struct vg_logs *self, struct vg_us now)
{
    if (vg_ftp_is_busy(&self->ftp)) {
        self->read_bytes = self->ftp.size_bytes - self->ftp.missing_bytes;
        return;
    }
    bool is_done = self->ftp.state == VG_FTP_DONE;
    if (self->state == VG_LOGS_LISTING_FILES && (!is_done || self->n_entries == 0)) {
        self->has_files = false; /* no such folder, or no answer: the older way */
        start_listing(self, now);
    } else if (is_done) {
        self->read_bytes = self->ftp.size_bytes;
        self->state = VG_LOGS_DONE;
    } else {
        self->err = self->ftp.err;
        self->state = VG_LOGS_FAILED;
    }
}

static bool is_by_files(const struct vg_logs *self)
{
    return self->state == VG_LOGS_LISTING_FILES || self->state == VG_LOGS_READING_FILE;
}

void vg_logs_feed(struct vg_logs *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->sysid != self->pair.their_sysid || msg->compid != self->pair.their_compid) {
        return;
    }
    if (is_by_files(self)) {
        vg_ftp_feed(&self->ftp, msg, now);
        follow_files(self, now);
    } else if (self->state == VG_LOGS_LISTING && msg->id == VG_MAV_ID_LOG_ENTRY) {
        take_entry(self, msg, now);
    } else if (self->state == VG_LOGS_READING && msg->id == VG_MAV_ID_LOG_DATA) {
        take_data(self, msg, now);
    }
}

void vg_logs_step(struct vg_logs *self, struct vg_us now)
{
    if (is_by_files(self)) {
        vg_ftp_step(&self->ftp, now);
        follow_files(self, now);
        return;
    }
    bool is_waiting = self->state == VG_LOGS_LISTING || self->state == VG_LOGS_READING;
    if (!is_waiting || now.us - self->heard.us < RETRY_US) {
        return;
    }
    if (++self->tries > TRIES_MAX) {
        give_up(self);
    } else if (self->state == VG_LOGS_LISTING) {
        ask_list(self, now);
    } else if (!ask_missing(self, now)) {
        next_block(self, now);
    }
}

bool vg_logs_next_out(struct vg_logs *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out) || vg_ftp_next_out(&self->ftp, out);
}
