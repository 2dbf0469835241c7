/* Lines of a file or a pipe as they come. Threads: any, one a reader. */
#ifndef VG_APP_LINES_H
#define VG_APP_LINES_H

#include "base/status.h"
#include "base/text.h"

#include <signal.h>

struct vg_lines {
    int fd;
    int number; /* of the line last given, from 1 */
    size_t next,
        seen; /* in `buf`: where the next line begins; up to where no end of it was found */
    bool is_end;
    const sigset_t *while_waiting; /* signals kept off only then; NULL: as they are */
    char place[256];
    struct vg_buf buf;
};

/* "-" is standard input. VG_E_IO. */
enum vg_status vg_lines_open(struct vg_lines *self, const char *path,
                             struct vg_error *err) VG_MUST_USE;
void vg_lines_close(struct vg_lines *self);

/* The next line without its end, borrowed until the next call; NULL at the end, and when a signal
 * broke the wait. VG_E_FORMAT over 64 MB without an end of line; VG_E_IO. */
enum vg_status vg_lines_next(struct vg_lines *self, const char **out, size_t *out_n,
                             struct vg_error *err) VG_MUST_USE;

#endif
