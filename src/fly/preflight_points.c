/* Each point of the pre-flight list: its state, and the reason in words. */
#include "fly/preflight_priv.h"

#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double FULL = 0.95; /* a gauge that tells so much is of a full battery */
static const double PLACE_M = 1000; /* of the base; autopilots take home where they are armed */
static const double HDOP_MAX = 2; /* both autopilots' own limit is near */
static const double CLOCK_S = 2;
static const double SETTLE_S = 60; /* sensors may ail so long after they began to */
static const double CLEAR_M = 30; /* over the ground on the way home, at least */
enum {
    SATELLITES_MIN = 6
};

#define SAY(j, state, ...)                                                                         \
    (vg_format((j)->reason, (j)->size_bytes, __VA_ARGS__), (enum vg_judgement)(state))
#define TR(j, text) vg_tr((j)->lang, text)

static enum vg_judgement judge_link(const struct vg_point_judge *j)
{
    const struct vg_vehicle *v = j->in->vehicle;
    if (j->in->link == VG_LINK_NEVER) {
        return SAY(j, VG_JUDGE_WAITING, "%s", TR(j, "never heard"));
    }
    if (j->in->link != VG_LINK_FRESH) {
        return SAY(j, VG_JUDGE_BAD, TR(j, "silent for %.0f s"),
                   vg_us_to_s(vg_vehicle_silence(v, j->in->now)));
    }
    return SAY(j, VG_JUDGE_GOOD, TR(j, "heard, %.0f %% of its messages lost"), 100 * j->in->loss);
}

static enum vg_judgement judge_fix(const struct vg_point_judge *j)
{
    const struct vg_vehicle *v = j->in->vehicle;
    if (!v->gps.is_known || !v->position.is_known) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "no position told"));
    }
    if (v->gps.fix < 3) {
        return SAY(j, VG_JUDGE_WAITING, TR(j, "no position fix, %d satellites"),
                   v->gps.n_satellites);
    }
    bool is_few = v->gps.n_satellites >= 0 && v->gps.n_satellites < SATELLITES_MIN;
    bool is_vague = isfinite(v->gps.hdop) && v->gps.hdop > HDOP_MAX;
    enum vg_judgement state = is_few || is_vague ? VG_JUDGE_WAITING : VG_JUDGE_GOOD;
    if (!isfinite(v->gps.hdop)) {
        return SAY(j, state, TR(j, "%d satellites"), v->gps.n_satellites);
    }
    return SAY(j, state, TR(j, "%d satellites, dilution %.1f"), v->gps.n_satellites, v->gps.hdop);
}

static enum vg_judgement judge_kind(const struct vg_point_judge *j)
{
    static const enum vg_airframe WANTED[] = {[VG_KIND_PLANE] = VG_AIRFRAME_PLANE,
                                              [VG_KIND_QUADPLANE] = VG_AIRFRAME_QUADPLANE,
                                              [VG_KIND_COPTER] = VG_AIRFRAME_COPTER};
    static const char *const NAMES[] = {"another kind of aircraft", "plane", "quadplane", "copter"};
    if (!j->in->vehicle->state.is_known) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "never heard"));
    }
    enum vg_airframe is = vg_airframe_of(j->in->vehicle->state.type);
    enum vg_airframe wanted = WANTED[j->in->type->kind];
    /* ArduPlane calls a quadplane a plane unless Q_MAV_TYPE says otherwise (quadplane.cpp). */
    if (is == VG_AIRFRAME_PLANE && wanted == VG_AIRFRAME_QUADPLANE) {
        is = wanted;
    }
    if (is != wanted) {
        return SAY(j, VG_JUDGE_BAD, TR(j, "the watch has it as %s, it says that it is %s"),
                   TR(j, NAMES[wanted]), TR(j, NAMES[is]));
    }
    return SAY(j, VG_JUDGE_GOOD, "%s", TR(j, NAMES[is]));
}

static enum vg_judgement judge_place(const struct vg_point_judge *j)
{
    const struct vg_vehicle *v = j->in->vehicle;
    const struct vg_wf_base *b = &j->in->watch->bases[j->in->base];
    if (!v->position.is_known) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "no position told"));
    }
    double away_m =
        vg_geo_distance_m(v->position.lat_deg, v->position.lon_deg, b->lat_deg, b->lon_deg);
    if (away_m > PLACE_M) {
        return SAY(j, VG_JUDGE_BAD, TR(j, "%.1f km from %s, where its flight begins"),
                   away_m / 1000, b->name);
    }
    bool has_home = v->home.is_known && v->state.is_armed; /* before that it may be an old one */
    double home_m =
        has_home ? vg_geo_distance_m(v->home.lat_deg, v->home.lon_deg, b->lat_deg, b->lon_deg) : 0;
    if (home_m > PLACE_M) {
        return SAY(j, VG_JUDGE_BAD, TR(j, "its home is %.1f km from %s"), home_m / 1000, b->name);
    }
    return SAY(j, VG_JUDGE_GOOD, TR(j, "at %s"), b->name);
}

static enum vg_judgement judge_sensors(const struct vg_point_judge *j)
{
    const struct vg_health *h = j->in->health;
    char list[120];
    if (!h->has_sensors) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "it does not tell of its sensors"));
    }
    vg_health_ailing(h, j->lang, list, sizeof list);
    if (list[0] == '\0') {
        return SAY(j, VG_JUDGE_GOOD, "%s", TR(j, "all healthy"));
    }
    double ailing_s = vg_us_to_s(vg_us_sub(j->in->now, h->ailing_since));
    enum vg_judgement state = ailing_s < SETTLE_S ? VG_JUDGE_WAITING : VG_JUDGE_BAD;
    const struct vg_vehicle *v = j->in->vehicle;
    const char *text = v->newest >= 0 ? v->texts[v->newest].text : "";
    if (vg_health_waits_to_arm(h) && strncmp(text, "PreArm", 6) == 0) {
        return SAY(j, state, "%s", text); /* its own words say which */
    }
    return SAY(j, state, TR(j, "not healthy: %s"), list);
}

static enum vg_judgement judge_estimator(const struct vg_point_judge *j)
{
    const struct vg_health *h = j->in->health;
    if (!h->has_estimate) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "it does not tell of its estimate"));
    }
    return h->is_estimate_good
               ? SAY(j, VG_JUDGE_GOOD, "%s", TR(j, "knows where it is and how it lies"))
               : SAY(j, VG_JUDGE_WAITING, "%s", TR(j, "does not yet know where it is"));
}

static enum vg_judgement judge_battery(const struct vg_point_judge *j)
{
    const struct vg_vehicle *v = j->in->vehicle;
    double has = v->battery.is_known ? v->battery.percent / 100 : (double)NAN;
    double need = j->in->energy + j->in->type->reserve;
    if (!isfinite(has)) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s",
                   TR(j, "it does not tell its battery's charge: set up its battery monitor"));
    }
    if (!isfinite(need)) {
        return SAY(j, VG_JUDGE_BAD, TR(j, "cannot be flown against a wind of %.0f m/s"),
                   j->in->wind_mps);
    }
    bool is_enough = (has >= FULL ? 1.0 : has) >= need - 1e-6;
    return SAY(j, is_enough ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
               TR(j, "%.0f %%; the flight needs %.0f %% in this wind, the reserve is %.0f %%"),
               100 * has, 100 * j->in->energy, 100 * j->in->type->reserve);
}

static enum vg_judgement judge_aboard(const struct vg_point_judge *j, enum vg_loaded aboard)
{
    switch (aboard) {
    case VG_LOADED_VERIFIED:
        return SAY(j, VG_JUDGE_GOOD, "%s", TR(j, "read back and compared"));
    case VG_LOADED_ON_ITS_WAY:
        return SAY(j, VG_JUDGE_WAITING, "%s", TR(j, "being sent"));
    case VG_LOADED_FAILED:
        return SAY(j, VG_JUDGE_BAD, "%s", TR(j, "could not be sent"));
    case VG_LOADED_NOT_KNOWN:
        break;
    }
    return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "not sent"));
}

static enum vg_judgement judge_mission(const struct vg_point_judge *j)
{
    if (j->in->mission == VG_LOADED_NOT_KNOWN) {
        return SAY(j, VG_JUDGE_WAITING, "%s", TR(j, "sent ten minutes before take-off"));
    }
    return judge_aboard(j, j->in->mission);
}

static enum vg_judgement judge_fence(const struct vg_point_judge *j)
{
    bool has_zone = false;
    for (int i = 0; i < j->in->watch->n_zones; i++) {
        enum vg_zone_kind kind = j->in->watch->zones[i].kind;
        has_zone = has_zone || kind == VG_ZONE_NO_FLY || kind == VG_ZONE_GEOFENCE;
    }
    return has_zone ? judge_aboard(j, j->in->fence)
                    : SAY(j, VG_JUDGE_GOOD, "%s", TR(j, "the watch has none"));
}

/* Late in a flight that ends at another base the battery may not reach back to the first. */
static enum vg_judgement judge_return_ahead(const struct vg_point_judge *j)
{
    const struct vg_plan_sortie *s = j->in->sortie;
    const char *want;
    enum vg_judgement state = strcmp(s->base_from, s->base_to) == 0
                                  ? VG_JUDGE_GOOD
                                  : vg_settings_return_ahead(j->in->settings, &want);
    if (state == VG_JUDGE_BAD) {
        return SAY(j, state, TR(j, "its own return goes back to %s, the flight ends at %s: set %s"),
                   s->base_from, s->base_to, want);
    }
    if (state == VG_JUDGE_UNKNOWN) {
        return SAY(j, state, TR(j, "not known whether its own return goes on to %s"), s->base_to);
    }
    return state;
}

/* RTL_AUTOLAND 2: whatever its return height is. */
static enum vg_judgement judge_return_slope(const struct vg_point_judge *j)
{
    double clear_m = j->in->way.slope_clear_m;
    return SAY(j, clear_m >= CLEAR_M ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
               clear_m >= 0
                   ? TR(j, "descends evenly to its landing: %.0f m over the ground at least")
                   : TR(j, "descends evenly to its landing: %.0f m into the ground on the way"),
               fabs(clear_m));
}

/* At a height above home, or as high as it is, or above the ground. */
static enum vg_judgement judge_return_level(const struct vg_point_judge *j, double height_m)
{
    const struct vg_preflight_way *way = &j->in->way;
    if (height_m < 0) { /* ArduPilot: stays as high as it is */
        return SAY(j, way->least_clear_m >= CLEAR_M ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
                   TR(j, "stays as high as it is; %.0f m over the highest ground on the way"),
                   way->least_clear_m);
    }
    if (vg_settings_return_follows(j->in->settings)) {
        return SAY(j, height_m >= CLEAR_M ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
                   TR(j, "follows the ground, %.0f m above it"), height_m);
    }
    double over_m = way->pad_msl_m + height_m - way->ground_msl_m;
    return SAY(j, over_m >= CLEAR_M ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
               over_m >= 0 ? TR(j, "%.0f m above home: %.0f m over the highest ground on the way")
                           : TR(j, "%.0f m above home: %.0f m into the ground on the way"),
               height_m, fabs(over_m));
}

static enum vg_judgement judge_return_height(const struct vg_point_judge *j)
{
    const struct vg_settings *s = j->in->settings;
    double height_m = s->is_started ? s->value[VG_SET_RETURN_M] : (double)NAN;
    bool is_slope = vg_settings_return_slopes(s);
    if (!isfinite(height_m) && !is_slope) {
        bool is_reading = s->is_started && !vg_paramask_is_done(&s->ask);
        return is_reading ? SAY(j, VG_JUDGE_WAITING, "%s", TR(j, "its settings are being read"))
                          : SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "it did not tell its settings"));
    }
    enum vg_judgement ahead = judge_return_ahead(j);
    if (ahead != VG_JUDGE_GOOD) {
        return ahead;
    }
    if (!isfinite(j->in->way.ground_msl_m)) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "the ground on the way is not known"));
    }
    return is_slope ? judge_return_slope(j) : judge_return_level(j, height_m);
}

static enum vg_judgement judge_lost_link(const struct vg_point_judge *j)
{
    return vg_settings_lost_link(j->in->settings, j->lang, j->reason, j->size_bytes);
}

static enum vg_judgement judge_battery_failsafe(const struct vg_point_judge *j)
{
    return vg_settings_battery(j->in->settings, j->lang, j->reason, j->size_bytes);
}

static enum vg_judgement judge_signing(const struct vg_point_judge *j)
{
    const struct vg_health *h = j->in->health;
    if (!j->in->has_key) {
        return SAY(j, VG_JUDGE_BAD, "%s",
                   h->is_signed ? TR(j, "it signs, but the watch has no key for it")
                                : TR(j, "unsigned: anyone in reach of the link can command it"));
    }
    if (!h->is_heard) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "never heard"));
    }
    return h->is_signed ? SAY(j, VG_JUDGE_GOOD, "%s", TR(j, "signed both ways"))
                        : SAY(j, VG_JUDGE_BAD, "%s", TR(j, "a key is set, it does not sign"));
}

static enum vg_judgement judge_clock(const struct vg_point_judge *j)
{
    const struct vg_health *h = j->in->health;
    if (!h->has_clock) {
        return SAY(j, VG_JUDGE_UNKNOWN, "%s", TR(j, "it does not tell the time"));
    }
    if (fabs(h->clock_ahead_s) <= CLOCK_S / 2) {
        return SAY(j, VG_JUDGE_GOOD, "%s", TR(j, "as the station's"));
    }
    return SAY(j, fabs(h->clock_ahead_s) <= CLOCK_S ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
               TR(j, "%+.1f s against the station's"), h->clock_ahead_s);
}

enum vg_judgement vg_point_judge(enum vg_point point, const struct vg_point_judge *j)
{
    static enum vg_judgement (*const JUDGES[VG_POINT_COUNT])(const struct vg_point_judge *) = {
        [VG_POINT_LINK] = judge_link,
        [VG_POINT_FIX] = judge_fix,
        [VG_POINT_KIND] = judge_kind,
        [VG_POINT_PLACE] = judge_place,
        [VG_POINT_SENSORS] = judge_sensors,
        [VG_POINT_ESTIMATOR] = judge_estimator,
        [VG_POINT_BATTERY] = judge_battery,
        [VG_POINT_MISSION] = judge_mission,
        [VG_POINT_FENCE] = judge_fence,
        [VG_POINT_RETURN_HEIGHT] = judge_return_height,
        [VG_POINT_LOST_LINK] = judge_lost_link,
        [VG_POINT_BATTERY_FAILSAFE] = judge_battery_failsafe,
        [VG_POINT_SIGNING] = judge_signing,
        [VG_POINT_CLOCK] = judge_clock,
    };
    return JUDGES[point](j);
}
