#include "watch/track_rules.h"

#include "base/units.h"
#include "geo/geodesy.h"
#include "track/track_json.h"
#include "watch/tracks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEAST_HITS = 3,
    GROUP = 5, /* so many together are urgent */
    SOON_S = 300,
    REFRESH_S = 60,
    CLOSE_AFTER_S = 1800,
    MEMBERS_MAX = 32
};
static const double LEAST_P_EXIST = 0.9;
static const double JOIN_M = 80;
static const double JOIN_MPS = 1.5; /* difference of velocities */
static const double VEHICLE_MPS = 3; /* slower it is not on its way */

/* ---- one track ---- */

static bool is_shown(const struct vg_watch_track *k)
{
    return strcmp(k->state, "confirmed") == 0 && k->p_exist >= LEAST_P_EXIST &&
           k->hits >= LEAST_HITS;
}

static double depth_m(const struct vg_watch *w, const struct vg_watch_track *k)
{
    for (int i = 0; i < w->shape.n_stretches; i++) {
        const struct vg_shape_stretch *s = &w->shape.stretches[i];
        if (s->line == k->line && k->s_m >= s->from_m && k->s_m <= s->to_m) {
            return s->depth_m;
        }
    }
    return 0;
}

static int stage_of(const struct vg_watch *w, const struct vg_watch_track *k)
{
    if (k->crossed_us != 0 || k->zone[0] != '\0') {
        return VG_TRACK_STAGE_CROSSED;
    }
    return k->line >= 0 && fabs(k->side_m) <= depth_m(w, k) ? VG_TRACK_STAGE_INSIDE
                                                            : VG_TRACK_STAGE_NONE;
}

/* Seconds until it reaches the line, as it goes now; NaN: it does not come nearer. */
static double eta_s(const struct vg_watch_track *k)
{
    return k->line >= 0 && k->closing_mps > 0.2 ? fabs(k->side_m) / k->closing_mps : (double)NAN;
}

static bool belongs(const struct vg_watch_track *a, const struct vg_watch_track *b)
{
    struct vg_frame f = vg_frame_at(a->lat_deg, a->lon_deg);
    double e;
    double n;
    vg_frame_to_en(&f, b->lat_deg, b->lon_deg, &e, &n);
    return vg_watch_track_class(a) == vg_watch_track_class(b) && hypot(e, n) <= JOIN_M &&
           hypot(a->ve_mps - b->ve_mps, a->vn_mps - b->vn_mps) <= JOIN_MPS;
}

/* ---- an alert of several ---- */

/* The tracks of one alert, the first one leads. */
struct party {
    char ids[MEMBERS_MAX][16];
    int n;
};

static void add(struct party *p, const char *id)
{
    for (int i = 0; i < p->n; i++) {
        if (strcmp(p->ids[i], id) == 0) {
            return;
        }
    }
    if (p->n < MEMBERS_MAX) {
        vg_format(p->ids[p->n++], sizeof p->ids[0], "%s", id);
    }
}

static struct party party_of(const struct vg_watch_alert *a)
{
    struct party p = {0};
    const json_t *list = json_object_get(a->params, "tracks");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (id != NULL) {
            add(&p, id);
        }
    }
    return p;
}

static bool is_open(const struct vg_watch_alert *a)
{
    return strcmp(a->kind, "track") == 0 && strcmp(a->state, "closed") != 0;
}

/* The open alert of a track, or of others that it belongs to; NULL: none. */
static struct vg_watch_alert *find_alert(const struct vg_watch *w, const struct vg_watch_track *k)
{
    struct vg_watch_alert *own = k->alert[0] != '\0' ? vg_watch_alert(w, k->alert) : NULL;
    if (own != NULL && is_open(own)) {
        return own;
    }
    for (int i = 0; i < w->n_tracks; i++) {
        const struct vg_watch_track *other = &w->tracks[i];
        if (other == k || other->alert[0] == '\0' || !is_shown(other) || !belongs(k, other)) {
            continue;
        }
        struct vg_watch_alert *a = vg_watch_alert(w, other->alert);
        if (a != NULL && is_open(a)) {
            return a;
        }
    }
    return NULL;
}

static const char *level_of(const struct vg_watch_track *k, int stage, int n)
{
    enum vg_track_class class = vg_watch_track_class(k);
    if (class == VG_TRACK_ANIMAL) {
        return "info";
    }
    bool is_rushing = class == VG_TRACK_VEHICLE && hypot(k->ve_mps, k->vn_mps) >= VEHICLE_MPS &&
                      eta_s(k) <= SOON_S;
    return stage >= VG_TRACK_STAGE_CROSSED || n >= GROUP || is_rushing ? "urgent" : "warning";
}

static void put_params(const struct vg_watch *w, const struct vg_watch_track *k,
                       const struct party *p, int stage, struct vg_buf *out)
{
    double speed = hypot(k->ve_mps, k->vn_mps);
    double eta = eta_s(k);
    const char *what = k->crossed_us != 0                ? "crossed"
                       : stage >= VG_TRACK_STAGE_CROSSED ? "zone"
                                                         : "inside";
    vg_buf_puts(out, "{\"drone\":\"\",\"tracks\":[");
    for (int i = 0; i < p->n; i++) {
        vg_buf_puts(out, i > 0 ? "," : "");
        vg_buf_json(out, p->ids[i]);
    }
    vg_buf_printf(out, "],\"n\":%d,\"stage\":%d,\"what\":\"%s\",\"class\":\"%s\",\"zone\":", p->n,
                  stage, what, vg_track_class_name(vg_watch_track_class(k)));
    vg_buf_json(out, k->zone);
    vg_buf_puts(out, ",\"by\":");
    vg_buf_json(out, k->by);
    vg_buf_printf(out, ",\"seen_us\":%lld,\"error_m\":%.0f,\"speed_mps\":%.1f,\"heading_deg\":%.0f",
                  (long long)k->seen_us, vg_watch_track_error_m(k), speed,
                  vg_wrap_360_deg(atan2(k->ve_mps, k->vn_mps) * VG_DEG_PER_RAD) + 0.0);
    if (k->line >= 0) {
        vg_buf_puts(out, ",\"line\":");
        vg_buf_json(out, w->shape.lines[k->line].name);
        vg_buf_printf(out, ",\"km\":%.2f,\"side_m\":%.0f", k->s_m / 1000, k->side_m);
    }
    if (isfinite(eta) && eta <= 2 * SOON_S && k->crossed_us == 0) {
        vg_buf_printf(out, ",\"eta_s\":%.0f", eta);
    }
    vg_buf_printf(out, ",\"ended\":%s}", vg_watch_track_is_over(k) ? "true" : "false");
}

/* Send the alert of a party with its leader's last word; `a` NULL: a new one. */
static void tell(struct vg_watch *w, const struct vg_watch_alert *a, const struct party *p,
                 int stage, struct vg_us now, vg_rules_emit_fn emit, void *ctx)
{
    const struct vg_watch_track *lead = vg_watch_track(w, p->ids[0]);
    if (lead == NULL) {
        return;
    }
    struct vg_buf params = {0};
    char id[16];
    char by[48];
    put_params(w, lead, p, stage, &params);
    bool is_grown = a != NULL && strcmp(level_of(lead, stage, p->n), "urgent") == 0;
    vg_format(id, sizeof id, "%s", a != NULL ? a->id : "");
    vg_format(by, sizeof by, "%s", a != NULL ? a->by : "");
    struct vg_rules_draft d = {.id = a != NULL ? id : NULL,
                               .kind = "track",
                               .level =
                                   a == NULL || is_grown ? level_of(lead, stage, p->n) : a->level,
                               .state = a != NULL ? a->state : "open",
                               .by = by,
                               .t_us = a != NULL ? a->t_us : now.us,
                               .lat_deg = lead->lat_deg,
                               .lon_deg = lead->lon_deg,
                               .params = vg_buf_text(&params)};
    char level[12];
    char state[12];
    vg_format(level, sizeof level, "%s", d.level);
    vg_format(state, sizeof state, "%s", d.state);
    d.level = level;
    d.state = state;
    vg_rules_send(w, &d, emit, ctx);
    vg_buf_finish(&params);
}

/* ---- all of them ---- */

/* The leader is the one that is farthest in its stages. */
static void lead_by(struct party *p, const char *id)
{
    for (int i = 1; i < p->n; i++) {
        if (strcmp(p->ids[i], id) == 0) {
            char first[16];
            memcpy(first, p->ids[0], sizeof first);
            memcpy(p->ids[0], p->ids[i], sizeof first);
            memcpy(p->ids[i], first, sizeof first);
        }
    }
}

static int stage_told(const struct vg_watch_alert *a)
{
    const json_t *v = json_object_get(a->params, "stage");
    return json_is_integer(v) ? (int)json_integer_value(v) : 0;
}

static int64_t seen_told(const struct vg_watch_alert *a)
{
    const json_t *v = json_object_get(a->params, "seen_us");
    return json_is_integer(v) ? (int64_t)json_integer_value(v) : 0;
}

static void step_track(struct vg_watch *w, int i, struct vg_us now, vg_rules_emit_fn emit,
                       void *ctx)
{
    const struct vg_watch_track *k = &w->tracks[i];
    int stage = is_shown(k) ? stage_of(w, k) : VG_TRACK_STAGE_NONE;
    if (stage <= k->told) {
        return;
    }
    const struct vg_watch_alert *a = find_alert(w, k);
    struct party p = a != NULL ? party_of(a) : (struct party){0};
    int before = a != NULL ? stage_told(a) : 0;
    add(&p, k->id);
    if (stage > before) {
        lead_by(&p, k->id);
    }
    tell(w, a, &p, stage > before ? stage : before, now, emit, ctx);
}

static void close_alert(struct vg_watch *w, const struct vg_watch_alert *a, vg_rules_emit_fn emit,
                        void *ctx)
{
    char id[16];
    vg_format(id, sizeof id, "%s", a->id);
    if (vg_rules_set(w, id, "closed", "vigie", emit, ctx, NULL) != VG_OK) {
        return; /* a person was faster */
    }
}

static void follow(struct vg_watch *w, int i, struct vg_us now, vg_rules_emit_fn emit, void *ctx)
{
    const struct vg_watch_alert *a = &w->alerts[i];
    if (!is_open(a)) {
        return;
    }
    struct party p = party_of(a);
    const struct vg_watch_track *lead = p.n > 0 ? vg_watch_track(w, p.ids[0]) : NULL;
    bool was_over = json_is_true(json_object_get(a->params, "ended"));
    bool is_over = lead == NULL || vg_watch_track_is_over(lead);
    int64_t since_us = now.us - a->last_us;
    if (is_over && since_us >= CLOSE_AFTER_S * VG_US_PER_S && strcmp(a->level, "urgent") != 0) {
        close_alert(w, a, emit, ctx);
    } else if (lead != NULL && !was_over &&
               (is_over || (since_us >= REFRESH_S * VG_US_PER_S && lead->seen_us > seen_told(a)))) {
        tell(w, a, &p, stage_told(a), now, emit, ctx);
    }
}

void vg_track_rules_step(struct vg_watch *w, struct vg_us now, vg_rules_emit_fn emit, void *ctx)
{
    for (int i = 0; i < w->n_tracks; i++) {
        step_track(w, i, now, emit, ctx);
    }
    for (int i = 0; i < w->n_alerts; i++) {
        follow(w, i, now, emit, ctx);
    }
}
