#include "fly/director_priv.h"

#include "fly/route.h"

#include <math.h>
#include <string.h>

static const char *const STATE_WORDS[VG_FLYER_COUNT] = {
    [VG_FLYER_ABSENT] = "absent",       [VG_FLYER_READY] = "ready",
    [VG_FLYER_PREPARING] = "preparing", [VG_FLYER_WAITING] = "waiting",
    [VG_FLYER_LAUNCHING] = "launching", [VG_FLYER_FLYING] = "flying",
    [VG_FLYER_RETURNING] = "returning", [VG_FLYER_LOST] = "lost",
    [VG_FLYER_TURNING] = "turning",
};

static const char *phase_word(const struct vg_flyer *f, struct vg_us now)
{
    if (f->state != VG_FLYER_FLYING || f->job.flight.sortie < 0) {
        return "";
    }
    if (f->is_held) {
        return "held";
    }
    const struct vg_plan_sortie *s = vg_job_sortie(&f->job);
    double aloft_s = vg_us_to_s(vg_us_sub(now, f->job.takeoff)) + s->takeoff_s;
    if (s->n_visits == 0 || aloft_s < s->visits[0].t0_s) {
        return "outbound";
    }
    return aloft_s <= s->visits[s->n_visits - 1].t1_s ? "patrol" : "inbound";
}

/* What comes next for this drone, and when. */
static const char *next_word(const struct vg_flyer *f, struct vg_us *out_t)
{
    *out_t = vg_us(0);
    switch (f->state) {
    case VG_FLYER_READY:
    case VG_FLYER_PREPARING:
    case VG_FLYER_WAITING:
    case VG_FLYER_LAUNCHING:
        *out_t = f->job.takeoff;
        return f->job.flight.sortie < 0 ? "" : f->job.is_relief ? "relief" : "takeoff";
    case VG_FLYER_FLYING:
    case VG_FLYER_RETURNING:
    case VG_FLYER_LOST:
        *out_t = f->job.land;
        return f->job.flight.sortie < 0 ? "" : "land";
    case VG_FLYER_TURNING:
        *out_t = f->turning_until;
        return "ready";
    case VG_FLYER_ABSENT:
    case VG_FLYER_COUNT:
        break;
    }
    return "";
}

bool vg_flyer_is_by_others(const struct vg_flyer *f)
{
    bool is_ours = f->state == VG_FLYER_LAUNCHING || f->state == VG_FLYER_FLYING ||
                   f->state == VG_FLYER_RETURNING || f->state == VG_FLYER_LOST;
    return !is_ours && f->vehicle.flight.is_known && f->vehicle.flight.is_in_air;
}

void vg_flyer_tell_drone(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    static const char *const links[] = {"never", "fresh", "stale", "lost"};
    struct vg_us next_t;
    const char *next = next_word(f, &next_t);
    const struct vg_vehicle *v = &f->vehicle;
    struct vg_buf b = {0};
    f->is_told_by_others = vg_flyer_is_by_others(f);
    enum vg_flyer_state shown = f->is_told_by_others ? VG_FLYER_FLYING : f->state;
    vg_buf_puts(&b, "{\"id\":");
    vg_buf_json(&b, self->options.watch->drones[f->drone].id);
    vg_buf_printf(&b, ",\"state\":\"%s\",\"phase\":\"%s\",\"link\":\"%s\",\"mode\":",
                  STATE_WORDS[shown], phase_word(f, now), links[f->told_link]);
    vg_buf_json(&b, v->state.is_known ? v->state.mode_name : "");
    vg_buf_printf(
        &b, ",\"armed\":%s,\"sortie\":", v->state.is_known && v->state.is_armed ? "true" : "false");
    vg_buf_json(&b, f->job.flight.sortie >= 0 ? f->job.id : "");
    vg_buf_printf(&b, ",\"next\":\"%s\",\"next_us\":%lld,\"note\":", next, (long long)next_t.us);
    vg_buf_json(&b, f->state == VG_FLYER_READY ? f->job.reason : "");
    vg_buf_puts(&b, "}");
    if (!b.is_failed && strcmp(b.data, f->told) != 0) {
        vg_format(f->told, sizeof f->told, "%s", b.data);
        self->options.event(self->options.ctx, "drone", b.data, b.n);
    }
    vg_buf_finish(&b);
}

void vg_flyer_set_state(struct vg_director *self, struct vg_flyer *f, enum vg_flyer_state state,
                        struct vg_us now)
{
    if (f->state != state) {
        f->state = state;
        f->state_since = now;
    }
    vg_flyer_tell_drone(self, f, now);
}

void vg_flyer_tell_sortie(struct vg_director *self, struct vg_flyer *f, const char *state)
{
    struct vg_job_flight *j = &f->job;
    const struct vg_plan_sortie *s = vg_job_sortie(j);
    vg_format(j->state, sizeof j->state, "%s", state);
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"id\":");
    vg_buf_json(&b, j->id);
    vg_buf_puts(&b, ",\"drone\":");
    vg_buf_json(&b, self->options.watch->drones[f->drone].id);
    vg_buf_puts(&b, ",\"base_from\":");
    vg_buf_json(&b, s->base_from);
    vg_buf_puts(&b, ",\"base_to\":");
    vg_buf_json(&b, s->base_to);
    vg_buf_printf(&b, ",\"state\":\"%s\",\"consent\":\"%s\",\"takeoff_us\":%lld,\"land_us\":%lld",
                  state,
                  j->is_refused    ? "refused"
                  : j->has_consent ? "given"
                                   : "needed",
                  (long long)j->takeoff.us, (long long)j->land.us);
    int line;
    double from_m;
    double to_m;
    if (vg_route_span(s, self->options.watch, &line, &from_m, &to_m)) {
        vg_buf_printf(&b, ",\"line\":%d,\"from_m\":%.0f,\"to_m\":%.0f", line, from_m, to_m);
    }
    vg_buf_puts(&b, ",\"reason\":");
    vg_buf_json(&b, j->reason);
    vg_buf_puts(&b, "}");
    if (!b.is_failed) {
        self->options.event(self->options.ctx, "sortie", b.data, b.n);
    }
    vg_buf_finish(&b);
}

void vg_flyer_tell_act(struct vg_director *self, const char *by, const char *what,
                       const char *target)
{
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"by\":");
    vg_buf_json(&b, by);
    vg_buf_puts(&b, ",\"what\":");
    vg_buf_json(&b, what);
    vg_buf_puts(&b, ",\"target\":");
    vg_buf_json(&b, target);
    vg_buf_puts(&b, "}");
    if (!b.is_failed) {
        self->options.event(self->options.ctx, "act", b.data, b.n);
    }
    vg_buf_finish(&b);
}

void vg_flyer_alert(struct vg_director *self, struct vg_flyer *f, const char *kind,
                    const char *level, const char *reason)
{
    struct vg_buf b = {0};
    vg_buf_puts(&b, "{\"drone\":");
    vg_buf_json(&b, self->options.watch->drones[f->drone].id);
    vg_buf_puts(&b, ",\"sortie\":");
    vg_buf_json(&b, f->job.id);
    vg_buf_puts(&b, ",\"reason\":");
    vg_buf_json(&b, reason);
    vg_buf_puts(&b, "}");
    if (!b.is_failed) {
        self->options.alert(self->options.ctx, kind, level, f->drone, b.data);
    }
    vg_buf_finish(&b);
}
