#include "look/klv_source.h"

#include "base/text.h"
#include "look/av.h"

#include <libavformat/avformat.h>
#include <math.h>
#include <stdlib.h>

enum {
    HEAD_SIZE = 4096, /* enough to tell raw KLV from a container */
    TS_PACKET = 188,
    IO_SIZE = 65536,
    AU_HEADER = 5 /* ISO/IEC 13818-1 section 2.12.4 */
};

struct vg_klv_source {
    AVIOContext *io; /* what is read; NULL when FFmpeg opened it itself */
    AVIOContext *replay; /* the head once more, then `io` */
    uint8_t head[HEAD_SIZE];
    size_t n_head;
    size_t at; /* in head */
    AVFormatContext *format; /* NULL: raw */
    AVPacket *packet;
    uint8_t *buf; /* of raw bytes */
    uint64_t offset;
};

static bool is_url(const char *from)
{
    return strstr(from, "://") != NULL;
}

/* Sync bytes at the distance of MPEG-TS packets, three if there are as many. */
static bool is_ts(const uint8_t *p, size_t n)
{
    for (size_t at = 0; at < TS_PACKET && at < n; at++) {
        size_t i = at;
        while (i < n && p[i] == 0x47) {
            i += TS_PACKET;
        }
        if (i >= n || i >= at + 3 * (size_t)TS_PACKET) {
            return true;
        }
    }
    return false;
}

static bool is_raw(const uint8_t *p, size_t n)
{
    size_t at = 0;
    struct vg_klv_packet packet;
    struct vg_klv_fault fault;
    if (is_ts(p, n)) {
        return false;
    }
    while (at < n) {
        enum vg_klv_scan got = vg_klv_scan((struct vg_bytes){p, n}, &at, true, &packet, &fault);
        if (got != VG_KLV_SCAN_FAULT) { /* a packet, or the beginning of one */
            return got == VG_KLV_SCAN_PACKET || n - at > 4;
        }
    }
    return false;
}

static int read_replay(void *ctx, uint8_t *buf, int size)
{
    struct vg_klv_source *self = ctx;
    size_t left = self->n_head - self->at;
    if (left == 0) {
        return avio_read_partial(self->io, buf, size);
    }
    size_t n = left < (size_t)size ? left : (size_t)size;
    memcpy(buf, self->head + self->at, n);
    self->at += n;
    return (int)n;
}

/* A container that is no file: what was looked at is given once more. */
static enum vg_status open_replay(struct vg_klv_source *self, const char *from,
                                  struct vg_error *err)
{
    uint8_t *buf = av_malloc(IO_SIZE);
    self->format = avformat_alloc_context();
    self->replay =
        buf != NULL ? avio_alloc_context(buf, IO_SIZE, 0, self, read_replay, NULL, NULL) : NULL;
    if (self->replay == NULL || self->format == NULL) {
        av_free(buf);
        return vg_no_memory(err);
    }
    self->format->pb = self->replay;
    int rc = avformat_open_input(&self->format, NULL, NULL, NULL);
    return rc < 0 ? vg_av_fail(err, rc, from) : VG_OK;
}

static enum vg_status open_container(struct vg_klv_source *self, const char *from, const char *name,
                                     struct vg_error *err)
{
    self->packet = av_packet_alloc();
    if (self->packet == NULL) {
        return vg_no_memory(err);
    }
    if (self->io != NULL && (is_url(from) || strcmp(from, "-") == 0)) {
        return open_replay(self, from, err);
    }
    avio_closep(&self->io);
    int rc = avformat_open_input(&self->format, name, NULL, NULL);
    return rc < 0 ? vg_av_fail(err, rc, from) : VG_OK;
}

static enum vg_status look_at_head(struct vg_klv_source *self, const char *from, const char *name,
                                   struct vg_error *err)
{
    int rc = avio_open2(&self->io, name, AVIO_FLAG_READ, NULL, NULL);
    while (rc >= 0 && self->n_head < HEAD_SIZE) {
        rc =
            avio_read_partial(self->io, self->head + self->n_head, (int)(HEAD_SIZE - self->n_head));
        self->n_head += rc > 0 ? (size_t)rc : 0;
        if (rc <= 0 || self->n_head >= 3 * (size_t)TS_PACKET) {
            break;
        }
    }
    return rc < 0 && rc != AVERROR_EOF ? vg_av_fail(err, rc, from) : VG_OK;
}

enum vg_status vg_klv_source_open(const char *from, struct vg_klv_source **out,
                                  struct vg_error *err)
{
    char name[VG_AV_NAME_SIZE];
    struct vg_klv_source *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    av_log_set_level(AV_LOG_QUIET); /* what is wrong is told by our errors */
    vg_av_name(from, name, sizeof name);
    /* FFmpeg speaks RTSP as a container, not as bytes. */
    bool is_session = strncmp(from, "rtsp://", 7) == 0 || strncmp(from, "rtp://", 6) == 0;
    enum vg_status st = is_session ? VG_OK : look_at_head(self, from, name, err);
    if (st == VG_OK && !is_session && is_raw(self->head, self->n_head)) {
        self->buf = malloc(IO_SIZE);
        st = self->buf == NULL ? vg_no_memory(err) : VG_OK;
    } else if (st == VG_OK) {
        st = open_container(self, from, name, err);
    }
    if (st != VG_OK) {
        vg_klv_source_close(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_klv_source_close(struct vg_klv_source *self)
{
    if (self == NULL) {
        return;
    }
    av_packet_free(&self->packet);
    avformat_close_input(&self->format);
    if (self->replay != NULL) {
        av_freep(&self->replay->buffer);
        avio_context_free(&self->replay);
    }
    avio_closep(&self->io);
    free(self->buf);
    free(self);
}

static enum vg_status next_raw(struct vg_klv_source *self, struct vg_klv_piece *out,
                               struct vg_error *err)
{
    int rc = read_replay(self, self->buf, IO_SIZE);
    if (rc < 0 && rc != AVERROR_EOF) {
        return vg_av_fail(err, rc, "reading");
    }
    size_t n = rc > 0 ? (size_t)rc : 0;
    *out = (struct vg_klv_piece){{self->buf, n}, self->offset, -1, (double)NAN, n == 0};
    self->offset += n;
    return VG_OK;
}

struct vg_bytes vg_klv_without_header(struct vg_bytes b)
{
    if (b.n > AU_HEADER + 4 && vg_klv_be(b.data + 3, 2) + AU_HEADER <= b.n && b.data[0] != 0x06 &&
        vg_klv_be(b.data + AU_HEADER, 4) == 0x060E2B34) {
        return (struct vg_bytes){b.data + AU_HEADER, b.n - AU_HEADER};
    }
    return b;
}

static bool is_klv(const AVStream *s)
{
    return s->codecpar->codec_id == AV_CODEC_ID_SMPTE_KLV;
}

enum vg_status vg_klv_source_next(struct vg_klv_source *self, struct vg_klv_piece *out,
                                  struct vg_error *err)
{
    if (self->format == NULL) {
        return next_raw(self, out, err);
    }
    for (;;) {
        av_packet_unref(self->packet);
        int rc = av_read_frame(self->format, self->packet);
        if (rc == AVERROR(EAGAIN)) {
            continue;
        }
        if (rc < 0 && rc != AVERROR_EOF) {
            return vg_av_fail(err, rc, "reading");
        }
        if (rc < 0) {
            *out =
                (struct vg_klv_piece){.offset = UINT64_MAX, .pts_s = (double)NAN, .is_end = true};
            return VG_OK;
        }
        const AVPacket *p = self->packet;
        AVStream *s = self->format->streams[p->stream_index];
        if (!is_klv(s)) {
            continue;
        }
        struct vg_bytes all = {p->data, p->size > 0 ? (size_t)p->size : 0};
        double pts_s =
            p->pts == AV_NOPTS_VALUE ? (double)NAN : (double)p->pts * av_q2d(s->time_base);
        *out = (struct vg_klv_piece){vg_klv_without_header(all),
                                     p->pos < 0 ? UINT64_MAX : (uint64_t)p->pos, p->stream_index,
                                     pts_s, false};
        return VG_OK;
    }
}

const char *vg_klv_source_streams(const struct vg_klv_source *self, char *buf, size_t size_bytes)
{
    size_t n = 0;
    vg_format(buf, size_bytes, "%s", "");
    for (unsigned i = 0; self->format != NULL && i < self->format->nb_streams; i++) {
        n += vg_format(buf + n, size_bytes - n, "%s%s", i > 0 ? ", " : "",
                       avcodec_get_name(self->format->streams[i]->codecpar->codec_id));
    }
    return buf;
}
