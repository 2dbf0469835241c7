/* French and English for everything a person reads from the C side.
 *
 * English format strings stand in the code and are the keys; each folder lists its French in
 * `fr.def`, one `VG_FR("english", "french")` a line. The build joins the parts. A test checks that
 * both sides take the same arguments in the same order and that every translatable string in
 * the sources has its French.
 *
 * Threads: pure. Cost: a scan of a few hundred strings: for messages, not for loops.
 */
#ifndef VG_BASE_LANG_H
#define VG_BASE_LANG_H

#include <stddef.h>

enum vg_lang {
    VG_LANG_EN = 0,
    VG_LANG_FR,
    VG_LANG_COUNT
};

/* The text in `lang`, or `english` itself where there is none. Borrowed for ever. */
const char *vg_tr(enum vg_lang lang, const char *english) __attribute__((format_arg(2)));

/* The whole French table, for tests: pairs [i][0] English, [i][1] French. */
size_t vg_tr_table(const char *const (**out_pairs)[2]);

/* x with so many digits after the point, or after the comma in French, into buf. Returns buf. */
const char *vg_decimal_format(enum vg_lang lang, double x, int digits, char *buf,
                              size_t size_bytes);

/* "fr", "fr_FR.UTF-8" -> VG_LANG_FR; everything else (NULL too) -> VG_LANG_EN. */
enum vg_lang vg_lang_from_name(const char *name);

#endif
