#include "serve/cellquery.h"

#include "serve/query.h"

#include <string.h>

static const double REVISIT_MAX_S = 1e9;

static bool is_given(const char *query, const char *key)
{
    size_t n = strlen(key);
    const char *part = query;
    while (strncmp(part, key, n) != 0 || part[n] != '=') {
        part = strchr(part, '&');
        if (part == NULL) {
            return false;
        }
        part++;
    }
    return true;
}

/* False: given, and not a number within [lo, hi]. */
static bool read_number(const char *query, const char *key, double lo, double hi, double *out)
{
    double v = 0;
    if (!is_given(query, key)) {
        return true;
    }
    if (!vg_query_double(query, key, &v) || !(v >= lo && v <= hi)) {
        return false;
    }
    *out = v;
    return true;
}

static bool read_time(const char *query, int64_t *out)
{
    int64_t v = 0;
    if (!is_given(query, "t_us")) {
        return true;
    }
    if (!vg_query_int64(query, "t_us", &v) || v < 0) {
        return false;
    }
    *out = v;
    return true;
}

static bool read_target(const char *query, enum vg_cellquery_target *out)
{
    static const char *const NAMES[] = {"person", "group", "vehicle"};
    char name[16];
    if (!is_given(query, "target")) {
        return true;
    }
    for (int i = 0; vg_query_text(query, "target", name, sizeof name) && i < 3; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *out = (enum vg_cellquery_target)(VG_CELLQUERY_PERSON + i);
            return true;
        }
    }
    return false;
}

const char *vg_cellquery_read(const char *query, struct vg_cellquery *out)
{
    struct vg_cellquery q = {.t_us = INT64_MAX};
    if (!read_time(query, &q.t_us)) {
        return "t_us is a whole number of microseconds since 1970";
    }
    if (!read_number(query, "gsd_m", VG_CELLQUERY_GSD_MIN_M, VG_CELLQUERY_GSD_MAX_M, &q.gsd_m)) {
        return "gsd_m is a number of metres from 0.05 to 100";
    }
    if (!read_target(query, &q.target)) {
        return "target is person, group or vehicle";
    }
    if (q.gsd_m > 0 && q.target != VG_CELLQUERY_ANY) {
        return "gsd_m or target, not both";
    }
    if (!read_number(query, "revisit_s", 1, REVISIT_MAX_S, &q.revisit_s)) {
        return "revisit_s is a number of seconds";
    }
    *out = q;
    return NULL;
}
