#include "app/aboard_api.h"

#include "base/sha256.h"

#include <math.h>
#include <stdio.h>

static const char *severity_word(uint8_t severity)
{
    static const char *const words[] = {"emergency", "alert",  "critical", "error",
                                        "warning",   "notice", "info",     "debug"};
    return severity < 8 ? words[severity] : "debug";
}

/* "key":value, or null where it is not known. */
static void put_number(struct vg_buf *out, const char *key, double v, const char *end)
{
    vg_buf_printf(out, "\"%s\":", key);
    vg_buf_real(out, v, 6);
    vg_buf_puts(out, end);
}

static void put_text(struct vg_buf *out, const char *key, const char *text, const char *end)
{
    vg_buf_printf(out, "\"%s\":", key);
    vg_buf_json(out, text);
    vg_buf_puts(out, end);
}

static const char *bool_word(bool is_true)
{
    return is_true ? "true" : "false";
}

static void put_camera(const struct vg_payload *p, struct vg_buf *out)
{
    static const char *const modes[] = {"image", "video", "survey"};
    static const char *const storages[] = {"empty", "unformatted", "ready", "none"};
    vg_buf_puts(out, "\"camera\":");
    if (!p->camera.is_known) {
        vg_buf_puts(out, "null,");
        return;
    }
    vg_buf_puts(out, "{");
    put_text(out, "vendor", p->camera.vendor, ",");
    put_text(out, "model", p->camera.model, ",");
    bool has_mode = p->camera.mode >= 0 && p->camera.mode < 3;
    put_text(out, "mode", has_mode ? modes[p->camera.mode] : "", ",");
    bool has_storage = p->camera.storage >= 0 && p->camera.storage < 4;
    put_text(out, "storage", has_storage ? storages[p->camera.storage] : "", ",");
    put_number(out, "zoom", p->camera.zoom_pct / 100, ",");
    vg_buf_printf(out, "\"recording\":%s,",
                  p->camera.has_status ? bool_word(p->camera.is_recording) : "null");
    put_number(out, "recording_s", p->camera.recording_s, ",");
    put_number(out, "images", p->camera.n_images >= 0 ? p->camera.n_images : (double)NAN, ",");
    put_number(out, "free_mib", p->camera.free_mib, "},");
}

static void put_streams(const struct vg_payload *p, struct vg_buf *out)
{
    static const char *const types[] = {"rtsp", "rtp", "tcp", "mpegts"};
    bool is_first = true;
    vg_buf_puts(out, "\"streams\":[");
    for (int i = 0; i < VG_PAYLOAD_STREAMS; i++) {
        const struct vg_video_stream *s = &p->streams[i];
        if (!s->is_known) {
            continue;
        }
        vg_buf_printf(out, "%s{\"id\":%d,", is_first ? "" : ",", s->id);
        is_first = false;
        put_text(out, "name", s->name, ",");
        put_text(out, "uri", s->uri, ",");
        put_text(out, "type", s->type < 4 ? types[s->type] : "", ",");
        vg_buf_printf(out, "\"running\":%s,\"thermal\":%s,\"width\":%d,\"height\":%d,",
                      bool_word(s->is_running), bool_word(s->is_thermal), s->width_px,
                      s->height_px);
        put_number(out, "rate_hz", s->rate_hz, ",");
        put_number(out, "bitrate_bps", s->bitrate_bps, "}");
    }
    vg_buf_puts(out, "],");
}

static void put_gimbal(const struct vg_payload *p, struct vg_buf *out)
{
    static const char *const holders[] = {"ours", "free", "other"};
    vg_buf_puts(out, "\"gimbal\":");
    if (!p->gimbal.is_known) {
        vg_buf_puts(out, "null,");
        return;
    }
    vg_buf_printf(out, "{\"holder\":\"%s\",\"sysid\":%d,", holders[vg_payload_gimbal(p)],
                  p->gimbal.control_sysid);
    put_number(out, "pitch_min_deg", p->gimbal.has_limits ? p->gimbal.pitch_min_deg : (double)NAN,
               ",");
    put_number(out, "pitch_max_deg", p->gimbal.has_limits ? p->gimbal.pitch_max_deg : (double)NAN,
               "},");
}

static void put_remote_id(const struct vg_payload *p, struct vg_buf *out)
{
    vg_buf_puts(out, "\"remote_id\":");
    if (!p->remote_id.is_known) {
        vg_buf_puts(out, "null,");
        return;
    }
    vg_buf_printf(out, "{\"good\":%s,\"t_us\":%lld,", bool_word(p->remote_id.is_good),
                  (long long)p->remote_id.t.us);
    put_text(out, "reason", p->remote_id.reason, "},");
}

static void put_clock(const struct vg_timesync *c, struct vg_buf *out)
{
    vg_buf_puts(out, "\"clock\":{");
    put_number(out, "round_trip_s", c->is_known ? c->round_trip_mean_s : (double)NAN, ",");
    put_number(out, "utc_error_s", c->has_utc ? c->utc_error_s : (double)NAN, "},");
}

/* HL_FAILURE_FLAG, in the order of its bits. */
static void put_failures(const struct vg_vehicle *v, struct vg_buf *out)
{
    static const char *const words[] = {
        "gps",     "airspeed", "barometer", "accelerometer", "gyro",     "compass",  "terrain",
        "battery", "rc",       "offboard",  "engine",        "geofence", "estimate", "mission"};
    bool is_first = true;
    vg_buf_puts(out, "\"failures\":[");
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        if ((v->state.failures >> k & 1) != 0) {
            vg_buf_printf(out, "%s\"%s\"", is_first ? "" : ",", words[k]);
            is_first = false;
        }
    }
    vg_buf_puts(out, "],");
}

static void put_texts(const struct vg_vehicle *v, struct vg_buf *out)
{
    vg_buf_puts(out, "\"texts\":[");
    for (int i = 0; i < v->n_texts; i++) {
        int k = (v->newest - i + VG_VEHICLE_TEXTS) % VG_VEHICLE_TEXTS;
        vg_buf_printf(out, "%s{\"t_us\":%lld,\"severity\":\"%s\",", i > 0 ? "," : "",
                      (long long)v->texts[k].t.us, severity_word(v->texts[k].severity));
        put_text(out, "text", v->texts[k].text, "}");
    }
    vg_buf_puts(out, "],");
}

static void put_events(const struct vg_aboard *a, struct vg_buf *out)
{
    char hex[2 * VG_MAVEVENT_ARGUMENTS + 1];
    vg_buf_puts(out, "\"events\":[");
    for (int i = 0; i < a->n_kept_events; i++) {
        int k = (a->newest_event - i + VG_DIRECTOR_EVENTS) % VG_DIRECTOR_EVENTS;
        const struct vg_mavevent *e = &a->kept_events[k];
        struct vg_us t = vg_us(0);
        (void)vg_timesync_utc(&a->clock, e->boot_ms, &t);
        vg_buf_printf(out, "%s{\"t_us\":%lld,\"severity\":\"%s\",\"id\":%lu,\"arguments\":\"%s\"}",
                      i > 0 ? "," : "", (long long)t.us, severity_word(e->severity),
                      (unsigned long)e->id, vg_hex(e->arguments, sizeof e->arguments, hex));
    }
    vg_buf_printf(out, "],\"events_lost\":%llu", (unsigned long long)a->events.n_lost);
}

void vg_aboard_json(const char *id, const struct vg_aboard *aboard,
                    const struct vg_vehicle *vehicle, struct vg_buf *out)
{
    vg_buf_puts(out, "{");
    put_text(out, "id", id, ",");
    put_camera(&aboard->payload, out);
    put_streams(&aboard->payload, out);
    put_gimbal(&aboard->payload, out);
    put_remote_id(&aboard->payload, out);
    put_clock(&aboard->clock, out);
    put_failures(vehicle, out);
    put_texts(vehicle, out);
    put_events(aboard, out);
    vg_buf_puts(out, "}");
}
