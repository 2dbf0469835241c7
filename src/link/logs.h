/* Flight logs of a drone: what there is, and one of them read. Nothing is erased.
 *
 * ArduPilot with MAVFTP: the files of its log folder (ftp.h). Others, and when that fails: the
 * older way, LOG_REQUEST_LIST ─► LOG_ENTRY ...      LOG_REQUEST_DATA ─► LOG_DATA, 90 bytes each in
 * blocks of 256 pieces: a block's missing pieces are asked for, from the first to the last, until
 * it is whole. LOG_REQUEST_END lets the drone go on with its own work.
 *
 * Memory: about 15 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/messages/common.html#LOG_REQUEST_LIST; ArduPilot
 * AP_Logger_MAVLinkLogTransfer.cpp; PX4 mavlink_log_handler.cpp.
 */
#ifndef VG_LINK_LOGS_H
#define VG_LINK_LOGS_H

#include "link/ftp.h"

enum {
    VG_LOGS_MAX = 128,
    VG_LOG_NAME_SIZE = 64,
    VG_LOG_PIECE = 90,
    VG_LOG_BLOCK = 256 /* pieces */
};

enum vg_logs_state {
    VG_LOGS_IDLE = 0,
    VG_LOGS_LISTING_FILES,
    VG_LOGS_LISTING,
    VG_LOGS_READING_FILE,
    VG_LOGS_READING,
    VG_LOGS_DONE,
    VG_LOGS_FAILED /* see err */
};

struct vg_log_entry {
    uint16_t id; /* the older way's number; 0 for a file */
    char name[VG_LOG_NAME_SIZE]; /* of a file; "" the older way */
    uint32_t size_bytes;
    uint32_t utc_s; /* 0: not told */
};

/* Zero-initialise; err.lang may be set before a start. */
struct vg_logs {
    enum vg_logs_state state;
    struct vg_error err;
    int n_entries;
    struct vg_log_entry entries[VG_LOGS_MAX]; /* in order; of more, some are left out */
    uint32_t read_bytes; /* of the log being read: whole to here */
    /* private */
    struct vg_mav_pair pair;
    bool has_files;
    const char *folder; /* of them; NULL: this autopilot has none */
    struct vg_ftp ftp;
    struct vg_ftp_options options;
    int n_logs; /* as announced; -1: not yet */
    uint16_t reading_id;
    uint32_t size_bytes; /* of it; may grow while it is read */
    uint32_t block_at; /* offset of the block */
    uint8_t has[VG_LOG_BLOCK / 8];
    int tries;
    struct vg_us heard;
    struct vg_outq out;
};

/* Begin to list. `capabilities`: MAV_PROTOCOL_CAPABILITY; `autopilot`: MAV_AUTOPILOT. */
void vg_logs_list(struct vg_logs *self, struct vg_mav_pair pair, uint64_t capabilities,
                  uint8_t autopilot, struct vg_us now);
/* Read entry i, after a list; pieces go to options->sink in any order. VG_E_INVALID: none such. */
enum vg_status vg_logs_read(struct vg_logs *self, int i, const struct vg_ftp_options *options,
                            struct vg_us now, struct vg_error *err) VG_MUST_USE;
/* Stop; the drone is told. */
void vg_logs_cancel(struct vg_logs *self);
void vg_logs_feed(struct vg_logs *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_logs_step(struct vg_logs *self, struct vg_us now);
bool vg_logs_next_out(struct vg_logs *self, struct vg_mav_msg *out);
bool vg_logs_is_busy(const struct vg_logs *self);

#endif
