/* Normals, and heights along geodesics. */
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/layer.h"

enum {
    BATCH = 256
};
/* Pieces of a geodesic that are parabolas in latitude and longitude: what is left out is of the
 * third order, (2.5 km)^3 / (16 R^2), a fortieth of a millimetre. */
#define PIECE_M 5000.0

/* Of the finest layer that has ground here. */
static double cell_at(const struct vg_terrain *self, double lat_deg, double lon_deg)
{
    for (int i = 0; i < self->n_layers; i++) {
        if (vg_layer_sample(&self->layers[i], lat_deg, lon_deg) <= HUGE_VAL) {
            return self->layers[i].cell_m;
        }
    }
    return vg_terrain_cell_m(self, lat_deg, lon_deg);
}

/* At most BATCH / 4 points: their four neighbours half a cell west, east, south and north are
 * sampled as one batch. */
static void find_normals(const struct vg_terrain *self, const double *lat_deg,
                         const double *lon_deg, size_t n, float (*out_enu)[3])
{
    double lat[BATCH];
    double lon[BATCH];
    double cell_m[BATCH / 4];
    float h[BATCH];
    for (size_t i = 0; i < n; i++) {
        struct vg_frame f = vg_frame_at(lat_deg[i], lon_deg[i]);
        cell_m[i] = cell_at(self, lat_deg[i], lon_deg[i]);
        double dlat = 0.5 * cell_m[i] / f.m_per_deg_lat;
        double dlon = 0.5 * cell_m[i] / f.m_per_deg_lon;
        for (size_t k = 0; k < 4; k++) {
            lat[4 * i + k] = lat_deg[i] + (k == 2 ? -dlat : k == 3 ? dlat : 0.0);
            lon[4 * i + k] = lon_deg[i] + (k == 0 ? -dlon : k == 1 ? dlon : 0.0);
        }
    }
    vg_terrain_heights(self, lat, lon, 4 * n, h);
    for (size_t i = 0; i < n; i++) {
        double e = ((double)h[4 * i] - (double)h[4 * i + 1]) / cell_m[i];
        double m = ((double)h[4 * i + 2] - (double)h[4 * i + 3]) / cell_m[i];
        double up = 1.0 / sqrt(1.0 + e * e + m * m);
        out_enu[i][0] = (float)(e * up);
        out_enu[i][1] = (float)(m * up);
        out_enu[i][2] = (float)up;
    }
}

void vg_terrain_normals(const struct vg_terrain *self, const double *lat_deg, const double *lon_deg,
                        size_t n, float (*out_enu)[3])
{
    for (size_t i = 0; i < n; i += BATCH / 4) {
        size_t k = n - i < BATCH / 4 ? n - i : BATCH / 4;
        find_normals(self, lat_deg + i, lon_deg + i, k, out_enu + i);
    }
}

double vg_slope_deg(const float normal_enu[3])
{
    return atan2(hypot((double)normal_enu[0], (double)normal_enu[1]), (double)normal_enu[2]) *
           VG_DEG_PER_RAD;
}

/* A geodesic and the piece of it at hand: place = a + t (b + t c), t in [0, 1] over the piece. */
struct way {
    double lat_deg;
    double lon_deg;
    double azimuth_deg;
    double length_m;
    double piece_m;
    int piece; /* -1: none yet */
    double lat[3];
    double lon[3];
};

static void take_piece(struct way *w, int piece)
{
    double lat[3];
    double lon[3];
    for (int i = 0; i < 3; i++) {
        vg_geo_direct(w->lat_deg, w->lon_deg, w->azimuth_deg, (piece + 0.5 * i) * w->piece_m,
                      &lat[i], &lon[i]);
    }
    double lon1 = vg_wrap_180_deg(lon[1] - lon[0]);
    double lon2 = vg_wrap_180_deg(lon[2] - lon[0]);
    w->lat[0] = lat[0];
    w->lat[1] = 4.0 * lat[1] - 3.0 * lat[0] - lat[2];
    w->lat[2] = 2.0 * (lat[0] + lat[2]) - 4.0 * lat[1];
    w->lon[0] = lon[0];
    w->lon[1] = 4.0 * lon1 - lon2;
    w->lon[2] = 2.0 * lon2 - 4.0 * lon1;
    w->piece = piece;
}

void vg_terrain_profile(const struct vg_terrain *self, double lat1_deg, double lon1_deg,
                        double lat2_deg, double lon2_deg, size_t n, float *out_msl_m,
                        double *out_length_m)
{
    struct way w = {.lat_deg = lat1_deg, .lon_deg = lon1_deg, .piece = -1};
    double azimuth2;
    double lat[BATCH];
    double lon[BATCH];
    vg_geo_inverse(lat1_deg, lon1_deg, lat2_deg, lon2_deg, &w.length_m, &w.azimuth_deg, &azimuth2);
    int n_pieces = (int)fmax(1.0, ceil(w.length_m / PIECE_M));
    w.piece_m = w.length_m / n_pieces;
    for (size_t i = 0; i < n; i += BATCH) {
        size_t k = 0;
        for (; k < BATCH && i + k < n; k++) {
            double at = (double)(i + k) / (double)(n - 1) * n_pieces;
            int piece = at < n_pieces - 1 ? (int)at : n_pieces - 1;
            if (piece != w.piece) {
                take_piece(&w, piece);
            }
            double t = at - piece;
            lat[k] = w.lat[0] + t * (w.lat[1] + t * w.lat[2]);
            lon[k] = w.lon[0] + t * (w.lon[1] + t * w.lon[2]);
        }
        vg_terrain_heights(self, lat, lon, k, out_msl_m + i);
    }
    if (out_length_m != NULL) {
        *out_length_m = w.length_m;
    }
}
