/* MAVFTP packets: what lies in the payload of FILE_TRANSFER_PROTOCOL.
 *
 *   seq(2) session(1) opcode(1) size(1) req_opcode(1) burst_complete(1) 0 offset(4) data(239)
 *
 * Source: mavlink.io/en/services/ftp.html. Threads: pure. */
#ifndef VG_LINK_FTPWIRE_H
#define VG_LINK_FTPWIRE_H

#include "link/mavmsg.h"
#include "link/outq.h"

#include <stddef.h>

enum {
    VG_FTP_DATA_MAX = 239
};

/* The operations that read: all that the allow-list lets through. */
enum vg_ftp_op {
    VG_FTP_NONE = 0,
    VG_FTP_TERMINATE = 1,
    VG_FTP_RESET = 2,
    VG_FTP_LIST = 3,
    VG_FTP_OPEN_RO = 4,
    VG_FTP_READ = 5,
    VG_FTP_CRC32 = 14,
    VG_FTP_BURST = 15,
    VG_FTP_ACK = 128,
    VG_FTP_NAK = 129
};

struct vg_ftp_packet {
    uint16_t seq;
    uint8_t session;
    uint8_t opcode; /* enum vg_ftp_op, or anything */
    uint8_t size; /* of data, at most VG_FTP_DATA_MAX in what was accepted */
    uint8_t req_opcode; /* in answers: what is answered */
    bool is_burst_complete;
    uint32_t offset;
    uint8_t data[VG_FTP_DATA_MAX];
};

/* False: the size stated is more than there is room for. msg->id has been checked. */
bool vg_ftp_packet_unpack(const struct vg_mav_msg *msg, struct vg_ftp_packet *out);
void vg_ftp_packet_pack(const struct vg_ftp_packet *in, struct vg_mav_pair pair,
                        struct vg_mav_msg *out);
/* MAVFTP's checksum of a file, continued from crc (start 0): CRC-32 with neither start value nor
 * final inversion, as ArduPilot (AP_Math/crc.cpp, crc_crc32) and PX4 (crc32part) compute it. */
uint32_t vg_ftp_crc32(uint32_t crc, const uint8_t *data, size_t n);

#endif
