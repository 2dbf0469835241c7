#include "link/mavversion.h"

enum {
    ONE_IN = 10
};
static const int64_t PATIENCE_US = 10000000;

void vg_mavversion_hear(struct vg_mavversion *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    self->has_spoken_2 = self->has_spoken_2 || !msg->is_v1;
    if (msg->is_v1 && self->first_1.us == 0) {
        self->first_1 = now;
    }
}

bool vg_mavversion_is_old(struct vg_mavversion *self, const struct vg_mav_msg *msg,
                          struct vg_us now)
{
    bool is_old = !self->has_spoken_2 && self->first_1.us != 0 &&
                  vg_us_sub(now, self->first_1).us >= PATIENCE_US;
    bool is_said = msg->id <= UINT8_MAX; /* others have no version 1 */
    if (is_old && msg->id == VG_MAV_ID_HEARTBEAT) {
        return self->n_heartbeats++ % ONE_IN != 0;
    }
    return is_old && is_said;
}
