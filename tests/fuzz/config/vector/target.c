/* Maps of other programs (.plan, KML, GPX) as lines (first byte even) or zones (odd): what is taken
 * is JSON that the readers of lines and zones take or refuse with words. */
#include "config/quantity.h"
#include "config/watchfile_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void read_lines(const struct vg_buf *text)
{
    struct vg_network_defaults wants = {.revisit_s = 3600,
                                        .depth_m = 1000,
                                        .read_duration = vg_quantity_duration,
                                        .read_length = vg_quantity_length};
    struct vg_network network = {0};
    if (vg_network_parse(vg_buf_text(text), text->n, "l", &wants, &network, NULL) == VG_OK) {
        require(network.n_lines > 0 && vg_network_length_m(&network) > 0);
        vg_network_finish(&network);
    }
}

static void read_zones(const struct vg_buf *text)
{
    struct vg_wf_zone *zones = NULL;
    int n = 0;
    if (vg_wf_parse_zones(vg_buf_text(text), text->n, "z", &zones, &n, NULL) == VG_OK) {
        for (int i = 0; i < n; i++) {
            require(zones[i].n >= 4);
        }
        vg_wf_free_zones(zones, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 << 16) {
        return 0;
    }
    struct vg_buf text = {0};
    char notes[VG_VECTOR_NOTES_SIZE] = "";
    struct vg_error err = {0};
    enum vg_vector_part part = data[0] % 2 == 0 ? VG_VECTOR_LINES : VG_VECTOR_ZONES;
    vg_buf_add(&text, data + 1, size - 1);
    enum vg_status st = vg_vector_to_geojson(&text, "m", part, notes, &err);
    require(strlen(notes) < sizeof notes);
    bool is_taken = text.n + 1 != size || memcmp(vg_buf_text(&text), data + 1, text.n) != 0;
    if (st == VG_OK && is_taken) {
        json_t *doc = NULL;
        require(vg_json_parse(vg_buf_text(&text), text.n, "m", &doc, NULL) == VG_OK);
        json_decref(doc);
        part == VG_VECTOR_LINES ? read_lines(&text) : read_zones(&text);
    } else if (st != VG_OK) {
        require(err.message[0] != '\0');
    }
    vg_buf_finish(&text);
    return 0;
}
