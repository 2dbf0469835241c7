#include "link/airframe.h"

#include "link/mavenum.h"

enum vg_airframe vg_airframe_of(uint8_t mav_type)
{
    switch (mav_type) {
    case VG_MAV_TYPE_FIXED_WING:
        return VG_AIRFRAME_PLANE;
    case VG_MAV_TYPE_QUADROTOR:
    case VG_MAV_TYPE_COAXIAL:
    case VG_MAV_TYPE_HELICOPTER:
    case VG_MAV_TYPE_HEXAROTOR:
    case VG_MAV_TYPE_OCTOROTOR:
    case VG_MAV_TYPE_TRICOPTER:
    case VG_MAV_TYPE_DODECAROTOR:
    case VG_MAV_TYPE_DECAROTOR:
        return VG_AIRFRAME_COPTER;
    default:
        return mav_type >= VG_MAV_TYPE_VTOL_TAILSITTER_DUOROTOR &&
                       mav_type <= VG_MAV_TYPE_VTOL_RESERVED5
                   ? VG_AIRFRAME_QUADPLANE
                   : VG_AIRFRAME_OTHER;
    }
}
