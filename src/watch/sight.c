#include "watch/sight.h"

#include "terrain/grade.h"

#include <math.h>

struct collect {
    const struct vg_seen *seen;
    uint32_t now_s;
    struct vg_seen_run last; /* columns [last.col, last_end) share its rows and grade */
    int last_end;
    int n;
    struct vg_buf *out;
};

static bool was_just_seen(void *ctx, int col)
{
    const struct collect *c = ctx;
    uint32_t t_s = c->seen->col_s[col];
    return t_s != 0 && c->now_s < t_s + VG_SIGHT_REST_S;
}

static void flush(struct collect *c)
{
    if (c->last_end > c->last.col) {
        double cm = c->last.grade != VG_GRADE_UNKNOWN ? 100 * vg_grade_gsd_m(c->last.grade) : 0;
        vg_buf_printf(c->out, "%s%d,%d,%d,%d,%.0f", c->n++ > 0 ? "," : "", c->last.col, c->last_end,
                      c->last.row_first, c->last.row_end, cm);
    }
}

static void take_run(void *ctx, const struct vg_seen_run *run)
{
    struct collect *c = ctx;
    if (run->col == c->last_end && run->row_first == c->last.row_first &&
        run->row_end == c->last.row_end && run->grade == c->last.grade) {
        c->last_end++;
        return;
    }
    flush(c);
    c->last = *run;
    c->last_end = run->col + 1;
}

static void put_number(struct vg_buf *out, const char *key, double value, int decimals)
{
    if (isfinite(value)) {
        vg_buf_printf(out, ",\"%s\":%.*f", key, decimals, value);
    }
}

static void put_place(const struct vg_sight *self, const struct vg_sight_input *in,
                      struct vg_buf *out)
{
    vg_buf_puts(out, "{\"d\":");
    vg_buf_json(out, in->drone);
    vg_buf_printf(out, ",\"lat\":%.6f,\"lon\":%.6f", in->lat_deg, in->lon_deg);
    put_number(out, "alt", in->alt_msl_m, 1);
    double ground_msl_m = vg_terrain_height_msl_m(self->terrain, in->lat_deg, in->lon_deg);
    put_number(out, "agl", in->alt_msl_m - ground_msl_m, 1);
    put_number(out, "hdg", in->heading_true_deg, 1);
    put_number(out, "spd", in->ground_speed_mps, 1);
    put_number(out, "bat", in->battery, 3);
    int line;
    double s_m;
    if (vg_strip_nearest(self->strip, in->lat_deg, in->lon_deg, self->near_m, &line, &s_m, NULL)) {
        vg_buf_printf(out, ",\"line\":%d,\"s\":%.0f", line, s_m);
    }
}

static void put_footprint(const struct vg_sight *self, const struct vg_sight_input *in,
                          struct vg_buf *out)
{
    struct vg_latlon ring[24];
    int n = vg_camera_outline(self->terrain, &in->camera, &in->limits, 4, ring, 24);
    vg_buf_puts(out, ",\"fp\":[");
    for (int i = 0; i < n; i++) {
        vg_buf_printf(out, "%s[%.5f,%.5f]", i > 0 ? "," : "", ring[i].lon_deg, ring[i].lat_deg);
    }
    vg_buf_puts(out, "]");
}

void vg_sight_pose(struct vg_sight *self, struct vg_us now, const struct vg_sight_input *in,
                   struct vg_buf *out)
{
    put_place(self, in, out);
    if (in->is_dark) {
        vg_buf_puts(out, ",\"dark\":true");
    }
    if (in->is_looking) {
        put_footprint(self, in, out);
        struct collect c = {.seen = self->seen,
                            .now_s = (uint32_t)(now.us / VG_US_PER_S),
                            .last = {.col = -1},
                            .last_end = -1,
                            .out = out};
        vg_buf_puts(out, ",\"saw\":[");
        vg_arena_reset(&self->scratch);
        if (vg_camera_cells(self->terrain, self->strip, &in->camera, &in->limits, &self->scratch,
                            was_just_seen, take_run, &c, NULL) != VG_OK) {
            self->n_failed++;
        }
        flush(&c);
        vg_buf_puts(out, "]");
        self->n_frames++;
    }
    vg_buf_puts(out, "}");
}

void vg_sight_finish(struct vg_sight *self)
{
    vg_arena_finish(&self->scratch);
}
