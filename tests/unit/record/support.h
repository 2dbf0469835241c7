/* Shared by the tests of the record: a folder of their own, shell commands, small records. */
#ifndef VG_TESTS_RECORD_SUPPORT_H
#define VG_TESTS_RECORD_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "record/record.h"
#include "record/record_key.h"
#include "record/record_read.h"
#include "record/record_seal.h"
#include "record/record_verify.h"

enum {
    SUPPORT_PATH = 512
};

/* A fresh folder, and its removal with everything in it. */
struct support {
    char folder[SUPPORT_PATH / 2];
    char record[SUPPORT_PATH];
    char key[SUPPORT_PATH];
    char pub[SUPPORT_PATH];
};
int support_setup(void **state);
int support_teardown(void **state);

/* Run with sh; its exit status. Output (stdout and stderr, cut to size) into `out` when not NULL.
 */
int support_sh(char *out, size_t out_size, const char *format, ...) VG_PRINTF(3, 4);
/* Open with the folder's key, or fail the test. */
struct vg_record *support_open(const struct support *self);
/* Append event number i: kind "test.event", body {"i":i}, time 1,000,000 + i seconds. */
void support_append(struct vg_record *record, int64_t i);
/* A closed record of n events with heads every `head_every`. */
void support_make(const struct support *self, int64_t n, int64_t head_every);

#endif
