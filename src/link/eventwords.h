/* The words of events (mavevent.h): the metadata of an autopilot's version as a compact table, and
 * the text of one event made with it and the event's arguments.
 *
 *   .json or .json.xz ─► vg_event_words_read ─► table ─► vg_event_words_text(event) ─► text
 *
 * What cannot be understood (an event without a message, an argument of unknown type) is left out
 * or shown as "(unknown)"; the rest serves. Texts are the autopilot's, in English.
 *
 * Memory: a table of PX4's takes well under 1 MB; bounded by VG_EVENT_TABLE_MAX. Threads: a table
 * does not change; any may read it.
 * Source: mavlink/libevents, README.md (format of messages), validation/schema.json,
 * libs/cpp/parse/parser.cpp.
 */
#ifndef VG_LINK_EVENTWORDS_H
#define VG_LINK_EVENTWORDS_H

#include "base/bytes.h"
#include "base/status.h"
#include "link/mavevent.h"

enum {
    VG_EVENT_FILE_MAX = 512 * 1024, /* bytes, as the drone holds it; PX4's has some 50 KB */
    VG_EVENT_JSON_MAX = 4 * 1024 * 1024, /* unpacked */
    VG_EVENT_TABLE_MAX = 8 * 1024 * 1024,
    VG_EVENT_TEXT_SIZE = 512
};

struct vg_event_words;

/* Read a file of metadata, packed or not. `place` names it in errors. VG_E_FORMAT, VG_E_NO_MEMORY.
 * Owned by the caller: vg_event_words_destroy, which takes NULL. */
enum vg_status vg_event_words_read(struct vg_bytes file, const char *place,
                                   struct vg_event_words **out, struct vg_error *err) VG_MUST_USE;
void vg_event_words_destroy(struct vg_event_words *self);
int vg_event_words_count(const struct vg_event_words *self);

/* Is this event for people? Not the summaries of a protocol, not groups that nobody here knows
 * ("A UI should not display unknown groups"), not calibration. What is not in the table is: its
 * number is all there is to show. */
bool vg_event_words_is_shown(const struct vg_event_words *self, uint32_t id);

/* The short text of an event, or what is to be known beyond it. `profile`: whom <profile> parts
 * are for; NULL: those who fly ("normal"). False: the table (NULL allowed) has no such event; out
 * is then "". */
bool vg_event_words_text(const struct vg_event_words *self, const struct vg_mavevent *event,
                         const char *profile, char out[VG_EVENT_TEXT_SIZE]);
bool vg_event_words_more(const struct vg_event_words *self, const struct vg_mavevent *event,
                         const char *profile, char out[VG_EVENT_TEXT_SIZE]);

#endif
