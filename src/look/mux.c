#include "look/mux.h"

#include "base/text.h"
#include "look/av.h"

#include <libavformat/avformat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STREAMS = 32
};

struct mux {
    const struct vg_mux_plan *plan;
    struct vg_mux_counts *counts;
    AVFormatContext *in;
    AVFormatContext *out;
    AVPacket *packet;
    AVPacket *klv;
    int to[STREAMS]; /* stream of `out` for each of `in`, -1: left out */
    int video; /* stream of `in` */
    int klv_stream; /* of `out` */
    double first_s; /* of the video; NaN until it is known */
    int64_t ahead; /* presentation of the first picture after its decoding, in ticks of the video */
};

static int is_over(void *ctx)
{
    const struct mux *self = ctx;
    return self->plan->is_stopping != NULL && atomic_load(self->plan->is_stopping);
}

static enum vg_status open_in(struct mux *self, struct vg_error *err)
{
    char name[VG_AV_NAME_SIZE];
    self->in = avformat_alloc_context();
    if (self->in == NULL) {
        return vg_no_memory(err);
    }
    self->in->interrupt_callback = (AVIOInterruptCB){is_over, self};
    vg_av_name(self->plan->from, name, sizeof name);
    int rc = avformat_open_input(&self->in, name, NULL, NULL);
    rc = rc < 0 ? rc : avformat_find_stream_info(self->in, NULL);
    return rc < 0 ? vg_av_fail(err, rc, self->plan->from) : VG_OK;
}

/* Video and sound go on as they are. */
static int add_streams(struct mux *self)
{
    self->video = av_find_best_stream(self->in, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    for (unsigned i = 0; i < self->in->nb_streams && i < STREAMS; i++) {
        const AVCodecParameters *p = self->in->streams[i]->codecpar;
        bool is_copied = (int)i == self->video || p->codec_type == AVMEDIA_TYPE_AUDIO;
        AVStream *s = is_copied ? avformat_new_stream(self->out, NULL) : NULL;
        self->to[i] = s != NULL ? s->index : -1;
        if (is_copied && (s == NULL || avcodec_parameters_copy(s->codecpar, p) < 0)) {
            return AVERROR(ENOMEM);
        }
        if (s != NULL) {
            s->codecpar->codec_tag = 0;
        }
    }
    AVStream *klv = avformat_new_stream(self->out, NULL);
    if (klv == NULL) {
        return AVERROR(ENOMEM);
    }
    klv->codecpar->codec_type = AVMEDIA_TYPE_DATA;
    klv->codecpar->codec_id = AV_CODEC_ID_SMPTE_KLV;
    klv->time_base = (AVRational){1, 90000};
    self->klv_stream = klv->index;
    return 0;
}

static enum vg_status open_out(struct mux *self, struct vg_error *err)
{
    char name[VG_AV_NAME_SIZE];
    vg_av_name(self->plan->to, name, sizeof name);
    int rc = avformat_alloc_output_context2(&self->out, NULL, "mpegts", name);
    rc = rc < 0 ? rc : add_streams(self);
    if (rc >= 0 && self->video < 0) {
        return vg_fail(err, VG_E_FORMAT, "no stream of video that can be decoded");
    }
    rc = rc < 0 ? rc : avio_open(&self->out->pb, name, AVIO_FLAG_WRITE);
    rc = rc < 0 ? rc : avformat_write_header(self->out, NULL);
    return rc < 0 ? vg_av_fail(err, rc, self->plan->to) : VG_OK;
}

/* Metadata for the picture in self->packet, before it. Pictures come in the order of decoding,
 * whose times grow; presentation times jump to and fro. So metadata takes the former, later by what
 * the first picture waits. */
static int put_klv(struct mux *self)
{
    const AVPacket *p = self->packet;
    AVRational base = self->in->streams[self->video]->time_base;
    int64_t dts = p->dts != AV_NOPTS_VALUE ? p->dts : p->pts;
    self->counts->pictures++;
    if (dts == AV_NOPTS_VALUE) {
        return 0;
    }
    if (isnan(self->first_s)) {
        self->ahead = p->pts != AV_NOPTS_VALUE ? p->pts - dts : 0;
        self->first_s = (double)(dts + self->ahead) * av_q2d(base);
    }
    int64_t pts = dts + self->ahead;
    double pts_s = (double)pts * av_q2d(base);
    int rc = av_new_packet(self->klv, VG_MUX_KLV_MAX);
    if (rc < 0) {
        return rc;
    }
    size_t n = self->plan->make(self->plan->ctx, pts_s - self->first_s, self->klv->data);
    av_shrink_packet(self->klv, (int)n);
    if (n == 0) {
        av_packet_unref(self->klv);
        return 0;
    }
    self->klv->stream_index = self->klv_stream;
    self->klv->pts = pts;
    self->klv->dts = dts;
    av_packet_rescale_ts(self->klv, base, self->out->streams[self->klv_stream]->time_base);
    self->counts->klv_packets++;
    return av_interleaved_write_frame(self->out, self->klv);
}

static int pass_on(struct mux *self)
{
    AVPacket *p = self->packet;
    int to = p->stream_index < STREAMS ? self->to[p->stream_index] : -1;
    if (to < 0) {
        self->counts->left_out +=
            self->in->streams[p->stream_index]->codecpar->codec_id == AV_CODEC_ID_SMPTE_KLV;
        return 0;
    }
    int rc = p->stream_index == self->video ? put_klv(self) : 0;
    if (rc < 0) {
        return rc;
    }
    av_packet_rescale_ts(p, self->in->streams[p->stream_index]->time_base,
                         self->out->streams[to]->time_base);
    p->stream_index = to;
    p->pos = -1;
    return av_interleaved_write_frame(self->out, p);
}

static enum vg_status run(struct mux *self, struct vg_error *err)
{
    self->packet = av_packet_alloc();
    self->klv = av_packet_alloc();
    if (self->packet == NULL || self->klv == NULL) {
        return vg_no_memory(err);
    }
    int rc = 0;
    while (!is_over(self) && (rc = av_read_frame(self->in, self->packet)) >= 0) {
        rc = pass_on(self);
        av_packet_unref(self->packet);
        if (rc < 0) {
            return vg_av_fail(err, rc, self->plan->to);
        }
    }
    if (rc < 0 && rc != AVERROR_EOF && !is_over(self)) {
        return vg_av_fail(err, rc, self->plan->from);
    }
    rc = av_write_trailer(self->out);
    return rc < 0 ? vg_av_fail(err, rc, self->plan->to) : VG_OK;
}

enum vg_status vg_mux_run(const struct vg_mux_plan *plan, struct vg_mux_counts *out,
                          struct vg_error *err)
{
    struct vg_mux_counts counts = {0};
    struct mux self = {.plan = plan, .counts = &counts, .first_s = (double)NAN};
    av_log_set_level(AV_LOG_QUIET);
    enum vg_status st = open_in(&self, err);
    st = st == VG_OK ? open_out(&self, err) : st;
    st = st == VG_OK ? run(&self, err) : st;
    av_packet_free(&self.packet);
    av_packet_free(&self.klv);
    avformat_close_input(&self.in);
    if (self.out != NULL) {
        avio_closep(&self.out->pb);
        avformat_free_context(self.out);
    }
    *out = counts;
    return st;
}
