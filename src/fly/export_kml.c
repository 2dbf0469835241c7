/* KML 2.2 (OGC 07-147r2). Each kind of zone has a folder of its name, as the watch file reads them.
 */
#include "fly/export_priv.h"

static void put_way(struct vg_buf *out, const struct vg_export_sortie *s)
{
    vg_buf_puts(out, "<Placemark>");
    vg_export_element(out, "name", s->sortie->id);
    vg_export_element(out, "description", s->sortie->drone);
    vg_buf_puts(out, "<LineString><altitudeMode>absolute</altitudeMode>"
                     "<coordinates>\n");
    for (int i = 0; i < s->n_mission; i++) {
        double lat_deg, lon_deg, alt_msl_m;
        if (vg_export_point(s, i, &lat_deg, &lon_deg, &alt_msl_m)) {
            vg_buf_printf(out, "%.7f,%.7f,%.2f\n", lon_deg, lat_deg, alt_msl_m);
        }
    }
    vg_buf_puts(out, "</coordinates></LineString></Placemark>\n");
}

static void put_silent_point(struct vg_buf *out, const struct vg_plan_point *p, bool is_first)
{
    (void)is_first;
    vg_buf_printf(out, "%.7f,%.7f,%.2f\n", p->lon_deg, p->lat_deg, p->alt_msl_m);
}

static void put_silences(struct vg_buf *out, const struct vg_export_sortie *sorties, int n)
{
    bool is_open = false;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < sorties[i].n_silences; k++) {
            vg_buf_puts(out, is_open ? "" : "<Folder><name>radio-silence</name>\n");
            is_open = true;
            vg_buf_puts(out, "<Placemark>");
            vg_export_element(out, "name", sorties[i].sortie->id);
            vg_buf_puts(out, "<LineString><altitudeMode>absolute</altitudeMode><coordinates>\n");
            vg_radio_trace(sorties[i].sortie, &sorties[i].silences[k], put_silent_point, out);
            vg_buf_puts(out, "</coordinates></LineString></Placemark>\n");
        }
    }
    vg_buf_puts(out, is_open ? "</Folder>\n" : "");
}

static void put_base(struct vg_buf *out, const struct vg_wf_base *base)
{
    vg_buf_puts(out, "<Placemark>");
    vg_export_element(out, "name", base->name);
    vg_buf_printf(out, "<Point><coordinates>%.7f,%.7f</coordinates></Point></Placemark>\n",
                  base->lon_deg, base->lat_deg);
}

static void put_zone(struct vg_buf *out, const struct vg_wf_zone *zone)
{
    vg_buf_puts(out, "<Placemark>");
    vg_export_element(out, "name", zone->name);
    vg_buf_puts(out, "<Polygon><outerBoundaryIs><LinearRing><coordinates>\n");
    for (int i = 0; i < zone->n; i++) {
        vg_buf_printf(out, "%.7f,%.7f\n", zone->lon_deg[i], zone->lat_deg[i]);
    }
    vg_buf_puts(out, "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>\n");
}

static void put_zones(struct vg_buf *out, const struct vg_watchfile *watch, enum vg_zone_kind kind)
{
    bool is_open = false;
    for (int i = 0; i < watch->n_zones; i++) {
        if (watch->zones[i].kind != kind) {
            continue;
        }
        if (!is_open) {
            vg_buf_puts(out, "<Folder>");
            vg_export_element(out, "name", VG_EXPORT_KINDS[kind]);
            vg_buf_puts(out, "\n");
            is_open = true;
        }
        put_zone(out, &watch->zones[i]);
    }
    vg_buf_puts(out, is_open ? "</Folder>\n" : "");
}

void vg_export_kml(const struct vg_watchfile *watch, const struct vg_export_sortie *sorties, int n,
                   struct vg_buf *out)
{
    vg_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>");
    vg_export_element(out, "name", watch->name);
    vg_buf_puts(out, "\n<Folder><name>sorties</name>\n");
    for (int i = 0; i < n; i++) {
        put_way(out, &sorties[i]);
    }
    vg_buf_puts(out, "</Folder>\n");
    put_silences(out, sorties, n);
    vg_buf_puts(out, "<Folder><name>bases</name>\n");
    for (int i = 0; i < watch->n_bases; i++) {
        put_base(out, &watch->bases[i]);
    }
    vg_buf_puts(out, "</Folder>\n");
    for (int kind = 0; kind < 4; kind++) {
        put_zones(out, watch, (enum vg_zone_kind)kind);
    }
    vg_buf_puts(out, "</Document></kml>\n");
}
