/* Names for the map: CSV (RFC 4180) with a header. Columns are found by name, others are passed by.
 */
#include "base/text.h"
#include "config/watchfile_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column {
    COL_NAME = 0,
    COL_LAT,
    COL_LON,
    COL_POPULATION,
    N_COLUMNS
};
enum {
    CELL_SIZE = 256,
    MAX_CELLS = 64,
    MAX_PLACES = 1000000
};

struct cursor {
    const char *p;
    const char *end;
    const char *place;
    struct vg_error *err;
    int line;
    const char *line_start;
    const char *cell; /* where the last cell began, for errors */
};

struct list {
    struct vg_wf_place *places;
    int n;
    int cap;
};

/* In bytes, from 1. */
static int column_of_cell(const struct cursor *self)
{
    return (int)(self->cell - self->line_start) + 1;
}

static void skip_line_end(struct cursor *self)
{
    if (self->p < self->end && *self->p == '\r') {
        self->p++;
    }
    if (self->p < self->end && *self->p == '\n') {
        self->p++;
    }
    self->line++;
    self->line_start = self->p;
}

/* A quoted cell stands on one line: the names of places hold no line feeds, and a lost quote is
 * found where it is. */
static enum vg_status read_quoted(struct cursor *self, char cell[CELL_SIZE])
{
    size_t n = 0;
    self->p++;
    for (; self->p < self->end && *self->p != '\n'; self->p++) {
        if (*self->p == '"' && self->p + 1 < self->end && self->p[1] == '"') {
            self->p++;
        } else if (*self->p == '"') {
            self->p++;
            cell[n] = '\0';
            return VG_OK;
        }
        if (n < CELL_SIZE - 1) {
            cell[n++] = *self->p;
        }
    }
    return vg_fail_at(self->err, self->place, self->line, column_of_cell(self),
                      "a quote is not closed");
}

/* The cell at the cursor, without the comma after it. Longer cells are cut. */
static enum vg_status read_cell(struct cursor *self, char cell[CELL_SIZE])
{
    self->cell = self->p;
    if (self->p < self->end && *self->p == '"') {
        enum vg_status status = read_quoted(self, cell);
        bool is_ended = self->p == self->end || strchr(",\r\n", *self->p) != NULL;
        if (status == VG_OK && !is_ended) {
            status = vg_fail_at(self->err, self->place, self->line, column_of_cell(self),
                                "after a closing quote comes a comma or the end of the line");
        }
        return status;
    }
    size_t n = 0;
    for (; self->p < self->end && strchr(",\r\n", *self->p) == NULL; self->p++) {
        if (n < CELL_SIZE - 1) {
            cell[n++] = *self->p;
        }
    }
    cell[n] = '\0';
    return VG_OK;
}

/* Step over the comma; false at the end of the line. */
static bool next_cell(struct cursor *self)
{
    if (self->p < self->end && *self->p == ',') {
        self->p++;
        return true;
    }
    return false;
}

/* Which cell holds which column; -1 where there is none. */
static enum vg_status read_header(struct cursor *self, int column_of[N_COLUMNS])
{
    static const char *const NAMES[N_COLUMNS] = {"name", "lat", "lon", "population"};
    for (int k = 0; k < N_COLUMNS; k++) {
        column_of[k] = -1;
    }
    for (int i = 0; i < MAX_CELLS; i++) {
        char cell[CELL_SIZE];
        enum vg_status status = read_cell(self, cell);
        if (status != VG_OK) {
            return status;
        }
        for (int k = 0; k < N_COLUMNS; k++) {
            if (column_of[k] < 0 && strcmp(cell, NAMES[k]) == 0) {
                column_of[k] = i;
            }
        }
        if (!next_cell(self)) {
            break;
        }
    }
    for (int k = 0; k < COL_POPULATION; k++) {
        if (column_of[k] < 0) {
            return vg_fail_at(self->err, self->place, self->line, 1,
                              "the first line must name the columns name, lat and lon; \"%s\" is "
                              "missing",
                              NAMES[k]);
        }
    }
    skip_line_end(self);
    return VG_OK;
}

static enum vg_status take_number(const struct cursor *self, const char *cell, const char *column,
                                  double lo, double hi, double *out)
{
    double value = 0;
    if (!vg_fields_decimal(cell, &value)) {
        return vg_fail_at(self->err, self->place, self->line, column_of_cell(self),
                          "\"%s\" must be a number, got \"%s\"", column, cell);
    }
    if (value < lo || value > hi) {
        return vg_fail_at(self->err, self->place, self->line, column_of_cell(self),
                          "\"%s\" is %g, outside %g to %g", column, value, lo, hi);
    }
    *out = value;
    return VG_OK;
}

static enum vg_status take_cell(const struct cursor *self, enum column column, const char *cell,
                                struct vg_wf_place *place)
{
    double population = 0;
    enum vg_status status = VG_OK;
    switch (column) {
    case COL_NAME:
        if (cell[0] == '\0') {
            return vg_fail_at(self->err, self->place, self->line, column_of_cell(self),
                              "\"%s\" has no value", "name");
        }
        vg_format(place->name, sizeof place->name, "%s", cell);
        return VG_OK;
    case COL_LAT:
        return take_number(self, cell, "lat", -90, 90, &place->lat_deg);
    case COL_LON:
        return take_number(self, cell, "lon", -180, 180, &place->lon_deg);
    case COL_POPULATION:
        if (cell[0] != '\0') {
            status = take_number(self, cell, "population", 0, 1e11, &population);
        }
        place->population = (int64_t)population;
        return status;
    case N_COLUMNS:
        break;
    }
    return VG_E_INTERNAL;
}

static enum vg_status read_row(struct cursor *self, const int column_of[N_COLUMNS],
                               struct vg_wf_place *place)
{
    int last = 0;
    for (int k = 0; k < COL_POPULATION; k++) {
        last = column_of[k] > last ? column_of[k] : last;
    }
    int i = 0;
    do {
        char cell[CELL_SIZE];
        enum vg_status status = read_cell(self, cell);
        for (int k = 0; k < N_COLUMNS && status == VG_OK; k++) {
            if (column_of[k] == i) {
                status = take_cell(self, (enum column)k, cell, place);
            }
        }
        if (status != VG_OK) {
            return status;
        }
        i++;
    } while (next_cell(self));
    if (i <= last) {
        return vg_fail_at(self->err, self->place, self->line, column_of_cell(self),
                          "the line has %d cells; at least %d are needed", i, last + 1);
    }
    skip_line_end(self);
    return VG_OK;
}

static enum vg_status add_place(const struct cursor *self, struct list *list,
                                const struct vg_wf_place *place)
{
    if (list->n == MAX_PLACES) {
        return vg_fail_at(self->err, self->place, self->line, column_of_cell(self),
                          "more than %d places", MAX_PLACES);
    }
    if (list->n == list->cap) {
        int cap = list->cap > 0 ? list->cap * 2 : 64;
        struct vg_wf_place *grown = realloc(list->places, (size_t)cap * sizeof *grown);
        if (grown == NULL) {
            return vg_fail(self->err, VG_E_NO_MEMORY, "out of memory");
        }
        list->places = grown;
        list->cap = cap;
    }
    list->places[list->n++] = *place;
    return VG_OK;
}

enum vg_status vg_wf_parse_places(const char *text, size_t n, const char *place,
                                  struct vg_wf_place **out, int *out_n, struct vg_error *err)
{
    struct cursor self = {.p = text, .end = text + n, .place = place, .err = err, .line = 1};
    if (memchr(text, 0, n) != NULL) {
        return vg_fail_at(err, place, 0, 0, "control characters are not allowed in a text");
    }
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        self.p += 3; /* the byte order mark that spreadsheets write */
    }
    self.line_start = self.cell = self.p;
    int column_of[N_COLUMNS];
    struct list list = {0};
    enum vg_status status = read_header(&self, column_of);
    while (status == VG_OK && self.p < self.end) {
        struct vg_wf_place row = {0};
        if (*self.p == '\n' || *self.p == '\r') {
            skip_line_end(&self);
            continue;
        }
        status = read_row(&self, column_of, &row);
        if (status == VG_OK) {
            status = add_place(&self, &list, &row);
        }
    }
    if (status != VG_OK) {
        free(list.places);
        return status;
    }
    *out = list.places;
    *out_n = list.n;
    return VG_OK;
}
