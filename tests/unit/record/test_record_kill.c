/* A station killed by SIGKILL in mid-write, at seeded moments: whatever it reported durable is
 * there, the chain verifies, and the next station goes on. */
#include "support.h"

#include "base/rng.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    N_RUNS = 24
};

/* The child: reports each durable seq over the pipe, until killed. */
static void report_durable(void *ctx, int64_t seq)
{
    int fd = *(int *)ctx;
    if (write(fd, &seq, sizeof seq) != (ssize_t)sizeof seq) {
        _exit(3);
    }
}

static void write_for_ever(const struct support *self, int fd, uint64_t seed)
{
    struct vg_rng rng = vg_rng_seed(seed);
    struct vg_record_options options = {.key_path = self->key,
                                        .t = {1000000},
                                        .group_us = 1 + (int64_t)vg_rng_below(&rng, 2000),
                                        .group_events = 1 + (int64_t)vg_rng_below(&rng, 500),
                                        .head_every_events = 1 + (int64_t)vg_rng_below(&rng, 300),
                                        .on_durable = report_durable,
                                        .ctx = &fd};
    struct vg_record *record = NULL;
    if (vg_record_open(self->record, &options, &record, NULL) != VG_OK) {
        _exit(2);
    }
    char body[2048];
    memset(body, 'x', sizeof body);
    body[0] = '{';
    int64_t seq = vg_record_durable_seq(record);
    for (;;) {
        size_t n = 2 + vg_rng_below(&rng, sizeof body - 2);
        body[n - 1] = '}';
        if (vg_record_append(record, vg_us(seq + 1), "kill.test", body, n, &seq) != VG_OK) {
            sched_yield();
        }
        body[n - 1] = 'x';
    }
}

/* Read reports until the child has reported `wanted` times, kill it there, and read what it still
 * said. The last seq it reported; 0: none. */
static int64_t kill_after(pid_t child, int fd, uint64_t wanted, uint64_t extra_us)
{
    int64_t seq = 0;
    int64_t last = 0;
    for (uint64_t n = 0; n < wanted && read(fd, &seq, sizeof seq) == (ssize_t)sizeof seq; n++) {
        last = seq;
    }
    /* Some moment within the next group: the seed of the run, not a wait for anything. */
    poll(NULL, 0, (int)(extra_us / 1000));
    usleep((useconds_t)(extra_us % 1000));
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(fd, &seq, sizeof seq) == (ssize_t)sizeof seq) {
        last = seq;
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return last;
}

static int64_t run_and_kill(const struct support *self, uint64_t seed)
{
    struct vg_rng rng = vg_rng_seed(seed * 7919);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        write_for_ever(self, ends[1], seed);
    }
    close(ends[1]);
    /* Every fourth run dies without having reported anything: while opening or in its first group.
     */
    uint64_t wanted = seed % 4 == 0 ? 0 : 1 + vg_rng_below(&rng, 60);
    int64_t last = kill_after(child, ends[0], wanted, vg_rng_below(&rng, 4000));
    close(ends[0]);
    return last;
}

static void test_nothing_durable_is_lost(void **state)
{
    struct support *self = *state;
    int64_t reported = 0;
    int n_unclean = 0;
    for (uint64_t run = 1; run <= N_RUNS; run++) {
        int64_t last = run_and_kill(self, run);
        reported = last > reported ? last : reported;
        if (access(self->record, F_OK) != 0) {
            assert_int_equal(reported, 0); /* killed before it was made */
            continue;
        }
        char wal[SUPPORT_PATH + 8];
        vg_format(wal, sizeof wal, "%s-wal", self->record);
        n_unclean += access(wal, F_OK) == 0 ? 1 : 0;
        struct vg_record_report report;
        struct vg_error err = {0};
        enum vg_status st = vg_record_verify(self->record, NULL, NULL, NULL, &report, &err);
        if (st != VG_OK) {
            fail_msg("run %d: %s", (int)run, err.message);
        }
        assert_true(report.last_seq >= reported);
        assert_int_equal(report.n_events, report.last_seq);
        reported = report.last_seq; /* what is there must stay there */
    }
    assert_true(reported > 0);
    assert_true(n_unclean > N_RUNS / 2); /* the kills did hit records in use */
    /* And it goes on. */
    struct vg_record *record = support_open(self);
    assert_int_equal(vg_record_durable_seq(record), reported);
    support_append(record, reported + 1);
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    uint8_t key[VG_RECORD_KEY_SIZE];
    assert_int_equal(vg_record_key_read_public(self->pub, key, NULL), VG_OK);
    struct vg_record_report report;
    assert_int_equal(vg_record_verify(self->record, key, NULL, NULL, &report, NULL), VG_OK);
    assert_int_equal(report.signed_seq, reported + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_durable_is_lost, support_setup,
                                        support_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
