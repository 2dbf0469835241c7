/* A straightforward MAVLink decoder for comparison: a state machine that takes one byte at a time
 * and adds it to the checksum, the way the published C headers do. Written for this benchmark. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

struct reference {
    int state;
    bool is_v2;
    uint8_t incompat;
    uint8_t n;
    uint8_t at;
    uint8_t seq;
    uint8_t sysid;
    uint8_t compid;
    uint32_t id;
    uint16_t crc;
    uint8_t crc_low;
    uint8_t payload[256];
};

/* True when this byte completed a good frame. */
bool reference_take(struct reference *self, uint8_t byte);

#endif
