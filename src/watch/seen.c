#include "watch/seen.h"

#include "terrain/grade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROWS = 254
};

enum vg_status vg_seen_init(struct vg_seen *self, const struct vg_shape *shape,
                            struct vg_error *err)
{
    size_t n_cells = (size_t)shape->cols[shape->n_cols].cell;
    struct vg_seen s = {.shape = shape};
    s.cell_s = calloc(n_cells + 1, sizeof *s.cell_s);
    s.cells = calloc(n_cells + 1, sizeof *s.cells);
    s.col_s = calloc((size_t)shape->n_cols + 1, sizeof *s.col_s);
    s.bin_s = calloc((size_t)shape->n_bins + 1, sizeof *s.bin_s);
    if (s.cell_s == NULL || s.cells == NULL || s.col_s == NULL || s.bin_s == NULL) {
        vg_seen_finish(&s);
        return vg_no_memory(err);
    }
    *self = s;
    return VG_OK;
}

void vg_seen_finish(struct vg_seen *self)
{
    free(self->cell_s);
    free(self->cells);
    free(self->col_s);
    free(self->bin_s);
    *self = (struct vg_seen){0};
}

/* The k-th oldest of n times. k is small where nearly all of a column must have been seen: then one
 * look at most cells is enough. O(n k) at worst. */
static uint32_t kth_oldest(const uint32_t *cells, int n, int k)
{
    uint32_t oldest[MAX_ROWS]; /* ascending */
    int n_kept = 0;
    for (int i = 0; i < n; i++) {
        if (n_kept == k && cells[i] >= oldest[k - 1]) {
            continue;
        }
        int at = n_kept < k ? n_kept++ : k - 1;
        while (at > 0 && oldest[at - 1] > cells[i]) {
            oldest[at] = oldest[at - 1];
            at--;
        }
        oldest[at] = cells[i];
    }
    return oldest[k - 1];
}

/* The time since which `need` of the n cells have been seen. */
static uint32_t column_time(const uint32_t *cells, int n, int need)
{
    uint32_t newest = 0;
    int n_newest = 0;
    for (int i = 0; i < n; i++) {
        if (cells[i] > newest) {
            newest = cells[i];
            n_newest = 1;
        } else if (cells[i] == newest) {
            n_newest++;
        }
    }
    return n_newest >= need ? newest : kth_oldest(cells, n, n - need + 1);
}

static uint32_t bin_time(const struct vg_seen *self, int bin)
{
    uint32_t oldest = UINT32_MAX;
    for (int c = self->shape->bin_col[bin]; c < self->shape->bin_col[bin + 1]; c++) {
        oldest = self->col_s[c] < oldest ? self->col_s[c] : oldest;
    }
    return oldest == UINT32_MAX ? 0 : oldest;
}

void vg_seen_copy(struct vg_seen *self, const struct vg_seen *from)
{
    const struct vg_shape *shape = self->shape;
    size_t n_cells = (size_t)shape->cols[shape->n_cols].cell;
    memcpy(self->cell_s, from->cell_s, n_cells * sizeof *self->cell_s);
    memcpy(self->cells, from->cells, n_cells * sizeof *self->cells);
    memcpy(self->col_s, from->col_s, (size_t)shape->n_cols * sizeof *self->col_s);
    memcpy(self->bin_s, from->bin_s, (size_t)shape->n_bins * sizeof *self->bin_s);
}

/* The better of two grades; unknown is the worst. */
static uint8_t better(uint8_t a, int b)
{
    return b != VG_GRADE_UNKNOWN && (a == VG_GRADE_UNKNOWN || b < a) ? (uint8_t)b : a;
}

static void mark_cell(uint32_t *cell_s, struct vg_seen_cell *cell, int grade, uint32_t t_s)
{
    cell->best_grade = better(cell->best_grade, grade);
    if (t_s < *cell_s) {
        return;
    }
    bool is_new_look = *cell_s == 0 || t_s - *cell_s > VG_SEEN_AGAIN_S;
    if (is_new_look && cell->n_looks < UINT16_MAX) {
        cell->n_looks++;
    }
    cell->last_grade = better(is_new_look ? VG_GRADE_UNKNOWN : cell->last_grade, grade);
    *cell_s = t_s;
}

int vg_seen_mark(struct vg_seen *self, int col, int row_first, int row_end, int grade, uint32_t t_s)
{
    const struct vg_shape *shape = self->shape;
    bool is_coarse =
        self->coarsest_grade > 0 && (grade == VG_GRADE_UNKNOWN || grade > self->coarsest_grade);
    if (col < 0 || col >= shape->n_cols || is_coarse) {
        return -1;
    }
    int n = vg_shape_n_rows(shape, col);
    uint32_t *cells = self->cell_s + shape->cols[col].cell;
    struct vg_seen_cell *more = self->cells + shape->cols[col].cell;
    for (int r = row_first < 0 ? 0 : row_first; r < row_end && r < n; r++) {
        mark_cell(&cells[r], &more[r], grade, t_s);
    }
    int need = (int)ceil(shape->seen_share * n - 1e-9);
    uint32_t now = column_time(cells, n, need < 1 ? 1 : need);
    if (now == self->col_s[col]) {
        return -1;
    }
    self->col_s[col] = now;
    int bin = shape->cols[col].bin;
    uint32_t bin_now = bin_time(self, bin);
    if (bin_now == self->bin_s[bin]) {
        return -1;
    }
    self->bin_s[bin] = bin_now;
    return bin;
}

double vg_seen_share(const struct vg_seen *self)
{
    int64_t n = self->shape->cols[self->shape->n_cols].cell;
    int64_t seen = 0;
    for (int64_t i = 0; i < n; i++) {
        seen += self->cell_s[i] != 0;
    }
    return n > 0 ? (double)seen / (double)n : 0;
}

double vg_seen_col_share(const struct vg_seen *self, int col, uint32_t since_s)
{
    int n = vg_shape_n_rows(self->shape, col);
    const uint32_t *cells = self->cell_s + self->shape->cols[col].cell;
    int seen = 0;
    for (int r = 0; r < n; r++) {
        seen += cells[r] != 0 && cells[r] >= since_s;
    }
    return (double)seen / n;
}
