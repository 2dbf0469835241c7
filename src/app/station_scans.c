#include "app/station_scans.h"

#include "base/text.h"

#include <stdlib.h>

static void count_from_the_middle(struct vg_station_scans *self)
{
    const struct vg_network *net = &self->watch->network;
    int longest = 0;
    for (int i = 1; i < net->n_lines; i++) {
        longest = net->lines[i].length_m > net->lines[longest].length_m ? i : longest;
    }
    double lat_deg;
    double lon_deg;
    double heading_deg;
    const struct vg_line *l = &net->lines[longest];
    vg_line_at(l, l->length_m / 2, 0, &lat_deg, &lon_deg, &heading_deg);
    vg_scan_reader_origin(self->reader, lat_deg, lon_deg);
}

/* Reports of nothing, so that the clock starts now, whatever the first sensor believes, and the
 * drones are the first sensors. */
static enum vg_status begin(struct vg_station_scans *self, double now_s, struct vg_error *err)
{
    struct vg_buf line = {0};
    struct vg_scan scan;
    enum vg_status st = VG_OK;
    for (int i = 0; i < self->watch->n_drones && st == VG_OK; i++) {
        vg_buf_reset(&line);
        vg_buf_printf(&line, "{\"t\":%.3f,\"sensor\":", now_s);
        vg_buf_json(&line, self->watch->drones[i].id);
        vg_buf_puts(&line, ",\"detections\":[]}");
        st = vg_scan_read(self->reader, vg_buf_text(&line), line.n, &scan, err);
    }
    vg_buf_finish(&line);
    return st;
}

enum vg_status vg_station_scans_open(struct vg_station_scans *self,
                                     const struct vg_watchfile *watch, double now_s,
                                     struct vg_error *err)
{
    *self = (struct vg_station_scans){.watch = watch};
    enum vg_status st = vg_scan_reader_new(&self->reader, err);
    if (st == VG_OK) {
        count_from_the_middle(self);
        st = begin(self, now_s, err);
    }
    return st;
}

void vg_station_scans_close(struct vg_station_scans *self)
{
    vg_scan_reader_free(self->reader);
    free(self->kept);
}

static bool is_private(const struct vg_station_scans *self, const struct vg_measurement *m)
{
    const struct vg_frame *frame = vg_scan_reader_frame(self->reader);
    double lat_deg;
    double lon_deg;
    if (m->kind != VG_MEASURED_POSITION) {
        return false; /* it says no place */
    }
    vg_frame_to_latlon(frame, m->x_m, m->y_m, &lat_deg, &lon_deg);
    for (int i = 0; i < self->watch->n_zones; i++) {
        if (self->watch->zones[i].kind == VG_ZONE_PRIVACY &&
            vg_ring_holds(vg_zone_ring(&self->watch->zones[i]), lat_deg, lon_deg)) {
            return true;
        }
    }
    return false;
}

static enum vg_status drop_private(struct vg_station_scans *self, struct vg_scan *scan,
                                   struct vg_error *err)
{
    if (scan->n > self->kept_room) {
        void *grown = realloc(self->kept, scan->n * sizeof *self->kept);
        if (grown == NULL) {
            return vg_no_memory(err);
        }
        self->kept = grown;
        self->kept_room = scan->n;
    }
    size_t n = 0;
    for (size_t i = 0; i < scan->n; i++) {
        if (is_private(self, &scan->measurements[i])) {
            self->n_private++;
        } else {
            self->kept[n++] = scan->measurements[i];
        }
    }
    scan->measurements = self->kept;
    scan->n = n;
    return VG_OK;
}

enum vg_status vg_station_scans_read(struct vg_station_scans *self, const char *line, size_t n,
                                     struct vg_scan *out, struct vg_error *err)
{
    enum vg_status st = vg_scan_read(self->reader, line, n, out, err);
    return st == VG_OK ? drop_private(self, out, err) : st;
}
