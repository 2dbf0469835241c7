/* What ftp.c and ftpread.c share. */
#ifndef VG_LINK_FTP_PRIV_H
#define VG_LINK_FTP_PRIV_H

#include "link/ftp.h"

enum {
    VG_FTP_TRIES_MAX = 20 /* one of 50 requests fails so once in 30,000 at 30 % loss each way */
};

/* ftp.c: send a new request (in `slot` of asked, which is repeated until answered), or one more
 * time what is in the slot. */
void vg_ftp_ask(struct vg_ftp *self, int slot, uint8_t op, uint32_t offset, struct vg_us now);
/* Give the session back and be FAILED; err is set already. */
void vg_ftp_stop(struct vg_ftp *self);
/* MAV_FTP_ERR, 0: silence. */
void vg_ftp_refuse(struct vg_ftp *self, uint8_t error);
void vg_ftp_close(struct vg_ftp *self, struct vg_us now);
void vg_ftp_open(struct vg_ftp *self, struct vg_us now);
int vg_ftp_tries_max(const struct vg_ftp *self);
struct vg_us vg_ftp_patience(const struct vg_ftp *self, int tries);

/* ftpread.c: the file is open; an answer to a read or a burst; time passes. */
void vg_ftp_begin_stream(struct vg_ftp *self, struct vg_us now);
void vg_ftp_take_burst(struct vg_ftp *self, const struct vg_ftp_packet *p, struct vg_us now);
void vg_ftp_take_read(struct vg_ftp *self, const struct vg_ftp_packet *p, uint32_t offset,
                      struct vg_us now);
void vg_ftp_step_read(struct vg_ftp *self, struct vg_us now);

#endif
