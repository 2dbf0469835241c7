#include "config/hours.h"

#include "base/numbers.h"

#include <math.h>
#include <string.h>

enum {
    HOUR_S = 3600,
    MINUTE_S = 60
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HH:MM" at the head of a text, up to most_h o'clock; negative if it is none. */
static double read_clock(const char *text, int most_h)
{
    if (strlen(text) < 5 || !is_digit(text[0]) || !is_digit(text[1]) || text[2] != ':' ||
        !is_digit(text[3]) || !is_digit(text[4])) {
        return -1;
    }
    int h = (text[0] - '0') * 10 + text[1] - '0';
    int m = (text[3] - '0') * 10 + text[4] - '0';
    return m < MINUTE_S && h * MINUTE_S + m <= most_h * MINUTE_S ? h * HOUR_S + m * MINUTE_S : -1;
}

/* "", "Z", "UTC", "+01:00": what is to be taken off to come to UTC. */
static bool read_zone(const char *text, double *out_s)
{
    static const int MOST_H = 14;
    *out_s = 0;
    text += strspn(text, " ");
    if (text[0] == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "UTC") == 0) {
        return true;
    }
    bool is_signed = text[0] == '+' || text[0] == '-';
    double offset_s = is_signed && strlen(text) == 6 ? read_clock(text + 1, MOST_H) : -1;
    *out_s = text[0] == '-' ? -offset_s : offset_s;
    return offset_s >= 0;
}

enum vg_status vg_hours_parse_time(const char *text, double *out_s, struct vg_error *err)
{
    double t_s = read_clock(text, 24);
    if (t_s < 0 || strlen(text) != 5) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" is no time of day; write it as \"05:30\"", text);
    }
    *out_s = vg_into_round(t_s, VG_DAY_S);
    return VG_OK;
}

enum vg_status vg_hours_parse_span(const char *text, struct vg_hours_span *out,
                                   struct vg_error *err)
{
    double from_s = read_clock(text, 24);
    double to_s = from_s >= 0 && text[5] == '-' ? read_clock(text + 6, 24) : -1;
    double zone_s = 0;
    if (to_s < 0 || !read_zone(text + 11, &zone_s)) {
        return vg_fail(err, VG_E_FORMAT,
                       "\"%s\" is no span of hours; write it as \"22:00-05:00\", which is UTC, or "
                       "as \"22:00-05:00 +01:00\" in the time of a zone",
                       text);
    }
    if (!(fabs(to_s - from_s) > 0)) {
        return vg_fail(err, VG_E_FORMAT,
                       "\"%s\" begins and ends at the same time; a whole day is \"00:00-24:00\"",
                       text);
    }
    double length_s = to_s > from_s ? to_s - from_s : to_s + VG_DAY_S - from_s;
    out->from_s = vg_into_round(from_s - zone_s, VG_DAY_S);
    out->to_s = out->from_s + length_s;
    return VG_OK;
}

/* Do the spans touch, b taken `turns` days later? Then a grows to hold both. */
static bool unite(struct vg_hours_span *a, const struct vg_hours_span *b, int turns)
{
    double from_s = b->from_s + turns * VG_DAY_S;
    double to_s = b->to_s + turns * VG_DAY_S;
    if (from_s > a->to_s || to_s < a->from_s) {
        return false;
    }
    a->from_s = fmin(a->from_s, from_s);
    a->to_s = fmin(fmax(a->to_s, to_s), a->from_s + VG_DAY_S);
    double moved_s = vg_into_round(a->from_s, VG_DAY_S) - a->from_s;
    a->from_s += moved_s;
    a->to_s += moved_s;
    return true;
}

bool vg_hours_add(struct vg_hours *self, struct vg_hours_span span)
{
    double moved_s = vg_into_round(span.from_s, VG_DAY_S) - span.from_s;
    span.from_s += moved_s;
    span.to_s += moved_s;
    for (int k = 0; k < self->n; k++) {
        for (int turns = -1; turns <= 1; turns++) {
            if (unite(&span, &self->spans[k], turns)) {
                self->spans[k] = self->spans[--self->n];
                k = -1;
                break;
            }
        }
    }
    if (self->n == VG_HOURS_MAX) {
        return false;
    }
    int at = self->n++;
    for (; at > 0 && self->spans[at - 1].from_s > span.from_s; at--) {
        self->spans[at] = self->spans[at - 1];
    }
    self->spans[at] = span;
    return true;
}

double vg_hours_left_s(const struct vg_hours *self)
{
    double left_s = VG_DAY_S;
    for (int k = 0; k < self->n; k++) {
        left_s -= self->spans[k].to_s - self->spans[k].from_s;
    }
    return left_s;
}

/* The span that holds t_s, or comes as near as edge_s, moved to its day; false: none. */
static bool find_span(const struct vg_hours *self, double t_s, double edge_s,
                      struct vg_hours_span *out)
{
    double r = vg_into_round(t_s, VG_DAY_S);
    for (int k = 0; k < self->n; k++) {
        for (int turns = -1; turns <= 1; turns++) {
            double at_s = r + turns * VG_DAY_S;
            const struct vg_hours_span *s = &self->spans[k];
            if (at_s > s->from_s - edge_s && at_s < s->to_s + edge_s) {
                *out = (struct vg_hours_span){s->from_s + t_s - at_s, s->to_s + t_s - at_s};
                return true;
            }
        }
    }
    return false;
}

bool vg_hours_hold(const struct vg_hours *self, double t_s)
{
    struct vg_hours_span span;
    return find_span(self, t_s, 0, &span);
}

void vg_hours_between(const struct vg_hours *self, double t_s, double *out_from_s, double *out_to_s)
{
    /* An edge itself is neither in nor out once it has been rounded: looked from a little beside
     * it.
     */
    static const double BESIDE_S = 0.5;
    struct vg_hours_span in;
    *out_from_s = -HUGE_VAL;
    *out_to_s = HUGE_VAL;
    if (find_span(self, t_s, BESIDE_S / 2, &in)) {
        t_s = t_s - in.from_s <= in.to_s - t_s ? in.from_s - BESIDE_S : in.to_s + BESIDE_S;
    }
    for (int k = 0; k < self->n; k++) {
        const struct vg_hours_span *s = &self->spans[k];
        *out_to_s = fmin(*out_to_s, t_s + vg_into_round(s->from_s - t_s, VG_DAY_S));
        *out_from_s = fmax(*out_from_s, t_s - vg_into_round(t_s - s->to_s, VG_DAY_S));
    }
}
