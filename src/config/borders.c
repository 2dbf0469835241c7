#include "config/borders.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_COUNTRIES = 300,
    FOLDED_SIZE = 64
};

struct country {
    const char *code;
    const char *name[VG_LANG_COUNT];
};

struct list {
    struct country countries[MAX_COUNTRIES];
    int n;
    json_t *borders;
};

/* Letters and digits alone, in small, without accents: "Côte d’Ivoire" and "cote d'ivoire" become
 * "cotedivoire". Of other scripts nothing is left. */
static void fold(const char *text, size_t n, char out[FOLDED_SIZE])
{
    /* U+00C0 to U+00FF, UTF-8 C3 80 to C3 BF */
    static const char LATIN[] = "aaaaaaaceeeeiiiidnooooo-ouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuyty";
    size_t k = 0;
    for (size_t i = 0; i < n && k < FOLDED_SIZE - 1; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == 0xc3 && i + 1 < n) {
            unsigned char d = (unsigned char)text[++i];
            c = d >= 0x80 && d < 0xc0 ? (unsigned char)LATIN[d - 0x80] : '-';
        }
        bool is_capital = c >= 'A' && c <= 'Z';
        if (is_capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out[k++] = (char)(is_capital ? c - 'A' + 'a' : c);
        }
    }
    out[k] = '\0';
}

static bool is_named(const struct country *country, const char *folded)
{
    char own[FOLDED_SIZE];
    fold(country->code, strlen(country->code), own);
    if (strcmp(own, folded) == 0) {
        return true;
    }
    for (int lang = 0; lang < VG_LANG_COUNT; lang++) {
        fold(country->name[lang], strlen(country->name[lang]), own);
        if (strcmp(own, folded) == 0) {
            return true;
        }
    }
    return false;
}

static const struct country *find_country(const struct list *list, const char *text, size_t n)
{
    char folded[FOLDED_SIZE];
    fold(text, n, folded);
    for (int i = 0; folded[0] != '\0' && i < list->n; i++) {
        if (is_named(&list->countries[i], folded)) {
            return &list->countries[i];
        }
    }
    return NULL;
}

static const struct country *nearest_country(const struct list *list, enum vg_lang lang,
                                             const char *text, size_t n)
{
    char folded[MAX_COUNTRIES][FOLDED_SIZE];
    const char *names[MAX_COUNTRIES];
    char word[FOLDED_SIZE];
    fold(text, n, word);
    for (int i = 0; i < list->n; i++) {
        const char *name = list->countries[i].name[lang];
        fold(name, strlen(name), folded[i]);
        names[i] = folded[i];
    }
    int k = vg_text_nearest(word, names, list->n);
    return k >= 0 ? &list->countries[k] : NULL;
}

static enum vg_status fail_list(const char *place, struct vg_error *err)
{
    return vg_fail_at(err, place, 0, 0, "not a list of borders that this version reads");
}

/* The names stay the document's. */
static enum vg_status read_list(const json_t *document, const char *place, struct list *out,
                                struct vg_error *err)
{
    const char *format = json_string_value(json_object_get(document, "format"));
    json_t *countries = json_object_get(document, "countries");
    out->borders = json_object_get(document, "borders");
    if (format == NULL || strcmp(format, "vigie-borders/1") != 0 || !json_is_object(out->borders) ||
        json_object_size(countries) > MAX_COUNTRIES) {
        return fail_list(place, err);
    }
    const char *code;
    json_t *names;
    json_object_foreach(countries, code, names)
    {
        struct country *c = &out->countries[out->n];
        *c = (struct country){.code = code};
        c->name[VG_LANG_EN] = json_string_value(json_object_get(names, "en"));
        c->name[VG_LANG_FR] = json_string_value(json_object_get(names, "fr"));
        if (strlen(code) != 2 || c->name[VG_LANG_EN] == NULL || c->name[VG_LANG_FR] == NULL) {
            return fail_list(place, err);
        }
        out->n++;
    }
    return VG_OK;
}

/* A hyphen may part the countries or stand in a name (Guinea-Bissau): the first cut at which both
 * sides are countries is taken. If none fits, out_cut is the last separator. */
static bool split_query(const struct list *list, const char *query, const struct country *out[2],
                        const char **out_cut)
{
    *out_cut = NULL;
    for (const char *p = query; *p != '\0'; p++) {
        if (*p != '-' && *p != '/' && *p != ',') {
            continue;
        }
        *out_cut = p;
        out[0] = find_country(list, query, (size_t)(p - query));
        out[1] = find_country(list, p + 1, strlen(p + 1));
        if (out[0] != NULL && out[1] != NULL) {
            return true;
        }
    }
    return false;
}

static enum vg_status fail_country(const struct list *list, enum vg_lang lang, const char *text,
                                   size_t n, struct vg_error *err)
{
    char word[FOLDED_SIZE];
    vg_format(word, sizeof word, "%.*s", (int)(n < FOLDED_SIZE ? n : FOLDED_SIZE - 1), text);
    const struct country *near = nearest_country(list, lang, text, n);
    if (near != NULL) {
        return vg_fail(err, VG_E_NOT_FOUND,
                       "no country with a land border is named \"%s\"; did you mean \"%s\" (%s)?",
                       word, near->name[lang], near->code);
    }
    return vg_fail(err, VG_E_NOT_FOUND, "no country with a land border is named \"%s\"", word);
}

static enum vg_status fail_query(const struct list *list, enum vg_lang lang, const char *query,
                                 const char *cut, struct vg_error *err)
{
    if (cut == NULL) {
        return vg_fail(err, VG_E_NOT_FOUND,
                       "name two countries, such as \"ML-SN\" or \"Mali-Senegal\", not \"%s\"",
                       query);
    }
    if (find_country(list, query, (size_t)(cut - query)) == NULL) {
        return fail_country(list, lang, query, (size_t)(cut - query), err);
    }
    return fail_country(list, lang, cut + 1, strlen(cut + 1), err);
}

static enum vg_status fail_pair(const struct list *list, enum vg_lang lang,
                                const struct country *const pair[2], struct vg_error *err)
{
    struct vg_buf neighbours = {0};
    for (int i = 0; i < list->n; i++) {
        const char *other = list->countries[i].code;
        char key[2][8];
        vg_format(key[0], sizeof key[0], "%s-%s", pair[0]->code, other);
        vg_format(key[1], sizeof key[1], "%s-%s", other, pair[0]->code);
        if (json_object_get(list->borders, key[0]) != NULL ||
            json_object_get(list->borders, key[1]) != NULL) {
            vg_buf_printf(&neighbours, "%s%s", neighbours.n > 0 ? ", " : "",
                          list->countries[i].name[lang]);
        }
    }
    vg_fail(err, VG_E_NOT_FOUND, "%s and %s share no land border; %s borders: %s",
            pair[0]->name[lang], pair[1]->name[lang], pair[0]->name[lang],
            vg_buf_text(&neighbours));
    vg_buf_finish(&neighbours);
    return VG_E_NOT_FOUND;
}

static enum vg_status write_geojson(const json_t *lines, const char *place, const char *name,
                                    struct vg_buf *out, struct vg_error *err)
{
    char *coordinates = json_dumps(lines, JSON_COMPACT | JSON_REAL_PRECISION(10));
    if (coordinates == NULL || !json_is_array(lines)) {
        return fail_list(place, err);
    }
    vg_buf_puts(out, "{\"type\":\"FeatureCollection\",\"features\":[\n"
                     "{\"type\":\"Feature\",\"properties\":{\"name\":");
    vg_buf_json(out, name);
    vg_buf_puts(out, "},\"geometry\":{\"type\":\"MultiLineString\",\"coordinates\":");
    vg_buf_puts(out, coordinates);
    vg_buf_puts(out, "}}]}\n");
    free(coordinates);
    return out->is_failed ? vg_no_memory(err) : VG_OK;
}

static enum vg_status find_in(const struct list *list, const char *place, const char *query,
                              enum vg_lang lang, struct vg_border *out, struct vg_buf *out_geojson,
                              struct vg_error *err)
{
    const struct country *pair[2] = {NULL, NULL};
    const char *cut = NULL;
    if (!split_query(list, query, pair, &cut)) {
        return fail_query(list, lang, query, cut, err);
    }
    struct vg_border border;
    int first = strcmp(pair[0]->code, pair[1]->code) < 0 ? 0 : 1;
    vg_format(border.key, sizeof border.key, "%s-%s", pair[first]->code, pair[1 - first]->code);
    vg_format(border.name, sizeof border.name, "%s - %s", pair[0]->name[lang], pair[1]->name[lang]);
    const json_t *lines = json_object_get(list->borders, border.key);
    if (lines == NULL) {
        return fail_pair(list, lang, pair, err);
    }
    enum vg_status status = write_geojson(lines, place, border.name, out_geojson, err);
    if (status == VG_OK) {
        *out = border;
    }
    return status;
}

enum vg_status vg_border_find(const char *list, size_t n, const char *place, const char *query,
                              enum vg_lang lang, struct vg_border *out, struct vg_buf *out_geojson,
                              struct vg_error *err)
{
    json_t *document = NULL;
    enum vg_status status = vg_json_parse(list, n, place, &document, err);
    if (status != VG_OK) {
        return status;
    }
    struct list read = {0};
    status = read_list(document, place, &read, err);
    if (status == VG_OK) {
        status = find_in(&read, place, query, lang, out, out_geojson, err);
    }
    json_decref(document);
    return status;
}
