#include "app/options.h"

#include "config/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct vg_option *find(const struct vg_option *options, int n, const char *name,
                                    size_t len)
{
    for (int i = 0; i < n; i++) {
        if (strlen(options[i].name) == len && memcmp(options[i].name, name, len) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

static bool set_number(const struct vg_option *o, const char *value)
{
    char *end;
    if (o->kind == VG_OPT_INTEGER) {
        long long v = strtoll(value, &end, 10);
        *(int64_t *)o->out = v;
        return end != value && *end == '\0' && v >= 0;
    }
    double v = strtod(value, &end);
    *(double *)o->out = v;
    return end != value && *end == '\0' && v > 0 && v < 1e9;
}

static int set_value(const struct vg_app *app, const char *verb, const struct vg_option *o,
                     const char *value)
{
    if (o->kind == VG_OPT_TEXT) {
        *(const char **)o->out = value;
    } else if (o->kind == VG_OPT_LIST) {
        struct vg_option_list *list = o->out;
        if (list->n == VG_OPTION_LIST_MAX) {
            return vg_app_usage(app, verb, "--%s given more than %d times", o->name,
                                (int)VG_OPTION_LIST_MAX);
        }
        list->text[list->n++] = value;
    } else if (o->kind == VG_OPT_DURATION || o->kind == VG_OPT_SHARE) {
        struct vg_error err = {.lang = app->lang};
        if (vg_quantity_parse(o->kind == VG_OPT_SHARE ? VG_Q_SHARE : VG_Q_DURATION, value, o->out,
                              &err) != VG_OK) {
            return vg_app_usage(app, verb, "--%s: %s", o->name, err.message);
        }
    } else if (!set_number(o, value)) {
        return vg_app_usage(app, verb, "--%s wants a number, got \"%s\"", o->name, value);
    }
    return 0;
}

int vg_options_read(const struct vg_app *app, int argc, char **argv,
                    const struct vg_option *options, int n_options, const char **out, int cap,
                    int *out_n)
{
    int n = 0;
    bool is_end = false;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (is_end || arg[0] != '-' || arg[1] == '\0') {
            if (n == cap) {
                return vg_app_usage(app, argv[0], "one argument too many: \"%s\"", arg);
            }
            out[n++] = arg;
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            is_end = true;
            continue;
        }
        const char *name = arg + (arg[1] == '-' ? 2 : 1);
        const char *equals = strchr(name, '=');
        const struct vg_option *o =
            find(options, n_options, name, equals ? (size_t)(equals - name) : strlen(name));
        if (o == NULL) {
            return vg_app_usage(app, argv[0], "no option \"%s\"", arg);
        }
        if (o->kind == VG_OPT_FLAG) {
            *(bool *)o->out = true;
            continue;
        }
        const char *value = equals != NULL ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (value == NULL) {
            return vg_app_usage(app, argv[0], "--%s wants a value", o->name);
        }
        int rc = set_value(app, argv[0], o, value);
        if (rc != 0) {
            return rc;
        }
    }
    *out_n = n;
    return 0;
}

bool vg_option_place(const char *text, double *lat_deg, double *lon_deg)
{
    char *end;
    double lat = strtod(text, &end);
    if (end == text || *end != ',') {
        return false;
    }
    const char *rest = end + 1;
    double lon = strtod(rest, &end);
    if (end == rest || *end != '\0' || !(fabs(lat) <= 90.0 && fabs(lon) <= 180.0)) {
        return false;
    }
    *lat_deg = lat;
    *lon_deg = lon;
    return true;
}
