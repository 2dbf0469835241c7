/* A program of somebody else: heights and a viewshed through the installed library. */
#include <vigie/terrain.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct vg_terrain *terrain;
    struct vg_lookout seen;
    const char *path = argc > 1 ? argv[1] : "";
    double lat = argc > 3 ? atof(argv[2]) : 0;
    double lon = argc > 3 ? atof(argv[3]) : 0;
    if (vg_terrain_open(&path, 1, &terrain, NULL) != VG_OK) {
        return 1;
    }
    struct vg_lookout_input in = {
        .lat_deg = lat, .lon_deg = lon, .eye_m = 30, .range_m = 5000, .n_threads = 1};
    if (vg_lookout_compute(terrain, &in, false, &seen, NULL) != VG_OK) {
        return 1;
    }
    printf("%.3f %lld\n", vg_terrain_height_msl_m(terrain, lat, lon), (long long)seen.n_visible);
    vg_lookout_finish(&seen);
    vg_terrain_destroy(terrain);
    return 0;
}
