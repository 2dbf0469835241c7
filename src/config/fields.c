#include "config/fields.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

enum {
    MAX_NAMES = 256
};

const char *vg_fields_name(const struct vg_yaml *node)
{
    return node->key != NULL ? node->key : "-";
}

enum vg_status vg_fields_at(const struct vg_reader *reader, const struct vg_yaml *node,
                            enum vg_status status)
{
    struct vg_error *err = reader->err;
    if (status != VG_OK && err != NULL && err->place[0] == '\0') {
        vg_format(err->place, sizeof err->place, "%s", reader->place);
        err->line = node->line;
        err->column = node->column;
    }
    return status;
}

static enum vg_status fail_unknown_key(const struct vg_reader *reader, const struct vg_yaml *node,
                                       const struct vg_field *fields, int n_fields)
{
    const char *names[MAX_NAMES] = {NULL};
    int n = n_fields < MAX_NAMES ? n_fields : MAX_NAMES;
    for (int i = 0; i < n; i++) {
        names[i] = fields[i].key;
    }
    int k = vg_text_nearest(node->key, names, n);
    if (k >= 0) {
        return vg_fail_at(reader->err, reader->place, node->key_line, node->key_column,
                          "unknown key \"%s\"; did you mean \"%s\"?", node->key, names[k]);
    }
    struct vg_buf list = {0};
    for (int i = 0; i < n; i++) {
        vg_buf_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    vg_fail_at(reader->err, reader->place, node->key_line, node->key_column,
               "unknown key \"%s\"; known here: %s", node->key, vg_buf_text(&list));
    vg_buf_finish(&list);
    return VG_E_FORMAT;
}

static enum vg_status check_keys(const struct vg_reader *reader, const struct vg_yaml *map,
                                 const struct vg_field *fields, int n_fields)
{
    for (const struct vg_yaml *c = map->first; c != NULL; c = c->next) {
        int i = 0;
        while (i < n_fields && strcmp(fields[i].key, c->key) != 0) {
            i++;
        }
        if (i == n_fields) {
            return fail_unknown_key(reader, c, fields, n_fields);
        }
    }
    return VG_OK;
}

enum vg_status vg_fields_expect(const struct vg_reader *reader, const struct vg_yaml *node,
                                enum vg_yaml_kind kind)
{
    if (node->kind == kind && (kind != VG_YAML_TEXT || node->text[0] != '\0')) {
        return VG_OK;
    }
    const char *name = vg_fields_name(node);
    switch (kind) {
    case VG_YAML_TEXT:
        if (node->kind == VG_YAML_TEXT) {
            return vg_fail_at(reader->err, reader->place, node->line, node->column,
                              "\"%s\" has no value", name);
        }
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" must be one value, not a list or a map", name);
    case VG_YAML_LIST:
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" must be a list", name);
    case VG_YAML_MAP:
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" must be a map of keys and values", name);
    }
    return vg_fail(reader->err, VG_E_INTERNAL, "unknown kind of node");
}

enum vg_status vg_fields_text(const struct vg_reader *reader, const struct vg_yaml *node, char *out,
                              size_t size_bytes)
{
    enum vg_status status = vg_fields_expect(reader, node, VG_YAML_TEXT);
    if (status != VG_OK) {
        return status;
    }
    if (strlen(node->text) >= size_bytes) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" is longer than %zu bytes", vg_fields_name(node), size_bytes - 1);
    }
    if (strpbrk(node->text, "\n\t") != NULL) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" must be on one line", vg_fields_name(node));
    }
    vg_format(out, size_bytes, "%s", node->text);
    return VG_OK;
}

static enum vg_status fail_range(const struct vg_reader *reader, const struct vg_yaml *node,
                                 const char *lo, const char *hi)
{
    return vg_fail_at(reader->err, reader->place, node->line, node->column,
                      "\"%s\" is %s; it must lie between %s and %s", vg_fields_name(node),
                      node->text, lo, hi);
}

enum vg_status vg_fields_quantity(const struct vg_reader *reader, const struct vg_yaml *node,
                                  const struct vg_field *field, double *out)
{
    enum vg_quantity kind = (enum vg_quantity)field->kind;
    double value = 0;
    double lo = -HUGE_VAL;
    double hi = HUGE_VAL;
    enum vg_status status = vg_fields_expect(reader, node, VG_YAML_TEXT);
    if (status == VG_OK) {
        status = vg_quantity_parse(kind, node->text, &value, reader->err);
        vg_fields_at(reader, node, status);
    }
    if (status == VG_OK && field->lo != NULL) {
        status = vg_quantity_parse(kind, field->lo, &lo, reader->err);
    }
    if (status == VG_OK && field->hi != NULL) {
        status = vg_quantity_parse(kind, field->hi, &hi, reader->err);
    }
    if (status != VG_OK) {
        return status;
    }
    if (!(value >= lo && value <= hi)) {
        return fail_range(reader, node, field->lo, field->hi);
    }
    *out = value;
    return VG_OK;
}

/* The decimal sign is a point whatever the locale, so no strtod. At most 15 digits: mantissa and
 * power of ten are exact. */
bool vg_fields_decimal(const char *text, double *out)
{
    const char *p = text + (text[0] == '-' || text[0] == '+');
    double mantissa = 0;
    double scale = 1;
    int n_digits = 0;
    bool in_fraction = false;
    for (; *p != '\0'; p++) {
        if (*p == '.' && !in_fraction && n_digits > 0) {
            in_fraction = true;
            continue;
        }
        if (*p < '0' || *p > '9' || n_digits == 15) {
            return false;
        }
        mantissa = mantissa * 10 + (*p - '0');
        scale *= in_fraction ? 10 : 1;
        n_digits++;
    }
    if (n_digits == 0 || p[-1] == '.') {
        return false;
    }
    *out = (text[0] == '-' ? -mantissa : mantissa) / scale;
    return true;
}

enum vg_status vg_fields_int(const struct vg_reader *reader, const struct vg_yaml *node, int lo,
                             int hi, int *out)
{
    double value = 0;
    enum vg_status status = vg_fields_expect(reader, node, VG_YAML_TEXT);
    if (status != VG_OK) {
        return status;
    }
    if (!vg_fields_decimal(node->text, &value) || value != floor(value)) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" must be a whole number, got \"%s\"", vg_fields_name(node),
                          node->text);
    }
    if (value < lo || value > hi) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" is %s; it must lie between %d and %d", vg_fields_name(node),
                          node->text, lo, hi);
    }
    *out = (int)value;
    return VG_OK;
}

static enum vg_status read_degrees(const struct vg_reader *reader, const struct vg_yaml *node,
                                   double limit_deg, double *out)
{
    double value = 0;
    if (node->kind != VG_YAML_TEXT || !vg_fields_decimal(node->text, &value)) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "expected decimal degrees, got \"%s\"", node->text);
    }
    if (fabs(value) > limit_deg) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "%s degrees is outside -%g to %g", node->text, limit_deg, limit_deg);
    }
    *out = value;
    return VG_OK;
}

enum vg_status vg_fields_lat_lon(const struct vg_reader *reader, const struct vg_yaml *node,
                                 double *out_lat_deg, double *out_lon_deg)
{
    if (node->kind != VG_YAML_LIST || node->n != 2) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "\"%s\" must be [latitude, longitude] in decimal degrees",
                          vg_fields_name(node));
    }
    double lat_deg = 0;
    double lon_deg = 0;
    enum vg_status status = read_degrees(reader, node->first, 90, &lat_deg);
    if (status == VG_OK) {
        status = read_degrees(reader, node->last, 180, &lon_deg);
    }
    if (status == VG_OK) {
        *out_lat_deg = lat_deg;
        *out_lon_deg = lon_deg;
    }
    return status;
}

enum vg_status vg_fields_choice(const struct vg_reader *reader, const struct vg_yaml *node,
                                const char *what, const char *names, size_t stride_bytes,
                                int n_names, int *out)
{
    enum vg_status status = vg_fields_expect(reader, node, VG_YAML_TEXT);
    if (status != VG_OK) {
        return status;
    }
    const char *list[MAX_NAMES];
    int n = n_names < MAX_NAMES ? n_names : MAX_NAMES;
    for (int i = 0; i < n_names; i++) {
        const char *name = names + (size_t)i * stride_bytes;
        if (strcmp(name, node->text) == 0) {
            *out = i;
            return VG_OK;
        }
        if (i < n) {
            list[i] = name;
        }
    }
    int k = vg_text_nearest(node->text, list, n);
    if (k >= 0) {
        return vg_fail_at(reader->err, reader->place, node->line, node->column,
                          "no %s is named \"%s\"; did you mean \"%s\"?", what, node->text, list[k]);
    }
    return vg_fail_at(reader->err, reader->place, node->line, node->column, "no %s is named \"%s\"",
                      what, node->text);
}

static enum vg_status read_field(const struct vg_reader *reader, const struct vg_yaml *node,
                                 const struct vg_field *field, void *base)
{
    if (field->kind == VG_F_OTHER) {
        return VG_OK; /* base may be NULL */
    }
    char *to = (char *)base + field->offset;
    switch (field->kind) {
    case VG_F_OTHER:
        break;
    case VG_F_TEXT:
        return vg_fields_text(reader, node, to, field->size_bytes);
    case VG_F_INT: {
        double lo = 0;
        double hi = 0;
        int value = 0;
        if (!vg_fields_decimal(field->lo, &lo) || !vg_fields_decimal(field->hi, &hi)) {
            return vg_fail(reader->err, VG_E_INTERNAL, "bad table of fields");
        }
        enum vg_status status = vg_fields_int(reader, node, (int)lo, (int)hi, &value);
        memcpy(to, &value, status == VG_OK ? sizeof value : 0);
        return status;
    }
    case VG_F_DURATION:
    case VG_F_LENGTH:
    case VG_F_SPEED:
    case VG_F_ANGLE:
    case VG_F_SHARE:
    case VG_F_RATE: {
        double value = 0;
        enum vg_status status = vg_fields_quantity(reader, node, field, &value);
        memcpy(to, &value, status == VG_OK ? sizeof value : 0);
        return status;
    }
    }
    return VG_E_INTERNAL;
}

enum vg_status vg_fields_read(const struct vg_reader *reader, const struct vg_yaml *map,
                              const struct vg_field *fields, int n_fields, void *base)
{
    enum vg_status status = vg_fields_expect(reader, map, VG_YAML_MAP);
    if (status == VG_OK) {
        status = check_keys(reader, map, fields, n_fields);
    }
    for (int i = 0; i < n_fields && status == VG_OK; i++) {
        const struct vg_field *field = &fields[i];
        const struct vg_yaml *node = vg_yaml_find(map, field->key);
        struct vg_yaml instead = {.kind = VG_YAML_TEXT, .text = field->fallback, .key = field->key};
        if (node == NULL && field->fallback == NULL) {
            return vg_fail_at(reader->err, reader->place, map->line, map->column,
                              "\"%s\" is missing", field->key);
        }
        if (node == NULL && field->fallback[0] == '\0') {
            continue; /* absent text stays "", absent others are their owner's */
        }
        status = read_field(reader, node != NULL ? node : &instead, field, base);
    }
    return status;
}
