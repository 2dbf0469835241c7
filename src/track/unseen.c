#include "track/unseen.h"

#include "track/maths.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

static size_t hash(int32_t x, int32_t y)
{
    uint64_t h =
        (uint64_t)(uint32_t)x * 0x9E3779B97F4A7C15u ^ (uint64_t)(uint32_t)y * 0xC2B2AE3D27D4EB4Fu;
    h ^= h >> 29;
    h *= 0xBF58476D1CE4E5B9u;
    return (size_t)(h ^ h >> 32);
}

static void empty(struct vg_unseen_cell *cell, size_t room)
{
    for (size_t i = 0; i < room; i++) {
        cell[i] = (struct vg_unseen_cell){.t_s = (double)NAN};
    }
}

enum vg_status vg_unseen_init(struct vg_unseen *u, struct vg_error *err)
{
    *u = (struct vg_unseen){malloc(1024 * sizeof *u->cell), 0, 1024};
    if (u->cell == NULL) {
        return vg_no_memory(err);
    }
    empty(u->cell, u->room);
    return VG_OK;
}

void vg_unseen_finish(struct vg_unseen *u)
{
    free(u->cell);
    *u = (struct vg_unseen){0};
}

/* The cell's place, or the free place where it would stand. */
static struct vg_unseen_cell *place(const struct vg_unseen *u, int32_t x, int32_t y)
{
    size_t i = hash(x, y) & (u->room - 1);
    while (!isnan(u->cell[i].t_s) && (u->cell[i].x != x || u->cell[i].y != y)) {
        i = (i + 1) & (u->room - 1);
    }
    return &u->cell[i];
}

static bool grow(struct vg_unseen *u)
{
    if (u->room >= 2 * VG_UNSEEN_CELLS) {
        empty(u->cell, u->room);
        u->n = 0;
        return true;
    }
    struct vg_unseen more = {malloc(2 * u->room * sizeof *u->cell), u->n, 2 * u->room};
    if (more.cell == NULL) {
        return false;
    }
    empty(more.cell, more.room);
    for (size_t i = 0; i < u->room; i++) {
        if (!isnan(u->cell[i].t_s)) {
            *place(&more, u->cell[i].x, u->cell[i].y) = u->cell[i];
        }
    }
    free(u->cell);
    *u = more;
    return true;
}

/* The cell's own value at a time: objects appear in it slowly while it is watched, and come from
 * everywhere once nobody has looked for a while. */
static double own(const struct vg_unseen_cell *c, const struct vg_track_params *p, double t_s)
{
    if (isnan(c->t_s)) {
        return 1;
    }
    double dt = fmax(0, t_s - c->t_s), away = fmax(0, dt - p->unseen_watch_s);
    double keep = vg_exp(-dt / p->unseen_appear_s - away / p->unseen_refill_s);
    return 1 + ((double)c->share - 1) * keep;
}

/* With what comes over its sides: from a density d, d v / pi objects cross a metre of a border in a
 * second. */
static double refilled(const struct vg_unseen *u, const struct vg_unseen_cell *c, int32_t x,
                       int32_t y, const struct vg_track_params *p, double t_s)
{
    static const int32_t side[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    double value = own(c, p, t_s), in = 0;
    if (isnan(c->t_s)) {
        return value;
    }
    for (int k = 0; k < 4; k++) {
        in += fmax(0, own(place(u, x + side[k][0], y + side[k][1]), p, t_s) - value);
    }
    double crossed =
        1 - vg_exp(-fmax(0, t_s - c->t_s) * p->unseen_speed_m_s / (PI * p->unseen_cell_m));
    return fmin(1, value + crossed * in);
}

static int32_t index_of(double x, double cell_m)
{
    return (int32_t)floor(fmax(-32000, fmin(32000, x / cell_m)));
}

double vg_unseen_at(const struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double t_s)
{
    int32_t x = index_of(at[0], p->unseen_cell_m), y = index_of(at[1], p->unseen_cell_m);
    return refilled(u, place(u, x, y), x, y, p, t_s);
}

/* Share of a cell under the footprint, by 4 x 4 points. */
static double covered(const struct vg_footprint *f, double x0, double y0, double side)
{
    bool all = vg_footprint_has(f, x0, y0) && vg_footprint_has(f, x0 + side, y0) &&
               vg_footprint_has(f, x0, y0 + side) && vg_footprint_has(f, x0 + side, y0 + side);
    if (all) {
        return 1;
    }
    int in = 0;
    for (int i = 0; i < 16; i++) {
        in += vg_footprint_has(f, x0 + side * (0.125 + 0.25 * (i & 3)),
                               y0 + side * (0.125 + 0.25 * (i >> 2)));
    }
    return in / 16.0;
}

static void put(struct vg_unseen *u, struct vg_unseen_cell *c, int32_t x, int32_t y, double share,
                double t_s)
{
    u->n += isnan(c->t_s) ? 1 : 0;
    *c = (struct vg_unseen_cell){(int16_t)x, (int16_t)y, (float)share, t_s};
}

/* The cells of a footprint: no camera (a receiver of the whole frame tells nothing of those who do
 * not send), no cells. */
struct span {
    int32_t x0, x1, y0, y1;
};

static bool span_of(const struct vg_footprint *f, double side, struct span *out)
{
    if (f->n == 0 || (f->high[0] - f->low[0]) * (f->high[1] - f->low[1]) > 1e5 * side * side) {
        return false;
    }
    *out = (struct span){index_of(f->low[0], side), index_of(f->high[0], side),
                         index_of(f->low[1], side), index_of(f->high[1], side)};
    return true;
}

double vg_unseen_known_m2(const struct vg_unseen *u, const struct vg_track_params *p,
                          const struct vg_footprint *f, double t_s)
{
    double side = p->unseen_cell_m, sum = 0;
    struct span s;
    if (!span_of(f, side, &s)) {
        return 0;
    }
    for (int32_t y = s.y0; y <= s.y1; y++) {
        for (int32_t x = s.x0; x <= s.x1; x++) {
            double share = covered(f, x * side, y * side, side);
            if (share > 0) {
                sum += share * (1 - refilled(u, place(u, x, y), x, y, p, t_s));
            }
        }
    }
    return sum * side * side;
}

enum vg_status vg_unseen_look(struct vg_unseen *u, const struct vg_track_params *p,
                              const struct vg_footprint *f, double pd, double t_s)
{
    double side = p->unseen_cell_m;
    struct span s;
    if (!span_of(f, side, &s)) {
        return VG_OK;
    }
    for (int32_t y = s.y0; y <= s.y1; y++) {
        for (int32_t x = s.x0; x <= s.x1; x++) {
            double share = covered(f, x * side, y * side, side);
            if (share <= 0) {
                continue;
            }
            if (4 * (u->n + 1) > 3 * u->room && !grow(u)) {
                return VG_E_NO_MEMORY;
            }
            struct vg_unseen_cell *c = place(u, x, y);
            put(u, c, x, y, refilled(u, c, x, y, p, t_s) * (1 - pd * share), t_s);
        }
    }
    return VG_OK;
}

void vg_unseen_give(struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double share, double t_s)
{
    int32_t x = index_of(at[0], p->unseen_cell_m), y = index_of(at[1], p->unseen_cell_m);
    struct vg_unseen_cell *c = place(u, x, y);
    if (!isnan(c->t_s)) { /* a cell that is not kept is full already */
        put(u, c, x, y, fmin(1, refilled(u, c, x, y, p, t_s) + share), t_s);
    }
}
