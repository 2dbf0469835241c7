#include "config/area.h"

#include "base/numbers.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

enum {
    MAX_ROWS = 5000,
    LOOKS = 16, /* across a row, to find how far the area reaches within it */
    MAX_CROSSINGS = VG_AREA_MAX_POINTS
};
static const double ROW_DEPTHS = 1.8;
static const double MAX_WIDTH_M = 500e3;
static const double LEAST_WIDTH_M = 1;

/* Corners in metres along the rows (x) and across them (y). */
struct area {
    double *x;
    double *y;
    int n;
    struct vg_frame frame;
    double along_e; /* unit vector of x, east and north */
    double along_n;
};

/* A piece of a row; next: the one piece of the next row that goes on from it. */
struct piece {
    int row;
    double from;
    double to;
    int n_above; /* pieces of the next row that touch it */
    int n_below;
    int next;
};

struct rows {
    struct piece *pieces;
    int n;
    int cap;
    double y0; /* of row 0 */
    double step;
    int n_rows;
};

/* ---- the plane ---- */

static enum vg_status lay_out(const double *lat_deg, const double *lon_deg, int n, struct area *out,
                              struct vg_error *err)
{
    while (n > 1 && vg_geo_distance_m(lat_deg[n - 1], lon_deg[n - 1], lat_deg[0], lon_deg[0]) < 1) {
        n--; /* the ring is closed anyway */
    }
    if (n < 3) {
        return vg_fail(err, VG_E_FORMAT, "an area needs at least 3 corners");
    }
    out->n = n;
    out->x = calloc((size_t)n, sizeof *out->x);
    out->y = calloc((size_t)n, sizeof *out->y);
    if (out->x == NULL || out->y == NULL) {
        return vg_no_memory(err);
    }
    double e_m = 0;
    double n_m = 0;
    out->frame = vg_frame_at(lat_deg[0], lon_deg[0]);
    for (int i = 0; i < n; i++) {
        vg_frame_to_en(&out->frame, lat_deg[i], lon_deg[i], &out->x[i], &out->y[i]);
        if (!(hypot(out->x[i], out->y[i]) < MAX_WIDTH_M)) {
            return vg_fail(err, VG_E_FORMAT, "an area may be %.0f km wide at most",
                           MAX_WIDTH_M / 1000);
        }
        e_m += out->x[i] / n;
        n_m += out->y[i] / n;
    }
    double mid_lat;
    double mid_lon;
    vg_frame_to_latlon(&out->frame, e_m, n_m, &mid_lat, &mid_lon);
    out->frame = vg_frame_at(mid_lat, mid_lon);
    for (int i = 0; i < n; i++) {
        vg_frame_to_en(&out->frame, lat_deg[i], lon_deg[i], &out->x[i], &out->y[i]);
    }
    return VG_OK;
}

static double side_of(const struct area *a, int i, int j, int k)
{
    return (a->x[j] - a->x[i]) * (a->y[k] - a->y[i]) - (a->y[j] - a->y[i]) * (a->x[k] - a->x[i]);
}

static bool do_cross(const struct area *a, int i, int k)
{
    int j = (i + 1) % a->n;
    int l = (k + 1) % a->n;
    return side_of(a, i, j, k) * side_of(a, i, j, l) < 0 &&
           side_of(a, k, l, i) * side_of(a, k, l, j) < 0;
}

static enum vg_status refuse_crossing(const struct area *a, struct vg_error *err)
{
    for (int i = 0; i < a->n; i++) {
        for (int k = i + 2; k < a->n; k++) {
            if (do_cross(a, i, k)) {
                return vg_fail(err, VG_E_FORMAT,
                               "the border of the area crosses itself, between corners %d and %d "
                               "and between %d and %d",
                               i + 1, i + 2, k + 1, (k + 1) % a->n + 1);
            }
        }
    }
    return VG_OK;
}

/* How wide the area is across a direction. */
static double width_across(const struct area *a, double along_e, double along_n)
{
    double lo = HUGE_VAL;
    double hi = -HUGE_VAL;
    for (int i = 0; i < a->n; i++) {
        double across = a->y[i] * along_e - a->x[i] * along_n;
        lo = fmin(lo, across);
        hi = fmax(hi, across);
    }
    return hi - lo;
}

/* Turns the plane: the area is narrowest across one of its own sides' directions, or nearly so
 * where it is not convex. */
static void turn(struct area *a)
{
    double least = HUGE_VAL;
    for (int i = 0; i < a->n; i++) {
        int j = (i + 1) % a->n;
        double e = a->x[j] - a->x[i];
        double n = a->y[j] - a->y[i];
        double length = hypot(e, n);
        double width = length > 0 ? width_across(a, e / length, n / length) : HUGE_VAL;
        if (width < least - 1e-6) {
            least = width;
            a->along_e = e / length;
            a->along_n = n / length;
        }
    }
    for (int i = 0; i < a->n; i++) {
        double e = a->x[i];
        double n = a->y[i];
        a->x[i] = e * a->along_e + n * a->along_n;
        a->y[i] = n * a->along_e - e * a->along_n;
    }
}

/* ---- rows ---- */

/* Where the border crosses the height y, sorted; an even number. */
static int crossings(const struct area *a, double y, double *out)
{
    int n = 0;
    for (int i = 0; i < a->n; i++) {
        int j = (i + 1) % a->n;
        if ((a->y[i] <= y) != (a->y[j] <= y)) {
            out[n++] = a->x[i] + (y - a->y[i]) / (a->y[j] - a->y[i]) * (a->x[j] - a->x[i]);
        }
    }
    qsort(out, (size_t)n, sizeof *out, vg_by_double);
    return n;
}

static bool push(struct rows *self, struct piece p)
{
    if (self->n == self->cap) {
        int cap = self->cap > 0 ? 2 * self->cap : 256;
        struct piece *more = realloc(self->pieces, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        self->pieces = more;
        self->cap = cap;
    }
    self->pieces[self->n++] = p;
    return true;
}

/* Take from..to into the row's pieces [first, n): what touches it, or nearly so, becomes one. */
static bool add_piece(struct rows *self, int first, int row, double from, double to)
{
    for (int k = first; k < self->n;) {
        struct piece *p = &self->pieces[k];
        if (from <= p->to + self->step && p->from <= to + self->step) {
            from = fmin(from, p->from);
            to = fmax(to, p->to);
            self->pieces[k] = self->pieces[--self->n];
            k = first; /* it may reach others now */
        } else {
            k++;
        }
    }
    return push(self, (struct piece){.row = row, .from = from, .to = to, .next = -1});
}

static bool add_look(const struct area *a, struct rows *self, int first, int row, double y)
{
    double x[MAX_CROSSINGS];
    int n = crossings(a, y, x);
    bool is_ok = true;
    for (int k = 0; k + 1 < n && is_ok; k += 2) {
        is_ok = add_piece(self, first, row, x[k], x[k + 1]);
    }
    return is_ok;
}

static int by_place(const void *a, const void *b)
{
    const struct piece *x = a;
    const struct piece *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* What of the area lies within half a step of the row, as far as it reaches there: looks across it,
 * and at each corner. */
static bool add_row(const struct area *a, struct rows *self, int row)
{
    int first = self->n;
    double mid = self->y0 + row * self->step;
    bool is_ok = true;
    for (int q = 0; q <= LOOKS && is_ok; q++) {
        is_ok = add_look(a, self, first, row, mid + self->step * ((double)q / LOOKS - 0.5));
    }
    for (int i = 0; i < a->n && is_ok; i++) {
        if (fabs(a->y[i] - mid) <= self->step / 2) {
            is_ok = add_piece(self, first, row, a->x[i], a->x[i]);
        }
    }
    qsort(self->pieces + first, (size_t)(self->n - first), sizeof *self->pieces, by_place);
    return is_ok;
}

static enum vg_status make_rows(const struct area *a, double depth_m, struct rows *out,
                                struct vg_error *err)
{
    double lo = HUGE_VAL;
    double hi = -HUGE_VAL;
    for (int i = 0; i < a->n; i++) {
        lo = fmin(lo, a->y[i]);
        hi = fmax(hi, a->y[i]);
    }
    double n = ceil((hi - lo) / (ROW_DEPTHS * depth_m));
    if (!(hi - lo > LEAST_WIDTH_M)) {
        return vg_fail(err, VG_E_FORMAT, "the area has no width");
    }
    if (n > MAX_ROWS) {
        return vg_fail(err, VG_E_FORMAT,
                       "rows for a depth of %.0f m over %.0f km of area are more than %d", depth_m,
                       (hi - lo) / 1000, MAX_ROWS);
    }
    out->n_rows = (int)n;
    out->step = (hi - lo) / n;
    out->y0 = lo + out->step / 2;
    for (int row = 0; row < out->n_rows; row++) {
        if (!add_row(a, out, row)) {
            return vg_no_memory(err);
        }
    }
    return VG_OK;
}

/* ---- lines ---- */

/* A piece goes on in the next row where it touches one piece that touches no other. */
static void link_pieces(struct rows *self)
{
    for (int turn = 0; turn < 2; turn++) {
        for (int i = 0; i < self->n; i++) {
            struct piece *p = &self->pieces[i];
            for (int k = i + 1; k < self->n && self->pieces[k].row <= p->row + 1; k++) {
                struct piece *q = &self->pieces[k];
                if (q->row != p->row + 1 || q->from > p->to || p->from > q->to) {
                    continue;
                }
                if (turn == 0) {
                    p->n_above++;
                    q->n_below++;
                } else if (p->n_above == 1 && q->n_below == 1) {
                    p->next = k;
                }
            }
        }
    }
}

static void put_position(const struct area *a, double x, double y, bool is_first,
                         struct vg_buf *out)
{
    double lat;
    double lon;
    vg_frame_to_latlon(&a->frame, x * a->along_e - y * a->along_n, x * a->along_n + y * a->along_e,
                       &lat, &lon);
    vg_buf_printf(out, "%s[%.8f,%.8f]", is_first ? "" : ",", vg_wrap_180_deg(lon), lat);
}

/* Rows that are shorter than a metre are a point: the way to the next one is enough. */
static void put_line(const struct area *a, const struct rows *rows, int first, const char *name,
                     struct vg_buf *out)
{
    bool is_back = false;
    bool is_first = true;
    vg_buf_puts(out, "{\"type\":\"Feature\",\"properties\":{\"name\":");
    vg_buf_json(out, name);
    vg_buf_puts(out, ",\"line\":");
    vg_buf_json(out, name);
    vg_buf_puts(out, "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
    for (int k = first; k >= 0; k = rows->pieces[k].next) {
        const struct piece *p = &rows->pieces[k];
        double y = rows->y0 + p->row * rows->step;
        double mid = (p->from + p->to) / 2;
        double half = fmax((p->to - p->from) / 2, LEAST_WIDTH_M);
        put_position(a, is_back ? mid + half : mid - half, y, is_first, out);
        put_position(a, is_back ? mid - half : mid + half, y, false, out);
        is_first = false;
        is_back = !is_back;
    }
    vg_buf_puts(out, "]}}");
}

static void put_lines(const struct area *a, const struct rows *rows, const char *name,
                      struct vg_buf *out)
{
    int n_lines = 0;
    bool *is_inner = calloc((size_t)rows->n + 1, sizeof *is_inner);
    if (is_inner == NULL) {
        out->is_failed = true;
        return;
    }
    for (int k = 0; k < rows->n; k++) {
        if (rows->pieces[k].next >= 0) {
            is_inner[rows->pieces[k].next] = true;
        }
        n_lines += !is_inner[k];
    }
    for (int k = 0, line = 0; k < rows->n; k++) {
        char own[128];
        if (is_inner[k]) {
            continue;
        }
        vg_format(own, sizeof own, n_lines > 1 ? "%.50s %d" : "%.63s", name, ++line);
        vg_buf_puts(out, line > 1 ? "," : "");
        put_line(a, rows, k, own, out);
    }
    free(is_inner);
}

enum vg_status vg_area_lines(const double *lat_deg, const double *lon_deg, int n, const char *name,
                             double depth_m, struct vg_buf *out, struct vg_error *err)
{
    struct area a = {0};
    struct rows rows = {0};
    enum vg_status st = lay_out(lat_deg, lon_deg, n, &a, err);
    if (st == VG_OK) {
        st = refuse_crossing(&a, err);
    }
    if (st == VG_OK) {
        turn(&a);
        st = make_rows(&a, depth_m, &rows, err);
    }
    if (st == VG_OK) {
        link_pieces(&rows);
        put_lines(&a, &rows, name, out);
        st = out->is_failed ? vg_no_memory(err) : VG_OK;
    }
    free(a.x);
    free(a.y);
    free(rows.pieces);
    return st;
}
