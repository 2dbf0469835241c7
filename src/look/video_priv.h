/* The parts of a video source. Private to video*.c: video.c owns ring and thread, video_link.c one
 * connection, video_match.c the frames that wait for their metadata. */
#ifndef VG_LOOK_VIDEO_PRIV_H
#define VG_LOOK_VIDEO_PRIV_H

#include "base/text.h"
#include "look/shot.h"
#include "look/video.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <pthread.h>
#include <stdatomic.h>

/* ---- frames that wait for metadata (pure but for releasing frames) ---- */

enum {
    VG_MATCH_MARKS = 64,
    VG_MATCH_FRAMES = 32
};

struct vg_match {
    struct {
        double pts_s;
        struct vg_klv_pose pose;
    } marks[VG_MATCH_MARKS]; /* by time of coming, the newest last */
    int n_marks;
    struct vg_video_frame frames[VG_MATCH_FRAMES];
    int n_frames;
    double newest_s; /* presentation time of the newest packet */
};

void vg_match_klv(struct vg_match *self, double pts_s, const struct vg_klv_pose *pose);
/* The frame belongs to the match then. */
void vg_match_frame(struct vg_match *self, const struct vg_video_frame *frame);
/* The oldest frame, if it need not wait any more; with `is_end` any. Its pose is set. */
bool vg_match_next(struct vg_match *self, bool is_end, struct vg_video_frame *out);
/* Drop everything. */
void vg_match_reset(struct vg_match *self);

/* ---- one connection ---- */

struct vg_video_link {
    AVFormatContext *format;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    int stream; /* the video, -1 until it is known */
    int klv_stream; /* the metadata, -1 until it is known */
    struct vg_buf klv; /* bytes of a packet that is not whole */
    struct vg_shot shot;
    bool is_first; /* frame of the connection */
    int64_t n_packets; /* of the video, given to the decoder */
    int64_t first_lost; /* packets from this one on may lack what was lost; INT64_MAX: none */
    int64_t last_lost;
    double deadline_s; /* monotonic; when reading is broken off */
    bool is_stalled; /* the deadline passed */
    const atomic_bool *is_closing;
    double stall_s;
};

/* What one step brought. */
enum vg_link_step {
    VG_LINK_READ, /* a packet; perhaps frames in the match */
    VG_LINK_END,
    VG_LINK_FAILED
};

enum vg_status vg_link_open(struct vg_video_link *self, const char *from, double stall_s,
                            const atomic_bool *is_closing, struct vg_error *err);
/* Read one packet and decode it into the match; counts what it met. */
enum vg_link_step vg_link_step(struct vg_video_link *self, struct vg_match *match,
                               struct vg_video_counts *counts, struct vg_error *err);
void vg_link_close(struct vg_video_link *self);

double vg_video_now_s(void); /* monotonic */

#endif
