#include "link/remoteid.h"

#include <math.h>
#include <string.h>

enum {
    PLACE_FIXED = 2, /* MAV_ODID_OPERATOR_LOCATION_TYPE_FIXED */
    ID_BY_AUTHORITY = 0, /* MAV_ODID_OPERATOR_ID_TYPE_CAA */
    ONE_AIRCRAFT = 1
};
static const int64_t PLACE_US = 1000000; /* ArduPilot refuses to arm after 3 s without */
static const int64_t ID_US = 5000000;
static const float ALT_UNKNOWN_M = -1000.0f;
static const int64_t EPOCH_2019_US = INT64_C(1546300800000000); /* 2019-01-01T00:00:00Z */

void vg_remoteid_init(struct vg_remoteid *self, struct vg_mav_pair pair)
{
    memset(self, 0, sizeof *self);
    self->pair = pair;
}

void vg_remoteid_feed(struct vg_remoteid *self, const struct vg_mav_msg *msg)
{
    if (msg->sysid != self->pair.their_sysid) {
        return;
    }
    if (msg->id == VG_MAV_ID_OPEN_DRONE_ID_ARM_STATUS) {
        self->has_module = true;
    } else if (msg->id == VG_MAV_ID_HEARTBEAT) {
        struct vg_mav_heartbeat m;
        vg_mav_heartbeat_unpack(msg, &m);
        self->has_module = self->has_module || m.type == VG_MAV_TYPE_ODID;
    }
}

static void tell_place(struct vg_remoteid *self, const struct vg_operator *operator,
                       struct vg_us now)
{
    const struct vg_mav_open_drone_id_system m = {
        .operator_latitude = (int32_t)lround(operator->lat_deg * 1e7),
        .operator_longitude = (int32_t)lround(operator->lon_deg * 1e7),
        .area_ceiling = ALT_UNKNOWN_M,
        .area_floor = ALT_UNKNOWN_M,
        .operator_altitude_geo = ALT_UNKNOWN_M,
        .timestamp =
            now.us > EPOCH_2019_US ? (uint32_t)((now.us - EPOCH_2019_US) / VG_US_PER_S) : 0,
        .area_count = ONE_AIRCRAFT,
        .target_system = self->pair.their_sysid,
        .operator_location_type = PLACE_FIXED};
    vg_mav_open_drone_id_system_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                                     vg_outq_add(&self->out));
}

static void tell_id(struct vg_remoteid *self, const struct vg_operator *operator)
{
    struct vg_mav_open_drone_id_operator_id m = {.target_system = self->pair.their_sysid,
                                                 .operator_id_type = ID_BY_AUTHORITY};
    memcpy(m.operator_id, operator->id, sizeof m.operator_id);
    vg_mav_open_drone_id_operator_id_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                                          vg_outq_add(&self->out));
}

void vg_remoteid_step(struct vg_remoteid *self, const struct vg_operator *operator,
                      struct vg_us now)
{
    if (!self->has_module) {
        return;
    }
    if (operator->has_place && vg_us_sub(now, self->told_place).us >= PLACE_US) {
        self->told_place = now;
        tell_place(self, operator, now);
    }
    if (operator->id[0] != '\0' && vg_us_sub(now, self->told_id).us >= ID_US) {
        self->told_id = now;
        tell_id(self, operator);
    }
}

bool vg_remoteid_next_out(struct vg_remoteid *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}
