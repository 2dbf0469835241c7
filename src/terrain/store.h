/* Where a layer's heights lie: memory of our own, or a file of the cache folder mapped into memory.
 * Inside src/terrain only.
 *
 * A cache file is written once, to the side, and renamed when it is whole; from then on it is
 * mapped read-only, so its pages are the system's to drop and to fetch again: they are no part of
 * the budget. Its name is the SHA-256 of what it was made from. Its first page says so again:
 *
 *     "vigie-dem" version | key | size of the whole | n notes | notes: 64-bit numbers of the maker
 *
 * Nobody else may shorten a file in use (the reader would get SIGBUS): the folder is the user's own
 * (mode 700). Threads: open and finish on one; the memory may be read by any. Two processes that
 * want the same file wait for one of them to make it (flock).
 */
#ifndef VG_TERRAIN_STORE_H
#define VG_TERRAIN_STORE_H

#include "base/sha256.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise. */
struct vg_store {
    void *map; /* NULL: none */
    size_t map_bytes;
    char *data; /* size_bytes, zero where never written, at a page's start */
    size_t size_bytes;
    int64_t *notes;
    int n_notes;
    int fd; /* of the file while it is made */
    bool is_file;
    char path[1100];
};

/* A file of the cache folder for `key`. On VG_OK *out_is_made says whether it was there (data is
 * read-only) or must be made: write data and notes, then vg_store_commit. VG_E_IO: the folder
 * cannot be used. */
enum vg_status vg_store_open(const char *folder, const uint8_t key[VG_SHA256_SIZE],
                             size_t size_bytes, int n_notes, struct vg_store *out,
                             bool *out_is_made, struct vg_error *err) VG_MUST_USE;
/* The same in memory of our own; vg_store_commit does nothing. */
enum vg_status vg_store_hold(size_t size_bytes, int n_notes, struct vg_store *out,
                             struct vg_error *err) VG_MUST_USE;
/* Disk space for a part of the data before it is written to: a full disk is an error here, not a
 * signal later. */
enum vg_status vg_store_reserve(struct vg_store *self, size_t from, size_t size_bytes,
                                struct vg_error *err) VG_MUST_USE;
/* The file is whole: to disk, to its name, and mapped again read-only (data may move). Files of the
 * folder that nobody opened for VG_STORE_KEEP_DAYS are removed. */
enum {
    VG_STORE_KEEP_DAYS = 60
};
enum vg_status vg_store_commit(struct vg_store *self, struct vg_error *err) VG_MUST_USE;
/* Safe on zero and twice. A file that was not committed is removed. */
void vg_store_finish(struct vg_store *self);

#endif
