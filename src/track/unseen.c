#include "track/unseen.h"

#include "track/maths.h"

#include <math.h>
#include <stdlib.h>

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
        cell[i] = (struct vg_unseen_cell){0, 0, (double)NAN, 0};
    }
}

enum vg_status vg_unseen_init(struct vg_unseen *u, struct vg_error *err)
{
    *u = (struct vg_unseen){malloc(1024 * sizeof *u->cell), 0, 1024};
    if (u->cell == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
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

static double refilled(const struct vg_unseen_cell *c, const struct vg_track_params *p, double t_s)
{
    if (isnan(c->t_s)) {
        return p->unseen_per_m2;
    }
    double keep = vg_exp(-fmax(0, t_s - c->t_s) / p->unseen_refill_s);
    return p->unseen_per_m2 + (c->per_m2 - p->unseen_per_m2) * keep;
}

static int32_t index_of(double x, double cell_m)
{
    return (int32_t)floor(fmax(-2e9, fmin(2e9, x / cell_m)));
}

double vg_unseen_at(const struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double t_s)
{
    return refilled(place(u, index_of(at[0], p->unseen_cell_m), index_of(at[1], p->unseen_cell_m)),
                    p, t_s);
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

static void put(struct vg_unseen *u, struct vg_unseen_cell *c, struct vg_unseen_cell value)
{
    u->n += isnan(c->t_s) ? 1 : 0;
    *c = value;
}

enum vg_status vg_unseen_look(struct vg_unseen *u, const struct vg_track_params *p,
                              const struct vg_footprint *f, double pd, double t_s)
{
    double side = p->unseen_cell_m;
    if (f->n == 0 || (f->high[0] - f->low[0]) * (f->high[1] - f->low[1]) > 1e5 * side * side) {
        return VG_OK; /* no camera: a receiver of the whole frame tells nothing of those who do not
                         send */
    }
    int32_t x1 = index_of(f->high[0], side), y1 = index_of(f->high[1], side);
    for (int32_t y = index_of(f->low[1], side); y <= y1; y++) {
        for (int32_t x = index_of(f->low[0], side); x <= x1; x++) {
            double share = covered(f, x * side, y * side, side);
            if (share <= 0) {
                continue;
            }
            if (2 * (u->n + 1) > u->room && !grow(u)) {
                return VG_E_NO_MEMORY;
            }
            struct vg_unseen_cell *c = place(u, x, y);
            put(u, c, (struct vg_unseen_cell){x, y, t_s, refilled(c, p, t_s) * (1 - pd * share)});
        }
    }
    return VG_OK;
}

void vg_unseen_give(struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double expected, double t_s)
{
    int32_t x = index_of(at[0], p->unseen_cell_m), y = index_of(at[1], p->unseen_cell_m);
    struct vg_unseen_cell *c = place(u, x, y);
    if (!isnan(c->t_s)) { /* a cell that is not kept is full already */
        double more = expected / (p->unseen_cell_m * p->unseen_cell_m);
        *c = (struct vg_unseen_cell){x, y, t_s, fmin(p->unseen_per_m2, refilled(c, p, t_s) + more)};
    }
}
