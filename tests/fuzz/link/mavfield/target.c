/* Any payload of any message: its fields lie within it and their JSON is JSON.
 *   id (3, little-endian) payload */
#include "link/mavfield.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3 || size > 3 + VG_MAV_PAYLOAD_MAX) {
        return 0;
    }
    struct vg_mav_msg msg = {.id = (uint32_t)data[0] | (uint32_t)data[1] << 8 |
                                   (uint32_t)data[2] << 16,
                             .n = (uint8_t)(size - 3)};
    memcpy(msg.payload, data + 3, size - 3);
    int n;
    const struct vg_mav_field *f = vg_mav_fields_find(msg.id, &n);
    must((f == NULL) == (vg_mav_info_find(msg.id) == NULL));
    for (int i = 0; i < n; i++) {
        size_t count = f[i].count > 0 ? f[i].count : 1;
        must(f[i].offset + count * vg_mav_field_size(&f[i]) <= VG_MAV_PAYLOAD_MAX);
    }
    struct vg_buf b = {0};
    vg_mav_fields_json(&msg, &b);
    json_t *doc = json_loadb(vg_buf_text(&b), b.n, JSON_DECODE_INT_AS_REAL, NULL);
    must(json_is_object(doc) && json_object_size(doc) == (size_t)n);
    json_decref(doc);
    vg_buf_finish(&b);
    return 0;
}
