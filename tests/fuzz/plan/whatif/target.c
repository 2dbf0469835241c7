/* What-if questions: what is read is a watch that a planner may be given, and a watch file can be
 * made to say it; what is refused says why. */
#include "config/wf_edit.h"
#include "plan/whatif.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(void)
{
    abort();
}

static void check(const struct vg_whatif *q)
{
    const struct vg_watchfile *w = &q->watch;
    if (w->n_bases < 1 || w->n_bases > VG_WHATIF_BASES_MAX || w->n_drones < 0 ||
        w->n_drones > VG_WHATIF_DRONES_MAX || !(w->revisit_s >= 60) || q->asker[0] == '\0') {
        fail();
    }
    for (int b = 0; b < w->n_bases; b++) {
        if (!(w->bases[b].lat_deg >= -85 && w->bases[b].lat_deg <= 85) ||
            !(w->bases[b].lon_deg >= -180 && w->bases[b].lon_deg <= 180) ||
            vg_watchfile_find_base(w, w->bases[b].name) != b) {
            fail();
        }
    }
    for (int d = 0; d < w->n_drones; d++) {
        if (w->drones[d].base < -1 || w->drones[d].base >= w->n_bases || w->drones[d].type < 0 ||
            w->drones[d].type >= w->n_types || vg_watchfile_find_drone(w, w->drones[d].id) != d) {
            fail();
        }
    }
}

static const char TEXT[] =
    "name: Test\n"
    "line: {points: [[14.4, -11.4], [14.5, -11.4]], revisit: 4h, depth: 300m}   # kept\n"
    "bases:\n"
    "  - {name: Kayes, at: [14.431, -11.44]}\n"
    "cameras: {eo: {pixels: [1920, 1080], hfov: [6deg, 60deg]}}\n"
    "types: {wing: {cruise: 25 m/s, endurance: 5h, camera: eo}}\n"
    "drones:\n"
    "  - {id: V1, type: wing, base: Kayes}\n"
    "  - {id: V2, type: wing}\n";

static enum vg_status no_file(const char *path, size_t max_bytes, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max_bytes;
    (void)out;
    return vg_fail(err, VG_E_IO, "%s is not there", path);
}

/* The text so changed is a watch again (the editor reads it itself), with its comment; or it is
 * said why it is none. */
static void edit(const struct vg_whatif *q)
{
    struct vg_buf out = {0};
    struct vg_error err = {0};
    enum vg_status st =
        vg_watchfile_edit(TEXT, sizeof TEXT - 1, "w.yaml", no_file, &q->watch, &out, &err);
    if (st == VG_OK ? strstr(vg_buf_text(&out), "# kept") == NULL
                    : out.n > 0 || err.message[0] == '\0') {
        fail();
    }
    vg_buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vg_watchfile w = {0};
    struct vg_whatif q;
    struct vg_error err = {0};
    if (vg_watchfile_parse(TEXT, sizeof TEXT - 1, "w.yaml", no_file, &w, &err) != VG_OK) {
        fail();
    }
    if (vg_whatif_parse((const char *)data, size, &w, &q, &err) == VG_OK) {
        check(&q);
        edit(&q);
        vg_whatif_finish(&q);
    } else if (err.message[0] == '\0') {
        fail();
    }
    vg_watchfile_finish(&w);
    return 0;
}
