/* Video in: frames with their times and the camera's pose, from a file, MPEG-TS over UDP (unicast
 * or multicast) or RTSP; H.264, H.265, MPEG-2, MJPEG and all else that FFmpeg decodes.
 *
 *   source ──read, decode──► frame ──waits for its metadata──► ring ──vg_video_take──► caller
 *            one thread a source          at most 0.4 s        drop-oldest, counted
 *
 * A source never stops anything else: what stalls, ends, loses packets or is not there yet is
 * waited for and opened again with growing pauses, and counted. A file ends; there the thread waits
 * for the caller, so no frame is dropped.
 *
 * A frame's pose and UTC time are those of the metadata before and after it by presentation time
 * (klv_pose.h). Both are absent where the nearest metadata is further than VG_VIDEO_POSE_S.
 *
 * Threads: vg_video_take, vg_video_release and the rest from one thread; the decode thread is
 * inside. The only mutex of this folder is here. */
#ifndef VG_LOOK_VIDEO_H
#define VG_LOOK_VIDEO_H

#include "look/klv_pose.h"

enum {
    VG_VIDEO_RING = 8, /* frames that wait for the caller */
    VG_VIDEO_POSE_S = 2,
    VG_VIDEO_STALL_S = 5 /* silence after which a source is opened again */
};

enum vg_video_state {
    VG_VIDEO_CONNECTING,
    VG_VIDEO_RUNNING,
    VG_VIDEO_WAITING, /* after a failure, before the next try */
    VG_VIDEO_ENDED /* a file's end, or a file that cannot be read */
};

struct vg_video_options {
    double stall_s; /* 0: VG_VIDEO_STALL_S */
    double pause_s; /* before the first new try, doubled each time up to 16 times; 0: 0.5 s */
    void (*wake)(void *ctx); /* called by the decode thread when a frame waits; may be NULL */
    void *ctx;
};

/* A picture. Its pixels stay until vg_video_release. */
struct vg_video_frame {
    const uint8_t *luma; /* 8 bits, row after row */
    int width_px;
    int height_px;
    size_t stride_bytes;
    uint64_t n; /* of decoded frames, from 1: a step of more than 1 is what was dropped */
    uint32_t connection; /* from 1; times of different ones have nothing in common */
    double pts_s; /* presentation time by the source's own clock; NaN: none */
    bool is_shot; /* begins another view: the first of a connection, or after a cut */
    bool is_damaged; /* packets of it or before it were lost */
    struct vg_klv_pose pose; /* with the frame's UTC time if has_time */
    void *held; /* private */
};

struct vg_video_counts {
    uint64_t frames; /* decoded */
    uint64_t dropped; /* the oldest, as the caller was slow */
    uint64_t damaged; /* frames */
    uint64_t lost; /* places in the stream where packets are missing */
    uint64_t klv_packets; /* good ones */
    uint64_t klv_faults;
    uint64_t shots;
    uint64_t connections;
    uint64_t stalls;
};

struct vg_video;

/* Start a source; returns at once, whether it is there or not. VG_E_NO_MEMORY, VG_E_INTERNAL. */
enum vg_status vg_video_open(const char *from, const struct vg_video_options *options,
                             struct vg_video **out, struct vg_error *err) VG_MUST_USE;
/* Stops the thread, within a tenth of a second unless a codec is busy. NULL is fine. All frames
 * must be released before. */
void vg_video_close(struct vg_video *self);

enum vg_video_got {
    VG_VIDEO_GOT_FRAME,
    VG_VIDEO_GOT_NOTHING, /* within the time */
    VG_VIDEO_GOT_END
};
/* The oldest frame that waits, waiting up to timeout_s for one. */
enum vg_video_got vg_video_take(struct vg_video *self, double timeout_s,
                                struct vg_video_frame *out);
void vg_video_release(struct vg_video_frame *frame);

struct vg_video_counts vg_video_counts(struct vg_video *self);
/* The state and, where it is not RUNNING, the last failure in words ("" if none) into buf. */
enum vg_video_state vg_video_state(struct vg_video *self, char *buf, size_t size_bytes);

#endif
