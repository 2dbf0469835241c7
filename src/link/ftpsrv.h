/* MAVFTP, the drone's side, reading only: for the simulator and the tests.
 *
 * As ArduPilot does (GCS_FTP.cpp): a session is named by its client, runs out after 3 s without use
 * when another wants it; with has_one_session as PX4 does: one, numbered 0 by the server, never
 * running out. Whatever would change a file is answered "unknown command".
 *
 * Memory: fixed; files are borrowed. Threads: one at a time. Allocations: none.
 */
#ifndef VG_LINK_FTPSRV_H
#define VG_LINK_FTPSRV_H

#include "base/bytes.h"
#include "base/time.h"
#include "link/ftpwire.h"

enum {
    VG_FTPSRV_SESSIONS = 2
};

struct vg_ftpsrv_file {
    const char *path; /* "@PARAM/param.pck", "/APM/LOGS/00000001.BIN" */
    struct vg_bytes data;
    uint32_t announced_bytes; /* what opening tells; 0: the truth */
};

struct vg_ftpsrv_session {
    bool is_open;
    uint8_t id;
    uint8_t client_sysid;
    int file;
    struct vg_us used;
};

/* Zero-initialise, then set the first group. */
struct vg_ftpsrv {
    uint8_t sysid;
    uint8_t compid;
    const struct vg_ftpsrv_file *files;
    int n_files;
    bool has_one_session; /* as PX4 */
    uint8_t piece_bytes; /* most data in one answer; 0: 239 */
    int burst_pieces; /* of one burst; 0: to the end of the file */
    int pieces_a_step; /* how fast a burst goes out; 0: 4 */
    /* private */
    struct vg_ftpsrv_session sessions[VG_FTPSRV_SESSIONS];
    bool has_last;
    struct vg_mav_pair last_to;
    struct vg_ftp_packet last; /* sent again when its request comes again */
    bool is_bursting;
    int burst_session;
    int burst_left; /* pieces; negative: no limit */
    struct vg_mav_pair burst_to;
    struct vg_ftp_packet burst; /* the next piece's header; size: bytes a piece */
    struct vg_outq out;
};

void vg_ftpsrv_feed(struct vg_ftpsrv *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_ftpsrv_step(struct vg_ftpsrv *self, struct vg_us now);
bool vg_ftpsrv_next_out(struct vg_ftpsrv *self, struct vg_mav_msg *out);

#endif
