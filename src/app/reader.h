/* Reading a drone's parameters and flight logs on request, one drone at a time: beside what flies,
 * at the lowest urgency (its requests wait behind commands and missions). docs/api.md, "Reading a
 * drone".
 *
 * Loop thread. Memory: about 250 KB from the first request on.
 */
#ifndef VG_APP_READER_H
#define VG_APP_READER_H

#include "base/text.h"
#include "fly/director.h"

struct vg_reader;

enum vg_reading {
    VG_READING_NOTHING = 0,
    VG_READING_PARAMS,
    VG_READING_LOGS, /* what logs there are */
    VG_READING_LOG /* one of them, into a file */
};

struct vg_reader_options {
    int our_sysid;
    const char *folder; /* logs are written there; borrowed while it lives */
    enum vg_lang lang;
    void (*send)(void *ctx, int drone, const struct vg_mav_msg *msg);
    void *ctx;
};

struct vg_reader_wish {
    enum vg_reading what;
    int drone;
    const char *drone_id; /* for the file's name */
    const struct vg_vehicle *vehicle;
    int log; /* index, for VG_READING_LOG */
};

enum vg_status vg_reader_create(const struct vg_reader_options *options, struct vg_reader **out,
                                struct vg_error *err) VG_MUST_USE;
void vg_reader_destroy(struct vg_reader *self);
/* VG_E_FULL: another is being read; VG_E_INVALID: the drone was never heard, or has no such log;
 * VG_E_IO: the file cannot be made. */
enum vg_status vg_reader_start(struct vg_reader *self, const struct vg_reader_wish *wish,
                               struct vg_us now, struct vg_error *err) VG_MUST_USE;
/* `self` may be NULL in all that follow: nothing was ever read. */
void vg_reader_feed(struct vg_reader *self, int drone, const struct vg_mav_msg *msg,
                    struct vg_us now);
void vg_reader_step(struct vg_reader *self, struct vg_us now);
void vg_reader_params_json(const struct vg_reader *self, int drone, struct vg_buf *out);
void vg_reader_logs_json(const struct vg_reader *self, int drone, struct vg_buf *out);

#endif
