/* vigie klv FILE|-|URL: MISB metadata as JSON lines, one a packet; what is no packet is told too.
 */
#include "app/app.h"
#include "app/klv_add.h"
#include "app/options.h"

#include "look/klv_show.h"
#include "look/klv_source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    STREAMS = 16,
    AU_HEADER = 5 /* of a synchronous stream, before each packet but the first of a piece */
};

/* Bytes of one stream that wait for their packet to be whole. */
struct waiting {
    int stream;
    struct vg_buf bytes;
    uint64_t offset; /* of the first; UINT64_MAX: unknown */
    double pts_s; /* of the newest piece */
};

struct reading {
    const struct vg_app *app;
    struct waiting streams[STREAMS];
    int n_streams;
    struct vg_buf line;
    uint64_t n_packets;
    uint64_t n_faulty; /* packets with errors */
    uint64_t n_skipped; /* bytes */
};

static void begin_line(struct reading *self, const struct waiting *w, uint64_t at)
{
    struct vg_buf *b = &self->line;
    vg_buf_reset(b);
    vg_buf_puts(b, "{");
    if (w->stream >= 0) {
        vg_buf_printf(b, "\"stream\":%d,", w->stream);
    }
    if (!isnan(w->pts_s)) {
        vg_buf_printf(b, "\"pts_s\":%.6f,", w->pts_s);
    }
    if (w->offset != UINT64_MAX) {
        vg_buf_printf(b, "\"offset\":%llu,", (unsigned long long)(w->offset + at));
    }
}

static void end_line(struct reading *self)
{
    vg_buf_puts(&self->line, "}\n");
    fwrite(vg_buf_text(&self->line), 1, self->line.n, stdout);
}

static void put_packet(struct reading *self, const struct waiting *w,
                       const struct vg_klv_packet *packet)
{
    begin_line(self, w, packet->offset);
    uint64_t base = w->offset != UINT64_MAX ? w->offset + packet->offset : 0;
    int n = vg_klv_show(packet, base, self->app->lang, &self->line);
    end_line(self);
    self->n_packets++;
    self->n_faulty += n > 0;
}

static void put_fault(struct reading *self, const struct waiting *w,
                      const struct vg_klv_fault *fault, size_t n)
{
    begin_line(self, w, fault->offset);
    vg_buf_printf(&self->line, "\"bytes\":%zu,\"error\":\"%s\",\"text\":", n,
                  vg_klv_cause_key(fault->cause));
    vg_buf_json(&self->line, vg_tr(self->app->lang, vg_klv_cause_words(fault->cause)));
    end_line(self);
    self->n_skipped += n;
}

/* Takes what is whole out of the stream's bytes. */
static void drain(struct reading *self, struct waiting *w, bool is_more)
{
    struct vg_bytes all = {(const uint8_t *)w->bytes.data, w->bytes.n};
    struct vg_klv_packet packet;
    struct vg_klv_fault fault;
    size_t at = 0;
    for (;;) {
        size_t from = at;
        enum vg_klv_scan got = vg_klv_scan(all, &at, is_more, &packet, &fault);
        if (got == VG_KLV_SCAN_END) {
            break;
        }
        if (got == VG_KLV_SCAN_PACKET) {
            put_packet(self, w, &packet);
        } else if (w->stream < 0 || at - from != AU_HEADER) {
            put_fault(self, w, &fault, at - from);
        }
    }
    struct vg_buf rest = {0};
    vg_buf_add(&rest, w->bytes.data + at, w->bytes.n - at);
    vg_buf_finish(&w->bytes);
    w->bytes = rest;
    w->offset += w->offset != UINT64_MAX ? at : 0;
}

static struct waiting *stream_of(struct reading *self, int stream)
{
    for (int i = 0; i < self->n_streams; i++) {
        if (self->streams[i].stream == stream) {
            return &self->streams[i];
        }
    }
    if (self->n_streams == STREAMS) {
        return NULL;
    }
    struct waiting *w = &self->streams[self->n_streams++];
    *w = (struct waiting){.stream = stream, .pts_s = (double)NAN};
    return w;
}

static void take(struct reading *self, const struct vg_klv_piece *piece)
{
    struct waiting *w = stream_of(self, piece->stream);
    if (w == NULL) {
        return;
    }
    if (w->bytes.n == 0 || piece->stream >= 0) { /* in a container pieces lie apart */
        w->offset = piece->offset;
    }
    w->pts_s = piece->pts_s;
    vg_buf_add(&w->bytes, piece->bytes.data, piece->bytes.n);
    if (w->bytes.n > 0) {
        drain(self, w, true);
    }
}

static enum vg_status read_all(struct reading *self, struct vg_klv_source *source,
                               struct vg_error *err)
{
    struct vg_klv_piece piece = {0};
    enum vg_status st;
    while ((st = vg_klv_source_next(source, &piece, err)) == VG_OK && !piece.is_end) {
        take(self, &piece);
    }
    for (int i = 0; i < self->n_streams; i++) {
        if (self->streams[i].bytes.n > 0) {
            drain(self, &self->streams[i], false);
        }
        vg_buf_finish(&self->streams[i].bytes);
    }
    return st;
}

static enum vg_status none(const struct vg_klv_source *source, const char *from,
                           struct vg_error *err)
{
    char streams[400];
    vg_klv_source_streams(source, streams, sizeof streams);
    if (streams[0] == '\0') {
        return vg_fail(err, VG_E_FORMAT,
                       "%s: no metadata packet; one begins with the bytes 06 0E 2B 34", from);
    }
    return vg_fail(
        err, VG_E_FORMAT,
        "%s: no metadata packet among the streams %s; KLV is carried as stream type 0x06 "
        "with the registration KLVA, or as 0x15",
        from, streams);
}

int vg_cmd_klv(const struct vg_app *app, int argc, char **argv)
{
    const char *from = NULL;
    int n = 0;
    struct vg_klv_add add = {0};
    const struct vg_option options[] = {{"add", VG_OPT_TEXT, &add.tlog},
                                        {"start", VG_OPT_TEXT, &add.start},
                                        {"o", VG_OPT_TEXT, &add.out},
                                        {"sysid", VG_OPT_INTEGER, &add.sysid}};
    int rc =
        vg_options_read(app, argc, argv, options, sizeof options / sizeof options[0], &from, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n == 1 && (add.tlog != NULL || add.start != NULL || add.out != NULL)) {
        if (add.tlog == NULL || add.start == NULL || add.out == NULL) {
            return vg_app_usage(app, argv[0],
                                "--add FLIGHT.tlog, --start TIME and -o OUT.ts go together");
        }
        add.video = from;
        return vg_klv_add(app, &add);
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0],
                            "a file, - for standard input, or an address such as "
                            "udp://127.0.0.1:5600 is wanted");
    }
    struct vg_error err = {.lang = app->lang};
    struct vg_klv_source *source = NULL;
    struct reading self = {.app = app};
    setvbuf(stdout, NULL, strstr(from, "://") != NULL ? _IOLBF : _IOFBF, 1 << 16);
    enum vg_status st = vg_klv_source_open(from, &source, &err);
    if (st == VG_OK) {
        st = read_all(&self, source, &err);
    }
    fflush(stdout);
    if (st == VG_OK && self.n_packets == 0) {
        st = none(source, from, &err);
    }
    if (self.n_packets > 0) {
        fprintf(
            stderr,
            vg_tr(app->lang, "%llu packets, %llu of them with errors; %llu bytes are no packet\n"),
            (unsigned long long)self.n_packets, (unsigned long long)self.n_faulty,
            (unsigned long long)self.n_skipped);
    }
    vg_klv_source_close(source);
    vg_buf_finish(&self.line);
    return st == VG_OK ? 0 : vg_app_fail(app, &err);
}
