/* The list of borders and the words typed: first the words up to a line feed, then the list. What
 * is found is a line that the starter takes or refuses with a reason. */
#include "config/borders.h"
#include "config/starter.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *feed = size > 0 && size < 1 << 16 ? memchr(data, '\n', size) : NULL;
    if (feed == NULL || feed - data > 200) {
        return 0;
    }
    char query[256];
    memcpy(query, data, (size_t)(feed - data));
    query[feed - data] = '\0';
    struct vg_border border;
    struct vg_buf geojson = {0};
    struct vg_buf yaml = {0};
    struct vg_error err = {0};
    enum vg_status status =
        vg_border_find((const char *)feed + 1, size - (size_t)(feed + 1 - data), "list", query,
                       size % 2 == 0 ? VG_LANG_FR : VG_LANG_EN, &border, &geojson, &err);
    if (status == VG_OK) {
        status = vg_starter_write(VG_LANG_EN, border.name, "line.geojson", vg_buf_text(&geojson),
                                  geojson.n, &yaml, &err);
    }
    if (status != VG_OK && err.message[0] == '\0') {
        abort();
    }
    vg_buf_finish(&geojson);
    vg_buf_finish(&yaml);
    return 0;
}
