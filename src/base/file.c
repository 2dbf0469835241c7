#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum vg_status vg_file_read(const char *path, size_t max_bytes, struct vg_buf *out,
                            struct vg_error *err)
{
    if (err != NULL && err->status == VG_OK) {
        vg_format(err->place, sizeof err->place, "%s", path);
    }
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return vg_fail_errno(err, errno, "cannot read");
    }
    char chunk[65536];
    size_t total = 0;
    for (;;) {
        errno = 0;
        size_t n = fread(chunk, 1, sizeof chunk, f);
        total += n;
        if (n == 0 || total > max_bytes) {
            break;
        }
        vg_buf_add(out, chunk, n);
    }
    int failed = ferror(f) ? errno : 0;
    fclose(f);
    if (failed != 0) {
        return vg_fail_errno(err, failed, "cannot read");
    }
    if (total > max_bytes) {
        return vg_fail(err, VG_E_FORMAT, "larger than %zu bytes", max_bytes);
    }
    if (out->is_failed) {
        return vg_no_memory(err);
    }
    if (err != NULL && err->status == VG_OK) {
        err->place[0] = '\0';
    }
    return VG_OK;
}

enum vg_status vg_file_write(const char *path, const void *data, size_t n, struct vg_error *err)
{
    char temp[4096];
    vg_format(temp, sizeof temp, "%s.%ld.new", path, (long)getpid());
    if (err != NULL && err->status == VG_OK) {
        vg_format(err->place, sizeof err->place, "%s", path);
    }
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return vg_fail_errno(err, errno, "cannot write");
    }
    const char *p = data;
    size_t left = n;
    int failed = 0;
    while (left > 0 && failed == 0) {
        ssize_t k = write(fd, p, left);
        if (k > 0) {
            p += k;
            left -= (size_t)k;
        } else if (k < 0 && errno != EINTR) {
            failed = errno;
        }
    }
    if (failed == 0 && fsync(fd) != 0 && errno != EINVAL) {
        failed = errno;
    }
    if (close(fd) != 0 && failed == 0) {
        failed = errno;
    }
    if (failed == 0 && rename(temp, path) != 0) {
        failed = errno;
    }
    if (failed != 0) {
        unlink(temp);
        return vg_fail_errno(err, failed, "cannot write");
    }
    if (err != NULL && err->status == VG_OK) {
        err->place[0] = '\0';
    }
    return VG_OK;
}

const char *vg_path_beside(const char *base_path, const char *name, char *buf, size_t size_bytes)
{
    const char *slash = strrchr(base_path, '/');
    if (name[0] == '/' || slash == NULL) {
        vg_format(buf, size_bytes, "%s", name);
    } else {
        vg_format(buf, size_bytes, "%.*s/%s", (int)(slash - base_path), base_path, name);
    }
    return buf;
}
