#include "watch/shape.h"

#include <math.h>
#include <stdlib.h>

enum {
    MAX_LINES = 4096,
    MAX_COLS = 4000000,
    MAX_ROWS = 254
};

static enum vg_status read_lines(const json_t *watch, struct vg_shape *s, struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(watch, "lines", &list, err);
    if (st != VG_OK) {
        return st;
    }
    size_t n = json_array_size(list);
    if (n == 0 || n > MAX_LINES) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" holds %zu entries, expected 1 to %d", "lines", n,
                       MAX_LINES);
    }
    s->lines = calloc(n, sizeof *s->lines);
    if (s->lines == NULL) {
        return vg_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_array_get(list, i);
        struct vg_shape_line *l = &s->lines[i];
        const char *name;
        double first_bin;
        double n_bins;
        if ((st = vg_json_text(o, "name", &name, err)) != VG_OK ||
            (st = vg_json_number(o, "length_m", 1e-3, 1e8, &l->length_m, err)) != VG_OK ||
            (st = vg_json_number(o, "offset_m", 0, 1e9, &l->offset_m, err)) != VG_OK ||
            (st = vg_json_number(o, "first_bin", s->n_bins, s->n_bins, &first_bin, err)) != VG_OK ||
            (st = vg_json_number(o, "n_bins", 1, MAX_COLS, &n_bins, err)) != VG_OK) {
            return st;
        }
        vg_format(l->name, sizeof l->name, "%s", name);
        l->first_bin = s->n_bins;
        l->n_bins = (int)n_bins;
        s->n_bins += l->n_bins;
        s->n_lines++;
    }
    return VG_OK;
}

static enum vg_status read_stretches(const json_t *watch, struct vg_shape *s, struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(watch, "stretches", &list, err);
    if (st != VG_OK) {
        return st;
    }
    size_t n = json_array_size(list);
    s->stretches = calloc(n + 1, sizeof *s->stretches);
    if (s->stretches == NULL) {
        return vg_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_array_get(list, i);
        struct vg_shape_stretch *x = &s->stretches[i];
        const char *id;
        double line;
        if ((st = vg_json_text(o, "id", &id, err)) != VG_OK ||
            (st = vg_json_number(o, "line", 0, s->n_lines - 1, &line, err)) != VG_OK ||
            (st = vg_json_number(o, "from_m", 0, 1e8, &x->from_m, err)) != VG_OK ||
            (st = vg_json_number(o, "to_m", 0, 1e8, &x->to_m, err)) != VG_OK ||
            (st = vg_json_number(o, "revisit_s", 1, 1e9, &x->revisit_s, err)) != VG_OK) {
            return st;
        }
        vg_format(x->id, sizeof x->id, "%s", id);
        x->line = (int)line;
        double depth_m = json_number_value(json_object_get(o, "depth_m"));
        x->depth_m = depth_m > 0 ? depth_m : 0;
        x->is_unreachable = json_is_true(json_object_get(o, "unreachable"));
        size_t n_passes = json_array_size(json_object_get(o, "passes_m"));
        x->n_passes = n_passes > 1 ? (int)n_passes : 1;
        s->n_stretches++;
    }
    return VG_OK;
}

/* "strip": runs [line, n_columns, n_rows, stretch], lines in order. First pass counts, second
 * fills. */
static enum vg_status read_run(const json_t *run, const struct vg_shape *s, int out[4],
                               struct vg_error *err)
{
    const int hi[4] = {s->n_lines - 1, MAX_COLS, MAX_ROWS, s->n_stretches - 1};
    const int lo[4] = {0, 1, 1, 0};
    for (size_t k = 0; k < 4; k++) {
        json_t *v = json_array_get(run, k);
        json_int_t x = json_is_integer(v) ? json_integer_value(v) : -1;
        if (x < lo[k] || x > hi[k]) {
            return vg_fail(err, VG_E_FORMAT, "\"%s\" is not a list of runs of four whole numbers",
                           "strip");
        }
        out[k] = (int)x;
    }
    return VG_OK;
}

/* The columns of a line share it evenly (geo/strip.h): the k-th of n has its middle at (k + 1/2) /
 * n of the length. */
static void fill_columns(struct vg_shape *s, const int run[4], int *k, int64_t *cell)
{
    struct vg_shape_line *l = &s->lines[run[0]];
    if (*k == 0) {
        l->first_col = s->n_cols;
    }
    for (int i = 0; i < run[1]; i++) {
        double mid_m = (*k + 0.5) * l->length_m / l->n_cols;
        int bin = (int)(mid_m / s->bin_m);
        if (bin >= l->n_bins) {
            bin = l->n_bins - 1;
        }
        s->cols[s->n_cols] = (struct vg_shape_col){l->first_bin + bin, run[3], *cell};
        *cell += run[2];
        s->n_cols++;
        *k = (*k + 1) % l->n_cols; /* 0 again at the line's end */
    }
}

static enum vg_status read_strip(const json_t *watch, struct vg_shape *s, struct vg_error *err)
{
    json_t *list;
    enum vg_status st = vg_json_list(watch, "strip", &list, err);
    if (st != VG_OK) {
        return st;
    }
    int64_t total = 0;
    size_t i;
    json_t *v;
    int run[4];
    json_array_foreach(list, i, v)
    {
        if ((st = read_run(v, s, run, err)) != VG_OK) {
            return st;
        }
        total += run[1];
        s->lines[run[0]].n_cols += run[1];
    }
    if (total > MAX_COLS) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" holds %zu entries, expected 1 to %d", "strip",
                       (size_t)total, MAX_COLS);
    }
    s->cols = calloc((size_t)total + 1, sizeof *s->cols);
    if (s->cols == NULL) {
        return vg_no_memory(err);
    }
    int64_t cell = 0;
    int k = 0;
    json_array_foreach(list, i, v)
    {
        if ((st = read_run(v, s, run, err)) != VG_OK) {
            return st;
        }
        fill_columns(s, run, &k, &cell);
    }
    s->cols[s->n_cols] = (struct vg_shape_col){-1, -1, cell};
    return VG_OK;
}

static enum vg_status index_bins(struct vg_shape *s, struct vg_error *err)
{
    s->bin_line = calloc((size_t)s->n_bins + 1, sizeof *s->bin_line);
    s->bin_col = calloc((size_t)s->n_bins + 1, sizeof *s->bin_col);
    if (s->bin_line == NULL || s->bin_col == NULL) {
        return vg_no_memory(err);
    }
    for (int l = 0; l < s->n_lines; l++) {
        for (int k = 0; k < s->lines[l].n_bins; k++) {
            s->bin_line[s->lines[l].first_bin + k] = l;
        }
    }
    int bin = -1;
    for (int c = 0; c < s->n_cols; c++) {
        if (s->cols[c].bin < bin) {
            return vg_fail(err, VG_E_FORMAT, "\"%s\" is not a list of runs of four whole numbers",
                           "strip");
        }
        while (bin < s->cols[c].bin) {
            s->bin_col[++bin] = c;
        }
    }
    while (bin < s->n_bins) {
        s->bin_col[++bin] = s->n_cols;
    }
    return VG_OK;
}

enum vg_status vg_shape_read(const json_t *watch, struct vg_shape *out, struct vg_error *err)
{
    struct vg_shape s = {0};
    enum vg_status st;
    if ((st = vg_json_number(watch, "promise_s", 1, 1e9, &s.promise_s, err)) != VG_OK ||
        (st = vg_json_number(watch, "cell_m", 1, 1e4, &s.cell_m, err)) != VG_OK ||
        (st = vg_json_number(watch, "bin_m", 1, 1e6, &s.bin_m, err)) != VG_OK ||
        (st = vg_json_number(watch, "seen_share", 0.01, 1, &s.seen_share, err)) != VG_OK ||
        (st = read_lines(watch, &s, err)) != VG_OK ||
        (st = read_stretches(watch, &s, err)) != VG_OK ||
        (st = read_strip(watch, &s, err)) != VG_OK || (st = index_bins(&s, err)) != VG_OK) {
        vg_shape_finish(&s);
        return st;
    }
    *out = s;
    return VG_OK;
}

void vg_shape_finish(struct vg_shape *self)
{
    free(self->lines);
    free(self->stretches);
    free(self->cols);
    free(self->bin_line);
    free(self->bin_col);
    *self = (struct vg_shape){0};
}

double vg_shape_bin_m(const struct vg_shape *self, int bin)
{
    const struct vg_shape_line *l = &self->lines[self->bin_line[bin]];
    double from = (bin - l->first_bin) * self->bin_m;
    return (from + fmin(from + self->bin_m, l->length_m)) / 2;
}

int vg_shape_bin_stretch(const struct vg_shape *self, int bin)
{
    int col = self->bin_col[bin];
    return col < self->n_cols ? self->cols[col].stretch : -1;
}
