/* `/api/drones/{id}/params` and `/logs` of docs/api.md. Loop thread. */
#ifndef VG_APP_READER_API_H
#define VG_APP_READER_API_H

#include "app/station.h"

bool vg_reader_api_is(const char *path);
/* True: `path` was one of them, and answered. */
bool vg_reader_api_get(struct vg_station *station, const char *path, struct vg_reply *reply);
/* The same for a POST, `by` whom has been checked. */
bool vg_reader_api_post(struct vg_station *station, const char *path, struct vg_reply *reply);

#endif
