/* The core's parameters and its memory: one block, laid out once (motion.h). */
#include "look/motion.h"

#include "look/motion_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_RATE_HZ 25.0

struct vg_motion_params vg_motion_defaults(void)
{
    return (struct vg_motion_params){.frame_rate_hz = 25.0,
                                     .sample_s = 0.32,
                                     .look_ahead_s = 0.96,
                                     .confirm_s = 1.04,
                                     .low = 2.75,
                                     .high = 5.75,
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

static enum vg_status check(int width_px, int height_px, const struct vg_motion_params *p,
                            struct vg_error *err)
{
    if (width_px < VG_MOTION_SIZE_MIN || width_px > VG_MOTION_SIZE_MAX ||
        height_px < VG_MOTION_SIZE_MIN || height_px > VG_MOTION_SIZE_MAX) {
        return vg_fail(err, VG_E_RANGE, "pictures of %d x %d px: %d to %d px a side are possible",
                       width_px, height_px, VG_MOTION_SIZE_MIN, VG_MOTION_SIZE_MAX);
    }
    bool is_fine = vg_is_in(p->frame_rate_hz, 1, 120) && vg_is_in(p->sample_s, 0.04, 4) &&
                   vg_is_in(p->look_ahead_s, 0, 4) && vg_is_in(p->confirm_s, 0, 2) &&
                   vg_is_in(p->low, 0.5, 7.75) && vg_is_in(p->high, p->low, 7.75) &&
                   vg_is_in(p->slope, 0, 1) && vg_is_in(p->scatter, 0, 4) &&
                   vg_is_in(p->parallax_px_s, 0, 1000) && vg_is_in(p->speed_min_px_s, 0, 1000) &&
                   vg_is_in(p->speed_max_px_s, 1, 10000) && vg_is_in(p->speed_min_mps, 0, 100) &&
                   vg_is_in(p->size_max_px, 4, 1000);
    int n = pictures_in(p->sample_s, p->frame_rate_hz);
    int ahead = pictures_in(p->look_ahead_s, p->frame_rate_hz);
    if (!is_fine || n < 1 || ahead + (VG_MOTION_OLDER + 2) * n > VG_REGISTER_KEEP - 2 ||
        ahead > VG_MOTION_AHEAD_MAX ||
        pictures_in(p->confirm_s, p->frame_rate_hz) > VG_MOTION_HOLD_MAX ||
        n > VG_MOTION_SAMPLE_MAX) {
        return vg_fail(err, VG_E_RANGE, "a parameter of the motion detection is out of bounds");
    }
    return VG_OK;
}

static int scaled(int n, double factor)
{
    int m = (int)lrint(n * factor);
    return m < 3 ? 3 : m > VG_FOLLOW_KEEP / 2 ? VG_FOLLOW_KEEP / 2 : m;
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
    struct vg_follow_params *f = &self->follow.params;
    double per_default =
        p->frame_rate_hz / DEFAULT_RATE_HZ; /* its counts are pictures at 25 a second */
    f->need = scaled(f->need, per_default);
    f->among = scaled(f->among, per_default);
    f->age = scaled(f->age, per_default);
    f->window = scaled(f->window, per_default);
    f->coast = scaled(f->coast, per_default);
    f->speed_min = p->speed_min_px_s / p->frame_rate_hz;
    f->speed_max = p->speed_max_px_s / p->frame_rate_hz;
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
