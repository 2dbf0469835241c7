#include "link/ftpsrv.h"

#include "base/text.h"

#include <string.h>

enum {
    ENTRY_MAX = 120
};
static const int64_t RUNS_OUT_US = 3000000;

static void reply(struct vg_ftpsrv *self, struct vg_mav_pair to, const struct vg_ftp_packet *p)
{
    self->has_last = true;
    self->last = *p;
    self->last_to = to;
    vg_ftp_packet_pack(p, to, vg_outq_add(&self->out));
}

static void refuse(struct vg_ftp_packet *answer, uint8_t error)
{
    answer->opcode = VG_FTP_NAK;
    answer->size = 1;
    answer->data[0] = error;
}

static int find_file(const struct vg_ftpsrv *self, const char *path)
{
    for (int i = 0; i < self->n_files; i++) {
        if (strcmp(self->files[i].path, path) == 0) {
            return i;
        }
    }
    return -1;
}

/* The index of the client's open session, -1 if there is none. */
static int find_session(const struct vg_ftpsrv *self, uint8_t id, uint8_t client)
{
    for (int i = 0; i < VG_FTPSRV_SESSIONS; i++) {
        const struct vg_ftpsrv_session *s = &self->sessions[i];
        if (s->is_open && s->id == id && (self->has_one_session || s->client_sysid == client)) {
            return i;
        }
    }
    return -1;
}

static int find_room(const struct vg_ftpsrv *self, struct vg_us now)
{
    for (int i = 0; i < (self->has_one_session ? 1 : VG_FTPSRV_SESSIONS); i++) {
        const struct vg_ftpsrv_session *s = &self->sessions[i];
        bool has_run_out = !self->has_one_session && vg_us_sub(now, s->used).us > RUNS_OUT_US;
        if (!s->is_open || has_run_out) {
            return i;
        }
    }
    return -1;
}

static void text_of(const struct vg_ftp_packet *p, char out[VG_FTP_DATA_MAX + 1])
{
    memcpy(out, p->data, p->size);
    out[p->size] = '\0';
}

static void serve_open(struct vg_ftpsrv *self, const struct vg_ftp_packet *ask, uint8_t client,
                       struct vg_ftp_packet *answer, struct vg_us now)
{
    char path[VG_FTP_DATA_MAX + 1];
    text_of(ask, path);
    int file = find_file(self, path);
    int room = find_room(self, now);
    if (file < 0) {
        refuse(answer, VG_MAV_FTP_ERR_FILENOTFOUND);
    } else if (room < 0) {
        refuse(answer, VG_MAV_FTP_ERR_NOSESSIONSAVAILABLE);
    } else {
        const struct vg_ftpsrv_file *f = &self->files[file];
        uint8_t id = self->has_one_session ? 0 : ask->session;
        self->sessions[room] = (struct vg_ftpsrv_session){true, id, client, file, now};
        answer->session = id;
        answer->size = 4;
        vg_put_le32(answer->data,
                    f->announced_bytes != 0 ? f->announced_bytes : (uint32_t)f->data.n);
    }
}

/* Up to `size` bytes at the packet's offset into it; false at the end of the file. */
static bool read_piece(const struct vg_ftpsrv *self, int session, uint8_t size,
                       struct vg_ftp_packet *p)
{
    struct vg_bytes data = self->files[self->sessions[session].file].data;
    uint8_t most = self->piece_bytes != 0 ? self->piece_bytes : VG_FTP_DATA_MAX;
    size_t n = size < most && size > 0 ? size : most;
    memset(p->data, 0, sizeof p->data);
    if (p->offset >= data.n) {
        refuse(p, VG_MAV_FTP_ERR_EOF);
        return false;
    }
    n = n < data.n - p->offset ? n : data.n - p->offset;
    memcpy(p->data, data.data + p->offset, n);
    p->size = (uint8_t)n;
    return true;
}

static void serve_read(struct vg_ftpsrv *self, int session, const struct vg_ftp_packet *ask,
                       struct vg_ftp_packet *answer)
{
    if (session < 0) {
        refuse(answer,
               self->has_one_session ? VG_MAV_FTP_ERR_INVALIDSESSION : VG_MAV_FTP_ERR_FILENOTFOUND);
        return;
    }
    answer->offset = ask->offset;
    if (!read_piece(self, session, ask->size, answer) && !self->has_one_session) {
        answer->offset = 0; /* as ArduPilot */
    }
}

/* Entry k of a folder: a file in it ("Fname\tsize") or a folder that holds one ("Dname"). */
static bool make_entry(const struct vg_ftpsrv *self, const char *folder, uint32_t k,
                       char out[ENTRY_MAX])
{
    size_t n = strlen(folder);
    char before[ENTRY_MAX] = "";
    for (int i = 0; i < self->n_files; i++) {
        const struct vg_ftpsrv_file *f = &self->files[i];
        if (strncmp(f->path, folder, n) != 0 || f->path[n] != '/') {
            continue;
        }
        const char *name = f->path + n + 1;
        const char *slash = strchr(name, '/');
        if (slash == NULL) {
            vg_format(out, ENTRY_MAX, "F%.80s\t%zu", name, f->data.n);
        } else {
            vg_format(out, ENTRY_MAX, "D%.*s", (int)(slash - name < 80 ? slash - name : 80), name);
        }
        if (strcmp(out, before) == 0) {
            continue; /* another file of the same folder */
        }
        memcpy(before, out, ENTRY_MAX);
        if (k-- == 0) {
            return true;
        }
    }
    return false;
}

static void serve_list(const struct vg_ftpsrv *self, const struct vg_ftp_packet *ask,
                       struct vg_ftp_packet *answer)
{
    char folder[VG_FTP_DATA_MAX + 1];
    char entry[ENTRY_MAX];
    size_t n = 0;
    text_of(ask, folder);
    for (uint32_t k = ask->offset; make_entry(self, folder, k, entry); k++) {
        size_t length = strlen(entry) + 1;
        if (n + length > VG_FTP_DATA_MAX) {
            break;
        }
        memcpy(answer->data + n, entry, length);
        n += length;
    }
    answer->offset = ask->offset;
    answer->size = (uint8_t)n;
    if (n == 0) {
        refuse(answer, VG_MAV_FTP_ERR_EOF);
    }
}

static void serve_sum(const struct vg_ftpsrv *self, const struct vg_ftp_packet *ask,
                      struct vg_ftp_packet *answer)
{
    char path[VG_FTP_DATA_MAX + 1];
    text_of(ask, path);
    int file = find_file(self, path);
    if (file < 0) {
        refuse(answer, VG_MAV_FTP_ERR_FILENOTFOUND);
        return;
    }
    answer->size = 4;
    vg_put_le32(answer->data,
                vg_ftp_crc32(0, self->files[file].data.data, self->files[file].data.n));
}

static void reset(struct vg_ftpsrv *self, uint8_t client)
{
    for (int i = 0; i < VG_FTPSRV_SESSIONS; i++) {
        if (self->has_one_session || self->sessions[i].client_sysid == client) {
            self->sessions[i].is_open = false;
        }
    }
    self->is_bursting = false;
}

static void begin_burst(struct vg_ftpsrv *self, int session, const struct vg_ftp_packet *ask,
                        const struct vg_ftp_packet *answer, struct vg_mav_pair to)
{
    self->is_bursting = true;
    self->burst_session = session;
    self->burst_to = to;
    self->burst_left = self->burst_pieces > 0 ? self->burst_pieces : -1;
    self->burst = *answer;
    self->burst.offset = ask->offset;
    self->burst.size = ask->size;
}

/* False: no answer at once (a burst begins). */
static bool serve(struct vg_ftpsrv *self, const struct vg_ftp_packet *ask, struct vg_mav_pair to,
                  struct vg_ftp_packet *answer, struct vg_us now)
{
    int session = find_session(self, ask->session, to.their_sysid);
    if (session >= 0) {
        self->sessions[session].used = now;
    }
    switch (ask->opcode) {
    case VG_FTP_NONE:
        break;
    case VG_FTP_TERMINATE:
        if (session >= 0) {
            self->sessions[session].is_open = false;
            self->is_bursting = false;
        }
        break;
    case VG_FTP_RESET:
        reset(self, to.their_sysid);
        break;
    case VG_FTP_LIST:
        serve_list(self, ask, answer);
        break;
    case VG_FTP_OPEN_RO:
        serve_open(self, ask, to.their_sysid, answer, now);
        break;
    case VG_FTP_CRC32:
        serve_sum(self, ask, answer);
        break;
    case VG_FTP_BURST:
        if (session >= 0) {
            begin_burst(self, session, ask, answer, to);
            return false;
        }
        serve_read(self, session, ask, answer);
        break;
    case VG_FTP_READ:
        serve_read(self, session, ask, answer);
        break;
    default:
        refuse(answer, VG_MAV_FTP_ERR_UNKNOWNCOMMAND);
        break;
    }
    return true;
}

void vg_ftpsrv_feed(struct vg_ftpsrv *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_ftp_packet ask;
    struct vg_mav_file_transfer_protocol m;
    if (msg->id != VG_MAV_ID_FILE_TRANSFER_PROTOCOL || !vg_ftp_packet_unpack(msg, &ask) ||
        ask.opcode == VG_FTP_ACK || ask.opcode == VG_FTP_NAK) {
        return;
    }
    vg_mav_file_transfer_protocol_unpack(msg, &m);
    if (m.target_system != self->sysid ||
        (m.target_component != self->compid && m.target_component != 0)) {
        return;
    }
    struct vg_mav_pair to = {self->sysid, self->compid, msg->sysid, msg->compid};
    bool is_again = self->has_last && self->last.req_opcode == ask.opcode &&
                    (uint16_t)(ask.seq + 1) == self->last.seq &&
                    self->last_to.their_sysid == to.their_sysid;
    if (is_again) {
        vg_ftp_packet_pack(&self->last, to, vg_outq_add(&self->out));
        return;
    }
    struct vg_ftp_packet answer = {.seq = (uint16_t)(ask.seq + 1),
                                   .session = ask.session,
                                   .opcode = VG_FTP_ACK,
                                   .req_opcode = ask.opcode};
    if (serve(self, &ask, to, &answer, now)) {
        reply(self, to, &answer);
    }
}

void vg_ftpsrv_step(struct vg_ftpsrv *self, struct vg_us now)
{
    int n = self->pieces_a_step > 0 ? self->pieces_a_step : 4;
    for (int i = 0; i < n && self->is_bursting; i++) {
        struct vg_ftp_packet p = self->burst;
        self->sessions[self->burst_session].used = now;
        self->burst_left--;
        bool has_data = read_piece(self, self->burst_session, self->burst.size, &p);
        p.is_burst_complete = !has_data || self->burst_left == 0;
        self->is_bursting = !p.is_burst_complete;
        self->burst.offset += has_data ? p.size : 0;
        self->burst.seq++;
        vg_ftp_packet_pack(&p, self->burst_to, vg_outq_add(&self->out));
    }
}

bool vg_ftpsrv_next_out(struct vg_ftpsrv *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}
