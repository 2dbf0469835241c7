/* A first watch file for a line, with comments in the user's language (`vigie new`).
 *
 * In:  the GeoJSON of a line. Out: YAML that vg_watchfile_parse takes and a plan can be made for:
 * bases on the line itself, 250 km apart at most, each with three drones of one type. What to
 * change is said in the comments. Threads: pure.
 */
#ifndef VG_CONFIG_STARTER_H
#define VG_CONFIG_STARTER_H

#include "base/status.h"
#include "base/text.h"

/* `geojson` is written by the caller as `line_file` beside the watch; name is the watch's name.
 * Appends to out_yaml. VG_E_FORMAT when the line cannot be read or is so long that 255 drones do
 * not suffice (about 21,000 km). */
enum vg_status vg_starter_write(enum vg_lang lang, const char *name, const char *line_file,
                                const char *geojson, size_t n, struct vg_buf *out_yaml,
                                struct vg_error *err) VG_MUST_USE;
/* A line to begin with where the user has none yet: 60 km east of Kayes. Static text. */
const char *vg_starter_sample_geojson(void);

#endif
