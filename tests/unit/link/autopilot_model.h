/* How ArduPilot and PX4 take and give missions, written from their sources a second time and on
 * its own: MissionItemProtocol.cpp with its three kinds, and mavlink_mission.cpp. Nothing of
 * src/link's drone side is used, only message packing.
 *
 * ArduPilot: writes over the stored items as they come, asks again every second, gives up after
 * eight, answers items out of turn. PX4: writes into the other half of its storage, passes over
 * items out of turn, asks again every half second, gives up after five, is read in turn only. */
#ifndef AUTOPILOT_MODEL_H
#define AUTOPILOT_MODEL_H

#include "base/time.h"
#include "link/mission.h"

#include <string.h>

enum {
    MODEL_MAX = 600,
    MODEL_OUT = 64
};

struct model {
    bool is_px4;
    uint8_t sysid;
    int n;
    struct vg_mission_item items[MODEL_MAX];
    uint16_t refuses; /* this command; 0: none */
    /* receiving */
    bool receiving;
    uint8_t who;
    int next;
    int last;
    int64_t heard_us;
    int64_t asked_us;
    struct vg_mission_item other_half[MODEL_MAX];
    uint32_t id;
    uint32_t crc; /* of the transfer under way */
    /* giving: PX4 */
    bool giving;
    int give;
    int n_out;
    struct vg_mav_msg out[MODEL_OUT];
};

static inline void model_put(struct model *m, const struct vg_mav_msg *msg)
{
    if (m->n_out < MODEL_OUT) {
        m->out[m->n_out++] = *msg;
    }
}

static inline void model_ack(struct model *m, uint8_t to, uint8_t type)
{
    struct vg_mav_mission_ack a = {.target_system = to, .target_component = 190, .type = type};
    a.opaque_id = type == 0 && m->is_px4 ? m->id : 0;
    struct vg_mav_msg msg;
    vg_mav_mission_ack_pack(&a, m->sysid, 1, &msg);
    model_put(m, &msg);
}

static inline void model_ask(struct model *m, int64_t now_us)
{
    struct vg_mav_msg msg;
    m->asked_us = now_us;
    if (m->is_px4) {
        const struct vg_mav_mission_request_int r = {
            .target_system = m->who, .target_component = 190, .seq = (uint16_t)m->next};
        vg_mav_mission_request_int_pack(&r, m->sysid, 1, &msg);
    } else {
        const struct vg_mav_mission_request r = {
            .target_system = m->who, .target_component = 190, .seq = (uint16_t)m->next};
        vg_mav_mission_request_pack(&r, m->sysid, 1, &msg);
    }
    model_put(m, &msg);
}

/* CRC-32 by the table of remainders, a byte at a time. */
static inline uint32_t model_crc(uint32_t crc, const uint8_t *bytes, size_t n)
{
    uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) {
            c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
        }
        table[i] = c;
    }
    for (size_t i = 0; i < n; i++) {
        crc = table[(crc ^ bytes[i]) & 255] ^ (crc >> 8);
    }
    return crc;
}

/* Over the bytes of MISSION_ITEM_INT as they lie in the message: frame at 34, command at 30,
 * autocontinue at 36, seven parameters from 0. */
static inline uint32_t model_crc_item(uint32_t crc, const struct vg_mav_msg *msg)
{
    uint8_t bytes[32];
    bytes[0] = msg->payload[34];
    bytes[1] = msg->payload[30];
    bytes[2] = msg->payload[31];
    bytes[3] = msg->payload[36];
    memcpy(bytes + 4, msg->payload, 28);
    return model_crc(crc, bytes, sizeof bytes);
}

static inline void model_count(struct model *m, const struct vg_mav_msg *msg, int64_t now_us)
{
    struct vg_mav_mission_count c;
    vg_mav_mission_count_unpack(msg, &c);
    if (m->receiving && msg->sysid != m->who) {
        model_ack(m, msg->sysid, m->is_px4 ? 1 : 14);
        return;
    }
    if (m->is_px4 && ((m->receiving && m->next > 0) || m->giving)) {
        model_ack(m, msg->sysid, 1);
        return;
    }
    if (c.count > MODEL_MAX) {
        model_ack(m, msg->sysid, 4);
        return;
    }
    if (!m->is_px4 && m->n > c.count) {
        m->n = c.count;
    }
    if (c.count == 0) {
        m->n = 0;
        m->id = 0;
        model_ack(m, msg->sysid, 0);
        return;
    }
    m->receiving = true;
    m->who = msg->sysid;
    m->next = 0;
    m->last = c.count - 1;
    m->heard_us = now_us;
    model_ask(m, now_us);
}

static inline void model_partial(struct model *m, const struct vg_mav_msg *msg, int64_t now_us)
{
    struct vg_mav_mission_write_partial_list p;
    vg_mav_mission_write_partial_list_unpack(msg, &p);
    if (m->is_px4) {
        return;
    }
    if (p.start_index > m->n || p.end_index > m->n || p.end_index < p.start_index) {
        model_ack(m, msg->sysid, 1);
        return;
    }
    m->receiving = true;
    m->who = msg->sysid;
    m->next = p.start_index;
    m->last = p.end_index;
    m->heard_us = now_us;
    model_ask(m, now_us);
}

static inline bool model_is_out_of_turn(struct model *m, const struct vg_mav_msg *msg, int seq,
                                        int64_t now_us)
{
    if (!m->receiving) {
        bool is_last_again = m->is_px4 && m->next == seq + 1;
        model_ack(m, msg->sysid, is_last_again ? 0 : 1);
        return true;
    }
    m->heard_us = m->is_px4 ? now_us : m->heard_us;
    if (seq != m->next) {
        if (!m->is_px4) {
            model_ack(m, msg->sysid, 13);
        }
        return true;
    }
    if (msg->sysid != m->who) {
        model_ack(m, msg->sysid, 14);
        return true;
    }
    return false;
}

static inline void model_item(struct model *m, const struct vg_mav_msg *msg, int64_t now_us)
{
    struct vg_mission_item item;
    int seq;
    vg_mission_item_unpack(msg, &item, &seq);
    if (model_is_out_of_turn(m, msg, seq, now_us)) {
        return;
    }
    if (m->refuses != 0 && item.command == m->refuses) {
        m->receiving = false;
        model_ack(m, msg->sysid, 3);
        return;
    }
    m->crc = model_crc_item(seq == 0 ? 0 : m->crc, msg);
    if (m->is_px4) {
        m->other_half[seq] = item;
    } else {
        m->items[seq] = item;
        m->n = m->n > seq ? m->n : seq + 1;
    }
    m->next++;
    m->heard_us = now_us;
    if (m->next <= m->last) {
        model_ask(m, now_us);
        return;
    }
    m->receiving = false;
    if (m->is_px4) {
        memcpy(m->items, m->other_half, sizeof m->items);
        m->n = m->last + 1;
        m->id = m->crc;
    }
    model_ack(m, m->who, 0);
}

static inline void model_list(struct model *m, const struct vg_mav_msg *msg, int64_t now_us)
{
    if (m->receiving) {
        if (!m->is_px4) {
            model_ack(m, msg->sysid, 14);
        }
        return;
    }
    const struct vg_mav_mission_count c = {.target_system = msg->sysid,
                                           .target_component = 190,
                                           .count = (uint16_t)m->n,
                                           .opaque_id = m->is_px4 ? m->id : 0};
    struct vg_mav_msg out;
    vg_mav_mission_count_pack(&c, m->sysid, 1, &out);
    model_put(m, &out);
    m->giving = m->is_px4;
    m->give = 0;
    m->heard_us = now_us;
    m->who = m->is_px4 ? msg->sysid : m->who;
}

static inline void model_request(struct model *m, const struct vg_mav_msg *msg, int64_t now_us)
{
    struct vg_mav_mission_request_int r;
    vg_mav_mission_request_int_unpack(msg, &r);
    if (m->receiving || (m->is_px4 && !m->giving)) {
        if (!m->is_px4) {
            model_ack(m, msg->sysid, 14);
        }
        return;
    }
    if (m->is_px4 && r.seq != m->give && r.seq != m->give - 1) {
        m->giving = false;
        model_ack(m, msg->sysid, 1);
        return;
    }
    if (r.seq >= m->n) {
        model_ack(m, msg->sysid, 1);
        return;
    }
    m->heard_us = now_us;
    m->give = r.seq == m->give ? m->give + 1 : m->give;
    struct vg_mission_item item = m->items[r.seq];
    if (!m->is_px4 && r.seq == 0) {
        item.x = 111; /* home is its own */
    }
    item.frame = (uint8_t)(m->is_px4 ? (item.frame == 3   ? 6
                                        : item.frame == 0 ? 5
                                                          : item.frame)
                                     : (item.frame == 6   ? 3
                                        : item.frame == 5 ? 0
                                                          : item.frame));
    const struct vg_mav_pair pair = {m->sysid, 1, msg->sysid, msg->compid};
    struct vg_mav_msg out;
    vg_mission_item_pack(&item, r.seq, 0, pair, &out);
    model_put(m, &out);
}

static inline void model_feed(struct model *m, const struct vg_mav_msg *msg, int64_t now_us)
{
    switch (msg->id) {
    case VG_MAV_ID_MISSION_COUNT:
        model_count(m, msg, now_us);
        break;
    case VG_MAV_ID_MISSION_WRITE_PARTIAL_LIST:
        model_partial(m, msg, now_us);
        break;
    case VG_MAV_ID_MISSION_ITEM_INT:
        model_item(m, msg, now_us);
        break;
    case VG_MAV_ID_MISSION_REQUEST_LIST:
        model_list(m, msg, now_us);
        break;
    case VG_MAV_ID_MISSION_REQUEST_INT:
        model_request(m, msg, now_us);
        break;
    case VG_MAV_ID_MISSION_ACK:
        m->giving = false;
        if (m->is_px4 && msg->n > 2 && msg->payload[2] == 15) {
            m->receiving = false;
        }
        break;
    default:
        break;
    }
}

static inline void model_step(struct model *m, int64_t now_us)
{
    int64_t silent_us = now_us - m->heard_us;
    if (m->giving && silent_us > 5000000) {
        m->giving = false;
    }
    if (!m->receiving) {
        return;
    }
    if (silent_us > (m->is_px4 ? 5000000 : 8000000)) {
        m->receiving = false;
        if (!m->is_px4) {
            model_ack(m, m->who, 15);
        }
    } else if (now_us - m->asked_us > (m->is_px4 ? 500000 : 1000000)) {
        model_ask(m, now_us);
    }
}

#endif
