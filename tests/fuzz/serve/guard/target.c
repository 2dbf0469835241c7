/* Input: one header text, taken as each kind of header in turn, and as packed bytes. */
#include "serve/guard.h"
#include "serve/gunzip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_true)
{
    if (!is_true) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    /* A host that is taken names this machine or a number, and nothing after it but a port. */
    if (vg_guard_host(text, "10.0.0.7", true)) {
        check(strpbrk(text, " ,/@?#") == NULL);
        check(vg_guard_host(text, "10.0.0.7", false) || strpbrk(text, ".:") != NULL);
    }
    check(!vg_guard_origin(text, "localhost:8080") ||
          strlen(text) <= strlen("https://localhost:8080"));
    (void)vg_guard_accepts_gzip(text);
    (void)vg_guard_matches_etag(text, "\"0123\"");
    check(vg_guard_content_length(text) >= -1);
    (void)vg_guard_is_plain_text(text);
    struct vg_buf out = {0};
    if (vg_gunzip((struct vg_bytes){data, size}, 100000, &out) == VG_OK) {
        check(out.n <= 100000);
    }
    vg_buf_finish(&out);
    free(text);
    return 0;
}
