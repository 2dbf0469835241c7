#include "watch/tracks.h"

#include "base/json.h"
#include "base/numbers.h"
#include "track/track_json.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIST_ENDED_S = 3600,
    CROSS_GAP_S = 120, /* unseen for longer on the way from side to side: it may be another */
    SPELL_GAP_S = 60, /* seen again by the same within this: without a break */
    FIRST_STEP_S = 5 /* from one point of a way to the next, until it is thinned */
};

static const double SURE = 0.6; /* a class less likely than that is not named */
static const double SIDES_APART = 2.5; /* standard errors: nearer to the line no side is known */

enum vg_track_class vg_watch_track_class(const struct vg_watch_track *track)
{
    int best = 0;
    for (int i = 1; i < VG_TRACK_CLASSES; i++) {
        best = track->class_p[i] > track->class_p[best] ? i : best;
    }
    return track->class_p[best] >= SURE ? (enum vg_track_class)best : VG_TRACK_UNKNOWN;
}

double vg_watch_track_error_m(const struct vg_watch_track *track)
{
    const double *c = track->cov_m2;
    double mean = 0.5 * (c[0] + c[2]);
    return sqrt(VG_CHI2_95 * fmax(0, mean + hypot(0.5 * (c[0] - c[2]), c[1])));
}

bool vg_watch_track_is_over(const struct vg_watch_track *track)
{
    return strcmp(track->state, "ended") == 0;
}

struct vg_watch_track *vg_watch_track(const struct vg_watch *self, const char *id)
{
    for (int i = self->n_tracks - 1; i >= 0; i--) {
        if (strcmp(self->tracks[i].id, id) == 0) {
            return &self->tracks[i];
        }
    }
    return NULL;
}

/* ---- the fold ---- */

/* The one that can be spared most: over before not over, seen longest ago. */
static int find_spare(const struct vg_watch *self)
{
    int best = 0;
    for (int i = 1; i < self->n_tracks; i++) {
        const struct vg_watch_track *a = &self->tracks[i];
        const struct vg_watch_track *b = &self->tracks[best];
        bool is_a_over = vg_watch_track_is_over(a);
        bool is_b_over = vg_watch_track_is_over(b);
        if (is_a_over != is_b_over ? is_a_over : a->seen_us < b->seen_us) {
            best = i;
        }
    }
    return best;
}

static struct vg_watch_track *new_track(struct vg_watch *self, const char *id)
{
    if (self->n_tracks == VG_WATCH_TRACKS) {
        int i = find_spare(self);
        self->n_tracks--;
        memmove(self->tracks + i, self->tracks + i + 1,
                (size_t)(self->n_tracks - i) * sizeof *self->tracks);
    }
    if (self->n_tracks == self->cap_tracks) {
        int want = self->cap_tracks > 0 ? 2 * self->cap_tracks : 16;
        void *grown = realloc(self->tracks, (size_t)want * sizeof *self->tracks);
        if (grown == NULL) {
            return NULL;
        }
        self->tracks = grown;
        self->cap_tracks = want;
    }
    struct vg_watch_track *k = &self->tracks[self->n_tracks++];
    *k = (struct vg_watch_track){.line = -1, .trail_step_s = FIRST_STEP_S};
    vg_format(k->id, sizeof k->id, "%s", id);
    long long number = id[0] == 'T' ? strtoll(id + 1, NULL, 10) : 0;
    self->next_track =
        number >= self->next_track && number < LLONG_MAX ? number + 1 : self->next_track;
    return k;
}

static void add_trail(struct vg_watch_track *k, int64_t t_s)
{
    if (k->n_trail > 0 && t_s - k->trail[k->n_trail - 1].t_s < k->trail_step_s) {
        return;
    }
    if (k->n_trail == VG_WATCH_TRACK_TRAIL) {
        for (int i = 0; i < VG_WATCH_TRACK_TRAIL / 2; i++) {
            k->trail[i] = k->trail[2 * i];
        }
        k->n_trail = VG_WATCH_TRACK_TRAIL / 2;
        k->trail_step_s *= 2;
    }
    k->trail[k->n_trail++] = (struct vg_watch_fix){t_s, k->lat_deg, k->lon_deg};
    k->n_trail_new += k->n_trail_new < k->n_trail;
}

/* Who saw it when, without a break. */
static void add_spell(struct vg_watch_track *k, int64_t seen_s)
{
    struct vg_watch_spell *last = k->n_spells > 0 ? &k->spells[k->n_spells - 1] : NULL;
    if (last != NULL && seen_s <= last->to_s) {
        return;
    }
    if (last != NULL && strcmp(last->by, k->by) == 0 && seen_s - last->to_s <= SPELL_GAP_S) {
        last->to_s = seen_s;
        return;
    }
    if (k->n_spells == VG_WATCH_SPELLS) { /* the first one stays: it says how it began */
        memmove(k->spells + 1, k->spells + 2, (VG_WATCH_SPELLS - 2) * sizeof *k->spells);
        k->n_spells--;
    }
    struct vg_watch_spell *s = &k->spells[k->n_spells++];
    *s = (struct vg_watch_spell){.from_s = seen_s, .to_s = seen_s};
    memcpy(s->by, k->by, sizeof s->by);
}

/* On which side of the line it surely is, and whether that was another one before. */
static void take_side(struct vg_watch_track *k, struct vg_us t)
{
    int64_t gap_us = k->seen_us - k->side_us;
    if (k->line < 0 || !(fabs(k->side_m) >= SIDES_APART * k->side_sd_m)) {
        return;
    }
    int side = k->side_m < 0 ? -1 : 1;
    if (k->side != 0 && side != k->side && gap_us <= CROSS_GAP_S * VG_US_PER_S) {
        k->crossed_us = t.us;
    }
    k->side = side;
    k->side_us = k->seen_us;
}

static enum vg_status read_cov(const json_t *body, double cov[3], struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(body, "cov", &list, err);
    if (st != VG_OK) {
        return st;
    }
    for (size_t i = 0; i < 3; i++) {
        cov[i] = json_number_value(json_array_get(list, i));
    }
    bool is_good = json_array_size(list) == 3 && cov[0] > 0 && cov[2] > 0 &&
                   cov[0] * cov[2] >= cov[1] * cov[1];
    return is_good ? VG_OK
                   : vg_fail(err, VG_E_FORMAT, "\"cov\" is three numbers: xx, xy, yy, positive");
}

static double number_or(const json_t *o, const char *key, double fallback)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : fallback;
}

static void take_text(const json_t *o, const char *key, char *out, size_t size_bytes)
{
    const char *s = json_string_value(json_object_get(o, key));
    vg_format(out, size_bytes, "%s", s != NULL ? s : "");
}

static void take_numbers(const struct vg_watch *self, struct vg_watch_track *k, const json_t *body)
{
    const json_t *classes = json_object_get(body, "class");
    for (int i = 0; i < VG_TRACK_CLASSES; i++) {
        k->class_p[i] = number_or(classes, vg_track_class_name((enum vg_track_class)i), 0);
    }
    k->ve_mps = number_or(body, "ve", 0);
    k->vn_mps = number_or(body, "vn", 0);
    k->p_exist = number_or(body, "p", 0);
    k->born_us = (int64_t)number_or(body, "born_us", 0);
    k->seen_us = (int64_t)number_or(body, "seen_us", 0);
    k->looks = (int)number_or(body, "looks", 0);
    k->hits = (int)number_or(body, "hits", 0);
    k->relinked = (int)number_or(body, "relinked", 0);
    double line = number_or(body, "line", -1);
    k->line = line >= 0 && line < self->shape.n_lines ? (int)line : -1;
    k->s_m = number_or(body, "s", 0);
    k->side_m = number_or(body, "side", 0);
    k->side_sd_m = number_or(body, "sd", 0);
    k->closing_mps = number_or(body, "closing", 0);
    take_text(body, "motion", k->motion, sizeof k->motion);
    take_text(body, "by", k->by, sizeof k->by);
    take_text(body, "zone", k->zone, sizeof k->zone);
}

enum vg_status vg_apply_track(struct vg_watch *self, struct vg_us t, const json_t *body,
                              struct vg_error *err)
{
    const char *id;
    const char *state;
    double lat_deg;
    double lon_deg;
    double cov[3];
    enum vg_status st;
    if ((st = vg_json_text(body, "id", &id, err)) != VG_OK ||
        (st = vg_json_text(body, "state", &state, err)) != VG_OK ||
        (st = vg_json_number(body, "lat", -90, 90, &lat_deg, err)) != VG_OK ||
        (st = vg_json_number(body, "lon", -180, 180, &lon_deg, err)) != VG_OK ||
        (st = read_cov(body, cov, err)) != VG_OK) {
        return st;
    }
    struct vg_watch_track *k = vg_watch_track(self, id);
    if (k == NULL && (k = new_track(self, id)) == NULL) {
        return vg_no_memory(err);
    }
    vg_format(k->state, sizeof k->state, "%s", state);
    k->t_us = t.us;
    k->lat_deg = lat_deg;
    k->lon_deg = lon_deg;
    memcpy(k->cov_m2, cov, sizeof k->cov_m2);
    take_numbers(self, k, body);
    if (strcmp(k->state, "confirmed") == 0) { /* else it is foretold, not seen */
        add_trail(k, t.us / VG_US_PER_S);
        add_spell(k, k->seen_us / VG_US_PER_S);
        take_side(k, t);
    }
    k->is_changed = true;
    return VG_OK;
}

void vg_watch_track_end(const struct vg_watch_track *k, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"id\":");
    vg_buf_json(out, k->id);
    vg_buf_printf(out,
                  ",\"state\":\"ended\",\"lat\":%.6f,\"lon\":%.6f,\"ve\":%.2f,\"vn\":%.2f,"
                  "\"cov\":[%.2f,%.2f,%.2f],\"p\":%.3f,\"motion\":\"%s\",\"class\":{",
                  k->lat_deg, k->lon_deg, k->ve_mps, k->vn_mps, k->cov_m2[0], k->cov_m2[1],
                  k->cov_m2[2], k->p_exist, k->motion);
    for (int i = 0; i < VG_TRACK_CLASSES; i++) {
        vg_buf_printf(out, "%s\"%s\":%.3f", i > 0 ? "," : "",
                      vg_track_class_name((enum vg_track_class)i), k->class_p[i]);
    }
    vg_buf_puts(out, "},\"by\":");
    vg_buf_json(out, k->by);
    vg_buf_printf(out,
                  ",\"born_us\":%lld,\"seen_us\":%lld,\"looks\":%d,\"hits\":%d,\"relinked\":%d",
                  (long long)k->born_us, (long long)k->seen_us, k->looks, k->hits, k->relinked);
    if (k->line >= 0) {
        vg_buf_printf(out, ",\"line\":%d,\"s\":%.0f,\"side\":%.1f,\"sd\":%.1f", k->line, k->s_m,
                      k->side_m, k->side_sd_m);
    }
    vg_buf_puts(out, "}");
}

void vg_apply_track_alert(struct vg_watch *self, const char *id, const json_t *params)
{
    const json_t *list = json_object_get(params, "tracks");
    int stage = (int)number_or(params, "stage", 0);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        struct vg_watch_track *k = name != NULL ? vg_watch_track(self, name) : NULL;
        if (k != NULL) {
            k->told = stage > k->told ? stage : k->told;
            vg_format(k->alert, sizeof k->alert, "%s", id);
            k->is_changed = true;
        }
    }
}

/* ---- the views ---- */

static void put_text(struct vg_buf *out, const char *key, const char *value)
{
    vg_buf_printf(out, ",\"%s\":", key);
    vg_buf_json(out, value);
}

static void put_past(const struct vg_watch_track *k, bool is_delta, struct vg_buf *out)
{
    int n = is_delta && k->n_trail_new < k->n_trail ? k->n_trail_new : k->n_trail;
    vg_buf_puts(out, ",\"trail\":[");
    for (int i = k->n_trail - n; i < k->n_trail; i++) {
        vg_buf_printf(out, "%s[%lld,%.5f,%.5f]", i > k->n_trail - n ? "," : "",
                      (long long)k->trail[i].t_s, k->trail[i].lon_deg, k->trail[i].lat_deg);
    }
    vg_buf_puts(out, "],\"seen\":[");
    for (int i = 0; i < k->n_spells; i++) {
        vg_buf_puts(out, i > 0 ? ",[" : "[");
        vg_buf_json(out, k->spells[i].by);
        vg_buf_printf(out, ",%lld,%lld]", (long long)k->spells[i].from_s,
                      (long long)k->spells[i].to_s);
    }
    vg_buf_puts(out, "]");
}

void vg_view_track(const struct vg_watch_track *k, bool is_delta, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"id\":");
    vg_buf_json(out, k->id);
    put_text(out, "state", k->state);
    put_text(out, "by", k->by);
    put_text(out, "motion", k->motion);
    put_text(out, "zone", k->zone);
    put_text(out, "alert", k->alert);
    put_text(out, "class", vg_track_class_name(vg_watch_track_class(k)));
    vg_buf_printf(out, ",\"class_p\":{");
    for (int i = 0; i < VG_TRACK_CLASSES; i++) {
        vg_buf_printf(out, "%s\"%s\":%.3f", i > 0 ? "," : "",
                      vg_track_class_name((enum vg_track_class)i), k->class_p[i]);
    }
    vg_buf_printf(out,
                  "},\"t_us\":%lld,\"born_us\":%lld,\"seen_us\":%lld,\"crossed_us\":%lld,"
                  "\"lat\":%.6f,\"lon\":%.6f,\"ve\":%.2f,\"vn\":%.2f,\"cov\":[%.1f,%.1f,%.1f],"
                  "\"error_m\":%.1f,\"p\":%.3f,\"looks\":%d,\"hits\":%d,\"relinked\":%d",
                  (long long)k->t_us, (long long)k->born_us, (long long)k->seen_us,
                  (long long)k->crossed_us, k->lat_deg, k->lon_deg, k->ve_mps, k->vn_mps,
                  k->cov_m2[0], k->cov_m2[1], k->cov_m2[2], vg_watch_track_error_m(k), k->p_exist,
                  k->looks, k->hits, k->relinked);
    if (k->line >= 0) {
        vg_buf_printf(out, ",\"line\":%d,\"s_m\":%.0f,\"side_m\":%.0f", k->line, k->s_m, k->side_m);
    } else {
        vg_buf_puts(out, ",\"line\":null,\"s_m\":null,\"side_m\":null");
    }
    put_past(k, is_delta, out);
    vg_buf_puts(out, "}");
}

void vg_view_tracks(const struct vg_watch *w, struct vg_us now, struct vg_buf *out)
{
    int n = 0;
    vg_buf_puts(out, "\"tracks\":[");
    for (int i = 0; i < w->n_tracks; i++) {
        const struct vg_watch_track *k = &w->tracks[i];
        if (!vg_watch_track_is_over(k) || now.us - k->t_us < LIST_ENDED_S * VG_US_PER_S) {
            vg_buf_puts(out, n++ > 0 ? "," : "");
            vg_view_track(k, false, out);
        }
    }
    vg_buf_puts(out, "]");
}

void vg_view_changed_tracks(struct vg_watch *w, struct vg_buf *out)
{
    int n = 0;
    for (int i = 0; i < w->n_tracks; i++) {
        struct vg_watch_track *k = &w->tracks[i];
        if (k->is_changed) {
            vg_buf_puts(out, n++ > 0 ? "," : ",\"tracks\":[");
            vg_view_track(k, true, out);
            k->is_changed = false;
            k->n_trail_new = 0;
        }
    }
    vg_buf_puts(out, n > 0 ? "]" : "");
}
