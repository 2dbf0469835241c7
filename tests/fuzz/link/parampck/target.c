/* Any bytes as a packed parameter file: names and values that come out are sound, and what is
 * written again is read the same. */
#include "link/parampck.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    KEPT_MAX = 300
};

static struct {
    int n;
    struct vg_param params[KEPT_MAX];
} kept, again;

static void must(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void keep(void *ctx, const struct vg_param *param)
{
    size_t n = strnlen(param->name, sizeof param->name);
    must(n >= 1 && n <= VG_PARAM_NAME_MAX && param->type >= 1 && param->type <= 9);
    if (kept.n < KEPT_MAX) {
        kept.params[kept.n++] = *param;
    }
    (void)ctx;
}

static void keep_again(void *ctx, const struct vg_param *param)
{
    (void)ctx;
    again.params[again.n++] = *param;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t file[KEPT_MAX * 26 + 6];
    kept.n = 0;
    again.n = 0;
    if (vg_parampck_parse((struct vg_bytes){data, size}, keep, NULL, NULL) != VG_OK) {
        return 0;
    }
    size_t n = vg_parampck_format(kept.params, kept.n, 239, file, sizeof file);
    must(n >= 6);
    must(vg_parampck_parse((struct vg_bytes){file, n}, keep_again, NULL, NULL) == VG_OK);
    must(again.n == kept.n);
    for (int i = 0; i < kept.n; i++) {
        must(strcmp(again.params[i].name, kept.params[i].name) == 0);
        must(memcmp(&again.params[i].value, &kept.params[i].value, sizeof(double)) == 0 ||
             kept.params[i].value != kept.params[i].value);
    }
    return 0;
}
