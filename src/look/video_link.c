#include "look/av.h"
#include "look/klv_source.h"
#include "look/video_priv.h"

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <math.h>
#include <string.h>
#include <time.h>

double vg_video_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Asked by FFmpeg while it waits: 1 breaks off. */
static int is_over(void *ctx)
{
    struct vg_video_link *self = ctx;
    if (vg_video_now_s() > self->deadline_s) {
        self->is_stalled = true;
    }
    return self->is_stalled || atomic_load(self->is_closing);
}

/* A burst must fit the socket, losing packets must not end it, RTSP comes through one connection.
 */
static void set_options(AVDictionary **options, const char *from)
{
    if (strncmp(from, "udp://", 6) == 0 || strncmp(from, "rtp://", 6) == 0) {
        av_dict_set(options, "buffer_size", "4194304", 0);
        av_dict_set(options, "fifo_size", "50000", 0);
        av_dict_set(options, "overrun_nonfatal", "1", 0);
    } else if (strncmp(from, "rtsp://", 7) == 0) {
        av_dict_set(options, "rtsp_transport", "tcp", 0);
    }
}

enum vg_status vg_link_open(struct vg_video_link *self, const char *from, double stall_s,
                            const atomic_bool *is_closing, struct vg_error *err)
{
    char name[VG_AV_NAME_SIZE];
    AVDictionary *options = NULL;
    *self = (struct vg_video_link){.stream = -1,
                                   .klv_stream = -1,
                                   .is_first = true,
                                   .first_lost = INT64_MAX,
                                   .is_closing = is_closing,
                                   .stall_s = stall_s,
                                   .deadline_s = vg_video_now_s() + stall_s};
    self->packet = av_packet_alloc();
    self->frame = av_frame_alloc();
    self->format = avformat_alloc_context();
    if (self->packet == NULL || self->frame == NULL || self->format == NULL) {
        return vg_no_memory(err);
    }
    self->format->interrupt_callback = (AVIOInterruptCB){is_over, self};
    vg_av_name(from, name, sizeof name);
    set_options(&options, from);
    int rc = avformat_open_input(&self->format, name, NULL, &options);
    av_dict_free(&options);
    return rc < 0 ? vg_av_fail(err, rc, from) : VG_OK;
}

void vg_link_close(struct vg_video_link *self)
{
    avcodec_free_context(&self->codec);
    avformat_close_input(&self->format);
    av_packet_free(&self->packet);
    av_frame_free(&self->frame);
    vg_buf_finish(&self->klv);
}

/* ---- pictures ---- */

/* Brightness in 8 bits, for pixels that are not so laid out; NULL when there is none or no memory.
 */
static AVFrame *to_gray(const AVFrame *f, const AVPixFmtDescriptor *desc)
{
    AVFrame *gray = av_frame_alloc();
    uint16_t *line = av_malloc_array((size_t)f->width, sizeof *line);
    if (gray != NULL) {
        gray->format = AV_PIX_FMT_GRAY8;
        gray->width = f->width;
        gray->height = f->height;
    }
    if (line == NULL || gray == NULL || av_frame_get_buffer(gray, 0) < 0) {
        av_frame_free(&gray);
        av_free(line);
        return NULL;
    }
    int shift = desc->comp[0].depth > 8 ? desc->comp[0].depth - 8 : 0;
    for (int y = 0; y < f->height; y++) {
        uint8_t *out = gray->data[0] + (ptrdiff_t)y * gray->linesize[0];
        av_read_image_line2(line, (const uint8_t **)(uintptr_t)f->data, f->linesize, desc, 0, y, 0,
                            f->width, 0, 2);
        for (int x = 0; x < f->width; x++) {
            out[x] = (uint8_t)(line[x] >> shift);
        }
    }
    av_free(line);
    return gray;
}

/* A frame that holds its own picture: the decoder's where its first plane is 8-bit luma. */
static AVFrame *luma_of(const AVFrame *f)
{
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(f->format);
    const uint64_t none = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL |
                          AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BAYER;
    if (desc == NULL || desc->flags & none) {
        return NULL;
    }
    bool is_plain = desc->comp[0].depth == 8 && desc->comp[0].step == 1 && f->linesize[0] > 0;
    return is_plain ? av_frame_clone(f) : to_gray(f, desc);
}

static double seconds(int64_t ts, AVRational base)
{
    return ts == AV_NOPTS_VALUE ? (double)NAN : (double)ts * av_q2d(base);
}

/* A frame is hurt by what was lost before it in the order of decoding, until a key frame that came
 * after the loss. Frames come out of the decoder in another order, so each carries its packet's
 * number. FFmpeg's parser may flag the packet before the one that was hit: a key frame right behind
 * the loss clears nothing. */
static bool is_hurt(struct vg_video_link *self, const AVFrame *f)
{
    int64_t at = f->reordered_opaque;
    bool is_bad = f->decode_error_flags != 0 || f->flags & AV_FRAME_FLAG_CORRUPT;
    if (f->key_frame && !is_bad && self->first_lost < at) {
        self->first_lost = at > self->last_lost + 1 ? INT64_MAX : at;
    }
    return is_bad || at >= self->first_lost;
}

static void take_frame(struct vg_video_link *self, struct vg_match *match,
                       struct vg_video_counts *counts)
{
    AVFrame *f = self->frame;
    bool is_damaged = is_hurt(self, f);
    AVFrame *held = luma_of(f);
    counts->frames++;
    counts->damaged += is_damaged;
    if (held == NULL) {
        return;
    }
    struct vg_video_frame out = {
        .luma = held->data[0],
        .width_px = held->width,
        .height_px = held->height,
        .stride_bytes = (size_t)held->linesize[0],
        .n = counts->frames,
        .connection = (uint32_t)counts->connections,
        .pts_s = seconds(f->best_effort_timestamp, self->format->streams[self->stream]->time_base),
        .is_damaged = is_damaged,
        .held = held};
    bool is_cut =
        vg_shot_step(&self->shot, out.luma, out.width_px, out.height_px, out.stride_bytes);
    out.is_shot = is_cut || self->is_first;
    self->is_first = false;
    counts->shots += out.is_shot;
    vg_match_frame(match, &out);
}

static void take_frames(struct vg_video_link *self, struct vg_match *match,
                        struct vg_video_counts *counts)
{
    while (match->n_frames < VG_MATCH_FRAMES &&
           avcodec_receive_frame(self->codec, self->frame) == 0) {
        take_frame(self, match, counts);
        av_frame_unref(self->frame);
    }
}

/* The first stream of video whose codec is there. */
static bool is_video(struct vg_video_link *self, int i)
{
    const AVCodecParameters *p = self->format->streams[i]->codecpar;
    if (self->stream >= 0 || p->codec_type != AVMEDIA_TYPE_VIDEO) {
        return self->stream == i;
    }
    const AVCodec *codec = avcodec_find_decoder(p->codec_id);
    self->codec = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
    if (self->codec == NULL) {
        return false;
    }
    self->codec->thread_count = 1; /* the thread is this one */
    self->codec->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
    if (avcodec_parameters_to_context(self->codec, p) < 0 ||
        avcodec_open2(self->codec, codec, NULL) < 0) {
        avcodec_free_context(&self->codec);
        return false;
    }
    self->stream = i;
    return true;
}

/* ---- metadata ---- */

static void take_klv(struct vg_video_link *self, struct vg_match *match,
                     struct vg_video_counts *counts)
{
    const AVPacket *p = self->packet;
    double pts_s = seconds(p->pts, self->format->streams[p->stream_index]->time_base);
    struct vg_bytes piece = vg_klv_without_header((struct vg_bytes){p->data, (size_t)p->size});
    struct vg_klv_packet packet;
    struct vg_klv_fault fault;
    enum vg_klv_scan got;
    size_t at = 0;
    vg_buf_add(&self->klv, piece.data, piece.n);
    struct vg_bytes all = {(const uint8_t *)self->klv.data, self->klv.n};
    while ((got = vg_klv_scan(all, &at, true, &packet, &fault)) != VG_KLV_SCAN_END) {
        bool is_good = got == VG_KLV_SCAN_PACKET && packet.checksum != VG_KLV_CHECKSUM_BAD;
        counts->klv_packets += is_good;
        counts->klv_faults += !is_good;
        if (is_good) {
            struct vg_klv_pose pose = vg_klv_pose_read(&packet);
            vg_match_klv(match, pts_s, &pose);
        }
    }
    size_t rest = self->klv.n - at;
    if (self->klv.data != NULL) {
        memmove(self->klv.data, self->klv.data + at, rest);
        self->klv.n = rest;
    }
}

/* ---- one packet ---- */

static void take_packet(struct vg_video_link *self, struct vg_match *match,
                        struct vg_video_counts *counts)
{
    const AVPacket *p = self->packet;
    AVStream *s = self->format->streams[p->stream_index];
    if (s->codecpar->codec_id == AV_CODEC_ID_SMPTE_KLV) {
        self->klv_stream = self->klv_stream < 0 ? p->stream_index : self->klv_stream;
        if (p->stream_index == self->klv_stream && p->size > 0) {
            take_klv(self, match, counts);
        }
        return;
    }
    if (!is_video(self, p->stream_index)) {
        return;
    }
    if (p->flags & AV_PKT_FLAG_CORRUPT) {
        counts->lost++;
        self->last_lost = self->n_packets;
        self->first_lost = self->first_lost < self->n_packets ? self->first_lost : self->n_packets;
    }
    double pts_s = seconds(p->pts, s->time_base);
    match->newest_s = isnan(pts_s) ? match->newest_s : fmax(match->newest_s, pts_s);
    self->codec->reordered_opaque = self->n_packets++;
    avcodec_send_packet(self->codec, p); /* a packet that no decoder takes costs its frame */
    take_frames(self, match, counts);
}

enum vg_link_step vg_link_step(struct vg_video_link *self, struct vg_match *match,
                               struct vg_video_counts *counts, struct vg_error *err)
{
    self->deadline_s = vg_video_now_s() + self->stall_s;
    av_packet_unref(self->packet);
    int rc = av_read_frame(self->format, self->packet);
    if (rc == 0) {
        take_packet(self, match, counts);
        return VG_LINK_READ;
    }
    if (rc == AVERROR(EAGAIN)) {
        return VG_LINK_READ;
    }
    if (self->is_stalled) {
        vg_fail(err, VG_E_TIMEOUT, "nothing came for %.3g s", self->stall_s);
        counts->stalls++;
        return VG_LINK_FAILED;
    }
    if (rc != AVERROR_EOF) {
        vg_av_fail(err, rc, "reading");
        return VG_LINK_FAILED;
    }
    if (self->codec != NULL) { /* what the decoder still holds */
        avcodec_send_packet(self->codec, NULL);
        take_frames(self, match, counts);
        return VG_LINK_END;
    }
    vg_fail(err, VG_E_FORMAT, "no stream of video that can be decoded");
    return VG_LINK_FAILED;
}
