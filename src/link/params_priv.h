/* What params.c and paramask.c share. */
#ifndef VG_LINK_PARAMS_PRIV_H
#define VG_LINK_PARAMS_PRIV_H

#include "link/params.h"

/* params.c: a value as it came. */
void vg_param_take(struct vg_param *param, const struct vg_mav_param_value *v, bool is_bytewise);
/* paramask.c: a value came; time passes. */
void vg_params_take_asked(struct vg_params *self, const struct vg_mav_param_value *v);
void vg_params_step_asked(struct vg_params *self, struct vg_us now);

#endif
