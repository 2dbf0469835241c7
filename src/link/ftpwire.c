#include "link/ftpwire.h"

#include "base/bytes.h"

#include <string.h>

enum {
    DATA_AT = 12
};

bool vg_ftp_packet_unpack(const struct vg_mav_msg *msg, struct vg_ftp_packet *out)
{
    struct vg_mav_file_transfer_protocol m;
    vg_mav_file_transfer_protocol_unpack(msg, &m);
    const uint8_t *p = m.payload;
    if (p[4] > VG_FTP_DATA_MAX) {
        return false;
    }
    out->seq = vg_le16(p);
    out->session = p[2];
    out->opcode = p[3];
    out->size = p[4];
    out->req_opcode = p[5];
    out->is_burst_complete = p[6] != 0;
    out->offset = vg_le32(p + 8);
    memcpy(out->data, p + DATA_AT, VG_FTP_DATA_MAX);
    return true;
}

void vg_ftp_packet_pack(const struct vg_ftp_packet *in, struct vg_mav_pair pair,
                        struct vg_mav_msg *out)
{
    struct vg_mav_file_transfer_protocol m = {.target_system = pair.their_sysid,
                                              .target_component = pair.their_compid};
    uint8_t *p = m.payload;
    vg_put_le16(p, in->seq);
    p[2] = in->session;
    p[3] = in->opcode;
    p[4] = in->size;
    p[5] = in->req_opcode;
    p[6] = in->is_burst_complete;
    vg_put_le32(p + 8, in->offset);
    memcpy(p + DATA_AT, in->data, VG_FTP_DATA_MAX);
    vg_mav_file_transfer_protocol_pack(&m, pair.our_sysid, pair.our_compid, out);
}

uint32_t vg_ftp_crc32(uint32_t crc, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0xedb88320) : 0);
        }
    }
    return crc;
}
