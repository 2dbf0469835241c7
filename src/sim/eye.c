#include "sim/eye.h"

#include "base/rng.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "geo/hull.h"
#include "terrain/grade.h"

#include <math.h>

enum {
    EDGE = 4, /* points of the outline a side */
    OUTLINE_MAX = 4 * EDGE,
    SAMPLES = 32, /* of the footprint, for the mean chance */
    TRIES = 64 /* for a point in it */
};

static const double LEAST_PD = 0.2; /* of a person: ground coarser than that is not looked at */
static const double LEAST_AREA_M2 = 2000;
static const double APART_M =
    2; /* corners nearer than that are one: told to the centimetre, they may fold */
static const double BODY_M = 0.5; /* height of what must be in sight, above ground */
static const double TELL_APART = 0.7; /* of the classes, at the best: the rest goes to the others */

struct vg_eye vg_eye_defaults(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                              uint64_t seed)
{
    return (struct vg_eye){
        .terrain = terrain,
        .targets = watch->targets,
        .seed = seed,
        .sigma = {.position_m = 1.5, .altitude_m = 2, .pointing_deg = 0.25, .elevation_m = 0},
        .false_per_km2 = 0.2};
}

/* All that one look needs. */
struct look {
    const struct vg_eye *eye;
    const struct vg_eye_look *in;
    struct vg_rng rng;
    struct vg_frame frame; /* at the camera */
    double gsd_per_m;
    double reach_m; /* along the ground */
    double hull[OUTLINE_MAX + 1][2]; /* counter-clockwise */
    int n_hull;
    double area_m2;
    /* What the drone believes of itself. */
    struct vg_camera_pose told;
    double yaw_error_deg;
    double pitch_error_deg;
};

/* ---- the footprint ---- */

/* Slant range at which a person is detected with LEAST_PD. */
static double person_range_m(const struct look *l)
{
    double lo = 1;
    double hi = 20000;
    for (int i = 0; i < 40; i++) {
        double mid = 0.5 * (lo + hi);
        double pd = vg_detect_probability(l->eye->targets.person_m, mid * l->gsd_per_m);
        *(pd > LEAST_PD ? &lo : &hi) = mid;
    }
    return lo;
}

static double turn(const double a[2], const double b[2], const double c[2])
{
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

static bool is_inside(const struct look *l, const double at[2])
{
    for (int i = 0; i < l->n_hull; i++) {
        if (turn(l->hull[i], l->hull[(i + 1) % l->n_hull], at) < 0) {
            return false;
        }
    }
    return true;
}

static bool lay_footprint(struct look *l)
{
    const struct vg_camera_pose *pose = &l->in->pose;
    double ground_m = vg_terrain_height_msl_m(l->eye->terrain, pose->lat_deg, pose->lon_deg);
    double up_m = fmax(0, pose->alt_msl_m - ground_m);
    double slant_m = fmin(person_range_m(l), l->in->limits.max_range_m);
    if (!(slant_m > up_m + 1)) {
        return false;
    }
    l->reach_m = sqrt(slant_m * slant_m - up_m * up_m);
    struct vg_camera_limits limits = l->in->limits;
    limits.max_range_m = l->reach_m;
    struct vg_latlon ring[OUTLINE_MAX];
    int n = vg_camera_outline(l->eye->terrain, pose, &limits, EDGE, ring, OUTLINE_MAX);
    double points[OUTLINE_MAX][2];
    int n_points = 0;
    for (int i = 0; i < n; i++) {
        double *p = points[n_points];
        vg_frame_to_en(&l->frame, ring[i].lat_deg, ring[i].lon_deg, &p[0], &p[1]);
        bool is_apart = true;
        for (int k = 0; k < n_points && is_apart; k++) {
            is_apart = hypot(p[0] - points[k][0], p[1] - points[k][1]) > APART_M;
        }
        n_points += is_apart;
    }
    l->n_hull = n_points >= 3 ? vg_hull(points, n_points, l->hull) : 0;
    for (int i = 0; i < l->n_hull; i++) {
        const double *a = l->hull[i];
        const double *b = l->hull[(i + 1) % l->n_hull];
        l->area_m2 += 0.5 * (a[0] * b[1] - b[0] * a[1]);
    }
    return l->n_hull >= 3 && l->area_m2 > LEAST_AREA_M2;
}

static bool choose_point(struct look *l, double out[2])
{
    double lo[2] = {1e9, 1e9};
    double hi[2] = {-1e9, -1e9};
    for (int i = 0; i < l->n_hull; i++) {
        for (int k = 0; k < 2; k++) {
            lo[k] = fmin(lo[k], l->hull[i][k]);
            hi[k] = fmax(hi[k], l->hull[i][k]);
        }
    }
    for (int i = 0; i < TRIES; i++) {
        for (int k = 0; k < 2; k++) {
            out[k] = lo[k] + (hi[k] - lo[k]) * vg_rng_unit(&l->rng);
        }
        if (is_inside(l, out)) {
            return true;
        }
    }
    return false;
}

/* ---- what is in it ---- */

struct sighted {
    double azimuth_deg;
    double elevation_deg;
    double pd;
};

/* Does the point project inside the image? */
static bool is_in_picture(const struct vg_camera_pose *pose, double azimuth_deg,
                          double elevation_deg)
{
    double a = (azimuth_deg - pose->yaw_true_deg) * VG_RAD_PER_DEG;
    double e = elevation_deg * VG_RAD_PER_DEG;
    double p = pose->pitch_deg * VG_RAD_PER_DEG;
    double ahead = cos(e) * cos(a) * cos(p) + sin(e) * sin(p);
    double right = cos(e) * sin(a);
    double up = sin(e) * cos(p) - cos(e) * cos(a) * sin(p);
    return ahead > 0 && fabs(right) <= ahead * tan(pose->hfov_deg * VG_RAD_PER_DEG / 2) &&
           fabs(up) <= ahead * tan(pose->vfov_deg * VG_RAD_PER_DEG / 2);
}

/* From the camera to a body on the ground at e, n: direction, and the chance that it is detected
 * (0: out of the footprint or the picture, hidden). */
static struct sighted sight(const struct look *l, const double at[2], double size_m,
                            bool is_upright)
{
    const struct vg_camera_pose *pose = &l->in->pose;
    struct sighted s = {0};
    double lat;
    double lon;
    vg_frame_to_latlon(&l->frame, at[0], at[1], &lat, &lon);
    double ground_m = vg_terrain_height_msl_m(l->eye->terrain, lat, lon);
    double away_m = hypot(at[0], at[1]);
    double up_m = ground_m - vg_terrain_curvature_drop_m(away_m) - pose->alt_msl_m;
    s.azimuth_deg = vg_wrap_360_deg(atan2(at[0], at[1]) * VG_DEG_PER_RAD);
    s.elevation_deg = atan2(up_m, away_m) * VG_DEG_PER_RAD;
    if (!is_inside(l, at) || !is_in_picture(pose, s.azimuth_deg, s.elevation_deg) ||
        !vg_terrain_sees(l->eye->terrain, pose->lat_deg, pose->lon_deg, pose->alt_msl_m, lat, lon,
                         ground_m + BODY_M)) {
        return s;
    }
    double range_m = hypot(away_m, up_m);
    double gsd_m = range_m * l->gsd_per_m;
    gsd_m *= is_upright ? vg_grade_foreshortening(-up_m / range_m) : 1;
    s.pd = vg_detect_probability(size_m, gsd_m);
    return s;
}

static double mean_pd(struct look *l)
{
    double sum = 0;
    double at[2];
    for (int i = 0; i < SAMPLES; i++) {
        sum += choose_point(l, at) ? sight(l, at, l->eye->targets.person_m, true).pd : 0;
    }
    return sum / SAMPLES;
}

/* ---- the report ---- */

/* The pose as the drone's own sensors give it. */
static void draw_errors(struct look *l)
{
    const struct vg_locate_sigma *s = &l->eye->sigma;
    l->told = l->in->pose;
    vg_frame_to_latlon(&l->frame, s->position_m * vg_rng_normal(&l->rng),
                       s->position_m * vg_rng_normal(&l->rng), &l->told.lat_deg, &l->told.lon_deg);
    l->told.alt_msl_m += s->altitude_m * vg_rng_normal(&l->rng);
    l->yaw_error_deg = s->pointing_deg * vg_rng_normal(&l->rng);
    l->pitch_error_deg = s->pointing_deg * vg_rng_normal(&l->rng);
}

/* {"lat","lon","cov":[xx,xy,yy]: east, north} of the ray as it is believed to lie. */
static bool put_place(const struct look *l, double azimuth_deg, double elevation_deg,
                      struct vg_buf *out)
{
    struct vg_located at;
    double cos_e = cos(elevation_deg * VG_RAD_PER_DEG);
    double azimuth = vg_wrap_360_deg(azimuth_deg + l->yaw_error_deg / fmax(cos_e, 0.05));
    if (vg_locate_ray(l->eye->terrain, l->told.lat_deg, l->told.lon_deg, l->told.alt_msl_m, azimuth,
                      elevation_deg + l->pitch_error_deg, 4 * l->reach_m, &l->eye->sigma, &at,
                      NULL) != VG_OK) {
        return false;
    }
    double a = at.azimuth_true_deg * VG_RAD_PER_DEG;
    double along = at.sigma_along_m * at.sigma_along_m;
    double right = at.sigma_right_m * at.sigma_right_m;
    double both = at.correlation * at.sigma_along_m * at.sigma_right_m;
    double xx = along * sin(a) * sin(a) + right * cos(a) * cos(a) + 2 * both * sin(a) * cos(a);
    double yy = along * cos(a) * cos(a) + right * sin(a) * sin(a) - 2 * both * sin(a) * cos(a);
    double xy = (along - right) * sin(a) * cos(a) + both * (cos(a) * cos(a) - sin(a) * sin(a));
    vg_buf_printf(out, "{\"lat\":%.7f,\"lon\":%.7f,\"cov\":[%.2f,%.2f,%.2f]", at.lat_deg,
                  at.lon_deg, xx, xy, yy);
    return true;
}

/* Likelihoods of the classes: the better the look, the surer; a wrong one now and then. */
static void put_class(struct look *l, int is, double pd, struct vg_buf *out)
{
    static const char *const WORDS[] = {"person", "vehicle", "animal"};
    double sure = is < 0 ? 0 : TELL_APART * pd;
    int said =
        is < 0 || vg_rng_unit(&l->rng) > 0.5 + 0.5 * sure ? (int)vg_rng_below(&l->rng, 3) : is;
    vg_buf_puts(out, ",\"class\":{");
    for (int i = 0; i < 3; i++) {
        vg_buf_printf(out, "%s\"%s\":%.2f", i > 0 ? "," : "", WORDS[i],
                      (1 - sure) / 3 + (i == said ? sure : 0));
    }
    vg_buf_puts(out, "}}");
}

/* Take back what was written after the first n bytes. */
static void cut(struct vg_buf *out, size_t n)
{
    if (n < out->n) {
        out->n = n;
        out->data[n] = '\0';
    }
}

static void put_object(struct look *l, const struct vg_intruder *o, int *n, struct vg_buf *out)
{
    static const int CLASS[VG_INTRUDER_KINDS] = {0, 0, 1, 2};
    const struct vg_wf_targets *t = &l->eye->targets;
    double size_m = o->kind == VG_INTRUDER_VEHICLE ? t->vehicle_m : t->person_m;
    double at[2];
    vg_frame_to_en(&l->frame, o->lat_deg, o->lon_deg, &at[0], &at[1]);
    if (hypot(at[0], at[1]) > l->reach_m) {
        return;
    }
    struct sighted s = sight(l, at, size_m, o->kind != VG_INTRUDER_VEHICLE);
    size_t before = out->n;
    if (!(vg_rng_unit(&l->rng) < s.pd)) {
        return;
    }
    vg_buf_puts(out, *n > 0 ? "," : "");
    if (put_place(l, s.azimuth_deg, s.elevation_deg, out)) {
        put_class(l, CLASS[o->kind], s.pd, out);
        ++*n;
    } else {
        cut(out, before);
    }
}

/* Poisson (Knuth, The Art of Computer Programming 2, 3.4.1): the means here are small. */
static int draw_count(struct vg_rng *rng, double mean)
{
    double limit = exp(-mean);
    double p = vg_rng_unit(rng);
    int n = 0;
    while (p > limit && n < 100) {
        p *= vg_rng_unit(rng);
        n++;
    }
    return n;
}

static void put_false(struct look *l, int *n, struct vg_buf *out)
{
    int wanted = draw_count(&l->rng, l->eye->false_per_km2 * l->area_m2 / 1e6);
    for (int i = 0; i < wanted; i++) {
        double at[2];
        if (!choose_point(l, at)) {
            continue;
        }
        struct sighted s = sight(l, at, 1, false);
        size_t before = out->n;
        vg_buf_puts(out, *n > 0 ? "," : "");
        if (s.pd > 0 && put_place(l, s.azimuth_deg, s.elevation_deg, out)) {
            put_class(l, -1, s.pd, out);
            ++*n;
        } else {
            cut(out, before);
        }
    }
}

static void put_head(struct look *l, struct vg_buf *out)
{
    vg_buf_printf(out, "{\"t\":%.3f,\"sensor\":", vg_us_to_s(l->in->t));
    vg_buf_json(out, l->in->drone);
    vg_buf_puts(out, ",\"footprint\":[");
    for (int i = 0; i < l->n_hull; i++) {
        double lat;
        double lon;
        vg_frame_to_latlon(&l->frame, l->hull[i][0], l->hull[i][1], &lat, &lon);
        vg_buf_printf(out, "%s{\"lat\":%.7f,\"lon\":%.7f}", i > 0 ? "," : "", lat, lon);
    }
    vg_buf_printf(out, "],\"pd\":%.3f,\"clutter_density\":%.3g,\"detections\":[", mean_pd(l),
                  fmax(l->eye->false_per_km2 / 1e6, 1e-12));
}

bool vg_eye_report(const struct vg_eye *self, const struct vg_eye_look *look,
                   const struct vg_intruders *objects, struct vg_buf *out)
{
    struct look l = {.eye = self, .in = look};
    l.rng = vg_rng_seed((self->seed * UINT64_C(1000003) + (uint64_t)look->drone_i) *
                            UINT64_C(0x9E3779B97F4A7C15) +
                        (uint64_t)look->t.us);
    l.frame = vg_frame_at(look->pose.lat_deg, look->pose.lon_deg);
    l.gsd_per_m = 2 * tan(look->pose.hfov_deg * VG_RAD_PER_DEG / 2) / look->limits.width_px;
    if (!lay_footprint(&l)) {
        return false;
    }
    draw_errors(&l);
    put_head(&l, out);
    int n = 0;
    for (int i = 0; i < vg_intruders_n(objects); i++) {
        put_object(&l, vg_intruders_at(objects, i), &n, out);
    }
    put_false(&l, &n, out);
    vg_buf_puts(out, "]}\n");
    return true;
}
