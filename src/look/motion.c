/* The core's order of work and what it tells (motion.h). */
#include "look/motion.h"

#include "look/metres.h"
#include "look/motion_priv.h"

#include <math.h>

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
    bool is_fine = vg_is_in(p->height_m, 0.1, 1e5) && vg_is_in(p->pitch_deg, -180, 180) &&
                   vg_is_in(p->roll_deg, -180, 180) && vg_is_in(p->hfov_deg, 0.01, 179);
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
