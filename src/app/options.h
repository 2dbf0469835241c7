/* Reading a command's options by a table. `--name VALUE`, `--name=VALUE`, `-o VALUE`; the rest are
 * its operands. */
#ifndef VG_APP_OPTIONS_H
#define VG_APP_OPTIONS_H

#include "app/app.h"

enum vg_option_kind {
    VG_OPT_FLAG, /* bool */
    VG_OPT_TEXT, /* const char * */
    VG_OPT_NUMBER, /* double, > 0 */
    VG_OPT_INTEGER, /* int64_t, >= 0 */
    VG_OPT_DURATION, /* double seconds, "90s" */
    VG_OPT_SHARE, /* double 0..1, "20%" */
    VG_OPT_LIST /* struct vg_option_list: may be given many times */
};

enum {
    VG_OPTION_LIST_MAX = 32
};
struct vg_option_list {
    int n;
    const char *text[VG_OPTION_LIST_MAX];
};

struct vg_option {
    const char *name; /* without the dashes; one letter for "-o" */
    enum vg_option_kind kind;
    void *out;
};

/* Read argv[1..]; operands go to `out` (at most cap). 0, or 2 with the problem told. */
int vg_options_read(const struct vg_app *app, int argc, char **argv,
                    const struct vg_option *options, int n_options, const char **out, int cap,
                    int *out_n);

/* "LAT,LON" in degrees. false, with nothing written: it is not. */
bool vg_option_place(const char *text, double *lat_deg, double *lon_deg);

#endif
