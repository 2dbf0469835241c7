/* A drone that answers MAVFTP with anything: what reaches the sink lies within the limit, what is
 * missing is in order, what leaves is allowed, and it ends. The drone's side takes the same bytes.
 *   choice(1): bits 0-1 which request is answered, 2 NAK, 3 burst complete, 4 time passes, 5 list
 *   size(1) offset(4, little-endian) first data byte(1) */
#include "link/allow.h"
#include "link/ftp.h"
#include "link/ftpsrv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    LIMIT = 5000
};

static void must(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void sink(void *ctx, uint32_t offset, struct vg_bytes piece)
{
    (void)ctx;
    must(piece.n <= VG_FTP_DATA_MAX && (uint64_t)offset + piece.n <= LIMIT);
}

static void check(struct vg_ftp *ftp, struct vg_ftpsrv *srv, struct vg_us now)
{
    struct vg_mav_msg m;
    uint32_t before = 0;
    uint32_t missing = 0;
    for (int i = 0; i < ftp->n_holes; i++) {
        must(ftp->holes[i].from < ftp->holes[i].to && (i == 0 || ftp->holes[i].from > before));
        before = ftp->holes[i].to;
        missing += ftp->holes[i].to - ftp->holes[i].from;
    }
    must(before <= ftp->size_bytes && ftp->size_bytes <= LIMIT && missing == ftp->missing_bytes);
    must(ftp->state != VG_FTP_DONE || missing == 0);
    while (vg_ftp_next_out(ftp, &m)) {
        must(vg_allow_message(&m, NULL));
        vg_ftpsrv_feed(srv, &m, now);
    }
    vg_ftpsrv_step(srv, now);
    while (vg_ftpsrv_next_out(srv, &m)) {
        must(m.id == VG_MAV_ID_FILE_TRANSFER_PROTOCOL);
    }
}

static void answer(struct vg_ftp *ftp, const uint8_t *p, struct vg_us now)
{
    const struct vg_ftp_asked *a = &ftp->asked[p[0] & 3 ? (p[0] & 3) - 1 : 0];
    bool is_burst = (p[0] & 3) == 0;
    struct vg_ftp_packet packet = {
        .seq = (uint16_t)(is_burst ? ftp->burst_seq + 1 + p[6] : a->seq + 1),
        .session = ftp->session,
        .opcode = (p[0] & 4) != 0 ? VG_FTP_NAK : VG_FTP_ACK,
        .size = p[1],
        .req_opcode = is_burst ? VG_FTP_BURST : a->op,
        .is_burst_complete = (p[0] & 8) != 0,
        .offset = vg_le32(p + 2)};
    struct vg_mav_msg m;
    memset(packet.data, p[6], sizeof packet.data);
    packet.data[VG_FTP_DATA_MAX / 2] = 0;
    vg_ftp_packet_pack(&packet, (struct vg_mav_pair){7, 1, 255, 190}, &m);
    vg_ftp_feed(ftp, &m, now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t text[] = "0123456789";
    const struct vg_ftpsrv_file file = {"/a", {text, sizeof text}, 0};
    const struct vg_ftp_options options = {.sink = sink, .limit_bytes = LIMIT, .wants_crc = true};
    const struct vg_mav_pair pair = {255, 190, 7, 1};
    static struct vg_ftp ftp;
    static struct vg_ftpsrv srv;
    int64_t ms = 0;
    ftp = (struct vg_ftp){0};
    srv = (struct vg_ftpsrv){.sysid = 7, .compid = 1, .files = &file, .n_files = 1};
    if (size < 1) {
        return 0;
    }
    srv.has_one_session = (data[0] & 1) != 0;
    must((data[0] & 32 ? vg_ftp_list(&ftp, pair, "/", &options, vg_us(0), NULL)
                       : vg_ftp_read(&ftp, pair, "/a", &options, vg_us(0), NULL)) == VG_OK);
    for (size_t i = 1; i + 7 <= size; i += 7) {
        ms += data[i] & 16 ? 2000 : 10;
        answer(&ftp, data + i, vg_us(ms * 1000));
        check(&ftp, &srv, vg_us(ms * 1000));
        vg_ftp_step(&ftp, vg_us(ms * 1000));
        check(&ftp, &srv, vg_us(ms * 1000));
    }
    for (int i = 0; i < 400 && vg_ftp_is_busy(&ftp); i++) { /* silence: it ends */
        ms += 5000;
        vg_ftp_step(&ftp, vg_us(ms * 1000));
        check(&ftp, &srv, vg_us(ms * 1000));
    }
    must(!vg_ftp_is_busy(&ftp));
    return 0;
}
