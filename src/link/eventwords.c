#include "base/json.h"
#include "base/xz.h"
#include "link/eventwords_priv.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct vg_event_words *words;
    bool has_failed; /* no memory, or the table is full */
};

static const struct {
    const char *name;
    int size_bytes;
} TYPES[VG_EVENT_TYPE_COUNT] = {
    [VG_EVENT_TYPE_NONE] = {"", 0},  [VG_EVENT_U8] = {"uint8_t", 1},
    [VG_EVENT_I8] = {"int8_t", 1},   [VG_EVENT_U16] = {"uint16_t", 2},
    [VG_EVENT_I16] = {"int16_t", 2}, [VG_EVENT_U32] = {"uint32_t", 4},
    [VG_EVENT_I32] = {"int32_t", 4}, [VG_EVENT_U64] = {"uint64_t", 8},
    [VG_EVENT_I64] = {"int64_t", 8}, [VG_EVENT_FLOAT] = {"float", 4},
};

int vg_event_type_size(enum vg_event_type type)
{
    return TYPES[type].size_bytes;
}

static enum vg_event_type type_of(const char *name)
{
    for (int k = VG_EVENT_U8; k < VG_EVENT_TYPE_COUNT; k++) {
        if (name != NULL && strcmp(TYPES[k].name, name) == 0) {
            return (enum vg_event_type)k;
        }
    }
    return VG_EVENT_TYPE_NONE;
}

static const char *member(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key)); /* NULL: not there, or no text */
}

static const char *keep(struct reading *self, const char *text)
{
    const char *kept = vg_arena_text(&self->words->arena, text != NULL ? text : "");
    self->has_failed |= kept == NULL;
    return kept;
}

static void *keep_array(struct reading *self, size_t n, size_t size_bytes)
{
    void *array = n > 0 ? vg_arena_calloc(&self->words->arena, n, size_bytes) : NULL;
    self->has_failed |= n > 0 && array == NULL;
    return array;
}

/* ---- enums ---- */

static void read_enum(struct reading *self, const char *space, const char *name, json_t *doc)
{
    struct vg_event_enum *e = &self->words->enums[self->words->n_enums];
    json_t *entries = json_object_get(doc, "entries");
    const char *separator = member(doc, "separator");
    const char *key;
    json_t *entry;
    *e = (struct vg_event_enum){
        .space = space,
        .name = keep(self, name),
        .type = type_of(member(doc, "type")),
        .is_bitfield = json_is_true(json_object_get(doc, "is_bitfield")),
        .separator = keep(self, separator != NULL ? separator : "|"),
        .entries = keep_array(self, json_object_size(entries), sizeof *e->entries)};
    if (self->has_failed) {
        return;
    }
    self->words->n_enums++;
    json_object_foreach(entries, key, entry)
    {
        char *end;
        uint64_t value = strtoull(key, &end, 0);
        const char *text = member(entry, "description");
        text = text != NULL ? text : member(entry, "name");
        if (end != key && *end == '\0' && text != NULL && !self->has_failed) {
            e->entries[e->n_entries++] = (struct vg_event_entry){value, keep(self, text)};
        }
    }
}

static void read_enums(struct reading *self, json_t *components)
{
    const char *key;
    json_t *component;
    size_t n = 0;
    json_object_foreach(components, key, component)
    {
        n += json_object_size(json_object_get(component, "enums"));
    }
    self->words->enums = keep_array(self, n, sizeof *self->words->enums);
    json_object_foreach(components, key, component)
    {
        const char *space = keep(self, member(component, "namespace"));
        const char *name;
        json_t *doc;
        json_object_foreach(json_object_get(component, "enums"), name, doc)
        {
            if (!self->has_failed) {
                read_enum(self, space, name, doc);
            }
        }
    }
}

/* "namespace::name", or a name of the event's own namespace. */
static const struct vg_event_enum *find_enum(const struct vg_event_words *words, const char *space,
                                             const char *full)
{
    const char *colons = strstr(full, "::");
    size_t n_space = colons != NULL ? (size_t)(colons - full) : strlen(space);
    const char *name = colons != NULL ? colons + 2 : full;
    space = colons != NULL ? full : space;
    for (int i = 0; i < words->n_enums; i++) {
        const struct vg_event_enum *e = &words->enums[i];
        if (strcmp(e->name, name) == 0 && strlen(e->space) == n_space &&
            memcmp(e->space, space, n_space) == 0) {
            return e;
        }
    }
    return NULL;
}

/* ---- events ---- */

static void read_arguments(struct reading *self, const char *space, json_t *list,
                           struct vg_event_entry_words *event)
{
    size_t n = json_array_size(list);
    event->n_arguments = (int)(n < VG_MAVEVENT_ARGUMENTS ? n : VG_MAVEVENT_ARGUMENTS);
    event->arguments = keep_array(self, (size_t)event->n_arguments, sizeof *event->arguments);
    for (int i = 0; i < event->n_arguments && !self->has_failed; i++) {
        const char *type = member(json_array_get(list, (size_t)i), "type");
        struct vg_event_argument *a = &event->arguments[i];
        a->type = type_of(type);
        a->words = a->type == VG_EVENT_TYPE_NONE && type != NULL
                       ? find_enum(self->words, space, type)
                       : NULL;
        a->type = a->words != NULL ? a->words->type : a->type;
    }
}

static bool is_shown_group(const char *group)
{
    return strcmp(group, "default") == 0 || strcmp(group, "health") == 0 ||
           strcmp(group, "arming_check") == 0;
}

static void read_group(struct reading *self, uint32_t component_id, const char *space,
                       const char *group, json_t *events)
{
    const char *key;
    json_t *doc;
    json_object_foreach(events, key, doc)
    {
        char *end;
        unsigned long sub_id = strtoul(key, &end, 10);
        const char *message = member(doc, "message");
        const char *type = member(doc, "type");
        bool is_sound = end != key && *end == '\0' && sub_id < 1ul << 24 && message != NULL;
        if (!is_sound || self->has_failed) {
            continue;
        }
        struct vg_event_entry_words *e = &self->words->events[self->words->n_events];
        e->id = component_id << 24 | (uint32_t)sub_id;
        e->is_shown = is_shown_group(group) && (type == NULL || strcmp(type, "summary") != 0);
        e->message = keep(self, message);
        e->description = keep(self, member(doc, "description"));
        read_arguments(self, space, json_object_get(doc, "arguments"), e);
        self->words->n_events += !self->has_failed;
    }
}

static size_t count_events(json_t *components)
{
    const char *key;
    const char *group;
    json_t *component;
    json_t *doc;
    size_t n = 0;
    json_object_foreach(components, key, component)
    {
        json_object_foreach(json_object_get(component, "event_groups"), group, doc)
        {
            n += json_object_size(json_object_get(doc, "events"));
        }
    }
    return n;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const struct vg_event_entry_words *)a)->id;
    uint32_t y = ((const struct vg_event_entry_words *)b)->id;
    return (x > y) - (x < y);
}

static void read_events(struct reading *self, json_t *components)
{
    struct vg_event_words *w = self->words;
    const char *key;
    const char *group;
    json_t *component;
    json_t *doc;
    w->events = keep_array(self, count_events(components), sizeof *w->events);
    json_object_foreach(components, key, component)
    {
        char *end;
        unsigned long id = strtoul(key, &end, 10);
        const char *space = member(component, "namespace");
        if (end == key || *end != '\0' || id > 255 || space == NULL) {
            continue;
        }
        json_object_foreach(json_object_get(component, "event_groups"), group, doc)
        {
            read_group(self, (uint32_t)id, space, group, json_object_get(doc, "events"));
        }
    }
    if (w->n_events > 0) {
        qsort(w->events, (size_t)w->n_events, sizeof *w->events, by_id);
    }
}

static enum vg_status read_json(const char *text, size_t n, const char *place,
                                struct vg_event_words **out, struct vg_error *err)
{
    json_t *doc;
    double version;
    enum vg_status st = vg_json_parse(text, n, place, &doc, err);
    if (st != VG_OK) {
        return st;
    }
    st = vg_json_number(doc, "version", 1, 1e9, &version, err);
    struct reading self = {.words = st == VG_OK ? calloc(1, sizeof *self.words) : NULL};
    if (self.words != NULL) {
        json_t *components = json_object_get(doc, "components");
        self.words->arena.limit_bytes = VG_EVENT_TABLE_MAX;
        read_enums(&self, components);
        if (!self.has_failed) {
            read_events(&self, components);
        }
    }
    json_decref(doc);
    if (st == VG_OK && (self.words == NULL || self.has_failed)) {
        vg_event_words_destroy(self.words);
        return vg_no_memory(err);
    }
    *out = self.words;
    return st;
}

enum vg_status vg_event_words_read(struct vg_bytes file, const char *place,
                                   struct vg_event_words **out, struct vg_error *err)
{
    struct vg_buf json = {0};
    enum vg_status st = VG_OK;
    *out = NULL;
    if (vg_xz_is(file)) {
        st = vg_xz_unpack(file, VG_EVENT_JSON_MAX, &json, err);
    } else if (file.n > VG_EVENT_JSON_MAX) {
        st = vg_fail(err, VG_E_FORMAT, "%s: longer than %d bytes", place, VG_EVENT_JSON_MAX);
    } else {
        vg_buf_add(&json, file.data, file.n);
    }
    if (st == VG_OK) {
        st = read_json(vg_buf_text(&json), json.n, place, out, err);
    }
    vg_buf_finish(&json);
    return st;
}

void vg_event_words_destroy(struct vg_event_words *self)
{
    if (self != NULL) {
        vg_arena_finish(&self->arena);
        free(self);
    }
}

int vg_event_words_count(const struct vg_event_words *self)
{
    return self->n_events;
}

const struct vg_event_entry_words *vg_event_find(const struct vg_event_words *self, uint32_t id)
{
    const struct vg_event_entry_words key = {.id = id};
    return self == NULL || self->n_events == 0
               ? NULL
               : bsearch(&key, self->events, (size_t)self->n_events, sizeof key, by_id);
}

bool vg_event_words_is_shown(const struct vg_event_words *self, uint32_t id)
{
    const struct vg_event_entry_words *e = vg_event_find(self, id);
    return e == NULL || e->is_shown;
}
