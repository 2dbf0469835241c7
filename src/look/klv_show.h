/* KLV packets as JSON: every item with tag, key, name, value and unit, nothing left out.
 *
 *   {"standard":"ST 0601","checksum":"good","t":"2008-...Z","t_us":1224807209913000,
 *    "items":[{"tag":13,"key":"sensor_latitude","name":"Sensor
 * Latitude","value":60.17,"unit":"deg"},
 *             ...],
 *    "errors":[{"offset":97,"tag":15,"cause":"value_length","text":"..."}]}
 *
 * What cannot be read stands as "hex" beside its error; a special value has "value":null and says
 * which it is. The form is told in docs/formats.md. Threads: pure. */
#ifndef VG_LOOK_KLV_SHOW_H
#define VG_LOOK_KLV_SHOW_H

#include "base/text.h"
#include "look/klv.h"

enum {
    VG_KLV_DIGITS = 12 /* of numbers: finer than any coding but doubles */
};

/* Append the members of a packet's object, without the braces. Errors are worded in `lang`, with
 * offsets from the packet's first byte plus `base`; returns how many there were. */
int vg_klv_show(const struct vg_klv_packet *packet, uint64_t base, enum vg_lang lang,
                struct vg_buf *out);

/* One value with parts (klv_pack.c): appends JSON; false if the bytes are not what the row says,
 * and then what was appended is to be taken back. */
bool vg_klv_show_pack(const struct vg_klv_row *row, struct vg_bytes value, struct vg_buf *out);

void vg_klv_show_hex(struct vg_bytes b, struct vg_buf *out);
/* Text of n bytes as a JSON string. */
void vg_klv_show_text(struct vg_bytes b, struct vg_buf *out);
/* A whole number; above 2^63 - 1 as a real one. */
void vg_klv_show_whole(uint64_t v, struct vg_buf *out);
const char *vg_klv_word(const struct vg_klv_word *words, uint64_t value);

#endif
