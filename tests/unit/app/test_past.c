/* Moments of a record against a fold from its beginning, and the seen ground against a list of all
 * looks. */
#include "app/past.h"
#include "tiny.h"

#include "base/rng.h"
#include "record/record.h"
#include "terrain/grade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    N_EVENTS = 1500,
    N_COLS = 64,
    N_ROWS = 4,
    BODY = 200
};

struct event {
    int64_t t_us;
    const char *kind;
    char body[BODY];
    int look[5]; /* col, end, row, end, cm; col -1: none */
};

struct story {
    char folder[64];
    char record[128];
    struct event events[N_EVENTS];
};

static void make_look(struct vg_rng *rng, int look[5])
{
    static const int CM[] = {0, 10, 28, 40, 57, 80, 113, 160, 226};
    look[0] = (int)vg_rng_below(rng, N_COLS);
    look[1] = look[0] + 1 + (int)vg_rng_below(rng, 12);
    look[2] = (int)vg_rng_below(rng, N_ROWS);
    look[3] = look[2] + 1 + (int)vg_rng_below(rng, N_ROWS);
    look[4] = CM[vg_rng_below(rng, 9)];
}

/* One every 7 s or so, sometimes a clock that steps back. */
static void make_event(struct vg_rng *rng, int i, int64_t *t_us, struct event *e)
{
    *t_us += (int64_t)(vg_rng_unit(rng) * 14e6) - (vg_rng_unit(rng) < 0.02 ? 200000000 : 0);
    e->t_us = *t_us;
    e->look[0] = -1;
    int drone = 1 + (int)vg_rng_below(rng, 2);
    int what = (int)vg_rng_below(rng, 10);
    if (what < 7) {
        int *l = e->look;
        make_look(rng, l);
        e->kind = "pose";
        vg_format(e->body, BODY,
                  "{\"d\":\"V%d\",\"lat\":14,\"lon\":%.4f,\"agl\":300,\"line\":0,\"s\":%d,"
                  "\"saw\":[%d,%d,%d,%d,%d]}",
                  drone, 0.001 * (i % 18), i % 2000, l[0], l[1], l[2], l[3], l[4]);
    } else if (what == 7) {
        e->kind = "alert";
        vg_format(e->body, BODY,
                  "{\"id\":\"A%d\",\"kind\":\"stale\",\"level\":\"warning\",\"state\":\"%s\","
                  "\"params\":{\"n\":%d}}",
                  i % 30, i % 3 == 0 ? "closed" : "open", i);
    } else if (what == 8) {
        e->kind = "sortie";
        vg_format(e->body, BODY, "{\"id\":\"K%d\",\"drone\":\"V%d\",\"state\":\"%s\"}", i % 40,
                  drone, i % 2 == 0 ? "flying" : "landed");
    } else {
        e->kind = "drone";
        vg_format(e->body, BODY, "{\"id\":\"V%d\",\"state\":\"flying\",\"note\":\"n%d\"}", drone,
                  i);
    }
}

static int tell_story(void **state)
{
    struct story *s = calloc(1, sizeof *s);
    struct vg_record_options options = {.t = vg_us(TINY_T0)};
    struct vg_record *record;
    struct vg_error err = {0};
    struct vg_rng rng = vg_rng_seed(3);
    int64_t t_us = TINY_T0;
    vg_format(s->folder, sizeof s->folder, "/tmp/vigie-past-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    vg_format(s->record, sizeof s->record, "%s/r.vigie", s->folder);
    if (vg_record_open(s->record, &options, &record, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(vg_record_append(record, vg_us(t_us), "watch", TINY, strlen(TINY), NULL),
                     VG_OK);
    assert_int_equal(vg_record_append(record, vg_us(t_us), "start", "{}", 2, NULL), VG_OK);
    for (int i = 0; i < N_EVENTS; i++) {
        struct event *e = &s->events[i];
        make_event(&rng, i, &t_us, e);
        assert_int_equal(
            vg_record_append(record, vg_us(e->t_us), e->kind, e->body, strlen(e->body), NULL),
            VG_OK);
    }
    assert_int_equal(vg_record_close(record, &err), VG_OK);
    *state = s;
    return 0;
}

static int forget_story(void **state)
{
    struct story *s = *state;
    unlink(s->record);
    rmdir(s->folder);
    free(s);
    return 0;
}

/* How many events come before the first one after t. */
static int count_until(const struct story *s, int64_t t_us)
{
    int n = 0;
    while (n < N_EVENTS && s->events[n].t_us <= t_us) {
        n++;
    }
    return n;
}

/* Last seen by the n first events, from the looks alone. A centimetre figure is the coarse end of
 * its half octave: 5 cm times 2 to the power (grade - 1) / 2; 0 is of no known grade. */
static uint32_t last_seen(const struct story *s, int n, int grade, int col, int row)
{
    uint32_t last = 0;
    for (int i = 0; i < n; i++) {
        const int *l = s->events[i].look;
        bool is_good = grade == 0 || (l[4] > 0 && l[4] <= 5 * pow(2, (grade - 1) / 2.0) + 0.5);
        if (l[0] >= 0 && is_good && col >= l[0] && col < l[1] && row >= l[2] && row < l[3]) {
            uint32_t t_s = (uint32_t)(s->events[i].t_us / 1000000);
            last = t_s > last ? t_s : last;
        }
    }
    return last;
}

static void fold_slowly(const struct story *s, int n, int grade, struct vg_watch *w)
{
    *w = (struct vg_watch){0};
    w->seen.coarsest_grade = grade;
    tiny_apply(w, 0, "watch", TINY);
    tiny_apply(w, 0, "start", "{}");
    for (int i = 0; i < n; i++) {
        const struct event *e = &s->events[i];
        assert_int_equal(vg_watch_apply(w, vg_us(e->t_us), e->kind, e->body, strlen(e->body), NULL),
                         VG_OK);
    }
}

static void expect_same(const struct vg_watch *got, const struct vg_watch *want)
{
    struct vg_view_frame frame = {vg_us(TINY_T0), 0, true, 1};
    struct vg_buf a = {0};
    struct vg_buf b = {0};
    vg_view_snapshot(got, &frame, &a);
    vg_view_snapshot(want, &frame, &b);
    assert_string_equal(vg_buf_text(&a), vg_buf_text(&b));
    vg_buf_finish(&a);
    vg_buf_finish(&b);
    size_t n = N_COLS * N_ROWS;
    assert_int_equal(got->shape.cols[N_COLS].cell, n);
    assert_memory_equal(got->seen.cell_s, want->seen.cell_s, n * sizeof *got->seen.cell_s);
    assert_memory_equal(got->seen.cells, want->seen.cells, n * sizeof *got->seen.cells);
    assert_memory_equal(got->seen.col_s, want->seen.col_s, N_COLS * sizeof *got->seen.col_s);
    assert_int_equal(got->next_alert, want->next_alert);
    assert_int_equal(got->start_us, want->start_us);
    assert_int_equal(got->now_us, want->now_us);
}

static void expect_moment(const struct story *s, struct vg_past *past, int64_t t_us, int grade)
{
    const struct vg_watch *got;
    struct vg_past_tail tail;
    struct vg_watch want;
    struct vg_error err = {0};
    int n = count_until(s, t_us);
    if (vg_past_at(past, vg_us(t_us), grade, NULL, &got, &tail, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    fold_slowly(s, n, grade, &want);
    expect_same(got, &want);
    assert_int_equal(tail.n_events, n + 2);
    for (int col = 0; col < N_COLS; col++) {
        for (int row = 0; row < N_ROWS; row++) {
            assert_int_equal(got->seen.cell_s[col * N_ROWS + row],
                             last_seen(s, n, grade, col, row));
        }
    }
    vg_watch_finish(&want);
}

static int64_t span_us(const struct story *s)
{
    return s->events[N_EVENTS - 1].t_us - TINY_T0;
}

/* Laid by every few events, under budgets from "hardly any" to "all"; seven qualities for the four
 * that are kept up. */
static void any_moment_and_quality_is_the_fold_from_the_beginning(void **state)
{
    const struct story *s = *state;
    static const size_t BUDGETS[] = {1, 20000, 100000, 1 << 24};
    for (int k = 0; k < 4; k++) {
        struct vg_past_limits limits = {BUDGETS[k], 4000};
        struct vg_past *past;
        struct vg_past_counts c;
        struct vg_rng rng = vg_rng_seed(21);
        assert_int_equal(vg_past_create(s->record, &limits, &past, NULL), VG_OK);
        for (int i = 0; i < 60; i++) {
            static const int GRADES[] = {0, 0, 0, 7, 9, 10, 5};
            int64_t t_us = TINY_T0 + (int64_t)(vg_rng_unit(&rng) * 1.05 * (double)span_us(s));
            expect_moment(s, past, t_us, GRADES[vg_rng_below(&rng, 7)]);
            vg_past_counts(past, &c);
            /* a fold keeps at least one state: those of four are under 40 kB here */
            assert_true(c.kept_bytes <= BUDGETS[k] + 40000);
        }
        print_message("budget %zu: %d kept, %zu bytes, %lld folded, %lld restored\n", BUDGETS[k],
                      c.n_kept, c.kept_bytes, (long long)c.n_folded, (long long)c.n_restored);
        vg_past_destroy(past);
    }
}

/* With room for all states, a moment costs the events between two of them: 4,000 bytes of bodies,
 * each over 30, are 134 at most. */
static void a_moment_costs_what_lies_between_two_states(void **state)
{
    const struct story *s = *state;
    struct vg_past_limits limits = {1 << 24, 4000};
    struct vg_past *past;
    const struct vg_watch *w;
    struct vg_past_tail tail;
    struct vg_rng rng = vg_rng_seed(4);
    assert_int_equal(vg_past_create(s->record, &limits, &past, NULL), VG_OK);
    assert_int_equal(vg_past_at(past, vg_us(INT64_MAX), 0, NULL, &w, &tail, NULL), VG_OK);
    assert_int_equal(tail.n_events, N_EVENTS + 2);
    struct vg_past_counts before;
    vg_past_counts(past, &before);
    assert_int_equal(before.n_folded, N_EVENTS + 2);
    for (int i = 0; i < 100; i++) {
        int64_t t_us = TINY_T0 + (int64_t)(vg_rng_unit(&rng) * (double)span_us(s));
        struct vg_past_counts now;
        assert_int_equal(vg_past_at(past, vg_us(t_us), 0, NULL, &w, &tail, NULL), VG_OK);
        vg_past_counts(past, &now);
        assert_true(now.n_folded - before.n_folded <= 134);
        before = now;
    }
    vg_past_destroy(past);
}

/* Taken at the end, as a station does that starts again: whole, with the chart's history. */
static void what_is_taken_is_whole(void **state)
{
    const struct story *s = *state;
    struct vg_past *past;
    const struct vg_watch *w;
    struct vg_past_tail tail;
    struct vg_watch got;
    struct vg_watch want;
    assert_int_equal(vg_past_create(s->record, NULL, &past, NULL), VG_OK);
    assert_int_equal(vg_past_at(past, vg_us(INT64_MAX), 0, NULL, &w, &tail, NULL), VG_OK);
    vg_past_take(past, &got);
    fold_slowly(s, N_EVENTS, 0, &want);
    expect_same(&got, &want);
    struct vg_buf a = {0};
    struct vg_buf b = {0};
    vg_view_chart(&got, vg_us(TINY_T0), vg_us(INT64_MAX), &a);
    vg_view_chart(&want, vg_us(TINY_T0), vg_us(INT64_MAX), &b);
    assert_string_equal(vg_buf_text(&a), vg_buf_text(&b));
    vg_buf_finish(&a);
    vg_buf_finish(&b);
    expect_moment(s, past, TINY_T0 + span_us(s) / 2, 0);
    /* what was taken goes on by itself */
    tiny_apply(&got, 1e6, "pose", "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[0,1,0,4,10]}");
    assert_int_equal(got.seen.cell_s[0], TINY_T0 / 1000000 + 1000000);
    vg_watch_finish(&got);
    vg_watch_finish(&want);
    vg_past_destroy(past);
}

static void a_record_that_is_not_there_is_said(void **state)
{
    (void)state;
    struct vg_past *past;
    const struct vg_watch *w;
    struct vg_past_tail tail;
    struct vg_error err = {0};
    assert_int_equal(vg_past_create("/tmp/no/such/record.vigie", NULL, &past, NULL), VG_OK);
    assert_int_not_equal(vg_past_at(past, vg_us(0), 0, NULL, &w, &tail, &err), VG_OK);
    assert_non_null(strstr(err.message, "record.vigie"));
    vg_past_destroy(past);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_moment_and_quality_is_the_fold_from_the_beginning),
        cmocka_unit_test(a_moment_costs_what_lies_between_two_states),
        cmocka_unit_test(what_is_taken_is_whole),
        cmocka_unit_test(a_record_that_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, tell_story, forget_story);
}
