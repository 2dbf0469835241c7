/* One writer for one record: an flock on "<path>-lock" beside it.
 *
 * Not on the record itself: closing any descriptor of that file would drop SQLite's own locks in
 * this process. The kernel releases the lock with the process, so a kill leaves nothing to clean; a
 * clean close removes the file. */
#ifndef VG_RECORD_RECORD_LOCK_H
#define VG_RECORD_RECORD_LOCK_H

#include "base/status.h"

/* VG_E_IO: held by another writer (also in this process), or the system said no. */
enum vg_status vg_record_lock(const char *path, int *out_fd, struct vg_error *err) VG_MUST_USE;
void vg_record_unlock(const char *path, int fd);

#endif
