/* What the drones should tell and how often; what they tell beside their flight: clock, camera,
 * gimbal, remote id, events. */
#include "fly/director_priv.h"
#include "link/autopilot.h"

#include <string.h>

static const struct vg_msgrate_wanted WANTED[] = {
    {VG_MAV_ID_GLOBAL_POSITION_INT, 10},
    {VG_MAV_ID_ATTITUDE, 5},
    {VG_MAV_ID_VFR_HUD, 1},
    {VG_MAV_ID_SYS_STATUS, 1},
    {VG_MAV_ID_GPS_RAW_INT, 1},
    {VG_MAV_ID_MISSION_CURRENT, 1},
    {VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS, 2},
    {VG_MAV_ID_CAMERA_FOV_STATUS, 1},
    {VG_MAV_ID_SYSTEM_TIME, 1},
};

enum {
    SEVERITY_INFO = 6 /* MAV_SEVERITY: what is finer is not for people */
};

static void begin(struct vg_director *self, struct vg_flyer *f)
{
    const struct vg_mav_pair pair = vg_flyer_pair(self, f);
    struct vg_aboard *a = &f->aboard;
    struct vg_msgrate_wanted wanted[sizeof WANTED / sizeof WANTED[0] + 1];
    int n = (int)(sizeof WANTED / sizeof WANTED[0]);
    memcpy(wanted, WANTED, sizeof WANTED);
    wanted[n] =
        (struct vg_msgrate_wanted){vg_autopilot_find(f->vehicle.state.autopilot)->estimate_id, 1};
    a->has_begun = true;
    vg_msgrates_init(&a->rates, pair, wanted, n + 1);
    vg_timesync_init(&a->clock, pair);
    vg_payload_init(&a->payload, pair);
    vg_remoteid_init(&a->remoteid, pair);
    vg_mavevents_init(&a->events, pair);
}

static void keep_events(struct vg_aboard *a)
{
    struct vg_mavevent e;
    while (vg_mavevents_take(&a->events, &e)) {
        if (e.severity <= SEVERITY_INFO) {
            a->newest_event = (a->newest_event + 1) % VG_DIRECTOR_EVENTS;
            a->kept_events[a->newest_event] = e;
            a->n_kept_events += a->n_kept_events < VG_DIRECTOR_EVENTS;
        }
    }
}

void vg_flyer_listen(struct vg_director *self, struct vg_flyer *f, const struct vg_mav_msg *msg,
                     struct vg_us now)
{
    struct vg_aboard *a = &f->aboard;
    if (!a->has_begun && f->vehicle.state.is_known) {
        begin(self, f);
    }
    if (a->has_begun) {
        vg_msgrates_feed(&a->rates, msg, now);
        vg_timesync_feed(&a->clock, msg, now);
        vg_payload_feed(&a->payload, msg, now);
        vg_remoteid_feed(&a->remoteid, msg);
        vg_mavevents_feed(&a->events, msg, now);
        keep_events(a);
    }
}

void vg_flyer_listen_anew(struct vg_flyer *f, bool has_restarted)
{
    vg_msgrates_restart(&f->aboard.rates);
    if (has_restarted) {
        vg_timesync_restart(&f->aboard.clock);
        vg_payload_restart(&f->aboard.payload);
        f->settings.is_started = false;
    }
}

/* Its pilots are at its base. */
static struct vg_operator operator_of(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    struct vg_operator op = {0};
    int base = w->drones[f->drone].base;
    if (base >= 0) {
        op.has_place = true;
        op.lat_deg = w->bases[base].lat_deg;
        op.lon_deg = w->bases[base].lon_deg;
    }
    vg_format(op.id, sizeof op.id, "%s", w->operator_id);
    return op;
}

static bool next_out(struct vg_aboard *a, struct vg_mav_msg *out)
{
    return vg_msgrates_next_out(&a->rates, out) || vg_timesync_next_out(&a->clock, out) ||
           vg_payload_next_out(&a->payload, out) || vg_remoteid_next_out(&a->remoteid, out) ||
           vg_mavevents_next_out(&a->events, out);
}

/* What it was told to do by itself: lost link, low battery, way home. */
static void step_settings(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    const struct vg_mav_pair pair = vg_flyer_pair(self, f);
    struct vg_mav_msg m;
    if (!f->settings.is_started && f->vehicle.state.is_known) {
        vg_settings_start(&f->settings, pair, f->vehicle.state.autopilot, f->vehicle.state.type);
    }
    while (vg_settings_step(&f->settings, now, &m)) {
        self->options.send(self->options.ctx, f->drone, &m);
    }
}

void vg_flyer_step_listen(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    struct vg_aboard *a = &f->aboard;
    struct vg_mav_msg m;
    bool is_quiet =
        f->is_by_satellite || f->vehicle.is_high_latency || f->told_link != VG_LINK_FRESH;
    vg_msgrates_pause(&a->rates, is_quiet);
    vg_msgrates_step(&a->rates, now);
    if (!is_quiet) {
        step_settings(self, f, now);
    }
    if (!is_quiet && a->has_begun) {
        const struct vg_operator op = operator_of(self, f);
        vg_timesync_step(&a->clock, now);
        vg_payload_step(&a->payload, now);
        vg_remoteid_step(&a->remoteid, &op, now);
        vg_mavevents_step(&a->events, now);
        keep_events(a);
    }
    while (next_out(a, &m)) {
        self->options.send(self->options.ctx, f->drone, &m);
    }
}

const struct vg_aboard *vg_director_aboard(const struct vg_director *self, int drone)
{
    return &self->flyers[drone].aboard;
}
