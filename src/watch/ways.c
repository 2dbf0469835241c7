#include "watch/ways.h"

#include <math.h>
#include <stdlib.h>

enum {
    PER_VERTEX = 3, /* lon, lat, s */
    MAX_BYTES = 512 * 1024 /* an event of the record holds a megabyte: some 15,000 km of border */
};
static const double SAME_DEG = 1e-6; /* a line whose ends are so near is closed */

/* ---- to the record ---- */

static void put_way(const struct vg_line *line, struct vg_buf *out)
{
    vg_buf_puts(out, "[");
    for (int i = 0; i < line->n; i++) {
        vg_buf_printf(out, "%s%lld,%lld,%lld", i > 0 ? "," : "", llround(line->lon_deg[i] * 1e7),
                      llround(line->lat_deg[i] * 1e7), llround(line->s_m[i] * 1e3));
    }
    vg_buf_puts(out, "]");
}

void vg_ways_describe(const struct vg_watchfile *watch, struct vg_buf *out)
{
    struct vg_buf ways = {0};
    for (int i = 0; i < watch->network.n_lines; i++) {
        vg_buf_puts(&ways, i > 0 ? "," : "");
        put_way(&watch->network.lines[i], &ways);
    }
    if (!ways.is_failed && ways.n <= MAX_BYTES) {
        vg_buf_printf(out, "\"ways\":[%s],", vg_buf_text(&ways));
    }
    vg_buf_finish(&ways);
    vg_buf_printf(out, "\"targets\":{\"person_m\":%.3f,\"group_m\":%.3f,\"vehicle_m\":%.3f},",
                  watch->targets.person_m, watch->targets.group_m, watch->targets.vehicle_m);
}

/* ---- and back ---- */

static enum vg_status fail_ways(struct vg_error *err)
{
    return vg_fail(err, VG_E_FORMAT, "\"ways\" are not those of the strip");
}

static bool read_vertex(const json_t *way, int i, double out[PER_VERTEX])
{
    static const double UNIT[PER_VERTEX] = {1e7, 1e7, 1e3};
    static const double LIMIT[PER_VERTEX] = {180, 90, 1e8};
    for (size_t k = 0; k < PER_VERTEX; k++) {
        const json_t *v = json_array_get(way, (size_t)i * PER_VERTEX + k);
        if (!json_is_integer(v)) {
            return false;
        }
        out[k] = (double)json_integer_value(v) / UNIT[k];
        if (!(fabs(out[k]) <= LIMIT[k])) {
            return false;
        }
    }
    return true;
}

static enum vg_status read_way(const json_t *way, struct vg_line *line, struct vg_error *err)
{
    size_t n = json_array_size(way) / PER_VERTEX;
    if (n < 2 || n > 1 << 26) {
        return fail_ways(err);
    }
    line->lat_deg = calloc(n, sizeof *line->lat_deg);
    line->lon_deg = calloc(n, sizeof *line->lon_deg);
    line->s_m = calloc(n, sizeof *line->s_m);
    if (line->lat_deg == NULL || line->lon_deg == NULL || line->s_m == NULL) {
        return vg_no_memory(err);
    }
    for (; line->n < (int)n; line->n++) {
        double v[PER_VERTEX];
        int i = line->n;
        if (!read_vertex(way, i, v) || (i == 0 ? v[2] != 0 : !(v[2] > line->s_m[i - 1]))) {
            return fail_ways(err);
        }
        line->lon_deg[i] = v[0];
        line->lat_deg[i] = v[1];
        line->s_m[i] = v[2];
    }
    line->length_m = line->s_m[n - 1];
    line->is_closed = n > 2 && fabs(line->lat_deg[0] - line->lat_deg[n - 1]) < SAME_DEG &&
                      fabs(line->lon_deg[0] - line->lon_deg[n - 1]) < SAME_DEG;
    return VG_OK;
}

/* Runs of columns of one line and one described stretch are one stretch of the network. */
static void cut_stretches(const struct vg_shape *shape, const json_t *stretches,
                          struct vg_network *net)
{
    for (int l = 0; l < shape->n_lines; l++) {
        const struct vg_shape_line *line = &shape->lines[l];
        double step_m = net->lines[l].length_m / line->n_cols;
        for (int k = 0; k < line->n_cols; k++) {
            int of = shape->cols[line->first_col + k].stretch;
            struct vg_stretch *x = &net->stretches[net->n_stretches];
            if (k > 0 && shape->cols[line->first_col + k - 1].stretch == of) {
                x[-1].to_m = (k + 1) * step_m;
                continue;
            }
            const json_t *depth = json_object_get(json_array_get(stretches, (size_t)of), "depth_m");
            *x = (struct vg_stretch){.line = l,
                                     .from_m = k * step_m,
                                     .to_m = (k + 1) * step_m,
                                     .revisit_s = shape->stretches[of].revisit_s,
                                     .depth_m = json_number_value(depth)};
            net->n_stretches++;
        }
    }
}

static int count_cuts(const struct vg_shape *shape)
{
    int n = shape->n_lines;
    for (int c = 1; c < shape->n_cols; c++) {
        n += shape->cols[c].stretch != shape->cols[c - 1].stretch;
    }
    return n;
}

static enum vg_status read_network(const json_t *description, const struct vg_shape *shape,
                                   struct vg_network *net, struct vg_error *err)
{
    const json_t *ways = json_object_get(description, "ways");
    if (ways == NULL) {
        return vg_fail(err, VG_E_NOT_FOUND, "the record does not say where its cells lie");
    }
    if (json_array_size(ways) != (size_t)shape->n_lines) {
        return fail_ways(err);
    }
    net->lines = calloc((size_t)shape->n_lines, sizeof *net->lines);
    net->stretches = calloc((size_t)count_cuts(shape), sizeof *net->stretches);
    if (net->lines == NULL || net->stretches == NULL) {
        return vg_no_memory(err);
    }
    for (; net->n_lines < shape->n_lines; net->n_lines++) {
        enum vg_status st =
            read_way(json_array_get(ways, (size_t)net->n_lines), &net->lines[net->n_lines], err);
        if (st != VG_OK || shape->lines[net->n_lines].n_cols == 0) {
            net->n_lines++; /* finish frees this one too */
            return st != VG_OK ? st : fail_ways(err);
        }
    }
    cut_stretches(shape, json_object_get(description, "stretches"), net);
    return VG_OK;
}

static bool is_of_shape(const struct vg_strip *strip, const struct vg_shape *shape)
{
    bool is_same = vg_strip_n_columns(strip) == shape->n_cols;
    for (int c = 0; is_same && c <= shape->n_cols; c++) {
        is_same = vg_strip_cell_index(strip, c) == shape->cols[c].cell;
    }
    return is_same;
}

enum vg_status vg_ways_strip(const json_t *description, const struct vg_shape *shape,
                             struct vg_strip **out, struct vg_error *err)
{
    struct vg_network net = {0};
    struct vg_strip *strip = NULL;
    enum vg_status st = read_network(description, shape, &net, err);
    if (st == VG_OK) {
        st = vg_strip_create(&net, shape->cell_m, &strip, err);
    }
    if (st == VG_OK && !is_of_shape(strip, shape)) {
        vg_strip_destroy(strip);
        st = fail_ways(err);
    }
    vg_network_finish(&net);
    if (st == VG_OK) {
        *out = strip;
    }
    return st;
}

static double size_or(const json_t *targets, const char *key, double fallback_m)
{
    double v = json_number_value(json_object_get(targets, key));
    return v > 0 ? v : fallback_m;
}

void vg_ways_targets(const json_t *description, struct vg_wf_targets *out)
{
    const json_t *targets = json_object_get(description, "targets");
    *out = (struct vg_wf_targets){.person_m = size_or(targets, "person_m", 0.75),
                                  .group_m = size_or(targets, "group_m", 1.68),
                                  .vehicle_m = size_or(targets, "vehicle_m", 2.3)};
}
