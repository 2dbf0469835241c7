/* Scenario files: what is taken is in range, what is refused has its place and says why. */
#include "sim/fault.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fault(const struct vg_simfault *f, int n_drones)
{
    bool is_share = f->kind == VG_SIMFAULT_LOSS || f->kind == VG_SIMFAULT_BATTERY;
    if (f->drone_i < VG_SIMFAULT_ALL || f->drone_i >= n_drones || f->kind < 0 ||
        f->kind >= VG_SIMFAULT_KIND_COUNT || !(f->at_s >= 0) || !(f->for_s >= 0) ||
        !isfinite(f->amount) || !isfinite(f->more) || (is_share && f->amount > 1)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_wf_drone drones[2] = {{.id = "V1"}, {.id = "V2"}};
    const struct vg_watchfile watch = {.drones = drones, .n_drones = 2};
    static struct vg_simscenario scenario; /* 48 KB: more than a fuzzer's stack likes */
    struct vg_error err = {0};
    if (size > 65536) {
        return 0;
    }
    enum vg_status status =
        vg_simscenario_parse((const char *)data, size, "fuzz", &watch, &scenario, &err);
    for (int i = 0; i < scenario.n_faults; i++) {
        check_fault(&scenario.faults[i], 2);
    }
    bool is_placed = err.line > 0 && err.column > 0 && err.message[0] != '\0';
    if (status != VG_OK && !is_placed) {
        abort();
    }
    return 0;
}
