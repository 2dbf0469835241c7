/* The station: wires plan, links, watch, record and page together on one loop.
 *
 *   sockets ─► links ─► director ─► events ─► record + watch ─► page
 *                 ▲         │          ▲
 *                 └─ send ──┘          └── sight (1 Hz a drone), rules
 *
 * Loop thread only. Everything that happened goes through vg_station_event, in order: appended to
 * the record and folded into the watch at once; answers to people wait until it is on disk.
 */
#ifndef VG_APP_STATION_H
#define VG_APP_STATION_H

#include "app/app.h"
#include "app/moments.h"
#include "app/options.h"
#include "app/planning.h"
#include "app/reader.h"
#include "app/station_links.h"
#include "app/station_tracks.h"
#include "app/station_traffic.h"
#include "base/sha256.h"
#include "base/time.h"
#include "fly/director.h"
#include "io/clock.h"
#include "io/process.h"
#include "io/signals.h"
#include "io/timer.h"
#include "io/work.h"
#include "record/record.h"
#include "serve/server.h"
#include "watch/rules.h"
#include "watch/sight.h"

enum {
    VG_STATION_SYSID = 255,
    VG_STATION_PENDING_MAX = 64
};

/* An answer that waits for its event to be on disk. */
struct vg_station_pending {
    int64_t seq;
    struct vg_reply_id reply;
    struct vg_buf body;
};

struct vg_station_options {
    const char *watch_path;
    const char *plan_path; /* NULL: plan afresh */
    double plan_time_s; /* and look for a better one so long; 0: the first will do */
    const char *record_path; /* NULL: the watch's */
    const char *listen; /* NULL: the watch's */
    bool is_sim;
    bool must_ask;
    double speed;
    double for_s; /* wall time; 0: until told */
    int64_t seed;
    int64_t port_base; /* 0: the watch's links */
    int64_t
        sim_ports; /* where the simulated fleet sends instead (a relay in between); 0: port_base */
    const struct vg_option_list *faults;
    const char *autopilot; /* what the simulated fleet speaks; NULL: ArduPilot */
    const char *scenario; /* file of more of them; NULL: none */
    int64_t intruders; /* simulated parties on the ground */
    const char *truth; /* file for where they truly are; NULL: none */
};

struct vg_station_counts {
    uint64_t n_refused; /* outgoing messages that the allow-list held back */
    uint64_t n_unroutable; /* nobody heard yet at that drone's link */
    uint64_t n_events;
    uint64_t n_event_errors;
    int64_t loop_max_us; /* longest tick */
    int64_t away_us; /* time the loop was blocked or the machine slept */
};

struct vg_station {
    const struct vg_app *app;
    struct vg_station_options options;
    struct vg_watchfile watchfile;
    struct vg_plan *plan; /* in force */
    bool is_plan_kept; /* it lies beside the record */
    struct vg_station_replan *replan; /* changes of it; NULL until the first */
    struct vg_terrain *terrain;
    struct vg_strip *strip;
    struct vg_watch watch;
    struct vg_sight sight;
    struct vg_director *director;
    struct vg_record *record;
    char record_path[1100];
    struct vg_us epoch; /* of the plan */
    struct vg_us begins; /* no flight was due before */
    struct vg_clock clock;
    struct vg_us now; /* of this tick */
    uv_loop_t loop;
    bool has_loop;
    struct vg_server *server;
    struct vg_work *work;
    struct vg_past *past; /* the moments' once there are any */
    struct vg_moments *moments;
    struct vg_planning *planning;
    struct vg_reader *reader; /* of parameters and logs; NULL until asked */
    char reader_folder[1120];
    struct vg_station_traffic *traffic; /* NULL: the watch has none */
    struct vg_station_tracks *tracks;
    struct vg_timer *timer;
    struct vg_signals *signals;
    struct vg_process *sim;
    struct vg_station_link *links;
    int n_links;
    struct vg_station_drone *drones;
    struct vg_station_router routers[VG_WF_ROUTERS];
    int n_routers;
    struct vg_station_pending pending[VG_STATION_PENDING_MAX];
    int n_pending;
    int64_t delta_seq;
    int64_t last_tick_mono_us;
    int64_t last_delta_mono_us;
    int64_t last_rules_mono_us;
    int64_t last_catch_up_mono_us;
    int64_t end_mono_us; /* 0: none */
    struct vg_buf scratch;
    bool is_stopping;
    bool has_record_alert;
    int exit_code;
    struct vg_station_counts counts;
};

/* station.c */
int vg_station_run(const struct vg_app *app, const struct vg_station_options *options);
void vg_station_stop(struct vg_station *self);
/* station_events.c */
enum vg_status vg_station_open_record(struct vg_station *self, struct vg_error *err) VG_MUST_USE;
void vg_station_event(void *self, const char *kind, const char *body, size_t n);
void vg_station_alert(void *self, const char *kind, const char *level, int drone,
                      const char *params);
void vg_station_alert_over(void *self, const char *kind, int drone);
/* station_tick.c */
void vg_station_tick(void *self);
/* station_api.c */
/* Where a line lies on the chart's axis (m); negative: nowhere. */
double vg_station_axis_m(void *self, const char *line);
void vg_station_get(void *self, const char *path, const char *query, struct vg_reply *reply);
void vg_station_post(void *self, const char *path, const char *body, size_t n,
                     struct vg_reply *reply);
void vg_station_hello(void *self, struct vg_buf *out);
void vg_station_answer_durable(struct vg_station *self);
/* station_replan.c */
void vg_station_step_replan(struct vg_station *self);
/* After a restart: the plan that the last change left, if the record ends under it. */
void vg_station_restore_plan(struct vg_station *self, const char *sha256);
/* Looks for a plan better than the first for options.plan_time_s and keeps it beside the record,
 * for restarts to go on with. out_sha256: its; "" where the first stays: asked for, or not kept. */
enum vg_status vg_station_better_plan(struct vg_station *self, char out_sha256[VG_SHA256_HEX_SIZE],
                                      struct vg_error *err) VG_MUST_USE;
void vg_station_plan_path(const struct vg_station *self, char *out, size_t size_bytes);
/* Of the plan in force or of one that some flight is still under; n: length of the id. */
const struct vg_plan_sortie *vg_station_find_sortie(const struct vg_station *self, const char *id,
                                                    size_t n);
void vg_station_drop_plans(struct vg_station *self);
/* station_summary.c */
void vg_station_summary(struct vg_station *self, FILE *to);

#endif
