/* A record file of any bytes, through the verifier and the reader: never a crash, and the reader
 * gives only well-formed events with growing seq. */
#include "base/text.h"
#include "record/record_chain.h"
#include "record/record_read.h"
#include "record/record_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    EVENTS_MAX = 2000,
    SIZE_MAX_BYTES = 256 * 1024
};

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
        abort();
    }
}

static void read_all(const char *path)
{
    struct vg_record_reader *reader = NULL;
    struct vg_error err = {0};
    if (vg_record_reader_open(path, &reader, &err) != VG_OK) {
        return;
    }
    struct vg_record_event e;
    int64_t last = 0;
    for (int i = 0; i < EVENTS_MAX && vg_record_reader_next(reader, &e, &err) == VG_OK; i++) {
        if (e.seq <= last || !vg_record_is_kind(e.kind, strlen(e.kind)) ||
            e.body[e.body_n] != '\0') {
            abort();
        }
        last = e.seq;
    }
    if (vg_record_reader_seek_time(reader, vg_us(0), NULL) == VG_OK) {
        (void)!vg_record_reader_next(reader, &e, NULL);
    }
    (void)!vg_record_reader_span(reader, NULL, &last, NULL, NULL, NULL);
    vg_record_reader_close(reader);
}

static bool stop_late(void *ctx, int64_t n_done, int64_t n_total)
{
    (void)ctx;
    (void)n_total;
    return n_done > 100000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MAX_BYTES) {
        return 0;
    }
    const char *folder = getenv("TMPDIR");
    char path[512];
    vg_format(path, sizeof path, "%s/vigie-fuzz-%ld.vigie", folder ? folder : "/tmp",
              (long)getpid());
    write_file(path, data, size);
    struct vg_record_report report;
    struct vg_error err = {0};
    enum vg_status st = vg_record_verify(path, NULL, stop_late, NULL, &report, &err);
    if (st == VG_OK || st == VG_E_BROKEN) {
        struct vg_buf text = {0};
        vg_record_report_text(&report, VG_LANG_FR, &text);
        vg_record_report_json(&report, &text);
        vg_buf_finish(&text);
        if ((st == VG_OK) != (report.fault == VG_RECORD_WHOLE)) {
            abort();
        }
    }
    read_all(path);
    static const char *const tails[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char name[528];
        vg_format(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
    return 0;
}
