/* A source of video as the rest of Vigie would use it, for tests/peers/video/check.mjs: a JSON line
 * a frame, and one with the counts at the end or when standard input closes. Usage: video_peer FROM
 * [STALL_S [MS_A_FRAME]] */
#include "base/text.h"
#include "look/video.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Frames of the tests carry their number as bars: 16 columns, white is 1, the left one is the
 * least. */
static unsigned bars(const struct vg_video_frame *f)
{
    unsigned v = 0;
    for (int i = 0; i < 16; i++) {
        int x = (2 * i + 1) * f->width_px / 32;
        v |= (unsigned)(f->luma[(size_t)(f->height_px / 2) * f->stride_bytes + (size_t)x] > 128)
             << i;
    }
    return v;
}

static void put_frame(const struct vg_video_frame *f)
{
    struct vg_buf b = {0};
    vg_buf_printf(&b, "{\"n\":%llu,\"connection\":%u,\"width\":%d,\"height\":%d,\"bars\":%u",
                  (unsigned long long)f->n, f->connection, f->width_px, f->height_px, bars(f));
    vg_buf_member_fixed(&b, "pts_s", f->pts_s, 6);
    vg_buf_printf(&b, ",\"shot\":%s,\"damaged\":%s", f->is_shot ? "true" : "false",
                  f->is_damaged ? "true" : "false");
    if (f->pose.has_time) {
        vg_buf_printf(&b, ",\"t_us\":%lld", (long long)f->pose.t.us);
    }
    vg_buf_member_fixed(&b, "lat", f->pose.v[VG_POSE_LAT_DEG], 7);
    vg_buf_member_fixed(&b, "heading", f->pose.v[VG_POSE_HEADING_TRUE_DEG], 4);
    printf("%s}\n", vg_buf_text(&b));
    vg_buf_finish(&b);
}

static void put_counts(struct vg_video *video)
{
    static const char *const states[] = {"connecting", "running", "waiting", "ended"};
    struct vg_video_counts c = vg_video_counts(video);
    char why[400];
    struct vg_buf b = {0};
    enum vg_video_state state = vg_video_state(video, why, sizeof why);
    vg_buf_printf(&b,
                  "{\"state\":\"%s\",\"frames\":%llu,\"dropped\":%llu,\"damaged_frames\":%llu,"
                  "\"lost\":%llu,\"klv\":%llu,\"klv_faults\":%llu,\"shots\":%llu,"
                  "\"connections\":%llu,\"stalls\":%llu,\"why\":",
                  states[state], (unsigned long long)c.frames, (unsigned long long)c.dropped,
                  (unsigned long long)c.damaged, (unsigned long long)c.lost,
                  (unsigned long long)c.klv_packets, (unsigned long long)c.klv_faults,
                  (unsigned long long)c.shots, (unsigned long long)c.connections,
                  (unsigned long long)c.stalls);
    vg_buf_json(&b, why);
    printf("%s}\n", vg_buf_text(&b));
    vg_buf_finish(&b);
}

int main(int argc, char **argv)
{
    struct vg_video *video = NULL;
    struct vg_video_options options = {.stall_s = argc > 2 ? strtod(argv[2], NULL) : 0,
                                       .pause_s = 0.2};
    struct timespec slow = {0, argc > 3 ? strtol(argv[3], NULL, 10) * 1000000 : 0};
    if (argc < 2 || vg_video_open(argv[1], &options, &video, NULL) != VG_OK) {
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (enum vg_video_got got = VG_VIDEO_GOT_NOTHING; got != VG_VIDEO_GOT_END;) {
        struct vg_video_frame f;
        struct pollfd in = {STDIN_FILENO, POLLIN, 0};
        if (poll(&in, 1, 0) > 0) {
            break;
        }
        got = vg_video_take(video, 0.1, &f);
        if (got == VG_VIDEO_GOT_FRAME) {
            put_frame(&f);
            vg_video_release(&f);
            nanosleep(&slow, NULL);
        }
    }
    put_counts(video);
    vg_video_close(video);
    return 0;
}
