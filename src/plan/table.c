#include "plan/table_priv.h"

#include "base/time.h"

#include <math.h>
#include <string.h>

enum {
    NAME_WIDTH = 20,
    NUMBER_WIDTH = 14
};

static const double DAY_S = 86400;

/* A row: the sorties of one base. */
struct row {
    const char *base;
    int n_drones;
    double sorties_a_day;
    double longest_s;
    double km_a_day; /* swept by all its drones */
};

static int width_of(const char *text)
{
    int n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

/* Left-aligned if width < 0. */
static void put_cell(struct vg_buf *out, const char *text, int width)
{
    int pad = (width < 0 ? -width : width) - width_of(text);
    if (width < 0) {
        vg_buf_puts(out, text);
    }
    for (int k = 0; k < pad; k++) {
        vg_buf_puts(out, " ");
    }
    if (width >= 0) {
        vg_buf_puts(out, text);
    }
}

static void put_number(struct vg_buf *out, double x)
{
    char text[32];
    vg_format(text, sizeof text, "%.0f", x);
    put_cell(out, text, NUMBER_WIDTH);
}

static void put_duration(struct vg_buf *out, double s)
{
    char text[48];
    put_cell(out, vg_duration_format(s, text, sizeof text), NUMBER_WIDTH);
}

static bool belongs(const struct row *row, const struct vg_plan_sortie *so)
{
    return strcmp(row->base, so->base_from) == 0;
}

static bool is_first_of_row(const struct vg_plan *plan, int k, struct row *out)
{
    *out = (struct row){.base = plan->sorties[k].base_from};
    for (int j = 0; j < k; j++) {
        if (belongs(out, &plan->sorties[j])) {
            return false;
        }
    }
    return true;
}

static void fill_row(const struct vg_plan *plan, struct row *row)
{
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        if (!belongs(row, so)) {
            continue;
        }
        bool is_new = true;
        for (int j = 0; j < k && is_new; j++) {
            is_new =
                !belongs(row, &plan->sorties[j]) || strcmp(plan->sorties[j].drone, so->drone) != 0;
        }
        row->n_drones += is_new;
        row->sorties_a_day += DAY_S / so->period_s;
        row->longest_s = fmax(row->longest_s, so->land_s - so->takeoff_s);
        for (int v = 0; v < so->n_visits; v++) {
            row->km_a_day +=
                fabs(so->visits[v].to_m - so->visits[v].from_m) / 1000 * DAY_S / so->period_s;
        }
    }
}

/* Where drones go from base to base each counts where it is at home. */
static int n_at_home(const struct vg_watchfile *watch, const char *base)
{
    int n = 0;
    for (int d = 0; d < watch->n_drones; d++) {
        n += strcmp(watch->bases[watch->drones[d].base].name, base) == 0;
    }
    return n;
}

static void put_wandering(const struct vg_plan *plan, enum vg_lang lang, struct vg_buf *out)
{
    double elsewhere = 0;
    double all = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        all += DAY_S / so->period_s;
        elsewhere += strcmp(so->base_from, so->base_to) != 0 ? DAY_S / so->period_s : 0;
    }
    vg_buf_printf(out,
                  vg_tr(lang, "%.0f of %.0f flights a day land at another base than they took off "
                              "from\n"),
                  elsewhere, all);
}

static void put_rows(const struct vg_plan *plan, const struct vg_watchfile *watch,
                     enum vg_lang lang, struct vg_buf *out)
{
    bool does_wander = vg_plan_wanders(plan);
    put_cell(out, vg_tr(lang, "base"), -NAME_WIDTH);
    put_cell(out, vg_tr(lang, "drones"), NUMBER_WIDTH);
    put_cell(out, vg_tr(lang, "sorties a day"), NUMBER_WIDTH);
    put_cell(out, vg_tr(lang, "longest"), NUMBER_WIDTH);
    put_cell(out, vg_tr(lang, "km a day"), NUMBER_WIDTH);
    vg_buf_puts(out, "\n");
    for (int k = 0; k < plan->n_sorties; k++) {
        struct row row;
        if (!is_first_of_row(plan, k, &row)) {
            continue;
        }
        fill_row(plan, &row);
        row.n_drones = does_wander ? n_at_home(watch, row.base) : row.n_drones;
        put_cell(out, row.base, -NAME_WIDTH);
        put_number(out, row.n_drones);
        put_number(out, row.sorties_a_day);
        put_duration(out, row.longest_s);
        put_number(out, row.km_a_day);
        vg_buf_puts(out, "\n");
    }
    if (does_wander) {
        put_wandering(plan, lang, out);
    }
}

static double reachable_m(const struct vg_plan *plan)
{
    double sum = 0;
    for (int k = 0; k < plan->n_stretches; k++) {
        sum += plan->stretches[k].is_unreachable
                   ? 0
                   : plan->stretches[k].to_m - plan->stretches[k].from_m;
    }
    return sum;
}

static void put_promise(const struct vg_plan *plan, double promise_s, enum vg_lang lang,
                        struct vg_buf *out)
{
    char gap[48];
    char wanted[48];
    char bound[48];
    char ratio[32];
    vg_duration_format(plan->worst_gap_s, gap, sizeof gap);
    vg_duration_format(promise_s, wanted, sizeof wanted);
    vg_duration_format(plan->bound_s, bound, sizeof bound);
    bool is_kept = plan->worst_gap_s <= promise_s;
    vg_buf_printf(
        out,
        is_kept ? vg_tr(lang, "promise: no point unseen longer than %s; wanted %s: kept\n")
                : vg_tr(lang, "promise: no point unseen longer than %s; wanted %s: NOT kept\n"),
        gap, wanted);
    if (plan->bound_s > 0) {
        vg_buf_printf(
            out,
            vg_tr(lang, "bound: no such plan can do better than %s; this one is %s times that\n"),
            bound, vg_decimal_format(lang, plan->ratio, 2, ratio, sizeof ratio));
    }
}

/* "22:00-05:00, 12:00-13:00 UTC" */
static void put_spans(const struct vg_hours *hours, struct vg_buf *out)
{
    for (int k = 0; k < hours->n; k++) {
        int from = (int)lround(hours->spans[k].from_s / 60);
        int to = (int)lround(fmod(hours->spans[k].to_s, VG_DAY_S) / 60);
        vg_buf_printf(out, "%s%02d:%02d-%02d:%02d", k > 0 ? ", " : "", from / 60, from % 60,
                      to / 60, to % 60);
    }
    vg_buf_puts(out, " UTC");
}

/* Hours of work a day, and the drones they are for. */
static void put_maintenance(const struct vg_plan *plan, enum vg_lang lang, struct vg_buf *out)
{
    char hours[32];
    double sum_s = 0;
    for (int k = 0; k < plan->n_slots; k++) {
        const struct vg_plan_slot *x = &plan->slots[k];
        sum_s += (x->to_s - x->from_s) * VG_DAY_S / x->period_s;
    }
    vg_buf_printf(out, vg_tr(lang, "maintenance: %s h of work a day, each drone in its turn\n"),
                  vg_decimal_format(lang, sum_s / VG_HOUR_S, 1, hours, sizeof hours));
}

/* Closed hours and daylight, and what they cost. */
static void put_clock(const struct vg_plan *plan, const struct vg_watchfile *watch,
                      enum vg_lang lang, struct vg_buf *out)
{
    for (int b = 0; b < watch->n_bases && plan->is_clocked; b++) {
        if (watch->bases[b].closed.n > 0) {
            vg_buf_printf(out, vg_tr(lang, "closed: %s "), watch->bases[b].name);
            put_spans(&watch->bases[b].closed, out);
            vg_buf_puts(out, "\n");
        }
    }
    if (plan->has_daylight) {
        char from[VG_TIME_TEXT_SIZE];
        char to[VG_TIME_TEXT_SIZE];
        int64_t day_us = VG_DAY_S * VG_US_PER_S;
        vg_time_format(vg_us(plan->daylight_day * day_us), from, sizeof from);
        vg_time_format(vg_us((plan->daylight_day + VG_DAYLIGHT_DAYS - 1) * day_us), to, sizeof to);
        vg_buf_printf(
            out, vg_tr(lang, "daylight: cameras that need it see with that of %.10s to %.10s\n"),
            from, to);
    }
    if (watch->has_wind_hours) {
        vg_buf_puts(out, vg_tr(lang, "wind: by the hour\n"));
    }
    if (plan->n_slots > 0) {
        put_maintenance(plan, lang, out);
    }
    if (plan->blind_s > 0) {
        char blind[48];
        char by_day[48];
        vg_duration_format(plan->blind_s, blind, sizeof blind);
        vg_duration_format(plan->by_day_s, by_day, sizeof by_day);
        vg_buf_printf(out,
                      vg_tr(lang,
                            "cost: these hours alone leave some place unseen for %s; at other "
                            "times of day no point waits longer than %s\n"),
                      blind, by_day);
    }
}

void vg_plan_table(const struct vg_plan *plan, const struct vg_watchfile *watch, double promise_s,
                   enum vg_lang lang, struct vg_buf *out)
{
    double line_m = vg_network_length_m(&watch->network);
    vg_buf_printf(
        out, vg_tr(lang, "%s: %.0f km of line, %.0f km within reach; %d drones at %d bases\n"),
        watch->name, line_m / 1000, reachable_m(plan) / 1000, watch->n_drones, watch->n_bases);
    put_promise(plan, promise_s, lang, out);
    put_clock(plan, watch, lang, out);
    vg_buf_puts(out, "\n");
    put_rows(plan, watch, lang, out);
    vg_plan_table_stretches(plan, watch, lang, out);
}
