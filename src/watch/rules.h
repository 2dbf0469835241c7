/* What needs a person now: the watch looked at against its promise.
 *
 * In:  the state and the time. Out: `alert` events through the caller, who records and applies each
 * at once.
 *
 * | alert | opens | closes by itself |
 * | --- | --- | --- |
 * | unseen | bins of one line, side by side (gaps under 4 km joined), older than their wanted
 * revisit | all seen again | | stale | a flying drone silent for 3 s (link "stale") | heard again,
 * or lost | | lost | link "lost" while it should be in the air | heard again | | battery | in the
 * air under 15 % | landed, charged | | track | track_rules.h | there |
 *
 * Threads: pure.
 */
#ifndef VG_WATCH_RULES_H
#define VG_WATCH_RULES_H

#include "watch/watch.h"

typedef void (*vg_rules_emit_fn)(void *ctx, const char *kind, const char *body, size_t n);

/* A whole alert. */
struct vg_rules_draft {
    const char *id; /* NULL: a new one */
    const char *kind;
    const char *level;
    const char *state;
    const char *by;
    int64_t t_us;
    double lat_deg;
    double lon_deg;
    const char *params; /* NULL: unchanged */
};
void vg_rules_send(struct vg_watch *watch, const struct vg_rules_draft *draft,
                   vg_rules_emit_fn emit, void *ctx);

void vg_rules_step(struct vg_watch *watch, struct vg_us now, vg_rules_emit_fn emit, void *ctx);

/* One alert by name, for the station's own findings ("mission_failed", "refused", "late_launch",
 * "record"): opens it, or refreshes the open one of the same kind and key. `params` is a JSON
 * object text; `key` is compared with params.drone (or "" for none). */
void vg_rules_raise(struct vg_watch *watch, const char *kind, const char *level, const char *key,
                    const char *params, double lat_deg, double lon_deg, struct vg_us now,
                    vg_rules_emit_fn emit, void *ctx);
/* New parameters for the open alert of that kind and key, if there is one. */
void vg_rules_renew(struct vg_watch *watch, const char *kind, const char *key, const char *params,
                    vg_rules_emit_fn emit, void *ctx);
/* Close the open alert of that kind and key, if there is one. */
void vg_rules_close(struct vg_watch *watch, const char *kind, const char *key, const char *by,
                    vg_rules_emit_fn emit, void *ctx);
/* The same by id: state "taken" or "closed". */
enum vg_status vg_rules_set(struct vg_watch *watch, const char *id, const char *state,
                            const char *by, vg_rules_emit_fn emit, void *ctx,
                            struct vg_error *err) VG_MUST_USE;

#endif
