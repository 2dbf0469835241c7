#include "traffic/show.h"

#include <math.h>

/* ,"key":value when it is known. */
static void number(struct vg_buf *out, const char *key, double v, int digits)
{
    if (isfinite(v)) {
        vg_buf_printf(out, ",\"%s\":%.*f", key, digits, v);
    }
}

static void text(struct vg_buf *out, const char *key, const char *v)
{
    if (v[0] != '\0') {
        vg_buf_printf(out, ",\"%s\":", key);
        vg_buf_json(out, v);
    }
}

static void flag(struct vg_buf *out, const char *key, int v)
{
    if (v >= 0) {
        vg_buf_printf(out, ",\"%s\":%s", key, v > 0 ? "true" : "false");
    }
}

static void identity(const struct vg_sighting *s, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"id\":");
    vg_buf_json(out, s->id);
    vg_buf_printf(out, ",\"space\":\"%s\",\"kind\":\"%s\"", vg_space_name(s->space),
                  vg_contact_kind_name(s->kind));
    text(out, "name", s->name);
}

static void rest(const struct vg_sighting *s, struct vg_buf *out)
{
    if (s->squawk >= 0) {
        vg_buf_printf(out, ",\"squawk\":\"%04d\"", s->squawk);
    }
    flag(out, "ground", s->on_ground);
    flag(out, "emergency", s->emergency);
    text(out, "operator", s->operator_id);
    number(out, "operator_lat", s->operator_lat_deg, 6);
    number(out, "operator_lon", s->operator_lon_deg, 6);
}

void vg_show_sighting(const struct vg_sighting *s, struct vg_buf *out)
{
    identity(s, out);
    number(out, "lat", s->lat_deg, 6);
    number(out, "lon", s->lon_deg, 6);
    number(out, "alt_pressure_m", s->alt_pressure_m, 1);
    number(out, "alt_ell_m", s->alt_ell_m, 1);
    number(out, "ell_minus_pressure_m", s->ell_minus_pressure_m, 1);
    number(out, "course_deg", s->course_true_deg, 1);
    number(out, "speed_mps", s->speed_mps, 2);
    number(out, "climb_mps", s->climb_mps, 2);
    rest(s, out);
    vg_buf_puts(out, "}");
}

void vg_show_contact(const struct vg_contact *c, const struct vg_contact_now *at,
                     struct vg_buf *out)
{
    identity(&c->s, out);
    number(out, "lat", at->lat_deg, 6);
    number(out, "lon", at->lon_deg, 6);
    number(out, "age_s", at->age_s, 1);
    flag(out, "stale", at->is_stale);
    if (at->height.source != VG_HEIGHT_NONE) {
        number(out, "alt_msl_m", at->height.msl_m, 0);
        number(out, "alt_error_p95_m", at->height.error_p95_m, 0);
        text(out, "alt_source", vg_height_source_name(at->height.source));
    }
    number(out, "course_deg", at->course_true_deg, 1);
    number(out, "speed_mps", at->speed_mps, 1);
    if (at->vel_enu_mps[2] != 0) {
        number(out, "climb_mps", at->vel_enu_mps[2], 1);
    }
    vg_buf_printf(out, ",\"feeds\":%u", c->feeds);
    rest(&c->s, out);
    vg_buf_puts(out, "}");
}

void vg_show_alarm(const struct vg_alarm *a, struct vg_buf *out)
{
    vg_buf_printf(out, "\"level\":\"%s\",\"distance_m\":%.0f,\"bearing_deg\":%.0f",
                  vg_alarm_level_name(a->level), a->distance_m, a->bearing_true_deg);
    number(out, "vertical_m", a->vertical_m, 0);
    number(out, "height_error_m", a->height_error_m, 0);
    vg_buf_printf(out, ",\"closest_s\":%.0f,\"closest_m\":%.0f", a->cpa.at_s, a->cpa.horizontal_m);
    number(out, "closest_vertical_m", a->cpa.vertical_m, 0);
    vg_buf_printf(out, ",\"advice\":\"%s\"", vg_advice_name(a->advice));
    if (a->advice == VG_ADVICE_TURN) {
        vg_buf_printf(out, ",\"turn_deg\":%.0f", a->turn_true_deg);
    }
    if (a->advice == VG_ADVICE_DESCEND) {
        vg_buf_printf(out, ",\"descend_m\":%.0f", VG_ADVICE_DESCENT_M);
    }
}
