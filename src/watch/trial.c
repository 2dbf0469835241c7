#include "watch/survey_priv.h"

#include "geo/geodesy.h"
#include "watch/glance.h"

#include <math.h>
#include <stdlib.h>

enum {
    COUNTS = 1, /* seen both ways by a pass that was taken */
    AHEAD = 2, /* by the pass on trial, on the way out */
    BOTH = 4, /* and back */
    APART_S = 3600 /* between two flights: no look of one is one of the other */
};
static const double POINT_EVERY_M = 100;
static const double RATE_SHARE = 0.95; /* of climb and sink, as the planner has it */
static const double FRAMES_A_LEAD = 5;

enum vg_status vg_trial_open(struct vg_trial *self, struct vg_error *err)
{
    int64_t n = vg_strip_cell_index(self->sight.strip, vg_strip_n_columns(self->sight.strip));
    enum vg_status st = vg_foresee_open(&self->sight, err);
    self->clock_s = APART_S;
    self->cells = calloc((size_t)n + 1, 1);
    if (st == VG_OK && self->cells == NULL) {
        st = vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    return st;
}

void vg_trial_close(struct vg_trial *self)
{
    vg_foresee_close(&self->sight);
    free(self->cells);
    self->cells = NULL;
}

/* ---- the cells of columns ---- */

struct cells {
    int64_t first;
    int64_t end;
};

static struct cells cells_of(const struct vg_trial *self, struct vg_trial_span span)
{
    return (struct cells){vg_strip_cell_index(self->sight.strip, span.first),
                          vg_strip_cell_index(self->sight.strip, span.end)};
}

void vg_trial_take(struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    for (int64_t i = c.first; i < c.end; i++) {
        self->cells[i] = (self->cells[i] & (COUNTS | BOTH)) != 0 ? COUNTS : 0;
    }
}

void vg_trial_drop(struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    for (int64_t i = c.first; i < c.end; i++) {
        self->cells[i] &= COUNTS;
    }
}

void vg_trial_forget(struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    for (int64_t i = c.first; i < c.end; i++) {
        self->cells[i] = 0;
    }
}

static int n_seen(const struct vg_trial *self, int col, unsigned bits)
{
    struct cells c = cells_of(self, (struct vg_trial_span){col, col + 1});
    int n = 0;
    for (int64_t i = c.first; i < c.end; i++) {
        n += (self->cells[i] & bits) != 0;
    }
    return n;
}

bool vg_trial_is_enough(const struct vg_trial *self, int col)
{
    int n = vg_strip_n_rows(self->sight.strip, col);
    int need = (int)ceil(self->sight.watch->seen_share * n - 1e-9);
    return n_seen(self, col, COUNTS | BOTH) >= (need < 1 ? 1 : need);
}

int vg_trial_n_enough(const struct vg_trial *self, struct vg_trial_span span)
{
    int n = 0;
    for (int col = span.first; col < span.end; col++) {
        n += vg_trial_is_enough(self, col);
    }
    return n;
}

double vg_trial_share(const struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    int64_t n = 0;
    for (int col = span.first; col < span.end; col++) {
        n += n_seen(self, col, COUNTS);
    }
    return c.end > c.first ? (double)n / (double)(c.end - c.first) : 0;
}

/* ---- the way ---- */

/* Where the pass is at s_m of its line; false ground is at 0 m. */
static struct vg_plan_point point_at(const struct vg_trial *self, const struct vg_trial_way *way,
                                     double s_m)
{
    const struct vg_line *line = &self->sight.watch->network.lines[way->line];
    struct vg_plan_point at = {0};
    double on_m = line->is_closed ? s_m : fmax(0, fmin(line->length_m, s_m));
    double course;
    vg_line_at(line, on_m, way->chord_m, &at.lat_deg, &at.lon_deg, &course);
    if (fabs(s_m - on_m) > 0) { /* straight on past the line's end */
        vg_geo_direct(at.lat_deg, at.lon_deg, course, s_m - on_m, &at.lat_deg, &at.lon_deg);
    }
    vg_geo_direct(at.lat_deg, at.lon_deg, vg_wrap_360_deg(course + 90), way->pass.offset_m,
                  &at.lat_deg, &at.lon_deg);
    double ground_m = vg_terrain_height_msl_m(self->sight.terrain, at.lat_deg, at.lon_deg);
    at.alt_msl_m = (isnan(ground_m) ? 0 : ground_m) + self->type->agl_m;
    return at;
}

static double lead_m(const struct vg_trial *self, const struct vg_trial_way *way)
{
    const struct vg_wf_camera *camera = &self->sight.watch->cameras[self->type->camera];
    double m = 0;
    vg_camera_patrol_pitch_deg(camera, self->type->agl_m, way->pass.depth_m, &m);
    return fmax(m, 100);
}

static struct vg_trial_span span_of(const struct vg_trial *self, const struct vg_trial_way *way)
{
    return (struct vg_trial_span){
        vg_strip_column_at(self->sight.strip, way->line, way->from_m + 1),
        vg_strip_column_at(self->sight.strip, way->line, way->to_m - 1) + 1};
}

/* As low as climb and sink allow. */
static void lift(const struct vg_trial *self, struct vg_plan_point *track, int n)
{
    double climb = self->type->climb_mps * RATE_SHARE;
    double sink = (self->type->sink_mps > 0 ? self->type->sink_mps : self->type->climb_mps) *
                  RATE_SHARE;
    for (int k = n - 2; k >= 0; k--) {
        double least_m = track[k + 1].alt_msl_m - climb * (track[k + 1].t_s - track[k].t_s);
        track[k].alt_msl_m = fmax(track[k].alt_msl_m, least_m);
    }
    for (int k = 1; k < n; k++) {
        double least_m = track[k - 1].alt_msl_m - sink * (track[k].t_s - track[k - 1].t_s);
        track[k].alt_msl_m = fmax(track[k].alt_msl_m, least_m);
    }
}

/* The pass with its lead-in, there or back; free() the track. */
static enum vg_status make_sortie(const struct vg_trial *self, const struct vg_trial_way *way,
                                  bool is_back, struct vg_plan_sortie *out, struct vg_error *err)
{
    double length_m = way->to_m - way->from_m + lead_m(self, way);
    int n = (int)ceil(length_m / POINT_EVERY_M) + 1;
    *out = (struct vg_plan_sortie){.n_track = n, .depth_m = way->pass.depth_m};
    out->track = calloc((size_t)n, sizeof *out->track);
    if (out->track == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    vg_format(out->drone, sizeof out->drone, "%s", self->drone);
    for (int i = 0; i < n; i++) {
        double on_m = length_m * i / (n - 1) - lead_m(self, way); /* from where it counts */
        out->track[i] = point_at(self, way, is_back ? way->to_m - on_m : way->from_m + on_m);
        out->track[i].t_s = length_m * i / (n - 1) / self->type->cruise_mps;
    }
    lift(self, out->track, n);
    return VG_OK;
}

/* ---- quick: a frame now and then ---- */

struct quick {
    struct vg_trial *trial;
    const struct vg_trial_way *way;
    struct vg_trial_span span;
    bool is_back;
};

static bool is_done(void *ctx, int col)
{
    const struct quick *q = ctx;
    if (col < q->span.first || col >= q->span.end) {
        return true;
    }
    unsigned bits = COUNTS | (q->is_back ? BOTH : AHEAD);
    return n_seen(q->trial, col, bits) == vg_strip_n_rows(q->trial->sight.strip, col);
}

static void note(void *ctx, const struct vg_seen_run *run)
{
    const struct quick *q = ctx;
    uint8_t *cells = q->trial->cells + vg_strip_cell_index(q->trial->sight.strip, run->col);
    for (int r = run->row_first; r < run->row_end; r++) {
        if (!q->is_back) {
            cells[r] |= AHEAD;
        } else if ((cells[r] & AHEAD) != 0) {
            cells[r] |= BOTH;
        }
    }
}

static enum vg_status look(struct quick *q, const struct vg_plan_sortie *so, int i, double aside_deg,
                           struct vg_error *err)
{
    struct vg_foresight *sight = &q->trial->sight;
    const struct vg_wf_type *type = q->trial->type;
    struct vg_camera_limits limits = vg_foresee_limits(&sight->watch->cameras[type->camera]);
    const struct vg_plan_point *a = &so->track[i < so->n_track - 1 ? i : i - 1];
    double course;
    vg_geo_inverse(a->lat_deg, a->lon_deg, a[1].lat_deg, a[1].lon_deg, NULL, &course, NULL);
    struct vg_foresee_place at = {.lat_deg = so->track[i].lat_deg,
                                  .lon_deg = so->track[i].lon_deg,
                                  .alt_msl_m = so->track[i].alt_msl_m,
                                  .yaw_true_deg = vg_wrap_360_deg(course + aside_deg),
                                  .agl_m = type->agl_m,
                                  .depth_m = so->depth_m};
    struct vg_camera_pose pose = vg_foresee_pose(sight, type, &at);
    vg_arena_reset(&sight->scratch);
    return vg_camera_cells(sight->terrain, sight->strip, &pose, &limits, &sight->scratch, is_done,
                           note, q, err);
}

/* Is there a column within reach of track point i that is not wholly seen? */
static bool is_lacking_near(struct quick *q, const struct vg_plan_sortie *so, int i)
{
    const struct vg_trial *t = q->trial;
    double on_m = so->track[i].t_s * t->type->cruise_mps - lead_m(t, q->way);
    double s_m = q->is_back ? q->way->to_m - on_m : q->way->from_m + on_m;
    double reach_m = 2 * lead_m(t, q->way);
    int first = vg_strip_column_at(t->sight.strip, q->way->line, s_m - reach_m);
    int end = vg_strip_column_at(t->sight.strip, q->way->line, s_m + reach_m);
    for (int col = first; col <= end; col++) {
        if (!is_done(q, col)) {
            return true;
        }
    }
    return false;
}

/* Ahead all along; then to both sides, as the station does where it would pass something by. */
static enum vg_status fly_quick(struct vg_trial *self, const struct vg_trial_way *way, bool is_back,
                                const struct vg_plan_sortie *so, struct vg_error *err)
{
    const struct vg_wf_camera *camera = &self->sight.watch->cameras[self->type->camera];
    struct quick q = {self, way, span_of(self, way), is_back};
    int step = (int)fmax(1, lead_m(self, way) / FRAMES_A_LEAD / POINT_EVERY_M);
    enum vg_status st = VG_OK;
    for (int i = 0; i < so->n_track && st == VG_OK; i += step) {
        st = look(&q, so, i, 0, err);
    }
    bool can_turn = camera->gimbal == VG_GIMBAL_3AXIS;
    for (int i = 0; can_turn && i < so->n_track && st == VG_OK; i += step) {
        double aside_deg = vg_glance_aside_deg(camera);
        if (is_lacking_near(&q, so, i)) {
            st = look(&q, so, i, -aside_deg, err);
            st = st == VG_OK ? look(&q, so, i, aside_deg, err) : st;
        }
    }
    return st;
}

/* ---- as the station flies ---- */

static enum vg_status fly_as_station(struct vg_trial *self, const struct vg_trial_way *way,
                                     bool is_back, const struct vg_plan_sortie *so,
                                     struct vg_error *err)
{
    uint32_t start_s = self->clock_s;
    enum vg_status st = vg_foresee_fly(&self->sight, so, start_s, err);
    self->clock_s += (uint32_t)so->track[so->n_track - 1].t_s + APART_S;
    struct cells c = cells_of(self, span_of(self, way));
    for (int64_t i = c.first; i < c.end; i++) {
        bool is_seen = self->sight.seen.cell_s[i] >= start_s;
        if (is_seen && (!is_back || (self->cells[i] & AHEAD) != 0)) {
            self->cells[i] |= is_back ? BOTH : AHEAD;
        }
    }
    return st;
}

enum vg_status vg_trial_fly(struct vg_trial *self, const struct vg_trial_way *way, bool is_quick,
                            struct vg_error *err)
{
    enum vg_status st = VG_OK;
    vg_trial_drop(self, span_of(self, way));
    for (int back = 0; back < 2 && st == VG_OK; back++) {
        struct vg_plan_sortie so;
        st = make_sortie(self, way, back == 1, &so, err);
        if (st == VG_OK) {
            st = is_quick ? fly_quick(self, way, back == 1, &so, err)
                          : fly_as_station(self, way, back == 1, &so, err);
        }
        free(so.track);
    }
    return st;
}
