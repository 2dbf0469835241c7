/* The file's data: bursts, holes, the end. Contract in ftp.h. */
#include "link/ftp_priv.h"

#include <string.h>

enum {
    BURST_WINDOW = 4096, /* more packets than any burst has: ArduPilot sends 2,000 */
    SILENT_MAX = 12,
    REOPEN_MAX = 4
};

/* ---- what is missing ---- */

static void remove_hole(struct vg_ftp *self, int i)
{
    self->n_holes--;
    memmove(&self->holes[i], &self->holes[i + 1],
            (size_t)(self->n_holes - i) * sizeof self->holes[0]);
}

/* [from, to) has come. A piece out of the middle of a hole leaves two; where there is no room for
 * one more the far part stays missing and is asked for again. */
static void fill(struct vg_ftp *self, uint32_t from, uint32_t to)
{
    for (int i = self->n_holes - 1; i >= 0; i--) {
        struct vg_ftp_hole *h = &self->holes[i];
        if (to <= h->from || from >= h->to) {
            continue;
        }
        bool leaves_front = from > h->from;
        bool leaves_back = to < h->to;
        if (leaves_front && leaves_back) {
            if (self->n_holes < VG_FTP_HOLES_MAX) {
                memmove(h + 1, h, (size_t)(self->n_holes - i) * sizeof *h);
                self->n_holes++;
                h[0].to = from;
                h[1].from = to;
            }
        } else if (leaves_front) {
            h->to = from;
        } else if (leaves_back) {
            h->from = to;
        } else {
            remove_hole(self, i);
        }
    }
}

static void count_missing(struct vg_ftp *self)
{
    self->missing_bytes = 0;
    for (int i = 0; i < self->n_holes; i++) {
        self->missing_bytes += self->holes[i].to - self->holes[i].from;
    }
}

/* The file is at least so long. False: there is no room to remember what is missing before. */
static bool extend(struct vg_ftp *self, uint32_t from, uint32_t to)
{
    struct vg_ftp_hole *last = self->n_holes > 0 ? &self->holes[self->n_holes - 1] : NULL;
    if (from > self->size_bytes && last != NULL && last->to == self->size_bytes) {
        last->to = from;
    } else if (from > self->size_bytes) {
        if (self->n_holes == VG_FTP_HOLES_MAX) {
            return false;
        }
        self->holes[self->n_holes++] = (struct vg_ftp_hole){self->size_bytes, from};
    }
    if (to > self->size_bytes) {
        self->size_bytes = to;
    }
    return true;
}

/* The file ends here or before: what was thought to lie beyond does not. */
static void cut(struct vg_ftp *self, uint32_t end)
{
    while (self->n_holes > 0) {
        struct vg_ftp_hole *last = &self->holes[self->n_holes - 1];
        if (last->to != self->size_bytes || last->to <= end) {
            break;
        }
        self->size_bytes = last->from > end ? last->from : end;
        last->to = self->size_bytes;
        if (last->from == last->to) {
            self->n_holes--;
        }
    }
}

static bool is_missing(const struct vg_ftp *self, uint32_t offset)
{
    for (int i = 0; i < self->n_holes; i++) {
        if (offset >= self->holes[i].from && offset < self->holes[i].to) {
            return true;
        }
    }
    return false;
}

static bool is_too_long(struct vg_ftp *self, uint64_t end)
{
    if (end <= self->options.limit_bytes) {
        return false;
    }
    (void)vg_fail(&self->err, VG_E_IO, "\"%s\" on the drone is longer than %u bytes", self->path,
                  self->options.limit_bytes);
    vg_ftp_stop(self);
    return true;
}

/* False: nothing was taken. */
static bool take_data(struct vg_ftp *self, uint32_t offset, const struct vg_ftp_packet *p)
{
    uint64_t end = (uint64_t)offset + p->size;
    if (is_too_long(self, end) || !extend(self, offset, (uint32_t)end)) {
        return false;
    }
    uint32_t missing = self->missing_bytes;
    uint32_t size = self->size_bytes;
    fill(self, offset, (uint32_t)end);
    count_missing(self);
    if (self->missing_bytes != missing || self->size_bytes != size) {
        self->n_silent = 0;
    }
    if (self->options.sink != NULL) {
        self->options.sink(self->options.ctx, offset, (struct vg_bytes){p->data, p->size});
    }
    return true;
}

/* ---- the course of it ---- */

static void fill_on(struct vg_ftp *self, struct vg_us now);

void vg_ftp_begin_stream(struct vg_ftp *self, struct vg_us now)
{
    memset(self->asked, 0, sizeof self->asked);
    self->is_end_told = false;
    if (self->has_no_bursts) {
        self->state = VG_FTP_FILLING;
        fill_on(self, now);
        return;
    }
    self->state = VG_FTP_STREAMING;
    self->heard = now;
    vg_ftp_ask(self, 0, VG_FTP_BURST, self->size_bytes, now);
    self->burst_seq = self->asked[0].seq;
    self->asked[0].is_used = false; /* answered by many packets: watched by `heard` */
}

static void probe(struct vg_ftp *self, struct vg_us now)
{
    memset(self->asked, 0, sizeof self->asked);
    self->state = VG_FTP_PROBING;
    vg_ftp_ask(self, 0, VG_FTP_READ, self->size_bytes, now);
}

static bool is_asked(const struct vg_ftp *self, uint32_t offset)
{
    for (int i = 0; i < VG_FTP_READS_MAX; i++) {
        if (self->asked[i].is_used && self->asked[i].offset == offset) {
            return true;
        }
    }
    return false;
}

/* The first piece that is missing and not asked for yet. */
static bool find_missing(const struct vg_ftp *self, uint32_t *out)
{
    for (int i = 0; i < self->n_holes; i++) {
        for (uint32_t at = self->holes[i].from; at < self->holes[i].to; at += VG_FTP_DATA_MAX) {
            if (!is_asked(self, at)) {
                *out = at;
                return true;
            }
        }
    }
    return false;
}

/* Without bursts: what comes next counts as missing until a read finds the end. */
static void suppose_more(struct vg_ftp *self)
{
    uint32_t room = self->options.limit_bytes - self->size_bytes;
    uint32_t more = VG_FTP_READS_MAX * VG_FTP_DATA_MAX;
    uint32_t end = self->size_bytes + (more < room ? more : room);
    self->is_end_told = end == self->size_bytes || !extend(self, end, end);
    count_missing(self);
}

static void fill_on(struct vg_ftp *self, struct vg_us now)
{
    uint32_t at;
    if (self->n_holes == 0 && self->has_no_bursts && !self->is_end_told) {
        suppose_more(self);
    }
    if (self->n_holes == 0) {
        if (self->is_end_told) {
            probe(self, now);
        } else {
            vg_ftp_begin_stream(self, now);
        }
        return;
    }
    for (int i = 0; i < VG_FTP_READS_MAX && find_missing(self, &at); i++) {
        if (!self->asked[i].is_used) {
            vg_ftp_ask(self, i, VG_FTP_READ, at, now);
        }
    }
}

static void begin_filling(struct vg_ftp *self, struct vg_us now)
{
    memset(self->asked, 0, sizeof self->asked);
    self->state = VG_FTP_FILLING;
    fill_on(self, now);
}

/* The session is gone (used by somebody else, run out): open again and go on where we are. */
static void reopen(struct vg_ftp *self, uint8_t error, struct vg_us now)
{
    if (self->n_refused++ < REOPEN_MAX) {
        vg_ftp_open(self, now);
        return;
    }
    vg_ftp_refuse(self, error);
}

void vg_ftp_take_burst(struct vg_ftp *self, const struct vg_ftp_packet *p, struct vg_us now)
{
    bool is_reading = self->state == VG_FTP_STREAMING || self->state == VG_FTP_FILLING;
    if (!is_reading || p->session != self->session ||
        (uint16_t)(p->seq - self->burst_seq - 1) >= BURST_WINDOW) {
        return;
    }
    self->heard = now;
    if (p->opcode == VG_FTP_ACK) {
        bool is_taken = p->size == 0 || take_data(self, p->offset, p);
        bool is_over = p->is_burst_complete || !is_taken;
        if (self->state == VG_FTP_STREAMING && is_over) {
            begin_filling(self, now);
        }
        return;
    }
    if (self->state != VG_FTP_STREAMING) {
        return;
    }
    if (p->data[0] == VG_MAV_FTP_ERR_UNKNOWNCOMMAND) {
        self->has_no_bursts = true;
        vg_ftp_begin_stream(self, now);
        return;
    }
    if (p->data[0] != VG_MAV_FTP_ERR_EOF) {
        reopen(self, p->data[0], now);
        return;
    }
    /* Servers say where the file ends; an end before what we hold is from elsewhere. */
    if (p->offset > self->size_bytes && is_too_long(self, p->offset)) {
        return;
    }
    self->is_end_told = p->offset <= self->size_bytes || extend(self, p->offset, p->offset);
    count_missing(self);
    begin_filling(self, now);
}

void vg_ftp_take_read(struct vg_ftp *self, const struct vg_ftp_packet *p, uint32_t offset,
                      struct vg_us now)
{
    bool is_end = (p->opcode == VG_FTP_NAK && p->data[0] == VG_MAV_FTP_ERR_EOF) ||
                  (p->opcode == VG_FTP_ACK && p->size == 0);
    self->heard = now;
    if (p->opcode == VG_FTP_NAK && !is_end) {
        reopen(self, p->data[0], now);
        return;
    }
    if (self->state == VG_FTP_PROBING) {
        if (is_end) {
            vg_ftp_close(self, now);
        } else if (take_data(self, offset, p)) {
            vg_ftp_begin_stream(self, now);
        }
        return;
    }
    if (is_end) {
        self->is_end_told = true;
        cut(self, offset);
        count_missing(self);
        if (is_missing(self, offset)) { /* data were told beyond the end: no file is like that */
            vg_ftp_refuse(self, VG_MAV_FTP_ERR_EOF);
            return;
        }
    } else {
        take_data(self, offset, p);
    }
    if (self->state == VG_FTP_FILLING) {
        fill_on(self, now);
    }
}

/* Reads that got no answer go out again. */
static void repeat_reads(struct vg_ftp *self, struct vg_us now)
{
    for (int i = 0; i < VG_FTP_READS_MAX; i++) {
        struct vg_ftp_asked *a = &self->asked[i];
        if (!a->is_used || vg_us_sub(now, a->sent).us < vg_ftp_patience(self, a->tries).us) {
            continue;
        }
        if (a->tries >= vg_ftp_tries_max(self)) {
            vg_ftp_refuse(self, VG_MAV_FTP_ERR_NONE);
            return;
        }
        vg_ftp_ask(self, i, a->op, a->offset, now);
    }
}

void vg_ftp_step_read(struct vg_ftp *self, struct vg_us now)
{
    if (self->state != VG_FTP_STREAMING) {
        repeat_reads(self, now);
        return;
    }
    if (vg_us_sub(now, self->heard).us < vg_ftp_patience(self, 1 + self->n_silent).us) {
        return;
    }
    if (++self->n_silent > SILENT_MAX) {
        vg_ftp_refuse(self, VG_MAV_FTP_ERR_NONE);
    } else if (self->n_holes > 0) {
        begin_filling(self, now);
    } else {
        vg_ftp_begin_stream(self, now);
    }
}
