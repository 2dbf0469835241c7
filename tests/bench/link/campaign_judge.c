/* The judge: what the station tells of each drone against what is true of it. */
#include "campaign_priv.h"

#include "fly/route.h"

#include <math.h>
#include <string.h>

/* Limits (s). A station believes a drone down after 10 s, calls it silent after 10 s, and hears of
 * a change once a second; the rest is for frames lost on the way. */
static const double LINK_BACK_S = 15; /* heard without a break so long: the link is back */
static const double WRONG_STATE_S = 20; /* a wrong state may last so long after */
static const double GHOST_S = 120; /* a drone stands for minutes before it matters */
static const double SILENT_S = 14; /* lost is told after 10 s, at 1 Hz */
static const double COULD_S = 30; /* so long it could have been called home: physics allowed it */
static const double GAUGE_STEP =
    0.01; /* batteries are told in whole percents: no station sees less */
static const double LANDING_S = 200; /* circling down and final, at cruise power: generous */

const char *const campaign_breach_names[BREACH_COUNT] = {
    [BREACH_FLIES_UNSEEN] = "flies, shown on the ground",
    [BREACH_GHOST] = "stands, shown flying",
    [BREACH_LINK] = "silent, shown as heard (or the other way round)",
    [BREACH_UNVERIFIED] = "flew what was not meant",
    [BREACH_FORBIDDEN] = "sent what is not on the allow-list",
    [BREACH_RESERVE] = "reserve broken though it could be kept",
};

void campaign_breach_add(struct campaign_run *run, int drone, enum campaign_breach kind,
                         const char *what)
{
    struct suspect *s = &run->suspects[drone];
    if (s->is_told[kind]) {
        return;
    }
    s->is_told[kind] = true;
    run->out->n_of[kind]++;
    vg_buf_printf(&run->out->lines, "%s at %.0f s: %s: %s\n", run->campaign->watch.drones[drone].id,
                  vg_us_to_s(vg_us_sub(run->now, run->start)), campaign_breach_names[kind], what);
}

/* The text of a member of a flat JSON object; "" where there is none. */
static void member_of(const char *body, const char *name, char *out, size_t size_bytes)
{
    char key[24];
    vg_format(key, sizeof key, "\"%s\":\"", name);
    const char *at = strstr(body, key);
    out[0] = '\0';
    if (at != NULL) {
        at += strlen(key);
        vg_format(out, size_bytes, "%.*s", (int)strcspn(at, "\""), at);
    }
}

static const struct vg_pilot *truth_of(const struct campaign_run *run, int d)
{
    return vg_simdrone_pilot(vg_simfleet_drone(run->fleet, d));
}

/* What the drone's sortie means as items, from the plan; ArduPilot has home before them. */
static void note_meant(struct campaign_run *run, int d)
{
    struct suspect *s = &run->suspects[d];
    const struct vg_plan_sortie *sortie = vg_director_sortie(run->director, d);
    const struct vg_route_options options = {
        .autopilot = vg_director_vehicle(run->director, d)->state.autopilot};
    if (sortie == NULL || vg_route_build(sortie, &run->campaign->watch, &options, s->meant,
                                         &s->n_meant, NULL) != VG_OK) {
        s->n_meant = 0;
    }
}

void campaign_hear(struct campaign_run *run, const char *body)
{
    char id[32];
    char link[8];
    member_of(body, "id", id, sizeof id);
    int d = vg_watchfile_find_drone(&run->campaign->watch, id);
    if (d < 0) {
        return;
    }
    struct suspect *s = &run->suspects[d];
    char before[16];
    memcpy(before, s->shown, sizeof before);
    member_of(body, "state", s->shown, sizeof s->shown);
    member_of(body, "link", link, sizeof link);
    if (strcmp(link, s->link) != 0) {
        memcpy(s->link, link, sizeof link);
        s->link_since = run->now;
    }
    if (strcmp(s->shown, "launching") == 0 && strcmp(before, "launching") != 0) {
        note_meant(run, d);
    }
}

/* ---- state ---- */

static bool is_shown_down(const struct suspect *s)
{
    static const char *const words[] = {"", "absent", "ready", "preparing", "waiting", "turning"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(s->shown, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* One second more of it, or none. */
static void last(struct campaign_run *run, int d, enum campaign_breach kind, bool is_wrong,
                 double limit_s, const char *what)
{
    struct suspect *s = &run->suspects[d];
    s->wrong_s[kind] = is_wrong ? s->wrong_s[kind] + 1 : 0;
    if (s->wrong_s[kind] > limit_s) {
        campaign_breach_add(run, d, kind, what);
    }
}

static void judge_state(struct campaign_run *run, int d)
{
    struct suspect *s = &run->suspects[d];
    const struct vg_pilot *p = truth_of(run, d);
    double heard_s = vg_us_to_s(vg_us_sub(run->now, s->heard));
    bool is_fresh = strcmp(s->link, "fresh") == 0;
    bool is_back = is_fresh && vg_us_to_s(vg_us_sub(run->now, s->link_since)) > LINK_BACK_S;
    bool is_aloft = vg_pilot_is_airborne(p);
    bool is_standing = p->flight.phase == VG_FLIGHT_PARKED && !p->is_armed;
    bool is_shown_aloft = strcmp(s->shown, "flying") == 0 || strcmp(s->shown, "returning") == 0;
    last(run, d, BREACH_FLIES_UNSEEN, is_aloft && is_back && is_shown_down(s), WRONG_STATE_S,
         s->shown);
    last(run, d, BREACH_GHOST, is_standing && is_back && is_shown_aloft, GHOST_S, s->shown);
    bool is_wrong_link =
        (is_fresh && heard_s > SILENT_S) || (strcmp(s->link, "lost") == 0 && heard_s < 1);
    last(run, d, BREACH_LINK, is_wrong_link, 3, s->link);
}

/* ---- missions ---- */

/* Exactly, but for the flags that mean nothing. */
static bool is_same(const struct vg_mission_item *a, const struct vg_mission_item *b)
{
    return a->command == b->command && a->frame == b->frame && a->x == b->x && a->y == b->y &&
           memcmp(&a->p1, &b->p1, 4 * sizeof a->p1) == 0 && memcmp(&a->z, &b->z, sizeof a->z) == 0;
}

void campaign_note_sent(struct suspect *s, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_count count;
    struct vg_mav_mission_item_int wire;
    int seq = 0;
    if (msg->id == VG_MAV_ID_MISSION_COUNT) {
        vg_mav_mission_count_unpack(msg, &count);
        if (count.mission_type == VG_MAV_MISSION_TYPE_MISSION) {
            s->n_sent = count.count;
            memset(s->is_read, 0, sizeof s->is_read);
        }
    } else if (msg->id == VG_MAV_ID_MISSION_ITEM_INT) {
        vg_mav_mission_item_int_unpack(msg, &wire);
        if (wire.mission_type == VG_MAV_MISSION_TYPE_MISSION && wire.seq < VG_MISSION_ITEMS_MAX) {
            vg_mission_item_unpack(msg, &s->sent[wire.seq], &seq);
        }
    }
}

void campaign_note_read(struct suspect *s, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_item_int wire;
    if (msg->id == VG_MAV_ID_MISSION_ITEM_INT) {
        vg_mav_mission_item_int_unpack(msg, &wire);
        if (wire.mission_type == VG_MAV_MISSION_TYPE_MISSION && wire.seq < VG_MISSION_ITEMS_MAX) {
            s->is_read[wire.seq] = true;
        }
    }
}

/* A way to a base that the director made in the air is nowhere else: what was sent last, all of
 * which has come back. Without home before it where the autopilot has none. */
static bool is_sent_and_read(const struct suspect *s, const struct vg_pilot *p, int shift)
{
    if (p->n_items != s->n_sent + shift) {
        return false;
    }
    for (int i = 0; i < s->n_sent; i++) {
        bool is_home = i + shift == 0;
        bool is_known = shift > 0 || s->is_read[i]; /* PX4 tells a checksum of all instead */
        if (!is_known || (!is_home && !is_same(&s->sent[i], &p->items[i + shift]))) {
            return false;
        }
    }
    return true;
}

static int find_difference(const struct suspect *s, const struct vg_pilot *p)
{
    if (p->n_items != s->n_meant) {
        return 0;
    }
    for (int i = 1; i < s->n_meant; i++) {
        const struct vg_mission_item *a = &s->meant[i];
        const struct vg_mission_item *b = &p->items[i];
        if (!is_same(a, b)) {
            return i;
        }
    }
    return -1;
}

static void judge_mission(struct campaign_run *run, int d)
{
    struct suspect *s = &run->suspects[d];
    const struct vg_pilot *p = truth_of(run, d);
    if (!vg_pilot_is_airborne(p) || p->mode != VG_PLANE_MODE_AUTO) {
        return;
    }
    bool is_px4 = vg_director_vehicle(run->director, d)->state.autopilot == VG_MAV_AUTOPILOT_PX4;
    int at = find_difference(s, p);
    if (at >= 0 && !is_sent_and_read(s, p, is_px4 ? 1 : 0)) {
        char what[80];
        vg_format(what, sizeof what, "item %d of %d held, %d meant", at, p->n_items, s->n_meant);
        campaign_breach_add(run, d, BREACH_UNVERIFIED, what);
    }
}

/* ---- reserve ---- */

/* Share of a battery to fly straight home and land, in the air as it is. */
static double need_home(const struct campaign_run *run, int d)
{
    const struct vg_watchfile *w = &run->campaign->watch;
    const struct vg_wf_base *home = &w->bases[w->drones[d].base];
    const struct vg_flight *f = &truth_of(run, d)->flight;
    double way_m = vg_geo_distance_m(f->lat_deg, f->lon_deg, home->lat_deg, home->lon_deg);
    double cruise = f->config.cruise_mps;
    double e = (home->lon_deg - f->lon_deg) * f->frame.m_per_deg_lon;
    double n = (home->lat_deg - f->lat_deg) * f->frame.m_per_deg_lat;
    double length = fmax(hypot(e, n), 1);
    double from = f->config.wind_from_deg * VG_RAD_PER_DEG;
    double wind_e = -f->config.wind_mps * sin(from);
    double wind_n = -f->config.wind_mps * cos(from);
    double along = (wind_e * e + wind_n * n) / length;
    double across = (wind_e * n - wind_n * e) / length;
    double ground_mps = sqrt(fmax(cruise * cruise - across * across, 0)) + along;
    if (ground_mps < 1) {
        return HUGE_VAL;
    }
    return (way_m / ground_mps + LANDING_S) / f->config.endurance_s;
}

/* Something that nobody could know before has just eaten of its battery, or hides what is left. */
static bool is_doomed_now(struct campaign_run *run, int d)
{
    struct suspect *s = &run->suspects[d];
    const struct vg_simdrone *drone = vg_simfleet_drone(run->fleet, d);
    const struct vg_pilot *p = vg_simdrone_pilot(drone);
    double fell = s->energy_before - p->flight.energy;
    bool is_jump = s->energy_before > 0 && fell > 0.01;
    bool is_wind = p->flight.config.wind_mps != s->wind_mps_before;
    bool is_lost = p->flight.nav_off_e_m != 0 || p->flight.nav_off_n_m != 0 || !p->has_position;
    s->energy_before = p->flight.energy;
    s->wind_mps_before = p->flight.config.wind_mps;
    return is_jump || is_wind || is_lost;
}

static void judge_landing(struct campaign_run *run, int d)
{
    struct suspect *s = &run->suspects[d];
    const struct vg_pilot *p = truth_of(run, d);
    const struct vg_watchfile *w = &run->campaign->watch;
    double reserve = w->types[w->drones[d].type].reserve;
    run->out->n_landings += p->flight.phase != VG_FLIGHT_CRASHED;
    run->out->n_ran_empty += p->flight.energy <= 0;
    if (p->flight.phase == VG_FLIGHT_CRASHED || p->flight.energy >= reserve - GAUGE_STEP) {
        return;
    }
    run->out->n_reserve_broken++;
    if (s->could_s >= COULD_S) {
        char what[100];
        vg_format(what, sizeof what, "%.0f %% left of %.0f %%, could have turned for %.0f s",
                  p->flight.energy * 100, reserve * 100, s->could_s);
        campaign_breach_add(run, d, BREACH_RESERVE, what);
    }
}

static void judge_energy(struct campaign_run *run, int d)
{
    struct suspect *s = &run->suspects[d];
    const struct vg_pilot *p = truth_of(run, d);
    const struct vg_watchfile *w = &run->campaign->watch;
    double reserve = w->types[w->drones[d].type].reserve;
    bool is_aloft = vg_pilot_is_airborne(p);
    bool is_doomed = is_doomed_now(run, d);
    if (is_aloft && !s->was_aloft) {
        run->out->n_takeoffs++;
        s->could_s = 0;
    } else if (!is_aloft && s->was_aloft) {
        judge_landing(run, d);
    }
    s->was_aloft = is_aloft;
    if (!is_aloft || is_doomed) {
        s->could_s = 0;
        return;
    }
    /* A dead cell hides from the gauge: who goes by it believes to have more. */
    double told = vg_director_vehicle(run->director, d)->battery.percent / 100;
    bool is_heard = strcmp(s->link, "fresh") == 0 && fabs(told - p->flight.energy) < 2 * GAUGE_STEP;
    s->could_s += is_heard && p->flight.energy - need_home(run, d) > reserve + 0.01;
}

void campaign_judge(struct campaign_run *run)
{
    for (int d = 0; d < run->campaign->watch.n_drones; d++) {
        judge_state(run, d);
        judge_mission(run, d);
        judge_energy(run, d);
    }
}
