/* What `vigie help` says, in both languages. */
#ifndef VG_APP_HELP_H
#define VG_APP_HELP_H

#include "base/lang.h"

#include <stdio.h>

void vg_help_overview(enum vg_lang lang, FILE *to);
/* One line: "usage: vigie plan WATCH [-o PLAN.json]". Borrowed for ever. */
const char *vg_help_usage(const char *verb, enum vg_lang lang);
/* The whole text of a verb, NULL if there is none. Borrowed for ever. */
const char *vg_help_text(const char *verb, enum vg_lang lang);

#endif
