/* vigie klv VIDEO --add FLIGHT.tlog: metadata for cameras that have none, from the drone's
 * telemetry. */
#ifndef VG_APP_KLV_ADD_H
#define VG_APP_KLV_ADD_H

#include "app/app.h"

#include <stdint.h>

struct vg_klv_add {
    const char *video;
    const char *tlog;
    const char *start; /* RFC 3339: when the video's first picture was taken */
    const char *out;
    int64_t sysid; /* 0: the first autopilot that tells its place */
};

/* Returns the command's exit code. */
int vg_klv_add(const struct vg_app *app, const struct vg_klv_add *what);

#endif
