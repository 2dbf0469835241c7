/* MAVFTP, the station's side: list a folder of the drone, read a file. Nothing that writes.
 *
 *   idle ─► opening ─► streaming ─► filling ─► probing ─► closing ─► (checksum) ─► done
 *              │  a burst of     holes, a few   is that    session
 *              │  packets        reads at once  the end?   given back        any ─► failed
 *              └─ refused: wait, reset sessions, once more
 *
 * Packets may be lost, repeated and overtake each other: data are handed to the sink by offset as
 * they come, holes are remembered and asked for. The size that a drone announces is not believed
 * (ArduPilot's param.pck is shorter): the end is where a read finds nothing. All reads ask for
 * the same size, because ArduPilot's param.pck lays its padding by it (AP_Filesystem_Param.cpp).
 * A session that somebody left open ends by itself after 3 s without use (GCS_FTP.cpp), so a
 * refused opening is repeated after that, and only then all sessions are reset.
 *
 *     vg_ftp_read(&ftp, pair, "@PARAM/param.pck", options, now);
 *     each message: vg_ftp_feed(&ftp, msg, now); each 50 to 200 ms: vg_ftp_step(&ftp, now);
 *     after both: while (vg_ftp_next_out(&ftp, &m)) ...
 *
 * Memory: fixed, about 4 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/ftp.html; ArduPilot GCS_FTP.cpp; PX4 mavlink_ftp.cpp.
 */
#ifndef VG_LINK_FTP_H
#define VG_LINK_FTP_H

#include "base/bytes.h"
#include "base/status.h"
#include "base/time.h"
#include "link/ftpwire.h"

enum {
    VG_FTP_PATH_MAX = 200,
    VG_FTP_HOLES_MAX = 64,
    VG_FTP_READS_MAX = 3, /* in flight at once: ArduPilot queues five requests of all stations */
};

enum vg_ftp_state {
    VG_FTP_IDLE = 0,
    VG_FTP_RESETTING, /* sessions that somebody left open */
    VG_FTP_WAITING, /* for them to run out */
    VG_FTP_OPENING,
    VG_FTP_STREAMING,
    VG_FTP_FILLING,
    VG_FTP_PROBING,
    VG_FTP_CLOSING,
    VG_FTP_LISTING,
    VG_FTP_SUMMING,
    VG_FTP_DONE,
    VG_FTP_FAILED, /* see err */
};

/* Data of the file at an offset; pieces may come in any order and twice, never beyond the limit. */
typedef void (*vg_ftp_sink_fn)(void *ctx, uint32_t offset, struct vg_bytes data);
/* One entry of a folder; size_bytes 0 for folders. The name is borrowed until the call returns. */
typedef void (*vg_ftp_entry_fn)(void *ctx, const char *name, bool is_folder, uint64_t size_bytes);

struct vg_ftp_options {
    vg_ftp_sink_fn sink; /* for vg_ftp_read */
    vg_ftp_entry_fn entry; /* for vg_ftp_list */
    void *ctx;
    uint32_t limit_bytes; /* a longer file fails */
    int tries_max; /* of a request before silence is a failure; 0: 20 */
    bool wants_crc; /* ask for the file's checksum after reading: see crc32 */
};

struct vg_ftp_hole {
    uint32_t from;
    uint32_t to;
};

struct vg_ftp_asked {
    bool is_used;
    uint16_t seq;
    uint8_t op;
    uint32_t offset;
    int tries;
    struct vg_us sent;
};

/* Zero-initialise; err.lang may be set before a start. */
struct vg_ftp {
    enum vg_ftp_state state;
    struct vg_error err; /* when FAILED */
    uint8_t nak; /* MAV_FTP_ERR of the refusal that made it fail; 0: it was silence */
    uint32_t announced_bytes; /* what the drone says the file holds: not to be believed */
    uint32_t size_bytes; /* contiguous from the start and from others' far end: all when DONE */
    uint32_t missing_bytes; /* of size_bytes, still in holes */
    int n_entries; /* of a folder, those skipped included */
    bool has_crc;
    uint32_t crc32; /* as the drone computes it (vg_ftp_crc32) */
    /* private */
    struct vg_ftp_options options;
    struct vg_mav_pair pair;
    char path[VG_FTP_PATH_MAX + 1];
    uint8_t session;
    uint16_t seq;
    uint16_t burst_seq;
    int n_refused;
    int n_silent; /* bursts in a row that brought nothing new */
    bool is_end_told; /* by an end of file */
    bool has_no_bursts; /* the server does not know them: reads only */
    struct vg_us since;
    struct vg_us heard;
    double round_trip_s; /* smoothed; 0: none measured */
    struct vg_ftp_asked asked[VG_FTP_READS_MAX];
    int n_holes;
    struct vg_ftp_hole holes[VG_FTP_HOLES_MAX]; /* in order, apart */
    struct vg_outq out;
};

/* Begin; what was under way is forgotten (its session is given back). VG_E_INVALID: the path is
 * empty or too long. */
enum vg_status vg_ftp_read(struct vg_ftp *self, struct vg_mav_pair pair, const char *path,
                           const struct vg_ftp_options *options, struct vg_us now,
                           struct vg_error *err) VG_MUST_USE;
/* The entries of a folder, told to options->entry; errors as above. */
enum vg_status vg_ftp_list(struct vg_ftp *self, struct vg_mav_pair pair, const char *path,
                           const struct vg_ftp_options *options, struct vg_us now,
                           struct vg_error *err) VG_MUST_USE;
/* Stop: the session is given back, the state is IDLE. */
void vg_ftp_cancel(struct vg_ftp *self);
void vg_ftp_feed(struct vg_ftp *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_ftp_step(struct vg_ftp *self, struct vg_us now);
bool vg_ftp_next_out(struct vg_ftp *self, struct vg_mav_msg *out);
bool vg_ftp_is_busy(const struct vg_ftp *self);
/* A MAV_FTP_ERR in words, a key for vg_tr. Borrowed for ever. */
const char *vg_ftp_error_text(uint8_t error);

#endif
