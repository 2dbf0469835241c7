/* Any bytes as KLV. Views stay inside the bytes, the search always goes on, what is shown is JSON,
 * and numbers are finite or named special. */
#include "base/json.h"
#include "look/klv_show.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void look_at_items(const struct vg_klv_packet *p)
{
    struct vg_klv_walk w = vg_klv_walk(p);
    struct vg_klv_item item;
    struct vg_klv_fault fault;
    struct vg_klv_number v;
    while (vg_klv_next(&w, &item, &fault)) {
        expect(item.value.data == p->whole.data + item.value_offset);
        expect(item.value_offset + item.value.n <= p->whole.n);
        if (vg_klv_read(&item, &v) == VG_KLV_FINE) {
            expect((v.special != NULL) == !isfinite(v.value));
        }
    }
    expect(fault.cause == VG_KLV_FINE || fault.offset <= p->whole.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    struct vg_bytes b = {data + 1, size - 1};
    struct vg_klv_packet p;
    struct vg_klv_fault fault;
    struct vg_buf out = {0};
    json_t *json = NULL;
    size_t told = 0;
    enum vg_klv_scan got;
    for (size_t at = 0; (got = vg_klv_scan(b, &at, data[0] & 1, &p, &fault)) != VG_KLV_SCAN_END;) {
        expect(at > told && at <= b.n);
        told = at;
        if (got == VG_KLV_SCAN_FAULT) {
            expect(fault.cause != VG_KLV_FINE && fault.offset < b.n);
            continue;
        }
        expect(p.offset + p.whole.n <= b.n && p.whole.data == b.data + p.offset);
        look_at_items(&p);
        vg_buf_reset(&out);
        vg_buf_puts(&out, "[{");
        vg_klv_show(&p, 0, data[0] & 2 ? VG_LANG_FR : VG_LANG_EN, &out);
        vg_buf_puts(&out, "}]");
        expect(vg_json_parse(vg_buf_text(&out), out.n, "shown", &json, NULL) == VG_OK);
        json_decref(json);
    }
    vg_buf_finish(&out);
    return 0;
}
