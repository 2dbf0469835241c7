/* The page's questions about single drones, and what they are told (docs/api.md, "One drone"). */
#ifndef VG_APP_FLY_API_H
#define VG_APP_FLY_API_H

#include "app/station.h"

/* GET /api/drones/{id}. */
void vg_fly_api_get(struct vg_station *station, const char *id, const char *query,
                    struct vg_reply *reply);

/* One act of a person: POST /api/drones/{id}/{verb} or /api/sorties/{id}/{verb}, read and checked.
 */
struct vg_fly_api_act {
    const char *id;
    const char *verb;
    const char *by;
    const char
        *detail; /* "base" of a diversion, "point" of an overruling, "act" of control; "" none */
};

/* False: answered with why not. */
bool vg_fly_api_drone(struct vg_station *station, const struct vg_fly_api_act *act,
                      struct vg_reply *reply);
bool vg_fly_api_sortie(struct vg_station *station, const struct vg_fly_api_act *act,
                       struct vg_reply *reply);

#endif
