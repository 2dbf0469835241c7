/* One parameter: its value as the wire has it and as a number. Threads: pure. Allocations: none.
 * Source: mavlink.io/en/services/parameter.html, "Parameter encoding"; PX4 mavlink_parameters.cpp
 * (bytes); ArduPilot GCS_Param.cpp (numbers in floats). */
#ifndef VG_LINK_PARAM_H
#define VG_LINK_PARAM_H

#include "link/mavmsg.h"

enum {
    VG_PARAM_NAME_MAX = 16
};

struct vg_param {
    char name[VG_PARAM_NAME_MAX + 1]; /* "" where a list has a hole */
    uint8_t type; /* MAV_PARAM_TYPE */
    bool has_default; /* another than the value; told by param.pck only */
    float raw; /* the wire's four bytes */
    double value; /* as a number, whichever way the autopilot sends them */
    double default_value; /* when has_default */
};

/* raw as a number. is_bytewise: whole numbers lie in it as their bytes
 * (MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_BYTEWISE, PX4), else as a float. */
double vg_param_value(const struct vg_param *param, bool is_bytewise);
/* A number as the four bytes of the wire. */
float vg_param_raw(double value, uint8_t type, bool is_bytewise);
/* A value as it came; leaves the default alone. */
void vg_param_take(struct vg_param *param, const struct vg_mav_param_value *v, bool is_bytewise);

#endif
