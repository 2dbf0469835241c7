#include "config/quantity.h"

#include "base/text.h"
#include "base/units.h"

#include <stdbool.h>
#include <string.h>

enum {
    N_KINDS = VG_Q_RATE + 1,
    MAX_DIGITS = 15,
    MAX_PARTS = 8
};

/* value x num / den: both exact in a double where the unit is decimal, so that 90 km/h is 25 m/s to
 * the last bit. */
struct unit {
    enum vg_quantity kind;
    const char *name;
    double num;
    double den;
};

/* Of one kind from large to small: the parts of "1h 30min" must come in this order. */
static const struct unit UNITS[] = {
    {VG_Q_DURATION, "d", 86400.0, 1.0},
    {VG_Q_DURATION, "h", 3600.0, 1.0},
    {VG_Q_DURATION, "min", 60.0, 1.0},
    {VG_Q_DURATION, "s", 1.0, 1.0},
    {VG_Q_DURATION, "ms", 1.0, 1e3},
    {VG_Q_DURATION, "us", 1.0, 1e6},
    {VG_Q_LENGTH, "km", 1000.0, 1.0},
    {VG_Q_LENGTH, "m", 1.0, 1.0},
    {VG_Q_LENGTH, "nmi", VG_M_PER_NAUTICAL_MILE, 1.0},
    {VG_Q_LENGTH, "ft", VG_M_PER_FOOT, 1.0},
    {VG_Q_SPEED, "m/s", 1.0, 1.0},
    {VG_Q_SPEED, "km/h", 1000.0, 3600.0},
    {VG_Q_SPEED, "kt", VG_M_PER_NAUTICAL_MILE, 3600.0},
    {VG_Q_ANGLE, "deg", 1.0, 1.0},
    {VG_Q_ANGLE, "°", 1.0, 1.0},
    {VG_Q_ANGLE, "rad", VG_DEG_PER_RAD, 1.0},
    {VG_Q_SHARE, "%", 1.0, 100.0},
    {VG_Q_RATE, "kB/s", 1000.0, 1.0},
    {VG_Q_RATE, "kbit/s", 1000.0, 8.0},
    {VG_Q_RATE, "B/s", 1.0, 1.0},
    {VG_Q_RATE, "bit/s", 1.0, 8.0},
};
enum {
    N_UNITS = sizeof UNITS / sizeof UNITS[0]
};

/* What people write instead, in English and French; only for "did you mean". */
static const struct {
    const char *written;
    const char *meant;
} HABITS[] = {
    {"hours", "h"},       {"hour", "h"},        {"hr", "h"},        {"hrs", "h"},
    {"heures", "h"},      {"H", "h"},           {"minutes", "min"}, {"minute", "min"},
    {"mins", "min"},      {"mn", "min"},        {"seconds", "s"},   {"second", "s"},
    {"sec", "s"},         {"secs", "s"},        {"secondes", "s"},  {"days", "d"},
    {"day", "d"},         {"jours", "d"},       {"j", "d"},         {"metres", "m"},
    {"meters", "m"},      {"mètres", "m"},      {"metre", "m"},     {"meter", "m"},
    {"kilometres", "km"}, {"kilometers", "km"}, {"kms", "km"},      {"feet", "ft"},
    {"pieds", "ft"},      {"nm", "nmi"},        {"NM", "nmi"},      {"mps", "m/s"},
    {"ms", "m/s"},        {"kmh", "km/h"},      {"kph", "km/h"},    {"km/hr", "km/h"},
    {"knots", "kt"},      {"kts", "kt"},        {"kn", "kt"},       {"noeuds", "kt"},
    {"degrees", "deg"},   {"degree", "deg"},    {"degrés", "deg"},  {"degs", "deg"},
    {"radians", "rad"},   {"percent", "%"},     {"pct", "%"},       {"pour cent", "%"},
    {"m", "min"},         {"bps", "bit/s"},     {"Bps", "B/s"},     {"kbps", "kbit/s"},
    {"o/s", "B/s"},       {"ko/s", "kB/s"},
};
enum {
    N_HABITS = sizeof HABITS / sizeof HABITS[0]
};

static const char *unit_list(enum vg_quantity kind)
{
    static const char *const LISTS[N_KINDS] = {
        "us, ms, s, min, h, d",    "m, km, ft, nmi", "m/s, km/h, kt", "deg, °, rad", "%",
        "B/s, kB/s, bit/s, kbit/s"};
    return LISTS[kind];
}

static const struct unit *find_unit(enum vg_quantity kind, const char *name)
{
    for (int i = 0; i < N_UNITS; i++) {
        if (UNITS[i].kind == kind && strcmp(UNITS[i].name, name) == 0) {
            return &UNITS[i];
        }
    }
    return NULL;
}

/* The unit of this kind that was probably meant, or NULL. */
static const char *guess_unit(enum vg_quantity kind, const char *written)
{
    const char *names[N_UNITS + N_HABITS];
    const char *meant[N_UNITS + N_HABITS];
    int n = 0;
    for (int i = 0; i < N_HABITS; i++) {
        if (find_unit(kind, HABITS[i].meant) != NULL) {
            names[n] = HABITS[i].written;
            meant[n++] = HABITS[i].meant;
        }
    }
    for (int i = 0; i < N_UNITS; i++) {
        if (UNITS[i].kind == kind) {
            names[n] = UNITS[i].name;
            meant[n++] = UNITS[i].name;
        }
    }
    int k = vg_text_nearest(written, names, n);
    return k >= 0 ? meant[k] : NULL;
}

static enum vg_status fail_expected(enum vg_quantity kind, const char *text, struct vg_error *err)
{
    switch (kind) {
    case VG_Q_DURATION:
        return vg_fail(err, VG_E_FORMAT,
                       "expected a duration such as \"4h\" or \"1h 30min\", got \"%s\"", text);
    case VG_Q_LENGTH:
        return vg_fail(err, VG_E_FORMAT,
                       "expected a length such as \"2km\" or \"300 m\", got \"%s\"", text);
    case VG_Q_SPEED:
        return vg_fail(err, VG_E_FORMAT,
                       "expected a speed such as \"25 m/s\" or \"90 km/h\", got \"%s\"", text);
    case VG_Q_ANGLE:
        return vg_fail(err, VG_E_FORMAT, "expected an angle such as \"60deg\", got \"%s\"", text);
    case VG_Q_SHARE:
        return vg_fail(err, VG_E_FORMAT, "expected a share such as \"15%%\", got \"%s\"", text);
    case VG_Q_RATE:
        return vg_fail(err, VG_E_FORMAT, "expected a rate such as \"60 B/s\", got \"%s\"", text);
    }
    return vg_fail(err, VG_E_INTERNAL, "unknown kind of quantity");
}

static enum vg_status fail_unit(enum vg_quantity kind, const char *unit, const char *text,
                                struct vg_error *err)
{
    if (unit[0] == '\0') {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" has no unit; write one of: %s", text,
                       unit_list(kind));
    }
    const char *meant = guess_unit(kind, unit);
    if (meant != NULL) {
        return vg_fail(err, VG_E_FORMAT, "unknown unit \"%s\" in \"%s\"; did you mean \"%s\"?",
                       unit, text, meant);
    }
    return vg_fail(err, VG_E_FORMAT, "unknown unit \"%s\" in \"%s\"; write one of: %s", unit, text,
                   unit_list(kind));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_spaces(const char *p)
{
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    return p;
}

/* Digits, with a fraction or not. Not strtod: that follows the locale's decimal sign and takes
 * "nan" and "0x1p3". At most 15 digits, so mantissa and power of ten are exact and the one division
 * rounds correctly. Returns the end, NULL if it is no such number. */
static const char *read_decimal(const char *p, double *out)
{
    static const double TEN[MAX_DIGITS + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    double mantissa = 0;
    int n_digits = 0;
    int n_fraction = 0;
    if (!is_digit(*p)) {
        return NULL;
    }
    for (bool in_fraction = false;; p++) {
        if (*p == '.' && !in_fraction && is_digit(p[1])) {
            in_fraction = true;
            continue;
        }
        if (!is_digit(*p)) {
            break;
        }
        mantissa = mantissa * 10 + (*p - '0');
        n_digits++;
        n_fraction += in_fraction;
        if (n_digits > MAX_DIGITS) {
            return NULL;
        }
    }
    *out = mantissa / TEN[n_fraction];
    return p;
}

/* The unit ends before a space or the next part's number. Returns the end; unit "" if there is
 * none. */
static const char *read_unit(const char *p, char *unit, size_t size_bytes)
{
    size_t n = 0;
    while (p[n] != '\0' && p[n] != ' ' && p[n] != '\t' && !is_digit(p[n])) {
        n++;
    }
    vg_format(unit, size_bytes, "%.*s", (int)(n < size_bytes ? n : size_bytes - 1), p);
    return p + n;
}

static enum vg_status read_parts(enum vg_quantity kind, const char *text, const char *p,
                                 double *out, struct vg_error *err)
{
    double sum = 0;
    const struct unit *before = NULL;
    for (int i = 0; i < MAX_PARTS; i++) {
        double value = 0;
        char unit_text[32];
        p = read_decimal(p, &value);
        if (p == NULL) {
            return fail_expected(kind, text, err);
        }
        p = read_unit(skip_spaces(p), unit_text, sizeof unit_text);
        p = skip_spaces(p);
        const struct unit *unit = find_unit(kind, unit_text);
        if (unit == NULL && unit_text[0] == '\0' && value == 0 && *p == '\0' && i == 0) {
            *out = 0;
            return VG_OK;
        }
        if (unit == NULL) {
            return fail_unit(kind, unit_text, text, err);
        }
        if (before != NULL && (kind != VG_Q_DURATION || unit <= before)) {
            return fail_expected(kind, text, err);
        }
        sum += value * unit->num / unit->den;
        before = unit;
        if (*p == '\0') {
            *out = sum;
            return VG_OK;
        }
    }
    return fail_expected(kind, text, err);
}

enum vg_status vg_quantity_parse(enum vg_quantity kind, const char *text, double *out,
                                 struct vg_error *err)
{
    const char *p = skip_spaces(text);
    bool is_negative = *p == '-';
    if (is_negative && is_digit(p[1])) {
        if (kind != VG_Q_ANGLE) {
            return vg_fail(err, VG_E_FORMAT, "\"%s\" must not be negative", text);
        }
        p++;
    }
    double value = 0;
    enum vg_status status = read_parts(kind, text, p, &value, err);
    if (status == VG_OK) {
        *out = is_negative ? -value : value;
    }
    return status;
}

enum vg_status vg_quantity_duration(const char *text, double *out_s, struct vg_error *err)
{
    return vg_quantity_parse(VG_Q_DURATION, text, out_s, err);
}

enum vg_status vg_quantity_length(const char *text, double *out_m, struct vg_error *err)
{
    return vg_quantity_parse(VG_Q_LENGTH, text, out_m, err);
}
