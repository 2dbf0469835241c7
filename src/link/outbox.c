#include "link/outbox.h"

#include "base/bytes.h"

#include <string.h>

enum {
    FRAME_EXTRA = 12, /* header and CRC */
    COMMAND_LONG_ID_AT = 28, /* where COMMAND_LONG and COMMAND_INT keep the command's number */
    ADDRESS_SIZE = 4, /* ADSB_VEHICLE begins with the aircraft's address */
    CONFIRMATION_AT = 32 /* of COMMAND_LONG */
};

static const double DEPTH_S = 0.1; /* a burst of so much of the rate, or of one frame if more */
static const double SHARE_MIN = 0.125;

enum vg_urgency vg_outbox_urgency(const struct vg_mav_msg *msg)
{
    switch (msg->id) {
    case VG_MAV_ID_COMMAND_LONG:
    case VG_MAV_ID_COMMAND_INT: {
        uint16_t command = vg_le16(msg->payload + COMMAND_LONG_ID_AT);
        bool is_asking =
            command == VG_MAV_CMD_SET_MESSAGE_INTERVAL || command == VG_MAV_CMD_REQUEST_MESSAGE;
        return is_asking ? VG_URGENCY_REQUEST : VG_URGENCY_COMMAND;
    }
    case VG_MAV_ID_COMMAND_CANCEL:
    case VG_MAV_ID_COMMAND_ACK:
    case VG_MAV_ID_MISSION_SET_CURRENT:
        return VG_URGENCY_COMMAND;
    case VG_MAV_ID_HEARTBEAT:
    case VG_MAV_ID_TIMESYNC:
    case VG_MAV_ID_PING:
    case VG_MAV_ID_SYSTEM_TIME:
        return VG_URGENCY_ALIVE;
    case VG_MAV_ID_MISSION_ITEM:
    case VG_MAV_ID_MISSION_ITEM_INT:
    case VG_MAV_ID_MISSION_WRITE_PARTIAL_LIST:
    case VG_MAV_ID_MISSION_COUNT:
    case VG_MAV_ID_MISSION_CLEAR_ALL:
    case VG_MAV_ID_MISSION_ACK:
    case VG_MAV_ID_MISSION_REQUEST:
    case VG_MAV_ID_MISSION_REQUEST_INT:
    case VG_MAV_ID_MISSION_REQUEST_LIST:
        return VG_URGENCY_MISSION;
    default:
        return VG_URGENCY_REQUEST;
    }
}

int vg_outbox_frame_bytes(const struct vg_mav_msg *msg)
{
    int n = msg->n > 0 ? msg->n : 1;
    while (n > 1 && msg->payload[n - 1] == 0) {
        n--;
    }
    return n + FRAME_EXTRA;
}

void vg_outbox_init(struct vg_outbox *self, double rate_Bps, struct vg_us now)
{
    double depth_bytes = rate_Bps * DEPTH_S;
    self->rate_Bps = rate_Bps;
    self->depth_bytes = depth_bytes > VG_MAV_FRAME_MAX ? depth_bytes : VG_MAV_FRAME_MAX;
    self->tokens_bytes = self->depth_bytes;
    self->share = 1;
    self->filled = now;
    self->n = 0;
}

/* One is a repeat of the other: the same words, of which only the count of attempts differs. */
static bool is_same(const struct vg_outbox_entry *a, const struct vg_outbox_entry *b)
{
    if (a->owner != b->owner || a->msg.id != b->msg.id || a->msg.sysid != b->msg.sysid ||
        a->msg.compid != b->msg.compid) {
        return false;
    }
    if (a->urgency == VG_URGENCY_ALIVE) {
        return true; /* only the newest says anything */
    }
    size_t n = a->msg.id == VG_MAV_ID_COMMAND_LONG   ? CONFIRMATION_AT
               : a->msg.id == VG_MAV_ID_ADSB_VEHICLE ? ADDRESS_SIZE /* where it is now counts */
                                                     : VG_MAV_PAYLOAD_MAX;
    return memcmp(a->msg.payload, b->msg.payload, n) == 0;
}

static void remove_at(struct vg_outbox *self, int i)
{
    self->n--;
    memmove(self->entries + i, self->entries + i + 1,
            (size_t)(self->n - i) * sizeof self->entries[0]);
}

/* Room by dropping the oldest of the least urgent, if that is less urgent than the newcomer or as
 * urgent. */
static bool make_room(struct vg_outbox *self, enum vg_urgency urgency)
{
    int worst = 0;
    for (int i = 1; i < self->n; i++) {
        worst = self->entries[i].urgency > self->entries[worst].urgency ? i : worst;
    }
    self->n_dropped++;
    if (self->entries[worst].urgency < urgency) {
        return false;
    }
    remove_at(self, worst);
    return true;
}

void vg_outbox_put(struct vg_outbox *self, const struct vg_outbox_entry *entry)
{
    for (int i = 0; i < self->n; i++) {
        if (is_same(&self->entries[i], entry)) {
            self->entries[i].msg = entry->msg;
            self->n_replaced++;
            return;
        }
    }
    if (self->n == VG_OUTBOX_MAX && !make_room(self, entry->urgency)) {
        return;
    }
    self->entries[self->n++] = *entry;
}

static void fill(struct vg_outbox *self, struct vg_us now)
{
    double dt_s = vg_us_to_s(vg_us_sub(now, self->filled));
    self->filled = now;
    if (dt_s > 0) {
        self->tokens_bytes += dt_s * vg_outbox_rate_Bps(self);
    }
    if (self->tokens_bytes > self->depth_bytes) {
        self->tokens_bytes = self->depth_bytes;
    }
}

bool vg_outbox_next(struct vg_outbox *self, int signature_bytes, struct vg_us now,
                    struct vg_outbox_entry *out)
{
    if (self->n == 0) {
        return false;
    }
    int first = 0;
    for (int i = 1; i < self->n; i++) {
        first = self->entries[i].urgency < self->entries[first].urgency ? i : first;
    }
    if (self->rate_Bps > 0) {
        fill(self, now);
        int n = vg_outbox_frame_bytes(&self->entries[first].msg) + signature_bytes;
        if (self->tokens_bytes < n) {
            return false;
        }
        self->tokens_bytes -= n;
    }
    *out = self->entries[first];
    remove_at(self, first);
    return true;
}

void vg_outbox_drop(struct vg_outbox *self, int owner)
{
    int kept = 0;
    for (int i = 0; i < self->n; i++) {
        if (self->entries[i].owner != owner) {
            if (kept != i) {
                self->entries[kept] = self->entries[i];
            }
            kept++;
        }
    }
    self->n = kept;
}

void vg_outbox_hear_radio(struct vg_outbox *self, int free_pct)
{
    if (free_pct < 20) {
        self->share *= 0.5;
    } else if (free_pct < 50) {
        self->share *= 0.85;
    } else if (free_pct > 95) {
        self->share *= 1.25;
    } else if (free_pct > 90) {
        self->share *= 1.1;
    }
    self->share = self->share < SHARE_MIN ? SHARE_MIN : self->share > 1 ? 1 : self->share;
}

double vg_outbox_rate_Bps(const struct vg_outbox *self)
{
    return self->rate_Bps * self->share;
}
