#include "link/tlog.h"

#include "link/mavframe.h"

#include <string.h>

enum {
    STAMP_SIZE = 8,
    MAGIC_V1 = 0xFE,
    MAGIC_V2 = 0xFD,
    HEADER_MIN = 3
};

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

size_t vg_tlog_encode(struct vg_us utc, struct vg_bytes frame, uint8_t out[VG_TLOG_RECORD_MAX])
{
    if (frame.n > VG_MAV_FRAME_MAX || frame.n == 0) {
        return 0;
    }
    for (int i = 0; i < STAMP_SIZE; i++) {
        out[i] = (uint8_t)((uint64_t)utc.us >> (56 - 8 * i));
    }
    memcpy(out + STAMP_SIZE, frame.data, frame.n);
    return STAMP_SIZE + frame.n;
}

/* The length of the frame a record claims at p, 0 if that is no frame. */
static size_t claimed_length(const uint8_t *p, size_t n)
{
    if (n < HEADER_MIN) {
        return 0;
    }
    if (p[0] == MAGIC_V1) {
        return (size_t)p[1] + 8;
    }
    if (p[0] != MAGIC_V2) {
        return 0;
    }
    return (size_t)p[1] + 12 + ((p[2] & VG_MAV_INCOMPAT_SIGNED) != 0 ? 13 : 0);
}

/* Does a record seem to start n bytes before the end? */
static bool is_record_start(const uint8_t *p, size_t n)
{
    return n == 0 || (n > STAMP_SIZE && p[0] < 0x80 &&
                      (p[STAMP_SIZE] == MAGIC_V1 || p[STAMP_SIZE] == MAGIC_V2));
}

/* The length of the record at p, 0 if there is none. A frame whose checksum we can judge and find
 * right needs no more proof; another (a message we do not know, a frame the recorder took with a
 * wrong checksum) is taken if the next record follows it. */
static size_t record_at(const uint8_t *p, size_t n)
{
    if (n == 0 || !is_record_start(p, n)) {
        return 0;
    }
    size_t frame = claimed_length(p + STAMP_SIZE, n - STAMP_SIZE);
    size_t end = STAMP_SIZE + frame;
    if (frame == 0 || end > n) {
        return 0;
    }
    bool is_good = vg_mav_frame_is_good((struct vg_bytes){p + STAMP_SIZE, frame});
    return is_good || is_record_start(p + end, n - end) ? end : 0;
}

bool vg_tlog_next(struct vg_tlog_reader *self, struct vg_us *out_utc, struct vg_bytes *out_frame)
{
    while (self->at < self->data.n) {
        const uint8_t *p = self->data.data + self->at;
        size_t length = record_at(p, self->data.n - self->at);
        if (length == 0) {
            self->at++;
            self->skipped_bytes++;
            continue;
        }
        *out_utc = vg_us((int64_t)((uint64_t)be32(p) << 32 | be32(p + 4)));
        *out_frame = (struct vg_bytes){p + STAMP_SIZE, length - STAMP_SIZE};
        self->at += length;
        return true;
    }
    return false;
}
