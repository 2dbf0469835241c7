/* What strip.c and strip_index.c share. Inside src/geo only. */
#ifndef VG_GEO_STRIP_INNER_H
#define VG_GEO_STRIP_INNER_H

#include "geo/strip.h"

#include <stdint.h>

enum {
    VG_STRIP_LEAF = 32, /* columns in a leaf box */
    VG_STRIP_BRANCH = 16, /* leaf boxes in a branch box */
};

/* 12 bytes. */
struct vg_strip_col {
    int32_t lat_e7; /* 1 cm */
    int32_t lon_e7;
    int16_t right_e; /* 1/32767 */
    int16_t right_n;
};

/* A box about column middles: centre and half sizes in degrees, so that one over the antimeridian
 * is like any other. */
struct vg_strip_box {
    double lat;
    double lon;
    double half_lat;
    double half_lon;
};

struct vg_strip_line {
    struct vg_line line; /* a copy: vg_strip_nearest goes back to the vertices */
    int first_col;
    double step_m; /* length / columns, <= cell_m */
};

struct vg_strip_stretch {
    int first_col; /* of the columns whose middle lies in the stretch */
    int line;
    int n_rows;
    int64_t first_cell;
};

struct vg_strip {
    double cell_m;
    int n_cols;
    int64_t n_cells;
    int n_rows_max;
    struct vg_strip_col *cols;
    struct vg_strip_line *lines;
    int n_lines;
    struct vg_strip_stretch *stretches;
    int n_stretches;
    struct vg_strip_box *leaves;
    int *leaf_first; /* n_leaves + 1 columns */
    int n_leaves;
    struct vg_strip_box *branches;
    int n_branches;
};

/* Builds the boxes over finished columns. false: out of memory. */
bool vg_strip_index(struct vg_strip *self);

#endif
