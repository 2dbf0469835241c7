/* `/api/at`: a snapshot of a past moment, folded on the worker pool and answered later. */
#ifndef VG_APP_MOMENT_H
#define VG_APP_MOMENT_H

#include "io/work.h"
#include "serve/server.h"
#include "watch/view.h"

/* Answers `reply` later through `server`; with an error at once when too many are under way. */
void vg_moment_answer(struct vg_server *server, struct vg_work *work, const char *record_path,
                      struct vg_us t, struct vg_reply *reply);

#endif
