/* Any file as metadata of events: read or refused, and every event's texts made of what was read,
 * within their bounds, for arguments of all kinds. */
#include "link/eventwords_priv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t fills[] = {0, 1, 0x7f, 0x80, 0xff};
    struct vg_event_words *words;
    char text[VG_EVENT_TEXT_SIZE];
    if (vg_event_words_read((struct vg_bytes){data, size}, "fuzz", &words, NULL) != VG_OK) {
        return 0;
    }
    for (int i = 0; i < vg_event_words_count(words); i++) {
        struct vg_mavevent e = {.id = words->events[i].id};
        for (size_t k = 0; k < sizeof fills; k++) {
            memset(e.arguments, fills[k], sizeof e.arguments);
            if (!vg_event_words_text(words, &e, NULL, text) || strlen(text) >= VG_EVENT_TEXT_SIZE ||
                !vg_event_words_more(words, &e, "dev", text) ||
                strlen(text) >= VG_EVENT_TEXT_SIZE) {
                abort();
            }
        }
    }
    vg_event_words_destroy(words);
    return 0;
}
