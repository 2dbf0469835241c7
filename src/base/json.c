#include "base/json.h"

enum vg_status vg_json_parse(const char *text, size_t n, const char *place, json_t **out,
                             struct vg_error *err)
{
    json_error_t why;
    json_t *doc = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
    if (doc == NULL) {
        return vg_fail_at(err, place, why.line > 0 ? why.line : 1, why.column > 0 ? why.column : 1,
                          "not JSON: %s", why.text);
    }
    *out = doc;
    return VG_OK;
}

static enum vg_status member(const json_t *object, const char *key, json_t **out,
                             struct vg_error *err)
{
    *out = json_object_get(object, key);
    return *out != NULL ? VG_OK : vg_fail(err, VG_E_FORMAT, "\"%s\" is missing", key);
}

enum vg_status vg_json_number(const json_t *object, const char *key, double lo, double hi,
                              double *out, struct vg_error *err)
{
    json_t *v;
    enum vg_status st = member(object, key, &v, err);
    if (st != VG_OK) {
        return st;
    }
    if (!json_is_number(v)) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" must be a number", key);
    }
    double x = json_number_value(v);
    if (!(x >= lo && x <= hi)) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" is %g, outside %g to %g", key, x, lo, hi);
    }
    *out = x;
    return VG_OK;
}

enum vg_status vg_json_text(const json_t *object, const char *key, const char **out,
                            struct vg_error *err)
{
    json_t *v;
    enum vg_status st = member(object, key, &v, err);
    if (st != VG_OK) {
        return st;
    }
    if (!json_is_string(v)) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" must be a text", key);
    }
    *out = json_string_value(v);
    return VG_OK;
}

enum vg_status vg_json_list(const json_t *object, const char *key, json_t **out,
                            struct vg_error *err)
{
    json_t *v;
    enum vg_status st = member(object, key, &v, err);
    if (st != VG_OK) {
        return st;
    }
    if (!json_is_array(v)) {
        return vg_fail(err, VG_E_FORMAT, "\"%s\" must be a list", key);
    }
    *out = v;
    return VG_OK;
}
