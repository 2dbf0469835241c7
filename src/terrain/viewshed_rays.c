/* The fast mode's horizon: R2 of Franklin and Ray (1994) within wedges. Instead of all its points a
 * wedge keeps the horizon at 32 places equally far apart, two or more to a cell, and takes it for
 * straight between them. All lookups stay in registers. */
#include "terrain/viewshed_priv.h"
#include "terrain/viewshed_vec.h"

enum {
    RAYS = 32, /* both ends of the wedge included */
    GAPS = RAYS - 1
};

static const float *rays_of(const struct vg_horizon *h)
{
    return h->u;
}

static float *make_rays(struct vg_horizon *h)
{
    /* One more is read, and taken no notice of, where the next of the last is looked up. */
    if (!vg_horizon_reserve(h, RAYS)) {
        return NULL;
    }
    h->is_row = false;
    h->is_settled = true;
    h->u[RAYS] = 0.0F;
    return h->u;
}

static float lowest_of(const float *rays)
{
    v8f least = v8f_load(rays);
    for (int k = 8; k < RAYS; k += 8) {
        least = v8f_min(least, v8f_load(rays + k));
    }
    return v8f_least(least);
}

/* Halves have their rays half as far apart: every second one was there before. */
bool vg_rays_split(const struct vg_horizon *self, struct vg_horizon *left, struct vg_horizon *right)
{
    float *half[2] = {make_rays(left), make_rays(right)};
    if (half[0] == NULL || half[1] == NULL) {
        return false;
    }
    left->is_row = right->is_row = self->is_row;
    left->was_high = right->was_high = self->was_high;
    if (self->is_row) {
        return true;
    }
    const float *whole = rays_of(self);
    for (int k = 0; k < 2 * RAYS; k++) {
        int twice = k < RAYS ? k : k - 1; /* both halves have the middle one */
        float a = whole[twice / 2];
        float b = twice % 2 != 0 ? whole[twice / 2 + 1] : a;
        half[k / RAYS][k % RAYS] = 0.5F * (a + b);
    }
    left->lowest = lowest_of(half[0]);
    right->lowest = lowest_of(half[1]);
    return true;
}

/* The row before, x - (j0 + x) / i cells along it. */
bool vg_rays_of_row(struct vg_horizon *self, const struct vg_span *span)
{
    float *rays = make_rays(self);
    if (rays == NULL) {
        return false;
    }
    const struct v8f_table here = v8f_table16(span->before_m - 1);
    const struct v8f_table next = v8f_table16(span->before_m);
    float per_before = span->per_i * span->stretch;
    for (int k = 0; k < RAYS; k += 8) {
        v8f x = v8f_from((float)k) * (span->g / GAPS) + span->x0;
        v8f y = x + 1.0F - (x + span->j0) * span->per_i;
        v8i q = v8f_to_int(y);
        v8f a = v8f_pick16(&here, q);
        v8f s = (a + (y - v8i_to_float(q)) * (v8f_pick16(&next, q) - a)) * per_before;
        v8f_store(rays + k, s);
    }
    self->lowest = lowest_of(rays);
    self->was_high = true;
    return true;
}

/* Row against horizon at its grid points; true if above at all inside. */
static bool compare_cells(struct vg_compared *c, const float *rays, const struct vg_span *span)
{
    const struct v8f_table here = v8f_table32(rays);
    const struct v8f_table next = v8f_table32(rays + 1);
    unsigned above = 0;
    for (int half = 0; half < VG_WEDGE_LANES; half += 8) {
        v8f y = (v8f_from((float)half) - span->x0) * (span->per_g * GAPS);
        y = v8f_min(v8f_max(y, v8f_all(0.0F)), v8f_all((float)GAPS));
        v8i q = v8f_to_int(v8f_min(y, v8f_all((float)(GAPS - 1))));
        v8f a = v8f_pick32(&here, q);
        v8f at = (a + (y - v8i_to_float(q)) * (v8f_pick32(&next, q) - a)) * span->i;
        v8f d = v8f_load(span->z_m + half) - at;
        above |= v8i_bits(d > 0.0F) << half;
        v8f_store(c->at_m + half, at);
        v8f_store(c->row_d_m + half, d);
    }
    unsigned inside = (1U << span->n_cells) - 2U;
    return (above & inside) == inside;
}

/* The higher of row and horizon at each ray; true if it was the row at all. */
static bool raise(float *rays, const struct vg_span *span, float *out_lowest)
{
    const struct v8f_table here = v8f_table16(span->z_m);
    const struct v8f_table next = v8f_table16(span->z_m + 1);
    unsigned all = 0xFFU;
    v8f least = v8f_all(3e38F);
    for (int k = 0; k < RAYS; k += 8) {
        v8f x = v8f_from((float)k) * (span->g / GAPS) + span->x0;
        v8i q = v8f_to_int(x);
        v8f a = v8f_pick16(&here, q);
        v8f s = (a + (x - v8i_to_float(q)) * (v8f_pick16(&next, q) - a)) * span->per_i;
        v8f was = v8f_load(rays + k);
        all &= v8i_bits(s > was);
        s = v8f_max(s, was);
        least = v8f_min(least, s);
        v8f_store(rays + k, s);
    }
    *out_lowest = v8f_least(least);
    return all == 0xFFU;
}

void vg_rays_row(struct vg_compared *out, struct vg_horizon *h, const struct vg_span *span)
{
    float *rays = h->u;
    bool is_all_cells = compare_cells(out, rays, span);
    if (h->was_high) {
        h->is_row = raise(rays, span, &h->lowest) && is_all_cells;
    }
}
