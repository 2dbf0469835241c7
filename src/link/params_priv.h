/* What params.c and paramwrite.c share. */
#ifndef VG_LINK_PARAMS_PRIV_H
#define VG_LINK_PARAMS_PRIV_H

#include "link/params.h"

/* A value came; time passes. */
void vg_params_take_written(struct vg_params *self, const struct vg_mav_param_value *v);
void vg_params_step_write(struct vg_params *self, struct vg_us now);

#endif
