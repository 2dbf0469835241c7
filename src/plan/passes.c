/* A stretch's passes in words. */
#include "plan/table.h"

#include <math.h>

/* Offsets as people say them: "over the line, 750 m left, 750 m right". */
static void put_offsets(const struct vg_plan_stretch *st, enum vg_lang lang, struct vg_buf *out)
{
    int n = st->n_passes > 1 ? st->n_passes : 1;
    for (int k = 0; k < n; k++) {
        double offset_m = st->passes[k].offset_m;
        vg_buf_puts(out, k > 0 ? ", " : "");
        if (fabs(offset_m) < 0.5) {
            vg_buf_puts(out, vg_tr(lang, "over the line"));
        } else {
            vg_buf_printf(out,
                          offset_m < 0 ? vg_tr(lang, "%.0f m left") : vg_tr(lang, "%.0f m right"),
                          fabs(offset_m));
        }
    }
}

/* Never rounded up to "all". */
static const char *percent(enum vg_lang lang, double share, char *buf, size_t size_bytes)
{
    return vg_decimal_format(lang, floor(1000 * share + 1e-9) / 10, 1, buf, size_bytes);
}

void vg_plan_pass_words(const struct vg_plan_stretch *st, const struct vg_plan_sight *sight,
                        enum vg_lang lang, struct vg_buf *out)
{
    char text[32];
    if (st->agl_m > 0) {
        vg_buf_printf(out, vg_tr(lang, "%.0f m above ground, "), st->agl_m);
    }
    put_offsets(st, lang, out);
    if (sight->seen > 0) {
        vg_buf_printf(out,
                      sight->is_least ? vg_tr(lang, "; at least %s %% of its ground seen")
                                      : vg_tr(lang, "; %s %% of its ground seen"),
                      percent(lang, sight->seen, text, sizeof text));
    }
    if (sight->hidden_m > 0) {
        vg_decimal_format(lang, sight->hidden_m / 1000, 2, text, sizeof text);
        vg_buf_printf(out,
                      sight->is_least ? vg_tr(lang, "; up to %s km of it too much hidden to count")
                                      : vg_tr(lang, "; %s km of it too much hidden to count"),
                      text);
    }
    vg_buf_puts(out, "\n");
}

void vg_plan_passes(const struct vg_plan_stretch *st, const struct vg_plan_sight *sight,
                    enum vg_lang lang, struct vg_buf *out)
{
    char from[32];
    char to[32];
    vg_decimal_format(lang, st->from_m / 1000, 1, from, sizeof from);
    vg_decimal_format(lang, st->to_m / 1000, 1, to, sizeof to);
    vg_buf_puts(out, st->id);
    vg_buf_printf(out, vg_tr(lang, ", line %s, km %s to %s: "), st->line, from, to);
    vg_plan_pass_words(st, sight, lang, out);
}
