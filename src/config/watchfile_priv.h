/* What the files of the watch file's reader share. Each section fills its part of a watch that is
 * released as a whole on failure. */
#ifndef VG_CONFIG_WATCHFILE_PRIV_H
#define VG_CONFIG_WATCHFILE_PRIV_H

#include "config/fields.h"
#include "config/places.h"
#include "config/vector.h"
#include "config/watchfile.h"

enum {
    VG_WF_MAX_LINES = 64,
    VG_WF_MAX_BASES = 1000,
    VG_WF_MAX_KINDS = 100, /* of cameras, of types */
    VG_WF_MAX_DRONES = 1000,
    VG_WF_MAX_SYSID = 255,
    VG_WF_MAX_DATA_BYTES = 64 << 20
};

struct vg_wf_reader {
    struct vg_reader r;
    vg_read_fn read;
};

/* Bytes of a file named by `node`, whose path beside the watch file goes to out_path. An error
 * keeps the data file's name. */
enum vg_status vg_wf_read_beside(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                 char *out_path, size_t size_bytes, struct vg_buf *out) VG_MUST_USE;
/* The path beside the watch file; VG_E_FORMAT when it does not fit. */
enum vg_status vg_wf_path(const struct vg_wf_reader *self, const struct vg_yaml *node, char *out,
                          size_t size_bytes) VG_MUST_USE;
/* calloc with its failure reported; NULL only on failure. n > 0. */
void *vg_wf_calloc(const struct vg_wf_reader *self, size_t n, size_t size_bytes);

enum vg_status vg_wf_read_lines(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                struct vg_watchfile *wf) VG_MUST_USE;
/* Bases, cameras, types, drones: in this order, as later ones name earlier ones. */
enum vg_status vg_wf_read_fleet(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                struct vg_watchfile *wf) VG_MUST_USE;

/* "link" of a drone: a text, a map, or a list of both (wf_links.c). */
enum vg_status vg_wf_read_links(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                struct vg_wf_drone *io) VG_MUST_USE;
/* "router" at the top (wf_links.c). */
enum vg_status vg_wf_read_measurements(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                       struct vg_watchfile *wf) VG_MUST_USE;
enum vg_status vg_wf_read_routers(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                  struct vg_watchfile *wf) VG_MUST_USE;

/* Zones: GeoJSON polygons with "name" and "kind". The arrays belong to the caller, each ring too.
 */
enum vg_status vg_wf_parse_zones(const char *text, size_t n, const char *place,
                                 struct vg_wf_zone **out, int *out_n,
                                 struct vg_error *err) VG_MUST_USE;
/* The file of "wind": one row an hour (wf_wind.c). */
enum vg_status vg_wf_read_wind_file(const struct vg_wf_reader *self, const struct vg_yaml *node,
                                    struct vg_watchfile *wf) VG_MUST_USE;
/* "traffic" (wf_traffic.c). map: NULL where the watch has none; then the defaults. */
enum vg_status vg_wf_read_traffic(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                  struct vg_wf_traffic *out) VG_MUST_USE;
/* "maintenance" of a type: "4h every 50h" (wf_hours.c). */
enum vg_status vg_wf_read_maintenance(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                      struct vg_wf_type *io) VG_MUST_USE;
/* "closed" of a base (wf_hours.c). */
enum vg_status vg_wf_read_closed(const struct vg_wf_reader *self, const struct vg_yaml *map,
                                 struct vg_wf_base *io) VG_MUST_USE;
void vg_wf_free_zones(struct vg_wf_zone *zones, int n);
/* VG_E_FORMAT: a base lies where nothing may take off. After bases and zones. */
enum vg_status vg_wf_check_bases(const struct vg_wf_reader *self, const struct vg_yaml *root,
                                 const struct vg_watchfile *wf);

#endif
