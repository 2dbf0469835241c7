/* The watch file with other bases, drones or another promise, all comments and the rest kept as
 * they stand: text in, text out.
 *
 * Values are replaced where they stand, entries of `bases` and `drones` are taken out or put behind
 * the last one, each on lines of its own. The new text is read again and held against what was
 * wanted before it is given out. Threads: pure but for `read`.
 */
#ifndef VG_CONFIG_WF_EDIT_H
#define VG_CONFIG_WF_EDIT_H

#include "config/watchfile.h"

/* wanted: its promise, bases (name, place) and drones (id, type, base) are what the text is to say;
 * drones that the text does not know get names of their own. VG_E_UNSUPPORTED: the text is written
 * in a way that this cannot change (a list in one line, several drones to be parted that share more
 * than a type and a base). Other errors: the text is no watch. */
enum vg_status vg_watchfile_edit(const char *yaml, size_t n, const char *path, vg_read_fn read,
                                 const struct vg_watchfile *wanted, struct vg_buf *out,
                                 struct vg_error *err) VG_MUST_USE;

#endif
