#include "watch/glance.h"

#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>

enum {
    MAX_RUNS = 64,
    WORTH_CELLS = 12, /* fewer are not worth turning for */
    MISSED_S = 1200 /* seen within this: this pass saw it */
};
static const double REACH_SHARE = 0.95;
static const double ASIDE = 1.8; /* half fields: the pictures overlap a little */
static const double WIDEST_DEG = 85;

struct sector {
    double ahead_e; /* unit vector along the course */
    double ahead_n;
    double tan_near; /* sideways over ahead, at the edge of the forward picture and at the widest */
    double tan_wide;
    double reach2_m2;
};

/* -1: left sector, 1: right sector, 0: neither. */
static int side_of(const struct sector *s, double e_m, double n_m)
{
    double ahead_m = e_m * s->ahead_e + n_m * s->ahead_n;
    double right_m = e_m * s->ahead_n - n_m * s->ahead_e;
    if (ahead_m <= 0 || e_m * e_m + n_m * n_m > s->reach2_m2) {
        return 0;
    }
    double slope = fabs(right_m) / ahead_m;
    return slope < s->tan_near || slope > s->tan_wide ? 0 : right_m < 0 ? -1 : 1;
}

static void count_column(const struct vg_strip *strip, const struct vg_seen *seen, int col,
                         const struct vg_frame *frame, const struct sector *sector,
                         uint32_t since_s, int out[2])
{
    struct vg_strip_axis axis;
    double e_m;
    double n_m;
    int n = vg_strip_n_rows(strip, col);
    const uint32_t *cells = seen->cell_s + vg_strip_cell_index(strip, col);
    vg_strip_axis(strip, col, &axis);
    vg_frame_to_en(frame, axis.lat_deg, axis.lon_deg, &e_m, &n_m);
    for (int r = 0; r < n; r++) {
        double off_m = (r + 0.5 - n / 2.0) * vg_strip_cell_m(strip);
        int side = cells[r] >= since_s && cells[r] != 0
                       ? 0
                       : side_of(sector, e_m + off_m * axis.right_e, n_m + off_m * axis.right_n);
        out[side > 0] += side != 0;
    }
}

void vg_glance_count(const struct vg_strip *strip, const struct vg_seen *seen,
                     const struct vg_glance_input *in, int *out_left, int *out_right)
{
    struct vg_strip_run runs[MAX_RUNS];
    double course = in->course_true_deg * VG_RAD_PER_DEG;
    struct vg_frame frame = vg_frame_at(in->lat_deg, in->lon_deg);
    struct sector sector = {.ahead_e = sin(course),
                            .ahead_n = cos(course),
                            .tan_near = tan(in->half_fov_deg * VG_RAD_PER_DEG),
                            .tan_wide = tan(WIDEST_DEG * VG_RAD_PER_DEG),
                            .reach2_m2 = in->reach_m * in->reach_m};
    int count[2] = {0, 0};
    int n = vg_strip_near(strip, in->lat_deg, in->lon_deg, in->reach_m, runs, MAX_RUNS);
    for (int i = 0; i < n && i < MAX_RUNS; i++) {
        for (int col = runs[i].first; col < runs[i].end; col++) {
            count_column(strip, seen, col, &frame, &sector, in->since_s, count);
        }
    }
    *out_left = count[0];
    *out_right = count[1];
}

double vg_glance_aside_deg(const struct vg_wf_camera *camera)
{
    return ASIDE * camera->hfov_max_deg / 2;
}

double vg_glance_yaw_deg(const struct vg_strip *strip, const struct vg_seen *seen,
                         const struct vg_wf_camera *camera, double lat_deg, double lon_deg,
                         double course_true_deg, uint32_t now_s, double yaw_now_deg)
{
    double half_deg = camera->hfov_max_deg / 2;
    double far_m = camera->max_gsd_m * camera->width_px / (2 * tan(half_deg * VG_RAD_PER_DEG));
    struct vg_glance_input in = {
        .lat_deg = lat_deg,
        .lon_deg = lon_deg,
        .course_true_deg = course_true_deg,
        .reach_m = REACH_SHARE * fmin(camera->max_range_m, far_m),
        .half_fov_deg = half_deg,
        .since_s = now_s > MISSED_S ? now_s - MISSED_S : 1,
    };
    if (camera->gimbal != VG_GIMBAL_3AXIS || yaw_now_deg != 0) {
        return 0;
    }
    int left;
    int right;
    vg_glance_count(strip, seen, &in, &left, &right);
    double aside_deg = vg_glance_aside_deg(camera);
    return left < WORTH_CELLS && right < WORTH_CELLS ? 0 : left > right ? -aside_deg : aside_deg;
}
