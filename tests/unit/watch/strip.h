/* One line with its strip of cells, for tests: cells of 50 m, bins of 500 m, promise one hour. */
#ifndef TEST_WATCH_STRIP_H
#define TEST_WATCH_STRIP_H

#include "geo/network.h"
#include "geo/strip.h"
#include "watch/seen.h"
#include "watch/shape.h"

struct strip_ground {
    struct vg_network net;
    struct vg_strip *strip;
    struct vg_shape shape;
    struct vg_seen seen;
};

/* coordinates: of a GeoJSON LineString. out_text: the watch's description, as in its event. Shape
 * and seen are left empty. */
void strip_ground_lay(struct strip_ground *g, const char *coordinates, double depth_m,
                      char out_text[700]);
/* With shape and seen. */
void strip_ground_open(struct strip_ground *g, const char *coordinates, double depth_m);
void strip_ground_close(struct strip_ground *g);

#endif
