#include "watch/rules.h"

#include "watch/track_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    JOIN_BINS = 8,
    MAX_UNSEEN = 64,
    REFRESH_S = 60
};
static const double LOW_BATTERY = 0.15;
static const double CHARGED = 0.30;

/* ---- one alert ---- */

static bool is_open(const struct vg_watch_alert *a)
{
    return strcmp(a->state, "closed") != 0;
}

static const char *param_text(const struct vg_watch_alert *a, const char *key)
{
    const char *s = json_string_value(json_object_get(a->params, key));
    return s != NULL ? s : "";
}

static double param_number(const struct vg_watch_alert *a, const char *key)
{
    const json_t *v = json_object_get(a->params, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static int find_open(const struct vg_watch *w, const char *kind, const char *key)
{
    for (int i = 0; i < w->n_alerts; i++) {
        const struct vg_watch_alert *a = &w->alerts[i];
        if (is_open(a) && strcmp(a->kind, kind) == 0 && strcmp(param_text(a, "drone"), key) == 0) {
            return i;
        }
    }
    return -1;
}

void vg_rules_send(struct vg_watch *w, const struct vg_rules_draft *d, vg_rules_emit_fn emit,
                   void *ctx)
{
    struct vg_buf b = {0};
    char fresh[16];
    vg_format(fresh, sizeof fresh, "A%d", w->next_alert > 0 ? w->next_alert : 1);
    vg_buf_puts(&b, "{\"id\":");
    vg_buf_json(&b, d->id != NULL ? d->id : fresh);
    vg_buf_printf(&b, ",\"kind\":\"%s\",\"level\":\"%s\",\"state\":\"%s\",\"by\":", d->kind,
                  d->level, d->state);
    vg_buf_json(&b, d->by);
    vg_buf_printf(&b, ",\"t_us\":%lld", (long long)d->t_us);
    if (isfinite(d->lat_deg) && isfinite(d->lon_deg)) {
        vg_buf_printf(&b, ",\"lat\":%.5f,\"lon\":%.5f", d->lat_deg, d->lon_deg);
    }
    if (d->params != NULL) {
        vg_buf_printf(&b, ",\"params\":%s", d->params);
    }
    vg_buf_puts(&b, "}");
    if (!b.is_failed) {
        emit(ctx, "alert", b.data, b.n);
    }
    vg_buf_finish(&b);
}

/* Send alert i again with another state, owner and parameters (NULL: as they are). */
static void resend(struct vg_watch *w, int i, const char *state, const char *by, const char *params,
                   vg_rules_emit_fn emit, void *ctx)
{
    struct vg_watch_alert a = w->alerts[i]; /* a copy: emit may move the list */
    struct vg_rules_draft d = {.id = a.id,
                               .kind = a.kind,
                               .level = a.level,
                               .state = state != NULL ? state : a.state,
                               .by = by != NULL ? by : a.by,
                               .t_us = a.t_us,
                               .lat_deg = a.lat_deg,
                               .lon_deg = a.lon_deg,
                               .params = params};
    vg_rules_send(w, &d, emit, ctx);
}

void vg_rules_raise(struct vg_watch *w, const char *kind, const char *level, const char *key,
                    const char *params, double lat_deg, double lon_deg, struct vg_us now,
                    vg_rules_emit_fn emit, void *ctx)
{
    int i = find_open(w, kind, key);
    if (i >= 0) {
        if (now.us - w->alerts[i].last_us >= REFRESH_S * VG_US_PER_S) {
            resend(w, i, NULL, NULL, params, emit, ctx);
        }
        return;
    }
    struct vg_rules_draft d = {.kind = kind,
                               .level = level,
                               .state = "open",
                               .by = "",
                               .t_us = now.us,
                               .lat_deg = lat_deg,
                               .lon_deg = lon_deg,
                               .params = params};
    vg_rules_send(w, &d, emit, ctx);
}

void vg_rules_renew(struct vg_watch *w, const char *kind, const char *key, const char *params,
                    vg_rules_emit_fn emit, void *ctx)
{
    int i = find_open(w, kind, key);
    if (i >= 0) {
        resend(w, i, NULL, NULL, params, emit, ctx);
    }
}

void vg_rules_close(struct vg_watch *w, const char *kind, const char *key, const char *by,
                    vg_rules_emit_fn emit, void *ctx)
{
    int i = find_open(w, kind, key);
    if (i >= 0) {
        resend(w, i, "closed", by, NULL, emit, ctx);
    }
}

enum vg_status vg_rules_set(struct vg_watch *w, const char *id, const char *state, const char *by,
                            vg_rules_emit_fn emit, void *ctx, struct vg_error *err)
{
    const struct vg_watch_alert *a = vg_watch_alert(w, id);
    if (a == NULL) {
        return vg_fail(err, VG_E_NOT_FOUND, "no alert \"%s\"", id);
    }
    if (!is_open(a)) {
        return vg_fail(err, VG_E_INVALID, "alert %s is closed already", id);
    }
    resend(w, (int)(a - w->alerts), state, by, NULL, emit, ctx);
    return VG_OK;
}

/* ---- ground unseen beyond its promise ---- */

struct gap {
    int first;
    int last;
    double age_s;
    double promise_s;
};

static bool is_overdue(const struct vg_watch *w, int bin, struct vg_us now, double *age_s,
                       double *revisit_s)
{
    int stretch = vg_shape_bin_stretch(&w->shape, bin);
    if (stretch < 0 || w->shape.stretches[stretch].is_unreachable) {
        return false;
    }
    *revisit_s = w->shape.stretches[stretch].revisit_s;
    *age_s = vg_watch_bin_age_s(w, bin, now);
    return *age_s > *revisit_s;
}

static int find_gaps(const struct vg_watch *w, struct vg_us now, struct gap *out)
{
    int n = 0;
    for (int b = 0; b < w->shape.n_bins; b++) {
        double age_s;
        double revisit_s;
        if (!is_overdue(w, b, now, &age_s, &revisit_s)) {
            continue;
        }
        struct gap *g = n > 0 ? &out[n - 1] : NULL;
        if (g != NULL && b - g->last <= JOIN_BINS &&
            w->shape.bin_line[b] == w->shape.bin_line[g->last]) {
            g->last = b;
            g->promise_s = age_s / revisit_s > g->age_s / g->promise_s ? revisit_s : g->promise_s;
            g->age_s = fmax(g->age_s, age_s);
        } else if (n < MAX_UNSEEN) {
            out[n++] = (struct gap){b, b, age_s, revisit_s};
        }
    }
    return n;
}

static bool covers(const struct vg_watch_sortie *s, int line, double from_m, double to_m)
{
    return s->line == line && fmin(s->from_m, s->to_m) < to_m && fmax(s->from_m, s->to_m) > from_m;
}

/* A column of which more than this was seen was flown over in full: all passes but one of the
 * stretch would not show so much. */
static double part_share(const struct vg_watch *w, int col)
{
    int stretch = w->shape.cols[col].stretch;
    int n = stretch < 0 ? 1 : w->shape.stretches[stretch].n_passes;
    return (n - 1 + 0.1) / n;
}

/* Why: the first cause that fits, the gravest first. Outputs the drone it is about ("" if none). */
static const char *find_cause(const struct vg_watch *w, const struct gap *g, struct vg_us now,
                              const char **out_drone)
{
    const struct vg_shape_line *l = &w->shape.lines[w->shape.bin_line[g->first]];
    double from_m = (g->first - l->first_bin) * w->shape.bin_m;
    double to_m = (g->last + 1 - l->first_bin) * w->shape.bin_m;
    const char *cause = NULL;
    for (int i = w->n_sorties - 1; i >= 0 && cause == NULL; i--) {
        const struct vg_watch_sortie *s = &w->sorties[i];
        const struct vg_watch_drone *d = vg_watch_drone(w, s->drone);
        if (s->ended_us == 0 && strcmp(s->state, "flying") == 0 &&
            covers(s, w->shape.bin_line[g->first], from_m, to_m)) {
            *out_drone = s->drone;
            cause = d != NULL && strcmp(d->state, "lost") == 0 ? "drone_lost" : "late";
        }
        if (d != NULL && d->dark_us != 0 && d->dark_us >= s->takeoff_us &&
            (s->ended_us == 0 || d->dark_us <= s->ended_us) &&
            now.us - d->dark_us < (int64_t)(g->promise_s * VG_US_PER_S) &&
            (cause == NULL || strcmp(cause, "late") == 0) &&
            covers(s, w->shape.bin_line[g->first], from_m, to_m)) {
            *out_drone = s->drone;
            cause = "dark";
        }
    }
    if (cause != NULL) {
        return cause;
    }
    *out_drone = "";
    uint32_t since_s = (uint32_t)fmax(0, (double)now.us / 1e6 - g->promise_s);
    int n_part = 0;
    int first = w->shape.bin_col[g->first];
    int end = w->shape.bin_col[g->last + 1];
    for (int c = first; c < end; c++) {
        n_part += vg_seen_col_share(&w->seen, c, since_s) > part_share(w, c);
    }
    return n_part * 2 > end - first ? "hidden" : "no_drone";
}

static void gap_params(const struct vg_watch *w, const struct gap *g, struct vg_us now,
                       struct vg_buf *out)
{
    const struct vg_shape_line *l = &w->shape.lines[w->shape.bin_line[g->first]];
    double to_m = fmin((g->last + 1 - l->first_bin) * w->shape.bin_m, l->length_m);
    const char *drone;
    const char *cause = find_cause(w, g, now, &drone);
    vg_buf_puts(out, "{\"line\":");
    vg_buf_json(out, l->name);
    vg_buf_printf(out,
                  ",\"first_bin\":%d,\"last_bin\":%d,\"from_km\":%.1f,\"to_km\":%.1f,"
                  "\"age_s\":%.0f,\"promise_s\":%.0f,\"cause\":\"%s\",\"of\":",
                  g->first, g->last, (g->first - l->first_bin) * w->shape.bin_m / 1000, to_m / 1000,
                  g->age_s, g->promise_s, cause);
    vg_buf_json(out, drone);
    vg_buf_puts(out, "}");
}

/* Bins that an open "unseen" alert covers. */
static bool touches(const struct vg_watch_alert *a, const struct gap *g)
{
    double first = param_number(a, "first_bin");
    double last = param_number(a, "last_bin");
    return is_open(a) && strcmp(a->kind, "unseen") == 0 && first <= g->last + JOIN_BINS &&
           last >= g->first - JOIN_BINS;
}

static void bin_place(const struct vg_watch *w, int bin, double *lat_deg, double *lon_deg)
{
    const struct vg_shape_line *l = &w->shape.lines[w->shape.bin_line[bin]];
    const json_t *line =
        json_array_get(json_object_get(w->description, "lines"), (size_t)(l - w->shape.lines));
    const json_t *s = json_object_get(line, "s_m");
    const json_t *at = json_object_get(line, "coordinates");
    double want_m = vg_shape_bin_m(&w->shape, bin);
    size_t k = 0;
    while (k + 1 < json_array_size(s) && json_number_value(json_array_get(s, k)) < want_m) {
        k++;
    }
    const json_t *p = json_array_get(at, k);
    *lon_deg = json_number_value(json_array_get(p, 0));
    *lat_deg = json_number_value(json_array_get(p, 1));
}

static void tell_gap(struct vg_watch *w, const struct gap *g, struct vg_us now,
                     vg_rules_emit_fn emit, void *ctx)
{
    int keep = -1;
    for (int i = 0; i < w->n_alerts; i++) {
        if (!touches(&w->alerts[i], g)) {
            continue;
        }
        if (keep < 0) {
            keep = i;
        } else {
            resend(w, i, "closed", "vigie", NULL, emit, ctx); /* two gaps grew into one */
        }
    }
    struct vg_buf params = {0};
    gap_params(w, g, now, &params);
    if (keep < 0) {
        struct vg_rules_draft d = {.kind = "unseen",
                                   .level = "urgent",
                                   .state = "open",
                                   .by = "",
                                   .t_us = now.us,
                                   .params = vg_buf_text(&params)};
        bin_place(w, (g->first + g->last) / 2, &d.lat_deg, &d.lon_deg);
        vg_rules_send(w, &d, emit, ctx);
    } else if (now.us - w->alerts[keep].last_us >= REFRESH_S * VG_US_PER_S) {
        resend(w, keep, NULL, NULL, vg_buf_text(&params), emit, ctx);
    }
    vg_buf_finish(&params);
}

static void step_unseen(struct vg_watch *w, struct vg_us now, vg_rules_emit_fn emit, void *ctx)
{
    struct gap gaps[MAX_UNSEEN];
    int n = find_gaps(w, now, gaps);
    for (int i = 0; i < w->n_alerts; i++) {
        bool is_still = !is_open(&w->alerts[i]) || strcmp(w->alerts[i].kind, "unseen") != 0;
        for (int k = 0; k < n && !is_still; k++) {
            is_still = touches(&w->alerts[i], &gaps[k]);
        }
        if (!is_still) {
            resend(w, i, "closed", "vigie", NULL, emit, ctx);
        }
    }
    for (int k = 0; k < n; k++) {
        tell_gap(w, &gaps[k], now, emit, ctx);
    }
}

/* ---- drones ---- */

static bool is_aloft(const struct vg_watch_drone *d)
{
    return strcmp(d->state, "flying") == 0 || strcmp(d->state, "launching") == 0 ||
           strcmp(d->state, "returning") == 0 || strcmp(d->state, "landing") == 0 ||
           strcmp(d->state, "lost") == 0;
}

static void silent_params(const struct vg_watch *w, const struct vg_watch_drone *d,
                          struct vg_buf *out)
{
    vg_buf_puts(out, "{\"drone\":");
    vg_buf_json(out, d->id);
    vg_buf_puts(out, ",\"sortie\":");
    vg_buf_json(out, d->sortie);
    const struct vg_watch_sortie *s = vg_watch_sortie(w, d->sortie);
    if (s != NULL && s->line >= 0) {
        vg_buf_puts(out, ",\"line\":");
        vg_buf_json(out, w->shape.lines[s->line].name);
        vg_buf_printf(out, ",\"from_km\":%.1f,\"to_km\":%.1f", fmin(s->from_m, s->to_m) / 1000,
                      fmax(s->from_m, s->to_m) / 1000);
    }
    vg_buf_puts(out, "}");
}

static void step_silence(struct vg_watch *w, int i, struct vg_us now, vg_rules_emit_fn emit,
                         void *ctx)
{
    static const struct {
        const char *link;
        const char *level;
    } table[] = {{"stale", "warning"}, {"lost", "urgent"}};
    const struct vg_watch_drone *d = &w->drones[i];
    for (size_t k = 0; k < 2; k++) {
        if (strcmp(d->link, table[k].link) == 0 && is_aloft(d)) {
            struct vg_buf params = {0};
            silent_params(w, d, &params);
            vg_rules_raise(w, table[k].link, table[k].level, d->id, vg_buf_text(&params),
                           d->lat_deg, d->lon_deg, now, emit, ctx);
            vg_buf_finish(&params);
        } else if (find_open(w, table[k].link, d->id) >= 0) {
            vg_rules_close(w, table[k].link, d->id, "vigie", emit, ctx);
        }
    }
}

static void step_battery(struct vg_watch *w, int i, struct vg_us now, vg_rules_emit_fn emit,
                         void *ctx)
{
    const struct vg_watch_drone *d = &w->drones[i];
    if (is_aloft(d) && d->battery < LOW_BATTERY) {
        char params[96];
        vg_format(params, sizeof params, "{\"drone\":\"%s\",\"battery\":%.2f}", d->id, d->battery);
        vg_rules_raise(w, "battery", "warning", d->id, params, d->lat_deg, d->lon_deg, now, emit,
                       ctx);
    } else if ((!is_aloft(d) || d->battery > CHARGED) && find_open(w, "battery", d->id) >= 0) {
        vg_rules_close(w, "battery", d->id, "vigie", emit, ctx);
    }
}

void vg_rules_step(struct vg_watch *w, struct vg_us now, vg_rules_emit_fn emit, void *ctx)
{
    if (w->description == NULL || w->start_us == 0) {
        return;
    }
    step_unseen(w, now, emit, ctx);
    for (int i = 0; i < w->n_drones; i++) {
        step_silence(w, i, now, emit, ctx);
        step_battery(w, i, now, emit, ctx);
    }
    vg_track_rules_step(w, now, emit, ctx);
}
