#include "look/register.h"

#include <math.h>

enum {
    FEWEST = 16,
    CORNERS_ENOUGH = 60,
    JUMP_REACH = 24,
    MISS_BINS = 256,
    AVERAGED = 20,
    EARLY_FROM = 3, /* ages of a key */
    EARLY_TO = 6,
    LATE_FROM = 12
};

#define MISS_MAX_PX 8.0

#define OWN_SHARE 0.3 /* of a picture's own bend in what it gets */
#define FIRST_WEIGHT 4.0
#define CARRIED_WEIGHT 100.0

void vg_register_init(struct vg_register *self, const struct vg_kern *kern, int width_px,
                      int height_px, float *scratch)
{
    self->params = (struct vg_register_params){
        .key_life = 30, .overlap = 0.75, .scale = 1.12, .inlier_px = 1.2, .bend_px = 16.0};
    self->kern = kern;
    self->width_px = width_px;
    self->height_px = height_px;
    self->n_pictures = 0;
    self->key = 0;
    self->first = 0;
    self->n_breaks = 0;
    self->points.n = 0;
    self->step = vg_homog_one();
    self->last = vg_homog_one();
    self->scratch = scratch;
}

static void start_key(struct vg_register *self, const struct vg_pyramid *picture, int64_t number,
                      const uint8_t *is_masked)
{
    self->key++;
    self->key_picture = number;
    vg_points_choose(&self->points, picture, is_masked, self->scratch);
    self->last = vg_homog_one();
    vg_bend_clear(&self->last_bend, self->width_px, self->height_px);
}

static bool find_point(struct vg_register *self, const struct vg_pyramid *picture,
                       const struct vg_homog *h, const struct vg_point *p, int top, int low,
                       struct vg_pair *out)
{
    struct vg_px shift = vg_bend_at(&self->last_bend, p->at);
    for (int l = top; l >= low; l--) {
        if (!vg_points_find(p, l, self->kern, picture, h, &shift)) {
            return false;
        }
    }
    struct vg_px q = vg_homog_apply(h, p->at);
    *out = (struct vg_pair){p->at, {q.x_px + shift.x_px, q.y_px + shift.y_px}, false};
    return true;
}

/* Find the points on the levels from `top` to `low`, starting from h; those found become pairs,
 * corners first. Returns how many corners. */
static int find_points(struct vg_register *self, const struct vg_pyramid *picture,
                       const struct vg_homog *h, int top, int low, int every)
{
    int n_corners = 0;
    self->n_found = 0;
    for (int is_edge = 0; is_edge < 2; is_edge++) {
        for (int i = 0; i < self->points.n; i += every) {
            const struct vg_point *p = &self->points.point[i];
            if (p->is_edge == (is_edge == 1) &&
                find_point(self, picture, h, p, top, low, &self->pairs[self->n_found])) {
                self->n_found++;
            }
        }
        n_corners = is_edge == 0 ? self->n_found : n_corners;
    }
    return n_corners >= CORNERS_ENOUGH / every ? n_corners : self->n_found;
}

/* How well a picture was placed: 0 not at all. */
static int place(struct vg_register *self, const struct vg_pyramid *picture, struct vg_homog *h)
{
    uint64_t seed = (uint64_t)self->n_pictures;
    double in = self->params.inlier_px;
    int n = find_points(self, picture, h, VG_PYRAMID_LEVELS - 1, 2, VG_POINTS_COARSE);
    struct vg_homog rough = *h;
    int fit = vg_homog_fit(self->pairs, n, 4.0 * in, seed, &rough);
    if (fit >= FEWEST / 2 && fit * 3 >= n) {
        *h = rough;
    }
    n = find_points(self, picture, h, 1, 0, 1);
    self->n_fit = vg_homog_fit(self->pairs, n, in, seed, h);
    return self->n_fit >= FEWEST && self->n_fit * 4 >= n ? self->n_fit : 0;
}

static double triangle(struct vg_px a, struct vg_px b, struct vg_px c)
{
    return 0.5 * ((b.x_px - a.x_px) * (c.y_px - a.y_px) - (c.x_px - a.x_px) * (b.y_px - a.y_px));
}

static bool wants_new_key(const struct vg_register *self)
{
    double w = self->width_px;
    double h = self->height_px;
    struct vg_px c[4] = {{0, 0}, {w, 0}, {w, h}, {0, h}};
    for (int i = 0; i < 4; i++) {
        c[i] = vg_homog_apply(&self->last, c[i]);
    }
    double scale = sqrt(fabs(triangle(c[0], c[1], c[2]) + triangle(c[0], c[2], c[3])) / (w * h));
    struct vg_px m = vg_homog_apply(&self->last, (struct vg_px){w / 2, h / 2});
    double kept = (1.0 - fabs(m.x_px - w / 2) / w) * (1.0 - fabs(m.y_px - h / 2) / h);
    const struct vg_register_params *p = &self->params;
    return self->n_pictures - self->key_picture >= p->key_life || kept < p->overlap ||
           scale > p->scale || scale < 1.0 / p->scale ||
           self->n_fit * 3 < self->points.n - self->points.n_edges;
}

/* The bend grows with the way flown since the key: averaged over the key's life as a rate, it is
 * steadier than each picture's own. */
static void settle_bend(struct vg_register *self, struct vg_bend *bend)
{
    double age = (double)(self->n_pictures - self->key_picture);
    double weight = self->rate_weight + age * age;
    for (int j = 0; j < bend->n_y; j++) {
        for (int i = 0; i < bend->n_x; i++) {
            float *to[2] = {&bend->dx_px[j][i], &bend->dy_px[j][i]};
            float *rate[2] = {&self->rate.dx_px[j][i], &self->rate.dy_px[j][i]};
            for (int k = 0; k < 2; k++) {
                double sum = (double)*rate[k] * self->rate_weight + (double)*to[k] * age;
                *rate[k] = (float)(sum / weight);
                double steady = (double)*rate[k] * age;
                *to[k] = (float)(steady + OWN_SHARE * ((double)*to[k] - steady));
            }
        }
    }
    self->rate_weight = weight;
}

/* The distance by which nine of ten points at most miss the map. */
static double ninth_tenth(const struct vg_register *self, const struct vg_map *map)
{
    int count[MISS_BINS] = {0};
    for (int k = 0; k < self->n_found; k++) {
        struct vg_px q = vg_map_apply(map, self->pairs[k].a);
        double d = hypot(q.x_px - self->pairs[k].b.x_px, q.y_px - self->pairs[k].b.y_px);
        int bin = (int)(d * MISS_BINS / MISS_MAX_PX);
        count[bin < MISS_BINS ? bin : MISS_BINS - 1]++;
    }
    int bin = 0;
    for (int sum = count[0]; sum * 10 < self->n_found * 9 && bin < MISS_BINS - 1;
         sum += count[++bin]) {
    }
    return (bin + 0.5) * MISS_MAX_PX / MISS_BINS;
}

static void average(double *mean, int *n, double value)
{
    *n += *n < AVERAGED ? 1 : 0;
    *mean += (value - *mean) / *n;
}

/* Points on trees and roofs do not lie on the bent ground: how fast they leave it. What they miss
 * it by at once is noise. */
static void measure_parallax(struct vg_register *self, const struct vg_map *map)
{
    int64_t age = self->n_pictures - self->key_picture;
    if (age >= EARLY_FROM && age <= EARLY_TO) {
        average(&self->near_px, &self->n_near, ninth_tenth(self, map));
    } else if (age >= LATE_FROM && self->n_near > 0) {
        double more = ninth_tenth(self, map) - self->near_px;
        average(&self->parallax_px, &self->n_parallax,
                more / ((double)age - 0.5 * (EARLY_FROM + EARLY_TO)));
    }
}

static void remember(struct vg_register *self, const struct vg_homog *h)
{
    struct vg_placed *now = &self->placed[self->n_pictures % VG_REGISTER_KEEP];
    now->picture = self->n_pictures;
    now->key = self->key;
    vg_map_one(&now->from_key, self->width_px, self->height_px);
    now->from_key.h = *h;
    (void)vg_homog_invert(h, &now->from_key.inverse);
    if (self->n_fit > 0) {
        vg_bend_fit(&now->from_key.bend, self->pairs, self->n_found, h, self->params.bend_px);
        settle_bend(self, &now->from_key.bend);
        measure_parallax(self, &now->from_key);
    }
    self->last_bend = now->from_key.bend;
}

/* The rate of the bend in the new key's coordinates, with less weight. link: old key -> new. */
static void carry_rate(struct vg_register *self, const struct vg_map *link)
{
    struct vg_bend old = self->rate;
    for (int j = 0; j < old.n_y; j++) {
        for (int i = 0; i < old.n_x; i++) {
            struct vg_px q = {i * old.cell_x_px, j * old.cell_y_px};
            struct vg_px d = vg_bend_at(&old, vg_map_back(link, q));
            self->rate.dx_px[j][i] = (float)d.x_px;
            self->rate.dy_px[j][i] = (float)d.y_px;
        }
    }
    self->rate_weight = fmin(self->rate_weight, CARRIED_WEIGHT);
}

/* The picture just placed becomes the key. */
static void change_key(struct vg_register *self, const struct vg_pyramid *picture,
                       const uint8_t *is_masked)
{
    struct vg_placed *now = &self->placed[self->n_pictures % VG_REGISTER_KEEP];
    self->link[(self->key + 1) % VG_REGISTER_KEEP] = now->from_key;
    carry_rate(self, &now->from_key);
    start_key(self, picture, self->n_pictures, is_masked);
    now->key = self->key;
    vg_map_one(&now->from_key, self->width_px, self->height_px);
}

/* Lost: try again from the picture before, as a key. */
static bool place_from_last(struct vg_register *self, const struct vg_pyramid *picture,
                            const struct vg_pyramid *last, const uint8_t *is_masked,
                            const struct vg_homog *jump, struct vg_homog *h)
{
    if (self->key_picture == self->n_pictures - 1) {
        return false;
    }
    struct vg_placed *then = &self->placed[(self->n_pictures - 1) % VG_REGISTER_KEEP];
    self->link[(self->key + 1) % VG_REGISTER_KEEP] = then->from_key;
    carry_rate(self, &then->from_key);
    start_key(self, last, self->n_pictures - 1, is_masked);
    then->key = self->key;
    vg_map_one(&then->from_key, self->width_px, self->height_px);
    *h = *jump;
    if (place(self, picture, h) > 0) {
        return true;
    }
    *h = self->step;
    return place(self, picture, h) > 0;
}

static bool start_shot(struct vg_register *self, const struct vg_pyramid *picture,
                       const uint8_t *is_masked)
{
    self->n_breaks += self->n_pictures > 0 ? 1 : 0;
    self->first = self->n_pictures;
    self->n_fit = 0;
    self->n_found = 0;
    vg_bend_clear(&self->rate, self->width_px, self->height_px);
    self->rate_weight = FIRST_WEIGHT;
    self->n_near = 0;
    self->n_parallax = 4; /* a few that say nothing */
    self->parallax_px = 0.0;
    self->near_px = 0.0;
    start_key(self, picture, self->n_pictures, is_masked);
    struct vg_homog one = vg_homog_one();
    remember(self, &one);
    self->step = one;
    self->n_pictures++;
    return false;
}

/* The expected step was wrong: look how far the picture has jumped and try again, from the key,
 * then from the picture before. */
static bool place_after_jump(struct vg_register *self, const struct vg_pyramid *picture,
                             const struct vg_pyramid *last, const uint8_t *is_masked,
                             struct vg_homog *before, struct vg_homog *h)
{
    int shift[2] = {0, 0};
    double size = 1 << (VG_PYRAMID_LEVELS - 1);
    vg_pyramid_jump(last, picture, JUMP_REACH, shift);
    struct vg_homog jump = {{1, 0, shift[0] * size, 0, 1, shift[1] * size, 0, 0, 1}};
    *h = vg_homog_join(before, &jump);
    if (place(self, picture, h) > 0) {
        return true;
    }
    *before = vg_homog_one();
    return place_from_last(self, picture, last, is_masked, &jump, h);
}

bool vg_register_next(struct vg_register *self, const struct vg_pyramid *picture,
                      const struct vg_pyramid *last, const uint8_t *is_masked)
{
    if (self->n_pictures == 0 || last == NULL) {
        return start_shot(self, picture, is_masked);
    }
    struct vg_homog before = self->last;
    struct vg_homog h = vg_homog_join(&self->last, &self->step);
    if (place(self, picture, &h) == 0 &&
        !place_after_jump(self, picture, last, is_masked, &before, &h)) {
        return start_shot(self, picture, is_masked);
    }
    struct vg_homog back;
    self->step = vg_homog_invert(&before, &back) ? vg_homog_join(&back, &h) : vg_homog_one();
    self->last = h;
    remember(self, &h);
    if (wants_new_key(self)) {
        change_key(self, picture, is_masked);
    }
    self->n_pictures++;
    return true;
}

static const struct vg_placed *find_placed(const struct vg_register *self, int64_t picture)
{
    if (picture < self->first || picture >= self->n_pictures ||
        picture <= self->n_pictures - VG_REGISTER_KEEP) {
        return NULL;
    }
    const struct vg_placed *p = &self->placed[picture % VG_REGISTER_KEEP];
    bool is_kept = p->picture == picture && p->key > self->key - VG_REGISTER_KEEP;
    return is_kept ? p : NULL;
}

static struct vg_px walk(const struct vg_register *self, const struct vg_placed *a,
                         const struct vg_placed *b, struct vg_px p)
{
    p = vg_map_back(&a->from_key, p);
    for (int64_t k = a->key; k < b->key; k++) {
        p = vg_map_apply(&self->link[(k + 1) % VG_REGISTER_KEEP], p);
    }
    for (int64_t k = a->key; k > b->key; k--) {
        p = vg_map_back(&self->link[k % VG_REGISTER_KEEP], p);
    }
    return vg_map_apply(&b->from_key, p);
}

bool vg_register_between(const struct vg_register *self, int64_t a, int64_t b, struct vg_map *out)
{
    const struct vg_placed *from = find_placed(self, a);
    const struct vg_placed *to = find_placed(self, b);
    if (from == NULL || to == NULL) {
        return false;
    }
    struct vg_homog h = from->from_key.inverse;
    for (int64_t k = from->key; k < to->key; k++) {
        h = vg_homog_join(&h, &self->link[(k + 1) % VG_REGISTER_KEEP].h);
    }
    for (int64_t k = from->key; k > to->key; k--) {
        h = vg_homog_join(&h, &self->link[k % VG_REGISTER_KEEP].inverse);
    }
    vg_map_one(out, self->width_px, self->height_px);
    out->h = vg_homog_join(&h, &to->from_key.h);
    if (!vg_homog_invert(&out->h, &out->inverse)) {
        return false;
    }
    for (int j = 0; j < out->bend.n_y && a != b; j++) {
        for (int i = 0; i < out->bend.n_x; i++) {
            struct vg_px p = {i * out->bend.cell_x_px, j * out->bend.cell_y_px};
            struct vg_px q = walk(self, from, to, p);
            struct vg_px r = vg_homog_apply(&out->h, p);
            out->bend.dx_px[j][i] = (float)(q.x_px - r.x_px);
            out->bend.dy_px[j][i] = (float)(q.y_px - r.y_px);
        }
    }
    return true;
}
