/* Hours of the day at which something is not to be had, such as a base that closes for the night.
 *
 * Spans of UTC time of day, apart from each other, in order. Threads: pure. Allocations: none.
 */
#ifndef VG_CONFIG_HOURS_H
#define VG_CONFIG_HOURS_H

#include "base/status.h"

#include <stdbool.h>

enum {
    VG_HOURS_MAX = 8,
    VG_DAY_S = 86400,
    VG_HOUR_S = 3600,
    VG_DAY_HOURS = 24
};

struct vg_hours_span {
    double from_s; /* of the day, [0, VG_DAY_S) */
    double to_s; /* > from_s; beyond VG_DAY_S where it goes on past midnight */
};

struct vg_hours {
    struct vg_hours_span spans[VG_HOURS_MAX];
    int n; /* 0: never closed */
};

/* "22:00-05:00" in UTC; "22:00-05:00 +01:00" in the time of a zone. VG_E_FORMAT. */
enum vg_status vg_hours_parse_span(const char *text, struct vg_hours_span *out,
                                   struct vg_error *err) VG_MUST_USE;
/* "05:30" as seconds of the day. VG_E_FORMAT. */
enum vg_status vg_hours_parse_time(const char *text, double *out_s,
                                   struct vg_error *err) VG_MUST_USE;
/* Adds a span; those that touch become one. false: there is no room. */
bool vg_hours_add(struct vg_hours *self, struct vg_hours_span span);
/* Of a day, that none of the spans holds. */
double vg_hours_left_s(const struct vg_hours *self);
/* Is t_s, of any day, inside a span? Ends are outside. */
bool vg_hours_hold(const struct vg_hours *self, double t_s);
/* The time between two spans that holds t_s, or that lies nearest to it: from *out_from_s to
 * *out_to_s in the days of t_s itself. Without a span: from -HUGE_VAL to HUGE_VAL. */
void vg_hours_between(const struct vg_hours *self, double t_s, double *out_from_s,
                      double *out_to_s);

#endif
