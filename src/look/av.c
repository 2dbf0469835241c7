#include "look/av.h"

#include "base/text.h"

#include <libavutil/error.h>
#include <string.h>

void vg_av_name(const char *from, char *buf, size_t size_bytes)
{
    if (strcmp(from, "-") == 0) {
        vg_format(buf, size_bytes, "pipe:0");
    } else {
        vg_format(buf, size_bytes, "%s%s", strstr(from, "://") != NULL ? "" : "file:", from);
    }
}

enum vg_status vg_av_fail(struct vg_error *err, int rc, const char *what)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";
    if (rc == AVERROR_INVALIDDATA) {
        return vg_fail(err, VG_E_FORMAT, "%s: neither raw KLV nor a video that FFmpeg can read",
                       what);
    }
    av_strerror(rc, text, sizeof text);
    return vg_fail(err, VG_E_IO, "%s: %s", what, text);
}
