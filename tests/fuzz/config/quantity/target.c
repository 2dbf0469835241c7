/* Quantities: first byte picks the kind; what is taken is finite, and not negative but for angles.
 */
#include "base/text.h"
#include "config/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096) {
        return 0;
    }
    enum vg_quantity kind = (enum vg_quantity)(data[0] % (VG_Q_RATE + 1));
    char *text = calloc(size, 1);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data + 1, size - 1);
    double value = -77777;
    struct vg_error err = {0};
    enum vg_status status = vg_quantity_parse(kind, text, &value, &err);
    if (status == VG_OK && (!isfinite(value) || (value < 0 && kind != VG_Q_ANGLE))) {
        abort();
    }
    if (status != VG_OK && (value > -77777 || err.message[0] == '\0')) {
        abort();
    }
    free(text);
    return 0;
}
