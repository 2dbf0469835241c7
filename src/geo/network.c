/* The network: its stretches and look-ups. Reading it from GeoJSON is network_parse.c. */
#include "geo/network.h"

#include "base/text.h"
#include "geo/network_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pieces of a stretch shorter than this are not made: a boundary within it is the same boundary. */
#define STRETCH_MIN_M 1.0

void vg_network_finish(struct vg_network *self)
{
    for (int i = 0; i < self->n_lines; i++) {
        free(self->lines[i].lat_deg);
        free(self->lines[i].lon_deg);
        free(self->lines[i].s_m);
    }
    free(self->lines);
    free(self->stretches);
    *self = (struct vg_network){0};
}

bool vg_network_push(struct vg_network *self, int *cap, const struct vg_stretch *s)
{
    if (self->n_stretches == *cap) {
        int grown = *cap > 0 ? *cap * 2 : 16;
        struct vg_stretch *p = realloc(self->stretches, (size_t)grown * sizeof *p);
        if (p == NULL) {
            return false;
        }
        self->stretches = p;
        *cap = grown;
    }
    self->stretches[self->n_stretches++] = *s;
    return true;
}

static bool is_same_kind(const struct vg_stretch *a, const struct vg_stretch *b)
{
    return a->line == b->line && !(a->revisit_s < b->revisit_s) && !(a->revisit_s > b->revisit_s) &&
           !(a->depth_m < b->depth_m) && !(a->depth_m > b->depth_m) &&
           strcmp(a->name, b->name) == 0;
}

void vg_network_tidy(struct vg_network *self)
{
    int n = 0;
    for (int i = 0; i < self->n_stretches; i++) {
        if (n > 0 && is_same_kind(&self->stretches[n - 1], &self->stretches[i])) {
            self->stretches[n - 1].to_m = self->stretches[i].to_m;
        } else {
            self->stretches[n++] = self->stretches[i];
        }
    }
    self->n_stretches = n;
    for (int i = 0; i < n; i++) {
        vg_format(self->stretches[i].id, sizeof self->stretches[i].id, "S%d", i + 1);
    }
}

/* What an override puts on [from, to]. */
struct change {
    int line;
    double from_m;
    double to_m;
    double revisit_s;
    double depth_m;
    const char *name;
};

static bool push_part(struct vg_network *to, int *cap, struct vg_stretch s, double from_m,
                      double to_m)
{
    s.from_m = from_m;
    s.to_m = to_m;
    return to_m <= from_m || vg_network_push(to, cap, &s);
}

/* Cut `s` into the part before the change, the changed part and the part after it. */
static bool push_changed(struct vg_network *to, int *cap, const struct vg_stretch *s,
                         const struct change *c)
{
    double a = fmin(fmax(c->from_m, s->from_m), s->to_m);
    double b = fmin(fmax(c->to_m, s->from_m), s->to_m);
    /* A sliver left at either end of the stretch goes with the change; a sliver of change is none.
     */
    a = a - s->from_m < STRETCH_MIN_M ? s->from_m : a;
    b = s->to_m - b < STRETCH_MIN_M ? s->to_m : b;
    if (s->line != c->line || b - a < STRETCH_MIN_M) {
        return vg_network_push(to, cap, s);
    }
    struct vg_stretch inside = *s;
    inside.revisit_s = c->revisit_s;
    if (c->depth_m > 0.0) {
        inside.depth_m = c->depth_m;
    }
    if (c->name != NULL && c->name[0] != '\0') {
        vg_format(inside.name, sizeof inside.name, "%s", c->name);
    }
    return push_part(to, cap, *s, s->from_m, a) && push_part(to, cap, inside, a, b) &&
           push_part(to, cap, *s, b, s->to_m);
}

static enum vg_status check_change(const struct vg_network *self, const struct change *c,
                                   struct vg_error *err)
{
    if (c->line < 0 || c->line >= self->n_lines) {
        return vg_fail(err, VG_E_NOT_FOUND, "there is no such line");
    }
    const struct vg_line *line = &self->lines[c->line];
    if (!(c->revisit_s > 0.0) || !isfinite(c->revisit_s) || !isfinite(c->depth_m)) {
        return vg_fail(err, VG_E_RANGE, "the revisit must be greater than zero");
    }
    if (!(c->from_m >= 0.0 && c->to_m - c->from_m >= STRETCH_MIN_M &&
          c->from_m <= line->length_m - STRETCH_MIN_M && c->to_m <= line->length_m + 1000.0)) {
        return vg_fail(err, VG_E_RANGE,
                       "km %.3f to %.3f is not a piece of the line \"%s\", km 0 to %.3f",
                       c->from_m / 1000.0, c->to_m / 1000.0, line->name, line->length_m / 1000.0);
    }
    return VG_OK;
}

enum vg_status vg_network_override(struct vg_network *self, int line, double from_m, double to_m,
                                   double revisit_s, double depth_m, const char *name,
                                   struct vg_error *err)
{
    struct change c = {line, from_m, to_m, revisit_s, depth_m, name};
    enum vg_status st = check_change(self, &c, err);
    if (st != VG_OK) {
        return st;
    }
    struct vg_network made = {0};
    int cap = 0;
    for (int i = 0; i < self->n_stretches; i++) {
        if (!push_changed(&made, &cap, &self->stretches[i], &c)) {
            free(made.stretches);
            return vg_no_memory(err);
        }
    }
    free(self->stretches);
    self->stretches = made.stretches;
    self->n_stretches = made.n_stretches;
    vg_network_tidy(self);
    return VG_OK;
}

int vg_network_find_line(const struct vg_network *self, const char *name)
{
    for (int i = 0; i < self->n_lines; i++) {
        if (strcmp(self->lines[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int vg_network_stretch_at(const struct vg_network *self, int line, double s_m)
{
    int lo = 0;
    int hi = self->n_stretches; /* the first stretch after (line, s), by bisection */
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        const struct vg_stretch *s = &self->stretches[mid];
        if (s->line < line || (s->line == line && (s->from_m <= s_m || s->from_m <= 0.0))) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo - 1;
}

double vg_network_length_m(const struct vg_network *self)
{
    double sum = 0.0;
    for (int i = 0; i < self->n_lines; i++) {
        sum += self->lines[i].length_m;
    }
    return sum;
}
