#include "terrain/mosaic.h"

#include "base/text.h"
#include "geo/geodesy.h"

#include <stdlib.h>
#include <string.h>

/* Files of one grid lie within this part of a cell of it. */
#define GRID_TOLERANCE 0.001

enum {
    /* A layer is at most so many times as large as its files: what lies between takes no memory,
     * but what looks for ground should find some. */
    SPARSE_MAX = 4,
    CHUNK_SAMPLES = 1 << 22,
    MEMORY_MIB = 512,
    KEY_VERSION = 1 /* changes with what this file and blend.c make of the same sources */
};

/* --- laying out --- */

/* A layer in the making: rows and columns from its first file's first centre. */
struct group {
    const struct vg_source *first;
    bool is_float;
    int row_lo;
    int row_end;
    int col_lo;
    int col_end;
    double n_samples;
    int n_members;
};

static bool is_near_whole(double x)
{
    return fabs(x - round(x)) <= GRID_TOLERANCE;
}

/* Where a source's first centre lies in a group's grid; false: it has another grid. */
static bool offset_in(const struct group *g, const struct vg_source *s, int *out_row, int *out_col)
{
    const struct vg_source *f = g->first;
    double row = (f->north_deg - s->north_deg) / f->step_lat_deg;
    double col = vg_wrap_180_deg(s->west_deg - f->west_deg) / f->step_lon_deg;
    double drift_lat = fabs(s->step_lat_deg / f->step_lat_deg - 1.0);
    double drift_lon = fabs(s->step_lon_deg / f->step_lon_deg - 1.0);
    bool is_same = is_near_whole(row) && is_near_whole(col) &&
                   drift_lat * (fabs(row) + s->n_rows) <= GRID_TOLERANCE &&
                   drift_lon * (fabs(col) + s->n_cols) <= GRID_TOLERANCE;
    if (!is_same || fabs(row) > 1e8 || fabs(col) > 1e8) {
        return false;
    }
    *out_row = (int)round(row);
    *out_col = (int)round(col);
    return true;
}

static bool join(struct group *g, const struct vg_source *s)
{
    int row;
    int col;
    if (g->first->is_round || s->is_round || !offset_in(g, s, &row, &col)) {
        return false;
    }
    struct group b = *g;
    b.row_lo = row < b.row_lo ? row : b.row_lo;
    b.col_lo = col < b.col_lo ? col : b.col_lo;
    b.row_end = row + s->n_rows > b.row_end ? row + s->n_rows : b.row_end;
    b.col_end = col + s->n_cols > b.col_end ? col + s->n_cols : b.col_end;
    b.n_samples += (double)s->n_rows * s->n_cols;
    double width = (double)b.col_end - b.col_lo;
    double height = (double)b.row_end - b.row_lo;
    if (width * height > SPARSE_MAX * b.n_samples ||
        (width + 2.0 * VG_LAYER_PAD) * s->step_lon_deg >= 360.0) {
        return false;
    }
    b.is_float = g->is_float || s->is_float || s->unit_m < g->first->unit_m ||
                 s->unit_m > g->first->unit_m || s->zero_m < g->first->zero_m ||
                 s->zero_m > g->first->zero_m;
    b.n_members++;
    *g = b;
    return true;
}

static struct group group_of(const struct vg_source *s)
{
    return (struct group){.first = s,
                          .is_float = s->is_float,
                          .row_end = s->n_rows,
                          .col_end = s->n_cols,
                          .n_samples = (double)s->n_rows * s->n_cols,
                          .n_members = 1};
}

/* A layer's shape; its memory comes later. */
static enum vg_status shape_layer(const struct group *g, struct vg_layer *out, struct vg_error *err)
{
    const struct vg_source *f = g->first;
    int side = f->is_round ? 0 : VG_LAYER_PAD;
    *out = (struct vg_layer){
        .n_rows = g->row_end - g->row_lo + 2 * VG_LAYER_PAD,
        .n_cols = f->is_round ? f->n_cols + 1 : g->col_end - g->col_lo + 2 * side,
        .north_deg = f->north_deg + (VG_LAYER_PAD - g->row_lo) * f->step_lat_deg,
        .west_deg = vg_wrap_180_deg(f->west_deg) + (g->col_lo - side) * f->step_lon_deg,
        .per_deg_lat = 1.0 / f->step_lat_deg,
        .per_deg_lon = 1.0 / f->step_lon_deg,
        .is_round = f->is_round,
        .unit_m = f->unit_m,
        .zero_m = f->zero_m - 32768.0 * f->unit_m};
    vg_layer_shape(out);
    out->members = calloc((size_t)g->n_members, sizeof *out->members);
    return out->members != NULL ? VG_OK : vg_no_memory(err);
}

static void place_member(struct vg_layer *l, const struct group *g, const struct vg_source *s)
{
    int row = 0;
    int col = 0;
    (void)offset_in(g, s, &row, &col);
    l->members[l->n_members++] =
        (struct vg_member){.row = row - g->row_lo + VG_LAYER_PAD,
                           .col = col - g->col_lo + (s->is_round ? 0 : VG_LAYER_PAD),
                           .n_rows = s->n_rows,
                           .n_cols = s->n_cols};
}

static enum vg_status lay_out(struct vg_terrain *self, struct group *groups, struct vg_error *err)
{
    int n = 0;
    for (int i = 0; i < self->n_sources; i++) {
        struct vg_source *s = &self->sources[i];
        s->layer = -1;
        for (int k = 0; k < n && s->layer < 0; k++) {
            s->layer = join(&groups[k], s) ? k : -1;
        }
        if (s->layer < 0) {
            groups[n] = group_of(s);
            s->layer = n++;
        }
    }
    self->layers = calloc((size_t)n, sizeof *self->layers);
    if (self->layers == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < n; k++) {
        enum vg_status st = shape_layer(&groups[k], &self->layers[k], err);
        if (st != VG_OK) {
            return st;
        }
        self->n_layers++;
    }
    for (int i = 0; i < self->n_sources; i++) {
        int k = self->sources[i].layer;
        place_member(&self->layers[k], &groups[k], &self->sources[i]);
    }
    return VG_OK;
}

/* --- filling --- */

/* A centre's number: ground at 0 m is not a void. */
static float marked(float h)
{
    return h < 0.0F || h > 0.0F ? h : VG_LAYER_ZERO_M;
}

/* Rows of a file into its place; where two files overlap the first one's ground stays. */
static void put_metres(struct vg_layer *l, const struct vg_member *m, int row, int n,
                       const float *h, int64_t *n_void)
{
    for (int r = 0; r < n; r++) {
        size_t at = vg_layer_row(l, m->row + row + r);
        for (int c = 0; c < m->n_cols; c++) {
            float v = h[(size_t)r * (size_t)m->n_cols + (size_t)c];
            float *to = &l->metres[at + vg_layer_col(m->col + c)];
            if (isnan(v)) {
                ++*n_void;
            } else if (!(fabsf(*to) > 0.0F)) {
                *to = marked(v);
            }
        }
    }
}

static void put_counts(struct vg_layer *l, const struct vg_member *m, int row, int n,
                       const int16_t *v, int64_t *n_void)
{
    for (int r = 0; r < n; r++) {
        size_t at = vg_layer_row(l, m->row + row + r);
        for (int c = 0; c < m->n_cols; c++) {
            int count = v[(size_t)r * (size_t)m->n_cols + (size_t)c] - INT16_MIN;
            uint16_t *to = &l->counts[at + vg_layer_col(m->col + c)];
            *n_void += count == 0;
            *to = *to == 0 ? (uint16_t)count : *to;
        }
    }
}

/* Disk space for the blocks of a block row, columns [first, end). */
static enum vg_status reserve(struct vg_layer *l, int block_row, int first, int end,
                              struct vg_error *err)
{
    size_t each = (l->counts != NULL ? sizeof(uint16_t) : sizeof(float)) * VG_LAYER_BLOCK_SIZE;
    size_t from = (size_t)block_row * (size_t)l->n_block_cols + (size_t)first;
    return vg_store_reserve(&l->store, from * each, (size_t)(end - first) * each, err);
}

/* The blocks of a member with those around it, where the blend goes. */
struct span {
    int row_first;
    int row_end;
    int col_first;
    int col_end;
};

static struct span blocks_of(const struct vg_layer *l, const struct vg_member *m)
{
    struct span s = {.row_first = m->row / VG_LAYER_BLOCK - 1,
                     .row_end = (m->row + m->n_rows - 1) / VG_LAYER_BLOCK + 2,
                     .col_first = m->col / VG_LAYER_BLOCK - 1,
                     .col_end = (m->col + m->n_cols - 1) / VG_LAYER_BLOCK + 2};
    s.row_first = s.row_first > 0 ? s.row_first : 0;
    s.col_first = s.col_first > 0 ? s.col_first : 0;
    s.row_end = s.row_end < l->n_block_rows ? s.row_end : l->n_block_rows;
    s.col_end = s.col_end < l->n_block_cols ? s.col_end : l->n_block_cols;
    return s;
}

static enum vg_status reserve_member(struct vg_layer *l, const struct vg_member *m,
                                     struct vg_error *err)
{
    struct span s = blocks_of(l, m);
    enum vg_status st = VG_OK;
    for (int r = s.row_first; r < s.row_end && st == VG_OK; r++) {
        st = reserve(l, r, s.col_first, s.col_end, err);
    }
    return st;
}

static enum vg_status read_member(const struct vg_source *s, struct vg_layer *l,
                                  const struct vg_member *m, int64_t *out_n_void,
                                  struct vg_error *err)
{
    struct vg_source_reader reader = {0};
    enum vg_status st = reserve_member(l, m, err);
    st = st != VG_OK ? st : vg_source_open(s, &reader, err);
    int n_rows = CHUNK_SAMPLES / s->n_cols;
    n_rows = n_rows < 1 ? 1 : n_rows < s->n_rows ? n_rows : s->n_rows;
    void *buf = malloc((size_t)n_rows * (size_t)s->n_cols * sizeof(float));
    st = st == VG_OK && buf == NULL ? vg_no_memory(err) : st;
    *out_n_void = 0;
    for (int row = 0; row < s->n_rows && st == VG_OK; row += n_rows) {
        int n = s->n_rows - row < n_rows ? s->n_rows - row : n_rows;
        if (l->counts != NULL) {
            st = vg_source_read_counts(&reader, row, n, buf, err);
            if (st == VG_OK) {
                put_counts(l, m, row, n, buf, out_n_void);
            }
        } else {
            st = vg_source_read_metres(&reader, row, n, buf, err);
            if (st == VG_OK) {
                put_metres(l, m, row, n, buf, out_n_void);
            }
        }
    }
    free(buf);
    vg_source_close(&reader);
    return st;
}

/* Column 0 once more behind the last, for layers all around the Earth. */
static void close_round(struct vg_layer *l)
{
    if (!l->is_round) {
        return;
    }
    for (int r = 0; r < l->n_rows; r++) {
        size_t from = vg_layer_row(l, r);
        size_t to = from + vg_layer_col(l->n_cols - 1);
        if (l->counts != NULL) {
            l->counts[to] = l->counts[from];
        } else {
            l->metres[to] = l->metres[from];
        }
    }
}

static void index_members(struct vg_layer *l)
{
    for (int i = 0; i < l->n_members; i++) {
        struct span s = blocks_of(l, &l->members[i]);
        for (int r = s.row_first; r < s.row_end; r++) {
            vg_layer_index(l, r, s.col_first, s.col_end);
        }
    }
}

static enum vg_status finish_filling(struct vg_terrain *self, int i, struct vg_error *err)
{
    struct vg_layer *l = &self->layers[i];
    close_round(l);
    index_members(l);
    if (!vg_layer_has_beneath(self, i)) {
        return VG_OK;
    }
    enum vg_status st = vg_layer_blend(self, i, err);
    close_round(l);
    index_members(l);
    return st;
}

static enum vg_status fill(struct vg_terrain *self, int i, struct vg_error *err)
{
    struct vg_layer *l = &self->layers[i];
    int member = 0;
    size_t n_blocks = (size_t)l->n_block_rows * (size_t)l->n_block_cols;
    size_t ranges = (size_t)((char *)l->block_lo_m - l->store.data);
    enum vg_status st = vg_store_reserve(&l->store, ranges, 2 * n_blocks * sizeof(float), err);
    for (int k = 0; k < self->n_sources && st == VG_OK; k++) {
        if (self->sources[k].layer == i) {
            st = read_member(&self->sources[k], l, &l->members[member], &l->store.notes[member],
                             err);
            member++;
        }
    }
    st = st != VG_OK ? st : finish_filling(self, i, err);
    return st != VG_OK ? st : vg_store_commit(&l->store, err);
}

/* --- memory or a cache file --- */

/* What a layer is made from: its files, where they lie in it, and the layers beneath. */
static enum vg_status key_of(const struct vg_terrain *self, int i, bool is_float,
                             uint8_t (*keys)[VG_SHA256_SIZE], struct vg_error *err)
{
    const struct vg_layer *l = &self->layers[i];
    struct vg_buf text = {0};
    char hex[VG_SHA256_HEX_SIZE];
    vg_buf_printf(&text, "layer %d %d %d %d %.17g %.17g\n", KEY_VERSION, is_float, l->n_rows,
                  l->n_cols, l->north_deg, l->west_deg);
    int member = 0;
    for (int k = 0; k < self->n_sources; k++) {
        if (self->sources[k].layer == i) {
            const struct vg_member *m = &l->members[member++];
            vg_buf_printf(&text, "%d %d %s\n", m->row, m->col,
                          vg_hex(self->sources[k].key, VG_SHA256_SIZE, hex));
        }
    }
    for (int k = i + 1; k < self->n_layers; k++) {
        if (vg_layer_touches(l, &self->layers[k])) {
            vg_buf_printf(&text, "on %s\n", vg_hex(keys[k], VG_SHA256_SIZE, hex));
        }
    }
    bool is_failed = text.is_failed;
    if (!is_failed) {
        vg_sha256(text.data, text.n, keys[i]);
    }
    vg_buf_finish(&text);
    return is_failed ? vg_no_memory(err) : VG_OK;
}

/* Pages that will be written to. */
static int64_t held_bytes(const struct vg_layer *l, bool is_float)
{
    int64_t n = 0;
    for (int i = 0; i < l->n_members; i++) {
        struct span s = blocks_of(l, &l->members[i]);
        n += (int64_t)(s.row_end - s.row_first) * (s.col_end - s.col_first);
    }
    int64_t each = is_float ? (int64_t)sizeof(float) : (int64_t)sizeof(uint16_t);
    return n * VG_LAYER_BLOCK_SIZE * each +
           (int64_t)l->n_block_rows * l->n_block_cols * 2 * (int64_t)sizeof(float);
}

static enum vg_status fill_in_memory(struct vg_terrain *self, int i, bool is_float, int64_t *budget,
                                     struct vg_error *err)
{
    struct vg_layer *l = &self->layers[i];
    int64_t need = held_bytes(l, is_float);
    if (need > *budget) {
        return vg_fail(err, VG_E_FULL,
                       "the elevation files need %lld MiB of memory, %lld MiB are left to them; "
                       "make the cache folder writable",
                       (long long)(need >> 20) + 1, (long long)(*budget >> 20));
    }
    *budget -= need;
    enum vg_status st =
        vg_store_hold(vg_layer_size_bytes(l, is_float), l->n_members, &l->store, err);
    if (st == VG_OK) {
        vg_layer_bind(l, l->store.data, is_float);
        st = fill(self, i, err);
    }
    return st;
}

static enum vg_status fill_in_file(struct vg_terrain *self, int i, bool is_float,
                                   const char *folder, const uint8_t *key, struct vg_error *err)
{
    struct vg_layer *l = &self->layers[i];
    bool is_made = false;
    enum vg_status st = vg_store_open(folder, key, vg_layer_size_bytes(l, is_float), l->n_members,
                                      &l->store, &is_made, err);
    if (st == VG_OK && !is_made) {
        vg_layer_bind(l, l->store.data, is_float);
        st = fill(self, i, err);
    }
    if (st == VG_OK) {
        vg_layer_bind(l, l->store.data, is_float); /* a file that was made has moved */
    } else {
        vg_store_finish(&l->store);
    }
    return st;
}

static void take_notes(struct vg_terrain *self, int i)
{
    const struct vg_layer *l = &self->layers[i];
    int member = 0;
    for (int k = 0; k < self->n_sources; k++) {
        if (self->sources[k].layer == i) {
            self->sources[k].n_void = l->store.notes[member++];
            self->sources[k].is_cached = l->store.is_file;
        }
    }
}

static enum vg_status fill_layers(struct vg_terrain *self, const struct group *groups,
                                  const struct vg_terrain_options *options,
                                  uint8_t (*keys)[VG_SHA256_SIZE], struct vg_error *err)
{
    int64_t budget = options->memory_bytes > 0 ? options->memory_bytes : (int64_t)MEMORY_MIB << 20;
    enum vg_status st = VG_OK;
    for (int i = self->n_layers - 1; i >= 0 && st == VG_OK; i--) {
        bool is_float = groups[i].is_float;
        enum vg_status in_file = VG_E_IO;
        st = key_of(self, i, is_float, keys, err);
        if (st == VG_OK && options->cache_folder != NULL) {
            struct vg_error local = {.lang = err != NULL ? err->lang : VG_LANG_EN};
            in_file = fill_in_file(self, i, is_float, options->cache_folder, keys[i], &local);
            if (in_file != VG_OK && in_file != VG_E_IO) {
                st = in_file;
                if (err != NULL) {
                    *err = local;
                }
            }
        }
        /* A folder that cannot be written to is no reason not to fly. */
        if (st == VG_OK && in_file != VG_OK) {
            st = fill_in_memory(self, i, is_float, &budget, err);
        }
        if (st == VG_OK) {
            take_notes(self, i);
        }
    }
    return st;
}

enum vg_status vg_mosaic_build(struct vg_terrain *self, const struct vg_terrain_options *options,
                               struct vg_error *err)
{
    size_t n = (size_t)self->n_sources;
    struct group *groups = calloc(n, sizeof *groups);
    uint8_t(*keys)[VG_SHA256_SIZE] = calloc(n, sizeof *keys);
    enum vg_status st =
        groups != NULL && keys != NULL ? lay_out(self, groups, err) : vg_no_memory(err);
    st = st != VG_OK ? st : fill_layers(self, groups, options, keys, err);
    free(groups);
    free(keys);
    return st;
}

enum vg_status vg_mosaic_of_array(struct vg_terrain *self, const float *heights_msl_m,
                                  struct vg_error *err)
{
    const struct vg_source *s = &self->sources[0];
    struct group g = group_of(s);
    self->layers = calloc(1, sizeof *self->layers);
    enum vg_status st =
        self->layers != NULL ? shape_layer(&g, &self->layers[0], err) : vg_no_memory(err);
    if (st != VG_OK) {
        return st;
    }
    struct vg_layer *l = &self->layers[0];
    self->n_layers = 1;
    place_member(l, &g, s);
    st = vg_store_hold(vg_layer_size_bytes(l, true), 1, &l->store, err);
    if (st != VG_OK) {
        return st;
    }
    vg_layer_bind(l, l->store.data, true);
    put_metres(l, &l->members[0], 0, s->n_rows, heights_msl_m, &l->store.notes[0]);
    st = finish_filling(self, 0, err);
    take_notes(self, 0);
    return st;
}
