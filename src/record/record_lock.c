#include "record/record_lock.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_SIZE = 4096
};

static const char *lock_path(const char *path, char buf[PATH_SIZE])
{
    vg_format(buf, PATH_SIZE, "%s-lock", path);
    return buf;
}

/* False when the file was removed (by a writer that closed) between our open and our flock. */
static bool is_still_there(const char *name, int fd)
{
    struct stat a;
    struct stat b;
    return fstat(fd, &a) == 0 && stat(name, &b) == 0 && a.st_ino == b.st_ino &&
           a.st_dev == b.st_dev;
}

enum vg_status vg_record_lock(const char *path, int *out_fd, struct vg_error *err)
{
    char name[PATH_SIZE];
    lock_path(path, name);
    for (;;) {
        int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0) {
            return vg_fail_errno(err, errno, "cannot write beside the record %s", path);
        }
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            int why = errno;
            close(fd);
            if (why == EWOULDBLOCK) {
                return vg_fail(err, VG_E_IO, "the record %s is in use by another writer", path);
            }
            return vg_fail_errno(err, why, "cannot lock the record %s", path);
        }
        if (is_still_there(name, fd)) {
            *out_fd = fd;
            return VG_OK;
        }
        close(fd);
    }
}

void vg_record_unlock(const char *path, int fd)
{
    char name[PATH_SIZE];
    unlink(lock_path(path, name));
    close(fd);
}
