/* Telemetry logs beside the record: one a link, sealed into the record when it is closed. */
#include "app/station.h"

#include "link/tlog.h"
#include "record/record_seal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
    BUFFER_BYTES = 65536
};

#define FULL_BYTES (INT64_C(256) << 20) /* then another begins: what is sealed is safe */

/* "serial:/dev/ttyUSB0:57600" as a part of a file's name; "udp14550" for what listens on a port. */
static void file_word(const struct vg_station_link *link, char *out, size_t size_bytes)
{
    if (link->uri.kind == VG_LINK_URI_UDP_IN) {
        vg_format(out, size_bytes, "udp%d", vg_addr_port(&link->uri.addr));
        return;
    }
    vg_format(out, size_bytes, "%s", link->name);
    for (char *c = out; *c != '\0'; c++) {
        bool is_plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
                        (*c >= 'A' && *c <= 'Z') || *c == '.' || *c == '-';
        *c = is_plain ? *c : '_';
    }
}

static void open_log(struct vg_station *self, struct vg_station_link *link)
{
    struct vg_station_tlog *log = &link->tlog;
    char folder[1150];
    char word[VG_LINK_URI_TEXT_SIZE];
    vg_format(folder, sizeof folder, "%s.d", self->record_path);
    log->size_bytes = 0;
    log->has_failed = mkdir(folder, 0777) != 0 && errno != EEXIST;
    if (log->has_failed) {
        return;
    }
    file_word(link, word, sizeof word);
    vg_format(log->path, sizeof log->path, "%s/%s-%lld.tlog", folder, word,
              (long long)(self->now.us / 1000));
    log->file = fopen(log->path, "wb");
    log->has_failed = log->file == NULL;
    if (!log->has_failed) {
        setvbuf(log->file, NULL, _IOFBF, BUFFER_BYTES);
    }
}

void vg_station_log(struct vg_station *self, struct vg_station_link *link, struct vg_bytes frame)
{
    struct vg_station_tlog *log = &link->tlog;
    uint8_t record[VG_TLOG_RECORD_MAX];
    if (log->file == NULL && !log->has_failed) {
        open_log(self, link);
    }
    size_t n = log->file != NULL ? vg_tlog_encode(self->now, frame, record) : 0;
    if (n > 0 && fwrite(record, 1, n, log->file) != n) {
        fclose(log->file); /* disk full: stop logging, keep flying; the record says so itself */
        log->file = NULL;
        log->has_failed = true;
    }
    log->size_bytes += (int64_t)n;
    if (log->size_bytes >= FULL_BYTES) {
        vg_station_seal_tlog(self, link);
    }
}

void vg_station_seal_tlog(struct vg_station *self, struct vg_station_link *link)
{
    struct vg_station_tlog *log = &link->tlog;
    char sha[VG_SHA256_HEX_SIZE];
    int64_t size_bytes;
    if (log->file == NULL) {
        return;
    }
    fclose(log->file);
    log->file = NULL;
    if (vg_record_seal_file(log->path, sha, &size_bytes, NULL) != VG_OK) {
        return;
    }
    const char *slash = strrchr(log->path, '/');
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"file\":");
    vg_buf_json(&b, slash != NULL ? slash + 1 : log->path);
    vg_buf_printf(&b, ",\"bytes\":%lld,\"sha256\":\"%s\"}", (long long)size_bytes, sha);
    vg_station_event(self, "segment", vg_buf_text(&b), b.n);
    vg_buf_finish(&b);
}
