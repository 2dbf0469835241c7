/* Plan files: whatever parses is written and read back to the same bytes. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(void)
{
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_plan plan;
    struct vg_error err = {0};
    if (vg_plan_parse((const char *)data, size, "fuzz", &plan, &err) != VG_OK) {
        if (err.message[0] == '\0') {
            fail();
        }
        return 0;
    }
    struct vg_buf first = {0};
    struct vg_buf second = {0};
    struct vg_plan again;
    vg_plan_format(&plan, &first);
    err = (struct vg_error){0};
    /* A number at the very end of its range may round past it; only then may the second reading
     * refuse. */
    if (vg_plan_parse(vg_buf_text(&first), first.n, "again", &again, &err) == VG_OK) {
        vg_plan_format(&again, &second);
        if (first.n != second.n || memcmp(first.data, second.data, first.n) != 0) {
            fail();
        }
        vg_plan_finish(&again);
    } else if (strstr(err.message, "outside") == NULL && strstr(err.message, "from") == NULL) {
        fail();
    }
    vg_plan_finish(&plan);
    vg_buf_finish(&first);
    vg_buf_finish(&second);
    return 0;
}
