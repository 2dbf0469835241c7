/* Status codes and the caller-owned error.
 *
 * A function that can fail returns `enum vg_status` and takes `struct vg_error *err` last (NULL
 * allowed). The first failure wins; each level may put a prefix before the message. Outputs are
 * written fully on VG_OK and left untouched otherwise.
 *
 * Messages are written in English in the code. A caller who wants French sets `err->lang` before
 * the call: the format string is looked up in the French table (src/<folder>/fr.def, see lang.h)
 * and the same arguments are put into it. No global holds the language.
 *
 * Threads: pure. Allocations: none.
 */
#ifndef VG_BASE_STATUS_H
#define VG_BASE_STATUS_H

#include "base/lang.h"

#include <stddef.h>
#include <stdint.h>

enum vg_status {
    VG_OK = 0,
    VG_E_INVALID, /* an argument or a value breaks its contract */
    VG_E_RANGE, /* a number outside what is allowed */
    VG_E_FORMAT, /* outside bytes that are not what they claim to be: exit 3 */
    VG_E_NOT_FOUND, /* asked for something absent */
    VG_E_FULL, /* a fixed capacity is used up */
    VG_E_NO_MEMORY, /* the allocator said no */
    VG_E_IO, /* the operating system said no: exit 4 */
    VG_E_TIMEOUT, /* a deadline passed */
    VG_E_UNSUPPORTED, /* understood, but not done here */
    VG_E_BROKEN, /* a promise or a seal does not hold: exit 1 */
    VG_E_INTERNAL, /* our mistake */
    VG_STATUS_COUNT
};

#define VG_MUST_USE __attribute__((warn_unused_result))
#define VG_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Where a failure was and why, in words for a person. Zero-initialise (`= {0}`); set `lang` if
 * French is wanted. `place` is a file name or other source as the user knows it ("" if none);
 * `line`, `column` from 1 (0: unknown); `offset` in bytes from 0 (-1: unknown; only looked at
 * when has_offset). */
struct vg_error {
    enum vg_status status;
    enum vg_lang lang;
    int line;
    int column;
    int saved_errno;
    int has_offset;
    int64_t offset;
    char place[256];
    char message[768];
};

/* Record a failure and return its status: `return vg_fail(err, VG_E_RANGE, "speed is %g m/s", v)`.
 * Does nothing to `err` if it already holds a failure. Returns `status`. */
enum vg_status vg_fail(struct vg_error *err, enum vg_status status, const char *format, ...)
    VG_PRINTF(3, 4);
/* VG_E_NO_MEMORY, in words. */
enum vg_status vg_no_memory(struct vg_error *err);

/* The same for a place in a text file: line and column from 1, 0 if unknown. */
enum vg_status vg_fail_at(struct vg_error *err, const char *place, int line, int column,
                          const char *format, ...) VG_PRINTF(5, 6);

/* The same for a byte offset in a binary file; status VG_E_FORMAT. */
enum vg_status vg_fail_offset(struct vg_error *err, const char *place, int64_t offset,
                              const char *format, ...) VG_PRINTF(4, 5);

/* The same for a failed system call; keeps errno and appends its words. Status VG_E_IO. */
enum vg_status vg_fail_errno(struct vg_error *err, int errnum, const char *format, ...)
    VG_PRINTF(3, 4);

/* Put "prefix: " before the message (translated like the message). */
void vg_error_prefix(struct vg_error *err, const char *format, ...) VG_PRINTF(2, 3);

/* Format "place:line:column: message" (leaving out what is unknown) into buf. Returns buf. */
const char *vg_error_text(const struct vg_error *err, char *buf, size_t size_bytes);

/* The exit code of design.md section 5 for a status: 0, 1, 3 or 4. */
int vg_exit_code(enum vg_status status);

/* Our own mistakes: on in debug, sanitizer and fuzz builds. Never on outside data. */
#if defined(VG_DEBUG)
#define VG_ASSERT(x) ((x) ? (void)0 : vg_assert_failed(#x, __FILE__, __LINE__))
#else
#define VG_ASSERT(x) ((void)sizeof((x) ? 1 : 0))
#endif
_Noreturn void vg_assert_failed(const char *what, const char *file, int line);

#endif
