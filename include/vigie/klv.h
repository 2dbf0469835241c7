/* Vigie's MISB metadata library for other programs: reading ST 0601, ST 0102, ST 0903 and EG 0104,
 * showing them as JSON, writing ST 0601 with ST 0903 inside. Installed with `cmake --install`;
 * compile and link with `pkg-config --cflags --libs vigie-klv`.
 *
 * All calls: statuses are `enum vg_status`, VG_OK is 0; `struct vg_error *err` may be NULL, else it
 * says what was wrong in words (vg_error_text). Nothing is allocated but the text of JSON. What
 * each function takes, gives and costs stands in its header. */
#ifndef VIGIE_KLV_H
#define VIGIE_KLV_H

#include "base/status.h"
#include "look/klv.h"
#include "look/klv_show.h"
#include "look/klv_write.h"

#endif
