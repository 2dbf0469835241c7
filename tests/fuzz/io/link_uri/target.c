/* What is read must come back the same from its own text; what is refused must say why. */
#include "io/link_uri.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    struct vg_link_uri uri;
    struct vg_error err = {0};
    if (vg_link_uri_parse(text, &uri, &err) == VG_OK) {
        char back[VG_LINK_URI_TEXT_SIZE];
        struct vg_link_uri again;
        vg_link_uri_format(&uri, back, sizeof back);
        if (vg_link_uri_parse(back, &again, NULL) != VG_OK || again.kind != uri.kind ||
            again.baud != uri.baud || strcmp(again.device, uri.device) != 0 ||
            !vg_addr_is_equal(&again.addr, &uri.addr)) {
            abort();
        }
    } else if (err.message[0] == '\0') {
        abort();
    }
    free(text);
    return 0;
}
