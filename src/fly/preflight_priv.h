#ifndef VG_FLY_PREFLIGHT_PRIV_H
#define VG_FLY_PREFLIGHT_PRIV_H

#include "fly/preflight.h"

/* What a point's judge works on. */
struct vg_point_judge {
    const struct vg_preflight_input *in;
    enum vg_lang lang;
    char *reason;
    size_t size_bytes;
};

enum vg_judgement vg_point_judge(enum vg_point point, const struct vg_point_judge *judge);

#endif
