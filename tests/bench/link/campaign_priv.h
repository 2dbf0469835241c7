/* Shared by the campaign's files. */
#ifndef BENCH_LINK_CAMPAIGN_PRIV_H
#define BENCH_LINK_CAMPAIGN_PRIV_H

#include "campaign.h"
#include "fly/director.h"
#include "sim/fleet.h"

/* One drone as the judge sees it: what the station tells of it, and what is true. */
struct suspect {
    char shown[16]; /* the state told last */
    char link[8]; /* "fresh", "stale", "lost", "never" */
    struct vg_us link_since;
    struct vg_us heard; /* the last good message of it that came in */
    bool was_aloft;
    double wrong_s[BREACH_COUNT]; /* a wrong state has lasted so long */
    bool is_told[BREACH_COUNT];
    struct vg_mission_item meant[VG_MISSION_ITEMS_MAX];
    int n_meant; /* 0: none ordered yet */
    struct vg_mission_item sent[VG_MISSION_ITEMS_MAX]; /* by the station, as it numbers them */
    int n_sent;
    bool is_read[VG_MISSION_ITEMS_MAX]; /* and it has come back */
    double could_s; /* of this flight: so long it could have been called home with the reserve, and
                       all that had to be known for it was */
    double energy_before;
    double wind_mps_before;
};

struct campaign_run {
    const struct campaign *campaign;
    struct campaign_result *out;
    struct vg_terrain *terrain;
    struct vg_simfleet *fleet;
    struct vg_director *director;
    struct vg_us start;
    struct vg_us now;
    struct vg_simscenario scenario;
    struct vg_mavframe parsers[CAMPAIGN_DRONES];
    uint8_t seq[CAMPAIGN_DRONES];
    struct suspect suspects[CAMPAIGN_DRONES];
};

/* campaign_judge.c: at each message out and in, each event of a drone, and each second. */
void campaign_note_sent(struct suspect *s, const struct vg_mav_msg *msg);
void campaign_note_read(struct suspect *s, const struct vg_mav_msg *msg);
void campaign_hear(struct campaign_run *run, const char *body);
void campaign_judge(struct campaign_run *run);
void campaign_breach_add(struct campaign_run *run, int drone, enum campaign_breach kind,
                         const char *what);

#endif
