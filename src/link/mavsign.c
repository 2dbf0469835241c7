#include "link/mavsign.h"

#include "base/sha256.h"

#include <string.h>

enum {
    SYSID_AT = 5,
    COMPID_AT = 6,
    SIG_AT = 7,
    SIG_SIZE = 6,
    FRAME_MIN = 10 + 2 + VG_MAVSIGN_SIZE
};

#define EPOCH_2015_US INT64_C(1420070400000000) /* 2015-01-01T00:00:00Z */
#define MINUTE_10US UINT64_C(6000000) /* 60 s */
#define TIMESTAMP_MAX ((UINT64_C(1) << 48) - 1)

static uint64_t to_timestamp(struct vg_us utc)
{
    return utc.us <= EPOCH_2015_US ? 0 : (uint64_t)(utc.us - EPOCH_2015_US) / 10;
}

void vg_mavsign_init(struct vg_mavsign *self, const uint8_t key[VG_MAVSIGN_KEY_SIZE],
                     uint8_t link_id, struct vg_us utc)
{
    memset(self, 0, sizeof *self);
    memcpy(self->key, key, VG_MAVSIGN_KEY_SIZE);
    self->link_id = link_id;
    self->is_required = true;
    self->timestamp_10us = to_timestamp(utc);
}

void vg_mavsign_set_time(struct vg_mavsign *self, struct vg_us utc)
{
    uint64_t t = to_timestamp(utc);
    if (t > self->timestamp_10us) {
        self->timestamp_10us = t;
    }
}

/* The signature covers key, frame with CRC, link id and timestamp: n + 7 bytes of frame. */
static void compute(const struct vg_mavsign *self, const uint8_t *frame, size_t n,
                    uint8_t out[VG_SHA256_SIZE])
{
    const struct vg_sha256_part parts[2] = {{self->key, VG_MAVSIGN_KEY_SIZE}, {frame, n + SIG_AT}};
    vg_sha256_parts(parts, 2, out);
}

void vg_mavsign_append(struct vg_mavsign *self, uint8_t *frame, size_t n)
{
    if (self->timestamp_10us < TIMESTAMP_MAX) {
        self->timestamp_10us++;
    }
    uint8_t *sig = frame + n;
    sig[0] = self->link_id;
    vg_put_le32(sig + 1, (uint32_t)self->timestamp_10us);
    vg_put_le16(sig + 5, (uint16_t)(self->timestamp_10us >> 32));
    uint8_t hash[VG_SHA256_SIZE];
    compute(self, frame, n, hash);
    memcpy(sig + SIG_AT, hash, SIG_SIZE);
}

static struct vg_mavsign_stream *find_stream(struct vg_mavsign *self, const uint8_t *frame,
                                             uint8_t link_id)
{
    for (int i = 0; i < self->n_streams; i++) {
        struct vg_mavsign_stream *s = &self->streams[i];
        if (s->sysid == frame[SYSID_AT] && s->compid == frame[COMPID_AT] && s->link_id == link_id) {
            return s;
        }
    }
    return NULL;
}

/* The time rules, for a frame whose signature is right. */
static enum vg_mavsign_verdict judge_time(struct vg_mavsign *self, const uint8_t *frame,
                                          uint8_t link_id, uint64_t t)
{
    struct vg_mavsign_stream *s = find_stream(self, frame, link_id);
    if (s != NULL) {
        if (t <= s->timestamp_10us) {
            return VG_MAVSIGN_REPLAYED;
        }
        s->timestamp_10us = t;
    } else {
        if (t + MINUTE_10US < self->timestamp_10us) {
            return VG_MAVSIGN_TOO_OLD;
        }
        if (self->n_streams == VG_MAVSIGN_STREAMS_MAX) {
            return VG_MAVSIGN_FULL;
        }
        self->streams[self->n_streams++] =
            (struct vg_mavsign_stream){frame[SYSID_AT], frame[COMPID_AT], link_id, t};
    }
    if (t > self->timestamp_10us) {
        self->timestamp_10us = t;
    }
    return VG_MAVSIGN_GOOD;
}

enum vg_mavsign_verdict vg_mavsign_check(struct vg_mavsign *self, struct vg_bytes frame)
{
    if (frame.n < FRAME_MIN) {
        return VG_MAVSIGN_WRONG;
    }
    size_t n = frame.n - VG_MAVSIGN_SIZE;
    const uint8_t *sig = frame.data + n;
    uint8_t hash[VG_SHA256_SIZE];
    compute(self, frame.data, n, hash);
    unsigned diff = 0; /* looks at every byte, so that timing tells nothing */
    for (int i = 0; i < SIG_SIZE; i++) {
        diff |= (unsigned)(hash[i] ^ sig[SIG_AT + i]);
    }
    if (diff != 0) {
        return VG_MAVSIGN_WRONG;
    }
    uint64_t t = (uint64_t)vg_le32(sig + 1) | (uint64_t)vg_le16(sig + 5) << 32;
    return judge_time(self, frame.data, sig[0], t);
}

void vg_mavsign_key_from_passphrase(const char *passphrase, uint8_t out[VG_MAVSIGN_KEY_SIZE])
{
    vg_sha256(passphrase, strlen(passphrase), out);
}
