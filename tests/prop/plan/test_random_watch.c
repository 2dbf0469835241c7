/* Watches at random, from their texts to the checker's verdict. SEED=n runs one of them alone. The
 * seeds that found something are kept, by the name of what it was. */
#include "random_plan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 40,
    MOVES = 20000,
    FOUND_MOVES = 60000
};

/* Why a watch may have no plan: nothing in reach, or more passes than there may be. */
static bool is_fair_refusal(const char *text)
{
    return strstr(text, "no drone reaches the line") != NULL || strstr(text, "passes side by side");
}

static void judge(uint64_t seed, int64_t moves)
{
    struct random_verdict v;
    random_plan_judge(seed, moves, &v, NULL);
    if (!v.is_planned && !is_fair_refusal(v.text)) {
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_watches_hold),
        cmocka_unit_test(types_share_a_pad),
        cmocka_unit_test(pads_of_drones_that_follow_one_another),
        cmocka_unit_test(lead_ins_keep_out_of_zones),
        cmocka_unit_test(gaps_are_longest_where_drones_meet),
        cmocka_unit_test(a_type_without_sorties_has_a_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
