/* Which build of the kernels runs here. */
#include "look/kern.h"

#define VG_KERN_EXTERN(isa) extern const struct vg_kern vg_kern_table_##isa
VG_KERN_EXTERN(any);
#if defined(VG_LOOK_HAS_AVX2)
VG_KERN_EXTERN(avx2);
#endif

const struct vg_kern *vg_kern_any(void)
{
    return &vg_kern_table_any;
}

const struct vg_kern *vg_kern_avx2(void)
{
#if defined(VG_LOOK_HAS_AVX2)
    if (__builtin_cpu_supports("avx2")) {
        return &vg_kern_table_avx2;
    }
#endif
    return NULL;
}

const struct vg_kern *vg_kern_best(void)
{
    const struct vg_kern *avx2 = vg_kern_avx2();
    return avx2 != NULL ? avx2 : vg_kern_any();
}
