/* The least number of drones: what a plan claims is proven by its certificate, by the checker
 * alone; claims that are changed on purpose are refused. */
#include "base/json.h"
#include "fixture.h"
#include "plan/check.h"
#include "plan/check_inner.h" /* vg_check_no_fewer */
#include "plan/fleet.h"
#include "plan/least.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BASES_MAX = 4,
    CUTS_MAX = 6,
    MOST = 12
};

/* ---- whole numbers, against all of them ---- */

struct cuts {
    double price[CUTS_MAX * BASES_MAX];
    double need[CUTS_MAX];
    int n_cuts;
    int n_bases;
};

static bool keeps(const struct cuts *c, const int *x)
{
    for (int k = 0; k < c->n_cuts; k++) {
        double has = 0;
        for (int b = 0; b < c->n_bases; b++) {
            has += c->price[k * c->n_bases + b] * x[b];
        }
        if (has < c->need[k]) {
            return false;
        }
    }
    return true;
}

/* The least sum of at most MOST, by trying every x; MOST + 1: none. */
static int least_of_all(const struct cuts *c)
{
    int least = MOST + 1;
    int x[BASES_MAX] = {0};
    for (;;) {
        int sum = 0;
        for (int b = 0; b < c->n_bases; b++) {
            sum += x[b];
        }
        if (sum < least && keeps(c, x)) {
            least = sum;
        }
        int b = 0;
        while (b < c->n_bases && x[b] == MOST) {
            x[b++] = 0;
        }
        if (b == c->n_bases) {
            return least;
        }
        x[b]++;
    }
}

static void no_fewer_as_by_trying_all(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(20261128);
    int n_found = 0;
    for (int trial = 0; trial < 300; trial++) {
        struct cuts c = {.n_cuts = 1 + (int)vg_rng_below(&rng, CUTS_MAX),
                         .n_bases = 1 + (int)vg_rng_below(&rng, BASES_MAX)};
        for (int k = 0; k < c.n_cuts; k++) {
            c.need[k] = 1;
            for (int b = 0; b < c.n_bases; b++) {
                /* A base that is worth nothing to a cut, now and then. */
                bool is_worth = vg_rng_below(&rng, 5) > 0;
                c.price[k * c.n_bases + b] = is_worth ? 0.05 + vg_rng_unit(&rng) : 0;
            }
        }
        int least = least_of_all(&c);
        bool no_memory = false;
        assert_true(vg_check_no_fewer(c.price, c.need, c.n_cuts, c.n_bases, least - 1, &no_memory));
        if (least <= MOST) {
            assert_false(
                vg_check_no_fewer(c.price, c.need, c.n_cuts, c.n_bases, least, &no_memory));
            n_found++;
        }
        assert_false(no_memory);
    }
    assert_true(n_found > 200);
}

/* ---- plans ---- */

struct claimed {
    struct vg_watchfile watch;
    struct vg_least least;
};

/* The watch gets the least fleet's drones. */
static struct claimed claim(struct vg_watchfile w, double promise_s)
{
    struct claimed c = {.watch = w};
    struct vg_error err = {0};
    if (vg_least_drones(&c.watch, NULL, promise_s, NULL, &c.least, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    free(c.watch.drones);
    c.watch.drones = c.least.drones;
    c.watch.n_drones = c.least.planned;
    return c;
}

static void finish(struct claimed *c)
{
    vg_plan_finish(&c->least.plan);
    vg_watchfile_finish(&c->watch);
}

static struct vg_check_report check(const struct claimed *c)
{
    struct vg_check_report report;
    assert_int_equal(vg_check_plan(&c->least.plan, &c->watch, VG_LANG_EN, &report, NULL), VG_OK);
    return report;
}

/* One revisit and several, wind, rings, up to four bases. */
static void what_is_claimed_is_proven(void **state)
{
    (void)state;
    int n_several = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        double promise_s = w.revisit_s * (seed % 2 == 0 ? 0.6 : 0.35);
        struct claimed c = claim(w, promise_s);
        struct vg_check_report r = check(&c);
        if (!r.is_kept) {
            fail_msg("seed %d: [%s] %s", (int)seed, r.rule, r.violation);
        }
        assert_int_equal(r.least_drones, c.least.proven);
        assert_true(fabs(r.least_promise_s - promise_s) < 0.1);
        n_several += c.least.proven > 1;
        finish(&c);
    }
    assert_true(n_several > 4);
}

static json_t *parse(const struct claimed *c)
{
    json_t *doc = NULL;
    const char *text = c->least.plan.certificate;
    assert_int_equal(vg_json_parse(text, strlen(text), "certificate", &doc, NULL), VG_OK);
    return doc;
}

static void put_back(struct claimed *c, json_t *doc)
{
    free(c->least.plan.certificate);
    c->least.plan.certificate = json_dumps(doc, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(doc);
}

static void expect_refusal(struct claimed *c)
{
    struct vg_check_report r = check(c);
    assert_false(r.is_kept);
    assert_string_equal(r.rule, "least-drones");
    assert_int_equal(r.least_drones, 0);
    finish(c);
}

/* 100 km of meridian, two bases off its ends, wanted so often that several drones are needed. */
static struct claimed sound(void)
{
    struct vg_watchfile w = fixture_straight(1);
    fixture_base(&w, "Hill", 10.9, -0.1, 4);
    struct claimed c = claim(w, 4000);
    struct vg_check_report r = check(&c);
    assert_string_equal(r.violation, "");
    assert_true(r.least_drones > 2);
    return c;
}

static json_t *first_cut(json_t *doc)
{
    return json_array_get(json_object_get(json_object_get(doc, "least"), "cuts"), 0);
}

static void more_drones_than_proven_are_refused(void **state)
{
    (void)state;
    struct claimed c = sound();
    json_t *doc = parse(&c);
    json_object_set_new(json_object_get(doc, "least"), "drones", json_integer(c.least.proven + 1));
    put_back(&c, doc);
    expect_refusal(&c);
}

static void a_longer_promise_is_refused(void **state)
{
    (void)state;
    struct claimed c = sound();
    json_t *doc = parse(&c);
    json_t *least = json_object_get(doc, "least");
    double share = json_number_value(json_object_get(least, "share"));
    json_object_set_new(least, "share", json_real(share * 2)); /* half the drones would do */
    put_back(&c, doc);
    expect_refusal(&c);
}

/* A base whose drones cost nothing could keep any promise with them: it pays no dual then. */
static void a_base_for_nothing_is_refused(void **state)
{
    (void)state;
    struct claimed c = sound();
    json_t *doc = parse(&c);
    json_t *row = json_array_get(json_object_get(first_cut(doc), "prices"), 0);
    json_array_set_new(row, 1, json_real(0));
    put_back(&c, doc);
    expect_refusal(&c);
}

static void a_base_left_out_is_refused(void **state)
{
    (void)state;
    struct claimed c = sound();
    json_t *doc = parse(&c);
    json_array_remove(json_object_get(first_cut(doc), "prices"), 1);
    put_back(&c, doc);
    expect_refusal(&c);
}

static void ground_paid_for_twice_is_refused(void **state)
{
    (void)state;
    struct claimed c = sound();
    json_t *doc = parse(&c);
    json_t *ways = json_object_get(first_cut(doc), "ways");
    json_array_append_new(ways, json_deep_copy(json_array_get(ways, 0)));
    put_back(&c, doc);
    expect_refusal(&c);
}

static void nothing_proves_nothing(void **state)
{
    (void)state;
    struct claimed c = sound();
    json_t *doc = parse(&c);
    json_array_clear(json_object_get(json_object_get(doc, "least"), "cuts"));
    put_back(&c, doc);
    expect_refusal(&c);
}

/* Greater duals collect too much in the same measure: what they prove stays the same. */
static void duals_count_only_as_far_as_they_hold(void **state)
{
    (void)state;
    struct claimed c = sound();
    json_t *doc = parse(&c);
    json_t *ways = json_object_get(first_cut(doc), "ways");
    for (size_t k = 0; k < json_array_size(ways); k++) {
        json_t *points = json_object_get(json_array_get(ways, k), "points");
        for (size_t i = 0; i < json_array_size(points); i++) {
            json_t *dual = json_array_get(json_array_get(points, i), 3);
            if (json_is_real(dual)) {
                json_real_set(dual, 3 * json_real_value(dual));
            }
        }
    }
    json_object_set_new(json_object_get(doc, "least"), "drones", json_integer(c.least.proven + 1));
    put_back(&c, doc);
    expect_refusal(&c);
}

/* ---- the fleet ---- */

static void the_fleet_goes_with_the_plan(void **state)
{
    (void)state;
    struct claimed c = sound();
    struct vg_watchfile w = fixture_straight(1);
    struct vg_buf text = {0};
    struct vg_plan back;
    struct vg_error err = {0};
    fixture_base(&w, "Hill", 10.9, -0.1, 4);
    assert_int_equal(vg_plan_give_fleet(&c.least.plan, &c.watch, NULL), VG_OK);
    vg_plan_format(&c.least.plan, &text);
    assert_int_equal(vg_plan_parse(vg_buf_text(&text), text.n, "p", &back, &err), VG_OK);
    assert_int_equal(back.n_fleet, c.least.planned);
    assert_int_equal(vg_plan_take_fleet(&back, &w, &err), VG_OK);
    assert_int_equal(w.n_drones, c.least.planned);
    fixture_expect(&back, &w, NULL, "");
    vg_watchfile_finish(&w);
    w = fixture_straight(1); /* without Hill */
    vg_format(back.fleet[0].base, sizeof back.fleet[0].base, "Hill");
    assert_int_equal(vg_plan_take_fleet(&back, &w, &err), VG_E_NOT_FOUND);
    assert_int_equal(w.n_drones, 1);
    vg_watchfile_finish(&w);
    vg_plan_finish(&back);
    vg_buf_finish(&text);
    finish(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_fewer_as_by_trying_all),
        cmocka_unit_test(what_is_claimed_is_proven),
        cmocka_unit_test(more_drones_than_proven_are_refused),
        cmocka_unit_test(a_longer_promise_is_refused),
        cmocka_unit_test(a_base_for_nothing_is_refused),
        cmocka_unit_test(a_base_left_out_is_refused),
        cmocka_unit_test(ground_paid_for_twice_is_refused),
        cmocka_unit_test(nothing_proves_nothing),
        cmocka_unit_test(duals_count_only_as_far_as_they_hold),
        cmocka_unit_test(the_fleet_goes_with_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
