/* Key files: any bytes. What is taken must be a key that openssl's form gives back. */
#include "record/record_key.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t key[VG_RECORD_KEY_SIZE];
    struct vg_error err = {0};
    memset(key, 0x5a, sizeof key);
    const char *text = (const char *)data;
    enum vg_status a = vg_record_key_parse_private(text, size, key, &err);
    enum vg_status b = vg_record_key_parse_public(text, size, key, NULL);
    if ((a != VG_OK && a != VG_E_FORMAT) || (b != VG_OK && b != VG_E_FORMAT)) {
        abort();
    }
    for (size_t i = 0; a != VG_OK && b != VG_OK && i < sizeof key; i++) {
        if (key[i] != 0x5a) {
            abort(); /* outputs are untouched on failure */
        }
    }
    return 0;
}
