#include "record/record_db.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_SIZE = 4096,
    APPLICATION_ID = 0x56475243, /* "VGRC" */
    VERSION = 1,
    BUSY_MS = 5000
};

/* 8 KiB pages: a third more events a second than 4 KiB, and a lone event still costs only a few
 * pages. */
static const char create_sql[] =
    "PRAGMA page_size=8192;PRAGMA journal_mode=DELETE;PRAGMA synchronous=FULL;"
    "PRAGMA application_id=1447514691;PRAGMA user_version=1;BEGIN;";

static const struct {
    const char *name;
    const char *sql;
} objects[] = {
    {"event",
     "CREATE TABLE event(seq INTEGER PRIMARY KEY, t_us INTEGER NOT NULL, kind TEXT NOT NULL, "
     "body TEXT NOT NULL, prev_sha256 BLOB NOT NULL, sha256 BLOB NOT NULL)"},
    {"event_t_us", "CREATE INDEX event_t_us ON event(t_us)"},
    {"head",
     "CREATE TABLE head(seq INTEGER PRIMARY KEY, t_us INTEGER NOT NULL, sha256 BLOB NOT NULL, "
     "public_key BLOB NOT NULL, signature BLOB NOT NULL)"},
    {"meta", "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL)"},
};
enum {
    N_OBJECTS = sizeof objects / sizeof objects[0]
};

enum vg_status vg_record_db_fail(sqlite3 *db, struct vg_error *err)
{
    int code = sqlite3_errcode(db) & 0xFF;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        return vg_fail(err, VG_E_FORMAT, "the record is damaged: %s", sqlite3_errmsg(db));
    }
    return vg_fail(err, VG_E_IO, "the record cannot be used: %s", sqlite3_errmsg(db));
}

enum vg_status vg_record_db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out,
                                    struct vg_error *err)
{
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK) {
        return vg_record_db_fail(db, err);
    }
    return VG_OK;
}

static int put_meta(sqlite3 *db, const char *key, const char *value)
{
    sqlite3_stmt *put = NULL;
    int rc = sqlite3_prepare_v2(db, "INSERT INTO meta VALUES(?,?)", -1, &put, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_bind_text(put, 1, key, -1, SQLITE_STATIC);
        sqlite3_bind_text(put, 2, value, -1, SQLITE_STATIC);
        rc = sqlite3_step(put) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
    }
    sqlite3_finalize(put);
    return rc;
}

static enum vg_status fill_new(sqlite3 *db, const struct vg_record_options *options,
                               struct vg_error *err)
{
    char id[VG_RECORD_ID_SIZE];
    char t_us[32];
    uint8_t random[16];
    randombytes_buf(random, sizeof random);
    vg_hex(random, sizeof random, id);
    if (options->id != NULL) {
        vg_format(id, sizeof id, "%s", options->id);
    }
    vg_format(t_us, sizeof t_us, "%lld", (long long)options->t.us);
    bool is_good = sqlite3_exec(db, create_sql, NULL, NULL, NULL) == SQLITE_OK;
    for (int i = 0; is_good && i < N_OBJECTS; i++) {
        is_good = sqlite3_exec(db, objects[i].sql, NULL, NULL, NULL) == SQLITE_OK;
    }
    is_good = is_good && put_meta(db, "format", VG_RECORD_FORMAT) == SQLITE_OK &&
              put_meta(db, "id", id) == SQLITE_OK && put_meta(db, "t_us", t_us) == SQLITE_OK &&
              sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    return is_good ? VG_OK : vg_record_db_fail(db, err);
}

/* The rename itself must survive a power cut. */
static void sync_folder(const char *path)
{
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    vg_format(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - path) + 1 : 1,
              slash != NULL ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static enum vg_status make_file(const char *path, const struct vg_record_options *options,
                                struct vg_error *err)
{
    char temp[PATH_SIZE];
    char journal[PATH_SIZE];
    vg_format(temp, sizeof temp, "%s.new", path);
    vg_format(journal, sizeof journal, "%s.new-journal", path);
    unlink(temp);
    unlink(journal);
    sqlite3 *db = NULL;
    enum vg_status st = VG_OK;
    if (sqlite3_open_v2(temp, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        st = vg_fail(err, VG_E_IO, "cannot make the record %s: %s", path, sqlite3_errmsg(db));
    }
    if (st == VG_OK) {
        st = fill_new(db, options, err);
    }
    if (sqlite3_close(db) != SQLITE_OK && st == VG_OK) {
        st = vg_fail(err, VG_E_INTERNAL, "the record stays open");
    }
    if (st == VG_OK && rename(temp, path) != 0) {
        st = vg_fail_errno(err, errno, "cannot make the record %s", path);
    }
    if (st != VG_OK) {
        unlink(temp);
        unlink(journal);
        return st;
    }
    sync_folder(path);
    return VG_OK;
}

static uint32_t big_endian_32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* SQLite file format section 1.3: magic at 0, user_version at 60, application_id at 68. Read by
 * hand, since letting SQLite open a foreign database could already write beside it. */
static enum vg_status check_first_bytes(const char *path, struct vg_error *err)
{
    uint8_t h[100] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return vg_fail_errno(err, errno, "cannot read %s", path);
    }
    ssize_t n = read(fd, h, sizeof h);
    int why = errno;
    close(fd);
    if (n < 0) {
        return vg_fail_errno(err, why, "cannot read %s", path);
    }
    if (n < (ssize_t)sizeof h || memcmp(h, "SQLite format 3", 16) != 0 ||
        big_endian_32(h + 68) != APPLICATION_ID) {
        return vg_fail(err, VG_E_FORMAT, "%s is not a record of Vigie", path);
    }
    if (big_endian_32(h + 60) != VERSION) {
        return vg_fail(err, VG_E_FORMAT,
                       "%s is a record of version %u; this program knows version %d", path,
                       big_endian_32(h + 60), VERSION);
    }
    return VG_OK;
}

static enum vg_status look(const char *path, bool *out_is_new, struct vg_error *err)
{
    struct stat info;
    *out_is_new = true;
    if (stat(path, &info) == 0) {
        *out_is_new = S_ISREG(info.st_mode) && info.st_size == 0;
        return VG_OK;
    }
    return errno == ENOENT ? VG_OK : vg_fail_errno(err, errno, "cannot read %s", path);
}

enum vg_status vg_record_db_check_file(const char *path, struct vg_error *err)
{
    bool is_new = false;
    enum vg_status st = look(path, &is_new, err);
    return st == VG_OK && !is_new ? check_first_bytes(path, err) : st;
}

enum vg_status vg_record_db_create(const char *path, const struct vg_record_options *options,
                                   struct vg_error *err)
{
    bool is_new = false;
    enum vg_status st = look(path, &is_new, err);
    return st == VG_OK && is_new ? make_file(path, options, err) : st;
}

/* Our four objects exactly as we make them, and no trigger: a changed table or a view in its place
 * could show one thing to us and another to somebody else. */
static enum vg_status check_schema(sqlite3 *db, struct vg_error *err)
{
    sqlite3_stmt *select = NULL;
    enum vg_status st =
        vg_record_db_prepare(db, "SELECT name, sql, type FROM sqlite_master", &select, err);
    int n_found = 0;
    bool is_ours = true;
    int rc = SQLITE_DONE;
    while (st == VG_OK && (rc = sqlite3_step(select)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(select, 0);
        const char *sql = (const char *)sqlite3_column_text(select, 1);
        const char *type = (const char *)sqlite3_column_text(select, 2);
        is_ours = is_ours && type != NULL && strcmp(type, "trigger") != 0;
        for (int i = 0; name != NULL && i < N_OBJECTS; i++) {
            if (strcmp(name, objects[i].name) == 0) {
                n_found++;
                is_ours = is_ours && sql != NULL && strcmp(sql, objects[i].sql) == 0;
            }
        }
    }
    if (st == VG_OK && rc != SQLITE_DONE) {
        st = vg_record_db_fail(db, err);
    }
    sqlite3_finalize(select);
    if (st == VG_OK && (!is_ours || n_found != N_OBJECTS)) {
        st = vg_fail(err, VG_E_FORMAT, "the tables are not those of %s", VG_RECORD_FORMAT);
    }
    return st;
}

static void harden(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 16 * VG_RECORD_BODY_MAX);
    sqlite3_busy_timeout(db, BUSY_MS);
}

static int copy_mode(void *ctx, int n, char **values, char **names)
{
    (void)names;
    vg_format(ctx, 16, "%s", n > 0 && values[0] != NULL ? values[0] : "");
    return 0;
}

static enum vg_status set_up_writing(sqlite3 *db, struct vg_error *err)
{
    static const char sql[] = "PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint=4000;"
                              "PRAGMA secure_delete=OFF;PRAGMA cache_size=-16000;"
                              "PRAGMA journal_size_limit=67108864";
    char mode[16] = "";
    if (sqlite3_exec(db, "PRAGMA journal_mode=WAL", copy_mode, mode, NULL) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return vg_record_db_fail(db, err);
    }
    if (strcmp(mode, "wal") != 0) {
        return vg_fail(err, VG_E_IO, "the record cannot be used: %s",
                       "no write-ahead log on this file system");
    }
    return VG_OK;
}

enum vg_status vg_record_db_open(const char *path, bool for_writing, sqlite3 **out,
                                 struct vg_error *err)
{
    enum vg_status st = check_first_bytes(path, err);
    if (st != VG_OK) {
        return st;
    }
    sqlite3 *db = NULL;
    int flags = (for_writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
        st = vg_fail(err, VG_E_IO, "the record cannot be used: %s", sqlite3_errmsg(db));
        sqlite3_close(db);
        return st;
    }
    harden(db);
    st = check_schema(db, err);
    if (st == VG_OK && for_writing) {
        st = set_up_writing(db, err);
    }
    if (st != VG_OK) {
        sqlite3_close(db);
        return st;
    }
    *out = db;
    return VG_OK;
}

/* Plain decimal only, so that text and number are one to one. */
static bool parse_decimal(const char *text, int64_t *out)
{
    char back[32];
    *out = strtoll(text, NULL, 10);
    vg_format(back, sizeof back, "%lld", (long long)*out);
    return strcmp(back, text) == 0;
}

static bool take_meta(struct vg_record_meta *out, sqlite3_stmt *select, bool is_seen[3])
{
    const char *key = (const char *)sqlite3_column_text(select, 0);
    const char *value = (const char *)sqlite3_column_text(select, 1);
    if (sqlite3_column_type(select, 0) != SQLITE_TEXT || key == NULL ||
        sqlite3_column_type(select, 1) != SQLITE_TEXT || value == NULL ||
        strlen(value) != (size_t)sqlite3_column_bytes(select, 1)) {
        return false;
    }
    if (strcmp(key, "format") == 0) {
        is_seen[0] = true;
        return strcmp(value, VG_RECORD_FORMAT) == 0;
    }
    if (strcmp(key, "id") == 0) {
        is_seen[1] = true;
        vg_format(out->id, sizeof out->id, "%s", value);
        return vg_record_is_id(value);
    }
    is_seen[2] = true;
    return strcmp(key, "t_us") == 0 && parse_decimal(value, &out->t_us);
}

enum vg_status vg_record_db_meta(sqlite3 *db, struct vg_record_meta *out, struct vg_error *err)
{
    sqlite3_stmt *select = NULL;
    enum vg_status st = vg_record_db_prepare(db, "SELECT key, value FROM meta", &select, err);
    if (st != VG_OK) {
        return st;
    }
    struct vg_record_meta meta = {.id = ""};
    bool is_seen[3] = {false, false, false};
    bool is_good = true;
    int rc = SQLITE_DONE;
    while (is_good && (rc = sqlite3_step(select)) == SQLITE_ROW) {
        is_good = take_meta(&meta, select, is_seen);
    }
    if (is_good && rc != SQLITE_DONE) {
        st = vg_record_db_fail(db, err);
    } else if (!is_good || !is_seen[0] || !is_seen[1] || !is_seen[2]) {
        st = vg_fail(err, VG_E_FORMAT, "the table meta is not as %s writes it", VG_RECORD_FORMAT);
    } else {
        vg_record_genesis(meta.id, meta.t_us, meta.genesis);
        *out = meta;
    }
    sqlite3_finalize(select);
    return st;
}

bool vg_record_db_row(sqlite3_stmt *select, struct vg_record_row *out, const uint8_t **out_prev,
                      const uint8_t **out_sha256)
{
    static const int types[] = {SQLITE_INTEGER, SQLITE_INTEGER, SQLITE_TEXT,
                                SQLITE_TEXT,    SQLITE_BLOB,    SQLITE_BLOB};
    out->seq = sqlite3_column_int64(select, 0);
    for (int i = 0; i < 6; i++) {
        if (sqlite3_column_type(select, i) != types[i] ||
            (types[i] == SQLITE_BLOB && sqlite3_column_bytes(select, i) != VG_SHA256_SIZE)) {
            return false;
        }
    }
    out->t_us = sqlite3_column_int64(select, 1);
    out->kind = (const char *)sqlite3_column_text(select, 2);
    out->kind_n = (size_t)sqlite3_column_bytes(select, 2);
    out->body = (const char *)sqlite3_column_text(select, 3);
    out->body_n = (size_t)sqlite3_column_bytes(select, 3);
    *out_prev = sqlite3_column_blob(select, 4);
    *out_sha256 = sqlite3_column_blob(select, 5);
    return out->kind != NULL && out->body != NULL && vg_record_is_kind(out->kind, out->kind_n) &&
           memchr(out->body, '\n', out->body_n) == NULL;
}

enum vg_status vg_record_db_tail(sqlite3 *db, const struct vg_record_meta *meta,
                                 struct vg_record_tail *out, struct vg_error *err)
{
    sqlite3_stmt *select = NULL;
    enum vg_status st = vg_record_db_prepare(db,
                                             "SELECT seq, t_us, kind, body, prev_sha256, sha256 "
                                             "FROM event ORDER BY seq DESC LIMIT 1",
                                             &select, err);
    if (st != VG_OK) {
        return st;
    }
    struct vg_record_tail tail = {.t_us = meta->t_us};
    memcpy(tail.sha256, meta->genesis, sizeof tail.sha256);
    int rc = sqlite3_step(select);
    if (rc == SQLITE_ROW) {
        struct vg_record_row row;
        const uint8_t *prev = NULL;
        const uint8_t *stored = NULL;
        bool is_event = vg_record_db_row(select, &row, &prev, &stored);
        if (is_event) {
            vg_record_chain(prev, &row, tail.sha256);
            tail.t_us = row.t_us;
        }
        tail.seq = row.seq;
        if (!is_event || row.seq < 1 || row.seq > INT64_MAX / 2 ||
            memcmp(stored, tail.sha256, sizeof tail.sha256) != 0) {
            st = vg_fail(err, VG_E_BROKEN, "event %lld is not as it was written",
                         (long long)row.seq);
        }
    } else if (rc != SQLITE_DONE) {
        st = vg_record_db_fail(db, err);
    }
    sqlite3_finalize(select);
    if (st == VG_OK) {
        *out = tail;
    }
    return st;
}
