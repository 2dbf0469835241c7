/* Inside the table: what its files share. */
#ifndef VG_PLAN_TABLE_PRIV_H
#define VG_PLAN_TABLE_PRIV_H

#include "plan/table.h"

/* The part about stretches: how each is swept, how often seen, which are out of reach. */
void vg_plan_table_stretches(const struct vg_plan *plan, const struct vg_watchfile *watch,
                             enum vg_lang lang, struct vg_buf *out);

#endif
