/* Some scenarios of the faulted campaign (tests/bench/link/campaign.h), all faults mixed: what
 * must hold holds. More seeds: bench_link_campaign. */
#include "campaign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void what_must_hold_holds_through_all_faults(void **state)
{
    (void)state;
    struct campaign campaign;
    int n_takeoffs = 0;
    /* 168: deaf while it launches, it leaves after the launch was given up. 238: its place stands
     * since before take-off, in a head wind. 294: late in its patrol a way home saves less than the
     * landing that the plan does not count. 296: its place stands, and it says that it has landed.
     */
    static const uint64_t SEEDS[] = {3, 168, 238, 294, 296, 405};
    campaign_open(&campaign);
    for (size_t i = 0; i < sizeof SEEDS / sizeof SEEDS[0]; i++) {
        uint64_t seed = SEEDS[i];
        struct campaign_result r;
        campaign_fly(&campaign, seed, &r);
        for (int k = 0; k < BREACH_COUNT; k++) {
            if (r.n_of[k] > 0) {
                fail_msg("seed %d: %s", (int)seed, vg_buf_text(&r.lines));
            }
        }
        n_takeoffs += r.n_takeoffs;
        vg_buf_finish(&r.lines);
    }
    assert_true(n_takeoffs > 60); /* 20 drones, 90 minutes, flights of half an hour */
    campaign_close(&campaign);
}

/* A seed is a scenario: the same text each time, another for another, faults of all sorts in it. */
static void a_seed_is_a_scenario(void **state)
{
    (void)state;
    struct campaign campaign;
    struct vg_buf a = {0}, b = {0}, c = {0};
    campaign_open(&campaign);
    campaign_write_scenario(&campaign, 7, &a);
    campaign_write_scenario(&campaign, 7, &b);
    campaign_write_scenario(&campaign, 8, &c);
    assert_string_equal(vg_buf_text(&a), vg_buf_text(&b));
    assert_string_not_equal(vg_buf_text(&a), vg_buf_text(&c));
    assert_non_null(strstr(vg_buf_text(&a), "all loss 0s"));
    vg_buf_finish(&a);
    vg_buf_finish(&b);
    vg_buf_finish(&c);
    campaign_close(&campaign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_hold_holds_through_all_faults),
        cmocka_unit_test(a_seed_is_a_scenario),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
