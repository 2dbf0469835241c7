#include "app/track_tell.h"

#include "base/time.h"
#include "base/units.h"
#include "geo/ring.h"
#include "track/track_json.h"

#include <math.h>

static const double SMOOTH_M = 20; /* the line's way at its nearest point */

static const char *zone_at(const struct vg_watchfile *watch, double lat_deg, double lon_deg)
{
    for (int i = 0; i < watch->n_zones; i++) {
        if (watch->zones[i].kind == VG_ZONE_ALERT &&
            vg_ring_holds(vg_zone_ring(&watch->zones[i]), lat_deg, lon_deg)) {
            return watch->zones[i].name;
        }
    }
    return "";
}

static void place_beside(const struct vg_track_teller *self, struct vg_track_place *p)
{
    int line;
    if (vg_strip_nearest(self->strip, p->lat_deg, p->lon_deg, self->near_m, &line, &p->s_m, NULL) !=
        1) {
        return;
    }
    const struct vg_line *l = &self->watch->network.lines[line];
    double lat;
    double lon;
    double heading_deg;
    p->line = line;
    vg_line_nearest(l, p->lat_deg, p->lon_deg, &p->s_m, &p->side_m);
    vg_line_at(l, p->s_m, SMOOTH_M, &lat, &lon, &heading_deg);
    /* The unit step to the right of the line. */
    double e = cos(heading_deg * VG_RAD_PER_DEG);
    double n = -sin(heading_deg * VG_RAD_PER_DEG);
    double var = e * e * p->cov_m2[0] + 2 * e * n * p->cov_m2[1] + n * n * p->cov_m2[2];
    p->side_sd_m = sqrt(fmax(0, var));
    double rightward = e * p->ve_mps + n * p->vn_mps;
    p->closing_mps = p->side_m > 0 ? -rightward : rightward;
}

void vg_track_place(const struct vg_track_teller *self, const struct vg_track *track,
                    struct vg_track_place *out)
{
    *out = (struct vg_track_place){.ve_mps = track->vx_m_s,
                                   .vn_mps = track->vy_m_s,
                                   .cov_m2 = {track->cov[0], track->cov[1], track->cov[4]},
                                   .line = -1};
    vg_frame_to_latlon(vg_scan_reader_frame(self->scans), track->x_m, track->y_m, &out->lat_deg,
                       &out->lon_deg);
    out->zone = zone_at(self->watch, out->lat_deg, out->lon_deg);
    place_beside(self, out);
}

static enum vg_track_motion likeliest(const struct vg_track *track)
{
    int best = 0;
    for (int i = 1; i < VG_TRACK_MOTIONS; i++) {
        best = track->motion_p[i] > track->motion_p[best] ? i : best;
    }
    return (enum vg_track_motion)best;
}

void vg_track_tell(const struct vg_track_teller *self, const struct vg_track *track,
                   const struct vg_track_place *p, uint64_t id, struct vg_buf *out)
{
    double start_s = vg_scan_reader_start_s(self->scans);
    vg_buf_printf(out,
                  "{\"id\":\"T%llu\",\"state\":\"%s\",\"lat\":%.6f,\"lon\":%.6f,\"ve\":%.2f,"
                  "\"vn\":%.2f,\"cov\":[%.2f,%.2f,%.2f],\"p\":%.3f,\"motion\":\"%s\",\"class\":{",
                  (unsigned long long)id, vg_track_state_name(track->state), p->lat_deg, p->lon_deg,
                  p->ve_mps, p->vn_mps, p->cov_m2[0], p->cov_m2[1], p->cov_m2[2], track->p_exist,
                  vg_track_motion_name(likeliest(track)));
    int n = 0;
    for (int i = 0; i < VG_TRACK_CLASSES; i++) {
        if (track->class_p[i] >= 0.0005) {
            vg_buf_printf(out, "%s\"%s\":%.3f", n++ > 0 ? "," : "",
                          vg_track_class_name((enum vg_track_class)i), track->class_p[i]);
        }
    }
    vg_buf_puts(out, "},\"by\":");
    vg_buf_json(out, vg_scan_reader_sensor(self->scans, track->sensor));
    vg_buf_printf(out,
                  ",\"born_us\":%lld,\"seen_us\":%lld,\"looks\":%u,\"hits\":%u,\"relinked\":%u",
                  (long long)vg_us_from_s(start_s + track->born_s).us,
                  (long long)vg_us_from_s(start_s + track->seen_s).us, track->looks, track->hits,
                  track->relinked);
    if (p->line >= 0) {
        vg_buf_printf(out, ",\"line\":%d,\"s\":%.0f,\"side\":%.1f,\"sd\":%.1f,\"closing\":%.2f",
                      p->line, p->s_m, p->side_m, p->side_sd_m, p->closing_mps);
    }
    if (p->zone[0] != '\0') {
        vg_buf_puts(out, ",\"zone\":");
        vg_buf_json(out, p->zone);
    }
    vg_buf_puts(out, "}");
}
