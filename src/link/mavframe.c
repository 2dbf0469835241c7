#include "link/mavframe.h"

#include "link/mavsign.h"

#include <string.h>

enum {
    MAGIC_V1 = 0xFE,
    MAGIC_V2 = 0xFD,
    HEADER_V1 = 6,
    HEADER_V2 = 10,
    CRC_SIZE = 2,
    CRC_START = 0xFFFF,
    COPY_PIECE = 32,
    PROBES_MAX = 8,
    WIDE_CONTROL = 12
};

/* Where the parts of one frame lie, read from its header. */
struct shape {
    const struct vg_mav_info *info;
    size_t header;
    size_t n; /* payload */
    size_t total;
};

/* What stands at a position: the bytes to move on by, or 0 when more bytes are needed. */
enum {
    NEED_MORE = 0,
    SKIP_ONE = 1,
    WHOLE = 2
};

void vg_mavframe_init(struct vg_mavframe *self)
{
    memset(self, 0, sizeof *self);
}

/* Read a header. NEED_MORE, SKIP_ONE (not a frame of ours; counted) or 2: *out is filled and the
 * whole frame is there. */
static int read_shape(struct vg_mavframe_counts *counts, const uint8_t *p, size_t avail,
                      struct shape *out)
{
    bool is_v2 = p[0] == MAGIC_V2;
    out->header = is_v2 ? HEADER_V2 : HEADER_V1;
    if (avail < out->header) {
        return NEED_MORE;
    }
    if (is_v2 && (p[2] & ~VG_MAV_INCOMPAT_SIGNED) != 0) {
        counts->bad_incompat++;
        return SKIP_ONE;
    }
    uint32_t id = is_v2 ? (uint32_t)p[7] | (uint32_t)p[8] << 8 | (uint32_t)p[9] << 16 : p[5];
    out->info = vg_mav_info_find(id);
    if (out->info == NULL) {
        counts->unknown_id++;
        return SKIP_ONE;
    }
    out->n = p[1];
    /* Version 1 never cuts zeros, so its length tells: noise that passes a 16-bit checksum by
     * chance would otherwise take up to 255 good bytes with it. */
    if (!is_v2 && (out->n < out->info->min_length || out->n > out->info->full_length)) {
        counts->bad_length++;
        return SKIP_ONE;
    }
    out->total = out->header + out->n + CRC_SIZE;
    if (is_v2 && (p[2] & VG_MAV_INCOMPAT_SIGNED) != 0) {
        out->total += VG_MAVSIGN_SIZE;
    }
    return avail < out->total ? NEED_MORE : WHOLE;
}

static bool is_crc_good(const uint8_t *p, const struct shape *shape)
{
    size_t end = shape->header + shape->n;
    uint16_t crc = vg_mav_crc(CRC_START, p + 1, end - 1);
    crc = vg_mav_crc(crc, &shape->info->crc_extra, 1);
    return crc == vg_le16(p + end);
}

/* CONTROL_STATUS was laid out anew under its old id (mavlink/mavlink pull request 2313, 2026):
 * flags, gcs_main, ten gcs_secondary. Only its checksum tells. */
static bool is_wide_control(const uint8_t *p, const struct shape *shape)
{
    static const uint8_t EXTRA = 21;
    size_t end = shape->header + shape->n;
    if (shape->info->id != VG_MAV_ID_CONTROL_STATUS || shape->n > WIDE_CONTROL) {
        return false;
    }
    uint16_t crc = vg_mav_crc(CRC_START, p + 1, end - 1);
    return vg_mav_crc(crc, &EXTRA, 1) == vg_le16(p + end);
}

static size_t whole_pieces(size_t n)
{
    return (n + COPY_PIECE - 1) / COPY_PIECE * COPY_PIECE;
}

/* Copies in whole pieces where the input is long enough: a few wide moves instead of a call. Then
 * what lies beyond the payload is zeroed: only as far as this message or the one before it wrote,
 * since the rest is zero already (msg->n is still the length of the one before). */
static void copy_payload(struct vg_mav_msg *msg, const uint8_t *p, size_t avail,
                         const struct shape *shape)
{
    const uint8_t *from = p + shape->header;
    size_t pieces = whole_pieces(shape->n);
    size_t before = whole_pieces(msg->n);
    if (shape->header + pieces <= avail) {
        for (size_t i = 0; i < pieces; i += COPY_PIECE) {
            memcpy(msg->payload + i, from + i, COPY_PIECE);
        }
    } else {
        memcpy(msg->payload, from, shape->n);
    }
    size_t end = before > pieces ? before : pieces;
    memset(msg->payload + shape->n, 0, end - shape->n);
}

static void read_signature(struct vg_mav_msg *msg, const uint8_t *sig)
{
    msg->sign_link_id = sig[0];
    msg->sign_timestamp_10us = (uint64_t)vg_le32(sig + 1) | (uint64_t)vg_le16(sig + 5) << 32;
    memcpy(msg->signature, sig + 7, sizeof msg->signature);
}

static void read_message(struct vg_mav_msg *msg, const uint8_t *p, size_t avail,
                         const struct shape *shape)
{
    bool is_v2 = p[0] == MAGIC_V2;
    const uint8_t *tail = is_v2 ? p + 4 : p + 2; /* seq, sysid, compid in both versions */
    msg->id = shape->info->id;
    msg->is_v1 = !is_v2;
    msg->incompat = is_v2 ? p[2] : 0;
    msg->compat = is_v2 ? p[3] : 0;
    msg->seq = tail[0];
    msg->sysid = tail[1];
    msg->compid = tail[2];
    msg->is_signed = (msg->incompat & VG_MAV_INCOMPAT_SIGNED) != 0;
    copy_payload(msg, p, avail, shape);
    msg->n = (uint8_t)shape->n;
    if (msg->is_signed) {
        read_signature(msg, p + shape->total - VG_MAVSIGN_SIZE);
    }
}

/* The sender's slot, a fresh one, or (table crowded) the last one probed, taken over. */
static struct vg_mavframe_sender *find_sender(struct vg_mavframe *self, uint8_t sysid,
                                              uint8_t compid)
{
    unsigned slot = (sysid * 7u + compid * 31u) % VG_MAVFRAME_SENDERS;
    for (int i = 0; i < PROBES_MAX; i++, slot = (slot + 1) % VG_MAVFRAME_SENDERS) {
        struct vg_mavframe_sender *s = &self->senders[slot];
        if (!s->is_used || (s->sysid == sysid && s->compid == compid)) {
            return s;
        }
        if (i == PROBES_MAX - 1) {
            s->is_used = 0;
            return s;
        }
    }
    return &self->senders[slot];
}

/* Holes count as lost; a step back (reordered datagrams, a repeated one) does not. */
static void count_lost(struct vg_mavframe *self, const struct vg_mav_msg *msg)
{
    struct vg_mavframe_sender *s = find_sender(self, msg->sysid, msg->compid);
    if (s->is_used) {
        uint8_t hole = (uint8_t)(msg->seq - s->seq - 1);
        if (hole >= 128) {
            return;
        }
        self->counts.lost += hole;
    }
    *s = (struct vg_mavframe_sender){msg->sysid, msg->compid, msg->seq, 1};
}

/* RADIO_STATUS is made by the radio, which has no key. */
static bool is_signature_good(struct vg_mavframe *self, struct vg_bytes frame)
{
    if (self->sign == NULL) {
        return true;
    }
    if (self->msg.is_signed) {
        return vg_mavsign_check(self->sign, frame) == VG_MAVSIGN_GOOD;
    }
    return !self->sign->is_required || self->msg.id == VG_MAV_ID_RADIO_STATUS;
}

/* As the older form has it: who, then the flags. */
static void order_control(struct vg_mav_msg *msg)
{
    uint8_t flags = msg->payload[0];
    msg->payload[0] = msg->payload[1];
    msg->payload[1] = flags;
    msg->n = msg->n < 2 ? 2 : msg->n; /* zeros at the end are cut in the air */
}

/* One position that holds a magic byte. Returns NEED_MORE, SKIP_ONE or the length of a good frame.
 */
static size_t take_frame(struct vg_mavframe *self, const uint8_t *p, size_t avail,
                         vg_mavframe_fn fn, void *ctx)
{
    struct shape shape;
    int seen = read_shape(&self->counts, p, avail, &shape);
    if (seen != WHOLE) {
        return (size_t)seen;
    }
    bool is_good = is_crc_good(p, &shape);
    bool is_wide = !is_good && is_wide_control(p, &shape);
    if (!is_good && !is_wide) {
        self->counts.bad_crc++;
        return SKIP_ONE;
    }
    read_message(&self->msg, p, avail, &shape);
    self->msg.is_wide_control = is_wide;
    if (is_wide) {
        order_control(&self->msg);
    }
    struct vg_bytes frame = {p, shape.total};
    if (!is_signature_good(self, frame)) {
        self->counts.bad_signature++;
        return shape.total; /* a whole frame, refused: nothing inside it is worth a look */
    }
    count_lost(self, &self->msg);
    self->counts.messages++;
    fn(ctx, &self->msg, frame);
    return shape.total;
}

/* Take frames that start before `stop`; returns where it stopped: at or after stop, or at a frame
 * whose end is not there. */
static size_t scan(struct vg_mavframe *self, const uint8_t *p, size_t n, size_t stop,
                   vg_mavframe_fn fn, void *ctx)
{
    size_t at = 0;
    while (at < stop) {
        if (p[at] != MAGIC_V2 && p[at] != MAGIC_V1) {
            self->counts.skipped_bytes++;
            at++;
            continue;
        }
        size_t step = take_frame(self, p + at, n - at, fn, ctx);
        if (step == NEED_MORE) {
            break;
        }
        self->counts.skipped_bytes += step == SKIP_ONE;
        at += step;
    }
    return at;
}

void vg_mavframe_feed(struct vg_mavframe *self, struct vg_bytes in, vg_mavframe_fn fn, void *ctx)
{
    size_t used = 0;
    if (self->n_hold > 0) {
        /* Every frame that starts in what was held ends within VG_MAV_FRAME_MAX more bytes. */
        size_t had = self->n_hold;
        size_t more = in.n < VG_MAV_FRAME_MAX ? in.n : VG_MAV_FRAME_MAX;
        if (more > 0) {
            memcpy(self->hold + had, in.data, more);
        }
        size_t at = scan(self, self->hold, had + more, had, fn, ctx);
        if (at < had) {
            self->n_hold = had + more - at;
            memmove(self->hold, self->hold + at, self->n_hold);
            return;
        }
        self->n_hold = 0;
        used = at - had;
    }
    if (used == in.n) {
        return;
    }
    size_t rest = in.n - used;
    size_t at = scan(self, in.data + used, rest, rest, fn, ctx);
    self->n_hold = rest - at;
    memcpy(self->hold, in.data + used + at, self->n_hold);
}

void vg_mavframe_flush(struct vg_mavframe *self, vg_mavframe_fn fn, void *ctx)
{
    size_t at = 0;
    while (at < self->n_hold) {
        at += scan(self, self->hold + at, self->n_hold - at, self->n_hold - at, fn, ctx);
        if (at < self->n_hold) { /* an unfinished frame: give up its first byte */
            self->counts.skipped_bytes++;
            at++;
        }
    }
    self->n_hold = 0;
}

bool vg_mav_frame_is_good(struct vg_bytes frame)
{
    if (frame.n == 0 || (frame.data[0] != MAGIC_V2 && frame.data[0] != MAGIC_V1)) {
        return false;
    }
    struct vg_mavframe_counts counts = {0};
    struct shape shape;
    return read_shape(&counts, frame.data, frame.n, &shape) == WHOLE && shape.total == frame.n &&
           (is_crc_good(frame.data, &shape) || is_wide_control(frame.data, &shape));
}

size_t vg_mav_frame_format(const struct vg_mav_msg *msg, uint8_t seq, struct vg_mavsign *sign,
                           uint8_t out[VG_MAV_FRAME_MAX])
{
    const struct vg_mav_info *info = vg_mav_info_find(msg->id);
    if (info == NULL) {
        return 0;
    }
    size_t n = msg->n > 0 ? msg->n : 1;
    while (n > 1 && msg->payload[n - 1] == 0) {
        n--; /* the specification keeps one byte even of an all-zero payload */
    }
    const uint8_t header[HEADER_V2] = {MAGIC_V2,
                                       (uint8_t)n,
                                       sign != NULL ? VG_MAV_INCOMPAT_SIGNED : 0,
                                       msg->compat,
                                       seq,
                                       msg->sysid,
                                       msg->compid,
                                       (uint8_t)msg->id,
                                       (uint8_t)(msg->id >> 8),
                                       (uint8_t)(msg->id >> 16)};
    memcpy(out, header, HEADER_V2);
    memcpy(out + HEADER_V2, msg->payload, n);
    size_t end = HEADER_V2 + n;
    uint16_t crc = vg_mav_crc(CRC_START, out + 1, end - 1);
    vg_put_le16(out + end, vg_mav_crc(crc, &info->crc_extra, 1));
    end += CRC_SIZE;
    if (sign != NULL) {
        vg_mavsign_append(sign, out, end);
        end += VG_MAVSIGN_SIZE;
    }
    return end;
}

size_t vg_mav_frame_format_v1(const struct vg_mav_msg *msg, uint8_t seq,
                              uint8_t out[VG_MAV_FRAME_MAX])
{
    const struct vg_mav_info *info = msg->id <= UINT8_MAX ? vg_mav_info_find(msg->id) : NULL;
    if (info == NULL) {
        return 0;
    }
    size_t n = info->min_length;
    const uint8_t header[HEADER_V1] = {MAGIC_V1,   (uint8_t)n,  seq,
                                       msg->sysid, msg->compid, (uint8_t)msg->id};
    memcpy(out, header, HEADER_V1);
    memcpy(out + HEADER_V1, msg->payload, n);
    size_t end = HEADER_V1 + n;
    uint16_t crc = vg_mav_crc(CRC_START, out + 1, end - 1);
    vg_put_le16(out + end, vg_mav_crc(crc, &info->crc_extra, 1));
    return end + CRC_SIZE;
}
