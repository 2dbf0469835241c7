/* The pre-flight list of a drone with its next sortie. */
#include "fly/director_priv.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

static enum vg_loaded mission_aboard(const struct vg_flyer *f)
{
    if (f->state == VG_FLYER_PREPARING) {
        return f->up.state == VG_MISSION_FAILED ? VG_LOADED_FAILED : VG_LOADED_ON_ITS_WAY;
    }
    if (f->state == VG_FLYER_WAITING || f->state == VG_FLYER_LAUNCHING) {
        return f->up.state == VG_MISSION_DONE && !f->is_replaced ? VG_LOADED_VERIFIED
                                                                 : VG_LOADED_FAILED;
    }
    return VG_LOADED_NOT_KNOWN;
}

/* The wind that the plan was made with, at the time of take-off. */
static void planned_wind(const struct vg_director *self, const struct vg_flyer *f, double out[2])
{
    struct vg_watchfile w = vg_plan_watch(f->job.plan, self->options.watch);
    struct vg_wf_wind wind = vg_watchfile_wind_at(&w, vg_us_to_s(f->job.takeoff));
    out[0] = -wind.mps * cos(wind.from_deg * VG_RAD_PER_DEG);
    out[1] = -wind.mps * sin(wind.from_deg * VG_RAD_PER_DEG);
}

void vg_flyer_judge(const struct vg_director *self, const struct vg_flyer *f, enum vg_lang lang,
                    struct vg_us now, struct vg_preflight *out)
{
    const struct vg_plan_sortie *s = vg_job_sortie(&f->job);
    double planned_ne_mps[2];
    double now_ne_mps[2];
    int base = vg_watchfile_find_base(self->options.watch, s->base_from);
    planned_wind(self, f, planned_ne_mps);
    vg_flyer_wind(self, f, now, now_ne_mps);
    const struct vg_preflight_input in = {
        .vehicle = &f->vehicle,
        .health = &f->health,
        .settings = &f->settings,
        .sortie = s,
        .watch = self->options.watch,
        .type = f->type,
        .link = f->told_link,
        .loss = f->loss,
        .base = base >= 0 ? base : 0,
        .has_key = self->options.watch->drones[f->drone].key[0] != '\0',
        .mission = mission_aboard(f),
        .fence = f->fence,
        .way = f->job.way,
        .energy = vg_preflight_energy(s, f->type, planned_ne_mps, now_ne_mps),
        .wind_mps = hypot(now_ne_mps[0], now_ne_mps[1]),
        .overruled = f->job.overruled,
        .now = now,
    };
    vg_preflight_judge(&in, lang, out);
}

const char *vg_flyer_held_by(struct vg_director *self, struct vg_flyer *f, struct vg_us now,
                             char *buf, size_t size_bytes)
{
    vg_flyer_judge(self, f, self->options.lang, now, &f->preflight);
    int k = f->preflight.first_hold;
    if (k < 0) {
        return NULL;
    }
    vg_format(buf, size_bytes, "%s: %s", vg_point_title((enum vg_point)k, self->options.lang),
              f->preflight.points[k].reason);
    return buf;
}

enum vg_status vg_director_overrule(struct vg_director *self, const char *sortie, const char *point,
                                    const char *by, struct vg_us now, struct vg_error *err)
{
    (void)now;
    enum vg_point k = vg_point_find(point);
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *f = &self->flyers[i];
        bool is_grounded = f->state == VG_FLYER_READY || f->state == VG_FLYER_PREPARING ||
                           f->state == VG_FLYER_WAITING;
        if (f->job.flight.sortie < 0 || !is_grounded || strcmp(f->job.id, sortie) != 0) {
            continue;
        }
        if (k == VG_POINT_COUNT) {
            return vg_fail(err, VG_E_NOT_FOUND, "no pre-flight point \"%s\"", point);
        }
        if (!vg_point_may_overrule(k)) {
            return vg_fail(err, VG_E_INVALID, "the point \"%s\" may not be overruled", point);
        }
        char what[48];
        vg_format(what, sizeof what, "overrule %s", point);
        f->job.overruled |= 1u << k;
        vg_flyer_tell_act(self, by, what, sortie);
        return VG_OK;
    }
    return vg_fail(err, VG_E_NOT_FOUND, "no sortie \"%s\" is on the ground", sortie);
}
