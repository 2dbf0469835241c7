#include "base/status.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum vg_status fail_v(struct vg_error *err, enum vg_status status, const char *format,
                             va_list args) VG_PRINTF(3, 0);

static enum vg_status fail_v(struct vg_error *err, enum vg_status status, const char *format,
                             va_list args)
{
    if (err != NULL && err->status == VG_OK) {
        err->status = status;
        vg_vformat(err->message, sizeof err->message, vg_tr(err->lang, format), args);
    }
    return status;
}

enum vg_status vg_fail(struct vg_error *err, enum vg_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_v(err, status, format, args);
    va_end(args);
    return status;
}

enum vg_status vg_no_memory(struct vg_error *err)
{
    return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}

enum vg_status vg_fail_at(struct vg_error *err, const char *place, int line, int column,
                          const char *format, ...)
{
    if (err != NULL && err->status == VG_OK) {
        vg_format(err->place, sizeof err->place, "%s", place != NULL ? place : "");
        err->line = line;
        err->column = column;
    }
    va_list args;
    va_start(args, format);
    fail_v(err, VG_E_FORMAT, format, args);
    va_end(args);
    return VG_E_FORMAT;
}

enum vg_status vg_fail_offset(struct vg_error *err, const char *place, int64_t offset,
                              const char *format, ...)
{
    if (err != NULL && err->status == VG_OK) {
        vg_format(err->place, sizeof err->place, "%s", place != NULL ? place : "");
        err->has_offset = 1;
        err->offset = offset;
    }
    va_list args;
    va_start(args, format);
    fail_v(err, VG_E_FORMAT, format, args);
    va_end(args);
    return VG_E_FORMAT;
}

enum vg_status vg_fail_errno(struct vg_error *err, int errnum, const char *format, ...)
{
    if (err != NULL && err->status == VG_OK) {
        va_list args;
        va_start(args, format);
        fail_v(err, VG_E_IO, format, args);
        va_end(args);
        err->saved_errno = errnum;
        size_t n = strlen(err->message);
        vg_format(err->message + n, sizeof err->message - n, ": %s", strerror(errnum));
    }
    return VG_E_IO;
}

void vg_error_prefix(struct vg_error *err, const char *format, ...)
{
    if (err == NULL) {
        return;
    }
    char joined[sizeof err->message];
    va_list args;
    va_start(args, format);
    size_t n = vg_vformat(joined, sizeof joined, vg_tr(err->lang, format), args);
    va_end(args);
    vg_format(joined + n, sizeof joined - n, ": %s", err->message);
    memcpy(err->message, joined, sizeof joined);
}

const char *vg_error_text(const struct vg_error *err, char *buf, size_t size_bytes)
{
    char where[320] = "";
    if (err->line > 0) {
        vg_format(where, sizeof where, "%s:%d:%d: ", err->place, err->line, err->column);
    } else if (err->has_offset) {
        vg_format(where, sizeof where, "%s: %s %lld: ", err->place,
                  err->lang == VG_LANG_FR ? "octet" : "byte", (long long)err->offset);
    } else if (err->place[0] != '\0') {
        vg_format(where, sizeof where, "%s: ", err->place);
    }
    vg_format(buf, size_bytes, "%s%s", where, err->message);
    return buf;
}

int vg_exit_code(enum vg_status status)
{
    switch (status) {
    case VG_OK:
        return 0;
    case VG_E_BROKEN:
        return 1;
    case VG_E_INVALID:
    case VG_E_RANGE:
    case VG_E_FORMAT:
    case VG_E_NOT_FOUND:
    case VG_E_UNSUPPORTED:
        return 3;
    case VG_E_FULL:
    case VG_E_NO_MEMORY:
    case VG_E_IO:
    case VG_E_TIMEOUT:
    case VG_E_INTERNAL:
    case VG_STATUS_COUNT:
        break;
    }
    return 4;
}

_Noreturn void vg_assert_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: our mistake: %s does not hold\n", file, line, what);
    abort();
}
