/* Arbitrary but well-formed messages out of fuzzer bytes: what a parser may hand to the modules
 * behind it. id choice(1) component and time(1) payload length(1) payload */
#ifndef FUZZ_MESSAGE_H
#define FUZZ_MESSAGE_H

#include "link/mavmsg.h"

#include <string.h>

/* Takes one message off *data; false when used up. *out_ms: milliseconds that pass before it. */
static inline bool fuzz_message(const uint8_t **data, size_t *size, struct vg_mav_msg *out,
                                int *out_ms)
{
    static const uint32_t ids[] = {
#define X(NAME, lower) VG_MAV_ID_##NAME,
        VG_MAV_TYPED_MESSAGES(X)
#undef X
    };
    if (*size < 3) {
        return false;
    }
    const uint8_t *p = *data;
    size_t n = p[2] < *size - 3 ? p[2] : *size - 3;
    memset(out, 0, sizeof *out);
    out->id = ids[p[0] % (sizeof ids / sizeof ids[0])];
    out->sysid = 7;
    out->compid = (p[1] & 3) == 3 ? 154 : 1;
    out->seq = p[1];
    out->n = (uint8_t)n;
    memcpy(out->payload, p + 3, n);
    *out_ms = (p[1] >> 2) * 100;
    *data += 3 + n;
    *size -= 3 + n;
    return true;
}

#endif
