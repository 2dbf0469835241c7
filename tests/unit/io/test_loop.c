/* The loop's parts against the real system: sockets, threads, children, signals. */
#include "io/process.h"
#include "io/signals.h"
#include "io/timer.h"
#include "io/udp.h"
#include "io/work.h"

#include "base/text.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void open_loop(uv_loop_t *loop)
{
    assert_int_equal(uv_loop_init(loop), 0);
}

/* Everything given back: the loop runs dry and closes. */
static void close_loop(uv_loop_t *loop)
{
    assert_int_equal(uv_run(loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(loop), 0);
}

/* ---- UDP ---- */

struct sink {
    uv_loop_t *loop;
    struct vg_udp *udp;
    int n;
    int until;
    size_t bytes;
    unsigned char sum; /* of first bytes, to see that the datagrams are themselves */
    struct vg_addr peer;
};

static void on_datagram(void *ctx, const uint8_t *data, size_t n, const struct vg_addr *peer)
{
    struct sink *sink = ctx;
    sink->bytes += n;
    sink->sum = (unsigned char)(sink->sum + (n > 0 ? data[0] : 0));
    sink->peer = *peer;
    if (++sink->n == sink->until) {
        uv_stop(sink->loop);
    }
}

static struct vg_udp *open_udp(uv_loop_t *loop, struct sink *sink, const char *host)
{
    struct vg_addr addr;
    struct vg_error err = {0};
    sink->loop = loop;
    assert_int_equal(vg_addr_make(host, 0, &addr, &err), VG_OK);
    assert_int_equal(vg_udp_open(loop, &addr, on_datagram, sink, &sink->udp, &err), VG_OK);
    return sink->udp;
}

static void datagrams_arrive_in_batches_with_their_sender(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct sink a = {0};
    struct sink b = {.until = 100};
    open_udp(&loop, &a, "127.0.0.1");
    open_udp(&loop, &b, "127.0.0.1");
    struct vg_addr to;
    assert_int_equal(vg_addr_make("127.0.0.1", vg_udp_port(b.udp), &to, NULL), VG_OK);
    unsigned char want = 0;
    for (int i = 0; i < 100; i++) {
        uint8_t bytes[280] = {(uint8_t)i};
        assert_true(vg_udp_send(a.udp, &to, bytes, (size_t)(i == 0 ? 0 : 180 + i)));
        want = (unsigned char)(want + i);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(b.n, 100);
    assert_int_equal(b.sum, want);
    assert_int_equal(b.bytes, 99 * 180 + 4950);
    assert_int_equal(vg_addr_port(&b.peer), vg_udp_port(a.udp));
    assert_int_equal(vg_udp_counters(b.udp)->rx_datagrams, 100);
    assert_int_equal(vg_udp_counters(b.udp)->rx_bytes, b.bytes);
    assert_int_equal(vg_udp_counters(a.udp)->tx_datagrams, 100);
    vg_udp_close(a.udp);
    vg_udp_close(b.udp);
    close_loop(&loop);
}

static void ipv6_and_refusals(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct sink a = {0};
    open_udp(&loop, &a, "127.0.0.1");
    struct vg_addr taken;
    struct vg_udp *other = NULL;
    struct vg_error err = {0};
    assert_int_equal(vg_addr_make("127.0.0.1", vg_udp_port(a.udp), &taken, NULL), VG_OK);
    assert_int_equal(vg_udp_open(&loop, &taken, on_datagram, &a, &other, &err), VG_E_IO);
    assert_null(other);
    assert_non_null(strstr(err.message, "cannot listen on UDP 127.0.0.1:"));
    struct vg_addr v6;
    assert_int_equal(vg_addr_make("::1", 9, &v6, NULL), VG_OK);
    assert_false(vg_udp_send(a.udp, &v6, "x", 1)); /* an IPv4 socket cannot */
    assert_int_equal(vg_udp_counters(a.udp)->tx_dropped, 1);
    vg_udp_close(a.udp);
    vg_udp_close(NULL);
    close_loop(&loop);
}

static void close_in_the_middle_of_a_batch(void *ctx, const uint8_t *data, size_t n,
                                           const struct vg_addr *peer)
{
    struct sink *sink = ctx;
    (void)data;
    (void)n;
    (void)peer;
    sink->n++;
    vg_udp_close(sink->udp);
}

static void no_callback_comes_after_close(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct sink a = {0};
    struct sink b = {0};
    struct vg_addr addr;
    open_udp(&loop, &a, "127.0.0.1");
    assert_int_equal(vg_addr_make("127.0.0.1", 0, &addr, NULL), VG_OK);
    assert_int_equal(vg_udp_open(&loop, &addr, close_in_the_middle_of_a_batch, &b, &b.udp, NULL),
                     VG_OK);
    assert_int_equal(vg_addr_make("127.0.0.1", vg_udp_port(b.udp), &addr, NULL), VG_OK);
    for (int i = 0; i < 20; i++) {
        assert_true(vg_udp_send(a.udp, &addr, "x", 1));
    }
    while (b.n == 0) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    vg_udp_close(a.udp);
    close_loop(&loop);
    assert_int_equal(b.n, 1);
}

/* ---- timer ---- */

struct ticker {
    struct vg_timer *timer;
    int n;
};

static void on_tick(void *ctx)
{
    struct ticker *ticker = ctx;
    if (++ticker->n == 5) {
        vg_timer_destroy(ticker->timer);
    }
}

static void timer_ticks_until_destroyed_from_its_own_tick(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct ticker ticker = {0};
    assert_int_equal(vg_timer_create(&loop, 1, on_tick, &ticker, &ticker.timer, NULL), VG_OK);
    close_loop(&loop);
    assert_int_equal(ticker.n, 5);
}

/* ---- work ---- */

struct square {
    int64_t n;
    int64_t result;
    uv_sem_t *gate; /* NULL: no waiting */
};

struct results {
    int64_t sum;
    int n;
    struct vg_work *destroy_at_first;
};

static void run_square(void *job, const atomic_bool *is_cancelled)
{
    struct square *square = job;
    (void)is_cancelled;
    if (square->gate != NULL) {
        uv_sem_wait(square->gate);
    }
    square->result = square->n * square->n;
}

static void add_square(void *ctx, void *job)
{
    struct results *results = ctx;
    struct square *square = job;
    results->sum += square->result;
    results->n++;
    free(square);
    if (results->destroy_at_first != NULL) {
        struct vg_work *work = results->destroy_at_first;
        results->destroy_at_first = NULL;
        vg_work_destroy(work);
    }
}

static enum vg_status submit(struct vg_work *work, int64_t n, uv_sem_t *gate,
                             struct results *results, struct vg_job_id *out_id)
{
    struct square *square = malloc(sizeof *square);
    assert_non_null(square);
    *square = (struct square){.n = n, .gate = gate};
    struct vg_job job = {
        .run = run_square, .done = add_square, .drop = free, .job = square, .ctx = results};
    enum vg_status st = vg_work_submit(work, &job, out_id, NULL);
    if (st != VG_OK) {
        free(square);
    }
    return st;
}

static void jobs_bring_their_results_back(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct vg_work *work = NULL;
    struct results results = {0};
    assert_int_equal(vg_work_create(&loop, 10, &work, NULL), VG_OK);
    for (int i = 1; i <= 10; i++) {
        assert_int_equal(submit(work, i, NULL, &results, NULL), VG_OK);
    }
    assert_int_equal(submit(work, 11, NULL, &results, NULL), VG_E_FULL);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(results.n, 10);
    assert_int_equal(results.sum, 385); /* 1 + 4 + ... + 100 = 10 * 11 * 21 / 6 */
    const struct vg_work_counters *c = vg_work_counters(work);
    assert_int_equal(c->done, 10);
    assert_int_equal(c->refused, 1);
    assert_int_equal(c->high_water, 10);
    assert_int_equal(c->now, 0);
    vg_work_destroy(work);
    close_loop(&loop);
}

static void cancelled_job_is_dropped_and_its_id_is_stale(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    uv_sem_t gate;
    struct vg_work *work = NULL;
    struct results results = {0};
    struct vg_job_id first;
    struct vg_job_id second;
    assert_int_equal(uv_sem_init(&gate, 0), 0);
    assert_int_equal(vg_work_create(&loop, 4, &work, NULL), VG_OK);
    assert_int_equal(submit(work, 2, &gate, &results, &first), VG_OK);
    assert_int_equal(submit(work, 3, &gate, &results, &second), VG_OK);
    assert_true(vg_work_cancel(work, first));
    uv_sem_post(&gate);
    uv_sem_post(&gate);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(results.n, 1);
    assert_int_equal(results.sum, 9);
    assert_false(vg_work_cancel(work, first));
    assert_false(vg_work_is_running(work, second));
    assert_false(vg_work_is_running(work, (struct vg_job_id){0}));
    struct vg_job_id third;
    assert_int_equal(submit(work, 1, NULL, &results, &third), VG_OK);
    assert_int_equal(third.index, first.index); /* the slot again, another generation */
    assert_false(vg_work_is_running(work, first));
    assert_true(vg_work_is_running(work, third));
    vg_work_destroy(work);
    close_loop(&loop);
    uv_sem_destroy(&gate);
}

static void work_may_be_destroyed_with_jobs_under_way_or_from_a_result(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    for (int round = 0; round < 2; round++) {
        struct vg_work *work = NULL;
        struct results results = {0};
        assert_int_equal(vg_work_create(&loop, 8, &work, NULL), VG_OK);
        for (int i = 0; i < 8; i++) {
            assert_int_equal(submit(work, i, NULL, &results, NULL), VG_OK);
        }
        if (round == 0) {
            vg_work_destroy(work);
            assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
            assert_int_equal(results.n, 0);
        } else {
            results.destroy_at_first = work;
            assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
            assert_int_equal(results.n, 1);
        }
    }
    close_loop(&loop);
}

/* ---- process ---- */

struct ended {
    uv_loop_t *loop;
    int n;
    int64_t exit_code;
    int signum;
};

static void on_exit_of_child(void *ctx, int64_t exit_code, int signum)
{
    struct ended *ended = ctx;
    ended->n++;
    ended->exit_code = exit_code;
    ended->signum = signum;
    uv_stop(ended->loop);
}

static void child_ends_and_says_how(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct ended ended = {.loop = &loop};
    struct vg_process *child = NULL;
    static const char *const argv[] = {"sh", "-c", "exit 7", NULL};
    assert_int_equal(vg_process_spawn(&loop, argv, on_exit_of_child, &ended, &child, NULL), VG_OK);
    assert_true(vg_process_pid(child) > 1);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(ended.n, 1);
    assert_int_equal(ended.exit_code, 7);
    assert_int_equal(ended.signum, 0);
    vg_process_destroy(child);
    close_loop(&loop);
}

static void child_sees_its_input_end_and_a_deaf_one_is_terminated(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct ended ended = {.loop = &loop};
    struct vg_process *child = NULL;
    /* Deaf to SIGTERM, but not to the end of its input. */
    static const char *const reader[] = {"sh", "-c", "trap '' TERM; cat >/dev/null; exit 3", NULL};
    assert_int_equal(vg_process_spawn(&loop, reader, on_exit_of_child, &ended, &child, NULL),
                     VG_OK);
    vg_process_terminate(child);
    vg_process_terminate(child);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(ended.n, 1);
    assert_true(ended.exit_code == 3 ||
                ended.signum == SIGTERM); /* the signal may come before the trap */
    vg_process_destroy(child);
    static const char *const sleeper[] = {"sleep", "1000", NULL};
    assert_int_equal(vg_process_spawn(&loop, sleeper, on_exit_of_child, &ended, &child, NULL),
                     VG_OK);
    vg_process_destroy(
        child); /* no callback any more, and no zombie: the loop runs dry only when it is reaped */
    close_loop(&loop);
    assert_int_equal(ended.n, 1);
}

static void program_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct vg_process *child = NULL;
    struct vg_error err = {0};
    static const char *const argv[] = {"/no/such/program", NULL};
    assert_int_equal(vg_process_spawn(&loop, argv, on_exit_of_child, NULL, &child, &err), VG_E_IO);
    assert_null(child);
    assert_non_null(strstr(err.message, "/no/such/program"));
    close_loop(&loop);
}

/* ---- signals ---- */

static void on_signal(void *ctx, int signum)
{
    struct ended *ended = ctx;
    ended->n++;
    ended->signum = signum;
    uv_stop(ended->loop);
}

static void keep_alive(void *ctx)
{
    (void)ctx;
}

static void signals_come_on_the_loop(void **state)
{
    (void)state;
    uv_loop_t loop;
    open_loop(&loop);
    struct ended ended = {.loop = &loop};
    struct vg_signals *signals = NULL;
    struct vg_timer *timer = NULL;
    assert_int_equal(vg_signals_create(&loop, on_signal, &ended, &signals, NULL), VG_OK);
    assert_int_equal(vg_timer_create(&loop, 60000, keep_alive, NULL, &timer, NULL), VG_OK);
    static const int sent[] = {SIGTERM, SIGINT};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kill(getpid(), sent[i]), 0);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(ended.n, i + 1);
        assert_int_equal(ended.signum, sent[i]);
    }
    vg_timer_destroy(timer);
    vg_signals_destroy(signals);
    close_loop(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_arrive_in_batches_with_their_sender),
        cmocka_unit_test(ipv6_and_refusals),
        cmocka_unit_test(no_callback_comes_after_close),
        cmocka_unit_test(timer_ticks_until_destroyed_from_its_own_tick),
        cmocka_unit_test(jobs_bring_their_results_back),
        cmocka_unit_test(cancelled_job_is_dropped_and_its_id_is_stale),
        cmocka_unit_test(work_may_be_destroyed_with_jobs_under_way_or_from_a_result),
        cmocka_unit_test(child_ends_and_says_how),
        cmocka_unit_test(child_sees_its_input_end_and_a_deaf_one_is_terminated),
        cmocka_unit_test(program_that_is_not_there_is_an_error),
        cmocka_unit_test(signals_come_on_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
