#include "watch/watch.h"

#include "base/sha256.h"
#include "watch/apply.h"
#include "watch/tracks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEEP_S = 2 * 86400,
    REST_MAX = 4096 /* a pose without its cells is under 1 kB */
};
static const double AT_RISK = 0.85; /* share of a promise from which a stretch is at risk */

void vg_watch_finish(struct vg_watch *self)
{
    for (int i = 0; i < self->n_alerts; i++) {
        json_decref(self->alerts[i].params);
    }
    free(self->alerts);
    free(self->tracks);
    free(self->sorties);
    free(self->drones);
    free(self->marks);
    free(self->sights);
    free(self->bin_dirty);
    json_decref(self->description);
    vg_seen_finish(&self->seen);
    vg_shape_finish(&self->shape);
    *self = (struct vg_watch){0};
}

static void name_drones(struct vg_watch *self, const json_t *list)
{
    for (int i = 0; i < self->n_drones; i++) {
        struct vg_watch_drone *d = &self->drones[i];
        const json_t *id = json_object_get(json_array_get(list, (size_t)i), "id");
        vg_format(d->id, sizeof d->id, "%s", json_is_string(id) ? json_string_value(id) : "?");
        vg_format(d->state, sizeof d->state, "absent");
        vg_format(d->link, sizeof d->link, "never");
        d->lat_deg = d->lon_deg = d->alt_msl_m = d->agl_m = (double)NAN;
        d->heading_true_deg = d->ground_speed_mps = d->battery = d->s_m = (double)NAN;
        d->line = -1;
        d->is_changed = true;
    }
}

/* The ground that was seen stays seen when the same strip is described again (a new plan, a
 * restart). */
static enum vg_status carry_over(struct vg_watch *old, struct vg_watch *fresh, struct vg_error *err)
{
    enum vg_status st = vg_seen_init(&fresh->seen, &fresh->shape, err);
    if (st != VG_OK) {
        return st;
    }
    fresh->seen.coarsest_grade = old->seen.coarsest_grade;
    const struct vg_shape *a = &old->shape;
    const struct vg_shape *b = &fresh->shape;
    if (old->description != NULL && a->n_cols == b->n_cols && a->n_bins == b->n_bins &&
        a->cols[a->n_cols].cell == b->cols[b->n_cols].cell) {
        vg_seen_copy(&fresh->seen, &old->seen);
        fresh->sights = old->sights;
        fresh->n_sights = old->n_sights;
        fresh->cap_sights = old->cap_sights;
        old->sights = NULL;
    }
    fresh->alerts = old->alerts;
    fresh->n_alerts = old->n_alerts;
    fresh->cap_alerts = old->cap_alerts;
    old->alerts = NULL;
    old->n_alerts = 0;
    fresh->tracks = old->tracks;
    fresh->n_tracks = old->n_tracks;
    fresh->cap_tracks = old->cap_tracks;
    old->tracks = NULL;
    for (int i = 0; i < fresh->n_tracks; i++) {
        fresh->tracks[i].line = fresh->tracks[i].line < b->n_lines ? fresh->tracks[i].line : -1;
    }
    fresh->sorties = old->sorties;
    fresh->n_sorties = old->n_sorties;
    fresh->cap_sorties = old->cap_sorties;
    old->sorties = NULL;
    return VG_OK;
}

/* The same description again changes nothing; another keeps what still fits. */
static enum vg_status apply_watch(struct vg_watch *self, json_t *doc, const char *body, size_t n,
                                  struct vg_error *err)
{
    uint8_t digest[32];
    vg_sha256(body, n, digest);
    if (self->description != NULL && memcmp(digest, self->digest, sizeof digest) == 0) {
        return VG_OK;
    }
    struct vg_watch fresh = {.start_us = self->start_us,
                             .now_us = self->now_us,
                             .is_running = self->is_running,
                             .next_alert = self->next_alert,
                             .next_track = self->next_track,
                             .keep_s = self->keep_s > 0 ? self->keep_s : KEEP_S};
    json_t *drones;
    enum vg_status st = vg_shape_read(doc, &fresh.shape, err);
    if (st == VG_OK) {
        st = vg_json_list(doc, "drones", &drones, err);
    }
    if (st == VG_OK) {
        fresh.n_drones = (int)json_array_size(drones);
        fresh.drones = calloc((size_t)fresh.n_drones + 1, sizeof *fresh.drones);
        fresh.bin_dirty = calloc((size_t)fresh.shape.n_bins + 1, 1);
        st = fresh.drones == NULL || fresh.bin_dirty == NULL ? vg_no_memory(err)
                                                             : carry_over(self, &fresh, err);
    }
    if (st != VG_OK) {
        vg_watch_finish(&fresh);
        return st;
    }
    name_drones(&fresh, drones);
    memcpy(fresh.digest, digest, sizeof digest);
    fresh.description = json_incref(doc);
    vg_watch_finish(self);
    *self = fresh;
    self->seen.shape = &self->shape; /* the struct has moved */
    return VG_OK;
}

static void apply_start(struct vg_watch *self, struct vg_us t)
{
    if (self->start_us == 0) {
        self->start_us = t.us;
    }
    self->is_running = true;
}

/* A pose as the station writes it: its cells need no JSON tree. False: it is not such a one. */
static bool apply_pose(struct vg_watch *self, struct vg_us t, const char *body, size_t n,
                       enum vg_status *out, struct vg_error *err)
{
    char rest[REST_MAX + 1];
    size_t rest_n;
    struct vg_saw saw;
    json_t *doc;
    if (!vg_saw_split(body, n, &rest_n, &saw) || rest_n > REST_MAX) {
        return false;
    }
    memcpy(rest, body, rest_n);
    rest[rest_n] = '}';
    *out = vg_json_parse(rest, rest_n + 1, "pose", &doc, err);
    if (*out != VG_OK) {
        return true;
    }
    bool is_twice = json_object_get(doc, "saw") != NULL; /* refused by the JSON reader */
    *out = is_twice ? VG_OK : vg_apply_pose(self, t, doc, err);
    if (!is_twice && *out == VG_OK) {
        vg_apply_saw(self, t, saw);
    }
    json_decref(doc);
    return !is_twice;
}

enum vg_status vg_watch_apply(struct vg_watch *self, struct vg_us t, const char *kind,
                              const char *body, size_t n, struct vg_error *err)
{
    static const struct {
        const char *kind;
        enum vg_status (*apply)(struct vg_watch *, struct vg_us, const json_t *, struct vg_error *);
    } table[] = {
        {"pose", vg_apply_pose},   {"drone", vg_apply_drone}, {"sortie", vg_apply_sortie},
        {"alert", vg_apply_alert}, {"track", vg_apply_track},
    };
    self->now_us = t.us > self->now_us ? t.us : self->now_us;
    if (strcmp(kind, "start") == 0) {
        apply_start(self, t);
        return VG_OK;
    }
    if (strcmp(kind, "stop") == 0) {
        self->is_running = false;
        return VG_OK;
    }
    bool is_watch = strcmp(kind, "watch") == 0;
    size_t k = 0;
    while (!is_watch && k < sizeof table / sizeof table[0] && strcmp(kind, table[k].kind) != 0) {
        k++;
    }
    if (!is_watch && k == sizeof table / sizeof table[0]) {
        return VG_OK;
    }
    if (!is_watch && self->description == NULL) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" comes before the watch is described", kind);
    }
    json_t *doc;
    enum vg_status st;
    if (strcmp(kind, "pose") == 0 && apply_pose(self, t, body, n, &st, err)) {
        return st;
    }
    st = vg_json_parse(body, n, kind, &doc, err);
    if (st != VG_OK) {
        return st;
    }
    st = is_watch ? apply_watch(self, doc, body, n, err) : table[k].apply(self, t, doc, err);
    json_decref(doc);
    return st;
}

struct vg_watch_drone *vg_watch_drone(const struct vg_watch *self, const char *id)
{
    for (int i = 0; i < self->n_drones; i++) {
        if (strcmp(self->drones[i].id, id) == 0) {
            return &self->drones[i];
        }
    }
    return NULL;
}

struct vg_watch_sortie *vg_watch_sortie(const struct vg_watch *self, const char *id)
{
    for (int i = self->n_sorties - 1; i >= 0; i--) {
        if (strcmp(self->sorties[i].id, id) == 0) {
            return &self->sorties[i];
        }
    }
    return NULL;
}

struct vg_watch_alert *vg_watch_alert(const struct vg_watch *self, const char *id)
{
    for (int i = self->n_alerts - 1; i >= 0; i--) {
        if (strcmp(self->alerts[i].id, id) == 0) {
            return &self->alerts[i];
        }
    }
    return NULL;
}

double vg_watch_bin_age_s(const struct vg_watch *self, int bin, struct vg_us now)
{
    double since_s =
        self->seen.bin_s[bin] != 0 ? (double)self->seen.bin_s[bin] : (double)self->start_us / 1e6;
    return fmax(0, (double)now.us / 1e6 - since_s);
}

static void count_drones(const struct vg_watch *self, struct vg_promise_state *p)
{
    for (int i = 0; i < self->n_drones; i++) {
        const char *s = self->drones[i].state;
        p->n_up += strcmp(s, "flying") == 0 || strcmp(s, "launching") == 0 ||
                   strcmp(s, "landing") == 0 || strcmp(s, "returning") == 0;
        p->n_turning += strcmp(s, "turning") == 0;
        p->n_lost += strcmp(s, "lost") == 0;
    }
}

void vg_watch_promise(const struct vg_watch *self, struct vg_us now, struct vg_promise_state *out)
{
    struct vg_promise_state p = {.worst_bin = -1};
    int n = 0;
    int n_seen = 0;
    bool is_unseen = false;
    for (int b = 0; b < self->shape.n_bins; b++) {
        int stretch = vg_shape_bin_stretch(&self->shape, b);
        if (stretch < 0 || self->shape.stretches[stretch].is_unreachable) {
            continue;
        }
        double age_s = vg_watch_bin_age_s(self, b, now);
        double ratio = age_s / self->shape.stretches[stretch].revisit_s;
        n++;
        n_seen += self->seen.bin_s[b] != 0 && ratio <= 1;
        is_unseen |= self->seen.bin_s[b] == 0;
        if (p.worst_bin < 0 || ratio > p.worst_ratio) {
            p.worst_bin = b;
            p.worst_ratio = ratio;
            p.worst_age_s = age_s;
        }
    }
    p.seen_share = n > 0 ? (double)n_seen / n : 0;
    p.state = p.worst_ratio > 1         ? VG_PROMISE_BROKEN
              : is_unseen               ? VG_PROMISE_STARTING
              : p.worst_ratio > AT_RISK ? VG_PROMISE_AT_RISK
                                        : VG_PROMISE_KEPT;
    count_drones(self, &p);
    *out = p;
}
