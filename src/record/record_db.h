/* The SQLite side of a record: its schema, how it is made, opened and checked. One connection, one
 * thread at a time. The file is made complete under another name and renamed, so it never exists
 * half-made and its first page always names the format. */
#ifndef VG_RECORD_RECORD_DB_H
#define VG_RECORD_RECORD_DB_H

#include "record/record.h"
#include "record/record_chain.h"

#include <sqlite3.h>

/* The record's name card, bound into the chain as its genesis. */
struct vg_record_meta {
    char id[VG_RECORD_ID_SIZE];
    int64_t t_us;
    uint8_t genesis[VG_SHA256_SIZE];
};

/* Where the chain stands. */
struct vg_record_tail {
    int64_t seq; /* 0: no event */
    int64_t t_us;
    uint8_t sha256[VG_SHA256_SIZE];
};

/* VG_OK when there is no file, an empty one, or a record of this version; writes nothing.
 * VG_E_FORMAT, VG_E_IO. */
enum vg_status vg_record_db_check_file(const char *path, struct vg_error *err) VG_MUST_USE;
/* Make a new record at `path` if there is none (or an empty file). Uses options' t and id. */
enum vg_status vg_record_db_create(const char *path, const struct vg_record_options *options,
                                   struct vg_error *err) VG_MUST_USE;
/* Open an existing record after looking at its first bytes; writes nothing unless for_writing,
 * which turns WAL on. VG_E_FORMAT, VG_E_IO. */
enum vg_status vg_record_db_open(const char *path, bool for_writing, sqlite3 **out,
                                 struct vg_error *err) VG_MUST_USE;
enum vg_status vg_record_db_meta(sqlite3 *db, struct vg_record_meta *out,
                                 struct vg_error *err) VG_MUST_USE;
/* The last event, with its own hash checked: VG_E_BROKEN. The genesis when there is none. */
enum vg_status vg_record_db_tail(sqlite3 *db, const struct vg_record_meta *meta,
                                 struct vg_record_tail *out, struct vg_error *err) VG_MUST_USE;
/* The row of a statement that selects seq, t_us, kind, body, prev_sha256, sha256. False when a
 * column has another type or size than an event has. Borrowed from the statement. */
bool vg_record_db_row(sqlite3_stmt *select, struct vg_record_row *out, const uint8_t **out_prev,
                      const uint8_t **out_sha256);
enum vg_status vg_record_db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out,
                                    struct vg_error *err) VG_MUST_USE;
/* VG_E_FORMAT when SQLite found the file damaged, else VG_E_IO, with SQLite's words. */
enum vg_status vg_record_db_fail(sqlite3 *db, struct vg_error *err);

#endif
