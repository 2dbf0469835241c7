/* Where each picture lies: registered to a key picture, never to the one before, so that errors do
 * not add up; pictures of different keys are joined through the keys' own registrations.
 *
 * A picture's map (key -> picture) is a homography plus a bend (bend.h). A new key is taken when
 * too little of the old one is in view, the scale has changed, or the key is old; when too few
 * points are found again the previous picture becomes the key, and when that fails too the shot has
 * changed: all before is forgotten. Threads: pure. */
#ifndef VG_LOOK_REGISTER_H
#define VG_LOOK_REGISTER_H

#include "look/bend.h"
#include "look/points.h"

enum {
    VG_REGISTER_KEEP = 128
}; /* pictures and keys remembered */

struct vg_register_params {
    int key_life; /* pictures */
    double overlap; /* of the key, least */
    double scale; /* most change of size, as a factor > 1 */
    double inlier_px;
    double bend_px; /* residuals above this do not bend */
};

struct vg_placed {
    int64_t picture;
    int64_t key;
    struct vg_map from_key;
};

struct vg_register {
    struct vg_register_params params;
    const struct vg_kern *kern;
    int width_px;
    int height_px;
    int64_t n_pictures;
    int64_t key; /* number of the present one */
    int64_t first; /* first picture of this shot */
    int64_t key_picture;
    int64_t n_breaks;
    int n_found; /* points found again in the last picture, and those that fit */
    int n_fit;
    struct vg_homog last; /* key -> last picture */
    struct vg_bend last_bend;
    struct vg_bend
        rate; /* of the bend, per picture since the key: relief seen from a moving camera */
    double rate_weight; /* sum of squared ages behind it */
    double near_px; /* by this nine of ten points miss the bent ground soon after the key */
    int n_near;
    double parallax_px; /* and by this more with every picture: trees, roofs */
    int n_parallax;
    struct vg_homog step; /* last step between pictures */
    struct vg_placed placed[VG_REGISTER_KEEP]; /* by picture number */
    struct vg_map link[VG_REGISTER_KEEP]; /* by key number: previous key -> this key's picture */
    struct vg_points points;
    struct vg_pair pairs[VG_POINTS_MAX];
    float *scratch; /* vg_points_scratch_floats */
};

void vg_register_init(struct vg_register *self, const struct vg_kern *kern, int width_px,
                      int height_px, float *scratch);

/* Place the next picture. last: the one before, for when the key is lost (NULL at first).
 * is_masked as in vg_points_choose. hint (may be NULL): expected motion from the picture before.
 * Returns false at a change of shot (and for the first). */
bool vg_register_next(struct vg_register *self, const struct vg_pyramid *picture,
                      const struct vg_pyramid *last, const uint8_t *is_masked);

/* The map from picture a to picture b. false: one of them is forgotten or of another shot. */
bool vg_register_between(const struct vg_register *self, int64_t a, int64_t b, struct vg_map *out);

#endif
