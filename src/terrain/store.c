#include "terrain/store.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    VERSION = 1,
    LOCK_TRIES = 100,
    KEEP_S = VG_STORE_KEEP_DAYS * 86400
};
static const char MAGIC[10] = "vigie-dem";
static const char SUFFIX[] = ".vgdem";

/* For this machine only: numbers as they lie in memory. The notes follow. */
struct head {
    char magic[10];
    uint16_t version;
    uint32_t n_notes;
    uint8_t key[VG_SHA256_SIZE];
    uint64_t size_bytes;
};

static size_t head_bytes(int n_notes)
{
    size_t n = sizeof(struct head) + (size_t)n_notes * sizeof(int64_t);
    return (n + PAGE - 1) / PAGE * PAGE;
}

static void point_into(struct vg_store *self)
{
    char *base = self->map;
    self->notes = (int64_t *)(void *)(base + sizeof(struct head));
    self->data = base + head_bytes(self->n_notes);
}

/* --- the folder --- */

static enum vg_status make_folder(const char *folder, struct vg_error *err)
{
    char path[1024];
    size_t n = vg_format(path, sizeof path, "%s", folder);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        char was = path[i];
        path[i] = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST) {
            return vg_fail_errno(err, errno, "%s: cannot make the cache folder", path);
        }
        path[i] = was;
    }
    return VG_OK;
}

/* Files that were last opened so long before this one (their time of change is set then). */
static void remove_old(const struct vg_store *self)
{
    char folder[1100];
    struct stat mine;
    vg_format(folder, sizeof folder, "%s", self->path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL || stat(self->path, &mine) != 0) {
        return;
    }
    *slash = '\0';
    DIR *d = opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        struct stat st;
        bool is_ours = strstr(e->d_name, SUFFIX) != NULL; /* what a crash left half made too */
        if (is_ours && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            st.st_mtime < mine.st_mtime - KEEP_S) {
            unlinkat(dirfd(d), e->d_name, 0);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
}

/* --- open --- */

static bool is_current(const struct vg_store *self, const uint8_t *key, off_t file_bytes)
{
    const struct head *h = self->map;
    return file_bytes == (off_t)self->map_bytes && memcmp(h->magic, MAGIC, sizeof MAGIC) == 0 &&
           h->version == VERSION && h->n_notes == (uint32_t)self->n_notes &&
           h->size_bytes == self->size_bytes && memcmp(h->key, key, VG_SHA256_SIZE) == 0;
}

/* Map the finished file if it is there and is what it should be. */
static bool map_made(struct vg_store *self, const uint8_t *key)
{
    int fd = open(self->path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) {
        return false;
    }
    bool is_ok = fstat(fd, &st) == 0 && st.st_size == (off_t)self->map_bytes;
    void *map =
        is_ok ? mmap(NULL, self->map_bytes, PROT_READ, MAP_SHARED, fd, 0) : (void *)MAP_FAILED;
    if (map != MAP_FAILED) {
        self->map = map;
        is_ok = is_current(self, key, st.st_size);
        if (is_ok) {
            futimens(fd, NULL);
            point_into(self);
        } else {
            munmap(map, self->map_bytes);
            self->map = NULL;
        }
    }
    close(fd);
    return is_ok && self->map != NULL;
}

static void part_path(const struct vg_store *self, char *buf, size_t size_bytes)
{
    vg_format(buf, size_bytes, "%s.part", self->path);
}

/* Is the locked file still the one of that name? Its maker may have renamed or removed it. */
static bool is_named(int fd, const char *path)
{
    struct stat a;
    struct stat b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* Whoever holds the lock on NAME.part makes NAME. */
static enum vg_status lock_part(struct vg_store *self, struct vg_error *err)
{
    char part[1120];
    part_path(self, part, sizeof part);
    for (int i = 0; i < LOCK_TRIES; i++) {
        self->fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (self->fd < 0 || flock(self->fd, LOCK_EX) != 0) {
            break;
        }
        if (is_named(self->fd, part)) {
            return VG_OK;
        }
        close(self->fd);
        self->fd = -1;
    }
    int why = errno;
    if (self->fd >= 0) {
        close(self->fd); /* not ours to remove */
        self->fd = -1;
    }
    return vg_fail_errno(err, why, "%s: cannot write to the cache folder", part);
}

static enum vg_status map_new(struct vg_store *self, const uint8_t *key, struct vg_error *err)
{
    if (ftruncate(self->fd, 0) != 0 || ftruncate(self->fd, (off_t)self->map_bytes) != 0) {
        return vg_fail_errno(err, errno, "%s: cannot write to the cache folder", self->path);
    }
    int rc = posix_fallocate(self->fd, 0, (off_t)head_bytes(self->n_notes));
    if (rc != 0) {
        return vg_fail_errno(err, rc, "%s: cannot write to the cache folder", self->path);
    }
    self->map = mmap(NULL, self->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
    if (self->map == MAP_FAILED) {
        self->map = NULL;
        return vg_fail_errno(err, errno, "%s: cannot write to the cache folder", self->path);
    }
    struct head *h = self->map;
    memcpy(h->magic, MAGIC, sizeof MAGIC);
    h->version = VERSION;
    h->n_notes = (uint32_t)self->n_notes;
    h->size_bytes = self->size_bytes;
    memcpy(h->key, key, VG_SHA256_SIZE);
    point_into(self);
    return VG_OK;
}

enum vg_status vg_store_open(const char *folder, const uint8_t key[VG_SHA256_SIZE],
                             size_t size_bytes, int n_notes, struct vg_store *out,
                             bool *out_is_made, struct vg_error *err)
{
    char hex[VG_SHA256_HEX_SIZE];
    struct vg_store self = {.fd = -1, .is_file = true, .n_notes = n_notes};
    self.size_bytes = size_bytes;
    self.map_bytes = head_bytes(n_notes) + size_bytes;
    size_t n = vg_format(self.path, sizeof self.path, "%s/%s%s", folder,
                         vg_hex(key, VG_SHA256_SIZE, hex), SUFFIX);
    if (n >= sizeof self.path - 1 || strlen(folder) >= 1000) {
        return vg_fail(err, VG_E_IO, "%s: cannot write to the cache folder", folder);
    }
    bool is_made = map_made(&self, key);
    enum vg_status st = VG_OK;
    if (!is_made) {
        st = make_folder(folder, err);
        st = st != VG_OK ? st : lock_part(&self, err);
        /* Another process may have made it while we waited. */
        is_made = st == VG_OK && map_made(&self, key);
        st = st != VG_OK || is_made ? st : map_new(&self, key, err);
    }
    if (is_made && self.fd >= 0) {
        char part[1120];
        part_path(&self, part, sizeof part);
        unlink(part); /* ours alone: the maker renamed its own away */
        close(self.fd);
        self.fd = -1;
    }
    if (st != VG_OK) {
        vg_store_finish(&self);
        return st;
    }
    *out = self;
    *out_is_made = is_made;
    return VG_OK;
}

enum vg_status vg_store_hold(size_t size_bytes, int n_notes, struct vg_store *out,
                             struct vg_error *err)
{
    struct vg_store self = {.fd = -1, .n_notes = n_notes, .size_bytes = size_bytes};
    self.map_bytes = head_bytes(n_notes) + size_bytes;
    /* Pages that are never written take no memory. */
    self.map = mmap(NULL, self.map_bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (self.map == MAP_FAILED) {
        return vg_no_memory(err);
    }
    point_into(&self);
    *out = self;
    return VG_OK;
}

enum vg_status vg_store_reserve(struct vg_store *self, size_t from, size_t size_bytes,
                                struct vg_error *err)
{
    if (!self->is_file || size_bytes == 0) {
        return VG_OK;
    }
    size_t at = head_bytes(self->n_notes) + from;
    int rc = posix_fallocate(self->fd, (off_t)at, (off_t)size_bytes);
    return rc == 0 ? VG_OK
                   : vg_fail_errno(err, rc, "%s: cannot write to the cache folder", self->path);
}

enum vg_status vg_store_commit(struct vg_store *self, struct vg_error *err)
{
    char part[1120];
    if (!self->is_file) {
        return VG_OK;
    }
    part_path(self, part, sizeof part);
    if (msync(self->map, self->map_bytes, MS_SYNC) != 0 || fsync(self->fd) != 0 ||
        rename(part, self->path) != 0) {
        return vg_fail_errno(err, errno, "%s: cannot write to the cache folder", self->path);
    }
    void *map = mmap(NULL, self->map_bytes, PROT_READ, MAP_SHARED, self->fd, 0);
    if (map == MAP_FAILED) {
        return vg_fail_errno(err, errno, "%s: cannot write to the cache folder", self->path);
    }
    munmap(self->map, self->map_bytes);
    self->map = map;
    point_into(self);
    close(self->fd);
    self->fd = -1;
    remove_old(self);
    return VG_OK;
}

void vg_store_finish(struct vg_store *self)
{
    if (self->map != NULL) {
        munmap(self->map, self->map_bytes);
    }
    if (self->is_file && self->fd >= 0) {
        char part[1120];
        part_path(self, part, sizeof part);
        unlink(part);
        close(self->fd);
    }
    *self = (struct vg_store){.fd = -1};
}
