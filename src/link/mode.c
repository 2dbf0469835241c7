#include "link/mode.h"

#include "link/autopilot.h"

#include <stddef.h>

struct mode {
    uint32_t number;
    enum vg_mode_kind kind;
    const char *name;
};

/* The first of a kind is the one to ask for. */
static const struct mode plane_modes[] = {
    {0, VG_MODE_MANUAL, "MANUAL"},      {1, VG_MODE_OTHER, "CIRCLE"},
    {2, VG_MODE_MANUAL, "STABILIZE"},   {3, VG_MODE_MANUAL, "TRAINING"},
    {4, VG_MODE_MANUAL, "ACRO"},        {5, VG_MODE_MANUAL, "FBWA"},
    {6, VG_MODE_MANUAL, "FBWB"},        {7, VG_MODE_MANUAL, "CRUISE"},
    {8, VG_MODE_MANUAL, "AUTOTUNE"},    {10, VG_MODE_MISSION, "AUTO"},
    {11, VG_MODE_RETURN, "RTL"},        {12, VG_MODE_HOLD, "LOITER"},
    {13, VG_MODE_TAKEOFF, "TAKEOFF"},   {14, VG_MODE_OTHER, "AVOID_ADSB"},
    {15, VG_MODE_GUIDED, "GUIDED"},     {16, VG_MODE_OTHER, "INITIALISING"},
    {17, VG_MODE_MANUAL, "QSTABILIZE"}, {18, VG_MODE_MANUAL, "QHOVER"},
    {19, VG_MODE_HOLD, "QLOITER"},      {26, VG_MODE_LAND, "AUTOLAND"},
    {20, VG_MODE_LAND, "QLAND"},        {21, VG_MODE_RETURN, "QRTL"},
    {22, VG_MODE_MANUAL, "QAUTOTUNE"},  {23, VG_MODE_MANUAL, "QACRO"},
    {24, VG_MODE_OTHER, "THERMAL"},     {25, VG_MODE_OTHER, "LOITER_ALT_QLAND"},
};

/* BRAKE before LOITER: that one descends where no remote control holds its throttle stick. */
static const struct mode copter_modes[] = {
    {17, VG_MODE_HOLD, "BRAKE"},       {0, VG_MODE_MANUAL, "STABILIZE"},
    {1, VG_MODE_MANUAL, "ACRO"},       {2, VG_MODE_MANUAL, "ALT_HOLD"},
    {3, VG_MODE_MISSION, "AUTO"},      {4, VG_MODE_GUIDED, "GUIDED"},
    {5, VG_MODE_HOLD, "LOITER"},       {6, VG_MODE_RETURN, "RTL"},
    {7, VG_MODE_OTHER, "CIRCLE"},      {9, VG_MODE_LAND, "LAND"},
    {11, VG_MODE_MANUAL, "DRIFT"},     {13, VG_MODE_MANUAL, "SPORT"},
    {14, VG_MODE_MANUAL, "FLIP"},      {15, VG_MODE_MANUAL, "AUTOTUNE"},
    {16, VG_MODE_HOLD, "POSHOLD"},     {18, VG_MODE_OTHER, "THROW"},
    {19, VG_MODE_OTHER, "AVOID_ADSB"}, {20, VG_MODE_GUIDED, "GUIDED_NOGPS"},
    {21, VG_MODE_RETURN, "SMART_RTL"}, {22, VG_MODE_MANUAL, "FLOWHOLD"},
    {23, VG_MODE_OTHER, "FOLLOW"},     {24, VG_MODE_OTHER, "ZIGZAG"},
    {25, VG_MODE_OTHER, "SYSTEMID"},   {26, VG_MODE_OTHER, "AUTOROTATE"},
    {27, VG_MODE_RETURN, "AUTO_RTL"},
};

/* PX4: main mode in bits 16..23, sub mode in bits 24..31. */
#define PX4(main, sub) ((uint32_t)(main) << 16 | (uint32_t)(sub) << 24)
static const struct mode px4_modes[] = {
    {PX4(1, 0), VG_MODE_MANUAL, "MANUAL"},
    {PX4(2, 0), VG_MODE_MANUAL, "ALTCTL"},
    {PX4(3, 0), VG_MODE_MANUAL, "POSCTL"},
    {PX4(4, 1), VG_MODE_OTHER, "AUTO.READY"},
    {PX4(4, 2), VG_MODE_TAKEOFF, "AUTO.TAKEOFF"},
    {PX4(4, 3), VG_MODE_HOLD, "AUTO.LOITER"},
    {PX4(4, 4), VG_MODE_MISSION, "AUTO.MISSION"},
    {PX4(4, 5), VG_MODE_RETURN, "AUTO.RTL"},
    {PX4(4, 6), VG_MODE_LAND, "AUTO.LAND"},
    {PX4(4, 8), VG_MODE_OTHER, "AUTO.FOLLOW"},
    {PX4(4, 9), VG_MODE_LAND, "AUTO.PRECLAND"},
    {PX4(4, 10), VG_MODE_TAKEOFF, "AUTO.VTOL_TAKEOFF"},
    {PX4(5, 0), VG_MODE_MANUAL, "ACRO"},
    {PX4(6, 0), VG_MODE_GUIDED, "OFFBOARD"},
    {PX4(7, 0), VG_MODE_MANUAL, "STABILIZED"},
    {PX4(8, 0), VG_MODE_MANUAL, "RATTITUDE"},
};

struct modes {
    const struct mode *list;
    size_t n;
};

#define MODES(a)                                                                                   \
    {                                                                                              \
        (a), sizeof(a) / sizeof((a)[0])                                                            \
    }
static const struct modes MODES_OF[VG_FIRMWARE_COUNT] = {
    [VG_FIRMWARE_ARDUPLANE] = MODES(plane_modes),
    [VG_FIRMWARE_ARDUCOPTER] = MODES(copter_modes),
    [VG_FIRMWARE_PX4] = MODES(px4_modes),
};

static const struct mode *find_mode(uint8_t autopilot, uint8_t type, uint32_t custom_mode)
{
    const struct modes *modes = &MODES_OF[vg_firmware_of(autopilot, type)];
    for (size_t i = 0; i < modes->n; i++) {
        if (modes->list[i].number == custom_mode) {
            return &modes->list[i];
        }
    }
    return NULL;
}

const char *vg_mode_name(uint8_t autopilot, uint8_t type, uint32_t custom_mode)
{
    const struct mode *mode = find_mode(autopilot, type, custom_mode);
    return mode != NULL ? mode->name : NULL;
}

enum vg_mode_kind vg_mode_kind(uint8_t autopilot, uint8_t type, uint32_t custom_mode)
{
    const struct mode *mode = find_mode(autopilot, type, custom_mode);
    return mode != NULL ? mode->kind : VG_MODE_OTHER;
}

bool vg_mode_find(uint8_t autopilot, uint8_t type, enum vg_mode_kind kind,
                  uint32_t *out_custom_mode)
{
    const struct modes *modes = &MODES_OF[vg_firmware_of(autopilot, type)];
    bool is_quadplane = vg_airframe_of(type) == VG_AIRFRAME_QUADPLANE;
    if (modes->list == plane_modes && is_quadplane && kind == VG_MODE_LAND) {
        *out_custom_mode = VG_PLANE_MODE_QLAND; /* a hovering drone lands straight down */
        return true;
    }
    for (size_t i = 0; i < modes->n; i++) {
        if (modes->list[i].kind == kind && kind != VG_MODE_OTHER) {
            *out_custom_mode = modes->list[i].number;
            return true;
        }
    }
    return false;
}

void vg_mode_command_params(uint8_t autopilot, uint32_t custom_mode, float *out_p2, float *out_p3)
{
    bool is_split = vg_autopilot_find(autopilot)->splits_mode;
    *out_p2 = (float)(is_split ? custom_mode >> 16 & 0xff : custom_mode);
    *out_p3 = (float)(is_split ? custom_mode >> 24 : 0);
}

bool vg_mode_of_command(uint8_t autopilot, double p2, double p3, uint32_t *out_custom_mode)
{
    bool is_split = vg_autopilot_find(autopilot)->splits_mode;
    bool is_sub = is_split && p3 >= 0 && p3 < 256;
    if (!(p2 >= 0 && p2 < 256)) {
        return false;
    }
    *out_custom_mode =
        is_split ? (uint32_t)p2 << 16 | (is_sub ? (uint32_t)p3 << 24 : 0) : (uint32_t)p2;
    return true;
}
