/* Watches at random lose drones in the middle of their day: what is flown then is sound, the
 * forecast of it is what looking at every visit gives, and it is never worse than doing nothing.
 * SEED=n runs one of them alone. */
#include "flown.h"
#include "random_watch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
#ifdef VG_DEBUG
    SEEDS = 10, /* several times slower there; the build for users judges all */
#else
    SEEDS = 30,
#endif
    MOVES = 20000 /* every third plan is a rota, where that is better */
};

struct tally {
    int n_losses;
    int n_broken; /* by doing nothing */
    int n_changed; /* of them */
};

static int lost_first;
static int lost_every;

static bool is_lost(const struct flown *self, int drone)
{
    (void)self;
    return (drone - lost_first) % lost_every == 0;
}

static void judge(uint64_t seed, struct flown *f, struct tally *io)
{
    struct vg_replan_outcome out;
    struct vg_error err = {0};
    double ahead_s = flown_ahead_s(f);
    double without = flown_worst(f, &f->plan, ahead_s);
    enum vg_status st = vg_replan_solve(&f->in, &out, &err);
    if (st != VG_OK) {
        fail_msg("SEED=%d: %s", (int)seed, err.message);
    }
    if (fabs(out.without.ratio - without) > 2e-3) {
        fail_msg("SEED=%d: unchanged %.4f, by hand %.4f", (int)seed, out.without.ratio, without);
    }
    io->n_losses++;
    io->n_broken += without > 1;
    io->n_changed += without > 1 && out.n_new > 0;
    if (out.plan.n_sorties > 0) {
        double with = flown_worst(f, &out.plan, ahead_s);
        const char *rule = flown_check(f, &out.plan);
        if (fabs(out.with.ratio - with) > 2e-3 || with > without + 4e-3) {
            fail_msg("SEED=%d: %.4f to come, by hand %.4f; doing nothing %.4f", (int)seed,
                     out.with.ratio, with, without);
        }
        if (strcmp(rule, "") != 0 && strcmp(rule, "apart") != 0) {
            fail_msg("SEED=%d: the checker refuses it: %s", (int)seed, rule);
        }
    }
    vg_plan_finish(&out.plan);
}

static void lose_some(uint64_t seed, struct tally *io)
{
    struct random_watch texts;
    struct flown f = {0};
    struct vg_error err = {0};
    const struct vg_planner_options options = {
        .moves = seed % 3 == 0 ? MOVES : 0, .seed = 1, .n_threads = 1};
    random_watch_write(seed, &texts);
    assert_int_equal(random_watch_read(&texts, &f.watch, &err), VG_OK);
    bool is_planned = vg_planner_station(&f.watch, &err) == VG_OK &&
                      vg_planner_solve(&f.watch, NULL, &options, &f.plan, &err) == VG_OK;
    if (is_planned && f.watch.n_drones > 1) {
        vg_planner_adopt(&f.plan, &f.watch);
        flown_init(&f);
        lost_first = (int)(seed % (uint64_t)f.watch.n_drones);
        lost_every = seed % 2 == 0 ? 1000 : 4; /* one, or every fourth */
        /* What is wrong with the plan in force is not for this test. */
        bool is_sound = strcmp(flown_check(&f, &f.plan), "") == 0;
        flown_until(&f, 90000 + 1234.5 * (double)(seed % 17), is_lost);
        if (is_sound) {
            judge(seed, &f, io);
        }
        flown_finish(&f);
    }
    vg_plan_finish(&f.plan);
    vg_watchfile_finish(&f.watch);
    random_watch_finish(&texts);
}

static void never_worse_than_nothing(void **state)
{
    (void)state;
    struct tally tally = {0};
    const char *only = getenv("SEED");
    if (only != NULL) {
        lose_some(strtoull(only, NULL, 10), &tally);
        return;
    }
    for (uint64_t seed = 2001; seed <= 2000 + SEEDS; seed++) {
        lose_some(seed, &tally);
    }
    if (tally.n_losses < SEEDS / 2 || tally.n_changed * 2 < tally.n_broken) {
        fail_msg("%d losses, %d break the promise, something is done in %d", tally.n_losses,
                 tally.n_broken, tally.n_changed);
    }
    print_message("%d losses, %d break the promise, something is done in %d\n", tally.n_losses,
                  tally.n_broken, tally.n_changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_worse_than_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
