/* The table, shared by its reader (eventwords.c) and its writer of texts (eventtext.c). */
#ifndef VG_LINK_EVENTWORDS_PRIV_H
#define VG_LINK_EVENTWORDS_PRIV_H

#include "base/arena.h"
#include "link/eventwords.h"

enum vg_event_type {
    VG_EVENT_TYPE_NONE = 0,
    VG_EVENT_U8,
    VG_EVENT_I8,
    VG_EVENT_U16,
    VG_EVENT_I16,
    VG_EVENT_U32,
    VG_EVENT_I32,
    VG_EVENT_U64,
    VG_EVENT_I64,
    VG_EVENT_FLOAT,
    VG_EVENT_TYPE_COUNT
};

struct vg_event_entry {
    uint64_t value;
    const char *text;
};

struct vg_event_enum {
    const char *space; /* namespace */
    const char *name;
    enum vg_event_type type;
    bool is_bitfield;
    const char *separator;
    int n_entries;
    struct vg_event_entry *entries;
};

struct vg_event_argument {
    enum vg_event_type type;
    const struct vg_event_enum *words; /* NULL: a number */
};

struct vg_event_entry_words {
    uint32_t id;
    bool is_shown;
    const char *message;
    const char *description; /* "" where there is none */
    int n_arguments;
    struct vg_event_argument *arguments;
};

struct vg_event_words {
    struct vg_arena arena; /* of all that is pointed to */
    int n_enums;
    struct vg_event_enum *enums;
    int n_events;
    struct vg_event_entry_words *events; /* by id */
};

/* Bytes of a value on the wire; 0: none. */
int vg_event_type_size(enum vg_event_type type);
const struct vg_event_entry_words *vg_event_find(const struct vg_event_words *self, uint32_t id);

#endif
