/* Watches at random, from their texts to the checker's verdict. SEED=n runs one of them alone. The
 * seeds that found something are kept, by the name of what it was. */
#include "random_plan.h"
#include "random_reach.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
#ifdef VG_DEBUG
    SEEDS = 10, /* several times slower there; the build for users judges all */
#else
    SEEDS = 40,
#endif
    MOVES = 20000,
    FOUND_MOVES = 60000,
    MORE_MOVES = 1000000 /* used by the build for users alone */
};

/* Kilometres of a watch that some drone reaches beyond doubt. */
static int reach_of(uint64_t seed)
{
    struct random_watch texts;
    struct vg_watchfile watch = {0};
    struct vg_error err = {0};
    random_watch_write(seed, &texts);
    assert_int_equal(random_watch_read(&texts, &watch, &err), VG_OK);
    int n = random_reach_count(&watch);
    vg_watchfile_finish(&watch);
    random_watch_finish(&texts);
    return n;
}

/* Why a watch may have no plan: nothing in reach, and truly so, or more passes than there may be.
 */
static bool is_fair_refusal(uint64_t seed, const char *text)
{
    return (strstr(text, "no drone reaches the line") != NULL && reach_of(seed) == 0) ||
           strstr(text, "passes side by side") != NULL;
}

static void judge(uint64_t seed, int64_t moves)
{
    struct random_verdict v;
    random_plan_judge(seed, moves, &v, NULL);
    if (!v.is_planned && !is_fair_refusal(seed, v.text)) {
        fail_msg("SEED=%d: no plan: %s", (int)seed, v.text);
    }
    if (v.is_planned && !v.is_kept && !v.is_near) {
        fail_msg("SEED=%d: the checker refuses it: %s", (int)seed, v.text);
    }
    /* What is proven must not be beaten; the checker allows 0.2 % for its own costs. */
    if (v.is_planned && v.ratio < 0.998) {
        fail_msg("SEED=%d: %.4f of what is proven to be the least", (int)seed, v.ratio);
    }
}

static void random_watches_hold(void **state)
{
    (void)state;
    const char *only = getenv("SEED");
    if (only != NULL) {
        judge(strtoull(only, NULL, 10), MOVES);
        return;
    }
    for (uint64_t seed = 1001; seed <= 1000 + SEEDS; seed++) {
        judge(seed, MOVES);
    }
}

/* The count that refusals are held against counts: of 24 watches only one (13) has nothing in
 * reach. */
static void reach_is_counted(void **state)
{
    (void)state;
    int n = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        int km = reach_of(seed);
        n += km > 0;
        assert_true(seed != 13 || km == 0);
    }
    assert_int_equal(n, 23);
}

/* Watches beyond the reach of every drone are refused, and their reach is none. */
static void refusals_are_fair(void **state)
{
    (void)state;
    static const uint64_t SEEDS_OUT[] = {13, 100, 211, 271, 286, 330, 630, 713};
    for (size_t k = 0; k < sizeof SEEDS_OUT / sizeof *SEEDS_OUT; k++) {
        struct random_verdict v;
        random_plan_judge(SEEDS_OUT[k], MOVES, &v, NULL);
        assert_false(v.is_planned);
        assert_true(is_fair_refusal(SEEDS_OUT[k], v.text));
    }
}

static void expect_planned(uint64_t seed)
{
    struct random_verdict v;
    random_plan_judge(seed, FOUND_MOVES, &v, NULL);
    if (!v.is_planned || !v.is_kept) {
        fail_msg("SEED=%d: %s", (int)seed, v.text);
    }
}

static void types_share_a_pad(void **state)
{
    (void)state;
    expect_planned(16);
    expect_planned(29);
}

static void pads_of_drones_that_follow_one_another(void **state)
{
    (void)state;
    expect_planned(14);
    expect_planned(50);
}

static void lead_ins_keep_out_of_zones(void **state)
{
    (void)state;
    expect_planned(146);
    expect_planned(199);
}

static void gaps_are_longest_where_drones_meet(void **state)
{
    (void)state;
    expect_planned(212);
}

static void a_type_without_sorties_has_a_base(void **state)
{
    (void)state;
    expect_planned(20);
    expect_planned(106);
}

/* Five hundred kilometres out across a strong wind, far north: the course turns on the way. */
static void long_ways_out_in_wind(void **state)
{
    (void)state;
    expect_planned(857);
}

static void expect_near_after(uint64_t seed, int64_t moves, double most)
{
    struct random_verdict v;
    random_plan_judge(seed, moves, &v, NULL);
    if (!v.is_kept || v.ratio > most || v.ratio < 0.999) {
        fail_msg("SEED=%d: %.3f times its bound (%.3f) %s", (int)seed, v.ratio, most, v.text);
    }
}

static void expect_near(uint64_t seed, double most)
{
    expect_near_after(seed, FOUND_MOVES, most);
}

/* Near the end of reach (310) and between zones (222) a lead-in takes sorties that a bound without
 * it does not know of: 1.996 and 1.517. */
static void bounds_know_lead_ins(void **state)
{
    (void)state;
    expect_near(310, 1.05);
    expect_near(222, 1.3);
}

/* Two drones of different speed over the same short line by turns: one alone was 1.81. */
static void drones_take_turns(void **state)
{
    (void)state;
    expect_near(75, 1.3);
}

/* A base's drones come no further than into a link: 2.115 with that link in one piece. Finer nodes
 * bring 1.06, or 1.52 where the plan on them leaves drones too near each other: which of the two
 * comes hangs on the last bits of the compiler's arithmetic. */
static void links_are_divided_at_the_end_of_reach(void **state)
{
    (void)state;
#ifdef VG_DEBUG /* a million moves take minutes there */
    expect_planned(800);
#else
    expect_near_after(800, MORE_MOVES, 1.55);
#endif
}

/* One or two drones that nobody can stand in for: 2.134, 1.807 and 1.521 to what the linear program
 * alone proves. */
static void bounds_know_lone_drones(void **state)
{
    (void)state;
    expect_near(762, 1.2);
    expect_near(907, 1.2);
    expect_near(848, 1.45);
}

/* Tours of one base that meet at all phases of each other (624), nineteen drones on one way past
 * their own base (769): refused, since some came too near. */
static void drones_are_parted(void **state)
{
    (void)state;
    expect_planned(624);
    expect_planned(769);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_watches_hold),
        cmocka_unit_test(reach_is_counted),
        cmocka_unit_test(refusals_are_fair),
        cmocka_unit_test(types_share_a_pad),
        cmocka_unit_test(pads_of_drones_that_follow_one_another),
        cmocka_unit_test(lead_ins_keep_out_of_zones),
        cmocka_unit_test(gaps_are_longest_where_drones_meet),
        cmocka_unit_test(a_type_without_sorties_has_a_base),
        cmocka_unit_test(long_ways_out_in_wind),
        cmocka_unit_test(bounds_know_lead_ins),
        cmocka_unit_test(drones_take_turns),
        cmocka_unit_test(links_are_divided_at_the_end_of_reach),
        cmocka_unit_test(bounds_know_lone_drones),
        cmocka_unit_test(drones_are_parted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
