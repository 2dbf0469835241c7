/* One drone as the page shows it (docs/api.md, "One drone"). */
#include "fly/director_priv.h"

#include "base/json.h"

#include <math.h>

static void put_points(const struct vg_preflight *list, struct vg_buf *b, enum vg_lang lang)
{
    for (int k = 0; k < VG_POINT_COUNT; k++) {
        const struct vg_preflight_point *p = &list->points[k];
        vg_buf_printf(b, "%s{\"point\":\"%s\",\"title\":", k > 0 ? "," : "",
                      vg_point_name((enum vg_point)k));
        vg_buf_json(b, vg_point_title((enum vg_point)k, lang));
        vg_buf_printf(b, ",\"state\":\"%s\",\"holds\":%s,\"overruled\":%s,\"may_overrule\":%s,",
                      vg_judgement_name(p->state), p->holds ? "true" : "false",
                      p->is_overruled ? "true" : "false",
                      vg_point_may_overrule((enum vg_point)k) ? "true" : "false");
        vg_buf_puts(b, "\"reason\":");
        vg_buf_json(b, p->reason);
        vg_buf_puts(b, "}");
    }
}

void vg_flyer_tell_preflight(struct vg_director *self, const struct vg_flyer *f)
{
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"drone\":");
    vg_buf_json(&b, self->options.watch->drones[f->drone].id);
    vg_buf_puts(&b, ",\"sortie\":");
    vg_buf_json(&b, f->job.id);
    vg_buf_puts(&b, ",\"points\":[");
    put_points(&f->preflight, &b, self->options.lang);
    vg_buf_puts(&b, "]}");
    if (!b.is_failed) {
        self->options.event(self->options.ctx, "preflight", b.data, b.n);
    }
    vg_buf_finish(&b);
}

static void put_flight(const struct vg_director *self, const struct vg_flyer *f, struct vg_us now,
                       struct vg_buf *b)
{
    const struct vg_supervision *s = &f->look;
    vg_buf_puts(b, "{\"base\":");
    vg_buf_json(b, self->options.watch->bases[f->dest].name);
    vg_buf_printf(b, ",\"held\":%s,\"reachable\":%s,\"measured\":%s", f->is_held ? "true" : "false",
                  s->home.is_reachable ? "true" : "false", s->is_rate_measured ? "true" : "false");
    vg_buf_member_fixed(b, "age_s", vg_us_to_s(vg_us_sub(now, s->t)), 0);
    vg_buf_member_fixed(b, "late_s", s->late_s, 0);
    vg_buf_member_fixed(b, "cross_m", s->cross_m, 0);
    vg_buf_member_fixed(b, "agl_m", s->agl_m, 0);
    vg_buf_member_fixed(b, "floor_m", f->type->floor_m, 0);
    vg_buf_member_fixed(b, "ceiling_m", f->type->ceiling_m > 0 ? f->type->ceiling_m : (double)NAN,
                        0);
    vg_buf_member_fixed(b, "battery", s->battery, 2);
    vg_buf_member_fixed(b, "reserve", f->type->reserve, 2);
    vg_buf_member_fixed(b, "rate_per_hour", s->rate * 3600, 3);
    vg_buf_member_fixed(b, "wind_mps", s->wind_mps, 1);
    vg_buf_member_fixed(b, "home_m", s->home.way_m, 0);
    vg_buf_member_fixed(b, "home_s", s->home.is_reachable ? s->home.time_s : (double)NAN, 0);
    vg_buf_member_fixed(b, "margin", s->margin, 3);
    vg_buf_member_fixed(b, "margin_s", s->margin_s, 0);
    vg_buf_member_fixed(b, "end_margin", s->end_margin, 3);
    vg_buf_puts(b, "}");
}

static void put_announced(const struct vg_director *self, const struct vg_flyer *f,
                          struct vg_buf *b)
{
    if (f->announced.act == VG_ACT_NONE) {
        vg_buf_puts(b, "null");
        return;
    }
    vg_buf_printf(b, "{\"act\":\"%s\",\"base\":", vg_act_name(f->announced.act));
    vg_buf_json(b, self->options.watch->bases[f->announced.base].name);
    vg_buf_printf(b, ",\"at_us\":%lld}", (long long)f->announced.at.us);
}

/* What can be asked of it now. */
static void put_acts(const struct vg_flyer *f, struct vg_buf *b)
{
    bool is_aloft =
        f->state == VG_FLYER_FLYING || f->state == VG_FLYER_RETURNING || f->state == VG_FLYER_LOST;
    const bool may[VG_ACT_COUNT] = {
        [VG_ACT_HOLD] = is_aloft && !f->is_held && !vg_flyer_is_diverting(f),
        [VG_ACT_CONTINUE] = f->state == VG_FLYER_FLYING && f->is_held,
        [VG_ACT_RETURN] = is_aloft,
        [VG_ACT_DIVERT] = is_aloft && f->vehicle.position.is_known,
        [VG_ACT_LAND] = is_aloft,
    };
    bool is_first = true;
    for (int k = 1; k < VG_ACT_COUNT; k++) {
        if (may[k]) {
            vg_buf_printf(b, "%s\"%s\"", is_first ? "" : ",", vg_act_name((enum vg_act)k));
            is_first = false;
        }
    }
}

/* How a quadplane flies just now (MAV_VTOL_STATE). */
static const char *vtol_word(const struct vg_flyer *f)
{
    static const char *const WORDS[] = {"", "to_wing", "to_hover", "hover", "wing"};
    uint8_t state = f->vehicle.flight.is_known ? f->vehicle.flight.vtol_state : 0;
    return state < sizeof WORDS / sizeof WORDS[0] ? WORDS[state] : "";
}

void vg_director_status(const struct vg_director *self, int drone, enum vg_lang lang,
                        struct vg_us now, struct vg_buf *out)
{
    static const char *const KINDS[] = {"plane", "quadplane", "copter"};
    const struct vg_flyer *f = &self->flyers[drone];
    bool is_aloft =
        f->state == VG_FLYER_FLYING || f->state == VG_FLYER_RETURNING || f->state == VG_FLYER_LOST;
    bool has_job = f->job.flight.sortie >= 0;
    char text[200];
    vg_buf_puts(out, "{\"id\":");
    vg_buf_json(out, self->options.watch->drones[drone].id);
    vg_buf_printf(out, ",\"kind\":\"%s\",\"vtol\":\"%s\",\"sortie\":", KINDS[f->type->kind],
                  vtol_word(f));
    vg_buf_json(out, has_job ? f->job.id : "");
    enum vg_judgement judged = vg_settings_lost_link(&f->settings, lang, text, sizeof text);
    vg_buf_printf(out, ",\"lost_link\":{\"state\":\"%s\",\"reason\":", vg_judgement_name(judged));
    vg_buf_json(out, text);
    vg_buf_puts(out, "},\"preflight\":[");
    if (has_job && !is_aloft) {
        struct vg_preflight list;
        vg_flyer_judge(self, f, lang, now, &list);
        put_points(&list, out, lang);
    }
    vg_buf_puts(out, "],\"flight\":");
    if (has_job && is_aloft && f->look.is_known) {
        put_flight(self, f, now, out);
    } else {
        vg_buf_puts(out, "null");
    }
    vg_buf_puts(out, ",\"announced\":");
    put_announced(self, f, out);
    vg_buf_puts(out, ",\"stopped_by\":");
    vg_buf_json(out, f->announced.stopped_by);
    vg_buf_puts(out, ",\"acts\":[");
    put_acts(f, out);
    vg_buf_puts(out, "],\"control\":");
    vg_flyer_put_control(f, out);
    vg_buf_puts(out, "}");
}
