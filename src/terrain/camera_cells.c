/* The strip cells that an image sees. Three passes, each narrowing the next:
 *
 * 1. columns near the view: cut each to the rows that may be in the pyramid of sight, whatever the
 * height of the ground between the lowest and highest there;
 * 2. a fan of horizons over exactly the azimuths and ranges of what is left;
 * 3. each cell: ground height, range, image; then the horizons left and right of it. Clearly above
 * both: seen. Clearly below both: hidden. In between: its own line of sight, sample by sample.
 */
#include "base/units.h"
#include "terrain/camera.h"
#include "terrain/fan.h"
#include "terrain/grade.h"
#include "terrain/path.h"
#include "terrain/view.h"

#include <limits.h>

/* Columns that share one look at the lowest and highest ground. */
enum {
    CHUNK = 16
};
/* Half cells before a cell that its own line of sight covers: there neighbouring rays say little.
 */
enum {
    NEAR_STEPS = 5
};
enum {
    ROWS_AT_ONCE = 64,
    UNSEEN = INT_MIN /* no grade */
};

/* A column cut to [lo, hi) and its middle in the plane about the camera. */
struct piece {
    int col;
    int lo;
    int hi;
    float row0; /* offset of row r is (r + row0) cells to the right */
    double e_m;
    double n_m;
    double right_e;
    double right_n;
    double lat_deg;
    double lon_deg;
    double lat_per_m; /* degrees for a metre to the right */
    double lon_per_m;
};

struct job {
    const struct vg_strip *strip;
    const struct vg_camera_pose *pose;
    const struct vg_camera_limits *limits;
    struct vg_arena *scratch;
    struct vg_view view;
    struct vg_window window;
    struct vg_frame frame;
    double plane[5][3]; /* inward normals of the pyramid: four sides and the front */
    double cell_m;
    double range_m; /* slant, the limits */
    double gsd_per_m; /* ground sample distance at a metre; 0: not known */
    double ground_m; /* how far away ground can be in view */
    double drop_per_m2;
    struct piece *pieces;
    int n_pieces;
    struct vg_fan fan;
    int ray; /* of the cell looked at last */
};

static void make_planes(struct job *j)
{
    const struct vg_view *v = &j->view;
    for (int i = 0; i < 3; i++) {
        j->plane[0][i] = v->tan_h * v->forward[i] - v->right[i];
        j->plane[1][i] = v->tan_h * v->forward[i] + v->right[i];
        j->plane[2][i] = v->tan_v * v->forward[i] - v->up[i];
        j->plane[3][i] = v->tan_v * v->forward[i] + v->up[i];
        j->plane[4][i] = v->forward[i];
    }
}

/* How far out ground can be seen: where the highest ray of the image meets the lowest ground. */
static double ground_reach_m(const struct job *j, double lo_m)
{
    double fall_m = j->pose->alt_msl_m - lo_m - j->limits->target_agl_m +
                    j->drop_per_m2 * j->range_m * j->range_m;
    if (j->view.el_max_rad >= -1e-6 || fall_m <= 0.0) {
        return j->range_m;
    }
    return fmin(j->range_m, fall_m / tan(-j->view.el_max_rad));
}

/* --- pass 1 --- */

/* Keep the part of [*lo, *hi] where a x + b >= 0. */
static void clip(double a, double b, double *lo, double *hi)
{
    if (a > 0.0) {
        *lo = fmax(*lo, -b / a);
    } else if (a < 0.0) {
        *hi = fmin(*hi, -b / a);
    } else if (b < 0.0) {
        *hi = -HUGE_VAL;
    }
}

/* Cut the column to what may be in view with its ground between z_lo and z_hi (m above the camera).
 */
static bool cut_column(const struct job *j, struct piece *p, int n_rows, double z_lo, double z_hi)
{
    double half = 0.5 * n_rows * j->cell_m;
    double lo = -half;
    double hi = half;
    /* Within the circle: |p + o right|^2 <= ground^2. */
    double along = p->e_m * p->right_e + p->n_m * p->right_n;
    double across2 = p->e_m * p->e_m + p->n_m * p->n_m - along * along;
    double chord2 = j->ground_m * j->ground_m - across2;
    if (chord2 < 0.0) {
        return false;
    }
    double chord = sqrt(chord2);
    lo = fmax(lo, -along - chord);
    hi = fmin(hi, -along + chord);
    for (int i = 0; i < 5 && lo <= hi; i++) {
        const double *n = j->plane[i];
        double b = n[0] * p->e_m + n[1] * p->n_m + fmax(n[2] * z_lo, n[2] * z_hi);
        clip(n[0] * p->right_e + n[1] * p->right_n, b, &lo, &hi);
    }
    if (!(lo <= hi)) {
        return false;
    }
    p->row0 = 0.5F - 0.5F * (float)n_rows;
    p->lo = (int)fmax(0.0, ceil(lo / j->cell_m - (double)p->row0 - 1e-6));
    p->hi = (int)fmin(n_rows, floor(hi / j->cell_m - (double)p->row0 + 1e-6) + 1.0);
    return p->lo < p->hi;
}

/* The column's middle and its right-hand direction in the camera's plane, where its own meridian
 * leans by the convergence dlon sin(lat). */
static void place_column(const struct job *j, int col, struct piece *p)
{
    const struct vg_frame *f = &j->frame;
    struct vg_strip_axis a;
    vg_strip_axis(j->strip, col, &a);
    double dlon = vg_wrap_180_deg(a.lon_deg - f->lon0_deg);
    double dlat = a.lat_deg - f->lat0_deg;
    double m_per_deg_lon = f->m_per_deg_lon + f->narrowing_m_per_deg2 * dlat;
    double lean = -f->narrowing_m_per_deg2 * dlon / f->m_per_deg_lat;
    p->col = col;
    p->lat_deg = a.lat_deg;
    p->lon_deg = a.lon_deg;
    vg_frame_to_en(f, a.lat_deg, a.lon_deg, &p->e_m, &p->n_m);
    p->right_e = a.right_e - lean * a.right_n;
    p->right_n = a.right_n + lean * a.right_e;
    p->lat_per_m = a.right_n / f->m_per_deg_lat;
    p->lon_per_m = a.right_e / m_per_deg_lon;
}

/* Columns [first, end), one look at the heights for all of them. */
static void collect_chunk(struct job *j, int first, int end, bool (*skip)(void *, int), void *ctx)
{
    double lo_m = 0.0;
    double hi_m = 0.0;
    bool is_known = false;
    for (int c = first; c < end; c++) {
        if (skip != NULL && skip(ctx, c)) {
            continue;
        }
        struct piece *p = &j->pieces[j->n_pieces];
        int n_rows = vg_strip_n_rows(j->strip, c);
        place_column(j, c, p);
        if (!is_known) {
            double reach_m = (CHUNK + n_rows / 2 + 1) * j->cell_m;
            if (!vg_window_range(&j->window, p->lat_deg, p->lon_deg, reach_m, &lo_m, &hi_m)) {
                return;
            }
            is_known = true;
        }
        double up_m = j->limits->target_agl_m - j->pose->alt_msl_m;
        double drop_m = j->drop_per_m2 * j->ground_m * j->ground_m;
        j->n_pieces += cut_column(j, p, n_rows, lo_m + up_m - drop_m, hi_m + up_m);
    }
}

/* A circle that holds the view: about the camera, or about the middle of a narrow wedge. */
static void view_circle(const struct job *j, double *out_lat, double *out_lon, double *out_radius_m)
{
    double half = fmax(-j->view.az_lo_rad, j->view.az_hi_rad);
    *out_lat = j->pose->lat_deg;
    *out_lon = j->pose->lon_deg;
    *out_radius_m = j->ground_m;
    if (half < VG_PI / 4.0) {
        double r = j->ground_m / (2.0 * cos(half));
        vg_frame_to_latlon(&j->frame, r * sin(j->view.az_mid_rad), r * cos(j->view.az_mid_rad),
                           out_lat, out_lon);
        *out_radius_m = r;
    }
}

static enum vg_status collect(struct job *j, bool (*skip)(void *, int), void *ctx,
                              struct vg_error *err)
{
    double lat;
    double lon;
    double radius_m;
    view_circle(j, &lat, &lon, &radius_m);
    radius_m = 1.001 * radius_m + vg_strip_max_depth_m(j->strip) + j->cell_m;
    int n = vg_strip_near(j->strip, lat, lon, radius_m, NULL, 0);
    struct vg_strip_run *runs = vg_arena_calloc(j->scratch, (size_t)n, sizeof *runs);
    if (n > 0 && runs == NULL) {
        return vg_no_memory(err);
    }
    vg_strip_near(j->strip, lat, lon, radius_m, runs, n);
    size_t n_cols = 1; /* one more: a rejected column is written before it is given back */
    for (int i = 0; i < n; i++) {
        n_cols += (size_t)(runs[i].end - runs[i].first);
    }
    j->pieces = vg_arena_alloc(j->scratch, n_cols * sizeof *j->pieces);
    if (j->pieces == NULL) {
        return vg_no_memory(err);
    }
    for (int i = 0; i < n; i++) {
        for (int c = runs[i].first; c < runs[i].end; c += CHUNK) {
            collect_chunk(j, c, c + CHUNK < runs[i].end ? c + CHUNK : runs[i].end, skip, ctx);
        }
    }
    return VG_OK;
}

/* --- pass 2 --- */

static double azimuth_from_mid(const struct job *j, double e_m, double n_m)
{
    const double *f = j->view.forward;
    if (j->view.az_hi_rad >= VG_PI) {
        return atan2(e_m, n_m);
    }
    /* Cross and dot with the axis: no wrap to take care of. */
    return atan2(e_m * f[1] - n_m * f[0], e_m * f[0] + n_m * f[1]);
}

static bool make_fan(struct job *j)
{
    double lo = HUGE_VAL;
    double hi = -HUGE_VAL;
    double far2 = 0.0;
    for (int i = 0; i < j->n_pieces; i++) {
        const struct piece *p = &j->pieces[i];
        for (int k = 0; k < 2; k++) {
            double o = ((k ? p->hi - 1 : p->lo) + (double)p->row0) * j->cell_m;
            double e = p->e_m + o * p->right_e;
            double n = p->n_m + o * p->right_n;
            double az = azimuth_from_mid(j, e, n);
            lo = fmin(lo, az);
            hi = fmax(hi, az);
            far2 = fmax(far2, e * e + n * n);
        }
    }
    /* What is in the image is in its wedge, where columns may reach beyond it. */
    double base = j->view.az_mid_rad;
    lo = fmax(lo, j->view.az_lo_rad);
    hi = fmin(hi, j->view.az_hi_rad);
    if (j->view.az_hi_rad >= VG_PI) {
        /* All around: a column may pass over the camera, and the ends say nothing. */
        base = 0.0;
        lo = -VG_PI;
        hi = VG_PI;
    }
    return vg_fan_init(&j->fan, &j->window, &j->frame, j->pose->alt_msl_m, base + lo, base + hi,
                       sqrt(far2) + j->cell_m, j->scratch);
}

/* --- pass 3 --- */

/* A cell's place relative to the camera: east, north, up with the Earth's fall. */
struct spot {
    double v[3];
    double ground_m; /* range along the ground */
    double alt_msl_m;
};

/* Some rows of a piece at once. */
struct spots {
    int first;
    int n;
    double alt_msl_m[ROWS_AT_ONCE];
    double v[3][ROWS_AT_ONCE];
    double ground2_m2[ROWS_AT_ONCE];
    int64_t is_out[ROWS_AT_ONCE]; /* of the image or the range */
};

static void find_heights(const struct job *j, const struct piece *p, struct spots *s)
{
    double lat[ROWS_AT_ONCE];
    double lon[ROWS_AT_ONCE];
    for (int i = 0; i < s->n; i++) {
        double o = (s->first + i + (double)p->row0) * j->cell_m;
        lat[i] = p->lat_deg + o * p->lat_per_m;
        lon[i] = p->lon_deg + o * p->lon_per_m;
    }
    vg_window_heights(&j->window, lat, lon, (size_t)s->n, s->alt_msl_m);
}

static void find_places(const struct job *j, const struct piece *p, struct spots *s)
{
    const double range2_m2 = j->range_m * j->range_m;
    for (int i = 0; i < s->n; i++) {
        double o = (s->first + i + (double)p->row0) * j->cell_m;
        double e = p->e_m + o * p->right_e;
        double n = p->n_m + o * p->right_n;
        double ground2 = e * e + n * n;
        double alt = s->alt_msl_m[i] + j->limits->target_agl_m;
        double up = alt - j->drop_per_m2 * ground2 - j->pose->alt_msl_m;
        s->alt_msl_m[i] = alt;
        s->v[0][i] = e;
        s->v[1][i] = n;
        s->v[2][i] = up;
        s->ground2_m2[i] = ground2;
        /* Too far, or a void: ground of unknown height is not credited. */
        s->is_out[i] = !(ground2 + up * up <= range2_m2);
    }
    for (int k = 0; k < 5; k++) {
        const double *q = j->plane[k];
        for (int i = 0; i < s->n; i++) {
            s->is_out[i] |= q[0] * s->v[0][i] + q[1] * s->v[1][i] + q[2] * s->v[2][i] < 0.0;
        }
    }
}

/* Rows from `first` on. */
static void find_spots(const struct job *j, const struct piece *p, int first, struct spots *out)
{
    out->first = first;
    out->n = p->hi - first < ROWS_AT_ONCE ? p->hi - first : ROWS_AT_ONCE;
    find_heights(j, p, out);
    find_places(j, p, out);
}

static struct spot spot_at(const struct spots *s, int row)
{
    int i = row - s->first;
    return (struct spot){.v = {s->v[0][i], s->v[1][i], s->v[2][i]},
                         .ground_m = sqrt(s->ground2_m2[i]),
                         .alt_msl_m = s->alt_msl_m[i]};
}

/* Where to look for the ray left of a place: none is a quarter turn away in a wedge. */
static int ray_near(const struct job *j, const struct spot *s)
{
    if (j->view.az_hi_rad < VG_PI) {
        return j->ray;
    }
    const struct vg_fan *fan = &j->fan;
    int ray = (int)((atan2(s->v[0], s->v[1]) - fan->az_lo_rad) / fan->az_step_rad);
    return ray < 0 ? 0 : ray > fan->n_rays - 2 ? fan->n_rays - 2 : ray;
}

/* The fan over the way but its last part, then the cell's own line of sight over that part and over
 * what the fan leaves open: near the cell neighbouring rays say little. */
static bool is_clear(struct job *j, const struct spot *s)
{
    struct vg_fan *fan = &j->fan;
    double near_m = NEAR_STEPS * fan->step_m;
    double from = s->ground_m > near_m ? 1.0 - near_m / s->ground_m : 0.0;
    double open = from; /* from here on the way is walked */
    if (from > 0.0) {
        int n = (int)((s->ground_m - near_m) / fan->step_m) + 1;
        int ray = vg_fan_ray(fan, ray_near(j, s), s->v[0], s->v[1]);
        j->ray = ray;
        struct vg_horizon a = vg_fan_horizon(fan, ray, n);
        struct vg_horizon b = vg_fan_horizon(fan, ray + 1, n);
        float mine = (float)(s->v[2] / s->ground_m);
        float lower = a.ground < b.ground ? a.ground : b.ground;
        /* Hidden behind both rays by more than they differ: no need to look closer. */
        if (mine < lower - fabsf(a.ground - b.ground)) {
            return false;
        }
        if (mine <= a.crest || mine <= b.crest) {
            /* What the crests leave open begins somewhere along the way. */
            int left = vg_fan_clear_steps(fan, ray, n, mine);
            int right = vg_fan_clear_steps(fan, ray + 1, n, mine);
            double open_m = (left < right ? left : right) * fan->step_m;
            open = open_m < from * s->ground_m ? open_m / s->ground_m : from;
        }
    }
    struct vg_path path = vg_path_from(&j->frame, s->v[0], s->v[1], s->ground_m);
    double eye_m = j->pose->alt_msl_m;
    return vg_window_clear(&j->window, &path, eye_m, s->alt_msl_m, from, 1.0) &&
           (open >= from || vg_window_clear(&j->window, &path, eye_m, s->alt_msl_m, open, from));
}

static int grade_of(const struct job *j, const struct spot *s)
{
    return j->gsd_per_m > 0.0 ? vg_grade_at(s->ground_m, s->v[2], j->gsd_per_m) : VG_GRADE_UNKNOWN;
}

/* A cell's grade, or UNSEEN. */
static int look_at(struct job *j, const struct spots *s, int row)
{
    if (s->is_out[row - s->first] != 0) {
        return UNSEEN;
    }
    struct spot spot = spot_at(s, row);
    return is_clear(j, &spot) ? grade_of(j, &spot) : UNSEEN;
}

static void emit_piece(struct job *j, const struct piece *p, vg_seen_fn emit, void *ctx)
{
    struct spots spots;
    struct vg_seen_run run = {p->col, p->lo, p->lo, UNSEEN};
    for (int row = p->lo; row <= p->hi; row++) {
        if (row < p->hi && (row - p->lo) % ROWS_AT_ONCE == 0) {
            find_spots(j, p, row, &spots);
        }
        int grade = row < p->hi ? look_at(j, &spots, row) : UNSEEN;
        if (grade == run.grade) {
            continue;
        }
        run.row_end = row;
        if (run.grade != UNSEEN) {
            emit(ctx, &run);
        }
        run.row_first = row;
        run.grade = grade;
    }
}

enum vg_status vg_camera_cells(const struct vg_terrain *terrain, const struct vg_strip *strip,
                               const struct vg_camera_pose *pose,
                               const struct vg_camera_limits *limits, struct vg_arena *scratch,
                               bool (*skip)(void *ctx, int col), vg_seen_fn emit, void *ctx,
                               struct vg_error *err)
{
    struct job j = {.strip = strip,
                    .pose = pose,
                    .limits = limits,
                    .scratch = scratch,
                    .cell_m = vg_strip_cell_m(strip),
                    .drop_per_m2 = vg_terrain_curvature_drop_m(1.0)};
    enum vg_status st = vg_view_make(pose, &j.view, err);
    if (st != VG_OK) {
        return st;
    }
    j.range_m = vg_view_range_m(&j.view, limits);
    j.gsd_per_m = limits->width_px > 0 ? 2.0 * j.view.tan_h / limits->width_px : 0.0;
    j.frame = vg_frame_at(pose->lat_deg, pose->lon_deg);
    double lo_m;
    double hi_m;
    j.window = vg_window_over(terrain, pose->lat_deg, pose->lon_deg, j.range_m + 100.0);
    if (!(j.range_m > 0.0) || !vg_window_range(&j.window, pose->lat_deg, pose->lon_deg,
                                               j.range_m + 100.0, &lo_m, &hi_m)) {
        return VG_OK;
    }
    make_planes(&j);
    j.ground_m = ground_reach_m(&j, lo_m);
    st = collect(&j, skip, ctx, err);
    if (st != VG_OK || j.n_pieces == 0) {
        return st;
    }
    if (!make_fan(&j)) {
        return vg_no_memory(err);
    }
    for (int i = 0; i < j.n_pieces; i++) {
        emit_piece(&j, &j.pieces[i], emit, ctx);
    }
    return VG_OK;
}
