#include "reference.h"

#include "link/mavmsg.h"

#include <string.h>

enum {
    IDLE,
    LENGTH,
    INCOMPAT,
    COMPAT,
    SEQ,
    SYSID,
    COMPID,
    ID1,
    ID2,
    ID3,
    PAYLOAD,
    CRC1,
    CRC2
};

/* X.25 accumulation as in the protocol's description, one byte. */
static uint16_t accumulate(uint16_t crc, uint8_t byte)
{
    uint8_t tmp = (uint8_t)(byte ^ (crc & 0xff));
    tmp = (uint8_t)(tmp ^ (tmp << 4));
    return (uint16_t)((crc >> 8) ^ (tmp << 8) ^ (tmp << 3) ^ (tmp >> 4));
}

static bool finish(struct reference *self, uint8_t byte)
{
    const struct vg_mav_info *info = vg_mav_info_find(self->id);
    self->state = IDLE;
    if (info == NULL) {
        return false;
    }
    uint16_t crc = accumulate(self->crc, info->crc_extra);
    if ((crc & 0xff) != self->crc_low || (crc >> 8) != byte) {
        return false;
    }
    if (self->n < info->full_length) {
        memset(self->payload + self->n, 0, (size_t)(info->full_length - self->n));
    }
    return true;
}

static void start(struct reference *self, uint8_t byte)
{
    if (byte == 0xFD || byte == 0xFE) {
        self->is_v2 = byte == 0xFD;
        self->state = LENGTH;
        self->crc = 0xFFFF;
        self->incompat = 0;
    }
}

static void after_id(struct reference *self)
{
    self->at = 0;
    self->state = self->n > 0 ? PAYLOAD : CRC1;
}

bool reference_take(struct reference *self, uint8_t byte)
{
    if (self->state == IDLE) {
        start(self, byte);
        return false;
    }
    if (self->state < CRC1) {
        self->crc = accumulate(self->crc, byte);
    }
    switch (self->state) {
    case LENGTH:
        self->n = byte;
        self->state = self->is_v2 ? INCOMPAT : SEQ;
        break;
    case INCOMPAT:
        self->incompat = byte;
        self->state = COMPAT;
        break;
    case COMPAT:
        self->state = SEQ;
        break;
    case SEQ:
        self->seq = byte;
        self->state = SYSID;
        break;
    case SYSID:
        self->sysid = byte;
        self->state = COMPID;
        break;
    case COMPID:
        self->compid = byte;
        self->state = ID1;
        break;
    case ID1:
        self->id = byte;
        self->state = ID2;
        if (!self->is_v2) {
            after_id(self);
        }
        break;
    case ID2:
        self->id |= (uint32_t)byte << 8;
        self->state = ID3;
        break;
    case ID3:
        self->id |= (uint32_t)byte << 16;
        after_id(self);
        break;
    case PAYLOAD:
        self->payload[self->at++] = byte;
        if (self->at == self->n) {
            self->state = CRC1;
        }
        break;
    case CRC1:
        self->crc_low = byte;
        self->state = CRC2;
        break;
    default:
        return finish(self, byte);
    }
    return false;
}
