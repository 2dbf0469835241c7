/* The station's links: sockets and devices, and the ways over them to each drone.
 *
 *   port ─► parser ─► signature ─► hub of the drone ─► director      station_wire.c
 *     ▲                                  │
 *     └── frame, signed ◄── outbox ◄── route ◄── allow-list ◄── director, guests of a router
 *
 * A link is one socket or device; drones may share it. A path is one drone over one link. Loop
 * thread only. */
#ifndef VG_APP_STATION_LINKS_H
#define VG_APP_STATION_LINKS_H

#include "io/port.h"
#include "link/hub.h"
#include "link/mavframe.h"
#include "link/mavsign.h"
#include "link/mavversion.h"
#include "link/outbox.h"
#include "link/target.h"

#include <stdio.h>

struct vg_station;

/* One .tlog: what goes over a link, both ways; begun with the first frame, and another one when it
 * is full. */
struct vg_station_tlog {
    FILE *file; /* NULL: none yet, or none any more */
    bool has_failed;
    int64_t size_bytes;
    char path[1400];
};

/* What a SiK radio says of itself (RADIO_STATUS); -1: not told. */
struct vg_station_radio {
    struct vg_us t; /* 0: no radio has spoken */
    int rssi_pct;
    int remote_rssi_pct;
    int noise_pct;
    int free_pct; /* of its buffer */
};

struct vg_station_link {
    struct vg_station *station;
    struct vg_port *port;
    struct vg_link_uri uri;
    char name[VG_LINK_URI_TEXT_SIZE]; /* the link's text, as uri.h writes it */
    struct vg_mavframe
        *parsers[VG_PORT_SLOTS]; /* of streams, made as they come; of datagrams [0] */
    struct vg_outbox outbox;
    struct vg_station_tlog tlog;
    struct vg_station_radio radio;
    bool has_keys; /* some drone on it is signed for */
    int16_t drone_of[256]; /* by system id; -1: none of ours */
    struct vg_port_peer from; /* of the bytes being read */
    uint64_t n_unknown; /* messages of system ids that the watch does not name */
    uint64_t n_refused; /* signatures wrong, old or missing */
};

struct vg_station_path {
    int link;
    bool has_peer; /* we know where to send */
    struct vg_port_peer peer; /* last heard from */
    uint8_t seq;
    bool was_up;
};

/* Where a drone is reached, its signing state if it has a key, and what was last told of both. */
struct vg_station_drone {
    struct vg_hub hub;
    struct vg_station_path paths[VG_HUB_PATHS_MAX];
    struct vg_mavsign *sign;
    struct vg_mavversion version; /* of MAVLink to speak to it */
    uint64_t saved_10us; /* signing time on disk: ours stays below it */
    struct vg_us signed_well; /* last; 0: never */
    struct vg_us refused;
    int64_t told_mono_us;
    bool must_tell;
    uint64_t told_hash; /* of the coarse figures last told */
    struct vg_us last_pose;
    struct vg_us last_glance;
    double glance_deg; /* yaw the gimbal was last told, against the course */
};

/* Somebody who watches through a router. */
struct vg_station_guest {
    bool is_used;
    struct vg_port_peer peer;
    struct vg_mavframe *parser;
    struct vg_heard heard;
    uint64_t told_key; /* what of it was last recorded ... */
    int64_t told_mono_us; /* ... and when */
};

struct vg_station_router {
    struct vg_station *station;
    struct vg_port *port;
    char name[VG_LINK_URI_TEXT_SIZE];
    bool has_commands;
    struct vg_station_guest guests[VG_PORT_SLOTS];
    struct vg_station_guest *reading;
};

/* station_links.c */
enum vg_status vg_station_open_links(struct vg_station *self, struct vg_error *err) VG_MUST_USE;
void vg_station_close_links(struct vg_station *self);
/* station_wire.c */
void vg_station_send(void *self, int drone, const struct vg_mav_msg *msg);
/* A guest's message, to one drone: under the guest's own name and number. */
void vg_station_pass_on(struct vg_station *self, int drone, const struct vg_mav_msg *msg);
/* Once a tick: silence, failover, probes, what waited for its bytes. */
void vg_station_step_links(struct vg_station *self);
void vg_link_took_bytes(void *link, const struct vg_port_peer *from, const uint8_t *data, size_t n);
void vg_link_changed(void *link, const struct vg_port_peer *peer, bool is_open, const char *why);
/* The sums over a link's parsers. */
struct vg_mavframe_counts vg_link_counts(const struct vg_station_link *link);
/* station_tlog.c */
void vg_station_log(struct vg_station *self, struct vg_station_link *link, struct vg_bytes frame);
/* Its hash goes into the record. */
void vg_station_seal_tlog(struct vg_station *self, struct vg_station_link *link);
/* station_sign.c */
enum vg_status vg_station_load_keys(struct vg_station *self, struct vg_error *err) VG_MUST_USE;
/* is_last: the station goes down; the exact times are kept. */
void vg_station_save_sign_times(struct vg_station *self, bool is_last);
/* Takes a frame of a drone; false: refused. *out_is_replay: signed well, but not newer than what
 * came. */
bool vg_station_check_signature(struct vg_station *self, int drone, const struct vg_mav_msg *msg,
                                struct vg_bytes frame, bool *out_is_replay);
/* "signed", "unsigned" (it has no key), "refused" (it has, and what comes is not signed with it),
 * "". */
const char *vg_station_signed_word(const struct vg_station *self, int drone);
/* station_linktell.c */
/* A connection or device of the link, or router, so named came or went. */
void vg_station_tell_link(struct vg_station *self, const char *name, bool is_open,
                          const struct vg_port_peer *peer, const char *why);
void vg_station_tell_paths(struct vg_station *self);
/* station_router.c */
enum vg_status vg_station_open_routers(struct vg_station *self, struct vg_error *err) VG_MUST_USE;
void vg_station_close_routers(struct vg_station *self);
void vg_station_show_guests(struct vg_station *self, const struct vg_mav_msg *msg,
                            struct vg_bytes frame);

#endif
