#include "base/time.h"

#include "base/text.h"
#include "base/units.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Days from 1970-01-01 of a proleptic Gregorian date. Howard Hinnant, "chrono-compatible low-level
 * date algorithms", days_from_civil and civil_from_days. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t z, int64_t *out_y, int *out_m, int *out_d)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *out_d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *out_m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *out_y = yoe + era * 400 + (*out_m <= 2);
}

const char *vg_time_format(struct vg_us t, char *buf, size_t size_bytes)
{
    int64_t s = t.us / VG_US_PER_S;
    int64_t frac = t.us % VG_US_PER_S;
    if (frac < 0) {
        frac += VG_US_PER_S;
        s -= 1;
    }
    int64_t days = s / 86400;
    int64_t rest = s % 86400;
    if (rest < 0) {
        rest += 86400;
        days -= 1;
    }
    int64_t y;
    int m;
    int d;
    civil_from_days(days, &y, &m, &d);
    char dot[16] = "";
    if (frac != 0) {
        vg_format(dot, sizeof dot, ".%06d", (int)frac);
    }
    vg_format(buf, size_bytes, "%04lld-%02d-%02dT%02d:%02d:%02d%sZ", (long long)y, m, d,
              (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60), dot);
    return buf;
}

/* Reads exactly n digits; -1 if they are not digits. */
static int digits(const char **p, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        char c = **p;
        if (c < '0' || c > '9') {
            return -1;
        }
        v = v * 10 + (c - '0');
        (*p)++;
    }
    return v;
}

static bool take(const char **p, char c)
{
    if (**p != c) {
        return false;
    }
    (*p)++;
    return true;
}

static int days_in_month(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && is_leap ? 29 : days[m - 1];
}

/* Reads ".123", "Z" or "+01:00" after the seconds. */
static bool tail(const char **p, int64_t *out_frac_us, int64_t *out_offset_s)
{
    *out_frac_us = 0;
    *out_offset_s = 0;
    if (take(p, '.')) {
        int64_t scale = 100000;
        if (**p < '0' || **p > '9') {
            return false;
        }
        for (; **p >= '0' && **p <= '9'; (*p)++) {
            *out_frac_us += (**p - '0') * scale;
            scale /= 10;
        }
    }
    if (take(p, 'Z') || take(p, 'z')) {
        return **p == '\0';
    }
    int sign = **p == '+' ? 1 : **p == '-' ? -1 : 0;
    if (sign == 0) {
        return false;
    }
    (*p)++;
    int h = digits(p, 2);
    bool is_colon = take(p, ':');
    int m = digits(p, 2);
    if (!is_colon || h < 0 || h > 23 || m < 0 || m > 59 || **p != '\0') {
        return false;
    }
    *out_offset_s = sign * (h * 3600 + m * 60);
    return true;
}

enum vg_status vg_time_parse(const char *text, struct vg_us *out, struct vg_error *err)
{
    const char *p = text;
    int y = digits(&p, 4);
    bool ok = take(&p, '-');
    int mo = digits(&p, 2);
    ok = ok && take(&p, '-');
    int d = digits(&p, 2);
    ok = ok && (take(&p, 'T') || take(&p, 't') || take(&p, ' '));
    int h = digits(&p, 2);
    ok = ok && take(&p, ':');
    int mi = digits(&p, 2);
    ok = ok && take(&p, ':');
    int s = digits(&p, 2);
    int64_t frac_us = 0;
    int64_t offset_s = 0;
    ok = ok && y >= 1970 && mo >= 1 && mo <= 12 && d >= 1 && d <= days_in_month(y, mo) && h >= 0 &&
         h <= 23 && mi >= 0 && mi <= 59 && s >= 0 && s <= 60 && tail(&p, &frac_us, &offset_s);
    if (!ok) {
        return vg_fail(err, VG_E_FORMAT,
                       "expected a date and time such as 2026-11-23T14:05:22Z, got \"%s\"", text);
    }
    int64_t day_s = days_from_civil(y, mo, d) * 86400;
    out->us = (day_s + h * 3600 + mi * 60 + s - offset_s) * VG_US_PER_S + frac_us;
    return VG_OK;
}

const char *vg_duration_format(double seconds, char *buf, size_t size_bytes)
{
    if (!isfinite(seconds)) {
        vg_format(buf, size_bytes, "∞");
        return buf;
    }
    const char *sign = seconds < 0 ? "-" : "";
    int64_t s = (int64_t)(fabs(seconds) + 0.5);
    if (s >= 172800) {
        vg_format(buf, size_bytes, "%s%lld d %lld h", sign, (long long)(s / 86400),
                  (long long)(s / 3600 % 24));
    } else if (s >= 3600) {
        vg_format(buf, size_bytes, "%s%lld h %02lld min", sign, (long long)(s / 3600),
                  (long long)(s / 60 % 60));
    } else if (s >= 60) {
        vg_format(buf, size_bytes, "%s%lld min %02lld s", sign, (long long)(s / 60),
                  (long long)(s % 60));
    } else {
        vg_format(buf, size_bytes, "%s%lld s", sign, (long long)s);
    }
    return buf;
}
