/* The state of the watch: a fold over the ordered events of the record.
 *
 * In:  events (time, kind, JSON body), live or from a record: the same events give the same state.
 * Out: the state (this header), its views for the page (view.h) and what should be said about it
 * (rules.h).
 *
 * | kind | body |
 * | --- | --- |
 * | `watch` | the static description (shape.h, describe.h); a different one starts the memory
 * afresh | | `plan` | the plan file; kept for replay, not looked at here | | `start`, `stop` | the
 * station's own coming and going; start_us is the first `start` | | `drone` | `{"id", ...}`: any of
 * state, phase, link, mode, armed, sortie, next, next_us, note, heard_us, signed, links | | `pose`
 * |
 * `{"d","lat","lon","alt","agl","hdg","spd","bat","line","s","fp":[[lon,lat]...],"saw":[c0,c1,r0,r1,cm,...]}`:
 * once a second a drone; `saw`: columns [c0, c1) rows [r0, r1) came into view at cm centimetres a
 * pixel (0: not known); `dark`: too dark for the camera | | `sortie` | a whole sortie
 * (docs/api.md); also "from_m", "to_m", "line": what it is to sweep | | `alert` | a whole alert | |
 * `track` | the last word on an object on the ground (tracks.h) | | `act` |
 * `{"by","what","target"}`: who asked for what; kept, not looked at | | others | kept in the
 * record, passed by |
 *
 * A body that is not what its kind says gives an error and changes nothing; the fold goes on.
 *
 * Threads: loop thread, or any one thread. Memory: grows with the chart's history (pruned at
 * keep_s) and sorties; fixed per drone.
 */
#ifndef VG_WATCH_WATCH_H
#define VG_WATCH_WATCH_H

#include "base/time.h"
#include "track/track.h"
#include "watch/seen.h"

enum {
    VG_WATCH_FOOTPRINT = 32,
    VG_WATCH_TRAIL = 128,
    VG_WATCH_LINKS = 4,
    VG_WATCH_TRACKS = 512,
    VG_WATCH_TRACK_TRAIL = 48,
    VG_WATCH_SPELLS = 12,
    VG_SORTIE_ID_SIZE = 32
};

struct vg_watch_fix {
    int64_t t_s;
    double lat_deg;
    double lon_deg;
};

/* One way to a drone: docs/api.md "links". Numbers not known are NaN. */
struct vg_watch_link {
    char to[128];
    char state[8];
    bool is_used;
    bool is_satellite;
    double delay_ms;
    double loss;
    double rssi_pct;
    double remote_rssi_pct;
    double noise_pct;
    double buffer_free_pct;
};

/* Numbers not known are NaN. Text fields hold the words of docs/api.md. */
struct vg_watch_drone {
    char id[16];
    char state[12];
    char phase[12];
    char link[8];
    char mode[24];
    char sortie[VG_SORTIE_ID_SIZE];
    char next[12];
    char note[128];
    char signed_word[12];
    struct vg_watch_link links[VG_WATCH_LINKS];
    int n_links;
    bool is_armed;
    int64_t next_us;
    int64_t heard_us;
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double agl_m;
    double heading_true_deg;
    double ground_speed_mps;
    double battery;
    int64_t dark_us; /* last flown too dark for its camera; 0: never */
    int line; /* -1: away from the line */
    double s_m;
    double footprint[VG_WATCH_FOOTPRINT][2]; /* lon, lat */
    int n_footprint;
    struct vg_watch_fix trail[VG_WATCH_TRAIL]; /* ring */
    int trail_first;
    int n_trail;
    int n_trail_new; /* since the last delta */
    bool is_changed; /* since the last delta */
};

struct vg_watch_sortie {
    char id[VG_SORTIE_ID_SIZE];
    char drone[16];
    char base_from[VG_NAME_SIZE];
    char base_to[VG_NAME_SIZE];
    char state[12];
    char consent[8];
    char reason[160];
    int64_t takeoff_us;
    int64_t land_us;
    int64_t ended_us; /* 0 while it lives */
    int line; /* what it is to sweep: -1 unknown */
    double from_m;
    double to_m;
    bool is_changed;
};

struct vg_watch_alert {
    char id[16];
    char kind[16];
    char level[10];
    char state[8];
    char by[48];
    int64_t t_us;
    int64_t last_us;
    double lat_deg;
    double lon_deg;
    json_t *params; /* owned object */
    bool is_changed;
};

/* A track was seen by one drone or sensor from then to then, without a break. */
struct vg_watch_spell {
    char by[24];
    int64_t from_s;
    int64_t to_s;
};

/* The last word on an object on the ground (docs/formats.md `track`), and what it adds up to. */
struct vg_watch_track {
    char id[16];
    char state[12]; /* confirmed, coasting, ended */
    char by[24]; /* who saw it last */
    char motion[12];
    char zone[VG_NAME_SIZE]; /* alert zone it is in; "" none */
    char alert[16]; /* raised for it; "" none */
    int told; /* stage of that alert (track_rules.h) */
    int64_t t_us; /* of the last word */
    int64_t born_us;
    int64_t seen_us;
    int64_t crossed_us; /* newest change of sides; 0: none */
    double lat_deg;
    double lon_deg;
    double ve_mps;
    double vn_mps;
    double cov_m2[3]; /* of the place: xx, xy, yy, x east, y north */
    double p_exist;
    double class_p[VG_TRACK_CLASSES];
    int looks;
    int hits;
    int relinked;
    int line; /* nearest; -1: none is near */
    double s_m;
    double side_m; /* of the line, positive to the right of growing kilometres */
    double side_sd_m; /* standard error of that */
    double closing_mps; /* how fast it comes nearer to the line */
    int side; /* that it surely was on last: -1, 1; 0: not known yet */
    int64_t side_us; /* and when it was seen there */
    struct vg_watch_fix trail[VG_WATCH_TRACK_TRAIL];
    int n_trail;
    int n_trail_new; /* since the last delta */
    int64_t trail_step_s;
    struct vg_watch_spell spells[VG_WATCH_SPELLS];
    int n_spells;
    bool is_changed;
};

struct vg_watch_mark {
    int64_t t_s;
    double axis_m; /* NaN: the drone left the line here */
    int drone;
};

struct vg_watch_sight {
    int64_t t_s;
    int bin;
};

struct vg_watch {
    struct vg_shape shape;
    struct vg_seen seen;
    json_t *description; /* the `watch` event's body; NULL before it */
    uint8_t digest[32]; /* of that body */
    int64_t start_us;
    int64_t now_us; /* newest event */
    bool is_running; /* between start and stop */
    struct vg_watch_drone *drones;
    int n_drones;
    struct vg_watch_sortie *sorties; /* in order of coming */
    int n_sorties;
    int cap_sorties;
    struct vg_watch_alert *alerts;
    int n_alerts;
    int cap_alerts;
    int next_alert; /* number for the next new id */
    struct vg_watch_track *tracks; /* in order of coming */
    int n_tracks;
    int cap_tracks;
    int64_t next_track; /* number for the next new id; none is ever used again */
    struct vg_watch_mark *marks; /* the chart: flown passes */
    int n_marks;
    int cap_marks;
    struct vg_watch_sight *sights; /* the chart: bins seen */
    int n_sights;
    int cap_sights;
    int64_t keep_s; /* chart history; default two days */
    unsigned char *bin_dirty; /* since the last delta */
};

/* Zero-initialise, then apply. */
void vg_watch_finish(struct vg_watch *self);

enum vg_status vg_watch_apply(struct vg_watch *self, struct vg_us t, const char *kind,
                              const char *body, size_t n, struct vg_error *err) VG_MUST_USE;

/* Absent: NULL / -1. */
struct vg_watch_drone *vg_watch_drone(const struct vg_watch *self, const char *id);
struct vg_watch_sortie *vg_watch_sortie(const struct vg_watch *self, const char *id);
struct vg_watch_alert *vg_watch_alert(const struct vg_watch *self, const char *id);
struct vg_watch_track *vg_watch_track(const struct vg_watch *self, const char *id);

/* Is the promise kept? (docs/api.md "promise") */
enum vg_promise {
    VG_PROMISE_STARTING,
    VG_PROMISE_KEPT,
    VG_PROMISE_AT_RISK,
    VG_PROMISE_BROKEN
};
struct vg_promise_state {
    enum vg_promise state;
    double worst_ratio;
    double worst_age_s;
    int worst_bin; /* -1: nothing reachable */
    double seen_share;
    int n_up;
    int n_turning;
    int n_lost;
};
void vg_watch_promise(const struct vg_watch *self, struct vg_us now, struct vg_promise_state *out);
/* Age of a bin at `now`: since last seen, else since the start. */
double vg_watch_bin_age_s(const struct vg_watch *self, int bin, struct vg_us now);

#endif
