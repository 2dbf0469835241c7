/* Lines of sight and rays over the curved, refracting Earth. */
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/layer.h"
#include "terrain/path.h"

/* Standard refraction bends light by a seventh of the Earth's curvature (k = 1/7; Hirt et al. 2010,
 * "Monitoring of the refraction coefficient", doi:10.1029/2010JD014067, names 0.13 to 0.14 as
 * customary). */
#define REFRACTION (1.0 / 7.0)

/* Of a ray. */
enum {
    SAMPLES_MIN = 16,
    SAMPLES_MAX = 65536
};
/* Of a line of sight: even steps over all of it (or one a kilometre) or a part, and a bound on the
 * grid lines crossed. */
enum {
    EVEN_SAMPLES = 8,
    EVEN_SAMPLES_PART = 2,
    CROSSINGS_MAX = 1000000
};

double vg_terrain_curvature_drop_m(double distance_m)
{
    return (1.0 - REFRACTION) * distance_m * distance_m / (2.0 * VG_EARTH_MEAN_RADIUS_M);
}

/* A parabola in latitude and longitude through start, middle and end: the straight way in the plane
 * about the middle, to decimetres over 50 km, without trigonometry for each sample. */
struct vg_path vg_path_between(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg)
{
    double dlon = vg_wrap_180_deg(lon2_deg - lon1_deg);
    double dlat = lat2_deg - lat1_deg;
    struct vg_frame f = vg_frame_at(lat1_deg + dlat / 2.0, lon1_deg + dlon / 2.0);
    double e1;
    double n1;
    double e2;
    double n2;
    double lat_m;
    double lon_m;
    vg_frame_to_en(&f, lat1_deg, lon1_deg, &e1, &n1);
    vg_frame_to_en(&f, lat2_deg, lon2_deg, &e2, &n2);
    vg_frame_to_latlon(&f, (e1 + e2) / 2.0, (n1 + n2) / 2.0, &lat_m, &lon_m);
    /* lat(t) = lat1 + t dlat + 4 t (1 - t) sag, the sag being how far the middle stands off. */
    double sag_lat = 4.0 * (lat_m - (lat1_deg + dlat / 2.0));
    double sag_lon = 4.0 * vg_wrap_180_deg(lon_m - (lon1_deg + dlon / 2.0));
    return (struct vg_path){.lat0 = lat1_deg,
                            .lon0 = lon1_deg,
                            .lat1 = dlat + sag_lat,
                            .lon1 = dlon + sag_lon,
                            .lat2 = -sag_lat,
                            .lon2 = -sag_lon,
                            .length_m = hypot(e2 - e1, n2 - n1)};
}

static int samples_for(double length_m, double cell_m)
{
    double n = ceil(length_m / (0.5 * cell_m));
    return n < SAMPLES_MIN ? SAMPLES_MIN : n > SAMPLES_MAX ? SAMPLES_MAX : (int)n;
}

/* A straight sight between two heights over a path. */
struct sight {
    const struct vg_window *window;
    const struct vg_path *path;
    double h1_msl_m;
    double h2_msl_m;
    double bulge_m;
};

/* The chord between the ends, lowered by how far the Earth bulges above it: d^2 t (1 - t) / 2R. */
static inline double sight_msl_m(const struct sight *s, double t)
{
    return s->h1_msl_m + t * (s->h2_msl_m - s->h1_msl_m) - s->bulge_m * t * (1.0 - t);
}

static bool is_under_ground(const struct sight *s, double t)
{
    double lat;
    double lon;
    vg_path_at(s->path, t, &lat, &lon);
    return vg_window_sample(s->window, lat, lon) > sight_msl_m(s, t); /* false for a void */
}

/* The path on a layer's grid: two parabolas, c[0] + t (c[1] + t c[2]). */
struct on_grid {
    double row[3];
    double col[3];
};

static struct on_grid path_on(const struct vg_layer *l, const struct vg_path *p)
{
    return (struct on_grid){
        .row = {(l->north_deg - p->lat0) * l->per_deg_lat, -p->lat1 * l->per_deg_lat,
                -p->lat2 * l->per_deg_lat},
        .col = {vg_layer_x(l, p->lon0), p->lon1 * l->per_deg_lon, p->lon2 * l->per_deg_lon}};
}

/* The ground on a line of a layer's grid, a part f of the way from the centre i to the next one,
 * which is `step` further; NaN beside a void. */
static inline double on_line(const struct vg_layer *l, size_t i, size_t step, double f)
{
    if (l->counts != NULL) {
        int a = l->counts[i];
        int b = l->counts[i + step];
        return ((a - 1) | (b - 1)) < 0 ? (double)NAN : l->zero_m + l->unit_m * (a + f * (b - a));
    }
    double a = (double)l->metres[i];
    double b = (double)l->metres[i + step];
    return fabs(a * b) > 0.0 ? a + f * (b - a) : (double)NAN;
}

/* Samples where the way crosses the rows (or columns) of the finest layer, t within (from, to). On
 * a grid line the ground is linear between two centres. Off the layer and beside voids the whole
 * window is asked. */
static inline bool crosses_clear(const struct sight *s, const double line[3], const double along[3],
                                 bool is_row, double from, double to)
{
    /* The parabola's sag, centimetres, does not move the crossing. */
    double dx = line[1] + line[2];
    if (fabs(dx) < 1e-9) {
        return true;
    }
    const struct vg_layer *l = s->window->layers[0];
    int n_lines = is_row ? l->n_rows : l->n_cols;
    double end_along = is_row ? l->end_x : l->end_y;
    double a = line[0] + from * dx;
    double b = line[0] + to * dx;
    double lo = a < b ? a : b;
    double hi = a < b ? b : a;
    double per_line = 1.0 / dx;
    /* Whole numbers of either sign without a call to floor: they are below CROSSINGS_MAX in number.
     */
    int first = (int)lo + (lo > 0.0);
    for (int k = first; k <= hi; k++) {
        double t = (k - line[0]) * per_line;
        if (!(t > from && t < to)) {
            continue;
        }
        double x = along[0] + t * (along[1] + t * along[2]);
        double ground = (double)NAN;
        if (k >= 0 && k < n_lines && x >= 0.0 && x < end_along) {
            int i = (int)x;
            size_t at = is_row ? vg_layer_row(l, k) + vg_layer_col(i)
                               : vg_layer_row(l, i) + vg_layer_col(k);
            size_t step = is_row ? vg_layer_right(i) : vg_layer_down(l, i);
            ground = on_line(l, at, step, x - i);
        }
        if (ground <= HUGE_VAL ? ground > sight_msl_m(s, t) : is_under_ground(s, t)) {
            return false;
        }
    }
    return true;
}

static bool grid_clear(const struct sight *s, double from, double to)
{
    const struct vg_layer *l = s->window->layers[0];
    struct on_grid g = path_on(l, s->path);
    double n = fabs(g.row[1] + g.row[2]) + fabs(g.col[1] + g.col[2]);
    /* Beyond reason (or not a number): the even steps alone. The bound on the start keeps rows
     * within an int. */
    if (!(n * (to - from) < CROSSINGS_MAX && fabs(g.row[0]) < 1e9 && fabs(g.col[0]) < 1e9)) {
        return true;
    }
    return crosses_clear(s, g.row, g.col, true, from, to) &&
           crosses_clear(s, g.col, g.row, false, from, to);
}

/* Between two lines of the grid the ground along a straight way is a parabola, and a flat one: its
 * crests stand on the lines. So the samples are where the way crosses rows and columns, and some
 * even steps for the Earth's own bulge. */
bool vg_window_clear(const struct vg_window *self, const struct vg_path *path, double h1_msl_m,
                     double h2_msl_m, double from, double to)
{
    struct sight s = {self, path, h1_msl_m, h2_msl_m, vg_terrain_curvature_drop_m(path->length_m)};
    if (self->n_layers > 0 && !grid_clear(&s, from, to)) {
        return false;
    }
    double n_km = ceil((to - from) * path->length_m / 1000.0);
    int n = to - from < 0.5       ? EVEN_SAMPLES_PART
            : n_km > EVEN_SAMPLES ? (int)fmin(n_km, 1e6)
                                  : EVEN_SAMPLES;
    for (int i = 1; i < n; i++) {
        if (is_under_ground(&s, from + (to - from) * i / n)) {
            return false;
        }
    }
    return true;
}

bool vg_window_sees(const struct vg_window *self, double obs_lat_deg, double obs_lon_deg,
                    double obs_alt_msl_m, double tgt_lat_deg, double tgt_lon_deg,
                    double tgt_alt_msl_m)
{
    /* Always walked from the same end, so that both ways round give the same answer to the bit. */
    bool is_swapped =
        obs_lat_deg > tgt_lat_deg || (!(obs_lat_deg < tgt_lat_deg) && obs_lon_deg > tgt_lon_deg);
    struct vg_path p = is_swapped
                           ? vg_path_between(tgt_lat_deg, tgt_lon_deg, obs_lat_deg, obs_lon_deg)
                           : vg_path_between(obs_lat_deg, obs_lon_deg, tgt_lat_deg, tgt_lon_deg);
    double h1 = is_swapped ? tgt_alt_msl_m : obs_alt_msl_m;
    double h2 = is_swapped ? obs_alt_msl_m : tgt_alt_msl_m;
    return vg_window_clear(self, &p, h1, h2, 0.0, 1.0);
}

bool vg_terrain_sees(const struct vg_terrain *self, double obs_lat_deg, double obs_lon_deg,
                     double obs_alt_msl_m, double tgt_lat_deg, double tgt_lon_deg,
                     double tgt_alt_msl_m)
{
    double dlon = vg_wrap_180_deg(tgt_lon_deg - obs_lon_deg);
    double reach_m = vg_geo_distance_m(obs_lat_deg, obs_lon_deg, tgt_lat_deg, tgt_lon_deg);
    struct vg_window w = vg_window_over(self, (obs_lat_deg + tgt_lat_deg) / 2.0,
                                        obs_lon_deg + dlon / 2.0, 0.55 * reach_m + 100.0);
    return vg_window_sees(&w, obs_lat_deg, obs_lon_deg, obs_alt_msl_m, tgt_lat_deg, tgt_lon_deg,
                          tgt_alt_msl_m);
}

/* How high the ray stands over the ground t of the way; NaN over a void. */
struct ray {
    struct vg_path path;
    struct vg_window window;
    double alt_msl_m;
    double slope;
};

static double clearance_m(const struct ray *r, double t)
{
    double lat;
    double lon;
    double d_m = t * r->path.length_m;
    vg_path_at(&r->path, t, &lat, &lon);
    return r->alt_msl_m + d_m * r->slope + vg_terrain_curvature_drop_m(d_m) -
           vg_window_sample(&r->window, lat, lon);
}

/* Narrow [above, below] down to a millimetre or so of the way. */
static double bisect(const struct ray *r, double above, double below)
{
    for (int i = 0; i < 40 && (below - above) * r->path.length_m > 1e-3; i++) {
        double mid = 0.5 * (above + below);
        if (clearance_m(r, mid) <= 0.0) {
            below = mid;
        } else {
            above = mid;
        }
    }
    return below;
}

bool vg_terrain_ray(const struct vg_terrain *self, double lat_deg, double lon_deg, double alt_msl_m,
                    double azimuth_true_deg, double elevation_deg, double max_range_m,
                    double *out_lat_deg, double *out_lon_deg, double *out_range_m)
{
    if (!(max_range_m > 0.0) || !(elevation_deg < 90.0)) {
        return false;
    }
    struct vg_frame f = vg_frame_at(lat_deg, lon_deg);
    double az = azimuth_true_deg * VG_RAD_PER_DEG;
    double lat2;
    double lon2;
    vg_frame_to_latlon(&f, max_range_m * sin(az), max_range_m * cos(az), &lat2, &lon2);
    struct ray r = {.path = vg_path_between(lat_deg, lon_deg, lat2, lon2),
                    .window = vg_window_over(self, lat_deg, lon_deg, max_range_m + 100.0),
                    .alt_msl_m = alt_msl_m,
                    .slope = tan(fmax(elevation_deg, -89.9999) * VG_RAD_PER_DEG)};
    int n = samples_for(max_range_m, vg_window_cell_m(&r.window));
    double above = 0.0;
    if (clearance_m(&r, 0.0) <= 0.0) {
        n = 0; /* on or under the ground already */
    }
    double hit = n == 0 ? 0.0 : -1.0;
    for (int i = 1; i <= n && hit < 0.0; i++) {
        double t = (double)i / n;
        double c = clearance_m(&r, t);
        if (c <= 0.0) {
            hit = bisect(&r, above, t);
        }
        above = t;
    }
    if (hit < 0.0) {
        return false;
    }
    vg_path_at(&r.path, hit, out_lat_deg, out_lon_deg);
    *out_lon_deg = vg_wrap_180_deg(*out_lon_deg);
    *out_range_m = hit * r.path.length_m;
    return true;
}
