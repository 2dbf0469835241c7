/* GeoJSON (RFC 7946). A third coordinate would be a height above the ellipsoid (section 3.1.1);
 * ours are above the sea and stand in "alt_msl_m", one for each position. */
#include "fly/export_priv.h"

static void open_feature(struct vg_buf *out, bool *is_first)
{
    vg_buf_puts(out, *is_first ? "\n{\"type\":\"Feature\",\"properties\":{"
                               : ",\n{\"type\":\"Feature\",\"properties\":{");
    *is_first = false;
}

static void put_text(struct vg_buf *out, const char *key, const char *text)
{
    vg_buf_printf(out, "\"%s\":", key);
    vg_buf_json(out, text);
    vg_buf_puts(out, ",");
}

static void put_heights(struct vg_buf *out, const struct vg_export_sortie *s)
{
    const char *before = "\"alt_msl_m\":[";
    for (int i = 0; i < s->n_mission; i++) {
        double lat_deg, lon_deg, alt_msl_m;
        if (vg_export_point(s, i, &lat_deg, &lon_deg, &alt_msl_m)) {
            vg_buf_printf(out, "%s%.2f", before, alt_msl_m);
            before = ",";
        }
    }
    vg_buf_puts(out, "]");
}

static void put_way(struct vg_buf *out, const struct vg_export_sortie *s)
{
    put_text(out, "kind", "sortie");
    put_text(out, "name", s->sortie->id);
    put_text(out, "drone", s->sortie->drone);
    put_text(out, "base_from", s->sortie->base_from);
    put_text(out, "base_to", s->sortie->base_to);
    vg_buf_printf(out, "\"takeoff_s\":%.1f,\"land_s\":%.1f,\"period_s\":%.1f,",
                  s->sortie->takeoff_s, s->sortie->land_s, s->sortie->period_s);
    put_heights(out, s);
    const char *before = "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[";
    for (int i = 0; i < s->n_mission; i++) {
        double lat_deg, lon_deg, alt_msl_m;
        if (vg_export_point(s, i, &lat_deg, &lon_deg, &alt_msl_m)) {
            vg_buf_printf(out, "%s[%.7f,%.7f]", before, lon_deg, lat_deg);
            before = ",";
        }
    }
    vg_buf_puts(out, "]}}");
}

static void put_silent_point(struct vg_buf *out, const struct vg_plan_point *p, bool is_first)
{
    vg_buf_printf(out, "%s[%.7f,%.7f]", is_first ? "" : ",", p->lon_deg, p->lat_deg);
}

static void put_silence(struct vg_buf *out, const struct vg_export_sortie *s,
                        const struct vg_radio_silence *x)
{
    put_text(out, "kind", "radio-silence");
    put_text(out, "sortie", s->sortie->id);
    vg_buf_printf(out,
                  "\"t0_s\":%.1f,\"t1_s\":%.1f},\"geometry\":{\"type\":\"LineString\","
                  "\"coordinates\":[",
                  x->t_s[0], x->t_s[1]);
    vg_radio_trace(s->sortie, x, put_silent_point, out);
    vg_buf_puts(out, "]}}");
}

static void put_base(struct vg_buf *out, const struct vg_wf_base *base)
{
    put_text(out, "kind", "base");
    put_text(out, "name", base->name);
    vg_buf_printf(out,
                  "\"pads\":%d},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}}",
                  base->pads, base->lon_deg, base->lat_deg);
}

/* Twice the area between the ring and the equator, in square degrees: positive anticlockwise, as
 * RFC 7946 wants an outer ring. */
static double turn(const struct vg_wf_zone *zone)
{
    double sum = 0;
    for (int i = 0; i + 1 < zone->n; i++) {
        sum += zone->lon_deg[i] * zone->lat_deg[i + 1] - zone->lon_deg[i + 1] * zone->lat_deg[i];
    }
    return sum;
}

static void put_zone(struct vg_buf *out, const struct vg_wf_zone *zone)
{
    put_text(out, "kind", VG_EXPORT_KINDS[zone->kind]);
    vg_buf_puts(out, "\"name\":");
    vg_buf_json(out, zone->name);
    vg_buf_puts(out, "},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[");
    bool is_reversed = turn(zone) < 0;
    for (int i = 0; i < zone->n; i++) {
        int k = is_reversed ? zone->n - 1 - i : i;
        vg_buf_printf(out, "%s[%.7f,%.7f]", i > 0 ? "," : "", zone->lon_deg[k], zone->lat_deg[k]);
    }
    vg_buf_puts(out, "]]}}");
}

void vg_export_geojson(const struct vg_watchfile *watch, const struct vg_export_sortie *sorties,
                       int n, struct vg_buf *out)
{
    bool is_first = true;
    vg_buf_puts(out, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (int i = 0; i < n; i++) {
        open_feature(out, &is_first);
        put_way(out, &sorties[i]);
        for (int k = 0; k < sorties[i].n_silences; k++) {
            open_feature(out, &is_first);
            put_silence(out, &sorties[i], &sorties[i].silences[k]);
        }
    }
    for (int i = 0; i < watch->n_bases; i++) {
        open_feature(out, &is_first);
        put_base(out, &watch->bases[i]);
    }
    for (int i = 0; i < watch->n_zones; i++) {
        open_feature(out, &is_first);
        put_zone(out, &watch->zones[i]);
    }
    vg_buf_puts(out, "]}\n");
}
