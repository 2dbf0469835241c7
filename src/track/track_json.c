#include "track/track_json.h"

#include <string.h>

static const char *name_of(const char *const *names, size_t n, size_t i)
{
    return i < n ? names[i] : "";
}

const char *vg_track_class_name(enum vg_track_class c)
{
    static const char *const names[] = {"unknown", "person", "vehicle", "animal", "vessel"};
    return name_of(names, sizeof names / sizeof names[0], c);
}

int vg_track_class_of(const char *name)
{
    for (int k = 0; k < VG_TRACK_CLASSES; k++) {
        if (strcmp(name, vg_track_class_name((enum vg_track_class)k)) == 0) {
            return k;
        }
    }
    return -1;
}

const char *vg_track_state_name(enum vg_track_state s)
{
    static const char *const names[] = {"tentative", "confirmed", "coasting", "ended"};
    return name_of(names, sizeof names / sizeof names[0], s);
}

const char *vg_track_motion_name(enum vg_track_motion m)
{
    static const char *const names[] = {"still", "walking", "steady", "turning", "road"};
    return name_of(names, sizeof names / sizeof names[0], m);
}

static int likeliest(const double *p, int n)
{
    int best = 0;
    for (int k = 1; k < n; k++) {
        best = p[k] > p[best] ? k : best;
    }
    return best;
}

void vg_track_json(struct vg_buf *out, const struct vg_scan_reader *from, const struct vg_track *t,
                   bool with_time)
{
    double start_s = vg_scan_reader_start_s(from);
    const struct vg_frame *frame = vg_scan_reader_frame(from);
    int c = likeliest(t->class_p, VG_TRACK_CLASSES), m = likeliest(t->motion_p, VG_TRACK_MOTIONS);
    vg_buf_puts(out, "{");
    if (with_time) {
        vg_buf_printf(out, "\"t\":%.3f,", start_s + t->t_s);
    }
    vg_buf_printf(out, "\"id\":%llu,\"x\":%.2f,\"y\":%.2f,\"vx\":%.3f,\"vy\":%.3f,\"cov\":[",
                  (unsigned long long)t->id, t->x_m, t->y_m, t->vx_m_s, t->vy_m_s);
    for (int i = 0; i < 10; i++) {
        vg_buf_printf(out, "%s%.4g", i > 0 ? "," : "", t->cov[i]);
    }
    vg_buf_puts(out, "],");
    if (frame != NULL) {
        double lat, lon;
        vg_frame_to_latlon(frame, t->x_m, t->y_m, &lat, &lon);
        vg_buf_printf(out, "\"lat\":%.7f,\"lon\":%.7f,", lat, lon);
    }
    vg_buf_printf(out,
                  "\"p_exist\":%.4f,\"class\":\"%s\",\"class_p\":%.3f,\"motion\":\"%s\","
                  "\"state\":\"%s\",\"sensor\":",
                  t->p_exist, vg_track_class_name((enum vg_track_class)c), t->class_p[c],
                  vg_track_motion_name((enum vg_track_motion)m), vg_track_state_name(t->state));
    vg_buf_json(out, vg_scan_reader_sensor(from, t->sensor));
    vg_buf_printf(out, ",\"born\":%.3f,\"seen\":%.3f,\"looks\":%u,\"hits\":%u,\"relinked\":%u}",
                  start_s + t->born_s, start_s + t->seen_s, t->looks, t->hits, t->relinked);
}
