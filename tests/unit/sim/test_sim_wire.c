/* The simulated wire: shares against the asked probabilities, times against sums by hand, the same
 * seed twice, and no allocation after create. */
#include "sim/wire.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int n_allocations;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
    n_allocations++;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    n_allocations++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    n_allocations++;
    return __real_realloc(p, n);
}

enum {
    N = 40000,
    PIECE = 40
};

static struct vg_wire *make(struct vg_wire_faults faults, bool is_stream, uint64_t seed)
{
    struct vg_wire *wire = NULL;
    struct vg_error err = {0};
    const struct vg_wire_options o = {.faults = faults, .is_stream = is_stream, .seed = seed};
    assert_int_equal(vg_wire_create(&o, &wire, &err), VG_OK);
    return wire;
}

/* Piece i: its number, then bytes that follow from all its bits. */
static void fill(uint8_t *piece, uint32_t i)
{
    vg_put_le32(piece, i);
    for (uint32_t k = 4; k < PIECE; k++) {
        piece[k] = (uint8_t)((i * 2654435761u >> 24) + k * 7);
    }
}

static void send(struct vg_wire *wire, uint32_t i, int64_t t_us)
{
    uint8_t piece[PIECE];
    fill(piece, i);
    vg_wire_send(wire, (struct vg_bytes){piece, PIECE}, vg_us(t_us));
}

static bool is_whole(const uint8_t *got, size_t n)
{
    uint8_t piece[PIECE];
    fill(piece, vg_le32(got));
    return n == PIECE && memcmp(got, piece, PIECE) == 0;
}

/* Five standard deviations of a binomial count of N: a right wire fails once in two million. */
static void assert_share(uint64_t n, double p)
{
    double off = fabs((double)n - p * N);
    if (off > 5 * sqrt(N * p * (1 - p))) {
        fail_msg("%llu of %d, not a share of %g", (unsigned long long)n, N, p);
    }
}

struct tally {
    int n_taken, n_spoilt, n_short, n_second, n_overtaken;
    uint8_t seen[N];
    uint32_t last;
};

static void take_all(struct vg_wire *wire, struct tally *t, int64_t t_us)
{
    uint8_t buf[VG_WIRE_PIECE_MAX];
    size_t n;
    while ((n = vg_wire_take(wire, buf, sizeof buf, vg_us(t_us))) > 0) {
        t->n_taken++;
        t->n_short += n < PIECE;
        if (!is_whole(buf, n)) {
            t->n_spoilt++;
            continue;
        }
        uint32_t i = vg_le32(buf);
        t->n_second += t->seen[i];
        t->seen[i] = 1;
        t->n_overtaken += i < t->last;
        t->last = i > t->last ? i : t->last;
    }
}

/* One piece each 100 ms, taken as it comes. */
static void run(struct vg_wire *wire, struct tally *t)
{
    for (uint32_t i = 0; i < N; i++) {
        send(wire, i, i * INT64_C(100000));
        take_all(wire, t, i * INT64_C(100000));
    }
    take_all(wire, t, INT64_MAX);
}

static void a_perfect_wire_gives_all_at_once_and_in_order(void **state)
{
    (void)state;
    struct vg_wire *wire = make((struct vg_wire_faults){0}, false, 1);
    static struct tally t;
    t = (struct tally){0};
    run(wire, &t);
    assert_int_equal(t.n_taken, N);
    assert_int_equal(t.n_spoilt + t.n_second + t.n_overtaken, 0);
    vg_wire_destroy(wire);
}

static void shares_are_the_asked_ones(void **state)
{
    (void)state;
    struct vg_wire *wire = make((struct vg_wire_faults){.loss = 0.3}, false, 2);
    static struct tally t;
    t = (struct tally){0};
    run(wire, &t);
    assert_share((uint64_t)(N - t.n_taken), 0.3);
    vg_wire_destroy(wire);

    wire = make((struct vg_wire_faults){.duplicate = 0.2, .corrupt = 0.01}, false, 3);
    t = (struct tally){0};
    run(wire, &t);
    assert_share((uint64_t)(t.n_taken - N), 0.2);
    assert_share(vg_wire_counts(wire).n_corrupted, 0.01);
    assert_int_equal(t.n_spoilt, vg_wire_counts(wire).n_corrupted); /* none flipped back */
    assert_int_equal(t.n_short, 0);
    vg_wire_destroy(wire);

    wire = make((struct vg_wire_faults){.truncate = 0.05}, false, 4);
    t = (struct tally){0};
    run(wire, &t);
    assert_int_equal(t.n_taken, N);
    assert_share((uint64_t)t.n_short, 0.05);
    vg_wire_destroy(wire);
}

/* Held back evenly up to 1 s with a piece each 0.1 s: one held back by less than 0.1 s is overtaken
 * by none, so nine tenths of the held back are. A next one held back itself may be later still: the
 * share is a little less. With half of a hundredth held back that is below what is looked at. */
static void held_back_pieces_are_overtaken(void **state)
{
    (void)state;
    struct vg_wire *wire = make((struct vg_wire_faults){.reorder = 0.01}, false, 5);
    static struct tally t;
    t = (struct tally){0};
    run(wire, &t);
    assert_int_equal(t.n_taken, N);
    assert_share(vg_wire_counts(wire).n_held_back, 0.01);
    assert_share((uint64_t)t.n_overtaken, 0.009);
    vg_wire_destroy(wire);
}

/* Mean of an even jitter of 300 ms: 150 ms, with a standard deviation of 300 / sqrt(12) = 86.6 ms.
 */
static void delay_and_jitter_are_the_asked_ones(void **state)
{
    (void)state;
    struct vg_wire *wire =
        make((struct vg_wire_faults){.delay = {1000000}, .jitter = {300000}}, false, 6);
    double sum_ms = 0, least_ms = 1e9, most_ms = 0;
    uint8_t buf[64];
    for (uint32_t i = 0; i < N; i++) {
        int64_t t_us = i * INT64_C(2000000);
        send(wire, i, t_us);
        double ms = (double)(vg_wire_next_due(wire).us - t_us) / 1e3;
        sum_ms += ms;
        least_ms = fmin(least_ms, ms);
        most_ms = fmax(most_ms, ms);
        assert_int_equal(vg_wire_take(wire, buf, sizeof buf, vg_us(t_us + 999999)), 0);
        assert_int_equal(vg_wire_take(wire, buf, sizeof buf, vg_us(t_us + 1300000)), PIECE);
    }
    assert_true(fabs(sum_ms / N - 1150) < 5 * 86.6 / sqrt(N));
    assert_true(least_ms >= 1000 && least_ms < 1001);
    assert_true(most_ms <= 1300 && most_ms > 1299);
    vg_wire_destroy(wire);
}

/* 400 bytes/s, 40 bytes a piece: one each 0.1 s. 25 pieces at once: the first goes, ten more fit
 * into a queue of 440 bytes waiting (40 of them on their way). */
static void a_slow_wire_queues_and_then_drops(void **state)
{
    (void)state;
    struct vg_wire *wire =
        make((struct vg_wire_faults){.rate_bytes_ps = 400, .queue_bytes = 440, .delay = {50000}},
             false, 7);
    for (uint32_t i = 0; i < 25; i++) {
        send(wire, i, 0);
    }
    assert_int_equal(vg_wire_counts(wire).n_overflowed, 14);
    uint8_t buf[64];
    for (int k = 1; k <= 11; k++) {
        assert_int_equal(vg_wire_next_due(wire).us, k * 100000 + 50000);
        assert_int_equal(vg_wire_take(wire, buf, sizeof buf, vg_us(k * 100000 + 49999)), 0);
        assert_int_equal(vg_wire_take(wire, buf, sizeof buf, vg_us(k * 100000 + 50000)), PIECE);
    }
    assert_int_equal(vg_wire_next_due(wire).us, INT64_MAX);
    vg_wire_destroy(wire);
}

static void nothing_comes_through_a_cut(void **state)
{
    (void)state;
    struct vg_wire *wire = make((struct vg_wire_faults){.delay = {500000}}, false, 8);
    struct vg_error err = {0};
    assert_int_equal(vg_wire_cut(wire, vg_us(1000000), vg_us(3000000), vg_us(0), &err), VG_OK);
    uint8_t buf[64];
    int came[8] = {0};
    for (uint32_t i = 0; i < 8; i++) { /* at 0, 0.5, 1 .. 3.5 s; due half a second later */
        send(wire, i, i * INT64_C(500000));
        while (vg_wire_take(wire, buf, sizeof buf, vg_us(i * INT64_C(500000))) > 0) {
            came[vg_le32(buf)] = 1;
        }
    }
    while (vg_wire_take(wire, buf, sizeof buf, vg_us(9000000)) > 0) {
        came[vg_le32(buf)] = 1;
    }
    static const int wanted[8] = {1, 0, 0, 0, 0, 0, 1, 1}; /* 0.5 is due at 1.0: inside */
    assert_memory_equal(came, wanted, sizeof came);
    assert_int_equal(vg_wire_counts(wire).n_cut, 5);
    for (int k = 0; k < VG_WIRE_CUTS_MAX; k++) { /* the old one is over: room for all of these */
        assert_int_equal(vg_wire_cut(wire, vg_us(9000000), vg_us(9500000), vg_us(9000000), &err),
                         VG_OK);
    }
    assert_int_equal(vg_wire_cut(wire, vg_us(9000000), vg_us(9500000), vg_us(9000000), &err),
                     VG_E_FULL);
    vg_wire_destroy(wire);
}

/* Whatever the pieces taken, a stream is the bytes sent, in order; jitter does not mix them. */
static void a_stream_keeps_its_order(void **state)
{
    (void)state;
    struct vg_wire *wire = make(
        (struct vg_wire_faults){
            .delay = {200000}, .jitter = {900000}, .duplicate = 1, .reorder = 1},
        true, 9);
    uint8_t buf[7];
    uint64_t n_bytes = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        send(wire, i, i * INT64_C(100000));
        size_t n;
        while ((n = vg_wire_take(wire, buf, 1 + i % sizeof buf, vg_us(i * INT64_C(100000)))) > 0) {
            for (size_t k = 0; k < n; k++, n_bytes++) {
                uint8_t piece[PIECE];
                fill(piece, (uint32_t)(n_bytes / PIECE));
                assert_int_equal(buf[k], piece[n_bytes % PIECE]);
            }
        }
    }
    assert_true(n_bytes > 1980 * PIECE);
    vg_wire_destroy(wire);
}

static const struct vg_wire_faults ALL = {.loss = 0.2,
                                          .duplicate = 0.1,
                                          .reorder = 0.1,
                                          .delay = {300000},
                                          .jitter = {400000},
                                          .corrupt = 0.1,
                                          .truncate = 0.1,
                                          .rate_bytes_ps = 500};

/* FNV-1a over what came and when. */
static uint64_t fingerprint(const struct vg_wire_faults *faults, uint64_t seed)
{
    struct vg_wire *wire = make(*faults, false, seed);
    uint64_t h = UINT64_C(14695981039346656037);
    uint8_t buf[64];
    int before = n_allocations;
    for (uint32_t i = 0; i < 5000; i++) {
        send(wire, i, i * INT64_C(100000));
        size_t n;
        while ((n = vg_wire_take(wire, buf, sizeof buf, vg_us(i * INT64_C(100000)))) > 0) {
            for (size_t k = 0; k < n; k++) {
                h = (h ^ buf[k]) * UINT64_C(1099511628211);
            }
            h = (h ^ i) * UINT64_C(1099511628211);
        }
    }
    assert_int_equal(n_allocations, before);
    vg_wire_destroy(wire);
    return h;
}

static void the_same_seed_gives_the_same_bytes_at_the_same_times(void **state)
{
    (void)state;
    assert_true(fingerprint(&ALL, 10) == fingerprint(&ALL, 10));
    assert_true(fingerprint(&ALL, 10) != fingerprint(&ALL, 11));
}

/* More corruption loses no other pieces. */
static void faults_have_dice_of_their_own(void **state)
{
    (void)state;
    struct vg_wire *a = make((struct vg_wire_faults){.loss = 0.3}, false, 12);
    struct vg_wire *b = make((struct vg_wire_faults){.loss = 0.3, .corrupt = 0.5}, false, 12);
    uint8_t buf[64];
    for (uint32_t i = 0; i < 2000; i++) {
        send(a, i, i);
        send(b, i, i);
        assert_int_equal(vg_wire_take(a, buf, sizeof buf, vg_us(i)),
                         vg_wire_take(b, buf, sizeof buf, vg_us(i)));
    }
    assert_true(vg_wire_counts(b).n_corrupted > 500);
    vg_wire_destroy(a);
    vg_wire_destroy(b);
}

static void every_piece_is_accounted_for(void **state)
{
    (void)state;
    struct vg_wire *wire = make(ALL, false, 13);
    struct vg_error err = {0};
    static struct tally t;
    t = (struct tally){0};
    assert_int_equal(vg_wire_cut(wire, vg_us(50000000), vg_us(90000000), vg_us(0), &err), VG_OK);
    run(wire, &t);
    struct vg_wire_counts c = vg_wire_counts(wire);
    assert_int_equal(c.n_sent, N);
    assert_int_equal(c.n_sent + c.n_duplicated, c.n_cut + c.n_lost + c.n_overflowed + c.n_taken);
    assert_int_equal(c.n_taken, t.n_taken);
    vg_wire_destroy(wire);
}

static void bad_faults_are_refused(void **state)
{
    (void)state;
    static const struct vg_wire_faults bad[] = {
        {.loss = 1.01},          {.duplicate = -0.1}, {.corrupt = (double)NAN}, {.delay = {-1}},
        {.rate_bytes_ps = -100}, {.jitter = {-5}},    {.truncate = 2},
    };
    struct vg_wire *wire = make((struct vg_wire_faults){0}, false, 14);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct vg_error err = {0};
        const struct vg_wire_options o = {.faults = bad[i]};
        struct vg_wire *none = NULL;
        assert_int_equal(vg_wire_create(&o, &none, &err), VG_E_INVALID);
        assert_null(none);
        err = (struct vg_error){0};
        assert_int_equal(vg_wire_set_faults(wire, &bad[i], &err), VG_E_INVALID);
    }
    vg_wire_destroy(wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_perfect_wire_gives_all_at_once_and_in_order),
        cmocka_unit_test(shares_are_the_asked_ones),
        cmocka_unit_test(held_back_pieces_are_overtaken),
        cmocka_unit_test(delay_and_jitter_are_the_asked_ones),
        cmocka_unit_test(a_slow_wire_queues_and_then_drops),
        cmocka_unit_test(nothing_comes_through_a_cut),
        cmocka_unit_test(a_stream_keeps_its_order),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_at_the_same_times),
        cmocka_unit_test(faults_have_dice_of_their_own),
        cmocka_unit_test(every_piece_is_accounted_for),
        cmocka_unit_test(bad_faults_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
