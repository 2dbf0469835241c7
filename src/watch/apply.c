#include "watch/apply.h"

#include "terrain/grade.h"
#include "watch/tracks.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ALOFT_AGL_M = 20; /* lower than this a drone stands at its base */

static const double CM_SLACK = 0.98; /* whole centimetres, rounded up, are of the grade they were */

enum {
    TRAIL_EVERY_S = 5,
    MARK_EVERY_S = 10,
    SIGHT_AGAIN_S = 600, /* a bin seen again within this is the same sighting */
    MAX_SORTIES = 4096,
    MAX_ALERTS = 4096
};

/* Copy a text member if it is there. */
static void take_text(const json_t *o, const char *key, char *out, size_t size_bytes)
{
    const char *s = json_string_value(json_object_get(o, key));
    if (s != NULL) {
        vg_format(out, size_bytes, "%s", s);
    }
}

static void take_int(const json_t *o, const char *key, int64_t *out)
{
    const json_t *v = json_object_get(o, key);
    if (json_is_number(v)) {
        *out = (int64_t)json_number_value(v);
    }
}

static double number_or_nan(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

/* Room for one more of the elements at *data. */
static bool make_room(void **data, int n, int *cap, size_t size_bytes)
{
    if (n < *cap) {
        return true;
    }
    int want = *cap < 64 ? 64 : *cap * 2;
    void *grown = realloc(*data, (size_t)want * size_bytes);
    if (grown == NULL) {
        return false;
    }
    *data = grown;
    *cap = want;
    return true;
}

static void add_trail(struct vg_watch_drone *d, int64_t t_s)
{
    int last = (d->trail_first + d->n_trail - 1) % VG_WATCH_TRAIL;
    if (d->n_trail > 0 && t_s - d->trail[last].t_s < TRAIL_EVERY_S) {
        return;
    }
    int at = (d->trail_first + d->n_trail) % VG_WATCH_TRAIL;
    d->trail[at] = (struct vg_watch_fix){t_s, d->lat_deg, d->lon_deg};
    if (d->n_trail < VG_WATCH_TRAIL) {
        d->n_trail++;
    } else {
        d->trail_first = (d->trail_first + 1) % VG_WATCH_TRAIL;
    }
    d->n_trail_new = d->n_trail_new < VG_WATCH_TRAIL ? d->n_trail_new + 1 : VG_WATCH_TRAIL;
}

static void add_mark(struct vg_watch *self, int drone, int64_t t_s, double axis_m)
{
    const struct vg_watch_mark *last = NULL;
    int oldest = self->n_marks > 4 * self->n_drones ? self->n_marks - 4 * self->n_drones : 0;
    for (int i = self->n_marks - 1; i >= oldest && last == NULL; i--) {
        last = self->marks[i].drone == drone ? &self->marks[i] : NULL;
    }
    bool is_off = isnan(axis_m);
    bool was_off = last == NULL || isnan(last->axis_m);
    if ((is_off && was_off) || (!is_off && !was_off && t_s - last->t_s < MARK_EVERY_S)) {
        return;
    }
    if (make_room((void **)&self->marks, self->n_marks, &self->cap_marks, sizeof *self->marks)) {
        self->marks[self->n_marks++] = (struct vg_watch_mark){t_s, axis_m, drone};
    }
}

static void add_sight(struct vg_watch *self, int bin, int64_t t_s, uint32_t before_s)
{
    if (before_s != 0 && t_s - (int64_t)before_s < SIGHT_AGAIN_S) {
        return;
    }
    if (make_room((void **)&self->sights, self->n_sights, &self->cap_sights,
                  sizeof *self->sights)) {
        self->sights[self->n_sights++] = (struct vg_watch_sight){t_s, bin};
    }
}

/* Drop chart history older than keep_s, half a history at a time so that it costs nothing on
 * average. */
static void prune_chart(struct vg_watch *self, int64_t now_s)
{
    int64_t limit_s = now_s - self->keep_s;
    int k = 0;
    if (self->n_marks > 1024 && self->marks[self->n_marks / 2].t_s < limit_s) {
        while (k < self->n_marks && self->marks[k].t_s < limit_s) {
            k++;
        }
        self->n_marks -= k;
        memmove(self->marks, self->marks + k, (size_t)self->n_marks * sizeof *self->marks);
    }
    k = 0;
    if (self->n_sights > 1024 && self->sights[self->n_sights / 2].t_s < limit_s) {
        while (k < self->n_sights && self->sights[k].t_s < limit_s) {
            k++;
        }
        self->n_sights -= k;
        memmove(self->sights, self->sights + k, (size_t)self->n_sights * sizeof *self->sights);
    }
}

static void mark_run(struct vg_watch *self, const int v[VG_SAW_RUN], int64_t t_s)
{
    int grade = v[4] > 0 ? vg_grade_of_gsd(v[4] / 100.0 * CM_SLACK) : VG_GRADE_UNKNOWN;
    int end = v[1] < self->shape.n_cols ? v[1] : self->shape.n_cols;
    for (int c = v[0] < 0 ? 0 : v[0]; c < end; c++) {
        uint32_t before_s = self->seen.bin_s[self->shape.cols[c].bin];
        int bin = vg_seen_mark(&self->seen, c, v[2], v[3], grade, (uint32_t)t_s);
        if (bin >= 0) {
            self->bin_dirty[bin] = 1;
            add_sight(self, bin, t_s, before_s);
        }
    }
}

void vg_apply_saw(struct vg_watch *self, struct vg_us t, struct vg_saw saw)
{
    int v[VG_SAW_RUN];
    while (vg_saw_next(&saw, v)) {
        mark_run(self, v, t.us / VG_US_PER_S);
    }
}

/* A list that is not as the station writes it. */
static void mark_seen(struct vg_watch *self, const json_t *runs, int64_t t_s)
{
    size_t n = json_array_size(runs) / VG_SAW_RUN;
    for (size_t i = 0; i < n; i++) {
        int v[VG_SAW_RUN];
        for (size_t k = 0; k < VG_SAW_RUN; k++) {
            v[k] = (int)json_integer_value(json_array_get(runs, VG_SAW_RUN * i + k));
        }
        mark_run(self, v, t_s);
    }
}

static void take_footprint(struct vg_watch_drone *d, const json_t *ring)
{
    size_t n = json_array_size(ring);
    d->n_footprint = 0;
    for (size_t i = 0; i < n && i < VG_WATCH_FOOTPRINT; i++) {
        const json_t *p = json_array_get(ring, i);
        d->footprint[i][0] = json_number_value(json_array_get(p, 0));
        d->footprint[i][1] = json_number_value(json_array_get(p, 1));
        d->n_footprint++;
    }
}

enum vg_status vg_apply_pose(struct vg_watch *self, struct vg_us t, const json_t *body,
                             struct vg_error *err)
{
    const char *id;
    double lat_deg;
    double lon_deg;
    enum vg_status st;
    if ((st = vg_json_text(body, "d", &id, err)) != VG_OK ||
        (st = vg_json_number(body, "lat", -90, 90, &lat_deg, err)) != VG_OK ||
        (st = vg_json_number(body, "lon", -180, 180, &lon_deg, err)) != VG_OK) {
        return st;
    }
    struct vg_watch_drone *d = vg_watch_drone(self, id);
    if (d == NULL) {
        return vg_fail(err, VG_E_NOT_FOUND, "no drone \"%s\"", id);
    }
    int64_t t_s = t.us / VG_US_PER_S;
    d->lat_deg = lat_deg;
    d->lon_deg = lon_deg;
    d->alt_msl_m = number_or_nan(body, "alt");
    d->agl_m = number_or_nan(body, "agl");
    d->heading_true_deg = number_or_nan(body, "hdg");
    d->ground_speed_mps = number_or_nan(body, "spd");
    d->battery = number_or_nan(body, "bat");
    double line = number_or_nan(body, "line");
    d->line = line >= 0 && line < self->shape.n_lines ? (int)line : -1;
    d->s_m = d->line >= 0 ? number_or_nan(body, "s") : (double)NAN;
    d->heard_us = t.us;
    d->dark_us = json_is_true(json_object_get(body, "dark")) ? t.us : d->dark_us;
    take_footprint(d, json_object_get(body, "fp"));
    add_trail(d, t_s);
    bool is_passing = d->line >= 0 && !(d->agl_m < ALOFT_AGL_M);
    add_mark(self, (int)(d - self->drones), t_s,
             is_passing ? self->shape.lines[d->line].offset_m + d->s_m : (double)NAN);
    mark_seen(self, json_object_get(body, "saw"), t_s);
    prune_chart(self, t_s);
    d->is_changed = true;
    return VG_OK;
}

static void take_links(struct vg_watch_drone *d, const json_t *list)
{
    if (!json_is_array(list)) {
        return;
    }
    size_t n = json_array_size(list);
    d->n_links = 0;
    for (size_t i = 0; i < n && i < VG_WATCH_LINKS; i++) {
        const json_t *o = json_array_get(list, i);
        struct vg_watch_link *l = &d->links[d->n_links++];
        *l = (struct vg_watch_link){.is_used = json_is_true(json_object_get(o, "used")),
                                    .is_satellite = json_is_true(json_object_get(o, "satellite")),
                                    .delay_ms = number_or_nan(o, "delay_ms"),
                                    .loss = number_or_nan(o, "loss"),
                                    .rssi_pct = number_or_nan(o, "rssi"),
                                    .remote_rssi_pct = number_or_nan(o, "remote_rssi"),
                                    .noise_pct = number_or_nan(o, "noise"),
                                    .buffer_free_pct = number_or_nan(o, "buffer_free")};
        take_text(o, "to", l->to, sizeof l->to);
        take_text(o, "state", l->state, sizeof l->state);
    }
}

enum vg_status vg_apply_drone(struct vg_watch *self, struct vg_us t, const json_t *body,
                              struct vg_error *err)
{
    (void)t;
    const char *id;
    enum vg_status st = vg_json_text(body, "id", &id, err);
    if (st != VG_OK) {
        return st;
    }
    struct vg_watch_drone *d = vg_watch_drone(self, id);
    if (d == NULL) {
        return vg_fail(err, VG_E_NOT_FOUND, "no drone \"%s\"", id);
    }
    take_text(body, "state", d->state, sizeof d->state);
    take_text(body, "phase", d->phase, sizeof d->phase);
    take_text(body, "link", d->link, sizeof d->link);
    take_text(body, "mode", d->mode, sizeof d->mode);
    take_text(body, "sortie", d->sortie, sizeof d->sortie);
    take_text(body, "next", d->next, sizeof d->next);
    take_text(body, "note", d->note, sizeof d->note);
    take_text(body, "signed", d->signed_word, sizeof d->signed_word);
    take_links(d, json_object_get(body, "links"));
    take_int(body, "next_us", &d->next_us);
    take_int(body, "heard_us", &d->heard_us);
    const json_t *armed = json_object_get(body, "armed");
    d->is_armed = armed != NULL ? json_is_true(armed) : d->is_armed;
    d->is_changed = true;
    return VG_OK;
}

static bool is_over(const char *state)
{
    return strcmp(state, "landed") == 0 || strcmp(state, "missed") == 0 ||
           strcmp(state, "aborted") == 0;
}

static struct vg_watch_sortie *new_sortie(struct vg_watch *self, const char *id)
{
    if (self->n_sorties >= MAX_SORTIES) { /* the oldest half has long been seen off */
        int drop = MAX_SORTIES / 2;
        self->n_sorties -= drop;
        memmove(self->sorties, self->sorties + drop,
                (size_t)self->n_sorties * sizeof *self->sorties);
    }
    if (!make_room((void **)&self->sorties, self->n_sorties, &self->cap_sorties,
                   sizeof *self->sorties)) {
        return NULL;
    }
    struct vg_watch_sortie *s = &self->sorties[self->n_sorties++];
    *s = (struct vg_watch_sortie){.line = -1};
    vg_format(s->id, sizeof s->id, "%s", id);
    return s;
}

enum vg_status vg_apply_sortie(struct vg_watch *self, struct vg_us t, const json_t *body,
                               struct vg_error *err)
{
    const char *id;
    const char *state;
    enum vg_status st;
    if ((st = vg_json_text(body, "id", &id, err)) != VG_OK ||
        (st = vg_json_text(body, "state", &state, err)) != VG_OK) {
        return st;
    }
    struct vg_watch_sortie *s = vg_watch_sortie(self, id);
    if (s == NULL && (s = new_sortie(self, id)) == NULL) {
        return vg_no_memory(err);
    }
    vg_format(s->state, sizeof s->state, "%s", state);
    take_text(body, "drone", s->drone, sizeof s->drone);
    take_text(body, "base_from", s->base_from, sizeof s->base_from);
    take_text(body, "base_to", s->base_to, sizeof s->base_to);
    take_text(body, "consent", s->consent, sizeof s->consent);
    take_text(body, "reason", s->reason, sizeof s->reason);
    take_int(body, "takeoff_us", &s->takeoff_us);
    take_int(body, "land_us", &s->land_us);
    double line = number_or_nan(body, "line");
    if (line >= 0 && line < self->shape.n_lines) {
        s->line = (int)line;
        s->from_m = number_or_nan(body, "from_m");
        s->to_m = number_or_nan(body, "to_m");
    }
    s->ended_us = is_over(state) ? (s->ended_us != 0 ? s->ended_us : t.us) : 0;
    s->is_changed = true;
    return VG_OK;
}

static struct vg_watch_alert *new_alert(struct vg_watch *self, const char *id)
{
    if (self->n_alerts >= MAX_ALERTS) {
        int drop = MAX_ALERTS / 2;
        for (int i = 0; i < drop; i++) {
            json_decref(self->alerts[i].params);
        }
        self->n_alerts -= drop;
        memmove(self->alerts, self->alerts + drop, (size_t)self->n_alerts * sizeof *self->alerts);
    }
    if (!make_room((void **)&self->alerts, self->n_alerts, &self->cap_alerts,
                   sizeof *self->alerts)) {
        return NULL;
    }
    struct vg_watch_alert *a = &self->alerts[self->n_alerts++];
    *a = (struct vg_watch_alert){.lat_deg = (double)NAN, .lon_deg = (double)NAN};
    vg_format(a->id, sizeof a->id, "%s", id);
    long number = id[0] == 'A' ? strtol(id + 1, NULL, 10) : 0;
    self->next_alert =
        number >= self->next_alert && number < INT_MAX ? (int)number + 1 : self->next_alert;
    return a;
}

enum vg_status vg_apply_alert(struct vg_watch *self, struct vg_us t, const json_t *body,
                              struct vg_error *err)
{
    const char *id;
    const char *state;
    const char *kind;
    enum vg_status st;
    if ((st = vg_json_text(body, "id", &id, err)) != VG_OK ||
        (st = vg_json_text(body, "kind", &kind, err)) != VG_OK ||
        (st = vg_json_text(body, "state", &state, err)) != VG_OK) {
        return st;
    }
    struct vg_watch_alert *a = vg_watch_alert(self, id);
    if (a == NULL && (a = new_alert(self, id)) == NULL) {
        return vg_no_memory(err);
    }
    vg_format(a->kind, sizeof a->kind, "%s", kind);
    vg_format(a->state, sizeof a->state, "%s", state);
    take_text(body, "level", a->level, sizeof a->level);
    take_text(body, "by", a->by, sizeof a->by);
    take_int(body, "t_us", &a->t_us);
    a->last_us = t.us;
    a->lat_deg = number_or_nan(body, "lat");
    a->lon_deg = number_or_nan(body, "lon");
    json_t *params = json_object_get(body, "params");
    if (params != NULL) {
        json_decref(a->params);
        a->params = json_incref(params);
    }
    if (strcmp(kind, "track") == 0) {
        vg_apply_track_alert(self, id, a->params);
    }
    a->is_changed = true;
    return VG_OK;
}
