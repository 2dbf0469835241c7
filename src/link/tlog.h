/* Telemetry logs: the .tlog files that ground stations write, one record per frame.
 *
 *   record  time(8, big-endian, microseconds since 1970 UTC) frame
 *
 * Reading keeps going over damage: bytes that are no record are skipped and counted.
 * Threads: pure. Allocations: none. Source: MAVProxy and QGroundControl, which write this form. */
#ifndef VG_LINK_TLOG_H
#define VG_LINK_TLOG_H

#include "base/bytes.h"
#include "base/time.h"
#include "link/mavmsg.h"

enum {
    VG_TLOG_RECORD_MAX = 8 + VG_MAV_FRAME_MAX
};

/* Write one record. Returns its length. frame.n is at most VG_MAV_FRAME_MAX, else 0 is returned. */
size_t vg_tlog_encode(struct vg_us utc, struct vg_bytes frame, uint8_t out[VG_TLOG_RECORD_MAX]);

/* A reader over bytes in memory: set data, zero the rest. */
struct vg_tlog_reader {
    struct vg_bytes data;
    size_t at; /* where the next record is looked for */
    uint64_t skipped_bytes; /* outside any record */
};

/* The next record; false at the end. out_frame is a view into data; its CRC has not been judged
 * (feed it to vg_mavframe). */
bool vg_tlog_next(struct vg_tlog_reader *self, struct vg_us *out_utc, struct vg_bytes *out_frame);

#endif
