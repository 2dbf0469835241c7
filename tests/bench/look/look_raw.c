/* look_raw LUMA WIDTH HEIGHT MOT [NAME=VALUE]...: runs the detection core over a file of raw 8-bit
 * luma pictures and writes its tracks as `frame,id,x,y,w,h,score` lines, the form that score.py
 * reads. Prints pictures, user CPU ms per picture of the core alone, memory. */
#include "look/motion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double user_s(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)r.ru_utime.tv_sec + (double)r.ru_utime.tv_usec * 1e-6;
}

struct name {
    const char *name;
    double *value;
};

static int set_parameter(const char *text, const struct name *names, size_t n)
{
    const char *eq = strchr(text, '=');
    for (size_t k = 0; eq != NULL && k < n; k++) {
        if (strlen(names[k].name) == (size_t)(eq - text) &&
            strncmp(names[k].name, text, (size_t)(eq - text)) == 0) {
            *names[k].value = strtod(eq + 1, NULL);
            return 1;
        }
    }
    fprintf(stderr, "unknown parameter %s\n", text);
    return 0;
}

static void write_found(FILE *to, const struct vg_motion_found *f)
{
    for (int i = 0; i < f->n; i++) {
        const struct vg_detection *d = &f->detections[i];
        fprintf(to, "%lld,%lld,%.1f,%.1f,%.1f,%.1f,%.3f,%.2f,%.2f\n", (long long)f->picture,
                (long long)d->track, d->x_px - d->width_px / 2 + 0.5,
                d->y_px - d->height_px / 2 + 0.5, d->width_px, d->height_px, d->score, d->vx_px_s,
                d->vy_px_s);
    }
}

int main(int argc, char **argv)
{
    struct vg_motion_params p = vg_motion_defaults();
    const struct name names[] = {
        {"rate", &p.frame_rate_hz},  {"sample", &p.sample_s}, {"ahead", &p.look_ahead_s},
        {"confirm", &p.confirm_s},   {"low", &p.low},         {"high", &p.high},
        {"slope", &p.slope},         {"scatter", &p.scatter}, {"vmin", &p.speed_min_px_s},
        {"vmax", &p.speed_max_px_s}, {"size", &p.size_max_px}};
    if (argc < 5) {
        fprintf(stderr, "usage: look_raw LUMA WIDTH HEIGHT MOT [NAME=VALUE]...\n");
        return 2;
    }
    for (int k = 5; k < argc; k++) {
        if (strcmp(argv[k], "plain") == 0) {
            p.is_plain = true;
        } else if (!set_parameter(argv[k], names, sizeof names / sizeof names[0])) {
            return 2;
        }
    }
    int w = (int)strtol(argv[2], NULL, 10);
    int h = (int)strtol(argv[3], NULL, 10);
    FILE *in = fopen(argv[1], "rb");
    FILE *to = fopen(argv[4], "w");
    size_t bytes = (size_t)w * (size_t)h;
    uint8_t *px = malloc(bytes);
    struct vg_motion *m = NULL;
    struct vg_error err = {0};
    if (in == NULL || to == NULL || px == NULL || vg_motion_create(w, h, &p, &m, &err) != VG_OK) {
        fprintf(stderr, "look_raw: %s\n", err.message);
        return 1;
    }
    struct vg_motion_found found;
    double core = 0;
    int64_t n = 0;
    for (; fread(px, 1, bytes, in) == bytes; n++) {
        double t = user_s();
        struct vg_luma luma = {px, w, h, w};
        if (vg_motion_feed(m, &luma, (int64_t)((double)n * 1e6 / p.frame_rate_hz), NULL, &found,
                           &err) != VG_OK) {
            fprintf(stderr, "look_raw: %s\n", err.message);
            return 1;
        }
        core += user_s() - t;
        write_found(to, &found);
    }
    double t = user_s();
    while (vg_motion_drain(m, &found)) {
        write_found(to, &found);
    }
    core += user_s() - t;
    struct vg_motion_facts f = vg_motion_facts(m);
    printf("pictures %lld ms %.2f breaks %lld MB %.1f\n", (long long)n,
           n > 0 ? core * 1e3 / (double)n : 0.0, (long long)f.n_breaks, (double)f.bytes / 1e6);
    vg_motion_destroy(m);
    free(px);
    fclose(in);
    return fclose(to) == 0 ? 0 : 1;
}
