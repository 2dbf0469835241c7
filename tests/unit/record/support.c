#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* A thousand days: the number of heads does not depend on the speed of the machine. */
#define NO_HEADS_BY_TIME (INT64_C(86400000000) * 1000)

int support_setup(void **state)
{
    struct support *self = calloc(1, sizeof *self);
    const char *base = getenv("TMPDIR");
    vg_format(self->folder, sizeof self->folder, "%s/vigie-record-XXXXXX", base ? base : "/tmp");
    if (mkdtemp(self->folder) == NULL) {
        return -1;
    }
    vg_format(self->record, sizeof self->record, "%s/w.vigie", self->folder);
    vg_format(self->key, sizeof self->key, "%s/station.key", self->folder);
    vg_format(self->pub, sizeof self->pub, "%s/station.key.pub", self->folder);
    *state = self;
    return 0;
}

int support_teardown(void **state)
{
    struct support *self = *state;
    int rc = support_sh(NULL, 0, "rm -rf '%s'", self->folder);
    free(self);
    return rc;
}

int support_sh(char *out, size_t out_size, const char *format, ...)
{
    char command[8192];
    va_list args;
    va_start(args, format);
    vg_vformat(command, sizeof command, format, args);
    va_end(args);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    char chunk[4096];
    size_t used = 0;
    size_t n = 0;
    while ((n = fread(chunk, 1, sizeof chunk, pipe)) > 0) {
        size_t room = out == NULL ? 0 : out_size - 1 - used;
        size_t keep = n < room ? n : room;
        if (keep > 0) {
            memcpy(out + used, chunk, keep);
            used += keep;
        }
    }
    if (out != NULL) {
        out[used] = '\0';
    }
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct vg_record *support_open(const struct support *self)
{
    struct vg_record_options options = {
        .key_path = self->key, .t = {1000000}, .head_every_us = NO_HEADS_BY_TIME};
    struct vg_record *record = NULL;
    struct vg_error err = {0};
    if (vg_record_open(self->record, &options, &record, &err) != VG_OK) {
        fail_msg("open: %s", err.message);
    }
    return record;
}

void support_append(struct vg_record *record, int64_t i)
{
    char body[64];
    size_t n = vg_format(body, sizeof body, "{\"i\":%lld}", (long long)i);
    int64_t seq = -1;
    assert_int_equal(
        vg_record_append(record, vg_us((1000000 + i) * 1000000), "test.event", body, n, &seq),
        VG_OK);
    assert_true(seq > 0);
}

void support_make(const struct support *self, int64_t n, int64_t head_every)
{
    struct vg_record_options options = {.key_path = self->key,
                                        .t = {1000000},
                                        .head_every_us = NO_HEADS_BY_TIME,
                                        .head_every_events = head_every};
    struct vg_record *record = NULL;
    struct vg_error err = {0};
    if (vg_record_open(self->record, &options, &record, &err) != VG_OK) {
        fail_msg("open: %s", err.message);
    }
    for (int64_t i = 1; i <= n; i++) {
        support_append(record, i);
        /* A flush a head, so that heads stand exactly every head_every events. */
        if (i % head_every == 0) {
            assert_int_equal(vg_record_flush(record, &err), VG_OK);
        }
    }
    if (vg_record_close(record, &err) != VG_OK) {
        fail_msg("close: %s", err.message);
    }
}
