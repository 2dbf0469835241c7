/* Any bytes as a telemetry log: every byte is in a record or skipped; a record written again is the
 * same. */
#include "link/tlog.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_tlog_reader reader = {.data = {data, size}};
    struct vg_us t;
    struct vg_bytes frame;
    size_t in_records = 0;
    while (vg_tlog_next(&reader, &t, &frame)) {
        uint8_t out[VG_TLOG_RECORD_MAX];
        size_t n = vg_tlog_encode(t, frame, out);
        if (n != frame.n + 8 || memcmp(out, frame.data - 8, n) != 0) {
            abort();
        }
        in_records += n;
    }
    if (in_records + reader.skipped_bytes != size) {
        abort();
    }
    return 0;
}
