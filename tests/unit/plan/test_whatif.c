/* What-if questions: what is read, what is refused, and the quick answer against the planner. */
#include "fixture.h"
#include "plan/whatif.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct vg_prospect_options PLAIN = {0};
static const struct vg_prospect_options QUICK = {.is_quick = true};

static struct vg_whatif ask(const struct vg_watchfile *w, const char *json)
{
    struct vg_whatif q = {0};
    struct vg_error err = {0};
    if (vg_whatif_parse(json, strlen(json), w, &q, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return q;
}

static int n_at(const struct vg_watchfile *w, const char *base)
{
    int n = 0;
    for (int d = 0; d < w->n_drones; d++) {
        n += w->drones[d].base >= 0 && strcmp(w->bases[w->drones[d].base].name, base) == 0;
    }
    return n;
}

/* What the question does not name stays as in the watch, which is not changed itself. */
static void a_question_changes_what_it_names(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    struct vg_whatif q = ask(&w, "{\"want\":\"plan\",\"asker\":\"a\",\"promise_s\":7200,"
                                 "\"lang\":\"fr\"}");
    assert_int_equal(q.want, VG_WHATIF_PLAN);
    assert_int_equal(q.lang, VG_LANG_FR);
    assert_int_equal(q.watch.n_drones, 3);
    assert_int_equal(q.watch.n_bases, w.n_bases);
    assert_true(fabs(q.watch.network.stretches[0].revisit_s - 7200) < 1e-9);
    assert_true(fabs(w.network.stretches[0].revisit_s - w.revisit_s) < 1e-9);
    vg_whatif_finish(&q);
    w.network.stretches[0].revisit_s = 3600; /* a wish of its own stays */
    q = ask(&w, "{\"want\":\"bound\",\"asker\":\"a\",\"promise_s\":7200}");
    assert_true(fabs(q.watch.network.stretches[0].revisit_s - 3600) < 1e-9);
    vg_whatif_finish(&q);
    vg_watchfile_finish(&w);
}

/* Drones keep their names where their base stays; others of the type come next, then new ones. */
static void drones_keep_their_names(void **state)
{
    (void)state;
    char text[600];
    struct vg_watchfile w = fixture_straight(3);
    const char *type = w.types[0].name;
    const char *base = w.bases[0].name;
    snprintf(
        text, sizeof text,
        "{\"want\":\"bound\",\"asker\":\"a\",\"bases\":[{\"name\":\"New\",\"lat\":10.2,"
        "\"lon\":0.1},{\"name\":\"%s\",\"lat\":10.4,\"lon\":0.2}],\"drones\":[{\"type\":\"%s\","
        "\"base\":\"New\",\"n\":2},{\"type\":\"%s\",\"base\":\"%s\",\"n\":2}]}",
        base, type, type, base);
    struct vg_whatif q = ask(&w, text);
    assert_int_equal(q.watch.n_bases, 2);
    assert_int_equal(q.watch.bases[0].pads, 2);
    assert_int_equal(n_at(&q.watch, "New"), 2);
    assert_int_equal(n_at(&q.watch, base), 2);
    assert_string_equal(q.watch.drones[2].id, w.drones[0].id);
    assert_string_equal(q.watch.drones[3].id, w.drones[1].id);
    assert_string_equal(q.watch.drones[0].id, w.drones[2].id);
    assert_string_equal(q.watch.drones[1].id, "+1");
    vg_whatif_finish(&q);
    /* A base that goes takes its drones along where the question does not count them. */
    q = ask(&w, "{\"want\":\"bound\",\"asker\":\"a\",\"bases\":[{\"name\":\"New\",\"lat\":10.2,"
                "\"lon\":0.1}]}");
    assert_int_equal(q.watch.n_drones, 0);
    vg_whatif_finish(&q);
    vg_watchfile_finish(&w);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const char *const BAD[][2] = {
        {"", "JSON"},
        {"[]", "object"},
        {"{\"asker\":\"a\"}", "want"},
        {"{\"want\":\"lunch\",\"asker\":\"a\"}", "want"},
        {"{\"want\":\"plan\"}", "asker"},
        {"{\"want\":\"plan\",\"asker\":\"\"}", "asker"},
        {"{\"want\":\"plan\",\"asker\":\"012345678901234567890123\"}", "asker"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"promise_s\":0}", "promise_s"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"promise_s\":\"4h\"}", "promise_s"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"lang\":\"de\"}", "lang"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"bases\":[]}", "bases"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"bases\":[{\"name\":\"A\",\"lat\":91,\"lon\":0}]}",
         "lat"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"bases\":[{\"name\":\"A\",\"lat\":1,\"lon\":0},"
         "{\"name\":\"A\",\"lat\":2,\"lon\":0}]}",
         "two bases"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"bases\":[7]}", "name"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"drones\":[{\"type\":\"kite\",\"n\":1}]}", "kite"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"drones\":[{\"type\":\"long-wing\",\"n\":1.5}]}",
         "whole"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"drones\":[{\"type\":\"long-wing\",\"n\":1001}]}",
         "n"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"drones\":[{\"type\":\"long-wing\",\"n\":600},"
         "{\"type\":\"long-wing\",\"n\":600}]}",
         "1000"},
        {"{\"want\":\"plan\",\"asker\":\"a\",\"drones\":[{\"type\":\"long-wing\",\"n\":1,"
         "\"base\":\"Nowhere\"}]}",
         "Nowhere"},
    };
    struct vg_watchfile w = fixture_straight(2);
    vg_format(w.types[0].name, sizeof w.types[0].name, "long-wing");
    for (size_t k = 0; k < sizeof BAD / sizeof BAD[0]; k++) {
        struct vg_whatif q;
        struct vg_error err = {0};
        assert_int_not_equal(vg_whatif_parse(BAD[k][0], strlen(BAD[k][0]), &w, &q, &err), VG_OK);
        if (strstr(err.message, BAD[k][1]) == NULL) {
            fail_msg("\"%s\" does not speak of \"%s\"", err.message, BAD[k][1]);
        }
    }
    vg_watchfile_finish(&w);
}

/* One sortie sweeps the line in 11208.1 s (test_planner.c): with n drones nothing is better than a
 * n-th. Free drones are dealt to the only base there is. */
static void the_quick_bound_by_hand(void **state)
{
    (void)state;
    for (int n = 1; n <= 3; n++) {
        struct vg_watchfile w = fixture_straight(n);
        struct vg_prospect p;
        struct vg_error err = {0};
        w.drones[0].base = n == 2 ? -1 : 0;
        assert_int_equal(vg_prospect_make(&w, &PLAIN, &p, &err), VG_OK);
        assert_int_equal(w.drones[0].base, 0);
        assert_true(fabs(p.bound_s - 11208.1 / n) < 11208.1 / n * 2e-3);
        assert_true(fabs(p.reach_m - 100000) < 1);
        vg_prospect_finish(&p);
        vg_watchfile_finish(&w);
    }
}

/* A base 240 km from the middle of a line of 100 km: 25 m/s for 15300 s, less 200 s of climb and
 * descent, are 377.5 km out and back: nothing is within reach. At 150 km sqrt(188.75^2 - 150^2) =
 * 114.6 km to each side are: more than the line. At 185 km 37.4 km to each side at most, less by
 * what is flown along the line. */
static void reach_follows_the_base(void **state)
{
    (void)state;
    static const double FAR_KM[] = {150, 185, 240};
    for (int k = 0; k < 3; k++) {
        struct vg_watchfile w = fixture_straight(2);
        struct vg_prospect p;
        struct vg_error err = {0};
        w.bases[0].lon_deg = FAR_KM[k] / (111.32 * cos(w.bases[0].lat_deg * 0.0174533));
        enum vg_status st = vg_prospect_make(&w, &PLAIN, &p, &err);
        if (k == 2) {
            assert_int_equal(st, VG_E_INVALID);
            assert_true(strlen(err.message) > 20);
        } else {
            assert_int_equal(st, VG_OK);
            int n_out = 0;
            for (int s = 0; s < p.plan.n_stretches; s++) {
                n_out += p.plan.stretches[s].is_unreachable;
                assert_true(!p.plan.stretches[s].is_unreachable ||
                            strlen(p.plan.stretches[s].reason) > 10);
            }
            assert_int_equal(n_out, k == 0 ? 0 : 2);
            assert_true(k == 0 ? p.reach_m > 99999 : p.reach_m < 2 * 37400 && p.reach_m > 20000);
            vg_prospect_finish(&p);
        }
        vg_watchfile_finish(&w);
    }
}

/* What is proven quickly is no more than what the plan proves later, and little less. */
static void the_quick_bound_against_the_planner(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_prospect p;
        struct vg_plan plan;
        struct vg_error err = {0};
        assert_int_equal(vg_prospect_make(&w, &PLAIN, &p, &err), VG_OK);
        struct vg_prospect quick;
        assert_int_equal(vg_prospect_make(&w, &QUICK, &quick, &err), VG_OK);
        assert_int_equal(vg_planner_solve(&w, NULL, NULL, &plan, &err), VG_OK);
        assert_true(p.bound_s <= plan.worst_gap_s);
        assert_true(p.bound_s <= plan.bound_s * 1.001);
        assert_true(p.bound_s >= plan.bound_s * 0.93);
        assert_true(quick.bound_s <= p.bound_s * 1.001 && quick.bound_s >= p.bound_s * 0.9);
        vg_prospect_finish(&quick);
        vg_plan_finish(&plan);
        vg_prospect_finish(&p);
        vg_watchfile_finish(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_changes_what_it_names),
        cmocka_unit_test(drones_keep_their_names),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(the_quick_bound_by_hand),
        cmocka_unit_test(reach_follows_the_base),
        cmocka_unit_test(the_quick_bound_against_the_planner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
