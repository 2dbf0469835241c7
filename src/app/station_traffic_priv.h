/* What the files of station_traffic.h share. */
#ifndef VG_APP_STATION_TRAFFIC_PRIV_H
#define VG_APP_STATION_TRAFFIC_PRIV_H

#include "app/station.h"
#include "app/station_traffic.h"
#include "traffic/alarm.h"
#include "traffic/feed.h"
#include "traffic/mavtraffic.h"
#include "traffic/rid.h"

enum {
    VG_STATION_TRAFFIC_STEP_US = 1000000
};

struct vg_station_feed {
    struct vg_station_traffic *traffic;
    int number; /* in the watch */
    struct vg_feed *feed;
    struct vg_port *port;
    bool is_datagram;
    bool is_open;
    struct vg_us heard; /* or opened; 0: never */
    char why[96]; /* it is not open */
};

struct vg_station_traffic {
    struct vg_station *station;
    struct vg_traffic contacts;
    struct vg_alarms alarms;
    struct vg_air air;
    struct vg_alarm_limits limits;
    struct vg_station_feed feeds[VG_WF_FEEDS_MAX];
    int n_feeds;
    struct vg_rid rid; /* of what the drones receive */
    struct vg_us stepped;
    struct vg_us recorded;
    struct vg_alarm_drone *drones; /* in the air, of the last step */
    int n_drones;
};

/* station_traffic_say.c, once a second: one alert a drone, of its worst contact, and one of the
 * feeds that say nothing. is_renewed: alerts that are open are told anew. */
void vg_station_traffic_say(struct vg_station_traffic *self, bool is_renewed);
/* An event for each contact in alarm. */
void vg_station_traffic_record(struct vg_station_traffic *self);

#endif
