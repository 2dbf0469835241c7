/* The core's order of work, its memory, and what it tells (motion.h). */
#include "look/motion.h"

#include "look/metres.h"
#include "look/motion_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct vg_motion_params vg_motion_defaults(void)
{
    return (struct vg_motion_params){.frame_rate_hz = 25.0,
                                     .sample_s = 0.32,
                                     .look_ahead_s = 0.96,
                                     .confirm_s = 1.04,
                                     .low = 2.75,
                                     .high = 5.25,
                                     .slope = 0.35,
                                     .scatter = 2.0,
                                     .parallax_px_s = 0.75,
                                     .speed_min_px_s = 2.5,
                                     .speed_max_px_s = 140.0,
                                     .speed_min_mps = 0.4,
                                     .size_max_px = 100.0};
}

/* --- memory --- */

static size_t align(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

/* Hands out pieces of one block; counts only while base is NULL. */
struct room {
    uint8_t *base;
    size_t used;
};

static void *piece(struct room *room, size_t bytes)
{
    uint8_t *at = room->base != NULL ? room->base + room->used : NULL;
    room->used += align(bytes);
    return at;
}

static void lay_out(struct vg_motion *self, struct room *room)
{
    size_t picture = (size_t)self->shape.stride_bytes * (size_t)self->shape.height_px + 256;
    int w = self->shape.width_px;
    int h = self->shape.height_px;
    for (int k = 0; k < self->n_slots; k++) {
        self->slot[k].px = piece(room, picture);
    }
    self->ground.shape = self->shape;
    self->ground.low = piece(room, picture);
    self->ground.high = piece(room, picture);
    self->ground.limit = piece(room, picture);
    self->ground.spread = piece(room, picture);
    for (int k = 0; k < VG_KERN_SAMPLES; k++) {
        self->ground.sample[k] = piece(room, picture);
    }
    self->detect.seen = piece(room, picture);
    self->detect.mask = piece(room, picture);
    for (int k = 0; k < 4; k++) {
        self->detect.rows[k] = piece(room, ((size_t)w + 64) * sizeof(int16_t));
    }
    self->blur_rows = piece(room, 3 * (size_t)w + 64);
    float *scratch = piece(room, vg_points_scratch_floats(w, h) * sizeof(float));
    uint8_t *store[2] = {piece(room, vg_pyramid_bytes(w, h)), piece(room, vg_pyramid_bytes(w, h))};
    uint8_t *lanes = piece(room, vg_warp_bytes(w));
    uint8_t *cells[2] = {piece(room, vg_overlay_cells(w, h)), piece(room, vg_overlay_cells(w, h))};
    if (room->base != NULL) {
        vg_pyramid_lay(&self->pyramid[0], w, h, store[0]);
        vg_pyramid_lay(&self->pyramid[1], w, h, store[1]);
        vg_warp_lay(&self->warp, w, lanes);
        vg_overlay_lay(&self->overlay, w, h, cells[0], cells[1]);
        vg_register_init(&self->where, self->kern, w, h, scratch);
    }
}

static int pictures_in(double seconds, double rate_hz)
{
    return (int)lrint(seconds * rate_hz);
}

static bool is_in(double x, double low, double high)
{
    return x >= low && x <= high;
}

static enum vg_status check(int width_px, int height_px, const struct vg_motion_params *p,
                            struct vg_error *err)
{
    if (width_px < VG_MOTION_SIZE_MIN || width_px > VG_MOTION_SIZE_MAX ||
        height_px < VG_MOTION_SIZE_MIN || height_px > VG_MOTION_SIZE_MAX) {
        return vg_fail(err, VG_E_RANGE, "pictures of %d x %d px: %d to %d px a side are possible",
                       width_px, height_px, VG_MOTION_SIZE_MIN, VG_MOTION_SIZE_MAX);
    }
    bool is_fine = is_in(p->frame_rate_hz, 1, 120) && is_in(p->sample_s, 0.04, 4) &&
                   is_in(p->look_ahead_s, 0, 4) && is_in(p->confirm_s, 0, 2) &&
                   is_in(p->low, 0.5, 7.75) && is_in(p->high, p->low, 7.75) &&
                   is_in(p->slope, 0, 1) && is_in(p->scatter, 0, 4) &&
                   is_in(p->parallax_px_s, 0, 1000) && is_in(p->speed_min_px_s, 0, 1000) &&
                   is_in(p->speed_max_px_s, 1, 10000) && is_in(p->speed_min_mps, 0, 100) &&
                   is_in(p->size_max_px, 4, 1000);
    int n = pictures_in(p->sample_s, p->frame_rate_hz);
    if (!is_fine || n < 1 || pictures_in(p->look_ahead_s, p->frame_rate_hz) > VG_MOTION_AHEAD_MAX ||
        pictures_in(p->confirm_s, p->frame_rate_hz) > VG_MOTION_HOLD_MAX ||
        n > VG_MOTION_SAMPLE_MAX) {
        return vg_fail(err, VG_E_RANGE, "a parameter of the motion detection is out of bounds");
    }
    return VG_OK;
}

static void set_up(struct vg_motion *self)
{
    const struct vg_motion_params *p = &self->params;
    self->every = pictures_in(p->sample_s, p->frame_rate_hz);
    self->n_ahead = pictures_in(p->look_ahead_s, p->frame_rate_hz) / self->every;
    self->n_ahead = self->n_ahead > VG_KERN_SAMPLES ? VG_KERN_SAMPLES : self->n_ahead;
    self->delay = self->n_ahead * self->every;
    self->hold = pictures_in(p->confirm_s, p->frame_rate_hz);
    self->n_slots = self->delay + 3 + VG_MOTION_OLDER;
    self->kern = p->is_plain ? vg_kern_any() : vg_kern_best();
    vg_follow_init(&self->follow);
    self->follow.params.speed_min = p->speed_min_px_s / p->frame_rate_hz;
    self->follow.params.speed_max = p->speed_max_px_s / p->frame_rate_hz;
}

enum vg_status vg_motion_create(int width_px, int height_px, const struct vg_motion_params *params,
                                struct vg_motion **out, struct vg_error *err)
{
    enum vg_status st = check(width_px, height_px, params, err);
    if (st != VG_OK) {
        return st;
    }
    struct vg_motion *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "no memory for the motion detection");
    }
    self->params = *params;
    self->shape =
        (struct vg_kern_plane){NULL, width_px, height_px, (width_px + VG_KERN_PAD + 63) & ~63};
    set_up(self);
    struct room count = {0};
    lay_out(self, &count);
    self->block = aligned_alloc(64, count.used);
    if (self->block == NULL) {
        free(self);
        return vg_fail(err, VG_E_NO_MEMORY, "no memory for the motion detection");
    }
    memset(self->block, 0, count.used);
    struct room room = {self->block, 0};
    lay_out(self, &room);
    self->bytes = count.used + sizeof *self;
    for (int k = 0; k < self->n_slots; k++) {
        self->slot[k].picture = -1;
    }
    *out = self;
    return VG_OK;
}

void vg_motion_destroy(struct vg_motion *self)
{
    if (self != NULL) {
        free(self->block);
        free(self);
    }
}

/* --- pictures kept --- */

static const uint8_t *picture_of(const struct vg_motion *self, int64_t number)
{
    for (int k = 0; k < self->n_slots; k++) {
        if (self->slot[k].picture == number && number >= 0) {
            return self->slot[k].px;
        }
    }
    return NULL;
}

/* Is a picture still of use once `now` has come? All that are to be judged; of the older ones the
 * samples. */
static bool is_needed(const struct vg_motion *self, int64_t picture, int64_t now)
{
    int64_t judged = now - self->delay;
    int64_t block = judged - (judged % self->every + self->every) % self->every;
    if (picture >= judged - 1) {
        return picture >= 0;
    }
    return picture >= 0 && picture % self->every == 0 &&
           picture >= block - VG_MOTION_OLDER * self->every;
}

static uint8_t *free_slot(struct vg_motion *self, int64_t now)
{
    int best = 0;
    for (int k = 0; k < self->n_slots; k++) {
        if (!is_needed(self, self->slot[k].picture, now)) {
            best = k;
            break;
        }
        best = self->slot[k].picture < self->slot[best].picture ? k : best;
    }
    self->slot[best].picture = now;
    return self->slot[best].px;
}

/* --- judging --- */

/* Which samples make a background, in steps from the block: far ones leave slow things no ground to
 * hide on, near ones change less where the camera flies past trees. */
enum {
    NARROW,
    MIDDLE,
    WIDE
};

static const int STEPS[3][VG_KERN_SAMPLES] = {
    {-3, -2, -1, 2, 3}, {-4, -3, -2, 2, 3}, {-5, -4, -3, 2, 3}};

static int choose_steps(const struct vg_motion *self, int64_t block)
{
    double parallax_px_s = self->where.parallax_px * self->params.frame_rate_hz;
    if (parallax_px_s > self->params.parallax_px_s) {
        return NARROW;
    }
    struct vg_map far;
    double w = self->shape.width_px;
    double h = self->shape.height_px;
    if (!vg_register_between(&self->where, block, block + STEPS[WIDE][0] * self->every, &far)) {
        return MIDDLE;
    }
    struct vg_px c = vg_homog_apply(&far.h, (struct vg_px){w / 2, h / 2});
    double kept = (1.0 - fabs(c.x_px - w / 2) / w) * (1.0 - fabs(c.y_px - h / 2) / h);
    return kept > 0.8 ? WIDE : MIDDLE;
}

/* The samples of the block that begins at `block`; where newer ones are wanted but have not come,
 * older ones instead. */
static void make_ground(struct vg_motion *self, int64_t block)
{
    int64_t numbers[VG_KERN_SAMPLES];
    const uint8_t *pictures[VG_KERN_SAMPLES];
    const int *steps = STEPS[choose_steps(self, block)];
    int n = 0;
    self->n_wanted = 0;
    for (int k = 0; k < VG_KERN_SAMPLES; k++) {
        int64_t number = block + steps[k] * self->every;
        bool is_wanted = steps[k] > 0 && steps[k] <= self->n_ahead;
        self->n_wanted += is_wanted ? 1 : 0;
        if (is_wanted && number < self->n_pictures) {
            numbers[n++] = number;
        }
    }
    self->n_newer = n;
    for (int k = 0; k < VG_KERN_SAMPLES && steps[k] < 0; k++) {
        numbers[n++] = block + steps[k] * self->every;
    }
    for (int k = steps[0] - 1; n < VG_KERN_SAMPLES && k >= -VG_MOTION_OLDER; k--) {
        numbers[n++] = block + k * self->every;
    }
    int nearest = steps[0];
    for (int k = 0; k < VG_KERN_SAMPLES && steps[k] < 0; k++) {
        nearest = steps[k];
    }
    for (int k = nearest + 1; n < VG_KERN_SAMPLES && k < 0; k++) {
        numbers[n++] = block + k * self->every;
    }
    for (; n < VG_KERN_SAMPLES; n++) {
        numbers[n] = -1;
    }
    for (int k = 0; k < VG_KERN_SAMPLES; k++) {
        pictures[k] = picture_of(self, numbers[k]);
    }
    int64_t canvas = block + self->every / 2;
    canvas = canvas < self->n_pictures ? canvas : self->n_pictures - 1;
    struct vg_map move;
    bool is_joined = self->ground.is_ready &&
                     vg_register_between(&self->where, self->ground.canvas, canvas, &move);
    struct vg_background_params params = {self->params.slope, self->params.scatter};
    vg_background_make(&self->ground, self->kern, &self->where, &self->warp, &params, canvas,
                       picture_of(self, canvas), pictures, numbers);
    if (is_joined) {
        vg_follow_move(&self->follow, &move);
    } else {
        vg_follow_reset(&self->follow);
    }
}

/* Spots on burnt-in text are none. */
static void drop_covered(struct vg_motion *self, const struct vg_map *to_picture)
{
    struct vg_detect *d = &self->detect;
    int n = 0;
    for (int i = 0; i < d->n; i++) {
        struct vg_px at = {d->spot[i].x_px, d->spot[i].y_px};
        if (!vg_overlay_covers(&self->overlay, vg_map_apply(to_picture, at))) {
            d->spot[n++] = d->spot[i];
        }
    }
    d->n = n;
}

static void judge(struct vg_motion *self, int64_t picture)
{
    if (picture % self->every == 0 || !self->ground.is_ready) {
        make_ground(self, picture - picture % self->every);
    }
    struct vg_map map;
    const uint8_t *px = picture_of(self, picture);
    if (!self->ground.is_ready || px == NULL ||
        !vg_register_between(&self->where, self->ground.canvas, picture, &map)) {
        return;
    }
    struct vg_detect_params params = {(int)lrint(self->params.low * 4.0),
                                      (int)lrint(self->params.high * 4.0),
                                      self->params.size_max_px};
    vg_detect_run(&self->detect, self->kern, &self->warp, &self->ground, &params, px, &map);
    drop_covered(self, &map);
    vg_follow_step(&self->follow, &self->detect, picture, picture - self->hold - 1,
                   self->n_newer >= self->n_wanted, &map);
}

/* --- telling --- */

static void tell_path(struct vg_motion *self, const struct vg_path *p, int64_t picture,
                      struct vg_motion_found *out)
{
    if (p->track == 0 || !p->is_moving || picture < p->first || picture > p->last_hit ||
        out->n == VG_MOTION_FOUND_MAX) {
        return;
    }
    const struct vg_mark *m = &p->mark[picture % VG_FOLLOW_KEEP];
    double rate = self->params.frame_rate_hz;
    struct vg_detection d = (struct vg_detection){.track = p->track,
                                                  .x_px = (double)m->picture_x_px,
                                                  .y_px = (double)m->picture_y_px,
                                                  .width_px = (double)m->width_px,
                                                  .height_px = (double)m->height_px,
                                                  .vx_px_s = p->vx_px * rate,
                                                  .vy_px_s = p->vy_px * rate,
                                                  .score = p->score};
    const struct vg_motion_moment *then = &self->moment[picture % VG_MOTION_MOMENTS];
    if (then->has_pose) {
        vg_metres_fill(&d, &then->pose, self->shape.width_px, self->shape.height_px);
    }
    if (!d.has_metres || d.speed_mps >= self->params.speed_min_mps) {
        self->found[out->n++] = d;
    }
}

static void tell(struct vg_motion *self, int64_t picture, struct vg_motion_found *out)
{
    *out = (struct vg_motion_found){.picture = -1, .detections = self->found};
    if (picture < 0 || picture >= self->n_pictures) {
        return;
    }
    out->picture = picture;
    out->time_us = self->moment[picture % VG_MOTION_MOMENTS].time_us;
    for (int i = 0; i < self->follow.n; i++) {
        tell_path(self, &self->follow.path[i], picture, out);
    }
}

static enum vg_status check_luma(const struct vg_motion *self, const struct vg_luma *luma,
                                 struct vg_error *err)
{
    if (luma->px == NULL || luma->width_px != self->shape.width_px ||
        luma->height_px != self->shape.height_px || luma->stride_bytes < luma->width_px) {
        return vg_fail(err, VG_E_INVALID,
                       "a picture of %d x %d px, %lld bytes a row, where %d x %d px are expected",
                       luma->width_px, luma->height_px, (long long)luma->stride_bytes,
                       self->shape.width_px, self->shape.height_px);
    }
    return VG_OK;
}

static enum vg_status check_pose(const struct vg_motion_pose *p, struct vg_error *err)
{
    bool is_fine = is_in(p->height_m, 0.1, 1e5) && is_in(p->pitch_deg, -180, 180) &&
                   is_in(p->roll_deg, -180, 180) && is_in(p->hfov_deg, 0.01, 179);
    return is_fine ? VG_OK : vg_fail(err, VG_E_INVALID, "a camera pose has a number out of bounds");
}

/* Every few pictures: has anything stood still while the ground moved? */
static void look_for_overlay(struct vg_motion *self, int64_t now)
{
    struct vg_map map;
    struct vg_kern_plane a = self->shape;
    struct vg_kern_plane b = self->shape;
    a.px = picture_of(self, now - self->every);
    b.px = picture_of(self, now);
    if (now % self->every == 0 && a.px != NULL && b.px != NULL &&
        vg_register_between(&self->where, now - self->every, now, &map)) {
        vg_overlay_step(&self->overlay, &a, &b, &map);
    }
}

enum vg_status vg_motion_feed(struct vg_motion *self, const struct vg_luma *luma, int64_t time_us,
                              const struct vg_motion_pose *pose, struct vg_motion_found *out_found,
                              struct vg_error *err)
{
    enum vg_status st = check_luma(self, luma, err);
    st = st == VG_OK && pose != NULL ? check_pose(pose, err) : st;
    if (st != VG_OK) {
        return st;
    }
    int64_t now = self->n_pictures;
    struct vg_kern_plane plane = self->shape;
    uint8_t *px = free_slot(self, now);
    self->kern->blur(luma->px, luma->stride_bytes, &self->shape, px, self->blur_rows);
    plane.px = px;
    struct vg_pyramid *pyramid = &self->pyramid[now % 2];
    struct vg_pyramid *last = now > 0 ? &self->pyramid[(now + 1) % 2] : NULL;
    vg_pyramid_fill(pyramid, self->kern, &plane);
    (void)vg_register_next(&self->where, pyramid, last,
                           self->overlay.is_any ? self->overlay.is_masked : NULL);
    self->moment[now % VG_MOTION_MOMENTS] = (struct vg_motion_moment){
        time_us, pose != NULL, pose != NULL ? *pose : (struct vg_motion_pose){0}};
    look_for_overlay(self, now);
    self->n_pictures++;
    if (now >= self->delay) {
        judge(self, now - self->delay);
        self->n_judged = now - self->delay + 1;
    }
    self->n_told = now - self->delay - self->hold + 1;
    tell(self, self->n_told - 1, out_found);
    return VG_OK;
}

bool vg_motion_drain(struct vg_motion *self, struct vg_motion_found *out_found)
{
    self->n_told = self->n_told > 0 ? self->n_told : 0;
    if (self->n_told >= self->n_pictures) {
        return false;
    }
    while (self->n_judged < self->n_pictures && self->n_judged <= self->n_told + self->hold) {
        judge(self, self->n_judged++);
    }
    tell(self, self->n_told++, out_found);
    return true;
}

struct vg_motion_facts vg_motion_facts(const struct vg_motion *self)
{
    return (struct vg_motion_facts){self->n_pictures,         self->where.n_breaks,
                                    self->where.n_found,      self->where.n_fit,
                                    self->detect.noise / 9.0, self->bytes};
}
