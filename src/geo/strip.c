/* Columns and cells; finding them by place is strip_index.c. */
#include "geo/strip.h"

#include "base/units.h"
#include "geo/geodesy.h"
#include "geo/strip_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MAX = 254,
    COLUMNS_MAX = 50000000
};

static double *copy_numbers(const double *from, int n)
{
    double *p = malloc((size_t)n * sizeof *p);
    if (p != NULL) {
        memcpy(p, from, (size_t)n * sizeof *p);
    }
    return p;
}

static enum vg_status copy_lines(struct vg_strip *self, const struct vg_network *net,
                                 struct vg_error *err)
{
    double n_cols = 0.0;
    for (int i = 0; i < net->n_lines; i++) {
        const struct vg_line *from = &net->lines[i];
        struct vg_strip_line *to = &self->lines[i];
        double n = fmax(1.0, ceil(from->length_m / self->cell_m - 1e-9));
        if (n_cols + n > COLUMNS_MAX) {
            return vg_fail(err, VG_E_RANGE, "cells of %g m would make more than %d columns",
                           self->cell_m, COLUMNS_MAX);
        }
        to->first_col = (int)n_cols;
        to->step_m = from->length_m / n;
        n_cols += n;
        to->line = *from;
        to->line.lat_deg = copy_numbers(from->lat_deg, from->n);
        to->line.lon_deg = copy_numbers(from->lon_deg, from->n);
        to->line.s_m = copy_numbers(from->s_m, from->n);
        self->n_lines = i + 1;
        if (to->line.lat_deg == NULL || to->line.lon_deg == NULL || to->line.s_m == NULL) {
            return vg_no_memory(err);
        }
    }
    self->n_cols = (int)n_cols;
    return VG_OK;
}

static int end_col(const struct vg_strip *self, int line)
{
    return line + 1 < self->n_lines ? self->lines[line + 1].first_col : self->n_cols;
}

/* The first column of the line whose middle is at or after s. */
static int first_col_after(const struct vg_strip *self, int line, double s_m)
{
    const struct vg_strip_line *l = &self->lines[line];
    double k = fmax(0.0, ceil(s_m / l->step_m - 0.5 - 1e-9));
    int n = end_col(self, line) - l->first_col;
    return l->first_col + (k < n ? (int)k : n);
}

static enum vg_status lay_stretches(struct vg_strip *self, const struct vg_network *net,
                                    struct vg_error *err)
{
    for (int i = 0; i < net->n_stretches; i++) {
        const struct vg_stretch *from = &net->stretches[i];
        struct vg_strip_stretch *to = &self->stretches[i];
        double half = ceil(from->depth_m / self->cell_m - 1e-9);
        if (!(2.0 * half <= ROWS_MAX)) {
            return vg_fail(err, VG_E_RANGE,
                           "stretch %s: depth %g m is more than %d cells of %g m; use larger cells",
                           from->id, from->depth_m, ROWS_MAX / 2, self->cell_m);
        }
        to->line = from->line;
        to->n_rows = 2 * (int)half;
        self->n_rows_max = to->n_rows > self->n_rows_max ? to->n_rows : self->n_rows_max;
        to->first_col = first_col_after(self, from->line, from->from_m);
    }
    self->n_stretches = net->n_stretches;
    self->n_cells = 0;
    for (int i = 0; i < self->n_stretches; i++) {
        struct vg_strip_stretch *to = &self->stretches[i];
        int end = i + 1 < self->n_stretches ? to[1].first_col : self->n_cols;
        to->first_cell = self->n_cells;
        self->n_cells += (int64_t)(end - to->first_col) * to->n_rows;
    }
    return VG_OK;
}

static struct vg_strip_col make_col(const struct vg_line *line, double s_m, double depth_m)
{
    double lat;
    double lon;
    double heading;
    vg_line_at(line, s_m, depth_m, &lat, &lon, &heading);
    double h = heading * VG_RAD_PER_DEG;
    return (struct vg_strip_col){.lat_e7 = (int32_t)lround(lat * 1e7),
                                 .lon_e7 = (int32_t)lround(lon * 1e7),
                                 .right_e = (int16_t)lround(cos(h) * 32767.0),
                                 .right_n = (int16_t)lround(-sin(h) * 32767.0)};
}

static void lay_columns(struct vg_strip *self, const struct vg_network *net)
{
    for (int i = 0; i < self->n_stretches; i++) {
        int first = self->stretches[i].first_col;
        int end = i + 1 < self->n_stretches ? self->stretches[i + 1].first_col : self->n_cols;
        const struct vg_strip_line *l = &self->lines[self->stretches[i].line];
        for (int c = first; c < end; c++) {
            self->cols[c] =
                make_col(&l->line, (c - l->first_col + 0.5) * l->step_m, net->stretches[i].depth_m);
        }
    }
}

static enum vg_status fill(struct vg_strip *self, const struct vg_network *net,
                           struct vg_error *err)
{
    self->lines = calloc((size_t)net->n_lines, sizeof *self->lines);
    self->stretches = calloc((size_t)net->n_stretches, sizeof *self->stretches);
    if (self->lines == NULL || self->stretches == NULL) {
        return vg_no_memory(err);
    }
    enum vg_status st = copy_lines(self, net, err);
    if (st == VG_OK) {
        st = lay_stretches(self, net, err);
    }
    if (st != VG_OK) {
        return st;
    }
    self->cols = calloc((size_t)self->n_cols, sizeof *self->cols);
    if (self->cols == NULL) {
        return vg_no_memory(err);
    }
    lay_columns(self, net);
    return vg_strip_index(self) ? VG_OK : vg_no_memory(err);
}

enum vg_status vg_strip_create(const struct vg_network *network, double cell_m,
                               struct vg_strip **out, struct vg_error *err)
{
    if (!(cell_m > 0.0) || !isfinite(cell_m)) {
        return vg_fail(err, VG_E_RANGE, "the cell size must be greater than zero");
    }
    if (network->n_lines <= 0 || network->n_stretches <= 0) {
        return vg_fail(err, VG_E_INVALID, "there is no line to watch");
    }
    struct vg_strip *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->cell_m = cell_m;
    enum vg_status st = fill(self, network, err);
    if (st != VG_OK) {
        vg_strip_destroy(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_strip_destroy(struct vg_strip *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; i < self->n_lines; i++) {
        free(self->lines[i].line.lat_deg);
        free(self->lines[i].line.lon_deg);
        free(self->lines[i].line.s_m);
    }
    free(self->lines);
    free(self->stretches);
    free(self->cols);
    free(self->leaves);
    free(self->leaf_first);
    free(self->branches);
    free(self);
}

double vg_strip_cell_m(const struct vg_strip *self)
{
    return self->cell_m;
}

int vg_strip_n_columns(const struct vg_strip *self)
{
    return self->n_cols;
}

/* The last stretch that starts at or before the column: empty stretches lie before it. */
static int stretch_of(const struct vg_strip *self, int col)
{
    int lo = 0;
    int hi = self->n_stretches;
    while (hi - lo > 1) {
        int mid = lo + (hi - lo) / 2;
        if (self->stretches[mid].first_col <= col) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

int vg_strip_n_rows(const struct vg_strip *self, int col)
{
    VG_ASSERT(col >= 0 && col < self->n_cols);
    return self->stretches[stretch_of(self, col)].n_rows;
}

double vg_strip_max_depth_m(const struct vg_strip *self)
{
    return self->n_rows_max / 2 * self->cell_m;
}

int64_t vg_strip_cell_index(const struct vg_strip *self, int col)
{
    VG_ASSERT(col >= 0 && col <= self->n_cols);
    if (col >= self->n_cols) {
        return self->n_cells;
    }
    const struct vg_strip_stretch *s = &self->stretches[stretch_of(self, col)];
    return s->first_cell + (int64_t)(col - s->first_col) * s->n_rows;
}

void vg_strip_column(const struct vg_strip *self, int col, int *out_line, double *out_s_m,
                     int *out_stretch)
{
    VG_ASSERT(col >= 0 && col < self->n_cols);
    int i = stretch_of(self, col);
    const struct vg_strip_line *l = &self->lines[self->stretches[i].line];
    if (out_line != NULL) {
        *out_line = self->stretches[i].line;
    }
    if (out_s_m != NULL) {
        *out_s_m = (col - l->first_col + 0.5) * l->step_m;
    }
    if (out_stretch != NULL) {
        *out_stretch = i;
    }
}

int vg_strip_column_at(const struct vg_strip *self, int line, double s_m)
{
    VG_ASSERT(line >= 0 && line < self->n_lines);
    const struct vg_strip_line *l = &self->lines[line];
    int n = end_col(self, line) - l->first_col;
    double k = floor(fmax(s_m, 0.0) / l->step_m);
    return l->first_col + (k < n ? (int)k : n - 1);
}

void vg_strip_axis(const struct vg_strip *self, int col, struct vg_strip_axis *out)
{
    VG_ASSERT(col >= 0 && col < self->n_cols);
    const struct vg_strip_col *c = &self->cols[col];
    *out = (struct vg_strip_axis){.lat_deg = c->lat_e7 * 1e-7,
                                  .lon_deg = c->lon_e7 * 1e-7,
                                  .right_e = c->right_e / 32767.0,
                                  .right_n = c->right_n / 32767.0};
}

void vg_strip_cell(const struct vg_strip *self, int col, int row, double *out_lat_deg,
                   double *out_lon_deg)
{
    struct vg_strip_axis a;
    vg_strip_axis(self, col, &a);
    double off_m = (row + 0.5 - vg_strip_n_rows(self, col) / 2) * self->cell_m;
    struct vg_frame frame = vg_frame_at(a.lat_deg, a.lon_deg);
    vg_frame_to_latlon(&frame, a.right_e * off_m, a.right_n * off_m, out_lat_deg, out_lon_deg);
}
