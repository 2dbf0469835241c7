/* GPX 1.1 (topografix.com/gpx/1/1): bases as way points, sorties as routes. */
#include "fly/export_priv.h"

static void put_route(struct vg_buf *out, const struct vg_export_sortie *s)
{
    vg_buf_puts(out, "<rte>");
    vg_export_element(out, "name", s->sortie->id);
    vg_export_element(out, "desc", s->sortie->drone);
    vg_buf_puts(out, "\n");
    for (int i = 0; i < s->n_mission; i++) {
        double lat_deg, lon_deg, alt_msl_m;
        if (vg_export_point(s, i, &lat_deg, &lon_deg, &alt_msl_m)) {
            vg_buf_printf(out, "<rtept lat=\"%.7f\" lon=\"%.7f\"><ele>%.2f</ele></rtept>\n",
                          lat_deg, lon_deg, alt_msl_m);
        }
    }
    vg_buf_puts(out, "</rte>\n");
}

void vg_export_gpx(const struct vg_watchfile *watch, const struct vg_export_sortie *sorties, int n,
                   struct vg_buf *out)
{
    vg_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<gpx version=\"1.1\" creator=\"Vigie\" "
                     "xmlns=\"http://www.topografix.com/GPX/1/1\">\n<metadata>");
    vg_export_element(out, "name", watch->name);
    vg_buf_puts(out, "</metadata>\n");
    for (int i = 0; i < watch->n_bases; i++) {
        vg_buf_printf(out, "<wpt lat=\"%.7f\" lon=\"%.7f\">", watch->bases[i].lat_deg,
                      watch->bases[i].lon_deg);
        vg_export_element(out, "name", watch->bases[i].name);
        vg_buf_puts(out, "</wpt>\n");
    }
    for (int i = 0; i < n; i++) {
        put_route(out, &sorties[i]);
    }
    vg_buf_puts(out, "</gpx>\n");
}
