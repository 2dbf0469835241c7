/* The names of one build of the kernels, and its table. Inside src/look only. */
#ifndef VG_LOOK_KERN_ISA_H
#define VG_LOOK_KERN_ISA_H

#include "look/kern.h"

#if !defined(VG_LOOK_ISA)
#define VG_LOOK_ISA any
#endif
#define VG_LOOK_JOIN(a, b) a##_##b
#define VG_LOOK_NAME(a, b) VG_LOOK_JOIN(a, b)
#define vg_kern_table VG_LOOK_NAME(vg_kern_table, VG_LOOK_ISA)
#define vg_kern_blur VG_LOOK_NAME(vg_kern_blur, VG_LOOK_ISA)
#define vg_kern_half VG_LOOK_NAME(vg_kern_half, VG_LOOK_ISA)
#define vg_kern_warp VG_LOOK_NAME(vg_kern_warp, VG_LOOK_ISA)
#define vg_kern_sums_of VG_LOOK_NAME(vg_kern_sums_of, VG_LOOK_ISA)
#define vg_kern_middle VG_LOOK_NAME(vg_kern_middle, VG_LOOK_ISA)
#define vg_kern_range VG_LOOK_NAME(vg_kern_range, VG_LOOK_ISA)
#define vg_kern_residual VG_LOOK_NAME(vg_kern_residual, VG_LOOK_ISA)
#define vg_kern_test VG_LOOK_NAME(vg_kern_test, VG_LOOK_ISA)

extern const struct vg_kern vg_kern_table;
void vg_kern_blur(const uint8_t *src, ptrdiff_t src_stride, const struct vg_kern_plane *to,
                  uint8_t *dst, uint8_t *rows);
void vg_kern_half(const uint8_t *src, int src_stride, const struct vg_kern_plane *to, uint8_t *dst);
void vg_kern_warp(const struct vg_kern_plane *src, const struct vg_kern_lanes *lanes, uint8_t *dst);
void vg_kern_sums_of(const struct vg_kern_patch *t, const uint8_t *patch, int fx, int fy,
                     struct vg_kern_sums *out);
void vg_kern_middle(const uint8_t *const samples[VG_KERN_SAMPLES], int n, uint8_t *low,
                    uint8_t *high, uint8_t *spread);
void vg_kern_range(const uint8_t *const rows[3], int n, uint8_t *out);
void vg_kern_residual(const uint8_t *seen, const uint8_t *low, const uint8_t *high, int n,
                      const struct vg_kern_level *level, int16_t *r, int16_t *out);
int vg_kern_test(const int16_t *const rows[3], const uint8_t *limit, int n,
                 const struct vg_kern_level *level, uint8_t *out);

#endif
