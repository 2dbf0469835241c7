/* The watch file: what is watched, from where, with what (design.md section 4, docs/watch-file.md).
 *
 * In:  YAML text with units in the values; files it names are read through the caller's function.
 * Out: one struct with everything resolved (indices instead of names). Unknown keys are refused
 * with file:line:column and the nearest known key; every number is checked against its range; every
 * name must resolve.
 *
 * Threads: pure. Memory: owned by the watch; vg_watchfile_finish frees it.
 */
#ifndef VG_CONFIG_WATCHFILE_H
#define VG_CONFIG_WATCHFILE_H

#include "base/text.h"
#include "config/hours.h"
#include "geo/network.h"
#include "geo/ring.h"

enum vg_gimbal {
    VG_GIMBAL_FIXED = 0,
    VG_GIMBAL_2AXIS,
    VG_GIMBAL_3AXIS
};

/* When a camera can see: a thermal one at night too. */
enum vg_light {
    VG_LIGHT_ANY = 0,
    VG_LIGHT_DAY
};

struct vg_wf_camera {
    char name[VG_NAME_SIZE];
    int width_px;
    int height_px;
    double hfov_min_deg; /* zoomed in */
    double hfov_max_deg; /* wide */
    enum vg_gimbal gimbal;
    enum vg_light
        light; /* VG_LIGHT_DAY: blind when the sun is 6 degrees or more below the horizon */
    double max_gsd_m; /* coarser ground is not credited as seen; default 2.5 */
    double max_range_m; /* default 8,000 */
};

/* How it flies: what it needs to take off and land, and whether it can stand still in the air. */
enum vg_kind {
    VG_KIND_PLANE = 0, /* wings only */
    VG_KIND_QUADPLANE, /* takes off and lands upright, cruises on its wings */
    VG_KIND_COPTER
};

struct vg_wf_type {
    char name[VG_NAME_SIZE];
    enum vg_kind kind;
    double cruise_mps; /* true airspeed */
    double endurance_s;
    double reserve; /* fraction of endurance kept, [0, 0.9] */
    double turnaround_s; /* landing to next take-off */
    double climb_mps;
    double sink_mps; /* default = climb */
    double agl_m; /* flown above ground */
    double floor_m; /* never lower above ground on the way; 0: none asked for */
    double ceiling_m; /* never higher above ground; 0: none */
    int camera;
    double
        maintenance_s; /* work on the ground after every maintenance_every_s of flight; 0: none */
    double maintenance_every_s;
};

struct vg_wf_base {
    char name[VG_NAME_SIZE];
    double lat_deg;
    double lon_deg;
    int pads;
    double mast_m; /* of its antenna, above ground */
    struct vg_hours closed; /* no take-off and no landing */
};

enum {
    VG_WF_LINK_SIZE = 128,
    VG_WF_DRONE_LINKS = 4,
    VG_WF_ROUTERS = 8
};

/* One way to a drone. */
struct vg_wf_link {
    char to[VG_WF_LINK_SIZE]; /* "udp:14550", "udpin:HOST:PORT", "udpout:HOST:PORT",
                                 "tcp:HOST:PORT", "tcp-listen:HOST:PORT", "serial:/dev/NAME:BAUD" */
    double cost_s; /* how much longer one would rather wait than use it */
    double budget_Bps; /* what it carries; 0: not told */
    bool is_satellite;
};

/* Where other ground stations listen in. */
struct vg_wf_router {
    char to[VG_WF_LINK_SIZE]; /* "udp:HOST:PORT", "tcp-listen:PORT", "tcp-listen:HOST:PORT" */
    bool has_commands; /* what they send passes the allow-list and goes on */
};

struct vg_wf_drone {
    char id[16];
    int type;
    int base; /* -1: the watch gives none, the planner chooses (plan/planner.h, vg_planner_station)
               */
    bool is_placed; /* that base was chosen by the planner, which may choose again */
    char link[VG_WF_LINK_SIZE]; /* the first of links by UDP, for simulations; "" none: assigned */
    struct vg_wf_link links[VG_WF_DRONE_LINKS];
    int n_links; /* 0: assigned */
    int sysid; /* 1..255 (default: position in the list); 0: there are more drones than ids, a
                  station cannot fly it */
    char key[256]; /* path of the signing key, beside the watch file; "" none */
};

enum vg_zone_kind {
    VG_ZONE_ALERT = 0,
    VG_ZONE_PRIVACY,
    VG_ZONE_NO_FLY,
    VG_ZONE_GEOFENCE
};

struct vg_wf_zone {
    char name[VG_NAME_SIZE];
    enum vg_zone_kind kind;
    int n; /* outer ring, closed (last = first) */
    double *lat_deg;
    double *lon_deg;
};

/* Its ring, borrowed. */
struct vg_ring vg_zone_ring(const struct vg_wf_zone *zone);

/* What the heights of an elevation file are above, where the watch says so. */
enum vg_wf_datum {
    VG_WF_DATUM_FILE = 0, /* not stated: as the file says */
    VG_WF_DATUM_EGM96,
    VG_WF_DATUM_EGM2008,
    VG_WF_DATUM_ELLIPSOID
};

struct vg_wf_wind {
    double from_deg; /* true */
    double mps;
};

struct vg_wf_place {
    char name[VG_NAME_SIZE];
    double lat_deg;
    double lon_deg;
    int64_t population; /* 0 unknown */
};

/* Characteristic sizes (m): the square root of the area that a target shows. By default a person is
 * NVESD's 0.75 m, a vehicle NATO's standard target, 2.3 m (STANAG 4347), a group five people
 * abreast, 0.75 sqrt(5). */
struct vg_wf_targets {
    double person_m;
    double group_m;
    double vehicle_m;
};

/* How far drones in the air keep from each other. */
struct vg_wf_apart {
    double horizontal_m; /* nearer than this ... 0: nothing is asked */
    double vertical_m; /* ... they are so much apart in height */
    double layer_m; /* from one layer of heights to the next */
};

struct vg_wf_radio {
    bool is_given; /* the watch speaks of radio */
    bool is_required; /* what no base hears is not watched */
    double range_m; /* 0: as far as is in sight */
};

/* Where measurements of objects on the ground come in (docs/formats.md). */
enum {
    VG_WF_MEASUREMENTS = 8
};
struct vg_wf_measurements {
    char to[VG_WF_LINK_SIZE]; /* as a drone's link */
    int line; /* in the watch file */
    int column;
};

/* One source of other traffic. */
enum {
    VG_WF_FEED_KIND_SIZE = 12,
    VG_WF_FEEDS_MAX = 16,
    VG_WF_OURS_MAX = 64
};
struct vg_wf_feed {
    char kind[VG_WF_FEED_KIND_SIZE]; /* as traffic/feed.h names them */
    char uri[128]; /* as a drone's link: "tcp:127.0.0.1:30005", "udp:4000" */
    int line; /* in the watch file */
    int column;
};

/* Other aircraft and ships, and what is too near to a drone in the air. */
struct vg_wf_traffic {
    bool is_given;
    struct vg_wf_feed feeds[VG_WF_FEEDS_MAX];
    int n_feeds;
    double near_m;
    double near_vertical_m;
    double conflict_m; /* within near */
    double conflict_vertical_m;
    double above_m; /* contacts so much above a drone do not matter */
    double qnh_hpa; /* NaN: not stated */
    double tell_m; /* contacts so near are told to the autopilots; 0: none is */
    char ours[VG_WF_OURS_MAX][24]; /* addresses and serial numbers of our own drones */
    int n_ours;
};

struct vg_watchfile {
    char name[VG_NAME_SIZE];
    char path[1024]; /* of the watch file itself */
    double revisit_s; /* the base promise: line.revisit */
    double depth_m; /* line.depth */
    double seen_share; /* line.enough: share of a column's cells that must have been seen for it to
                          count; default 0.9 */
    struct vg_network network;
    char (*terrain)[1024]; /* resolved paths or glob patterns */
    enum vg_wf_datum *terrain_datum; /* n_terrain */
    int n_terrain;
    struct vg_wf_zone *zones;
    int n_zones;
    struct vg_wf_base *bases;
    int n_bases;
    struct vg_wf_camera *cameras;
    int n_cameras;
    struct vg_wf_type *types;
    int n_types;
    struct vg_wf_drone *drones;
    int n_drones;
    struct vg_wf_place
        *places; /* "places: FILE.csv" (name,lat,lon,population): names shown on the map */
    int n_places;
    struct vg_wf_apart apart;
    bool may_land_elsewhere; /* a flight may end at another base than it began at */
    struct vg_wf_radio radio;
    struct vg_wf_traffic traffic;
    struct vg_wf_targets targets; /* what a look may detect */
    double wind_from_deg; /* true; with wind by the hour: the day's mean */
    double wind_mps;
    bool has_wind_hours;
    struct vg_wf_wind wind_hours[VG_DAY_HOURS]; /* of the UTC day */
    struct vg_wf_router routers[VG_WF_ROUTERS];
    int n_routers;
    struct vg_wf_measurements measurements[VG_WF_MEASUREMENTS];
    int n_measurements;
    char operator_id[21]; /* registration that remote id modules tell; "" none */
    char listen[128]; /* "127.0.0.1:8080" */
    char record[1024]; /* resolved path; "" = <name>.vigie beside the watch file */
    char tak[256]; /* share.tak; "" none (used by a later version) */
    char hq[256];
    char attribution[512]; /* "attribution:" shown on the map: data licences */
    char notes[2048]; /* what was left out of the files, a line each, for the user; "" none */
};

/* Reads a file named by the watch into `out`; app passes vg_file_read. */
typedef enum vg_status (*vg_read_fn)(const char *path, size_t max_bytes, struct vg_buf *out,
                                     struct vg_error *err);

/* Parse the text of the file at `path` (used in errors and to resolve names beside it). */
enum vg_status vg_watchfile_parse(const char *yaml, size_t n, const char *path, vg_read_fn read,
                                  struct vg_watchfile *out, struct vg_error *err) VG_MUST_USE;
enum vg_status vg_watchfile_load(const char *path, vg_read_fn read, struct vg_watchfile *out,
                                 struct vg_error *err) VG_MUST_USE;
void vg_watchfile_finish(struct vg_watchfile *self);

/* What blows at t_s, seconds of any UTC day. */
struct vg_wf_wind vg_watchfile_wind_at(const struct vg_watchfile *self, double t_s);

/* By id or name; -1: the watch has none. */
int vg_watchfile_find_drone(const struct vg_watchfile *self, const char *id);
int vg_watchfile_find_base(const struct vg_watchfile *self, const char *name);
int vg_watchfile_find_type(const struct vg_watchfile *self, const char *name);
/* The type of the drone; NULL: the watch has no such drone. */
const struct vg_wf_type *vg_watchfile_type_of(const struct vg_watchfile *self, const char *drone);

/* Vertical field of view that goes with a horizontal one on this camera (pinhole). */
double vg_camera_vfov_deg(const struct vg_wf_camera *camera, double hfov_deg);
/* The pitch (negative: down) at which a forward-looking camera at agl_m with its widest field sees
 * the strip out to depth_m each side while the drone flies along the line: the ground at range
 * depth / tan(hfov / 2) lies a quarter of the field above the image's middle. Its distance ahead
 * (m) in out_lead_m (may be NULL): the drone must fly so far along the line before what it passes
 * counts as seen. */
double vg_camera_patrol_pitch_deg(const struct vg_wf_camera *camera, double agl_m, double depth_m,
                                  double *out_lead_m);
/* How far to each side the camera sees flat ground from agl_m in passing, at its widest field and
 * at the pitch for depth_m (a fixed camera looks straight down), within its range and ground sample
 * distance (m); 0: not even below it. */
/* The greatest depth that one pass sees whole from agl_m, flown up to a quarter of it or 300 m
 * beside where it should be (m); 0: none. */
double vg_camera_sweep_depth_m(const struct vg_wf_camera *camera, double agl_m);
double vg_camera_reach_m(const struct vg_wf_camera *camera, double agl_m, double depth_m);

#endif
