/* The plan's stretches: those of the watch, cut where reach or passes begin or end. */
#include "base/time.h"
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double vg_link_shortest_s(const struct vg_problem *p, int line, int link, int *out_crew)
{
    double least = HUGE_VAL;
    for (int c = 0; c < p->n_crews; c++) {
        const struct vg_nodes *nd = &p->nodes[line];
        const struct vg_crew *crew = &p->crews[c];
        double out_s = vg_airspeed_leg_s(&crew->air, crew->lat_deg, crew->lon_deg,
                                         nd->lat_deg[link], nd->lon_deg[link]);
        double home_s = vg_airspeed_leg_s(&crew->air, nd->lat_deg[link + 1], nd->lon_deg[link + 1],
                                          crew->lat_deg, crew->lon_deg);
        const struct vg_reach *r = &p->reach[line * p->n_crews + c];
        double s = out_s + home_s + crew->climb_s + crew->sink_s + crew->climbs_s;
        if (r->more_fwd != NULL) {
            s += fmax(0, r->more_out_fwd[link] + r->more_fwd[link + 1] - r->more_fwd[link] +
                             r->more_home[link + 1]);
        }
        if (s - crew->usable_s < least) {
            least = s - crew->usable_s;
            *out_crew = c;
        }
    }
    const struct vg_crew *crew = &p->crews[*out_crew];
    return least + crew->usable_s;
}

/* Links [first, end) of a line of first passes, all of one piece and all seen or all not. */
struct run {
    int line;
    int first;
    int end;
    int sweep;
    bool is_seen;
};

static bool is_in(const struct vg_problem *p, const struct run *r, int line, int link)
{
    const struct vg_nodes *own = &p->nodes[r->line];
    const struct vg_nodes *nd = &p->nodes[line];
    double mid_m =
        (nd->s_m[link] + nd->s_m[link + 1]) / 2 + p->flown[line].from_m - p->flown[r->line].from_m;
    return p->sweep_of[nd->stretch[link]] == r->sweep && mid_m > own->s_m[r->first] &&
           mid_m < own->s_m[r->end];
}

/* By how much the best crew falls short of the easiest link of a run that is on this line; 0 for
 * lines of other pieces. */
static double short_of_s(const struct vg_problem *p, const struct run *r, int line, int *out_crew)
{
    double least = HUGE_VAL;
    for (int k = 0; k < p->nodes[line].n - 1; k++) {
        int c = 0;
        double s = is_in(p, r, line, k) ? vg_link_shortest_s(p, line, k, &c) : HUGE_VAL;
        if (s - p->crews[c].usable_s < least) {
            least = s - p->crews[c].usable_s;
            *out_crew = c;
        }
    }
    return least < HUGE_VAL ? least : -HUGE_VAL;
}

/* Does any pass of the run enter what is forbidden? */
static bool is_forbidden(const struct vg_problem *p, const struct run *r)
{
    for (int line = 0; line < p->net.n_lines; line++) {
        const struct vg_nodes *nd = &p->nodes[line];
        for (int k = 0; p->flown[line].line == p->flown[r->line].line && k < nd->n - 1; k++) {
            if (nd->is_forbidden[k] && is_in(p, r, line, k)) {
                return true;
            }
        }
    }
    return false;
}

/* Does a way lead there and home, but none on which the camera sees the link from its beginning? */
static bool lacks_room(const struct vg_problem *p, const struct run *r)
{
    for (int c = 0; c < p->n_crews; c++) {
        const struct vg_reach *reach = &p->reach[r->line * p->n_crews + c];
        for (int k = r->first; p->crews[c].detour != NULL && k < r->end; k++) {
            if (reach->home[k] < HUGE_VAL && reach->home[k + 1] < HUGE_VAL &&
                !(reach->out_fwd[k] < HUGE_VAL) && !(reach->out_bwd[k + 1] < HUGE_VAL)) {
                return true;
            }
        }
    }
    return false;
}

/* How much too low the ceiling is over the run; 0: it is not. */
static double lack_m(const struct vg_problem *p, const struct run *r)
{
    double most = 0;
    for (int line = 0; line < p->net.n_lines; line++) {
        const struct vg_nodes *nd = &p->nodes[line];
        for (int k = 0; p->flown[line].line == p->flown[r->line].line && k < nd->n - 1; k++) {
            most = is_in(p, r, line, k) ? fmax(most, nd->lack_m[k]) : most;
        }
    }
    return most;
}

/* Masts so high would hear all of the run; 0: it is heard; HUGE_VAL: none does. */
static double mast_m(const struct vg_problem *p, const struct run *r)
{
    double most = 0;
    for (int line = 0; line < p->net.n_lines; line++) {
        const struct vg_nodes *nd = &p->nodes[line];
        for (int k = 0; p->flown[line].line == p->flown[r->line].line && k < nd->n - 1; k++) {
            most = nd->is_silent[k] && is_in(p, r, line, k) ? fmax(most, nd->mast_m[k]) : most;
        }
    }
    return most;
}

static bool has_ceiling(const struct vg_problem *p)
{
    bool is_there = false;
    for (int c = 0; c < p->n_crews; c++) {
        is_there = is_there || p->watch->types[p->crews[c].type].ceiling_m > 0;
    }
    return is_there;
}

/* What bars the place itself, whoever comes; "" nothing does. */
static void explain_place(const struct vg_problem *p, const struct run *r, enum vg_lang lang,
                          char *out, size_t size_bytes)
{
    double mast = mast_m(p, r);
    out[0] = '\0';
    if (is_forbidden(p, r)) {
        vg_format(out, size_bytes, "%s",
                  vg_tr(lang, "it enters a no-fly zone or leaves the geofence"));
    } else if (mast > 0 && mast < HUGE_VAL) {
        vg_format(out, size_bytes,
                  vg_tr(lang,
                        "out of radio sight of every base; masts of %.0f m would hear it, or a "
                        "greater height would do"),
                  mast);
    } else if (mast > 0) {
        vg_format(out, size_bytes, "%s",
                  vg_tr(lang,
                        "out of radio sight of every base; more range, a much greater height or "
                        "a base nearer to it would do"));
    } else if (lack_m(p, r) > 0) {
        vg_format(out, size_bytes,
                  vg_tr(lang,
                        "the ground steps too far at once between floor and ceiling; a ceiling "
                        "%.0f m higher, or a floor as much lower, would do"),
                  ceil(lack_m(p, r)));
    }
}

/* The battery would do for the straight way out and back: what else is in the way. */
static void explain_way(const struct vg_problem *p, const struct run *r, const struct vg_crew *crew,
                        enum vg_lang lang, char *out, size_t size_bytes)
{
    const char *base = p->watch->bases[crew->base].name;
    if (has_ceiling(p)) {
        vg_format(out, size_bytes,
                  vg_tr(lang, "the ways from %s keep between floor and ceiling nowhere, or are too "
                              "long"),
                  base);
    } else if (lacks_room(p, r)) {
        vg_format(out, size_bytes, "%s",
                  vg_tr(lang, "no room to come along it before the camera sees it, between zones "
                              "where flying is forbidden; a camera that looks down would do"));
    } else if (crew->detour == NULL) {
        vg_format(out, size_bytes,
                  vg_tr(lang, "out of reach: its nearest end lies just beyond what drones of %s "
                              "can fly, the rest further off"),
                  base);
    } else {
        vg_format(out, size_bytes,
                  vg_tr(lang, "the ways from %s round the zones where flying is forbidden are too "
                              "long"),
                  base);
    }
}

/* The pass that is hardest to reach says why. */
static void explain(const struct vg_problem *p, const struct run *r, enum vg_lang lang, char *out,
                    size_t size_bytes)
{
    int crew = 0;
    double most = -HUGE_VAL;
    explain_place(p, r, lang, out, size_bytes);
    if (out[0] != '\0') {
        return;
    }
    for (int line = 0; line < p->net.n_lines; line++) {
        int c = 0;
        double s =
            p->flown[line].line == p->flown[r->line].line ? short_of_s(p, r, line, &c) : -HUGE_VAL;
        if (s > most) {
            most = s;
            crew = c;
        }
    }
    if (most <= 0) {
        explain_way(p, r, &p->crews[crew], lang, out, size_bytes);
        return;
    }
    char need[32];
    char have[32];
    vg_duration_format(most + p->crews[crew].usable_s, need, sizeof need);
    vg_duration_format(p->crews[crew].usable_s, have, sizeof have);
    vg_format(out, size_bytes,
              vg_tr(lang, "out of reach: from %s the nearest end takes %s out and back, lead-in "
                          "not counted; %s can be flown"),
              p->watch->bases[p->crews[crew].base].name, need, have);
}

static struct run run_at(const struct vg_problem *p, int line, int link)
{
    const struct vg_nodes *nd = &p->nodes[line];
    return (struct run){line, link, link + 1, p->sweep_of[nd->stretch[link]], nd->is_served[link]};
}

static void put_stretch(const struct vg_problem *p, const struct run *r, enum vg_lang lang,
                        struct vg_plan_stretch *out)
{
    const struct vg_sweep *sw = &p->sweeps->sweeps[r->sweep];
    const struct vg_nodes *nd = &p->nodes[r->line];
    double from_m = p->flown[r->line].from_m;
    int type = vg_sweeps_type(p->watch, p->watch->depth_m);
    memcpy(out->line, p->net.lines[r->line].name, sizeof out->line);
    out->from_m = round(nd->s_m[r->first] + from_m);
    out->to_m = round(nd->s_m[r->end] + from_m);
    out->revisit_s = p->watch->network.stretches[sw->stretch].revisit_s;
    out->n_passes = sw->n_passes;
    for (int k = 0; k < out->n_passes; k++) {
        out->passes[k].offset_m = round(sw->passes[k].offset_m * 10) / 10;
        out->passes[k].depth_m = round(sw->passes[k].depth_m * 10) / 10;
    }
    out->agl_m = p->watch->types[type >= 0 ? type : p->watch->drones[0].type].agl_m;
    out->seen = sw->seen;
    out->hidden_m = sw->hidden_m;
    out->is_unreachable = !r->is_seen;
    if (out->is_unreachable) {
        explain(p, r, lang, out->reason, sizeof out->reason);
    }
}

static void list_line(const struct vg_problem *p, int line, enum vg_lang lang, int *whole_of,
                      struct vg_plan *out)
{
    int links = p->nodes[line].n - 1;
    for (int k = 0; k < links;) {
        struct run r = run_at(p, line, k);
        while (r.end < links) {
            struct run next = run_at(p, line, r.end);
            if (next.sweep != r.sweep || next.is_seen != r.is_seen ||
                p->nodes[line].is_left_out[r.end] != p->nodes[line].is_left_out[k] ||
                p->nodes[line].is_forbidden[r.end] != p->nodes[line].is_forbidden[k] ||
                p->nodes[line].is_silent[r.end] != p->nodes[line].is_silent[k] ||
                (p->nodes[line].lack_m[r.end] > 0) != (p->nodes[line].lack_m[k] > 0)) {
                break;
            }
            r.end++;
        }
        if (!p->nodes[line].is_left_out[k]) {
            whole_of[out->n_stretches] = p->sweeps->sweeps[r.sweep].stretch;
            put_stretch(p, &r, lang, &out->stretches[out->n_stretches++]);
        }
        k = r.end;
    }
}

/* "S3", or "S3.1", "S3.2" where it is cut. */
static void name_stretches(const struct vg_problem *p, const int *whole_of, struct vg_plan *out)
{
    for (int k = 0, part = 1; k < out->n_stretches; k++) {
        bool is_first = k == 0 || whole_of[k - 1] != whole_of[k];
        bool is_last = k == out->n_stretches - 1 || whole_of[k + 1] != whole_of[k];
        const char *id = p->watch->network.stretches[whole_of[k]].id;
        part = is_first ? 1 : part + 1;
        if (is_first && is_last) {
            vg_format(out->stretches[k].id, sizeof out->stretches[k].id, "%s", id);
        } else {
            vg_format(out->stretches[k].id, sizeof out->stretches[k].id, "%.10s.%d", id, part);
        }
    }
}

enum vg_status vg_list_stretches(const struct vg_problem *p, enum vg_lang lang, struct vg_plan *out,
                                 struct vg_error *err)
{
    size_t n = 1;
    for (int line = 0; line < p->net.n_lines; line++) {
        n += (size_t)p->nodes[line].n;
    }
    out->stretches = calloc(n, sizeof *out->stretches);
    int *whole_of = calloc(n, sizeof *whole_of);
    if (out->stretches == NULL || whole_of == NULL) {
        free(whole_of);
        return vg_no_memory(err);
    }
    for (int line = 0; line < p->net.n_lines; line++) {
        if (p->flown[line].pass == 0) {
            list_line(p, line, lang, whole_of, out);
        }
    }
    name_stretches(p, whole_of, out);
    free(whole_of);
    return VG_OK;
}
