/* Input: the body of a pose. What is read from its text alone must be what the JSON reader finds:
 * the same rest, the same whole runs of numbers. */
#include "base/json.h"
#include "watch/saw.h"

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

static void compare_runs(const json_t *list, struct vg_saw saw)
{
    int v[VG_SAW_RUN];
    size_t n = 0;
    for (; vg_saw_next(&saw, v); n += VG_SAW_RUN) {
        for (size_t k = 0; k < VG_SAW_RUN; k++) {
            const json_t *x = json_array_get(list, n + k);
            check(json_is_integer(x) && json_integer_value(x) == v[k]);
        }
    }
    check(json_array_size(list) - n < VG_SAW_RUN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *body = malloc(size + 1); /* exactly the bytes, so that reading on is found */
    struct vg_saw saw;
    size_t rest_n = 0;
    if (body == NULL) {
        return 0;
    }
    memcpy(body, data, size);
    body[size] = '\0';
    if (vg_saw_split(body, size, &rest_n, &saw)) {
        json_t *whole = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
        check(rest_n < size);
        if (whole != NULL) {
            char keep = body[rest_n];
            body[rest_n] = '}';
            json_t *rest = json_loadb(body, rest_n + 1, JSON_REJECT_DUPLICATES, NULL);
            body[rest_n] = keep;
            check(rest != NULL);
            compare_runs(json_object_get(whole, "saw"), saw);
            json_object_del(whole, "saw");
            check(json_equal(whole, rest));
            json_decref(rest);
            json_decref(whole);
        }
    }
    free(body);
    return 0;
}
