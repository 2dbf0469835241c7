#include "watch/survey_priv.h"

#include "geo/geodesy.h"
#include "plan/path.h"
#include "watch/glance.h"

#include <math.h>
#include <stdlib.h>

enum {
    COUNTS_THERE = 1, /* seen by a pass that was taken, flown with the kilometres */
    COUNTS_BACK = 2, /* and against them */
    THERE = 4, /* by the pass on trial */
    BACK = 8,
    APART_S = 3600 /* between two flights: no look of one is one of the other */
};
static const double RATE_SHARE = 0.95; /* of climb and sink, as the planner has it */
static const double FRAMES_A_LEAD = 5;

enum vg_status vg_trial_open(struct vg_trial *self, struct vg_error *err)
{
    int64_t n = vg_strip_cell_index(self->sight.strip, vg_strip_n_columns(self->sight.strip));
    enum vg_status st = vg_foresee_open(&self->sight, err);
    self->clock_s = APART_S;
    self->cells = calloc((size_t)n + 1, 1);
    if (st == VG_OK && self->cells == NULL) {
        st = vg_no_memory(err);
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

/* What counts once the pass on trial is taken. */
static uint8_t taken(uint8_t cell)
{
    return (uint8_t)((cell & (COUNTS_THERE | COUNTS_BACK)) | (cell & THERE ? COUNTS_THERE : 0) |
                     (cell & BACK ? COUNTS_BACK : 0));
}

void vg_trial_take(struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    for (int64_t i = c.first; i < c.end; i++) {
        self->cells[i] = taken(self->cells[i]);
    }
}

void vg_trial_drop(struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    for (int64_t i = c.first; i < c.end; i++) {
        self->cells[i] &= COUNTS_THERE | COUNTS_BACK;
    }
}

void vg_trial_forget(struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    for (int64_t i = c.first; i < c.end; i++) {
        self->cells[i] = 0;
    }
}

/* Cells that count, the way that sees fewer. */
static int64_t n_counted(const struct vg_trial *self, struct vg_trial_span span)
{
    struct cells c = cells_of(self, span);
    int64_t there = 0;
    int64_t back = 0;
    for (int64_t i = c.first; i < c.end; i++) {
        uint8_t cell = taken(self->cells[i]);
        there += (cell & COUNTS_THERE) != 0;
        back += (cell & COUNTS_BACK) != 0;
    }
    return there < back ? there : back;
}

bool vg_trial_is_enough(const struct vg_trial *self, int col)
{
    int n = vg_strip_n_rows(self->sight.strip, col);
    int need = (int)ceil(self->sight.watch->seen_share * n - 1e-9);
    return n_counted(self, (struct vg_trial_span){col, col + 1}) >= (need < 1 ? 1 : need);
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
    return c.end > c.first ? (double)n_counted(self, span) / (double)(c.end - c.first) : 0;
}

/* ---- the way ---- */

/* The path that the planner would fly: whole for a pass over the line, which goes on from piece to
 * piece. */
static enum vg_status make_path(const struct vg_trial *self, const struct vg_trial_way *way,
                                struct vg_flypath *out, double *out_from_m, struct vg_error *err)
{
    const struct vg_line *ground = &self->sight.watch->network.lines[way->line];
    struct vg_sweep_way along = {ground, way->from_m, way->to_m, way->pass.offset_m, way->chord_m};
    struct vg_line line = {0};
    if (way->is_through) {
        along.from_m = 0;
        along.to_m = ground->length_m;
    }
    *out_from_m = along.from_m;
    size_t n = vg_sweep_most_points(&along);
    line.lat_deg = calloc(n, sizeof *line.lat_deg);
    line.lon_deg = calloc(n, sizeof *line.lon_deg);
    line.s_m = calloc(n, sizeof *line.s_m);
    enum vg_status st = VG_E_NO_MEMORY;
    if (line.lat_deg != NULL && line.lon_deg != NULL && line.s_m != NULL) {
        vg_sweep_lay(&along, &line);
        st = vg_flypath_create(&line, vg_sweeps_tolerance_m(way->pass.depth_m), out, err);
    } else {
        st = vg_fail(err, st, "out of memory");
    }
    free(line.lat_deg);
    free(line.lon_deg);
    free(line.s_m);
    return st;
}

static struct vg_plan_point point_at(const struct vg_trial *self, const struct vg_flypath *path,
                                     double u_m)
{
    struct vg_plan_point at = {0};
    vg_flypath_at(path, u_m, &at.lat_deg, &at.lon_deg);
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
    return (struct vg_trial_span){vg_strip_column_at(self->sight.strip, way->line, way->from_m + 1),
                                  vg_strip_column_at(self->sight.strip, way->line, way->to_m - 1) +
                                      1};
}

/* As low as climb and sink allow. */
static void lift(const struct vg_trial *self, struct vg_plan_point *track, int n)
{
    double climb = self->type->climb_mps * RATE_SHARE;
    double sink =
        (self->type->sink_mps > 0 ? self->type->sink_mps : self->type->climb_mps) * RATE_SHARE;
    for (int k = n - 2; k >= 0; k--) {
        double least_m = track[k + 1].alt_msl_m - climb * (track[k + 1].t_s - track[k].t_s);
        track[k].alt_msl_m = fmax(track[k].alt_msl_m, least_m);
    }
    for (int k = 1; k < n; k++) {
        double least_m = track[k - 1].alt_msl_m - sink * (track[k].t_s - track[k - 1].t_s);
        track[k].alt_msl_m = fmax(track[k].alt_msl_m, least_m);
    }
}

/* Points between two looks aside: closely, one a second, as the station has its frames. */
static int points_a_glance(const struct vg_trial_way *way)
{
    return way->is_close ? VG_GLANCE_EVERY_S : 1;
}

/* The pass with its lead-in, there or back; free() the track. */
static enum vg_status make_sortie(const struct vg_trial *self, const struct vg_trial_way *way,
                                  bool is_back, struct vg_plan_sortie *out, struct vg_error *err)
{
    double length_m = way->to_m - way->from_m + lead_m(self, way);
    double apart_m = VG_GLANCE_EVERY_S * self->type->cruise_mps / points_a_glance(way);
    int n = (int)ceil(length_m / apart_m) + 1;
    struct vg_flypath path = {0};
    double from_m;
    *out = (struct vg_plan_sortie){.n_track = n, .depth_m = way->pass.depth_m};
    enum vg_status st = make_path(self, way, &path, &from_m, err);
    if (st != VG_OK) {
        return st;
    }
    out->track = calloc((size_t)n, sizeof *out->track);
    if (out->track == NULL) {
        vg_flypath_finish(&path);
        return vg_no_memory(err);
    }
    for (int i = 0; i < n; i++) {
        double on_m = length_m * i / (n - 1) - lead_m(self, way); /* from where it counts */
        double s_m = is_back ? way->to_m - on_m : way->from_m + on_m;
        out->track[i] = point_at(self, &path, s_m - from_m);
        out->track[i].t_s = length_m * i / (n - 1) / self->type->cruise_mps;
    }
    vg_flypath_finish(&path);
    lift(self, out->track, n);
    return VG_OK;
}

/* ---- frames ---- */

struct look {
    struct vg_trial *trial;
    const struct vg_trial_way *way;
    bool is_back;
    uint32_t start_s;
    uint32_t now_s;
};

static bool is_done(void *ctx, int col)
{
    const struct look *q = ctx;
    struct cells c = cells_of(q->trial, (struct vg_trial_span){col, col + 1});
    for (int64_t i = c.first; i < c.end; i++) {
        if (q->trial->sight.seen.cell_s[i] < q->start_s) {
            return false;
        }
    }
    return true;
}

static void note(void *ctx, const struct vg_seen_run *run)
{
    const struct look *q = ctx;
    uint32_t *seen_s =
        q->trial->sight.seen.cell_s + vg_strip_cell_index(q->trial->sight.strip, run->col);
    for (int r = run->row_first; r < run->row_end; r++) {
        seen_s[r] = q->now_s;
    }
}

static enum vg_status look(struct look *q, const struct vg_plan_sortie *so, int i,
                           double yaw_true_deg, struct vg_error *err)
{
    struct vg_foresight *sight = &q->trial->sight;
    const struct vg_wf_type *type = q->trial->type;
    struct vg_camera_limits limits = vg_foresee_limits(&sight->watch->cameras[type->camera]);
    struct vg_foresee_place at = {.lat_deg = so->track[i].lat_deg,
                                  .lon_deg = so->track[i].lon_deg,
                                  .alt_msl_m = so->track[i].alt_msl_m,
                                  .yaw_true_deg = yaw_true_deg,
                                  .agl_m = type->agl_m,
                                  .depth_m = so->depth_m};
    struct vg_camera_pose pose = vg_foresee_pose(sight, type, &at);
    vg_arena_reset(&sight->scratch);
    return vg_camera_cells(sight->terrain, sight->strip, &pose, &limits, &sight->scratch, is_done,
                           note, q, err);
}

static double course_at(const struct vg_plan_sortie *so, int i)
{
    const struct vg_plan_point *a = &so->track[i < so->n_track - 1 ? i : i - 1];
    double course_deg;
    vg_geo_inverse(a->lat_deg, a->lon_deg, a[1].lat_deg, a[1].lon_deg, NULL, &course_deg, NULL);
    return course_deg;
}

/* Is a column passed within the next lead not wholly seen? Where none is, the station has nothing
 * to look aside for. */
static bool is_lacking_ahead(struct look *q, const struct vg_plan_sortie *so, int i, double lead_m)
{
    const struct vg_strip *strip = q->trial->sight.strip;
    double on_m = so->track[i].t_s * q->trial->type->cruise_mps - lead_m;
    double s_m = q->is_back ? q->way->to_m - on_m : q->way->from_m + on_m;
    int here = vg_strip_column_at(strip, q->way->line, s_m);
    int far = vg_strip_column_at(strip, q->way->line, q->is_back ? s_m - lead_m : s_m + lead_m);
    for (int col = here < far ? here : far; col <= (here < far ? far : here); col++) {
        if (!is_done(q, col)) {
            return true;
        }
    }
    return false;
}

/* As the station flies; where not closely, with fewer frames: ahead a few times a lead, and aside
 * by its own rule. */
static enum vg_status fly(struct look *q, const struct vg_plan_sortie *so, struct vg_error *err)
{
    const struct vg_foresight *sight = &q->trial->sight;
    const struct vg_wf_type *type = q->trial->type;
    double lead = lead_m(q->trial, q->way);
    int glance = points_a_glance(q->way);
    int step = q->way->is_close
                   ? 1
                   : (int)fmax(1, lead / FRAMES_A_LEAD / (VG_GLANCE_EVERY_S * type->cruise_mps));
    int next_ahead = 0;
    double yaw_deg = 0;
    enum vg_status st = VG_OK;
    for (int i = 0; i < so->n_track && st == VG_OK; i++) {
        double course_deg = course_at(so, i);
        q->now_s = q->start_s + (uint32_t)so->track[i].t_s;
        if (i % glance == 0 && is_lacking_ahead(q, so, i, lead)) {
            yaw_deg = vg_glance_yaw_deg(sight->strip, &sight->seen,
                                        &sight->watch->cameras[type->camera], so->track[i].lat_deg,
                                        so->track[i].lon_deg, course_deg, q->now_s, yaw_deg);
        } else if (i % glance == 0) {
            yaw_deg = 0;
        }
        bool is_aside = fabs(yaw_deg) > 0;
        if (is_aside || i >= next_ahead) {
            next_ahead = is_aside ? next_ahead : i + step;
            st = look(q, so, i, vg_wrap_360_deg(course_deg + yaw_deg), err);
        }
    }
    return st;
}

/* ---- there and back ---- */

static enum vg_status fly_once(struct vg_trial *self, const struct vg_trial_way *way, bool is_back,
                               struct vg_error *err)
{
    struct vg_plan_sortie so;
    uint32_t start_s = self->clock_s;
    enum vg_status st = make_sortie(self, way, is_back, &so, err);
    if (st != VG_OK) {
        return st;
    }
    struct look q = {.trial = self, .way = way, .is_back = is_back, .start_s = start_s};
    st = fly(&q, &so, err);
    self->clock_s += (uint32_t)so.track[so.n_track - 1].t_s + APART_S;
    free(so.track);
    struct cells c = cells_of(self, span_of(self, way));
    for (int64_t i = c.first; i < c.end; i++) {
        if (self->sight.seen.cell_s[i] >= start_s) {
            self->cells[i] |= is_back ? BACK : THERE;
        }
    }
    return st;
}

enum vg_status vg_trial_fly(struct vg_trial *self, const struct vg_trial_way *way,
                            struct vg_error *err)
{
    vg_trial_drop(self, span_of(self, way));
    enum vg_status st = fly_once(self, way, false, err);
    return st == VG_OK ? fly_once(self, way, true, err) : st;
}
