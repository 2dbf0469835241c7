#include "serve/query.h"

#include <stdlib.h>
#include <string.h>

/* A whole decimal integer within [lo, hi]: an optional "-", then 1 to 19 digits. */
static bool parse_int64(const char *text, int64_t lo, int64_t hi, int64_t *out)
{
    bool is_negative = text[0] == '-';
    const char *digits = text + is_negative;
    size_t n = strspn(digits, "0123456789");
    if (n == 0 || n > 19 || digits[n] != '\0') {
        return false;
    }
    int64_t v = 0; /* kept negative: the negative range is the larger one */
    for (size_t i = 0; i < n; i++) {
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digits[i] - '0', &v)) {
            return false;
        }
    }
    if (!is_negative && __builtin_sub_overflow((int64_t)0, v, &v)) {
        return false;
    }
    if (v < lo || v > hi) {
        return false;
    }
    *out = v;
    return true;
}

/* Length of the piece at `path` that a {name} takes: up to `stop` or "/", the last `stop` before
 * "/" winning, so that
 * "{y}.png" matches "a.b.png". 0 if there is none. */
static size_t piece_length(const char *path, char stop)
{
    size_t n = strcspn(path, "/");
    if (stop == '\0' || stop == '/') {
        return n;
    }
    while (n > 0 && path[n] != stop) {
        n--;
    }
    return n;
}

bool vg_route_match(const char *pattern, const char *path, struct vg_route_args *out)
{
    struct vg_route_args args = {0};
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++) {
                return false;
            }
            continue;
        }
        const char *close = strchr(pattern, '}');
        if (close == NULL || args.n == VG_ROUTE_ARGS_MAX) {
            return false;
        }
        pattern = close + 1;
        size_t n = piece_length(path, *pattern);
        if (n == 0 || n >= VG_ROUTE_ARG_SIZE) {
            return false;
        }
        memcpy(args.text[args.n++], path, n);
        path += n;
    }
    if (*path != '\0') {
        return false;
    }
    *out = args;
    return true;
}

bool vg_route_int64(const struct vg_route_args *args, int i, int64_t lo, int64_t hi, int64_t *out)
{
    return i >= 0 && i < args->n && parse_int64(args->text[i], lo, hi, out);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode the n bytes into out; -1 if malformed or too long, else the decoded length. */
static int decode(const char *text, size_t n, char *out, size_t size_bytes)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)text[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int hi = i + 2 < n ? hex_digit(text[i + 1]) : -1;
            int lo = hi < 0 ? -1 : hex_digit(text[i + 2]);
            if (lo < 0) {
                return -1;
            }
            c = hi * 16 + lo;
            i += 2;
        }
        if (c == 0 || k + 1 >= size_bytes) {
            return -1;
        }
        out[k++] = (char)c;
    }
    out[k] = '\0';
    return (int)k;
}

enum {
    QUERY_VALUE_SIZE = 2049
};

bool vg_query_text(const char *query, const char *key, char *out, size_t size_bytes)
{
    size_t key_n = strlen(key);
    while (*query != '\0') {
        size_t n = strcspn(query, "&");
        if (n > key_n && query[key_n] == '=' && memcmp(query, key, key_n) == 0) {
            char value[QUERY_VALUE_SIZE];
            int value_n = decode(query + key_n + 1, n - key_n - 1, value, sizeof value);
            if (value_n < 0 || (size_t)value_n >= size_bytes) {
                return false;
            }
            memcpy(out, value, (size_t)value_n + 1);
            return true;
        }
        query += n + (query[n] == '&');
    }
    return false;
}

bool vg_query_int64(const char *query, const char *key, int64_t *out)
{
    char text[32];
    return vg_query_text(query, key, text, sizeof text) &&
           parse_int64(text, INT64_MIN, INT64_MAX, out);
}

bool vg_query_double(const char *query, const char *key, double *out)
{
    char text[40];
    if (!vg_query_text(query, key, text, sizeof text)) {
        return false;
    }
    const char *digits = text + (text[0] == '-');
    size_t whole = strspn(digits, "0123456789");
    size_t n = whole;
    if (digits[n] == '.') {
        size_t part = strspn(digits + n + 1, "0123456789");
        if (part == 0) {
            return false;
        }
        n += 1 + part;
    }
    if (whole == 0 || digits[n] != '\0') {
        return false;
    }
    *out = strtod(text, NULL);
    return true;
}
