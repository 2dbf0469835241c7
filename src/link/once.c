#include "link/once.h"

#include "base/bytes.h"

#define WINDOW_US (3 * VG_US_PER_S)
#define PRIME UINT64_C(0x9E3779B97F4A7C15)

/* Eight bytes at a time; beyond its length a payload is zero, so a cut one hashes like a whole one.
 */
static uint64_t hash_of(const struct vg_mav_msg *msg)
{
    uint64_t seq = msg->id == VG_MAV_ID_STATUSTEXT ? 0 : msg->seq;
    uint64_t h = (uint64_t)msg->id << 32 | (uint64_t)msg->sysid << 16 | (uint64_t)msg->compid << 8;
    h = (h | seq) * PRIME;
    for (size_t i = 0; i < msg->n; i += 8) {
        uint64_t word = vg_le64(msg->payload + i);
        if (word != 0) {
            h = (h ^ word ^ (uint64_t)i << 56) * PRIME;
            h ^= h >> 29;
        }
    }
    return h;
}

bool vg_once_is_copy(struct vg_once *self, int path, const struct vg_mav_msg *msg, struct vg_us now)
{
    uint64_t hash = hash_of(msg);
    uint32_t bit = UINT32_C(1) << path;
    bool is_text = msg->id == VG_MAV_ID_STATUSTEXT;
    for (int i = 0; i < VG_ONCE_MAX; i++) { /* the oldest first */
        struct vg_once_seen *s = &self->seen[(self->next + i) % VG_ONCE_MAX];
        bool is_there = s->hash == hash && s->paths != 0 && now.us - s->t.us < WINDOW_US;
        if (is_there && (!is_text || (s->paths & bit) == 0)) {
            s->paths |= bit;
            return true;
        }
    }
    self->seen[self->next] = (struct vg_once_seen){hash, now, bit};
    self->next = (self->next + 1) % VG_ONCE_MAX;
    return false;
}
