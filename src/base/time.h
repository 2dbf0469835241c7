/* Time points and durations in microseconds. UTC since 1970 unless the name says otherwise.
 * Threads: pure. Time enters everywhere as an argument; only app/ and io/ read clocks. */
#ifndef VG_BASE_TIME_H
#define VG_BASE_TIME_H

#include "base/status.h"
#include "base/units.h"

#include <stddef.h>
#include <stdint.h>

/* A struct so that a track number in place of a time does not compile. */
struct vg_us {
    int64_t us;
};

static inline struct vg_us vg_us(int64_t us)
{
    return (struct vg_us){us};
}

static inline struct vg_us vg_us_from_s(double s)
{
    return (struct vg_us){(int64_t)(s * 1e6 + (s < 0 ? -0.5 : 0.5))};
}

static inline double vg_us_to_s(struct vg_us t)
{
    return (double)t.us / 1e6;
}

static inline struct vg_us vg_us_add(struct vg_us a, struct vg_us b)
{
    return (struct vg_us){a.us + b.us};
}

static inline struct vg_us vg_us_sub(struct vg_us a, struct vg_us b)
{
    return (struct vg_us){a.us - b.us};
}

enum {
    VG_TIME_TEXT_SIZE = 40
};

/* "2026-11-23T14:05:22.123456Z" (RFC 3339 section 5.6), the fraction left out when zero. Returns
 * buf. */
const char *vg_time_format(struct vg_us t, char *buf, size_t size_bytes);
/* Any RFC 3339 date-time, offsets honoured, years 1970 to 9999. VG_E_FORMAT otherwise. */
enum vg_status vg_time_parse(const char *text, struct vg_us *out, struct vg_error *err) VG_MUST_USE;
/* "3 h 12 min", "45 s": two units at most, for people, the same in French and English. Returns buf.
 */
const char *vg_duration_format(double seconds, char *buf, size_t size_bytes);

#endif
