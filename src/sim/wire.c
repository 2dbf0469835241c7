#include "sim/wire.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FLIPS_MAX = 8,
    SLOTS_MAX = UINT16_MAX
};

static const int64_t REORDER_BY_US = 1000000;

struct piece {
    int64_t due_us;
    size_t n;
    size_t n_gone; /* of a stream: handed over already */
};

struct cut {
    int64_t from_us;
    int64_t to_us;
};

struct vg_wire {
    struct vg_wire_faults faults;
    struct vg_wire_counts counts;
    struct vg_rng rng;
    bool is_stream;
    size_t piece_max;
    int pieces_max;
    int64_t busy_until_us; /* the last byte accepted has left by then */
    int64_t last_due_us; /* a stream's pieces do not overtake */
    int n_cuts;
    struct cut cuts[VG_WIRE_CUTS_MAX];
    int n_waiting;
    uint16_t *order; /* slots, the next due last; the first n_waiting are used, the rest are free */
    struct piece *pieces;
    uint8_t *bytes;
};

/* A piece's dice, all thrown at once: one fault's share does not move another's dice. */
struct dice {
    double loss, duplicate, reorder, corrupt, truncate;
    double jitter[2], back[2]; /* first copy, second copy */
    uint64_t spoil; /* seeds what bits are flipped, where it ends */
};

static bool is_share(double x)
{
    return x >= 0 && x <= 1;
}

static enum vg_status check_faults(const struct vg_wire_faults *f, struct vg_error *err)
{
    bool is_good = is_share(f->loss) && is_share(f->duplicate) && is_share(f->reorder) &&
                   is_share(f->corrupt) && is_share(f->truncate) && f->reorder_by.us >= 0 &&
                   f->delay.us >= 0 && f->jitter.us >= 0 && f->rate_bytes_ps >= 0 &&
                   f->queue_bytes >= 0;
    return is_good ? VG_OK
                   : vg_fail(err, VG_E_INVALID,
                             "a wire's probabilities lie between 0 and 1, its times and rate are "
                             "not negative");
}

enum vg_status vg_wire_create(const struct vg_wire_options *options, struct vg_wire **out,
                              struct vg_error *err)
{
    enum vg_status status = check_faults(&options->faults, err);
    if (status != VG_OK) {
        return status;
    }
    int pieces_max = options->pieces_max > 0 ? options->pieces_max : VG_WIRE_PIECES_MAX;
    int piece_max = options->piece_max_bytes;
    piece_max = piece_max > 0 && piece_max < VG_WIRE_PIECE_MAX ? piece_max : VG_WIRE_PIECE_MAX;
    pieces_max = pieces_max < SLOTS_MAX ? pieces_max : SLOTS_MAX;
    struct vg_wire *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->faults = options->faults;
    self->rng = vg_rng_seed(options->seed);
    self->is_stream = options->is_stream;
    self->piece_max = (size_t)piece_max;
    self->pieces_max = pieces_max;
    self->order = calloc((size_t)pieces_max, sizeof *self->order);
    self->pieces = calloc((size_t)pieces_max, sizeof *self->pieces);
    self->bytes = calloc((size_t)pieces_max, self->piece_max);
    if (self->order == NULL || self->pieces == NULL || self->bytes == NULL) {
        vg_wire_destroy(self);
        return vg_no_memory(err);
    }
    for (int i = 0; i < pieces_max; i++) {
        self->order[i] = (uint16_t)i;
    }
    *out = self;
    return VG_OK;
}

void vg_wire_destroy(struct vg_wire *self)
{
    if (self != NULL) {
        free(self->order);
        free(self->pieces);
        free(self->bytes);
        free(self);
    }
}

enum vg_status vg_wire_set_faults(struct vg_wire *self, const struct vg_wire_faults *faults,
                                  struct vg_error *err)
{
    enum vg_status status = check_faults(faults, err);
    if (status == VG_OK) {
        self->faults = *faults;
    }
    return status;
}

enum vg_status vg_wire_cut(struct vg_wire *self, struct vg_us from, struct vg_us to,
                           struct vg_us now, struct vg_error *err)
{
    int n = 0;
    for (int i = 0; i < self->n_cuts; i++) {
        if (self->cuts[i].to_us > now.us) {
            self->cuts[n++] = self->cuts[i];
        }
    }
    self->n_cuts = n;
    if (n == VG_WIRE_CUTS_MAX) {
        return vg_fail(err, VG_E_FULL, "more than %d cuts of a wire", (int)VG_WIRE_CUTS_MAX);
    }
    self->cuts[self->n_cuts++] = (struct cut){from.us, to.us};
    return VG_OK;
}

static bool is_cut(const struct vg_wire *self, int64_t t_us)
{
    for (int i = 0; i < self->n_cuts; i++) {
        if (t_us >= self->cuts[i].from_us && t_us < self->cuts[i].to_us) {
            return true;
        }
    }
    return false;
}

static struct dice throw_dice(struct vg_wire *self)
{
    struct vg_rng r = vg_rng_seed(vg_rng_next(&self->rng));
    struct dice d;
    d.loss = vg_rng_unit(&r);
    d.duplicate = vg_rng_unit(&r);
    d.reorder = vg_rng_unit(&r);
    d.corrupt = vg_rng_unit(&r);
    d.truncate = vg_rng_unit(&r);
    for (int k = 0; k < 2; k++) {
        d.jitter[k] = vg_rng_unit(&r);
        d.back[k] = vg_rng_unit(&r);
    }
    d.spoil = vg_rng_next(&r);
    return d;
}

/* When the last byte has left at the wire's rate; false: no room in the queue before it. */
static bool leave_at(struct vg_wire *self, size_t n, int64_t now_us, int64_t *out_us)
{
    const struct vg_wire_faults *f = &self->faults;
    *out_us = now_us;
    if (!(f->rate_bytes_ps > 0)) {
        return true;
    }
    int64_t free_us = self->busy_until_us > now_us ? self->busy_until_us : now_us;
    double waiting = (double)(free_us - now_us) / 1e6 * f->rate_bytes_ps;
    double room = f->queue_bytes > 0 ? f->queue_bytes : f->rate_bytes_ps;
    if (waiting > 0 && waiting + (double)n > room) {
        return false;
    }
    self->busy_until_us = free_us + (int64_t)ceil((double)n / f->rate_bytes_ps * 1e6);
    *out_us = self->busy_until_us;
    return true;
}

/* Put it where it belongs among those waiting; of two due together the first sent comes first. */
static void add_piece(struct vg_wire *self, struct vg_bytes bytes, int64_t due_us)
{
    if (self->n_waiting == self->pieces_max) {
        self->counts.n_overflowed++;
        return;
    }
    uint16_t slot = self->order[self->n_waiting];
    int at = self->n_waiting;
    while (at > 0 && self->pieces[self->order[at - 1]].due_us <= due_us) {
        at--;
    }
    memmove(&self->order[at + 1], &self->order[at],
            (size_t)(self->n_waiting - at) * sizeof self->order[0]);
    self->order[at] = slot;
    self->n_waiting++;
    self->pieces[slot] = (struct piece){.due_us = due_us, .n = bytes.n};
    memcpy(self->bytes + slot * self->piece_max, bytes.data, bytes.n);
}

static void spoil(struct vg_wire *self, const struct dice *d, uint8_t *data, size_t *n)
{
    struct vg_rng r = vg_rng_seed(d->spoil);
    if (d->truncate<self->faults.truncate && * n> 1) {
        *n = 1 + (size_t)vg_rng_below(&r, *n - 1);
        self->counts.n_truncated++;
    }
    if (d->corrupt < self->faults.corrupt) {
        size_t at = (size_t)vg_rng_below(&r, *n * 8);
        size_t apart = 1 + (size_t)vg_rng_below(&r, *n); /* so that no bit is flipped back */
        size_t n_flips = 1 + (size_t)vg_rng_below(&r, FLIPS_MAX);
        for (size_t k = 0; k < n_flips; k++) {
            size_t bit = (at + k * apart) % (*n * 8);
            data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        self->counts.n_corrupted++;
    }
}

static int64_t arrival_us(struct vg_wire *self, const struct dice *d, int copy, int64_t left_us)
{
    const struct vg_wire_faults *f = &self->faults;
    int64_t due = left_us + f->delay.us + (int64_t)((double)f->jitter.us * d->jitter[copy]);
    if (self->is_stream) {
        due = due > self->last_due_us ? due : self->last_due_us;
        self->last_due_us = due;
    } else if (copy > 0 || d->reorder < f->reorder) {
        int64_t by = f->reorder_by.us > 0 ? f->reorder_by.us : REORDER_BY_US;
        due += (int64_t)((double)by * d->back[copy]);
    }
    return due;
}

static void send_piece(struct vg_wire *self, struct vg_bytes bytes, int64_t now_us)
{
    const struct vg_wire_faults *f = &self->faults;
    struct dice d = throw_dice(self);
    int64_t left_us;
    self->counts.n_sent++;
    if (is_cut(self, now_us)) {
        self->counts.n_cut++;
        return;
    }
    if (!leave_at(self, bytes.n, now_us, &left_us)) {
        self->counts.n_overflowed++;
        return;
    }
    if (d.loss < f->loss) {
        self->counts.n_lost++;
        return;
    }
    uint8_t data[VG_WIRE_PIECE_MAX];
    struct vg_bytes whole = bytes;
    if (d.corrupt < f->corrupt || d.truncate < f->truncate) {
        memcpy(data, bytes.data, bytes.n);
        spoil(self, &d, data, &bytes.n);
        bytes.data = data;
    }
    self->counts.n_held_back += !self->is_stream && d.reorder < f->reorder;
    add_piece(self, bytes, arrival_us(self, &d, 0, left_us));
    if (!self->is_stream && d.duplicate < f->duplicate) {
        self->counts.n_duplicated++;
        add_piece(self, whole, arrival_us(self, &d, 1, left_us));
    }
}

void vg_wire_send(struct vg_wire *self, struct vg_bytes bytes, struct vg_us now)
{
    if (!self->is_stream && bytes.n > self->piece_max) {
        self->counts.n_sent++;
        self->counts.n_overflowed++;
        return;
    }
    while (bytes.n > 0) {
        size_t n = bytes.n < self->piece_max ? bytes.n : self->piece_max;
        send_piece(self, (struct vg_bytes){bytes.data, n}, now.us);
        bytes.data += n;
        bytes.n -= n;
    }
}

/* The earliest piece that is due and whose arrival was not cut; NULL: none. */
static struct piece *next_piece(struct vg_wire *self, int64_t now_us)
{
    while (self->n_waiting > 0) {
        struct piece *p = &self->pieces[self->order[self->n_waiting - 1]];
        if (p->due_us > now_us) {
            return NULL;
        }
        if (!is_cut(self, p->due_us)) {
            return p;
        }
        self->counts.n_cut++;
        self->n_waiting--;
    }
    return NULL;
}

size_t vg_wire_take(struct vg_wire *self, uint8_t *buf, size_t size_bytes, struct vg_us now)
{
    size_t n = 0;
    struct piece *p;
    while (n < size_bytes && (p = next_piece(self, now.us)) != NULL) {
        const uint8_t *data = self->bytes + self->order[self->n_waiting - 1] * self->piece_max;
        size_t fits = p->n - p->n_gone < size_bytes - n ? p->n - p->n_gone : size_bytes - n;
        memcpy(buf + n, data + p->n_gone, fits);
        n += fits;
        p->n_gone += fits;
        if (!self->is_stream || p->n_gone == p->n) {
            self->n_waiting--;
            self->counts.n_taken++;
        }
        if (!self->is_stream) {
            break;
        }
    }
    return n;
}

struct vg_us vg_wire_next_due(const struct vg_wire *self)
{
    return vg_us(self->n_waiting > 0 ? self->pieces[self->order[self->n_waiting - 1]].due_us
                                     : INT64_MAX);
}

struct vg_wire_counts vg_wire_counts(const struct vg_wire *self)
{
    return self->counts;
}
