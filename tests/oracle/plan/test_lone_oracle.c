/* The bound of lone drones ("Away" in docs/planning.md) against hand calculation, and the rule for
 * two of them against every order of visits that the one that stays could make, timed by Bellman
 * and Ford. Distances by Pythagoras: good to a part in a thousand here. */
#include "base/json.h"
#include "fixture.h"
#include "plan/check.h"
#include "plan/planner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_VISITS = 6
};
static const double CRUISE_MPS = 25;
static const double FIXED_S = 100 + 100 + 2700; /* climb, descent, turnaround */
static const double BESIDE_M = 20000; /* the base, beside the line's middle */
static const double CLOSE = 0.003;
static const double WISH_S = 5400;
static const double SELDOM_S = 86400;

/* A meridian of `km`, a base beside its middle; its first two kilometres are wanted every 90
 * minutes, as are its last ones where there are two drones, what lies between once a day. */
static struct vg_watchfile far_ends(double km, double endurance_s, int n_drones)
{
    double lat[2] = {10, 10 + km / 110.6}, lon[2] = {0, 0};
    struct vg_watchfile w = fixture_watch(lat, lon, 2);
    double length_m = w.network.lines[0].length_m;
    struct vg_stretch *st = w.network.stretches;
    fixture_base(&w, "Camp", (lat[0] + lat[1]) / 2, 20 / 109.6, 4);
    fixture_drones(&w, 0, n_drones);
    w.types[0].endurance_s = endurance_s;
    w.types[0].reserve = 0;
    w.network.n_stretches = 3;
    for (int k = 0; k < 3; k++) {
        st[k] = st[0];
        vg_format(st[k].id, sizeof st[k].id, "S%d", k + 1);
        st[k].from_m = k == 0 ? 0 : k == 1 ? 2000 : length_m - 2000;
        st[k].to_m = k == 0 ? 2000 : k == 1 ? length_m - 2000 : length_m;
        st[k].revisit_s = k == 0 || (k == 2 && n_drones == 2) ? WISH_S : SELDOM_S;
    }
    return w;
}

static double out_s(const struct vg_watchfile *w, double km)
{
    return hypot(km * 1000 - w->network.lines[0].length_m / 2, BESIDE_M) / CRUISE_MPS;
}

static struct vg_plan solve(const struct vg_watchfile *w)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    if (vg_planner_solve(w, NULL, NULL, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

static double share_of(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    return plan->bound_s / w->revisit_s;
}

/* Kilometres of the certificate's places: those unseen, then where a drone is away. */
static int read_places(const struct vg_plan *plan, double out_km[3])
{
    json_t *doc = NULL;
    const char *text = plan->certificate;
    assert_int_equal(vg_json_parse(text, strlen(text), "certificate", &doc, NULL), VG_OK);
    const json_t *lone = json_object_get(doc, "lone");
    const json_t *unseen = json_object_get(lone, "unseen");
    int n = (int)json_array_size(unseen);
    assert_in_range(n, 1, 2);
    for (int k = 0; k <= n; k++) {
        const json_t *at =
            k < n ? json_array_get(unseen, (size_t)k) : json_object_get(lone, "away");
        out_km[k] = json_number_value(json_array_get(at, 1));
    }
    json_decref(doc);
    return n;
}

static void expect_unproven(struct vg_plan *plan, const struct vg_watchfile *w)
{
    fixture_expect(plan, w, NULL, "bound");
}

/* Writes `fresh` over all that follows a key in the certificate up to `end`. */
static void rewrite(struct vg_plan *plan, const char *key, const char *end, const char *fresh)
{
    struct vg_buf text = {0};
    char *from = strstr(plan->certificate, key);
    assert_non_null(from);
    from += strlen(key);
    char *to = strstr(from, end);
    assert_non_null(to);
    vg_buf_add(&text, plan->certificate, (size_t)(from - plan->certificate));
    vg_buf_puts(&text, fresh);
    vg_buf_puts(&text, to);
    assert_false(text.is_failed);
    free(plan->certificate);
    plan->certificate = text.data;
}

/* One drone, 100 km: to the one end and to the other, out and home each time, lie between two
 * visits of the one. The linear program has one flight to each end in the time of their wish. */
static void one_drone_by_hand(void **state)
{
    (void)state;
    struct vg_watchfile w = far_ends(100, 6800, 1);
    struct vg_plan plan = solve(&w);
    double km[3];
    assert_int_equal(read_places(&plan, km), 1);
    assert_true(fabs(km[0] - km[1]) > 99);
    double expected = 2 * (2 * out_s(&w, 0) + FIXED_S) / WISH_S;
    assert_true(fabs(share_of(&plan, &w) - expected) < CLOSE * expected);
    fixture_expect(&plan, &w, NULL, "");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* With battery for all the line in one sortie the gap is what lies behind the one end in it. */
static void one_drone_that_sees_both(void **state)
{
    (void)state;
    struct vg_watchfile w = far_ends(100, 9000, 1);
    struct vg_plan plan = solve(&w);
    double length_s = w.network.lines[0].length_m / CRUISE_MPS;
    double expected = (2 * out_s(&w, 0) + length_s + FIXED_S) / WISH_S;
    assert_true(fabs(share_of(&plan, &w) - expected) < CLOSE * expected);
    fixture_expect(&plan, &w, NULL, "");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

static void one_drone_is_checked(void **state)
{
    (void)state;
    struct vg_watchfile w = far_ends(100, 6800, 1);
    struct vg_plan plan = solve(&w);
    double bound_s = plan.bound_s;
    plan.bound_s = bound_s * 1.005;
    expect_unproven(&plan, &w);
    plan.bound_s = bound_s;
    fixture_drones(&w, 0, 1); /* which nobody flies, but it could */
    expect_unproven(&plan, &w);
    w.n_drones--;
    rewrite(&plan, "\"away\":", "},", "[0,40.0]");
    expect_unproven(&plan, &w);
    double km[3];
    rewrite(&plan, "\"unseen\":[", "],\"away\"", "[0,0.000]");
    rewrite(&plan, "\"away\":", "},", "[0,0.000]");
    assert_int_equal(read_places(&plan, km), 1);
    expect_unproven(&plan, &w);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* ---- two drones ---- */

/* What d's flight to y leaves to e, from when to when. */
struct absence {
    double from_s[2];
    double to_s[2];
    double next_s[2][2];
};

static struct absence absence_of(const struct vg_watchfile *w, const double km[3])
{
    struct absence a;
    for (int i = 0; i < 2; i++) {
        a.from_s[i] = -out_s(w, km[i]);
        a.to_s[i] = FIXED_S + 2 * out_s(w, km[2]) + FIXED_S + out_s(w, km[i]);
        for (int j = 0; j < 2; j++) {
            a.next_s[i][j] = out_s(w, km[i]) + FIXED_S + out_s(w, km[j]);
        }
    }
    return a;
}

/* to - from <= most. */
struct edge {
    int from;
    int to;
    double most;
};

static bool is_feasible(const struct edge *edges, int n_edges, int n)
{
    double at[MOST_VISITS + 1] = {0};
    for (int round = 0; round <= n; round++) {
        bool is_changed = false;
        for (int k = 0; k < n_edges; k++) {
            const struct edge *e = &edges[k];
            if (at[e->from] + e->most < at[e->to] - 1e-6) {
                at[e->to] = at[e->from] + e->most;
                is_changed = true;
            }
        }
        if (!is_changed) {
            return true;
        }
    }
    return false;
}

/* Can e visit 0 and 1 in this order (bits of `order`) so that nobody waits longer than limit_s? The
 * origin of time is variable n. */
static bool keeps(const struct absence *a, int order, int n, double limit_s)
{
    struct edge edges[4 * MOST_VISITS + 4];
    int m = 0;
    for (int k = 0; k + 1 < n; k++) {
        edges[m++] = (struct edge){k + 1, k, -a->next_s[order >> k & 1][order >> (k + 1) & 1]};
    }
    for (int i = 0; i < 2; i++) {
        int last = -1;
        for (int k = 0; k < n; k++) {
            if ((order >> k & 1) == i) {
                edges[m++] = last < 0 ? (struct edge){n, k, a->from_s[i] + limit_s}
                                      : (struct edge){last, k, limit_s};
                last = k;
            }
        }
        if (last < 0 && a->to_s[i] - a->from_s[i] > limit_s) {
            return false;
        }
        if (last >= 0) {
            edges[m++] = (struct edge){last, n, limit_s - a->to_s[i]};
        }
    }
    return is_feasible(edges, m, n);
}

static double least_limit_s(const struct absence *a)
{
    double lo = 0;
    double hi = 1e6;
    while (hi - lo > 0.1) {
        double limit_s = (lo + hi) / 2;
        bool does = false;
        for (int n = 0; n <= MOST_VISITS; n++) {
            for (int order = 0; order < 1 << n; order++) {
                does = does || keeps(a, order, n, limit_s);
            }
        }
        *(does ? &hi : &lo) = limit_s;
    }
    return hi;
}

/* Two drones, 160 km: while one sees to the middle the other has both ends to itself. */
static void two_drones_in_every_order(void **state)
{
    (void)state;
    struct vg_watchfile w = far_ends(160, 7000, 2);
    struct vg_plan plan = solve(&w);
    double km[3];
    assert_int_equal(read_places(&plan, km), 2);
    const struct absence a = absence_of(&w, km);
    double least = least_limit_s(&a) / WISH_S;
    assert_true(share_of(&plan, &w) < (1 + CLOSE) * least);
    assert_true(share_of(&plan, &w) > (1 - CLOSE) * least);
    fixture_expect(&plan, &w, NULL, "");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

static void two_drones_are_checked(void **state)
{
    (void)state;
    struct vg_watchfile w = far_ends(160, 7000, 2);
    struct vg_plan plan = solve(&w);
    char fresh[40];
    double km[3];
    double bound_s = plan.bound_s;
    double share = share_of(&plan, &w);
    read_places(&plan, km);
    plan.bound_s = bound_s * 1.005;
    expect_unproven(&plan, &w);
    vg_format(fresh, sizeof fresh, "%.6f", share * 1.005);
    rewrite(&plan, "\"lone\":{\"share\":", ",\"unseen\"", fresh);
    expect_unproven(&plan, &w);
    vg_format(fresh, sizeof fresh, "%.6f", share);
    rewrite(&plan, "\"lone\":{\"share\":", ",\"unseen\"", fresh);
    plan.bound_s = bound_s;
    fixture_expect(&plan, &w, NULL, "");
    fixture_drones(&w, 0, 1);
    expect_unproven(&plan, &w);
    w.n_drones--;
    w.types[0].endurance_s = 9000; /* an end and the middle in one sortie */
    expect_unproven(&plan, &w);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_drone_by_hand),      cmocka_unit_test(one_drone_that_sees_both),
        cmocka_unit_test(one_drone_is_checked),   cmocka_unit_test(two_drones_in_every_order),
        cmocka_unit_test(two_drones_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
