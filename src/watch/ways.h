/* The ground of a watch from its record alone: where the cells of the seen-ground memory lie.
 *
 * In:  the body of a `watch` event with its "ways": for each line [lon, lat, s, lon, lat, s, ...]
 * in whole 1e-7 degrees and millimetres along the line, all vertices (the "coordinates" beside it
 * are thinned for drawing).
 * Out: the strip that the station made from its watch file, cell by cell, to the centimetre.
 *
 * Threads: pure. Memory: the strip's.
 */
#ifndef VG_WATCH_WAYS_H
#define VG_WATCH_WAYS_H

#include "config/watchfile.h"
#include "geo/strip.h"
#include "watch/shape.h"

/* Append `"ways":[...],` and `"targets":{...},` of a watch; no ways where they would be over half
 * a megabyte, which is half of what an event of the record may hold. */
void vg_ways_describe(const struct vg_watchfile *watch, struct vg_buf *out);

/* `shape` is the description's own. VG_E_NOT_FOUND: the record was written before there were ways.
 * VG_E_FORMAT: they are not of this shape. VG_E_NO_MEMORY. */
enum vg_status vg_ways_strip(const json_t *description, const struct vg_shape *shape,
                             struct vg_strip **out, struct vg_error *err) VG_MUST_USE;

/* The targets' sizes; those that the record does not say are the watch file's defaults. */
void vg_ways_targets(const json_t *description, struct vg_wf_targets *out);

#endif
