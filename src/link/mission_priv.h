/* Shared by the two mission machines. */
#ifndef VG_LINK_MISSION_PRIV_H
#define VG_LINK_MISSION_PRIV_H

#include "link/mission.h"

static inline struct vg_us mission_retry(const struct vg_mission_patience *p)
{
    return p->retry.us > 0 ? p->retry : vg_us(1500000);
}

/* How long without progress is too long. */
static inline struct vg_us mission_limit(const struct vg_mission_patience *p)
{
    int retries = p->retries_max > 0 ? p->retries_max : 8;
    return vg_us(mission_retry(p).us * (retries + 1));
}

/* Is it from the drone and for us (or for everybody)? */
static inline bool mission_is_for_us(const struct vg_mav_pair *pair, const struct vg_mav_msg *msg,
                                     uint8_t target_system, uint8_t mission_type)
{
    return msg->sysid == pair->their_sysid && msg->compid == pair->their_compid &&
           (target_system == pair->our_sysid || target_system == 0) &&
           mission_type == VG_MAV_MISSION_TYPE_MISSION;
}

#endif
