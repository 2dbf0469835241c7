#include "app/ground_api.h"

#include <math.h>
#include <string.h>

static bool is_now(const struct vg_cellquery *q)
{
    return q->t_us == INT64_MAX && q->gsd_m <= 0 && q->target == VG_CELLQUERY_ANY;
}

static void get_tile(const struct vg_ground_api *self, const struct vg_route_args *args,
                     const char *query, struct vg_reply *reply)
{
    struct vg_cellquery q;
    int64_t z;
    int64_t x;
    int64_t y;
    const char *why = vg_cellquery_read(query, &q);
    if (why != NULL) {
        vg_reply_error(reply, 400, why);
        return;
    }
    bool is_tile = vg_route_int64(args, 0, VG_CELLS_ZOOM_MIN, VG_CELLS_ZOOM_MAX, &z) &&
                   vg_route_int64(args, 1, 0, (1 << z) - 1, &x) &&
                   vg_route_int64(args, 2, 0, (1 << z) - 1, &y);
    if (is_tile && !is_now(&q)) {
        vg_moments_get_tile(self->moments, &q, (int)z, (int)x, (int)y, reply);
        return;
    }
    if (!is_tile || self->strip == NULL ||
        vg_cells_tile_png(self->watch, self->strip, (int)z, (int)x, (int)y,
                          self->watch->start_us / VG_US_PER_S, q.revisit_s, &reply->body,
                          NULL) != VG_OK) {
        vg_reply_error(reply, 404, "no such tile");
        return;
    }
    reply->content_type = "image/png";
}

static void get_cell(const struct vg_ground_api *self, const char *query, struct vg_reply *reply)
{
    struct vg_error err = {0};
    struct vg_cellquery q;
    double lat_deg;
    double lon_deg;
    const char *why = vg_cellquery_read(query, &q);
    if (!vg_query_double(query, "lat", &lat_deg) || !vg_query_double(query, "lon", &lon_deg) ||
        fabs(lat_deg) > 90 || fabs(lon_deg) > 360) {
        why = "lat and lon are wanted";
    }
    if (why != NULL) {
        vg_reply_error(reply, 400, why);
    } else if (!is_now(&q)) {
        vg_moments_get_cell(self->moments, &q, lat_deg, lon_deg, reply);
    } else if (self->strip == NULL) {
        vg_reply_error(reply, 404, "the record does not say where its cells lie");
    } else if (vg_cells_at(self->watch, self->strip, self->targets, lat_deg, lon_deg, &reply->body,
                           &err) != VG_OK) {
        vg_reply_error(reply, 404, err.message);
    }
}

bool vg_ground_get(const struct vg_ground_api *self, const char *path, const char *query,
                   struct vg_reply *reply)
{
    struct vg_route_args args;
    if (vg_route_match("/tiles/seen/{z}/{x}/{y}.png", path, &args)) {
        get_tile(self, &args, query, reply);
    } else if (strcmp(path, "/api/cell") == 0) {
        get_cell(self, query, reply);
    } else {
        return false;
    }
    return true;
}
