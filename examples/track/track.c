/* The tracker in forty lines: a camera over a square kilometre sees someone walk, with noise and a
 * miss now and then. Build: cc track.c $(pkg-config --cflags --libs vigie-track) */
#include "vigie/track.h"

#include <stdio.h>

int main(void)
{
    static const double ground[4][2] = {{0, 0}, {1000, 0}, {1000, 1000}, {0, 1000}};
    static const double noise_m[5][2] = {
        {1.2, -2.0}, {-3.1, 0.7}, {2.2, 2.6}, {-0.4, -1.9}, {0.9, 1.1}};
    struct vg_error err = {0};
    struct vg_tracker *tracker;
    if (vg_tracker_new(NULL, &tracker, &err) != VG_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    for (int second = 0; second < 30; second++) {
        struct vg_measurement seen = {.x_m = 300 + 1.4 * second + noise_m[second % 5][0],
                                      .y_m = 500 + 0.3 * second + noise_m[second % 5][1],
                                      .cov_m2 = {9, 0, 9}};
        struct vg_scan scan = {.t_s = second,
                               .footprint_m = ground,
                               .n_footprint = 4,
                               .pd = 0.9,
                               .clutter_per_m2 = 1e-6,
                               .measurements = &seen,
                               .n = second % 7 == 6 ? 0 : 1};
        struct vg_track track[8];
        if (vg_tracker_scan(tracker, &scan, &err) != VG_OK) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
        size_t n = vg_tracker_tracks(tracker, second, false, track, 8);
        for (size_t i = 0; i < n && i < 8; i++) {
            printf("%2d s: track %llu at %.1f, %.1f m, %.2f m/s east, there with %.3f\n", second,
                   (unsigned long long)track[i].id, track[i].x_m, track[i].y_m, track[i].vx_m_s,
                   track[i].p_exist);
        }
    }
    vg_tracker_free(tracker);
    return 0;
}
