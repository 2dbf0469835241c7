/* Entry point: vg_network_parse, then a strip over what it accepted, its invariants checked. */
#include "geo/strip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum vg_status read_number(const char *text, double *out, struct vg_error *err)
{
    char *end;
    *out = strtod(text, &end);
    return end != text ? VG_OK : vg_fail(err, VG_E_FORMAT, "bad number");
}

static void require(int ok)
{
    if (!ok) {
        abort();
    }
}

static void check_line(const struct vg_line *line)
{
    require(line->n >= 2 && line->length_m > 0.0 && line->name[0] != '\0');
    require(!(line->s_m[0] < 0.0) && !(line->s_m[0] > 0.0));
    for (int i = 0; i < line->n; i++) {
        require(fabs(line->lat_deg[i]) <= 90.0 && fabs(line->lon_deg[i]) <= 180.0);
        require(i == 0 || line->s_m[i] > line->s_m[i - 1]);
    }
}

static void check_stretches(const struct vg_network *net)
{
    double at = 0.0;
    for (int i = 0; i < net->n_stretches; i++) {
        const struct vg_stretch *s = &net->stretches[i];
        if (i > 0 && s->line != net->stretches[i - 1].line) {
            at = 0.0;
        }
        require(s->from_m <= at && s->from_m >= at && s->to_m > s->from_m);
        require(s->revisit_s > 0.0 && s->depth_m > 0.0);
        at = s->to_m;
        require(at <= net->lines[s->line].length_m);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16) {
        return 0;
    }
    const struct vg_network_defaults defaults = {14400.0, 2000.0, read_number, read_number};
    struct vg_network net = {0};
    struct vg_error err = {0};
    if (vg_network_parse((const char *)data, size, "fuzz", &defaults, &net, &err) != VG_OK) {
        require(err.status != VG_OK && err.message[0] != '\0');
        return 0;
    }
    for (int i = 0; i < net.n_lines; i++) {
        check_line(&net.lines[i]);
    }
    check_stretches(&net);
    struct vg_strip *strip = NULL;
    if (vg_network_length_m(&net) < 1e7 && vg_strip_create(&net, 500.0, &strip, NULL) == VG_OK) {
        struct vg_strip_run runs[4];
        double lat;
        double lon;
        vg_strip_cell(strip, vg_strip_n_columns(strip) - 1, 0, &lat, &lon);
        vg_strip_near(strip, lat, lon, 8000.0, runs, 4);
        vg_strip_destroy(strip);
    }
    vg_network_finish(&net);
    return 0;
}
