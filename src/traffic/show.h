/* Traffic as JSON, for the page, the record and `vigie traffic` (docs/api.md). Threads: pure. */
#ifndef VG_TRAFFIC_SHOW_H
#define VG_TRAFFIC_SHOW_H

#include "base/text.h"
#include "traffic/alarm.h"

/* One object: what a message told, as it was told. */
void vg_show_sighting(const struct vg_sighting *s, struct vg_buf *out);
/* One object: a contact as it is now; the caller has asked vg_contact_at. */
void vg_show_contact(const struct vg_contact *c, const struct vg_contact_now *at,
                     struct vg_buf *out);
/* The members of an alarm, without braces: `"level":"near","distance_m":1830,...`. */
void vg_show_alarm(const struct vg_alarm *a, struct vg_buf *out);

#endif
