/* QGroundControl's .plan: developer guide, "Plan File Format". */
#include "fly/export_priv.h"

#include <math.h>

/* QGroundControl's names for the frames (AltitudeMode). */
enum altitude_mode {
    ALTITUDE_MIXED = 0,
    ALTITUDE_RELATIVE,
    ALTITUDE_ABSOLUTE,
    ALTITUDE_TERRAIN_FRAME = 4
};

static enum altitude_mode mode_of(uint8_t frame)
{
    return frame == VG_MAV_FRAME_GLOBAL_TERRAIN_ALT    ? ALTITUDE_TERRAIN_FRAME
           : frame == VG_MAV_FRAME_GLOBAL_RELATIVE_ALT ? ALTITUDE_RELATIVE
                                                       : ALTITUDE_ABSOLUTE;
}

/* Seven digits hold every height and parameter that an item has; null is "not set". */
static void put_param(struct vg_buf *out, float v)
{
    if (isnan(v)) {
        vg_buf_puts(out, "null,");
    } else {
        vg_buf_printf(out, "%.7g,", (double)v);
    }
}

static void put_place(struct vg_buf *out, const struct vg_mission_item *item)
{
    vg_buf_printf(out, "%.7f,%.7f", item->x / 1e7, item->y / 1e7);
}

static void put_item(struct vg_buf *out, const struct vg_mission_item *item, int jump_id)
{
    bool has_place = vg_mission_has_place(item->command);
    vg_buf_puts(out, jump_id > 1 ? ",\n{" : "\n{");
    if (has_place) {
        vg_buf_printf(out, "\"AMSLAltAboveTerrain\":null,\"Altitude\":%.7g,\"AltitudeMode\":%d,",
                      (double)item->z, (int)mode_of(item->frame));
    }
    vg_buf_printf(
        out, "\"autoContinue\":%s,\"command\":%d,\"doJumpId\":%d,\"frame\":%d,\"params\":[",
        item->autocontinue ? "true" : "false", (int)item->command, jump_id, (int)item->frame);
    put_param(out, item->p1);
    put_param(out, item->p2);
    put_param(out, item->p3);
    put_param(out, item->p4);
    if (has_place) {
        put_place(out, item);
    } else {
        vg_buf_printf(out, "%d,%d", (int)item->x, (int)item->y);
    }
    vg_buf_printf(out, ",%.7g],\"type\":\"SimpleItem\"}", (double)item->z);
}

/* Home is no item of the file: the list starts at 1, as jumps count. */
static void put_mission(struct vg_buf *out, const struct vg_export_sortie *s)
{
    vg_buf_printf(out,
                  "\"mission\":{\"cruiseSpeed\":%.7g,\"firmwareType\":%d,"
                  "\"globalPlanAltitudeMode\":%d,\"hoverSpeed\":%.7g,\"items\":[",
                  s->cruise_mps, (int)s->autopilot, (int)ALTITUDE_MIXED, s->cruise_mps);
    for (int i = 1; i < s->n_mission; i++) {
        put_item(out, &s->mission[i], i);
    }
    vg_buf_puts(out, "],\n\"plannedHomePosition\":[");
    put_place(out, &s->mission[0]);
    vg_buf_printf(out, ",%.7g],\"vehicleType\":%d,\"version\":2}", (double)s->mission[0].z,
                  (int)VG_MAV_TYPE_FIXED_WING);
}

/* Corners stand one after another; the first parameter of each says how many are of one polygon. */
static void put_fence(struct vg_buf *out, const struct vg_export_sortie *s)
{
    vg_buf_puts(out, "\"geoFence\":{\"circles\":[],\"polygons\":[");
    for (int i = 0; i < s->n_fence;) {
        const struct vg_mission_item *first = &s->fence[i];
        bool is_inside = first->command == VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION;
        vg_buf_printf(out, "%s\n{\"inclusion\":%s,\"polygon\":[", i > 0 ? "," : "",
                      is_inside ? "true" : "false");
        int end = i + (int)first->p1;
        for (int k = i; k < end; k++) {
            vg_buf_puts(out, k > i ? ",[" : "[");
            put_place(out, &s->fence[k]);
            vg_buf_puts(out, "]");
        }
        vg_buf_puts(out, "],\"version\":1}");
        i = end;
    }
    vg_buf_puts(out, "],\"version\":2}");
}

static void put_rally(struct vg_buf *out, const struct vg_export_sortie *s)
{
    vg_buf_puts(out, "\"rallyPoints\":{\"points\":[");
    for (int i = 0; i < s->n_rally; i++) {
        vg_buf_puts(out, i > 0 ? ",[" : "[");
        put_place(out, &s->rally[i]);
        vg_buf_printf(out, ",%.7g]", (double)s->rally[i].z);
    }
    vg_buf_puts(out, "],\"version\":2}");
}

void vg_export_qgc(const struct vg_export_sortie *sortie, struct vg_buf *out)
{
    vg_buf_puts(out, "{\"fileType\":\"Plan\",\n");
    put_fence(out, sortie);
    vg_buf_puts(out, ",\n\"groundStation\":\"Vigie\",\n");
    put_mission(out, sortie);
    vg_buf_puts(out, ",\n");
    put_rally(out, sortie);
    vg_buf_puts(out, ",\n\"version\":1}\n");
}
