/* Requests, their repetition, opening, listing, closing. Reading itself: ftpread.c. */
#include "link/ftp_priv.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
    SEQ_JUMP = 8192, /* so that packets of an earlier operation are never taken for ours */
    CLOSE_TRIES = 3,
    ENTRIES_MAX = 100000,
    NO_SUCH_FILE = 2 /* ENOENT, with which some servers refuse */
};
static const double FIRST_PATIENCE_S = 1.5;
static const double LEAST_PATIENCE_S = 0.5;
static const double MOST_PATIENCE_S = 4.0; /* or one try's, where the round trip is longer */
static const double SUM_PATIENCE_S = 10.0; /* a checksum takes the drone a while */
static const double SESSION_RUNS_OUT_S = 3.5; /* GCS_FTP.cpp: FTP_SESSION_TIMEOUT is 3 s */

const char *vg_ftp_error_text(uint8_t error)
{
    static const char *const texts[] = {
        [VG_MAV_FTP_ERR_NONE] = "no answer",
        [VG_MAV_FTP_ERR_FAIL] = "an error without a reason",
        [VG_MAV_FTP_ERR_FAILERRNO] = "an error of its file system",
        [VG_MAV_FTP_ERR_INVALIDDATASIZE] = "a size that it does not accept",
        [VG_MAV_FTP_ERR_INVALIDSESSION] = "the file is not open any more",
        [VG_MAV_FTP_ERR_NOSESSIONSAVAILABLE] = "too many files are open",
        [VG_MAV_FTP_ERR_EOF] = "the file ends before",
        [VG_MAV_FTP_ERR_UNKNOWNCOMMAND] = "the drone does not know this operation",
        [VG_MAV_FTP_ERR_FILEEXISTS] = "the file exists already",
        [VG_MAV_FTP_ERR_FILEPROTECTED] = "the file is protected",
        [VG_MAV_FTP_ERR_FILENOTFOUND] = "there is no such file",
    };
    return error < sizeof texts / sizeof texts[0] ? texts[error]
                                                  : "refused for a reason not known here";
}

struct vg_us vg_ftp_patience(const struct vg_ftp *self, int tries)
{
    double s = self->round_trip_s > 0 ? 2 * self->round_trip_s + 0.3 : FIRST_PATIENCE_S;
    s = s < LEAST_PATIENCE_S ? LEAST_PATIENCE_S : s;
    double most_s = s > MOST_PATIENCE_S ? s : MOST_PATIENCE_S;
    for (int i = 1; i < tries && s < most_s; i++) {
        s *= 1.5;
    }
    return vg_us_from_s(s > most_s ? most_s : s);
}

int vg_ftp_tries_max(const struct vg_ftp *self)
{
    return self->options.tries_max > 0 ? self->options.tries_max : VG_FTP_TRIES_MAX;
}

static void send(struct vg_ftp *self, const struct vg_ftp_asked *a)
{
    struct vg_ftp_packet p = {
        .seq = a->seq, .session = self->session, .opcode = a->op, .offset = a->offset};
    if (a->op == VG_FTP_OPEN_RO || a->op == VG_FTP_LIST || a->op == VG_FTP_CRC32) {
        p.size = (uint8_t)strlen(self->path);
        memcpy(p.data, self->path, p.size);
    } else if (a->op == VG_FTP_READ || a->op == VG_FTP_BURST) {
        p.size = VG_FTP_DATA_MAX;
    }
    vg_ftp_packet_pack(&p, self->pair, vg_outq_add(&self->out));
}

void vg_ftp_ask(struct vg_ftp *self, int slot, uint8_t op, uint32_t offset, struct vg_us now)
{
    struct vg_ftp_asked *a = &self->asked[slot];
    bool is_again = a->is_used && a->op == op && a->offset == offset;
    if (!is_again) {
        *a = (struct vg_ftp_asked){.is_used = true, .seq = ++self->seq, .op = op, .offset = offset};
    }
    a->tries++;
    a->sent = now;
    send(self, a);
}

void vg_ftp_stop(struct vg_ftp *self)
{
    bool was_open = self->state == VG_FTP_STREAMING || self->state == VG_FTP_FILLING ||
                    self->state == VG_FTP_PROBING;
    if (was_open) {
        const struct vg_ftp_asked close = {.seq = ++self->seq, .op = VG_FTP_TERMINATE};
        send(self, &close);
    }
    memset(self->asked, 0, sizeof self->asked);
    self->state = VG_FTP_FAILED;
}

static void enter(struct vg_ftp *self, enum vg_ftp_state state, struct vg_us now)
{
    memset(self->asked, 0, sizeof self->asked);
    self->state = state;
    self->since = now;
}

void vg_ftp_open(struct vg_ftp *self, struct vg_us now)
{
    enter(self, VG_FTP_OPENING, now);
    vg_ftp_ask(self, 0, VG_FTP_OPEN_RO, 0, now);
}

void vg_ftp_close(struct vg_ftp *self, struct vg_us now)
{
    enter(self, VG_FTP_CLOSING, now);
    vg_ftp_ask(self, 0, VG_FTP_TERMINATE, 0, now);
}

static enum vg_status begin(struct vg_ftp *self, struct vg_mav_pair pair, const char *path,
                            const struct vg_ftp_options *options, struct vg_error *err)
{
    size_t n = strlen(path);
    if (n == 0 || n > VG_FTP_PATH_MAX) {
        return vg_fail(err, VG_E_INVALID, "a path on the drone has 1 to %d bytes, not %zu",
                       VG_FTP_PATH_MAX, n);
    }
    vg_ftp_cancel(self);
    uint16_t seq = (uint16_t)(self->seq + SEQ_JUMP);
    /* Not 0: with 0 a repeated request opens a second session (GCS_FTP.cpp, worker). */
    uint8_t session = self->session < 200 ? (uint8_t)(self->session + 1) : 1;
    enum vg_lang lang = self->err.lang;
    struct vg_outq out = self->out;
    double round_trip_s = self->round_trip_s;
    *self = (struct vg_ftp){.options = *options,
                            .pair = pair,
                            .seq = seq,
                            .session = session,
                            .round_trip_s = round_trip_s,
                            .out = out,
                            .err = {.lang = lang}};
    memcpy(self->path, path, n);
    return VG_OK;
}

enum vg_status vg_ftp_read(struct vg_ftp *self, struct vg_mav_pair pair, const char *path,
                           const struct vg_ftp_options *options, struct vg_us now,
                           struct vg_error *err)
{
    enum vg_status st = begin(self, pair, path, options, err);
    if (st == VG_OK) {
        vg_ftp_open(self, now);
    }
    return st;
}

enum vg_status vg_ftp_list(struct vg_ftp *self, struct vg_mav_pair pair, const char *path,
                           const struct vg_ftp_options *options, struct vg_us now,
                           struct vg_error *err)
{
    enum vg_status st = begin(self, pair, path, options, err);
    if (st == VG_OK) {
        enter(self, VG_FTP_LISTING, now);
        vg_ftp_ask(self, 0, VG_FTP_LIST, 0, now);
    }
    return st;
}

void vg_ftp_cancel(struct vg_ftp *self)
{
    if (vg_ftp_is_busy(self) && self->state != VG_FTP_LISTING) {
        const struct vg_ftp_asked close = {.seq = ++self->seq, .op = VG_FTP_TERMINATE};
        send(self, &close);
    }
    memset(self->asked, 0, sizeof self->asked);
    self->state = VG_FTP_IDLE;
}

bool vg_ftp_is_busy(const struct vg_ftp *self)
{
    return self->state != VG_FTP_IDLE && self->state != VG_FTP_DONE && self->state != VG_FTP_FAILED;
}

/* ---- answers ---- */

static uint8_t nak_of(const struct vg_ftp_packet *p)
{
    bool is_missing =
        p->data[0] == VG_MAV_FTP_ERR_FAILERRNO && p->size > 1 && p->data[1] == NO_SUCH_FILE;
    return is_missing ? VG_MAV_FTP_ERR_FILENOTFOUND : p->data[0];
}

void vg_ftp_refuse(struct vg_ftp *self, uint8_t error)
{
    enum vg_lang lang = self->err.lang;
    self->nak = error;
    self->err = (struct vg_error){.lang = lang};
    (void)vg_fail(&self->err, VG_E_IO, "\"%s\" on the drone: %s", self->path,
                  vg_tr(lang, vg_ftp_error_text(error)));
    vg_ftp_stop(self);
}

static void take_opened(struct vg_ftp *self, const struct vg_ftp_packet *p, struct vg_us now)
{
    if (p->opcode == VG_FTP_ACK) {
        self->session = p->session;
        self->announced_bytes = p->size >= 4 ? vg_le32(p->data) : 0;
        vg_ftp_begin_stream(self, now);
        return;
    }
    uint8_t error = nak_of(p);
    bool is_left_over = error == VG_MAV_FTP_ERR_FAIL || error == VG_MAV_FTP_ERR_NOSESSIONSAVAILABLE;
    if (is_left_over && self->n_refused < 2) {
        self->n_refused++;
        if (self->n_refused == 1) {
            enter(self, VG_FTP_WAITING, now);
        } else {
            enter(self, VG_FTP_RESETTING, now);
            vg_ftp_ask(self, 0, VG_FTP_RESET, 0, now);
        }
        return;
    }
    vg_ftp_refuse(self, error);
}

static void tell_entry(struct vg_ftp *self, char *text)
{
    self->n_entries++;
    bool is_folder = text[0] == 'D';
    if (text[0] != 'F' && !is_folder) {
        return; /* "S": counted, not shown */
    }
    char *tab = strchr(text, '\t');
    uint64_t size = 0;
    if (tab != NULL) {
        *tab = '\0';
        size = strtoull(tab + 1, NULL, 10);
    }
    if (text[1] != '\0' && self->options.entry != NULL) {
        self->options.entry(self->options.ctx, text + 1, is_folder, is_folder ? 0 : size);
    }
}

/* Entries end with a NUL each; ArduPilot before 4.7 puts two. */
static void take_listed(struct vg_ftp *self, const struct vg_ftp_packet *p, struct vg_us now)
{
    if (p->opcode == VG_FTP_NAK && nak_of(p) != VG_MAV_FTP_ERR_EOF) {
        vg_ftp_refuse(self, nak_of(p));
        return;
    }
    int before = self->n_entries;
    char text[VG_FTP_DATA_MAX + 1] = {0};
    size_t n = p->opcode == VG_FTP_ACK ? p->size : 0;
    memcpy(text, p->data, n);
    size_t length;
    for (size_t at = 0; at < n; at += length + 1) {
        length = strlen(text + at);
        if (length > 0) {
            tell_entry(self, text + at);
        }
    }
    if (self->n_entries == before || self->n_entries > ENTRIES_MAX) {
        enter(self, VG_FTP_DONE, now);
        return;
    }
    enter(self, VG_FTP_LISTING, now);
    vg_ftp_ask(self, 0, VG_FTP_LIST, (uint32_t)self->n_entries, now);
}

static void finish_closing(struct vg_ftp *self, struct vg_us now)
{
    if (!self->options.wants_crc) {
        enter(self, VG_FTP_DONE, now);
        return;
    }
    enter(self, VG_FTP_SUMMING, now);
    vg_ftp_ask(self, 0, VG_FTP_CRC32, 0, now);
}

static void take_sum(struct vg_ftp *self, const struct vg_ftp_packet *p, struct vg_us now)
{
    self->has_crc = p->opcode == VG_FTP_ACK && p->size >= 4;
    self->crc32 = self->has_crc ? vg_le32(p->data) : 0;
    enter(self, VG_FTP_DONE, now);
}

static void take_answer(struct vg_ftp *self, const struct vg_ftp_packet *p, uint32_t offset,
                        struct vg_us now)
{
    switch (self->state) {
    case VG_FTP_OPENING:
        take_opened(self, p, now);
        break;
    case VG_FTP_RESETTING:
        vg_ftp_open(self, now);
        break;
    case VG_FTP_LISTING:
        take_listed(self, p, now);
        break;
    case VG_FTP_CLOSING:
        finish_closing(self, now);
        break;
    case VG_FTP_SUMMING:
        take_sum(self, p, now);
        break;
    case VG_FTP_FILLING:
    case VG_FTP_PROBING:
        vg_ftp_take_read(self, p, offset, now);
        break;
    case VG_FTP_IDLE:
    case VG_FTP_WAITING:
    case VG_FTP_STREAMING:
    case VG_FTP_DONE:
    case VG_FTP_FAILED:
        break;
    }
}

static void measure(struct vg_ftp *self, const struct vg_ftp_asked *a, struct vg_us now)
{
    double s = vg_us_to_s(vg_us_sub(now, a->sent));
    if (a->tries == 1 && s >= 0) { /* which of several tries was answered is not known */
        self->round_trip_s =
            self->round_trip_s > 0 ? self->round_trip_s + (s - self->round_trip_s) / 4 : s;
    }
}

static bool is_for_us(const struct vg_ftp *self, const struct vg_mav_msg *msg)
{
    if (msg->id != VG_MAV_ID_FILE_TRANSFER_PROTOCOL || msg->sysid != self->pair.their_sysid ||
        msg->compid != self->pair.their_compid) {
        return false;
    }
    struct vg_mav_file_transfer_protocol m;
    vg_mav_file_transfer_protocol_unpack(msg, &m);
    bool is_component = m.target_component == 0 || m.target_component == self->pair.our_compid;
    return m.target_system == self->pair.our_sysid && is_component;
}

void vg_ftp_feed(struct vg_ftp *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_ftp_packet p;
    if (!vg_ftp_is_busy(self) || !is_for_us(self, msg) || !vg_ftp_packet_unpack(msg, &p) ||
        (p.opcode != VG_FTP_ACK && p.opcode != VG_FTP_NAK)) {
        return;
    }
    if (p.req_opcode == VG_FTP_BURST) {
        vg_ftp_take_burst(self, &p, now);
        return;
    }
    for (int i = 0; i < VG_FTP_READS_MAX; i++) {
        struct vg_ftp_asked a = self->asked[i];
        if (a.is_used && a.op == p.req_opcode && (uint16_t)(a.seq + 1) == p.seq) {
            measure(self, &a, now);
            self->asked[i].is_used = false;
            take_answer(self, &p, a.offset, now);
            return;
        }
    }
}

/* ---- time ---- */

/* One request at a time is out: repeat it, or give up. */
static void step_single(struct vg_ftp *self, struct vg_us now)
{
    struct vg_ftp_asked *a = &self->asked[0];
    double factor_s = self->state == VG_FTP_SUMMING ? SUM_PATIENCE_S : 0;
    struct vg_us patience = vg_us_add(vg_ftp_patience(self, a->tries), vg_us_from_s(factor_s));
    if (vg_us_sub(now, a->sent).us < patience.us) {
        return;
    }
    int max = self->state == VG_FTP_CLOSING || self->state == VG_FTP_SUMMING
                  ? CLOSE_TRIES
                  : vg_ftp_tries_max(self);
    if (a->tries < max) {
        vg_ftp_ask(self, 0, a->op, a->offset, now);
    } else if (self->state == VG_FTP_CLOSING) {
        finish_closing(self, now); /* it runs out by itself */
    } else if (self->state == VG_FTP_SUMMING) {
        enter(self, VG_FTP_DONE, now);
    } else {
        vg_ftp_refuse(self, VG_MAV_FTP_ERR_NONE);
    }
}

void vg_ftp_step(struct vg_ftp *self, struct vg_us now)
{
    switch (self->state) {
    case VG_FTP_OPENING:
    case VG_FTP_RESETTING:
    case VG_FTP_LISTING:
    case VG_FTP_CLOSING:
    case VG_FTP_SUMMING:
        step_single(self, now);
        break;
    case VG_FTP_WAITING:
        if (vg_us_to_s(vg_us_sub(now, self->since)) >= SESSION_RUNS_OUT_S) {
            vg_ftp_open(self, now);
        }
        break;
    case VG_FTP_STREAMING:
    case VG_FTP_FILLING:
    case VG_FTP_PROBING:
        vg_ftp_step_read(self, now);
        break;
    case VG_FTP_IDLE:
    case VG_FTP_DONE:
    case VG_FTP_FAILED:
        break;
    }
}

bool vg_ftp_next_out(struct vg_ftp *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}
