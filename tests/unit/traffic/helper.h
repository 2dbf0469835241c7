/* What the tests of traffic share. */
#ifndef VG_TESTS_TRAFFIC_HELPER_H
#define VG_TESTS_TRAFFIC_HELPER_H

#include "base/file.h"
#include "base/text.h"
#include "traffic/sighting.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DATA "tests/unit/traffic/data/"

static inline struct vg_buf read_data(const char *path)
{
    struct vg_buf b = {0};
    assert_int_equal(vg_file_read(path, 1 << 20, &b, NULL), VG_OK);
    return b;
}

/* Bytes of hexadecimal text, blanks left out. */
static inline size_t unhex(const char *text, uint8_t *out, size_t max)
{
    size_t n = 0;
    for (; *text != '\0' && n < max; text++) {
        if (*text != ' ') {
            char two[3] = {text[0], text[1], '\0'};
            out[n++] = (uint8_t)strtoul(two, NULL, 16);
            text++;
        }
    }
    return n;
}

static inline void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.9g, want %.9g within %g", got, want, tolerance);
    }
}

/* All sightings of a feed, kept. */
struct kept {
    struct vg_sighting list[400];
    int n;
};

static inline void keep(void *ctx, const struct vg_sighting *s)
{
    struct kept *k = ctx;
    assert_true(k->n < 400);
    k->list[k->n++] = *s;
}

/* The value of key=... in a line of words, up to the next blank; NULL: not there. Valid until the
 * next call. */
static inline const char *word(const char *line, const char *key, char out[64])
{
    size_t n = strlen(key);
    for (const char *at = line; (at = strstr(at, key)) != NULL; at += n) {
        if (at > line && at[-1] == ' ' && at[n] == '=') {
            vg_format(out, 64, "%.*s", (int)strcspn(at + n + 1, " \n"), at + n + 1);
            return out;
        }
    }
    return NULL;
}

#endif
