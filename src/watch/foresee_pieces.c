/* Which ground no pass sees, piece by piece, and a pass that would see it. */
#include "watch/foresee_priv.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    JOIN_COLS = 6, /* pieces nearer than this are one */
    MAX_TRIED = 24, /* the largest pieces get a pass looked for */
    MAX_ROWS = 254
};
static const double RUN_UP_M = 2500;
static const double EVERY_M = 150;
static const double HEIGHTS[] = {1, 1.5, 2, 3}; /* times the type's own */
static const double OFFSETS[] = {0, -0.4, 0.4, -0.8, 0.8, -1.2, 1.2}; /* times the watch depth */

static bool is_reachable(const struct vg_shape *shape, int col)
{
    int stretch = shape->cols[col].stretch;
    return stretch >= 0 && !shape->stretches[stretch].is_unreachable;
}

static int line_of(const struct vg_shape *shape, int col)
{
    return shape->bin_line[shape->cols[col].bin];
}

/* ---- pieces ---- */

static void add_column(const struct vg_foresight *self, struct vg_foreseen_piece *p, int col)
{
    int n = vg_shape_n_rows(&self->shape, col);
    const uint32_t *cells = self->seen.cell_s + self->shape.cols[col].cell;
    for (int r = 0; r < n; r++) {
        p->n_cells++;
        p->n_hidden += cells[r] == 0;
        p->n_left += cells[r] == 0 && r < n / 2;
    }
}

struct span {
    int first;
    int end;
};

static int most_hidden_first(const void *a, const void *b)
{
    const struct vg_foreseen_piece *x = a;
    const struct vg_foreseen_piece *y = b;
    return x->n_hidden != y->n_hidden ? (x->n_hidden < y->n_hidden ? 1 : -1)
           : x->line != y->line       ? x->line - y->line
                                      : (x->from_m > y->from_m) - (x->from_m < y->from_m);
}

static void count_column(const struct vg_foresight *self, int col, struct vg_foreseen *out)
{
    struct vg_foreseen_piece all = {0};
    struct vg_foreseen_stretch *st = &out->stretches[self->shape.cols[col].stretch];
    bool is_enough = self->seen.col_s[col] != 0;
    add_column(self, &all, col);
    st->n_cells += all.n_cells;
    st->n_seen += all.n_cells - all.n_hidden;
    st->n_cols++;
    st->n_cols_enough += is_enough;
    out->n_cells += all.n_cells;
    out->n_seen += all.n_cells - all.n_hidden;
    out->n_cols++;
    out->n_cols_enough += is_enough;
}

static int find_spans(const struct vg_foresight *self, struct span *spans, struct vg_foreseen *out)
{
    const struct vg_shape *shape = &self->shape;
    int n = 0;
    for (int c = 0; c < shape->n_cols; c++) {
        if (!is_reachable(shape, c)) {
            continue;
        }
        count_column(self, c, out);
        if (self->seen.col_s[c] != 0) {
            continue;
        }
        if (n > 0 && c - spans[n - 1].end <= JOIN_COLS &&
            line_of(shape, c) == line_of(shape, spans[n - 1].first)) {
            spans[n - 1].end = c + 1;
        } else {
            spans[n++] = (struct span){c, c + 1};
        }
    }
    return n;
}

/* ---- a pass that would see it ---- */

struct trial {
    const struct vg_foresight *self;
    struct span span;
    uint8_t *cells; /* of the span: 1 hidden so far, 2 seen by this pass */
    int64_t first_cell;
    int n_seen;
};

static bool is_elsewhere(void *ctx, int col)
{
    const struct trial *t = ctx;
    return col < t->span.first || col >= t->span.end;
}

static void take(void *ctx, const struct vg_seen_run *run)
{
    struct trial *t = ctx;
    uint8_t *cells = t->cells + (t->self->shape.cols[run->col].cell - t->first_cell);
    for (int r = run->row_first; r < run->row_end; r++) {
        if (cells[r] == 1) {
            cells[r] = 2;
            t->n_seen++;
        }
    }
}

/* Fly once along the line at an offset and a height over the ground; the share of the hidden cells
 * seen. */
static double try_pass(struct vg_foresight *self, struct trial *t,
                       const struct vg_foreseen_piece *piece, const struct vg_wf_type *type,
                       double offset_m, double agl_m, bool is_backward)
{
    const struct vg_line *line = &self->watch->network.lines[piece->line];
    struct vg_camera_limits limits = vg_foresee_limits(&self->watch->cameras[type->camera]);
    double to_m = piece->to_m + RUN_UP_M;
    t->n_seen = 0;
    for (double s = piece->from_m - RUN_UP_M; s <= to_m; s += EVERY_M) {
        struct vg_foresee_place at = {.agl_m = agl_m, .depth_m = self->watch->depth_m};
        double course;
        double on_line_m = fmax(0, fmin(line->length_m, s));
        vg_line_at(line, on_line_m, 1000, &at.lat_deg, &at.lon_deg, &course);
        /* straight on past its ends */
        vg_geo_direct(at.lat_deg, at.lon_deg, course, s - on_line_m, &at.lat_deg, &at.lon_deg);
        vg_geo_direct(at.lat_deg, at.lon_deg, course + 90, offset_m, &at.lat_deg, &at.lon_deg);
        at.alt_msl_m = vg_terrain_height_msl_m(self->terrain, at.lat_deg, at.lon_deg) + agl_m;
        at.yaw_true_deg = course + (is_backward ? 180 : 0);
        struct vg_camera_pose pose = vg_foresee_pose(self, type, &at);
        vg_arena_reset(&self->scratch);
        if (!isfinite(at.alt_msl_m) ||
            vg_camera_cells(self->terrain, self->strip, &pose, &limits, &self->scratch,
                            is_elsewhere, take, t, NULL) != VG_OK) {
            continue;
        }
    }
    return (double)t->n_seen / piece->n_hidden;
}

static void reset(const struct vg_foresight *self, struct trial *t, int64_t n_cells)
{
    for (int64_t i = 0; i < n_cells; i++) {
        t->cells[i] = self->seen.cell_s[t->first_cell + i] == 0;
    }
}

/* The lowest, nearest pass that sees most. */
static void find_pass(struct vg_foresight *self, struct span span, struct vg_foreseen_piece *piece)
{
    const struct vg_wf_type *type = &self->watch->types[self->watch->drones[0].type];
    int64_t first = self->shape.cols[span.first].cell;
    int64_t n = self->shape.cols[span.end].cell - first;
    struct trial t = {.self = self, .span = span, .first_cell = first, .cells = malloc((size_t)n)};
    if (t.cells == NULL) {
        return;
    }
    for (size_t h = 0; h < sizeof HEIGHTS / sizeof HEIGHTS[0]; h++) {
        for (size_t o = 0; o < sizeof OFFSETS / sizeof OFFSETS[0]; o++) {
            for (int back = 0; back < 2; back++) {
                double offset_m = OFFSETS[o] * self->watch->depth_m;
                double agl_m = HEIGHTS[h] * type->agl_m;
                reset(self, &t, n);
                double share = try_pass(self, &t, piece, type, offset_m, agl_m, back == 1);
                if (share > piece->pass_share + 0.02) {
                    piece->pass_share = share;
                    piece->pass_offset_m = offset_m;
                    piece->pass_agl_m = agl_m;
                    piece->is_pass_backward = back == 1;
                }
                if (share >= 1) {
                    free(t.cells);
                    return;
                }
            }
        }
    }
    free(t.cells);
}

static double end_of(const struct vg_foresight *self, int col, bool is_end)
{
    int line = line_of(&self->shape, col);
    const struct vg_shape_line *l = &self->shape.lines[line];
    return l->length_m * (col - l->first_col + is_end) / l->n_cols;
}

enum vg_status vg_foresee_pieces(struct vg_foresight *self, struct vg_foreseen *out,
                                 struct vg_error *err)
{
    struct span *spans = malloc(((size_t)self->shape.n_cols + 1) * sizeof *spans);
    out->stretches = calloc((size_t)self->shape.n_stretches + 1, sizeof *out->stretches);
    int n = spans != NULL && out->stretches != NULL ? find_spans(self, spans, out) : 0;
    out->pieces = calloc((size_t)n + 1, sizeof *out->pieces);
    if (spans == NULL || out->stretches == NULL || out->pieces == NULL) {
        free(spans);
        return vg_no_memory(err);
    }
    for (int i = 0; i < n; i++) {
        struct vg_foreseen_piece *p = &out->pieces[out->n_pieces++];
        p->line = line_of(&self->shape, spans[i].first);
        p->from_m = end_of(self, spans[i].first, false);
        p->to_m = end_of(self, spans[i].end - 1, true);
        for (int c = spans[i].first; c < spans[i].end; c++) {
            add_column(self, p, c);
        }
    }
    qsort(out->pieces, (size_t)n, sizeof *out->pieces, most_hidden_first);
    for (int i = 0; i < n && i < MAX_TRIED; i++) {
        struct vg_foreseen_piece *p = &out->pieces[i];
        struct span s = {vg_strip_column_at(self->strip, p->line, p->from_m + 1),
                         vg_strip_column_at(self->strip, p->line, p->to_m - 1) + 1};
        find_pass(self, s, p);
    }
    free(spans);
    return VG_OK;
}
