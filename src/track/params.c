#include "track/params.h"

#include <math.h>

struct vg_track_params vg_track_defaults(void)
{
    struct vg_track_params p = {
        .mode = {[VG_TRACK_STILL] = {2.5, 0.027, 0.04, 0.14, 0.09, 0.2},
                 [VG_TRACK_WALKING] = {0.1, 0.45, 0.08, 0.24, 0.32, 0.8},
                 [VG_TRACK_STEADY] = {0, 0.004, 0.0075, 0.33, 0.41, 12},
                 [VG_TRACK_TURNING] = {0.02, 6.9, 0.15, 0.19, 0.09, 8},
                 [VG_TRACK_ROAD] = {0, 0.67, 0.1, 0.1, 0.09, 8}},
        .gap_after_s = 4.7,
        .gap_decay_per_s = 0.05,
        .gap_leave_per_s = 0.03,
        .gap_speed_floor_m_s = 0.7,
        .unseen_per_m2 = 1e-5,
        .density_worth = 2,
        .unseen_appear_s = 200,
        .unseen_speed_m_s = 3.4,
        .unseen_watch_s = 4,
        .unseen_refill_s = 110,
        .unseen_cell_m = 150,
        .life_s = 670,
        .gate_chi2 = 14,
        .pair_min_p = 1e-3,
        .birth_min_p = 0.001,
        .drop_p = 0.0016,
        .confirm_p = 0.75,
        .confirm_hits = 2,
        .tell_cutoff_m = 20,
        .tell_spread = 1.1,
        .tell_young_hits = 4,
        .tell_young = 0.22,
        .associate_sd_m = 38,
        .link_max_s = 900,
        .link_per_m2 = 3e-7,
        .link_min_odds = 0.6,
        .lost_p = 0.2,
        .class_floor = 0.02,
        .feature_sd = 0.2,
        .feature_spread_sd = 0.6,
        .bias_prior_sd_m = 5,
        .bias_drift_m_s = 0.02,
        .late_s = 5,
        .max_tracks = 50000,
        .max_pairs = 20000,
        .max_ops = 500000,
        .bp_rounds = 30,
    };
    return p;
}

/* A number and the range that it must lie in. */
struct range {
    const char *name;
    double value, least, most;
};

static enum vg_status check_ranges(const struct range *r, size_t n, struct vg_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!(r[i].value >= r[i].least && r[i].value <= r[i].most)) {
            return vg_fail(err, VG_E_RANGE, "tracker: %s is %g, must be from %g to %g", r[i].name,
                           r[i].value, r[i].least, r[i].most);
        }
    }
    return VG_OK;
}

static enum vg_status check_modes(const struct vg_track_params *p, struct vg_error *err)
{
    double enter = 0, begin = 0;
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        const struct vg_track_mode *m = &p->mode[k];
        const struct range r[] = {{"decay_per_s of a mode", m->decay_per_s, 0, 100},
                                  {"q_m2_s3 of a mode", m->q_m2_s3, 1e-6, 1e6},
                                  {"leave_per_s of a mode", m->leave_per_s, 0, 100},
                                  {"enter_p of a mode", m->enter_p, 0, 1},
                                  {"begin_p of a mode", m->begin_p, 0, 1},
                                  {"begin_sd_m_s of a mode", m->begin_sd_m_s, 1e-3, 1000}};
        enum vg_status s = check_ranges(r, sizeof r / sizeof r[0], err);
        if (s != VG_OK) {
            return s;
        }
        enter += m->enter_p;
        begin += m->begin_p;
    }
    const struct range sums[] = {{"the sum of enter_p", enter, 1 - 1e-9, 1 + 1e-9},
                                 {"the sum of begin_p", begin, 1 - 1e-9, 1 + 1e-9}};
    return check_ranges(sums, 2, err);
}

enum vg_status vg_track_params_check(const struct vg_track_params *p, struct vg_error *err)
{
    const struct range r[] = {
        {"gap_after_s", p->gap_after_s, 0.1, 1e4},
        {"gap_decay_per_s", p->gap_decay_per_s, 1e-6, 10},
        {"gap_leave_per_s", p->gap_leave_per_s, 0, 10},
        {"gap_speed_floor_m_s", p->gap_speed_floor_m_s, 0, 1000},
        {"unseen_per_m2", p->unseen_per_m2, 1e-12, 1},
        {"density_worth", p->density_worth, 1e-3, 1e6},
        {"unseen_appear_s", p->unseen_appear_s, 0.1, 1e9},
        {"unseen_speed_m_s", p->unseen_speed_m_s, 0, 1e3},
        {"unseen_watch_s", p->unseen_watch_s, 0, 1e4},
        {"unseen_refill_s", p->unseen_refill_s, 0.1, 1e9},
        {"unseen_cell_m", p->unseen_cell_m, 1, 1e5},
        {"life_s", p->life_s, 1, 1e9},
        {"gate_chi2", p->gate_chi2, 1, 100},
        {"pair_min_p", p->pair_min_p, 0, 0.1},
        {"birth_min_p", p->birth_min_p, 1e-9, 1},
        {"drop_p", p->drop_p, 1e-9, 0.5},
        {"confirm_p", p->confirm_p, 0.01, 1},
        {"tell_cutoff_m", p->tell_cutoff_m, 0.1, 1e5},
        {"tell_spread", p->tell_spread, 0.1, 100},
        {"tell_young", p->tell_young, 0, 1},
        {"associate_sd_m", p->associate_sd_m, 1, 1e5},
        {"link_max_s", p->link_max_s, 0, 1e6},
        {"link_per_m2", p->link_per_m2, 1e-12, 1},
        {"link_min_odds", p->link_min_odds, 1e-6, 1e6},
        {"lost_p", p->lost_p, 0, 1},
        {"class_floor", p->class_floor, 1e-6, 1},
        {"feature_sd", p->feature_sd, 1e-6, 1e6},
        {"feature_spread_sd", p->feature_spread_sd, p->feature_sd, 1e6},
        {"bias_prior_sd_m", p->bias_prior_sd_m, 0, 1e4},
        {"bias_drift_m_s", p->bias_drift_m_s, 0, 1e3},
        {"late_s", p->late_s, 0, 60},
        {"max_tracks", (double)p->max_tracks, 1, 1e7},
        {"max_pairs", (double)p->max_pairs, 1, 1e8},
        {"bp_rounds", p->bp_rounds, 1, 1000},
    };
    enum vg_status s = check_ranges(r, sizeof r / sizeof r[0], err);
    return s == VG_OK ? check_modes(p, err) : s;
}
