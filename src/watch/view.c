#include "watch/view.h"

#include "watch/tracks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIST_ENDED_S = 3600,
    LIST_CLOSED_S = 86400
};

static void put_text(struct vg_buf *out, const char *key, const char *value)
{
    vg_buf_printf(out, "\"%s\":", key);
    vg_buf_json(out, value);
    vg_buf_puts(out, ",");
}

static void put_number(struct vg_buf *out, const char *key, double value, int decimals)
{
    vg_buf_printf(out, "\"%s\":", key);
    vg_buf_fixed(out, value, decimals);
    vg_buf_puts(out, ",");
}

static void put_links(const struct vg_watch_drone *d, struct vg_buf *out)
{
    vg_buf_puts(out, "\"links\":[");
    for (int i = 0; i < d->n_links; i++) {
        const struct vg_watch_link *l = &d->links[i];
        vg_buf_puts(out, i > 0 ? ",{" : "{");
        put_text(out, "to", l->to);
        put_text(out, "state", l->state);
        put_number(out, "delay_ms", l->delay_ms, 0);
        put_number(out, "loss", l->loss, 3);
        put_number(out, "rssi", l->rssi_pct, 0);
        put_number(out, "remote_rssi", l->remote_rssi_pct, 0);
        put_number(out, "noise", l->noise_pct, 0);
        put_number(out, "buffer_free", l->buffer_free_pct, 0);
        vg_buf_printf(out, "\"used\":%s,\"satellite\":%s}", l->is_used ? "true" : "false",
                      l->is_satellite ? "true" : "false");
    }
    vg_buf_puts(out, "],");
}

void vg_view_drone(const struct vg_watch_drone *d, bool is_delta, struct vg_buf *out)
{
    vg_buf_puts(out, "{");
    put_text(out, "id", d->id);
    put_text(out, "state", d->state);
    put_text(out, "phase", d->phase);
    put_text(out, "link", d->link);
    put_text(out, "mode", d->mode);
    put_text(out, "sortie", d->sortie);
    put_text(out, "next", d->next);
    put_text(out, "note", d->note);
    put_text(out, "signed", d->signed_word);
    put_links(d, out);
    put_number(out, "lat", d->lat_deg, 6);
    put_number(out, "lon", d->lon_deg, 6);
    put_number(out, "alt_msl_m", d->alt_msl_m, 0);
    put_number(out, "agl_m", d->agl_m, 0);
    put_number(out, "heading_deg", d->heading_true_deg, 0);
    put_number(out, "speed_mps", d->ground_speed_mps, 1);
    put_number(out, "battery", d->battery, 2);
    put_number(out, "line", d->line >= 0 ? (double)d->line : (double)NAN, 0);
    put_number(out, "s_m", d->s_m, 0);
    vg_buf_printf(out, "\"armed\":%s,\"heard_us\":%lld,\"next_us\":%lld,\"footprint\":[",
                  d->is_armed ? "true" : "false", (long long)d->heard_us, (long long)d->next_us);
    for (int i = 0; i < d->n_footprint; i++) {
        vg_buf_printf(out, "%s[%.5f,%.5f]", i > 0 ? "," : "", d->footprint[i][0],
                      d->footprint[i][1]);
    }
    vg_buf_puts(out, "],\"trail\":[");
    int n = is_delta && d->n_trail_new < d->n_trail ? d->n_trail_new : d->n_trail;
    for (int i = d->n_trail - n; i < d->n_trail; i++) {
        const struct vg_watch_fix *f = &d->trail[(d->trail_first + i) % VG_WATCH_TRAIL];
        vg_buf_printf(out, "%s[%lld,%.5f,%.5f]", i > d->n_trail - n ? "," : "", (long long)f->t_s,
                      f->lon_deg, f->lat_deg);
    }
    vg_buf_puts(out, "]}");
}

void vg_view_sortie(const struct vg_watch_sortie *s, struct vg_buf *out)
{
    vg_buf_puts(out, "{");
    put_text(out, "id", s->id);
    put_text(out, "drone", s->drone);
    put_text(out, "base_from", s->base_from);
    put_text(out, "base_to", s->base_to);
    put_text(out, "state", s->state);
    put_text(out, "consent", s->consent);
    put_text(out, "reason", s->reason);
    put_number(out, "line", s->line >= 0 ? (double)s->line : (double)NAN, 0);
    put_number(out, "from_m", s->line >= 0 ? s->from_m : (double)NAN, 0);
    put_number(out, "to_m", s->line >= 0 ? s->to_m : (double)NAN, 0);
    vg_buf_printf(out, "\"takeoff_us\":%lld,\"land_us\":%lld}", (long long)s->takeoff_us,
                  (long long)s->land_us);
}

void vg_view_alert(const struct vg_watch_alert *a, struct vg_buf *out)
{
    vg_buf_puts(out, "{");
    put_text(out, "id", a->id);
    put_text(out, "kind", a->kind);
    put_text(out, "level", a->level);
    put_text(out, "state", a->state);
    put_text(out, "by", a->by);
    put_number(out, "lat", a->lat_deg, 5);
    put_number(out, "lon", a->lon_deg, 5);
    char *params = a->params != NULL ? json_dumps(a->params, JSON_COMPACT) : NULL;
    vg_buf_printf(out, "\"t_us\":%lld,\"last_us\":%lld,\"params\":%s}", (long long)a->t_us,
                  (long long)a->last_us, params != NULL ? params : "{}");
    free(params);
}

static void put_promise(const struct vg_watch *w, struct vg_us now, struct vg_buf *out)
{
    static const char *const words[] = {"starting", "kept", "at_risk", "broken"};
    struct vg_promise_state p;
    vg_watch_promise(w, now, &p);
    vg_buf_printf(out, "\"promise\":{\"state\":\"%s\",\"promise_s\":%.0f,", words[p.state],
                  w->shape.promise_s);
    put_number(out, "worst_ratio", p.worst_ratio, 4);
    put_number(out, "worst_age_s", p.worst_age_s, 0);
    put_number(out, "worst_line",
               p.worst_bin >= 0 ? (double)w->shape.bin_line[p.worst_bin] : (double)NAN, 0);
    put_number(out, "worst_m",
               p.worst_bin >= 0 ? vg_shape_bin_m(&w->shape, p.worst_bin) : (double)NAN, 0);
    put_number(out, "seen_share", p.seen_share, 4);
    vg_buf_printf(out, "\"up\":%d,\"turning\":%d,\"lost\":%d},", p.n_up, p.n_turning, p.n_lost);
}

static void put_head(const char *type, const struct vg_watch *w, const struct vg_view_frame *f,
                     struct vg_buf *out)
{
    vg_buf_printf(out, "{\"type\":\"%s\",\"seq\":%lld,\"t_us\":%lld,\"start_us\":%lld,", type,
                  (long long)f->seq, (long long)f->now.us, (long long)w->start_us);
    vg_buf_printf(out, "\"sim\":%s,\"speed\":%g,", f->is_sim ? "true" : "false", f->speed);
    put_promise(w, f->now, out);
}

static bool is_listed(const struct vg_watch_sortie *s, struct vg_us now)
{
    return s->ended_us == 0 || now.us - s->ended_us < LIST_ENDED_S * VG_US_PER_S;
}

static bool is_told(const struct vg_watch_alert *a, struct vg_us now)
{
    return strcmp(a->state, "closed") != 0 || now.us - a->last_us < LIST_CLOSED_S * VG_US_PER_S;
}

void vg_view_snapshot(const struct vg_watch *w, const struct vg_view_frame *f, struct vg_buf *out)
{
    put_head("snapshot", w, f, out);
    vg_buf_puts(out, "\"drones\":[");
    for (int i = 0; i < w->n_drones; i++) {
        vg_buf_puts(out, i > 0 ? "," : "");
        vg_view_drone(&w->drones[i], false, out);
    }
    vg_buf_puts(out, "],\"alerts\":[");
    bool is_first = true;
    for (int i = 0; i < w->n_alerts; i++) {
        if (is_told(&w->alerts[i], f->now)) {
            vg_buf_puts(out, is_first ? "" : ",");
            vg_view_alert(&w->alerts[i], out);
            is_first = false;
        }
    }
    vg_buf_puts(out, "],\"sorties\":[");
    is_first = true;
    for (int i = 0; i < w->n_sorties; i++) {
        if (is_listed(&w->sorties[i], f->now)) {
            vg_buf_puts(out, is_first ? "" : ",");
            vg_view_sortie(&w->sorties[i], out);
            is_first = false;
        }
    }
    vg_buf_puts(out, "],");
    vg_view_tracks(w, f->now, out);
    vg_buf_puts(out, ",\"bins\":[");
    for (int b = 0; b < w->shape.n_bins; b++) {
        vg_buf_printf(out, "%s%u", b > 0 ? "," : "", w->seen.bin_s[b]);
    }
    vg_buf_puts(out, "]}");
}

/* Entries of a list that changed, each marked as told. The list is left out when empty. */
static void put_changed_drones(struct vg_watch *w, struct vg_buf *out)
{
    int n = 0;
    for (int i = 0; i < w->n_drones; i++) {
        struct vg_watch_drone *d = &w->drones[i];
        if (d->is_changed) {
            vg_buf_puts(out, n++ > 0 ? "," : ",\"drones\":[");
            vg_view_drone(d, true, out);
            d->is_changed = false;
            d->n_trail_new = 0;
        }
    }
    vg_buf_puts(out, n > 0 ? "]" : "");
}

static void put_changed_alerts(struct vg_watch *w, struct vg_buf *out)
{
    int n = 0;
    for (int i = 0; i < w->n_alerts; i++) {
        if (w->alerts[i].is_changed) {
            vg_buf_puts(out, n++ > 0 ? "," : ",\"alerts\":[");
            vg_view_alert(&w->alerts[i], out);
            w->alerts[i].is_changed = false;
        }
    }
    vg_buf_puts(out, n > 0 ? "]" : "");
}

static void put_changed_sorties(struct vg_watch *w, struct vg_buf *out)
{
    int n = 0;
    for (int i = 0; i < w->n_sorties; i++) {
        if (w->sorties[i].is_changed) {
            vg_buf_puts(out, n++ > 0 ? "," : ",\"sorties\":[");
            vg_view_sortie(&w->sorties[i], out);
            w->sorties[i].is_changed = false;
        }
    }
    vg_buf_puts(out, n > 0 ? "]" : "");
}

void vg_view_delta(struct vg_watch *w, const struct vg_view_frame *f, struct vg_buf *out)
{
    put_head("delta", w, f, out);
    vg_buf_puts(out, "\"bins\":[");
    int n = 0;
    for (int b = 0; b < w->shape.n_bins; b++) {
        if (w->bin_dirty[b]) {
            vg_buf_printf(out, "%s[%d,%u]", n++ > 0 ? "," : "", b, w->seen.bin_s[b]);
            w->bin_dirty[b] = 0;
        }
    }
    vg_buf_puts(out, "]");
    put_changed_drones(w, out);
    put_changed_alerts(w, out);
    put_changed_sorties(w, out);
    vg_view_changed_tracks(w, out);
    vg_buf_puts(out, "}");
}

void vg_view_clear(struct vg_watch *w)
{
    for (int i = 0; i < w->n_drones; i++) {
        w->drones[i].is_changed = false;
        w->drones[i].n_trail_new = 0;
    }
    for (int i = 0; i < w->n_alerts; i++) {
        w->alerts[i].is_changed = false;
    }
    for (int i = 0; i < w->n_sorties; i++) {
        w->sorties[i].is_changed = false;
    }
    for (int i = 0; i < w->n_tracks; i++) {
        w->tracks[i].is_changed = false;
        w->tracks[i].n_trail_new = 0;
    }
    memset(w->bin_dirty, 0, (size_t)w->shape.n_bins);
}

static void put_pass(const struct vg_watch *w, int drone, int64_t from_s, int64_t to_s,
                     bool *is_first, struct vg_buf *out)
{
    bool is_open = false;
    for (int i = 0; i < w->n_marks; i++) {
        const struct vg_watch_mark *m = &w->marks[i];
        if (m->drone != drone || m->t_s < from_s || m->t_s > to_s) {
            continue;
        }
        if (!is_open) {
            vg_buf_puts(out, *is_first ? "{" : ",{");
            put_text(out, "drone", w->drones[drone].id);
            vg_buf_puts(out, "\"sortie\":\"\",\"points\":[");
            *is_first = false;
        }
        vg_buf_puts(out, is_open ? "," : "");
        is_open = true;
        if (isnan(m->axis_m)) {
            vg_buf_puts(out, "null");
        } else {
            vg_buf_printf(out, "[%lld,%.0f]", (long long)m->t_s, m->axis_m);
        }
    }
    vg_buf_puts(out, is_open ? "]}" : "");
}

void vg_view_chart(const struct vg_watch *w, struct vg_us from, struct vg_us to, struct vg_buf *out)
{
    int64_t from_s = from.us / VG_US_PER_S;
    int64_t to_s = to.us / VG_US_PER_S;
    bool is_first = true;
    vg_buf_printf(out, "{\"from_us\":%lld,\"to_us\":%lld,\"flown\":[", (long long)from.us,
                  (long long)to.us);
    for (int d = 0; d < w->n_drones; d++) {
        put_pass(w, d, from_s, to_s, &is_first, out);
    }
    vg_buf_puts(out, "],\"seen\":[");
    is_first = true;
    for (int i = 0; i < w->n_sights; i++) {
        if (w->sights[i].t_s >= from_s && w->sights[i].t_s <= to_s) {
            vg_buf_printf(out, "%s[%d,%lld]", is_first ? "" : ",", w->sights[i].bin,
                          (long long)w->sights[i].t_s);
            is_first = false;
        }
    }
    vg_buf_puts(out, "]");
}
