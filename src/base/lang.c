#include "base/lang.h"

#include "base/text.h"

#include <string.h>

static const char *const table[][2] = {
#define VG_FR(en, fr) {en, fr},
#include "gen/fr_all.inc"
#undef VG_FR
    {"", ""},
};
static const size_t n_table = sizeof table / sizeof table[0] - 1;

const char *vg_tr(enum vg_lang lang, const char *english)
{
    if (lang == VG_LANG_FR) {
        for (size_t i = 0; i < n_table; i++) {
            if (strcmp(table[i][0], english) == 0) {
                return table[i][1];
            }
        }
    }
    return english;
}

size_t vg_tr_table(const char *const (**out_pairs)[2])
{
    *out_pairs = table;
    return n_table;
}

const char *vg_decimal_format(enum vg_lang lang, double x, int digits, char *buf, size_t size_bytes)
{
    vg_format(buf, size_bytes, "%.*f", digits, x);
    char *point = strchr(buf, '.');
    if (lang == VG_LANG_FR && point != NULL) {
        *point = ',';
    }
    return buf;
}

enum vg_lang vg_lang_from_name(const char *name)
{
    return name != NULL && strncmp(name, "fr", 2) == 0 ? VG_LANG_FR : VG_LANG_EN;
}
