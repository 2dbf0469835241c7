#include "traffic/adsb.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

static const double PAIR_AIR_S = 10; /* DO-260B 2.2.10.2.6 */
static const double PAIR_GROUND_S = 25;
static const double LOCAL_S = 60; /* an aircraft flies at most half a zone in ten times that */
/* Faster than any aircraft that tells its position, and what a place may be off by. */
static const double FASTEST_MPS = 1000;
static const double SLACK_M = 2000;

enum vg_status vg_adsb_init(struct vg_adsb *self, double ref_lat_deg, double ref_lon_deg,
                            struct vg_error *err)
{
    *self = (struct vg_adsb){.ref_lat_deg = ref_lat_deg, .ref_lon_deg = ref_lon_deg};
    self->aircraft = calloc(VG_ADSB_AIRCRAFT, sizeof *self->aircraft);
    if (self->aircraft == NULL) {
        return vg_no_memory(err);
    }
    enum vg_status st = vg_lru_init(&self->lru, VG_ADSB_AIRCRAFT, err);
    if (st != VG_OK) {
        vg_adsb_finish(self);
    }
    return st;
}

void vg_adsb_finish(struct vg_adsb *self)
{
    free(self->aircraft);
    self->aircraft = NULL;
    vg_lru_finish(&self->lru);
}

static double seconds(struct vg_us from, struct vg_us to)
{
    return vg_us_to_s(vg_us_sub(to, from));
}

/* A flat distance is near enough to tell a leap from a flight. */
static bool is_leap(const struct vg_adsb_aircraft *a, struct vg_us now, double lat_deg,
                    double lon_deg)
{
    double east_deg = vg_wrap_180_deg(lon_deg - a->lon_deg) * cos(lat_deg * VG_RAD_PER_DEG);
    double metres = hypot(lat_deg - a->lat_deg, east_deg) * VG_RAD_PER_DEG * VG_EARTH_MEAN_RADIUS_M;
    return metres > SLACK_M + FASTEST_MPS * fabs(seconds(a->placed, now));
}

static bool place_of_pair(const struct vg_adsb *self, const struct vg_adsb_aircraft *a,
                          bool is_surface, bool is_odd, double *lat_deg, double *lon_deg)
{
    double limit_s = is_surface ? PAIR_GROUND_S : PAIR_AIR_S;
    if (a->heard[0].us == 0 || a->heard[1].us == 0 || a->is_surface[0] != a->is_surface[1] ||
        fabs(seconds(a->heard[0], a->heard[1])) > limit_s) {
        return false;
    }
    if (!is_surface) {
        return vg_cpr_airborne(&a->cpr[0], &a->cpr[1], is_odd, lat_deg, lon_deg);
    }
    return isfinite(self->ref_lat_deg) && isfinite(self->ref_lon_deg) &&
           vg_cpr_surface(&a->cpr[0], &a->cpr[1], is_odd, self->ref_lat_deg, self->ref_lon_deg,
                          lat_deg, lon_deg);
}

/* Forget the aircraft's place and pair but for the message at hand. */
static void begin_anew(struct vg_adsb_aircraft *a, int keep)
{
    a->placed = vg_us(0);
    a->heard[1 - keep] = vg_us(0);
}

static bool place(struct vg_adsb *self, struct vg_adsb_aircraft *a, const struct vg_modes *m,
                  struct vg_us now, struct vg_sighting *out)
{
    bool is_surface = m->what == VG_MODES_SURFACE;
    int i = m->cpr.is_odd ? 1 : 0;
    double lat_deg;
    double lon_deg;
    a->cpr[i] = m->cpr;
    a->heard[i] = now;
    a->is_surface[i] = is_surface;
    bool is_placed = a->placed.us != 0 && fabs(seconds(a->placed, now)) <= LOCAL_S;
    bool is_found =
        is_placed ? vg_cpr_local(&m->cpr, is_surface, a->lat_deg, a->lon_deg, &lat_deg, &lon_deg)
                  : place_of_pair(self, a, is_surface, m->cpr.is_odd, &lat_deg, &lon_deg);
    if (is_found && is_placed && is_leap(a, now, lat_deg, lon_deg)) {
        self->n_leaps++;
        begin_anew(a, i);
        return false;
    }
    if (!is_found || !vg_sighting_set_place(out, lat_deg, lon_deg)) {
        return false;
    }
    a->lat_deg = lat_deg;
    a->lon_deg = lon_deg;
    a->placed = now;
    return true;
}

static void copy(const struct vg_modes *m, struct vg_sighting *out)
{
    out->kind = m->kind;
    vg_sighting_text(out->name, sizeof out->name, m->callsign, sizeof m->callsign);
    out->alt_pressure_m = m->alt_pressure_m;
    out->alt_ell_m = m->alt_ell_m;
    out->ell_minus_pressure_m = m->ell_minus_pressure_m;
    out->course_true_deg = m->course_true_deg;
    out->speed_mps = m->speed_mps;
    out->climb_mps = m->climb_mps;
    out->squawk = m->squawk;
    out->emergency = m->emergency;
    if (m->what == VG_MODES_SURFACE || m->what == VG_MODES_AIRBORNE) {
        out->on_ground = m->what == VG_MODES_SURFACE;
    } else if (m->what == VG_MODES_VELOCITY) {
        out->on_ground = 0;
    }
}

bool vg_adsb_take(struct vg_adsb *self, const struct vg_modes *m, struct vg_us now,
                  struct vg_sighting *out)
{
    bool is_new;
    *out = vg_sighting_none(m->is_anon ? VG_ID_ANON : VG_ID_ICAO);
    vg_sighting_set_address(out, m->address);
    copy(m, out);
    if (m->has_place) {
        uint64_t key = (uint64_t)m->is_anon << 32 | m->address;
        struct vg_adsb_aircraft *a = &self->aircraft[vg_lru_take(&self->lru, key, &is_new)];
        if (is_new) {
            *a = (struct vg_adsb_aircraft){0};
        }
        return place(self, a, m, now, out) || isfinite(m->alt_pressure_m) || isfinite(m->alt_ell_m);
    }
    return m->what != VG_MODES_PRESENCE;
}
