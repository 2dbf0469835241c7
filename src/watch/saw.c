#include "watch/saw.h"

#include <string.h>

enum {
    DIGITS_MAX = 7
};
static const char KEY[] = ",\"saw\":[";

/* Where the last `,"saw":[` begins, looking back from `end` over digits and commas; NULL: it is
 * not what stands before them. */
static const char *find_key(const char *body, const char *end)
{
    size_t key_n = sizeof KEY - 1;
    const char *p = end;
    while (p > body && (p[-1] == ',' || (p[-1] >= '0' && p[-1] <= '9'))) {
        p--;
    }
    bool is_key = (size_t)(p - body) > key_n && memcmp(p - key_n, KEY, key_n) == 0;
    return is_key ? p - key_n : NULL;
}

/* Numbers of 1 to DIGITS_MAX digits without a leading zero, commas between them; or nothing. */
static bool is_list(const char *p, const char *end)
{
    while (p < end) {
        int n = 0;
        while (p + n < end && p[n] != ',') {
            n++;
        }
        bool is_last = p + n == end;
        if (n == 0 || n > DIGITS_MAX || (n > 1 && p[0] == '0') || (!is_last && p + n + 1 == end)) {
            return false;
        }
        p += is_last ? n : n + 1;
    }
    return true;
}

bool vg_saw_split(const char *body, size_t n, size_t *out_rest_n, struct vg_saw *out)
{
    if (n < sizeof KEY + 2 || memcmp(body + n - 2, "]}", 2) != 0) {
        return false;
    }
    const char *end = body + n - 2;
    const char *key = find_key(body, end);
    if (key == NULL || !is_list(key + sizeof KEY - 1, end)) {
        return false;
    }
    *out_rest_n = (size_t)(key - body);
    *out = (struct vg_saw){key + sizeof KEY - 1, end};
    return true;
}

bool vg_saw_next(struct vg_saw *self, int out[VG_SAW_RUN])
{
    const char *p = self->at;
    for (int k = 0; k < VG_SAW_RUN; k++) {
        int v = 0;
        if (p >= self->end) {
            return false;
        }
        while (p < self->end && *p != ',') {
            v = 10 * v + (*p++ - '0');
        }
        p += p < self->end;
        out[k] = v;
    }
    self->at = p;
    return true;
}
