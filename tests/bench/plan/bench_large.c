/* A coast of 20,000 km, 100 bases near it and 500 drones: seconds of the wall and of the processor,
 * peak memory, the ratio of worst gap to bound, and the checker's verdict.
 *
 *   bench_large [SECONDS [given]]   SECONDS of search (default 60); given: five drones at each
 * base, else the planner deals them out bench_large write FOLDER        the texts, to look at with
 * vigie itself
 */
#include "base/file.h"
#include "base/rng.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/planner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    STEPS = 20000,
    N_BASES = 100,
    N_DRONES = 500
};
static const double STEP_M = 1000;
static const double AIM_S = 300;
static const double AIM_MB = 4096;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec;
}

static double peak_mb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

static double until_s;

static bool go_on(void *ctx)
{
    (void)ctx;
    return now_s() < until_s;
}

struct texts {
    struct vg_buf yaml;
    struct vg_buf line;
};

/* Bays within bays: the heading is a sum of wanderings of 3 to 700 km about the way east, held near
 * 20 degrees north. */
static void write_texts(struct texts *out, bool is_given)
{
    static const double SCALES[] = {3, 20, 120, 700};
    struct vg_rng rng = vg_rng_seed(1);
    double swing[4] = {0};
    double lat = 20;
    double lon = -60;
    *out = (struct texts){0};
    vg_buf_puts(&out->line,
                "{\"type\":\"Feature\",\"properties\":{\"name\":\"coast\"},\"geometry\":"
                "{\"type\":\"LineString\",\"coordinates\":[");
    vg_buf_puts(&out->yaml, "name: Coast\nline: {file: line.geojson, revisit: 6h, depth: 500m}\n"
                            "bases:\n");
    for (int k = 0; k <= STEPS; k++) {
        double heading = 90 + 3 * (lat - 20);
        vg_buf_printf(&out->line, "%s[%.5f,%.5f]", k > 0 ? "," : "", lon, lat);
        if (k % (STEPS / N_BASES) == STEPS / N_BASES / 2) {
            double base_lat, base_lon;
            vg_geo_direct(lat, lon, 360 * vg_rng_unit(&rng), 20e3 * vg_rng_unit(&rng), &base_lat,
                          &base_lon);
            vg_buf_printf(&out->yaml, "  - {name: B%d, at: [%.5f, %.5f], pads: 2}\n",
                          k / (STEPS / N_BASES) + 1, base_lat, base_lon);
        }
        for (int s = 0; s < 4; s++) {
            double share = STEP_M / 1000 / SCALES[s];
            swing[s] += -share * swing[s] + sqrt(2 * share) * 28 * vg_rng_normal(&rng);
            heading += swing[s];
        }
        vg_geo_direct(lat, lon, vg_wrap_360_deg(heading), STEP_M, &lat, &lon);
    }
    vg_buf_puts(&out->line, "]}}\n");
    vg_buf_puts(&out->yaml, "cameras:\n  wide: {pixels: [1920, 1080], hfov: 120deg}\ntypes:\n"
                            "  long-wing: {cruise: 25 m/s, endurance: 5h, reserve: 15%, "
                            "turnaround: 45min, agl: 300m}\ndrones:\n");
    for (int b = 1; is_given && b <= N_BASES; b++) {
        vg_buf_printf(&out->yaml, "  - {id: V%d-, count: %d, base: B%d}\n", b, N_DRONES / N_BASES,
                      b);
    }
    if (!is_given) {
        vg_buf_printf(&out->yaml, "  - {id: V, count: %d}\n", N_DRONES);
    }
}

static const struct vg_buf *line_text;

static enum vg_status read_text(const char *path, size_t max_bytes, struct vg_buf *out,
                                struct vg_error *err)
{
    (void)path;
    (void)max_bytes;
    (void)err;
    vg_buf_add(out, vg_buf_text(line_text), line_text->n);
    return VG_OK;
}

static void tell(const char *what, double *io_wall_s, double *io_cpu_s)
{
    printf("large: %-9s %6.1f s, %6.1f s of the processor, peak %.0f MB so far\n", what,
           now_s() - *io_wall_s, cpu_s() - *io_cpu_s, peak_mb());
    fflush(stdout);
    *io_wall_s = now_s();
    *io_cpu_s = cpu_s();
}

static int fail_with(const struct vg_error *err)
{
    char text[1200];
    fprintf(stderr, "%s\n", vg_error_text(err, text, sizeof text));
    return 1;
}

static int run(double seconds, bool is_given)
{
    struct texts texts;
    struct vg_watchfile watch = {0};
    struct vg_plan plan = {0};
    struct vg_check_report report;
    struct vg_error err = {0};
    double t0 = now_s();
    double wall_s = t0;
    double cpu = cpu_s();
    const struct vg_planner_options options = {
        .moves = INT64_MAX, .seed = 1, .n_threads = 2, .go_on = go_on};
    write_texts(&texts, is_given);
    line_text = &texts.line;
    if (vg_watchfile_parse(vg_buf_text(&texts.yaml), texts.yaml.n, "coast.yaml", read_text, &watch,
                           &err) != VG_OK) {
        return fail_with(&err);
    }
    tell("read", &wall_s, &cpu);
    if (vg_planner_station(&watch, &err) != VG_OK) {
        return fail_with(&err);
    }
    tell("bases", &wall_s, &cpu);
    until_s = now_s() + seconds;
    if (vg_planner_solve(&watch, NULL, &options, &plan, &err) != VG_OK) {
        return fail_with(&err);
    }
    tell("plan", &wall_s, &cpu);
    vg_planner_adopt(&plan, &watch);
    if (vg_check_plan(&plan, &watch, VG_LANG_EN, &report, &err) != VG_OK) {
        return fail_with(&err);
    }
    tell("check", &wall_s, &cpu);
    double all_s = now_s() - t0;
    printf(
        "large: %.0f km, %d bases, %d drones, %d sorties, %.0f km within reach; worst gap %.0f s, "
        "bound %.0f s, ratio %.3f; %s%s\n",
        report.line_km, watch.n_bases, watch.n_drones, report.n_sorties, report.reachable_km,
        report.worst_gap_s, plan.bound_s, report.worst_gap_s / plan.bound_s,
        report.is_kept ? "the plan holds" : "BROKEN: ", report.is_kept ? "" : report.violation);
    printf("aim: 20,000 km in %.0f s and %.0f MB (aim %.0f s, %.0f MB)\n", all_s, peak_mb(), AIM_S,
           AIM_MB);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    vg_buf_finish(&texts.yaml);
    vg_buf_finish(&texts.line);
    return report.is_kept ? 0 : 1;
}

static int write_files(const char *folder)
{
    struct texts texts;
    char path[512];
    struct vg_error err = {0};
    write_texts(&texts, false);
    vg_format(path, sizeof path, "%s/coast.yaml", folder);
    bool is_ok = vg_file_write(path, vg_buf_text(&texts.yaml), texts.yaml.n, &err) == VG_OK;
    vg_format(path, sizeof path, "%s/line.geojson", folder);
    is_ok = is_ok && vg_file_write(path, vg_buf_text(&texts.line), texts.line.n, &err) == VG_OK;
    vg_buf_finish(&texts.yaml);
    vg_buf_finish(&texts.line);
    return is_ok ? 0 : fail_with(&err);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        return write_files(argv[2]);
    }
    return run(argc > 1 ? strtod(argv[1], NULL) : 60, argc > 2 && strcmp(argv[2], "given") == 0);
}
