/* MISB metadata, the writing half: ST 0601 packets with an ST 0903 set inside, into the caller's
 * bytes.
 *
 *   struct vg_klv_out out;
 *   vg_klv_begin(&out, bytes, sizeof bytes, t);           key, length to be, tag 2
 *   vg_klv_put(&out, 13, lat_deg);                        numbers by tag, coded as the table says
 *   vg_klv_put_text(&out, 10, "long-wing");
 *   vg_klv_put_vmti(&out, &vmti);
 *   st = vg_klv_end(&out, &packet, &err);                 tag 65, checksum, length
 *
 * There is no way to write bytes as they are: what is written is a number, a text or a set of
 * targets, and its coding comes from the table. Tags 60, 61, 62 and 140 (weapons, laser) have the
 * coding VG_KLV_NEVER there, for which no writer exists; bit 0 of tag 47 (laser range) is refused.
 *
 * The first failure stays and is told by vg_klv_end. Threads: pure. Allocations: none.
 * Source: ST 0601.17 section 6 (order, checksum), ST 0903.5, ST 1201.5. */
#ifndef VG_LOOK_KLV_WRITE_H
#define VG_LOOK_KLV_WRITE_H

#include "base/time.h"
#include "look/klv.h"

enum {
    VG_KLV_0601_VERSION = 17, /* of the standard that is written, tag 65 */
    VG_KLV_0903_VERSION = 5
};

struct vg_klv_out {
    uint8_t *data;
    size_t cap;
    size_t n;
    const struct vg_klv_set *set;
    uint32_t bad_tag; /* of the first failure */
    enum vg_status status;
    double bad_value;
};

/* Begin an ST 0601 packet of time `t` (UTC). `cap` of 4096 is enough for all numbers and texts. */
void vg_klv_begin(struct vg_klv_out *self, uint8_t *data, size_t cap, struct vg_us t);
/* A number in the row's unit. Whole numbers for UINT, INT, ENUM, BITS. Fails with VG_E_RANGE when
 * it is outside the row's range or its length, VG_E_UNSUPPORTED for tags that hold no number. */
void vg_klv_put(struct vg_klv_out *self, uint32_t tag, double value);
/* The special value of a signed range ("out of range", "off earth"). */
void vg_klv_put_special(struct vg_klv_out *self, uint32_t tag);
/* UTF-8 of at most 127 bytes. */
void vg_klv_put_text(struct vg_klv_out *self, uint32_t tag, const char *text);

/* One thing seen in one frame, for a VTarget pack. NaN and 0 leave a field out where said. */
struct vg_klv_target {
    uint32_t id; /* the same in all frames */
    uint32_t row; /* centre, from 1 */
    uint32_t column;
    uint32_t box[4]; /* top, left, bottom, right, from 1; all 0: none */
    double confidence; /* 0 .. 1; NaN: none */
    double lat_deg; /* NaN: no place */
    double lon_deg;
    double alt_ell_m;
    double sigma_enu_m[3]; /* standard deviations; [0] NaN: not told; at most 650 */
    double rho[3]; /* correlations east-north, east-up, north-up */
    const char *label; /* its class, such as "vehicle"; NULL: none */
};

struct vg_klv_vmti {
    const char *system; /* who found them */
    uint32_t width_px; /* of the frame */
    uint32_t height_px;
    uint32_t n_detected; /* before the list was cut */
    int n_targets;
    const struct vg_klv_target *targets;
};

/* Tag 74: an ST 0903 set. */
void vg_klv_put_vmti(struct vg_klv_out *self, const struct vg_klv_vmti *vmti);

/* Close the packet; *out is a view of the caller's bytes. VG_E_FULL, or the first failure with its
 * tag. */
enum vg_status vg_klv_end(struct vg_klv_out *self, struct vg_bytes *out,
                          struct vg_error *err) VG_MUST_USE;

#endif
