/* Every second, each drone in the air: against its plan, over the ground, and home. */
#include "fly/director_priv.h"

#include "base/units.h"
#include "config/work.h"
#include "geo/geodesy.h"

#include <math.h>

static const double SETTLED_S = 180; /* so long in the air an autopilot needs to know the wind */
static const double FRESH_S = 30;
static const double SMOOTH_S = 30;
static const double OFF_TRACK_M = 300; /* corners are cut by less */
static const double NEAR_BASE_M = 2500; /* take-off, landing and their circles */
static const double LOW_SHARE = 0.8; /* of the floor: elevation data and gusts */
static const double HIGH_M = 20; /* over the ceiling likewise */
static const double WORTH_S = 60; /* turning home must save so much */
static const double AS_PLANNED = 0.02; /* of the battery: its gauge, and the climb at take-off */
static const double CLEAR = 0.02; /* the margin by which an alarm is over */

enum {
    ENERGY_LOOKS = 3, /* in a row */
    TRACK_LOOKS = 15,
    HEIGHT_LOOKS = 5,
    DENIED_LOOKS = 5,
    LOOK_EVERY_US = 1000000
};

static const struct {
    const char *kind;
    const char *level;
    int looks;
} ALERTS[VG_FLIGHT_ALERT_COUNT] = {
    [VG_FLIGHT_ALERT_ENERGY] = {"energy", "urgent", ENERGY_LOOKS},
    [VG_FLIGHT_ALERT_OFF_TRACK] = {"off_track", "warning", TRACK_LOOKS},
    [VG_FLIGHT_ALERT_HEIGHT] = {"height", "urgent", HEIGHT_LOOKS},
    [VG_FLIGHT_ALERT_NEAR] = {"near_own", "urgent", 1},
    [VG_FLIGHT_ALERT_DENIED] = {"says_landed", "urgent", DENIED_LOOKS},
};

void vg_flyer_alarm(struct vg_director *self, struct vg_flyer *f, enum vg_flight_alert alert,
                    bool is_so, const char *params)
{
    f->looks[alert] = is_so ? f->looks[alert] + 1 : 0;
    if (is_so && f->looks[alert] >= ALERTS[alert].looks) {
        f->is_alerted[alert] = true;
        self->options.alert(self->options.ctx, ALERTS[alert].kind, ALERTS[alert].level, f->drone,
                            params);
    } else if (!is_so && f->is_alerted[alert]) {
        f->is_alerted[alert] = false;
        self->options.alert_over(self->options.ctx, ALERTS[alert].kind, f->drone);
    }
}

void vg_flyer_begin_flight(struct vg_director *self, struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    int dest = f->job.flight.sortie >= 0
                   ? vg_watchfile_find_base(w, vg_job_sortie(&f->job)->base_to)
                   : w->drones[f->drone].base;
    f->dest = dest >= 0 ? dest : 0;
    for (int k = 0; k < VG_FLIGHT_ALERT_COUNT; k++) {
        vg_flyer_alarm(self, f, (enum vg_flight_alert)k, false, "");
    }
    f->is_held = false;
    f->drain = (struct vg_drain){0};
    f->look = (struct vg_supervision){0};
    f->announced = (struct vg_announced){0};
    f->divert = (struct vg_diversion){0};
    f->wanted = VG_MODE_OTHER;
}

struct vg_land vg_director_land(const struct vg_director *self)
{
    return (struct vg_land){self->options.watch, self->detours, self->options.ground};
}

static void blow(struct vg_wf_wind w, double out_ne_mps[2])
{
    out_ne_mps[0] = -w.mps * cos(w.from_deg * VG_RAD_PER_DEG);
    out_ne_mps[1] = -w.mps * sin(w.from_deg * VG_RAD_PER_DEG);
}

/* What it tells, gusts evened out over half a minute. */
static void smooth_wind(struct vg_flyer *f, struct vg_us now)
{
    const struct vg_vehicle *v = &f->vehicle;
    double now_ne_mps[2];
    if (!v->wind.is_known || vg_us_to_s(vg_us_sub(now, v->wind.t)) > FRESH_S) {
        f->has_wind = false;
        return;
    }
    blow((struct vg_wf_wind){v->wind.from_true_deg, v->wind.speed_mps}, now_ne_mps);
    double part = f->has_wind ? fmin(1, vg_us_to_s(vg_us_sub(now, f->wind_t)) / SMOOTH_S) : 1;
    for (int k = 0; k < 2; k++) {
        f->wind_ne_mps[k] += part * (now_ne_mps[k] - f->wind_ne_mps[k]);
    }
    f->wind_t = now;
    f->has_wind = true;
}

/* Its own, once it has flown long enough to know; else what the others tell; else the forecast. */
void vg_flyer_wind(const struct vg_director *self, const struct vg_flyer *f, struct vg_us now,
                   double out_ne_mps[2])
{
    bool is_settled = f->job.flight.sortie >= 0 && f->was_in_air &&
                      vg_us_to_s(vg_us_sub(now, f->job.takeoff)) > SETTLED_S;
    if (is_settled && f->has_wind && vg_us_to_s(vg_us_sub(now, f->wind_t)) < FRESH_S) {
        out_ne_mps[0] = f->wind_ne_mps[0];
        out_ne_mps[1] = f->wind_ne_mps[1];
    } else if (!vg_director_wind(self, now, &out_ne_mps[0], &out_ne_mps[1])) {
        struct vg_watchfile planned =
            vg_plan_watch(self->options.timetable.plan, self->options.watch);
        blow(vg_watchfile_wind_at(&planned, vg_us_to_s(now)), out_ne_mps);
    }
}

/* ---- energy ---- */

static void begin_params(const struct vg_director *self, const struct vg_flyer *f, struct vg_buf *b)
{
    vg_buf_puts(b, "{\"drone\":");
    vg_buf_json(b, self->options.watch->drones[f->drone].id);
    vg_buf_puts(b, ",\"sortie\":");
    vg_buf_json(b, f->job.id);
}

/* What would help, and would it? */
static enum vg_act remedy(const struct vg_flyer *f, const struct vg_supervise_input *in,
                          int *out_base)
{
    const struct vg_supervision *look = &f->look;
    *out_base = vg_supervise_refuge(in, look);
    if (*out_base != in->base) {
        return VG_ACT_DIVERT;
    }
    /* A plan may use the battery to the reserve: one that has all that it was planned with is not
     * cut short by its last minutes each time for what the gauge rounds. */
    double left_out_s = look->lacks < AS_PLANNED ? vg_circuit_s(f->type) : 0;
    bool is_long = f->is_held || look->rest_s - left_out_s > look->home.time_s + WORTH_S;
    return f->state == VG_FLYER_FLYING && is_long ? VG_ACT_RETURN : VG_ACT_NONE;
}

static void raise_energy(struct vg_director *self, struct vg_flyer *f, enum vg_act act, int base)
{
    struct vg_buf b = {0};
    begin_params(self, f, &b);
    vg_buf_printf(
        &b, ",\"margin\":%.3f,\"margin_s\":%.0f,\"battery\":%.2f,\"act\":\"%s\",\"base\":",
        fmax(-9, f->look.margin), fmax(-1e6, f->look.margin_s), f->look.battery, vg_act_name(act));
    vg_buf_json(&b, self->options.watch->bases[base].name);
    vg_buf_printf(&b, ",\"at_us\":%lld}", (long long)f->announced.at.us);
    vg_flyer_alarm(self, f, VG_FLIGHT_ALERT_ENERGY, true, vg_buf_text(&b));
    vg_buf_finish(&b);
}

static void watch_energy(struct vg_director *self, struct vg_flyer *f,
                         const struct vg_supervise_input *in)
{
    const struct vg_supervision *look = &f->look;
    int *looks = &f->looks[VG_FLIGHT_ALERT_ENERGY];
    if (isnan(look->margin)) {
        return;
    }
    if (look->margin >= (f->is_alerted[VG_FLIGHT_ALERT_ENERGY] ? CLEAR : 0)) {
        vg_flyer_alarm(self, f, VG_FLIGHT_ALERT_ENERGY, false, "");
        vg_flyer_call_off(self, f);
        return;
    }
    int base;
    enum vg_act act = remedy(f, in, &base);
    bool is_stopped = f->announced.stopped_by[0] != '\0';
    if (act == VG_ACT_NONE && look->margin > -CLEAR) {
        *looks = 0; /* on its way down already, and it is a matter of the gauge's rounding */
        return;
    }
    if (*looks + 1 >= ENERGY_LOOKS && act != VG_ACT_NONE && !is_stopped &&
        f->announced.act == VG_ACT_NONE) {
        vg_flyer_announce(self, f, act, base, in->now);
    }
    raise_energy(self, f, act, base);
}

/* ---- place and height ---- */

static bool is_near_a_base(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    for (int b = 0; b < w->n_bases; b++) {
        if (vg_geo_distance_m(f->vehicle.position.lat_deg, f->vehicle.position.lon_deg,
                              w->bases[b].lat_deg, w->bases[b].lon_deg) < NEAR_BASE_M) {
            return true;
        }
    }
    return false;
}

static void watch_place(struct vg_director *self, struct vg_flyer *f)
{
    const struct vg_supervision *look = &f->look;
    bool is_clear = !is_near_a_base(self, f);
    bool is_off = is_clear && look->cross_m > OFF_TRACK_M; /* not if NaN */
    struct vg_buf b = {0};
    begin_params(self, f, &b);
    vg_buf_printf(&b, ",\"cross_m\":%.0f}", is_off ? look->cross_m : 0);
    vg_flyer_alarm(self, f, VG_FLIGHT_ALERT_OFF_TRACK, is_off, vg_buf_text(&b));
    vg_buf_finish(&b);
    bool is_low = is_clear && look->agl_m < LOW_SHARE * f->type->floor_m;
    bool is_high = is_clear && f->type->ceiling_m > 0 && look->agl_m > f->type->ceiling_m + HIGH_M;
    b = (struct vg_buf){0};
    begin_params(self, f, &b);
    vg_buf_printf(&b, ",\"agl_m\":%.0f,\"%s\":%.0f}", is_low || is_high ? look->agl_m : 0,
                  is_high ? "ceiling_m" : "floor_m",
                  is_high ? f->type->ceiling_m : f->type->floor_m);
    vg_flyer_alarm(self, f, VG_FLIGHT_ALERT_HEIGHT, is_low || is_high, vg_buf_text(&b));
    vg_buf_finish(&b);
}

/* It says that it has landed; its speed and its engine say that it flies, or do not decide it. */
static void watch_word(struct vg_director *self, struct vg_flyer *f)
{
    struct vg_buf b = {0};
    begin_params(self, f, &b);
    vg_buf_puts(&b, "}");
    vg_flyer_alarm(self, f, VG_FLIGHT_ALERT_DENIED, f->vehicle.flight.is_denied, vg_buf_text(&b));
    vg_buf_finish(&b);
}

void vg_flyer_look(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (now.us < f->next_look.us || f->job.flight.sortie < 0) {
        return;
    }
    f->next_look = vg_us(now.us + LOOK_EVERY_US);
    struct vg_supervise_input in = {
        .vehicle = &f->vehicle,
        .sortie = vg_job_sortie(&f->job),
        .type = f->type,
        .land = vg_director_land(self),
        .drain = &f->drain,
        .base = f->dest,
        .takeoff = f->job.takeoff,
        .is_on_plan = f->state == VG_FLYER_FLYING && !f->is_held,
        .now = now,
    };
    smooth_wind(f, now);
    vg_flyer_wind(self, f, now, in.wind_ne_mps);
    watch_word(self, f);
    if (f->vehicle.battery.is_known && f->vehicle.position.is_known) {
        vg_drain_feed(&f->drain, f->type, f->vehicle.battery.percent / 100,
                      f->vehicle.position.alt_msl_m, now);
    }
    vg_supervise(&in, &f->look);
    if (f->look.is_known && f->look.t.us == now.us) {
        watch_energy(self, f, &in);
        watch_place(self, f);
    }
}
